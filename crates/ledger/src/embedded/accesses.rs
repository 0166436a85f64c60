//! The log of who looked at a person's data, and how long it is. It is bounded, and nobody pushes out of it what
//! somebody else did: each sort of who looked has room of its own. What entries mean to people is not known here.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::leaves;
use super::person::Person;
use super::value::identity::{Access, AccessBody, AccessRow, Accessor, Touched};
use crate::fault::Fault;
use crate::write::Changed;
use purchase::bytes::ReadError;
use purchase::id::UserId;
use purchase::text::Text;
use purchase::time::Timestamp;
use std::collections::BTreeSet;

/// After so many entries they are counted, and those beyond their room go. Counting opens all of them.
const COUNTED_EVERY: u64 = 64;
/// For so long the same file, taken again by the same, is told by the first time.
const TAKEN_AGAIN_MS: i64 = 60 * 60 * 1_000;
/// Entries among which it is looked whether the same was told before.
const LOOKED_BACK: u64 = 64;

/// Who looked, as far as it decides what goes to make room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// The person, and programs with a key of the person's own: whoever came in as the person is among them.
    Own,
    Operators,
    Partners,
    Household,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Own, Self::Operators, Self::Partners, Self::Household];

    const fn of(by: &Accessor) -> Self {
        match by {
            Accessor::Person | Accessor::Program { .. } => Self::Own,
            Accessor::Operator { .. } => Self::Operators,
            Accessor::Partner { .. } => Self::Partners,
            Accessor::Household => Self::Household,
        }
    }

    /// Entries that are kept; 5,000 in all.
    const fn room(self) -> usize {
        match self {
            Self::Own => 1_000,
            Self::Operators => 2_000,
            Self::Partners => 1_500,
            Self::Household => 500,
        }
    }
}

/// An entry, as far as it decides whether it stays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    at: Timestamp,
    number: u64,
    sort: Sort,
    what: Touched,
}

impl Entry {
    /// Is it the merger that began at this instant?
    pub(super) fn is_merger(&self, begun_at: Timestamp) -> bool {
        self.what == Touched::Merger && self.at == begun_at
    }
}

impl Ledger {
    /// A page of a person's access log, newest first: at most `limit` entries older than the one of
    /// the number `before`, which ended the last page. Numbers of entries that went are missing between them.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn accesses(
        &self,
        user_id: UserId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Access>, Fault> {
        let Some((row, data_key)) = self.user_and_key(user_id)? else {
            return Ok(Vec::new());
        };
        let newest = before.map_or(row.accesses, |before| before.saturating_sub(1));
        let mut newest = newest.min(row.accesses);
        let mut looked_at = u64::try_from(limit).unwrap_or(u64::MAX);
        let mut page = Vec::new();
        while newest > 0 && page.len() < limit {
            let older = newest.saturating_sub(looked_at);
            let from = key::access(user_id, older + 1);
            let end = key::access(user_id, newest + 1);
            let rows = self.engine.range(Space::Facts, from, end);
            let rows = rows.collect::<Result<Vec<_>, Fault>>()?;
            for (row_key, row) in rows.iter().rev().take(limit - page.len()) {
                let row = AccessRow::decode(row)?;
                let body = AccessBody::decode(&data_key.open(row_key, &row.sealed)?)?;
                page.push(Access {
                    number: number_of(row_key)?,
                    at: row.at,
                    by: body.by,
                    what: body.what,
                    reason: body.reason,
                });
            }
            newest = older;
            // Where many entries went, the next ones are far away.
            looked_at = looked_at.saturating_mul(4);
        }
        Ok(page)
    }
}

/// The number at the end of an entry's key.
pub(super) fn number_of(row_key: &[u8]) -> Result<u64, ReadError> {
    let (_, number) = row_key.split_last_chunk::<8>().ok_or(ReadError::Short)?;
    Ok(u64::from_be_bytes(*number))
}

/// All entries of a person, as of this batch.
pub(super) fn entries(draft: &Draft<'_>, person: &Person) -> Result<Vec<Entry>, Fault> {
    let all = key::user(Row::Access, person.user_id);
    let rows = draft.scan(Space::Facts, &all, usize::MAX)?;
    rows.iter()
        .map(|(row_key, row)| {
            let row = AccessRow::decode(row)?;
            let body = AccessBody::decode(&person.open(row_key, &row.sealed)?)?;
            Ok(Entry {
                at: row.at,
                number: number_of(row_key)?,
                sort: Sort::of(&body.by),
                what: body.what,
            })
        })
        .collect()
}

/// The numbers of the oldest entries of each sort for which there is no room beside `taken` others.
fn beyond(entries: &[Entry], taken: impl Fn(Sort) -> usize) -> BTreeSet<u64> {
    let mut beyond = BTreeSet::new();
    for sort in Sort::ALL {
        let of_sort = entries.iter().filter(|entry| entry.sort == sort);
        let mut of_sort: Vec<_> = of_sort.map(|entry| (entry.at, entry.number)).collect();
        // What came from another account is as old as it says, however late it came.
        of_sort.sort_unstable();
        let room = sort.room().saturating_sub(taken(sort));
        let count = of_sort.len().saturating_sub(room);
        beyond.extend(of_sort.iter().take(count).map(|(_, number)| number));
    }
    beyond
}

/// The numbers of those entries of an account that goes for which there is no room in the new one: none of the
/// new one's own entries goes for them, or a merger would hide who looked.
pub(super) fn without_room(old: &[Entry], new: &[Entry]) -> BTreeSet<u64> {
    let taken = |sort: Sort| new.iter().filter(|entry| entry.sort == sort).count();
    beyond(old, taken)
}

/// Takes away what is beyond its room, once in so many entries. The newest stays, by which it is seen that none
/// was lost behind it.
pub(super) fn make_room(draft: &mut Draft<'_>, person: &Person) -> Result<(), Fault> {
    let newest = person.row.accesses;
    if !newest.is_multiple_of(COUNTED_EVERY) {
        return Ok(());
    }
    let all = entries(draft, person)?;
    for number in beyond(&all, |_| 0) {
        if number != newest {
            draft.take(Space::Facts, key::access(person.user_id, number));
        }
    }
    Ok(())
}

/// Notes that somebody took the book away in some form, unless the same did so within the hour.
pub(super) fn exported(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    (by, form): (Accessor, Text),
) -> Result<Changed, Fault> {
    let entry = AccessBody {
        by,
        what: Touched::Exported,
        reason: Some(form),
    };
    if !entry.fits() {
        return Ok(Changed::Full);
    }
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    if is_told(draft, at, &person, &entry)? {
        return Ok(Changed::Same);
    }
    leaves::note(draft, at, &mut person, &entry)?;
    Ok(Changed::Done)
}

fn is_told(
    draft: &Draft<'_>,
    at: Timestamp,
    person: &Person,
    entry: &AccessBody,
) -> Result<bool, Fault> {
    let since = at.plus_ms(-TAKEN_AGAIN_MS);
    let all = key::user(Row::Access, person.user_id);
    let oldest = person.row.accesses.saturating_sub(LOOKED_BACK);
    let from = key::access(person.user_id, oldest + 1);
    for (row_key, row) in draft.scan_from(Space::Facts, &all, from, usize::MAX)? {
        let row = AccessRow::decode(&row)?;
        // What a clock that was wrong once says of later hides nothing now.
        if since < row.at && row.at <= at {
            let body = AccessBody::decode(&person.open(&row_key, &row.sealed)?)?;
            if body == *entry {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
