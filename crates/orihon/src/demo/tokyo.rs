//! Time in the demo town: civil time in Tokyo, which has kept one offset for as long as the story
//! goes back. Never asks what time it is.

use anyhow::Context;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use purchase::time::Timestamp;

/// Hours ahead of universal time.
const OFFSET_HOURS: i8 = 9;

/// Civil time in Tokyo at that instant, to the second.
pub(super) fn civil(at: Timestamp) -> anyhow::Result<DateTime> {
    let zone = TimeZone::fixed(Offset::constant(OFFSET_HOURS));
    let instant = jiff::Timestamp::from_second(at.ms().div_euclid(1_000))
        .context("the machine's clock is out of range")?;
    Ok(instant.to_zoned(zone).datetime())
}

/// RFC 3339 with Tokyo's offset.
pub(super) fn stamp(at: DateTime) -> String {
    format!("{at}+{OFFSET_HOURS:02}:00")
}
