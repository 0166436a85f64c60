//! Lines whose code is a scale's label: names that come by the item's code, whichever is learnt
//! later, the code or the pattern. Random stores against a model that hears revision after revision.

use super::{Row, item, versions};
use crate::property::for_all;
use crate::sample::at;
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::catalogue::{Entry, Version};
use purchase::code::{PatternHistory, PatternSet, Patterns};
use purchase::id::{ItemCode, Revision};
use purchase::limits::NAMING_AGE_MS_MAX;
use purchase::naming::{Candidate, Later, Naming, Waiting, as_of, later_of};
use std::collections::BTreeMap;
use std::sync::Arc;

const REVISIONS: u64 = 7;
const INSTANTS: i64 = 8;
const LABEL: &str = "2212345601981";
/// Ways to read the label: as the item `2212345000000`, as `2212345600000`, or as no item.
const SETS: [&[&str]; 4] = [
    &["22IIIIIPPPPPC"],
    &["22IIIIIIPPPPC"],
    &["29IIIIIPPPPPC"],
    &[],
];

#[derive(Clone, Debug)]
struct Shop {
    items: BTreeMap<&'static str, Vec<Version>>,
    sets: Vec<(u64, i64, usize)>,
}

fn code(code: &str) -> ItemCode {
    ItemCode::parse(code).unwrap()
}

fn history(shop: &Shop) -> PatternHistory {
    let sets = shop.sets.iter().map(|(revision, from, nth)| PatternSet {
        effective_from: at(*from),
        revision: Revision(*revision),
        patterns: Arc::new(Patterns::parse(SETS[*nth].iter().copied()).unwrap()),
    });
    PatternHistory::new(sets.collect())
}

fn shop() -> impl Strategy<Value = Shop> {
    let name = prop_oneof![
        3 => prop::sample::select(vec!["milk", "soap", "rice", "tea"]),
        1 => Just("-"),
    ];
    let rows = || vec((1..=REVISIONS, 0..=INSTANTS, name.clone()), 0..4);
    let sets = vec((1..=REVISIONS, 0..=INSTANTS, 0..SETS.len()), 0..4);
    (rows(), rows(), rows(), sets).prop_map(|(own, five, six, mut sets)| {
        let of = |rows: Vec<Row>| {
            let mut once: Vec<Row> = Vec::new();
            for row in rows {
                if !once
                    .iter()
                    .any(|known| (known.0, known.1) == (row.0, row.1))
                {
                    once.push(row);
                }
            }
            versions(&once)
        };
        // A revision brings one set.
        sets.sort_unstable();
        sets.dedup_by_key(|set| set.0);
        Shop {
            items: BTreeMap::from([
                (LABEL, of(own)),
                ("2212345000000", of(five)),
                ("2212345600000", of(six)),
            ]),
            sets,
        }
    })
}

/// The item that a set reads the label as.
fn read_as(nth: usize) -> Option<&'static str> {
    match nth {
        0 => Some("2212345000000"),
        1 => Some("2212345600000"),
        _ => None,
    }
}

/// What a shop tells in one revision about a code.
fn told(shop: &Shop, of: &str, revision: u64) -> Vec<Version> {
    let mut told = shop.items[of].clone();
    told.retain(|version| version.revision.0 == revision);
    told
}

/// The set of the sale: the last one that had begun, of those that the till could know.
fn set_of_sale(shop: &Shop, sold: i64, known: u64) -> Option<&'static str> {
    let mut best: Option<(i64, u64, usize)> = None;
    for (revision, from, nth) in &shop.sets {
        let set = (*from, *revision, *nth);
        if *revision <= known && *from <= sold && best.is_none_or(|best| best < set) {
            best = Some(set);
        }
    }
    best.and_then(|(_, _, nth)| read_as(nth))
}

