//! The canonical bytes of what is said to a catalogue, and the digests over them. An update and a
//! snapshot have one that tells whether the same was sent again.

use super::SnapshotItem;
use crate::claim::sha256;
use purchase::bytes::Writer;
use purchase::canonical::{item, patterns};
use purchase::catalogue::{Change, Entry, Item};
use purchase::code::PatternsChange;
use purchase::decide::Digest;
use purchase::id::{ItemCode, Revision};
use purchase::text::Text;
use purchase::time::Timestamp;
use ring::digest::{Context, SHA256};

/// The version this build writes.
const VERSION: u8 = 1;

/// What a digest is over, so that no two kinds of bytes share one.
mod subject {
    pub(super) const UPDATE: u8 = 1;
    pub(super) const SNAPSHOT: u8 = 2;
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

/// What a catalogue's digest sums, modulo 2^256, over the codes that it names now: one of these each.
#[must_use]
pub fn of_statement(code: &ItemCode, item: &Item) -> Digest {
    Digest(sha256(&item::statement(code, item)))
}

/// What an update and a snapshot say besides their items.
pub(super) struct Said<'a> {
    pub(super) base: Revision,
    pub(super) revision: Revision,
    pub(super) lineage: Option<&'a Text>,
    pub(super) patterns: Option<&'a PatternsChange>,
}

pub(super) fn of_update(said: &Said<'_>, changes: &[Change]) -> [u8; 32] {
    let mut out = begin(subject::UPDATE, said);
    out.count(changes.len());
    let mut hash = Context::new(&SHA256);
    hash.update(out.as_slice());
    for change in changes {
        let mut out = Writer::with_capacity(128);
        let effective_from = Some(change.effective_from);
        encode_item(&mut out, &change.code, effective_from, &change.entry);
        hash.update(out.as_slice());
    }
    finish(hash, said)
}

pub(super) fn of_snapshot(
    said: &Said<'_>,
    effective_from: Timestamp,
    items: &[SnapshotItem],
) -> [u8; 32] {
    let mut out = begin(subject::SNAPSHOT, said);
    out.signed(effective_from.ms());
    out.count(items.len());
    let mut hash = Context::new(&SHA256);
    hash.update(out.as_slice());
    for sent in items {
        let mut out = Writer::with_capacity(128);
        encode_named(&mut out, &sent.code, sent.effective_from, &sent.item);
        hash.update(out.as_slice());
    }
    finish(hash, said)
}

fn begin(subject: u8, said: &Said<'_>) -> Writer {
    let mut out = Writer::with_capacity(64);
    out.byte(VERSION);
    out.byte(subject);
    out.number(said.base.0);
    out.number(said.revision.0);
    // No proven text is empty, so an empty one stands for none.
    out.text(said.lineage.map_or("", Text::as_str));
    out
}

/// Patterns follow the last item; how many items there are stands before them.
fn finish(mut hash: Context, said: &Said<'_>) -> [u8; 32] {
    if let Some(change) = said.patterns {
        let mut out = Writer::with_capacity(64);
        out.signed(change.effective_from.ms());
        patterns::put(&mut out, &change.patterns);
        hash.update(out.as_slice());
    }
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
    item::put(out, item);
}
