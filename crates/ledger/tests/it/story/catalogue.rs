//! A catalogue is the sum of its updates: each builds on the head, the head says which revision,
//! how many items and which digest, and whoever follows gets every change once.

use super::Story;
use crate::property::for_all;
use crate::world::{
    at, catalogue, code, ended, item, named, sha256, store_id, text, town, update, whole,
};
use ledger::Ledger;
use ledger::embedded::browse::SnapshotItem;
use ledger::write::{CatalogueWrite, CatalogueWritten, Step};
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::bytes::Writer;
use purchase::catalogue::{Change, Entry, Head, Version};
use purchase::decide::{Digest, add_digest};
use purchase::id::{ItemCode, Revision};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const STORIES: &[Story] = &[
    ("an update builds on the head", builds_on_head),
    ("lineages are remembered", lineages),
    ("a follower gets every change", followers),
    ("a snapshot becomes its difference", snapshot),
    ("items and digest are what a recount says", recount),
];

fn apply(ledger: &Ledger, update: CatalogueWrite) -> CatalogueWritten {
    catalogue(ledger, update, at(0))
}

pub(super) fn head(ledger: &Ledger) -> Head {
    ledger.catalogue_head(&store_id("s-1")).unwrap()
}

fn builds_on_head(ledger: &Ledger) {
    town(ledger);
    assert_eq!(head(ledger), Head::empty());
    let first = || whole(0, 5, vec![named("A", "one", at(0))]);
    let CatalogueWritten::Applied(made) = apply(ledger, first()) else {
        panic!("not applied")
    };
    assert_eq!((made.revision, made.items), (Revision(5), 1));
    assert_eq!(head(ledger), *made);
    let gap = CatalogueWritten::Gap {
        current: Revision(5),
    };
    let one = || vec![named("A", "uno", at(0))];
    let rows = [
        (first(), CatalogueWritten::Same(made.clone())),
        (whole(0, 5, one()), CatalogueWritten::Forked),
        (whole(5, 5, one()), CatalogueWritten::Forked),
        (whole(0, 6, one()), gap.clone()),
        (whole(4, 6, one()), gap.clone()),
        (whole(6, 7, one()), gap.clone()),
        (whole(5, 4, one()), gap.clone()),
        (whole(5, 0, one()), gap),
    ];
    for (nth, (update, expected)) in rows.into_iter().enumerate() {
        let before = ledger.mark().unwrap();
        assert_eq!(apply(ledger, update), expected, "row {nth}");
        assert_eq!(ledger.mark().unwrap(), before, "row {nth} wrote something");
    }
    assert_eq!(update(ledger, 5, 900, one()).revision, Revision(900));
    // An update that was the head once is no longer known by its content.
    assert_eq!(
        apply(ledger, first()),
        CatalogueWritten::Gap {
            current: Revision(900)
        }
    );
    assert_eq!(
        update(ledger, 900, 901, Vec::new()).items,
        1,
        "an empty one is one, too"
    );
}

fn lineages(ledger: &Ledger) {
    town(ledger);
    let rows = [
        (None, 1),
        (Some("a"), 2),
        (Some("a"), 3),
        (None, 4),
        (Some("b"), 5),
    ];
    for (lineage, revision) in rows {
        let mut next = whole(revision - 1, revision, Vec::new());
        next.lineage = lineage.map(text);
        assert!(matches!(apply(ledger, next), CatalogueWritten::Applied(_)));
    }
    let now = head(ledger);
    assert_eq!(now.lineage, Some(text("b")));
    assert_eq!(
        now.past,
        [(text("a"), Revision(4))],
        "its last revision, named or not"
    );
    // The oldest are forgotten, so that the head stays small.
    for revision in 6..40 {
        let mut next = whole(revision - 1, revision, Vec::new());
        next.lineage = Some(text(&format!("{revision}")));
        apply(ledger, next);
    }
    let past = head(ledger).past;
    assert_eq!(past.len(), 16);
    assert_eq!(past[15], (text("38"), Revision(38)));
}

fn followers(ledger: &Ledger) {
    town(ledger);
    let changes = |after: u64, limit: usize| {
        let (_, changes) = ledger
            .changes_after(&store_id("s-1"), Revision(after), limit)
            .unwrap();
        let word = |(code, version): &(ItemCode, Version)| {
            let named = match &version.entry {
                Entry::Named(item) => item.name.as_str(),
                Entry::Discontinued => "-",
            };
            format!("{code}={named}@{}", version.revision.0)
        };
        changes.iter().map(word).collect::<Vec<_>>()
    };
    assert!(changes(0, 10).is_empty());
    update(
        ledger,
        0,
        2,
        vec![named("B", "bee", at(0)), named("A", "one", at(0))],
    );
    update(ledger, 2, 3, vec![named("A", "two", at(1))]);
    update(
        ledger,
        3,
        7,
        vec![
            ended("A", at(2)),
            named("C", "sea", at(0)),
            named("A", "o", at(0)),
        ],
    );
    let rows: [(u64, usize, &[&str]); 7] = [
        (
            0,
            9,
            &["A=one@2", "B=bee@2", "A=two@3", "A=o@7", "A=-@7", "C=sea@7"],
        ),
        (2, 9, &["A=two@3", "A=o@7", "A=-@7", "C=sea@7"]),
        // A revision comes whole, whatever the limit, and no second one is cut.
        (0, 1, &["A=one@2", "B=bee@2"]),
        (0, 3, &["A=one@2", "B=bee@2", "A=two@3"]),
        (0, 4, &["A=one@2", "B=bee@2", "A=two@3"]),
        (3, 2, &["A=o@7", "A=-@7", "C=sea@7"]),
        (7, 9, &[]),
    ];
    for (after, limit, expected) in rows {
        assert_eq!(changes(after, limit), expected, "after {after}, {limit}");
    }
    let versions = ledger.item_versions(&store_id("s-1"), &code("A")).unwrap();
    let order: Vec<_> = versions
        .iter()
        .map(|version| (version.effective_from, version.revision.0))
        .collect();
    assert_eq!(order, [(at(0), 2), (at(0), 7), (at(1), 3), (at(2), 7)]);
}