/// Hears revision after revision, and stops at the first that lets a code name the line.
fn hear(shop: &Shop, sold: i64, known: u64, learnt: i64) -> Later {
    // Ways to a code, in the order in which they were learnt: whether only a later set knows it.
    let mut ways = vec![(LABEL, false)];
    ways.extend(set_of_sale(shop, sold, known).map(|of| (of, false)));
    // The first later revision that told a name of a code.
    let mut names: BTreeMap<&str, u64> = BTreeMap::new();
    for revision in known + 1..=REVISIONS {
        for (_, _, nth) in shop.sets.iter().filter(|set| set.0 == revision) {
            if let Some(of) = read_as(*nth)
                && ways.iter().all(|(way, _)| *way != of)
            {
                ways.push((of, true));
            }
        }
        for of in shop.items.keys() {
            let is_named = |version: &Version| version.entry != Entry::Discontinued;
            if told(shop, of, revision).iter().any(is_named) {
                names.entry(of).or_insert(revision);
            }
        }
        for (of, is_later) in &ways {
            let at_sale = as_of(&shop.items[of], at(sold), Some(Revision(known)));
            let by = match (at_sale, is_later, names.get(of)) {
                (Naming::Catalogue { revision, .. }, true, _) => revision.0,
                (_, _, Some(by)) => *by,
                (_, _, None) => continue,
            };
            let alone = told(shop, of, by);
            let in_force = as_of(&alone, at(sold), None);
            let name = match in_force {
                Naming::Catalogue { item, .. } => item,
                Naming::Sent | Naming::Pending => {
                    let first = alone
                        .iter()
                        .filter(|version| version.entry != Entry::Discontinued)
                        .min_by_key(|version| version.effective_from)
                        .unwrap();
                    let Entry::Named(item) = &first.entry else {
                        panic!()
                    };
                    Arc::clone(item)
                }
            };
            let was_gone = shop.items[of].iter().any(|version| {
                version.entry == Entry::Discontinued
                    && version.revision.0 <= revision
                    && version.effective_from <= at(sold)
            });
            let revision = Revision(by);
            let is_old = learnt - sold > NAMING_AGE_MS_MAX;
            return match was_gone || is_old {
                true => Later::Confirm { revision },
                false => Later::Named {
                    revision,
                    item: name,
                },
            };
        }
    }
    Later::Unknown
}

/// What the product says, from the leads that it finds itself.
fn found(shop: &Shop, sold: i64, known: u64, learnt: i64) -> Later {
    let leads = history(shop).leads(&code(LABEL), at(sold), Revision(known));
    let own = Candidate {
        versions: &shop.items[LABEL],
        led_by: None,
    };
    let others = leads.iter().map(|lead| Candidate {
        versions: &shop.items[lead.code.as_str()],
        led_by: lead.led_by,
    });
    let candidates: Vec<_> = std::iter::once(own).chain(others).collect();
    let waiting = Waiting {
        at: at(sold),
        unnamed_at: Revision(known),
    };
    later_of(&candidates, waiting, at(learnt))
}

#[test]
fn a_label_is_named_by_what_is_learnt_last() {
    let age = prop::sample::select(vec![0, 1, NAMING_AGE_MS_MAX, NAMING_AGE_MS_MAX + 1]);
    let random = (shop(), 0..=INSTANTS, 0..=REVISIONS, age);
    let (mut named, mut by_pattern) = (0, 0);
    let counts = std::cell::RefCell::new((&mut named, &mut by_pattern));
    for_all(6_000, random, |(shop, sold, known, age)| {
        let expected = hear(&shop, sold, known, sold + age);
        let found = found(&shop, sold, known, sold + age);
        assert_eq!(found, expected, "sold at {sold}, known {known}: {shop:?}");
        let mut counts = counts.borrow_mut();
        *counts.0 += u32::from(found != Later::Unknown);
        let is_older = |revision: &Revision| revision.0 <= known;
        *counts.1 += u32::from(match &found {
            Later::Named { revision, .. } | Later::Confirm { revision } => is_older(revision),
            Later::Unknown => false,
        });
    });
    assert!(named > 1_000 && by_pattern > 50, "{named} {by_pattern}");
}

#[test]
fn the_first_of_all_codes_names_the_line() {
    let check = |own: &[Row], other: &[Row], led_by: Option<u64>, expected: Later| {
        let (own, other) = (versions(own), versions(other));
        let candidates = [
            Candidate {
                versions: &own,
                led_by: None,
            },
            Candidate {
                versions: &other,
                led_by: led_by.map(Revision),
            },
        ];
        let waiting = Waiting {
            at: at(10),
            unnamed_at: Revision(3),
        };
        assert_eq!(later_of(&candidates, waiting, at(10)), expected);
    };
    let named = |revision: u64, name: &str| Later::Named {
        revision: Revision(revision),
        item: item(name),
    };
    // The pattern came last: the name that the item had at the sale.
    check(
        &[],
        &[(1, 0, "old"), (2, 5, "ham"), (2, 20, "new")],
        Some(4),
        named(2, "ham"),
    );
    // The item came last.
    check(&[], &[(5, 20, "ham")], Some(4), named(5, "ham"));
    check(&[], &[(5, 20, "ham")], None, named(5, "ham"));
    // Both in one revision, and only after the sale.
    check(&[], &[(4, 20, "ham")], Some(4), named(4, "ham"));
    // A name that was known at the sale for a later day is none for it.
    check(&[], &[(2, 20, "ham")], Some(4), Later::Unknown);
    // The line's own code goes before, where both are learnt at once.
    check(&[(5, 0, "own")], &[(5, 0, "ham")], None, named(5, "own"));
    check(&[(6, 0, "own")], &[(5, 0, "ham")], None, named(5, "ham"));
    check(&[(4, 0, "own")], &[(2, 0, "ham")], Some(5), named(4, "own"));
    // No longer sold at the sale: the store has to say.
    let confirm = Later::Confirm {
        revision: Revision(2),
    };
    check(&[], &[(2, 0, "ham"), (3, 5, "-")], Some(4), confirm);
}
