//! By what the rows of a table are spread over a cluster. The value stands in the key itself, right
//! behind its kind, so that rows sorted by it and then by key are sorted by key alone.
//!
//! Nothing is asked of the database here.

use crate::embedded::key::after;
use crate::fault::Fault;
use crate::postgres::cell::{Cell, Shape};
use purchase::bytes::ReadError;

/// The first byte of a person among owners, as in `embedded/key.rs`.
const PERSON: u8 = 1;

/// What rows that belong together have in common. It is the first column of the primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spread {
    /// The store, up to a zero byte in the key or to its end.
    Store,
    /// The owner, 17 bytes of the key.
    Owner,
    /// The person, 16 bytes of the key, as an owner: all rows of a person are in one place.
    Person,
    /// A hash of 32 bytes by which the row is found.
    Hash,
    /// An id of 16 bytes by which the row is found.
    Id,
    /// Nothing: the table is small, and all of it is everywhere.
    Everywhere,
}

impl Spread {
    /// The column.
    pub(crate) const fn column(self) -> Option<&'static str> {
        match self {
            Self::Store => Some("store_id"),
            Self::Owner | Self::Person => Some("owner"),
            Self::Hash => Some("hash"),
            Self::Id => Some("id"),
            Self::Everywhere => None,
        }
    }

    /// What it holds.
    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Store => Shape::Text,
            Self::Owner | Self::Person | Self::Hash | Self::Id | Self::Everywhere => Shape::Bytes,
        }
    }

    /// How many bytes of the key it takes; a store's id says itself where it ends.
    const fn bytes(self) -> Option<usize> {
        match self {
            Self::Store => None,
            Self::Owner => Some(17),
            Self::Hash => Some(32),
            Self::Person | Self::Id => Some(16),
            Self::Everywhere => Some(0),
        }
    }

    /// The part of a key that it takes, with what may be missing of it in the bound of a range.
    fn part(self, key: &[u8]) -> &[u8] {
        let rest = key.get(1..).unwrap_or_default();
        let length = self.bytes().unwrap_or_else(|| {
            let end = rest.iter().position(|byte| *byte == 0);
            end.unwrap_or(rest.len())
        });
        rest.get(..length).unwrap_or(rest)
    }

    /// The value of a whole key; none for a table that is everywhere.
    ///
    /// # Errors
    /// [`Fault::Damaged`] if the key is too short for it.
    pub(crate) fn value(self, key: &[u8]) -> Result<Option<Cell>, Fault> {
        let part = self.part(key);
        let is_whole = self
            .bytes()
            .map_or(!part.is_empty(), |all| part.len() == all);
        if !is_whole {
            return Err(ReadError::Short.into());
        }
        match (self, self.bound(key)) {
            (Self::Everywhere, _) => Ok(None),
            (_, Some(value)) => Ok(Some(value)),
            (_, None) => Err(ReadError::Invalid.into()),
        }
    }

    /// Where rows from `key` on begin, whole key or not: a row lies at or behind (`bound`, `key`) just
    /// if its key does. None if there is no such column, or no text that says it.
    pub(crate) fn bound(self, key: &[u8]) -> Option<Cell> {
        let part = self.part(key);
        match self {
            Self::Store => {
                let text = str::from_utf8(part).ok()?;
                Some(Cell::Text(text.to_owned()))
            }
            Self::Owner | Self::Hash | Self::Id => Some(Cell::Bytes(part.to_vec())),
            Self::Person => Some(Cell::Bytes([&[PERSON], part].concat())),
            Self::Everywhere => None,
        }
    }

    /// The one value that all keys from `from` up to, not including, `end` have; none if there may be
    /// several.
    pub(crate) fn only(self, from: &[u8], end: &[u8]) -> Option<Cell> {
        let part = self.part(from);
        let is_whole = match self {
            // Behind the id stands the zero byte, without which it might go on.
            Self::Store => from.get(part.len() + 1).is_some(),
            Self::Owner | Self::Person | Self::Hash | Self::Id => self.bytes() == Some(part.len()),
            Self::Everywhere => false,
        };
        let length = part.len() + if self == Self::Store { 2 } else { 1 };
        let shared = from.get(..length).filter(|_| is_whole)?;
        (end <= after(shared).as_slice()).then(|| self.bound(from))?
    }
}
