//! Labels of a store's own scales: named by the item that the patterns of their sale make of them, or
//! later, by whichever is learnt later, the item's code or the pattern.

use super::Story;
use crate::slip::{Slip, slip};
use crate::world::{
    DAY, add_user, at, catalogue, catch_up, code, confirm, ended, learn, named, names, naming,
    purchase, read_labels, record, step, store_id, town, update, update_patterns, with_patterns,
};
use ledger::Ledger;
use ledger::write::{CatalogueWritten, NamingStep, Step, Write};
use purchase::id::{PurchaseId, UserId};
use purchase::limits::PATTERN_SETS_MAX;

pub(crate) const STORIES: &[Story] = &[
    ("named at the sale", at_the_sale),
    ("an exact code goes before", exact_first),
    ("by the patterns of the sale", as_of_the_sale),
    ("the item is learnt later", item_later),
    ("the pattern is learnt later", pattern_later),
    ("both are learnt later", both_later),
    ("a pattern that was put right", put_right),
    ("a till ahead of the catalogue", ahead),
    ("a till behind the catalogue", behind),
    ("the store has to confirm", confirmed),
    ("a staged update brings patterns", staged),
    ("in bounded steps", bounded),
    ("sets that are forgotten", forgotten),
    ("the digest of a catalogue with patterns", digests),
];

/// A label of item `2212345000000` at 198, and another of it.
const LABEL: &str = "2212345001989";
const ANOTHER: &str = "2212345002504";
const ITEM: &str = "2212345000000";
const FIVE: &str = "22IIIIIPPPPPC";
const SIX: &str = "22IIIIIIPPPPC";

fn sold(ledger: &Ledger, ada: UserId, sale: Slip) -> PurchaseId {
    record(ledger, &sale.buyer(ada).content(), at(10)).purchase_id
}

fn is_called(ledger: &Ledger, ada: UserId, id: PurchaseId, expected: &[&str]) {
    assert_eq!(names(&purchase(ledger, ada, id)), expected);
    assert!(ledger.verify(&mut |_| ()).unwrap().is_sound());
}

fn at_the_sale(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update_patterns(ledger, 0, vec![named(ITEM, "ham", at(-9))], at(-9), &[FIVE]);
    update(ledger, 1, 2, vec![named("X", "ex", at(0))]);
    let sale = slip("1")
        .line(LABEL, "1", 198)
        .line("X", "1", 5)
        .line(ANOTHER, "1", 250);
    let id = sold(ledger, ada, sale);
    is_called(ledger, ada, id, &["ham@1", "ex@2", "ham@1"]);
    // The code stays as it was scanned, also with the 0 that some scanners leave out.
    let filed = purchase(ledger, ada, id);
    assert_eq!(filed.settlement.content().lines[0].code, Some(code(LABEL)));
    update_patterns(
        ledger,
        2,
        vec![named("0212345000000", "fish", at(-9))],
        at(-9),
        &["02IIIIIPPPPPC"],
    );
    let id = sold(ledger, ada, slip("2").line("212345001981", "1", 198));
    is_called(ledger, ada, id, &["fish@3"]);
    // A wrong check digit is another code.
    let id = sold(ledger, ada, slip("3").line("212345001984", "1", 198));
    is_called(ledger, ada, id, &["-"]);
}

fn exact_first(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let changes = vec![
        named(ITEM, "ham", at(-9)),
        named(LABEL, "gift set", at(-9)),
        ended(ANOTHER, at(-9)),
    ];
    update_patterns(ledger, 0, changes, at(-9), &[FIVE]);
    let id = sold(
        ledger,
        ada,
        slip("1").line(LABEL, "1", 198).line(ANOTHER, "1", 250),
    );
    // A discontinued code has no name of its own.
    is_called(ledger, ada, id, &["gift set@1", "ham@1"]);
}

