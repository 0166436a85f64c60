//! Codes that people show: a till's sale is filed by a member code, judged as of the sale; a purchase that
//! is nobody's is taken by the code on its receipt, before or after its sale has come.

use super::Story;
use crate::slip::{Slip, slip};
use crate::world::{
    DAY, add_user, at, change, claim, commit, give_code, member, prepare, purchase, record, settle,
    settled, text, town,
};
use ledger::Ledger;
use ledger::account::{ClaimSource, Shown};
use ledger::write::{
    Changed, Claimed, MemberStep, NewMemberCode, Receipt, SHORT_FREE_MAX, Settled,
    WAITING_CLAIMS_MAX, Write,
};
use purchase::id::{OwnerId, PurchaseId, UserId};
use purchase::member::MemberForm;
use purchase::settlement::{Buyer, ClaimHash, Content};
use std::ops::Range;

mod slips;

pub(crate) const STORIES: &[Story] = &[
    ("a code of a phone is good for one sale", once),
    ("a card is good until it is replaced", card),
    (
        "the time of the sale counts, with some grace",
        as_of_the_sale,
    ),
    ("two tills send one code at once", at_once),
    ("a code that ends between preparing and committing", between),
    ("of free codes the newest stay", bounded),
    ("old codes are forgotten", forgotten),
    (
        "an unknown code files nothing, a card says nothing",
        unknown,
    ),
    ("a purchase is taken by its code, once", taken),
    ("returns and voids go with what is taken", taken_whole),
    ("the slip of a return takes no sale", slips::not_by_a_return),
    (
        "nor the slip of one that came before its sale",
        slips::not_by_an_early_return,
    ),
    (
        "nor does whoever waits for that slip",
        slips::not_by_waiting,
    ),
    (
        "a return that was taken stays when its sale comes",
        taken_early,
    ),
    (
        "a code whose sale has not come completes by itself",
        completes,
    ),
    ("the first who waits gets it", first_come),
    ("what waits is bounded, and ends", waiting_is_bounded),
    ("erasing takes the codes along", erased),
];

fn shown(transaction: &str, code: &str) -> Slip {
    let buyer = Buyer::MemberCode(text(code));
    slip(transaction).line("A", "1", 50).meant_for(buyer)
}

fn printed(transaction: &str, code: u8) -> Slip {
    let hash = ClaimHash([code; 32]);
    slip(transaction).line("A", "1", 50).claim(hash)
}

fn hash(code: u8) -> ClaimHash {
    ClaimHash([code; 32])
}

fn again(ledger: &Ledger, content: &Content) -> Receipt {
    match settle(ledger, content, at(99)) {
        Settled::AlreadyRecorded(receipt) => receipt,
        other => panic!("{:?} is not recorded: {other:?}", content.key),
    }
}

/// Whose it is, if somebody's, and what the till is told of the code; the same when it is sent again.
fn filed(ledger: &Ledger, slip: Slip, now: i64) -> (Option<UserId>, Shown) {
    let content = slip.content();
    let receipt = record(ledger, &content, at(now));
    assert_eq!(again(ledger, &content), receipt);
    match receipt.owner {
        OwnerId::User(user_id) => {
            purchase(ledger, user_id, receipt.purchase_id);
            (Some(user_id), receipt.shown)
        }
        OwnerId::Unclaimed(_) => {
            assert_eq!(receipt.claim, ClaimSource::Derived, "it can be claimed");
            (None, receipt.shown)
        }
    }
}

fn book(ledger: &Ledger, user_id: UserId) -> Vec<PurchaseId> {
    let page = ledger.page(user_id, &Default::default(), 999, &|_| true);
    let page = page.unwrap().purchases;
    page.iter().map(|filed| filed.purchase_id).collect()
}

fn revoke(ledger: &Ledger, user_id: UserId, form: MemberForm, now: i64) -> Changed {
    let revoke = MemberStep::Revoke { user_id, form };
    change(ledger, Write::Member(revoke), at(now))
}

