//! Writing a store's catalogue: versions are only ever added, and the head says which of them are
//! there. A large update is staged below the head and becomes visible in one step.

use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::labels::put_patterns;
use super::names::{self, Moved, read_item};
use super::value::catalogue::{PAST_MAX, decode_head, encode_entry, encode_head};
use crate::fault::Fault;
use crate::write::{CatalogueWrite, CatalogueWritten, Step};
use purchase::canonical::item;
use purchase::catalogue::{Change, Entry, Head, Version};
use purchase::decide::{Digest, add_digest, subtract_digest};
use purchase::id::{ItemCode, Revision, StoreId};

/// Carries out one step.
pub(crate) fn write(
    draft: &mut Draft<'_>,
    write: CatalogueWrite,
) -> Result<CatalogueWritten, Fault> {
    match draft.store(&write.store_id)? {
        None => return Ok(CatalogueWritten::StoreUnknown),
        Some(row) if row.store.closed_at.is_some() => return Ok(CatalogueWritten::StoreClosed),
        Some(row) => {
            if let Some(source) = row.store.catalogue_of.clone() {
                return Ok(CatalogueWritten::Follows { source });
            }
        }
    }
    let head = draft.head(&write.store_id)?;
    if let Some(refused) = refused(&head, &write) {
        return Ok(refused);
    }
    let staging_key = key::plain(Row::Staging, write.store_id.as_str().as_bytes());
    match write.step {
        Step::Whole(changes) => {
            give_up_staged(draft, &write.store_id, &staging_key, &head)?;
            let mut next = next_head(&head, &write.lineage, write.revision, write.update);
            let codes = changes.iter().map(|change| change.code.clone()).collect();
            put_versions(draft, &write.store_id, changes, &mut next)?;
            let patterns = put_patterns(draft, &write.store_id, write.patterns, &mut next)?;
            let step = names::Step {
                store_id: write.store_id,
                base: head.revision,
                head: next,
                moved: Moved::Codes(codes),
                patterns,
            };
            Ok(flip(draft, step))
        }
        // A device that lost its patience sends the same while the first sending is still being
        // staged: both stage the same versions, and none of them may be lost.
        Step::Begin if staged(draft, &staging_key, write.revision, write.update)?.is_some() => {
            Ok(CatalogueWritten::Applied(Box::new(head)))
        }
        Step::Begin => {
            give_up_staged(draft, &write.store_id, &staging_key, &head)?;
            let next = next_head(&head, &write.lineage, write.revision, write.update);
            draft.put(Space::Facts, staging_key, encode_head(&next));
            Ok(CatalogueWritten::Applied(Box::new(head)))
        }
        Step::Part(changes) => {
            let Some(mut next) = staged(draft, &staging_key, write.revision, write.update)? else {
                return Ok(not_begun(&head));
            };
            put_versions(draft, &write.store_id, changes, &mut next)?;
            draft.put(Space::Facts, staging_key, encode_head(&next));
            Ok(CatalogueWritten::Applied(Box::new(head)))
        }
        Step::Finish => {
            let Some(mut next) = staged(draft, &staging_key, write.revision, write.update)? else {
                return Ok(not_begun(&head));
            };
            draft.take(Space::Facts, staging_key);
            let patterns = put_patterns(draft, &write.store_id, write.patterns, &mut next)?;
            let step = names::Step {
                store_id: write.store_id,
                base: head.revision,
                head: next,
                moved: Moved::Everything,
                patterns,
            };
            Ok(flip(draft, step))
        }
    }
}

/// An update of a revision that is the head already, or that builds on another one.
fn refused(head: &Head, write: &CatalogueWrite) -> Option<CatalogueWritten> {
    if write.revision == head.revision {
        return Some(if write.update == head.update {
            CatalogueWritten::Same(Box::new(head.clone()))
        } else {
            CatalogueWritten::Forked
        });
    }
    let fits = write.base == head.revision && write.revision > head.revision;
    (!fits).then_some(CatalogueWritten::Gap {
        current: head.revision,
    })
}

