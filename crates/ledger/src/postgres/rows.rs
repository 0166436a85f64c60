//! Rows by their keys, over a connection or a transaction that the caller holds: read, ranged over,
//! written in bulk. Questions to several tables are sent together and answered together.
//!
//! A transaction is neither begun nor ended here, and no row is understood beyond what its table shows
//! to people.

use super::cell::Cell;
use super::fault::Failure;
use super::statement::{self, Among, Bound, Taken};
use super::table::{Table, table_of};
use crate::embedded::key::after;
use crate::fault::Fault;
use deadpool_postgres::GenericClient;
use futures_util::future::{join_all, try_join_all};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

/// A row that was read: its key and its value.
pub type Copied = (Vec<u8>, Vec<u8>);

/// A row to write under a key; none takes it away. The space of the embedded ledger's batches is told
/// by the key's kind and is not needed.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// Rows that one statement writes at most.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Whom rows are kept from until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Nobody.
    None,
    /// Those who would write them.
    Share,
    /// Those who would write or lock them.
    Update,
}

/// A question for rows under certain keys, ready to be sent in one piece.
pub struct Reading {
    asked: Vec<(Keys, Statement)>,
}

impl Reading {
    /// Prepares to read the rows under `keys`, of whatever kinds. Rows of one kind are locked in the order
    /// of their keys. In a cluster, only rows of one store or owner can be locked by one question.
    ///
    /// # Errors
    /// [`Failure`]; among them a key whose kind has no table.
    pub async fn prepare(
        client: &impl GenericClient,
        keys: &BTreeSet<Vec<u8>>,
        lock: Lock,
    ) -> Result<Self, Failure> {
        let groups = Keys::group(keys.iter().cloned())?;
        let asked = groups.into_iter().map(|group| async move {
            let text = statement::read(group.table, group.among(), lock);
            let statement = client.prepare_cached(&text).await?;
            Ok::<_, Failure>((group, statement))
        });
        let asked = try_join_all(asked).await?;
        Ok(Self { asked })
    }

    /// Sends it when it is first polled, and gives the rows; a key without a row is missing.
    ///
    /// # Errors
    /// [`Failure`] as the database says.
    pub async fn carry_out(
        &self,
        client: &impl GenericClient,
    ) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, Failure> {
        let asked = self.asked.iter().map(|(group, statement)| async move {
            client.query(statement, &group.parameters()).await
        });
        let mut found = BTreeMap::new();
        // What failed first is why all behind it failed.
        for rows in join_all(asked).await {
            for row in rows? {
                found.insert(row.try_get(0)?, row.try_get(1)?);
            }
        }
        Ok(found)
    }
}

/// Reads the rows under `keys`, of whatever kinds; a key without a row is missing in the answer. See
/// [`Reading`].
///
/// # Errors
/// As for [`Reading::prepare`].
pub async fn read(
    client: &impl GenericClient,
    keys: impl IntoIterator<Item = Vec<u8>>,
    lock: Lock,
) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, Failure> {
    let keys = keys.into_iter().collect();
    let reading = Reading::prepare(client, &keys, lock).await?;
    reading.carry_out(client).await
}

/// Reads the first `limit` rows from the key `from` up to, not including, `end`, in the order of keys.
/// All of them are of one kind: that of `from`, which may be its number alone. Use
/// [`after_all`](after_all) for the end of a beginning.
///
/// # Errors
/// [`Failure`]; among them a range over several kinds.
pub async fn range(
    client: &impl GenericClient,
    from: &[u8],
    end: &[u8],
    limit: usize,
) -> Result<Vec<Copied>, Failure> {
    let table = table_of(from)?;
    let kind_end = after(from.get(..1).unwrap_or_default());
    if end > kind_end.as_slice() {
        let what = format!("a range over {} goes on into another kind", table.name);
        return Err(Fault::Engine { detail: what }.into());
    }
    if end <= from {
        return Ok(Vec::new());
    }
    let mut values = Vec::new();
    let text = match table.spread.only(from, end) {
        Some(place) => {
            values.extend([place, Cell::Bytes(from.to_vec()), Cell::Bytes(end.to_vec())]);
            statement::range_in_one(table)
        }
        None => {
            let first = bound(table, from, &mut values);
            let second = if end == kind_end {
                Bound::Open
            } else {
                bound(table, end, &mut values)
            };
            statement::range(table, first, second)
        }
    };
    values.push(Cell::number(limit));
    let statement = client.prepare_cached(&text).await?;
    let rows = client.query(&statement, &parameters(&values)).await?;
    let rows = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    rows.collect::<Result<_, tokio_postgres::Error>>()
        .map_err(Failure::from)
}

