//! The history of a shop's catalogue, from its shelf: one revision per day on which the shop told
//! something new, each with the instant from which it holds. Only makes the messages.

use super::shelf::{Discretion, Listing, Nature, Shelf, Ware};
use super::shop::Custom;
use super::tokyo::stamp;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use std::collections::BTreeMap;

/// The hour at which shops send what is new.
const PUBLISHED_HOUR: i8 = 5;
/// How long before it holds a change is told.
const RISE_TOLD_DAYS: i64 = 10;
const ARRIVAL_TOLD_DAYS: i64 = 3;
const LEAVING_TOLD_DAYS: i64 = 7;

/// A revision and when the shop told it.
#[derive(Debug)]
pub(super) struct Revision {
    pub(super) number: u64,
    pub(super) told_at: DateTime,
    /// Whether sales had overtaken it.
    pub(super) listing: Listing,
    pub(super) update: Update,
}

/// The message of `PUT /v1/stores/{id}/catalogue`.
#[derive(Debug, Serialize)]
pub(super) struct Update {
    base_revision: u64,
    revision: u64,
    changes: Vec<Change>,
}

#[derive(Debug, Serialize)]
struct Change {
    code: &'static str,
    effective_from: String,
    #[serde(flatten)]
    entry: Entry,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    Named(Box<Item>),
    Gone { discontinued: bool },
}

#[derive(Debug, Serialize)]
struct Item {
    name: &'static str,
    short_name: &'static str,
    reading: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    size: &'static str,
    category: &'static str,
    kind: &'static str,
    unit_price: i64,
    tax_percent: &'static str,
    tax_included: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    gtin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitive: Option<bool>,
}

/// Every revision, in order. The first holds from `opening` on; what sales had overtaken comes
/// last and is told only `now`.
pub(super) fn revisions(
    shelf: &Shelf,
    custom: &Custom,
    opening: Date,
    now: DateTime,
) -> anyhow::Result<Vec<Revision>> {
    let mut told: BTreeMap<Date, Vec<Change>> = BTreeMap::new();
    let mut late = Vec::new();
    for ware in shelf.wares() {
        let first = named(
            ware,
            custom,
            ware.first_price,
            ware.since.unwrap_or(opening),
        );
        match (ware.listing, ware.since) {
            (Listing::Late, _) => late.push(first),
            (Listing::Early, None) => told.entry(opening).or_default().push(first),
            (Listing::Early, Some(since)) => {
                let day = since.checked_sub(ARRIVAL_TOLD_DAYS.days())?;
                told.entry(day).or_default().push(first);
            }
        }
        if let Some((from, price)) = ware.rise {
            let day = from.checked_sub(RISE_TOLD_DAYS.days())?;
            told.entry(day)
                .or_default()
                .push(named(ware, custom, price, from));
        }
        if let Some(until) = ware.until {
            let day = until.checked_sub(LEAVING_TOLD_DAYS.days())?;
            told.entry(day).or_default().push(gone(ware, until));
        }
    }
    let early = told
        .into_iter()
        .map(|(day, changes)| (day.at(PUBLISHED_HOUR, 0, 0, 0), Listing::Early, changes));
    let late = (!late.is_empty()).then_some((now, Listing::Late, late));
    let revisions = (1..)
        .zip(early.chain(late))
        .map(|(number, (told_at, listing, changes))| {
            let update = Update {
                base_revision: number - 1,
                revision: number,
                changes,
            };
            Revision {
                number,
                told_at,
                listing,
                update,
            }
        });
    Ok(revisions.collect())
}

fn named(ware: &Ware, custom: &Custom, price: i64, from: Date) -> Change {
    let item = Item {
        name: ware.name,
        short_name: ware.short_name,
        reading: ware.reading,
        size: ware.size,
        category: ware.category,
        kind: match ware.nature {
            Nature::Goods => "goods",
            Nature::Service { .. } => "service",
        },
        unit_price: price,
        tax_percent: ware.rate.text(),
        tax_included: custom.is_tax_included(),
        gtin: is_article_number(ware.code).then_some(ware.code),
        unit: ware.unit,
        sensitive: match ware.discretion {
            Discretion::Open => None,
            Discretion::Sensitive => Some(true),
        },
    };
    change(ware, from, Entry::Named(Box::new(item)))
}

fn gone(ware: &Ware, from: Date) -> Change {
    change(ware, from, Entry::Gone { discontinued: true })
}

fn change(ware: &Ware, from: Date, entry: Entry) -> Change {
    Change {
        code: ware.code,
        effective_from: stamp(from.at(0, 0, 0, 0)),
        entry,
    }
}

/// Japan's article numbers begin with 45 or 49; the shop's own labels begin with 2.
fn is_article_number(code: &str) -> bool {
    code.len() == 13 && (code.starts_with("45") || code.starts_with("49"))
}
