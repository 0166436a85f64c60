//! Reading at once what many settlements are going to ask for one after the other. In a data folder that
//! would gain nothing; from a database each question is a way there and back. Nothing is decided here.

use super::Ledger;
use super::engine::Engine;
use super::key::{self, Kind};
use super::value::codes::MemberCodeRow;
use crate::fault::Fault;
use crate::keyring::{HolderId, Slot};
use purchase::id::{OwnerId, UserId};
use purchase::member::{Member, MemberHash};
use purchase::settlement::{Buyer, Content};
use std::collections::BTreeSet;

/// Who has to be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sought {
    /// A person.
    Person(UserId),
    /// Whoever has this member code.
    Member(MemberHash),
}

impl Ledger {
    /// The buyer of a settlement that is going to be filed, if [`Ledger::prepare`] would have to ask a
    /// database for the member code, the account or the key.
    #[must_use]
    pub fn unforeseen(&self, content: &Content, member: Option<Member>) -> Option<Sought> {
        match self.engine {
            Engine::Fjall(_) => return None,
            Engine::Tables(_) => {}
        }
        let (user_id, sought) = match (buyer(&content.buyer), member) {
            (Some(user_id), _) => (user_id, Sought::Person(user_id)),
            (None, Some(member)) => {
                let sought = Sought::Member(member.hash);
                match self.member_at_hand(member.hash) {
                    Some(user_id) => (user_id, sought),
                    None => return Some(sought),
                }
            }
            (None, None) => return None,
        };
        let holder = key::holder(OwnerId::User(user_id));
        let is_at_hand = self.hot.get(&key::user(Kind::Account, user_id)).is_some()
            && self.keyring.is_at_hand(holder);
        (!is_at_hand).then_some(sought)
    }

    /// Reads the member codes, the accounts and the keys of people from a database by three questions, so
    /// that [`Ledger::prepare`] has them at hand. A stranger is looked for again.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn foresee(&self, sought: impl IntoIterator<Item = Sought>) -> Result<(), Fault> {
        let Engine::Tables(tables) = &self.engine else {
            return Ok(());
        };
        let (mut people, mut codes) = (BTreeSet::new(), BTreeSet::new());
        for sought in sought {
            match sought {
                Sought::Person(user_id) => people.insert(user_id),
                Sought::Member(hash) => codes.insert(hash),
            };
        }
        if !codes.is_empty() {
            let keys = codes.into_iter().map(key::member_code).collect();
            for (row_key, row) in tables.get_all(keys)? {
                people.insert(MemberCodeRow::decode(&row)?.user_id);
                self.hot.keep(&row_key, &row);
            }
        }
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

    /// Whose member code it is, as far as memory knows.
    fn member_at_hand(&self, hash: MemberHash) -> Option<UserId> {
        let row = self.hot.get(&key::member_code(hash))?;
        Some(MemberCodeRow::decode(&row).ok()?.user_id)
    }
}

/// The person that a device meant by its id, whether the server knows one or not.
pub(super) fn buyer(buyer: &Buyer) -> Option<UserId> {
    match buyer {
        Buyer::Id(text) => UserId::parse(text.as_str()).ok(),
        Buyer::Absent | Buyer::MemberCode(_) | Buyer::Pseudonym(_) => None,
    }
}