fn as_of_the_sale(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let both = vec![
        named(ITEM, "ham", at(-9)),
        named("2212345600000", "beef", at(-9)),
    ];
    update_patterns(ledger, 0, both, at(20), &[FIVE]);
    update_patterns(ledger, 1, vec![], at(40), &[SIX]);
    update_patterns(ledger, 2, vec![], at(60), &[]);
    let label = "2212345601981";
    let rows = [
        (10, None, "-"),
        (20, None, "ham@1"),
        (39, None, "ham@1"),
        (40, None, "beef@1"),
        (40, Some(1), "ham@1"),
        (60, Some(2), "beef@1"),
        (60, None, "-"),
    ];
    for (nth, (minutes, revision, expected)) in (1..).zip(rows) {
        let mut sale = slip(&format!("{nth}"))
            .at(at(minutes))
            .line(label, "1", 198);
        if let Some(revision) = revision {
            sale = sale.revision(revision);
        }
        let sale = sale.buyer(ada).content();
        let id = record(ledger, &sale, at(70)).purchase_id;
        is_called(ledger, ada, id, &[expected]);
    }
}

fn item_later(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update_patterns(ledger, 0, vec![], at(-9), &[FIVE]);
    let id = sold(
        ledger,
        ada,
        slip("1").line(LABEL, "1", 198).line(ANOTHER, "1", 250),
    );
    is_called(ledger, ada, id, &["-", "-"]);
    let waiting = ledger.pending_codes(&store_id("s-1"), at(20)).unwrap();
    let told: Vec<_> = waiting.iter().map(|row| (&row.code, &row.item)).collect();
    let item = Some(code(ITEM));
    assert_eq!(told, [(&code(LABEL), &item), (&code(ANOTHER), &item)]);
    update(ledger, 1, 2, vec![named(ITEM, "ham", at(30))]);
    assert_eq!(learn(ledger, &[ITEM], at(31)), 2);
    is_called(ledger, ada, id, &["ham@2 later", "ham@2 later"]);
    assert!(!ledger.has_pending(&store_id("s-1")).unwrap());
    // Once: what comes later changes nothing.
    update(
        ledger,
        2,
        3,
        vec![named(ITEM, "beef", at(-9)), named(LABEL, "gift", at(-9))],
    );
    assert_eq!(learn(ledger, &[ITEM, LABEL], at(32)), 0);
    is_called(ledger, ada, id, &["ham@2 later", "ham@2 later"]);
}

fn pattern_later(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let changes = vec![named(ITEM, "ham", at(-9)), named("X", "ex", at(0))];
    update(ledger, 0, 1, changes);
    update(ledger, 1, 2, vec![named(ITEM, "ham of today", at(20))]);
    let id = sold(
        ledger,
        ada,
        slip("1").line(LABEL, "1", 198).line("X", "1", 1),
    );
    is_called(ledger, ada, id, &["-", "ex@1"]);
    update_patterns(ledger, 2, vec![], at(30), &[FIVE]);
    assert_eq!(learn(ledger, &[], at(31)), 0, "no code was named");
    assert_eq!(read_labels(ledger, at(31)), 1);
    // The name that the item had at the sale, and its revision.
    is_called(ledger, ada, id, &["ham@1 later", "ex@1"]);
    assert_eq!(read_labels(ledger, at(32)), 0);
}

fn both_later(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let id = sold(ledger, ada, slip("1").line(LABEL, "1", 198));
    update_patterns(ledger, 0, vec![], at(30), &[FIVE]);
    assert_eq!(read_labels(ledger, at(31)), 0);
    is_called(ledger, ada, id, &["-"]);
    update(ledger, 1, 2, vec![named(ITEM, "ham", at(40))]);
    assert_eq!(
        learn(ledger, &[ITEM], at(41)),
        1,
        "it was noted under its item"
    );
    is_called(ledger, ada, id, &["ham@2 later"]);
    // In one revision, both from after the sale.
    let id = sold(ledger, ada, slip("2").line("2954321001988", "1", 198));
    let fish = named("2954321000000", "fish", at(50));
    update_patterns(ledger, 2, vec![fish], at(50), &[FIVE, "29IIIIIPPPPPC"]);
    assert_eq!(read_labels(ledger, at(51)), 1);
    is_called(ledger, ada, id, &["fish@3 later"]);
}

fn put_right(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update_patterns(ledger, 0, vec![named(ITEM, "ham", at(-9))], at(-9), &[SIX]);
    let label = "2212345601981";
    let id = sold(ledger, ada, slip("1").line(label, "1", 198));
    is_called(ledger, ada, id, &["-"]);
    update_patterns(ledger, 1, vec![], at(20), &[FIVE]);
    assert_eq!(read_labels(ledger, at(21)), 1);
    is_called(ledger, ada, id, &["ham@1 later"]);
}