fn once(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "90-a", (-60, DAY));
    assert_eq!(ledger.member_codes(ada, at(0)).unwrap().free, 1);
    let bob = add_user(ledger, "Bob");
    let until = |user_id, now| {
        let hash = member("90-a").expect("a member code").hash;
        ledger.member_code_until(user_id, hash, at(now)).unwrap()
    };
    assert_eq!(until(ada, 0), Some(at(DAY)));
    assert_eq!(until(ada, DAY), None);
    assert_eq!(until(bob, 0), None);
    assert_eq!(
        filed(ledger, shown("1", "90-a"), 1),
        (Some(ada), Shown::Filed)
    );
    assert_eq!(filed(ledger, shown("2", "90-a"), 2), (None, Shown::Unfiled));
    assert_eq!(ledger.member_codes(ada, at(3)).unwrap().free, 0);
    assert_eq!(until(ada, 3), None);
    // A till that prints claim codes itself prints them on these as well.
    let both = shown("3", "90-a").claim(hash(1)).content();
    let receipt = record(ledger, &both, at(4));
    assert_eq!(
        (receipt.claim, receipt.shown),
        (ClaimSource::Till, Shown::Unfiled)
    );
    let other = shown("1", "90-b").content();
    assert_eq!(settle(ledger, &other, at(5)), Settled::Conflict);
}

fn card(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    assert_eq!(revoke(ledger, ada, MemberForm::Card, 0), Changed::Same);
    give_code(ledger, ada, "91-old", (-60, 999 * DAY));
    let by = |transaction: &str, code: &str, minute: i64| {
        filed(ledger, shown(transaction, code).at(at(minute)), 500)
    };
    assert_eq!(by("1", "91-old", 0), (Some(ada), Shown::Nothing));
    assert_eq!(by("2", "91-old", 1), (Some(ada), Shown::Nothing));
    give_code(ledger, ada, "91-new", (60, 999 * DAY));
    let codes = ledger.member_codes(ada, at(61)).unwrap();
    assert_eq!(codes.card.map(|card| card.issued_at), Some(at(60)));
    assert_eq!(
        by("3", "91-old", 59),
        (Some(ada), Shown::Nothing),
        "a late sale"
    );
    assert_eq!(by("4", "91-old", 60), (None, Shown::Nothing));
    assert_eq!(by("5", "91-new", 60), (Some(ada), Shown::Nothing));
    assert_eq!(revoke(ledger, ada, MemberForm::Card, 90), Changed::Done);
    assert_eq!(by("6", "91-new", 89), (Some(ada), Shown::Nothing));
    assert_eq!(by("7", "91-new", 90), (None, Shown::Nothing));
    assert_eq!(ledger.member_codes(ada, at(91)).unwrap().card, None);
    assert_eq!(book(ledger, ada).len(), 5);
}

fn as_of_the_sale(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let rows = [
        (-6, None),
        (-5, Some(ada)),
        (0, Some(ada)),
        (59, Some(ada)),
        (64, Some(ada)),
        (65, None),
    ];
    for (minute, expected) in rows {
        let code = format!("90-{minute}");
        give_code(ledger, ada, &code, (0, 60));
        let sale = shown(&code, &code).at(at(minute));
        // It comes weeks later: the shop had no line.
        let (found, _) = filed(ledger, sale, 30 * DAY);
        assert_eq!(found, expected, "minute {minute}");
    }
    // A till whose clock is ahead sells when the sale arrives.
    give_code(ledger, ada, "90-ahead", (0, 60));
    let ahead = shown("ahead", "90-ahead").at(at(300 * DAY));
    assert_eq!(filed(ledger, ahead, 30), (Some(ada), Shown::Filed));
}