fn next_head(
    head: &Head,
    lineage: &Option<purchase::text::Text>,
    revision: Revision,
    update: [u8; 32],
) -> Head {
    let mut next = Head {
        revision,
        update,
        ..head.clone()
    };
    if let Some(lineage) = lineage
        && next.lineage.as_ref() != Some(lineage)
        && let Some(past) = next.lineage.replace(lineage.clone())
    {
        // A source that comes back is known by its last revision only.
        next.past
            .retain(|(known, _)| *known != past && known != lineage);
        next.past.push((past, head.revision));
        if next.past.len() > PAST_MAX {
            next.past.remove(0);
        }
    }
    next
}

/// The head that is being staged by this very update; none if another one came in between.
fn staged(
    draft: &Draft<'_>,
    staging_key: &[u8],
    revision: Revision,
    update: [u8; 32],
) -> Result<Option<Head>, Fault> {
    let staged = draft.read(Space::Facts, staging_key, decode_head)?;
    Ok(staged.filter(|next| (next.revision, next.update) == (revision, update)))
}

/// A step whose beginning was given up: the whole update has to be sent again.
const fn not_begun(head: &Head) -> CatalogueWritten {
    CatalogueWritten::Gap {
        current: head.revision,
    }
}

/// Takes away what another update staged and never finished. Left there, it would show as soon as
/// the head passes its revision.
fn give_up_staged(
    draft: &mut Draft<'_>,
    store_id: &StoreId,
    staging_key: &[u8],
    head: &Head,
) -> Result<(), Fault> {
    if draft.get(Space::Facts, staging_key)?.is_none() {
        return Ok(());
    }
    draft.take(Space::Facts, staging_key.to_vec());
    let prefix = key::of_store(Row::Item, store_id);
    for (row_key, row) in draft.scan(Space::Catalogue, &prefix, usize::MAX)? {
        if read_item(store_id, &row_key, &row)?.1.revision > head.revision {
            draft.take(Space::Catalogue, row_key);
        }
    }
    Ok(())
}

fn flip(draft: &mut Draft<'_>, step: names::Step) -> CatalogueWritten {
    let row = key::plain(Row::Head, step.store_id.as_str().as_bytes());
    draft.put(Space::Facts, row, encode_head(&step.head));
    let head = Box::new(step.head.clone());
    draft.after.moved.push(step);
    CatalogueWritten::Applied(head)
}

/// Adds versions and keeps `next` in step: how many codes have a name, and the digest of them.
fn put_versions(
    draft: &mut Draft<'_>,
    store_id: &StoreId,
    changes: Vec<Change>,
    next: &mut Head,
) -> Result<(), Fault> {
    for change in changes {
        let before = draft.versions(store_id, &change.code, next.revision)?;
        let version = Version {
            effective_from: change.effective_from,
            revision: next.revision,
            entry: change.entry,
        };
        let old = newest(&before);
        let is_newest = old.is_none_or(|old| {
            (old.effective_from, old.revision) <= (version.effective_from, version.revision)
        });
        if is_newest {
            if let Some(digest) = old.and_then(|old| statement(&change.code, &old.entry)) {
                next.digest = subtract_digest(next.digest, digest);
                next.items -= 1;
            }
            if let Some(digest) = statement(&change.code, &version.entry) {
                next.digest = add_digest(next.digest, digest);
                next.items += 1;
            }
        }
        let row = key::item(
            store_id,
            &change.code,
            version.effective_from,
            version.revision,
        );
        draft.put(Space::Catalogue, row, encode_entry(&version.entry));
    }
    Ok(())
}

/// The newest statement about a code: by when it holds, then by revision.
pub(crate) fn newest(versions: &[Version]) -> Option<&Version> {
    versions
        .iter()
        .max_by_key(|version| (version.effective_from, version.revision))
}

/// The digest of what a catalogue says of a code now; none if it says nothing.
pub(crate) fn statement(code: &ItemCode, entry: &Entry) -> Option<Digest> {
    let Entry::Named(named) = entry else {
        return None;
    };
    Some(digest_of(&item::statement(code, named)))
}

/// The digest of a statement.
pub(crate) fn digest_of(statement: &[u8]) -> Digest {
    let hash = ring::digest::digest(&ring::digest::SHA256, statement);
    Digest(
        hash.as_ref()
            .first_chunk::<32>()
            .copied()
            .unwrap_or_default(),
    )
}
