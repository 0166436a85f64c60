//! Keys that move: read out of the tables in the order of holders, or brought into them from another
//! keyring. What is in the tables is never written over.

use super::{HOLDERS_PER_QUESTION, PostgresRing, context, later, unread};
use crate::fault::Fault;
use crate::keyring::{Carried, Entropy, KeyState};
use crate::postgres::moving::{KEYRING, rows_about};

/// A page of all keys, in the columns of the questions for single ones.
const PAGE: &str = "SELECT holder, state, wrapped FROM orihon_keys.keys WHERE holder > $1 \
     ORDER BY holder LIMIT $2";

/// A key that is there, live or destroyed, stays as it is.
const BRING: &str = "INSERT INTO orihon_keys.keys (holder, state, wrapped) \
     SELECT brought.holder, CASE WHEN brought.wrapped IS NULL THEN 0 ELSE 1 END, brought.wrapped \
     FROM unnest($1::bytea[], $2::bytea[]) AS brought (holder, wrapped) \
     ON CONFLICT (holder) DO NOTHING";

impl PostgresRing {
    /// Hands over every key in pages, in the order of holders.
    pub(in crate::keyring) fn pages(
        &self,
        take: &mut dyn FnMut(Vec<Carried>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut after = Vec::new();
        loop {
            let rows = self.page(PAGE, &after)?;
            let is_last = rows.len() < HOLDERS_PER_QUESTION;
            let mut page = Vec::with_capacity(rows.len());
            for row in rows {
                let (holder, state) = super::read(&row)?;
                let key = match state {
                    KeyState::Erased => None,
                    KeyState::Live => {
                        let wrapped: &[u8] = row.try_get(2).map_err(unread)?;
                        Some(self.master.unwrap(&context(holder), wrapped)?)
                    }
                };
                after = holder.0.to_vec();
                page.push(Carried { holder, key });
            }
            take(page)?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// How many keys there are, as the database estimates.
    pub(in crate::keyring) fn about(&self) -> Result<u64, Fault> {
        let about = self.waiting.wait(async {
            let client = self.pool.get().await?;
            rows_about(&client, KEYRING).await
        });
        about.map_err(later)
    }

    /// Takes keys of another keyring in, all durable by one commit.
    pub(in crate::keyring) fn bring(
        &self,
        keys: Vec<Carried>,
        entropy: &Entropy,
    ) -> Result<(), Fault> {
        let (mut holders, mut wrapped) = (Vec::new(), Vec::new());
        for Carried { holder, key } in keys {
            let mut nonce = [0; 12];
            entropy(&mut nonce);
            holders.push(holder.0.to_vec());
            wrapped.push(key.map(|key| self.master.wrap(nonce, &context(holder), &key)));
        }
        let brought = self.waiting.wait(async {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(BRING).await?;
            client.execute(&statement, &[&holders, &wrapped]).await?;
            Ok(())
        });
        brought.map_err(later)
    }
}
