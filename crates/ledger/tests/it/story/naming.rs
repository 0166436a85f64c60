//! Which name a line gets when it is filed, and that it keeps it.

use super::Story;
use crate::slip::slip;
use crate::world::{
    add_user, at, catalogue, code, ended, item, learn, named, names, purchase, record, settle,
    text, town, update, whole,
};
use ledger::Ledger;
use ledger::write::{CatalogueWritten, Settled};
use purchase::catalogue::{Change, Entry, Item};
use purchase::naming::Naming;
use purchase::quantity::Percent;
use purchase::settlement::{ItemKind, Sensitivity, TaxPlace};
use std::sync::Arc;

pub(crate) const STORIES: &[Story] = &[
    ("the version in force at the sale names the line", as_of),
    ("names that the store sends", sent),
    ("a name once given is never rewritten", frozen),
    (
        "all that a catalogue says of an item is frozen",
        all_of_an_item,
    ),
    (
        "a sale far ahead of the clock is named by its receipt",
        clock_ahead,
    ),
    ("two stores give one code two names", two_stores),
];

/// Four revisions: a name and its successors, one that tells late of an early time, and what is
/// no longer sold.
fn four_revisions(ledger: &Ledger) {
    let begun = at(-100);
    update(
        ledger,
        0,
        1,
        vec![named("A", "one", begun), named("D", "d", begun)],
    );
    update(
        ledger,
        1,
        2,
        vec![
            named("A", "two", at(0)),
            ended("D", at(-50)),
            ended("E", begun),
        ],
    );
    update(
        ledger,
        2,
        3,
        vec![named("A", "three", at(0)), named("A", "four", at(100))],
    );
    update(ledger, 3, 4, vec![named("A", "late", at(-50))]);
}

fn as_of(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    four_revisions(ledger);
    // Code, minute of the sale, the till's revision, the name.
    let rows = [
        ("A", -101, None, "-"),
        ("A", -100, None, "one@1"),
        ("A", -51, None, "one@1"),
        ("A", -50, None, "late@4"),
        ("A", -1, None, "late@4"),
        ("A", -1, Some(4), "late@4"),
        ("A", -1, Some(3), "one@1"),
        ("A", 0, None, "three@3"),
        ("A", 0, Some(2), "two@2"),
        ("A", 0, Some(1), "one@1"),
        ("A", 99, None, "three@3"),
        ("A", 100, None, "four@3"),
        ("A", 100, Some(2), "two@2"),
        ("D", -60, None, "d@1"),
        // An end carries no name and takes none away.
        ("D", -50, None, "d@1"),
        ("D", 50, Some(4), "d@1"),
        ("E", 0, None, "-"),
        ("a", 0, None, "-"),
        ("Z", 0, None, "-"),
        // No candidate: the first revision that the till did not have names the line at once.
        ("A", -101, Some(1), "two@2 later"),
        ("A", 0, Some(0), "one@1 later"),
        ("Z", 0, Some(1), "-"),
    ];
    for (number, (of, minute, revision, expected)) in rows.into_iter().enumerate() {
        let mut sale = slip(&format!("{number}"))
            .line(of, "1", 50)
            .buyer(ada)
            .at(at(minute));
        if let Some(revision) = revision {
            sale = sale.revision(revision);
        }
        let sale = sale.content();
        let receipt = record(ledger, &sale, at(200));
        let row = (of, minute, revision);
        let filed = purchase(ledger, ada, receipt.purchase_id);
        assert_eq!(names(&filed), [expected], "{row:?}");
        let is_later = expected.ends_with("later");
        assert_eq!(
            filed.names[0].named_at,
            is_later.then_some(at(200)),
            "{row:?}"
        );
        assert_eq!(receipt.pending_lines, u64::from(expected == "-"), "{row:?}");
        assert_eq!(
            settle(ledger, &sale, at(201)),
            Settled::AlreadyRecorded(receipt),
            "{row:?}"
        );
    }
}

fn sent(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![named("A", "one", at(-100))]);
    let sale = slip("1")
        .line("A", "1", 50)
        .line("A", "1", 50)
        .sent("by hand")
        .line("B", "1", 50)
        .sent("by hand")
        .line("B", "1", 50)
        .sent("by hand")
        .codeless()
        .buyer(ada)
        .content();
    let receipt = record(ledger, &sale, at(0));
    assert_eq!(receipt.pending_lines, 0);
    update(
        ledger,
        1,
        2,
        vec![named("A", "other", at(-90)), named("B", "other", at(-90))],
    );
    assert_eq!(learn(ledger, &["A", "B"], at(1)), 0);
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(names(&filed), ["one@1", "sent", "sent", "sent"]);
}

