//! Keys on the till page for what is sold by touch: a dozen drinks, bread without a bar code. A key is
//! a code at a place, and rings up what a scan of that code would; prices and names are the items'.

use crate::database::{Database, DatabaseError};
use crate::till;
use purchase::id::ItemCode;
use rusqlite::{Connection, params};
use serde::Serialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// Keys at most; the table keeps to it as well.
pub const KEYS_MAX: usize = 48;

/// Why keys are not set. Those that there were stay.
#[derive(Debug, Error)]
pub enum TouchError {
    /// More than fit on a screen.
    #[error("{0} keys are too many; name at most {KEYS_MAX} codes")]
    TooMany(usize),
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<rusqlite::Error> for TouchError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// A key as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// What it rings up.
    pub code: String,
    /// What it says: its own label, else the item's name, else the code.
    pub label: String,
    /// The item's price in minor units; none without an item, or if the price is asked each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<i64>,
}

/// The keys in their order. One whose code no item has is there as well: it asks what it is when it is
/// pressed, as an unknown code does.
///
/// # Errors
/// [`DatabaseError`].
pub fn keys(connection: &Connection) -> Result<Vec<Key>, DatabaseError> {
    let sql = "SELECT code, nullif(label, '') FROM touch_keys ORDER BY place";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut keys = Vec::new();
    for row in rows {
        let (code, label): (String, Option<String>) = row?;
        let item = till::item_of(connection, &code)?;
        let unit_price = item.as_ref().and_then(|item| item.unit_price);
        let name = item.map(|item| item.name);
        keys.push(Key {
            label: label.or(name).unwrap_or_else(|| code.clone()),
            code,
            unit_price,
        });
    }
    Ok(keys)
}

/// Sets all keys anew, in this order; a code that had a label keeps it.
///
/// # Errors
/// [`TouchError`]; then nothing was changed.
pub fn set(database: &mut Database, codes: &[ItemCode]) -> Result<(), TouchError> {
    if codes.len() > KEYS_MAX {
        return Err(TouchError::TooMany(codes.len()));
    }
    let transaction = database.write()?;
    let labels = labels(&transaction)?;
    transaction.execute("DELETE FROM touch_keys", [])?;
    for (code, place) in codes.iter().zip(1_i64..) {
        transaction.execute(
            "INSERT INTO touch_keys (place, code, label) VALUES (?, ?, ?)",
            params![place, code.as_str(), labels.get(code.as_str())],
        )?;
    }
    transaction.commit()?;
    Ok(())
}

fn labels(connection: &Connection) -> Result<BTreeMap<String, String>, rusqlite::Error> {
    let sql = "SELECT code, label FROM touch_keys WHERE label IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}
