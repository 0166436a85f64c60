//! The engine of the embedded ledger: four keyspaces of one fjall database. The only place that writes
//! to it, and it writes in one way: a batch, synced before it returns.

use super::super::key::Space;
use super::super::sweeper::{Held, Sweeper};
use super::{BACKGROUND_NICE, Durability};
use crate::fault::Fault;
use fjall::config::CompressionPolicy;
use fjall::{
    AbstractTree, CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode,
};
use std::path::Path;

/// Journals never grow beyond this before tables are written.
const JOURNAL_BYTES_MAX: u64 = 256 * 1_024 * 1_024;

/// Threads that write tables. With more than one, the engine keeps one of them free for new tables
/// by handing it every other task to put back into the queue, again and again, for as long as the
/// others are busy: on two cores that took 6 % of the processor.
const WORKERS: usize = 1;

/// The open database.
pub(crate) struct Fjall {
    database: Database,
    facts: Keyspace,
    purchases: Keyspace,
    catalogue: Keyspace,
    feed: Keyspace,
    durability: Durability,
    sweeper: Sweeper,
}

impl Fjall {
    /// Opens or makes the database in `path`.
    pub(super) fn open(
        path: &Path,
        cache_bytes: u64,
        durability: Durability,
    ) -> Result<Self, fjall::Error> {
        let database = open_politely(path, cache_bytes)?;
        // A row is put into a memtable at the end of a search through it, and a table is synced in one
        // piece: tables of half the size let single settlements wait less, and cost a fourth more writing.
        let mib = 1_024 * 1_024;
        let plain = |memtable: u64| {
            move || KeyspaceCreateOptions::default().max_memtable_size(memtable * mib)
        };
        // Sealed bodies do not compress; trying costs time on every flush.
        let sealed = || {
            KeyspaceCreateOptions::default()
                .max_memtable_size(48 * mib)
                .data_block_compression_policy(CompressionPolicy::all(CompressionType::None))
        };
        Ok(Self {
            facts: database.keyspace("facts", plain(16))?,
            purchases: database.keyspace("purchases", sealed)?,
            catalogue: database.keyspace("catalogue", plain(16))?,
            feed: database.keyspace("feed", plain(8))?,
            database,
            durability,
            sweeper: Sweeper::start(4)?,
        })
    }

    const fn keyspace(&self, space: Space) -> &Keyspace {
        match space {
            Space::Facts => &self.facts,
            Space::Purchases => &self.purchases,
            Space::Catalogue => &self.catalogue,
            Space::Feed => &self.feed,
        }
    }

    pub(super) fn read<T>(
        &self,
        space: Space,
        key: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        self.keyspace(space)
            .get(key)?
            .map(|row| decode(&row))
            .transpose()
    }

    /// How many rows there are, with those that were written over and are not cleared away yet.
    pub(super) fn rows_about(&self) -> u64 {
        let all = [&self.facts, &self.purchases, &self.catalogue, &self.feed];
        let rows: usize = all.into_iter().map(|space| space.approximate_len()).sum();
        u64::try_from(rows).unwrap_or(u64::MAX)
    }

    /// All rows whose keys begin with `prefix`, in order.
    pub(super) fn prefix(&self, space: Space, prefix: &[u8]) -> fjall::Iter {
        self.keyspace(space).prefix(prefix)
    }

    /// All rows from `from` up to, not including, `end`, in order.
    pub(super) fn range(&self, space: Space, from: Vec<u8>, end: Vec<u8>) -> fjall::Iter {
        self.keyspace(space).range(from..end)
    }

    /// Commits rows together: all of them durably, or none.
    pub(super) fn commit(
        &self,
        rows: impl Iterator<Item = (Space, Vec<u8>, Option<Vec<u8>>)>,
    ) -> Result<(), Fault> {
        let batch = self.database.batch();
        let mut batch = match self.durability {
            Durability::Synced => batch.durability(Some(PersistMode::SyncData)),
            Durability::Unsynced => batch.durability(Some(PersistMode::Buffer)),
        };
        for (space, key, row) in rows {
            match row {
                Some(row) => batch.insert(self.keyspace(space), key, row),
                None => batch.remove(self.keyspace(space), key),
            }
        }
        batch.commit()?;
        let keyspaces = [&self.facts, &self.purchases, &self.catalogue, &self.feed];
        let memtable = |keyspace: &Keyspace| -> Held { keyspace.tree.active_memtable() };
        self.sweeper.look(keyspaces.into_iter().map(memtable));
        Ok(())
    }
}

impl From<fjall::Error> for Fault {
    fn from(error: fjall::Error) -> Self {
        match error {
            fjall::Error::Io(io) => Self::Io(io),
            fjall::Error::Poisoned => Self::Stopped,
            // The engine's text repeats its source, so it is carried as one sentence.
            other => Self::Engine {
                detail: format!("{other:?}"),
            },
        }
    }
}

/// Opens the database on a thread of lower priority, which the engine's own threads inherit: tables
/// are written behind people's backs, and must not make them wait for a processor. Where the
/// machine refuses the lower priority, nothing but time is lost.
fn open_politely(path: &Path, cache_bytes: u64) -> Result<Database, fjall::Error> {
    let open = || {
        if let Err(error) = rustix::process::setpriority_process(None, BACKGROUND_NICE) {
            tracing::debug!(%error, "the engine's threads keep the usual priority");
        }
        Database::builder(path)
            .worker_threads(WORKERS)
            .cache_size(cache_bytes)
            .max_journaling_size(JOURNAL_BYTES_MAX)
            .open()
    };
    std::thread::scope(|threads| match threads.spawn(open).join() {
        Ok(opened) => opened,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
