//! The rules of the whole receipt: totals, tenders, what each kind must and must not have.

use super::{Broken, Spoil, check};
use crate::generate::settle;
use crate::generate::value::minor;
use crate::sample::{self, cash, key, line, percent, quantity, tax};
use purchase::settlement::{LineNumber, Original, OriginalLine, Settlement, TaxClass, TaxPlace};
use purchase::sums::Rule;

const TOTAL: (&str, Rule) = ("/total", Rule::TotalSum);
const TENDERS: (&str, Rule) = ("/tenders", Rule::TenderSum);

/// The sample is 1167 - 95 + 55 = 1127, paid with 1000 + 200 - 73.
#[test]
fn parts_make_the_total_and_tenders_pay_it() {
    let full = sample::full();
    let rows: [(&str, Spoil, Broken); 16] = [
        (
            "total one more",
            |c| c.total = minor(1_128),
            &[TOTAL, TENDERS],
        ),
        (
            "total one less",
            |c| c.total = minor(1_126),
            &[TOTAL, TENDERS],
        ),
        (
            "total one more, and paid",
            |c| (c.total, c.change) = (minor(1_128), minor(72)),
            &[TOTAL],
        ),
        (
            "line one more",
            |c| c.lines[3].amount = minor(251),
            &[TOTAL],
        ),
        ("line gone", |c| c.lines.truncate(3), &[TOTAL]),
        (
            "adjustment one more",
            |c| c.adjustments[0].amount = minor(-99),
            &[TOTAL],
        ),
        ("adjustment gone", |c| c.adjustments.truncate(1), &[TOTAL]),
        (
            "excluded tax one more",
            |c| c.taxes[1].tax = minor(56),
            &[TOTAL],
        ),
        (
            "excluded tax gone",
            |c| c.taxes.retain(|row| row.place == TaxPlace::Included),
            &[TOTAL],
        ),
        (
            "excluded tax included",
            |c| c.taxes[1].place = TaxPlace::Included,
            &[TOTAL],
        ),
        ("included tax one more", |c| c.taxes[0].tax = minor(46), &[]),
        (
            "tender one more",
            |c| c.tenders[0].amount = minor(1_001),
            &[TENDERS],
        ),
        (
            "tender one less",
            |c| c.tenders[1].amount = minor(199),
            &[TENDERS],
        ),
        ("change one more", |c| c.change = minor(74), &[TENDERS]),
        ("change gone", |c| c.change = minor(0), &[TENDERS]),
        ("no tenders at all", |c| c.tenders.clear(), &[]),
    ];
    for (name, spoil, expected) in rows {
        check(&full, name, spoil, expected);
    }
}

#[test]
fn only_adjustments_are_negative() {
    let full = sample::full();
    let rows: [(&str, Spoil); 6] = [
        ("/total", |c| {
            c.tenders.clear();
            c.adjustments[0].amount = minor(-(1_167 + 5 + 55 + 1));
            c.total = minor(-1);
        }),
        ("/tenders/1/amount", |c| {
            (c.tenders[0].amount, c.tenders[1].amount) = (minor(1_201), minor(-1));
        }),
        ("/change", |c| {
            (c.tenders[1].amount, c.change) = (minor(126), minor(-1));
        }),
        ("/taxes/2/taxable", |c| c.taxes[2].taxable = minor(-1)),
        ("/taxes/0/tax", |c| c.taxes[0].tax = minor(-1)),
        ("/taxes/1/tax", |c| {
            c.taxes[1].tax = minor(-1);
            settle(c);
        }),
    ];
    for (pointer, spoil) in rows {
        check(&full, pointer, spoil, &[(pointer, Rule::NegativeAmount)]);
    }
}

#[test]
fn nothing_paid_for_nothing_is_fine() {
    check(
        &sample::sale(),
        "a free sample",
        |c| {
            c.lines[0] = line("7", "1", 0, 0);
            c.tenders = vec![cash(0)];
            c.total = minor(0);
        },
        &[],
    );
}

const SECOND: Broken = &[("/adjustments/0/lines/1", Rule::LineReference)];
const TWICE: Broken = &[("/taxes/3", Rule::DuplicateTaxRow)];

