//! The store's patterns of in-store codes: as shop software writes them, and read once for all scans
//! until somebody changes them. What cannot be used is left out and told; it holds up no scan.

use crate::code::plain;
use crate::database::{Database, DatabaseError};
use purchase::code::{Pattern, Patterns};
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};

/// Patterns that were read, and the revision of the change that they were read after.
type Read = (Option<i64>, Arc<Patterns>);

/// The patterns beside a database. Whoever changes them, also another program, gives the change
/// a revision, by which it is seen.
#[derive(Clone, Debug, Default)]
pub struct Labels(Arc<Mutex<Option<Read>>>);

impl Labels {
    /// The patterns as `connection` sees them.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn of(&self, connection: &Connection) -> Result<Arc<Patterns>, DatabaseError> {
        let revision = newest(connection)?;
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, patterns)) = read.as_ref()
            && *known == revision
        {
            return Ok(Arc::clone(patterns));
        }
        let patterns = Arc::new(usable(&written(connection)?).patterns);
        *read = Some((revision, Arc::clone(&patterns)));
        Ok(patterns)
    }
}

fn newest(connection: &Connection) -> Result<Option<i64>, DatabaseError> {
    let mut statement = connection
        .prepare_cached("SELECT max(revision) FROM item_changes WHERE patterns IS NOT NULL")?;
    Ok(statement.query_row([], |row| row.get(0))?)
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

/// Sets the store's patterns: all of them. What stands there already is not touched.
///
/// # Errors
/// [`DatabaseError`].
pub fn set(database: &mut Database, patterns: &Patterns) -> Result<(), DatabaseError> {
    let transaction = database.write()?;
    let wanted: Vec<_> = patterns
        .as_slice()
        .iter()
        .map(ToString::to_string)
        .collect();
    let present = written(&transaction)?;
    for gone in present.iter().filter(|pattern| !wanted.contains(pattern)) {
        transaction.execute("DELETE FROM patterns WHERE pattern = ?", [gone])?;
    }
    for new in wanted.iter().filter(|pattern| !present.contains(pattern)) {
        transaction.execute("INSERT INTO patterns (pattern) VALUES (?)", [new])?;
    }
    transaction.commit()?;
    Ok(())
}
