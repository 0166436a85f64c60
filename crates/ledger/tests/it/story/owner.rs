//! Whose a purchase is: the buyer's, if the server knows one; for a return or a void without a
//! buyer the original's owner, also when the original comes later; else nobody's yet.

use super::Story;
use crate::slip::{TODAY, day, slip};
use crate::world::{
    add_user, at, change, claim_hash, commit, learn, named, names, prepare, purchase, record,
    settle, settled, store_id, text, town, update,
};
use ledger::Ledger;
use ledger::account::ClaimSource;
use ledger::write::{Changed, Receipt, Settled, Write};
use purchase::id::{OwnerId, PurchaseId, UserId};
use purchase::settlement::{Buyer, ClaimHash, Content};

pub(crate) const STORIES: &[Story] = &[
    ("whoever cannot be identified loses nothing", unidentified),
    ("claim codes of till and server", claims),
    ("what speaks of a sale follows its owner", follows),
    ("it follows when the sale comes later", follows_later),
    ("and its later names and returns with it", moves_whole),
    ("a void of a return follows through both", follows_through),
    (
        "of an unclaimed sale it stays unclaimed, with the sale",
        stays_unclaimed,
    ),
    ("prepared before the sale, committed after", prepared_before),
    (
        "what was prepared for a person erased since",
        erased_meanwhile,
    ),
    ("what speaks of a sale of a person erased", erased_original),
    ("what came early of a person erased", erased_early),
];

fn book(ledger: &Ledger, user_id: UserId) -> Vec<PurchaseId> {
    let page = ledger
        .page(user_id, &Default::default(), 99, &|_| true)
        .unwrap();
    page.purchases
        .iter()
        .map(|filed| filed.purchase_id)
        .collect()
}

fn again(ledger: &Ledger, content: &Content) -> Receipt {
    match settle(ledger, content, at(99)) {
        Settled::AlreadyRecorded(receipt) => receipt,
        other => panic!("{:?} is not recorded: {other:?}", content.key),
    }
}

fn is_unclaimed(receipt: &Receipt) -> bool {
    matches!(receipt.owner, OwnerId::Unclaimed(_))
}

fn count(ledger: &Ledger, user_id: UserId) -> (u64, u64, i128) {
    let counts = ledger.count_users(None, 99).unwrap();
    let count = counts
        .into_iter()
        .find(|count| count.user_id == user_id)
        .expect("known");
    let totals = count.tally.totals.iter().map(|(_, sum)| sum.minor());
    (count.tally.settlements, count.tally.lines, totals.sum())
}

fn unidentified(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let stranger = UserId([7; 16]).to_string();
    let rows = [
        Buyer::Absent,
        Buyer::Id(text(&stranger)),
        Buyer::Id(text("no id at all")),
        Buyer::Id(text(&ada.to_string().to_uppercase())),
        Buyer::MemberCode(text("1210123456789012345678")),
        Buyer::Pseudonym(text("regular 17")),
    ];
    let mut owners = Vec::new();
    for (number, buyer) in rows.into_iter().enumerate() {
        let sale = slip(&format!("{number}"))
            .line("A", "1", 50)
            .meant_for(buyer.clone())
            .content();
        let receipt = record(ledger, &sale, at(0));
        assert!(is_unclaimed(&receipt), "{buyer:?}");
        assert_eq!(receipt.claim, ClaimSource::Derived, "{buyer:?}");
        assert_eq!(again(ledger, &sale), receipt);
        owners.push(receipt.owner);
    }
    assert!(book(ledger, ada).is_empty());
    owners.sort_unstable();
    owners.dedup();
    assert_eq!(owners.len(), 6, "each belongs to an owner of its own");
    assert_eq!(
        ledger
            .day(&store_id("s-1"), day(TODAY))
            .unwrap()
            .tally
            .settlements,
        6
    );
}