/// Reads the first `limit` rows of each of several beginnings, in the order of keys. None of them may
/// begin with another one, and each must name the place in which its rows lie, such as a store.
///
/// # Errors
/// [`Failure`]; among them a beginning that names no place.
pub async fn beginnings(
    client: &impl GenericClient,
    prefixes: &BTreeSet<Vec<u8>>,
    limit: usize,
) -> Result<BTreeMap<Vec<u8>, Vec<Copied>>, Failure> {
    let mut groups: Vec<(&'static Table, Cell, Vec<Vec<u8>>)> = Vec::new();
    for prefix in prefixes {
        let table = table_of(prefix)?;
        let Some(place) = table.spread.only(prefix, &after(prefix)) else {
            let what = format!("a beginning in {} names no place", table.name);
            return Err(Fault::Engine { detail: what }.into());
        };
        match groups.last_mut() {
            Some((of, at, group)) if std::ptr::eq(*of, table) && *at == place => {
                group.push(prefix.clone());
            }
            Some(_) | None => groups.push((table, place, vec![prefix.clone()])),
        }
    }
    let limit = Cell::number(limit);
    let asked = groups.iter().map(|(table, place, group)| {
        let (ends, limit) = (group.iter().map(|prefix| after(prefix)), &limit);
        let ends: Vec<Vec<u8>> = ends.collect();
        async move {
            let text = statement::ranges_in_one(table);
            let statement = client.prepare_cached(&text).await?;
            client
                .query(&statement, &[place, group, &ends, limit])
                .await
        }
    });
    let empty = prefixes.iter().map(|prefix| (prefix.clone(), Vec::new()));
    let mut found: BTreeMap<Vec<u8>, Vec<Copied>> = empty.collect();
    for row in try_join_all(asked).await?.into_iter().flatten() {
        let (key, row): (Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        let owner = found.range_mut(..=key.clone()).next_back();
        if let Some((_, rows)) = owner.filter(|(prefix, _)| key.starts_with(prefix)) {
            rows.push((key, row));
        }
    }
    found.values_mut().for_each(|rows| rows.sort());
    Ok(found)
}

/// The first key after all that begin with `prefix`, as [`range`] wants it.
#[must_use]
pub fn after_all(prefix: &[u8]) -> Vec<u8> {
    after(prefix)
}

fn bound(table: &Table, key: &[u8], values: &mut Vec<Cell>) -> Bound {
    let place = table.spread.bound(key);
    let bound = if place.is_some() {
        Bound::Placed
    } else {
        Bound::Key
    };
    values.extend(place);
    values.push(Cell::Bytes(key.to_vec()));
    bound
}

/// Writes rows under keys that have none, and tells the keys that have: their rows stay as they are.
/// Whoever is writing one of them at the same time is waited for.
///
/// # Errors
/// As for [`write`].
pub async fn insert(
    client: &impl GenericClient,
    rows: impl IntoIterator<Item = Copied>,
) -> Result<BTreeSet<Vec<u8>>, Failure> {
    let rows: BTreeMap<Vec<u8>, Vec<u8>> = rows.into_iter().collect();
    let mut there: BTreeSet<Vec<u8>> = rows.keys().cloned().collect();
    let groups = Rows::group(rows)?;
    let put = groups.iter().map(|rows| async move {
        let text = statement::insert(rows.table, Taken::Keep);
        let statement = client.prepare_cached(&text).await?;
        client.query(&statement, &rows.parameters()).await
    });
    for row in try_join_all(put).await?.into_iter().flatten() {
        there.remove(row.try_get::<_, &[u8]>(0)?);
    }
    Ok(there)
}

pub(super) type Parameter<'a> = &'a (dyn ToSql + Sync);

fn parameters<T: ToSql + Sync>(values: &[T]) -> Vec<Parameter<'_>> {
    let mut all: Vec<Parameter<'_>> = Vec::with_capacity(values.len());
    for value in values {
        all.push(value);
    }
    all
}

/// Keys of one table, in order, and where each lies.
pub(super) struct Keys {
    pub(super) table: &'static Table,
    places: Vec<Cell>,
    keys: Vec<Vec<u8>>,
}

impl Keys {
    fn group(keys: impl IntoIterator<Item = Vec<u8>>) -> Result<Vec<Self>, Fault> {
        Self::group_if(keys, |_, _| true)
    }

    /// The same, with all keys of a group in one place.
    pub(super) fn group_by_place(
        keys: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<Vec<Self>, Fault> {
        Self::group_if(keys, |group, place| group.places.first() == place)
    }

    fn group_if(
        keys: impl IntoIterator<Item = Vec<u8>>,
        fits: impl Fn(&Self, Option<&Cell>) -> bool,
    ) -> Result<Vec<Self>, Fault> {
        let keys: BTreeSet<Vec<u8>> = keys.into_iter().collect();
        let mut groups: Vec<Self> = Vec::new();
        for key in keys {
            let table = table_of(&key)?;
            let place = table.spread.value(&key)?;
            // Keys of one kind follow each other, as they begin with its number, and among them those
            // of one place.
            let group = match groups.last_mut() {
                Some(group) if std::ptr::eq(group.table, table) && fits(group, place.as_ref()) => {
                    group
                }
                Some(_) | None => groups.push_mut(Self {
                    table,
                    places: Vec::new(),
                    keys: Vec::new(),
                }),
            };
            group.places.extend(place);
            group.keys.push(key);
        }
        Ok(groups)
    }

    fn among(&self) -> Among {
        match self.places.split_first() {
            None => Among::All,
            Some((first, rest)) if rest.iter().all(|place| place == first) => Among::One,
            Some(_) => Among::Many,
        }
    }

    pub(super) fn parameters(&self) -> Vec<Parameter<'_>> {
        match (self.among(), self.places.first()) {
            (Among::One, Some(first)) => vec![first, &self.keys],
            (Among::Many, _) => vec![&self.places, &self.keys],
            (Among::All | Among::One, _) => vec![&self.keys],
        }
    }
}

/// Rows of one table, column by column.
pub(super) struct Rows {
    pub(super) table: &'static Table,
    pub(super) columns: Vec<Vec<Cell>>,
    pub(super) count: usize,
}

impl Rows {
    pub(super) fn group(rows: BTreeMap<Vec<u8>, Vec<u8>>) -> Result<Vec<Self>, Fault> {
        let mut groups: Vec<Self> = Vec::new();
        for (key, row) in rows {
            let table = table_of(&key)?;
            let mut cells: Vec<Cell> = table.spread.value(&key)?.into_iter().collect();
            let clear = table.cells(&key, &row)?;
            cells.extend([Cell::Bytes(key), Cell::Bytes(row)]);
            cells.extend(clear);
            let group = match groups.last_mut() {
                Some(group) if group.has_room_for(table) => group,
                Some(_) | None => groups.push_mut(Self {
                    table,
                    columns: vec![Vec::new(); cells.len()],
                    count: 0,
                }),
            };
            for (column, cell) in group.columns.iter_mut().zip(cells) {
                column.push(cell);
            }
            group.count += 1;
        }
        Ok(groups)
    }

    fn has_room_for(&self, table: &Table) -> bool {
        std::ptr::eq(self.table, table) && self.count < ROWS_PER_STATEMENT
    }

    pub(super) fn parameters(&self) -> Vec<Parameter<'_>> {
        parameters(&self.columns)
    }
}
