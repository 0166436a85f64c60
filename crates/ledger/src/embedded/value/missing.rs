//! Rows of receipts that people miss. What a receipt was like stands in the person's row alone, sealed under
//! the person's key, so that it goes with the person; the store's row leads there and is sealed as well.

use super::{begin, open, put_maybe, put_optional, put_time, read_maybe, read_optional, read_time};
use super::{read_amount, read_purchase_id};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::fold::fold;
use purchase::id::{Label, MissingId, PurchaseId, SoughtId, StoreId, UserId};
use purchase::money::Amount;
use purchase::text::{Text, check};
use purchase::time::{BusinessDate, Timestamp};

/// Characters of the number on a receipt that somebody misses, at most.
pub const NUMBER_CHARS_MAX: usize = 64;
/// Characters of what the two say to each other, at most.
pub const WORDS_CHARS_MAX: usize = 200;

/// A time of the day, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(u16);

impl Minute {
    const PER_DAY: u16 = 24 * 60;

    /// So many minutes after midnight; none from 24 hours on.
    #[must_use]
    pub const fn new(after_midnight: u16) -> Option<Self> {
        if after_midnight < Self::PER_DAY {
            Some(Self(after_midnight))
        } else {
            None
        }
    }

    /// Hours and minutes.
    #[must_use]
    pub const fn parts(self) -> (u16, u16) {
        (self.0 / 60, self.0 % 60)
    }
}

impl std::fmt::Display for Minute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hours, minutes) = self.parts();
        write!(f, "{hours:02}:{minutes:02}")
    }
}

/// What a person says of a receipt that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// On which day it was.
    pub date: BusinessDate,
    /// At about what time.
    pub minute: Option<Minute>,
    /// What it came to, in the store's currency.
    pub total: Amount,
    /// The number on it, or the till's, at most [`NUMBER_CHARS_MAX`] characters.
    pub number: Option<Text>,
    /// Anything else, at most [`WORDS_CHARS_MAX`] characters.
    pub words: Option<Text>,
}

/// What is compared of a sale with what a person says.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    /// The trading day of its store.
    pub date: BusinessDate,
    /// What it came to.
    pub total: Amount,
    /// Its till.
    pub terminal: &'a Label,
    /// The till's number of it.
    pub transaction: &'a Label,
    /// Its number as printed.
    pub receipt_number: Option<&'a Text>,
}

impl Described {
    /// Is the same receipt meant? Only the words may differ.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.date, self.minute, self.total) == (other.date, other.minute, other.total)
            && self.number == other.number
    }

    /// The days on which it may have been: a trading day need not end at midnight.
    pub fn dates(&self) -> impl Iterator<Item = BusinessDate> + use<> {
        let days = [Some(self.date), self.date.previous(), self.date.next()];
        days.into_iter().flatten()
    }

    /// May this sale be it? The day, or one beside it, and either the total or a number.
    #[must_use]
    pub fn fits(&self, sale: &Sale<'_>) -> bool {
        let is_near = self.dates().any(|date| date == sale.date);
        is_near && (self.total == sale.total || self.has_number_of(sale))
    }

    fn has_number_of(&self, sale: &Sale<'_>) -> bool {
        let Some(number) = &self.number else {
            return false;
        };
        let asked = bare(number.as_str());
        let (terminal, transaction) = (sale.terminal.as_str(), sale.transaction.as_str());
        let printed = sale.receipt_number.map_or("", Text::as_str);
        !asked.is_empty()
            && [printed, transaction, &format!("{terminal}{transaction}")]
                .iter()
                .any(|other| bare(other) == asked)
    }

    /// Can it be read back?
    pub(crate) fn fits_a_row(&self) -> bool {
        let fits = |text: &Option<Text>, chars_max: usize| {
            text.as_ref()
                .is_none_or(|text| check(text.as_str(), chars_max).is_ok())
        };
        fits(&self.number, NUMBER_CHARS_MAX) && fits(&self.words, WORDS_CHARS_MAX)
    }

    fn put(&self, out: &mut Writer) {
        out.raw(&self.date.ordinal().to_be_bytes());
        put_maybe(out, self.minute, |out, minute| {
            out.number(u64::from(minute.0));
        });
        out.signed(self.total.minor());
        put_optional(out, self.number.as_ref());
        put_optional(out, self.words.as_ref());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        let date = BusinessDate::from_ordinal(u32::from_be_bytes(from.array()?));
        let minute = |from: &mut Reader<'_>| {
            let minute = u16::try_from(from.number()?).ok().and_then(Minute::new);
            minute.ok_or(ReadError::Invalid)
        };
        Ok(Self {
            date: date.map_err(|_| ReadError::Invalid)?,
            minute: read_maybe(from, minute)?,
            total: read_amount(from)?,
            number: read_optional(from)?,
            words: read_optional(from)?,
        })
    }
}

/// A number as it is compared: blanks and marks between its digits and letters make no difference.
fn bare(number: &str) -> String {
    fold(number)
        .chars()
        .filter(|it| it.is_alphanumeric())
        .collect()
}

/// Why a store does not give a receipt, in a sentence that each reader has in the reader's own language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// No sale like it was found.
    NoSuchSale,
    /// The store needs to know more: the time, or the number on the receipt.
    TellMore,
    /// The sale was not recorded, or not here.
    NotRecorded,
    /// What the store says in its own words.
    OwnWords,
}

impl WhyNot {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::NoSuchSale,
        Self::TellMore,
        Self::NotRecorded,
        Self::OwnWords,
    ];

    const fn number(self) -> u8 {
        match self {
            Self::NoSuchSale => 1,
            Self::TellMore => 2,
            Self::NotRecorded => 3,
            Self::OwnWords => 4,
        }
    }
}