fn at_once(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "90-a", (-60, DAY));
    let sales = ["1", "2", "3"].map(|number| shown(number, "90-a").content());
    let batch = sales
        .iter()
        .map(|sale| Write::Settle(Box::new(prepare(ledger, sale, at(0)))));
    let receipts: Vec<Receipt> = commit(ledger, batch.collect(), at(0))
        .into_iter()
        .map(|written| match settled(written) {
            Settled::Recorded(receipt) => receipt,
            other => panic!("{other:?}"),
        })
        .collect();
    let told: Vec<_> = receipts.iter().map(|it| (it.shown, it.claim)).collect();
    let lost = (Shown::Unfiled, ClaimSource::Derived);
    assert_eq!(told, [(Shown::Filed, ClaimSource::None), lost, lost]);
    assert_eq!(book(ledger, ada), [receipts[0].purchase_id]);
    for (sale, receipt) in sales.iter().zip(receipts) {
        assert_eq!(again(ledger, sale), receipt);
    }
}

fn between(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "90-a", (-60, DAY));
    give_code(ledger, ada, "91-a", (-60, DAY));
    // Made before the code ended, it counts; made after, it does not.
    for (number, code, minute, expected) in [
        ("1", "90-a", 5, None),
        ("2", "91-a", 5, None),
        ("3", "91-a", 3, Some(ada)),
    ] {
        let sale = shown(number, code).at(at(minute)).content();
        let prepared = Write::Settle(Box::new(prepare(ledger, &sale, at(6))));
        revoke(ledger, ada, MemberForm::Card, 4);
        revoke(ledger, ada, MemberForm::Short, 4);
        let written = commit(ledger, vec![prepared], at(6)).remove(0);
        let Settled::Recorded(receipt) = settled(written) else {
            panic!("{number} is not recorded")
        };
        let found = match receipt.owner {
            OwnerId::User(user_id) => Some(user_id),
            OwnerId::Unclaimed(_) => None,
        };
        assert_eq!(found, expected, "{number}");
        // Also of the card that was good: the store is told the same.
        assert_eq!(receipt.claim, ClaimSource::Derived, "{number}");
        assert_eq!(again(ledger, &sale), receipt);
    }
    // Prepared before there was such a code, committed after.
    let sale = shown("4", "90-late").content();
    let prepared = Write::Settle(Box::new(prepare(ledger, &sale, at(6))));
    give_code(ledger, ada, "90-late", (-1, DAY));
    let Settled::Recorded(receipt) = settled(commit(ledger, vec![prepared], at(6)).remove(0))
    else {
        panic!("not recorded")
    };
    assert_eq!(
        (receipt.owner, receipt.claim),
        (OwnerId::User(ada), ClaimSource::None)
    );
    purchase(ledger, ada, receipt.purchase_id);
}

fn bounded(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let issue = |user_id: UserId, numbers: Range<usize>, until: i64| {
        let codes = numbers.map(|number| NewMemberCode {
            hash: member(&format!("90-{number}")).unwrap().hash,
            form: MemberForm::Short,
            issued_at: at(0),
            expires_at: at(until),
        });
        let codes = codes.collect();
        change(
            ledger,
            Write::Member(MemberStep::Issue { user_id, codes }),
            at(0),
        )
    };
    assert_eq!(issue(ada, 0..40, DAY), Changed::Done);
    assert_eq!(issue(ada, 0..40, DAY), Changed::Same, "the answer was lost");
    assert_eq!(issue(bob, 0..40, DAY), Changed::Different, "it is hers");
    assert_eq!(issue(UserId([9; 16]), 100..101, DAY), Changed::NotFound);
    assert_eq!(issue(ada, 40..80, 2 * DAY), Changed::Done);
    let codes = ledger.member_codes(ada, at(1)).unwrap();
    assert_eq!(codes.free, u64::try_from(SHORT_FREE_MAX).unwrap());
    assert_eq!(codes.last_expires_at, Some(at(2 * DAY)));
    assert_eq!(ledger.member_codes(bob, at(1)).unwrap().free, 0);
    let good = (0..80).filter(|number| {
        let sale = shown(&format!("{number}"), &format!("90-{number}")).at(at(1));
        filed(ledger, sale, 1).0 == Some(ada)
    });
    let good: Vec<i32> = good.collect();
    assert_eq!(good.len(), SHORT_FREE_MAX);
    assert_eq!(good.iter().filter(|number| **number >= 40).count(), 40);
    // However often somebody asks, not all of it is remembered.
    assert_eq!(issue(bob, 1_000..5_200, DAY), Changed::Done);
    let rows = ledger.stored_rows().unwrap();
    let codes = rows.iter().filter(|row| row.key[0] == 32).count();
    assert_eq!(codes, 80 + 4_096);
}

