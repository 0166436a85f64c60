//! Labels of a store's own scales: its patterns over time, and under which items' codes a line waits
//! whose own code is a label. Sets of patterns are few and small; a store's are read once and then
//! kept beside the head of its catalogue.

use super::catalogue::digest_of;
use super::draft::Draft;
use super::engine::Engine;
use super::key::{self, Kind as Row, Space};
use super::value::catalogue::{
    ITEMS_MAX, PendingRow, decode_patterns, encode_awaited, encode_patterns,
};
use super::{Ledger, learn::Place};
use crate::fault::Fault;
use purchase::bytes::ReadError;
use purchase::canonical::patterns::statement;
use purchase::catalogue::{Head, Version};
use purchase::code::{Lead, PatternHistory, PatternSet, PatternsChange};
use purchase::decide::{Digest, add_digest, subtract_digest};
use purchase::id::{ItemCode, Revision, StoreId};
use purchase::naming::{self, Candidate, Later, Naming, Waiting};
use purchase::time::Timestamp;
use std::sync::Arc;

impl Ledger {
    /// The patterns of in-store codes by which a store's labels are read, now and before: its own, or
    /// those of the store that it follows.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn patterns(&self, store_id: &StoreId) -> Result<Arc<PatternHistory>, Fault> {
        self.names.patterns(&self.engine, &self.source(store_id))
    }
}

/// All sets of a store, as they are stored.
pub(crate) fn read_history(engine: &Engine, store_id: &StoreId) -> Result<PatternHistory, Fault> {
    let prefix = key::of_store(Row::Patterns, store_id);
    history(engine.prefix(Space::Catalogue, &prefix))
}

/// The sets in these rows.
pub(crate) fn history<B: AsRef<[u8]>>(
    rows: impl Iterator<Item = Result<(B, B), Fault>>,
) -> Result<PatternHistory, Fault> {
    let sets = rows.map(|pair| {
        let (row_key, row) = pair?;
        read_set(row_key.as_ref(), row.as_ref())
    });
    Ok(PatternHistory::new(sets.collect::<Result<_, Fault>>()?))
}

fn read_set(row_key: &[u8], row: &[u8]) -> Result<PatternSet, Fault> {
    let (rest, revision) = row_key.split_last_chunk::<8>().ok_or(ReadError::Short)?;
    let (_, from) = rest.split_last_chunk::<8>().ok_or(ReadError::Short)?;
    let effective_from =
        Timestamp::from_ms(i64::from_be_bytes(*from)).map_err(|_| ReadError::Invalid)?;
    Ok(PatternSet {
        effective_from,
        revision: Revision(u64::from_be_bytes(*revision)),
        patterns: Arc::new(decode_patterns(row)?),
    })
}

/// Writes the patterns that an update brings, and keeps the digest of `next` in step.
pub(crate) fn put_patterns(
    draft: &mut Draft<'_>,
    store_id: &StoreId,
    change: Option<PatternsChange>,
    next: &mut Head,
) -> Result<Option<Arc<PatternHistory>>, Fault> {
    let Some(change) = change else {
        return Ok(None);
    };
    let before = draft.patterns(store_id)?;
    let mut history = PatternHistory::clone(&before);
    let set = PatternSet {
        effective_from: change.effective_from,
        revision: next.revision,
        patterns: change.patterns,
    };
    let place = |set: &PatternSet| key::patterns(store_id, set.effective_from, set.revision);
    let row = encode_patterns(&set.patterns);
    draft.put(Space::Catalogue, place(&set), row);
    if let Some(forgotten) = history.add(set) {
        draft.take(Space::Catalogue, place(&forgotten));
    }
    if let Some(digest) = digest_of_newest(&before) {
        next.digest = subtract_digest(next.digest, digest);
    }
    if let Some(digest) = digest_of_newest(&history) {
        next.digest = add_digest(next.digest, digest);
    }
    Ok(Some(Arc::new(history)))
}

/// What the newest set adds to the digest of a catalogue; nothing if it has no patterns.
pub(crate) fn digest_of_newest(history: &PatternHistory) -> Option<Digest> {
    let newest = history.newest()?;
    statement(&newest.patterns).map(|statement| digest_of(&statement))
}

/// The name of a line as of its sale: by its own code, else by that of the item whose label it is.
pub(crate) fn as_of<E>(
    history: &PatternHistory,
    code: &ItemCode,
    (at, upto): (Timestamp, Option<Revision>),
    mut versions: impl FnMut(&ItemCode) -> Result<Vec<Version>, E>,
) -> Result<Naming, E> {
    let own = naming::as_of(&versions(code)?, at, upto);
    match (&own, history.item_of(code, at, upto)) {
        (Naming::Pending, Some(item)) => Ok(naming::as_of(&versions(&item)?, at, upto)),
        _ => Ok(own),
    }
}

/// What later revisions do for a line of `code`, by its own code or by those in `leads`.
pub(crate) fn later<E>(
    code: &ItemCode,
    leads: &[Lead],
    waiting: Waiting,
    learnt_at: Timestamp,
    mut versions: impl FnMut(&ItemCode) -> Result<Vec<Version>, E>,
) -> Result<Later, E> {
    let own = versions(code)?;
    let others = leads
        .iter()
        .map(|lead| Ok((versions(&lead.code)?, lead.led_by)))
        .collect::<Result<Vec<_>, E>>()?;
    let others = others.iter().map(|(versions, led_by)| Candidate {
        versions,
        led_by: *led_by,
    });
    let own = Candidate {
        versions: &own,
        led_by: None,
    };
    let candidates: Vec<_> = std::iter::once(own).chain(others).collect();
    Ok(naming::later_of(&candidates, waiting, learnt_at))
}

/// Notes a waiting line under the codes of the items whose label it may be, so that it is found
/// when one of them gets a name.
pub(crate) fn note(
    draft: &mut Draft<'_>,
    place: &Place<'_>,
    pending: &mut PendingRow,
    items: impl IntoIterator<Item = ItemCode>,
) {
    for item in items {
        if pending.items.contains(&item) || pending.items.len() >= ITEMS_MAX {
            continue;
        }
        let row_key = key::labelled(place.store_id, &item, place.id, place.line);
        draft.put(Space::Facts, row_key, encode_awaited(place.code));
        pending.items.push(item);
    }
}

/// Takes away what was noted.
pub(crate) fn forget(draft: &mut Draft<'_>, place: &Place<'_>, pending: &PendingRow) {
    for item in &pending.items {
        let row_key = key::labelled(place.store_id, item, place.id, place.line);
        draft.take(Space::Facts, row_key);
    }
}
