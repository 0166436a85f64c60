//! Reading a store's machines and how far its tills have counted. Never what was sold, nor to whom.

use super::Ledger;
use super::engine::Pair;
use super::key::{self, Kind as Row, Space};
use super::read::settlement_key;
use super::value::store::{DeviceRow, Signer};
use crate::account::{Device, Terminal};
use crate::fault::Fault;
use purchase::bytes::ReadError;
use purchase::id::{DeviceId, Label, StoreId};
use purchase::time::BusinessDate;
use std::collections::BTreeMap;

/// Business dates looked at for the numbers of the tills, the newest first.
const DATES_MAX: usize = 400;
/// Settlements looked at for them.
const SETTLEMENTS_MAX: usize = 200_000;

impl Ledger {
    /// The machines of a store.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn devices(&self, store_id: &StoreId) -> Result<Vec<Device>, Fault> {
        self.engine
            .prefix(Space::Facts, &key::of_store(Row::Device, store_id))
            .map(|pair| device(&pair?))
            .collect()
    }

    /// The machine of that id, if it is one that signs.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn signer(&self, device_id: DeviceId) -> Result<Option<Signer>, Fault> {
        self.engine
            .read(Space::Facts, &key::signer(device_id), Signer::decode)
    }

    /// The highest number of each till of a store, by till, as far back as 400 business dates and
    /// 200,000 settlements go.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn terminals(&self, store_id: &StoreId) -> Result<Vec<Terminal>, Fault> {
        let mut tills: BTreeMap<Label, (BusinessDate, Label)> = BTreeMap::new();
        let mut room = SETTLEMENTS_MAX;
        for date in self.newest_dates(store_id)? {
            let prefix = key::day(Row::Settlement, store_id, date);
            for pair in self.engine.prefix(Space::Facts, &prefix).take(room) {
                let (row_key, _) = pair?;
                room -= 1;
                let key = settlement_key(store_id, date, &row_key, prefix.len())?;
                let found = tills.get(&key.terminal);
                if found.is_none_or(|(_, highest)| rank(highest) < rank(&key.transaction)) {
                    tills.insert(key.terminal, (date, key.transaction));
                }
            }
        }
        let terminal = |(terminal, (business_date, transaction))| Terminal {
            terminal,
            business_date,
            transaction,
        };
        Ok(tills.into_iter().map(terminal).collect())
    }

    /// The newest business dates on which the store sold, the newest first.
    fn newest_dates(&self, store_id: &StoreId) -> Result<Vec<BusinessDate>, Fault> {
        let mut dates = self
            .engine
            .prefix(Space::Facts, &key::of_store(Row::Day, store_id))
            .map(|pair| {
                let (row_key, _) = pair?;
                let (_, ordinal) = row_key.split_last_chunk::<4>().ok_or(ReadError::Short)?;
                let date = BusinessDate::from_ordinal(u32::from_be_bytes(*ordinal));
                Ok(date.map_err(|_| ReadError::Invalid)?)
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        dates.reverse();
        dates.truncate(DATES_MAX);
        Ok(dates)
    }
}

/// A machine as its row tells of it.
pub(crate) fn device((row_key, row): &Pair) -> Result<Device, Fault> {
    let (_, id) = row_key.split_last_chunk::<16>().ok_or(ReadError::Short)?;
    let DeviceRow {
        name,
        created_at,
        revoked_at,
        ..
    } = DeviceRow::decode(row)?;
    Ok(Device {
        device_id: DeviceId(*id),
        name,
        created_at,
        revoked_at,
    })
}

/// How numbers of a till are ordered: all digits by value, after any other text; those by their
/// bytes.
fn rank(transaction: &Label) -> (usize, &str) {
    let text = transaction.as_str();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return (0, text);
    }
    let value = text.trim_start_matches('0');
    (1 + value.len(), value)
}
