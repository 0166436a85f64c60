//! Counts: of stores, of people, of a store's day.

use crate::hex;
use purchase::money::{Currency, Sum};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How many, and how much in each currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    /// Settlements of every kind.
    pub settlements: u64,
    /// Their lines.
    pub lines: u64,
    /// Lines that wait for a name.
    pub pending_lines: u64,
    /// Minor units by currency: sales less returns; a voided pair counts zero.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub total_by_currency: BTreeMap<String, i128>,
}

/// Totals by the code of their currency.
#[must_use]
pub fn by_currency(totals: &[(Currency, Sum)]) -> BTreeMap<String, i128> {
    totals
        .iter()
        .map(|(currency, sum)| (currency.code().to_owned(), sum.minor()))
        .collect()
}

/// Counts by store or by person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "by": "store",
    "counts": [{"store_id": "s-330", "settlements": 2, "lines": 11, "pending_lines": 1,
        "total_by_currency": {"USD": 5170}}],
    "total": {"settlements": 2, "lines": 11, "pending_lines": 1,
        "total_by_currency": {"USD": 5170}}
}))]
pub struct Counts {
    /// `store` or `user`.
    pub by: CountBy,
    /// One row each, by id.
    pub counts: Vec<Count>,
    /// All rows together.
    pub total: Tally,
    /// Where the next page begins; absent at the end. Stores come on one page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountBy {
    /// A row for each store.
    Store,
    /// A row for each person; what nobody claimed is not in it.
    User,
}

impl CountBy {
    /// Reads the query's `by`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "store" => Some(Self::Store),
            "user" => Some(Self::User),
            _ => None,
        }
    }
}

/// One row of counts; exactly one of the ids is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// The store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// The person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// How many and how much.
    #[serde(flatten)]
    pub tally: Tally,
}

impl Tally {
    /// This tally and another together.
    pub fn add(&mut self, other: &Self) {
        self.settlements += other.settlements;
        self.lines += other.lines;
        self.pending_lines += other.pending_lines;
        for (currency, sum) in &other.total_by_currency {
            *self.total_by_currency.entry(currency.clone()).or_default() += sum;
        }
    }
}

/// A store's day, by which a device sees whether everything arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayMessage {
    /// Settlements of every kind.
    pub settlements: u64,
    /// Minor units by currency: sales less returns; a voided pair counts zero.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub total_by_currency: BTreeMap<String, i128>,
    /// Sum of the settlements' digests modulo 2^256, little-endian, in hexadecimal.
    pub digest: String,
}

impl DayMessage {
    /// The message of one day.
    #[must_use]
    pub fn new(settlements: u64, totals: &[(Currency, Sum)], digest: [u8; 32]) -> Self {
        Self {
            settlements,
            total_by_currency: by_currency(totals),
            digest: hex::show(&digest),
        }
    }
}
