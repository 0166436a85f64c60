//! Receipts that people miss: a store is asked, gives a sale that is nobody's or says why not, and nothing is
//! given twice or to two.

use super::Story;
use crate::slip::{Slip, slip};
use crate::world::{
    DAY, add_store, add_user, at, change, claim, commit, purchase, record, settle, settle_all,
    shop, store_id, text, town, write,
};
use ledger::Ledger;
use ledger::account::{
    Accessor, Act, Described, Fate, Minute, MissingReceipt, Note, Touched, Unclaimed, WhyNot,
};
use ledger::write::{
    Changed, Claimed, MISSING_OPEN_MAX, MissingStep, MissingWritten, Noted,
    SOUGHT_BY_STRANGERS_MAX, SOUGHT_MAX, Settled, Write, Written,
};
use purchase::id::{MissingId, OwnerId, PurchaseId, SettlementKey, SoughtId, TokenId, UserId};
use purchase::money::Amount;
use purchase::settlement::ClaimHash;
use purchase::time::BusinessDate;

mod crowds;

pub(crate) const STORIES: &[Story] = &[
    ("a store gives what is missing, once", given),
    ("what came back goes along", given_whole),
    (
        "only what fits and is nobody's is offered and given",
        only_free,
    ),
    ("two clerks at once, and a claim in between", in_between),
    ("a store says why not", refused),
    ("the same is asked once, and not without end", bounded),
    ("what is withdrawn is open nowhere", withdrawn),
    ("what nobody answers expires, and is forgotten", expires),
    ("erasing takes all of it along", erased),
];

/// Told where a thousand rows are read in no time.
pub(crate) const CROWDED: &[Story] = &[
    ("a store is asked for so many, whoever asks", crowded),
    (
        "strangers leave most of a store's places to those who shop",
        crowds::strangers,
    ),
    (
        "a number is looked for on so many sales of each day",
        crowds::cut_short,
    ),
];

const CLERK: TokenId = TokenId([7; 16]);

fn date(text: &str) -> BusinessDate {
    BusinessDate::parse(text).unwrap()
}

/// A receipt of the day of the first sale that came to so much.
fn described(total: i64) -> Described {
    Described {
        date: date("2017-01-01"),
        minute: Minute::new(11 * 60 + 53),
        total: Amount::new(total).unwrap(),
        number: None,
        words: Some(text("two bags of ice")),
    }
}

fn missing(ledger: &Ledger, step: MissingStep, now: i64) -> MissingWritten {
    match write(ledger, Write::Missing(step), at(now)) {
        Written::Missing(written) => written,
        other => panic!("not of a missing receipt: {other:?}"),
    }
}

/// Asks `s-1`; both ids are made of one number.
fn ask(
    ledger: &Ledger,
    user_id: UserId,
    number: u8,
    described: Described,
    now: i64,
) -> MissingWritten {
    let step = MissingStep::Ask {
        user_id,
        store_id: store_id("s-1"),
        missing_id: MissingId([number; 16]),
        sought_id: SoughtId([number + 100; 16]),
        described: Box::new(described),
    };
    missing(ledger, step, now)
}

fn give(ledger: &Ledger, number: u8, transaction: &str, now: i64) -> MissingWritten {
    let step = MissingStep::Give {
        sought_id: SoughtId([number + 100; 16]),
        settlement: slip(transaction).content().key,
        by: CLERK,
    };
    missing(ledger, step, now)
}

fn refuse(ledger: &Ledger, number: u8, now: i64) -> MissingWritten {
    let step = MissingStep::Refuse {
        store_id: store_id("s-1"),
        sought_id: SoughtId([number + 100; 16]),
        why: WhyNot::TellMore,
        words: Some(text("which till?")),
        by: CLERK,
    };
    missing(ledger, step, now)
}

fn withdraw(ledger: &Ledger, user_id: UserId, number: u8) -> MissingWritten {
    let missing_id = MissingId([number; 16]);
    let step = MissingStep::Withdraw {
        user_id,
        missing_id,
    };
    missing(ledger, step, 9)
}

fn asked(number: u8) -> MissingWritten {
    MissingWritten::Asked(MissingId([number; 16]))
}

/// A sale of nobody.
fn sold(transaction: &str, amount: i64) -> Slip {
    slip(transaction).line("A", "1", amount)
}

