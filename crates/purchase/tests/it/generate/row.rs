//! Random rows around the lines: adjustments, taxes, tenders.

use super::value::{amount, currency, minor, percent, text};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use purchase::quantity::Percent;
use purchase::settlement::{
    Adjustment, AdjustmentKind, Card, LineNumber, Reduced, Tax, TaxClass, TaxPlace, Tender,
    TenderKind,
};
use purchase::text::Text;

const ADJUSTMENTS: [AdjustmentKind; 8] = [
    AdjustmentKind::Coupon,
    AdjustmentKind::Discount,
    AdjustmentKind::Bundle,
    AdjustmentKind::Points,
    AdjustmentKind::Deposit,
    AdjustmentKind::Fee,
    AdjustmentKind::Rounding,
    AdjustmentKind::Other,
];

const TENDERS: [TenderKind; 9] = [
    TenderKind::Cash,
    TenderKind::Card,
    TenderKind::Emoney,
    TenderKind::Qr,
    TenderKind::Points,
    TenderKind::Voucher,
    TenderKind::Credit,
    TenderKind::Exchange,
    TenderKind::Other,
];

/// An adjustment; its lines are any numbers, for the receipt to turn into lines that exist.
pub(crate) fn adjustment() -> impl Strategy<Value = Adjustment> {
    (
        select(ADJUSTMENTS.to_vec()),
        text(),
        -2_000..=2_000_i64,
        of(percent()),
        vec((0..9_u16).prop_map(LineNumber), 0..3),
    )
        .prop_map(|(kind, label, amount, tax_percent, lines)| Adjustment {
            kind,
            label,
            amount: minor(amount),
            tax_percent,
            lines,
        })
}

/// Rows of different rates and places. Some taxes are a few units off, which is only a warning.
pub(crate) fn taxes() -> impl Strategy<Value = Vec<Tax>> {
    let rates = ["0", "5", "8", "10", "12.5", "300"].map(|rate| Percent::parse(rate).unwrap());
    let places = [TaxPlace::Included, TaxPlace::Excluded];
    let heads = rates.map(|rate| places.map(|place| (rate, place)));
    subsequence(heads.concat(), 0..4).prop_flat_map(|heads| {
        heads
            .into_iter()
            .map(|(percent, place)| tax(percent, place))
            .collect::<Vec<_>>()
    })
}

fn tax(percent: Percent, place: TaxPlace) -> impl Strategy<Value = Tax> {
    let reduced = of(select(vec![Reduced::Full, Reduced::Reduced]));
    let class = prop_oneof![
        3 => Just(None),
        1 => select(vec![TaxClass::Exempt, TaxClass::Outside]).prop_map(Some),
    ];
    let off = prop_oneof![4 => Just(0), 1 => 0..=3_i64];
    (0..=50_000_i64, off, reduced, class).prop_map(move |(taxable, off, reduced, class)| {
        let rate = i64::from(percent.units());
        let tax = match (class, place) {
            (Some(_), _) => 0,
            (None, TaxPlace::Excluded) => taxable * rate / 1_000_000,
            (None, TaxPlace::Included) => taxable * rate / (1_000_000 + rate),
        };
        Tax {
            percent,
            place,
            taxable: minor(taxable),
            tax: minor(tax + off),
            reduced,
            class,
        }
    })
}

/// A tender; the receipt says how much of what is owed it pays.
pub(crate) fn tender() -> impl Strategy<Value = Tender> {
    let digits = |pattern: &'static str| pattern.prop_map(|text| Text::new(&text, 6).unwrap());
    let card =
        (text(), of(digits("[0-9]{6}")), digits("[0-9]{4}")).prop_map(|(brand, first6, last4)| {
            Card {
                brand,
                first6,
                last4,
            }
        });
    (
        select(TENDERS.to_vec()),
        amount(0),
        of(text()),
        of(currency()),
        of(card),
    )
        .prop_map(|(kind, amount, label, currency, card)| Tender {
            kind,
            amount,
            label,
            currency,
            card,
        })
}
