//! A person within a batch: the row as it will be, and the key under which what is known of the person
//! is sealed. What is sealed is bound to the key of its row.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::value::people::UserRow;
use super::value::settlement::SettlementRow;
use crate::fault::Fault;
use crate::profile::Profile;
use crate::seal::DataKey;
use purchase::id::{OwnerId, PurchaseId, SettlementKey, UserId};
use purchase::text::Text;

/// The person.
pub(crate) struct Person {
    pub(crate) user_id: UserId,
    pub(crate) row: UserRow,
    data_key: DataKey,
}

impl Person {
    /// The person as of this batch; none if there is no such.
    pub(crate) fn find(draft: &Draft<'_>, user_id: UserId) -> Result<Option<Self>, Fault> {
        let row_key = key::user(Row::User, user_id);
        let Some(row) = draft.read(Space::Facts, &row_key, UserRow::decode)? else {
            return Ok(None);
        };
        let data_key = draft.data_key(OwnerId::User(user_id), row.slot)?;
        Ok(Some(Self {
            user_id,
            row,
            data_key,
        }))
    }

    /// Writes the row.
    pub(crate) fn put(&self, draft: &mut Draft<'_>) {
        let row_key = key::user(Row::User, self.user_id);
        draft.put(Space::Facts, row_key, self.row.encode());
    }

    pub(crate) fn seal(&self, draft: &mut Draft<'_>, row_key: &[u8], content: &[u8]) -> Vec<u8> {
        draft.seals_with(key::holder(OwnerId::User(self.user_id)), &self.data_key);
        let nonce = draft.ledger.keyring.nonce();
        self.data_key.seal(nonce, row_key, content)
    }

    pub(crate) fn open(&self, row_key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        self.data_key.open(row_key, sealed)
    }

    pub(crate) fn profile(&self) -> Result<Profile, Fault> {
        let row_key = key::user(Row::User, self.user_id);
        Profile::decode(&self.open(&row_key, &self.row.sealed)?)
    }

    /// Seals the profile into the row, and writes it.
    pub(crate) fn put_profile(&mut self, draft: &mut Draft<'_>, profile: &Profile) {
        let row_key = key::user(Row::User, self.user_id);
        self.row.sealed = self.seal(draft, &row_key, &profile.encode());
        self.put(draft);
    }
}

impl Ledger {
    /// A person's row and key, to open what is committed; none if there is no such person.
    pub(super) fn user_and_key(
        &self,
        user_id: UserId,
    ) -> Result<Option<(UserRow, DataKey)>, Fault> {
        let row_key = key::user(Row::User, user_id);
        let Some(row) = self.engine.read(Space::Facts, &row_key, UserRow::decode)? else {
            return Ok(None);
        };
        let data_key = self.data_key(OwnerId::User(user_id), row.slot)?;
        Ok(Some((row, data_key)))
    }

    /// Where it stands whom an operator's reference means.
    pub(crate) fn reference_key(&self, reference: &Text) -> Vec<u8> {
        let tag = self.keyed_hash(reference.as_str().as_bytes());
        key::plain(Row::UserReference, &tag)
    }

    /// Under whom a settlement is filed, and as which purchase; none if there is no such. It is for what goes by
    /// the owner's own wishes, and is told to no store.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn filed_under(
        &self,
        settlement: &SettlementKey,
    ) -> Result<Option<(OwnerId, PurchaseId)>, Fault> {
        let row_key = key::settlement(Row::Settlement, settlement);
        let row = self
            .engine
            .read(Space::Facts, &row_key, SettlementRow::decode)?;
        Ok(row.map(|row| (row.owner, row.purchase_id)))
    }

    /// A hash that only this ledger can make, the same on every server that shares it. A message of
    /// another meaning than those known here begins with a zero byte and a word of its own.
    #[must_use]
    pub fn keyed_hash(&self, message: &[u8]) -> [u8; 32] {
        let tag = ring::hmac::sign(&self.secret, message);
        tag.as_ref()
            .first_chunk::<32>()
            .copied()
            .unwrap_or_default()
    }
}
