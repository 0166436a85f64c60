//! The canonical bytes of a settlement: the one form behind its digest and its stored body.
//!
//! Version 1. Required members stand first in a fixed order. Every optional member is a tag byte
//! and its value, tags ascending, ended by a zero byte; what is absent or has its default value
//! contributes nothing. A later version of the contract adds tags and leaves old digests as they
//! are. Encoding is injective: [`decode`] gives back what [`encode`] was given, so two settlements
//! share their bytes only if they say the same.

use crate::bytes::{ReadError, Reader, Writer};
use crate::id::{Label, Revision, SettlementKey, StoreId};
use crate::limits::{EXTRA_BYTES_MAX, LINES_MAX, NOTE_CHARS_MAX, ROWS_MAX, TEXT_CHARS_MAX};
use crate::money::{Amount, Currency};
use crate::settlement::{Buyer, CatalogueMark, ClaimHash, Content, Kind, Settlement};
use crate::text::Text;
use crate::time::{BusinessDate, Timestamp};

pub mod item;
pub mod line;
pub mod patterns;
mod row;

/// The version this build writes.
const VERSION: u8 = 1;

/// Tags of a settlement's optional members. Numbers are for ever.
mod tag {
    pub(super) const END: u8 = 0;
    pub(super) const USER_ID: u8 = 1;
    pub(super) const MEMBER_CODE: u8 = 2;
    pub(super) const PSEUDONYM: u8 = 3;
    pub(super) const CLAIM: u8 = 4;
    pub(super) const CATALOGUE_REVISION: u8 = 5;
    pub(super) const CATALOGUE_LINEAGE: u8 = 6;
    pub(super) const ADJUSTMENTS: u8 = 7;
    pub(super) const TAXES: u8 = 8;
    pub(super) const TENDERS: u8 = 9;
    pub(super) const CHANGE: u8 = 10;
    pub(super) const OF: u8 = 11;
    pub(super) const WITH: u8 = 12;
    pub(super) const RECEIPT_NUMBER: u8 = 13;
    pub(super) const STAFF: u8 = 14;
    pub(super) const POINTS: u8 = 15;
    pub(super) const NOTES: u8 = 16;
    pub(super) const EXTRA: u8 = 17;
}

/// The canonical bytes of `settlement`.
#[must_use]
pub fn encode(settlement: &Settlement) -> Vec<u8> {
    let content = settlement.content();
    let mut out = Writer::with_capacity(128 + content.lines.len() * 40);
    out.byte(VERSION);
    put_key(&mut out, &content.key);
    out.byte(match content.kind {
        Kind::Sale => 1,
        Kind::Return => 2,
        Kind::Void => 3,
    });
    out.signed(content.purchased_at.ms());
    out.raw(&content.currency.bytes());
    put_amount(&mut out, content.total);
    out.count(content.lines.len());
    for line in &content.lines {
        line::put(&mut out, line);
    }
    put_optional(&mut out, content);
    out.finish()
}

fn put_optional(out: &mut Writer, content: &Content) {
    match &content.buyer {
        Buyer::Absent => {}
        Buyer::Id(text) => put_tagged(out, tag::USER_ID, text),
        Buyer::MemberCode(text) => put_tagged(out, tag::MEMBER_CODE, text),
        Buyer::Pseudonym(text) => put_tagged(out, tag::PSEUDONYM, text),
    }
    if let Some(claim) = content.claim {
        out.byte(tag::CLAIM);
        out.raw(&claim.0);
    }
    if let Some(Revision(revision)) = content.mark.revision {
        out.byte(tag::CATALOGUE_REVISION);
        out.number(revision);
    }
    put_option(out, tag::CATALOGUE_LINEAGE, content.mark.lineage.as_ref());
    put_rows(
        out,
        tag::ADJUSTMENTS,
        &content.adjustments,
        row::put_adjustment,
    );
    put_rows(out, tag::TAXES, &content.taxes, row::put_tax);
    put_rows(out, tag::TENDERS, &content.tenders, row::put_tender);
    if content.change != Amount::ZERO {
        out.byte(tag::CHANGE);
        put_amount(out, content.change);
    }
    if let Some(of) = &content.of {
        out.byte(tag::OF);
        row::put_original(out, of);
    }
    if let Some(with) = &content.with {
        out.byte(tag::WITH);
        put_key(out, with);
    }
    put_option(out, tag::RECEIPT_NUMBER, content.receipt_number.as_ref());
    put_option(out, tag::STAFF, content.staff.as_ref());
    if let Some(points) = content.points {
        out.byte(tag::POINTS);
        row::put_points(out, points);
    }
    put_rows(out, tag::NOTES, &content.notes, |out, note| {
        out.text(note.as_str())
    });
    if let Some(extra) = &content.extra {
        out.byte(tag::EXTRA);
        out.text(extra);
    }
    out.byte(tag::END);
}

