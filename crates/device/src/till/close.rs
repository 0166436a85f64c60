//! The day close: what the tills took since the last one, and what should be in the drawers. A close
//! counts every sale once, has a number of its own, and is kept. The server knows nothing of it.

use super::{TillError, day};
use crate::database::{Database, DatabaseError, log};
use crate::store::Store;
use purchase::time::{BusinessDate, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tally::{MoveKind, Tally, tally};
use thiserror::Error;

pub mod tally;

/// What is to be closed, or looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseOrder {
    /// The till; all of the store if absent.
    #[serde(default)]
    pub terminal: Option<String>,
    /// The till's own id of this, as for a sale.
    #[serde(default)]
    pub request: Option<String>,
    /// The trading day; that of now if absent.
    #[serde(default)]
    pub business_date: Option<String>,
    /// What was counted in the drawers.
    #[serde(default)]
    pub counted_cash: Option<i64>,
    /// Who closes.
    #[serde(default)]
    pub staff: Option<String>,
}

/// Cash that comes or goes beside the sales.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CashOrder {
    /// The till.
    pub terminal: String,
    /// The till's own id of this, as for a sale.
    #[serde(default)]
    pub request: Option<String>,
    /// What it is.
    pub kind: MoveKind,
    /// In minor units.
    pub amount: i64,
    /// Why; needed unless it is the float.
    #[serde(default)]
    pub reason: String,
    /// Who does it.
    #[serde(default)]
    pub staff: Option<String>,
}

/// It cannot be closed or moved.
#[derive(Debug, Error)]
pub enum CloseError {
    /// The trading day is none.
    #[error("business_date: write YYYY-MM-DD, not {0}")]
    Day(String),
    /// An amount below nothing, or too large.
    #[error("{0} is no amount of cash; write minor units from 0 to 999999999999")]
    Amount(i64),
    /// A reason is needed.
    #[error("say why cash is put in or taken out, in reason")]
    ReasonMissing,
    /// There is nothing that no close has counted.
    #[error("nothing was sold or moved since the last close of this day")]
    Nothing,
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl CloseError {
    /// What programs go by.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Day(_) => "invalid_value",
            Self::Amount(_) => "cash_amount",
            Self::ReasonMissing => "cash_reason_missing",
            Self::Nothing => "nothing_to_close",
            Self::Database(_) => "database",
        }
    }
}

/// A day close, or what one would say now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Its number; none of a look without closing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// The trading day.
    pub business_date: String,
    /// The till; all of the store if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal: Option<String>,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// What it comes to.
    #[serde(flatten)]
    pub tally: Tally,
    /// Cash that came or went beside the sales.
    pub moves: Vec<Move>,
}

/// Cash that came or went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Move {
    /// The till.
    pub terminal: String,
    /// What it is.
    pub kind: MoveKind,
    /// In minor units.
    pub amount: i64,
    /// Why.
    pub reason: String,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// When, RFC 3339.
    pub at: String,
}

/// A trading day of a till that no close has counted whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The day.
    pub business_date: String,
    /// The till.
    pub terminal: String,
    /// How many sales, returns and voids wait for a close.
    pub sales: i64,
}

/// The largest amount of cash that a drawer is believed to hold.
const CASH_MAX: i64 = 999_999_999_999;

/// What a close would say now. Nothing is written.
///
/// # Errors
/// [`TillError`].
pub fn preview(
    connection: &Connection,
    store: &Store,
    order: &CloseOrder,
    now: Timestamp,
) -> Result<Report, TillError> {
    let day = match &order.business_date {
        Some(text) => BusinessDate::parse(text).map_err(|_| CloseError::Day(text.clone()))?,
        None => day::today(connection, store, now)?,
    };
    let business_date = day.to_string();
    let terminal = order.terminal.clone();
    let settlements = unclosed(connection, &business_date, terminal.as_deref())?;
    let moves = moves(connection, store, &business_date, terminal.as_deref())?;
    let moved: Vec<_> = moves.iter().map(|one| (one.kind, one.amount)).collect();
    let mut tally = tally(&settlements, &moved);
    if let Some(counted) = order.counted_cash {
        tally.cash.counted = Some(amount(counted)?);
        tally.cash.difference = Some(counted - tally.cash.expected);
    }
    Ok(Report {
        number: None,
        business_date,
        terminal,
        at: store.show(now),
        staff: order.staff.clone(),
        currency: store.settings.currency.clone(),
        tally,
        moves,
    })
}