fn forgotten(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "90-old", (0, DAY));
    give_code(ledger, ada, "90-unused", (0, DAY));
    let old = shown("1", "90-old").content();
    let receipt = record(ledger, &old, at(1));
    let codes = || {
        let rows = ledger.stored_rows().unwrap();
        rows.iter()
            .filter(|row| matches!(row.key[0], 32 | 33))
            .count()
    };
    give_code(ledger, ada, "90-new", (400 * DAY, 401 * DAY));
    assert_eq!(codes(), 6);
    give_code(ledger, ada, "90-newer", (402 * DAY, 403 * DAY));
    assert_eq!(codes(), 4);
    // What a code did once is known for ever.
    assert_eq!(again(ledger, &old), receipt);
    assert_eq!(receipt.shown, Shown::Filed);
}

fn unknown(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "91-a", (-60, DAY));
    let rows = [
        ("90-nobody", Shown::Unfiled),
        ("91-nobody", Shown::Nothing),
        ("1210123456789012345678", Shown::Nothing),
        ("90", Shown::Unfiled),
    ];
    for (code, expected) in rows {
        assert_eq!(
            filed(ledger, shown(code, code), 1),
            (None, expected),
            "{code}"
        );
    }
    let known = record(ledger, &shown("a", "91-a").content(), at(1));
    assert_eq!(known.owner, OwnerId::User(ada));
    let told = (known.shown, known.claim);
    assert_eq!(told, (Shown::Nothing, ClaimSource::Derived), "known or not");
    let derived = crate::world::claim_hash(ledger.claim_secret(&shown("a", "91-a").content().key));
    assert_eq!(
        ledger.claimable(derived).unwrap(),
        None,
        "it is hers already"
    );
    // A return without a buyer follows its original, whatever brought that to its owner.
    let sale = shown("a", "91-a").content();
    let back = slip("back").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    let back = record(ledger, &back.content(), at(2));
    assert_eq!(
        (back.owner, back.shown),
        (OwnerId::User(ada), Shown::Nothing)
    );
}

fn taken(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = printed("1", 1).content();
    let receipt = record(ledger, &sale, at(0));
    let looked = ledger.claimable(hash(1)).unwrap().expect("on the receipt");
    assert_eq!(looked.settlement.content(), &sale);
    assert_eq!(ledger.claimable(hash(2)).unwrap(), None);
    let filed = Claimed::Filed(receipt.purchase_id);
    assert_eq!(claim(ledger, ada, hash(1), at(1)), filed);
    assert_eq!(claim(ledger, ada, hash(1), at(2)), filed, "sent twice");
    assert_eq!(claim(ledger, bob, hash(1), at(3)), Claimed::Waiting);
    assert_eq!(ledger.claimable(hash(1)).unwrap(), None);
    assert_eq!(book(ledger, ada), [receipt.purchase_id]);
    assert_eq!(book(ledger, bob), []);
    let same = again(ledger, &sale);
    let told = |receipt: &Receipt| (receipt.purchase_id, receipt.claim, receipt.shown);
    assert_eq!(told(&same), told(&receipt), "the store learns nothing");
    assert_eq!(
        claim(ledger, UserId([9; 16]), hash(1), at(4)),
        Claimed::NotFound
    );
    // The code that the server derives is as good as one that a till prints.
    let plain = slip("2").line("A", "1", 50).content();
    let receipt = record(ledger, &plain, at(5));
    let derived = crate::world::claim_hash(ledger.claim_secret(&plain.key));
    let filed = Claimed::Filed(receipt.purchase_id);
    assert_eq!(claim(ledger, bob, derived, at(6)), filed);
}

