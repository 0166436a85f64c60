//! Holding both ends of a move against each other. Each is read whole and by itself, in the order of
//! keys. Digests are taken of every store's day, whose settlements are counted anew as well, of every
//! owner's book, and of every other row; and every owner's key must be the same at both ends. With equal
//! rows and equal keys, what is opened is equal, so that no body is opened here.
//!
//! The first difference ends it. Nothing is mended.

use super::Telling;
use crate::embedded::engine::{Engine, Pair, Rows};
use crate::embedded::key::{self, Kind, after, number, part};
use crate::embedded::settle::signed;
use crate::embedded::value::Tally;
use crate::embedded::value::people::UserRow;
use crate::embedded::value::purchase_row::PurchaseRow;
use crate::embedded::value::settlement::{DayRow, SettlementRow};
use crate::embedded::value::store::StoreRow;
use crate::fault::Fault;
use crate::keyring::{HolderId, Keyring, Slot, hex};
use crate::postgres::table::kinds;
use purchase::bytes::ReadError;
use purchase::decide::add_digest;
use purchase::id::UserId;
use purchase::time::BusinessDate;
use std::iter::Peekable;
use thiserror::Error;

/// Rows between two tellings of progress.
const ROWS_PER_PROGRESS: u64 = 2_000;
/// Keys that are asked for at once.
const KEYS_PER_QUESTION: usize = 1_000;

/// What was found equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows of every kind.
    pub rows: u64,
    /// Stores' days.
    pub days: u64,
    /// Their settlements.
    pub settlements: u64,
    /// Their lines.
    pub lines: u64,
    /// People.
    pub people: u64,
    /// Books: of people who bought, and of purchases that nobody has claimed.
    pub books: u64,
    /// Keys of all of these, and of stores.
    pub keys: u64,
}

/// The first thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what} differs: {here} where it moves from, {there} where it moves to")]
pub struct Difference {
    /// What.
    pub what: String,
    /// As it is where it moves from.
    pub here: String,
    /// As it is where it moves to.
    pub there: String,
}

/// Why a comparison ended early.
#[derive(Debug, Error)]
pub(super) enum Ended {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Differs(#[from] Difference),
}

impl From<Ended> for super::MoveError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Fault(fault) => fault.into(),
            Ended::Differs(difference) => difference.into(),
        }
    }
}

/// One end: its rows and its keys.
pub(super) type End<'a> = (&'a Engine, &'a Keyring);

