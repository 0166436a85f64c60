//! What the checks of the next rows are going to look up, read together: from a database each look is a way
//! there and back. In a data folder that would gain nothing. Nothing is decided here, and whatever was not
//! foreseen is looked up when it is asked for.

use super::Inspection;
use crate::embedded::engine::{Engine, Pair};
use crate::embedded::key::{Kind as Row, Space};
use crate::fault::Fault;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Rows whose look-ups are read together.
pub(super) const STRIDE: usize = 256;

/// Keys that will be looked up.
pub(super) type Keys = BTreeSet<Vec<u8>>;

/// What was found under keys that were read ahead; none where there is no row.
pub(super) type Ahead = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Rows in order, a stride of them at a time.
pub(super) struct Walk<I> {
    rows: I,
    /// What the check of a row looks up. A row that does not decode leads to nothing.
    leads_to: fn(&Pair, &mut Keys),
    stride: VecDeque<Pair>,
}

impl<I: Iterator<Item = Result<Pair, Fault>>> Walk<I> {
    /// The next row; none at the end, where nothing is kept ahead any more.
    pub(super) fn next(&mut self, inspection: &mut Inspection<'_>) -> Result<Option<Pair>, Fault> {
        if self.stride.is_empty() {
            let rows = self.rows.by_ref().take(STRIDE);
            self.stride = rows.collect::<Result<_, Fault>>()?;
            let mut keys = Keys::new();
            match inspection.ledger.engine {
                Engine::Fjall(_) => {}
                Engine::Tables(_) => {
                    for pair in &self.stride {
                        (self.leads_to)(pair, &mut keys);
                    }
                }
            }
            inspection.look_ahead(keys)?;
        }
        Ok(self.stride.pop_front())
    }
}

impl Inspection<'_> {
    /// Rows of one kind, in the order of their keys; `leads_to` says what the check of each looks up.
    pub(super) fn walk(
        &self,
        space: Space,
        kind: Row,
        leads_to: fn(&Pair, &mut Keys),
    ) -> Walk<impl Iterator<Item = Result<Pair, Fault>> + use<>> {
        Walk {
            rows: self.rows(space, kind),
            leads_to,
            stride: VecDeque::new(),
        }
    }

    /// Reads what will be looked up, and forgets what was read ahead before.
    pub(super) fn look_ahead(&mut self, keys: Keys) -> Result<(), Fault> {
        self.ahead.clear();
        let Engine::Tables(tables) = &self.ledger.engine else {
            return Ok(());
        };
        if keys.is_empty() {
            return Ok(());
        }
        let mut found = tables.get_all(keys.iter().cloned().collect())?;
        let looked_up = keys.into_iter().map(|key| {
            let row = found.remove(&key);
            (key, row)
        });
        self.ahead = looked_up.collect();
        Ok(())
    }
}
