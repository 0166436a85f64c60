//! Which name a line gets, by the contract's rules for names as of the sale. Pure: the versions of
//! one code and the facts of the sale go in, the decision comes out.

use crate::catalogue::{Entry, Head, Item, Version};
use crate::id::Revision;
use crate::limits::NAMING_AGE_MS_MAX;
use crate::settlement::CatalogueMark;
use crate::text::Text;
use crate::time::Timestamp;
use std::sync::Arc;

/// The name of a line as of its sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The catalogue's.
    Catalogue {
        /// The revision that named it.
        revision: Revision,
        /// All that the catalogue says of it.
        item: Arc<Item>,
    },
    /// The store sent the name with the sale.
    Sent,
    /// Nobody knows it yet.
    Pending,
}

/// A line's name together with when it was learnt, if that was after the sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineName {
    /// The name.
    pub naming: Naming,
    /// When a later revision named it; none if the sale did.
    pub named_at: Option<Timestamp>,
}

/// What a settlement's mark asks of the catalogue at `head`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The server has seen the catalogue that the till had; versions above `upto` do not count.
    Seen {
        /// The till's own revision; none if it did not say.
        upto: Option<Revision>,
    },
    /// The server has not seen it yet: lines wait until it has.
    Ahead {
        /// The revision awaited.
        revision: Revision,
    },
}

/// Has the catalogue at `head` reached what `mark` speaks of?
#[must_use]
pub fn sight(mark: &CatalogueMark, head: &Head) -> Sight {
    let Some(revision) = mark.revision else {
        return Sight::Seen { upto: None };
    };
    let last_seen = last_seen_of(mark.lineage.as_ref(), head);
    match last_seen {
        Some(last) if revision <= last => Sight::Seen {
            upto: Some(revision),
        },
        Some(_) | None => Sight::Ahead { revision },
    }
}

/// The last revision known of a lineage; `None` for one that was never seen.
fn last_seen_of(lineage: Option<&Text>, head: &Head) -> Option<Revision> {
    let Some(lineage) = lineage else {
        return Some(head.revision);
    };
    // A catalogue that never named its source has only one.
    if head.lineage.as_ref().is_none_or(|known| known == lineage) {
        return Some(head.revision);
    }
    head.past
        .iter()
        .find(|(past, _)| past == lineage)
        .map(|(_, last)| *last)
}

/// Rule 1. Of the versions not above `upto` and in force at `at`, the newest named one.
/// `versions` may stand in any order.
#[must_use]
pub fn as_of(versions: &[Version], at: Timestamp, upto: Option<Revision>) -> Naming {
    let named = versions
        .iter()
        .filter(|version| version.effective_from <= at)
        .filter(|version| upto.is_none_or(|upto| version.revision <= upto))
        .filter_map(|version| named_item(version).map(|item| (version, item)))
        .max_by_key(|(version, _)| (version.effective_from, version.revision));
    match named {
        Some((version, item)) => Naming::Catalogue {
            revision: version.revision,
            item: Arc::clone(item),
        },
        None => Naming::Pending,
    }
}

/// A line that waits for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// When it was sold.
    pub at: Timestamp,
    /// The newest revision that is known not to name it.
    pub unnamed_at: Revision,
}

/// What a later revision does for a waiting line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Later {
    /// It names it.
    Named {
        /// The revision.
        revision: Revision,
        /// All that the catalogue says of it.
        item: Arc<Item>,
    },
    /// A revision names the code, but the store must confirm that it means this sale.
    Confirm {
        /// The revision to confirm.
        revision: Revision,
    },
    /// No later revision names the code yet.
    Unknown,
}

/// Rule 3. The first revision after `waiting.unnamed_at` that names the code names the line,
/// whatever its `effective_from`; after 31 days, or if the code had been discontinued before the
/// sale, only with the store's word. `learnt_at` is when that revision is looked at.
#[must_use]
pub fn later(versions: &[Version], waiting: Waiting, learnt_at: Timestamp) -> Later {
    let first = versions
        .iter()
        .filter(|version| version.revision > waiting.unnamed_at)
        .filter(|version| named_item(version).is_some())
        .map(|version| version.revision)
        .min();
    let Some(revision) = first else {
        return Later::Unknown;
    };
    let was_discontinued = versions.iter().any(|version| {
        version.entry == Entry::Discontinued
            && version.revision <= revision
            && version.effective_from <= waiting.at
    });
    let is_old = learnt_at.ms() - waiting.at.ms() > NAMING_AGE_MS_MAX;
    match confirmed(versions, revision, waiting.at) {
        Some(item) if !was_discontinued && !is_old => Later::Named { revision, item },
        Some(_) | None => Later::Confirm { revision },
    }
}

/// The item that `revision` itself gave the code: the one in force at `at`, else the first that
/// comes into force. None if that revision did not name the code.
#[must_use]
pub fn confirmed(versions: &[Version], revision: Revision, at: Timestamp) -> Option<Arc<Item>> {
    let of_revision = || {
        versions
            .iter()
            .filter(|version| version.revision == revision)
            .filter_map(|version| named_item(version).map(|item| (version.effective_from, item)))
    };
    let in_force = of_revision()
        .filter(|(from, _)| *from <= at)
        .max_by_key(|(from, _)| *from);
    in_force
        .or_else(|| of_revision().min_by_key(|(from, _)| *from))
        .map(|(_, item)| Arc::clone(item))
}

const fn named_item(version: &Version) -> Option<&Arc<Item>> {
    match &version.entry {
        Entry::Named(item) => Some(item),
        Entry::Discontinued => None,
    }
}
