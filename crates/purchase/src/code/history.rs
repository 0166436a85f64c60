//! A store's patterns over time: each set takes the place of the one before, from an instant on and
//! from a catalogue revision on, like a version of an item.

use super::patterns::Patterns;
use crate::id::{ItemCode, Revision};
use crate::limits::PATTERN_SETS_MAX;
use crate::time::Timestamp;
use std::sync::Arc;

/// All patterns that a store had from an instant on; none of them if it had none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternSet {
    /// From when it holds.
    pub effective_from: Timestamp,
    /// The catalogue revision that brought it.
    pub revision: Revision,
    /// The patterns.
    pub patterns: Arc<Patterns>,
}

/// What a catalogue update says of patterns: the whole set from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternsChange {
    /// From when it holds.
    pub effective_from: Timestamp,
    /// All patterns.
    pub patterns: Arc<Patterns>,
}

/// Another code under which a waiting line may find its name: that of the item whose label it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The item's code.
    pub code: ItemCode,
    /// The revision whose patterns lead there; none if they were in force at the sale.
    pub led_by: Option<Revision>,
}

/// The sets of one store, by when they hold, then by revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternHistory(Vec<PatternSet>);

impl PatternHistory {
    /// Puts sets in order.
    #[must_use]
    pub fn new(mut sets: Vec<PatternSet>) -> Self {
        sets.sort_by_key(PatternSet::order);
        Self(sets)
    }

    /// Adds a set. Gives the one that is forgotten for it, if there are too many: the one that holds
    /// from the earliest instant. Sales of before the next one find no patterns then, and never wrong
    /// ones.
    pub fn add(&mut self, set: PatternSet) -> Option<PatternSet> {
        let place = self
            .0
            .partition_point(|before| before.order() < set.order());
        self.0.insert(place, set);
        (self.0.len() > PATTERN_SETS_MAX).then(|| self.0.remove(0))
    }

    /// All that are remembered.
    #[must_use]
    pub fn as_slice(&self) -> &[PatternSet] {
        &self.0
    }

    /// Did the store never say anything of patterns?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The newest set, by when it holds, then by revision.
    #[must_use]
    pub fn newest(&self) -> Option<&PatternSet> {
        self.0.last()
    }

    /// Of the sets not above `upto` and in force at `at`, the newest.
    #[must_use]
    pub fn as_of(&self, at: Timestamp, upto: Option<Revision>) -> Option<&PatternSet> {
        self.0
            .iter()
            .rev()
            .filter(|set| set.effective_from <= at)
            .find(|set| upto.is_none_or(|upto| set.revision <= upto))
    }

    /// The code of the item whose label `code` was at `at`, by the sets not above `upto`.
    #[must_use]
    pub fn item_of(
        &self,
        code: &ItemCode,
        at: Timestamp,
        upto: Option<Revision>,
    ) -> Option<ItemCode> {
        self.as_of(at, upto)?.patterns.item_of(code)
    }

    /// Every other code under which a line of `code` may find its name, sold at `at` and without
    /// a name up to the revision `unnamed_at`: by the patterns of its sale, and by each later set,
    /// whenever that holds; in the order in which they were learnt.
    #[must_use]
    pub fn leads(&self, code: &ItemCode, at: Timestamp, unnamed_at: Revision) -> Vec<Lead> {
        let of_sale = self.item_of(code, at, Some(unnamed_at));
        let mut leads: Vec<Lead> = of_sale
            .into_iter()
            .map(|code| Lead { code, led_by: None })
            .collect();
        let mut later: Vec<_> = self.0.iter().collect();
        later.retain(|set| set.revision > unnamed_at);
        later.sort_by_key(|set| set.revision);
        for set in later {
            let Some(item) = set.patterns.item_of(code) else {
                continue;
            };
            if leads.iter().all(|lead| lead.code != item) {
                leads.push(Lead {
                    code: item,
                    led_by: Some(set.revision),
                });
            }
        }
        leads
    }
}

impl PatternSet {
    const fn order(&self) -> (Timestamp, Revision) {
        (self.effective_from, self.revision)
    }
}
