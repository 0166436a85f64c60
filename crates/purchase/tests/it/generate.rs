//! Random settlements that a till could have sent: every kind, every optional member, sums that
//! agree. Kept small, so that a failing one can be read.

use crate::property::for_all;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use purchase::id::{Revision, SettlementKey};
use purchase::money::Amount;
use purchase::quantity::Quantity;
use purchase::settlement::{
    Adjustment, Buyer, CatalogueMark, ClaimHash, Content, Kind, Line, LineNumber, Original,
    OriginalLine, Points, Settlement, Tax, TaxPlace, Tender,
};
use purchase::text::Text;

mod line;
mod row;
pub(crate) mod value;

use value::{amount, currency, key, quantity, text, timestamp};

/// A settlement whose parts agree.
pub(crate) fn settlement() -> impl Strategy<Value = Settlement> {
    content().prop_map(|content| Settlement::prove(content).expect("generated to agree"))
}

/// The content of such a settlement, for tests that spoil it.
pub(crate) fn content() -> impl Strategy<Value = Content> {
    (facts(), rows(), references(), words()).prop_map(assemble)
}

/// Makes `total` and the last tender follow from everything else.
pub(crate) fn settle(content: &mut Content) {
    if content.kind != Kind::Void {
        let lines = content.lines.iter().map(|line| line.amount);
        let adjustments = content.adjustments.iter().map(|row| row.amount);
        let excluded = content.taxes.iter();
        let excluded = excluded.filter(|row| row.place == TaxPlace::Excluded);
        let tax = excluded.map(|row| row.tax);
        content.total = sum(lines.chain(adjustments).chain(tax));
    }
    let owed = content.total.minor() + content.change.minor();
    if let Some((last, others)) = content.tenders.split_last_mut() {
        let others = sum(others.iter().map(|row| row.amount));
        last.amount = value::minor(owed - others.minor());
    }
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    value::minor(amounts.map(Amount::minor).sum())
}

type Facts = (
    SettlementKey,
    Kind,
    purchase::time::Timestamp,
    purchase::money::Currency,
    Buyer,
    Option<ClaimHash>,
    CatalogueMark,
    Amount,
);

fn facts() -> impl Strategy<Value = Facts> {
    let kind = prop_oneof![3 => Just(Kind::Sale), 2 => Just(Kind::Return), 1 => Just(Kind::Void)];
    let mark = (of(any::<u64>()), of(text())).prop_map(|(revision, lineage)| CatalogueMark {
        revision: revision.map(Revision),
        lineage,
    });
    (
        key("[0-9][ -~]{0,5}"),
        kind,
        timestamp(),
        currency(),
        buyer(),
        of(any::<[u8; 32]>().prop_map(ClaimHash)),
        mark,
        amount(100_000),
    )
}

fn buyer() -> impl Strategy<Value = Buyer> {
    prop_oneof![
        Just(Buyer::Absent),
        text().prop_map(Buyer::Id),
        text().prop_map(Buyer::MemberCode),
        text().prop_map(Buyer::Pseudonym),
    ]
}

/// A tender and its share of what is owed, of 255.
type Share = (Tender, u8);
type Rows = (Vec<Line>, Vec<Adjustment>, Vec<Tax>, Vec<Share>, Amount);

fn rows() -> impl Strategy<Value = Rows> {
    (
        vec(line::line(), 1..5),
        vec(row::adjustment(), 0..4),
        row::taxes(),
        vec((row::tender(), any::<u8>()), 0..4),
        prop_oneof![Just(Amount::ZERO), amount(999)],
    )
}

/// Keys of other settlements begin with a letter, so that none speaks of itself.
type References = (
    Option<SettlementKey>,
    Vec<(u16, Quantity)>,
    Option<SettlementKey>,
);

fn references() -> impl Strategy<Value = References> {
    let other = || key("[A-Z][ -~]{0,5}");
    (of(other()), vec((1..9_u16, quantity()), 4), of(other()))
}

type Words = (
    Option<Text>,
    Option<Text>,
    Option<Points>,
    Vec<Text>,
    Option<Box<str>>,
);

fn words() -> impl Strategy<Value = Words> {
    let points = (of(amount(9_999)), of(amount(9_999)), of(amount(9_999)));
    let points = points.prop_map(|(earned, used, balance)| Points {
        earned,
        used,
        balance,
    });
    let extra = r#"\{"[a-z]{1,5}":("[ァ-ヶ]{0,4}"|[0-9]{1,4})\}"#;
    (
        of(text()),
        of(text()),
        of(points),
        vec(text(), 0..3),
        of(extra.prop_map(String::into_boxed_str)),
    )
}

