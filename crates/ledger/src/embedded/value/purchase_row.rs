//! Rows that belong to a purchase's owner: the sealed body with its clear columns, names learnt
//! later, what returns and voids did, and the feed.

use super::{
    begin, kind_byte, open, put_currency, put_maybe, put_time, read_amount, read_currency,
    read_kind, read_maybe, read_purchase_id, read_slot, read_time,
};
use crate::embedded::key;
use crate::fault::Fault;
use crate::keyring::Slot;
use purchase::bytes::{ReadError, Writer};
use purchase::canonical::item;
use purchase::canonical::{put_key, read_key};
use purchase::catalogue::Item;
use purchase::id::{OwnerId, PurchaseId, Revision, SettlementKey, StoreId};
use purchase::limits::LINES_MAX;
use purchase::money::{Amount, Currency};
use purchase::settlement::{Kind, LineNumber};
use purchase::time::Timestamp;
use purchase::warning::Warnings;
use std::sync::Arc;

/// What stands in clear beside a body, so that lists can be filtered without opening it. All of it
/// is bound to the body by the seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) slot: Slot,
    pub(crate) received_at: Timestamp,
    pub(crate) kind: Kind,
    pub(crate) currency: Currency,
    pub(crate) total: Amount,
    pub(crate) store_id: StoreId,
}

impl Columns {
    fn put(&self, out: &mut Writer) {
        out.number(self.slot.0);
        put_time(out, self.received_at);
        out.byte(kind_byte(self.kind));
        put_currency(out, self.currency);
        out.signed(self.total.minor());
        out.text(self.store_id.as_str());
    }

    /// What the seal of a body is bound to: owner, purchase, version and the clear columns.
    pub(crate) fn context(&self, owner: OwnerId, id: PurchaseId) -> Vec<u8> {
        let mut out = Writer::with_capacity(96);
        out.raw(&key::owner_bytes(owner));
        out.raw(&id.0);
        out.byte(super::VERSION);
        self.put(&mut out);
        out.finish()
    }
}

/// A purchase as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PurchaseRow {
    /// Not bound by the seal: a return may turn out to be too much only when its original comes.
    pub(crate) warnings: Warnings,
    pub(crate) columns: Columns,
    pub(crate) sealed: Vec<u8>,
}

impl PurchaseRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(self.sealed.len() + 96);
        out.byte(super::VERSION);
        out.byte(self.warnings.bits());
        self.columns.put(&mut out);
        out.raw(&self.sealed);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "purchase")?;
        let warnings = Warnings::from_bits(from.byte()?);
        let columns = Columns {
            slot: read_slot(&mut from)?,
            received_at: read_time(&mut from)?,
            kind: read_kind(&mut from)?,
            currency: read_currency(&mut from)?,
            total: read_amount(&mut from)?,
            store_id: StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?,
        };
        Ok(Self {
            warnings,
            columns,
            sealed: from.rest().to_vec(),
        })
    }
}

/// A name that a later revision gave a line; sealed like the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedName {
    pub(crate) revision: Revision,
    pub(crate) named_at: Timestamp,
    pub(crate) item: Arc<Item>,
}

impl AddedName {
    /// The content that gets sealed.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.number(self.revision.0);
        put_time(&mut out, self.named_at);
        item::put(&mut out, &self.item);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "added name")?;
        let revision = Revision(from.number()?);
        let named_at = read_time(&mut from)?;
        let item = Arc::new(item::read(&mut from)?);
        from.finish()?;
        Ok(Self {
            revision,
            named_at,
            item,
        })
    }

    /// What the seal of an added name is bound to.
    pub(crate) fn context(owner: OwnerId, id: PurchaseId, line: LineNumber) -> Vec<u8> {
        key::name(owner, id, line)
    }
}

/// What returns and voids did to a purchase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StandingRow {
    /// Per line, in millionths of its unit.
    pub(crate) returned_micros: Vec<u64>,
    pub(crate) voided_by: Option<SettlementKey>,
}

impl StandingRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.count(self.returned_micros.len());
        for micros in &self.returned_micros {
            out.number(*micros);
        }
        put_maybe(&mut out, self.voided_by.as_ref(), put_key);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "standing")?;
        let count = from.count(LINES_MAX)?;
        let returned_micros = (0..count)
            .map(|_| from.number())
            .collect::<Result<_, _>>()?;
        let voided_by = read_maybe(&mut from, read_key)?;
        from.finish()?;
        Ok(Self {
            returned_micros,
            voided_by,
        })
    }
}

/// What happened to a person's book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A purchase was filed.
    Filed,
    /// A line was named later.
    Named,
    /// Something came back, or was taken back.
    Changed,
}

impl EventKind {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Filed => 1,
            Self::Named => 2,
            Self::Changed => 3,
        }
    }

    pub(crate) const fn of_byte(byte: u8) -> Result<Self, ReadError> {
        match byte {
            1 => Ok(Self::Filed),
            2 => Ok(Self::Named),
            3 => Ok(Self::Changed),
            _ => Err(ReadError::Invalid),
        }
    }
}

/// One entry of a person's feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FeedRow {
    pub(crate) kind: EventKind,
    pub(crate) purchase_id: PurchaseId,
    pub(crate) at: Timestamp,
}

impl FeedRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.byte(self.kind.byte());
        out.raw(&self.purchase_id.0);
        put_time(&mut out, self.at);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "feed")?;
        let kind = EventKind::of_byte(from.byte()?)?;
        let row = Self {
            kind,
            purchase_id: read_purchase_id(&mut from)?,
            at: read_time(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}
