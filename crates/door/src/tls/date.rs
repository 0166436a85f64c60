//! Days as certificates write them, in whole seconds since 1970. Pure; leap seconds are not counted.

const DAY_S: i64 = 86_400;

/// Seconds since 1970 from the digits of a certificate's time: two or four for the year, then month, day,
/// hour, minute, second, and `Z`. None of anything else.
pub(super) fn read(digits: &[u8], year_digits: usize) -> Option<i64> {
    let (year, rest) = digits.split_at_checked(year_digits)?;
    let year = match (number(year)?, year_digits) {
        // Two digits mean 1950 to 2049 (RFC 5280, 4.1.2.5.1).
        (year, 2) if year < 50 => year + 2_000,
        (year, 2) => year + 1_900,
        (year, _) => year,
    };
    let [a, b, c, d, e, f, g, h, i, j, b'Z'] = rest else {
        return None;
    };
    let two = |tens: &u8, ones: &u8| number(&[*tens, *ones]);
    let (month, day) = (two(a, b)?, two(c, d)?);
    let (hour, minute, second) = (two(e, f)?, two(g, h)?, two(i, j)?);
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
    let fits = fits && hour < 24 && minute < 60 && second < 60;
    fits.then(|| days(year, month, day) * DAY_S + hour * 3_600 + minute * 60 + second)
}

/// The day of an instant, as `2026-11-29`.
pub(super) fn shown(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(DAY_S));
    format!("{year:04}-{month:02}-{day:02}")
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |sum, digit| {
        let digit = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
        Some(sum * 10 + digit)
    })
}

/// Days since 1970, with years that begin in March, so that the odd day is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day, the other way round.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_certificates_are_read_and_shown() {
        for (text, year_digits, seconds, day) in [
            ("700101000000Z", 2, Some(0), "1970-01-01"),
            ("500101000000Z", 2, Some(-631_152_000), "1950-01-01"),
            ("491231235959Z", 2, Some(2_524_607_999), "2049-12-31"),
            ("20261129182033Z", 4, Some(1_795_976_433), "2026-11-29"),
            ("20000229120000Z", 4, Some(951_825_600), "2000-02-29"),
            ("99991231235959Z", 4, Some(253_402_300_799), "9999-12-31"),
            ("20261329182033Z", 4, None, ""),
            ("20261129182033", 4, None, ""),
            ("202611291820Z", 4, None, ""),
            ("2026112918203xZ", 4, None, ""),
            ("", 2, None, ""),
        ] {
            let read = read(text.as_bytes(), year_digits);
            assert_eq!(read, seconds, "{text}");
            assert_eq!(read.map(shown).unwrap_or_default(), day, "{text}");
        }
    }
}
