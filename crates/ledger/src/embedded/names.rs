//! Catalogues in memory, as far as a budget allows: the versions of the codes that stores sell.
//!
//! Versions are never changed, only added, and everything here is cut off at the catalogue head
//! that the same lock guards. A lookup therefore sees one head, whole, however the catalogue moves
//! meanwhile. This never writes.

use super::key::{self, Kind, Space};
use super::value::catalogue::{decode_entry, decode_head};
use super::{Engine, labels, row_store_text};
use crate::fault::Fault;
use purchase::bytes::ReadError;
use purchase::catalogue::{Entry, Head, Version};
use purchase::code::PatternHistory;
use purchase::id::{ItemCode, Revision, StoreId};
use purchase::naming::{self, Naming, Sight};
use purchase::settlement::{Content, Line};
use purchase::time::Timestamp;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// A catalogue of at most this many items is loaded at once, at the first code that is missing.
const LOAD_WHOLE_MAX: u64 = 20_000;
/// What an entry takes besides its texts, roughly.
const ENTRY_BYTES: usize = 340;

/// The names of all stores.
pub(crate) struct Names {
    stores: RwLock<HashMap<StoreId, Arc<RwLock<StoreNames>>>>,
    budget_bytes: usize,
    /// Counts lookups, to know which store was used last.
    clock: AtomicU64,
}

struct StoreNames {
    head: Head,
    /// The patterns at this head. They are small, and never forgotten with the codes.
    patterns: Arc<PatternHistory>,
    codes: HashMap<ItemCode, Arc<[Version]>>,
    bytes: usize,
    used: u64,
    /// Every code of the store is in `codes`.
    whole: Whole,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    All,
    Some,
}

/// What moved in a catalogue.
pub(crate) enum Moved {
    /// These codes.
    Codes(Vec<ItemCode>),
    /// Too many to name.
    Everything,
}

/// A catalogue's step to a new head.
pub(crate) struct Step {
    pub(crate) store_id: StoreId,
    /// The revision before it.
    pub(crate) base: Revision,
    pub(crate) head: Head,
    pub(crate) moved: Moved,
    /// The patterns, if the step brought some.
    pub(crate) patterns: Option<Arc<PatternHistory>>,
}

/// What tells one head of a catalogue from every other. In a database that lost its last moments a revision
/// may come again with something else in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stand {
    pub(crate) revision: Revision,
    digest: [u8; 32],
    update: [u8; 32],
}

impl Stand {
    /// Where a catalogue stands.
    pub(crate) const fn of(head: &Head) -> Self {
        Self {
            revision: head.revision,
            digest: head.digest,
            update: head.update,
        }
    }

    /// Where nothing is known to stand.
    pub(crate) const NOWHERE: Self = Self {
        revision: Revision(0),
        digest: [0; 32],
        update: [0; 32],
    };
}

/// The names of a settlement's lines at one head.
pub(crate) struct Named {
    pub(crate) names: Vec<Naming>,
    pub(crate) head: Stand,
}

impl Names {
    pub(crate) fn new(budget_bytes: usize) -> Self {
        Self {
            stores: RwLock::default(),
            budget_bytes,
            clock: AtomicU64::new(0),
        }
    }

    /// Names every line of `content` at the present head of the store `source`.
    pub(crate) fn resolve(
        &self,
        engine: &Engine,
        source: &StoreId,
        content: &Content,
        at: Timestamp,
    ) -> Result<Named, Fault> {
        let store = self.store(engine, source)?;
        {
            let names = store.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(named) = names.resolve(content, at) {
                return Ok(named);
            }
        }
        let mut names = store.write().unwrap_or_else(PoisonError::into_inner);
        names.used = self.clock.fetch_add(1, Ordering::Relaxed);
        names.load(engine, source, content, at)?;
        let named = names.resolve(content, at).ok_or(Fault::Stopped)?;
        drop(names);
        self.keep_budget();
        Ok(named)
    }

    /// The store's present head.
    pub(crate) fn head(&self, engine: &Engine, store_id: &StoreId) -> Result<Head, Fault> {
        let store = self.store(engine, store_id)?;
        let names = store.read().unwrap_or_else(PoisonError::into_inner);
        Ok(names.head.clone())
    }