fn taken_whole(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1").line("A", "3", 50).claim(hash(1)).content();
    let back = slip("2").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    let back = back.content();
    let void = slip("4").voids(&back).content();
    let again = slip("5").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    let again = again.content();
    let ids =
        [&sale, &back, &void, &again].map(|content| record(ledger, content, at(0)).purchase_id);
    assert_eq!(claim(ledger, ada, hash(1), at(1)), Claimed::Filed(ids[0]));
    has(ledger, ada, &ids);
    let sold = purchase(ledger, ada, ids[0]);
    assert_eq!(sold.returned_micros, [1_000_000]);
    let late = slip("3").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    let late = record(ledger, &late.content(), at(2));
    assert_eq!(late.owner, OwnerId::User(ada), "what comes later follows");
    assert_eq!(ledger.claimable(hash(1)).unwrap(), None);
}

/// A person has these purchases and no others.
fn has(ledger: &Ledger, user_id: UserId, expected: &[PurchaseId]) {
    let (mut found, mut expected) = (book(ledger, user_id), expected.to_vec());
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

fn taken_early(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = slip("1").line("A", "3", 50).buyer(bob).content();
    let back = slip("2").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    let back = record(ledger, &back.claim(hash(1)).content(), at(0));
    assert_eq!(
        claim(ledger, ada, hash(1), at(1)),
        Claimed::Filed(back.purchase_id)
    );
    record(ledger, &printed("3", 3).buyer(ada).content(), at(2));
    let sale = record(ledger, &sale, at(3));
    assert_eq!(book(ledger, bob), [sale.purchase_id]);
    assert_eq!(book(ledger, ada).len(), 2, "nothing of hers moved");
    let sold = purchase(ledger, bob, sale.purchase_id);
    assert_eq!(
        sold.returned_micros,
        [1_000_000],
        "it came back all the same"
    );
}

fn completes(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    assert_eq!(claim(ledger, ada, hash(1), at(0)), Claimed::Waiting);
    assert_eq!(claim(ledger, ada, hash(1), at(1)), Claimed::Waiting);
    let waiting = ledger.waiting_claims(ada, at(2)).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].asked_at, at(0));
    assert_eq!(ledger.claimable(hash(1)).unwrap(), None);
    let sale = printed("1", 1).line("unnamed", "2", 5).content();
    let receipt = record(ledger, &sale, at(3));
    assert_eq!(receipt.claim, ClaimSource::Till);
    assert_eq!(book(ledger, ada), [receipt.purchase_id]);
    assert_eq!(again(ledger, &sale).owner, OwnerId::User(ada));
    let events = ledger.events(ada, 0, 9).unwrap();
    assert_eq!(events.len(), 1, "she hears of it once");
    assert_eq!(ledger.waiting_claims(ada, at(4)).unwrap(), []);
    let filed = Claimed::Filed(receipt.purchase_id);
    assert_eq!(claim(ledger, ada, hash(1), at(5)), filed);
    // It has names as any other purchase, and another receipt with that code is nobody's.
    let names = purchase(ledger, ada, receipt.purchase_id).names;
    assert_eq!(names.len(), 2);
    let twice = record(ledger, &printed("2", 1).content(), at(6));
    assert!(matches!(twice.owner, OwnerId::Unclaimed(_)));
    // A sale that is somebody's is not taken away from them.
    let bob = add_user(ledger, "Bob");
    assert_eq!(claim(ledger, bob, hash(2), at(7)), Claimed::Waiting);
    record(ledger, &printed("3", 2).buyer(ada).content(), at(8));
    assert_eq!(book(ledger, bob), []);
    assert_eq!(ledger.waiting_claims(bob, at(9)).unwrap().len(), 1);
    // And one whose member code was worth nothing is taken like any other.
    let sale = shown("4", "90-nobody").claim(hash(2)).content();
    let receipt = record(ledger, &sale, at(10));
    assert_eq!(receipt.shown, Shown::Unfiled);
    assert_eq!(book(ledger, bob), [receipt.purchase_id]);
}