/// Closes: what it counts belongs to this close for ever.
///
/// # Errors
/// [`TillError`]; then nothing is closed.
pub fn close(
    database: &mut Database,
    store: &Store,
    order: &CloseOrder,
    now: Timestamp,
) -> Result<Report, TillError> {
    let transaction = database.write()?;
    if let Some(request) = &order.request {
        let sql = "SELECT report FROM closes WHERE request = ?";
        if let Some(report) = reports(&transaction, sql, [request])?.pop() {
            return Ok(report);
        }
    }
    let mut report = preview(&transaction, store, order, now)?;
    let tally = &report.tally;
    let counted = tally.sales.count + tally.returns.count + tally.voids.count;
    if counted == 0 && report.moves.is_empty() {
        return Err(CloseError::Nothing.into());
    }
    transaction.execute(
        "INSERT INTO closes (business_date, terminal, closed_at, staff, report, request)
         VALUES (?, ?, ?, ?, '', ?)",
        params![
            report.business_date,
            report.terminal,
            now.ms(),
            order.staff,
            order.request
        ],
    )?;
    let number = transaction.last_insert_rowid();
    report.number = Some(number);
    let text = serde_json::to_string(&report)
        .map_err(|error| DatabaseError::Strange(format!("a close: {error}")))?;
    transaction.execute(
        "UPDATE closes SET report = ? WHERE number = ?",
        params![text, number],
    )?;
    for table in ["sales", "cash_moves"] {
        let sql = format!(
            "UPDATE {table} SET closed_by = ?1 WHERE closed_by IS NULL AND business_date = ?2
                AND (?3 IS NULL OR terminal = ?3)"
        );
        transaction.execute(&sql, params![number, report.business_date, report.terminal])?;
    }
    let detail = format!("close {number} of {}", report.business_date);
    log(&transaction, now, order.staff.as_deref(), "close", &detail)?;
    transaction.commit()?;
    Ok(report)
}

/// Moves cash beside the sales.
///
/// # Errors
/// [`TillError`].
pub fn move_cash(
    database: &mut Database,
    store: &Store,
    order: &CashOrder,
    now: Timestamp,
) -> Result<(), TillError> {
    let reason = order.reason.trim();
    if order.kind != MoveKind::Float && reason.is_empty() {
        return Err(CloseError::ReasonMissing.into());
    }
    let transaction = database.write()?;
    let day = day::today(&transaction, store, now)?.to_string();
    // Asked for again under the same id, it is the same move.
    let written = transaction.execute(
        "INSERT INTO cash_moves (terminal, business_date, kind, amount, reason, staff, made_at, request)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (terminal, request) DO NOTHING",
        params![
            order.terminal,
            day,
            word(order.kind),
            amount(order.amount)?,
            reason,
            order.staff,
            now.ms(),
            order.request
        ],
    )?;
    if written > 0 {
        let detail = format!("till {} {}: {reason}", order.terminal, order.amount);
        let what = format!("cash_{}", word(order.kind));
        log(&transaction, now, order.staff.as_deref(), &what, &detail)?;
    }
    transaction.commit()?;
    Ok(())
}

/// The closes of a trading day, or the newest, newest first.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(
    connection: &Connection,
    day: Option<&str>,
    limit: usize,
) -> Result<Vec<Report>, DatabaseError> {
    let sql = "SELECT report FROM closes WHERE ?1 IS NULL OR business_date = ?1
        ORDER BY number DESC LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    reports(connection, sql, params![day, limit])
}

