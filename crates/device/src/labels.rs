//! The store's patterns of in-store codes, as shop software writes them. What cannot be used is left
//! out and told; it holds up no scan. They are read only for a code that no item has.

use crate::code::plain;
use crate::database::{Database, DatabaseError};
use purchase::code::{Pattern, Patterns};
use rusqlite::Connection;

/// The patterns that can be used.
///
/// # Errors
/// [`DatabaseError`].
pub fn read(connection: &Connection) -> Result<Patterns, DatabaseError> {
    Ok(usable(&written(connection)?).patterns)
}

/// A pattern that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// As it is written.
    pub pattern: String,
    /// Why, with the fix.
    pub problem: String,
}

/// What written patterns come to.
#[derive(Clone, Debug, Default)]
pub struct Usable {
    /// Those that can be used together.
    pub patterns: Patterns,
    /// Those that cannot.
    pub left_out: Vec<Unusable>,
}

/// Reads patterns in their order: one that cannot be meant, or that fits a code which one before fits
/// already, is left out.
#[must_use]
pub fn usable(written: &[String]) -> Usable {
    let mut usable = Usable::default();
    for text in written {
        let read = Pattern::parse(&plain(text)).map_err(|error| error.to_string());
        let added = read.and_then(|pattern| {
            let added = usable.patterns.add(pattern);
            added.map_err(|error| error.to_string())
        });
        if let Err(problem) = added {
            usable.left_out.push(Unusable {
                pattern: text.clone(),
                problem,
            });
        }
    }
    usable
}

/// The patterns as they stand in the store database.
///
/// # Errors
/// [`DatabaseError`].
pub fn written(connection: &Connection) -> Result<Vec<String>, DatabaseError> {
    let mut statement =
        connection.prepare_cached("SELECT CAST(pattern AS TEXT) FROM patterns ORDER BY pattern")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sets the store's patterns: all of them.
///
/// # Errors
/// [`DatabaseError`].
pub fn set(database: &mut Database, patterns: &Patterns) -> Result<(), DatabaseError> {
    let transaction = database.write()?;
    let wanted = patterns.as_slice().iter().map(ToString::to_string);
    put(&transaction, &wanted.collect::<Vec<_>>())?;
    Ok(transaction.commit()?)
}

/// Lets these patterns stand there, and no others. What stands there already is not touched.
///
/// # Errors
/// [`DatabaseError`].
pub fn put(connection: &Connection, wanted: &[String]) -> Result<(), DatabaseError> {
    let present = written(connection)?;
    for gone in present.iter().filter(|pattern| !wanted.contains(pattern)) {
        connection.execute("DELETE FROM patterns WHERE pattern = ?", [gone])?;
    }
    for new in wanted.iter().filter(|pattern| !present.contains(pattern)) {
        connection.execute("INSERT OR IGNORE INTO patterns (pattern) VALUES (?)", [new])?;
    }
    Ok(())
}
