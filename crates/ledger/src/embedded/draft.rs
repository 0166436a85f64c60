//! A batch being built: what has been written so far lies over what is committed, so that later
//! writes of the batch see earlier ones. Nothing reaches the engine before the whole is committed.

use super::Ledger;
use super::engine::{Copied, Engine, Pair};
use super::key::{self, Kind, Space};
use super::labels;
use super::names::{Step, read_item};
use super::owed::Debts;
use super::value::catalogue::decode_head;
use super::value::store::StoreRow;
use crate::fault::Fault;
use crate::keyring::{HolderId, Slot, Spare};
use crate::postgres::turn::Turn;
use crate::seal::DataKey;
use purchase::catalogue::{Head, Version};
use purchase::code::PatternHistory;
use purchase::id::{ItemCode, OwnerId, Revision, StoreId, UserId};
use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::iter::Peekable;
use std::sync::Arc;

/// Rows written by the batch; `None` is a row taken away.
type Overlay = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The batch.
pub(crate) struct Draft<'a> {
    pub(crate) ledger: &'a Ledger,
    committed: Committed<'a>,
    facts: Overlay,
    purchases: Overlay,
    catalogue: Overlay,
    feed: Overlay,
    /// What people are owed at the end of the batch.
    pub(crate) owed: Debts,
    /// The keys under which the batch seals, where other servers may have to find them.
    seals: BTreeMap<HolderId, DataKey>,
    /// What has to be told to the rest of the ledger once the batch is durable.
    pub(crate) after: After,
}