fn ahead(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![named(ITEM, "ham", at(-9))]);
    let id = sold(ledger, ada, slip("1").line(LABEL, "1", 198).revision(2));
    let other = sold(ledger, ada, slip("2").line(ANOTHER, "1", 250).revision(3));
    update_patterns(ledger, 1, vec![], at(-5), &[FIVE]);
    // Of these sales, the first is as of revision 2; the other waits for revision 3.
    assert_eq!(catch_up(ledger, at(20)), 1);
    assert_eq!(read_labels(ledger, at(20)), 0);
    is_called(ledger, ada, id, &["ham@1 later"]);
    is_called(ledger, ada, other, &["-"]);
    update_patterns(ledger, 2, vec![], at(-4), &["29IIIIIPPPPPC"]);
    assert_eq!(catch_up(ledger, at(21)), 0);
    is_called(ledger, ada, other, &["-"]);
    update_patterns(ledger, 3, vec![], at(30), &[FIVE]);
    assert_eq!(read_labels(ledger, at(31)), 1);
    is_called(ledger, ada, other, &["ham@1 later"]);
}

/// The till had revision 1; the server has more already, and gives the name at once, as a later one.
fn behind(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![named(ITEM, "ham", at(-9))]);
    update_patterns(ledger, 1, vec![], at(-5), &[FIVE]);
    update_patterns(ledger, 2, vec![], at(-4), &[FIVE, "29IIIIIPPPPPC"]);
    let sale = slip("1")
        .line(LABEL, "1", 198)
        .line("2954321001988", "1", 5);
    let id = sold(ledger, ada, sale.revision(1));
    is_called(ledger, ada, id, &["ham@1 later", "-"]);
    update(ledger, 3, 4, vec![named("2954321000000", "fish", at(50))]);
    assert_eq!(learn(ledger, &["2954321000000"], at(51)), 1);
    is_called(ledger, ada, id, &["ham@1 later", "fish@4 later"]);
}

fn confirmed(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let (old, gone) = (LABEL, "2954321001988");
    let id = sold(
        ledger,
        ada,
        slip("1")
            .line(old, "1", 198)
            .line(ANOTHER, "1", 250)
            .line(gone, "1", 5),
    );
    let changes = vec![
        named(ITEM, "ham", at(-9)),
        named("2954321000000", "fish", at(-99)),
        ended("2954321000000", at(-9)),
    ];
    update(ledger, 0, 1, changes);
    let later = at(10 + 32 * DAY);
    update_patterns(ledger, 1, vec![], at(0), &[FIVE, "29IIIIIPPPPPC"]);
    assert_eq!(read_labels(ledger, later), 0, "too old");
    assert_eq!(
        read_labels(ledger, at(11)),
        2,
        "the third was no longer sold"
    );
    is_called(ledger, ada, id, &["ham@1 later", "ham@1 later", "-"]);
    let waiting = ledger.pending_codes(&store_id("s-1"), at(20)).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].confirm.map(|revision| revision.0), Some(1));
    // By the label's own code, and by the item's.
    assert_eq!(confirm(ledger, gone, 1, at(21)), 1);
    is_called(
        ledger,
        ada,
        id,
        &["ham@1 later", "ham@1 later", "fish@1 later"],
    );
    let old = sold(
        ledger,
        ada,
        slip("2")
            .at(at(-40 * DAY))
            .line(LABEL, "1", 198)
            .line(ANOTHER, "1", 250),
    );
    update(ledger, 2, 3, vec![named(ITEM, "beef", at(0))]);
    assert_eq!(learn(ledger, &[ITEM], at(30)), 0);
    assert_eq!(
        confirm(ledger, ITEM, 3, at(31)),
        0,
        "nothing leads from the label there"
    );
    update_patterns(ledger, 3, vec![], at(0), &[FIVE]);
    assert_eq!(read_labels(ledger, at(32)), 0);
    assert_eq!(confirm(ledger, ITEM, 3, at(33)), 2);
    is_called(ledger, ada, old, &["beef@3 later", "beef@3 later"]);
}

