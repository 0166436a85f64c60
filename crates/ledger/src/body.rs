//! The body of a purchase: the settlement as sent, the store's identity, and the names its lines
//! had when it was filed. This is what gets sealed; nothing of it stands in clear anywhere else.
//!
//! Version byte 1 (plain) or 2 (LZ4 block with its length before it), then: canonical settlement
//! with its length, identity number, and per line 0 (no name), 1 (sent), or 2 with revision and item.

use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical;
use purchase::canonical::item;
use purchase::id::Revision;
use purchase::naming::Naming;
use purchase::settlement::Settlement;
use purchase::store::IdentityNumber;
use std::sync::Arc;

const PLAIN: u8 = 1;
const COMPRESSED: u8 = 2;
/// Below this, compression saves less than its own header and time.
const COMPRESS_BYTES_MIN: usize = 1_024;
/// A body never opens to more than this: the largest settlement with the largest items.
const OPENED_BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// What was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The settlement as sent.
    pub settlement: Settlement,
    /// How the store presented itself.
    pub identity: IdentityNumber,
    /// One per line.
    pub names: Vec<Naming>,
}

/// Writes a body from its parts, so that the canonical bytes need not be made twice.
#[must_use]
pub fn encode(canonical: &[u8], identity: IdentityNumber, names: &[Naming]) -> Vec<u8> {
    let mut out = Writer::with_capacity(canonical.len() + names.len() * 48 + 16);
    out.byte(PLAIN);
    out.bytes(canonical);
    out.number(u64::from(identity.0));
    for name in names {
        match name {
            Naming::Pending => out.byte(0),
            Naming::Sent => out.byte(1),
            Naming::Catalogue { revision, item } => {
                out.byte(2);
                out.number(revision.0);
                item::put(&mut out, item);
            }
        }
    }
    let plain = out.finish();
    if plain.len() < COMPRESS_BYTES_MIN {
        return plain;
    }
    let compressed = lz4_flex::compress_prepend_size(plain.get(1..).unwrap_or_default());
    if compressed.len() + 1 >= plain.len() {
        return plain;
    }
    let mut out = Vec::with_capacity(compressed.len() + 1);
    out.push(COMPRESSED);
    out.extend_from_slice(&compressed);
    out
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// [`Fault::Damaged`] for anything else.
pub fn decode(bytes: &[u8]) -> Result<Body, Fault> {
    let (version, rest) = bytes.split_first().ok_or(ReadError::Short)?;
    match *version {
        PLAIN => read(rest),
        COMPRESSED => {
            let size = rest.first_chunk::<4>().ok_or(ReadError::Short)?;
            let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
            if size > OPENED_BYTES_MAX {
                return Err(Fault::damaged("a body claims to be larger than any"));
            }
            let plain = lz4_flex::decompress_size_prepended(rest)
                .map_err(|_| Fault::damaged("a body does not decompress"))?;
            read(&plain)
        }
        other => Err(Fault::damaged(format!(
            "a body has the unknown version {other}"
        ))),
    }
}

fn read(bytes: &[u8]) -> Result<Body, Fault> {
    let mut from = Reader::new(bytes);
    let settlement = canonical::decode(from.bytes()?)?;
    let identity = u32::try_from(from.number()?).map_err(|_| ReadError::Invalid)?;
    let lines = settlement.content().lines.len();
    let mut names = Vec::with_capacity(lines);
    for _ in 0..lines {
        names.push(read_name(&mut from)?);
    }
    from.finish()?;
    Ok(Body {
        settlement,
        identity: IdentityNumber(identity),
        names,
    })
}

fn read_name(from: &mut Reader<'_>) -> Result<Naming, ReadError> {
    match from.byte()? {
        0 => Ok(Naming::Pending),
        1 => Ok(Naming::Sent),
        2 => Ok(Naming::Catalogue {
            revision: Revision(from.number()?),
            item: Arc::new(item::read(from)?),
        }),
        _ => Err(ReadError::Invalid),
    }
}
