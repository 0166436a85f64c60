//! The canonical bytes of an item: in the catalogue, frozen in purchases, and behind the digests
//! of catalogues. Version 1: the name, then a tag byte and a value for each further member, tags
//! ascending, ended by a zero byte.

use super::line::{kind_byte, kind_of, place_byte, place_of, sensitivity_byte, sensitivity_of};
use crate::bytes::{ReadError, Reader, Writer};
use crate::catalogue::Item;
use crate::id::ItemCode;
use crate::limits::TEXT_CHARS_MAX;
use crate::money::Amount;
use crate::quantity::Percent;
use crate::settlement::{ItemKind, Sensitivity};
use crate::text::Text;

/// Tags of optional members. Numbers are for ever.
mod tag {
    pub(super) const END: u8 = 0;
    pub(super) const SHORT_NAME: u8 = 1;
    pub(super) const READING: u8 = 2;
    pub(super) const SIZE: u8 = 3;
    pub(super) const GTIN: u8 = 4;
    pub(super) const KIND: u8 = 5;
    pub(super) const CATEGORY: u8 = 6;
    pub(super) const UNIT: u8 = 7;
    pub(super) const UNIT_PRICE: u8 = 8;
    pub(super) const TAX_PERCENT: u8 = 9;
    pub(super) const TAX_PLACE: u8 = 10;
    pub(super) const SENSITIVITY: u8 = 11;
}

/// Writes an item.
pub fn put(out: &mut Writer, item: &Item) {
    out.text(item.name.as_str());
    let texts = [
        (tag::SHORT_NAME, &item.short_name),
        (tag::READING, &item.reading),
        (tag::SIZE, &item.size),
        (tag::GTIN, &item.gtin),
    ];
    for (tag, text) in texts {
        put_text(out, tag, text.as_ref());
    }
    if item.kind != ItemKind::Goods {
        out.byte(tag::KIND);
        out.byte(kind_byte(item.kind));
    }
    put_text(out, tag::CATEGORY, item.category.as_ref());
    put_text(out, tag::UNIT, item.unit.as_ref());
    if let Some(price) = item.unit_price {
        out.byte(tag::UNIT_PRICE);
        out.signed(price.minor());
    }
    if let Some(percent) = item.tax_percent {
        out.byte(tag::TAX_PERCENT);
        out.number(u64::from(percent.units()));
    }
    if let Some(place) = item.tax_place {
        out.byte(tag::TAX_PLACE);
        out.byte(place_byte(place));
    }
    if item.sensitivity != Sensitivity::Plain {
        out.byte(tag::SENSITIVITY);
        out.byte(sensitivity_byte(item.sensitivity));
    }
    out.byte(tag::END);
}

fn put_text(out: &mut Writer, tag: u8, text: Option<&Text>) {
    if let Some(text) = text {
        out.byte(tag);
        out.text(text.as_str());
    }
}

/// What a catalogue says of a code: the bytes whose SHA-256 the digest of a catalogue sums.
#[must_use]
pub fn statement(code: &ItemCode, item: &Item) -> Vec<u8> {
    let mut out = Writer::with_capacity(96);
    out.text(code.as_str());
    put(&mut out, item);
    out.finish()
}

/// Reads what [`put`] wrote.
///
/// # Errors
/// [`ReadError`] for anything else.
pub fn read(from: &mut Reader<'_>) -> Result<Item, ReadError> {
    let mut item = Item {
        name: read_text(from)?,
        short_name: None,
        reading: None,
        size: None,
        gtin: None,
        kind: ItemKind::Goods,
        category: None,
        unit: None,
        unit_price: None,
        tax_percent: None,
        tax_place: None,
        sensitivity: Sensitivity::Plain,
    };
    let mut last = tag::END;
    loop {
        let tag = from.byte()?;
        match tag {
            tag::END => return Ok(item),
            tag if tag <= last => return Err(ReadError::Invalid),
            tag::SHORT_NAME => item.short_name = Some(read_text(from)?),
            tag::READING => item.reading = Some(read_text(from)?),
            tag::SIZE => item.size = Some(read_text(from)?),
            tag::GTIN => item.gtin = Some(read_text(from)?),
            tag::KIND => item.kind = kind_of(from.byte()?)?,
            tag::CATEGORY => item.category = Some(read_text(from)?),
            tag::UNIT => item.unit = Some(read_text(from)?),
            tag::UNIT_PRICE => {
                let price = Amount::new(from.signed()?).map_err(|_| ReadError::Invalid)?;
                item.unit_price = Some(price);
            }
            tag::TAX_PERCENT => {
                let units = u32::try_from(from.number()?).map_err(|_| ReadError::Invalid)?;
                item.tax_percent =
                    Some(Percent::from_units(units).map_err(|_| ReadError::Invalid)?);
            }
            tag::TAX_PLACE => item.tax_place = Some(place_of(from.byte()?)?),
            tag::SENSITIVITY => item.sensitivity = sensitivity_of(from.byte()?)?,
            _ => return Err(ReadError::Invalid),
        }
        last = tag;
    }
}

/// Reads a stored text; every stored text was proven when it came in.
///
/// # Errors
/// [`ReadError`] if it is none.
pub fn read_text(from: &mut Reader<'_>) -> Result<Text, ReadError> {
    Text::new(from.text()?, TEXT_CHARS_MAX).map_err(|_| ReadError::Invalid)
}
