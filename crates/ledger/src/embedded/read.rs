//! Reading: a person's book, what stores and operators may know, and who holds which key.

use super::Ledger;
use super::key::{self, Kind as Row, Space, part};
use super::value::catalogue::PendingRow;
use super::value::people::{AccountRow, Gap, Opens, UserRow};
use super::value::purchase_row::{AddedName, FeedRow, PurchaseRow, StandingRow};
use super::value::settlement::{ConflictRow, DayRow, SettlementRow};
use crate::account::{
    Conflicting, Day, DayOf, Event, FeedEnds, Filed, Listed, Page, Range, Recorded, StoreCount,
    UserCount,
};
use crate::body::{self, Body};
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::profile::Profile;
use crate::seal::Opener;
use purchase::bytes::{ReadError, Reader};
use purchase::canonical;
use purchase::id::{Label, OwnerId, PurchaseId, SettlementKey, StoreId, TokenId, UserId};
use purchase::naming::{LineName, Naming};
use purchase::store::Store;
use purchase::time::{BusinessDate, Timestamp};
use std::sync::Arc;

/// Purchases looked at for one page, so that a search through a long life stays bounded; the page
/// then ends early and says where to go on.
const LOOKED_AT_MAX: usize = 20_000;

/// The rows of one purchase.
pub(crate) struct Parts {
    pub(crate) id: PurchaseId,
    pub(crate) row: PurchaseRow,
    /// Line and sealed name.
    pub(crate) names: Vec<(u16, Vec<u8>)>,
    pub(crate) standing: StandingRow,
}

impl Ledger {
    /// A page of a person's book: at most `limit` purchases of `range` that `matches` wants.
    ///
    /// # Errors
    /// [`Fault`] if something cannot be read or opened.
    pub fn page(
        &self,
        user_id: UserId,
        range: &Range,
        limit: usize,
        matches: &dyn Fn(&Filed) -> bool,
    ) -> Result<Page, Fault> {
        let owner = OwnerId::User(user_id);
        let mut page = Page {
            purchases: Vec::new(),
            next: None,
        };
        let mut last: Option<PurchaseId> = None;
        // A book is sealed with one key from end to end, so it is fetched once.
        let mut key: Option<(Slot, Opener)> = None;
        for (looked_at, parts) in self.parts(owner, range).enumerate() {
            let parts = parts?;
            if page.purchases.len() == limit || looked_at == LOOKED_AT_MAX {
                page.next = last;
                break;
            }
            last = Some(parts.id);
            if is_wanted(&parts.row, range) {
                let slot = parts.row.columns.slot;
                let opener = match key {
                    Some((of, opener)) if of == slot => opener,
                    Some(_) | None => self.data_key(owner, slot)?.opener(),
                };
                let filed = open_parts(&opener, owner, parts)?;
                key = Some((slot, opener));
                if matches(&filed) {
                    page.purchases.push(filed);
                }
            }
        }
        Ok(page)
    }

