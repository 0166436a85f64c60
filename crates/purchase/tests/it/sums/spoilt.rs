//! Random settlements agree; each single spoiling of one breaks exactly the rules it should, at
//! the place it should.

use crate::generate::value::minor;
use crate::generate::{content, settle, settlement};
use crate::property::for_all;
use proptest::prelude::*;
use purchase::quantity::Quantity;
use purchase::settlement::{Content, Kind, LineNumber, PricedBy, TaxPlace};
use purchase::sums::{Rule, faults};
use std::cell::RefCell;

type Expected = Vec<(String, Rule)>;

/// Spoils one thing near a random place and says what that breaks; `None` if the settlement has
/// no such thing.
type Spoil = fn(&mut Content, usize) -> Option<Expected>;

#[test]
fn random_settlements_agree() {
    for_all(300, settlement(), |settlement| {
        assert_eq!(faults(settlement.content()), []);
    });
}

const SPOILS: [(&str, Spoil); 17] = [
    ("line amount", line_amount),
    ("whole line amount", whole_line_amount),
    ("line discount", line_discount),
    ("discount row", discount_row),
    ("nameless line", nameless_line),
    ("part of nothing", part_of_nothing),
    ("negative list price", negative_list_price),
    ("total", total),
    ("tender", tender),
    ("change", change),
    ("adjustment", adjustment),
    ("adjusted line", adjusted_line),
    ("excluded tax", excluded_tax),
    ("tax row twice", tax_row_twice),
    ("negative taxable", negative_taxable),
    ("original lines", original_lines),
    ("itself", itself),
];

#[test]
fn each_spoiling_breaks_exactly_its_rules() {
    let spoilt = RefCell::new([0_u32; SPOILS.len()]);
    let random = (content(), 0..SPOILS.len(), any::<u16>());
    for_all(1_500, random, |(mut content, which, place)| {
        let (name, spoil) = SPOILS[which];
        let Some(mut expected) = spoil(&mut content, usize::from(place)) else {
            return;
        };
        let found = faults(&content);
        let mut places: Expected = found
            .iter()
            .map(|fault| (fault.pointer.clone(), fault.rule))
            .collect();
        places.sort();
        expected.sort();
        assert_eq!(places, expected, "{name}: {found:#?}");
        spoilt.borrow_mut()[which] += 1;
    });
    assert!(spoilt.borrow().iter().all(|count| *count > 0), "{spoilt:?}");
}

fn one(pointer: impl Into<String>, rule: Rule) -> Option<Expected> {
    Some(vec![(pointer.into(), rule)])
}

/// What a wrong total breaks: a void's own total is not a sum of its parts, and without tenders
/// nobody paid it.
fn broken_total(content: &Content, is_paid_wrong: bool) -> Option<Expected> {
    let total = (content.kind != Kind::Void).then(|| ("/total".to_owned(), Rule::TotalSum));
    let paid = (is_paid_wrong && !content.tenders.is_empty())
        .then(|| ("/tenders".to_owned(), Rule::TenderSum));
    Some(total.into_iter().chain(paid).collect())
}

/// Two units more are wrong however the product was rounded.
fn line_amount(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.lines.len())?;
    let line = &mut content.lines[at];
    line.amount = minor(line.amount.minor() + 2);
    let by_till = line.priced_by == PricedBy::Till;
    settle(content);
    if by_till {
        return Some(Vec::new());
    }
    one(format!("/lines/{at}/amount"), Rule::LineSum)
}

/// One unit more is wrong where the product is whole.
fn whole_line_amount(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.lines.len())?;
    let line = &mut content.lines[at];
    if !line.quantity.micros().is_multiple_of(1_000_000) || line.priced_by == PricedBy::Till {
        return None;
    }
    line.amount = minor(line.amount.minor() + 1);
    settle(content);
    one(format!("/lines/{at}/amount"), Rule::LineSum)
}

