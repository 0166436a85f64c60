//! What whoever runs the server may see of the database below a ledger. Nothing here changes anything.

use super::super::Ledger;
use super::super::engine::Engine;
use crate::fault::Fault;
use crate::postgres::counts::{Connections, Counts};
use crate::postgres::fault::Failure;
use crate::postgres::tables::Reach;

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

    /// Whether the database takes a commit now. It is asked each time, so that whoever runs the server
    /// asks once in a while and remembers; a data folder needs no question.
    ///
    /// # Errors
    /// [`Fault`] if the database answers with what is no sign of being away.
    pub fn reach(&self) -> Result<Reach, Fault> {
        match &self.engine {
            Engine::Fjall(_) => Ok(Reach::Writable),
            Engine::Tables(tables) => match tables.reach() {
                Ok(reach) => Ok(reach),
                Err(Failure::Again { .. } | Failure::Unknown { .. } | Failure::Busy { .. }) => {
                    Ok(Reach::Away)
                }
                Err(Failure::Fault(fault)) => Err(fault),
            },
        }
    }
}
