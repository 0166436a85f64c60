//! Rows of people, the secrets that open doors, and the ledger itself.

use super::operator::Grant;
use super::{
    Tally, VERSION, begin, open, open_up_to, put_maybe, put_time, read_maybe, read_slot, read_time,
};
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::watermark::Mark;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::id::{DeviceId, PartnerId, SessionId, StoreId, TokenId, UserId};
use purchase::store::ChainId;
use purchase::time::Timestamp;

/// The version of a person's row that says more than who it is.
const KNOWN_VERSION: u8 = 2;
/// The version of the row of somebody who is suspended and blocks no shop.
const SUSPENDED_VERSION: u8 = 3;
/// The version of the row of somebody who blocks a shop, suspended or not.
const USER_VERSION: u8 = 4;

/// That an account is suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SuspendedRow {
    pub(crate) since: Timestamp,
    /// Why, under the person's key.
    pub(crate) sealed: Vec<u8>,
}

impl SuspendedRow {
    fn write(out: &mut Writer, row: &Self) {
        put_time(out, row.since);
        out.bytes(&row.sealed);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            since: read_time(from)?,
            sealed: from.bytes()?.to_vec(),
        })
    }
}

/// A person, with a sealed profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserRow {
    pub(crate) slot: Slot,
    pub(crate) created_at: Timestamp,
    /// When the person asked to go; whoever does not stays.
    pub(crate) leaving_at: Option<Timestamp>,
    /// How many leaves there are of the person.
    pub(crate) leaves: u64,
    /// How many entries the access log has had.
    pub(crate) accesses: u64,
    /// That an operator closed the account for a while; nobody did to most.
    pub(crate) suspended: Option<SuspendedRow>,
    /// How many stores and chains the person blocks: whoever files a sale need not look for them if it is none.
    pub(crate) blocks: u64,
    pub(crate) sealed: Vec<u8>,
}

impl UserRow {
    /// Somebody who has just come.
    pub(crate) const fn new(slot: Slot, created_at: Timestamp, sealed: Vec<u8>) -> Self {
        Self {
            slot,
            created_at,
            leaving_at: None,
            leaves: 0,
            accesses: 0,
            suspended: None,
            blocks: 0,
            sealed,
        }
    }

    /// Of whom nothing more is known has a row of the first version, which older programs read.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        let is_plain = self.leaving_at.is_none() && self.leaves == 0 && self.accesses == 0;
        let version = match (&self.suspended, self.blocks, is_plain) {
            (None, 0, true) => VERSION,
            (None, 0, false) => KNOWN_VERSION,
            (Some(_), 0, _) => SUSPENDED_VERSION,
            (_, 1.., _) => USER_VERSION,
        };
        out.byte(version);
        out.number(self.slot.0);
        put_time(&mut out, self.created_at);
        if version >= KNOWN_VERSION {
            put_maybe(&mut out, self.leaving_at, put_time);
            out.number(self.leaves);
            out.number(self.accesses);
        }
        match (version, &self.suspended) {
            (SUSPENDED_VERSION, Some(suspended)) => SuspendedRow::write(&mut out, suspended),
            (USER_VERSION, suspended) => {
                put_maybe(&mut out, suspended.as_ref(), SuspendedRow::write);
                out.number(self.blocks);
            }
            (_, _) => {}
        }
        out.bytes(&self.sealed);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "user", USER_VERSION)?;
        let mut row = Self::new(read_slot(&mut from)?, read_time(&mut from)?, Vec::new());
        if version >= KNOWN_VERSION {
            row.leaving_at = read_maybe(&mut from, read_time)?;
            row.leaves = from.number()?;
            row.accesses = from.number()?;
        }
        match version {
            SUSPENDED_VERSION => row.suspended = Some(SuspendedRow::read(&mut from)?),
            USER_VERSION => {
                row.suspended = read_maybe(&mut from, SuspendedRow::read)?;
                row.blocks = from.number()?;
            }
            _ => {}
        }
        row.sealed = from.bytes()?.to_vec();
        from.finish()?;
        Ok(row)
    }
}

/// What a commit needs to know of a person: one row that is read and written with each purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) slot: Slot,
    /// The newest entry of the feed; 0 before the first.
    pub(crate) sequence: u64,
    pub(crate) tally: Tally,
}

