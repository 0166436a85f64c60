//! Rows of operators: their keys with how far each reaches, and what was done by them. No secret stands
//! here, and nothing of what a person bought.

use super::{VERSION, begin, open, open_up_to, put_maybe, put_optional, put_time};
use super::{read_maybe, read_optional, read_time};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::id::{StoreId, TokenId};
use purchase::store::ChainId;
use purchase::text::Text;
use purchase::time::Timestamp;

/// The version of an operator's row that says more than that there is a key.
const OPERATOR_VERSION: u8 = 2;

/// How far an operator's key reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything that operators may.
    Everything,
    /// The stores of a chain, also those that come later.
    Chain(ChainId),
    /// One store.
    Store(StoreId),
}

/// What an operator's key is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// How far it reaches.
    pub scope: Scope,
    /// From when on it is worth nothing; none if it stays. Whoever asks judges by the clock.
    pub expires_at: Option<Timestamp>,
    /// The key with which a browser was let in. What has one is such a browser's own secret, and goes
    /// with that key.
    pub session_of: Option<TokenId>,
}

impl Grant {
    /// A key for everything, for as long as nobody takes it away.
    #[must_use]
    pub const fn everything() -> Self {
        Self {
            scope: Scope::Everything,
            expires_at: None,
            session_of: None,
        }
    }

    /// Does somebody who has it come in whatever else happens?
    pub(crate) fn is_everything(&self) -> bool {
        *self == Self::everything()
    }

    pub(crate) fn put(&self, out: &mut Writer) {
        match &self.scope {
            Scope::Everything => out.byte(1),
            Scope::Chain(chain_id) => {
                out.byte(2);
                out.text(chain_id.as_str());
            }
            Scope::Store(store_id) => {
                out.byte(3);
                out.text(store_id.as_str());
            }
        }
        put_maybe(out, self.expires_at, put_time);
        put_maybe(out, self.session_of, |out, of| out.raw(&of.0));
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        let scope = match from.byte()? {
            1 => Scope::Everything,
            2 => Scope::Chain(ChainId::parse(from.text()?).map_err(|_| ReadError::Invalid)?),
            3 => Scope::Store(StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?),
            _ => return Err(ReadError::Invalid),
        };
        Ok(Self {
            scope,
            expires_at: read_maybe(from, read_time)?,
            session_of: read_maybe(from, |from| from.array().map(TokenId))?,
        })
    }
}

/// An operator's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OperatorRow {
    pub(crate) hash: [u8; 32],
    pub(crate) created_at: Timestamp,
    /// What its holder is called; at most 200 characters.
    pub(crate) label: Option<Text>,
    pub(crate) grant: Grant,
}

impl OperatorRow {
    /// A key of which nothing more is known has a row of the first version, which older programs read.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        let is_plain = self.label.is_none() && self.grant.is_everything();
        out.byte(if is_plain { VERSION } else { OPERATOR_VERSION });
        out.raw(&self.hash);
        put_time(&mut out, self.created_at);
        if !is_plain {
            put_optional(&mut out, self.label.as_ref());
            self.grant.put(&mut out);
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "operator", OPERATOR_VERSION)?;
        let mut row = Self {
            hash: from.array()?,
            created_at: read_time(&mut from)?,
            label: None,
            grant: Grant::everything(),
        };
        if version == OPERATOR_VERSION {
            row.label = read_optional(&mut from)?;
            row.grant = Grant::read(&mut from)?;
        }
        from.finish()?;
        Ok(row)
    }
}

