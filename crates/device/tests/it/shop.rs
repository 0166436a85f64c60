//! A shop for a test: its own folder, its own database, a clock that stands, and the settlements of
//! a till that does its own arithmetic.

use device::capture;
use device::clock::Clock;
use device::database::Database;
use device::outbox;
use device::store::{Settings, Store};
use purchase::time::Timestamp;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// The instant at which everything happens.
pub(crate) const NOW: &str = "2026-11-22T03:00:00Z";
/// The trading day of [`NOW`] in Tokyo.
pub(crate) const DAY: &str = "2026-11-22";

/// A shop whose folder goes away with it.
pub(crate) struct Shop {
    pub(crate) folder: TempDir,
    pub(crate) database: Database,
    pub(crate) store: Store,
}

pub(crate) fn now() -> Timestamp {
    wire::time::read(NOW).unwrap()
}

/// A clock that stands still, and random bytes that are all the same.
pub(crate) fn clock() -> Clock {
    Clock::new(Arc::new(now), Arc::new(|bytes| bytes.fill(7)))
}

/// The same, in yen and in Tokyo.
pub(crate) fn store() -> Store {
    Store::new(Settings {
        store_id: "s-1".to_owned(),
        name: "角の店".to_owned(),
        timezone: "Asia/Tokyo".to_owned(),
        currency: "JPY".to_owned(),
        issuer: None,
        address: None,
        phone: None,
        receipt_footer: None,
        day_change_minutes: 300,
        public_url: None,
    })
    .unwrap()
}

/// Opens the database as the device does after it has joined.
pub(crate) fn open(folder: &Path) -> Database {
    Database::open(folder).unwrap()
}

pub(crate) fn shop() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path());
    capture::begin_lineage(database.connection(), now(), 1).unwrap();
    Shop {
        folder,
        database,
        store: store(),
    }
}

impl Shop {
    /// Plain SQL, as shop software writes it. The triggers ask the machine for the time, which is not
    /// that of the test: what it changes has happened by [`NOW`].
    pub(crate) fn sql(&self, sql: &str) {
        let connection = self.database.connection();
        connection.execute_batch(sql).unwrap();
        let latest = "UPDATE item_changes SET changed_at = min(changed_at, ?)";
        connection.execute(latest, [now().ms()]).unwrap();
    }

    /// The same under a clock that may be ahead.
    pub(crate) fn sql_ahead(&self, sql: &str) {
        self.database.connection().execute_batch(sql).unwrap();
    }

    /// Lets each change have happened in a second of its own: the first at 00:00:01.
    pub(crate) fn spread_changes(&self) {
        self.sql("UPDATE item_changes SET changed_at = revision * 1000");
    }

    /// Enters a settlement that must be right.
    pub(crate) fn enter(&mut self, settlement: &Value) -> outbox::Sale {
        outbox::enter(&mut self.database, &settlement.to_string(), now()).unwrap();
        let words = |name: &str| settlement[name].as_str().unwrap().to_owned();
        let key = (
            words("terminal"),
            words("business_date"),
            words("transaction"),
        );
        let key = (key.0.as_str(), key.1.as_str(), key.2.as_str());
        let found = outbox::find(self.database.connection(), key).unwrap();
        found.unwrap()
    }
}

/// A settlement of a till that does its own arithmetic.
pub(crate) fn settlement(number: &str, total: i64) -> Value {
    json!({
        "store_id": "s-1", "terminal": "1", "business_date": DAY, "transaction": number,
        "kind": "sale", "purchased_at": NOW, "currency": "JPY",
        "lines": [{"name": "パン", "quantity": "1", "unit_price": total, "amount": total}],
        "total": total,
    })
}

/// The same by a till that had this revision of the catalogue.
pub(crate) fn settlement_at(number: &str, revision: i64) -> Value {
    let mut settlement = settlement(number, 100);
    settlement["catalogue_revision"] = json!(revision);
    settlement
}