    /// One purchase of a person; none if there is no such, or it is somebody else's.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn purchase(&self, user_id: UserId, id: PurchaseId) -> Result<Option<Filed>, Fault> {
        let owner = OwnerId::User(user_id);
        let prefix = key::purchase(owner, id);
        let mut parts = group(self.engine.prefix(Space::Purchases, &prefix));
        parts
            .next()
            .map(|parts| {
                let parts = parts?;
                let data_key = self.data_key(owner, parts.row.columns.slot)?;
                open_parts(&data_key.opener(), owner, parts)
            })
            .transpose()
    }

    /// The purchases of an owner in `range`, newest first, by their ids alone.
    fn parts(
        &self,
        owner: OwnerId,
        range: &Range,
    ) -> impl Iterator<Item = Result<Parts, Fault>> + use<> {
        let bound = |at: Timestamp| key::purchase(owner, PurchaseId::new(at, [255; 10]));
        let before = |at: Timestamp| bound(at.plus_ms(-1));
        let start = match (range.to, range.after) {
            (to, Some(after)) => {
                let next = key::after(&key::purchase(owner, after));
                to.map_or_else(|| next.clone(), |to| before(to).max(next.clone()))
            }
            (Some(to), None) => before(to),
            (None, None) => key::of_owner(owner),
        };
        let end = match range.from {
            // Ids of the first instant itself belong to the range, whatever their tail.
            Some(from) => key::after(&key::purchase(owner, PurchaseId::new(from, [0; 10]))),
            None => key::after(&key::of_owner(owner)),
        };
        let end = end.max(start.clone());
        group(self.engine.range(Space::Purchases, start, end))
    }

    /// What a person may be told from, in the order in which it happened.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn events(&self, user_id: UserId, after: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        let from = key::feed(user_id, after.saturating_add(1));
        let end = key::after(&key::user(Row::Feed, user_id));
        self.engine
            .range(Space::Feed, from, end)
            .take(limit)
            .map(|pair| {
                let (row_key, row) = pair?;
                let (_, sequence) = row_key.split_last_chunk::<8>().ok_or(ReadError::Short)?;
                let FeedRow {
                    kind,
                    purchase_id,
                    at,
                } = FeedRow::decode(&row)?;
                Ok(Event {
                    sequence: u64::from_be_bytes(*sequence),
                    kind,
                    purchase_id,
                    at,
                })
            })
            .collect()
    }

    /// What is kept of a person's feed; none if there is no such person.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn feed_ends(&self, user_id: UserId) -> Result<Option<FeedEnds>, Fault> {
        let account_key = key::user(Row::Account, user_id);
        let Some(account) = self
            .engine
            .read(Space::Facts, &account_key, AccountRow::decode)?
        else {
            return Ok(None);
        };
        let oldest = self.events(user_id, 0, 1)?;
        let oldest = oldest
            .first()
            .map_or(account.sequence + 1, |event| event.sequence);
        Ok(Some(FeedEnds {
            oldest,
            newest: account.sequence,
        }))
    }

    /// What a secret opens, by its hash.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn opens(&self, hash: &[u8; 32]) -> Result<Option<Opens>, Fault> {
        self.engine
            .read(Space::Facts, &key::plain(Row::Secret, hash), Opens::decode)
    }

    /// A person's profile.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn profile(&self, user_id: UserId) -> Result<Option<Profile>, Fault> {
        let row_key = key::user(Row::User, user_id);
        let Some(row) = self.engine.read(Space::Facts, &row_key, UserRow::decode)? else {
            return Ok(None);
        };
        let data_key = self.data_key(OwnerId::User(user_id), row.slot)?;
        Profile::decode(&data_key.open(&row_key, &row.sealed)?).map(Some)
    }

    /// A store.
    #[must_use]
    pub fn store(&self, store_id: &StoreId) -> Option<Arc<Store>> {
        self.store_row(store_id)
            .map(|row| Arc::new(row.store.clone()))
    }

    /// The person a token belongs to.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn token_exists(&self, token_id: TokenId) -> Result<bool, Fault> {
        Ok(self
            .engine
            .get(Space::Facts, &key::token(token_id))?
            .is_some())
    }

    /// What a store may see of a settlement.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn recorded(&self, key: &SettlementKey) -> Result<Option<Recorded>, Fault> {
        let row_key = key::settlement(Row::Settlement, key);
        let row = self
            .engine
            .read(Space::Facts, &row_key, SettlementRow::decode)?;
        Ok(row.map(|row| recorded(key.clone(), row)))
    }

    /// The days of a store between two dates, both among them, on which anything was sold, in order.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn days(
        &self,
        store_id: &StoreId,
        (from, to): (BusinessDate, BusinessDate),
    ) -> Result<Vec<DayOf>, Fault> {
        let (start, last) = (
            key::day(Row::Day, store_id, from),
            key::day(Row::Day, store_id, to),
        );
        self.engine
            .range(Space::Facts, start, key::after(&last))
            .map(|pair| {
                let (row_key, row) = pair?;
                let row = DayRow::decode(&row)?;
                let (_, ordinal) = row_key.split_last_chunk().ok_or(ReadError::Short)?;
                let ordinal = u32::from_be_bytes(*ordinal);
                let date = BusinessDate::from_ordinal(ordinal).map_err(|_| ReadError::Invalid)?;
                let day = Day {
                    tally: row.tally,
                    digest: row.digest,
                };
                Ok(DayOf { date, day })
            })
            .collect()
    }

    /// A store's day.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn day(&self, store_id: &StoreId, date: BusinessDate) -> Result<Day, Fault> {
        let row_key = key::day(Row::Day, store_id, date);
        let row = self
            .engine
            .read(Space::Facts, &row_key, DayRow::decode)?
            .unwrap_or_default();
        Ok(Day {
            tally: row.tally,
            digest: row.digest,
        })
    }

    /// The settlements of a store's day, in the order of terminal and transaction, after the one
    /// that ended the last page.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn day_settlements(
        &self,
        store_id: &StoreId,
        date: BusinessDate,
        after: Option<&SettlementKey>,
        limit: usize,
    ) -> Result<Vec<Listed>, Fault> {
        let prefix = key::day(Row::Settlement, store_id, date);
        let from = after.map_or_else(
            || prefix.clone(),
            |after| key::after(&key::settlement(Row::Settlement, after)),
        );
        self.engine
            .range(Space::Facts, from, key::after(&prefix))
            .take(limit)
            .map(|pair| {
                let (row_key, row) = pair?;
                let key = settlement_key(store_id, date, &row_key, prefix.len())?;
                let row = SettlementRow::decode(&row)?;
                let (received_at, warnings) = (row.received_at, row.warnings);
                Ok(Listed {
                    recorded: recorded(key, row),
                    received_at,
                    warnings,
                })
            })
            .collect()
    }

    /// Bodies that came under keys already taken, oldest key first.
    ///
    /// # Errors
    /// [`Fault`] if one cannot be read or opened.
    pub fn conflicts(&self, store_id: &StoreId, limit: usize) -> Result<Vec<Conflicting>, Fault> {
        let Some(store) = self.store_row(store_id) else {
            return Ok(Vec::new());
        };
        let data_key =
            self.keyring
                .key(store.holder, store.slot)?
                .ok_or_else(|| Fault::KeyMissing {
                    what: format!("store {store_id}"),
                })?;
        self.engine
            .prefix(Space::Facts, &key::of_store(Row::Conflict, store_id))
            .take(limit)
            .map(|pair| {
                let (row_key, row) = pair?;
                let row = ConflictRow::decode(&row)?;
                let settlement = canonical::decode(&row.open_body(&row_key, &data_key)?)?;
                let taken = self.recorded(&settlement.content().key)?;
                let recorded = taken.ok_or_else(|| Fault::damaged("a conflict with nothing"))?;
                Ok(Conflicting {
                    received_at: row.received_at,
                    recorded: recorded.digest,
                    digest: row.digest,
                    settlement,
                })
            })
            .collect()
    }

    /// Counts by store.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn count_stores(&self) -> Result<Vec<StoreCount>, Fault> {
        let mut counts: Vec<StoreCount> = self
            .store_rows()
            .into_iter()
            .map(|row| StoreCount {
                store_id: row.store.store_id.clone(),
                tally: super::value::Tally::default(),
            })
            .collect();
        for count in &mut counts {
            let prefix = key::of_store(Row::Day, &count.store_id);
            for pair in self.engine.prefix(Space::Facts, &prefix) {
                count.tally.join(&DayRow::decode(&pair?.1)?.tally);
            }
        }
        Ok(counts)
    }

    /// Counts by person, in the order of their ids, after the one that ended the last page.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn count_users(
        &self,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<UserCount>, Fault> {
        let all = [key::number(Row::Account)];
        let from = after.map_or_else(
            || all.to_vec(),
            |user_id| key::after(&key::user(Row::Account, user_id)),
        );
        self.engine
            .range(Space::Facts, from, key::after(&all))
            .take(limit)
            .map(|pair| {
                let (row_key, row) = pair?;
                let (_, id) = row_key.split_last_chunk::<16>().ok_or(ReadError::Short)?;
                Ok(UserCount {
                    user_id: UserId(*id),
                    tally: AccountRow::decode(&row)?.tally,
                })
            })
            .collect()
    }

    /// The gaps that operators accepted.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn gaps(&self) -> Result<Vec<Gap>, Fault> {
        if self.is_shared() {
            // A database numbers no commits, so that none can be missing.
            return Ok(Vec::new());
        }
        let rows = self.engine.prefix(Space::Facts, &[key::number(Row::Gap)]);
        rows.map(|pair| Gap::decode(&pair?.1)).collect()
    }

    /// Lines of a store that wait for a name, a bounded number.
    pub(crate) fn pending_rows(
        &self,
        store_id: &StoreId,
    ) -> impl Iterator<Item = Result<(Vec<u8>, PendingRow), Fault>> + use<> {
        self.engine
            .prefix(Space::Facts, &key::of_store(Row::Pending, store_id))
            .map(|pair| {
                let (row_key, row) = pair?;
                Ok((row_key.to_vec(), PendingRow::decode(&row)?))
            })
    }

    /// The body of a purchase as it will be after the batch being built.
    pub(crate) fn open_row(
        &self,
        draft: &super::draft::Draft<'_>,
        owner: OwnerId,
        id: PurchaseId,
    ) -> Result<Opened, Fault> {
        let body_key = key::body(owner, id);
        let row = draft
            .read(Space::Purchases, &body_key, PurchaseRow::decode)?
            .ok_or_else(|| Fault::damaged(format!("the purchase {id} is not where it belongs")))?;
        let data_key = draft.data_key(owner, row.columns.slot)?;
        let body = data_key.open(&row.columns.context(owner, id), &row.sealed)?;
        Ok(Opened {
            body: body::decode(&body)?,
        })
    }
}

