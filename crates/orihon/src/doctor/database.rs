//! The ledger's database, as a server that opens it would judge it: version, encoding, durable settings, rights,
//! and the ledger in it. Nothing is made or changed.

use super::check;
use super::check::{Check, State};
use ledger::postgres::open::{Durability, Options, open_to_read};

pub(super) async fn look(url: &str) -> Check {
    let options = Options {
        url: url.to_owned(),
        connections_max: 1,
        durability: Durability::Required,
        // No ledger is made, and so none gets an id.
        new_ledger_id: [0; 16],
    };
    match open_to_read(&options).await {
        Ok(database) => check(
            "database",
            State::Well,
            format!(
                "{}: durable, and with a ledger of this version",
                database.place
            ),
            "",
        ),
        Err(refusal) => check("database", State::Wrong, refusal.to_string(), ""),
    }
}
