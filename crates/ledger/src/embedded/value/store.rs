//! Rows of stores and their devices.

use super::{
    begin, open, put_currency, put_maybe, put_optional, put_time, read_currency, read_maybe,
    read_optional, read_slot, read_time,
};
use crate::fault::Fault;
use crate::keyring::{HolderId, Slot};
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::id::StoreId;
use purchase::store::{ChainId, Identity, Issuer, Store};
use purchase::text::Text;
use purchase::time::Timestamp;

/// Identities a store may have had.
pub(crate) const IDENTITIES_MAX: usize = 1_000;

/// A store, and the key under which its conflicting bodies are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoreRow {
    pub(crate) store: Store,
    pub(crate) holder: HolderId,
    pub(crate) slot: Slot,
}

impl StoreRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.holder.0);
        out.number(self.slot.0);
        let store = &self.store;
        out.text(store.store_id.as_str());
        out.text(store.timezone.as_str());
        put_currency(&mut out, store.currency);
        out.text(store.chain_id.as_ref().map_or("", ChainId::as_str));
        put_optional(&mut out, store.catalogue_of.as_ref());
        put_maybe(&mut out, store.closed_at, put_time);
        out.count(store.identities.len());
        for identity in &store.identities {
            put_identity(&mut out, identity);
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "store")?;
        let holder = HolderId(from.array()?);
        let slot = read_slot(&mut from)?;
        let store_id = StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?;
        let timezone = read_text(&mut from)?;
        let currency = read_currency(&mut from)?;
        let chain_id = match from.text()? {
            "" => None,
            text => Some(ChainId::parse(text).map_err(|_| ReadError::Invalid)?),
        };
        let catalogue_of = read_optional(&mut from)?;
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

/// A store's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    pub(crate) name: Text,
    /// SHA-256 of its key.
    pub(crate) hash: [u8; 32],
    pub(crate) created_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

impl DeviceRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.text(self.name.as_str());
        out.raw(&self.hash);
        put_time(&mut out, self.created_at);
        put_maybe(&mut out, self.revoked_at, put_time);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "device")?;
        let row = Self {
            name: read_text(&mut from)?,
            hash: from.array()?,
            created_at: read_time(&mut from)?,
            revoked_at: read_maybe(&mut from, read_time)?,
        };
        from.finish()?;
        Ok(row)
    }
}
