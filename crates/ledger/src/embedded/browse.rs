//! Reading a store's catalogue and the lines that wait for it.

use super::Ledger;
use super::catalogue::newest;
use super::key::{self, Kind as Row, Space};
use super::labels;
use super::names::read_item;
use crate::account::PendingCode;
use crate::fault::Fault;
use purchase::bytes::ReadError;
use purchase::catalogue::{Change, Entry, Head, Item, Version};
use purchase::id::{ItemCode, Revision, StoreId};
use purchase::naming::{Later, Waiting};
use purchase::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// Codes listed at most.
const PENDING_CODES_MAX: usize = 10_000;

/// An item of a snapshot, with the time from which it holds.
#[derive(Clone, Debug)]
pub struct SnapshotItem {
    /// The code.
    pub code: ItemCode,
    /// What the store says of it.
    pub item: Arc<Item>,
    /// From when.
    pub effective_from: Timestamp,
}

impl Ledger {
    /// Where the catalogue that names what a store sells stands.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn catalogue_head(&self, store_id: &StoreId) -> Result<Head, Fault> {
        self.names.head(&self.engine, &self.source(store_id))
    }

    /// Every version of a code, oldest first.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn item_versions(
        &self,
        store_id: &StoreId,
        code: &ItemCode,
    ) -> Result<Vec<Version>, Fault> {
        let source = self.source(store_id);
        let head = self.names.head(&self.engine, &source)?.revision;
        let rows = self
            .engine
            .prefix(Space::Catalogue, &key::versions(&source, code));
        rows.map(|pair| {
            let (row_key, row) = pair?;
            Ok(read_item(&source, &row_key, &row)?.1)
        })
        .filter(|version| {
            version
                .as_ref()
                .map_or(true, |version| version.revision <= head)
        })
        .collect()
    }

    /// Every change after the revision `after`, in the order of revisions, and where the catalogue
    /// stands: no change of a later revision is among them.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn changes_after(
        &self,
        store_id: &StoreId,
        after: Revision,
        limit: usize,
    ) -> Result<(Head, Vec<(ItemCode, Version)>), Fault> {
        let source = self.source(store_id);
        let head = self.names.head(&self.engine, &source)?;
        let mut changes = Vec::new();
        // Those who ask most often have everything already.
        if after >= head.revision {
            return Ok((head, changes));
        }
        for pair in self.items(&source) {
            let (code, version) = pair?;
            if version.revision > after && version.revision <= head.revision {
                changes.push((code, version));
            }
        }
        changes.sort_by(|(left_code, left), (right_code, right)| {
            (left.revision, left_code).cmp(&(right.revision, right_code))
        });
        // A revision is given whole or not at all, so that a follower can go on after it.
        if let Some((_, cut)) = changes.get(limit) {
            let cut = cut.revision;
            let whole = changes
                .iter()
                .take_while(|(_, version)| version.revision < cut)
                .count();
            let all_of_first = changes
                .iter()
                .take_while(|(_, version)| version.revision == cut)
                .count();
            changes.truncate(if whole == 0 { all_of_first } else { whole });
        }
        Ok((head, changes))
    }

    /// The changes that turn the present catalogue into the snapshot `items`: what differs, and
    /// the end of what is not in it.
    ///
    /// # Errors
    /// [`Fault`] if the catalogue cannot be read.
    pub fn difference(
        &self,
        store_id: &StoreId,
        items: Vec<SnapshotItem>,
        effective_from: Timestamp,
    ) -> Result<Vec<Change>, Fault> {
        let head = self.catalogue_head(store_id)?.revision;
        let mut present: HashMap<ItemCode, Vec<Version>> = HashMap::new();
        for pair in self.items(store_id) {
            let (code, version) = pair?;
            if version.revision <= head {
                present.entry(code).or_default().push(version);
            }
        }
        let mut changes = Vec::new();
        for SnapshotItem {
            code,
            item,
            effective_from,
        } in items
        {
            let versions = present.remove(&code).unwrap_or_default();
            let is_same = newest(&versions).is_some_and(
                |version| matches!(&version.entry, Entry::Named(known) if *known == item),
            );
            if !is_same {
                changes.push(Change {
                    code,
                    effective_from,
                    entry: Entry::Named(item),
                });
            }
        }
        for (code, versions) in present {
            if let Some(version) = newest(&versions)
                && version.entry != Entry::Discontinued
            {
                let effective_from = effective_from.max(version.effective_from);
                changes.push(Change {
                    code,
                    effective_from,
                    entry: Entry::Discontinued,
                });
            }
        }
        changes.sort_by(|left, right| left.code.cmp(&right.code));
        Ok(changes)
    }

    fn items(
        &self,
        store_id: &StoreId,
    ) -> impl Iterator<Item = Result<(ItemCode, Version), Fault>> + use<> {
        let store_id = store_id.clone();
        self.engine
            .prefix(Space::Catalogue, &key::of_store(Row::Item, &store_id))
            .map(move |pair| {
                let (row_key, row) = pair?;
                read_item(&store_id, &row_key, &row)
            })
    }

    /// The codes of a store that wait for a name, with how many lines wait for each.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn pending_codes(
        &self,
        store_id: &StoreId,
        now: Timestamp,
    ) -> Result<Vec<PendingCode>, Fault> {
        let mut codes: Vec<PendingCode> = Vec::new();
        let patterns = self.patterns(store_id)?;
        let mut read: HashMap<ItemCode, Vec<Version>> = HashMap::new();
        let mut versions = |code: &ItemCode| match read.get(code) {
            Some(versions) => Ok(versions.clone()),
            None => {
                let versions = self.item_versions(store_id, code)?;
                read.insert(code.clone(), versions.clone());
                Ok::<_, Fault>(versions)
            }
        };
        for row in self.pending_rows(store_id) {
            let (row_key, row) = row?;
            let code = code_of(store_id, &row_key)?;
            if codes.last().is_none_or(|last| last.code != code) {
                if codes.len() == PENDING_CODES_MAX {
                    break;
                }
                codes.push(PendingCode {
                    code,
                    item: None,
                    lines: 0,
                    first_seen: row.at,
                    last_seen: row.at,
                    confirm: None,
                });
            }
            let Some(last) = codes.last_mut() else {
                continue;
            };
            last.lines += 1;
            last.first_seen = last.first_seen.min(row.at);
            last.last_seen = last.last_seen.max(row.at);
            let waiting = Waiting {
                at: row.at,
                unnamed_at: row.unnamed_at,
            };
            last.item = last.item.take().or_else(|| row.items.last().cloned());
            // Lines of one code may wait for different revisions: the first one is told. A line that
            // waits for the catalogue to reach its own revision has nothing to be confirmed.
            if last.confirm.is_none() && row.awaits.is_none() {
                let leads = patterns.leads(&last.code, waiting.at, waiting.unnamed_at);
                let later = labels::later(&last.code, &leads, waiting, now, &mut versions)?;
                last.confirm = match later {
                    Later::Confirm { revision } | Later::Named { revision, .. } => Some(revision),
                    Later::Unknown => None,
                };
            }
        }
        Ok(codes)
    }

    /// Does any line of the store wait for a name?
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn has_pending(&self, store_id: &StoreId) -> Result<bool, Fault> {
        self.pending_rows(store_id)
            .next()
            .transpose()
            .map(|first| first.is_some())
    }
}

/// The code in a pending line's key.
pub(crate) fn code_of(store_id: &StoreId, row_key: &[u8]) -> Result<ItemCode, Fault> {
    let rest = row_key
        .get(store_id.as_str().len() + 2..)
        .ok_or(ReadError::Short)?;
    let (code, _) = rest.split_last_chunk::<19>().ok_or(ReadError::Short)?;
    let code = str::from_utf8(code).map_err(|_| ReadError::Invalid)?;
    Ok(ItemCode::parse(code).map_err(|_| ReadError::Invalid)?)
}
