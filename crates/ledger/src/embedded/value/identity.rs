//! Rows of how people come in and of what they keep for themselves, and the values in them. What says
//! something of a person is sealed by whoever writes the row; no secret is kept, only hashes.

use super::{begin, open, put_maybe, put_optional, put_time, read_maybe, read_optional, read_time};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::id::{CredentialId, SessionId, TokenId, UserId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::{Text, check};
use purchase::time::Timestamp;

/// Bytes of a leaf's value, at most.
pub const LEAF_VALUE_BYTES_MAX: usize = 4_096;
/// Bytes that say what a leaf is about, at most.
pub const LEAF_OF_BYTES_MAX: usize = 1_024;
/// Bytes of a passkey's id, at most; browsers make no longer ones.
pub(crate) const PASSKEY_ID_BYTES_MAX: usize = 1_023;
/// Bytes of what is known of a passkey, at most.
pub(crate) const PASSKEY_DATA_BYTES_MAX: usize = 4_096;

/// Can all of these texts be read back? None is written that is longer.
pub(crate) fn fit<'a>(texts: impl IntoIterator<Item = &'a Text>) -> bool {
    let fits = |text: &Text| check(text.as_str(), TEXT_CHARS_MAX).is_ok();
    texts.into_iter().all(fits)
}

/// A browser in which a person is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub session_id: SessionId,
    /// The browser in a few words.
    pub label: Text,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was seen last, to about an hour.
    pub last_seen: Timestamp,
    /// When it ends if it is not seen before.
    pub expires_at: Timestamp,
    /// When it ends however often it is seen.
    pub ends_at: Timestamp,
}

/// A session as it is stored, under the person and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(crate) hash: [u8; 32],
    pub(crate) label: Text,
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

impl SessionRow {
    /// From when on it opens nothing.
    pub(crate) fn end(&self) -> Timestamp {
        self.expires_at.min(self.ends_at)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.hash);
        out.text(self.label.as_str());
        for time in [
            self.created_at,
            self.last_seen,
            self.expires_at,
            self.ends_at,
        ] {
            put_time(&mut out, time);
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "session")?;
        let row = Self {
            hash: from.array()?,
            label: read_text(&mut from)?,
            created_at: read_time(&mut from)?,
            last_seen: read_time(&mut from)?,
            expires_at: read_time(&mut from)?,
            ends_at: read_time(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// One way in which a person comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A password, found by the person's e-mail address.
    Password {
        /// Its slow hash with all that belongs to it, as a text that begins with `$`.
        phc: Text,
    },
    /// A passkey, found by its id.
    Passkey {
        /// The id that the authenticator gave it, at most 1,023 bytes.
        id: Vec<u8>,
        /// Its public part and counter, as the server wrote them, at most 4,096 bytes.
        data: Vec<u8>,
        /// What the person calls it.
        label: Text,
    },
    /// A secret on paper or in a link, found by its hash.
    Recovery {
        /// The hash of the secret.
        hash: [u8; 32],
        /// From when on it is worth nothing, of a link that is good for once; none of a sheet.
        expires_at: Option<Timestamp>,
    },
}

impl Credential {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        match self {
            Self::Password { phc } => {
                out.byte(1);
                out.text(phc.as_str());
            }
            Self::Passkey { id, data, label } => {
                out.byte(2);
                out.bytes(id);
                out.bytes(data);
                out.text(label.as_str());
            }
            Self::Recovery { hash, expires_at } => {
                out.byte(3);
                out.raw(hash);
                put_maybe(&mut out, *expires_at, put_time);
            }
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "credential")?;
        let credential = match from.byte()? {
            1 => Self::Password {
                phc: read_text(&mut from)?,
            },
            2 => Self::Passkey {
                id: from.bytes()?.to_vec(),
                data: from.bytes()?.to_vec(),
                label: read_text(&mut from)?,
            },
            3 => Self::Recovery {
                hash: from.array()?,
                expires_at: read_maybe(&mut from, read_time)?,
            },
            _ => return Err(ReadError::Invalid.into()),
        };
        from.finish()?;
        Ok(credential)
    }
}

/// A way in which a person comes in, with when it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInMeans {
    /// Its id.
    pub credential_id: CredentialId,
    /// What it is.
    pub credential: Credential,
    /// Since when.
    pub created_at: Timestamp,
    /// When somebody last came in by it.
    pub last_used: Option<Timestamp>,
}

