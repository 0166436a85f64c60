//! Taking notice of what other servers did to the same ledger: stores, catalogues, and people's feeds.
//! What is asked here only freshens what is kept in memory or wakes somebody; no write goes by it.

use super::super::Ledger;
use super::super::engine::Engine;
use super::super::key::{self, Kind, Space};
use super::super::open::read_stores;
use super::super::value::people::AccountRow;
use super::super::value::store::StoreRow;
use crate::fault::Fault;
use purchase::id::{StoreId, UserId};
use std::sync::{Arc, PoisonError};

/// People that one question is about.
const PEOPLE_PER_QUESTION: usize = 1_000;

impl Ledger {
    /// Takes notice of what other servers did to stores and catalogues, and forgets opened keys after
    /// a while. Whoever runs the server calls this every second or two; in a data folder of our own
    /// there is nothing to notice.
    ///
    /// # Errors
    /// [`Fault`] if the database cannot be read; what was known stays.
    pub fn renew(&self) -> Result<(), Fault> {
        if !self.is_shared() {
            return Ok(());
        }
        self.renew_stores()?;
        for store_id in self.names.known() {
            self.names.renew(&self.engine, &store_id)?;
        }
        self.keyring.forget_old();
        Ok(())
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
        let row_key = key::store(store_id);
        let read = self.engine.read(Space::Facts, &row_key, StoreRow::decode);
        let found = read.unwrap_or_else(|fault| {
            tracing::warn!(%fault, %store_id, "a store could not be looked up");
            None
        });
        let row = Arc::new(found?);
        let mut known = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(store_id.clone(), Arc::clone(&row));
        Some(row)
    }

    /// Takes notice of what other servers did to stores.
    pub(in super::super) fn renew_stores(&self) -> Result<(), Fault> {
        let stores = read_stores(&self.engine)?;
        *self.stores.write().unwrap_or_else(PoisonError::into_inner) = stores;
        Ok(())
    }
}
