//! Finished sales: written before the till gets its yes, kept until the server has filed them, and
//! kept on for as long as the server may have to be healed. A sale is proven by the contract's own
//! rules before it enters, so the server never refuses one for what it says.

use crate::capture;
use crate::database::{Database, DatabaseError};
use purchase::settlement::Kind;
use purchase::time::{BusinessDate, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use thiserror::Error;
use wire::outcome::{OutcomeKind, OutcomeMessage};
use wire::settlement::{Received, Rejection, read_settlement};

/// Why a sale did not enter. The till must not say yes.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// What it says is wrong.
    #[error("the sale is not right: {}", first(.0))]
    Rejected(Box<Rejection>),
    /// The number is taken by another sale.
    #[error("number {number} of till {terminal} on {business_date} is taken by another sale")]
    NumberTaken {
        /// The till.
        terminal: String,
        /// The trading day.
        business_date: String,
        /// The number.
        number: String,
    },
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<rusqlite::Error> for OutboxError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

fn first(rejection: &Rejection) -> String {
    rejection.errors.first().map_or_else(String::new, |error| {
        format!("{}: {}", error.pointer, error.detail)
    })
}

/// Where a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The server has not said yes yet.
    Waiting,
    /// It is in the person's book.
    Filed,
    /// The server refused it; a person has to look.
    Refused,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Filed => "filed",
            Self::Refused => "refused",
        }
    }

    fn of(word: &str) -> Result<Self, DatabaseError> {
        [Self::Waiting, Self::Filed, Self::Refused]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| DatabaseError::Strange(format!("a sale is {word}")))
    }
}

/// A sale as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Its place in the outbox.
    pub id: i64,
    /// The till.
    pub terminal: String,
    /// The trading day.
    pub business_date: String,
    /// The till's number for it.
    pub number: String,
    /// `sale`, `return` or `void`.
    pub kind: String,
    /// When it was made.
    pub made_at: i64,
    /// ISO 4217.
    pub currency: String,
    /// In minor units.
    pub total: i64,
    /// The settlement as it is sent.
    pub body: String,
    /// SHA-256 of its canonical bytes.
    pub digest: [u8; 32],
    /// Where it stands.
    pub state: State,
    /// The server's id for it.
    pub purchase_id: Option<String>,
    /// Why the server refused it.
    pub problem: Option<String>,
    /// When a person took it off the list of refused ones.
    pub dropped_at: Option<i64>,
}

impl Sale {
    /// Did a person take it off the list of refused ones?
    #[must_use]
    pub const fn is_dropped(&self) -> bool {
        self.dropped_at.is_some()
    }
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Sales that wait.
    pub waiting: u64,
    /// When the oldest of them was made.
    pub oldest: Option<i64>,
    /// Sales that a person has to look at.
    pub refused: u64,
}

/// What became of an attempt to enter a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It is on the disk.
    Now,
    /// The same sale was there before.
    Before,
}

/// Enters a settlement. When this returns, it is on the disk and will reach the server.
///
/// # Errors
/// [`OutboxError`]: the sale is not there.
pub fn enter(
    database: &mut Database,
    body: &str,
    now: Timestamp,
) -> Result<(Entered, Received), OutboxError> {
    let received = read_settlement(body.as_bytes()).map_err(OutboxError::Rejected)?;
    let transaction = database.write()?;
    let entered = put(&transaction, body, &received, now)?;
    transaction.commit()?;
    Ok((entered, received))
}

