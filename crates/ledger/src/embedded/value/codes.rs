//! Rows of codes that people show: member codes, by which a till says who buys, and claim codes, by
//! which a person takes a purchase. Of either only the hash is known, and it stands in the key.

use super::{begin, open, open_up_to, put_maybe, put_time, read_maybe, read_time};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::{put_key, read_key};
use purchase::id::{OwnerId, PurchaseId, SettlementKey, UserId};
use purchase::member::MemberForm;
use purchase::time::Timestamp;

/// A member code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberCodeRow {
    pub(crate) user_id: UserId,
    pub(crate) form: MemberForm,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// From when on it is worth nothing, if it was taken back; sales before count.
    pub(crate) revoked_at: Option<Timestamp>,
    /// The one settlement that it was good for. A card is never used up.
    pub(crate) used_by: Option<SettlementKey>,
}

impl MemberCodeRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.user_id.0);
        out.byte(form_byte(self.form));
        put_time(&mut out, self.issued_at);
        put_time(&mut out, self.expires_at);
        put_maybe(&mut out, self.revoked_at, put_time);
        put_maybe(&mut out, self.used_by.as_ref(), put_key);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "member code")?;
        let row = Self {
            user_id: UserId(from.array()?),
            form: read_form(&mut from)?,
            issued_at: read_time(&mut from)?,
            expires_at: read_time(&mut from)?,
            revoked_at: read_maybe(&mut from, read_time)?,
            used_by: read_maybe(&mut from, read_key)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// A form as one byte, in keys and rows.
pub(crate) const fn form_byte(form: MemberForm) -> u8 {
    match form {
        MemberForm::Short => 1,
        MemberForm::Card => 2,
    }
}

pub(crate) fn read_form(from: &mut Reader<'_>) -> Result<MemberForm, ReadError> {
    match from.byte()? {
        1 => Ok(MemberForm::Short),
        2 => Ok(MemberForm::Card),
        _ => Err(ReadError::Invalid),
    }
}

/// The row under a person's own list of member codes: everything stands in its key.
pub(crate) fn encode_listed() -> Vec<u8> {
    begin().finish()
}

pub(crate) fn decode_listed(bytes: &[u8]) -> Result<(), Fault> {
    Ok(open(bytes, "listed member code")?.finish()?)
}

/// What a claim code leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClaimRow {
    /// A purchase that nobody owns yet.
    Leads(OwnerId, PurchaseId),
    /// Nothing yet: the person wants the sale that will carry it, since that instant.
    Wanted(UserId, Timestamp),
}

/// The version of a claim that leads to nothing yet.
const WANTED: u8 = 2;

impl ClaimRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Leads(owner, purchase_id) => {
                let mut out = begin();
                super::put_owner(&mut out, *owner);
                out.raw(&purchase_id.0);
                out.finish()
            }
            Self::Wanted(user_id, asked_at) => {
                let mut out = Writer::default();
                out.byte(WANTED);
                out.raw(&user_id.0);
                put_time(&mut out, *asked_at);
                out.finish()
            }
        }
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "claim", WANTED)?;
        let row = if version == WANTED {
            Self::Wanted(UserId(from.array()?), read_time(&mut from)?)
        } else {
            let owner = super::read_owner(&mut from)?;
            Self::Leads(owner, super::read_purchase_id(&mut from)?)
        };
        from.finish()?;
        Ok(row)
    }
}

/// A claim code that a person gave, in the person's own list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WantedRow {
    pub(crate) asked_at: Timestamp,
    /// The purchase that it brought, if it did; the same code again is answered the same then.
    pub(crate) filed: Option<PurchaseId>,
}

impl WantedRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        put_time(&mut out, self.asked_at);
        put_maybe(&mut out, self.filed, |out, id| out.raw(&id.0));
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "wanted claim")?;
        let row = Self {
            asked_at: read_time(&mut from)?,
            filed: read_maybe(&mut from, super::read_purchase_id)?,
        };
        from.finish()?;
        Ok(row)
    }
}