fn claims(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let printed = ClaimHash([5; 32]);
    let sale = |transaction: &str| slip(transaction).line("A", "1", 50);
    let rows = [
        (sale("1").content(), ClaimSource::Derived),
        (sale("2").claim(printed).content(), ClaimSource::Till),
        (sale("3").buyer(ada).content(), ClaimSource::None),
        (
            sale("4").buyer(ada).claim(printed).content(),
            ClaimSource::Till,
        ),
    ];
    for (content, expected) in rows {
        let receipt = record(ledger, &content, at(0));
        assert_eq!(receipt.claim, expected);
        assert_eq!(again(ledger, &content), receipt, "the same code again");
    }
    // A derived code is the sale's own, and nobody but this server can make it.
    let [one, two] = ["1", "2"].map(|number| ledger.claim_secret(&slip(number).content().key));
    assert_ne!(claim_hash(one), claim_hash(two));
    assert_eq!(ledger.claim_secret(&slip("1").content().key), one);
}

fn follows(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = slip("1").line("A", "2", 50).buyer(ada).content();
    let back = || slip("2").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    record(ledger, &sale, at(0));
    let first = back().content();
    let receipt = record(ledger, &first, at(1));
    assert_eq!(
        (receipt.owner, receipt.claim),
        (OwnerId::User(ada), ClaimSource::None)
    );
    let void = slip("3").voids(&first).content();
    assert_eq!(record(ledger, &void, at(2)).owner, OwnerId::User(ada));
    assert_eq!(count(ledger, ada), (3, 2, 100));
    // A buyer who is named is believed; one who is named and unknown is nobody, not the other.
    let mut of_bob = back().buyer(bob).content();
    of_bob.key.transaction = purchase::id::Label::parse("4").unwrap();
    assert_eq!(record(ledger, &of_bob, at(3)).owner, OwnerId::User(bob));
    let mut of_none = back().meant_for(Buyer::Id(text("?"))).content();
    of_none.key.transaction = purchase::id::Label::parse("5").unwrap();
    assert!(is_unclaimed(&record(ledger, &of_none, at(4))));
    assert_eq!(
        (count(ledger, ada), count(ledger, bob)),
        ((3, 2, 100), (1, 1, -50))
    );
}

fn follows_later(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = slip("1").line("A", "4", 50).buyer(ada).content();
    let back = |number: &str| slip(number).line("A", "1", 50).returns(&sale, &[(1, "1")]);
    let (free, bobs) = (back("2").content(), back("3").buyer(bob).content());
    let early = record(ledger, &free, at(0));
    assert!(is_unclaimed(&early) && early.claim == ClaimSource::Derived);
    record(ledger, &bobs, at(0));
    let sold = record(ledger, &sale, at(1));
    let now = again(ledger, &free);
    assert_eq!(
        (now.owner, now.purchase_id),
        (OwnerId::User(ada), early.purchase_id)
    );
    assert_eq!(
        now.claim, early.claim,
        "the code that was printed is answered again"
    );
    assert_eq!(again(ledger, &bobs).owner, OwnerId::User(bob));
    let mut expected = vec![sold.purchase_id, early.purchase_id];
    expected.sort_unstable_by(|left, right| right.cmp(left));
    assert_eq!(book(ledger, ada), expected);
    assert_eq!(
        purchase(ledger, ada, early.purchase_id)
            .settlement
            .content(),
        &free
    );
    assert_eq!(
        (count(ledger, ada), count(ledger, bob)),
        ((2, 2, 150), (1, 1, -50))
    );
    let events = ledger.events(ada, 0, 99).unwrap();
    let sequences: Vec<u64> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(
        sequences,
        (1..=u64::try_from(events.len()).unwrap()).collect::<Vec<_>>()
    );
    assert!(
        events
            .iter()
            .any(|event| event.purchase_id == early.purchase_id)
    );
}

