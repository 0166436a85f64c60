//! What the device knows of its store, and which trading day an instant belongs to.

use crate::database::{Database, DatabaseError};
use jiff::tz::TimeZone;
use purchase::money::Currency;
use purchase::time::{BusinessDate, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use wire::time::day_of;

/// The name of the fact that keeps the store's settings.
const STORE: &str = "store";
/// When a trading day begins unless the store says otherwise: five in the morning.
const DAY_CHANGE_MINUTES: u16 = 5 * 60;

/// The store's settings, as the server gave them and the shop completed them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Its id.
    pub store_id: String,
    /// Its name, for the receipt.
    pub name: String,
    /// The IANA name of its time zone.
    pub timezone: String,
    /// ISO 4217.
    pub currency: String,
    /// Who issues its invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Issuer>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What receipts end with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_footer: Option<String>,
    /// Minutes after midnight at which a trading day begins.
    #[serde(default = "day_change_default")]
    pub day_change_minutes: u16,
    /// Where people reach the server, without a slash at the end, if its operator said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

impl Settings {
    /// The same with the address that the server told beside the store. It is kept with the store, so that
    /// receipts bear it while there is no line.
    #[must_use]
    pub fn with_public_url(self, public_url: Option<String>) -> Self {
        Self { public_url, ..self }
    }
}

/// Who issues a store's invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// The issuer's name.
    pub name: String,
    /// The registration number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
}

const fn day_change_default() -> u16 {
    DAY_CHANGE_MINUTES
}

/// The settings cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The device has not joined.
    #[error("this device belongs to no store yet; join with: orihon-device join CODE --server URL")]
    NotJoined,
    /// A setting is wrong.
    #[error("the store's {member} is {value}, which this device does not know")]
    Setting {
        /// Which.
        member: &'static str,
        /// Its value.
        value: String,
    },
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// A store, proven.
#[derive(Clone, Debug)]
pub struct Store {
    /// As it was set.
    pub settings: Settings,
    /// Its currency.
    pub currency: Currency,
    zone: TimeZone,
}

impl Store {
    /// Proves settings.
    ///
    /// # Errors
    /// [`StoreError::Setting`].
    pub fn new(settings: Settings) -> Result<Self, StoreError> {
        let wrong = |member, value: &str| StoreError::Setting {
            member,
            value: value.to_owned(),
        };
        let zone = TimeZone::get(&settings.timezone)
            .map_err(|_| wrong("time zone", &settings.timezone))?;
        let currency = Currency::parse(&settings.currency)
            .map_err(|_| wrong("currency", &settings.currency))?;
        Ok(Self {
            settings,
            currency,
            zone,
        })
    }

    /// The store that this device belongs to.
    ///
    /// # Errors
    /// [`StoreError::NotJoined`] before it has joined.
    pub fn load(database: &Database) -> Result<Self, StoreError> {
        let text = database.fact(STORE)?.ok_or(StoreError::NotJoined)?;
        let settings = serde_json::from_str(&text)
            .map_err(|error| DatabaseError::Strange(format!("the store's settings: {error}")))?;
        Self::new(settings)
    }

    /// Keeps the settings.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn keep(&self, database: &Database) -> Result<(), StoreError> {
        let text = serde_json::to_string(&self.settings)
            .map_err(|error| DatabaseError::Strange(error.to_string()))?;
        Ok(database.keep(STORE, &text)?)
    }

    /// The trading day of an instant, if days begin so many minutes after midnight: what is sold
    /// before belongs to the day before.
    #[must_use]
    pub fn business_date(&self, at: Timestamp, begins_minutes: u16) -> Option<BusinessDate> {
        let before = i64::from(begins_minutes) * 60_000;
        day_of(at.plus_ms(-before), &self.zone)
    }

    /// An instant in the store's own time, RFC 3339.
    #[must_use]
    pub fn show(&self, at: Timestamp) -> String {
        wire::time::show(at, &self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_belongs_to_the_day_before() {
        let store = Store::new(Settings {
            store_id: "s-1".to_owned(),
            name: "店".to_owned(),
            timezone: "Asia/Tokyo".to_owned(),
            currency: "JPY".to_owned(),
            issuer: None,
            address: None,
            phone: None,
            receipt_footer: None,
            day_change_minutes: DAY_CHANGE_MINUTES,
            public_url: None,
        })
        .unwrap();
        let rows = [
            ("2026-11-22T04:59:59.999+09:00", "2026-11-21"),
            ("2026-11-22T05:00:00+09:00", "2026-11-22"),
            ("2026-11-22T23:59:00+09:00", "2026-11-22"),
        ];
        for (at, day) in rows {
            let at = wire::time::read(at).unwrap();
            let begins = store.settings.day_change_minutes;
            let found = store.business_date(at, begins).unwrap();
            assert_eq!(found.to_string(), day);
        }
    }
}
