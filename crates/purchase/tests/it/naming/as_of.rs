//! Rule 1: the newest named version in force at the sale, of those the till had.

use super::{Row, by_catalogue, versions};
use crate::sample::at;
use purchase::id::Revision;
use purchase::naming::{Naming, as_of};

/// What a sale at an instant, from a till with at most a revision, is called: `""` if pending.
type Sale = (i64, Option<u64>, u64, &'static str);

/// Checks every sale against `rows`, in the order told and turned around.
fn check(story: &str, rows: &[Row], sales: &[Sale]) {
    let mut told = versions(rows);
    for _ in 0..2 {
        for (sold, upto, revision, name) in sales {
            let expected = match *name {
                "" => Naming::Pending,
                name => by_catalogue(*revision, name),
            };
            let found = as_of(&told, at(*sold), upto.map(Revision));
            assert_eq!(found, expected, "{story}: sold at {sold}, upto {upto:?}");
        }
        told.reverse();
    }
}

#[test]
fn an_empty_catalogue_names_nothing() {
    check("empty", &[], &[(0, None, 0, ""), (9_999, Some(9), 0, "")]);
}

#[test]
fn a_name_holds_from_its_instant_on() {
    let rows = [(1, 100, "milk")];
    let sales = [
        (0, None, 0, ""),
        (99, None, 0, ""),
        (100, None, 1, "milk"),
        (101, None, 1, "milk"),
        (999_999, None, 1, "milk"),
    ];
    check("one name", &rows, &sales);
}

#[test]
fn a_reused_code_names_each_sale_by_its_own_item() {
    let rows = [(1, 0, "milk"), (2, 500, "-"), (3, 800, "soap")];
    let sales = [
        (0, None, 1, "milk"),
        (499, None, 1, "milk"),
        // Discontinued: carries no name and takes none away.
        (500, None, 1, "milk"),
        (799, None, 1, "milk"),
        (800, None, 3, "soap"),
        (800, Some(2), 1, "milk"),
        (900, Some(3), 3, "soap"),
    ];
    check("reuse", &rows, &sales);
}

#[test]
fn a_discontinued_version_takes_no_name_away() {
    let rows = [(1, 0, "-"), (2, 100, "milk"), (3, 100, "-"), (4, 200, "-")];
    let sales = [
        (0, None, 0, ""),
        (99, None, 0, ""),
        (100, None, 2, "milk"),
        (200, None, 2, "milk"),
        (200, Some(1), 0, ""),
    ];
    check("discontinued", &rows, &sales);
    check("only discontinued", &[(1, 0, "-")], &[(5, None, 0, "")]);
}

#[test]
fn a_tie_goes_to_the_greatest_revision() {
    let rows = [(1, 100, "mlik"), (2, 100, "milk"), (7, 100, "milk 1l")];
    let sales = [
        (100, None, 7, "milk 1l"),
        (100, Some(6), 2, "milk"),
        (100, Some(2), 2, "milk"),
        (100, Some(1), 1, "mlik"),
        (100, Some(0), 0, ""),
    ];
    check("tie", &rows, &sales);
}

#[test]
fn the_greatest_start_wins_over_the_greatest_revision() {
    // Revision 3 tells something about the past, revision 4 about the future.
    let rows = [
        (1, 0, "milk"),
        (2, 500, "milk new"),
        (3, 200, "milk special"),
        (4, 900, "milk 2l"),
    ];
    let sales = [
        (100, None, 1, "milk"),
        (200, None, 3, "milk special"),
        (200, Some(2), 1, "milk"),
        (499, None, 3, "milk special"),
        (500, None, 2, "milk new"),
        (899, Some(9), 2, "milk new"),
        (900, None, 4, "milk 2l"),
    ];
    check("start before revision", &rows, &sales);
}

#[test]
fn revisions_that_the_till_had_not_do_not_count() {
    let rows = [(5, 0, "milk"), (9, 0, "soap")];
    let sales = [
        (10, Some(4), 0, ""),
        (10, Some(5), 5, "milk"),
        (10, Some(8), 5, "milk"),
        (10, Some(9), 9, "soap"),
        (10, Some(u64::MAX), 9, "soap"),
        (10, None, 9, "soap"),
    ];
    check("cap", &rows, &sales);
}

#[test]
fn one_revision_may_tell_a_past_and_a_future() {
    let rows = [(1, 0, "milk"), (1, 100, "soap"), (1, 200, "-")];
    let sales = [
        (99, None, 1, "milk"),
        (100, Some(1), 1, "soap"),
        (300, None, 1, "soap"),
    ];
    check("one revision", &rows, &sales);
}