/// Reads canonical bytes back.
///
/// # Errors
/// [`ReadError`] if they are not what [`encode`] writes.
pub fn decode(bytes: &[u8]) -> Result<Settlement, ReadError> {
    let mut from = Reader::new(bytes);
    if from.byte()? != VERSION {
        return Err(ReadError::Invalid);
    }
    let key = read_key(&mut from)?;
    let kind = match from.byte()? {
        1 => Kind::Sale,
        2 => Kind::Return,
        3 => Kind::Void,
        _ => return Err(ReadError::Invalid),
    };
    let purchased_at = read_time(&mut from)?;
    let currency = read_currency(&mut from)?;
    let total = read_amount(&mut from)?;
    let count = from.count(LINES_MAX)?;
    let lines = read_many(&mut from, count, line::read)?;
    let mut content = Content {
        key,
        kind,
        purchased_at,
        currency,
        buyer: Buyer::Absent,
        claim: None,
        mark: CatalogueMark {
            revision: None,
            lineage: None,
        },
        lines,
        total,
        adjustments: Vec::new(),
        taxes: Vec::new(),
        tenders: Vec::new(),
        change: Amount::ZERO,
        of: None,
        with: None,
        receipt_number: None,
        staff: None,
        points: None,
        notes: Vec::new(),
        extra: None,
    };
    read_tags(&mut from, |tag, from| {
        read_optional(tag, from, &mut content)
    })?;
    from.finish()?;
    Settlement::prove(content).map_err(|_| ReadError::Invalid)
}

fn read_optional(tag: u8, from: &mut Reader<'_>, content: &mut Content) -> Result<(), ReadError> {
    match tag {
        tag::USER_ID | tag::MEMBER_CODE | tag::PSEUDONYM if content.buyer != Buyer::Absent => {
            return Err(ReadError::Invalid);
        }
        tag::USER_ID => content.buyer = Buyer::Id(read_text(from)?),
        tag::MEMBER_CODE => content.buyer = Buyer::MemberCode(read_text(from)?),
        tag::PSEUDONYM => content.buyer = Buyer::Pseudonym(read_text(from)?),
        tag::CLAIM => content.claim = Some(ClaimHash(from.array()?)),
        tag::CATALOGUE_REVISION => content.mark.revision = Some(Revision(from.number()?)),
        tag::CATALOGUE_LINEAGE => content.mark.lineage = Some(read_text(from)?),
        tag::ADJUSTMENTS => content.adjustments = read_rows(from, row::read_adjustment)?,
        tag::TAXES => content.taxes = read_rows(from, row::read_tax)?,
        tag::TENDERS => content.tenders = read_rows(from, row::read_tender)?,
        tag::CHANGE => content.change = read_nonzero_amount(from)?,
        tag::OF => content.of = Some(row::read_original(from)?),
        tag::WITH => content.with = Some(read_key(from)?),
        tag::RECEIPT_NUMBER => content.receipt_number = Some(read_text(from)?),
        tag::STAFF => content.staff = Some(read_text(from)?),
        tag::POINTS => content.points = Some(row::read_points(from)?),
        tag::NOTES => {
            content.notes = read_rows(from, |from| {
                Text::new(from.text()?, NOTE_CHARS_MAX).map_err(|_| ReadError::Invalid)
            })?;
        }
        tag::EXTRA => {
            let extra = from.text()?;
            if extra.len() > EXTRA_BYTES_MAX {
                return Err(ReadError::Invalid);
            }
            content.extra = Some(extra.into());
        }
        _ => return Err(ReadError::Invalid),
    }
    Ok(())
}

