//! A person's book: pages newest first, filters, and the feed of what happened. Whatever is
//! somebody else's is not there.

use super::Story;
use crate::slip::{TODAY, amount, slip};
use crate::world::{add_store, add_user, at, prepare, record, shop, store_id, town, write};
use ledger::Ledger;
use ledger::account::{FeedEnds, Filed, Range};
use ledger::write::{Resume, Write, Written};
use purchase::id::{PurchaseId, UserId};
use purchase::money::Currency;
use purchase::store::Store;
use purchase::time::Timestamp;

pub(crate) const STORIES: &[Story] = &[
    ("pages come newest first and whole", pages),
    ("pages of what is wanted", filters),
    ("a sale far ahead is sorted by its receipt", clock_ahead),
    ("what is somebody else's is not there", somebody_else),
    ("a feed has no gaps", feed),
    ("a feed is pruned in bounded steps", prune),
];

fn ids(
    ledger: &Ledger,
    user_id: UserId,
    range: &Range,
    limit: usize,
) -> (Vec<PurchaseId>, Option<PurchaseId>) {
    let page = ledger.page(user_id, range, limit, &|_| true).unwrap();
    (
        page.purchases
            .iter()
            .map(|filed| filed.purchase_id)
            .collect(),
        page.next,
    )
}

/// Every page in turn; all but the last are full.
fn leaf_through(
    ledger: &Ledger,
    user_id: UserId,
    range: &Range,
    (limit, matches): (usize, &dyn Fn(&Filed) -> bool),
) -> Vec<PurchaseId> {
    let mut range = range.clone();
    let mut found = Vec::new();
    loop {
        let page = ledger.page(user_id, &range, limit, matches).unwrap();
        assert!(page.purchases.len() == limit || page.next.is_none());
        found.extend(page.purchases.iter().map(|filed| filed.purchase_id));
        assert!(found.len() < 1_000, "the pages come to no end");
        match page.next {
            None => return found,
            next => range.after = next,
        }
    }
}

fn pages(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    assert_eq!(ids(ledger, ada, &Range::default(), 9), (vec![], None));
    // Two sales in one instant, and they do not arrive in the order of their times.
    let minutes = [5, -DAY_AND_A_HALF, 0, 0, 3, 900, 2];
    let mut expected = Vec::new();
    for (number, minute) in minutes.into_iter().enumerate() {
        let sale = |user_id| {
            let sale = slip(&format!("{user_id} {number}")[4..]).line("A", "1", 50);
            sale.at(at(minute)).buyer(user_id).content()
        };
        expected.push(record(ledger, &sale(ada), at(900)).purchase_id);
        record(ledger, &sale(bob), at(900));
    }
    expected.sort_unstable_by(|left, right| right.cmp(left));
    for limit in 1..9 {
        let found = leaf_through(ledger, ada, &Range::default(), (limit, &|_| true));
        assert_eq!(found, expected, "by {limit}");
    }
    let (first, next) = ids(ledger, ada, &Range::default(), 7);
    assert_eq!(
        (first.len(), next),
        (7, None),
        "the last page knows that it is the last"
    );
    let (first, next) = ids(ledger, ada, &Range::default(), 6);
    assert_eq!(next, first.last().copied());
}

const DAY_AND_A_HALF: i64 = 36 * 60;

/// Five purchases of Ada's, in two stores and currencies: store, minute, total.
const FIVE: [(&str, i64, i64); 5] = [
    ("s-1", 0, 100),
    ("s-1", 1, 200),
    ("s-2", 2, 300),
    ("s-2", 3, 200),
    ("s-1", 4, 0),
];

fn yen() -> Currency {
    Currency::parse("JPY").unwrap()
}

fn buy_five(ledger: &Ledger, ada: UserId) -> Vec<PurchaseId> {
    let buy = |(number, (store, minute, total)): (usize, &(&str, i64, i64))| {
        let currency = if *store == "s-2" { "JPY" } else { "USD" };
        let sale = slip(&format!("{number}")).store(store).currency(currency);
        let sale = sale.line("A", "1", *total).at(at(*minute)).buyer(ada);
        record(ledger, &sale.content(), at(5)).purchase_id
    };
    FIVE.iter().enumerate().map(buy).collect()
}