/// By what a way in is found. Only a keyed hash of it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// An e-mail address; capitals, full-width letters and blanks around it make no difference.
    Email(Text),
    /// The id of a passkey.
    Passkey(Vec<u8>),
    /// The hash of a recovery secret.
    Recovery([u8; 32]),
}

impl LookUp {
    /// The bytes of which the keyed hash is made. The zero byte in front is in no reference that an
    /// operator gives, so that none has the same hash.
    pub(crate) fn message(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.raw(b"\0sign-in");
        match self {
            Self::Email(email) => {
                out.byte(1);
                out.text(&fold(email));
            }
            Self::Passkey(id) => {
                out.byte(2);
                out.bytes(id);
            }
            Self::Recovery(hash) => {
                out.byte(3);
                out.raw(hash);
            }
        }
        out.finish()
    }
}

/// An address as it is compared.
fn fold(email: &Text) -> String {
    let narrow = |letter: char| match u32::from(letter) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(letter),
        _ => letter,
    };
    let narrow: String = email.as_str().trim().chars().map(narrow).collect();
    narrow.to_lowercase()
}

/// A way in as it is stored, under the person and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialRow {
    /// The keyed hash by which it is found.
    pub(crate) look_up: [u8; 32],
    pub(crate) created_at: Timestamp,
    pub(crate) last_used: Option<Timestamp>,
    pub(crate) sealed: Vec<u8>,
}

impl CredentialRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.look_up);
        put_time(&mut out, self.created_at);
        put_maybe(&mut out, self.last_used, put_time);
        out.bytes(&self.sealed);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "credential")?;
        let row = Self {
            look_up: from.array()?,
            created_at: read_time(&mut from)?,
            last_used: read_maybe(&mut from, read_time)?,
            sealed: from.bytes()?.to_vec(),
        };
        from.finish()?;
        Ok(row)
    }
}

/// Where a look-up leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignInRow {
    pub(crate) user_id: UserId,
    pub(crate) credential_id: CredentialId,
}

impl SignInRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.user_id.0);
        out.raw(&self.credential_id.0);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "sign-in")?;
        let row = Self {
            user_id: UserId(from.array()?),
            credential_id: CredentialId(from.array()?),
        };
        from.finish()?;
        Ok(row)
    }
}

/// What sort of thing a leaf is about. Numbers are given by hand and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LeafSubject {
    /// The person's own name for an item: of a store or a GTIN, and the code.
    Alias = 1,
    /// A note on a purchase.
    Note = 2,
    /// A line of a purchase that the person counts as sensitive, or does not.
    Sensitive = 3,
    /// How the person wants things: the language, a receipt on paper.
    Setting = 4,
    /// A store or chain whose sales are not to be filed for the person.
    Blocked = 5,
    /// That a partner may have the person's purchases.
    Consent = 6,
    /// A purchase that the person shows to the household, or keeps from it.
    Shared = 7,
}

impl LeafSubject {
    /// Every subject.
    pub(crate) const ALL: [Self; 7] = [
        Self::Alias,
        Self::Note,
        Self::Sensitive,
        Self::Setting,
        Self::Blocked,
        Self::Consent,
        Self::Shared,
    ];

    #[expect(
        clippy::as_conversions,
        reason = "a fieldless enum has no other way to its number"
    )]
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }
}

/// Something that a person keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Which thing it is about.
    pub of: Vec<u8>,
    /// What is kept of it.
    pub value: Vec<u8>,
}

impl Leaf {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.bytes(&self.of);
        out.bytes(&self.value);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "leaf")?;
        let leaf = Self {
            of: from.bytes()?.to_vec(),
            value: from.bytes()?.to_vec(),
        };
        from.finish()?;
        Ok(leaf)
    }
}

/// Who looked at a person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accessor {
    /// The person.
    Person,
    /// An operator.
    Operator {
        /// By which key.
        token_id: TokenId,
    },
    /// Somebody to whom the person consented.
    Partner {
        /// What the partner is called.
        name: Text,
    },
    /// Somebody of the person's household. No name is kept, which would outlive whose it is.
    Household,
    /// A program with a key to the person's account; whoever has the key runs it.
    Program {
        /// By which key.
        token_id: TokenId,
    },
}

