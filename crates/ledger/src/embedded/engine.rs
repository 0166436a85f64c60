//! Where committed rows lie: in an engine of our own process, or in the tables of a database. Both hold
//! the same rows under the same keys, in the same order. Nothing of what a row means is known here.

use super::key::{Space, after};
use crate::fault::Fault;
use crate::postgres::tables::{Pages, Tables};
use ::fjall::Slice;
use fjall::Fjall;
use std::path::Path;

mod fjall;

/// Whether commits reach the disk before they are acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Always, in service.
    #[default]
    Synced,
    /// Left to the operating system. Only for the negative control of the power-cut test, which
    /// must see this lose data.
    Unsynced,
}

/// The priority of the threads that work behind people's backs, below the usual 0.
pub(crate) const BACKGROUND_NICE: i32 = 5;

/// A row to write; none takes it away.
pub(crate) type Row = (Space, Vec<u8>, Option<Vec<u8>>);

/// A row that was copied: its key and its value.
pub(crate) type Copied = (Vec<u8>, Vec<u8>);

/// A row as the engine gives it.
pub(crate) type Pair = (Slice, Slice);

/// The rows.
pub(crate) enum Engine {
    /// In a data folder.
    Fjall(Box<Fjall>),
    /// In a database, which other servers read and write as well.
    Tables(Box<Tables>),
}

/// Rows in the order of their keys.
pub(crate) enum Rows {
    Fjall(::fjall::Iter),
    Tables(Pages),
}

impl Engine {
    /// Opens or makes the embedded engine in `path`.
    pub(crate) fn open(
        path: &Path,
        cache_bytes: u64,
        durability: Durability,
    ) -> Result<Self, ::fjall::Error> {
        let fjall = Fjall::open(path, cache_bytes, durability)?;
        Ok(Self::Fjall(Box::new(fjall)))
    }

    /// How many rows there are, more or less: what was written over or taken away may count as well.
    pub(crate) fn rows_about(&self) -> Result<u64, Fault> {
        match self {
            Self::Fjall(fjall) => Ok(fjall.rows_about()),
            Self::Tables(tables) => tables.rows_about(),
        }
    }

    pub(crate) fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.read(space, key, |row| Ok(row.to_vec()))
    }

    pub(crate) fn read<T>(
        &self,
        space: Space,
        key: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        match self {
            Self::Fjall(fjall) => fjall.read(space, key, decode),
            Self::Tables(tables) => tables.get(key)?.map(|row| decode(&row)).transpose(),
        }
    }

    /// The rows that there are under `keys`, which are of one kind.
    pub(crate) fn get_all(&self, space: Space, keys: Vec<Vec<u8>>) -> Result<Vec<Copied>, Fault> {
        match self {
            Self::Fjall(_) => {
                let mut found = Vec::new();
                for key in keys {
                    let row = self.get(space, &key)?;
                    found.extend(row.map(|row| (key, row)));
                }
                Ok(found)
            }
            Self::Tables(_) if keys.is_empty() => Ok(Vec::new()),
            Self::Tables(tables) => Ok(tables.get_all(keys)?.into_iter().collect()),
        }
    }

    /// All rows whose keys begin with `prefix`, in order.
    pub(crate) fn prefix(&self, space: Space, prefix: &[u8]) -> Rows {
        match self {
            Self::Fjall(fjall) => Rows::Fjall(fjall.prefix(space, prefix)),
            Self::Tables(tables) => Rows::Tables(tables.range(prefix.to_vec(), after(prefix))),
        }
    }

    /// All rows from `from` up to, not including, `end`, in order.
    pub(crate) fn range(&self, space: Space, from: Vec<u8>, end: Vec<u8>) -> Rows {
        match self {
            Self::Fjall(fjall) => Rows::Fjall(fjall.range(space, from, end)),
            Self::Tables(tables) => Rows::Tables(tables.range(from, end)),
        }
    }

    /// The last key that begins with the number of a kind.
    pub(crate) fn last(&self, space: Space, prefix: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        match self {
            Self::Fjall(fjall) => {
                let last = fjall.prefix(space, prefix).next_back();
                Ok(last
                    .map(|guard| guard.into_inner().map(|(key, _)| key.to_vec()))
                    .transpose()?)
            }
            Self::Tables(tables) => tables.last(prefix),
        }
    }

    /// Commits rows together: all of them durably, or none.
    pub(crate) fn commit(
        &self,
        rows: impl Iterator<Item = (Space, Vec<u8>, Option<Vec<u8>>)>,
    ) -> Result<(), Fault> {
        match self {
            Self::Fjall(fjall) => fjall.commit(rows),
            Self::Tables(tables) => tables.put(rows.map(|(_, key, row)| (key, row)).collect()),
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Pair, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Fjall(rows) => rows.next().map(|guard| Ok(guard.into_inner()?)),
            Self::Tables(pages) => pages.next().map(|pair| {
                let (key, row) = pair?;
                Ok((Slice::from(key), Slice::from(row)))
            }),
        }
    }
}