    /// The store's patterns at its present head.
    pub(crate) fn patterns(
        &self,
        engine: &Engine,
        store_id: &StoreId,
    ) -> Result<Arc<PatternHistory>, Fault> {
        let store = self.store(engine, store_id)?;
        let names = store.read().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(&names.patterns))
    }

    /// Follows updates that other servers committed, of one store that is known here.
    pub(crate) fn renew(&self, engine: &Engine, store_id: &StoreId) -> Result<(), Fault> {
        let row = key::plain(Kind::Head, row_store_text(store_id));
        match engine.read(Space::Facts, &row, decode_head)? {
            Some(head) => self.follow(engine, store_id, head),
            None => Ok(()),
        }
    }

    /// Forgets all catalogues.
    pub(crate) fn forget(&self) {
        let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        stores.clear();
    }

    /// Follows what another server made of a store's catalogue, if it is further than what is known, or
    /// another one of the same number.
    pub(crate) fn follow(
        &self,
        engine: &Engine,
        store_id: &StoreId,
        head: Head,
    ) -> Result<(), Fault> {
        // Revisions only grow: one that is behind was read before a commit of our own.
        let known = self.head(engine, store_id)?;
        let base = known.revision;
        if head.revision > base || (head.revision == base && Stand::of(&head) != Stand::of(&known))
        {
            let patterns = Arc::new(labels::read_history(engine, store_id)?);
            self.moved(Step {
                store_id: store_id.clone(),
                base,
                head,
                moved: Moved::Everything,
                patterns: Some(patterns),
            });
        }
        Ok(())
    }

    /// The first `limit` stores of which something is known here, in order, from behind `after` on.
    pub(crate) fn known_after(&self, after: Option<&StoreId>, limit: usize) -> Vec<StoreId> {
        let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        let known = stores.keys().filter(|store_id| Some(*store_id) > after);
        let mut known: Vec<&StoreId> = known.collect();
        known.sort_unstable();
        known.truncate(limit);
        known.into_iter().cloned().collect()
    }

    /// Follows a committed update. After one of another server that was not noticed here, nothing that
    /// is known holds any more.
    pub(crate) fn moved(&self, step: Step) {
        if !self.is_at(&step.store_id, step.base) {
            let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
            stores.remove(&step.store_id);
            return;
        }
        let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        let Some(store) = stores.get(&step.store_id) else {
            return;
        };
        let mut names = store.write().unwrap_or_else(PoisonError::into_inner);
        names.head = step.head;
        if let Some(patterns) = step.patterns {
            names.patterns = patterns;
        }
        match step.moved {
            Moved::Codes(codes) => {
                for code in &codes {
                    if let Some(versions) = names.codes.remove(code) {
                        names.bytes -= weight(code, &versions);
                    }
                }
                if !codes.is_empty() {
                    names.whole = Whole::Some;
                }
            }
            Moved::Everything => names.forget(),
        }
    }

    /// Is what is known of a store, if anything is, as of this revision?
    fn is_at(&self, store_id: &StoreId, revision: Revision) -> bool {
        let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        stores.get(store_id).is_none_or(|store| {
            let names = store.read().unwrap_or_else(PoisonError::into_inner);
            names.head.revision == revision
        })
    }

    fn store(&self, engine: &Engine, id: &StoreId) -> Result<Arc<RwLock<StoreNames>>, Fault> {
        let known = self
            .stores
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned();
        if let Some(store) = known {
            return Ok(store);
        }
        let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = stores.get(id) {
            return Ok(Arc::clone(store));
        }
        // Read under the lock, so that no update can move the head between reading and keeping it.
        let row = key::plain(Kind::Head, row_store_text(id));
        let head = engine
            .read(Space::Facts, &row, decode_head)?
            .unwrap_or_else(Head::empty);
        let store = Arc::new(RwLock::new(StoreNames {
            head,
            patterns: Arc::new(labels::read_history(engine, id)?),
            codes: HashMap::new(),
            bytes: 0,
            used: 0,
            whole: Whole::Some,
        }));
        stores.insert(id.clone(), Arc::clone(&store));
        Ok(store)
    }

    /// Forgets the stores that were used longest ago until the rest fits the budget.
    fn keep_budget(&self) {
        let stores = self.stores.read().unwrap_or_else(PoisonError::into_inner);
        let mut sizes: Vec<(u64, usize, &Arc<RwLock<StoreNames>>)> = stores
            .values()
            .map(|store| {
                let names = store.read().unwrap_or_else(PoisonError::into_inner);
                (names.used, names.bytes, store)
            })
            .collect();
        let mut total: usize = sizes.iter().map(|(_, bytes, _)| bytes).sum();
        if total <= self.budget_bytes {
            return;
        }
        sizes.sort_by_key(|(used, _, _)| *used);
        for (_, bytes, store) in sizes {
            if total <= self.budget_bytes {
                return;
            }
            store
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .forget();
            total -= bytes;
        }
    }
}

