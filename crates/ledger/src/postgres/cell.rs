//! Values as columns hold them, and the bytes in which PostgreSQL takes them. A column that people
//! read is written from here and never read back by the server.

use bytes::BytesMut;
use purchase::id::Revision;
use purchase::money::{Currency, Sum};
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};
use std::error::Error;
use std::fmt::Write as _;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A text; ids are written as the server gives them out, such as `pur_…`.
    Text,
    /// Bytes.
    Bytes,
    /// A whole number.
    Whole,
    /// An instant.
    Instant,
    /// A store's trading day.
    Day,
    /// Yes or no.
    Truth,
    /// How much in each currency, in its smallest unit: `{"JPY": 1980}`.
    Totals,
}

impl Shape {
    /// What a column of this shape is declared as.
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bytes => "bytea",
            Self::Whole => "bigint",
            Self::Instant => "timestamptz",
            Self::Day => "date",
            Self::Truth => "boolean",
            Self::Totals => "jsonb",
        }
    }

    /// As what a value of this shape travels.
    pub(crate) const fn wire(self) -> Type {
        match self {
            Self::Text => Type::TEXT,
            Self::Bytes => Type::BYTEA,
            Self::Whole => Type::INT8,
            Self::Instant => Type::TIMESTAMPTZ,
            Self::Day => Type::DATE,
            Self::Truth => Type::BOOL,
            Self::Totals => Type::JSONB,
        }
    }
}

const SHAPES: [Shape; 7] = [
    Shape::Text,
    Shape::Bytes,
    Shape::Whole,
    Shape::Instant,
    Shape::Day,
    Shape::Truth,
    Shape::Totals,
];

/// A value of a column, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Nothing.
    Null,
    /// As [`Shape::Text`].
    Text(String),
    /// As [`Shape::Bytes`].
    Bytes(Vec<u8>),
    /// As [`Shape::Whole`].
    Whole(i64),
    /// As [`Shape::Instant`].
    Instant(Timestamp),
    /// As [`Shape::Day`].
    Day(BusinessDate),
    /// As [`Shape::Truth`].
    Truth(bool),
    /// As [`Shape::Totals`].
    Totals(Vec<(Currency, Sum)>),
}

impl Cell {
    /// A text. PostgreSQL takes no U+0000 in one, and a column for people is no reason to refuse a
    /// row: the door lets none in, and one that came by another way is shown as unknown.
    pub(crate) fn text(text: &str) -> Self {
        if text.contains('\0') {
            return Self::Text(text.replace('\0', "\u{fffd}"));
        }
        Self::Text(text.to_owned())
    }

    /// Something in the form in which the server gives it out.
    pub(crate) fn shown(shown: impl ToString) -> Self {
        Self::text(&shown.to_string())
    }

    /// A number. One beyond the column's greatest is shown as that; its key or row has it whole.
    pub(crate) fn number(number: impl TryInto<i64>) -> Self {
        Self::Whole(number.try_into().unwrap_or(i64::MAX))
    }

    /// A revision.
    pub(crate) fn revision(revision: Revision) -> Self {
        Self::number(revision.0)
    }

    /// A text that may be missing.
    pub(crate) fn maybe(text: Option<&Text>) -> Self {
        text.map_or(Self::Null, |text| Self::text(text.as_str()))
    }

    /// What the column that it fits into holds; what is missing fits anywhere.
    pub(crate) const fn shape(&self) -> Option<Shape> {
        match self {
            Self::Null => None,
            Self::Text(_) => Some(Shape::Text),
            Self::Bytes(_) => Some(Shape::Bytes),
            Self::Whole(_) => Some(Shape::Whole),
            Self::Instant(_) => Some(Shape::Instant),
            Self::Day(_) => Some(Shape::Day),
            Self::Truth(_) => Some(Shape::Truth),
            Self::Totals(_) => Some(Shape::Totals),
        }
    }
}

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts microseconds.
const EPOCH_MS: i64 = 946_684_800_000;

impl ToSql for Cell {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if self.shape().is_some_and(|shape| shape.wire() != *wanted) {
            return Err(format!("{self:?} was written into a column of {wanted}").into());
        }
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Text(text) => out.extend_from_slice(text.as_bytes()),
            Self::Bytes(bytes) => out.extend_from_slice(bytes),
            Self::Whole(number) => out.extend_from_slice(&number.to_be_bytes()),
            Self::Instant(time) => {
                let micros = (time.ms() - EPOCH_MS) * 1_000;
                out.extend_from_slice(&micros.to_be_bytes());
            }
            Self::Day(date) => out.extend_from_slice(&days_since_2000(*date).to_be_bytes()),
            Self::Truth(truth) => out.extend_from_slice(&[u8::from(*truth)]),
            Self::Totals(totals) => {
                // The version of the form in which a jsonb travels.
                out.extend_from_slice(&[1]);
                out.extend_from_slice(object(totals).as_bytes());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(wanted: &Type) -> bool {
        SHAPES.iter().any(|shape| shape.wire() == *wanted)
    }

    to_sql_checked!();
}

/// Totals as a JSON object. A currency is three letters, and its sum has no fraction.
fn object(totals: &[(Currency, Sum)]) -> String {
    let mut text = String::from("{");
    for (currency, sum) in totals {
        let comma = if text.len() > 1 { "," } else { "" };
        // A text takes all that is written into it.
        let _ = write!(text, r#"{comma}"{}":{}"#, currency.code(), sum.minor());
    }
    text.push('}');
    text
}

/// Days from 2000-01-01 to a day, in the calendar of [`BusinessDate`]. The year is taken to begin in
/// March, so that the day that only some years have is its last.
fn days_since_2000(date: BusinessDate) -> i32 {
    let (year, month, day) = date.parts();
    let year = i32::from(year) - i32::from(month <= 2);
    let months = (i32::from(month) + 9) % 12;
    let day_of_year = (153 * months + 2) / 5 + i32::from(day) - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 730_425
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        let rows = [
            ((1970, 1, 1), -10_957),
            ((1999, 12, 31), -1),
            ((2000, 1, 1), 0),
            ((2000, 2, 29), 59),
            ((2000, 3, 1), 60),
            ((2017, 1, 1), 6_210),
            ((2100, 3, 1), 36_584),
            ((9999, 12, 31), 2_921_939),
        ];
        for ((year, month, day), expected) in rows {
            let date = BusinessDate::new(year, month, day).unwrap();
            assert_eq!(days_since_2000(date), expected, "{date}");
        }
    }

    #[test]
    fn no_text_holds_what_the_database_refuses() {
        assert_eq!(Cell::text("a\0b"), Cell::Text("a\u{fffd}b".to_owned()));
    }

    #[test]
    fn totals_are_an_object() {
        let jpy = Currency::parse("JPY").unwrap();
        let usd = Currency::parse("USD").unwrap();
        let least = Sum::from_minor(i128::MIN);
        assert_eq!(object(&[]), "{}");
        assert_eq!(
            object(&[(jpy, Sum::from_minor(5)), (usd, least)]),
            format!(r#"{{"JPY":5,"USD":{}}}"#, i128::MIN)
        );
    }

    #[test]
    fn a_value_of_another_shape_is_refused() {
        let mut out = BytesMut::new();
        assert!(Cell::Truth(true).to_sql(&Type::TEXT, &mut out).is_err());
        assert!(matches!(
            Cell::Null.to_sql(&Type::TEXT, &mut out),
            Ok(IsNull::Yes)
        ));
        assert!(out.is_empty());
    }
}