/// Opens a purchase with all its parts. `opener` is of its owner's key.
pub(crate) fn open_parts(opener: &Opener, owner: OwnerId, parts: Parts) -> Result<Filed, Fault> {
    let Parts {
        id,
        mut row,
        names: added,
        standing,
    } = parts;
    let body = body::decode(opener.open(&row.columns.context(owner, id), &mut row.sealed)?)?;
    let mut names: Vec<LineName> = body
        .names
        .into_iter()
        .map(|naming| LineName {
            naming,
            named_at: None,
        })
        .collect();
    for (line, mut sealed) in added {
        let context = AddedName::context(owner, id, purchase::settlement::LineNumber(line));
        let name = AddedName::decode(opener.open(&context, &mut sealed)?)?;
        let slot = names
            .get_mut(usize::from(line).wrapping_sub(1))
            .ok_or_else(|| Fault::damaged("a name was added to a line that is not there"))?;
        *slot = LineName {
            naming: Naming::Catalogue {
                revision: name.revision,
                item: name.item,
            },
            named_at: Some(name.named_at),
        };
    }
    Ok(Filed {
        owner,
        purchase_id: id,
        received_at: row.columns.received_at,
        warnings: row.warnings,
        settlement: body.settlement,
        identity: body.identity,
        names,
        returned_micros: standing.returned_micros,
        voided_by: standing.voided_by,
    })
}