/// One close.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &Connection, number: i64) -> Result<Option<Report>, DatabaseError> {
    let sql = "SELECT report FROM closes WHERE number = ?";
    Ok(reports(connection, sql, [number])?.pop())
}

/// Days that wait for a close, newest first.
///
/// # Errors
/// [`DatabaseError`].
pub fn open(connection: &Connection) -> Result<Vec<Open>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT business_date, terminal, count(*) FROM sales WHERE closed_by IS NULL
         GROUP BY business_date, terminal ORDER BY business_date DESC, terminal LIMIT 50",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Open {
            business_date: row.get(0)?,
            terminal: row.get(1)?,
            sales: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn reports(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Report>, DatabaseError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(parameters, |row| row.get::<_, String>(0))?;
    rows.map(|row| read(&row?, "a close")).collect()
}

fn read<T: for<'de> Deserialize<'de>>(text: &str, what: &str) -> Result<T, DatabaseError> {
    let read = serde_json::from_str(text);
    read.map_err(|error| DatabaseError::Strange(format!("{what}: {error}")))
}

fn amount(amount: i64) -> Result<i64, CloseError> {
    match (0..=CASH_MAX).contains(&amount) {
        true => Ok(amount),
        false => Err(CloseError::Amount(amount)),
    }
}

const fn word(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Float => "float",
        MoveKind::In => "in",
        MoveKind::Out => "out",
    }
}

/// What no close has counted yet, each with the sale that it voids. What the server refused counts
/// as well: the money is in the drawer.
fn unclosed(
    connection: &Connection,
    day: &str,
    terminal: Option<&str>,
) -> Result<Vec<(Value, Option<Value>)>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT body FROM sales WHERE closed_by IS NULL AND business_date = ?1
            AND (?2 IS NULL OR terminal = ?2) ORDER BY id",
    )?;
    let bodies = statement.query_map(params![day, terminal], |row| row.get::<_, String>(0))?;
    let mut found = Vec::new();
    for body in bodies {
        let settlement: Value = read(&body?, "a sale")?;
        let is_void = settlement.get("kind").and_then(Value::as_str) == Some("void");
        let original = match settlement.get("of").filter(|_| is_void) {
            Some(of) => original(connection, of)?,
            None => None,
        };
        found.push((settlement, original));
    }
    Ok(found)
}

fn original(connection: &Connection, of: &Value) -> Result<Option<Value>, DatabaseError> {
    let text = |name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default();
    let body: Option<String> = connection
        .prepare_cached(
            "SELECT body FROM sales WHERE terminal = ? AND business_date = ? AND number = ?",
        )?
        .query_row(
            [text("terminal"), text("business_date"), text("transaction")],
            |row| row.get(0),
        )
        .optional()?;
    body.map(|body| read(&body, "a sale")).transpose()
}

fn moves(
    connection: &Connection,
    store: &Store,
    day: &str,
    terminal: Option<&str>,
) -> Result<Vec<Move>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT terminal, kind, amount, reason, staff, made_at FROM cash_moves
         WHERE closed_by IS NULL AND business_date = ?1 AND (?2 IS NULL OR terminal = ?2)
         ORDER BY id",
    )?;
    let rows = statement.query_map(params![day, terminal], |row| {
        let kind: String = row.get(1)?;
        let kinds = [MoveKind::Float, MoveKind::In, MoveKind::Out];
        let kind = kinds.into_iter().find(|one| word(*one) == kind);
        Ok(Move {
            terminal: row.get(0)?,
            kind: kind.unwrap_or(MoveKind::In),
            amount: row.get(2)?,
            reason: row.get(3)?,
            staff: row.get(4)?,
            at: store.show(Timestamp::from_ms(row.get(5)?).unwrap_or(Timestamp::ZERO)),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
