//! Days and times as each language writes them, from the RFC 3339 texts that a purchase carries. They are
//! in the store's own time already, and nothing is converted here.

use super::language::Lang;
use jiff::civil::Date;

/// A day with its weekday: `2026年11月29日(日)`, `Sunday, 29 November 2026`. A text that is no time is shown
/// as it is.
pub(crate) fn day(lang: Lang, time: &str) -> String {
    let Some(date) = date_of(time) else {
        return time.to_owned();
    };
    let (year, month, day) = (date.year(), date.month(), date.day());
    let at = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    match lang {
        Lang::Ja => {
            let weekday = ["月", "火", "水", "木", "金", "土", "日"]
                .get(at)
                .unwrap_or(&"");
            format!("{year}年{month}月{day}日({weekday})")
        }
        Lang::En => {
            let weekday = WEEKDAYS.get(at).unwrap_or(&"");
            format!("{weekday}, {day} {} {year}", month_name(month))
        }
    }
}

/// A day without its weekday: `2026年11月29日`, `29 November 2026`.
pub(crate) fn short_day(lang: Lang, time: &str) -> String {
    let Some(date) = date_of(time) else {
        return time.to_owned();
    };
    let (year, month, day) = (date.year(), date.month(), date.day());
    match lang {
        Lang::Ja => format!("{year}年{month}月{day}日"),
        Lang::En => format!("{day} {} {year}", month_name(month)),
    }
}

/// A month of a year: `2026年11月`, `November 2026`.
pub(crate) fn month(lang: Lang, year: u16, month: u8) -> String {
    match lang {
        Lang::Ja => format!("{year}年{month}月"),
        Lang::En => format!(
            "{} {year}",
            month_name(i8::try_from(month).unwrap_or_default())
        ),
    }
}

/// The date of an RFC 3339 text, as written.
pub(crate) fn date_part(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// Hours and minutes of an RFC 3339 text, as written.
pub(crate) fn clock(time: &str) -> &str {
    time.get(11..16).unwrap_or_default()
}

/// Is it a day, such as `2026-11-29`, and nothing else?
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && date_of(text).is_some()
}

fn date_of(time: &str) -> Option<Date> {
    date_part(time).parse().ok()
}

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let at = usize::from(month.unsigned_abs()).saturating_sub(1);
    NAMES.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_its_own_way() {
        let time = "2026-11-29T09:05:07+09:00";
        assert_eq!(day(Lang::Ja, time), "2026年11月29日(日)");
        assert_eq!(day(Lang::En, time), "Sunday, 29 November 2026");
        assert_eq!(short_day(Lang::Ja, time), "2026年11月29日");
        assert_eq!(short_day(Lang::En, time), "29 November 2026");
        assert_eq!(month(Lang::Ja, 2026, 11), "2026年11月");
        assert_eq!(month(Lang::En, 2026, 11), "November 2026");
        assert_eq!(clock(time), "09:05");
        assert_eq!(day(Lang::En, "no time"), "no time");
    }
}
