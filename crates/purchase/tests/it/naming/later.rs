//! Rule 3: the first later revision that names the code, once, and when the store must confirm.

use super::{Row, item, versions};
use crate::sample::at;
use purchase::id::Revision;
use purchase::limits::NAMING_AGE_MS_MAX;
use purchase::naming::{Later, Waiting, confirmed, later};

/// A waiting line: sold at, known not to be named by, looked at again at.
type Line = (i64, u64, i64);

fn named(revision: u64, name: &str) -> Later {
    Later::Named {
        revision: Revision(revision),
        item: item(name),
    }
}

const fn confirm(revision: u64) -> Later {
    Later::Confirm {
        revision: Revision(revision),
    }
}

/// Checks one line against `rows`, in the order told and turned around.
fn check(story: &str, rows: &[Row], (sold, unnamed_at, learnt): Line, expected: &Later) {
    let waiting = Waiting {
        at: at(sold),
        unnamed_at: Revision(unnamed_at),
    };
    let mut told = versions(rows);
    for _ in 0..2 {
        assert_eq!(
            later(&told, waiting, at(learnt)),
            *expected,
            "{story}: {rows:?}"
        );
        told.reverse();
    }
}

#[test]
fn the_first_later_revision_names_whatever_its_start() {
    let now = (1_000, 5, 2_000);
    check("nothing known", &[], now, &Later::Unknown);
    check("in force", &[(6, 0, "milk")], now, &named(6, "milk"));
    check(
        "in force only later",
        &[(6, 9_999, "milk")],
        now,
        &named(6, "milk"),
    );
    check(
        "from the sale on",
        &[(6, 1_000, "milk")],
        now,
        &named(6, "milk"),
    );
    let better = [(6, 9_999, "milk"), (7, 500, "soap")];
    check(
        "a better start in a later one",
        &better,
        now,
        &named(6, "milk"),
    );
    let corrected = [(6, 0, "mlik"), (7, 0, "milk")];
    check("corrected afterwards", &corrected, now, &named(6, "mlik"));
    check(
        "revisions leave gaps",
        &[(90, 0, "milk"), (80, 0, "soap")],
        now,
        &named(80, "soap"),
    );
}

#[test]
fn revisions_that_were_known_do_not_name() {
    let now = (1_000, 5, 2_000);
    check("known", &[(5, 9_999, "milk")], now, &Later::Unknown);
    check(
        "known, then named",
        &[(4, 9_999, "milk"), (6, 0, "soap")],
        now,
        &named(6, "soap"),
    );
    let until = [(6, 500, "-")];
    check("only discontinued", &until, now, &Later::Unknown);
}

#[test]
fn one_revision_names_by_what_was_in_force() {
    let now = (1_000, 5, 2_000);
    let rows = [(6, 200, "old"), (6, 900, "mid"), (6, 1_001, "new")];
    check("in force", &rows, now, &named(6, "mid"));
    check(
        "to the millisecond",
        &rows,
        (1_001, 5, 2_000),
        &named(6, "new"),
    );
    check("none in force", &rows, (100, 5, 2_000), &named(6, "old"));
}

#[test]
fn a_sale_over_31_days_old_is_confirmed() {
    assert_eq!(NAMING_AGE_MS_MAX, 2_678_400_000);
    let rows = [(6, 0, "milk")];
    let days_31 = 1_000 + 31 * 86_400_000;
    check("31 days", &rows, (1_000, 5, days_31), &named(6, "milk"));
    check("less", &rows, (1_000, 5, days_31 - 1), &named(6, "milk"));
    check("a moment more", &rows, (1_000, 5, days_31 + 1), &confirm(6));
    check("a year", &rows, (1_000, 5, days_31 * 12), &confirm(6));
    check(
        "ahead of its naming",
        &rows,
        (1_000, 5, 0),
        &named(6, "milk"),
    );
    check(
        "old and unknown",
        &[],
        (1_000, 5, days_31 * 2),
        &Later::Unknown,
    );
    let better = [(6, 0, "milk"), (7, 0, "soap")];
    check(
        "the first is confirmed",
        &better,
        (1_000, 5, days_31 + 1),
        &confirm(6),
    );
}

#[test]
fn a_code_discontinued_before_the_sale_is_confirmed() {
    let now = (1_000, 5, 2_000);
    check("before", &[(3, 999, "-"), (6, 0, "milk")], now, &confirm(6));
    check(
        "with the sale",
        &[(3, 1_000, "-"), (6, 0, "milk")],
        now,
        &confirm(6),
    );
    check(
        "after",
        &[(3, 1_001, "-"), (6, 0, "milk")],
        now,
        &named(6, "milk"),
    );
    check(
        "told with the wait",
        &[(5, 0, "-"), (6, 0, "milk")],
        now,
        &confirm(6),
    );
    check(
        "told since",
        &[(6, 0, "-"), (7, 0, "milk")],
        now,
        &confirm(7),
    );
    check(
        "told with the name",
        &[(6, 900, "-"), (6, 1_500, "milk")],
        now,
        &confirm(6),
    );
    check(
        "to come, told with the name",
        &[(6, 0, "milk"), (6, 1_500, "-")],
        now,
        &named(6, "milk"),
    );
    check(
        "told only afterwards",
        &[(6, 0, "milk"), (7, 0, "-")],
        now,
        &named(6, "milk"),
    );
}

#[test]
fn the_store_confirms_with_a_revision() {
    let told = versions(&[
        (3, 0, "milk"),
        (6, 200, "old"),
        (6, 900, "mid"),
        (6, 5_000, "new"),
        (6, 9_000, "-"),
        (7, 0, "-"),
    ]);
    let rows = [
        (3, 1_000, Some("milk")),
        (3, 0, Some("milk")),
        (6, 0, Some("old")),
        (6, 199, Some("old")),
        (6, 200, Some("old")),
        (6, 899, Some("old")),
        (6, 900, Some("mid")),
        (6, 4_999, Some("mid")),
        (6, 5_000, Some("new")),
        (6, 99_999, Some("new")),
        (7, 1_000, None),
        (4, 1_000, None),
        (99, 1_000, None),
    ];
    for (revision, sold, expected) in rows {
        let found = confirmed(&told, Revision(revision), at(sold));
        assert_eq!(
            found,
            expected.map(item),
            "revision {revision}, sold at {sold}"
        );
    }
}