fn offered(ledger: &Ledger, described: &Described) -> Vec<Unclaimed> {
    let found = ledger.unclaimed(&store_id("s-1"), described, 99).unwrap();
    assert!(!found.is_cut_short);
    found.sales
}

fn numbers(found: &[Unclaimed]) -> Vec<&str> {
    found
        .iter()
        .map(|sale| sale.key.transaction.as_str())
        .collect()
}

fn sought(ledger: &Ledger, now: i64) -> Vec<SoughtId> {
    let found = ledger
        .sought(&store_id("s-1"), at(now), (0, 9_999))
        .unwrap();
    let count = ledger.count_sought(&store_id("s-1"), at(now)).unwrap();
    assert_eq!(count, found.len());
    found.iter().map(|sought| sought.sought_id).collect()
}

fn all(ledger: &Ledger, user_id: UserId, now: i64) -> Vec<MissingReceipt> {
    ledger.missing(user_id, at(now)).unwrap()
}

fn book(ledger: &Ledger, user_id: UserId) -> Vec<PurchaseId> {
    let page = ledger.page(user_id, &Default::default(), 999, &|_| true);
    let page = page.unwrap().purchases;
    page.iter().map(|filed| filed.purchase_id).collect()
}

fn rows_of(ledger: &Ledger, kind: u8) -> usize {
    let rows = ledger.stored_rows().unwrap();
    rows.iter().filter(|row| row.key[0] == kind).count()
}

fn given(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let receipt = record(ledger, &sold("1", 50).content(), at(0));
    assert_eq!(ask(ledger, ada, 1, described(50), 1), asked(1));
    assert_eq!(sought(ledger, 2), [SoughtId([101; 16])]);
    let found = offered(ledger, &described(50));
    assert_eq!(numbers(&found), ["1"]);
    assert_eq!((found[0].total.minor(), found[0].lines), (50, 1));
    let given = MissingWritten::Given(receipt.purchase_id);
    assert_eq!(give(ledger, 1, "1", 3), given);
    // Pressed twice, or by two: nothing happens any more.
    assert_eq!(give(ledger, 1, "1", 4), MissingWritten::Closed);
    assert_eq!(refuse(ledger, 1, 4), MissingWritten::Closed);
    assert_eq!(sought(ledger, 4), []);
    assert_eq!(offered(ledger, &described(50)), []);
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(filed.owner, OwnerId::User(ada));
    assert_eq!(ledger.count_users(None, 9).unwrap()[0].tally.settlements, 1);
    let events = ledger.events(ada, 0, 9).unwrap();
    assert_eq!(events.len(), 1, "an open book hears of it");
    let purchase_id = receipt.purchase_id;
    let fate = Fate::Found {
        purchase_id,
        at: at(3),
    };
    assert_eq!(all(ledger, ada, 5)[0].fate, fate);
    let seen = ledger.accesses(ada, None, 9).unwrap();
    let by = Accessor::Operator { token_id: CLERK };
    assert_eq!(
        (seen.len(), &seen[0].by, seen[0].what),
        (1, &by, Touched::Missing)
    );
    // The till that sends it again is answered the same.
    match settle(ledger, &sold("1", 50).content(), at(9)) {
        Settled::AlreadyRecorded(again) => assert_eq!(again.purchase_id, purchase_id),
        other => panic!("{other:?}"),
    }
}

