//! What a store's batch owes to people in a ledger that commits in two steps: taken out of the batch, kept
//! in one row of the store, and filed from there, now by whoever recorded it, or later by whichever
//! server meets the row.
//!
//! A store has one such row at a time. Whoever has its turn files what is left over before anything else,
//! so that all that a batch decides by is as if it had always been filed.

use super::super::Ledger;
use super::super::draft::Draft;
use super::super::engine::Engine;
use super::super::key::{self, Kind};
use super::super::owed::{self, Owed};
use super::super::value::people::AccountRow;
use super::super::value::read_owner;
use super::super::value::to_file::{Part, ToFileRow, encode_filed};
use crate::fault::Fault;
use crate::postgres::fault::Failure;
use crate::postgres::filing::{ForOwner, ForPerson};
use crate::postgres::rows::{Change, Copied};
use crate::postgres::tables::{Tables, just_after};
use purchase::bytes::{ReadError, Reader};
use purchase::id::{OwnerId, UserId};
use purchase::time::Timestamp;
use std::collections::BTreeMap;

/// Stores whose left-overs are looked at by one question.
const PER_LOOK: usize = 4;

/// What a look at left-overs found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOvers {
    /// Batches that were filed now.
    pub filed: u64,
    /// Batches that are too new to be left over.
    pub newer: u64,
    /// Batches that could not be filed; the log says why.
    pub failed: u64,
}

/// Takes out of the rows of a batch what is to be written elsewhere than at `store`, with what people are
/// owed: the row that says so until it is filed. None if there is nothing of that.
pub(super) fn take_out(
    draft: &mut Draft<'_>,
    store: &str,
    rows: &mut Vec<Change>,
    at: Timestamp,
) -> Result<Option<(Vec<u8>, ToFileRow)>, Fault> {
    let mut parts: BTreeMap<[u8; 17], Part> = BTreeMap::new();
    for (user_id, owed) in std::mem::take(&mut draft.owed) {
        of(&mut parts, OwnerId::User(user_id)).owed = owed;
    }
    let mut kept = Vec::with_capacity(rows.len());
    let mut days: Vec<Copied> = Vec::new();
    for (row_key, row) in rows.drain(..) {
        match row_key.split_first() {
            Some((kind, rest)) if *kind == key::number(Kind::Purchase) => {
                let owner = read_owner(&mut Reader::new(rest))?;
                of(&mut parts, owner).rows.push((row_key, row));
            }
            Some(_) | None => kept.push((row_key, row)),
        }
    }
    if !parts.is_empty() {
        let is_day = |(row_key, _): &Change| row_key.first() == Some(&key::number(Kind::Day));
        let (of_days, others) = kept.into_iter().partition(is_day);
        kept = others;
        let written = |(row_key, row): Change| row.map(|row| (row_key, row));
        days = Vec::into_iter(of_days).filter_map(written).collect();
    }
    *rows = kept;
    let parts: Vec<Part> = parts.into_values().collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let row_key = key::to_file(store, draft.ledger.keyring.nonce());
    let row = ToFileRow { at, days, parts };
    rows.push((row_key.clone(), Some(row.encode())));
    Ok(Some((row_key, row)))
}

fn of(parts: &mut BTreeMap<[u8; 17], Part>, owner: OwnerId) -> &mut Part {
    parts.entry(key::owner_bytes(owner)).or_insert(Part {
        owner,
        rows: Vec::new(),
        owed: Vec::new(),
    })
}

impl Ledger {
    /// Files what the row under `entry` says, once, whoever else does so. Gives the people whose feed grew.
    pub(super) fn file(
        &self,
        tables: &Tables,
        entry: &[u8],
        row: &ToFileRow,
    ) -> Result<Vec<UserId>, Failure> {
        let (head, batch) = entry
            .split_last_chunk::<12>()
            .ok_or_else(|| Failure::Fault(ReadError::Short.into()))?;
        let store = head.get(1..).and_then(|store| store.strip_suffix(&[0]));
        let store = store.and_then(|store| str::from_utf8(store).ok());
        let store = store.ok_or_else(|| Failure::Fault(ReadError::Invalid.into()))?;
        let mut owners: Vec<ForOwner<'_>> = Vec::with_capacity(row.parts.len());
        for Part { owner, rows, owed } in &row.parts {
            let person = match *owner {
                OwnerId::User(user_id) => Some(ForPerson {
                    account: key::user(Kind::Account, user_id),
                    mark: (key::filed(user_id, store), encode_filed(*batch)),
                    count: Box::new(move |account| counted((user_id, account), owed, row.at)),
                }),
                OwnerId::Unclaimed(_) => None,
            };
            owners.push(ForOwner { rows, person });
        }
        let days = row.days.iter().cloned();
        let days = days.map(|(row_key, row)| (row_key, Some(row)));
        tables.file(entry, &owners, days.collect())?;
        let told = row.parts.iter().filter_map(|part| match part.owner {
            OwnerId::User(user_id) if part.owed.iter().any(owed::is_told) => Some(user_id),
            OwnerId::User(_) | OwnerId::Unclaimed(_) => None,
        });
        Ok(told.collect())
    }

    /// Files what batches left over that were recorded before `before`, whichever server recorded them.
    /// In a ledger that commits in one step there is nothing of that.
    ///
    /// # Errors
    /// [`Fault`] if the database cannot be read; what was filed stays filed.
    pub fn file_left_overs(&self, before: Timestamp) -> Result<LeftOvers, Fault> {
        let mut found = LeftOvers::default();
        let tables = match &self.engine {
            Engine::Fjall(_) => return Ok(found),
            Engine::Tables(tables) => tables,
        };
        let mut from = vec![key::number(Kind::ToFile)];
        let end = key::after(&from);
        loop {
            let rows = tables.page(&from, &end, PER_LOOK)?;
            for (row_key, row) in &rows {
                // One that cannot be filed is no reason to leave the others.
                match self.file_if_older(tables, (row_key, row), before) {
                    Ok(true) => found.filed += 1,
                    Ok(false) => found.newer += 1,
                    Err(failure) => {
                        tracing::warn!(%failure, "a left-over batch was not filed");
                        found.failed += 1;
                    }
                }
            }
            match rows.last() {
                Some((last, _)) if rows.len() == PER_LOOK => from = just_after(last),
                Some(_) | None => return Ok(found),
            }
        }
    }

    fn file_if_older(
        &self,
        tables: &Tables,
        (row_key, row): (&[u8], &[u8]),
        before: Timestamp,
    ) -> Result<bool, Failure> {
        let row = ToFileRow::decode(row)?;
        if row.at >= before {
            return Ok(false);
        }
        self.file(tables, row_key, &row)?;
        tables.counts().files_left_over();
        Ok(true)
    }
}

/// What an account becomes, and its feed.
fn counted(
    (user_id, account): (UserId, &[u8]),
    owed: &[Owed],
    at: Timestamp,
) -> Result<Vec<Change>, Fault> {
    let account = AccountRow::decode(account)?;
    let rows = owed::paid((user_id, account), owed, at);
    let change = |(_, (key, row))| (key, Some(row));
    Ok(rows.into_iter().map(change).collect())
}
