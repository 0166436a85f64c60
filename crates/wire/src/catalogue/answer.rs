//! What is told about a catalogue: to its store, and to those that follow it.

use crate::hex;
use crate::time::show;
use crate::vocabulary;
use jiff::tz::TimeZone;
use purchase::catalogue::{Entry, Head, Item, Version};
use purchase::code::{PatternHistory, PatternSet, Patterns};
use purchase::id::{ItemCode, Revision, StoreId};
use purchase::quantity::Percent;
use purchase::settlement::Sensitivity;
use purchase::text::Text;
use purchase::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a catalogue stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CatalogueState {
    /// The newest revision; 0 before the first.
    pub revision: u64,
    /// The source; null if the device names none.
    pub lineage: Option<String>,
    /// Codes whose newest statement is a name.
    pub items: u64,
    /// Sum modulo 2^256 of the digests of what is named now, little-endian, in hexadecimal.
    pub digest: String,
    /// The newest patterns of in-store codes; absent if the store never had any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patterns: Option<Vec<String>>,
    /// The store whose catalogue it is, if the store follows another one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_of: Option<String>,
}

impl CatalogueState {
    /// Where the catalogue of a store stands, or that of the store which it follows, with its patterns.
    #[must_use]
    pub fn new(head: &Head, patterns: &PatternHistory, catalogue_of: Option<&StoreId>) -> Self {
        Self {
            catalogue_of: catalogue_of.map(|source| source.as_str().to_owned()),
            revision: head.revision.0,
            lineage: head.lineage.as_ref().map(|text| text.as_str().to_owned()),
            items: head.items,
            digest: hex::show(&head.digest),
            patterns: patterns.newest().map(|set| written(&set.patterns)),
        }
    }
}

fn written(patterns: &Patterns) -> Vec<String> {
    let patterns = patterns.as_slice();
    patterns.iter().map(ToString::to_string).collect()
}

/// The answer to an update or a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"revision": 17, "items": 92_353, "names_resolved": 4}))]
pub struct UpdateAnswer {
    /// The revision that the catalogue has now.
    pub revision: u64,
    /// Codes whose newest statement is a name.
    pub items: u64,
    /// Lines of purchases that had waited for one of these names.
    pub names_resolved: u64,
}

/// Every version of one code, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemVersions<'a> {
    /// The code.
    pub code: &'a str,
    /// Its versions, by `effective_from` and then by revision.
    pub versions: Vec<ItemVersionMessage<'a>>,
    /// The store whose catalogue it is, if the store follows another one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_of: Option<&'a str>,
}

/// One statement of a catalogue about a code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemVersionMessage<'a> {
    /// The code.
    pub code: &'a str,
    /// The revision that brought it.
    pub revision: u64,
    /// From when it holds.
    #[schema(format = "date-time")]
    pub effective_from: String,
    /// True if the code stands for nothing any more; then all that follows is absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub discontinued: bool,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The name as printed on narrow paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<&'a str>,
    /// The name in kana.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<&'a str>,
    /// How large or how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<&'a str>,
    /// The world-wide article number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<&'a str>,
    /// `goods` or `service`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
    /// The store's own grouping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<&'a str>,
    /// What it is sold by; `each` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a str>,
    /// The usual price of one unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<i64>,
    /// The tax rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<String>,
    /// Whether the price contains the tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_included: Option<bool>,
    /// Whether it is hidden from others than the buyer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
}

/// The message of one version, with its time in the store's zone.
#[must_use]
pub fn item_version<'a>(
    code: &'a ItemCode,
    version: &'a Version,
    zone: &TimeZone,
) -> ItemVersionMessage<'a> {
    let item: Option<&Item> = match &version.entry {
        Entry::Named(item) => Some(item),
        Entry::Discontinued => None,
    };
    let text = |of: fn(&Item) -> Option<&Text>| item.and_then(of).map(Text::as_str);
    ItemVersionMessage {
        code: code.as_str(),
        revision: version.revision.0,
        effective_from: show(version.effective_from, zone),
        discontinued: item.is_none(),
        name: text(|item| Some(&item.name)),
        short_name: text(|item| item.short_name.as_ref()),
        reading: text(|item| item.reading.as_ref()),
        size: text(|item| item.size.as_ref()),
        gtin: text(|item| item.gtin.as_ref()),
        kind: item.map(|item| vocabulary::item_kind(item.kind)),
        category: text(|item| item.category.as_ref()),
        unit: text(|item| item.unit.as_ref()),
        unit_price: item
            .and_then(|item| item.unit_price)
            .map(|price| price.minor()),
        tax_percent: item
            .and_then(|item| item.tax_percent)
            .map(|percent: Percent| percent.to_string()),
        tax_included: item
            .and_then(|item| item.tax_place)
            .map(vocabulary::is_included),
        sensitive: item.is_some_and(|item| item.sensitivity == Sensitivity::Sensitive),
    }
}

/// What changed after a revision, for those that follow a catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangesMessage<'a> {
    /// Where the catalogue stands.
    pub revision: u64,
    /// The source; null if the device names none.
    pub lineage: Option<&'a str>,
    /// Versions of later revisions, ascending.
    pub changes: Vec<ItemVersionMessage<'a>>,
    /// Patterns of in-store codes of the same revisions, ascending; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<PatternSetMessage>,
    /// The `after` of the next question; null if there is nothing more.
    pub next_after: Option<u64>,
    /// The store whose catalogue it is, if the store follows another one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_of: Option<&'a str>,
}

/// All patterns of in-store codes that a store had from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"revision": 17, "effective_from": "2017-01-01T00:00:00Z",
    "patterns": ["22IIIIIPPPPPC"]}))]
pub struct PatternSetMessage {
    /// The revision that brought them.
    pub revision: u64,
    /// From when they hold.
    #[schema(format = "date-time")]
    pub effective_from: String,
    /// The patterns; none of them if all were taken away.
    pub patterns: Vec<String>,
}

impl PatternSetMessage {
    /// The message of a set, with its time in the store's zone.
    #[must_use]
    pub fn new(set: &PatternSet, zone: &TimeZone) -> Self {
        Self {
            revision: set.revision.0,
            effective_from: show(set.effective_from, zone),
            patterns: written(&set.patterns),
        }
    }
}

/// Codes that lines wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PendingCodes {
    /// The codes, those with most lines first.
    pub pending: Vec<PendingCodeMessage>,
}

/// A code that lines wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PendingCodeMessage {
    /// The code as scanned.
    pub code: String,
    /// The code of the item whose label it is, by the store's patterns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Lines that wait.
    pub lines: u64,
    /// The first sale that waits.
    #[schema(format = "date-time")]
    pub first_seen: String,
    /// The last.
    #[schema(format = "date-time")]
    pub last_seen: String,
    /// A revision that names the code but waits for the store's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_revision: Option<u64>,
}

impl PendingCodeMessage {
    /// The message of one code.
    #[must_use]
    pub fn new(
        (code, item): (&ItemCode, Option<&ItemCode>),
        lines: u64,
        [first_seen, last_seen]: [Timestamp; 2],
        confirm: Option<Revision>,
        zone: &TimeZone,
    ) -> Self {
        Self {
            code: code.as_str().to_owned(),
            item: item.map(|item| item.as_str().to_owned()),
            lines,
            first_seen: show(first_seen, zone),
            last_seen: show(last_seen, zone),
            confirm_revision: confirm.map(|revision| revision.0),
        }
    }
}
