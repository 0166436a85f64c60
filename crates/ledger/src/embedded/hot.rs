//! Rows that nearly every commit reads and writes again, kept in memory within a bound: people with their
//! accounts, days and catalogue heads, and the member codes of sales on their way. Also which originals have returns
//! waiting for them, and whose account went into another one, so that a sale need not look. Only the writer adds; what it adds is what it has just read or committed, so the
//! memory never differs from the engine.

use super::engine::Engine;
use super::key::{self, Kind, Space};
use crate::fault::Fault;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

/// Parts with a lock each, so that readers do not wait for each other.
const SHARDS: usize = 16;
/// Rows in a part; beyond that it begins anew. About 40 MiB in all.
const ROWS_PER_SHARD: usize = 10_000;
/// Bytes of a row that is kept, at most: of a person whose names are very long, the row is read each time.
const ROW_BYTES_MAX: usize = 512;

/// Kinds of which a look is spared if there is no such row.
const RARE: [Kind; 2] = [Kind::Early, Kind::Merger];

type Shard = HashMap<Box<[u8]>, Arc<[u8]>>;

/// The rows.
pub(crate) struct Hot {
    shards: [Mutex<Shard>; SHARDS],
    /// Hashes of the keys of rows that few sales meet. One that was taken away may stay: it only costs a look.
    rare: Mutex<HashSet<u64>>,
    hasher: RandomState,
}

impl Hot {
    /// Begins with nothing, for a ledger whose rows others change: only what never changes in a row may
    /// be taken from here then.
    pub(crate) fn empty() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            rare: Mutex::default(),
            hasher: RandomState::new(),
        }
    }

    /// Begins with what waits in the engine.
    pub(crate) fn open(engine: &Engine) -> Result<Self, Fault> {
        let hot = Self::empty();
        for kind in RARE {
            for pair in engine.prefix(Space::Facts, &[key::number(kind)]) {
                hot.note_rare(&pair?.0);
            }
        }
        Ok(hot)
    }

    /// The row under `key`, if it is one that is kept and it is here.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Arc<[u8]>> {
        if !is_kept(key) {
            return None;
        }
        self.shard(key).get(key).cloned()
    }

    /// Remembers what the writer has read.
    pub(crate) fn keep(&self, key: &[u8], row: &[u8]) {
        if !is_kept(key) {
            return;
        }
        let mut shard = self.shard(key);
        if row.len() > ROW_BYTES_MAX {
            shard.remove(key);
            return;
        }
        if shard.len() >= ROWS_PER_SHARD {
            shard.clear();
        }
        shard.insert(key.into(), row.into());
    }

    /// Forgets all rows. What waits for its original is not among them.
    pub(crate) fn forget(&self) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Follows what is about to be committed. A row that fails to be committed is never read again:
    /// the ledger stops.
    pub(crate) fn follow(&self, key: &[u8], row: Option<&[u8]>) {
        if is_rare(key) && row.is_some() {
            self.note_rare(key);
        }
        match row {
            Some(row) => self.keep(key, row),
            None if is_kept(key) => {
                self.shard(key).remove(key);
            }
            None => {}
        }
    }

    /// Is it certain that the engine holds no row under `key`?
    pub(crate) fn is_absent(&self, key: &[u8]) -> bool {
        is_rare(key) && {
            let rare = self.rare.lock().unwrap_or_else(PoisonError::into_inner);
            rare.is_empty() || !rare.contains(&self.hasher.hash_one(key))
        }
    }

    fn note_rare(&self, key: &[u8]) {
        let mut rare = self.rare.lock().unwrap_or_else(PoisonError::into_inner);
        rare.insert(self.hasher.hash_one(key));
    }

    fn shard(&self, key: &[u8]) -> std::sync::MutexGuard<'_, Shard> {
        // The last byte of a key is as good as random: of an id, a day, a store's name.
        let at = usize::from(key.last().copied().unwrap_or(0)) % SHARDS;
        let shard = self
            .shards
            .get(at)
            .expect("the remainder is less than the number of parts");
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_rare(row_key: &[u8]) -> bool {
    RARE.iter()
        .any(|kind| row_key.first() == Some(&key::number(*kind)))
}

fn is_kept(row_key: &[u8]) -> bool {
    [
        Kind::Account,
        Kind::Day,
        Kind::Head,
        Kind::MemberCode,
        Kind::User,
    ]
    .iter()
    .any(|kind| row_key.first() == Some(&key::number(*kind)))
}
