//! Taking a batch apart into settlements. Nothing inside an item is looked at here: one bad item
//! spoils no other.

use crate::error::ErrorCode;
use crate::limits::{BATCH_BYTES, BATCH_ITEMS};
use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

/// How the items of a batch stand one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// A JSON array.
    Array,
    /// One JSON object a line (NDJSON).
    Lines,
}

/// Why a batch cannot be taken apart; then nothing of it was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BatchError {
    /// The array is broken.
    #[error("must be a JSON array of settlements: {0}")]
    Malformed(String),
    /// More bytes than a batch takes.
    #[error("a batch takes at most {BATCH_BYTES} bytes; send it in parts")]
    TooManyBytes,
    /// More items than a batch takes.
    #[error("a batch takes at most {BATCH_ITEMS} settlements; send it in parts")]
    TooManyItems,
}

impl BatchError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed(_) => ErrorCode::MalformedJson,
            Self::TooManyBytes | Self::TooManyItems => ErrorCode::TooLarge,
        }
    }
}

/// The items of a batch, in order, each for `read_settlement`. Blank lines of NDJSON are skipped; a
/// broken line is an item that will be refused by itself.
///
/// # Errors
/// [`BatchError`] if an array is broken, or the batch is too large.
pub fn split(bytes: &[u8], framing: Framing) -> Result<Vec<&[u8]>, BatchError> {
    if bytes.len() > BATCH_BYTES {
        return Err(BatchError::TooManyBytes);
    }
    match framing {
        Framing::Array => split_array(bytes),
        Framing::Lines => split_lines(bytes),
    }
}

fn split_lines(bytes: &[u8]) -> Result<Vec<&[u8]>, BatchError> {
    let items: Vec<_> = lines(bytes).take(BATCH_ITEMS + 1).collect();
    if items.len() > BATCH_ITEMS {
        return Err(BatchError::TooManyItems);
    }
    Ok(items)
}

/// The lines that are not blank.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
}

fn split_array(bytes: &[u8]) -> Result<Vec<&[u8]>, BatchError> {
    let malformed = |reason: String| BatchError::Malformed(reason);
    let text = str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    let Items(items) = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    if items.len() > BATCH_ITEMS {
        return Err(BatchError::TooManyItems);
    }
    Ok(items)
}

/// The raw elements of an array, at most one more than a batch takes.
struct Items<'a>(Vec<&'a [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(ItemsVisitor).map(Self)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Vec<&'de [u8]>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() <= BATCH_ITEMS {
            let Some(item) = elements.next_element::<&RawValue>()? else {
                return Ok(items);
            };
            items.push(item.get().as_bytes());
        }
        // Too many already; the rest is only read to its end, so that it costs no memory.
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items)
    }
}
