//! The canonical bytes of catalogue statements and the digests over them. Version 1: required
//! members in a fixed order, then a tag byte and a value for each further one, tags ascending,
//! ended by a zero byte; what is absent or has its default contributes nothing.

use super::SnapshotItem;
use crate::claim::sha256;
use purchase::bytes::Writer;
use purchase::canonical::line::{kind_byte, place_byte, sensitivity_byte};
use purchase::catalogue::{Change, Entry, Item, Version};
use purchase::decide::Digest;
use purchase::id::{ItemCode, Revision};
use purchase::settlement::{ItemKind, Sensitivity};
use purchase::text::Text;
use purchase::time::Timestamp;
use ring::digest::{Context, SHA256};

/// The version this build writes.
const VERSION: u8 = 1;

/// What a digest is over, so that no two kinds of bytes share one.
mod subject {
    pub(super) const UPDATE: u8 = 1;
    pub(super) const SNAPSHOT: u8 = 2;
    pub(super) const ITEM_VERSION: u8 = 3;
}

/// Tags of an item's optional members. Numbers are for ever.
mod tag {
    pub(super) const END: u8 = 0;
    pub(super) const SHORT_NAME: u8 = 1;
    pub(super) const READING: u8 = 2;
    pub(super) const SIZE: u8 = 3;
    pub(super) const GTIN: u8 = 4;
    pub(super) const KIND: u8 = 5;
    pub(super) const CATEGORY: u8 = 6;
    pub(super) const UNIT: u8 = 7;
    pub(super) const UNIT_PRICE: u8 = 8;
    pub(super) const TAX_PERCENT: u8 = 9;
    pub(super) const TAX_INCLUDED: u8 = 10;
    pub(super) const SENSITIVE: u8 = 11;
}

/// Writes one statement: code, instant, and 0 for discontinued or 1 and the item.
pub fn encode_item(
    out: &mut Writer,
    code: &ItemCode,
    effective_from: Option<Timestamp>,
    entry: &Entry,
) {
    match entry {
        Entry::Named(item) => encode_named(out, code, effective_from, item),
        Entry::Discontinued => {
            encode_head(out, code, effective_from);
            out.byte(0);
        }
    }
}

/// The digest of one version of a code; a catalogue's digest is the sum of these modulo 2^256.
#[must_use]
pub fn of_version(code: &ItemCode, version: &Version) -> Digest {
    let mut out = Writer::with_capacity(128);
    out.byte(VERSION);
    out.byte(subject::ITEM_VERSION);
    out.number(version.revision.0);
    encode_item(&mut out, code, Some(version.effective_from), &version.entry);
    Digest(sha256(out.as_slice()))
}

pub(super) fn of_update(
    base: Revision,
    revision: Revision,
    lineage: Option<&Text>,
    changes: &[Change],
) -> [u8; 32] {
    let mut out = begin(subject::UPDATE, base, revision, lineage);
    out.count(changes.len());
    let mut hash = Context::new(&SHA256);
    hash.update(out.as_slice());
    for change in changes {
        let mut out = Writer::with_capacity(128);
        let effective_from = Some(change.effective_from);
        encode_item(&mut out, &change.code, effective_from, &change.entry);
        hash.update(out.as_slice());
    }
    finish(hash)
}

pub(super) fn of_snapshot(
    base: Revision,
    revision: Revision,
    lineage: Option<&Text>,
    effective_from: Timestamp,
    items: &[SnapshotItem],
) -> [u8; 32] {
    let mut out = begin(subject::SNAPSHOT, base, revision, lineage);
    out.signed(effective_from.ms());
    out.count(items.len());
    let mut hash = Context::new(&SHA256);
    hash.update(out.as_slice());
    for sent in items {
        let mut out = Writer::with_capacity(128);
        encode_named(&mut out, &sent.code, sent.effective_from, &sent.item);
        hash.update(out.as_slice());
    }
    finish(hash)
}

fn begin(subject: u8, base: Revision, revision: Revision, lineage: Option<&Text>) -> Writer {
    let mut out = Writer::with_capacity(64);
    out.byte(VERSION);
    out.byte(subject);
    out.number(base.0);
    out.number(revision.0);
    // No proven text is empty, so an empty one stands for none.
    out.text(lineage.map_or("", Text::as_str));
    out
}

fn finish(hash: Context) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    digest
}

fn encode_head(out: &mut Writer, code: &ItemCode, effective_from: Option<Timestamp>) {
    out.text(code.as_str());
    match effective_from {
        None => out.byte(0),
        Some(time) => {
            out.byte(1);
            out.signed(time.ms());
        }
    }
}

fn encode_named(out: &mut Writer, code: &ItemCode, effective_from: Option<Timestamp>, item: &Item) {
    encode_head(out, code, effective_from);
    out.byte(1);
    out.text(item.name.as_str());
    put_text(out, tag::SHORT_NAME, item.short_name.as_ref());
    put_text(out, tag::READING, item.reading.as_ref());
    put_text(out, tag::SIZE, item.size.as_ref());
    put_text(out, tag::GTIN, item.gtin.as_ref());
    if item.kind != ItemKind::Goods {
        out.byte(tag::KIND);
        out.byte(kind_byte(item.kind));
    }
    put_text(out, tag::CATEGORY, item.category.as_ref());
    put_text(out, tag::UNIT, item.unit.as_ref());
    if let Some(price) = item.unit_price {
        out.byte(tag::UNIT_PRICE);
        out.signed(price.minor());
    }
    if let Some(percent) = item.tax_percent {
        out.byte(tag::TAX_PERCENT);
        out.number(u64::from(percent.units()));
    }
    if let Some(place) = item.tax_place {
        out.byte(tag::TAX_INCLUDED);
        out.byte(place_byte(place));
    }
    if item.sensitivity != Sensitivity::Plain {
        out.byte(tag::SENSITIVE);
        out.byte(sensitivity_byte(item.sensitivity));
    }
    out.byte(tag::END);
}

fn put_text(out: &mut Writer, tag: u8, text: Option<&Text>) {
    if let Some(text) = text {
        out.byte(tag);
        out.text(text.as_str());
    }
}