impl StoreNames {
    /// Names every line, or nothing if a code is not in memory.
    fn resolve(&self, content: &Content, at: Timestamp) -> Option<Named> {
        let sight = naming::sight(&content.mark, &self.head);
        let names = content
            .lines
            .iter()
            .map(|line| match wanted(line, &sight) {
                Err(naming) => Some(naming),
                Ok((code, upto)) => self.name(code, at, upto),
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Named {
            names,
            head: Stand::of(&self.head),
        })
    }

    /// The name of a code, or of the item whose label it is; nothing if it is not in memory.
    fn name(&self, code: &ItemCode, at: Timestamp, upto: Option<Revision>) -> Option<Naming> {
        let of = |code: &ItemCode| match self.codes.get(code) {
            Some(versions) => Some(naming::as_of(versions, at, upto)),
            None if self.whole == Whole::All => Some(Naming::Pending),
            None => None,
        };
        match of(code)? {
            Naming::Pending => match self.patterns.item_of(code, at, upto) {
                Some(item) => of(&item),
                None => Some(Naming::Pending),
            },
            named @ (Naming::Catalogue { .. } | Naming::Sent) => Some(named),
        }
    }

    /// Brings the codes of `content` into memory, and those of the items whose labels they are; a
    /// small catalogue comes whole.
    fn load(
        &mut self,
        engine: &Engine,
        id: &StoreId,
        content: &Content,
        at: Timestamp,
    ) -> Result<(), Fault> {
        if self.codes.is_empty() && self.head.items <= LOAD_WHOLE_MAX {
            return self.load_whole(engine, id);
        }
        let sight = naming::sight(&content.mark, &self.head);
        for line in &content.lines {
            let Ok((code, upto)) = wanted(line, &sight) else {
                continue;
            };
            let item = self.patterns.item_of(code, at, upto);
            for code in std::iter::once(code).chain(item.as_ref()) {
                if !self.codes.contains_key(code) {
                    let versions = versions_of(engine, id, code, self.head.revision)?;
                    self.keep(code.clone(), versions);
                }
            }
        }
        Ok(())
    }

    fn load_whole(&mut self, engine: &Engine, id: &StoreId) -> Result<(), Fault> {
        let mut current: Option<(ItemCode, Vec<Version>)> = None;
        for pair in engine.prefix(Space::Catalogue, &key::of_store(Kind::Item, id)) {
            let (row_key, row) = pair?;
            let (code, version) = read_item(id, &row_key, &row)?;
            if version.revision > self.head.revision {
                continue;
            }
            match &mut current {
                Some((last, versions)) if *last == code => versions.push(version),
                _ => {
                    if let Some((last, versions)) = current.replace((code, vec![version])) {
                        self.keep(last, versions);
                    }
                }
            }
        }
        if let Some((last, versions)) = current {
            self.keep(last, versions);
        }
        self.whole = Whole::All;
        Ok(())
    }

    fn keep(&mut self, code: ItemCode, versions: Vec<Version>) {
        self.bytes += weight(&code, &versions);
        self.codes.insert(code, versions.into());
    }

    fn forget(&mut self) {
        self.codes = HashMap::new();
        self.bytes = 0;
        self.whole = Whole::Some;
    }
}

/// The code to look up for a line and the revision to stop at, or its name without looking.
fn wanted<'a>(line: &'a Line, sight: &Sight) -> Result<(&'a ItemCode, Option<Revision>), Naming> {
    if line.name.is_some() {
        return Err(Naming::Sent);
    }
    match (&line.code, sight) {
        (Some(code), Sight::Seen { upto }) => Ok((code, *upto)),
        (Some(_), Sight::Ahead { .. }) | (None, _) => Err(Naming::Pending),
    }
}