/// What became of a receipt that a person misses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The store has not answered.
    Open,
    /// The store gave it.
    Found {
        /// The purchase.
        purchase_id: PurchaseId,
        /// When.
        at: Timestamp,
    },
    /// The store does not give it.
    NotFound {
        /// Why.
        why: WhyNot,
        /// What the store says besides.
        words: Option<Text>,
        /// When.
        at: Timestamp,
    },
    /// The store did not answer in time.
    Expired {
        /// When that was noted.
        at: Timestamp,
    },
}

impl Fate {
    /// Since when it is no longer looked for.
    #[must_use]
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Found { at, .. } | Self::NotFound { at, .. } | Self::Expired { at } => Some(*at),
        }
    }

    fn put(&self, out: &mut Writer) {
        match self {
            Self::Open => out.byte(1),
            Self::Found { purchase_id, at } => {
                out.byte(2);
                out.raw(&purchase_id.0);
                put_time(out, *at);
            }
            Self::NotFound { why, words, at } => {
                out.byte(3);
                out.byte(why.number());
                put_optional(out, words.as_ref());
                put_time(out, *at);
            }
            Self::Expired { at } => {
                out.byte(4);
                put_time(out, *at);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(match from.byte()? {
            1 => Self::Open,
            2 => Self::Found {
                purchase_id: read_purchase_id(from)?,
                at: read_time(from)?,
            },
            3 => {
                let number = from.byte()?;
                let why = WhyNot::ALL.into_iter().find(|why| why.number() == number);
                Self::NotFound {
                    why: why.ok_or(ReadError::Invalid)?,
                    words: read_optional(from)?,
                    at: read_time(from)?,
                }
            }
            4 => Self::Expired {
                at: read_time(from)?,
            },
            _ => return Err(ReadError::Invalid),
        })
    }
}

/// What is sealed in a person's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MissingBody {
    pub(crate) store_id: StoreId,
    /// Under what the store has it, as long as it is open.
    pub(crate) sought_id: SoughtId,
    pub(crate) asked_at: Timestamp,
    pub(crate) described: Described,
    pub(crate) fate: Fate,
}

impl MissingBody {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.text(self.store_id.as_str());
        out.raw(&self.sought_id.0);
        put_time(&mut out, self.asked_at);
        self.described.put(&mut out);
        self.fate.put(&mut out);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "missing receipt")?;
        let body = Self {
            store_id: StoreId::parse(from.text()?).map_err(|_| ReadError::Invalid)?,
            sought_id: SoughtId(from.array()?),
            asked_at: read_time(&mut from)?,
            described: Described::read(&mut from)?,
            fate: Fate::read(&mut from)?,
        };
        from.finish()?;
        Ok(body)
    }
}

/// What is sealed in a store's row: where the person's is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SoughtBody {
    pub(crate) user_id: UserId,
    pub(crate) missing_id: MissingId,
}

impl SoughtBody {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.user_id.0);
        out.raw(&self.missing_id.0);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "sought receipt")?;
        let body = Self {
            user_id: UserId(from.array()?),
            missing_id: MissingId(from.array()?),
        };
        from.finish()?;
        Ok(body)
    }
}

/// A row that is nothing but something sealed, of either.
pub(crate) fn encode_sealed(sealed: &[u8]) -> Vec<u8> {
    let mut out = begin();
    out.bytes(sealed);
    out.finish()
}

pub(crate) fn decode_sealed(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut from = open(bytes, "missing receipt")?;
    let sealed = from.bytes()?.to_vec();
    from.finish()?;
    Ok(sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text::new(text, WORDS_CHARS_MAX).unwrap()
    }

    fn date(text: &str) -> BusinessDate {
        BusinessDate::parse(text).unwrap()
    }

    /// A sale of 500 on New Year's Day, whose till counted `7` and printed `No. 12-0345`.
    fn is_fit(described: &str, total: i64, number: Option<&str>) -> bool {
        let (terminal, transaction) = (Label::parse("till 3").unwrap(), Label::parse("7").unwrap());
        let described = Described {
            date: date(described),
            minute: None,
            total: Amount::new(total).unwrap(),
            number: number.map(text),
            words: None,
        };
        described.fits(&Sale {
            date: date("2017-01-01"),
            total: Amount::new(500).unwrap(),
            terminal: &terminal,
            transaction: &transaction,
            receipt_number: Some(&text("No. 12-0345")),
        })
    }

    #[test]
    fn a_sale_fits_by_its_day_and_by_total_or_number() {
        for (day, total, number, fits) in [
            ("2017-01-01", 500, None, true),
            ("2016-12-31", 500, None, true),
            ("2017-01-02", 500, Some("other"), true),
            ("2016-12-30", 500, None, false),
            ("2017-01-03", 500, Some("7"), false),
            ("2017-01-01", 501, None, false),
            ("2017-01-01", 501, Some("7"), true),
            ("2017-01-01", 501, Some("No.12 0345"), true),
            ("2017-01-01", 501, Some("ｎｏ １２０３４５"), true),
            ("2017-01-01", 501, Some("Till 3-7"), true),
            ("2017-01-01", 501, Some("3"), false),
            ("2017-01-01", 501, Some("---"), false),
        ] {
            assert_eq!(is_fit(day, total, number), fits, "{day} {total} {number:?}");
        }
    }

    #[test]
    fn a_day_has_so_many_minutes() {
        let parts = |minute| Minute::new(minute).map(Minute::parts);
        assert_eq!(parts(0), Some((0, 0)));
        assert_eq!(parts(1_439), Some((23, 59)));
        assert_eq!(parts(1_440), None);
    }
}
