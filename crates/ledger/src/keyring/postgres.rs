//! The keyring's form in PostgreSQL, which several servers share: one row for each key, found by its
//! holder, and one row that says whose keys they are. The master key is never in the database.
//!
//! Each verb is one statement, committed before it is answered, and may be carried out twice: so a lost
//! answer means "again", and never "stop". No row is ever deleted.

use super::master::Master;
use super::{Entropy, Fresh, HolderId, KeyState, Slot, Spare};
use crate::fault::{Fault, OpenError};
use crate::postgres::counts::Connections;
use crate::postgres::fault::Failure;
use crate::postgres::line::{Line, hold};
use crate::postgres::open::{Durability, Place};
use crate::postgres::waiting::Waiting;
use crate::seal::DataKey;
use deadpool_postgres::Pool;
use near::Near;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_postgres::Row;

mod moving;
mod near;
mod open;
mod secure;

pub(crate) use open::is_free_for;
pub use open::statements;

/// What is needed to open a keyring in a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it is, as in [`crate::postgres::open::Options`]. The ledger's own database will do.
    pub url: String,
    /// Connections at most.
    pub connections_max: usize,
    /// Whether the database must keep what it says it has.
    pub durability: Durability,
    /// The folder with `master.key`, on every server the same.
    pub folder: PathBuf,
    /// What to do where there is no keyring.
    pub missing: Missing,
}

/// What to do where there is no keyring.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Make one: the ledger is new, and nothing is sealed.
    Make,
    /// Refuse: what the ledger holds would never be opened again.
    Refuse,
    /// Make one with this secret, for a ledger that moves here with all its keys. The master key must be
    /// there.
    Bring([u8; 32]),
}

impl std::fmt::Debug for Missing {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Make => "Make",
            Self::Refuse => "Refuse",
            Self::Bring(_) => "Bring(..)",
        })
    }
}

/// Holders that one question is about at most, and that one page of them has.
const HOLDERS_PER_QUESTION: usize = 4_096;

const LIVE: i16 = 1;
const ERASED: i16 = 0;

/// Row by row there is but one good plan, also for a table that was small when the plan was made.
const KEYS: &str = "SELECT found.holder, found.state, found.wrapped \
     FROM unnest($1::bytea[]) AS wanted (holder) CROSS JOIN LATERAL \
     (SELECT held.holder, held.state, held.wrapped FROM orihon_keys.keys AS held \
     WHERE held.holder = wanted.holder LIMIT 1) AS found";

const KEEP: &str = "INSERT INTO orihon_keys.keys (holder, state, wrapped) \
     SELECT made.holder, 1, made.wrapped FROM unnest($1::bytea[], $2::bytea[]) \
     AS made (holder, wrapped)";

const ERASE: &str = "INSERT INTO orihon_keys.keys AS held (holder, state, wrapped) \
     VALUES ($1, 0, NULL) ON CONFLICT (holder) DO UPDATE SET state = 0, wrapped = NULL \
     WHERE held.state <> 0";

const PAGE: &str = "SELECT holder, state FROM orihon_keys.keys WHERE holder > $1 \
     ORDER BY holder LIMIT $2";

/// The open tables.
pub(super) struct PostgresRing {
    waiting: Arc<Waiting>,
    pool: Pool,
    /// Where keys are read.
    line: Line,
    place: Place,
    folder: PathBuf,
    master: Master,
    near: Mutex<Near>,
}

impl PostgresRing {
    /// Opens it, and gives the server's secret with it.
    pub(super) fn open(
        options: &Options,
        ledger_id: [u8; 16],
        entropy: &Entropy,
        waiting: Arc<Waiting>,
    ) -> Result<(Self, [u8; 32]), OpenError> {
        let opened = waiting.wait(open::open(options, ledger_id, entropy))?;
        let ring = Self {
            waiting,
            line: Line::Now(opened.pool.clone()),
            pool: opened.pool,
            place: opened.place,
            folder: options.folder.clone(),
            master: opened.master,
            near: Mutex::default(),
        };
        Ok((ring, opened.secret))
    }