/// What operators do that is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Signed in to the console.
    SignedIn,
    /// Signed out of it.
    SignedOut,
    /// Made a key of an operator.
    KeyAdded,
    /// Took a key away, an operator's or a person's.
    KeyRevoked,
    /// Added a store.
    StoreAdded,
    /// Changed how a store presents itself, or its place.
    StoreChanged,
    /// Closed a store.
    StoreClosed,
    /// Made a code by which a machine joins.
    PairingMade,
    /// Added a machine.
    DeviceAdded,
    /// Took a machine's key away.
    DeviceRevoked,
    /// Added a chain.
    ChainAdded,
    /// Added a person.
    PersonAdded,
    /// Made a key to a person's account.
    PersonKeyAdded,
    /// Looked for a person by the operator's reference.
    PersonSought,
    /// Looked up a receipt by its number.
    ReceiptSought,
    /// Said that a revision names lines that wait.
    NameConfirmed,
    /// Made a link that opens the console once.
    LinkMade,
    /// Gave a sale that was nobody's to whoever missed its receipt.
    ReceiptGiven,
    /// Told whoever missed a receipt that it is not found.
    ReceiptRefused,
    /// Asked a store what a code is called.
    NameWished,
    /// Took that back.
    WishTakenBack,
    /// Made a link by which a person comes in again.
    RecoveryLinkMade,
    /// Suspended a person's account.
    PersonSuspended,
    /// Opened a suspended account again.
    PersonResumed,
    /// Made one account of two.
    PeopleMerged,
    /// Looked at a person's purchases, for a reason that the person sees.
    PurchasesSeen,
    /// Opened what a shop or a buyer marked as private on a receipt.
    PrivateOpened,
    /// Added a partner, to whom people may consent.
    PartnerAdded,
    /// Removed a partner, with all that people consented to.
    PartnerRemoved,
}

impl Act {
    /// Every one, in the order of their numbers.
    pub const ALL: [Self; 29] = [
        Self::SignedIn,
        Self::SignedOut,
        Self::KeyAdded,
        Self::KeyRevoked,
        Self::StoreAdded,
        Self::StoreChanged,
        Self::StoreClosed,
        Self::PairingMade,
        Self::DeviceAdded,
        Self::DeviceRevoked,
        Self::ChainAdded,
        Self::PersonAdded,
        Self::PersonKeyAdded,
        Self::PersonSought,
        Self::ReceiptSought,
        Self::NameConfirmed,
        Self::LinkMade,
        Self::ReceiptGiven,
        Self::ReceiptRefused,
        Self::NameWished,
        Self::WishTakenBack,
        Self::RecoveryLinkMade,
        Self::PersonSuspended,
        Self::PersonResumed,
        Self::PeopleMerged,
        Self::PurchasesSeen,
        Self::PrivateOpened,
        Self::PartnerAdded,
        Self::PartnerRemoved,
    ];

    /// Its number in rows, which is for ever.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::SignedIn => 1,
            Self::SignedOut => 2,
            Self::KeyAdded => 3,
            Self::KeyRevoked => 4,
            Self::StoreAdded => 5,
            Self::StoreChanged => 6,
            Self::StoreClosed => 7,
            Self::PairingMade => 8,
            Self::DeviceAdded => 9,
            Self::DeviceRevoked => 10,
            Self::ChainAdded => 11,
            Self::PersonAdded => 12,
            Self::PersonKeyAdded => 13,
            Self::PersonSought => 14,
            Self::ReceiptSought => 15,
            Self::NameConfirmed => 16,
            Self::LinkMade => 17,
            Self::ReceiptGiven => 18,
            Self::ReceiptRefused => 19,
            Self::NameWished => 20,
            Self::WishTakenBack => 21,
            Self::RecoveryLinkMade => 22,
            Self::PersonSuspended => 23,
            Self::PersonResumed => 24,
            Self::PeopleMerged => 25,
            Self::PurchasesSeen => 26,
            Self::PrivateOpened => 28,
            Self::PartnerAdded => 29,
            Self::PartnerRemoved => 30,
        }
    }
}

/// What an operator did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The key; for a browser, the key with which it was let in.
    pub by: TokenId,
    /// What the key's holder is called.
    pub label: Option<Text>,
    /// What was done.
    pub act: Act,
    /// At which store, if at one.
    pub store_id: Option<StoreId>,
    /// To what, in a few words, at most 200 characters: an id or a name, never a secret.
    pub detail: Option<Text>,
}

impl Note {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.by.0);
        put_optional(&mut out, self.label.as_ref());
        out.byte(self.act.number());
        out.text(self.store_id.as_ref().map_or("", StoreId::as_str));
        put_optional(&mut out, self.detail.as_ref());
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "audit")?;
        let (by, label) = (TokenId(from.array()?), read_optional(&mut from)?);
        let number = from.byte()?;
        let act = Act::ALL.into_iter().find(|act| act.number() == number);
        let act = act.ok_or(ReadError::Invalid)?;
        let store_id = match from.text()? {
            "" => None,
            text => Some(StoreId::parse(text).map_err(|_| ReadError::Invalid)?),
        };
        let note = Self {
            by,
            label,
            act,
            store_id,
            detail: read_optional(&mut from)?,
        };
        from.finish()?;
        Ok(note)
    }
}
