//! Names as of the sale: the contract's rules as tables, and random catalogues against a model
//! that replays their revisions one after the other.

use crate::sample::{at, text};
use purchase::catalogue::{Entry, Item, Version};
use purchase::id::Revision;
use purchase::naming::Naming;
use purchase::settlement::{ItemKind, Sensitivity};
use std::sync::Arc;

mod as_of;
mod labels;
mod later;
mod model;
mod sight;

/// An item of which only the name matters.
fn item(name: &str) -> Arc<Item> {
    Arc::new(Item {
        name: text(name),
        short_name: None,
        reading: None,
        size: None,
        gtin: None,
        kind: ItemKind::Goods,
        category: None,
        unit: None,
        unit_price: None,
        tax_percent: None,
        tax_place: None,
        sensitivity: Sensitivity::Plain,
    })
}

/// A row of a catalogue: revision, effective from, and a name, or `-` for discontinued.
type Row = (u64, i64, &'static str);

fn version((revision, from, name): Row) -> Version {
    Version {
        effective_from: at(from),
        revision: Revision(revision),
        entry: if name == "-" {
            Entry::Discontinued
        } else {
            Entry::Named(item(name))
        },
    }
}

/// The versions of one code.
fn versions(rows: &[Row]) -> Vec<Version> {
    rows.iter().copied().map(version).collect()
}

fn by_catalogue(revision: u64, name: &str) -> Naming {
    Naming::Catalogue {
        revision: Revision(revision),
        item: item(name),
    }
}
