//! Trading days on which the server has something else than this device: found by a comparison, noted
//! once for each distinct difference, and looked at by a person. Nothing here compares or heals.

use crate::database::{Database, DatabaseError, log};
use crate::reconcile::{Difference, Ours, ServerDay, ServerKey};
use crate::refusal::Deed;
use purchase::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Keys that the log names of one difference at most.
const KEYS_LOGGED: usize = 20;

/// It cannot be marked.
#[derive(Debug, Error)]
pub enum SettleError {
    /// A reason is needed.
    #[error("say why, with --reason: it goes into the device's log")]
    ReasonMissing,
    /// The day does not differ.
    #[error("{0} does not differ from the server; orihon-device days shows the days that do")]
    NoSuch(String),
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<rusqlite::Error> for SettleError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// One side of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Settlements of every kind.
    pub settlements: u64,
    /// What they come to, by currency; what went back counts negative.
    pub totals: BTreeMap<String, i64>,
    /// The sum of their digests.
    pub digest: String,
}

impl From<&ServerDay> for Side {
    fn from(day: &ServerDay) -> Self {
        Self {
            settlements: day.settlements,
            totals: day.total_by_currency.clone(),
            digest: day.digest.clone(),
        }
    }
}

impl From<&Ours> for Side {
    fn from(day: &Ours) -> Self {
        Self {
            settlements: day.settlements,
            totals: day.totals.clone(),
            digest: day.digest.clone(),
        }
    }
}

/// A day that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The trading day.
    pub business_date: String,
    /// What this device has.
    pub ours: Side,
    /// What the server has.
    pub theirs: Side,
    /// Sales that only the server has, as "till number".
    pub only_there: Vec<String>,
    /// Sales that say something else there.
    pub other_there: Vec<String>,
    /// Why a person is content with it.
    pub settled: Option<String>,
}

/// Is this how the day differed before? Then nobody has to look at its sales again.
///
/// # Errors
/// [`DatabaseError`].
pub fn is_known(
    connection: &Connection,
    day: &str,
    (ours, theirs): (&Ours, &ServerDay),
) -> Result<bool, DatabaseError> {
    let known = of_day(connection, day)?;
    let (ours, theirs) = (Side::from(ours), Side::from(theirs));
    Ok(known.is_some_and(|known| known.ours == ours && known.theirs == theirs))
}

/// Notes how a day differs, or that it does not any more. Only what is new is logged; what a person
/// has settled counts again once it is another difference.
///
/// # Errors
/// [`DatabaseError`].
pub fn note(
    connection: &Connection,
    day: &str,
    (ours, theirs): (&Ours, &ServerDay),
    difference: &Difference,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let names = |keys: &[ServerKey]| -> Vec<String> {
        let name = |key: &ServerKey| format!("till {} number {}", key.terminal, key.transaction);
        keys.iter().map(name).collect()
    };
    let (only_there, other_there) = (names(&difference.strange), names(&difference.different));
    if only_there.is_empty() && other_there.is_empty() {
        return agrees(connection, day);
    }
    let known = of_day(connection, day)?;
    let is_new = known.is_none_or(|known| {
        (known.only_there.as_slice(), known.other_there.as_slice())
            != (only_there.as_slice(), other_there.as_slice())
    });
    let (ours, theirs) = (text(&Side::from(ours))?, text(&Side::from(theirs))?);
    if !is_new {
        // The same difference after further sales of the day is not a new one.
        connection.execute(
            "UPDATE differing_days SET ours = ?2, theirs = ?3 WHERE business_date = ?1",
            [day, &ours, &theirs],
        )?;
        return Ok(());
    }
    let (only, other) = (text(&only_there)?, text(&other_there)?);
    connection.execute(
        "INSERT OR REPLACE INTO differing_days
            (business_date, found_at, ours, theirs, only_there, other_there)
         VALUES (?, ?, ?, ?, ?, ?)",
        params![day, now.ms(), ours, theirs, only, other],
    )?;
    let report = |what: &str, keys: &[String]| {
        let shown: Vec<_> = keys.iter().take(KEYS_LOGGED).cloned().collect();
        format!("{day}: {} {what}: {}", keys.len(), shown.join(", "))
    };
    if !only_there.is_empty() {
        let detail = report("sales are only at the server", &only_there);
        log(connection, now, None, "differs", &detail)?;
    }
    if !other_there.is_empty() {
        let detail = report("sales say something else there", &other_there);
        log(connection, now, None, "differs", &detail)?;
    }
    Ok(())
}

/// The day agrees with the server.
///
/// # Errors
/// [`DatabaseError`].
pub fn agrees(connection: &Connection, day: &str) -> Result<(), DatabaseError> {
    // Nothing is written while all goes well: each write waits for the disk.
    if of_day(connection, day)?.is_some() {
        connection.execute("DELETE FROM differing_days WHERE business_date = ?", [day])?;
    }
    Ok(())
}

/// A person has looked at a day's difference and is content with it, until it changes.
///
/// # Errors
/// [`SettleError`].
pub fn settle(database: &mut Database, day: &str, deed: &Deed<'_>) -> Result<(), SettleError> {
    if deed.reason.trim().is_empty() {
        return Err(SettleError::ReasonMissing);
    }
    let transaction = database.write()?;
    let settled = transaction.execute(
        "UPDATE differing_days SET settled_at = ?2, settled_by = ?3, settled_why = ?4
         WHERE business_date = ?1",
        params![day, deed.at.ms(), deed.staff, deed.reason],
    )?;
    if settled == 0 {
        return Err(SettleError::NoSuch(day.to_owned()));
    }
    let detail = format!("{day}: {}", deed.reason);
    log(&transaction, deed.at, deed.staff, "settled", &detail)?;
    transaction.commit()?;
    Ok(())
}

/// The days that differ, newest first.
///
/// # Errors
/// [`DatabaseError`].
pub fn days(connection: &Connection) -> Result<Vec<Differing>, DatabaseError> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} ORDER BY 1 DESC"))?;
    let rows = statement.query_map([], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// How many days differ that nobody has looked at.
///
/// # Errors
/// [`DatabaseError`].
pub fn unsettled(connection: &Connection) -> Result<u64, DatabaseError> {
    let sql = "SELECT count(*) FROM differing_days WHERE settled_at IS NULL";
    let days: i64 = connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(days).unwrap_or(0))
}

const SELECT: &str = "SELECT business_date, ours, theirs, only_there, other_there, settled_why
    FROM differing_days";

fn of_day(connection: &Connection, day: &str) -> Result<Option<Differing>, DatabaseError> {
    let sql = format!("{SELECT} WHERE business_date = ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_row([day], |row| Ok(read(row)));
    found.optional()?.transpose()
}

fn read(row: &Row<'_>) -> Result<Differing, DatabaseError> {
    let member = |at: usize| row.get::<_, String>(at);
    Ok(Differing {
        business_date: row.get(0)?,
        ours: value(&member(1)?)?,
        theirs: value(&member(2)?)?,
        only_there: value(&member(3)?)?,
        other_there: value(&member(4)?)?,
        settled: row.get(5)?,
    })
}

fn text(value: &impl Serialize) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|error| DatabaseError::Strange(error.to_string()))
}

fn value<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(text)
        .map_err(|error| DatabaseError::Strange(format!("a day that differs: {error}")))
}