/// Compares all of both ends.
pub(super) fn compare(
    [here, there]: [End<'_>; 2],
    telling: &mut Telling<'_>,
) -> Result<Summary, Ended> {
    let mut summary = Summary::default();
    let mut owners = Owners {
        rings: [here.1, there.1],
        wanted: Vec::new(),
        same: 0,
    };
    for (kind, table) in kinds() {
        let mut sides = [Groups::of(here.0, kind), Groups::of(there.0, kind)];
        // Each day's row says what its settlements come to.
        let mut days = (kind == Kind::Settlement).then(|| Groups::of(there.0, Kind::Day));
        let mut untold = 0;
        while let Some(group) = next_of_both(&mut sides, kind, table)? {
            if let Some(days) = &mut days {
                check_day(&group, days.next().transpose()?)?;
            }
            owners.add(group.owners.iter().copied())?;
            summary.add(kind, &group);
            untold += group.rows;
            if untold >= ROWS_PER_PROGRESS {
                telling.tell(std::mem::take(&mut untold))?;
            }
        }
        if let Some(day) = days.and_then(|mut days| days.next()).transpose()? {
            let what = name_of(Kind::Day, table, &day.begin);
            return Err(differs(what, "a day without settlements", "the same").into());
        }
        telling.tell(untold)?;
    }
    owners.ask()?;
    summary.keys = owners.same;
    Ok(summary)
}

/// The next group, which must be the same on both sides.
fn next_of_both(
    [here, there]: &mut [Groups; 2],
    kind: Kind,
    table: &str,
) -> Result<Option<Group>, Ended> {
    let (here, there) = (here.next().transpose()?, there.next().transpose()?);
    let (here, there) = match (here, there) {
        (None, None) => return Ok(None),
        (Some(here), None) => return Err(alone(&here, kind, table, "there", "missing").into()),
        (None, Some(there)) => return Err(alone(&there, kind, table, "missing", "there").into()),
        (Some(here), Some(there)) => (here, there),
    };
    if here.begin < there.begin {
        return Err(alone(&here, kind, table, "there", "missing").into());
    }
    if here.begin > there.begin {
        return Err(alone(&there, kind, table, "missing", "there").into());
    }
    if here == there {
        return Ok(Some(here));
    }
    let what = name_of(kind, table, &here.begin);
    Err(differs(what, &here.told(), &there.told()).into())
}

fn alone(group: &Group, kind: Kind, table: &str, here: &str, there: &str) -> Difference {
    differs(name_of(kind, table, &group.begin), here, there)
}

fn differs(what: String, here: &str, there: &str) -> Difference {
    Difference {
        what,
        here: here.to_owned(),
        there: there.to_owned(),
    }
}

/// Holds a day's row against its settlements. Totals are left to `verify`: what a void takes back
/// belongs to another settlement, maybe of another day.
fn check_day(settlements: &Group, row: Option<Group>) -> Result<(), Ended> {
    let row = row.filter(|row| row.begin.get(1..) == settlements.begin.get(1..));
    let counted = &settlements.counted;
    let says = row.as_ref().map(|row| &row.counted);
    let is_same = says.is_some_and(|says| {
        let (says, is) = (&says.tally, &counted.tally);
        (says.settlements, says.lines, says.pending) == (is.settlements, is.lines, is.pending)
    });
    if is_same && says.is_some_and(|says| says.digest == counted.digest) {
        return Ok(());
    }
    let what = name_of(Kind::Settlement, "", &settlements.begin);
    let row = row.map_or_else(|| "no row".to_owned(), |row| row.told());
    let what = format!("{what} is not what its row says at both ends ({row}), so that it");
    Err(differs(what, &settlements.told(), "the same").into())
}

/// Rows that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    /// What their keys have in common.
    begin: Vec<u8>,
    rows: u64,
    /// SHA-256 of all keys and rows, each with its length before it.
    digest: [u8; 32],
    /// What a day's row says, or its settlements come to. Here what is voided counts in full, and so does
    /// the void.
    counted: DayRow,
    /// Whose keys are needed to open it.
    owners: Vec<(HolderId, Slot)>,
}

impl Group {
    fn told(&self) -> String {
        let digest = hex(self.digest.get(..8).unwrap_or_default());
        let Tally {
            settlements, lines, ..
        } = &self.counted.tally;
        if *settlements == 0 {
            return format!("{} rows with digest {digest}", self.rows);
        }
        format!("{settlements} settlements with {lines} lines and digest {digest}")
    }
}

/// The rows of a kind, group by group.
struct Groups {
    kind: Kind,
    rows: Peekable<Rows>,
}

impl Groups {
    fn of(engine: &Engine, kind: Kind) -> Self {
        let prefix = [number(kind)];
        let rows = engine.range(key::space(kind), prefix.to_vec(), after(&prefix));
        Self {
            kind,
            rows: rows.peekable(),
        }
    }

    fn gather(&mut self) -> Result<Option<Group>, Fault> {
        let Some(first) = self.rows.next() else {
            return Ok(None);
        };
        let (row_key, row) = first?;
        let begin = begin_of(self.kind, &row_key).to_vec();
        let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
        let mut group = Group {
            begin,
            rows: 0,
            digest: [0; 32],
            counted: DayRow::default(),
            owners: Vec::new(),
        };
        add(&mut group, &mut hash, self.kind, (&row_key, &row))?;
        loop {
            let begin = &group.begin;
            let belongs = |pair: &Result<Pair, Fault>| match pair {
                Ok((row_key, _)) => begin_of(self.kind, row_key) == begin.as_slice(),
                Err(_) => true,
            };
            let Some(pair) = self.rows.next_if(belongs) else {
                break;
            };
            let (row_key, row) = pair?;
            add(&mut group, &mut hash, self.kind, (&row_key, &row))?;
        }
        let digest = hash.finish();
        group.digest = *digest.as_ref().first_chunk().ok_or(ReadError::Short)?;
        Ok(Some(group))
    }
}

impl Iterator for Groups {
    type Item = Result<Group, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.gather().transpose()
    }
}

/// The part of a key that the rows of a group have in common: store and day, owner, or all of it.
fn begin_of(kind: Kind, row_key: &[u8]) -> &[u8] {
    let length = if kind == Kind::Settlement {
        let store = row_key.iter().position(|byte| *byte == 0);
        store.map_or(row_key.len(), |end| end + 1 + 4)
    } else if kind == Kind::Purchase {
        1 + 17
    } else {
        row_key.len()
    };
    row_key.get(..length).unwrap_or(row_key)
}

