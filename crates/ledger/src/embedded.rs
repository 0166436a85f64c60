//! The embedded ledger: one folder, one process, one writer.
//!
//! Reads run anywhere at any time. Writes come as batches through [`Ledger::commit`], which
//! returns when they are on the disk; [`Ledger::acknowledge`] then moves the watermark, and only
//! after that may anyone be told. After any failure nothing is written any more.

use crate::fault::Fault;
use crate::keyring::{Keyring, Spare};
use crate::notice::Purpose;
use crate::postgres::open::Place;
use crate::watermark::{Mark, Watermark};
use crate::write::{Resume, Write, Written};
use draft::{After, Draft};
use engine::Engine;
use hot::Hot;
use key::Space;
use learn::catch_up;
use names::Names;
use purchase::id::{StoreId, UserId};
use purchase::time::Timestamp;
use shared::others::Noticing;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use value::people::CommitRow;
use value::purchase_row::FeedRow;
use value::store::StoreRow;

mod accesses;
mod admin;
pub(crate) mod block;
pub mod browse;
pub(crate) mod buyer;
mod catalogue;
pub mod chain;
mod claim;
mod draft;
pub mod engine;
pub mod foresee;
mod hot;
mod household;
mod joining;
pub(crate) mod key;
mod labels;
mod learn;
mod leaves;
mod leaving;
mod lookup;
mod member;
mod merger;
mod missing;
pub mod moving;
pub(crate) mod names;
pub mod open;
mod operators;
mod originals;
mod owed;
mod partners;
mod person;
pub mod prepare;
mod read;
mod refile;
mod reports;
pub mod rows;
mod sessions;
mod settle;
pub mod shared;
mod sign_in;
mod standing;
mod sweeper;
mod tills;
mod tokens;
pub mod unused;
pub(crate) mod value;
pub mod verify;

/// Feed entries looked at in one pruning step.
const PRUNE_PER_STEP: usize = 2_000;

/// The open ledger.
pub struct Ledger {
    id: [u8; 16],
    purpose: Purpose,
    engine: Engine,
    keyring: Keyring,
    /// Makes purchase ids, claim codes and look-ups that only this server can make.
    secret: ring::hmac::Key,
    names: Names,
    hot: Hot,
    stores: RwLock<HashMap<StoreId, Arc<StoreRow>>>,
    writer: Mutex<Writer>,
    /// Of the embedded engine only: a database answers for itself.
    watermark: Option<Mutex<Watermark>>,
    stopped: AtomicBool,
    /// Counts erasures, so that nothing prepared before one is filed after it.
    erasures: AtomicU64,
    /// How far looking at what other servers did has come.
    noticing: Noticing,
    data: PathBuf,
    /// Held as long as a data folder is open: one process at a time.
    _lock: Option<File>,
}

/// What one writer at a time touches.
struct Writer {
    mark: Mark,
}

/// A durable batch.
#[derive(Debug)]
pub struct Committed {
    /// What became of each write, in order.
    pub written: Vec<Written>,
    /// To be acknowledged before anyone is told.
    pub mark: Mark,
    /// People whose feed grew.
    pub told: Vec<UserId>,
}

impl Ledger {
    /// Commits a batch: all of it durably, or nothing. `at` is the time of the commit. A ledger that commits in
    /// two steps does so store by store, and if one of them fails those before it may be committed.
    ///
    /// # Errors
    /// [`Fault`] if the batch could not be made durable. The ledger is stopped then: it acknowledges
    /// nothing more until it is opened anew. [`Fault::Away`] does not stop it; the fate of the batch is
    /// unknown then, and the same may be written again. [`Fault::Moving`] does not stop it either.
    pub fn commit(&self, batch: Vec<Write>, at: Timestamp) -> Result<Committed, Fault> {
        if self.is_stopped() {
            return Err(Fault::Stopped);
        }
        self.takes_writes()?;
        let committed = match &self.engine {
            Engine::Fjall(_) => {
                let mut writer = self.writer.lock().map_err(|_| Fault::Stopped)?;
                self.commit_as(&mut writer, batch, at)
            }
            // Of batches that meet in a database, its turns let one at a time through.
            Engine::Tables(tables) => self.commit_in(tables, batch, at),
        };
        if matches!(committed, Err(Fault::Away { .. })) {
            // It may have lost something by the time it comes back, and a batch that goes by what it had is
            // given up as often as it is tried.
            self.noticing.doubt();
        }
        // A database that is away may come back, and one that moves is read; whatever else fails is not
        // trusted any more.
        if !matches!(committed, Ok(_) | Err(Fault::Away { .. } | Fault::Moving)) {
            self.stopped.store(true, Ordering::SeqCst);
        }
        committed
    }