/// The same inside a transaction that does more.
///
/// # Errors
/// As for [`enter`].
pub fn put(
    connection: &Connection,
    body: &str,
    received: &Received,
    now: Timestamp,
) -> Result<Entered, OutboxError> {
    let content = received.settlement.content();
    let (terminal, number) = (
        content.key.terminal.as_str(),
        content.key.transaction.as_str(),
    );
    let business_date = content.key.business_date.to_string();
    let known: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT digest FROM sales WHERE terminal = ? AND business_date = ? AND number = ?",
        )?
        .query_row([terminal, &business_date, number], |row| row.get(0))
        .optional()?;
    if let Some(digest) = known {
        return if digest == received.digest.0 {
            Ok(Entered::Before)
        } else {
            Err(OutboxError::NumberTaken {
                terminal: terminal.to_owned(),
                business_date,
                number: number.to_owned(),
            })
        };
    }
    let kind = match content.kind {
        Kind::Sale => "sale",
        Kind::Return => "return",
        Kind::Void => "void",
    };
    // A till that named no revision had the store database as it is now.
    let revision = match content.mark.revision {
        Some(revision) => i64::try_from(revision.0).ok(),
        None => Some(capture::mark(connection)?.revision),
    };
    connection
        .prepare_cached(
            "INSERT INTO sales (terminal, business_date, number, kind, made_at, currency, total,
                catalogue_revision, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            terminal,
            business_date,
            number,
            kind,
            now.ms(),
            content.currency.code(),
            content.total.minor(),
            revision,
            received.digest.0.as_slice(),
            body,
        ])?;
    if let Ok(number) = number.parse::<i64>() {
        seen(connection, terminal, number)?;
    }
    Ok(Entered::Now)
}

/// The till's next number; it is used up once a sale under it is entered.
///
/// # Errors
/// [`DatabaseError`].
pub fn next_number(connection: &Connection, terminal: &str) -> Result<i64, DatabaseError> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT last FROM numbers WHERE terminal = ?")?
        .query_row([terminal], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0).saturating_add(1))
}

/// A till has used this number: none up to it is given again.
///
/// # Errors
/// [`DatabaseError`].
pub fn seen(connection: &Connection, terminal: &str, number: i64) -> Result<(), DatabaseError> {
    connection
        .prepare_cached(
            "INSERT INTO numbers (terminal, last) VALUES (?, ?)
             ON CONFLICT (terminal) DO UPDATE SET last = max(last, excluded.last)",
        )?
        .execute(params![terminal, number])?;
    Ok(())
}

const COLUMNS: &str = "id, terminal, business_date, number, kind, made_at, currency, total, body,
    digest, state, purchase_id, problem, dropped_at";

/// The oldest sales that wait, in the order in which they were made.
///
/// # Errors
/// [`DatabaseError`].
pub fn waiting(connection: &Connection, limit: usize) -> Result<Vec<Sale>, DatabaseError> {
    let condition = "state = 'waiting' ORDER BY id LIMIT ?1";
    select(connection, condition, [limit_of(limit)])
}

/// The newest sales, newest first; with `day` those of a trading day.
///
/// # Errors
/// [`DatabaseError`].
pub fn newest(
    connection: &Connection,
    day: Option<BusinessDate>,
    limit: usize,
) -> Result<Vec<Sale>, DatabaseError> {
    let day = day.map(|day| day.to_string());
    let condition = "(?1 IS NULL OR business_date = ?1) ORDER BY id DESC LIMIT ?2";
    select(connection, condition, params![day, limit_of(limit)])
}

/// Sales that a person has to look at.
///
/// # Errors
/// [`DatabaseError`].
pub fn refused(connection: &Connection, limit: usize) -> Result<Vec<Sale>, DatabaseError> {
    let condition = "state = 'refused' AND dropped_at IS NULL ORDER BY id LIMIT ?1";
    select(connection, condition, [limit_of(limit)])
}

/// All sales of a trading day, in the order in which they were made.
///
/// # Errors
/// [`DatabaseError`].
pub fn of_day(connection: &Connection, day: &str) -> Result<Vec<Sale>, DatabaseError> {
    select(connection, "business_date = ?1 ORDER BY id", [day])
}

/// The sale that a till asked for under this id of its own, if it was finished.
///
/// # Errors
/// [`DatabaseError`].
pub fn of_request(
    connection: &Connection,
    terminal: &str,
    request: &str,
) -> Result<Option<Sale>, DatabaseError> {
    let condition = "terminal = ?1 AND request = ?2";
    let found = select(connection, condition, [terminal, request])?;
    Ok(found.into_iter().next())
}

/// Notes under which id a till asked for a sale.
///
/// # Errors
/// [`DatabaseError`].
pub fn note_request(
    connection: &Connection,
    (terminal, business_date, number): (&str, &str, &str),
    request: &str,
) -> Result<(), DatabaseError> {
    connection
        .prepare_cached(
            "UPDATE sales SET request = ?4
             WHERE terminal = ?1 AND business_date = ?2 AND number = ?3",
        )?
        .execute([terminal, business_date, number, request])?;
    Ok(())
}

