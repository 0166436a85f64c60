//! What machines tell of themselves, and the names that stores are asked for. A machine's word is kept as it
//! came; what is to be made of it is judged by whoever reads it. A wish lasts as long as lines wait for its
//! code, and no longer than a season.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::value::report::{ReportRow, WishRow};
use super::value::store::{DeviceRow, StoreRow};
use crate::account::{Reported, Wish};
use crate::fault::Fault;
use crate::write::{Changed, ReportStep, WISHES_MAX};
use purchase::bytes::ReadError;
use purchase::id::{DeviceId, ItemCode, StoreId, TokenId};
use purchase::report::Report;
use purchase::store::ChainId;
use purchase::time::Timestamp;

/// How long a store is asked for a name.
const WISH_KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
/// Waiting lines that are counted for a wish, at most.
const LINES_COUNTED_MAX: usize = 10_000;

impl Ledger {
    /// What the machines of a store told of themselves, and those of its chain for it.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn reports(&self, store_id: &StoreId) -> Result<Vec<Reported>, Fault> {
        self.engine
            .prefix(Space::Facts, &key::of_store(Row::Report, store_id))
            .map(|pair| {
                let (row_key, row) = pair?;
                let ReportRow {
                    received_at,
                    report,
                } = ReportRow::decode(&row)?;
                Ok(Reported {
                    device_id: device_of(&row_key)?,
                    received_at,
                    report,
                })
            })
            .collect()
    }

    /// The names that a store is asked for at `now`, those that were asked first in front.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn wishes(&self, store_id: &StoreId, now: Timestamp) -> Result<Vec<Wish>, Fault> {
        let prefix = key::of_store(Row::Wish, store_id);
        let mut found = self
            .engine
            .prefix(Space::Facts, &prefix)
            .map(|pair| {
                let (row_key, row) = pair?;
                let row = WishRow::decode(&row)?;
                Ok(Wish {
                    code: wished_code(&prefix, &row_key)?,
                    asked_at: row.asked_at,
                    by: row.by,
                    lines: row.lines,
                })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        found.retain(|wish| !is_too_old(wish.asked_at, now));
        found.sort_by(|one, other| (one.asked_at, &one.code).cmp(&(other.asked_at, &other.code)));
        Ok(found)
    }
}

pub(super) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: ReportStep,
) -> Result<Changed, Fault> {
    match step {
        ReportStep::Tell {
            store_id,
            device_id,
            report,
        } => tell(draft, at, (&store_id, device_id), *report),
        ReportStep::Wish { store_id, code, by } => wish(draft, at, (&store_id, &code), by),
        ReportStep::TakeBack { store_id, code } => {
            let row_key = key::wish(&store_id, &code);
            if draft.get(Space::Facts, &row_key)?.is_none() {
                return Ok(Changed::NotFound);
            }
            draft.take(Space::Facts, row_key);
            Ok(Changed::Done)
        }
    }
}

fn tell(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (store_id, device_id): (&StoreId, DeviceId),
    report: Report,
) -> Result<Changed, Fault> {
    if !tells_for(draft, store_id, device_id)? {
        return Ok(Changed::NotFound);
    }
    let row = ReportRow {
        received_at: at,
        report,
    };
    draft.put(Space::Facts, key::report(store_id, device_id), row.encode());
    // A store that reports is one that hears what it is asked for.
    forget_old(draft, at, store_id)?;
    Ok(Changed::Done)
}

