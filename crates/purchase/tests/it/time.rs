//! Instants and trading days: the ends of time, leap days, and numbers that sort like the calendar.

use crate::property::for_all;
use proptest::prelude::*;
use purchase::time::{BusinessDate, TimeError, Timestamp};

#[test]
fn time_has_two_ends() {
    let last = Timestamp::LAST.ms();
    let rows = [
        (0, true),
        (1, true),
        (last - 1, true),
        (last, true),
        (-1, false),
        (last + 1, false),
        (i64::MIN, false),
        (i64::MAX, false),
    ];
    for (ms, fits) in rows {
        let expected = if fits {
            Ok(ms)
        } else {
            Err(TimeError::OutOfRange)
        };
        assert_eq!(Timestamp::from_ms(ms).map(Timestamp::ms), expected, "{ms}");
    }
    assert!(last < 1 << 48, "an id has 48 bits for it");
}

#[test]
fn moving_stops_at_either_end() {
    let last = Timestamp::LAST.ms();
    let rows = [
        (5, 3, 8),
        (5, -3, 2),
        (5, -5, 0),
        (5, -6, 0),
        (5, i64::MIN, 0),
        (5, i64::MAX, last),
        (last, 1, last),
        (last, i64::MAX, last),
        (last, i64::MIN, 0),
        (last, -last, 0),
    ];
    for (from, by, to) in rows {
        let from = Timestamp::from_ms(from).unwrap();
        assert_eq!(from.plus_ms(by).ms(), to, "{from:?} by {by}");
    }
}

#[test]
fn days_exist_in_the_calendar() {
    let rows = [
        ("1970-01-01", true),
        ("1969-12-31", false),
        ("9999-12-31", true),
        ("2016-02-29", true),
        ("2017-02-29", false),
        ("2000-02-29", true),
        ("2100-02-29", false),
        ("2400-02-29", true),
        ("2017-02-28", true),
        ("2016-02-30", false),
        ("2017-04-30", true),
        ("2017-04-31", false),
        ("2017-12-31", true),
        ("2017-12-32", false),
        ("2017-00-10", false),
        ("2017-13-10", false),
        ("2017-01-00", false),
        ("2017-1-01", false),
        ("2017-01-1", false),
        ("17-01-01", false),
        ("2017/01/01", false),
        ("20170101", false),
        ("2017-01-01 ", false),
        ("+017-01-01", false),
        ("２017-01-01", false),
        ("10000-01-01", false),
        ("", false),
    ];
    for (text, exists) in rows {
        let expected = if exists {
            Ok(text.to_owned())
        } else {
            Err(TimeError::NotADate)
        };
        let found = BusinessDate::parse(text).map(|date| date.to_string());
        assert_eq!(found, expected, "{text:?}");
    }
}

/// Every day of four hundred years, counted by a calendar that only knows how to go on by one.
#[test]
fn every_day_reads_back_and_sorts() {
    let (mut year, mut month, mut day) = (1970, 1, 1);
    let (mut last, mut count) = (0, 0_u32);
    while year < 2370 {
        match BusinessDate::new(year, month, day) {
            Ok(date) => {
                assert_eq!(date.parts(), (year, month, day));
                assert_eq!(BusinessDate::from_ordinal(date.ordinal()), Ok(date));
                assert!(last < date.ordinal(), "{date}");
                (last, count, day) = (date.ordinal(), count + 1, day + 1);
            }
            Err(_) if day > 1 && month < 12 => (month, day) = (month + 1, 1),
            Err(_) if day > 1 => (year, month, day) = (year + 1, 1, 1),
            Err(error) => panic!("{year}-{month}-{day}: {error}"),
        }
    }
    assert_eq!(count, 146_097, "days in four hundred years");
}

#[test]
fn numbers_are_days_or_refused() {
    for_all(1_000, any::<u32>(), |number| {
        for number in [number, number % (10_000 * 512)] {
            if let Ok(date) = BusinessDate::from_ordinal(number) {
                assert_eq!(date.ordinal(), number);
            }
        }
    });
}