/// Names every line by looking each code up with `versions`.
pub(crate) fn resolve_with(
    content: &Content,
    at: Timestamp,
    (head, patterns): (&Head, &PatternHistory),
    mut versions: impl FnMut(&ItemCode) -> Result<Vec<Version>, Fault>,
) -> Result<Vec<Naming>, Fault> {
    let sight = naming::sight(&content.mark, head);
    content
        .lines
        .iter()
        .map(|line| match wanted(line, &sight) {
            Err(naming) => Ok(naming),
            Ok((code, upto)) => labels::as_of(patterns, code, (at, upto), &mut versions),
        })
        .collect()
}

fn versions_of(
    engine: &Engine,
    id: &StoreId,
    code: &ItemCode,
    head: Revision,
) -> Result<Vec<Version>, Fault> {
    engine
        .prefix(Space::Catalogue, &key::versions(id, code))
        .map(|pair| {
            let (row_key, row) = pair?;
            Ok(read_item(id, &row_key, &row)?.1)
        })
        .filter(|version| {
            version
                .as_ref()
                .map_or(true, |version| version.revision <= head)
        })
        .collect()
}

/// Reads an item row of the store `id`.
pub(crate) fn read_item(
    id: &StoreId,
    row_key: &[u8],
    row: &[u8],
) -> Result<(ItemCode, Version), Fault> {
    let rest = row_key
        .get(id.as_str().len() + 2..)
        .ok_or(ReadError::Short)?;
    let (code, numbers) = rest
        .split_at_checked(rest.len().wrapping_sub(16))
        .ok_or(ReadError::Short)?;
    let code = code.split_last().ok_or(ReadError::Short)?.1;
    let code = str::from_utf8(code).map_err(|_| ReadError::Invalid)?;
    let code = ItemCode::parse(code).map_err(|_| ReadError::Invalid)?;
    let (from, revision) = numbers.split_first_chunk::<8>().ok_or(ReadError::Short)?;
    let revision = <[u8; 8]>::try_from(revision).map_err(|_| ReadError::Short)?;
    let effective_from =
        Timestamp::from_ms(i64::from_be_bytes(*from)).map_err(|_| ReadError::Invalid)?;
    let revision = Revision(u64::from_be_bytes(revision));
    Ok((
        code,
        Version {
            effective_from,
            revision,
            entry: decode_entry(row)?,
        },
    ))
}

fn weight(code: &ItemCode, versions: &[Version]) -> usize {
    let texts: usize = versions
        .iter()
        .map(|version| match &version.entry {
            Entry::Discontinued => 0,
            Entry::Named(item) => {
                let of = |text: &Option<purchase::text::Text>| {
                    text.as_ref().map_or(0, |text| text.as_str().len())
                };
                item.name.as_str().len()
                    + of(&item.short_name)
                    + of(&item.reading)
                    + of(&item.size)
                    + of(&item.gtin)
                    + of(&item.category)
                    + of(&item.unit)
            }
        })
        .sum();
    code.as_str().len() + texts + ENTRY_BYTES * versions.len().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_known_in_order_and_page_by_page() {
        let names = Names::new(1);
        let id = |number: u8| StoreId::parse(&format!("s-{number}")).unwrap();
        for number in [5, 3, 1, 4, 2] {
            let store = StoreNames {
                head: Head::empty(),
                patterns: Arc::default(),
                codes: HashMap::new(),
                bytes: 0,
                used: 0,
                whole: Whole::Some,
            };
            let store = Arc::new(RwLock::new(store));
            names.stores.write().unwrap().insert(id(number), store);
        }
        let rows: [(Option<u8>, usize, &[u8]); 5] = [
            (None, 2, &[1, 2]),
            (Some(2), 2, &[3, 4]),
            (Some(4), 2, &[5]),
            (Some(5), 2, &[]),
            (None, 9, &[1, 2, 3, 4, 5]),
        ];
        for (after, limit, expected) in rows {
            let known = names.known_after(after.map(id).as_ref(), limit);
            let expected: Vec<StoreId> = expected.iter().copied().map(id).collect();
            assert_eq!(known, expected, "{after:?}");
        }
    }
}
