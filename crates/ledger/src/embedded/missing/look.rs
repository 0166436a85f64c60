//! Looking at receipts that people miss: the person's own, what a store is asked, and which of its sales it may
//! be. Of sales that are somebody's nothing is said, not even that there are any.

use super::{Ledger, first_open, is_free, is_open, missing_of, sought_of, store_key};
use crate::account::{Candidates, Described, Fate, MissingReceipt, Sale, SoughtReceipt, Unclaimed};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::read::{group, open_parts, settlement_key};
use crate::embedded::value::missing::{MissingBody, SoughtBody, decode_sealed};
use crate::embedded::value::settlement::SettlementRow;
use crate::fault::Fault;
use crate::seal::DataKey;
use crate::write::{SOUGHT_MAX, SOUGHT_MS};
use purchase::id::{SettlementKey, StoreId, UserId};
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};

/// Settlements of a day that are looked through, at most.
const LOOKED_THROUGH_MAX: usize = 20_000;
/// Sales of a day that are opened for the number that is printed on them, at most.
const OPENED_MAX: usize = 500;

impl Ledger {
    /// The receipts that a person misses and those that were answered, the newest first. What was asked too
    /// long before `now` is shown as expired.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read or opened.
    pub fn missing(&self, user_id: UserId, now: Timestamp) -> Result<Vec<MissingReceipt>, Fault> {
        let Some((_, data_key)) = self.user_and_key(user_id)? else {
            return Ok(Vec::new());
        };
        let prefix = key::user(Row::Missing, user_id);
        let mut found = Vec::new();
        for pair in self.engine.prefix(Space::Facts, &prefix) {
            let (row_key, row) = pair?;
            let body = open(&data_key, &row_key, &row)?;
            let end = body.asked_at.plus_ms(SOUGHT_MS);
            let fate = match body.fate {
                Fate::Open if !is_open(body.asked_at, now) => Fate::Expired { at: end },
                other => other,
            };
            found.push(MissingReceipt {
                missing_id: missing_of(&row_key)?.1,
                store_id: body.store_id,
                asked_at: body.asked_at,
                described: body.described,
                fate,
            });
        }
        found.sort_by(|one, next| {
            let order = |it: &MissingReceipt| (it.asked_at, it.missing_id);
            order(next).cmp(&order(one))
        });
        Ok(found)
    }

    /// Receipts that a store is to look for, who asked first comes first: at most `limit` behind the first
    /// `skip`.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read or opened.
    pub fn sought(
        &self,
        store_id: &StoreId,
        now: Timestamp,
        (skip, limit): (usize, usize),
    ) -> Result<Vec<SoughtReceipt>, Fault> {
        let Some(store) = self.store_row(store_id) else {
            return Ok(Vec::new());
        };
        let data_key = store_key(self, &store)?;
        let prefix = key::of_store(Row::Sought, store_id);
        let mut found = Vec::new();
        let mut skipped = 0;
        for pair in self.engine.prefix(Space::Facts, &prefix) {
            let (row_key, row) = pair?;
            let (asked_at, sought_id) = sought_of(store_id, &row_key)?;
            if !is_open(asked_at, now) {
                continue;
            }
            if skipped < skip {
                skipped += 1;
                continue;
            }
            if found.len() == limit {
                break;
            }
            let leads = SoughtBody::decode(&data_key.open(&row_key, &decode_sealed(&row)?)?)?;
            // Whoever withdrew it since, or is erased, has nothing there.
            if let Some(described) = self.described(leads)? {
                found.push(SoughtReceipt {
                    sought_id,
                    asked_at,
                    described,
                });
            }
        }
        Ok(found)
    }

    fn described(&self, leads: SoughtBody) -> Result<Option<Described>, Fault> {
        let Some((_, data_key)) = self.user_and_key(leads.user_id)? else {
            return Ok(None);
        };
        let row_key = key::missing(leads.user_id, leads.missing_id);
        let Some(row) = self.engine.get(Space::Facts, &row_key)? else {
            return Ok(None);
        };
        Ok(Some(open(&data_key, &row_key, &row)?.described))
    }

