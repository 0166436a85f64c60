//! The canonical bytes of a store's patterns: how many, then each as it is written, in the order of
//! their letters. Behind the digest of a catalogue and in the ledger.

use crate::bytes::{ReadError, Reader, Writer};
use crate::code::Patterns;
use crate::limits::PATTERNS_MAX;

/// Writes patterns.
pub fn put(out: &mut Writer, patterns: &Patterns) {
    out.count(patterns.as_slice().len());
    for pattern in patterns.as_slice() {
        out.text(&pattern.to_string());
    }
}

/// Reads what [`put`] wrote.
///
/// # Errors
/// [`ReadError`] for anything else.
pub fn read(from: &mut Reader<'_>) -> Result<Patterns, ReadError> {
    let count = from.count(PATTERNS_MAX)?;
    let mut written = Vec::with_capacity(count);
    for _ in 0..count {
        written.push(from.text()?);
    }
    let patterns = Patterns::parse(written.iter().copied()).map_err(|_| ReadError::Invalid)?;
    // Another order or another way to write them is not what was written.
    let is_as_written = patterns
        .as_slice()
        .iter()
        .zip(&written)
        .all(|(pattern, written)| pattern.to_string() == *written);
    is_as_written.then_some(patterns).ok_or(ReadError::Invalid)
}

/// What a catalogue says of its patterns: the bytes whose SHA-256 the digest of a catalogue sums
/// beside those of its items. No code is empty, so that no item says the same. None if it has no
/// patterns.
#[must_use]
pub fn statement(patterns: &Patterns) -> Option<Vec<u8>> {
    if patterns.is_empty() {
        return None;
    }
    let mut out = Writer::with_capacity(32);
    out.text("");
    put(&mut out, patterns);
    Some(out.finish())
}
