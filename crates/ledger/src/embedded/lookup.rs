//! What the people of a store may look up about what they sold: the sale itself, and how much waits or
//! disagrees. Whose a sale is, is never told here, and neither is what only its buyer may know.

use super::Ledger;
use super::catalogue::newest;
use super::key::{self, Kind as Row, Space};
use super::names::read_item;
use super::read::{group, open_parts};
use super::value::settlement::SettlementRow;
use crate::account::Sold;
use crate::fault::Fault;
use purchase::catalogue::Version;
use purchase::id::{ItemCode, SettlementKey, StoreId, UserId};
use purchase::settlement::Buyer;
use purchase::text::Text;

/// Which items are wanted.
type Wants<'a> = dyn Fn(&ItemCode, &Version) -> bool + 'a;

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
            warnings: filed.warnings,
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

    /// The person whom an operator calls `reference`.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn user_of(&self, reference: &Text) -> Result<Option<UserId>, Fault> {
        let row_key = self.reference_key(reference);
        let Some(id) = self.engine.get(Space::Facts, &row_key)? else {
            return Ok(None);
        };
        let id = id.as_slice().try_into();
        let user_id = UserId(id.map_err(|_| Fault::damaged("a reference to a user"))?);
        match self.merger(user_id)? {
            None => Ok(Some(user_id)),
            // Whoever it went into may have been erased since.
            Some(_) => {
                let heir = self.heir(user_id)?;
                let is_there = self.person_facts(heir)?.is_some();
                Ok(is_there.then_some(heir))
            }
        }
    }

    /// Items of the catalogue that names what a store sells, by their codes, each as it was told last: at most
    /// `limit` that `wanted` wants, after the code that ended the last page.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn items_page(
        &self,
        store_id: &StoreId,
        after: Option<&ItemCode>,
        (limit, wanted): (usize, &Wants<'_>),
    ) -> Result<Vec<(ItemCode, Version)>, Fault> {
        let source = self.source(store_id);
        let head = self.catalogue_head(store_id)?.revision;
        let all = key::of_store(Row::Item, &source);
        let start = after.map_or_else(
            || all.clone(),
            |code| key::after(&key::versions(&source, code)),
        );
        let mut found: Vec<(ItemCode, Version)> = Vec::new();
        let mut same: Option<(ItemCode, Vec<Version>)> = None;
        let mut end = |same: Option<(ItemCode, Vec<Version>)>| {
            let Some((code, versions)) = same else {
                return found.len();
            };
            if let Some(version) = newest(&versions)
                && wanted(&code, version)
            {
                found.push((code, version.clone()));
            }
            found.len()
        };
        for pair in self.engine.range(Space::Catalogue, start, key::after(&all)) {
            let (row_key, row) = pair?;
            let (code, version) = read_item(&source, &row_key, &row)?;
            if version.revision > head {
                continue;
            }
            match &mut same {
                Some((known, versions)) if *known == code => versions.push(version),
                _ => {
                    if end(same.replace((code, vec![version]))) >= limit {
                        same = None;
                        break;
                    }
                }
            }
        }
        end(same);
        Ok(found)
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