/// Reads tags in ascending order up to the zero byte, each with what `read` makes of it.
fn read_tags<'a>(
    from: &mut Reader<'a>,
    mut read: impl FnMut(u8, &mut Reader<'a>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut last = tag::END;
    loop {
        let tag = from.byte()?;
        if tag == tag::END {
            return Ok(());
        }
        if tag <= last {
            return Err(ReadError::Invalid);
        }
        last = tag;
        read(tag, from)?;
    }
}

/// Writes a settlement key; also the first part of stored rows that name one.
pub fn put_key(out: &mut Writer, key: &SettlementKey) {
    out.text(key.store_id.as_str());
    out.text(key.terminal.as_str());
    out.number(u64::from(key.business_date.ordinal()));
    out.text(key.transaction.as_str());
}

/// Reads what [`put_key`] wrote.
///
/// # Errors
/// [`ReadError`] for anything else.
pub fn read_key(from: &mut Reader<'_>) -> Result<SettlementKey, ReadError> {
    let store_id = StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?;
    let terminal = Label::parse(from.text()?).map_err(|_| ReadError::Invalid)?;
    let ordinal = u32::try_from(from.number()?).map_err(|_| ReadError::Invalid)?;
    let business_date = BusinessDate::from_ordinal(ordinal).map_err(|_| ReadError::Invalid)?;
    let transaction = Label::parse(from.text()?).map_err(|_| ReadError::Invalid)?;
    Ok(SettlementKey {
        store_id,
        terminal,
        business_date,
        transaction,
    })
}

fn put_amount(out: &mut Writer, amount: Amount) {
    out.signed(amount.minor());
}

fn read_amount(from: &mut Reader<'_>) -> Result<Amount, ReadError> {
    Amount::new(from.signed()?).map_err(|_| ReadError::Invalid)
}

/// An amount that is only written where it differs from its default, which is zero.
fn read_nonzero_amount(from: &mut Reader<'_>) -> Result<Amount, ReadError> {
    match read_amount(from)? {
        Amount::ZERO => Err(ReadError::Invalid),
        amount => Ok(amount),
    }
}

fn read_time(from: &mut Reader<'_>) -> Result<Timestamp, ReadError> {
    Timestamp::from_ms(from.signed()?).map_err(|_| ReadError::Invalid)
}

fn read_currency(from: &mut Reader<'_>) -> Result<Currency, ReadError> {
    let code = from.raw(3)?;
    let code = str::from_utf8(code).map_err(|_| ReadError::Invalid)?;
    Currency::parse(code).map_err(|_| ReadError::Invalid)
}

fn read_text(from: &mut Reader<'_>) -> Result<Text, ReadError> {
    Text::new(from.text()?, TEXT_CHARS_MAX).map_err(|_| ReadError::Invalid)
}

fn put_tagged(out: &mut Writer, tag: u8, text: &Text) {
    out.byte(tag);
    out.text(text.as_str());
}

fn put_option(out: &mut Writer, tag: u8, text: Option<&Text>) {
    if let Some(text) = text {
        put_tagged(out, tag, text);
    }
}

fn put_rows<T>(out: &mut Writer, tag: u8, rows: &[T], put: impl Fn(&mut Writer, &T)) {
    if !rows.is_empty() {
        out.byte(tag);
        out.count(rows.len());
        for row in rows {
            put(out, row);
        }
    }
}

fn read_rows<'a, T>(
    from: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let count = from.count(ROWS_MAX)?;
    if count == 0 {
        return Err(ReadError::Invalid);
    }
    read_many(from, count, read)
}

/// Reads `count` values. Each takes a byte at least, so that no count makes room for more.
fn read_many<'a, T>(
    from: &mut Reader<'a>,
    count: usize,
    read: impl Fn(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut values = Vec::with_capacity(count.min(from.rest().len()));
    for _ in 0..count {
        values.push(read(from)?);
    }
    Ok(values)
}