#[test]
fn rows_point_to_lines_and_stand_once() {
    let full = sample::full();
    let rows: [(&str, Spoil, Broken); 8] = [
        (
            "the last line",
            |c| c.adjustments[0].lines[1] = LineNumber(4),
            &[],
        ),
        (
            "line 0",
            |c| c.adjustments[0].lines[1] = LineNumber(0),
            SECOND,
        ),
        (
            "line 5",
            |c| c.adjustments[0].lines[1] = LineNumber(5),
            SECOND,
        ),
        (
            "a rate twice",
            |c| c.taxes.push(tax("8", TaxPlace::Included, 0, 0)),
            TWICE,
        ),
        (
            "a rate written otherwise",
            |c| {
                c.taxes.push(tax("8", TaxPlace::Included, 0, 0));
                c.taxes[3].percent = percent("8.00");
            },
            TWICE,
        ),
        (
            "a rate of the other place",
            |c| c.taxes.push(tax("8", TaxPlace::Excluded, 0, 0)),
            &[],
        ),
        (
            "exempt and outside, both of no rate",
            |c| {
                c.taxes.push(tax("0", TaxPlace::Included, 0, 0));
                c.taxes[3].class = Some(TaxClass::Outside);
            },
            &[],
        ),
        ("exempt twice", |c| c.taxes.push(c.taxes[2].clone()), TWICE),
    ];
    for (name, spoil, expected) in rows {
        check(&full, name, spoil, expected);
    }
}

fn entry(line: u16) -> OriginalLine {
    OriginalLine {
        line: LineNumber(line),
        quantity: quantity("1"),
    }
}

fn original(transaction: &str, lines: Vec<OriginalLine>) -> Option<Original> {
    let key = key(transaction);
    Some(Original { key, lines })
}

const LINES_OF_KIND: Broken = &[("/lines", Rule::LinesOfKind)];
const OF_KIND: Broken = &[("/of", Rule::OriginalOfKind)];
const OF_LINES: Broken = &[("/of/lines", Rule::OriginalLines)];
const OF_ITSELF: Broken = &[("/of", Rule::SelfReference)];
const WITH_ITSELF: Broken = &[("/with", Rule::SelfReference)];

#[test]
fn a_sale_has_lines_and_no_original() {
    let rows: [(&str, Spoil, Broken); 4] = [
        (
            "nothing",
            |c| (c.lines, c.total) = (Vec::new(), minor(0)),
            LINES_OF_KIND,
        ),
        (
            "of another",
            |c| c.of = original("2", vec![entry(1)]),
            OF_KIND,
        ),
        ("with a return", |c| c.with = Some(key("2")), &[]),
        ("with itself", |c| c.with = Some(c.key.clone()), WITH_ITSELF),
    ];
    for (name, spoil, expected) in rows {
        check(&sample::sale(), name, spoil, expected);
    }
}

#[test]
fn a_return_has_an_entry_for_each_line_if_it_has_an_original() {
    let rows: [(&str, Spoil, Broken); 10] = [
        (
            "nothing",
            |c| (c.lines, c.of) = (Vec::new(), None),
            &[("/lines", Rule::LinesOfKind), TOTAL],
        ),
        ("without receipt", |c| c.of = None, &[]),
        ("with a sale", |c| c.with = Some(key("2")), &[]),
        ("with itself", |c| c.with = Some(c.key.clone()), WITH_ITSELF),
        (
            "an entry too few",
            |c| c.of = original("2", vec![entry(1)]),
            OF_LINES,
        ),
        (
            "an entry too many",
            |c| c.of = original("2", vec![entry(1); 3]),
            OF_LINES,
        ),
        (
            "no entry at all",
            |c| c.of = original("2", vec![]),
            OF_LINES,
        ),
        (
            "a line twice",
            |c| c.of = original("2", vec![entry(1); 2]),
            &[],
        ),
        (
            "a line beyond these",
            |c| c.of = original("2", vec![entry(400); 2]),
            &[],
        ),
        ("of itself", |c| c.key = key("31198570044"), OF_ITSELF),
    ];
    for (name, spoil, expected) in rows {
        check(&sample::goods_back(), name, spoil, expected);
    }
}

#[test]
fn a_void_has_an_original_and_no_lines() {
    let rows: [(&str, Spoil, Broken); 5] = [
        ("of nothing", |c| c.of = None, OF_KIND),
        (
            "of one line",
            |c| c.of = original("2", vec![entry(1)]),
            OF_LINES,
        ),
        (
            "with lines",
            |c| c.lines = sample::sale().lines,
            LINES_OF_KIND,
        ),
        ("of itself", |c| c.key = key("31198570044"), OF_ITSELF),
        ("of any total", |c| c.total = minor(7), &[]),
    ];
    for (name, spoil, expected) in rows {
        check(&sample::void(), name, spoil, expected);
    }
}

#[test]
fn a_void_pays_its_total_too() {
    check(
        &sample::void(),
        "one short",
        |c| c.tenders = vec![cash(49)],
        &[TENDERS],
    );
    check(&sample::void(), "all", |c| c.tenders = vec![cash(50)], &[]);
}

/// Sums of many large amounts are wider than the amounts themselves.
#[test]
fn large_sums_do_not_overflow() {
    let mut content = sample::widest();
    let twin = content.lines[0].clone();
    content.lines = vec![twin; 500];
    let faults = Settlement::prove(content).unwrap_err();
    assert_eq!(faults[0].pointer, "/total");
    assert!(
        faults[0].detail.contains("499999999999999500"),
        "{faults:?}"
    );
}
