//! Which trading day it is at the tills. A day that was sold on is never left for the one before it,
//! also if the shop moves the hour at which its days change, or its clock steps back.

use super::TillError;
use crate::database::{DatabaseError, fact, keep};
use crate::rules::Rules;
use crate::store::Store;
use crate::wrong_clock;
use purchase::time::{BusinessDate, Timestamp};
use rusqlite::Connection;

/// The fact that keeps the day of the newest sale.
const TRADING_DAY: &str = "trading_day";

/// The trading day of now.
///
/// # Errors
/// [`TillError::Clock`] if the machine's clock is beyond all reason.
pub fn today(
    connection: &Connection,
    store: &Store,
    now: Timestamp,
) -> Result<BusinessDate, TillError> {
    let believed = wrong_clock::believed(connection, now)?;
    let begins = begins(connection, store)?;
    let day = store
        .business_date(believed, begins)
        .ok_or(TillError::Clock(now.ms()))?;
    let sold_on = fact(connection, TRADING_DAY)?.and_then(|day| BusinessDate::parse(&day).ok());
    // More than a day ahead is a clock that was wrong once; it shall not hold the shop there.
    let is_next = |sold_on: &BusinessDate| sold_on.ordinal() == day.ordinal().saturating_add(1);
    Ok(sold_on.filter(is_next).unwrap_or(day))
}

/// Minutes after midnight at which the shop's trading days begin.
///
/// # Errors
/// [`DatabaseError`].
pub fn begins(connection: &Connection, store: &Store) -> Result<u16, DatabaseError> {
    let chosen = Rules::read(connection)?.day_change_minutes();
    Ok(chosen.unwrap_or(store.settings.day_change_minutes))
}

/// Notes that something was sold on this day.
pub(super) fn sold_on(connection: &Connection, day: &str) -> Result<(), TillError> {
    if fact(connection, TRADING_DAY)?.as_deref() != Some(day) {
        keep(connection, TRADING_DAY, day)?;
    }
    Ok(())
}
