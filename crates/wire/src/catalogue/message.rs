//! A catalogue as it arrives, borrowed from the bytes of the request. Items are read one by one, so
//! that a large catalogue is never held twice.

use crate::scalar::{Decimal, Money, Words};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A catalogue update: what changed since `base_revision`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "base_revision": 16, "revision": 17,
    "changes": [
        {"code": "1095275", "name": "ICE - CRUSHED/CUBED 22 LB", "kind": "goods",
            "unit_price": 50, "tax_percent": "0", "category": "GROCERY",
            "effective_from": "2017-01-01T00:00:00Z"},
        {"code": "871337", "discontinued": true, "effective_from": "2017-02-01T00:00:00Z"}
    ]
}))]
pub struct UpdateMessage<'a> {
    /// The revision it builds on; 0 for the first.
    pub(crate) base_revision: u64,
    /// The revision it makes: any greater number.
    pub(crate) revision: u64,
    /// The source of the catalogue; a restored shop computer begins a new one.
    #[schema(value_type = Option<String>)]
    pub(crate) lineage: Option<Words<'a>>,
    /// What changed.
    #[schema(value_type = Vec<ItemMessage>)]
    pub(crate) changes: Vec<&'a RawValue>,
    /// The patterns of in-store codes, all of them: `22IIIIIPPPPPC`. Absent: they stay as they are.
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) patterns: Option<Vec<Words<'a>>>,
    /// From when the patterns hold; required with them.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub(crate) patterns_effective_from: Option<Words<'a>>,
}

/// A whole catalogue. As NDJSON, the first line is this without `items`, then one item a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "base_revision": 16, "revision": 17, "effective_from": "2017-01-01T00:00:00Z",
    "items": [{"code": "1095275", "name": "ICE - CRUSHED/CUBED 22 LB"}]
}))]
pub struct SnapshotMessage<'a> {
    /// The revision it builds on; 0 for the first.
    pub(crate) base_revision: u64,
    /// The revision it makes: any greater number.
    pub(crate) revision: u64,
    /// The source of the catalogue.
    #[schema(value_type = Option<String>)]
    pub(crate) lineage: Option<Words<'a>>,
    /// From when it holds; items that are not in it are discontinued from then on.
    #[schema(value_type = String, format = "date-time")]
    pub(crate) effective_from: Words<'a>,
    /// The patterns of in-store codes, all of them: `22IIIIIPPPPPC`. Absent: they stay as they are.
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) patterns: Option<Vec<Words<'a>>>,
    /// From when the patterns hold; the snapshot's own `effective_from` if absent.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub(crate) patterns_effective_from: Option<Words<'a>>,
    /// Every item that the store sells.
    #[schema(value_type = Vec<ItemMessage>)]
    pub(crate) items: Vec<&'a RawValue>,
}

/// The first line of a snapshot as NDJSON.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct SnapshotHeader<'a> {
    /// The revision it builds on; 0 for the first.
    pub(crate) base_revision: u64,
    /// The revision it makes: any greater number.
    pub(crate) revision: u64,
    /// The source of the catalogue.
    #[schema(value_type = Option<String>)]
    pub(crate) lineage: Option<Words<'a>>,
    /// From when it holds.
    #[schema(value_type = String, format = "date-time")]
    pub(crate) effective_from: Words<'a>,
    /// The patterns of in-store codes, all of them: `22IIIIIPPPPPC`. Absent: they stay as they are.
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) patterns: Option<Vec<Words<'a>>>,
    /// From when the patterns hold; the snapshot's own `effective_from` if absent.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub(crate) patterns_effective_from: Option<Words<'a>>,
}

/// What a code stands for, or that it stands for nothing any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct ItemMessage<'a> {
    /// The code as scanned.
    #[schema(value_type = String, example = "1095275")]
    pub(crate) code: Words<'a>,
    /// The name; required unless the item is discontinued.
    #[schema(value_type = Option<String>)]
    pub(crate) name: Option<Words<'a>>,
    /// `goods` (if absent) or `service`.
    #[schema(value_type = Option<String>)]
    pub(crate) kind: Option<Words<'a>>,
    /// The usual price of one unit, in minor units of the store's currency.
    #[schema(value_type = Option<i64>)]
    pub(crate) unit_price: Option<Money>,
    /// The tax rate.
    #[schema(value_type = Option<String>, example = "8")]
    pub(crate) tax_percent: Option<Decimal<'a>>,
    /// Whether the price contains the tax.
    pub(crate) tax_included: Option<bool>,
    /// The store's own grouping.
    #[schema(value_type = Option<String>)]
    pub(crate) category: Option<Words<'a>>,
    /// From when this holds; required in changes, the snapshot's own if absent in a snapshot.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub(crate) effective_from: Option<Words<'a>>,
    /// `true` if it is no longer sold; then it carries no name.
    pub(crate) discontinued: Option<bool>,
    /// The name as printed on narrow paper.
    #[schema(value_type = Option<String>)]
    pub(crate) short_name: Option<Words<'a>>,
    /// The name in kana, for search.
    #[schema(value_type = Option<String>)]
    pub(crate) reading: Option<Words<'a>>,
    /// How large or how much, such as `1L`.
    #[schema(value_type = Option<String>)]
    pub(crate) size: Option<Words<'a>>,
    /// The world-wide article number: 8, 12, 13 or 14 digits.
    #[schema(value_type = Option<String>)]
    pub(crate) gtin: Option<Words<'a>>,
    /// What it is sold by; `each` if absent.
    #[schema(value_type = Option<String>)]
    pub(crate) unit: Option<Words<'a>>,
    /// Whether to hide it from others than the buyer.
    pub(crate) sensitive: Option<bool>,
}
