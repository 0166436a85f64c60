//! Random single values: texts, amounts, instants, keys.

use proptest::prelude::*;
use proptest::sample::select;
use purchase::id::{Label, SettlementKey, StoreId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::money::{Amount, Currency};
use purchase::quantity::{Percent, Quantity};
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};

/// An amount of so many minor units.
pub(crate) fn minor(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

/// A text too short to hold a card number.
pub(crate) fn text() -> impl Strategy<Value = Text> {
    "[A-Za-z0-9牛乳ァ-ヶ][A-Za-z0-9 牛乳ァ-ヶ-]{0,10}"
        .prop_map(|text| Text::new(&text, TEXT_CHARS_MAX).unwrap())
}

/// Nothing up to `max` minor units.
pub(crate) fn amount(max: i64) -> impl Strategy<Value = Amount> {
    (0..=max).prop_map(minor)
}

/// Any instant there is, near the middle and at the ends.
pub(crate) fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        8 => (0..=Timestamp::LAST.ms()).prop_map(|ms| Timestamp::from_ms(ms).unwrap()),
        1 => Just(Timestamp::ZERO),
        1 => Just(Timestamp::LAST),
    ]
}

/// Whole pieces or a weight.
pub(crate) fn quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        (1..=5_u64).prop_map(|pieces| pieces * 1_000_000),
        1..=3_000_000_u64,
    ]
    .prop_map(|micros| Quantity::from_micros(micros).unwrap())
}

/// A rate, mostly a common one.
pub(crate) fn percent() -> impl Strategy<Value = Percent> {
    prop_oneof![
        select(vec!["0", "5", "8", "10", "12.5"]).prop_map(|rate| Percent::parse(rate).unwrap()),
        (0..=10_000_000_u32).prop_map(|units| Percent::from_units(units).unwrap()),
    ]
}

pub(crate) fn currency() -> impl Strategy<Value = Currency> {
    select(vec!["JPY", "USD", "EUR", "KWD"]).prop_map(|code| Currency::parse(code).unwrap())
}

/// A key whose transaction matches `transaction`.
pub(crate) fn key(transaction: &'static str) -> impl Strategy<Value = SettlementKey> {
    let date = (1970..=9999_u16, 1..=12_u8, 1..=28_u8)
        .prop_map(|(year, month, day)| BusinessDate::new(year, month, day).unwrap());
    ("[a-z0-9][a-z0-9-]{0,5}", "[!-~]{1,4}", date, transaction).prop_map(
        |(store_id, terminal, business_date, transaction)| SettlementKey {
            store_id: StoreId::parse(&store_id).unwrap(),
            terminal: Label::parse(&terminal).unwrap(),
            business_date,
            transaction: Label::parse(&transaction).unwrap(),
        },
    )
}
