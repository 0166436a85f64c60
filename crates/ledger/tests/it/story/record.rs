//! One key, one record: the same again, other content under the same key, and equal keys together.

use super::Story;
use crate::slip::{TODAY, day, slip};
use crate::world::{
    add_store, add_user, at, commit, digest_of, prepare, purchase, record, settle, settle_all,
    shop, store_id, text, town,
};
use ledger::Ledger;
use ledger::account::{ClaimSource, Day};
use ledger::write::{Settled, Write};
use purchase::decide::add_digest;
use purchase::id::OwnerId;
use purchase::settlement::{Buyer, Content, Tax, TaxPlace};
use purchase::warning::{Warning, Warnings};

pub(crate) const STORIES: &[Story] = &[
    ("the same again is answered the same and counts once", again),
    ("other content under a key changes nothing", conflict),
    (
        "eight different bodies of a conflict are kept",
        conflicts_kept,
    ),
    ("equal keys in a batch are decided in order", in_order),
    ("the same from many senders at once", at_once),
    ("what changes nothing commits nothing", nothing),
    ("those whose books grew are told", told),
    ("remarks are given and kept", warnings),
    ("the keys of one store say nothing of another", keys_apart),
];

fn today(ledger: &Ledger) -> Day {
    ledger.day(&store_id("s-1"), day(TODAY)).unwrap()
}

fn again(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1").line("A", "2", 50).buyer(ada).content();
    let receipt = record(ledger, &sale, at(1));
    assert_eq!(receipt.owner, OwnerId::User(ada));
    assert_eq!(
        (receipt.pending_lines, receipt.claim),
        (1, ClaimSource::None)
    );
    assert_eq!(receipt.warnings, Warnings::default());
    assert_eq!(receipt.purchase_id.ms(), sale.purchased_at.ms());
    let before = today(ledger);
    assert_eq!(before.digest, add_digest([0; 32], digest_of(&sale)));
    for hours in [2, 24 * 400] {
        let settled = settle(ledger, &sale, at(hours * 60));
        assert_eq!(settled, Settled::AlreadyRecorded(receipt));
    }
    assert_eq!(today(ledger), before);
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(filed.settlement.content(), &sale);
    assert_eq!(filed.received_at, at(1), "the first receipt counts");
    assert_eq!(ledger.events(ada, 0, 10).unwrap().len(), 1);
}

fn conflict(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1").line("A", "2", 50).buyer(ada).content();
    let receipt = record(ledger, &sale, at(1));
    let before = (today(ledger), ledger.recorded(&sale.key).unwrap());
    let other = slip("1").line("A", "3", 50).buyer(ada).content();
    assert_eq!(settle(ledger, &other, at(2)), Settled::Conflict);
    // What is kept of it names nobody: the key under which it lies outlives its buyer.
    let kept = ledger.conflicts(&store_id("s-1"), 9).unwrap();
    let unnamed = Content {
        buyer: Buyer::Absent,
        ..other.clone()
    };
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].settlement.content(), &unnamed);
    assert_eq!(kept[0].digest, digest_of(&other));
    assert_eq!((today(ledger), ledger.recorded(&sale.key).unwrap()), before);
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(filed.settlement.content(), &sale);
    assert_eq!(ledger.events(ada, 0, 10).unwrap().len(), 1);
    assert_eq!(
        settle(ledger, &sale, at(3)),
        Settled::AlreadyRecorded(receipt)
    );
}