/// Is it a machine of the store or of its chain whose key works?
fn tells_for(draft: &Draft<'_>, store_id: &StoreId, device_id: DeviceId) -> Result<bool, Fault> {
    let Some(store) = draft.store(store_id)? else {
        return Ok(false);
    };
    let own = key::device(store_id, device_id);
    let chains = store.store.chain_id.as_ref();
    let chains = chains.map(|chain_id| key::chain_device(chain_id, device_id));
    for row_key in [Some(own), chains].into_iter().flatten() {
        let row = draft.read(Space::Facts, &row_key, DeviceRow::decode)?;
        if row.is_some_and(|row| row.revoked_at.is_none()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn wish(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (store_id, code): (&StoreId, &ItemCode),
    by: TokenId,
) -> Result<Changed, Fault> {
    let waiting = key::of_code(store_id, code);
    let waiting = draft.scan(Space::Facts, &waiting, LINES_COUNTED_MAX)?.len();
    if waiting == 0 {
        return Ok(Changed::NotFound);
    }
    let asked = forget_old(draft, at, store_id)?;
    let row_key = key::wish(store_id, code);
    if draft.get(Space::Facts, &row_key)?.is_some() {
        return Ok(Changed::Same);
    }
    if asked >= WISHES_MAX {
        return Ok(Changed::Full);
    }
    let row = WishRow {
        asked_at: at,
        by,
        lines: u64::try_from(waiting).unwrap_or(u64::MAX),
    };
    draft.put(Space::Facts, row_key, row.encode());
    Ok(Changed::Done)
}

/// Takes away what a store has been asked for too long. Gives how many wishes stay.
fn forget_old(draft: &mut Draft<'_>, at: Timestamp, store_id: &StoreId) -> Result<usize, Fault> {
    let all = key::of_store(Row::Wish, store_id);
    let mut stay = 0;
    for (row_key, row) in draft.scan(Space::Facts, &all, usize::MAX)? {
        if is_too_old(WishRow::decode(&row)?.asked_at, at) {
            draft.take(Space::Facts, row_key);
        } else {
            stay += 1;
        }
    }
    Ok(stay)
}

fn is_too_old(asked_at: Timestamp, now: Timestamp) -> bool {
    asked_at.plus_ms(WISH_KEPT_MS) <= now
}

/// A line that waited for `code` was named: if it was the last one, nobody asks any more.
pub(super) fn met(draft: &mut Draft<'_>, store_id: &StoreId, code: &ItemCode) -> Result<(), Fault> {
    let row_key = key::wish(store_id, code);
    if draft.get(Space::Facts, &row_key)?.is_none() {
        return Ok(());
    }
    let waiting = key::of_code(store_id, code);
    if draft.scan(Space::Facts, &waiting, 1)?.is_empty() {
        draft.take(Space::Facts, row_key);
    }
    Ok(())
}

/// A machine of a chain is gone: what it told for the chain's stores goes.
pub(super) fn forget_of_chain(
    draft: &mut Draft<'_>,
    chain_id: &ChainId,
    device_id: DeviceId,
) -> Result<(), Fault> {
    for (_, row) in draft.scan(Space::Facts, &[key::number(Row::Store)], usize::MAX)? {
        let store = StoreRow::decode(&row)?.store;
        let row_key = key::report(&store.store_id, device_id);
        if store.chain_id.as_ref() == Some(chain_id) && draft.get(Space::Facts, &row_key)?.is_some()
        {
            draft.take(Space::Facts, row_key);
        }
    }
    Ok(())
}

/// The store has left its chain: what machines of the chain told for it goes.
pub(super) fn forget_strangers(draft: &mut Draft<'_>, store_id: &StoreId) -> Result<(), Fault> {
    let all = key::of_store(Row::Report, store_id);
    for (row_key, _) in draft.scan(Space::Facts, &all, usize::MAX)? {
        let own = key::device(store_id, device_of(&row_key)?);
        if draft.get(Space::Facts, &own)?.is_none() {
            draft.take(Space::Facts, row_key);
        }
    }
    Ok(())
}

/// The machine at the end of a report's key.
fn device_of(row_key: &[u8]) -> Result<DeviceId, Fault> {
    let (_, id) = row_key.split_last_chunk::<16>().ok_or(ReadError::Short)?;
    Ok(DeviceId(*id))
}

/// The code in a wish's key, behind what all of the store have in common.
fn wished_code(prefix: &[u8], row_key: &[u8]) -> Result<ItemCode, Fault> {
    let code = row_key
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_suffix(&[0]))
        .ok_or(ReadError::Short)?;
    let code = str::from_utf8(code).map_err(|_| ReadError::Invalid)?;
    Ok(ItemCode::parse(code).map_err(|_| ReadError::Invalid)?)
}