fn line_discount(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.lines.len())?;
    let line = &mut content.lines[at];
    line.discount = minor(line.discount.minor() + 2);
    let sum = (line.priced_by == PricedBy::Product)
        .then(|| (format!("/lines/{at}/amount"), Rule::LineSum));
    let rows =
        (!line.discounts.is_empty()).then(|| (format!("/lines/{at}/discounts"), Rule::DiscountSum));
    Some(sum.into_iter().chain(rows).collect())
}

fn discount_row(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.lines.len())?;
    let row = content.lines[at].discounts.first_mut()?;
    row.amount = minor(row.amount.minor() + 1);
    one(format!("/lines/{at}/discounts"), Rule::DiscountSum)
}

fn nameless_line(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.lines.len())?;
    (content.lines[at].code, content.lines[at].name) = (None, None);
    one(format!("/lines/{at}"), Rule::NamelessLine)
}

/// Line 0, the line itself, or one after the last.
fn part_of_nothing(content: &mut Content, place: usize) -> Option<Expected> {
    let count = content.lines.len();
    let at = place.checked_rem(count)?;
    let wrong = [0, at + 1, count + 1][place % 3];
    content.lines[at].part_of = Some(LineNumber(u16::try_from(wrong).unwrap()));
    one(format!("/lines/{at}/part_of"), Rule::LineReference)
}

fn negative_list_price(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.lines.len())?;
    content.lines[at].list_price = Some(minor(-1));
    one(format!("/lines/{at}/list_price"), Rule::NegativeAmount)
}

fn total(content: &mut Content, _: usize) -> Option<Expected> {
    content.total = minor(content.total.minor() + 1);
    broken_total(content, true)
}

fn tender(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.tenders.len())?;
    let row = &mut content.tenders[at];
    row.amount = minor(row.amount.minor() + 1);
    one("/tenders", Rule::TenderSum)
}

fn change(content: &mut Content, _: usize) -> Option<Expected> {
    content.change = minor(content.change.minor() + 1);
    if content.tenders.is_empty() {
        return Some(Vec::new());
    }
    one("/tenders", Rule::TenderSum)
}

fn adjustment(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.adjustments.len())?;
    let row = &mut content.adjustments[at];
    row.amount = minor(row.amount.minor() - 1);
    broken_total(content, false)
}

fn adjusted_line(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.adjustments.len())?;
    let wrong = [0, content.lines.len() + 1][place % 2];
    let lines = &mut content.adjustments[at].lines;
    lines.push(LineNumber(u16::try_from(wrong).unwrap()));
    let nth = lines.len() - 1;
    one(
        format!("/adjustments/{at}/lines/{nth}"),
        Rule::LineReference,
    )
}

fn excluded_tax(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.taxes.len())?;
    let row = &mut content.taxes[at];
    row.tax = minor(row.tax.minor() + 1);
    match row.place {
        TaxPlace::Excluded => broken_total(content, false),
        TaxPlace::Included => Some(Vec::new()),
    }
}

fn tax_row_twice(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.taxes.len())?;
    let mut row = content.taxes[at].clone();
    row.tax = minor(0);
    content.taxes.push(row);
    let last = content.taxes.len() - 1;
    one(format!("/taxes/{last}"), Rule::DuplicateTaxRow)
}

fn negative_taxable(content: &mut Content, place: usize) -> Option<Expected> {
    let at = place.checked_rem(content.taxes.len())?;
    content.taxes[at].taxable = minor(-1);
    one(format!("/taxes/{at}/taxable"), Rule::NegativeAmount)
}

/// One entry too many: a return has as many as lines, a void has none.
fn original_lines(content: &mut Content, _: usize) -> Option<Expected> {
    let entry = purchase::settlement::OriginalLine {
        line: LineNumber(1),
        quantity: Quantity::ONE,
    };
    content.of.as_mut()?.lines.push(entry);
    one("/of/lines", Rule::OriginalLines)
}

fn itself(content: &mut Content, place: usize) -> Option<Expected> {
    let key = content.key.clone();
    match &mut content.of {
        Some(of) if place.is_multiple_of(2) => {
            of.key = key;
            one("/of", Rule::SelfReference)
        }
        _ => {
            content.with = Some(key);
            one("/with", Rule::SelfReference)
        }
    }
}
