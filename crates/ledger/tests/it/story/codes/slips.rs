//! Slips of returns and voids: what their codes take, and that it is never the sale.

use super::{again, has, hash};
use crate::slip::{Slip, slip};
use crate::world::{add_user, at, claim, record, text, town};
use ledger::Ledger;
use ledger::account::ClaimSource;
use ledger::write::Claimed;
use purchase::id::OwnerId;
use purchase::settlement::{Buyer, ClaimHash, Content};

/// A sale that is nobody's, and what brings one of its goods back, without a buyer.
fn sold_and_back(number: &str) -> (Content, Slip) {
    let sale = slip(number).line("A", "3", 50).content();
    let back = slip(&format!("{number} back")).line("A", "1", 50);
    let back = back.returns(&sale, &[(1, "1")]);
    (sale, back)
}

fn derived(ledger: &Ledger, content: &Content) -> ClaimHash {
    crate::world::claim_hash(ledger.claim_secret(&content.key))
}

/// Whoever brings a gift back holds the slip of the return, and not the receipt.
pub(super) fn not_by_a_return(ledger: &Ledger) {
    town(ledger);
    let (ada, eve) = (add_user(ledger, "Ada"), add_user(ledger, "Eve"));
    let (sale, back) = sold_and_back("1");
    let plain = back.content();
    let printed = slip("2").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    let printed = printed.claim(hash(2)).content();
    let void = slip("3").voids(&printed).content();
    let all = [&sale, &plain, &printed, &void];
    let receipts = all.map(|content| record(ledger, content, at(0)));
    let told = receipts.map(|receipt| receipt.claim);
    let expected = [
        ClaimSource::Derived,
        ClaimSource::None,
        // The till knows this one already, but it leads nowhere.
        ClaimSource::Till,
        ClaimSource::None,
    ];
    assert_eq!(told, expected);
    for (content, receipt) in all.iter().zip(receipts) {
        assert_eq!(again(ledger, content), receipt, "told the same again");
    }
    for code in [derived(ledger, &plain), hash(2), derived(ledger, &void)] {
        assert_eq!(ledger.claimable(code).unwrap(), None);
        assert_eq!(claim(ledger, eve, code, at(1)), Claimed::Waiting);
    }
    has(ledger, eve, &[]);
    let filed = Claimed::Filed(receipts[0].purchase_id);
    let own = derived(ledger, &sale);
    assert_eq!(claim(ledger, ada, own, at(2)), filed, "the receipt's own");
    has(ledger, ada, &receipts.map(|receipt| receipt.purchase_id));
    // A return that is nobody's alone is taken by its own slip, with what speaks of it.
    let loose = slip("4").line("A", "1", 50).meant_for(Buyer::Id(text("?")));
    let loose = loose.returns(&sale, &[(1, "1")]).content();
    let void = slip("5").voids(&loose).content();
    let ids = [&loose, &void].map(|content| record(ledger, content, at(3)).purchase_id);
    let own = derived(ledger, &loose);
    assert_eq!(claim(ledger, eve, own, at(4)), Claimed::Filed(ids[0]));
    has(ledger, eve, &ids);
}

pub(super) fn not_by_an_early_return(ledger: &Ledger) {
    town(ledger);
    let (ada, eve) = (add_user(ledger, "Ada"), add_user(ledger, "Eve"));
    let (sale, back) = sold_and_back("1");
    let (_, other) = sold_and_back("2");
    let printed = other.returns(&sale, &[(1, "1")]).claim(hash(2)).content();
    let plain = back.content();
    let void = slip("3").voids(&printed).content();
    let early = [&plain, &printed, &void].map(|content| record(ledger, content, at(0)));
    let told = early.map(|receipt| receipt.claim);
    // Its sale may never come: until then the slip takes the return, and nothing else.
    let expected = [ClaimSource::Derived, ClaimSource::Till, ClaimSource::None];
    assert_eq!(told, expected);
    assert!(ledger.claimable(hash(2)).unwrap().is_some());
    let sold = record(ledger, &sale, at(1));
    for code in [derived(ledger, &plain), hash(2), derived(ledger, &void)] {
        assert_eq!(ledger.claimable(code).unwrap(), None);
        assert_eq!(claim(ledger, eve, code, at(2)), Claimed::Waiting);
    }
    for (content, receipt) in [&plain, &printed, &void].iter().zip(early) {
        let now = again(ledger, content);
        assert_eq!((now.claim, now.owner), (receipt.claim, sold.owner));
    }
    has(ledger, eve, &[]);
    let own = derived(ledger, &sale);
    let filed = Claimed::Filed(sold.purchase_id);
    assert_eq!(claim(ledger, ada, own, at(3)), filed);
    let [plain, printed, void] = early.map(|receipt| receipt.purchase_id);
    has(ledger, ada, &[sold.purchase_id, plain, printed, void]);
}

pub(super) fn not_by_waiting(ledger: &Ledger) {
    town(ledger);
    let (ada, eve) = (add_user(ledger, "Ada"), add_user(ledger, "Eve"));
    let (sale, back) = sold_and_back("1");
    assert_eq!(claim(ledger, eve, hash(2), at(0)), Claimed::Waiting);
    let sold = record(ledger, &sale, at(1));
    let back = record(ledger, &back.claim(hash(2)).content(), at(2));
    assert_eq!(back.owner, sold.owner);
    has(ledger, eve, &[]);
    let own = derived(ledger, &sale);
    let filed = Claimed::Filed(sold.purchase_id);
    assert_eq!(claim(ledger, ada, own, at(3)), filed);
    has(ledger, ada, &[sold.purchase_id, back.purchase_id]);
    // A return that comes before its sale is hers at once, and she keeps that alone.
    let (sale, back) = sold_and_back("2");
    assert_eq!(claim(ledger, eve, hash(3), at(4)), Claimed::Waiting);
    let back = record(ledger, &back.claim(hash(3)).content(), at(5));
    assert!(matches!(
        record(ledger, &sale, at(6)).owner,
        OwnerId::Unclaimed(_)
    ));
    has(ledger, eve, &[back.purchase_id]);
}
