//! The canonical bytes of the rows around the lines: adjustments, taxes, tenders, originals.

use super::line::{place_byte, place_of, read_line_number, read_percent};
use super::{put_amount, put_key, read_amount, read_currency, read_key, read_text};
use crate::bytes::{ReadError, Reader, Writer};
use crate::limits::LINES_MAX;
use crate::quantity::Quantity;
use crate::settlement::{
    Adjustment, AdjustmentKind, Card, NamedAmount, Original, OriginalLine, Points, Reduced, Tax,
    TaxClass, Tender, TenderKind,
};
use crate::text::Text;

/// Writes 0 for nothing, or 1 and the value.
fn put_maybe<T>(out: &mut Writer, value: Option<T>, put: impl FnOnce(&mut Writer, T)) {
    match value {
        None => out.byte(0),
        Some(value) => {
            out.byte(1);
            put(out, value);
        }
    }
}

fn read_maybe<'a, T>(
    from: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Option<T>, ReadError> {
    match from.byte()? {
        0 => Ok(None),
        1 => read(from).map(Some),
        _ => Err(ReadError::Invalid),
    }
}

fn put_text(out: &mut Writer, text: &Text) {
    out.text(text.as_str());
}

pub(super) fn put_named(out: &mut Writer, named: &NamedAmount) {
    out.text(named.label.as_str());
    put_amount(out, named.amount);
}

pub(super) fn read_named(from: &mut Reader<'_>) -> Result<NamedAmount, ReadError> {
    Ok(NamedAmount {
        label: read_text(from)?,
        amount: read_amount(from)?,
    })
}

pub(super) fn put_adjustment(out: &mut Writer, row: &Adjustment) {
    out.byte(match row.kind {
        AdjustmentKind::Coupon => 1,
        AdjustmentKind::Discount => 2,
        AdjustmentKind::Bundle => 3,
        AdjustmentKind::Points => 4,
        AdjustmentKind::Deposit => 5,
        AdjustmentKind::Fee => 6,
        AdjustmentKind::Rounding => 7,
        AdjustmentKind::Other => 8,
    });
    out.text(row.label.as_str());
    put_amount(out, row.amount);
    put_maybe(out, row.tax_percent, |out, percent| {
        out.number(u64::from(percent.units()))
    });
    out.count(row.lines.len());
    for line in &row.lines {
        out.number(u64::from(line.0));
    }
}

pub(super) fn read_adjustment(from: &mut Reader<'_>) -> Result<Adjustment, ReadError> {
    let kind = match from.byte()? {
        1 => AdjustmentKind::Coupon,
        2 => AdjustmentKind::Discount,
        3 => AdjustmentKind::Bundle,
        4 => AdjustmentKind::Points,
        5 => AdjustmentKind::Deposit,
        6 => AdjustmentKind::Fee,
        7 => AdjustmentKind::Rounding,
        8 => AdjustmentKind::Other,
        _ => return Err(ReadError::Invalid),
    };
    let label = read_text(from)?;
    let amount = read_amount(from)?;
    let tax_percent = read_maybe(from, read_percent)?;
    let count = from.count(LINES_MAX)?;
    let lines = (0..count)
        .map(|_| read_line_number(from))
        .collect::<Result<_, _>>()?;
    Ok(Adjustment {
        kind,
        label,
        amount,
        tax_percent,
        lines,
    })
}

pub(super) fn put_tax(out: &mut Writer, row: &Tax) {
    out.number(u64::from(row.percent.units()));
    out.byte(place_byte(row.place));
    put_amount(out, row.taxable);
    put_amount(out, row.tax);
    out.byte(match row.reduced {
        None => 0,
        Some(Reduced::Full) => 1,
        Some(Reduced::Reduced) => 2,
    });
    out.byte(match row.class {
        None => 0,
        Some(TaxClass::Exempt) => 1,
        Some(TaxClass::Outside) => 2,
    });
}

pub(super) fn read_tax(from: &mut Reader<'_>) -> Result<Tax, ReadError> {
    Ok(Tax {
        percent: read_percent(from)?,
        place: place_of(from.byte()?)?,
        taxable: read_amount(from)?,
        tax: read_amount(from)?,
        reduced: match from.byte()? {
            0 => None,
            1 => Some(Reduced::Full),
            2 => Some(Reduced::Reduced),
            _ => return Err(ReadError::Invalid),
        },
        class: match from.byte()? {
            0 => None,
            1 => Some(TaxClass::Exempt),
            2 => Some(TaxClass::Outside),
            _ => return Err(ReadError::Invalid),
        },
    })
}

pub(super) fn put_tender(out: &mut Writer, row: &Tender) {
    out.byte(match row.kind {
        TenderKind::Cash => 1,
        TenderKind::Card => 2,
        TenderKind::Emoney => 3,
        TenderKind::Qr => 4,
        TenderKind::Points => 5,
        TenderKind::Voucher => 6,
        TenderKind::Credit => 7,
        TenderKind::Exchange => 8,
        TenderKind::Other => 9,
    });
    put_amount(out, row.amount);
    put_maybe(out, row.label.as_ref(), put_text);
    put_maybe(out, row.currency, |out, currency| {
        out.raw(&currency.bytes())
    });
    put_maybe(out, row.card.as_ref(), |out, card| {
        put_text(out, &card.brand);
        put_maybe(out, card.first6.as_ref(), put_text);
        put_text(out, &card.last4);
    });
}

pub(super) fn read_tender(from: &mut Reader<'_>) -> Result<Tender, ReadError> {
    Ok(Tender {
        kind: match from.byte()? {
            1 => TenderKind::Cash,
            2 => TenderKind::Card,
            3 => TenderKind::Emoney,
            4 => TenderKind::Qr,
            5 => TenderKind::Points,
            6 => TenderKind::Voucher,
            7 => TenderKind::Credit,
            8 => TenderKind::Exchange,
            9 => TenderKind::Other,
            _ => return Err(ReadError::Invalid),
        },
        amount: read_amount(from)?,
        label: read_maybe(from, read_text)?,
        currency: read_maybe(from, read_currency)?,
        card: read_maybe(from, |from| {
            Ok(Card {
                brand: read_text(from)?,
                first6: read_maybe(from, read_text)?,
                last4: read_text(from)?,
            })
        })?,
    })
}

pub(super) fn put_original(out: &mut Writer, of: &Original) {
    put_key(out, &of.key);
    out.count(of.lines.len());
    for entry in &of.lines {
        out.number(u64::from(entry.line.0));
        out.number(entry.quantity.micros());
    }
}

pub(super) fn read_original(from: &mut Reader<'_>) -> Result<Original, ReadError> {
    let key = read_key(from)?;
    let count = from.count(LINES_MAX)?;
    let lines = (0..count)
        .map(|_| {
            let line = read_line_number(from)?;
            let quantity = Quantity::from_micros(from.number()?).map_err(|_| ReadError::Invalid)?;
            Ok(OriginalLine { line, quantity })
        })
        .collect::<Result<_, ReadError>>()?;
    Ok(Original { key, lines })
}

pub(super) fn put_points(out: &mut Writer, points: Points) {
    for amount in [points.earned, points.used, points.balance] {
        put_maybe(out, amount, put_amount);
    }
}

pub(super) fn read_points(from: &mut Reader<'_>) -> Result<Points, ReadError> {
    Ok(Points {
        earned: read_maybe(from, read_amount)?,
        used: read_maybe(from, read_amount)?,
        balance: read_maybe(from, read_amount)?,
    })
}