fn given_whole(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = record(ledger, &sold("1", 50).content(), at(0));
    let original = sold("1", 50).content();
    let back = sold("2", 50).returns(&original, &[(1, "1")]).content();
    let back = record(ledger, &back, at(1));
    assert_eq!(ask(ledger, ada, 1, described(50), 2), asked(1));
    // What came back is no sale to be given, and fits by its total.
    assert_eq!(numbers(&offered(ledger, &described(50))), ["1"]);
    assert_eq!(give(ledger, 1, "2", 3), MissingWritten::Taken);
    assert_eq!(
        give(ledger, 1, "1", 3),
        MissingWritten::Given(sale.purchase_id)
    );
    let mut expected = vec![sale.purchase_id, back.purchase_id];
    let mut found = book(ledger, ada);
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

fn only_free(ledger: &Ledger) {
    town(ledger);
    add_store(ledger, shop("s-2"));
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    record(ledger, &sold("free", 50).content(), at(0));
    record(ledger, &sold("bobs", 50).buyer(bob).content(), at(0));
    record(ledger, &sold("dear", 70).content(), at(0));
    let void = sold("void", 50).content();
    record(ledger, &void, at(0));
    record(ledger, &slip("gone").voids(&void).content(), at(1));
    assert_eq!(ask(ledger, ada, 1, described(50), 2), asked(1));
    assert_eq!(numbers(&offered(ledger, &described(50))), ["free"]);
    for other in ["bobs", "dear", "void", "gone", "nowhere"] {
        let written = give(ledger, 1, other, 3);
        assert_eq!(written, MissingWritten::Taken, "{other}");
    }
    // Not at another store under the same id, nor by a request that nobody made.
    let elsewhere = MissingStep::Give {
        sought_id: SoughtId([101; 16]),
        settlement: SettlementKey {
            store_id: store_id("s-2"),
            ..sold("free", 50).content().key
        },
        by: CLERK,
    };
    assert_eq!(missing(ledger, elsewhere, 3), MissingWritten::Closed);
    assert_eq!(give(ledger, 9, "free", 3), MissingWritten::Closed);
    assert_eq!((book(ledger, ada).len(), book(ledger, bob).len()), (0, 1));
    // By its number it is found whatever it came to, and a day beside it; two days are too far.
    for (number, day, found) in [
        ("DEAR", "2017-01-02", &["dear"][..]),
        ("d-e-a-r", "2016-12-31", &["dear"]),
        ("dear", "2017-01-03", &[]),
        ("bobs", "2017-01-01", &[]),
    ] {
        let described = Described {
            number: Some(text(number)),
            date: date(day),
            ..described(1)
        };
        assert_eq!(
            numbers(&offered(ledger, &described)),
            found,
            "{number} {day}"
        );
    }
    assert_eq!(sought(ledger, 4).len(), 1, "it is still looked for");
}

fn in_between(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let hash = ClaimHash([1; 32]);
    let printed = record(ledger, &sold("1", 50).claim(hash).content(), at(0));
    record(ledger, &sold("2", 50).content(), at(0));
    assert_eq!(ask(ledger, ada, 1, described(50), 1), asked(1));
    assert_eq!(ask(ledger, bob, 2, described(50), 1), asked(2));
    // Whoever has the paper comes first.
    let claimed = claim(ledger, bob, hash, at(2));
    assert_eq!(claimed, Claimed::Filed(printed.purchase_id));
    assert_eq!(give(ledger, 1, "1", 3), MissingWritten::Taken);
    assert_eq!(book(ledger, ada), []);
    // Two clerks give one sale to two people in one batch: one of them gets it.
    let both = [1_u8, 2].map(|number| {
        Write::Missing(MissingStep::Give {
            sought_id: SoughtId([number + 100; 16]),
            settlement: sold("2", 50).content().key,
            by: CLERK,
        })
    });
    let written = commit(ledger, both.to_vec(), at(4));
    let [
        Written::Missing(MissingWritten::Given(_)),
        Written::Missing(last),
    ] = written[..]
    else {
        panic!("{written:?}")
    };
    assert_eq!(last, MissingWritten::Taken);
    assert_eq!((book(ledger, ada).len(), book(ledger, bob).len()), (1, 1));
    assert_eq!(sought(ledger, 5), [SoughtId([102; 16])]);
}

fn refused(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    assert_eq!(ask(ledger, ada, 1, described(50), 1), asked(1));
    assert_eq!(refuse(ledger, 1, 2), MissingWritten::Done);
    assert_eq!(refuse(ledger, 1, 3), MissingWritten::Closed);
    let fate = Fate::NotFound {
        why: WhyNot::TellMore,
        words: Some(text("which till?")),
        at: at(2),
    };
    let found = all(ledger, ada, 4);
    assert_eq!((found.len(), &found[0].fate), (1, &fate));
    assert_eq!(found[0].described, described(50));
    assert_eq!(sought(ledger, 4), []);
    // It may be asked again, with more to go by.
    assert_eq!(ask(ledger, ada, 2, described(50), 5), asked(2));
    // A note of it stands in the log of operators only if something was done.
    let noted = |number: u8| {
        let note = Note {
            by: CLERK,
            label: None,
            act: Act::ReceiptRefused,
            store_id: Some(store_id("s-1")),
            detail: None,
        };
        let step = MissingStep::Refuse {
            store_id: store_id("s-1"),
            sought_id: SoughtId([number + 100; 16]),
            why: WhyNot::NoSuchSale,
            words: None,
            by: CLERK,
        };
        let write_of = Some(Write::Missing(step));
        let noted = Noted {
            note,
            write: write_of,
        };
        write(ledger, Write::Noted(Box::new(noted)), at(6));
        ledger.audited(at(0), at(99), 99).unwrap().len()
    };
    assert_eq!((noted(9), noted(2), noted(2)), (0, 1, 1));
}

fn bounded(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    assert_eq!(ask(ledger, ada, 1, described(1), 0), asked(1));
    let reworded = Described {
        words: None,
        ..described(1)
    };
    let before = MissingWritten::AskedBefore(MissingId([1; 16]));
    assert_eq!(ask(ledger, ada, 2, reworded, 1), before);
    assert_eq!(ask(ledger, ada, 1, described(1), 1), before, "sent again");
    let most = u8::try_from(MISSING_OPEN_MAX).unwrap();
    for number in 2..=most {
        let described = described(i64::from(number));
        assert_eq!(ask(ledger, ada, number, described, 2), asked(number));
    }
    assert_eq!(
        ask(ledger, ada, 90, described(90), 3),
        MissingWritten::TooMany
    );
    assert_eq!(sought(ledger, 3).len(), MISSING_OPEN_MAX);
    assert_eq!(withdraw(ledger, ada, 1), MissingWritten::Done);
    assert_eq!(ask(ledger, ada, 90, described(90), 4), asked(90));
    let nobody = UserId([9; 16]);
    assert_eq!(
        ask(ledger, nobody, 91, described(1), 4),
        MissingWritten::NotFound
    );
}

fn crowded(ledger: &Ledger) {
    town(ledger);
    let people = SOUGHT_MAX / MISSING_OPEN_MAX;
    let mut batch = Vec::new();
    for nth in 0..people {
        let user_id = add_user(ledger, &format!("person {nth}"));
        let bought = sold(&format!("{nth}"), 1).buyer(user_id);
        record(ledger, &bought.content(), at(0));
        for total in 0..MISSING_OPEN_MAX {
            let id = u128::try_from(nth * 100 + total).unwrap() << 32;
            batch.push(Write::Missing(MissingStep::Ask {
                user_id,
                store_id: store_id("s-1"),
                missing_id: MissingId(id.to_be_bytes()),
                sought_id: SoughtId((id + 1).to_be_bytes()),
                described: Box::new(described(i64::try_from(total).unwrap())),
            }));
        }
    }
    for written in commit(ledger, batch, at(5)) {
        assert!(matches!(
            written,
            Written::Missing(MissingWritten::Asked(_))
        ));
    }
    assert_eq!(sought(ledger, 6).len(), SOUGHT_MAX);
    let bob = add_user(ledger, "Bob");
    let bought = sold("of Bob", 1).buyer(bob);
    record(ledger, &bought.content(), at(0));
    assert_eq!(
        ask(ledger, bob, 92, described(1), 6),
        MissingWritten::Crowded
    );
    let first = MissingStep::Refuse {
        store_id: store_id("s-1"),
        sought_id: sought(ledger, 6)[0],
        why: WhyNot::NoSuchSale,
        words: None,
        by: CLERK,
    };
    assert_eq!(missing(ledger, first, 7), MissingWritten::Done);
    assert_eq!(ask(ledger, bob, 92, described(1), 8), asked(92));
}

fn withdrawn(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    record(ledger, &sold("1", 50).content(), at(0));
    assert_eq!(ask(ledger, ada, 1, described(50), 1), asked(1));
    assert_eq!(withdraw(ledger, bob, 1), MissingWritten::Nothing);
    assert_eq!(sought(ledger, 2).len(), 1, "it is not his");
    assert_eq!(withdraw(ledger, ada, 1), MissingWritten::Done);
    assert_eq!(withdraw(ledger, ada, 1), MissingWritten::Nothing);
    assert_eq!(sought(ledger, 2), []);
    assert_eq!(give(ledger, 1, "1", 3), MissingWritten::Closed);
    assert_eq!(refuse(ledger, 1, 3), MissingWritten::Closed);
    assert_eq!(numbers(&offered(ledger, &described(50))), ["1"]);
    assert_eq!((all(ledger, ada, 3), rows_of(ledger, 44)), (vec![], 0));
    // A store that has closed is asked all the same, and answers.
    let close = Write::CloseStore {
        store_id: store_id("s-1"),
    };
    assert_eq!(change(ledger, close, at(4)), Changed::Done);
    assert_eq!(ask(ledger, ada, 2, described(50), 5), asked(2));
    let written = give(ledger, 2, "1", 6);
    assert_eq!(written, MissingWritten::Given(book(ledger, ada)[0]));
}

fn expires(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    record(ledger, &sold("1", 50).content(), at(0));
    assert_eq!(ask(ledger, ada, 1, described(50), 0), asked(1));
    let bob = add_user(ledger, "Bob");
    let most = u8::try_from(MISSING_OPEN_MAX).unwrap();
    for number in 20..20 + most {
        let described = described(i64::from(number));
        assert_eq!(ask(ledger, bob, number, described, 0), asked(number));
    }
    assert_eq!(ask(ledger, ada, 2, described(60), DAY), asked(2));
    let fate = |number: u8, now: i64| {
        let found = all(ledger, ada, now);
        let found = found.into_iter().find(|it| it.missing_id.0 == [number; 16]);
        found.map(|it| it.fate)
    };
    let end = 60 * DAY;
    assert_eq!(fate(1, end - 1), Some(Fate::Open));
    // Shown and held to be over at once, whenever it is swept.
    assert_eq!(fate(1, end), Some(Fate::Expired { at: at(end) }));
    assert_eq!(sought(ledger, end), [SoughtId([102; 16])]);
    assert_eq!(give(ledger, 1, "1", end), MissingWritten::Closed);
    // It can be asked anew then, and is not counted among what is open.
    let before = MissingWritten::AskedBefore(MissingId([1; 16]));
    assert_eq!(ask(ledger, ada, 3, described(50), end - 1), before);
    assert_eq!(ask(ledger, ada, 3, described(50), end), asked(3));
    assert_eq!(withdraw(ledger, ada, 3), MissingWritten::Done);
    assert_eq!(
        ask(ledger, bob, 50, described(99), end - 1),
        MissingWritten::TooMany
    );
    assert_eq!(ask(ledger, bob, 50, described(99), end), asked(50));
    for number in (20..20 + most).chain([50]) {
        assert_eq!(withdraw(ledger, bob, number), MissingWritten::Done);
    }
    let store = store_id("s-1");
    assert!(ledger.is_sought_since(&store, at(1)).unwrap());
    let expire = || MissingStep::Expire {
        store_id: store.clone(),
        before: at(1),
    };
    assert_eq!(missing(ledger, expire(), end + 5), MissingWritten::Done);
    assert_eq!(missing(ledger, expire(), end + 6), MissingWritten::Nothing);
    assert!(!ledger.is_sought_since(&store, at(1)).unwrap());
    let expired = Fate::Expired { at: at(end + 5) };
    assert_eq!(fate(1, end + 7), Some(expired.clone()));
    assert_eq!(fate(2, end + 7), Some(Fate::Open));
    let forget = |before: i64| {
        let before = at(before);
        let resume = None;
        let step = MissingStep::Forget { before, resume };
        match write(ledger, Write::Missing(step), at(end + 9)) {
            Written::Pruned(next) => assert_eq!(next, None),
            other => panic!("{other:?}"),
        }
    };
    forget(end + 5);
    assert_eq!(fate(1, end + 9), Some(expired));
    forget(end + 6);
    assert_eq!(fate(1, end + 9), None);
    // What is open is not forgotten, however old.
    forget(999 * DAY);
    assert_eq!(fate(2, end + 9), Some(Fate::Open));
    assert_eq!((rows_of(ledger, 43), rows_of(ledger, 44)), (1, 1));
}

fn erased(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    record(ledger, &sold("1", 50).content(), at(0));
    assert_eq!(ask(ledger, ada, 1, described(50), 1), asked(1));
    assert_eq!(ask(ledger, ada, 2, described(60), 1), asked(2));
    assert_eq!(ask(ledger, bob, 3, described(50), 1), asked(3));
    assert_eq!(refuse(ledger, 2, 2), MissingWritten::Done);
    assert_eq!((rows_of(ledger, 43), rows_of(ledger, 44)), (2, 3));
    let erase = Write::Erase { user_id: ada };
    assert_eq!(change(ledger, erase, at(3)), Changed::Done);
    assert_eq!((rows_of(ledger, 43), rows_of(ledger, 44)), (1, 1));
    assert_eq!(give(ledger, 1, "1", 4), MissingWritten::Closed);
    assert_eq!(sought(ledger, 4), [SoughtId([103; 16])]);
    assert_eq!(numbers(&offered(ledger, &described(50))), ["1"]);
}