impl AccountRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.number(self.slot.0);
        out.number(self.sequence);
        self.tally.put(&mut out);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "account")?;
        let row = Self {
            slot: read_slot(&mut from)?,
            sequence: from.number()?,
            tally: Tally::read(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// A key to a person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenRow {
    pub(crate) user_id: UserId,
    pub(crate) hash: [u8; 32],
    pub(crate) created_at: Timestamp,
}

impl TokenRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.user_id.0);
        out.raw(&self.hash);
        put_time(&mut out, self.created_at);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "token")?;
        let row = Self {
            user_id: UserId(from.array()?),
            hash: from.array()?,
            created_at: read_time(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// What a secret opens. Only the secret's hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opens {
    /// The operator's doors.
    Operator {
        /// Which key it is.
        token_id: TokenId,
        /// What it is good for.
        grant: Grant,
    },
    /// A store's doors.
    Device {
        /// The store.
        store_id: StoreId,
        /// The machine.
        device_id: DeviceId,
    },
    /// The doors of every store of a chain.
    ChainDevice {
        /// The chain.
        chain_id: ChainId,
        /// The machine.
        device_id: DeviceId,
    },
    /// A person's own account.
    User {
        /// The person.
        user_id: UserId,
        /// Which key it is.
        token_id: TokenId,
    },
    /// A person's pages, in one browser.
    Session {
        /// The person.
        user_id: UserId,
        /// Which browser.
        session_id: SessionId,
        /// From when on it opens nothing. Whoever asks judges by the clock.
        expires_at: Timestamp,
    },
    /// A partner's doors.
    Partner {
        /// Which one.
        partner_id: PartnerId,
    },
}

impl Opens {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        match self {
            Self::Operator { token_id, grant } => {
                // A key for everything is written as older programs read it.
                let is_plain = *grant == Grant::everything();
                out.byte(if is_plain { 1 } else { 6 });
                out.raw(&token_id.0);
                if !is_plain {
                    grant.put(&mut out);
                }
            }
            Self::Device {
                store_id,
                device_id,
            } => {
                out.byte(2);
                out.text(store_id.as_str());
                out.raw(&device_id.0);
            }
            Self::ChainDevice {
                chain_id,
                device_id,
            } => {
                out.byte(4);
                out.text(chain_id.as_str());
                out.raw(&device_id.0);
            }
            Self::User { user_id, token_id } => {
                out.byte(3);
                out.raw(&user_id.0);
                out.raw(&token_id.0);
            }
            Self::Session {
                user_id,
                session_id,
                expires_at,
            } => {
                out.byte(5);
                out.raw(&user_id.0);
                out.raw(&session_id.0);
                put_time(&mut out, *expires_at);
            }
            Self::Partner { partner_id } => {
                out.byte(7);
                out.raw(&partner_id.0);
            }
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "secret")?;
        let opens = match from.byte()? {
            1 => Self::Operator {
                token_id: TokenId(from.array()?),
                grant: Grant::everything(),
            },
            6 => Self::Operator {
                token_id: TokenId(from.array()?),
                grant: Grant::read(&mut from)?,
            },
            2 => Self::Device {
                store_id: StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?,
                device_id: DeviceId(from.array()?),
            },
            4 => Self::ChainDevice {
                chain_id: ChainId::parse(from.text()?).map_err(|_| ReadError::Invalid)?,
                device_id: DeviceId(from.array()?),
            },
            3 => Self::User {
                user_id: UserId(from.array()?),
                token_id: TokenId(from.array()?),
            },
            5 => Self::Session {
                user_id: UserId(from.array()?),
                session_id: SessionId(from.array()?),
                expires_at: read_time(&mut from)?,
            },
            7 => Self::Partner {
                partner_id: PartnerId(from.array()?),
            },
            _ => return Err(ReadError::Invalid.into()),
        };
        from.finish()?;
        Ok(opens)
    }
}

/// A person who was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ErasedRow {
    pub(crate) at: Timestamp,
    /// Where the key was, so that a crash before it is destroyed leaves nothing behind.
    pub(crate) slot: Slot,
}

impl ErasedRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        put_time(&mut out, self.at);
        out.number(self.slot.0);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "erasure")?;
        let row = Self {
            at: read_time(&mut from)?,
            slot: read_slot(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// One commit of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommitRow {
    pub(crate) mark: Mark,
    pub(crate) at: Timestamp,
}

impl CommitRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.number(self.mark.seq);
        out.raw(&self.mark.chain);
        put_time(&mut out, self.at);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "commit")?;
        let row = Self {
            mark: Mark {
                seq: from.number()?,
                chain: from.array()?,
            },
            at: read_time(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// A gap that an operator accepted: commits after `found` up to `acknowledged` are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last commit that was there.
    pub found: u64,
    /// The last commit that had been acknowledged.
    pub acknowledged: u64,
    /// When it was accepted.
    pub at: Timestamp,
}

impl Gap {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.number(self.found);
        out.number(self.acknowledged);
        put_time(&mut out, self.at);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "gap")?;
        let gap = Self {
            found: from.number()?,
            acknowledged: from.number()?,
            at: read_time(&mut from)?,
        };
        from.finish()?;
        Ok(gap)
    }
}
