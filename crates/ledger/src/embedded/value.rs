//! Every stored value of the embedded ledger. Each begins with a version byte; a reader that meets
//! an unknown one says so and guesses nothing.

use crate::fault::Fault;
use crate::keyring::Slot;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::id::{OwnerId, PurchaseId, UnclaimedId, UserId};
use purchase::money::{Amount, Currency, Sum};
use purchase::settlement::Kind;
use purchase::text::Text;
use purchase::time::Timestamp;

pub(crate) mod catalogue;
pub(crate) mod codes;
pub(crate) mod household;
pub(crate) mod identity;
pub(crate) mod merger;
pub(crate) mod missing;
pub(crate) mod operator;
pub(crate) mod partner;
pub(crate) mod people;
pub(crate) mod purchase_row;
pub(crate) mod report;
pub(crate) mod settlement;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod to_file;

/// The version of every value that has only one.
pub(crate) const VERSION: u8 = 1;

pub(crate) fn begin() -> Writer {
    let mut out = Writer::default();
    out.byte(VERSION);
    out
}

/// Opens a value of `what`, with its version checked.
pub(crate) fn open<'a>(bytes: &'a [u8], what: &str) -> Result<Reader<'a>, Fault> {
    open_up_to(bytes, what, VERSION).map(|(_, from)| from)
}

/// Opens a value of `what` that has versions up to `last`, and tells which it is.
pub(crate) fn open_up_to<'a>(
    bytes: &'a [u8],
    what: &str,
    last: u8,
) -> Result<(u8, Reader<'a>), Fault> {
    let mut from = Reader::new(bytes);
    match from.byte() {
        Ok(version) if (VERSION..=last).contains(&version) => Ok((version, from)),
        Ok(other) => Err(Fault::damaged(format!(
            "a {what} row has the unknown version {other}"
        ))),
        Err(_) => Err(Fault::damaged(format!("a {what} row is empty"))),
    }
}

pub(crate) fn put_owner(out: &mut Writer, owner: OwnerId) {
    out.raw(&super::key::owner_bytes(owner));
}

pub(crate) fn read_owner(from: &mut Reader<'_>) -> Result<OwnerId, ReadError> {
    match (from.byte()?, from.array::<16>()?) {
        (1, id) => Ok(OwnerId::User(UserId(id))),
        (2, id) => Ok(OwnerId::Unclaimed(UnclaimedId(id))),
        (_, _) => Err(ReadError::Invalid),
    }
}

pub(crate) fn read_purchase_id(from: &mut Reader<'_>) -> Result<PurchaseId, ReadError> {
    from.array().map(PurchaseId)
}

pub(crate) fn read_slot(from: &mut Reader<'_>) -> Result<Slot, ReadError> {
    from.number().map(Slot)
}

pub(crate) fn put_time(out: &mut Writer, time: Timestamp) {
    out.signed(time.ms());
}

pub(crate) fn read_time(from: &mut Reader<'_>) -> Result<Timestamp, ReadError> {
    Timestamp::from_ms(from.signed()?).map_err(|_| ReadError::Invalid)
}

pub(crate) fn put_currency(out: &mut Writer, currency: Currency) {
    out.raw(&currency.bytes());
}

pub(crate) fn read_currency(from: &mut Reader<'_>) -> Result<Currency, ReadError> {
    let code = str::from_utf8(from.raw(3)?).map_err(|_| ReadError::Invalid)?;
    Currency::parse(code).map_err(|_| ReadError::Invalid)
}

pub(crate) fn read_amount(from: &mut Reader<'_>) -> Result<Amount, ReadError> {
    Amount::new(from.signed()?).map_err(|_| ReadError::Invalid)
}

pub(crate) fn kind_byte(kind: Kind) -> u8 {
    match kind {
        Kind::Sale => 1,
        Kind::Return => 2,
        Kind::Void => 3,
    }
}

pub(crate) fn read_kind(from: &mut Reader<'_>) -> Result<Kind, ReadError> {
    match from.byte()? {
        1 => Ok(Kind::Sale),
        2 => Ok(Kind::Return),
        3 => Ok(Kind::Void),
        _ => Err(ReadError::Invalid),
    }
}

/// An optional text as a text that may be empty; no proven text is.
pub(crate) fn put_optional(out: &mut Writer, text: Option<&Text>) {
    out.text(text.map_or("", Text::as_str));
}

pub(crate) fn read_optional(from: &mut Reader<'_>) -> Result<Option<Text>, ReadError> {
    let mut ahead = *from;
    if ahead.text()?.is_empty() {
        *from = ahead;
        return Ok(None);
    }
    read_text(from).map(Some)
}

pub(crate) fn put_maybe<T>(out: &mut Writer, value: Option<T>, put: impl FnOnce(&mut Writer, T)) {
    match value {
        None => out.byte(0),
        Some(value) => {
            out.byte(1);
            put(out, value);
        }
    }
}

pub(crate) fn read_maybe<'a, T>(
    from: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Option<T>, ReadError> {
    match from.byte()? {
        0 => Ok(None),
        1 => read(from).map(Some),
        _ => Err(ReadError::Invalid),
    }
}

/// How many, and how much in each currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Settlements of every kind.
    pub settlements: u64,
    /// Their lines.
    pub lines: u64,
    /// Lines that have no name yet.
    pub pending: u64,
    /// Sales less returns, per currency; a voided pair counts zero.
    pub totals: Vec<(Currency, Sum)>,
}

impl Tally {
    /// Adds `sum` in `currency`.
    pub fn add(&mut self, currency: Currency, sum: Sum) {
        match self.totals.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, total)) => *total = total.join(sum),
            None => self.totals.push((currency, sum)),
        }
    }

    /// Adds another tally to this one.
    pub fn join(&mut self, other: &Self) {
        self.settlements += other.settlements;
        self.lines += other.lines;
        self.pending += other.pending;
        for (currency, sum) in &other.totals {
            self.add(*currency, *sum);
        }
    }

    pub(crate) fn put(&self, out: &mut Writer) {
        out.number(self.settlements);
        out.number(self.lines);
        out.number(self.pending);
        out.count(self.totals.len());
        for (currency, sum) in &self.totals {
            put_currency(out, *currency);
            out.raw(&sum.minor().to_be_bytes());
        }
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        let (settlements, lines, pending) = (from.number()?, from.number()?, from.number()?);
        let count = from.count(1_000)?;
        let totals = (0..count)
            .map(|_| {
                let currency = read_currency(from)?;
                Ok((
                    currency,
                    Sum::from_minor(i128::from_be_bytes(from.array()?)),
                ))
            })
            .collect::<Result<_, ReadError>>()?;
        Ok(Self {
            settlements,
            lines,
            pending,
            totals,
        })
    }
}
