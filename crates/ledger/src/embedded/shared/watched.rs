//! What whoever runs the server may see of the database below a ledger. Nothing here changes anything.

use super::super::Ledger;
use super::super::engine::Engine;
use crate::postgres::counts::{Connections, Counts};

/// The database of a ledger at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// How often batches began again or were given up.
    pub counts: &'a Counts,
    /// Connections to the ledger.
    pub ledger: Connections,
    /// Connections to the keyring, if that is in a database as well.
    pub keyring: Option<Connections>,
}

impl Ledger {
    /// What is to be seen of the database; none if the ledger lies in a data folder.
    #[must_use]
    pub fn watched(&self) -> Option<Watched<'_>> {
        match &self.engine {
            Engine::Fjall(_) => None,
            Engine::Tables(tables) => Some(Watched {
                counts: tables.counts(),
                ledger: tables.connections(),
                keyring: self.keyring.connections(),
            }),
        }
    }
}