/// Where committed rows are read.
#[derive(Clone, Copy)]
pub(crate) enum Committed<'a> {
    /// In the engine of our own process, to which nobody else writes.
    Engine(&'a Engine),
    /// In a transaction of a database, to which other servers write as well: nothing that is kept in
    /// memory is believed.
    Turn(&'a Turn),
}

/// What follows from a batch once it is durable.
#[derive(Default)]
pub(crate) struct After {
    /// Catalogues that moved.
    pub(crate) moved: Vec<Step>,
    /// Stores that changed.
    pub(crate) stores: Vec<StoreRow>,
    /// People whose feed grew.
    pub(crate) told: Vec<UserId>,
    /// Keys to destroy.
    pub(crate) erased: Vec<(HolderId, Slot)>,
    /// Keys taken for owners who never came to be.
    pub(crate) unused: Vec<Spare>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(ledger: &'a Ledger, committed: Committed<'a>) -> Self {
        let empty = Overlay::new;
        Self {
            ledger,
            committed,
            facts: empty(),
            purchases: empty(),
            catalogue: empty(),
            feed: empty(),
            owed: Debts::new(),
            seals: BTreeMap::new(),
            after: After::default(),
        }
    }

    const fn overlay(&self, space: Space) -> &Overlay {
        match space {
            Space::Facts => &self.facts,
            Space::Purchases => &self.purchases,
            Space::Catalogue => &self.catalogue,
            Space::Feed => &self.feed,
        }
    }

    const fn overlay_mut(&mut self, space: Space) -> &mut Overlay {
        match space {
            Space::Facts => &mut self.facts,
            Space::Purchases => &mut self.purchases,
            Space::Catalogue => &mut self.catalogue,
            Space::Feed => &mut self.feed,
        }
    }

    /// The row under `key`, as it will be after this batch.
    pub(crate) fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(row) = self.overlay(space).get(key) {
            return Ok(row.clone());
        }
        self.read_through(space, key, |row| Ok(row.to_vec()))
    }

    /// Reads the row under `key` with `decode`.
    pub(crate) fn read<T>(
        &self,
        space: Space,
        key: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        if let Some(row) = self.overlay(space).get(key) {
            return row.as_deref().map(decode).transpose();
        }
        self.read_through(space, key, decode)
    }

    /// Reads a committed row, from memory where it is kept there.
    fn read_through<T>(
        &self,
        space: Space,
        key: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let engine = match self.committed {
            Committed::Engine(engine) => engine,
            Committed::Turn(turn) => return turn.get(key)?.map(|row| decode(&row)).transpose(),
        };
        if space != Space::Facts {
            return engine.read(space, key, decode);
        }
        let hot = &self.ledger.hot;
        if hot.is_absent(key) {
            return Ok(None);
        }
        if let Some(row) = hot.get(key) {
            return decode(&row).map(Some);
        }
        engine.read(space, key, |row| {
            hot.keep(key, row);
            decode(row)
        })
    }

    /// Reads rows that will be asked for, all at once where that is a way to a database and back.
    pub(crate) fn read_ahead(&self, keys: Vec<Vec<u8>>) -> Result<(), Fault> {
        match self.committed {
            Committed::Engine(_) => Ok(()),
            Committed::Turn(turn) => turn.read_ahead(keys),
        }
    }

    pub(crate) fn put(&mut self, space: Space, key: Vec<u8>, row: Vec<u8>) {
        self.overlay_mut(space).insert(key, Some(row));
    }

    pub(crate) fn take(&mut self, space: Space, key: Vec<u8>) {
        self.overlay_mut(space).insert(key, None);
    }

    /// The first `limit` rows whose keys begin with `prefix`, in order, as they will be after this
    /// batch.
    pub(crate) fn scan(
        &self,
        space: Space,
        prefix: &[u8],
        limit: usize,
    ) -> Result<Vec<Copied>, Fault> {
        self.scan_from(space, prefix, prefix.to_vec(), limit)
    }

    /// The same, beginning at the key `from`.
    pub(crate) fn scan_from(
        &self,
        space: Space,
        prefix: &[u8],
        from: Vec<u8>,
        limit: usize,
    ) -> Result<Vec<Copied>, Fault> {
        let end = key::after(prefix);
        let mut ours = self
            .overlay(space)
            .range(from.clone()..end.clone())
            .peekable();
        let mut found = Vec::new();
        for pair in self.committed_range(space, from, end, limit)? {
            let (key, row) = pair?;
            take_ours_before(&mut ours, &key, &mut found);
            match ours.next_if(|(ours, _)| ours.as_slice() == &*key) {
                Some((_, None)) => {}
                Some((_, Some(over))) => found.push((key.to_vec(), over.clone())),
                None => found.push((key.to_vec(), row.to_vec())),
            }
            if found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
        for (key, row) in ours {
            if let Some(row) = row {
                found.push((key.clone(), row.clone()));
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Committed rows in order; of a transaction as many as can matter.
    fn committed_range(
        &self,
        space: Space,
        from: Vec<u8>,
        end: Vec<u8>,
        limit: usize,
    ) -> Result<Box<dyn Iterator<Item = Result<Pair, Fault>>>, Fault> {
        let turn = match self.committed {
            Committed::Engine(engine) => return Ok(Box::new(engine.range(space, from, end))),
            Committed::Turn(turn) => turn,
        };
        // Each row that the batch takes away may hide one that is committed.
        let ours = self.overlay(space).range(from.clone()..end.clone()).count();
        let rows = turn.range(&from, &end, limit.saturating_add(ours))?;
        let pair = |(key, row): Copied| Ok((key.into(), row.into()));
        Ok(Box::new(rows.into_iter().map(pair)))
    }

    /// Do other servers write to the same ledger?
    pub(crate) const fn is_shared(&self) -> bool {
        match self.committed {
            Committed::Engine(_) => false,
            Committed::Turn(_) => true,
        }
    }

    /// The store as it will be after this batch.
    pub(crate) fn store(&self, store_id: &StoreId) -> Result<Option<Arc<StoreRow>>, Fault> {
        let ours = self.after.stores.iter().rev();
        let ours = ours.clone().find(|row| row.store.store_id == *store_id);
        if let Some(row) = ours {
            return Ok(Some(Arc::new(row.clone())));
        }
        match self.committed {
            Committed::Engine(_) => Ok(self.ledger.store_row(store_id)),
            Committed::Turn(_) => {
                let row = self.read(Space::Facts, &key::store(store_id), StoreRow::decode)?;
                Ok(row.map(Arc::new))
            }
        }
    }

    /// The store whose catalogue names what the store sells.
    pub(crate) fn source(&self, store_id: &StoreId) -> Result<StoreId, Fault> {
        let store = self.store(store_id)?;
        Ok(store.map_or_else(|| store_id.clone(), |row| row.store.source().clone()))
    }

    /// A store that follows the catalogue of `source`, if there is any.
    pub(crate) fn follower_of(&self, source: &StoreId) -> Result<Option<StoreId>, Fault> {
        let ours = self
            .after
            .stores
            .iter()
            .map(|row| row.store.store_id.clone());
        let known = match self.committed {
            Committed::Engine(_) => self.ledger.followers(source),
            Committed::Turn(_) => {
                let all = self.scan(Space::Facts, &[key::number(Kind::Store)], usize::MAX)?;
                let ids = all
                    .iter()
                    .map(|(_, row)| Ok(StoreRow::decode(row)?.store.store_id));
                ids.collect::<Result<_, Fault>>()?
            }
        };
        for id in known.into_iter().chain(ours) {
            if id != *source && self.source(&id)? == *source {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Where the store's own catalogue stands.
    pub(crate) fn head(&self, store_id: &StoreId) -> Result<Head, Fault> {
        let row = key::plain(Kind::Head, store_id.as_str().as_bytes());
        Ok(self
            .read(Space::Facts, &row, decode_head)?
            .unwrap_or_else(Head::empty))
    }

    /// The store's patterns, as they will be after this batch.
    pub(crate) fn patterns(&self, store_id: &StoreId) -> Result<Arc<PatternHistory>, Fault> {
        let of_batch = self.after.moved.iter().rev();
        let of_batch = of_batch.filter(|step| step.store_id == *store_id);
        match of_batch.filter_map(|step| step.patterns.as_ref()).next() {
            Some(patterns) => Ok(Arc::clone(patterns)),
            None => match self.committed {
                Committed::Engine(engine) => self.ledger.names.patterns(engine, store_id),
                Committed::Turn(_) => {
                    let prefix = key::of_store(Kind::Patterns, store_id);
                    let sets = self.scan(Space::Catalogue, &prefix, usize::MAX)?;
                    Ok(Arc::new(labels::history(sets.into_iter().map(Ok))?))
                }
            },
        }
    }

    /// The versions of a code up to `last`.
    pub(crate) fn versions(
        &self,
        store_id: &StoreId,
        code: &ItemCode,
        last: Revision,
    ) -> Result<Vec<Version>, Fault> {
        let rows = self.scan(Space::Catalogue, &key::versions(store_id, code), usize::MAX)?;
        rows.iter()
            .map(|(row_key, row)| Ok(read_item(store_id, row_key, row)?.1))
            .filter(|version| {
                version
                    .as_ref()
                    .map_or(true, |version| version.revision <= last)
            })
            .collect()
    }

    /// Is the owner a person who has been erased?
    pub(crate) fn is_erased(&self, owner: OwnerId) -> Result<bool, Fault> {
        match owner {
            OwnerId::Unclaimed(_) => Ok(false),
            OwnerId::User(_) => {
                // Whom another server erases after this look is found out when the purchase is counted.
                Ok(self.get(Space::Facts, &key::erased(owner))?.is_some())
            }
        }
    }

    /// Does the batch take away the row under `key`?
    pub(crate) fn takes(&self, space: Space, key: &[u8]) -> bool {
        self.overlay(space).get(key) == Some(&None)
    }

    /// Gives the batch up to be decided anew, if another server may have come between; on our own that
    /// cannot be.
    pub(crate) fn give_way(&self, detail: &str) -> Result<(), Fault> {
        match self.committed {
            Committed::Engine(_) => Ok(()),
            Committed::Turn(turn) => Err(turn.give_way(detail)),
        }
    }

    /// Hands out all that was written so far, except accounts, which what people are owed goes by.
    pub(crate) fn split_off(&mut self) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        let mut accounts = self
            .facts
            .split_off([key::number(Kind::Account)].as_slice());
        let mut rest = accounts.split_off([key::number(Kind::Account) + 1].as_slice());
        self.facts.append(&mut rest);
        std::mem::replace(&mut self.facts, accounts)
            .into_iter()
            .chain(std::mem::take(&mut self.purchases))
            .chain(std::mem::take(&mut self.catalogue))
            .chain(std::mem::take(&mut self.feed))
            .collect()
    }

    /// The key of an owner who was not erased when the batch looked. An erasure by another server destroys it
    /// once it is committed, and then the batch must be decided anew.
    pub(crate) fn data_key(&self, owner: OwnerId, slot: Slot) -> Result<DataKey, Fault> {
        if let Some(data_key) = self.ledger.keyring.key(key::holder(owner), slot)? {
            return Ok(data_key);
        }
        // As it is now, and not as it was when the turn came.
        let record = self.ledger.engine.get(Space::Facts, &key::erased(owner))?;
        if record.is_some() {
            self.give_way("an owner was erased meanwhile")?;
        }
        self.ledger.data_key(owner, slot)
    }

    /// Notes that the batch seals something with the key of `holder`, or promises that it will be.
    pub(crate) fn seals_with(&mut self, holder: HolderId, data_key: &DataKey) {
        match self.committed {
            // The only process that knows the key is the one that has it in its own file.
            Committed::Engine(_) => {}
            Committed::Turn(_) => drop(self.seals.insert(holder, data_key.clone())),
        }
    }

    /// Makes sure that every key under which the batch seals is in the keyring, as it is now and not as
    /// it was when the key was taken or opened: a database that was replaced by a replica may have lost
    /// it. To be done when all is decided, while the turn is held.
    pub(crate) fn secure_keys(&self) -> Result<(), Fault> {
        self.ledger.keyring.secure(&self.seals)
    }

    /// Has anything been written?
    pub(crate) fn is_empty(&self) -> bool {
        [&self.facts, &self.purchases, &self.catalogue, &self.feed]
            .into_iter()
            .all(BTreeMap::is_empty)
    }

    /// SHA-256 over `before` and all that was written.
    pub(crate) fn chain(&self, before: [u8; 32]) -> [u8; 32] {
        let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
        hash.update(&before);
        for overlay in [&self.facts, &self.purchases, &self.catalogue, &self.feed] {
            for (key, row) in overlay {
                hash.update(key);
                hash.update(row.as_deref().unwrap_or_default());
            }
        }
        hash.finish()
            .as_ref()
            .first_chunk::<32>()
            .copied()
            .unwrap_or_default()
    }

    /// All that was written, for the engine.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = (Space, Vec<u8>, Option<Vec<u8>>)> {
        let of =
            |space, overlay: Overlay| overlay.into_iter().map(move |(key, row)| (space, key, row));
        of(Space::Facts, self.facts)
            .chain(of(Space::Purchases, self.purchases))
            .chain(of(Space::Catalogue, self.catalogue))
            .chain(of(Space::Feed, self.feed))
    }
}

fn take_ours_before(
    ours: &mut Peekable<Range<'_, Vec<u8>, Option<Vec<u8>>>>,
    key: &[u8],
    found: &mut Vec<Copied>,
) {
    while let Some((ours, row)) = ours.next_if(|(ours, _)| ours.as_slice() < key) {
        if let Some(row) = row {
            found.push((ours.clone(), row.clone()));
        }
    }
}
