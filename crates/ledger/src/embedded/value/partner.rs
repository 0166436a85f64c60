//! Rows of partners, and of what people consent to give them. Of a partner's key there is only the hash, and
//! a partner's row says nothing of people.

use super::{begin, open, put_maybe, put_optional, put_time, read_maybe, read_optional, read_time};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::id::UserId;
use purchase::text::Text;
use purchase::time::Timestamp;

/// Partners at most, also those of which not all is taken away yet.
pub const PARTNERS_MAX: usize = 1_000;
/// Consents of one person at most, also those that are over.
pub const CONSENTS_MAX: usize = 100;

/// A partner as it is stored, under its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartnerRow {
    pub(crate) name: Text,
    pub(crate) purpose: Text,
    pub(crate) url: Option<Text>,
    /// The hash of its key.
    pub(crate) hash: [u8; 32],
    pub(crate) created_at: Timestamp,
    /// Since when its key opens nothing, and what people consented to is taken away.
    pub(crate) ended_at: Option<Timestamp>,
}

impl PartnerRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.text(self.name.as_str());
        out.text(self.purpose.as_str());
        put_optional(&mut out, self.url.as_ref());
        out.raw(&self.hash);
        put_time(&mut out, self.created_at);
        put_maybe(&mut out, self.ended_at, put_time);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "partner")?;
        let row = Self {
            name: read_text(&mut from)?,
            purpose: read_text(&mut from)?,
            url: read_optional(&mut from)?,
            hash: from.array()?,
            created_at: read_time(&mut from)?,
            ended_at: read_maybe(&mut from, read_time)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// What a person said to a partner. The person keeps it as well, sealed, under the id of the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) given_at: Timestamp,
    pub(crate) until: Timestamp,
    /// What was bought before is not given; none if all is.
    pub(crate) from: Option<Timestamp>,
}

impl Terms {
    fn put(self, out: &mut Writer) {
        put_time(out, self.given_at);
        put_time(out, self.until);
        put_maybe(out, self.from, put_time);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            given_at: read_time(from)?,
            until: read_time(from)?,
            from: read_maybe(from, read_time)?,
        })
    }

    /// As it lies in the person's leaf.
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        self.put(&mut out);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "consent")?;
        let terms = Self::read(&mut from)?;
        from.finish()?;
        Ok(terms)
    }
}

/// A consent as it is stored for the partner, under the partner and the person's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConsentRow {
    pub(crate) user_id: UserId,
    pub(crate) terms: Terms,
    /// When the person's log was last told that the partner reads.
    pub(crate) told_at: Option<Timestamp>,
}

impl ConsentRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.user_id.0);
        self.terms.put(&mut out);
        put_maybe(&mut out, self.told_at, put_time);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "consent")?;
        let row = Self {
            user_id: UserId(from.array()?),
            terms: Terms::read(&mut from)?,
            told_at: read_maybe(&mut from, read_time)?,
        };
        from.finish()?;
        Ok(row)
    }
}
