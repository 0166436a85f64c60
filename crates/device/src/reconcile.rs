//! Is everything that was filed still there? Each trading day is compared with the server by count
//! and digest; what the server lacks goes back into the outbox, under its own number, so that it
//! comes back as the same purchase. What only the server has is reported and left alone.

use crate::credential::hex;
use crate::database::DatabaseError;
use crate::keeping;
use crate::outbox::{self, State};
use purchase::decide::{Digest, add_digest};
use rusqlite::{Connection, params};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Trading days compared at most, newest first.
const DAYS_MAX: i64 = 100;

/// What the server says of a day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ServerDay {
    /// Settlements of every kind.
    pub settlements: u64,
    /// What they come to.
    #[serde(default)]
    pub total_by_currency: BTreeMap<String, i64>,
    /// Sum of their digests, little-endian, in hexadecimal.
    pub digest: String,
}

/// What this device has of a day that was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Settlements of every kind.
    pub settlements: u64,
    /// What they come to; what went back counts negative.
    pub totals: BTreeMap<String, i64>,
    /// Sum of their digests, as the server writes it.
    pub digest: String,
}

/// A settlement that the server has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ServerSale {
    /// Its key.
    pub key: ServerKey,
    /// Its digest in hexadecimal.
    pub digest: String,
}

/// The part of a key that differs within a store's day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct ServerKey {
    /// The till.
    pub terminal: String,
    /// Its number for the sale.
    pub transaction: String,
}

/// A page of a day's settlements.
#[derive(Clone, Debug, Deserialize)]
pub struct ServerPage {
    /// The settlements.
    pub settlements: Vec<ServerSale>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// How a day differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Sales here that the server lacks, by their place in the outbox.
    pub missing: Vec<i64>,
    /// Sales that only the server has.
    pub strange: Vec<ServerKey>,
    /// Sales that say something else there.
    pub different: Vec<ServerKey>,
}

/// The days that are compared, newest first: the newest on which something was sold, as far as
/// nothing of them was pruned.
///
/// # Errors
/// [`DatabaseError`].
pub fn days(connection: &Connection) -> Result<Vec<String>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT business_date FROM sales WHERE business_date >= ?
         ORDER BY business_date DESC LIMIT ?",
    )?;
    let first = keeping::pruned_before(connection)?.unwrap_or_default();
    let rows = statement.query_map(params![first, DAYS_MAX], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What was filed of a day.
///
/// # Errors
/// [`DatabaseError`].
pub fn ours(connection: &Connection, day: &str) -> Result<Ours, DatabaseError> {
    let (mut sum, mut settlements, mut totals) = ([0; 32], 0, BTreeMap::<String, i64>::new());
    for sale in outbox::of_day(connection, day)? {
        if sale.state == State::Filed {
            sum = add_digest(sum, Digest(sale.digest));
            settlements += 1;
            let total = totals.entry(sale.currency).or_default();
            *total = match sale.kind.as_str() {
                "sale" => total.saturating_add(sale.total),
                _ => total.saturating_sub(sale.total),
            };
        }
    }
    Ok(Ours {
        settlements,
        totals,
        digest: hex(&sum),
    })
}

/// Does the server have of this day exactly what was filed?
#[must_use]
pub fn agrees(ours: &Ours, server: &ServerDay) -> bool {
    (ours.settlements, &ours.digest) == (server.settlements, &server.digest)
}

/// What exactly differs.
///
/// # Errors
/// [`DatabaseError`].
pub fn difference(
    connection: &Connection,
    day: &str,
    server: &[ServerSale],
) -> Result<Difference, DatabaseError> {
    let mut theirs: BTreeMap<&ServerKey, &str> = server
        .iter()
        .map(|sale| (&sale.key, sale.digest.as_str()))
        .collect();
    let mut difference = Difference::default();
    for sale in outbox::of_day(connection, day)? {
        let key = ServerKey {
            terminal: sale.terminal,
            transaction: sale.number,
        };
        match theirs.remove(&key) {
            Some(digest) if digest == hex(&sale.digest) => {}
            Some(_) => difference.different.push(key),
            // What waits is on its way, and what was refused cannot be there.
            None if sale.state == State::Filed => difference.missing.push(sale.id),
            None => {}
        }
    }
    difference.strange = theirs.into_keys().cloned().collect();
    Ok(difference)
}
