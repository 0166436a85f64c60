//! However many lines wait, one commit names a bounded number of them, and the next goes on where
//! it ended, so that no till waits behind a large catalogue.

use super::Story;
use crate::slip::{TODAY, day, slip};
use crate::world::{
    DAY, add_user, at, code, ended, named, names, naming, purchase, record, store_id, town, update,
};
use ledger::Ledger;
use ledger::write::{NamingStep, Resume, Write};
use purchase::id::{ItemCode, PurchaseId, Revision, UserId};

pub(crate) const STORIES: &[Story] = &[
    ("learning one code of many lines", learn_one),
    ("learning several codes", learn_several),
    ("catching up", catch_up),
    ("confirming", confirm),
    ("sales go on between two steps", between),
];

/// As many lines as one step may name.
const PER_STEP: u64 = 1_000;
const LINES: u64 = 1_200;

/// 1,200 lines in three sales, their codes in turn from `codes`.
fn many_lines(ledger: &Ledger, codes: &[&str], revision: Option<u64>) -> (UserId, Vec<PurchaseId>) {
    let ada = add_user(ledger, "Ada");
    let sale = |number: usize| {
        let mut sale = slip(&format!("{number}")).buyer(ada);
        for nth in 0..400 {
            sale = sale.line(codes[nth % codes.len()], "1", 50);
        }
        if let Some(revision) = revision {
            sale = sale.revision(revision);
        }
        record(ledger, &sale.content(), at(0)).purchase_id
    };
    (ada, (0..3).map(sale).collect())
}

fn all_named(ledger: &Ledger, (ada, ids): &(UserId, Vec<PurchaseId>), expected: &str) {
    for id in ids {
        let filed = purchase(ledger, *ada, *id);
        assert!(
            names(&filed).iter().all(|name| name == expected),
            "{:?}",
            names(&filed)
        );
    }
    let tally = ledger.day(&store_id("s-1"), day(TODAY)).unwrap().tally;
    assert_eq!((tally.lines, tally.pending), (LINES, 0));
    assert!(!ledger.has_pending(&store_id("s-1")).unwrap());
}

/// Takes steps until the end, and gives how many lines each of them named.
fn steps(
    ledger: &Ledger,
    codes: &[&str],
    step: impl Fn(Vec<ItemCode>, Option<Resume>) -> Write,
) -> Vec<u64> {
    let mut named = Vec::new();
    let mut next = NamingStep {
        rest: codes.iter().map(|of| code(of)).collect(),
        ..NamingStep::default()
    };
    loop {
        let before = ledger.mark().unwrap().seq;
        next = naming(ledger, step(next.rest, next.resume), at(5));
        assert!(
            ledger.mark().unwrap().seq <= before + 1,
            "a step is one commit"
        );
        named.push(next.named);
        assert!(named.len() < 10, "this comes to no end: {named:?}");
        if next.rest.is_empty() && next.resume.is_none() {
            return named;
        }
    }
}

fn learn_write(codes: Vec<ItemCode>, resume: Option<Resume>) -> Write {
    Write::Learn {
        store_id: store_id("s-1"),
        codes,
        resume,
    }
}

fn learn_one(ledger: &Ledger) {
    town(ledger);
    let filed = many_lines(ledger, &["X"], None);
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    let named = steps(ledger, &["X"], learn_write);
    assert_eq!(named, [PER_STEP, LINES - PER_STEP]);
    all_named(ledger, &filed, "ex@1 later");
}

fn learn_several(ledger: &Ledger) {
    town(ledger);
    let codes = ["X", "Y", "Z", "Nobody's"];
    let filed = many_lines(ledger, &codes[..3], None);
    let ex = |of: &&str| named(of, "ex", at(0));
    update(ledger, 0, 1, codes.iter().map(ex).collect());
    let first = naming(
        ledger,
        learn_write(codes.iter().map(|of| code(of)).collect(), None),
        at(5),
    );
    assert_eq!(
        (first.named, first.rest.len()),
        (PER_STEP, 2),
        "X and Y are done, Z is half way"
    );
    assert_eq!(first.rest, [code("Z"), code("Nobody's")]);
    let second = naming(ledger, learn_write(first.rest, first.resume), at(5));
    assert_eq!((second.named, second.rest.len()), (LINES - PER_STEP, 0));
    all_named(ledger, &filed, "ex@1 later");
}

fn catch_up(ledger: &Ledger) {
    town(ledger);
    let filed = many_lines(ledger, &["X", "Y"], Some(2));
    let ex = ["X", "Y"].map(|of| named(of, "ex", at(0)));
    update(ledger, 0, 2, ex.to_vec());
    let named = steps(ledger, &[], |_, resume| Write::CatchUp {
        store_id: store_id("s-1"),
        resume,
    });
    assert_eq!(named, [PER_STEP, LINES - PER_STEP]);
    all_named(ledger, &filed, "ex@2 later");
}

fn confirm(ledger: &Ledger) {
    town(ledger);
    let filed = many_lines(ledger, &["X"], None);
    update(ledger, 0, 1, vec![ended("X", at(-DAY))]);
    update(ledger, 1, 2, vec![named("X", "ex", at(-DAY))]);
    let learnt = steps(ledger, &["X"], learn_write);
    assert_eq!(learnt.iter().sum::<u64>(), 0, "it had been discontinued");
    let named = steps(ledger, &[], |_, resume| Write::Confirm {
        store_id: store_id("s-1"),
        code: code("X"),
        revision: Revision(2),
        resume,
    });
    assert_eq!(named, [PER_STEP, LINES - PER_STEP]);
    all_named(ledger, &filed, "ex@2 later");
}

fn between(ledger: &Ledger) {
    town(ledger);
    let filed = many_lines(ledger, &["X"], None);
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    let first = naming(ledger, learn_write(vec![code("X")], None), at(5));
    // An older sale than all that wait, by a till that lacks the update: it is named at once.
    let sale = slip("old")
        .line("X", "1", 50)
        .at(at(-5))
        .revision(0)
        .buyer(filed.0)
        .content();
    let receipt = record(ledger, &sale, at(6));
    assert_eq!(receipt.pending_lines, 0);
    let second = naming(ledger, learn_write(first.rest, first.resume), at(7));
    assert_eq!(first.named + second.named, LINES);
    assert!(!ledger.has_pending(&store_id("s-1")).unwrap());
}
