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
    let own = Candidate {
        versions,
        led_by: None,
    };
    later_of(&[own], waiting, learnt_at)
}

/// A code under which a waiting line may find its name: its own, or that of the item whose label it
/// is.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The versions of the code.
    pub versions: &'a [Version],
    /// The revision whose patterns lead to the code; none if the line stood under it at its sale.
    pub led_by: Option<Revision>,
}

/// Rule 3 for a line that may stand under several codes. A code names the line at the first revision
/// at which both the name and the way to it are known; the first of them all names it, and between
/// equals the one that stands first in `candidates`. A code that only later patterns lead to may have
/// had its name at the sale already.
#[must_use]
pub fn later_of(candidates: &[Candidate<'_>], waiting: Waiting, learnt_at: Timestamp) -> Later {
    let firsts = candidates
        .iter()
        .filter_map(|candidate| first_of(candidate, waiting).map(|first| (candidate, first)));
    let Some((candidate, first)) = firsts.min_by_key(|(_, first)| first.known_at) else {
        return Later::Unknown;
    };
    let was_discontinued = candidate.versions.iter().any(|version| {
        version.entry == Entry::Discontinued
            && version.revision <= first.known_at
            && version.effective_from <= waiting.at
    });
    let is_old = learnt_at.ms() - waiting.at.ms() > NAMING_AGE_MS_MAX;
    let revision = first.revision;
    match confirmed(candidate.versions, revision, waiting.at) {
        Some(item) if !was_discontinued && !is_old => Later::Named { revision, item },
        Some(_) | None => Later::Confirm { revision },
    }
}

/// The first moment at which a code names a line.
struct First {
    /// The revision of the name.
    revision: Revision,
    /// The revision at which the name and the way to it were both known.
    known_at: Revision,
}

fn first_of(candidate: &Candidate<'_>, waiting: Waiting) -> Option<First> {
    let Candidate { versions, led_by } = *candidate;
    let at_the_sale = led_by.map(|_| as_of(versions, waiting.at, Some(waiting.unnamed_at)));
    if let (Some(led_by), Some(Naming::Catalogue { revision, .. })) = (led_by, at_the_sale) {
        let known_at = led_by;
        return Some(First { revision, known_at });
    }
    let revision = versions
        .iter()
        .filter(|version| version.revision > waiting.unnamed_at)
        .filter(|version| named_item(version).is_some())
        .map(|version| version.revision)
        .min()?;
    let known_at = led_by.map_or(revision, |led_by| led_by.max(revision));
    Some(First { revision, known_at })
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
