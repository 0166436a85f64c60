//! The ledger's groundwork on PostgreSQL, against a server that is started here. A machine without one
//! fails these tests; none of them is ever left out.

mod at_once;
mod between;
mod codes;
mod counted;
mod cut;
mod differ;
mod failing;
mod failover;
mod feeds;
mod full;
mod keyring;
mod missing;
mod moving;
mod noticing;
mod opening;
mod rows;
mod server;
mod steps;
mod story;
mod tls;
mod two;
mod verify;

use ledger::postgres::open::{Database, Durability, Options, open};
use server::{ADMIN, Server, shared};

/// What opens the database at a URL.
fn options(url: String) -> Options {
    Options {
        url,
        connections_max: 4,
        durability: Durability::Required,
        new_ledger_id: [7; 16],
    }
}

/// A new database with the schema in it, and its name.
async fn made() -> (&'static Server, String, Database) {
    let server = shared().await;
    let name = server.database().await;
    let opened = open(&options(server.url(ADMIN, &name))).await;
    (
        server,
        name,
        opened.expect("an empty database gets a ledger"),
    )
}