    /// From now on keys are read as they are at this moment, also those that are destroyed later.
    pub(super) fn hold(&mut self) -> Result<(), Fault> {
        self.line = self.waiting.wait(hold(&self.pool)).map_err(later)?;
        Ok(())
    }

    /// Is the key of `holder` there, whatever moment is held?
    pub(super) fn is_there_now(&self, holder: HolderId) -> Result<bool, Fault> {
        let line = Line::Now(self.pool.clone());
        let rows = self.waiting.wait(rows(&line, &[holder])).map_err(later)?;
        let states = rows.iter().map(|row| Ok(read(row)?.1));
        let states: Vec<KeyState> = states.collect::<Result<_, Fault>>()?;
        Ok(states.contains(&KeyState::Live))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// Our connections, at this moment.
    pub(super) fn connections(&self) -> Connections {
        Connections::of(&self.pool)
    }

    /// Keeps new keys, all durable by one commit.
    pub(super) fn keep(&self, fresh: Vec<Fresh>) -> Result<Vec<Spare>, Fault> {
        let mut holders = Vec::with_capacity(fresh.len());
        let mut wrapped = Vec::with_capacity(fresh.len());
        let mut kept = Vec::with_capacity(fresh.len());
        for Fresh { holder, key, nonce } in fresh {
            holders.push(holder.0.to_vec());
            wrapped.push(self.master.wrap(nonce, &context(holder), &key));
            let slot = Slot::BY_HOLDER;
            kept.push(Spare { holder, slot, key });
        }
        let kept_now = self.waiting.wait(async {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(KEEP).await?;
            let rows = client.execute(&statement, &[&holders, &wrapped]).await?;
            Ok(rows)
        });
        let rows = kept_now.map_err(later)?;
        if usize::try_from(rows) != Ok(kept.len()) {
            let detail = format!("{rows} new keys of {} were kept", kept.len());
            return Err(Fault::Engine { detail });
        }
        Ok(kept)
    }

    /// The keys of these holders; one that was erased or never made is missing in the answer.
    pub(super) fn keys(&self, holders: &[HolderId]) -> Result<BTreeMap<HolderId, DataKey>, Fault> {
        let mut found = BTreeMap::new();
        let mut far = BTreeSet::new();
        let near = self.near();
        let asked = near.moment();
        for holder in holders {
            match near.get(holder) {
                Some(key) => drop(found.insert(*holder, key.clone())),
                None => drop(far.insert(*holder)),
            }
        }
        drop(near);
        let far: Vec<HolderId> = far.into_iter().collect();
        for some in far.chunks(HOLDERS_PER_QUESTION) {
            let rows = self.waiting.wait(self.rows(some)).map_err(later)?;
            let mut near = self.near();
            for row in rows {
                let Some((holder, key)) = self.open_row(&row)? else {
                    continue;
                };
                near.put(asked, holder, key.clone());
                found.insert(holder, key);
            }
        }
        Ok(found)
    }

    /// The rows of these holders. Of a moment that is held, those that are not there yet are read as
    /// they are now: a ledger that was held a moment later may have their owners already.
    async fn rows(&self, holders: &[HolderId]) -> Result<Vec<Row>, Failure> {
        let mut found = rows(&self.line, holders).await?;
        match &self.line {
            Line::Now(_) => {}
            Line::Held(_) => {
                let mut missing: BTreeSet<HolderId> = holders.iter().copied().collect();
                for row in &found {
                    missing.remove(&read(row)?.0);
                }
                if !missing.is_empty() {
                    let missing: Vec<HolderId> = missing.into_iter().collect();
                    found.extend(rows(&Line::Now(self.pool.clone()), &missing).await?);
                }
            }
        }
        Ok(found)
    }

    /// The key in a row of [`KEYS`]; none if it was erased.
    fn open_row(&self, row: &Row) -> Result<Option<(HolderId, DataKey)>, Fault> {
        let (holder, state) = read(row)?;
        let wrapped: Option<&[u8]> = row.try_get(2).map_err(unread)?;
        match (state, wrapped) {
            (KeyState::Live, Some(wrapped)) => {
                let key = self.master.unwrap(&context(holder), wrapped)?;
                Ok(Some((holder, key)))
            }
            (KeyState::Erased, None) => Ok(None),
            (KeyState::Live, None) | (KeyState::Erased, Some(_)) => Err(Fault::damaged(
                "a key is there and erased, or neither of both",
            )),
        }
    }

    /// Destroys a key, durably, and forgets it. Its row stays and says so.
    pub(super) fn erase(&self, holder: HolderId) -> Result<(), Fault> {
        let id = holder.0.as_slice();
        let erased = self.waiting.wait(async {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(ERASE).await?;
            client.execute(&statement, &[&id]).await?;
            Ok(())
        });
        // Whether it went through or not: the database knows.
        self.near().forget(&holder);
        erased.map_err(later)
    }

    /// A page of the rows that `question` asks for, behind the holder `after`: the last one if there are
    /// fewer than [`HOLDERS_PER_QUESTION`].
    fn page(&self, question: &str, after: &[u8]) -> Result<Vec<Row>, Fault> {
        let limit = i64::try_from(HOLDERS_PER_QUESTION).unwrap_or(i64::MAX);
        let rows = self.waiting.wait(async {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(question).await?;
            Ok(client.query(&statement, &[&after, &limit]).await?)
        });
        rows.map_err(later)
    }

    /// Tells of every key, in the order of holders.
    pub(super) fn each(&self, tell: &mut dyn FnMut(HolderId, KeyState)) -> Result<(), Fault> {
        let mut after = Vec::new();
        loop {
            let rows = self.page(PAGE, &after)?;
            for row in &rows {
                let (holder, state) = read(row)?;
                tell(holder, state);
                after = holder.0.to_vec();
            }
            if rows.len() < HOLDERS_PER_QUESTION {
                return Ok(());
            }
        }
    }

    pub(super) fn is_near(&self, holder: HolderId) -> bool {
        self.near().get(&holder).is_some()
    }

    pub(super) fn forget_old(&self) {
        self.near().forget_old();
    }

    fn near(&self) -> MutexGuard<'_, Near> {
        self.near.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn rows(line: &Line, holders: &[HolderId]) -> Result<Vec<Row>, Failure> {
    let holders: Vec<&[u8]> = holders.iter().map(|holder| holder.0.as_slice()).collect();
    let client = line.lend().await?;
    let statement = client.prepare_cached(KEYS).await?;
    Ok(client.query(&statement, &[&holders]).await?)
}

/// Holder and state, which every question asks for first.
fn read(row: &Row) -> Result<(HolderId, KeyState), Fault> {
    let holder: &[u8] = row.try_get(0).map_err(unread)?;
    let holder = holder
        .try_into()
        .map_err(|_| Fault::damaged("the holder of a key is not of 16 bytes"))?;
    let state = match row.try_get(1).map_err(unread)? {
        LIVE => KeyState::Live,
        ERASED => KeyState::Erased,
        other => return Err(Fault::damaged(format!("a key has the state {other}"))),
    };
    Ok((HolderId(holder), state))
}

fn unread(error: tokio_postgres::Error) -> Fault {
    Fault::damaged(format!("a row of the keyring: {error}"))
}

/// What is asked here may be asked again, whatever became of it the first time: new keys that were kept
/// without our knowing are never used, and a key can be destroyed twice.
fn later(failure: Failure) -> Fault {
    match failure {
        Failure::Again { detail, .. }
        | Failure::Unknown { detail }
        | Failure::Busy { detail, .. } => Fault::Away { detail },
        Failure::Fault(fault) => fault,
    }
}

/// The first byte of what a key in a table is bound to. In a file, nothing is bound to 17 bytes.
const FORM: u8 = 2;

/// Binds a wrapped key to its holder, so that rows cannot be exchanged.
fn context(holder: HolderId) -> [u8; 17] {
    let mut context = [FORM; 17];
    if let Some((_, id)) = context.split_first_mut() {
        id.copy_from_slice(&holder.0);
    }
    context
}

#[cfg(test)]
mod tests;