fn add(
    group: &mut Group,
    hash: &mut ring::digest::Context,
    kind: Kind,
    (row_key, row): (&[u8], &[u8]),
) -> Result<(), Fault> {
    for bytes in [row_key, row] {
        hash.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    }
    group.rows += 1;
    if kind == Kind::Settlement {
        count(&mut group.counted, &SettlementRow::decode(row)?);
    } else if kind == Kind::Day {
        group.counted = DayRow::decode(row)?;
    } else if kind == Kind::User {
        let slot = UserRow::decode(row)?.slot;
        group.owners.push((holder_at(row_key, 1)?, slot));
    } else if kind == Kind::Store {
        let row = StoreRow::decode(row)?;
        group.owners.push((row.holder, row.slot));
    } else if kind == Kind::Purchase && row_key.get(34) == Some(&part::BODY) {
        let owner = (
            holder_at(row_key, 2)?,
            PurchaseRow::decode(row)?.columns.slot,
        );
        if group.owners.last() != Some(&owner) {
            group.owners.push(owner);
        }
    }
    Ok(())
}

/// The holder whose id stands at that place of a key.
fn holder_at(row_key: &[u8], at: usize) -> Result<HolderId, ReadError> {
    let id = row_key.get(at..).and_then(|rest| rest.first_chunk());
    id.copied().map(HolderId).ok_or(ReadError::Short)
}

fn count(day: &mut DayRow, row: &SettlementRow) {
    day.tally.join(&Tally {
        settlements: 1,
        lines: u64::try_from(row.lines.len()).unwrap_or(u64::MAX),
        pending: row.pending,
        totals: vec![(row.currency, signed(row.kind, row.total))],
    });
    day.digest = add_digest(day.digest, row.digest);
}

impl Summary {
    fn add(&mut self, kind: Kind, group: &Group) {
        self.rows += group.rows;
        if kind == Kind::Settlement {
            self.days += 1;
            self.settlements += group.counted.tally.settlements;
            self.lines += group.counted.tally.lines;
        } else if kind == Kind::User {
            self.people += 1;
        } else if kind == Kind::Purchase {
            self.books += 1;
        }
    }
}

/// Owners whose keys are compared, many at once.
struct Owners<'a> {
    rings: [&'a Keyring; 2],
    wanted: Vec<(HolderId, Slot)>,
    same: u64,
}

impl Owners<'_> {
    fn add(&mut self, owners: impl Iterator<Item = (HolderId, Slot)>) -> Result<(), Ended> {
        for owner in owners {
            self.wanted.push(owner);
            if self.wanted.len() == KEYS_PER_QUESTION {
                self.ask()?;
            }
        }
        Ok(())
    }

    fn ask(&mut self) -> Result<(), Ended> {
        let wanted = std::mem::take(&mut self.wanted);
        let [here, there] = self.rings;
        let (here, there) = (here.keys(&wanted)?, there.keys(&wanted)?);
        for (holder, _) in wanted {
            let (here, there) = (here.get(&holder), there.get(&holder));
            if here.map(|key| key.bytes()) != there.map(|key| key.bytes()) {
                let told = |is_there| if is_there { "a key" } else { "no key" };
                let what = format!("the key of {}", UserId(holder.0));
                return Err(differs(what, told(here.is_some()), told(there.is_some())).into());
            }
            self.same += u64::from(here.is_some());
        }
        Ok(())
    }
}

/// What a group is called.
fn name_of(kind: Kind, table: &str, begin: &[u8]) -> String {
    let named = if kind == Kind::Settlement || kind == Kind::Day {
        day_name(begin)
    } else if kind == Kind::Purchase && begin.get(1) == Some(&1) {
        let owner = holder_at(begin, 2).ok();
        owner.map(|HolderId(id)| format!("the book of {}", UserId(id)))
    } else {
        None
    };
    named.unwrap_or_else(|| format!("row {} of {table}", hex(begin)))
}

fn day_name(begin: &[u8]) -> Option<String> {
    let (_, rest) = begin.split_first()?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (store, date) = rest.split_at(end);
    let ordinal = u32::from_be_bytes(*date.get(1..)?.first_chunk()?);
    let date = BusinessDate::from_ordinal(ordinal).ok()?;
    Some(format!("day {date} of {}", str::from_utf8(store).ok()?))
}
