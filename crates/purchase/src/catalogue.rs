//! A store's catalogue: the versions of each item, and the name that a code had at an instant.

use crate::id::{ItemCode, Revision};
use crate::money::Amount;
use crate::quantity::Percent;
use crate::settlement::{ItemKind, Sensitivity, TaxPlace};
use crate::text::Text;
use crate::time::Timestamp;
use std::sync::Arc;

/// What a store says about an item, frozen with the name on every line it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name.
    pub name: Text,
    /// The name as printed on narrow paper.
    pub short_name: Option<Text>,
    /// The name in kana, for search.
    pub reading: Option<Text>,
    /// How large or how much, such as `1L`.
    pub size: Option<Text>,
    /// The world-wide article number.
    pub gtin: Option<Text>,
    /// Goods or service.
    pub kind: ItemKind,
    /// The store's own grouping.
    pub category: Option<Text>,
    /// What it is sold by; absent for single pieces.
    pub unit: Option<Text>,
    /// The usual price of one unit.
    pub unit_price: Option<Amount>,
    /// The tax rate.
    pub tax_percent: Option<Percent>,
    /// Where the tax is.
    pub tax_place: Option<TaxPlace>,
    /// Whether to hide it from others.
    pub sensitivity: Sensitivity,
}

/// What a version says: what the code stands for, or that it stands for nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The item.
    Named(Arc<Item>),
    /// No longer sold. Carries no name and takes none away.
    Discontinued,
}

/// One statement of a catalogue about a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From when it holds.
    pub effective_from: Timestamp,
    /// The catalogue revision that brought it.
    pub revision: Revision,
    /// What it says.
    pub entry: Entry,
}

/// A version together with the code it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The code.
    pub code: ItemCode,
    /// From when it holds.
    pub effective_from: Timestamp,
    /// What it says.
    pub entry: Entry,
}

/// Where a store's catalogue stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The newest revision; zero before the first.
    pub revision: Revision,
    /// The source of the catalogue, where the device names it.
    pub lineage: Option<Text>,
    /// Codes whose newest statement is a name.
    pub items: u64,
    /// Sum of the digests of all versions, modulo 2^256, little-endian.
    pub digest: [u8; 32],
    /// The digest of the update that made this head, by which the same update is known again.
    pub update: [u8; 32],
    /// Sources that were replaced, each with its last revision; the oldest are forgotten.
    pub past: Vec<(Text, Revision)>,
}

impl Head {
    /// A catalogue that nobody has written yet.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            revision: Revision(0),
            lineage: None,
            items: 0,
            digest: [0; 32],
            update: [0; 32],
            past: Vec::new(),
        }
    }
}