fn conflicts_kept(ledger: &Ledger) {
    town(ledger);
    let with = |staff: usize| {
        slip("1")
            .line("A", "1", 50)
            .staff(&format!("{staff}"))
            .content()
    };
    record(ledger, &with(0), at(0));
    // Each comes three times, in three batches and within one.
    for round in 0..3 {
        let others: Vec<Content> = (1..=10).map(with).collect();
        let settled = settle_all(ledger, &others, at(1 + round));
        assert!(settled.iter().all(|settled| *settled == Settled::Conflict));
    }
    let kept = ledger.conflicts(&store_id("s-1"), 100).unwrap();
    let found: Vec<&Content> = kept.iter().map(|kept| kept.settlement.content()).collect();
    let expected: Vec<Content> = (1..=8).map(with).collect();
    assert_eq!(found, expected.iter().collect::<Vec<_>>());
    for kept in &kept {
        assert_eq!(kept.recorded, digest_of(&with(0)));
        assert_eq!(kept.digest, digest_of(kept.settlement.content()));
        assert_eq!(kept.received_at, at(1));
    }
    assert_eq!(ledger.conflicts(&store_id("s-1"), 3).unwrap().len(), 3);
}

fn in_order(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let a = slip("1").line("A", "1", 50).buyer(ada).content();
    let other = slip("1").line("A", "2", 50).buyer(ada).content();
    let b = slip("2").line("B", "1", 70).content();
    let batch = [&a, &other, &a, &b, &b, &other].map(Clone::clone);
    let settled = settle_all(ledger, &batch, at(0));
    let [
        Settled::Recorded(first),
        Settled::Conflict,
        again,
        Settled::Recorded(second),
        and_again,
        Settled::Conflict,
    ] = settled.as_slice()
    else {
        panic!("decided otherwise: {settled:?}");
    };
    assert_eq!(*again, Settled::AlreadyRecorded(*first));
    assert_eq!(*and_again, Settled::AlreadyRecorded(*second));
    let tally = today(ledger).tally;
    assert_eq!((tally.settlements, tally.lines), (2, 2));
    assert_eq!(ledger.conflicts(&store_id("s-1"), 9).unwrap().len(), 1);
}

fn at_once(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = |number: usize| {
        let sale = slip(&format!("{number}")).line("A", "1", 50);
        sale.buyer(ada).content()
    };
    // Eight senders, each with the same thirty sales, and every other one with one that differs.
    let send = |sender: usize| {
        let send = |number: usize| match (sender % 2, number) {
            (1, 7) => settle(
                ledger,
                &Content {
                    staff: Some(text("odd")),
                    ..sale(7)
                },
                at(0),
            ),
            _ => settle(ledger, &sale(number), at(0)),
        };
        (0..30).map(send).collect::<Vec<Settled>>()
    };
    let told: Vec<Vec<Settled>> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8)
            .map(|sender| scope.spawn(move || send(sender)))
            .collect();
        senders
            .into_iter()
            .map(|sender| sender.join().unwrap())
            .collect()
    });
    for number in 0..30 {
        let mut recorded = Vec::new();
        let mut ids = Vec::new();
        for settled in told.iter().map(|told| &told[number]) {
            match settled {
                Settled::Recorded(receipt) => recorded.push(receipt.purchase_id),
                Settled::AlreadyRecorded(receipt) => ids.push(receipt.purchase_id),
                Settled::Conflict => assert_eq!(number, 7),
                Settled::Refused(refusal) => panic!("{refusal:?}"),
            }
        }
        assert_eq!(recorded.len(), 1, "{number}");
        assert!(ids.iter().all(|id| *id == recorded[0]), "{number}");
        assert_eq!(ids.len(), if number == 7 { 3 } else { 7 });
    }
    assert_eq!(today(ledger).tally.settlements, 30);
    assert_eq!(ledger.conflicts(&store_id("s-1"), 9).unwrap().len(), 1);
}

fn nothing(ledger: &Ledger) {
    town(ledger);
    let sale = slip("1").line("A", "1", 50).content();
    record(ledger, &sale, at(0));
    let before = ledger.mark().unwrap();
    assert!(commit(ledger, Vec::new(), at(1)).is_empty());
    settle(ledger, &sale, at(1));
    settle(
        ledger,
        &slip("2").line("A", "1", 50).store("s-2").content(),
        at(1),
    );
    assert_eq!(
        ledger.mark().unwrap(),
        before,
        "the commits carry numbers only if they write"
    );
    record(ledger, &slip("3").line("A", "1", 50).content(), at(1));
    assert_eq!(
        ledger.mark().unwrap().seq,
        before.seq + 1,
        "and then one each"
    );
}

