//! Rows of stores and chains, their devices, and the pairing codes by which devices come.

use super::{
    VERSION, begin, open, open_up_to, put_currency, put_maybe, put_optional, put_time,
    read_currency, read_maybe, read_optional, read_slot, read_time,
};
use crate::fault::Fault;
use crate::keyring::{HolderId, Slot};
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::id::{DeviceId, StoreId};
use purchase::store::{ChainId, Identity, Issuer, Store};
use purchase::text::Text;
use purchase::time::Timestamp;

/// The version of a pairing code that was used.
const USED: u8 = 2;

/// Identities a store may have had.
pub(crate) const IDENTITIES_MAX: usize = 1_000;

/// The version of the row of a store that belongs to a chain: the chain has a row, and what the store
/// says of a catalogue that it follows is proven. In rows of the first version it never was, and had
/// no effect; it is not read from them.
pub(crate) const OF_CHAIN: u8 = 2;

/// A store, and the key under which its conflicting bodies are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoreRow {
    pub(crate) store: Store,
    pub(crate) holder: HolderId,
    pub(crate) slot: Slot,
}

impl StoreRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let store = &self.store;
        let mut out = Writer::default();
        out.byte(store.chain_id.as_ref().map_or(VERSION, |_| OF_CHAIN));
        out.raw(&self.holder.0);
        out.number(self.slot.0);
        out.text(store.store_id.as_str());
        out.text(store.timezone.as_str());
        put_currency(&mut out, store.currency);
        out.text(store.chain_id.as_ref().map_or("", ChainId::as_str));
        out.text(store.catalogue_of.as_ref().map_or("", StoreId::as_str));
        put_maybe(&mut out, store.closed_at, put_time);
        out.count(store.identities.len());
        for identity in &store.identities {
            put_identity(&mut out, identity);
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "store", OF_CHAIN)?;
        let holder = HolderId(from.array()?);
        let slot = read_slot(&mut from)?;
        let store_id = StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?;
        let timezone = read_text(&mut from)?;
        let currency = read_currency(&mut from)?;
        let chain_id = match from.text()? {
            "" => None,
            text => Some(ChainId::parse(text).map_err(|_| ReadError::Invalid)?),
        };
        let catalogue_of = match from.text()? {
            "" => None,
            text => Some(StoreId::parse(text).map_err(|_| ReadError::Invalid)?),
        };
        let catalogue_of = catalogue_of.filter(|_| version == OF_CHAIN);
        if version == OF_CHAIN && chain_id.is_none() {
            return Err(ReadError::Invalid.into());
        }
        let closed_at = read_maybe(&mut from, read_time)?;
        let count = from.count(IDENTITIES_MAX)?;
        let identities = (0..count)
            .map(|_| read_identity(&mut from))
            .collect::<Result<Vec<_>, _>>()?;
        from.finish()?;
        if identities.is_empty() {
            return Err(ReadError::Invalid.into());
        }
        let store = Store {
            store_id,
            timezone,
            currency,
            chain_id,
            catalogue_of,
            closed_at,
            identities,
        };
        Ok(Self {
            store,
            holder,
            slot,
        })
    }
}

fn put_identity(out: &mut Writer, identity: &Identity) {
    put_time(out, identity.effective_from);
    out.text(identity.name.as_str());
    put_maybe(out, identity.issuer.as_ref(), |out, issuer| {
        out.text(issuer.name.as_str());
        put_optional(out, issuer.registration_number.as_ref());
    });
    put_optional(out, identity.address.as_ref());
    put_optional(out, identity.phone.as_ref());
    put_optional(out, identity.receipt_footer.as_ref());
}

fn read_identity(from: &mut Reader<'_>) -> Result<Identity, ReadError> {
    Ok(Identity {
        effective_from: read_time(from)?,
        name: read_text(from)?,
        issuer: read_maybe(from, |from| {
            Ok(Issuer {
                name: read_text(from)?,
                registration_number: read_optional(from)?,
            })
        })?,
        address: read_optional(from)?,
        phone: read_optional(from)?,
        receipt_footer: read_optional(from)?,
    })
}