fn snapshot(ledger: &Ledger) {
    town(ledger);
    update(
        ledger,
        0,
        1,
        vec![
            named("same", "same", at(-9)),
            named("other", "old", at(-9)),
            named("gone", "gone", at(-9)),
            named("future", "later", at(100)),
            ended("ended", at(-9)),
            ended("back", at(-9)),
        ],
    );
    let items = || -> Vec<SnapshotItem> {
        let now = [
            ("same", "same"),
            ("other", "new"),
            ("back", "back"),
            ("added", "added"),
        ];
        now.map(|(of, name)| SnapshotItem {
            code: code(of),
            item: Arc::new(item(name)),
            effective_from: at(0),
        })
        .to_vec()
    };
    let difference = || ledger.difference(&store_id("s-1"), items(), at(0)).unwrap();
    let expected = vec![
        named("added", "added", at(0)),
        named("back", "back", at(0)),
        // Not before it begins, or it would never end.
        ended("future", at(100)),
        ended("gone", at(0)),
        named("other", "new", at(0)),
    ];
    assert_eq!(difference(), expected);
    update(ledger, 1, 2, difference());
    assert_eq!(difference(), [], "a snapshot applied is the catalogue");
    assert_eq!(head(ledger).items, 4);
    // Nothing at all ends everything.
    let ends = ledger
        .difference(&store_id("s-1"), Vec::new(), at(5))
        .unwrap();
    assert_eq!(
        ends,
        ["added", "back", "other", "same"].map(|of| ended(of, at(5)))
    );
}

/// What the newest statements about each code come to, by the changes alone.
pub(super) fn recounted(ledger: &Ledger) -> (u64, [u8; 32]) {
    let (_, all) = ledger
        .changes_after(&store_id("s-1"), Revision(0), usize::MAX)
        .unwrap();
    let mut newest: BTreeMap<ItemCode, Version> = BTreeMap::new();
    for (code, version) in all {
        let is_newer = newest.get(&code).is_none_or(|known| {
            (known.effective_from, known.revision) <= (version.effective_from, version.revision)
        });
        if is_newer {
            newest.insert(code, version);
        }
    }
    let mut sum = (0, [0; 32]);
    for (code, version) in newest {
        if let Entry::Named(item) = &version.entry {
            let mut statement = Writer::default();
            statement.text(code.as_str());
            purchase::canonical::item::put(&mut statement, item);
            sum = (
                sum.0 + 1,
                add_digest(sum.1, Digest(sha256(statement.as_slice()))),
            );
        }
    }
    sum
}

fn change() -> impl Strategy<Value = Change> {
    let of = prop_oneof![Just("A"), Just("B"), Just("C"), Just("AB")];
    let entry = prop_oneof![Just(None), Just(Some("one")), Just(Some("two"))];
    (of, entry, -2..3_i64).prop_map(|(of, entry, minute)| match entry {
        Some(name) => named(of, name, at(minute)),
        None => ended(of, at(minute)),
    })
}

fn recount(ledger: &Ledger) {
    town(ledger);
    let (base, most) = (Cell::new(0), Cell::new(0));
    // Every case goes on with what the last one left: one long history.
    for_all(
        40,
        (vec(change(), 0..6), any::<bool>()),
        |(changes, is_staged)| {
            let revision = base.get() + 1;
            if is_staged {
                let (first, second) = changes.split_at(changes.len() / 2);
                let steps = [
                    Step::Begin,
                    Step::Part(first.to_vec()),
                    Step::Part(second.to_vec()),
                    Step::Finish,
                ];
                for next in steps {
                    let written = apply(ledger, crate::world::step(base.get(), revision, next));
                    assert!(
                        matches!(written, CatalogueWritten::Applied(_)),
                        "{written:?}"
                    );
                }
            } else {
                update(ledger, base.get(), revision, changes);
            }
            base.set(revision);
            let now = head(ledger);
            assert_eq!(now.revision, Revision(revision));
            assert_eq!(
                (now.items, now.digest),
                recounted(ledger),
                "revision {revision}"
            );
            most.set(now.items.max(most.get()));
        },
    );
    assert!(most.get() >= 2, "the history was an empty one");
}
