//! Callers that were looked up already, in a memory of bounded size. It is only ever a shorter way to
//! what the ledger says: whoever stops a key from working makes it forget everybody.

use crate::standing::Standing;
use ledger::account::{Opens, Signer};
use ledger::fault::Fault;
use purchase::id::{DeviceId, UserId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

/// Callers remembered at most, of each kind; beyond that the memory begins anew.
const KNOWN_MAX: usize = 50_000;

/// Everybody who is remembered.
#[derive(Default)]
pub struct Known {
    /// What bearer keys open, by their hashes.
    pub(crate) keys: Memory<[u8; 32], Opens>,
    /// Machines that sign.
    pub(crate) signers: Memory<DeviceId, Signer>,
    /// How people's accounts stand.
    pub(crate) standings: Memory<UserId, Standing>,
}

impl Known {
    /// Forgets everybody, after a key stopped working or an account was suspended.
    pub fn forget(&self) {
        self.keys.forget();
        self.signers.forget();
        self.standings.forget();
    }

    /// Forgets what one key opens, after that has changed.
    pub fn forget_key(&self, hash: &[u8; 32]) {
        self.keys.forget_one(hash);
    }
}

/// Callers of one kind.
pub(crate) struct Memory<K, V>(RwLock<Remembered<K, V>>);

struct Remembered<K, V> {
    callers: HashMap<K, Arc<V>>,
    /// How often everybody was forgotten.
    forgotten: u64,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(RwLock::new(Remembered {
            callers: HashMap::new(),
            forgotten: 0,
        }))
    }
}

impl<K: Eq + Hash + Copy, V> Memory<K, V> {
    /// The caller from memory, or else as `read` finds it. Who is not there is not remembered.
    pub(crate) fn look(
        &self,
        caller: K,
        read: impl FnOnce() -> Result<Option<V>, Fault>,
    ) -> Result<Option<Arc<V>>, Fault> {
        let (known, forgotten) = self.get(&caller);
        if known.is_some() {
            return Ok(known);
        }
        let found = read()?.map(Arc::new);
        if let Some(found) = &found {
            self.keep(caller, Arc::clone(found), forgotten);
        }
        Ok(found)
    }

    fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.callers.clear();
        known.forgotten += 1;
    }

    fn forget_one(&self, caller: &K) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.callers.remove(caller);
        // Whoever reads it at this moment must not bring the old one back.
        known.forgotten += 1;
    }

    /// The caller if it is remembered, and how often everybody was forgotten so far.
    fn get(&self, caller: &K) -> (Option<Arc<V>>, u64) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (known.callers.get(caller).cloned(), known.forgotten)
    }

    /// Remembers what was looked up, unless a key stopped working since: it might be this one.
    fn keep(&self, caller: K, found: Arc<V>, forgotten: u64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.forgotten != forgotten {
            return;
        }
        if known.callers.len() >= KNOWN_MAX {
            known.callers.clear();
        }
        known.callers.insert(caller, found);
    }
}
