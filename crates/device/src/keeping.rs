//! How long things are kept: filed sales, so that the server can be healed and lines can come back;
//! changes of items, as far as a sale may still have to be sent by them; the log. What waits, what was
//! refused, and what reconciliation compares is never taken away, whatever the setting and the clock
//! say.

use crate::capture;
use crate::database::{Database, DatabaseError, fact, keep, log};
use crate::reconcile;
use crate::store::Store;
use crate::till::day;
use purchase::time::Timestamp;
use rusqlite::{Connection, params};
use thiserror::Error;

/// The name of the fact that says for how many days filed sales are kept.
const KEEP_DAYS: &str = "keep_days";
/// The name of the fact that says which trading days were pruned: those before this one.
const PRUNED_BEFORE: &str = "pruned_before";
/// Days for which filed sales are kept unless the shop says otherwise.
pub const DAYS_DEFAULT: u32 = 400;
/// Fewer are not possible: as many trading days are compared with the server.
pub const DAYS_MIN: u32 = 100;
/// More are not possible: nobody lives that long.
pub const DAYS_MAX: u32 = 36_500;
/// Rows that one step takes away at most, so that a till never waits for long.
const ROWS_PER_STEP: i64 = 500;
const DAY_MS: i64 = 86_400_000;

/// The setting cannot be used.
#[derive(Debug, Error)]
pub enum KeepingError {
    /// Too few days, or too many.
    #[error("{0} days are not possible; say a number from {DAYS_MIN} to {DAYS_MAX}")]
    Days(u32),
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pruned {
    /// Some rows went, and there may be more.
    Some,
    /// There is nothing to take away.
    Nothing,
}

/// For how many days filed sales are kept.
///
/// # Errors
/// [`DatabaseError`].
pub fn days(connection: &Connection) -> Result<u32, DatabaseError> {
    let written = fact(connection, KEEP_DAYS)?;
    let days = written.and_then(|days| days.parse().ok());
    Ok(days.unwrap_or(DAYS_DEFAULT).clamp(DAYS_MIN, DAYS_MAX))
}

/// Sets for how many days filed sales are kept.
///
/// # Errors
/// [`KeepingError::Days`] if that is too few or too many.
pub fn keep_days(connection: &Connection, days: u32, now: Timestamp) -> Result<(), KeepingError> {
    if !(DAYS_MIN..=DAYS_MAX).contains(&days) {
        return Err(KeepingError::Days(days));
    }
    keep(connection, KEEP_DAYS, &days.to_string())?;
    let detail = format!("filed sales are kept for {days} days");
    Ok(log(connection, now, None, "keep", &detail)?)
}

/// The first trading day of which nothing was pruned; none if nothing ever was.
///
/// # Errors
/// [`DatabaseError`].
pub fn pruned_before(connection: &Connection) -> Result<Option<String>, DatabaseError> {
    fact(connection, PRUNED_BEFORE)
}

/// Takes some of what is too old away. `now` is the server's time, so that a wrong clock of this
/// machine takes nothing away.
///
/// # Errors
/// [`DatabaseError`].
pub fn prune(
    database: &mut Database,
    store: &Store,
    now: Timestamp,
) -> Result<Pruned, DatabaseError> {
    let kept_ms = i64::from(days(database.connection())?).saturating_mul(DAY_MS);
    let oldest = now.plus_ms(kept_ms.saturating_neg());
    let steps = [
        prune_sales(database, store, oldest)?,
        prune_changes(database)?,
        prune_log(database, oldest)?,
    ];
    Ok(match steps.contains(&Pruned::Some) {
        true => Pruned::Some,
        false => Pruned::Nothing,
    })
}

fn prune_sales(
    database: &mut Database,
    store: &Store,
    oldest: Timestamp,
) -> Result<Pruned, DatabaseError> {
    let begins = day::begins(database.connection(), store)?;
    let Some(by_age) = store
        .business_date(oldest, begins)
        .map(|day| day.to_string())
    else {
        return Ok(Pruned::Nothing);
    };
    // Days as texts sort as days.
    let compared = reconcile::days(database.connection())?.pop();
    let before = compared.map_or(by_age.clone(), |compared| compared.min(by_age));
    let ids = ids(
        database.connection(),
        "SELECT id FROM sales WHERE business_date < ?1 AND state = 'filed' LIMIT ?2",
        params![before, ROWS_PER_STEP],
    )?;
    if ids.is_empty() {
        return Ok(Pruned::Nothing);
    }
    let transaction = database.write()?;
    // Said before anything goes, in one commit with it: a day that was pruned is not compared.
    let known = pruned_before(&transaction)?;
    if known.is_none_or(|known| known < before) {
        keep(&transaction, PRUNED_BEFORE, &before)?;
    }
    for id in ids {
        // A day that was compared meanwhile may have put it back into the queue.
        transaction
            .prepare_cached("DELETE FROM sales WHERE id = ? AND state = 'filed'")?
            .execute([id])?;
        transaction
            .prepare_cached("DELETE FROM corrections WHERE sale = ?")?
            .execute([id])?;
    }
    transaction.execute(
        "DELETE FROM differing_days WHERE business_date < ?",
        [&before],
    )?;
    transaction.commit()?;
    Ok(Pruned::Some)
}

/// A change goes if a later one of the same code, or of the patterns, says what every sale needs that may still be sent:
/// later by its revision and by its instant, and before the first of those sales.
fn prune_changes(database: &mut Database) -> Result<Pruned, DatabaseError> {
    let connection = database.connection();
    let compared = reconcile::days(connection)?.pop().unwrap_or_default();
    // A server that was put back to a copy gets the sales of the compared days once more.
    let (first, made_at): (Option<i64>, Option<i64>) = connection.query_row(
        "SELECT min(coalesce(catalogue_revision, 0)), min(made_at) FROM sales
         WHERE (state <> 'filed' AND dropped_at IS NULL) OR business_date >= ?",
        [compared],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let sent = capture::sent(connection)?;
    let until = first.unwrap_or(sent).min(sent);
    let revisions = ids(
        connection,
        "SELECT revision FROM item_changes AS old WHERE revision < ?1 AND EXISTS (
            SELECT 1 FROM item_changes AS newer
            WHERE newer.code = old.code AND (newer.patterns IS NULL) = (old.patterns IS NULL)
              AND newer.revision > old.revision
              AND newer.revision <= ?1 AND newer.problem IS NULL
              AND newer.changed_at >= old.changed_at AND newer.changed_at <= ?2)
         LIMIT ?3",
        params![until, made_at.unwrap_or(i64::MAX), ROWS_PER_STEP],
    )?;
    take_away(
        database,
        "DELETE FROM item_changes WHERE revision = ?",
        &revisions,
    )
}

fn prune_log(database: &mut Database, oldest: Timestamp) -> Result<Pruned, DatabaseError> {
    let rows = ids(
        database.connection(),
        "SELECT id FROM log WHERE at < ? LIMIT ?",
        params![oldest.ms(), ROWS_PER_STEP],
    )?;
    take_away(database, "DELETE FROM log WHERE id = ?", &rows)
}

/// What is to go is looked for before anything is locked.
fn ids(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<i64>, DatabaseError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(parameters, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn take_away(database: &mut Database, sql: &str, ids: &[i64]) -> Result<Pruned, DatabaseError> {
    if ids.is_empty() {
        return Ok(Pruned::Nothing);
    }
    let transaction = database.write()?;
    for id in ids {
        transaction.prepare_cached(sql)?.execute([id])?;
    }
    transaction.commit()?;
    Ok(Pruned::Some)
}
