//! Settlements as the contract writes them, for tills that send them. Only their form.

use serde::Serialize;

/// The body of `POST /v1/settlements`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Settlement {
    #[serde(flatten)]
    pub(super) key: Key,
    pub(super) kind: &'static str,
    pub(super) purchased_at: String,
    pub(super) currency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) claim_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) catalogue_revision: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<Line>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) adjustments: Vec<Adjustment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) taxes: Vec<Tax>,
    pub(super) total: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tenders: Vec<Tender>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) change: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<Original>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with: Option<Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) receipt_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) staff: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) points: Option<Points>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<&'static str>,
}

/// What names a settlement for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Key {
    pub(super) store_id: &'static str,
    pub(super) terminal: &'static str,
    pub(super) business_date: String,
    pub(super) transaction: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct User {
    pub(super) id: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'static str>,
    pub(super) quantity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<&'static str>,
    pub(super) unit_price: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) discount: i64,
    pub(super) amount: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) discounts: Vec<Discount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) list_price: Option<i64>,
    pub(super) tax_percent: &'static str,
    pub(super) tax_included: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) part_of: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sensitive: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Discount {
    pub(super) label: &'static str,
    pub(super) amount: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Adjustment {
    pub(super) kind: &'static str,
    pub(super) label: &'static str,
    pub(super) amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tax_percent: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<u16>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Tax {
    pub(super) percent: &'static str,
    pub(super) included: bool,
    pub(super) taxable: i64,
    pub(super) tax: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reduced: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Tender {
    pub(super) kind: &'static str,
    pub(super) amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) card: Option<Card>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Card {
    pub(super) brand: &'static str,
    pub(super) first6: &'static str,
    pub(super) last4: &'static str,
}

/// What a return or a void speaks of.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Original {
    #[serde(flatten)]
    pub(super) key: Key,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<OriginalLine>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct OriginalLine {
    pub(super) line: u16,
    pub(super) quantity: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Points {
    pub(super) earned: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) used: Option<i64>,
    pub(super) balance: i64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands every member over by reference"
)]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}