/// What is asked for, in words, and the numbers of the purchases that come.
type Wanted = (&'static str, fn(&mut Range), &'static [usize]);

const WANTED: &[Wanted] = &[
    ("all", |_| (), &[4, 3, 2, 1, 0]),
    ("from, inclusive", |range| range.from = Some(at(3)), &[4, 3]),
    ("to, exclusive", |range| range.to = Some(at(3)), &[2, 1, 0]),
    ("between", |range| between(range, 1, 3), &[2, 1]),
    ("nothing between", |range| between(range, 3, 3), &[]),
    ("upside down", |range| between(range, 4, 1), &[]),
    (
        "store",
        |range| range.store_id = Some(store_id("s-2")),
        &[3, 2],
    ),
    (
        "no such store",
        |range| range.store_id = Some(store_id("s-3")),
        &[],
    ),
    ("currency", |range| range.currency = Some(yen()), &[3, 2]),
    ("min", |range| range.min = Some(amount(200)), &[3, 2, 1]),
    ("max", |range| range.max = Some(amount(100)), &[4, 0]),
    (
        "one total",
        |range| (range.min, range.max) = (Some(amount(200)), Some(amount(200))),
        &[3, 1],
    ),
];

fn between(range: &mut Range, from: i64, to: i64) {
    (range.from, range.to) = (Some(at(from)), Some(at(to)));
}

fn filters(ledger: &Ledger) {
    town(ledger);
    let store = Store {
        currency: yen(),
        ..shop("s-2")
    };
    add_store(ledger, store);
    let ada = add_user(ledger, "Ada");
    let filed = buy_five(ledger, ada);
    let ids = |numbers: &[usize]| -> Vec<PurchaseId> {
        numbers.iter().map(|number| filed[*number]).collect()
    };
    for (name, ask, expected) in WANTED {
        let mut range = Range::default();
        ask(&mut range);
        for limit in 1..4 {
            let found = leaf_through(ledger, ada, &range, (limit, &|_| true));
            assert_eq!(found, ids(expected), "{name}, by {limit}");
        }
        // The same from the second page on.
        range.after = Some(filed[3]);
        let later: Vec<usize> = expected
            .iter()
            .copied()
            .filter(|number| *number < 3)
            .collect();
        let found = leaf_through(ledger, ada, &range, (9, &|_| true));
        assert_eq!(found, ids(&later), "{name}, after one");
    }
    let wanted = |filed: &Filed| filed.settlement.content().total == amount(200);
    let found = leaf_through(ledger, ada, &Range::default(), (1, &wanted));
    assert_eq!(found, ids(&[3, 1]), "what only the opened purchase tells");
}

fn clock_ahead(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = |number: &str, minute: i64, received: i64| {
        let sale = slip(number)
            .line("A", "1", 50)
            .at(at(minute))
            .buyer(ada)
            .content();
        record(ledger, &sale, at(received)).purchase_id
    };
    let fast = sale("1", 600, 0);
    let next = sale("2", 5, 5);
    assert_eq!(ids(ledger, ada, &Range::default(), 9).0, [next, fast]);
    assert_eq!(
        ids(
            ledger,
            ada,
            &Range {
                to: Some(at(1)),
                ..Range::default()
            },
            9
        )
        .0,
        [fast]
    );
}

fn somebody_else(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let hers = record(
        ledger,
        &slip("1").line("A", "1", 50).buyer(ada).content(),
        at(0),
    );
    let nobodys = record(ledger, &slip("2").line("A", "1", 50).content(), at(0));
    assert!(ledger.purchase(ada, hers.purchase_id).unwrap().is_some());
    let rows = [
        (bob, hers.purchase_id),
        (ada, nobodys.purchase_id),
        (UserId([9; 16]), hers.purchase_id),
        (ada, PurchaseId([0; 16])),
        (ada, PurchaseId([255; 16])),
    ];
    for (user_id, id) in rows {
        assert_eq!(
            ledger.purchase(user_id, id).unwrap(),
            None,
            "{user_id} {id}"
        );
    }
    assert_eq!(ids(ledger, bob, &Range::default(), 9), (vec![], None));
    // Not even by the very bytes of the other owner's id.
    if let purchase::id::OwnerId::Unclaimed(unclaimed) = nobodys.owner {
        let twin = UserId(unclaimed.0);
        assert_eq!(ledger.purchase(twin, nobodys.purchase_id).unwrap(), None);
        assert_eq!(ids(ledger, twin, &Range::default(), 9).0, []);
    }
}