fn first_come(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    for (user_id, minute) in [(ada, 0), (bob, 1), (ada, 2)] {
        assert_eq!(
            claim(ledger, user_id, hash(1), at(minute)),
            Claimed::Waiting
        );
        assert_eq!(ledger.waiting_claims(user_id, at(2)).unwrap().len(), 1);
    }
    record(ledger, &printed("1", 1).content(), at(3));
    assert_eq!((book(ledger, ada).len(), book(ledger, bob).len()), (1, 0));
    assert_eq!(claim(ledger, bob, hash(1), at(4)), Claimed::Waiting);
    // If the first is gone, it is the second's as soon as the second asks again.
    assert_eq!(claim(ledger, ada, hash(2), at(5)), Claimed::Waiting);
    assert_eq!(claim(ledger, bob, hash(2), at(6)), Claimed::Waiting);
    change(ledger, Write::Erase { user_id: ada }, at(7));
    let receipt = record(ledger, &printed("2", 2).content(), at(8));
    assert!(matches!(receipt.owner, OwnerId::Unclaimed(_)));
    let filed = Claimed::Filed(receipt.purchase_id);
    assert_eq!(claim(ledger, bob, hash(2), at(9)), filed);
}

fn waiting_is_bounded(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let most = u8::try_from(WAITING_CLAIMS_MAX).unwrap();
    for code in 1..=most {
        assert_eq!(claim(ledger, ada, hash(code), at(0)), Claimed::Waiting);
    }
    assert_eq!(claim(ledger, ada, hash(most + 1), at(1)), Claimed::TooMany);
    assert_eq!(
        claim(ledger, ada, hash(1), at(1)),
        Claimed::Waiting,
        "as before"
    );
    let receipt = record(ledger, &printed("1", most + 1).content(), at(2));
    let filed = Claimed::Filed(receipt.purchase_id);
    assert_eq!(
        claim(ledger, ada, hash(most + 1), at(3)),
        filed,
        "what is there"
    );
    // Nobody waits for ever, and keeps nobody else from it.
    let later = 400 * DAY;
    assert_eq!(ledger.waiting_claims(ada, at(later)).unwrap(), []);
    assert_eq!(claim(ledger, bob, hash(1), at(later)), Claimed::Waiting);
    assert_eq!(claim(ledger, ada, hash(99), at(later)), Claimed::Waiting);
    assert_eq!(ledger.waiting_claims(ada, at(later)).unwrap().len(), 1);
    record(ledger, &printed("2", 1).content(), at(later + 1));
    assert_eq!((book(ledger, ada).len(), book(ledger, bob).len()), (1, 1));
}

fn erased(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "90-a", (-60, DAY));
    give_code(ledger, ada, "90-b", (-60, DAY));
    give_code(ledger, ada, "91-a", (-60, DAY));
    let used = shown("1", "90-a").content();
    let receipt = record(ledger, &used, at(0));
    record(ledger, &printed("2", 2).content(), at(0));
    claim(ledger, ada, hash(1), at(1));
    claim(ledger, ada, hash(2), at(1));
    let sale = shown("3", "90-b").content();
    let prepared = Write::Settle(Box::new(prepare(ledger, &sale, at(2))));
    change(ledger, Write::Erase { user_id: ada }, at(2));
    let rows = ledger.stored_rows().unwrap();
    let left = rows.iter().filter(|row| matches!(row.key[0], 20 | 32..=34));
    assert_eq!(left.count(), 0);
    let Settled::Recorded(late) = settled(commit(ledger, vec![prepared], at(2)).remove(0)) else {
        panic!("not recorded")
    };
    assert!(matches!(late.owner, OwnerId::Unclaimed(_)));
    assert_eq!(late.claim, ClaimSource::Derived);
    assert_eq!(
        again(ledger, &used),
        receipt,
        "what it did is known for ever"
    );
    for (number, code) in [("4", "91-a"), ("5", "90-b")] {
        assert_eq!(filed(ledger, shown(number, code), 3).0, None, "{code}");
    }
    record(ledger, &printed("6", 1).content(), at(4));
    assert!(ledger.claimable(hash(1)).unwrap().is_some());
}
