//! A store as it presents itself: purchases keep the identity it had at the sale.

use crate::id::{IdError, StoreId};
use crate::money::Currency;
use crate::text::Text;
use crate::time::Timestamp;

/// What never changes about a store, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its id.
    pub store_id: StoreId,
    /// The IANA name of its time zone.
    pub timezone: Text,
    /// The currency it sells in.
    pub currency: Currency,
    /// The chain it belongs to.
    pub chain_id: Option<ChainId>,
    /// The store of the same chain whose catalogue is its only source; none if it has its own.
    pub catalogue_of: Option<StoreId>,
    /// When it was closed; a closed store writes nothing more.
    pub closed_at: Option<Timestamp>,
    /// How it has presented itself, oldest first; never empty, the first from the beginning of time.
    pub identities: Vec<Identity>,
}

/// A chain of stores; the same form as a store id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainId(StoreId);

impl ChainId {
    /// Proves a chain id.
    ///
    /// # Errors
    /// [`IdError::Store`], as a chain id has the form of a store id.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        StoreId::parse(text).map(Self)
    }

    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// How a store presents itself on a receipt from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// From when.
    pub effective_from: Timestamp,
    /// Its name.
    pub name: Text,
    /// Who issues its invoices.
    pub issuer: Option<Issuer>,
    /// Where it is.
    pub address: Option<Text>,
    /// Its telephone number.
    pub phone: Option<Text>,
    /// What its receipts end with.
    pub receipt_footer: Option<Text>,
}

/// The issuer of an invoice, with its registration number (T and 13 digits in Japan).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The issuer's name.
    pub name: Text,
    /// The registration number as sent.
    pub registration_number: Option<Text>,
}

/// The place of an identity in [`Store::identities`]; what a purchase keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber(pub u32);

impl Store {
    /// The store whose catalogue names what this one sells: itself, or the one that it follows.
    #[must_use]
    pub fn source(&self) -> &StoreId {
        self.catalogue_of.as_ref().unwrap_or(&self.store_id)
    }

    /// The number of the identity in force at `at`: the newest that had begun, by start and then
    /// by when it was told.
    #[must_use]
    pub fn identity_at(&self, at: Timestamp) -> IdentityNumber {
        let in_force = self
            .identities
            .iter()
            .zip(0_u32..)
            .filter(|(identity, _)| identity.effective_from <= at)
            .max_by_key(|(identity, number)| (identity.effective_from, *number));
        IdentityNumber(in_force.map_or(0, |(_, number)| number))
    }

    /// The identity of that number.
    ///
    /// # Panics
    /// If the store has no identity at all, which no constructor allows.
    #[must_use]
    pub fn identity(&self, number: IdentityNumber) -> &Identity {
        let at = usize::try_from(number.0).unwrap_or(usize::MAX);
        self.identities
            .get(at)
            .or_else(|| self.identities.first())
            .expect("a store has at least the identity it was made with")
    }
}