/// The version of the row of a machine that signs. One with a bearer key stays at the first, as it
/// has always been written.
const SIGNS: u8 = 2;

/// By what a machine is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// SHA-256 of its bearer key.
    Hash([u8; 32]),
    /// The Ed25519 public key of its signatures.
    PublicKey([u8; 32]),
}

/// A store's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    pub(crate) name: Text,
    pub(crate) credential: Credential,
    pub(crate) created_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

impl DeviceRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (version, bytes) = match &self.credential {
            Credential::Hash(hash) => (VERSION, hash),
            Credential::PublicKey(public_key) => (SIGNS, public_key),
        };
        let mut out = Writer::default();
        out.byte(version);
        out.text(self.name.as_str());
        out.raw(bytes);
        put_time(&mut out, self.created_at);
        put_maybe(&mut out, self.revoked_at, put_time);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "device", SIGNS)?;
        let row = Self {
            name: read_text(&mut from)?,
            credential: match version {
                SIGNS => Credential::PublicKey(from.array()?),
                _ => Credential::Hash(from.array()?),
            },
            created_at: read_time(&mut from)?,
            revoked_at: read_maybe(&mut from, read_time)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// A chain of stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChainRow {
    pub(crate) name: Text,
    pub(crate) created_at: Timestamp,
}

impl ChainRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.text(self.name.as_str());
        put_time(&mut out, self.created_at);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "chain")?;
        let row = Self {
            name: read_text(&mut from)?,
            created_at: read_time(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// Where a machine is at home: the one store that it writes for, or the chain for whose stores it
/// writes, those that come later included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// A store.
    Store(StoreId),
    /// A chain.
    Chain(ChainId),
}

/// The version of the row of a signer that is at home in a chain.
const SIGNS_FOR_CHAIN: u8 = 2;

/// A machine that signs, as it is found by its id alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// For whom it writes.
    pub home: Home,
    /// The Ed25519 public key of its signatures.
    pub public_key: [u8; 32],
}

impl Signer {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (version, home) = match &self.home {
            Home::Store(store_id) => (VERSION, store_id.as_str()),
            Home::Chain(chain_id) => (SIGNS_FOR_CHAIN, chain_id.as_str()),
        };
        let mut out = Writer::default();
        out.byte(version);
        out.text(home);
        out.raw(&self.public_key);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "signer", SIGNS_FOR_CHAIN)?;
        let home = from.text()?;
        let home = match version {
            SIGNS_FOR_CHAIN => ChainId::parse(home).map(Home::Chain),
            _ => StoreId::parse(home).map(Home::Store),
        };
        let row = Self {
            home: home.map_err(|_| ReadError::Invalid)?,
            public_key: from.array()?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// A code by which one machine may join a store. Only the code's hash is kept, as the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PairingRow {
    pub(crate) store_id: StoreId,
    /// What the operator calls the machine.
    pub(crate) name: Text,
    pub(crate) expires_at: Timestamp,
    /// The machine that used it. The row stays until then, for a machine that lost the answer.
    pub(crate) used_by: Option<DeviceId>,
}

impl PairingRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(match self.used_by {
            None => VERSION,
            Some(_) => USED,
        });
        out.text(self.store_id.as_str());
        out.text(self.name.as_str());
        put_time(&mut out, self.expires_at);
        if let Some(device_id) = self.used_by {
            out.raw(&device_id.0);
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "pairing", USED)?;
        let row = Self {
            store_id: StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?,
            name: read_text(&mut from)?,
            expires_at: read_time(&mut from)?,
            used_by: match version {
                USED => Some(DeviceId(from.array()?)),
                _ => None,
            },
        };
        from.finish()?;
        Ok(row)
    }
}