fn frozen(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![named("A", "one", at(-100))]);
    let sale = slip("1")
        .line("A", "1", 50)
        .line("X", "1", 50)
        .buyer(ada)
        .content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    update(ledger, 1, 2, vec![named("X", "ex", at(0))]);
    assert_eq!(learn(ledger, &["X"], at(1)), 1);
    let before = purchase(ledger, ada, id);
    assert_eq!(names(&before), ["one@1", "ex@2 later"]);
    // Renamed as of before the sale, ended, renamed again.
    update(
        ledger,
        2,
        3,
        vec![named("A", "two", at(-50)), named("X", "two", at(-50))],
    );
    update(ledger, 3, 4, vec![ended("A", at(-60)), ended("X", at(-60))]);
    update(
        ledger,
        4,
        5,
        vec![named("A", "three", at(0)), named("X", "three", at(0))],
    );
    assert_eq!(learn(ledger, &["A", "X"], at(2)), 0);
    assert_eq!(purchase(ledger, ada, id), before);
    let settled = settle(ledger, &sale, at(3));
    assert!(
        matches!(settled, Settled::AlreadyRecorded(_)),
        "{settled:?}"
    );
    assert_eq!(purchase(ledger, ada, id), before);
    // The negative control: the same sale under another key is named otherwise now.
    let next = slip("2")
        .line("A", "1", 50)
        .line("X", "1", 50)
        .buyer(ada)
        .content();
    let next = record(ledger, &next, at(4)).purchase_id;
    assert_eq!(names(&purchase(ledger, ada, next)), ["three@5", "three@5"]);
}

fn all_of_an_item(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let full = Item {
        short_name: Some(text("MLK")),
        reading: Some(text("ギュウニュウ")),
        size: Some(text("1L")),
        gtin: Some(text("4901234567894")),
        kind: ItemKind::Service,
        category: Some(text("DAIRY")),
        unit: Some(text("l")),
        unit_price: Some(crate::slip::amount(198)),
        tax_percent: Some(Percent::parse("8").unwrap()),
        tax_place: Some(TaxPlace::Included),
        sensitivity: Sensitivity::Sensitive,
        ..item("牛乳")
    };
    let change = Change {
        code: code("A"),
        effective_from: at(0),
        entry: Entry::Named(Arc::new(full.clone())),
    };
    update(ledger, 0, 1, vec![change]);
    // Enough lines of the same item for the body to be compressed, and few enough for it not.
    for (transaction, lines) in [("1", 1), ("2", 200)] {
        let sale = (0..lines).fold(slip(transaction), |sale, _| sale.line("A", "0.348", 198));
        let sale = sale.buyer(ada).content();
        let id = record(ledger, &sale, at(0)).purchase_id;
        let filed = purchase(ledger, ada, id);
        assert_eq!(filed.settlement.content(), &sale);
        assert_eq!(filed.names.len(), lines);
        for line in &filed.names {
            let Naming::Catalogue { item, .. } = &line.naming else {
                panic!("not named: {line:?}")
            };
            assert_eq!(**item, full);
        }
    }
}

fn clock_ahead(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(
        ledger,
        0,
        1,
        vec![named("A", "now", at(-100)), named("A", "soon", at(60))],
    );
    // A till ten minutes fast is believed, one faster is not.
    for (transaction, minute, received, expected) in [
        ("1", 60, 50, "soon@1"),
        ("2", 61, 50, "now@1"),
        ("3", 61, 60, "soon@1"),
    ] {
        let sale = slip(transaction)
            .line("A", "1", 50)
            .buyer(ada)
            .at(at(minute))
            .content();
        let receipt = record(ledger, &sale, at(received));
        let filed = purchase(ledger, ada, receipt.purchase_id);
        assert_eq!(names(&filed), [expected], "{transaction}");
        let sorted_by = if minute - received > 10 {
            at(received)
        } else {
            at(minute)
        };
        assert_eq!(receipt.purchase_id.ms(), sorted_by.ms());
        assert_eq!(
            filed.settlement.content().purchased_at,
            at(minute),
            "kept as sent"
        );
    }
}

fn two_stores(ledger: &Ledger) {
    town(ledger);
    crate::world::add_store(ledger, crate::world::shop("s-10"));
    let ada = add_user(ledger, "Ada");
    update(
        ledger,
        0,
        1,
        vec![named("A", "one", at(-100)), named("B", "bee", at(-100))],
    );
    let mut other = whole(0, 9, vec![named("A", "ten", at(-100))]);
    other.store_id = crate::world::store_id("s-10");
    let written = catalogue(ledger, other, at(0));
    assert!(
        matches!(written, CatalogueWritten::Applied(_)),
        "{written:?}"
    );
    for (store, expected) in [("s-1", ["one@1", "bee@1"]), ("s-10", ["ten@9", "-"])] {
        let sale = slip("1")
            .line("A", "1", 50)
            .line("B", "1", 50)
            .store(store)
            .buyer(ada);
        let id = record(ledger, &sale.content(), at(0)).purchase_id;
        assert_eq!(names(&purchase(ledger, ada, id)), expected);
    }
}
