//! Chains of stores: writing and reading them, the machines that write for all their stores, and
//! which store follows whose catalogue. What follows from that for names is not decided here.

use super::Ledger;
use super::admin::change_store;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::reports;
use super::tills::device;
use super::value::people::Opens;
use super::value::store::{ChainRow, Credential, DeviceRow, Home, Signer};
use crate::account::{Chain, Device};
use crate::fault::Fault;
use crate::write::{Chaining, Changed, Misfit, Written};
use purchase::bytes::ReadError;
use purchase::id::{DeviceId, StoreId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::store::{ChainId, Store};
use purchase::text::Text;
use purchase::time::Timestamp;
use std::collections::HashMap;

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: Chaining,
) -> Result<Changed, Fault> {
    match step {
        Chaining::Add { chain_id, name } => add(draft, at, &chain_id, name),
        Chaining::Device {
            chain_id,
            device_id,
            name,
            credential,
        } => {
            let row = DeviceRow {
                name,
                credential,
                created_at: at,
                revoked_at: None,
            };
            add_device(draft, chain_id, device_id, &row)
        }
        Chaining::Revoke {
            chain_id,
            device_id,
        } => revoke(draft, at, &chain_id, device_id),
    }
}

fn add(
    draft: &mut Draft<'_>,
    at: Timestamp,
    chain_id: &ChainId,
    name: Text,
) -> Result<Changed, Fault> {
    let row_key = key::chain(chain_id);
    match draft.read(Space::Facts, &row_key, ChainRow::decode)? {
        Some(known) if known.name == name => Ok(Changed::Same),
        Some(_) => Ok(Changed::Different),
        None => {
            let row = ChainRow {
                name,
                created_at: at,
            };
            draft.put(Space::Facts, row_key, row.encode());
            Ok(Changed::Done)
        }
    }
}

/// A chain that a store has named since before chains had rows gets one, called by its id.
pub(crate) fn found(draft: &mut Draft<'_>, at: Timestamp, chain_id: &ChainId) -> Result<(), Fault> {
    if draft.get(Space::Facts, &key::chain(chain_id))?.is_none() {
        let name = Text::new(chain_id.as_str(), TEXT_CHARS_MAX).map_err(|_| ReadError::Invalid)?;
        add(draft, at, chain_id, name)?;
    }
    Ok(())
}

fn add_device(
    draft: &mut Draft<'_>,
    chain_id: ChainId,
    device_id: DeviceId,
    row: &DeviceRow,
) -> Result<Changed, Fault> {
    if draft.get(Space::Facts, &key::chain(&chain_id))?.is_none() {
        return Ok(Changed::NotFound);
    }
    let row_key = key::chain_device(&chain_id, device_id);
    draft.put(Space::Facts, row_key, row.encode());
    let door = door(row.credential, device_id);
    let opens = match row.credential {
        Credential::Hash(_) => Opens::ChainDevice {
            chain_id,
            device_id,
        }
        .encode(),
        Credential::PublicKey(public_key) => Signer {
            home: Home::Chain(chain_id),
            public_key,
        }
        .encode(),
    };
    draft.put(Space::Facts, door, opens);
    Ok(Changed::Done)
}

/// The row through which a machine comes in.
fn door(credential: Credential, device_id: DeviceId) -> Vec<u8> {
    match credential {
        Credential::Hash(hash) => key::plain(Row::Secret, &hash),
        Credential::PublicKey(_) => key::signer(device_id),
    }
}

