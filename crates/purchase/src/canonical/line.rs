//! The canonical bytes of one line.

use super::{
    put_amount, put_option, put_rows, read_amount, read_nonzero_amount, read_rows, read_tags,
    read_text, read_time, row,
};
use crate::bytes::{ReadError, Reader, Writer};
use crate::id::ItemCode;
use crate::money::Amount;
use crate::quantity::{Percent, Quantity};
use crate::settlement::{ItemKind, Line, LineNumber, PricedBy, Sensitivity, TaxPlace};

/// Tags of a line's optional members. Numbers are for ever.
mod tag {
    pub(super) const END: u8 = 0;
    pub(super) const CODE: u8 = 1;
    pub(super) const NAME: u8 = 2;
    pub(super) const UNIT: u8 = 3;
    pub(super) const DISCOUNT: u8 = 4;
    pub(super) const DISCOUNTS: u8 = 5;
    pub(super) const LIST_PRICE: u8 = 6;
    pub(super) const TAX_PERCENT: u8 = 7;
    pub(super) const TAX_INCLUDED: u8 = 8;
    pub(super) const PRICED_BY_TILL: u8 = 9;
    pub(super) const GTIN: u8 = 10;
    pub(super) const KIND: u8 = 11;
    pub(super) const CATEGORY: u8 = 12;
    pub(super) const PART_OF: u8 = 13;
    pub(super) const SERVICE_FROM: u8 = 14;
    pub(super) const SERVICE_TO: u8 = 15;
    pub(super) const SENSITIVE: u8 = 16;
}

pub(super) fn put(out: &mut Writer, line: &Line) {
    out.number(line.quantity.micros());
    put_amount(out, line.unit_price);
    put_amount(out, line.amount);
    if let Some(code) = &line.code {
        out.byte(tag::CODE);
        out.text(code.as_str());
    }
    put_option(out, tag::NAME, line.name.as_ref());
    put_option(out, tag::UNIT, line.unit.as_ref());
    if line.discount != Amount::ZERO {
        out.byte(tag::DISCOUNT);
        put_amount(out, line.discount);
    }
    put_rows(out, tag::DISCOUNTS, &line.discounts, row::put_named);
    if let Some(price) = line.list_price {
        out.byte(tag::LIST_PRICE);
        put_amount(out, price);
    }
    if let Some(percent) = line.tax_percent {
        out.byte(tag::TAX_PERCENT);
        out.number(u64::from(percent.units()));
    }
    if let Some(place) = line.tax_place {
        out.byte(tag::TAX_INCLUDED);
        out.byte(place_byte(place));
    }
    if line.priced_by == PricedBy::Till {
        out.byte(tag::PRICED_BY_TILL);
    }
    put_option(out, tag::GTIN, line.gtin.as_ref());
    if let Some(kind) = line.kind {
        out.byte(tag::KIND);
        out.byte(kind_byte(kind));
    }
    put_option(out, tag::CATEGORY, line.category.as_ref());
    if let Some(parent) = line.part_of {
        out.byte(tag::PART_OF);
        out.number(u64::from(parent.0));
    }
    for (tag, time) in [
        (tag::SERVICE_FROM, line.service_from),
        (tag::SERVICE_TO, line.service_to),
    ] {
        if let Some(time) = time {
            out.byte(tag);
            out.signed(time.ms());
        }
    }
    if let Some(sensitivity) = line.sensitivity {
        out.byte(tag::SENSITIVE);
        out.byte(sensitivity_byte(sensitivity));
    }
    out.byte(tag::END);
}

pub(super) fn read(from: &mut Reader<'_>) -> Result<Line, ReadError> {
    let quantity = Quantity::from_micros(from.number()?).map_err(|_| ReadError::Invalid)?;
    let mut line = Line {
        code: None,
        name: None,
        quantity,
        unit: None,
        unit_price: read_amount(from)?,
        discount: Amount::ZERO,
        amount: read_amount(from)?,
        discounts: Vec::new(),
        list_price: None,
        tax_percent: None,
        tax_place: None,
        priced_by: PricedBy::Product,
        gtin: None,
        kind: None,
        category: None,
        part_of: None,
        service_from: None,
        service_to: None,
        sensitivity: None,
    };
    read_tags(from, |tag, from| read_optional(tag, from, &mut line))?;
    Ok(line)
}

