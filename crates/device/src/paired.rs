//! Keys of tills on other machines. A key is shown once; only its hash is kept.

use crate::credential::hex;
use crate::database::DatabaseError;
use purchase::time::Timestamp;
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension, params};
use thiserror::Error;

/// What a till's key begins with, so that a leaked one can be searched for.
const PREFIX: &str = "ort_";

/// A till cannot be paired or taken away.
#[derive(Debug, Error)]
pub enum PairError {
    /// The name cannot be used.
    #[error("a till's name has 1 to 60 characters")]
    Name,
    /// The name is taken.
    #[error("there is a till {0} already; take it away first: orihon-device till remove {0}")]
    Taken(String),
    /// There is none of this name.
    #[error("there is no till {0}; orihon-device till list shows all")]
    Unknown(String),
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<rusqlite::Error> for PairError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Pairs a till. Gives its key, which is told nowhere again.
///
/// # Errors
/// [`PairError`].
pub fn add(
    connection: &Connection,
    name: &str,
    random: [u8; 32],
    now: Timestamp,
) -> Result<String, PairError> {
    purchase::text::check(name, 60).map_err(|_| PairError::Name)?;
    let key = format!("{PREFIX}{}", hex(&random));
    let sql = "INSERT INTO till_keys (name, hash, made_at) VALUES (?, ?, ?)
        ON CONFLICT (name) DO NOTHING";
    match connection.execute(sql, params![name, hash(&key), now.ms()])? {
        0 => Err(PairError::Taken(name.to_owned())),
        _ => Ok(key),
    }
}

/// Takes a till away; its key is worth nothing from the next request on.
///
/// # Errors
/// [`PairError::Unknown`].
pub fn remove(connection: &Connection, name: &str) -> Result<(), PairError> {
    match connection.execute("DELETE FROM till_keys WHERE name = ?", [name])? {
        0 => Err(PairError::Unknown(name.to_owned())),
        _ => Ok(()),
    }
}

/// The tills and since when, by name.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(connection: &Connection) -> Result<Vec<(String, i64)>, DatabaseError> {
    let mut statement =
        connection.prepare_cached("SELECT name, made_at FROM till_keys ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whose key this is.
///
/// # Errors
/// [`DatabaseError`].
pub fn whose(connection: &Connection, key: &str) -> Result<Option<String>, DatabaseError> {
    let mut statement = connection.prepare_cached("SELECT name FROM till_keys WHERE hash = ?")?;
    let found = statement.query_row([hash(key)], |row| row.get(0));
    Ok(found.optional()?)
}

fn hash(key: &str) -> Vec<u8> {
    digest(&SHA256, key.as_bytes()).as_ref().to_vec()
}
