//! Names that somebody at the server asks the shop for: kept from one report to the next, shown to people and
//! to shop software, and gone as soon as the item is there. Who asks, and why, is not known here.

use crate::database::{Database, DatabaseError};
use crate::till;
use purchase::id::ItemCode;
use purchase::time::Timestamp;
use rusqlite::{Connection, params};
use wire::limits::WISHES;
use wire::report::WishMessage;

/// A code whose name is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The code as it was scanned.
    pub code: String,
    /// Since when, in milliseconds since 1970.
    pub asked_at: i64,
    /// Lines that waited for the name then.
    pub lines: i64,
}

/// Takes over what the server asks for now; what it asks for no more is gone. What has its item here is not
/// asked for: the server will hear of it, or wait for the shop's word.
///
/// # Errors
/// [`DatabaseError`].
pub fn take(database: &mut Database, asked: &[WishMessage]) -> Result<(), DatabaseError> {
    let mut wanted = Vec::new();
    for wish in asked.iter().take(WISHES) {
        // Whatever a server says: only what can be a code is shown to people.
        let (Ok(code), Some(at)) = (
            ItemCode::parse(&wish.code),
            wire::time::read(&wish.asked_at),
        ) else {
            continue;
        };
        if till::item_of(database.connection(), code.as_str())?.is_none() {
            wanted.push(Wish {
                code: code.as_str().to_owned(),
                asked_at: at.ms(),
                lines: i64::try_from(wish.lines).unwrap_or(i64::MAX),
            });
        }
    }
    wanted.sort_by(|one, other| (one.asked_at, &one.code).cmp(&(other.asked_at, &other.code)));
    wanted.dedup_by(|one, other| one.code == other.code);
    // Nothing is written while nothing changes: each write waits for the disk.
    if list(database.connection())? == wanted {
        return Ok(());
    }
    let transaction = database.write()?;
    transaction.execute("DELETE FROM wishes", [])?;
    for wish in &wanted {
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO wishes (code, asked_at, lines) VALUES (?, ?, ?)",
            )?
            .execute(params![wish.code, wish.asked_at, wish.lines])?;
    }
    transaction.commit()?;
    Ok(())
}

/// The names that are asked for, those that were asked first in front.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(connection: &Connection) -> Result<Vec<Wish>, DatabaseError> {
    let sql = "SELECT code, asked_at, lines FROM wishes ORDER BY asked_at, code";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(Wish {
            code: row.get(0)?,
            asked_at: row.get(1)?,
            lines: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many names are asked for.
///
/// # Errors
/// [`DatabaseError`].
pub fn count(connection: &Connection) -> Result<u64, DatabaseError> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM wishes")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// When it was asked, if the instant is one.
#[must_use]
pub fn asked_at(wish: &Wish) -> Option<Timestamp> {
    Timestamp::from_ms(wish.asked_at).ok()
}