fn moves_whole(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1").line("A", "4", 50).buyer(ada).content();
    // The early return has a name learnt later, a line that still waits, and a return of its own.
    let back = slip("2")
        .line("X", "2", 50)
        .line("Y", "1", 50)
        .returns(&sale, &[(1, "2"), (1, "1")]);
    let back = back.content();
    let id = record(ledger, &back, at(0)).purchase_id;
    update(
        ledger,
        0,
        1,
        vec![named("X", "ex", at(0)), named("A", "one", at(0))],
    );
    assert_eq!(learn(ledger, &["X"], at(1)), 1);
    record(
        ledger,
        &slip("3")
            .line("X", "1", 50)
            .returns(&back, &[(1, "1")])
            .content(),
        at(1),
    );
    record(ledger, &sale, at(2));
    let filed = purchase(ledger, ada, id);
    assert_eq!(names(&filed), ["ex@1 later", "-"]);
    assert_eq!(filed.names[0].named_at, Some(at(1)));
    assert_eq!(filed.returned_micros, [1_000_000, 0]);
    // The line that waits has moved as well.
    update(ledger, 1, 2, vec![named("Y", "why", at(0))]);
    assert_eq!(learn(ledger, &["Y"], at(3)), 1);
    assert_eq!(
        names(&purchase(ledger, ada, id)),
        ["ex@1 later", "why@2 later"]
    );
    assert!(!ledger.has_pending(&store_id("s-1")).unwrap());
}

fn follows_through(ledger: &Ledger) {
    for order in [
        [0, 1, 2],
        [1, 0, 2],
        [2, 1, 0],
        [2, 0, 1],
        [0, 2, 1],
        [1, 2, 0],
    ] {
        let name = format!("{order:?}");
        let ada = add_user(ledger, &name);
        if ledger.store_ids().is_empty() {
            town(ledger);
        }
        let till = |transaction: &str| slip(transaction).terminal(&name);
        let sale = till("1").line("A", "2", 50).buyer(ada).content();
        let back = till("2")
            .line("A", "1", 50)
            .returns(&sale, &[(1, "1")])
            .content();
        let void = till("3").voids(&back).content();
        let all = [&sale, &back, &void];
        for nth in order {
            record(ledger, all[nth], at(0));
        }
        for content in all {
            assert_eq!(again(ledger, content).owner, OwnerId::User(ada), "{name}");
        }
        assert_eq!(book(ledger, ada).len(), 3, "{name}");
        assert_eq!(count(ledger, ada), (3, 2, 100), "{name}");
        let left = ledger.recorded(&sale.key).unwrap().expect("recorded").lines[0];
        assert_eq!(left.returned_micros, 0, "{name}");
    }
}

fn stays_unclaimed(ledger: &Ledger) {
    town(ledger);
    let sale = slip("1").line("A", "4", 50).content();
    let back = |number: &str| {
        slip(number)
            .line("A", "1", 50)
            .returns(&sale, &[(1, "1")])
            .content()
    };
    let (early, late) = (back("2"), back("3"));
    let before = record(ledger, &early, at(0));
    let sold = record(ledger, &sale, at(1));
    let after = record(ledger, &late, at(2));
    for (content, receipt) in [(&early, before), (&late, after)] {
        let now = again(ledger, content);
        assert_eq!(
            now.owner, sold.owner,
            "whoever claims the sale has its returns"
        );
        assert_eq!(
            (now.claim, now.purchase_id),
            (receipt.claim, receipt.purchase_id)
        );
    }
    // Of what comes first nobody knows yet that its sale is nobody's.
    let told = [before.claim, sold.claim, after.claim];
    let expected = [
        ClaimSource::Derived,
        ClaimSource::Derived,
        ClaimSource::None,
    ];
    assert_eq!(told, expected, "only the sale's own code takes all of it");
    for (content, leads) in [(&early, false), (&sale, true), (&late, false)] {
        let hash = claim_hash(ledger.claim_secret(&content.key));
        let found = ledger.claimable(hash).unwrap();
        assert_eq!(found.is_some(), leads, "{:?}", content.key);
    }
}