    /// How many receipts a store is to look for.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn count_sought(&self, store_id: &StoreId, now: Timestamp) -> Result<usize, Fault> {
        let from = first_open(store_id, now);
        let end = key::after(&key::of_store(Row::Sought, store_id));
        let mut count = 0;
        for pair in self.engine.range(Space::Facts, from, end).take(SOUGHT_MAX) {
            pair?;
            count += 1;
        }
        Ok(count)
    }

    /// Is a store asked for anything since before an instant?
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn is_sought_since(&self, store_id: &StoreId, before: Timestamp) -> Result<bool, Fault> {
        let prefix = key::of_store(Row::Sought, store_id);
        let Some(first) = self.engine.prefix(Space::Facts, &prefix).next() else {
            return Ok(false);
        };
        Ok(sought_of(store_id, &first?.0)?.0 < before)
    }

    /// Sales of a store that are nobody's and may be the one that somebody describes: at most `limit`, day by
    /// day, the described one first.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read or opened.
    pub fn unclaimed(
        &self,
        store_id: &StoreId,
        described: &Described,
        limit: usize,
    ) -> Result<Candidates, Fault> {
        let mut found = Candidates::default();
        for date in described.dates() {
            self.unclaimed_on(store_id, (described, date), limit, &mut found)?;
        }
        Ok(found)
    }

    fn unclaimed_on(
        &self,
        store_id: &StoreId,
        (described, date): (&Described, BusinessDate),
        limit: usize,
        found: &mut Candidates,
    ) -> Result<(), Fault> {
        let mut opened = 0;
        for (looked_at, pair) in self.free_on(store_id, date).enumerate() {
            if found.sales.len() >= limit {
                break;
            }
            if looked_at == LOOKED_THROUGH_MAX {
                found.is_cut_short = true;
                break;
            }
            let Some((key, row)) = pair? else {
                continue;
            };
            let fits = |number: Option<&Text>| {
                described.fits(&Sale {
                    date,
                    total: row.total,
                    terminal: &key.terminal,
                    transaction: &key.transaction,
                    receipt_number: number,
                })
            };
            let fits_already = fits(None);
            if !fits_already && described.number.is_none() {
                continue;
            }
            if !fits_already && opened == OPENED_MAX {
                found.is_cut_short = true;
                continue;
            }
            opened += usize::from(!fits_already);
            let sale = self.opened_sale(&key, &row)?;
            let sale = sale.filter(|sale| fits(sale.receipt_number.as_ref()));
            found.sales.extend(sale);
        }
        Ok(())
    }

    /// The settlements of a day, each if it is a sale that is nobody's.
    fn free_on(
        &self,
        store_id: &StoreId,
        date: BusinessDate,
    ) -> impl Iterator<Item = Result<Option<(SettlementKey, SettlementRow)>, Fault>> + use<> {
        let prefix = key::day(Row::Settlement, store_id, date);
        let store_id = store_id.clone();
        self.engine.prefix(Space::Facts, &prefix).map(move |pair| {
            let (row_key, row) = pair?;
            let row = SettlementRow::decode(&row)?;
            if !is_free(&row) {
                return Ok(None);
            }
            let key = settlement_key(&store_id, date, &row_key, prefix.len())?;
            Ok(Some((key, row)))
        })
    }

    /// A sale that is nobody's, opened; none if it has moved since.
    fn opened_sale(
        &self,
        settlement: &SettlementKey,
        row: &SettlementRow,
    ) -> Result<Option<Unclaimed>, Fault> {
        let prefix = key::purchase(row.owner, row.purchase_id);
        let mut parts = group(self.engine.prefix(Space::Purchases, &prefix));
        let Some(parts) = parts.next().transpose()? else {
            return Ok(None);
        };
        let data_key = self.data_key(row.owner, row.slot)?;
        let filed = open_parts(&data_key.opener(), row.owner, parts)?;
        Ok(Some(Unclaimed {
            key: settlement.clone(),
            sold_at: filed.settlement.effective_at(filed.received_at),
            receipt_number: filed.settlement.content().receipt_number.clone(),
            total: row.total,
            lines: row.lines.len(),
        }))
    }
}

fn open(data_key: &DataKey, row_key: &[u8], row: &[u8]) -> Result<MissingBody, Fault> {
    MissingBody::decode(&data_key.open(row_key, &decode_sealed(row)?)?)
}