fn revoke(
    draft: &mut Draft<'_>,
    at: Timestamp,
    chain_id: &ChainId,
    device_id: DeviceId,
) -> Result<Changed, Fault> {
    let row_key = key::chain_device(chain_id, device_id);
    let Some(mut row) = draft.read(Space::Facts, &row_key, DeviceRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    if row.revoked_at.is_some() {
        return Ok(Changed::Same);
    }
    row.revoked_at = Some(at);
    draft.put(Space::Facts, row_key, row.encode());
    draft.take(Space::Facts, door(row.credential, device_id));
    reports::forget_of_chain(draft, chain_id, device_id)?;
    Ok(Changed::Done)
}

/// Gives a store another place. Its lines that wait speak of revisions of the catalogue that it has
/// now, and stores that follow it count on what it is: neither may change under them.
pub(crate) fn link(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    (chain_id, catalogue_of): (Option<ChainId>, Option<StoreId>),
) -> Result<Written, Fault> {
    let Some(row) = draft.store(store_id)? else {
        return Ok(Written::Changed(Changed::NotFound));
    };
    let now = &row.store;
    let next = Store {
        chain_id,
        catalogue_of,
        ..now.clone()
    };
    if next == *now {
        return Ok(Written::Changed(Changed::Same));
    }
    if let Some(misfit) = misfit(draft, &next)? {
        return Ok(Written::Misfit(misfit));
    }
    if let Some(by) = draft.follower_of(store_id)? {
        return Ok(Written::Misfit(Misfit::Followed { by }));
    }
    let waiting = key::of_store(Row::Pending, store_id);
    if next.catalogue_of != now.catalogue_of && !draft.scan(Space::Facts, &waiting, 1)?.is_empty() {
        return Ok(Written::Misfit(Misfit::Waiting));
    }
    if next.chain_id != now.chain_id {
        reports::forget_strangers(draft, store_id)?;
    }
    let changed = change_store(draft, at, store_id, |store| {
        *store = next;
        Changed::Done
    })?;
    Ok(Written::Changed(changed))
}

/// Why a store cannot be in the chain that it names, or follow the store that it names.
pub(crate) fn misfit(draft: &Draft<'_>, store: &Store) -> Result<Option<Misfit>, Fault> {
    if let Some(chain_id) = &store.chain_id
        && draft.get(Space::Facts, &key::chain(chain_id))?.is_none()
    {
        return Ok(Some(Misfit::ChainUnknown));
    }
    let Some(source_id) = &store.catalogue_of else {
        return Ok(None);
    };
    if *source_id == store.store_id {
        return Ok(Some(Misfit::SourceIsItself));
    }
    let Some(row) = draft.store(source_id)? else {
        return Ok(Some(Misfit::SourceUnknown));
    };
    Ok(misfit_of_source(store, &row.store))
}

/// Why `store` cannot follow `source`.
pub(crate) fn misfit_of_source(store: &Store, source: &Store) -> Option<Misfit> {
    if store.chain_id.is_none() || store.chain_id != source.chain_id {
        return Some(Misfit::SourceOutside);
    }
    if store.currency != source.currency {
        return Some(Misfit::SourceCurrency {
            expected: source.currency,
        });
    }
    if let Some(source) = source.catalogue_of.clone() {
        return Some(Misfit::SourceFollows { source });
    }
    source.closed_at.map(|_| Misfit::SourceClosed)
}

impl Ledger {
    /// The chains in the order of their ids, after the one that ended the last page.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn chains(&self, after: Option<&ChainId>, limit: usize) -> Result<Vec<Chain>, Fault> {
        let mut stores: HashMap<ChainId, u64> = HashMap::new();
        for row in self.store_rows() {
            if let Some(chain_id) = row.store.chain_id.clone() {
                *stores.entry(chain_id).or_default() += 1;
            }
        }
        let all = [key::number(Row::Chain)];
        let from = after.map_or_else(
            || all.to_vec(),
            |after| {
                let mut next = key::chain(after);
                next.push(0);
                next
            },
        );
        self.engine
            .range(Space::Facts, from, key::after(&all))
            .take(limit)
            .map(|pair| {
                let (row_key, row) = pair?;
                let text = str::from_utf8(row_key.get(1..).unwrap_or_default());
                let chain_id = ChainId::parse(text.map_err(|_| ReadError::Invalid)?);
                let chain_id = chain_id.map_err(|_| ReadError::Invalid)?;
                Ok(Chain {
                    stores: stores.get(&chain_id).copied().unwrap_or_default(),
                    name: ChainRow::decode(&row)?.name,
                    chain_id,
                })
            })
            .collect()
    }

    /// The chain's name; none if there is no such chain.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn chain_name(&self, chain_id: &ChainId) -> Result<Option<Text>, Fault> {
        let row = self
            .engine
            .read(Space::Facts, &key::chain(chain_id), ChainRow::decode)?;
        Ok(row.map(|row| row.name))
    }

    /// The machines of a chain.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn chain_devices(&self, chain_id: &ChainId) -> Result<Vec<Device>, Fault> {
        self.engine
            .prefix(Space::Facts, &key::of_chain(chain_id))
            .map(|pair| device(&pair?))
            .collect()
    }

    /// The chain that a store belongs to.
    #[must_use]
    pub fn chain_of(&self, store_id: &StoreId) -> Option<ChainId> {
        self.store_row(store_id)?.store.chain_id.clone()
    }
}
