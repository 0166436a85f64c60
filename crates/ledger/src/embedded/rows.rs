//! Every row as it lies in the engine, for tests that hold a kept data folder against what it was
//! when it was kept, or against a database to which it moved. Bodies in it are sealed; this never writes, and nothing in service calls it.

use super::Ledger;
use super::engine::Engine;
use super::key::{Space, number, space};
use crate::fault::Fault;
use crate::postgres::table::kinds;

/// One row.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    /// The keyspace it lies in.
    pub space: &'static str,
    /// Its key; the first byte is the number of its kind.
    pub key: Vec<u8>,
    /// Its value.
    pub row: Vec<u8>,
}

impl Ledger {
    /// All of them, by keyspace and key.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    #[doc(hidden)]
    pub fn stored_rows(&self) -> Result<Vec<StoredRow>, Fault> {
        let spaces = [
            (Space::Facts, "facts"),
            (Space::Purchases, "purchases"),
            (Space::Catalogue, "catalogue"),
            (Space::Feed, "feed"),
        ];
        let mut rows = Vec::new();
        for (of, name) in spaces {
            let beginnings: Vec<Vec<u8>> = match &self.engine {
                Engine::Fjall(_) => vec![Vec::new()],
                // A range of a database is of one kind.
                Engine::Tables(_) => kinds()
                    .filter(|(kind, _)| space(*kind) == of)
                    .map(|(kind, _)| vec![number(kind)])
                    .collect(),
            };
            for pair in beginnings
                .iter()
                .flat_map(|beginning| self.engine.prefix(of, beginning))
            {
                let (key, row) = pair?;
                rows.push(StoredRow {
                    space: name,
                    key: key.to_vec(),
                    row: row.to_vec(),
                });
            }
        }
        Ok(rows)
    }
}
