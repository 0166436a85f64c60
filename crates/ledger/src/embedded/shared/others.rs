//! Taking notice of what other servers did to the same ledger: stores, catalogues, and people's feeds.
//! What is asked here only freshens what is kept in memory or wakes somebody; no write goes by it.

use super::super::Ledger;
use super::super::engine::Engine;
use super::super::key::{self, Kind};
use super::super::open::read_stores;
use super::super::value::catalogue::decode_head;
use super::super::value::people::AccountRow;
use super::super::value::store::StoreRow;
use crate::fault::Fault;
use crate::postgres::tables::{Tables, just_after};
use purchase::id::{StoreId, UserId};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// People that one question is about.
const PEOPLE_PER_QUESTION: usize = 1_000;

/// Stores, and catalogues, that one look is about. Of more than these each look takes the next ones, so
/// that a look costs the same however many there are.
const ROWS_PER_LOOK: usize = 4_096;

/// How far looking at what others did has come.
#[derive(Default)]
pub(in super::super) struct Noticing {
    next: Mutex<Next>,
    /// Counts changes of our own to stores: what was read before one of them may be older than it.
    changes: AtomicU64,
    /// Whether what is remembered may be of a database that lost something since.
    doubted: AtomicBool,
}

/// Where the next look begins.
#[derive(Default)]
struct Next {
    /// The key of a store; none at the beginning.
    store: Option<Vec<u8>>,
    /// Behind the catalogue of this store; none at the beginning.
    catalogue: Option<StoreId>,
}

impl Noticing {
    /// We changed stores ourselves. To be told while they are locked for it.
    pub(in super::super) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// The database may not have what is remembered of it.
    pub(in super::super) fn doubt(&self) {
        self.doubted.store(true, Ordering::SeqCst);
    }
}

impl Ledger {
    /// Takes notice of what other servers did to stores and catalogues, by one question for each, of
    /// some thousands of them. Whoever runs the server calls this twice a second; in a data folder of
    /// our own there is nothing to notice.
    ///
    /// # Errors
    /// [`Fault`] if the database cannot be read; what was known stays.
    pub fn renew(&self) -> Result<(), Fault> {
        let tables = match &self.engine {
            Engine::Fjall(_) => return Ok(()),
            Engine::Tables(tables) => tables,
        };
        self.begin_anew()?;
        let next = &self.noticing.next;
        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
        self.look_at_stores(tables, &mut next.store)?;
        self.look_at_catalogues(tables, &mut next.catalogue)
    }

    /// Forgets stores, catalogues and accounts, if a batch was given up since the last call: a replica that
    /// took the place of the database may lack some of them, and all else that is done here only adds.
    fn begin_anew(&self) -> Result<(), Fault> {
        if !self.noticing.doubted.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let changes = self.noticing.changes.load(Ordering::SeqCst);
        let stores = read_stores(&self.engine).inspect_err(|_| self.noticing.doubt())?;
        let mut known = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        if self.noticing.changes.load(Ordering::SeqCst) == changes {
            *known = stores;
        } else {
            // One of our own came between: it may not be among those read.
            self.noticing.doubt();
        }
        drop(known);
        self.hot.forget();
        self.names.forget();
        Ok(())
    }

    /// Forgets data keys that were opened before the last call, which another server may have erased.
    /// Whoever runs the server calls this once in [`crate::keyring::FORGET_EVERY`].
    pub fn forget_old_keys(&self) {
        self.keyring.forget_old();
    }

    fn look_at_stores(&self, tables: &Tables, next: &mut Option<Vec<u8>>) -> Result<(), Fault> {
        let first = vec![key::number(Kind::Store)];
        let end = key::after(&first);
        let changes = self.noticing.changes.load(Ordering::SeqCst);
        let from = next.take().unwrap_or(first);
        let rows = tables.page(&from, &end, ROWS_PER_LOOK)?;
        let rest = rows.len() == ROWS_PER_LOOK;
        *next = rows
            .last()
            .filter(|_| rest)
            .map(|(row_key, _)| just_after(row_key));
        let read = rows.iter().map(|(_, row)| StoreRow::decode(row));
        self.keep_stores(changes, read.collect::<Result<_, _>>()?);
        Ok(())
    }

