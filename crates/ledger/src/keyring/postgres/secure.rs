//! Making sure of keys before anything that is sealed with them is committed. What is in memory is no proof
//! that a row is there: a replica may have been promoted that lacks the last of them, or the keyring may
//! have been restored. No row that is there is changed.

use super::{HOLDERS_PER_QUESTION, PostgresRing, later, unread};
use crate::fault::Fault;
use crate::keyring::{Carried, Entropy, HolderId};
use crate::seal::DataKey;
use std::collections::BTreeMap;

/// Which of these have no row, neither a live one nor one that was destroyed.
const MISSING: &str = "SELECT wanted.holder FROM unnest($1::bytea[]) AS wanted (holder) \
     LEFT JOIN LATERAL (SELECT held.holder FROM orihon_keys.keys AS held \
     WHERE held.holder = wanted.holder LIMIT 1) AS found ON true WHERE found.holder IS NULL";

impl PostgresRing {
    /// Puts back which of these keys are gone. Of those that are there nothing is changed, so that a key
    /// which was destroyed stays so: whether it may still be sealed with is for the ledger to say.
    pub(in crate::keyring) fn secure(
        &self,
        keys: &BTreeMap<HolderId, DataKey>,
        entropy: &Entropy,
    ) -> Result<(), Fault> {
        let holders: Vec<&[u8]> = keys.keys().map(|holder| holder.0.as_slice()).collect();
        for some in holders.chunks(HOLDERS_PER_QUESTION) {
            let rows = self.waiting.wait(async {
                let client = self.pool.get().await?;
                let statement = client.prepare_cached(MISSING).await?;
                Ok(client.query(&statement, &[&some]).await?)
            });
            let mut gone = Vec::new();
            for row in rows.map_err(later)? {
                let holder: &[u8] = row.try_get(0).map_err(unread)?;
                let known = holder.try_into().ok().map(HolderId);
                let known = known.and_then(|holder| keys.get_key_value(&holder));
                gone.extend(known.map(|(holder, key)| Carried {
                    holder: *holder,
                    key: Some(key.clone()),
                }));
            }
            if !gone.is_empty() {
                let keys = gone.len();
                tracing::warn!(keys, "keys were gone from the keyring, and are put back");
                self.bring(gone, entropy)?;
            }
        }
        Ok(())
    }
}
