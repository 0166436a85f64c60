//! Takes a stored key apart, as `embedded/key.rs` put it together. It reads what is there and never
//! asks what it means.

use purchase::bytes::{ReadError, Reader};
use purchase::id::{PurchaseId, Revision};
use purchase::time::{BusinessDate, Timestamp};

/// What is left of a key.
pub(crate) struct Parts<'a>(Reader<'a>);

impl<'a> Parts<'a> {
    /// A key without the number of its kind.
    pub(crate) fn of(key: &'a [u8]) -> Result<Self, ReadError> {
        let mut from = Reader::new(key);
        from.byte()?;
        Ok(Self(from))
    }

    /// A text up to the zero byte behind it.
    pub(crate) fn text(&mut self) -> Result<&'a str, ReadError> {
        let rest = self.0.rest();
        let length = rest.iter().position(|byte| *byte == 0);
        let text = self.0.raw(length.ok_or(ReadError::Short)?)?;
        self.0.byte()?;
        str::from_utf8(text).map_err(|_| ReadError::Invalid)
    }

    /// The text that ends the key.
    pub(crate) fn last_text(&mut self) -> Result<&'a str, ReadError> {
        let text = self.0.raw(self.0.rest().len().max(1))?;
        str::from_utf8(text).map_err(|_| ReadError::Invalid)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ReadError> {
        self.0.byte()
    }

    pub(crate) fn array<const LEN: usize>(&mut self) -> Result<[u8; LEN], ReadError> {
        self.0.array()
    }

    pub(crate) fn purchase(&mut self) -> Result<PurchaseId, ReadError> {
        self.0.array().map(PurchaseId)
    }

    /// A purchase whose bits are turned around, so that the newest comes first.
    pub(crate) fn inverted_purchase(&mut self) -> Result<PurchaseId, ReadError> {
        let inverted = self.0.array::<16>()?;
        Ok(PurchaseId(inverted.map(|byte| !byte)))
    }

    pub(crate) fn line(&mut self) -> Result<u16, ReadError> {
        self.0.array().map(u16::from_be_bytes)
    }

    pub(crate) fn date(&mut self) -> Result<BusinessDate, ReadError> {
        let ordinal = u32::from_be_bytes(self.0.array()?);
        BusinessDate::from_ordinal(ordinal).map_err(|_| ReadError::Invalid)
    }

    pub(crate) fn number(&mut self) -> Result<u64, ReadError> {
        self.0.array().map(u64::from_be_bytes)
    }

    pub(crate) fn revision(&mut self) -> Result<Revision, ReadError> {
        self.number().map(Revision)
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, ReadError> {
        let ms = i64::from_be_bytes(self.0.array()?);
        Timestamp::from_ms(ms).map_err(|_| ReadError::Invalid)
    }

    /// The end of the key.
    pub(crate) fn finish(self) -> Result<(), ReadError> {
        self.0.finish()
    }
}
