//! What the people of a store may look up about what they sold: the sale itself, and how much waits or
//! disagrees. Whose a sale is, is never told here, and neither is what only its buyer may know.

use super::Ledger;
use super::key::{self, Kind as Row, Space};
use super::read::{group, open_parts};
use super::value::settlement::SettlementRow;
use crate::account::Sold;
use crate::fault::Fault;
use purchase::id::{SettlementKey, StoreId};
use purchase::settlement::Buyer;

impl Ledger {
    /// A recorded sale as it was sold, with names learnt later; none if there is no such, or if its buyer
    /// was erased since.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn sold(&self, settlement: &SettlementKey) -> Result<Option<Sold>, Fault> {
        let row_key = key::settlement(Row::Settlement, settlement);
        let row = self
            .engine
            .read(Space::Facts, &row_key, SettlementRow::decode)?;
        let Some(row) = row else { return Ok(None) };
        let Some(data_key) = self.keyring.key(key::holder(row.owner), row.slot)? else {
            return Ok(None);
        };
        let prefix = key::purchase(row.owner, row.purchase_id);
        let mut parts = group(self.engine.prefix(Space::Purchases, &prefix));
        let Some(parts) = parts.next().transpose()? else {
            return Ok(None);
        };
        let filed = open_parts(&data_key.opener(), row.owner, parts)?;
        let mut content = filed.settlement.content().clone();
        content.buyer = Buyer::Absent;
        content.claim = None;
        Ok(Some(Sold {
            received_at: filed.received_at,
            content,
            names: filed.names,
            voided_by: filed.voided_by,
        }))
    }

    /// How many settlements came under keys already taken.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn count_conflicts(&self, store_id: &StoreId) -> Result<usize, Fault> {
        self.count(&key::of_store(Row::Conflict, store_id))
    }

    /// How many lines of a store wait for a name.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn count_pending(&self, store_id: &StoreId) -> Result<usize, Fault> {
        self.count(&key::of_store(Row::Pending, store_id))
    }

    /// How many entries the log of operators has.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn count_audited(&self) -> Result<usize, Fault> {
        self.count(&[key::number(Row::Audit)])
    }

    fn count(&self, beginning: &[u8]) -> Result<usize, Fault> {
        let mut count = 0;
        for pair in self.engine.prefix(Space::Facts, beginning) {
            pair?;
            count += 1;
        }
        Ok(count)
    }
}
