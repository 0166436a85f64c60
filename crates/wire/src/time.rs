//! Instants as text: RFC 3339 in, the store's own zone out. Never asks what time it is.

use crate::place::Finding;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::{Offset, TimeZone};
use purchase::time::{BusinessDate, Timestamp};

/// Reads RFC 3339 with its offset. What is finer than a millisecond is cut off.
pub(crate) fn instant(text: &str) -> Result<Timestamp, Finding> {
    let wrong = || {
        Finding::invalid(
            "must be a time of RFC 3339 with its offset, such as 2017-01-01T06:53:26-05:00",
        )
    };
    if !is_rfc3339(text.as_bytes()) {
        return Err(wrong());
    }
    let read: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
    Ok(Timestamp::from_ms(read.as_millisecond())?)
}

/// Reads RFC 3339 with its offset, for messages that other rooms take apart.
#[must_use]
pub fn read(text: &str) -> Option<Timestamp> {
    instant(text).ok()
}

/// Has `text` the form of RFC 3339? jiff reads more forms than the contract has.
fn is_rfc3339(text: &[u8]) -> bool {
    let Some((head, tail)) = text.split_at_checked(19) else {
        return false;
    };
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b't',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = *head
    else {
        return false;
    };
    if !digits(&[y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, n1, n2, s1, s2]) {
        return false;
    }
    let offset = match tail {
        [b'.', rest @ ..] => {
            let end = rest.iter().position(|byte| !byte.is_ascii_digit());
            match end.and_then(|end| rest.split_at_checked(end)) {
                Some((fraction, offset)) if digits(fraction) => offset,
                Some(_) | None => return false,
            }
        }
        offset => offset,
    };
    match *offset {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => digits(&[h1, h2, m1, m2]),
        _ => false,
    }
}

/// The instant in `zone`, with milliseconds only where there are some.
#[must_use]
pub fn show(at: Timestamp, zone: &TimeZone) -> String {
    let Some(at) = instant_of(at) else {
        return String::new();
    };
    let printer = if at.subsec_millisecond() == 0 {
        DateTimePrinter::new()
    } else {
        DateTimePrinter::new().precision(Some(3))
    };
    printer.timestamp_with_offset_to_string(&at, zone.to_offset(at))
}

/// The instant in universal time, for answers that speak of no store.
#[must_use]
pub fn show_utc(at: Timestamp) -> String {
    let shown = show(at, &TimeZone::fixed(Offset::UTC));
    match shown.strip_suffix("+00:00") {
        Some(local) => format!("{local}Z"),
        None => shown,
    }
}

/// The day in `zone` at that instant.
#[must_use]
pub fn day_of(at: Timestamp, zone: &TimeZone) -> Option<BusinessDate> {
    let date = instant_of(at)?.to_zoned(zone.clone()).date();
    let year = u16::try_from(date.year()).ok()?;
    let month = u8::try_from(date.month()).ok()?;
    let day = u8::try_from(date.day()).ok()?;
    BusinessDate::new(year, month, day).ok()
}

/// Every instant that came in through [`instant`] is one of jiff's.
fn instant_of(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at.ms()).ok()
}
