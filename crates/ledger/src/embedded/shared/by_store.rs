//! A batch taken apart by the stores that its writes are about, for a ledger whose stores may be on
//! different machines: each store's part is a batch of its own, whole or not at all. What is about several
//! stores, or about none, stays together and is written neither before what stood in front of it nor
//! after what stood behind.

use super::super::{Committed, Ledger};
use crate::fault::Fault;
use crate::postgres::tables::Tables;
use crate::write::{Joining, Write, Written};
use purchase::id::StoreId;
use purchase::time::Timestamp;
use std::sync::Mutex;

/// Bytes of settlements in one part, more or less: what a part still owes is kept in one row.
const BYTES_MAX: usize = 8 * 1_024 * 1_024;

/// Parts that are committed at once, at most, and so many connections for each: one has the turn, others
/// file, and some are left for whoever reads.
const AT_ONCE_MAX: usize = 4;
const CONNECTIONS_EACH: usize = 5;

/// A part that is committed: its places in the batch, and what became of it.
type Done = (Vec<usize>, Committed);

/// Writes of a batch that belong together, each with its place in the batch.
struct Part {
    /// The one store that they are about.
    store: Option<StoreId>,
    bytes: usize,
    places: Vec<usize>,
    writes: Vec<Write>,
}

impl Ledger {
    /// Commits a batch store by store. If a part fails, those before it stay committed; nobody is told of
    /// any, and the same may be written again.
    pub(super) fn commit_by_store(
        &self,
        tables: &Tables,
        batch: Vec<Write>,
        at: Timestamp,
    ) -> Result<Committed, Fault> {
        let mut done = Vec::new();
        let mut beside: Vec<Part> = Vec::new();
        for part in parts(batch) {
            // What is about one store stays in its order.
            let is_alone = part.store.is_none();
            if is_alone || beside.iter().any(|other| other.store == part.store) {
                done.extend(self.commit_beside(tables, std::mem::take(&mut beside), at)?);
            }
            if is_alone {
                done.push(self.commit_one(tables, part, at)?);
            } else {
                beside.push(part);
            }
        }
        done.extend(self.commit_beside(tables, beside, at)?);
        let mut written: Vec<(usize, Written)> = Vec::new();
        let mut told = Vec::new();
        for (places, committed) in done {
            written.extend(places.into_iter().zip(committed.written));
            told.extend(committed.told);
        }
        written.sort_unstable_by_key(|(place, _)| *place);
        told.sort_unstable();
        told.dedup();
        Ok(Committed {
            written: written.into_iter().map(|(_, written)| written).collect(),
            mark: self.mark()?,
            told,
        })
    }

    /// Commits parts that are about different stores beside each other, a few at once.
    fn commit_beside(
        &self,
        tables: &Tables,
        parts: Vec<Part>,
        at: Timestamp,
    ) -> Result<Vec<Done>, Fault> {
        let threads = (tables.connections().max / CONNECTIONS_EACH).clamp(1, AT_ONCE_MAX);
        let threads = threads.min(parts.len());
        let next = Mutex::new(parts.into_iter());
        let one_by_one = || {
            let mut done = Vec::new();
            loop {
                let part = next.lock().map_err(|_| Fault::Stopped)?.next();
                let Some(part) = part else {
                    return Ok::<_, Fault>(done);
                };
                done.push(self.commit_one(tables, part, at)?);
            }
        };
        if threads < 2 {
            return one_by_one();
        }
        let all = std::thread::scope(|scope| {
            let all: Vec<_> = (0..threads).map(|_| scope.spawn(one_by_one)).collect();
            let all = all.into_iter().map(|thread| {
                let joined = thread.join();
                joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            all.collect::<Result<Vec<_>, Fault>>()
        });
        Ok(all?.into_iter().flatten().collect())
    }

    fn commit_one(&self, tables: &Tables, part: Part, at: Timestamp) -> Result<Done, Fault> {
        let committed = self.commit_part(tables, &part.writes, at)?;
        Ok((part.places, committed))
    }
}

fn parts(batch: Vec<Write>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (place, write) in batch.into_iter().enumerate() {
        let (store, bytes) = (store_of(&write).cloned(), size_of(&write));
        let fits = |part: &Part| part.store == store && part.bytes + bytes <= BYTES_MAX;
        // Behind the last part of several stores, or the last part of all.
        let first = parts.iter().rposition(|part| part.store.is_none());
        let open = first.map_or(0, |first| if store.is_none() { first } else { first + 1 });
        let last = parts
            .iter()
            .skip(open)
            .rposition(|part| part.store == store);
        let is_last = |at: usize| store.is_some() || at + 1 == parts.len();
        let home = last
            .map(|last| last + open)
            .filter(|at| is_last(*at) && parts.get(*at).is_some_and(fits));
        let home = match home.and_then(|at| parts.get_mut(at)) {
            Some(part) => part,
            None => parts.push_mut(Part {
                store,
                bytes: 0,
                places: Vec::new(),
                writes: Vec::new(),
            }),
        };
        home.bytes += bytes;
        home.places.push(place);
        home.writes.push(write);
    }
    parts
}

fn size_of(write: &Write) -> usize {
    if let Write::Settle(prepared) = write {
        prepared.canonical.len() + prepared.sealed.len()
    } else {
        0
    }
}

/// The one store that a write is about; none if it is about several, or about none.
fn store_of(write: &Write) -> Option<&StoreId> {
    match write {
        Write::Settle(prepared) => {
            let content = prepared.settlement.content();
            let store_id = &content.key.store_id;
            let of = content.of.as_ref().map_or(store_id, |of| &of.key.store_id);
            (of == store_id).then_some(store_id)
        }
        Write::Catalogue(write) => Some(&write.store_id),
        Write::Learn { store_id, .. }
        | Write::Labels { store_id, .. }
        | Write::CatchUp { store_id, .. }
        | Write::Confirm { store_id, .. } => Some(store_id),
        Write::Report(step) => Some(step.store_id()),
        Write::AddStore(_)
        | Write::AddIdentity { .. }
        | Write::Link { .. }
        | Write::CloseStore { .. }
        | Write::AddDevice { .. }
        | Write::RevokeDevice { .. }
        | Write::Joining(
            Joining::Signer { .. }
            | Joining::Rotate { .. }
            | Joining::Pairing { .. }
            | Joining::Join { .. },
        )
        | Write::Chain(_)
        | Write::AddUser { .. }
        | Write::AddToken(_)
        | Write::RevokeToken { .. }
        | Write::AddOperator { .. }
        | Write::PruneFeed { .. }
        | Write::PruneAudit { .. }
        | Write::Noted(_)
        | Write::Member(_)
        | Write::Claim(_)
        | Write::Session(_)
        | Write::SignIn(_)
        | Write::Leaf(_)
        | Write::Missing(_)
        | Write::Household(_)
        | Write::Partner(_)
        | Write::Consent(_)
        | Write::Standing(_)
        | Write::Merge(_)
        | Write::Erase { .. } => None,
    }
}