fn staged(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let staging = |next: Step| {
        let update = with_patterns(step(0, 1, next), at(-9), &[FIVE]);
        let written = catalogue(ledger, update, at(0));
        assert!(
            matches!(written, CatalogueWritten::Applied(_)),
            "{written:?}"
        );
    };
    staging(Step::Begin);
    staging(Step::Part(vec![named(ITEM, "ham", at(-9))]));
    assert!(ledger.patterns(&store_id("s-1")).unwrap().is_empty());
    let before = sold(ledger, ada, slip("1").line(LABEL, "1", 198));
    staging(Step::Finish);
    let after = sold(ledger, ada, slip("2").line(LABEL, "1", 198));
    assert_eq!(read_labels(ledger, at(20)), 1);
    is_called(ledger, ada, before, &["ham@1 later"]);
    is_called(ledger, ada, after, &["ham@1"]);
}

/// 1,200 labels wait: for the pattern, then for the item.
fn bounded(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    for number in 0..3 {
        let lines = (0..400).fold(slip(&format!("{number}")), |sale, nth| {
            // Some begin with 02, the others with 22.
            let of = if nth % 4 == 0 { "212345001981" } else { LABEL };
            sale.line(of, "1", 198)
        });
        sold(ledger, ada, lines);
    }
    let through = |write: &dyn Fn(NamingStep) -> Write| {
        let mut named = Vec::new();
        let mut next = NamingStep {
            rest: vec![code("nobody's"), code(ITEM), code("0212345000000")],
            ..NamingStep::default()
        };
        loop {
            next = naming(ledger, write(next), at(20));
            named.push(next.named);
            assert!(named.len() < 9, "this comes to no end: {named:?}");
            if next.resume.is_none() {
                return named;
            }
        }
    };
    update_patterns(ledger, 0, vec![], at(0), &[FIVE, "02IIIIIPPPPPC"]);
    let labels = |step: NamingStep| Write::Labels {
        store_id: store_id("s-1"),
        resume: step.resume,
    };
    assert_eq!(through(&labels), [0, 0]);
    let both = vec![
        named(ITEM, "ham", at(0)),
        named("0212345000000", "fish", at(0)),
    ];
    update(ledger, 1, 2, both);
    let learn = |step: NamingStep| Write::Learn {
        store_id: store_id("s-1"),
        codes: step.rest,
        resume: step.resume,
    };
    assert_eq!(through(&learn), [1_000, 200]);
    assert!(!ledger.has_pending(&store_id("s-1")).unwrap());
    assert!(ledger.verify(&mut |_| ()).unwrap().is_sound());
}

fn forgotten(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update_patterns(
        ledger,
        0,
        vec![named(ITEM, "ham", at(-99))],
        at(-99),
        &[FIVE],
    );
    let early = || slip("early").at(at(-90)).line(LABEL, "1", 198);
    let sets = u64::try_from(PATTERN_SETS_MAX).unwrap();
    for nth in 1..=sets {
        let from = at(-80 + i64::try_from(nth).unwrap());
        update_patterns(ledger, nth, vec![], from, &[FIVE]);
    }
    let history = ledger.patterns(&store_id("s-1")).unwrap();
    assert_eq!(history.as_slice().len(), PATTERN_SETS_MAX);
    // The oldest is gone: a sale of its time waits, and is never called something wrong.
    let id = sold(ledger, ada, early());
    is_called(ledger, ada, id, &["-"]);
    let id = sold(ledger, ada, slip("now").line(LABEL, "1", 198));
    is_called(ledger, ada, id, &["ham@1"]);
}

fn digests(ledger: &Ledger) {
    town(ledger);
    let items = vec![named(ITEM, "ham", at(-9))];
    let plain = update(ledger, 0, 1, items).digest;
    let with = |base: u64, patterns: &[&str]| {
        update_patterns(
            ledger,
            base,
            vec![],
            at(i64::try_from(base).unwrap()),
            patterns,
        )
        .digest
    };
    let five = with(1, &[FIVE]);
    assert_ne!(five, plain);
    assert_ne!(with(2, &[SIX]), five);
    assert_eq!(with(3, &[FIVE]), five, "whatever way it came there");
    assert_eq!(with(4, &[]), plain, "no patterns say nothing");
    // The newest counts, and that is by when it holds.
    let earlier = update_patterns(ledger, 5, vec![], at(0), &[SIX]);
    assert_eq!(earlier.digest, plain);
    assert!(ledger.verify(&mut |_| ()).unwrap().is_sound());
}
