//! What was encoded is decoded again, and two settlements share their bytes only if they say the
//! same.

use super::changes::{Change, back_changes, line_changes, receipt_changes};
use crate::generate::{settle, settlement};
use crate::property::for_all;
use crate::sample;
use purchase::canonical::{decode, encode};
use purchase::settlement::{Content, Line, LineNumber, Settlement};
use std::collections::HashMap;

#[test]
fn random_settlements_read_back() {
    for_all(400, settlement(), |settlement| {
        assert_eq!(decode(&encode(&settlement)), Ok(settlement));
    });
}

#[test]
fn samples_read_back() {
    let samples = [
        sample::sale(),
        sample::full(),
        sample::goods_back(),
        sample::void(),
        sample::widest(),
    ];
    for content in samples {
        let settlement = Settlement::prove(content).unwrap();
        assert_eq!(decode(&encode(&settlement)), Ok(settlement));
    }
}

/// Every settlement takes what the limits allow and still reads back.
#[test]
fn the_longest_settlement_reads_back() {
    let mut content = sample::full();
    content.lines.resize(500, sample::line("0", "1", 0, 0));
    content.notes = vec![sample::text("n"); 100];
    content.adjustments[0].lines = content
        .lines
        .iter()
        .zip(1..)
        .map(|(_, at)| LineNumber(at))
        .collect();
    content.extra = Some(format!(r#"{{"x":"{}"}}"#, "y".repeat(4_088)).into());
    assert_eq!(content.extra.as_ref().unwrap().len(), 4_096);
    let settlement = Settlement::prove(content).unwrap();
    assert_eq!(decode(&encode(&settlement)), Ok(settlement));
}

/// Adds `base` and each single change of it to `seen`, and fails if two of them share their bytes.
fn check_distinct(base: &Content, changes: &[(&'static str, Change)]) {
    let mut seen = HashMap::new();
    let mut rows = vec![("unchanged", base.clone())];
    for (name, change) in changes {
        let mut content = base.clone();
        change(&mut content);
        assert_ne!(content, *base, "{name} changes nothing");
        settle(&mut content);
        rows.push((*name, content));
    }
    for (name, content) in rows {
        let settlement = Settlement::prove(content).unwrap_or_else(|faults| {
            panic!("{name} must agree: {faults:#?}");
        });
        let bytes = encode(&settlement);
        assert_eq!(decode(&bytes), Ok(settlement), "{name}");
        if let Some(other) = seen.insert(bytes, name) {
            panic!("{name} and {other} share their bytes");
        }
    }
}

#[test]
fn each_change_of_a_line_changes_the_bytes() {
    check_distinct(&sample::full(), &line_changes());
}

#[test]
fn each_change_of_a_receipt_changes_the_bytes() {
    check_distinct(&sample::full(), &receipt_changes());
}

#[test]
fn each_change_of_a_return_changes_the_bytes() {
    check_distinct(&sample::goods_back(), &back_changes());
}

/// Copies one member from one settlement to another.
type Graft = fn(&mut Content, &Content);

const GRAFTS: [(&str, Graft); 24] = [
    ("key", |to, from| to.key = from.key.clone()),
    ("purchased_at", |to, from| {
        to.purchased_at = from.purchased_at
    }),
    ("currency", |to, from| to.currency = from.currency),
    ("buyer", |to, from| to.buyer = from.buyer.clone()),
    ("claim", |to, from| to.claim = from.claim),
    ("mark", |to, from| to.mark = from.mark.clone()),
    ("revision", |to, from| to.mark.revision = from.mark.revision),
    ("lines", |to, from| to.lines = from.lines.clone()),
    ("line", |to, from| {
        copy_line(to, from, |to, from| *to = from.clone())
    }),
    ("name", |to, from| {
        copy_line(to, from, |to, from| to.name = from.name.clone())
    }),
    ("unit", |to, from| {
        copy_line(to, from, |to, from| to.unit = from.unit.clone())
    }),
    ("gtin", |to, from| {
        copy_line(to, from, |to, from| to.gtin = from.gtin.clone())
    }),
    ("tax_place", |to, from| {
        copy_line(to, from, |to, from| to.tax_place = from.tax_place)
    }),
    ("sensitivity", |to, from| {
        copy_line(to, from, |to, from| to.sensitivity = from.sensitivity)
    }),
    ("adjustments", |to, from| {
        to.adjustments = from.adjustments.clone()
    }),
    ("taxes", |to, from| to.taxes = from.taxes.clone()),
    ("tenders", |to, from| to.tenders = from.tenders.clone()),
    ("of", |to, from| to.of = from.of.clone()),
    ("with", |to, from| to.with = from.with.clone()),
    ("receipt_number", |to, from| {
        to.receipt_number = from.receipt_number.clone()
    }),
    ("staff", |to, from| to.staff = from.staff.clone()),
    ("points", |to, from| to.points = from.points),
    ("notes", |to, from| to.notes = from.notes.clone()),
    ("extra", |to, from| to.extra = from.extra.clone()),
];

fn copy_line(to: &mut Content, from: &Content, copy: fn(&mut Line, &Line)) {
    if let (Some(to), Some(from)) = (to.lines.first_mut(), from.lines.first()) {
        copy(to, from);
    }
}

/// Random pairs that differ in one member at most.
#[test]
fn bytes_are_equal_only_for_equal_settlements() {
    let random = (settlement(), settlement(), 0..GRAFTS.len());
    for_all(600, random, |(settlement, other, which)| {
        let (name, graft) = GRAFTS[which];
        let mut content = settlement.content().clone();
        graft(&mut content, other.content());
        settle(&mut content);
        let Ok(changed) = Settlement::prove(content) else {
            return;
        };
        let is_same = changed == settlement;
        assert_eq!(encode(&changed) == encode(&settlement), is_same, "{name}");
    });
}
