//! Months of the calendar, as a book is divided into them.

use purchase::time::BusinessDate;

/// A month of a year between 1970 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// The month of a day.
    #[must_use]
    pub const fn of(day: BusinessDate) -> Self {
        let (year, month, _) = day.parts();
        Self { year, month }
    }

    /// A month of a year; none if the calendar of purchases has no such.
    #[must_use]
    pub fn new(year: u16, month: u8) -> Option<Self> {
        BusinessDate::new(year, month, 1).ok().map(Self::of)
    }

    /// Reads `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        BusinessDate::parse(&format!("{text}-01"))
            .ok()
            .map(Self::of)
    }

    /// Year and month.
    #[must_use]
    pub const fn parts(self) -> (u16, u8) {
        (self.year, self.month)
    }

    /// The month before; none before 1970.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        match self.month {
            1 => Self::new(self.year - 1, 12),
            month => Self::new(self.year, month - 1),
        }
    }

    /// The month after; none after 9999.
    #[must_use]
    pub fn after(self) -> Option<Self> {
        match self.month {
            12 => Self::new(self.year + 1, 1),
            month => Self::new(self.year, month + 1),
        }
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> u8 {
        let exists = |day: &u8| BusinessDate::new(self.year, self.month, *day).is_ok();
        (28..=31).rev().find(exists).unwrap_or(28)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_each_other() {
        for (text, before, after, days) in [
            ("2026-11", Some("2026-10"), Some("2026-12"), 30),
            ("2026-01", Some("2025-12"), Some("2026-02"), 31),
            ("2026-12", Some("2026-11"), Some("2027-01"), 31),
            ("2024-02", Some("2024-01"), Some("2024-03"), 29),
            ("2100-02", Some("2100-01"), Some("2100-03"), 28),
            ("1970-01", None, Some("1970-02"), 31),
            ("9999-12", Some("9999-11"), None, 31),
        ] {
            let month = Month::parse(text).unwrap();
            assert_eq!(month.to_string(), text);
            assert_eq!(month.before().map(|it| it.to_string()).as_deref(), before);
            assert_eq!(month.after().map(|it| it.to_string()).as_deref(), after);
            assert_eq!(month.days(), days, "{text}");
        }
        for text in [
            "2026-13",
            "2026-1",
            "1969-12",
            "2026",
            "",
            "2026-11-01",
            "−026-11",
        ] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }
}
