//! Rows of a store's catalogue: its head, item versions, and the lines that wait for a name.

use super::{
    begin, open, open_up_to, put_maybe, put_optional, put_owner, put_time, read_maybe,
    read_optional, read_owner, read_slot, read_time,
};
use crate::fault::Fault;
use crate::keyring::Slot;
use purchase::bytes::{ReadError, Writer};
use purchase::canonical::item::{self, read_text};
use purchase::canonical::patterns;
use purchase::canonical::{put_key, read_key};
use purchase::catalogue::{Entry, Head};
use purchase::code::Patterns;
use purchase::id::{ItemCode, OwnerId, Revision, SettlementKey};
use purchase::text::Text;
use purchase::time::Timestamp;
use std::sync::Arc;

/// Replaced catalogue sources that are remembered.
pub(crate) const PAST_MAX: usize = 16;
/// Items that one waiting label is noted under; there are fewer ways to read thirteen digits.
pub(crate) const ITEMS_MAX: usize = 256;
/// The version of a waiting line that is noted under items' codes.
const NOTED: u8 = 2;

pub(crate) fn encode_head(head: &Head) -> Vec<u8> {
    let mut out = begin();
    out.number(head.revision.0);
    put_optional(&mut out, head.lineage.as_ref());
    out.number(head.items);
    out.raw(&head.digest);
    out.raw(&head.update);
    out.count(head.past.len());
    for (lineage, last) in &head.past {
        out.text(lineage.as_str());
        out.number(last.0);
    }
    out.finish()
}

pub(crate) fn decode_head(bytes: &[u8]) -> Result<Head, Fault> {
    let mut from = open(bytes, "catalogue head")?;
    let mut head = Head {
        revision: Revision(from.number()?),
        lineage: read_optional(&mut from)?,
        items: from.number()?,
        digest: from.array()?,
        update: from.array()?,
        past: Vec::new(),
    };
    let count = from.count(PAST_MAX)?;
    for _ in 0..count {
        head.past
            .push((read_text(&mut from)?, Revision(from.number()?)));
    }
    from.finish()?;
    Ok(head)
}

pub(crate) fn encode_entry(entry: &Entry) -> Vec<u8> {
    let mut out = Writer::with_capacity(64);
    out.byte(super::VERSION);
    match entry {
        Entry::Discontinued => out.byte(0),
        Entry::Named(item) => {
            out.byte(1);
            item::put(&mut out, item);
        }
    }
    out.finish()
}

pub(crate) fn decode_entry(bytes: &[u8]) -> Result<Entry, Fault> {
    let mut from = open(bytes, "item")?;
    let entry = match from.byte()? {
        0 => Entry::Discontinued,
        1 => Entry::Named(Arc::new(item::read(&mut from)?)),
        _ => return Err(ReadError::Invalid.into()),
    };
    from.finish()?;
    Ok(entry)
}

/// A line that has no name yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PendingRow {
    pub(crate) owner: OwnerId,
    pub(crate) slot: Slot,
    /// The settlement it stands on.
    pub(crate) key: SettlementKey,
    /// The instant by which it is named.
    pub(crate) at: Timestamp,
    /// The newest revision that is known not to name it.
    pub(crate) unnamed_at: Revision,
    /// The revision, and its source, that the server had not seen yet.
    pub(crate) awaits: Option<(Revision, Option<Text>)>,
    /// The items whose label it is by the store's patterns: it is noted under each of their codes.
    pub(crate) items: Vec<ItemCode>,
}

impl PendingRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(96);
        out.byte(if self.items.is_empty() {
            super::VERSION
        } else {
            NOTED
        });
        put_owner(&mut out, self.owner);
        out.number(self.slot.0);
        put_key(&mut out, &self.key);
        put_time(&mut out, self.at);
        out.number(self.unnamed_at.0);
        put_maybe(
            &mut out,
            self.awaits.as_ref(),
            |out, (revision, lineage)| {
                out.number(revision.0);
                put_optional(out, lineage.as_ref());
            },
        );
        if !self.items.is_empty() {
            out.count(self.items.len());
            for code in &self.items {
                out.text(code.as_str());
            }
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "pending line", NOTED)?;
        let mut row = Self {
            owner: read_owner(&mut from)?,
            slot: read_slot(&mut from)?,
            key: read_key(&mut from)?,
            at: read_time(&mut from)?,
            unnamed_at: Revision(from.number()?),
            awaits: read_maybe(&mut from, |from| {
                Ok((Revision(from.number()?), read_optional(from)?))
            })?,
            items: Vec::new(),
        };
        if version == NOTED {
            let count = from.count(ITEMS_MAX)?;
            if count == 0 {
                return Err(ReadError::Invalid.into());
            }
            for _ in 0..count {
                let code = ItemCode::parse(from.text()?).map_err(|_| ReadError::Invalid)?;
                row.items.push(code);
            }
        }
        from.finish()?;
        Ok(row)
    }
}

/// The code of a line that waits for a revision, or of a label that waits for an item's name.
pub(crate) fn encode_awaited(code: &ItemCode) -> Vec<u8> {
    let mut out = begin();
    out.text(code.as_str());
    out.finish()
}

pub(crate) fn decode_awaited(bytes: &[u8]) -> Result<ItemCode, Fault> {
    let mut from = open(bytes, "awaited line")?;
    let code = ItemCode::parse(from.text()?).map_err(|_| ReadError::Invalid)?;
    from.finish()?;
    Ok(code)
}

pub(crate) fn encode_patterns(set: &Patterns) -> Vec<u8> {
    let mut out = begin();
    patterns::put(&mut out, set);
    out.finish()
}

pub(crate) fn decode_patterns(bytes: &[u8]) -> Result<Patterns, Fault> {
    let mut from = open(bytes, "patterns")?;
    let set = patterns::read(&mut from)?;
    from.finish()?;
    Ok(set)
}