    fn look_at_catalogues(&self, tables: &Tables, next: &mut Option<StoreId>) -> Result<(), Fault> {
        let stores = self.names.known_after(next.take().as_ref(), ROWS_PER_LOOK);
        if stores.len() == ROWS_PER_LOOK {
            *next = stores.last().cloned();
        }
        let of = |store_id: &StoreId| key::plain(Kind::Head, store_id.as_str().as_bytes());
        let found = tables.get_all(stores.iter().map(of).collect())?;
        for store_id in &stores {
            if let Some(row) = found.get(&of(store_id)) {
                self.names
                    .follow(&self.engine, store_id, decode_head(row)?)?;
            }
        }
        Ok(())
    }

    /// Keeps stores as they were read. If we changed any since `changes` were counted, what is known may
    /// be newer and stays until the next look.
    fn keep_stores(&self, changes: u64, stores: Vec<StoreRow>) {
        let mut known = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        let is_newest = self.noticing.changes.load(Ordering::SeqCst) == changes;
        for row in stores {
            let store_id = row.store.store_id.clone();
            if is_newest || !known.contains_key(&store_id) {
                known.insert(store_id, Arc::new(row));
            }
        }
    }

    /// The newest number in the feed of each of these people, whichever server gave it; who is not
    /// there is missing in the answer. In a data folder of our own nobody is: whatever happens there
    /// is told by the commit itself.
    ///
    /// A number is given in the account's row, which is held until the transaction that gave it has
    /// ended. The next number can only be given after that, and whoever sees it sees all before it.
    /// So a reader who goes on from the last number that it read never passes an entry that comes to
    /// light later.
    ///
    /// # Errors
    /// [`Fault`] if the database cannot be read.
    pub fn newest_of(&self, people: &[UserId]) -> Result<Vec<(UserId, u64)>, Fault> {
        let tables = match &self.engine {
            Engine::Fjall(_) => return Ok(Vec::new()),
            Engine::Tables(tables) => tables,
        };
        let mut newest = Vec::with_capacity(people.len());
        for page in people.chunks(PEOPLE_PER_QUESTION) {
            let of = |user_id: &UserId| key::user(Kind::Account, *user_id);
            let found = tables.get_all(page.iter().map(of).collect())?;
            for user_id in page {
                if let Some(row) = found.get(&of(user_id)) {
                    newest.push((*user_id, AccountRow::decode(row)?.sequence));
                }
            }
        }
        Ok(newest)
    }

    /// A store that another server may have added a moment ago.
    pub(in super::super) fn store_of_others(&self, store_id: &StoreId) -> Option<Arc<StoreRow>> {
        if !self.is_shared() {
            return None;
        }
        if let Err(fault) = self.renew_stores(&[store_id]) {
            tracing::warn!(%fault, %store_id, "a store could not be looked up");
        }
        let known = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        known.get(store_id).cloned()
    }

    /// Takes notice of what other servers did to these stores, by one question.
    pub(in super::super) fn renew_stores(&self, stores: &[&StoreId]) -> Result<(), Fault> {
        let tables = match &self.engine {
            Engine::Fjall(_) => return Ok(()),
            Engine::Tables(tables) => tables,
        };
        let changes = self.noticing.changes.load(Ordering::SeqCst);
        let keys = stores.iter().map(|store_id| key::store(store_id));
        let found = tables.get_all(keys.collect())?;
        let read = found.values().map(|row| StoreRow::decode(row));
        self.keep_stores(changes, read.collect::<Result<_, _>>()?);
        Ok(())
    }
}