fn told(ledger: &Ledger) {
    town(ledger);
    let (ada, bob, eve) = (
        add_user(ledger, "Ada"),
        add_user(ledger, "Bob"),
        add_user(ledger, "Eve"),
    );
    let bobs = slip("0").line("A", "2", 50).buyer(bob).content();
    record(ledger, &bobs, at(0));
    let sale = |transaction: &str| slip(transaction).line("A", "1", 50);
    let batch = [
        sale("1").buyer(ada).content(),
        sale("2").buyer(ada).content(),
        sale("3").content(),
        sale("4").returns(&bobs, &[(1, "1")]).content(),
    ];
    let batch = batch
        .iter()
        .map(|content| Write::Settle(Box::new(prepare(ledger, content, at(1)))))
        .collect();
    let mut told = ledger.commit(batch, at(1)).unwrap().told;
    told.sort_unstable();
    let mut expected = vec![ada, bob];
    expected.sort_unstable();
    assert_eq!(told, expected, "each once, and {eve} not at all");
}

fn warnings(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let mut taxed = slip("1").line("A", "1", 1_100).buyer(ada).content();
    taxed.taxes = vec![Tax {
        percent: purchase::quantity::Percent::parse("10").unwrap(),
        place: TaxPlace::Included,
        taxable: crate::slip::amount(1_100),
        tax: crate::slip::amount(102),
        reduced: None,
        class: None,
    }];
    let rows = [
        (taxed, at(0), Warnings::default().with(Warning::TaxCheck)),
        (
            slip("2").line("A", "1", 1).buyer(ada).at(at(11)).content(),
            at(0),
            Warnings::default().with(Warning::Clock),
        ),
        (
            slip("3").line("A", "1", 1).buyer(ada).at(at(10)).content(),
            at(0),
            Warnings::default(),
        ),
    ];
    for (content, received_at, expected) in rows {
        let receipt = record(ledger, &content, received_at);
        assert_eq!(receipt.warnings, expected, "{:?}", content.key);
        assert_eq!(
            purchase(ledger, ada, receipt.purchase_id).warnings,
            expected
        );
        assert_eq!(
            settle(ledger, &content, at(900)),
            Settled::AlreadyRecorded(receipt)
        );
    }
}

fn keys_apart(ledger: &Ledger) {
    town(ledger);
    add_store(ledger, shop("s-10"));
    let one = || slip("1").line("A", "1", 50);
    let others = [
        one(),
        one().store("s-10"),
        one().terminal("10"),
        one().date("2017-01-02"),
        slip("10").line("A", "1", 50),
        // The same characters, divided otherwise between terminal and transaction.
        slip("11").line("A", "1", 50).terminal("1"),
        slip("1").line("A", "1", 50).terminal("11"),
    ]
    .map(|slip| slip.content());
    let ids: Vec<_> = others
        .iter()
        .map(|content| record(ledger, content, at(0)).purchase_id)
        .collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len());
    assert_eq!(today(ledger).tally.settlements, 5);
    let listed = ledger
        .day_settlements(&store_id("s-1"), day(TODAY), None, 100)
        .unwrap();
    assert_eq!(listed.len(), 5);
    for one in &listed {
        let key = &one.recorded.key;
        let again = ledger.recorded(key).unwrap();
        assert_eq!(again.as_ref(), Some(&one.recorded));
        // The row says the same as the purchase that it leads to.
        let sold = ledger.sold(key).unwrap().unwrap();
        let remarked = (sold.received_at, sold.warnings);
        assert_eq!((one.received_at, one.warnings), remarked);
    }
    let (first, rest) = (&listed[0], &listed[1..]);
    let after = ledger
        .day_settlements(&store_id("s-1"), day(TODAY), Some(&first.recorded.key), 2)
        .unwrap();
    assert_eq!(after, rest[..2]);
}
