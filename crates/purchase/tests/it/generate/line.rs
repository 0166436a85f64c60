//! Random lines whose price, quantity, discount and amount agree.

use super::value::{amount, minor, percent, quantity, text, timestamp};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use purchase::id::ItemCode;
use purchase::money::Amount;
use purchase::quantity::{Percent, Quantity};
use purchase::settlement::{
    ItemKind, Line, LineNumber, NamedAmount, PricedBy, Sensitivity, TaxPlace,
};
use purchase::text::Text;
use purchase::time::Timestamp;

/// A line; its `part_of` is any number, for the receipt to turn into a line that exists.
pub(crate) fn line() -> impl Strategy<Value = Line> {
    (price(), naming(), members()).prop_map(|(price, naming, members)| {
        let (code, name) = naming;
        let (unit, list_price, tax_percent, tax_place, gtin, kind, category, part_of, times) =
            members;
        let (service_from, service_to, sensitivity) = times;
        Line {
            code,
            name,
            quantity: price.quantity,
            unit,
            unit_price: price.unit_price,
            discount: price.discount,
            amount: price.amount,
            discounts: price.discounts,
            list_price,
            tax_percent,
            tax_place,
            priced_by: price.priced_by,
            gtin,
            kind,
            category,
            part_of,
            service_from,
            service_to,
            sensitivity,
        }
    })
}

#[derive(Debug)]
struct Price {
    quantity: Quantity,
    unit_price: Amount,
    discount: Amount,
    amount: Amount,
    discounts: Vec<NamedAmount>,
    priced_by: PricedBy,
}

/// Rounds the product down or up, takes a share of it off, and names the parts of the discount.
/// One line in four is priced by the till, at whatever it likes.
fn price() -> impl Strategy<Value = Price> {
    let till = prop_oneof![3 => Just(None), 1 => amount(50_000).prop_map(Some)];
    (
        quantity(),
        0..=20_000_i64,
        any::<bool>(),
        prop_oneof![Just(0), 1..=100_i64],
        vec(text(), 0..4),
        till,
    )
        .prop_map(|(quantity, unit_price, up, share, labels, till)| {
            let micros = unit_price * i64::try_from(quantity.micros()).unwrap();
            let rest = i64::from(up && micros % 1_000_000 > 0);
            let product = micros / 1_000_000 + rest;
            let discount = product * share / 100;
            Price {
                quantity,
                unit_price: minor(unit_price),
                discount: minor(discount),
                amount: till.unwrap_or_else(|| minor(product - discount)),
                discounts: name_parts(discount, labels),
                priced_by: if till.is_some() {
                    PricedBy::Till
                } else {
                    PricedBy::Product
                },
            }
        })
}

fn name_parts(discount: i64, labels: Vec<Text>) -> Vec<NamedAmount> {
    let mut left = discount;
    let count = labels.len();
    let parts = labels.into_iter().enumerate().map(|(at, label)| {
        let part = if at + 1 == count { left } else { left / 2 };
        left -= part;
        NamedAmount {
            label,
            amount: minor(part),
        }
    });
    parts.collect()
}

fn naming() -> impl Strategy<Value = (Option<ItemCode>, Option<Text>)> {
    let code = || "[0-9A-Z]{1,13}".prop_map(|code| ItemCode::parse(&code).unwrap());
    prop_oneof![
        code().prop_map(|code| (Some(code), None)),
        text().prop_map(|name| (None, Some(name))),
        (code(), text()).prop_map(|(code, name)| (Some(code), Some(name))),
    ]
}

type Members = (
    Option<Text>,
    Option<Amount>,
    Option<Percent>,
    Option<TaxPlace>,
    Option<Text>,
    Option<ItemKind>,
    Option<Text>,
    Option<LineNumber>,
    (Option<Timestamp>, Option<Timestamp>, Option<Sensitivity>),
);

fn members() -> impl Strategy<Value = Members> {
    let place = select(vec![TaxPlace::Included, TaxPlace::Excluded]);
    let kind = select(vec![ItemKind::Goods, ItemKind::Service]);
    let sensitivity = select(vec![Sensitivity::Plain, Sensitivity::Sensitive]);
    let times =
        (of(timestamp()), of(timestamp()), of(sensitivity)).prop_map(|(from, to, sensitivity)| {
            match (from, to) {
                (Some(from), Some(to)) => (Some(from.min(to)), Some(from.max(to)), sensitivity),
                (from, to) => (from, to, sensitivity),
            }
        });
    (
        of(text()),
        of(amount(20_000)),
        of(percent()),
        of(place),
        of(text()),
        of(kind),
        of(text()),
        of((0..9_u16).prop_map(LineNumber)),
        times,
    )
}