fn prepared_before(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let file = |prepared| {
        settled(commit(ledger, vec![Write::Settle(Box::new(prepared))], at(2)).remove(0))
    };
    for (transaction, buyer) in [
        ("1", Buyer::Id(text(&ada.to_string()))),
        ("2", Buyer::Absent),
    ] {
        let till = |number: &str| slip(number).terminal(transaction);
        let sale = till("1")
            .line("A", "4", 50)
            .meant_for(buyer.clone())
            .content();
        let back = till("2")
            .line("A", "1", 50)
            .returns(&sale, &[(1, "1")])
            .content();
        let prepared = prepare(ledger, &back, at(0));
        assert!(
            format!("{prepared:?}").contains("owner: Unclaimed"),
            "the control"
        );
        let sold = record(ledger, &sale, at(1));
        let Settled::Recorded(receipt) = file(prepared) else {
            panic!("not recorded")
        };
        assert_eq!(receipt.owner, sold.owner);
        // Prepared after the sale it would have been told the same.
        let other = till("3")
            .line("A", "1", 50)
            .returns(&sale, &[(1, "1")])
            .content();
        assert_eq!(record(ledger, &other, at(3)).claim, receipt.claim);
        if let OwnerId::User(user_id) = receipt.owner {
            assert_eq!(
                purchase(ledger, user_id, receipt.purchase_id)
                    .settlement
                    .content(),
                &back
            );
        }
    }
}

fn erase(ledger: &Ledger, user_id: UserId) {
    assert_eq!(
        change(ledger, Write::Erase { user_id }, at(5)),
        Changed::Done
    );
}

fn erased_meanwhile(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale =
        |number: &str, user_id: UserId| slip(number).line("A", "1", 50).buyer(user_id).content();
    let prepared = ["1", "2"].map(|number| prepare(ledger, &sale(number, ada), at(0)));
    let of_bob = prepare(ledger, &sale("3", bob), at(0));
    let [in_the_batch, after] = prepared.map(|prepared| Write::Settle(Box::new(prepared)));
    let batch = vec![Write::Erase { user_id: ada }, in_the_batch];
    let first = settled(commit(ledger, batch, at(1)).remove(1));
    let second = settled(commit(ledger, vec![after], at(2)).remove(0));
    for settled in [first, second] {
        let Settled::Recorded(receipt) = settled else {
            panic!("{settled:?}")
        };
        assert!(
            is_unclaimed(&receipt),
            "nobody could ever open it: {receipt:?}"
        );
    }
    let bobs = settled(commit(ledger, vec![Write::Settle(Box::new(of_bob))], at(3)).remove(0));
    let Settled::Recorded(receipt) = bobs else {
        panic!("{bobs:?}")
    };
    assert_eq!(receipt.owner, OwnerId::User(bob));
    assert!(is_unclaimed(&record(ledger, &sale("4", ada), at(4))));
}

fn erased_original(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1").line("A", "4", 50).buyer(ada).content();
    record(ledger, &sale, at(0));
    let back = |number: &str| {
        slip(number)
            .line("A", "1", 50)
            .returns(&sale, &[(1, "1")])
            .content()
    };
    let before = prepare(ledger, &back("2"), at(0));
    erase(ledger, ada);
    let settled = settled(commit(ledger, vec![Write::Settle(Box::new(before))], at(6)).remove(0));
    let Settled::Recorded(receipt) = settled else {
        panic!("{settled:?}")
    };
    assert!(is_unclaimed(&receipt));
    assert!(is_unclaimed(&record(ledger, &back("3"), at(7))));
    let lines = ledger.recorded(&sale.key).unwrap().expect("recorded").lines;
    assert_eq!(
        lines[0].returned_micros, 2_000_000,
        "the store still counts what came back"
    );
    assert!(!ledger.is_stopped());
}

fn erased_early(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let till = |number: &str, of: &str| slip(number).terminal(of);
    let sold = |of: &str| till("1", of).line("A", "4", 50).buyer(bob).content();
    let back = till("2", "1")
        .line("A", "1", 50)
        .returns(&sold("1"), &[(1, "1")])
        .buyer(ada);
    let void = till("2", "2").voids(&sold("2")).buyer(ada);
    record(ledger, &back.content(), at(0));
    record(ledger, &void.content(), at(0));
    erase(ledger, ada);
    // Their sales arrive and are recorded, whatever became of the person who brought goods back.
    for of in ["1", "2"] {
        assert_eq!(record(ledger, &sold(of), at(6)).owner, OwnerId::User(bob));
    }
    assert!(!ledger.is_stopped());
    assert!(
        ledger
            .recorded(&sold("2").key)
            .unwrap()
            .expect("recorded")
            .voided_by
            .is_some()
    );
    assert_eq!(book(ledger, bob).len(), 2);
}