fn read_optional(tag: u8, from: &mut Reader<'_>, line: &mut Line) -> Result<(), ReadError> {
    match tag {
        tag::CODE => {
            line.code = Some(ItemCode::parse(from.text()?).map_err(|_| ReadError::Invalid)?);
        }
        tag::NAME => line.name = Some(read_text(from)?),
        tag::UNIT => line.unit = Some(read_text(from)?),
        tag::DISCOUNT => line.discount = read_nonzero_amount(from)?,
        tag::DISCOUNTS => line.discounts = read_rows(from, row::read_named)?,
        tag::LIST_PRICE => line.list_price = Some(read_amount(from)?),
        tag::TAX_PERCENT => line.tax_percent = Some(read_percent(from)?),
        tag::TAX_INCLUDED => line.tax_place = Some(place_of(from.byte()?)?),
        tag::PRICED_BY_TILL => line.priced_by = PricedBy::Till,
        tag::GTIN => line.gtin = Some(read_text(from)?),
        tag::KIND => line.kind = Some(kind_of(from.byte()?)?),
        tag::CATEGORY => line.category = Some(read_text(from)?),
        tag::PART_OF => line.part_of = Some(read_line_number(from)?),
        tag::SERVICE_FROM => line.service_from = Some(read_time(from)?),
        tag::SERVICE_TO => line.service_to = Some(read_time(from)?),
        tag::SENSITIVE => line.sensitivity = Some(sensitivity_of(from.byte()?)?),
        _ => return Err(ReadError::Invalid),
    }
    Ok(())
}

pub(super) fn read_percent(from: &mut Reader<'_>) -> Result<Percent, ReadError> {
    let units = u32::try_from(from.number()?).map_err(|_| ReadError::Invalid)?;
    Percent::from_units(units).map_err(|_| ReadError::Invalid)
}

pub(super) fn read_line_number(from: &mut Reader<'_>) -> Result<LineNumber, ReadError> {
    u16::try_from(from.number()?)
        .map(LineNumber)
        .map_err(|_| ReadError::Invalid)
}

/// The byte of a tax place, here and in stored items.
#[must_use]
pub const fn place_byte(place: TaxPlace) -> u8 {
    match place {
        TaxPlace::Included => 1,
        TaxPlace::Excluded => 2,
    }
}

/// Reads [`place_byte`].
///
/// # Errors
/// [`ReadError::Invalid`] for any other byte.
pub const fn place_of(byte: u8) -> Result<TaxPlace, ReadError> {
    match byte {
        1 => Ok(TaxPlace::Included),
        2 => Ok(TaxPlace::Excluded),
        _ => Err(ReadError::Invalid),
    }
}

/// The byte of an item kind, here and in stored items.
#[must_use]
pub const fn kind_byte(kind: ItemKind) -> u8 {
    match kind {
        ItemKind::Goods => 1,
        ItemKind::Service => 2,
    }
}

/// Reads [`kind_byte`].
///
/// # Errors
/// [`ReadError::Invalid`] for any other byte.
pub const fn kind_of(byte: u8) -> Result<ItemKind, ReadError> {
    match byte {
        1 => Ok(ItemKind::Goods),
        2 => Ok(ItemKind::Service),
        _ => Err(ReadError::Invalid),
    }
}

/// The byte of a sensitivity, here and in stored items.
#[must_use]
pub const fn sensitivity_byte(sensitivity: Sensitivity) -> u8 {
    match sensitivity {
        Sensitivity::Plain => 1,
        Sensitivity::Sensitive => 2,
    }
}

/// Reads [`sensitivity_byte`].
///
/// # Errors
/// [`ReadError::Invalid`] for any other byte.
pub const fn sensitivity_of(byte: u8) -> Result<Sensitivity, ReadError> {
    match byte {
        1 => Ok(Sensitivity::Plain),
        2 => Ok(Sensitivity::Sensitive),
        _ => Err(ReadError::Invalid),
    }
}
