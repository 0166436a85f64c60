//! What the device does about a clock that is wrong: it hears the server's time, says how far the
//! machine is off, believes no time days before it, and lets lines and changes of items bear what their
//! instants cannot say. Every sale is taken, and keeps the time that the machine showed.

use crate::capture;
use crate::database::{Database, DatabaseError, fact};
use crate::link::Shown;
use crate::till;
use purchase::time::Timestamp;
use rusqlite::{Connection, params};
use serde_json::Value;

/// What the server's clock showed beyond this machine's when it last answered, in milliseconds.
const OFFSET: &str = "clock_offset_ms";
/// The server's time when it was last written down, in milliseconds since 1970.
const HEARD: &str = "server_time_ms";
/// A clock that is further off is told to people.
const WARNED_MS: i64 = 120_000;
/// An offset is written down when it changes by as much: each write waits for the disk.
const NOTED_MS: i64 = 30_000;
/// The server's time is written down this often.
const HEARD_EVERY_MS: i64 = 3_600_000;
const DAY_MS: i64 = 86_400_000;
/// A change of items that is further ahead of the server cannot have happened then. What is less is
/// taken as it is: the server takes the instants of sales as they are that far.
const AHEAD_MS: i64 = 300_000;

/// The server answered, and both clocks showed this.
///
/// # Errors
/// [`DatabaseError`].
pub fn hear(database: &Database, shown: Shown) -> Result<(), DatabaseError> {
    let connection = database.connection();
    let theirs = shown.theirs.ms();
    let offset_ms = theirs.saturating_sub(shown.ours.ms());
    let is_far = |name, value: i64, by: i64| -> Result<bool, DatabaseError> {
        let known = number(connection, name)?;
        Ok(known.is_none_or(|known| known.saturating_sub(value).saturating_abs() >= by))
    };
    if is_far(OFFSET, offset_ms, NOTED_MS)? {
        database.keep(OFFSET, &offset_ms.to_string())?;
    }
    if is_far(HEARD, theirs, HEARD_EVERY_MS)? {
        database.keep(HEARD, &theirs.to_string())?;
    }
    Ok(())
}

/// What the server's clock showed beyond this machine's when it last answered, in milliseconds; none before.
///
/// # Errors
/// [`DatabaseError`].
pub fn offset_ms(connection: &Connection) -> Result<Option<i64>, DatabaseError> {
    number(connection, OFFSET)
}

/// By how many milliseconds the server's clock is ahead of this machine's; none if too little to
/// matter, or if nobody knows.
///
/// # Errors
/// [`DatabaseError`].
pub fn warned_ms(connection: &Connection) -> Result<Option<i64>, DatabaseError> {
    let offset = offset_ms(connection)?;
    Ok(offset.filter(|offset| offset.saturating_abs() > WARNED_MS))
}

/// The machine's time, or the last that the server said if the machine shows one days before it.
///
/// # Errors
/// [`DatabaseError`].
pub fn believed(connection: &Connection, now: Timestamp) -> Result<Timestamp, DatabaseError> {
    let heard = number(connection, HEARD)?.and_then(|heard| Timestamp::from_ms(heard).ok());
    Ok(match heard {
        Some(heard) if now.plus_ms(DAY_MS / 2) < heard => heard,
        Some(_) | None => now,
    })
}

/// Lets lines say the names that the receipt prints, where the instant of the sale could not: the item
/// was changed, by the clock, after it.
///
/// # Errors
/// [`DatabaseError`].
pub fn name_lines(
    connection: &Connection,
    settlement: &mut Value,
    names: &[String],
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let lines = settlement.get_mut("lines").and_then(Value::as_array_mut);
    for (line, name) in lines.into_iter().flatten().zip(names) {
        let Some(line) = line.as_object_mut() else {
            continue;
        };
        let Some(code) = line.get("code").and_then(Value::as_str) else {
            continue;
        };
        if line.contains_key("name") {
            continue;
        }
        if is_later(connection, code, now)? {
            line.insert("name".to_owned(), Value::from(name.as_str()));
        }
    }
    Ok(())
}

/// Was the item of a line changed, by the clock, after the sale at `now`? The one of a label also by
/// other patterns.
fn is_later(connection: &Connection, code: &str, now: Timestamp) -> Result<bool, DatabaseError> {
    let Some(item) = till::item_of(connection, code)? else {
        return Ok(false);
    };
    // What is read without patterns is not touched by their changes.
    let is_label = item.code != code;
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM item_changes WHERE changed_at > ?2
                AND (code = ?1 OR (?3 AND code = '' AND patterns IS NOT NULL))",
        )?
        .exists(params![item.code, now.ms(), is_label])?)
}

/// Does a change that was not told yet lie ahead of what the server's clock showed when it answered?
///
/// # Errors
/// [`DatabaseError`].
pub fn is_beyond(connection: &Connection, shown: Timestamp) -> Result<bool, DatabaseError> {
    let ahead = shown.ms().saturating_add(AHEAD_MS);
    let sent = capture::sent(connection)?;
    Ok(connection
        .prepare_cached("SELECT 1 FROM item_changes WHERE revision > ? AND changed_at > ?")?
        .exists(params![sent, ahead])?)
}

/// Puts the instants of changes right that were not told yet: none lies ahead of the server's time,
/// and none before an earlier change of its code, or of the patterns, which would otherwise win over
/// it for ever. `now` is the server's.
///
/// # Errors
/// [`DatabaseError`].
pub fn set_right(database: &mut Database, now: Timestamp) -> Result<(), DatabaseError> {
    let ahead = now.ms().saturating_add(AHEAD_MS);
    let sent = capture::sent(database.connection())?;
    let is_wrong = database
        .connection()
        .prepare_cached(
            "SELECT 1 FROM item_changes AS change WHERE revision > ?1 AND (changed_at > ?2
                OR changed_at < (SELECT max(changed_at) FROM item_changes AS earlier
                    WHERE earlier.code = change.code AND earlier.revision < change.revision
                      AND (earlier.patterns IS NULL) = (change.patterns IS NULL)))",
        )?
        .exists(params![sent, ahead])?;
    if !is_wrong {
        return Ok(());
    }
    let transaction = database.write()?;
    transaction.execute(
        "UPDATE item_changes SET changed_at = ?3 WHERE revision > ?1 AND changed_at > ?2",
        params![sent, ahead, now.ms()],
    )?;
    transaction.execute(
        "UPDATE item_changes AS change SET changed_at = (SELECT max(changed_at)
            FROM item_changes AS earlier
            WHERE earlier.code = change.code AND earlier.revision <= change.revision
              AND (earlier.patterns IS NULL) = (change.patterns IS NULL))
         WHERE revision > ?1",
        [sent],
    )?;
    transaction.commit()?;
    Ok(())
}

fn number(connection: &Connection, name: &str) -> Result<Option<i64>, DatabaseError> {
    Ok(fact(connection, name)?.and_then(|text| text.parse().ok()))
}