    fn commit_as(
        &self,
        writer: &mut Writer,
        batch: Vec<Write>,
        at: Timestamp,
    ) -> Result<Committed, Fault> {
        if self.is_stopped() {
            return Err(Fault::Stopped);
        }
        let mut draft = Draft::new(self, draft::Committed::Engine(&self.engine));
        let written = decide(&mut draft, batch, at)?;
        owed::pay(&mut draft, at)?;
        let after = std::mem::take(&mut draft.after);
        if draft.is_empty() {
            return Ok(Committed {
                written,
                mark: writer.mark,
                told: self.follow(after)?,
            });
        }
        let mark = Mark {
            seq: writer.mark.seq + 1,
            chain: draft.chain(writer.mark.chain),
        };
        draft.put(
            Space::Facts,
            key::commit(mark.seq),
            CommitRow { mark, at }.encode(),
        );
        let hot = &self.hot;
        let rows = draft.into_rows().inspect(|(space, key, row)| {
            if *space == Space::Facts {
                hot.follow(key, row.as_deref());
            }
        });
        self.engine.commit(rows)?;
        writer.mark = mark;
        let told = self.follow(after)?;
        Ok(Committed {
            written,
            mark,
            told,
        })
    }

    /// Brings what is kept in memory in step with a durable batch.
    fn follow(&self, after: After) -> Result<Vec<UserId>, Fault> {
        let After {
            moved,
            stores,
            mut told,
            erased,
            unused,
        } = after;
        for spare in unused {
            self.keyring.give_back(spare);
        }
        for step in moved {
            self.names.moved(step);
        }
        if !stores.is_empty() {
            let mut known = self.stores.write().unwrap_or_else(PoisonError::into_inner);
            for row in stores {
                known.insert(row.store.store_id.clone(), Arc::new(row));
            }
            self.noticing.changed();
        }
        for (holder, slot) in erased {
            self.erasures.fetch_add(1, Ordering::SeqCst);
            self.keyring.erase(holder, slot)?;
        }
        told.sort_unstable();
        told.dedup();
        Ok(told)
    }

    /// Makes `mark` the last acknowledged commit, durably.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be written; the ledger is stopped then.
    pub fn acknowledge(&self, mark: Mark) -> Result<(), Fault> {
        let Some(watermark) = &self.watermark else {
            return Ok(());
        };
        let mut watermark = watermark.lock().map_err(|_| Fault::Stopped)?;
        let advanced = watermark.advance(mark);
        if advanced.is_err() {
            self.stopped.store(true, Ordering::SeqCst);
        }
        advanced
    }

    fn takes_writes(&self) -> Result<(), Fault> {
        match self.purpose {
            Purpose::Serve => Ok(()),
            Purpose::Read => Err(Fault::Moving),
        }
    }

    /// What it was opened for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Has a failure stopped all writing?
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// A durable key for a new owner.
    ///
    /// # Errors
    /// [`Fault`] if no key can be made durable.
    pub fn take_key(&self) -> Result<Spare, Fault> {
        self.takes_writes()?;
        self.keyring.take()
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The database in which the ledger lies, without its password; none if it is the data folder.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match &self.engine {
            Engine::Fjall(_) => None,
            Engine::Tables(tables) => Some(tables.place()),
        }
    }

    /// The folder of the keyring.
    #[must_use]
    pub fn keys(&self) -> &Path {
        self.keyring.folder()
    }

    /// The last commit.
    ///
    /// # Errors
    /// [`Fault::Stopped`] after a failure in the writer.
    pub fn mark(&self) -> Result<Mark, Fault> {
        Ok(self.writer.lock().map_err(|_| Fault::Stopped)?.mark)
    }

    pub(crate) fn store_row(&self, store_id: &StoreId) -> Option<Arc<StoreRow>> {
        let known = {
            let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
            stores.get(store_id).cloned()
        };
        known.or_else(|| self.store_of_others(store_id))
    }

    pub(crate) fn store_rows(&self) -> Vec<Arc<StoreRow>> {
        let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<_> = stores.values().cloned().collect();
        rows.sort_by(|left, right| left.store.store_id.cmp(&right.store.store_id));
        rows
    }

    /// The stores that follow the catalogue of `source`.
    #[must_use]
    pub fn followers(&self, source: &StoreId) -> Vec<StoreId> {
        let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        let follows = |row: &&Arc<StoreRow>| row.store.catalogue_of.as_ref() == Some(source);
        let mut followers: Vec<StoreId> = stores
            .values()
            .filter(follows)
            .map(|row| row.store.store_id.clone())
            .collect();
        followers.sort_unstable();
        followers
    }

    /// The store whose catalogue names what the store sells: itself, or the one that it follows.
    #[must_use]
    pub fn source(&self, store_id: &StoreId) -> StoreId {
        self.store_row(store_id)
            .map_or_else(|| store_id.clone(), |row| row.store.source().clone())
    }

    /// Every store's id, in order.
    #[must_use]
    pub fn store_ids(&self) -> Vec<StoreId> {
        self.store_rows()
            .iter()
            .map(|row| row.store.store_id.clone())
            .collect()
    }
}