fn feed(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    assert_eq!(
        ledger.feed_ends(ada).unwrap(),
        Some(FeedEnds {
            oldest: 1,
            newest: 0
        })
    );
    assert_eq!(ledger.feed_ends(UserId([9; 16])).unwrap(), None);
    let mut filed = Vec::new();
    for number in 0..12 {
        let user_id = if number % 3 == 0 { bob } else { ada };
        let sale = slip(&format!("{number}"))
            .line("A", "1", 50)
            .buyer(user_id)
            .content();
        let id = record(ledger, &sale, at(number)).purchase_id;
        if user_id == ada {
            filed.push((id, at(number)));
        }
    }
    let events = ledger.events(ada, 0, 99).unwrap();
    let found: Vec<_> = events
        .iter()
        .map(|event| (event.purchase_id, event.at))
        .collect();
    assert_eq!(found, filed);
    let sequences: Vec<u64> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=8).collect::<Vec<u64>>());
    // A reader goes on from where it was, and a page of the feed is a piece of it.
    assert_eq!(ledger.events(ada, 3, 2).unwrap(), events[3..5]);
    assert_eq!(ledger.events(ada, 8, 9).unwrap(), []);
    assert_eq!(ledger.events(ada, u64::MAX, 9).unwrap(), []);
    assert_eq!(
        ledger.feed_ends(ada).unwrap(),
        Some(FeedEnds {
            oldest: 1,
            newest: 8
        })
    );
    assert_eq!(
        ledger.feed_ends(bob).unwrap(),
        Some(FeedEnds {
            oldest: 1,
            newest: 4
        })
    );
}

/// More entries than one step looks at, for two people, one half before the hour.
fn fill_feeds(ledger: &Ledger, (ada, bob): (UserId, UserId)) {
    for (hour, part) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
        let sale = |number: i64| {
            let user_id = if number % 4 == 0 { bob } else { ada };
            let name = format!("{hour} {part} {number}");
            let sale = slip(&name).line("A", "1", 50).buyer(user_id).content();
            Write::Settle(Box::new(prepare(ledger, &sale, at(0))))
        };
        crate::world::commit(ledger, (0..400).map(sale).collect(), at(hour * 60));
    }
}

fn prune_step(ledger: &Ledger, before: Timestamp, resume: Option<Resume>) -> Option<Resume> {
    match write(ledger, Write::PruneFeed { before, resume }, at(99)) {
        Written::Pruned(next) => next,
        other => panic!("not pruned: {other:?}"),
    }
}

fn prune(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    fill_feeds(ledger, (ada, bob));
    let half = prune_step(ledger, at(60), None);
    assert!(half.is_some(), "2,400 are more than one step looks at");
    assert_eq!(prune_step(ledger, at(60), half), None);
    for (user_id, oldest, newest) in [(ada, 901, 1_800), (bob, 301, 600)] {
        let ends = FeedEnds { oldest, newest };
        assert_eq!(ledger.feed_ends(user_id).unwrap(), Some(ends));
        let left = ledger.events(user_id, 0, 9_999).unwrap();
        assert!(left.iter().all(|event| event.at == at(60)));
        assert_eq!(left.len(), usize::try_from(newest - oldest + 1).unwrap());
    }
    // Numbers go on after all have gone.
    assert_eq!(prune_step(ledger, at(99), None), None);
    let gone = FeedEnds {
        oldest: 601,
        newest: 600,
    };
    assert_eq!(ledger.feed_ends(bob).unwrap(), Some(gone));
    let sale = slip("on").line("A", "1", 50).date(TODAY).buyer(bob);
    record(ledger, &sale.content(), at(99));
    assert_eq!(ledger.events(bob, 0, 9).unwrap()[0].sequence, 601);
}
