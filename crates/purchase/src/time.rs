//! Instants and trading days as plain numbers. What time it is, and what an instant looks like in
//! a store's zone, is never asked here.

use thiserror::Error;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, never negative and under 48 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The last instant an id can carry: 9999-12-31T23:59:59.999Z.
const LAST_MS: i64 = 253_402_300_799_999;

/// Why a time cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Before 1970 or after 9999.
    #[error("the time must lie between 1970 and 9999")]
    OutOfRange,
    /// Not a calendar day.
    #[error("a date is written YYYY-MM-DD and must exist in the calendar")]
    NotADate,
}

impl Timestamp {
    /// The first instant, used as the beginning of time for catalogues.
    pub const ZERO: Self = Self(0);
    /// The last instant.
    pub const LAST: Self = Self(LAST_MS);

    /// Takes milliseconds since the epoch.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] before 1970 or after 9999.
    pub const fn from_ms(ms: i64) -> Result<Self, TimeError> {
        if ms < 0 || ms > LAST_MS {
            return Err(TimeError::OutOfRange);
        }
        Ok(Self(ms))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms`, stopping at either end of time.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        let moved = self.0.saturating_add(ms);
        if moved < 0 {
            Self::ZERO
        } else if moved > LAST_MS {
            Self::LAST
        } else {
            Self(moved)
        }
    }
}

/// A store's trading day, as the store says it; it need not end at midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessDate {
    year: u16,
    month: u8,
    day: u8,
}

impl BusinessDate {
    /// Takes a calendar day.
    ///
    /// # Errors
    /// [`TimeError::NotADate`] if the calendar has no such day between the years 1970 and 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, TimeError> {
        if !(1970..=9999).contains(&year) || day == 0 || day > days_in_month(year, month) {
            return Err(TimeError::NotADate);
        }
        Ok(Self { year, month, day })
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`TimeError::NotADate`] for any other form, or a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
            return Err(TimeError::NotADate);
        };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_u16, |sum, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + u16::from(digit - b'0'))
            })
        };
        let parts = (
            number(&[y1, y2, y3, y4]),
            number(&[m1, m2]),
            number(&[d1, d2]),
        );
        let (Some(year), Some(month), Some(day)) = parts else {
            return Err(TimeError::NotADate);
        };
        let month = u8::try_from(month).map_err(|_| TimeError::NotADate)?;
        let day = u8::try_from(day).map_err(|_| TimeError::NotADate)?;
        Self::new(year, month, day)
    }

    /// The day after; none behind the last one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.year, self.month, self.day + 1)
            .or_else(|_| Self::new(self.year, self.month + 1, 1))
            .or_else(|_| Self::new(self.year + 1, 1, 1))
            .ok()
    }

    /// The day before; none before the first one.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        match (self.month, self.day) {
            (1, 1) => Self::new(self.year - 1, 12, 31),
            (month, 1) => Self::new(self.year, month - 1, days_in_month(self.year, month - 1)),
            (month, day) => Self::new(self.year, month, day - 1),
        }
        .ok()
    }

    /// Year, month, day.
    #[must_use]
    pub const fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// The day as one number that sorts like the calendar: `year * 512 + month * 32 + day`.
    #[must_use]
    pub fn ordinal(self) -> u32 {
        u32::from(self.year) * 512 + u32::from(self.month) * 32 + u32::from(self.day)
    }

    /// The day that [`BusinessDate::ordinal`] made a number of.
    ///
    /// # Errors
    /// [`TimeError::NotADate`] if the number names no day.
    pub fn from_ordinal(ordinal: u32) -> Result<Self, TimeError> {
        let year = u16::try_from(ordinal / 512).map_err(|_| TimeError::NotADate)?;
        let month = u8::try_from(ordinal / 32 % 16).map_err(|_| TimeError::NotADate)?;
        let day = u8::try_from(ordinal % 32).map_err(|_| TimeError::NotADate)?;
        Self::new(year, month, day)
    }
}

impl std::fmt::Display for BusinessDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}
