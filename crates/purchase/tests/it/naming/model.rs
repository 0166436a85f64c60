//! Random catalogues of one code against a small model. The model replays revisions in the order
//! in which a store sends them and remembers what it has heard.

use super::{Row, versions};
use crate::property::for_all;
use crate::sample::at;
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::catalogue::{Entry, Item, Version};
use purchase::id::Revision;
use purchase::limits::NAMING_AGE_MS_MAX;
use purchase::naming::{Later, Naming, Waiting, as_of, confirmed, later};
use purchase::time::Timestamp;
use std::sync::Arc;

/// Revisions run from 1 to this one, instants from 0 to this one.
const REVISIONS: u64 = 7;
const INSTANTS: i64 = 8;

/// Versions in any order; a revision speaks of a code and an instant once.
fn catalogue() -> impl Strategy<Value = Vec<Version>> {
    let name = prop_oneof![
        3 => prop::sample::select(vec!["milk", "soap", "rice", "tea"]),
        2 => Just("-"),
    ];
    vec((1..=REVISIONS, 0..=INSTANTS, name), 0..9).prop_map(|rows| {
        let mut once: Vec<Row> = Vec::new();
        for row in rows {
            if !once
                .iter()
                .any(|(revision, from, _)| (*revision, *from) == (row.0, row.1))
            {
                once.push(row);
            }
        }
        versions(&once)
    })
}

/// A line of the price list: from when, by which revision, what.
type Tag = (Timestamp, Revision, Arc<Item>);

/// What a till with the revisions up to `last` knows: one tag per instant, sorted by instant.
fn price_list(catalogue: &[Version], last: u64) -> Vec<Tag> {
    let mut list: Vec<Tag> = Vec::new();
    for revision in 1..=last.min(REVISIONS) {
        for version in told_by(catalogue, revision) {
            let Entry::Named(item) = &version.entry else {
                continue;
            };
            let tag = (version.effective_from, version.revision, Arc::clone(item));
            let mut place = 0;
            while place < list.len() && list[place].0 < tag.0 {
                place += 1;
            }
            if place < list.len() && list[place].0 == tag.0 {
                list[place] = tag;
            } else {
                list.insert(place, tag);
            }
        }
    }
    list
}

fn told_by(catalogue: &[Version], revision: u64) -> Vec<&Version> {
    let mut told = Vec::new();
    for version in catalogue {
        if version.revision == Revision(revision) {
            told.push(version);
        }
    }
    told
}

/// The last tag that had begun.
fn in_force(list: &[Tag], sold: Timestamp) -> Option<&Tag> {
    let mut found = None;
    for tag in list {
        if tag.0 <= sold {
            found = Some(tag);
        }
    }
    found
}

/// What `revision` alone says of a sale: its tag in force, else its first.
fn said_by(catalogue: &[Version], revision: u64, sold: Timestamp) -> Option<Arc<Item>> {
    let alone: Vec<Version> = told_by(catalogue, revision).into_iter().cloned().collect();
    let list = price_list(&alone, REVISIONS);
    let tag = in_force(&list, sold).or(list.first());
    tag.map(|(_, _, item)| Arc::clone(item))
}

/// Hears revision after revision until one names the code.
fn learn(catalogue: &[Version], waiting: Waiting, learnt: Timestamp) -> Later {
    let mut was_discontinued = false;
    for revision in 1..=REVISIONS {
        for version in told_by(catalogue, revision) {
            let has_begun = version.effective_from <= waiting.at;
            was_discontinued |= has_begun && version.entry == Entry::Discontinued;
        }
        let is_news = Revision(revision) > waiting.unnamed_at;
        if let Some(item) = said_by(catalogue, revision, waiting.at).filter(|_| is_news) {
            let revision = Revision(revision);
            let is_old = learnt > waiting.at.plus_ms(NAMING_AGE_MS_MAX);
            return if was_discontinued || is_old {
                Later::Confirm { revision }
            } else {
                Later::Named { revision, item }
            };
        }
    }
    Later::Unknown
}

#[test]
fn as_of_agrees_with_the_price_list_of_the_till() {
    let upto = proptest::option::of(0..=REVISIONS + 1);
    for_all(
        1_500,
        (catalogue(), 0..=INSTANTS, upto),
        |(catalogue, sold, upto)| {
            let list = price_list(&catalogue, upto.unwrap_or(u64::MAX));
            let expected = match in_force(&list, at(sold)) {
                None => Naming::Pending,
                Some((_, revision, item)) => Naming::Catalogue {
                    revision: *revision,
                    item: Arc::clone(item),
                },
            };
            assert_eq!(as_of(&catalogue, at(sold), upto.map(Revision)), expected);
        },
    );
}

#[test]
fn later_agrees_with_hearing_revisions_one_by_one() {
    let age = prop::sample::select(vec![
        -1,
        0,
        NAMING_AGE_MS_MAX - 1,
        NAMING_AGE_MS_MAX,
        NAMING_AGE_MS_MAX + 1,
    ]);
    let random = (catalogue(), 0..=INSTANTS, 0..=REVISIONS, age);
    for_all(1_500, random, |(catalogue, sold, unnamed_at, age)| {
        let waiting = Waiting {
            at: at(sold),
            unnamed_at: Revision(unnamed_at),
        };
        let learnt = at(sold).plus_ms(age);
        let expected = learn(&catalogue, waiting, learnt);
        assert_eq!(later(&catalogue, waiting, learnt), expected);
    });
}

#[test]
fn confirmed_agrees_with_the_revision_alone() {
    let random = (catalogue(), 0..=REVISIONS + 1, 0..=INSTANTS);
    for_all(1_500, random, |(catalogue, revision, sold)| {
        let expected = said_by(&catalogue, revision, at(sold));
        assert_eq!(
            confirmed(&catalogue, Revision(revision), at(sold)),
            expected
        );
    });
}

/// Versions may be kept in any order.
#[test]
fn order_makes_no_difference() {
    let orders = catalogue().prop_flat_map(|told| (Just(told.clone()), Just(told).prop_shuffle()));
    let random = (orders, 0..=INSTANTS, 0..=REVISIONS);
    for_all(500, random, |((told, shuffled), sold, revision)| {
        let (sold, revision) = (at(sold), Revision(revision));
        let waiting = Waiting {
            at: sold,
            unnamed_at: revision,
        };
        assert_eq!(as_of(&told, sold, None), as_of(&shuffled, sold, None));
        assert_eq!(later(&told, waiting, sold), later(&shuffled, waiting, sold));
        assert_eq!(
            confirmed(&told, revision, sold),
            confirmed(&shuffled, revision, sold)
        );
    });
}

/// A name once given is never rewritten: what later revisions add changes neither the name as of
/// the sale nor the one that was learnt.
#[test]
fn later_revisions_never_rewrite_a_name() {
    let random = (catalogue(), 0..=INSTANTS, 0..=REVISIONS);
    for_all(1_000, random, |(catalogue, sold, head)| {
        let (sold, head) = (at(sold), Revision(head));
        let mut then = catalogue.clone();
        then.retain(|version| version.revision <= head);
        assert_eq!(
            as_of(&then, sold, None),
            as_of(&catalogue, sold, Some(head))
        );
        let waiting = Waiting {
            at: sold,
            unnamed_at: Revision(1),
        };
        let learnt = later(&then, waiting, sold);
        if learnt != Later::Unknown {
            assert_eq!(later(&catalogue, waiting, sold), learnt);
        }
    });
}
