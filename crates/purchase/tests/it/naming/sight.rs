//! Rule 2: whether the server has seen the catalogue that the till had.

use crate::sample::text;
use purchase::catalogue::Head;
use purchase::id::Revision;
use purchase::naming::{Sight, sight};
use purchase::settlement::CatalogueMark;

/// A till's revision and the source it names.
type Mark = (Option<u64>, Option<&'static str>);

fn head(revision: u64, lineage: Option<&str>, past: &[(&str, u64)]) -> Head {
    let past = past.iter();
    Head {
        revision: Revision(revision),
        lineage: lineage.map(text),
        past: past
            .map(|(name, last)| (text(name), Revision(*last)))
            .collect(),
        ..Head::empty()
    }
}

const fn seen(upto: Option<u64>) -> Sight {
    Sight::Seen {
        upto: match upto {
            Some(upto) => Some(Revision(upto)),
            None => None,
        },
    }
}

const fn ahead(revision: u64) -> Sight {
    Sight::Ahead {
        revision: Revision(revision),
    }
}

fn check(head: &Head, rows: &[(Mark, Sight)]) {
    for ((revision, lineage), expected) in rows {
        let mark = CatalogueMark {
            revision: revision.map(Revision),
            lineage: lineage.map(text),
        };
        assert_eq!(sight(&mark, head), *expected, "{mark:?} at {head:?}");
    }
}

#[test]
fn a_catalogue_without_a_named_source() {
    let rows = [
        ((None, None), seen(None)),
        ((Some(0), None), seen(Some(0))),
        ((Some(9), None), seen(Some(9))),
        ((Some(10), None), seen(Some(10))),
        ((Some(11), None), ahead(11)),
        ((Some(u64::MAX), None), ahead(u64::MAX)),
        // A catalogue that never named its source has only one, so the number alone decides.
        ((Some(3), Some("a")), seen(Some(3))),
        ((Some(11), Some("a")), ahead(11)),
        ((None, Some("a")), seen(None)),
    ];
    check(&head(10, None, &[]), &rows);
}

#[test]
fn a_catalogue_of_a_named_source() {
    let rows = [
        ((None, None), seen(None)),
        ((Some(10), None), seen(Some(10))),
        ((Some(11), None), ahead(11)),
        ((Some(10), Some("a")), seen(Some(10))),
        ((Some(11), Some("a")), ahead(11)),
        ((Some(10), Some("b")), ahead(10)),
        ((Some(1), Some("b")), ahead(1)),
    ];
    check(&head(10, Some("a"), &[]), &rows);
}

#[test]
fn sources_that_were_replaced_are_seen_as_far_as_they_came() {
    let head = head(40, Some("c"), &[("a", 7), ("b", 30)]);
    let rows = [
        ((Some(7), Some("a")), seen(Some(7))),
        ((Some(1), Some("a")), seen(Some(1))),
        ((Some(8), Some("a")), ahead(8)),
        ((Some(30), Some("b")), seen(Some(30))),
        ((Some(31), Some("b")), ahead(31)),
        ((Some(31), Some("c")), seen(Some(31))),
        ((Some(41), Some("c")), ahead(41)),
        ((Some(40), None), seen(Some(40))),
        ((Some(41), None), ahead(41)),
        ((None, Some("a")), seen(None)),
        ((Some(1), Some("forgotten")), ahead(1)),
    ];
    check(&head, &rows);
}

/// A source that came back is the present one, whatever is remembered of its past.
#[test]
fn a_source_that_came_back_is_the_present_one() {
    let head = head(40, Some("a"), &[("a", 7), ("b", 30)]);
    let rows = [
        ((Some(35), Some("a")), seen(Some(35))),
        ((Some(41), Some("a")), ahead(41)),
    ];
    check(&head, &rows);
}

#[test]
fn an_empty_catalogue_has_seen_nothing() {
    let rows = [
        ((None, None), seen(None)),
        ((Some(0), None), seen(Some(0))),
        ((Some(1), None), ahead(1)),
        ((Some(1), Some("a")), ahead(1)),
    ];
    check(&Head::empty(), &rows);
}