/// What was done with a person's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Somebody read who the person is.
    Profile,
    /// Somebody read purchases.
    Purchases,
    /// Somebody was sent purchases.
    Delivery,
    /// A link to come in again was made.
    RecoveryMade,
    /// A link to come in again was used.
    RecoveryUsed,
    /// The account was stopped or opened again.
    Suspension,
    /// Two accounts became one.
    Merger,
    /// Somebody came into the person's household, and sees what the person shares there.
    HouseholdJoined,
    /// The person is out of the household, and nothing of the person is seen there any more.
    HouseholdLeft,
    /// A receipt that the person missed was given, or was not found.
    Missing,
    /// The book, or all of the account, was taken away as a file.
    Exported,
    /// A key was made with which a program reads the book.
    TokenMade,
}

impl Touched {
    const fn number(self) -> u8 {
        match self {
            Self::Profile => 1,
            Self::Purchases => 2,
            Self::Delivery => 3,
            Self::RecoveryMade => 4,
            Self::RecoveryUsed => 5,
            Self::Suspension => 6,
            Self::Merger => 7,
            Self::HouseholdJoined => 8,
            Self::HouseholdLeft => 9,
            Self::Missing => 10,
            Self::Exported => 11,
            Self::TokenMade => 12,
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(match from.byte()? {
            1 => Self::Profile,
            2 => Self::Purchases,
            3 => Self::Delivery,
            4 => Self::RecoveryMade,
            5 => Self::RecoveryUsed,
            6 => Self::Suspension,
            7 => Self::Merger,
            8 => Self::HouseholdJoined,
            9 => Self::HouseholdLeft,
            10 => Self::Missing,
            11 => Self::Exported,
            12 => Self::TokenMade,
            _ => return Err(ReadError::Invalid),
        })
    }
}

/// An entry of the access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its number; each further entry of a person has the next one.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Accessor,
    /// At what.
    pub what: Touched,
    /// Why; none for what the person did.
    pub reason: Option<Text>,
}

/// The sealed part of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccessBody {
    pub(crate) by: Accessor,
    pub(crate) what: Touched,
    pub(crate) reason: Option<Text>,
}

impl AccessBody {
    /// Can it be read back?
    pub(crate) fn fits(&self) -> bool {
        let name = match &self.by {
            Accessor::Person
            | Accessor::Operator { .. }
            | Accessor::Household
            | Accessor::Program { .. } => None,
            Accessor::Partner { name } => Some(name),
        };
        fit(name.into_iter().chain(&self.reason))
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        match &self.by {
            Accessor::Person => out.byte(1),
            Accessor::Operator { token_id } => {
                out.byte(2);
                out.raw(&token_id.0);
            }
            Accessor::Partner { name } => {
                out.byte(3);
                out.text(name.as_str());
            }
            Accessor::Household => out.byte(4),
            Accessor::Program { token_id } => {
                out.byte(5);
                out.raw(&token_id.0);
            }
        }
        out.byte(self.what.number());
        put_optional(&mut out, self.reason.as_ref());
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "access")?;
        let by = match from.byte()? {
            1 => Accessor::Person,
            2 => Accessor::Operator {
                token_id: TokenId(from.array()?),
            },
            3 => Accessor::Partner {
                name: read_text(&mut from)?,
            },
            4 => Accessor::Household,
            5 => Accessor::Program {
                token_id: TokenId(from.array()?),
            },
            _ => return Err(ReadError::Invalid.into()),
        };
        let body = Self {
            by,
            what: Touched::read(&mut from)?,
            reason: read_optional(&mut from)?,
        };
        from.finish()?;
        Ok(body)
    }
}

/// An entry as it is stored, under the person and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccessRow {
    pub(crate) at: Timestamp,
    pub(crate) sealed: Vec<u8>,
}

impl AccessRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        put_time(&mut out, self.at);
        out.bytes(&self.sealed);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "access")?;
        let row = Self {
            at: read_time(&mut from)?,
            sealed: from.bytes()?.to_vec(),
        };
        from.finish()?;
        Ok(row)
    }
}

/// A row that is nothing but something sealed.
pub(crate) fn encode_leaf_row(sealed: &[u8]) -> Vec<u8> {
    let mut out = begin();
    out.bytes(sealed);
    out.finish()
}

pub(crate) fn decode_leaf_row(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut from = open(bytes, "leaf")?;
    let sealed = from.bytes()?.to_vec();
    from.finish()?;
    Ok(sealed)
}

/// A row that says all by its key.
pub(crate) fn encode_leaving() -> Vec<u8> {
    begin().finish()
}

pub(crate) fn decode_leaving(bytes: &[u8]) -> Result<(), Fault> {
    Ok(open(bytes, "leaving")?.finish()?)
}