/// One sale.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(
    connection: &Connection,
    (terminal, business_date, number): (&str, &str, &str),
) -> Result<Option<Sale>, DatabaseError> {
    let condition = "terminal = ?1 AND business_date = ?2 AND number = ?3";
    let found = select(connection, condition, [terminal, business_date, number])?;
    Ok(found.into_iter().next())
}

/// The sale at this place of the outbox.
///
/// # Errors
/// [`DatabaseError`].
pub fn of_id(connection: &Connection, id: i64) -> Result<Option<Sale>, DatabaseError> {
    Ok(select(connection, "id = ?1", [id])?.into_iter().next())
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn select(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Sale>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM sales WHERE {condition}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(parameters, |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<Sale, DatabaseError> {
    let state: String = row.get(10)?;
    let digest: Vec<u8> = row.get(9)?;
    Ok(Sale {
        id: row.get(0)?,
        terminal: row.get(1)?,
        business_date: row.get(2)?,
        number: row.get(3)?,
        kind: row.get(4)?,
        made_at: row.get(5)?,
        currency: row.get(6)?,
        total: row.get(7)?,
        body: row.get(8)?,
        digest: <[u8; 32]>::try_from(digest)
            .map_err(|_| DatabaseError::Strange("a digest has not 32 bytes".to_owned()))?,
        state: State::of(&state)?,
        purchase_id: row.get(11)?,
        problem: row.get(12)?,
        dropped_at: row.get(13)?,
    })
}

/// How much waits, and for how long.
///
/// # Errors
/// [`DatabaseError`].
pub fn queue(connection: &Connection) -> Result<Queue, DatabaseError> {
    let count = |state: State| -> Result<(i64, Option<i64>), rusqlite::Error> {
        connection
            .prepare_cached(
                "SELECT count(*), min(made_at) FROM sales WHERE state = ? AND dropped_at IS NULL",
            )?
            .query_row([state.word()], |row| Ok((row.get(0)?, row.get(1)?)))
    };
    let (waiting, oldest) = count(State::Waiting)?;
    let (refused, _) = count(State::Refused)?;
    Ok(Queue {
        waiting: u64::try_from(waiting).unwrap_or(0),
        oldest,
        refused: u64::try_from(refused).unwrap_or(0),
    })
}

/// Notes what the server said of a sale.
///
/// # Errors
/// [`DatabaseError`].
pub fn settle(
    connection: &Connection,
    id: i64,
    outcome: &OutcomeMessage,
    now: Timestamp,
) -> Result<State, DatabaseError> {
    let (state, problem) = match outcome.outcome {
        OutcomeKind::Recorded | OutcomeKind::AlreadyRecorded => (State::Filed, None),
        OutcomeKind::Conflict | OutcomeKind::Rejected => (State::Refused, Some(reason(outcome))),
    };
    connection
        .prepare_cached(
            "UPDATE sales SET state = ?2, purchase_id = coalesce(?3, purchase_id), problem = ?4,
                settled_at = ?5, tries = tries + 1 WHERE id = ?1",
        )?
        .execute(params![
            id,
            state.word(),
            outcome.purchase_id,
            problem,
            now.ms()
        ])?;
    Ok(state)
}

fn reason(outcome: &OutcomeMessage) -> String {
    match outcome.outcome {
        OutcomeKind::Conflict => {
            "the server has another sale under this number; send this one under another with --renumber"
                .to_owned()
        }
        OutcomeKind::Recorded | OutcomeKind::AlreadyRecorded | OutcomeKind::Rejected => {
            serde_json::to_string(outcome).unwrap_or_default()
        }
    }
}

/// Puts sales back into the queue: what the server lacks, or what a person wants to be tried again.
/// Gives how many.
///
/// # Errors
/// [`DatabaseError`].
pub fn send_again(connection: &Connection, ids: &[i64]) -> Result<usize, DatabaseError> {
    let mut statement = connection
        .prepare_cached("UPDATE sales SET state = 'waiting', problem = NULL WHERE id = ?")?;
    let mut again = 0;
    for id in ids {
        again += statement.execute([id])?;
    }
    Ok(again)
}