/// An opened body.
pub(crate) struct Opened {
    pub(crate) body: Body,
}

fn recorded(key: SettlementKey, row: SettlementRow) -> Recorded {
    Recorded {
        key,
        digest: row.digest,
        kind: row.kind,
        currency: row.currency,
        total: row.total,
        lines: row.lines,
        voided_by: row.voided_by,
    }
}

/// Reads terminal and transaction out of a settlement's key.
pub(crate) fn settlement_key(
    store_id: &StoreId,
    business_date: BusinessDate,
    row_key: &[u8],
    prefix_bytes: usize,
) -> Result<SettlementKey, Fault> {
    let mut texts = row_key
        .get(prefix_bytes..)
        .ok_or(ReadError::Short)?
        .split(|byte| *byte == 0);
    let mut label = || -> Result<Label, Fault> {
        let text = str::from_utf8(texts.next().ok_or(ReadError::Short)?);
        let text = text.map_err(|_| ReadError::Invalid)?;
        Ok(Label::parse(text).map_err(|_| ReadError::Invalid)?)
    };
    let (terminal, transaction) = (label()?, label()?);
    Ok(SettlementKey {
        store_id: store_id.clone(),
        terminal,
        business_date,
        transaction,
    })
}

fn is_wanted(row: &PurchaseRow, range: &Range) -> bool {
    let columns = &row.columns;
    range
        .store_id
        .as_ref()
        .is_none_or(|store_id| *store_id == columns.store_id)
        && range
            .currency
            .is_none_or(|currency| currency == columns.currency)
        && range.min.is_none_or(|min| columns.total >= min)
        && range.max.is_none_or(|max| columns.total <= max)
}

/// Puts the rows of purchases together; a body comes first, then what was added to it.
pub(crate) fn group(
    rows: impl Iterator<Item = Result<super::engine::Pair, Fault>>,
) -> impl Iterator<Item = Result<Parts, Fault>> {
    let mut rows = rows.peekable();
    std::iter::from_fn(move || {
        let first = match rows.next()? {
            Ok(pair) => pair,
            Err(fault) => return Some(Err(fault)),
        };
        let mut parts = match begin(&first.0, &first.1) {
            Ok(parts) => parts,
            Err(fault) => return Some(Err(fault)),
        };
        let prefix = first
            .0
            .get(..first.0.len() - 1)
            .unwrap_or_default()
            .to_vec();
        while let Some(Ok((row_key, row))) =
            rows.next_if(|pair| pair.as_ref().is_ok_and(|(key, _)| key.starts_with(&prefix)))
        {
            if let Err(fault) = extend(&mut parts, row_key.get(prefix.len()..), &row) {
                return Some(Err(fault));
            }
        }
        Some(Ok(parts))
    })
}

fn begin(row_key: &[u8], row: &[u8]) -> Result<Parts, Fault> {
    let (_, tail) = row_key.split_last_chunk::<17>().ok_or(ReadError::Short)?;
    let mut tail = Reader::new(tail);
    let inverted = tail.array::<16>()?;
    if tail.byte()? != part::BODY {
        return Err(Fault::damaged(
            "something was added to a purchase that is not there",
        ));
    }
    let id = PurchaseId(inverted.map(|byte| !byte));
    let row = PurchaseRow::decode(row)?;
    Ok(Parts {
        id,
        row,
        names: Vec::new(),
        standing: StandingRow::default(),
    })
}

fn extend(parts: &mut Parts, rest: Option<&[u8]>, row: &[u8]) -> Result<(), Fault> {
    match rest {
        Some([part::NAME, high, low]) => {
            parts
                .names
                .push((u16::from_be_bytes([*high, *low]), row.to_vec()));
        }
        Some([part::STANDING]) => parts.standing = StandingRow::decode(row)?,
        Some(_) | None => return Err(Fault::damaged("a purchase has an unknown part")),
    }
    Ok(())
}