fn assemble((facts, rows, references, words): (Facts, Rows, References, Words)) -> Content {
    let (key, kind, purchased_at, currency, buyer, claim, mark, void_total) = facts;
    let (lines, adjustments, taxes, shares, change) = rows;
    let (receipt_number, staff, points, notes, extra) = words;
    let lines = if kind == Kind::Void {
        Vec::new()
    } else {
        link_parts(lines)
    };
    let mut content = Content {
        key,
        kind,
        purchased_at,
        currency,
        buyer,
        claim,
        mark,
        adjustments: aim(adjustments, lines.len()),
        lines,
        total: void_total,
        taxes,
        tenders: Vec::new(),
        change,
        of: None,
        with: references.2,
        receipt_number,
        staff,
        points,
        notes,
        extra,
    };
    content.of = original(kind, references.0, &references.1, content.lines.len());
    settle(&mut content);
    if content.total.is_negative() {
        content.adjustments.clear();
        settle(&mut content);
    }
    let owed = content.total.minor() + content.change.minor();
    content.tenders = pay(owed, shares);
    settle(&mut content);
    content
}

/// Turns the drawn `part_of` of each line into the number of another line that exists.
fn link_parts(mut lines: Vec<Line>) -> Vec<Line> {
    let count = u16::try_from(lines.len()).unwrap();
    for (line, own) in lines.iter_mut().zip(1_u16..) {
        let others = (1..=count).filter(|number| *number != own);
        let drawn = line.part_of.take().map(|drawn| usize::from(drawn.0));
        line.part_of = drawn.and_then(|drawn| others.cycle().nth(drawn).map(LineNumber));
    }
    lines
}

/// Turns drawn line numbers into ones that exist.
fn aim(mut adjustments: Vec<Adjustment>, lines: usize) -> Vec<Adjustment> {
    let count = u16::try_from(lines).unwrap();
    for row in &mut adjustments {
        if count == 0 {
            row.lines.clear();
        }
        for line in &mut row.lines {
            line.0 = line.0 % count + 1;
        }
    }
    adjustments
}

fn original(
    kind: Kind,
    key: Option<SettlementKey>,
    back: &[(u16, Quantity)],
    lines: usize,
) -> Option<Original> {
    let entries = back
        .iter()
        .take(lines)
        .map(|(line, quantity)| OriginalLine {
            line: LineNumber(*line),
            quantity: *quantity,
        });
    match kind {
        Kind::Sale => None,
        Kind::Return => key.map(|key| Original {
            key,
            lines: entries.collect(),
        }),
        Kind::Void => Some(Original {
            key: key.unwrap_or_else(|| crate::sample::key("X0")),
            lines: Vec::new(),
        }),
    }
}

/// Divides what is owed among the tenders.
fn pay(owed: i64, shares: Vec<Share>) -> Vec<Tender> {
    let mut left = owed;
    let tenders = shares.into_iter().map(|(mut tender, share)| {
        let part = left * i64::from(share) / 255;
        left -= part;
        tender.amount = value::minor(part);
        tender
    });
    tenders.collect()
}

/// A generator that never draws some member would leave it untested without a word.
#[test]
fn every_member_is_drawn() {
    use std::cell::RefCell;
    let seen = RefCell::new([0_u32; 14]);
    for_all(200, settlement(), |settlement| {
        let content = settlement.content();
        let facts = [
            content.kind == Kind::Sale,
            content.kind == Kind::Return && content.of.is_some(),
            content.kind == Kind::Return && content.of.is_none(),
            content.kind == Kind::Void,
            content.lines.iter().any(|line| line.part_of.is_some()),
            content.lines.iter().any(|line| !line.discounts.is_empty()),
            content.adjustments.iter().any(|row| !row.lines.is_empty()),
            content.taxes.iter().any(|row| row.class.is_some()),
            settlement.tax_check() == purchase::settlement::TaxCheck::Differs,
            content.tenders.len() > 1,
            content.tenders.iter().any(|row| row.card.is_some()),
            content.change != Amount::ZERO,
            content.with.is_some(),
            content.points.is_some() && content.extra.is_some() && content.claim.is_some(),
        ];
        for (count, fact) in seen.borrow_mut().iter_mut().zip(facts) {
            *count += u32::from(fact);
        }
    });
    assert!(
        seen.borrow().iter().all(|count| *count > 0),
        "{:?}",
        seen.borrow()
    );
}
