//! Reading at once what many settlements are going to ask for one after the other. In a data folder that
//! would gain nothing; from a database each question is a way there and back. Nothing is decided here.

use super::Ledger;
use super::engine::Engine;
use super::key::{self, Kind};
use crate::fault::Fault;
use crate::keyring::{HolderId, Slot};
use purchase::id::{OwnerId, UserId};
use purchase::settlement::{Buyer, Content};
use std::collections::BTreeSet;

impl Ledger {
    /// The buyer of a settlement that is going to be filed, if [`Ledger::prepare`] would have to ask a
    /// database for the account or the key.
    #[must_use]
    pub fn unforeseen(&self, content: &Content) -> Option<UserId> {
        let user_id = match self.engine {
            Engine::Fjall(_) => None,
            Engine::Tables(_) => buyer(&content.buyer),
        }?;
        let holder = key::holder(OwnerId::User(user_id));
        let is_at_hand = self.hot.get(&key::user(Kind::Account, user_id)).is_some()
            && self.keyring.is_at_hand(holder);
        (!is_at_hand).then_some(user_id)
    }

    /// Reads the accounts and the keys of people from a database by two questions, so that
    /// [`Ledger::prepare`] has them at hand. A stranger is looked for again.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn foresee(&self, people: impl IntoIterator<Item = UserId>) -> Result<(), Fault> {
        let Engine::Tables(tables) = &self.engine else {
            return Ok(());
        };
        let people: BTreeSet<UserId> = people.into_iter().collect();
        let accounts = people.iter().map(|id| key::user(Kind::Account, *id));
        let far: Vec<_> = accounts
            .filter(|account| self.hot.get(account).is_none())
            .collect();
        if !far.is_empty() {
            for (account, row) in tables.get_all(far)? {
                self.hot.keep(&account, &row);
            }
        }
        let holders: Vec<(HolderId, Slot)> = people
            .into_iter()
            .map(|id| (key::holder(OwnerId::User(id)), Slot::BY_HOLDER))
            .collect();
        self.keyring.keys(&holders)?;
        Ok(())
    }
}

/// The person that a device meant, whether the server knows one or not.
pub(super) fn buyer(buyer: &Buyer) -> Option<UserId> {
    match buyer {
        Buyer::Id(text) => UserId::parse(text.as_str()).ok(),
        Buyer::Absent | Buyer::MemberCode(_) | Buyer::Pseudonym(_) => None,
    }
}