/// Decides every write of a batch, in order. What people are owed by it is not paid yet.
fn decide(
    draft: &mut Draft<'_>,
    batch: impl IntoIterator<Item = Write>,
    at: Timestamp,
) -> Result<Vec<Written>, Fault> {
    let written = batch.into_iter().map(|write| apply(draft, at, write));
    let written = written.collect::<Result<_, _>>()?;
    draft.secure_keys()?;
    Ok(written)
}

fn apply(draft: &mut Draft<'_>, at: Timestamp, write: Write) -> Result<Written, Fault> {
    Ok(match write {
        Write::Settle(prepared) => Written::Settled(settle::settle(draft, at, prepared)?),
        Write::AddStore(store) => admin::add_store(draft, *store)?,
        Write::Link {
            store_id,
            chain_id,
            catalogue_of,
        } => chain::link(draft, at, &store_id, (chain_id, catalogue_of))?,
        Write::Chain(step) => chain::write(draft, at, step)?.into(),
        Write::AddIdentity { store_id, identity } => {
            admin::add_identity(draft, at, &store_id, *identity)?.into()
        }
        Write::CloseStore { store_id } => admin::close_store(draft, at, &store_id)?,
        Write::AddDevice {
            store_id,
            device_id,
            name,
            hash,
        } => admin::add_device(draft, at, &store_id, (device_id, name, hash))?.into(),
        Write::Joining(step) => joining::write(draft, at, step)?,
        Write::RevokeDevice {
            store_id,
            device_id,
        } => admin::revoke_device(draft, at, &store_id, device_id)?.into(),
        Write::AddUser {
            spare,
            profile,
            first,
        } => admin::add_user(draft, at, spare, &profile, first)?,
        Write::AddToken(token) => tokens::add(draft, at, token)?.into(),
        Write::RevokeToken { token_id } => tokens::revoke(draft, token_id)?.into(),
        Write::AddOperator(operator) => operators::add(draft, at, *operator)?.into(),
        Write::Noted(noted) => operators::noted(draft, at, *noted)?,
        Write::PruneAudit { count } => operators::prune(draft, count)?.into(),
        Write::Catalogue(step) => Written::Catalogue(catalogue::write(draft, *step)?),
        Write::Learn {
            store_id,
            codes,
            resume,
        } => learn::learn(draft, at, &store_id, codes, resume)?.into(),
        Write::Labels { store_id, resume } => learn::labels(draft, at, &store_id, resume)?.into(),
        Write::CatchUp { store_id, resume } => catch_up(draft, at, &store_id, resume)?.into(),
        Write::Confirm {
            store_id,
            code,
            revision,
            resume,
        } => learn::confirm(draft, at, &store_id, (&code, revision), resume)?.into(),
        Write::PruneFeed { before, resume } => Written::Pruned(prune_feed(draft, before, resume)?),
        Write::Member(step) => member::write(draft, at, step)?.into(),
        Write::Claim(step) => Written::Claimed(claim::write(draft, at, step)?),
        Write::Erase { user_id } => admin::erase(draft, at, user_id)?.into(),
        Write::Session(step) => sessions::write(draft, at, step)?.into(),
        Write::SignIn(step) => sign_in::write(draft, at, step)?.into(),
        Write::Leaf(step) => leaves::write(draft, at, step)?.into(),
        Write::Missing(step) => missing::write(draft, at, step)?,
        Write::Household(step) => household::write(draft, at, step)?.into(),
        Write::Report(step) => reports::write(draft, at, step)?.into(),
        Write::Partner(step) => partners::write(draft, at, step)?.into(),
        Write::Consent(step) => partners::consent(draft, at, step)?.into(),
        Write::Standing(step) => standing::write(draft, at, step)?.into(),
        Write::Merge(step) => Written::Merging(merger::write(draft, at, step)?),
    })
}

/// Takes away feed entries older than `before`, as far as one step goes.
fn prune_feed(
    draft: &mut Draft<'_>,
    before: Timestamp,
    resume: Option<Resume>,
) -> Result<Option<Resume>, Fault> {
    let all = [key::number(key::Kind::Feed)];
    let from = resume.map_or_else(|| all.to_vec(), |resume| resume.0);
    let rows = draft.scan_from(Space::Feed, &all, from, PRUNE_PER_STEP)?;
    let next = (rows.len() == PRUNE_PER_STEP)
        .then(|| rows.last())
        .flatten();
    let next = next.map(|(row_key, _)| Resume(key::after(row_key)));
    for (row_key, row) in rows {
        if FeedRow::decode(&row)?.at < before {
            draft.take(Space::Feed, row_key);
        }
    }
    Ok(next)
}

/// The bytes of a store id, as the last part of a key.
fn row_store_text(store_id: &StoreId) -> &[u8] {
    store_id.as_str().as_bytes()
}
