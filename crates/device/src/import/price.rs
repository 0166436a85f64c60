//! Prices as lists have them, to minor units: `248`, `¥1,280`, `１，２８０円`, `12.50`.
//!
//! Nothing is rounded, and a sign of other money is never read over.

use super::fault::Fault;
use super::text::{is_shortened, quoted};
use purchase::money::{Amount, Currency};

/// Signs, and whose they are.
const SIGNS: &[(&str, &[&str])] = &[
    ("¥", &["JPY", "CNY"]),
    // Where a Japanese keyboard has the yen, CP932 has the backslash.
    ("\\", &["JPY"]),
    ("円", &["JPY"]),
    ("元", &["CNY", "TWD"]),
    (
        "$",
        &[
            "USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP",
        ],
    ),
    ("€", &["EUR"]),
    ("£", &["GBP", "EGP", "GIP", "FKP", "SHP"]),
    ("₩", &["KRW", "KPW"]),
];

/// What stands before a number that is less than nothing.
const MINUS: [char; 6] = ['-', '−', '‐', '△', '▲', '('];

/// Reads a price in `currency`.
pub(super) fn price(cell: &str, currency: Currency) -> Result<Amount, Fault> {
    let value = || quoted(cell);
    let plain = crate::code::plain(cell);
    let number = without_signs(plain.trim(), currency).ok_or_else(|| Fault::OtherCurrency {
        value: value(),
        currency: currency.code().to_owned(),
    })?;
    if number.starts_with(MINUS) && number.contains(|c: char| c.is_ascii_digit()) {
        return Err(Fault::Negative { value: value() });
    }
    if is_shortened(number) && number.contains(['E', 'e']) {
        return Err(Fault::Shortened { value: value() });
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if !is_digits(&whole.replace(',', "")) || !is_digits(fraction) {
        return Err(Fault::NotAPrice { value: value() });
    }
    let whole = without_thousands(whole).ok_or_else(|| Fault::Comma { value: value() })?;
    let fraction = fraction.trim_end_matches('0');
    let decimals = currency.exponent();
    let missing = usize::from(decimals)
        .checked_sub(fraction.len())
        .ok_or_else(|| Fault::TooFine {
            value: value(),
            currency: currency.code().to_owned(),
            decimals,
        })?;
    let minor: Option<i64> = format!("{whole}{fraction}{}", "0".repeat(missing))
        .parse()
        .ok();
    minor
        .and_then(|minor| Amount::new(minor).ok())
        .ok_or_else(|| Fault::TooMuch { value: value() })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number between signs and names of money; nothing if one of them is of other money.
fn without_signs(text: &str, currency: Currency) -> Option<&str> {
    let mut rest = text;
    for (sign, owners) in SIGNS {
        let bare = rest.strip_prefix(sign).or_else(|| rest.strip_suffix(sign));
        let Some(bare) = bare else { continue };
        if !owners.contains(&currency.code()) {
            return None;
        }
        rest = bare.trim();
    }
    without_name(rest, currency)
}

/// The number beside `JPY`; nothing beside another three letters.
fn without_name(text: &str, currency: Currency) -> Option<&str> {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let behind = text.trim_start_matches(is_letter);
    let before = text.trim_end_matches(is_letter);
    let (name, number) = match (text.len() - behind.len(), text.len() - before.len()) {
        (3, 0) => (text.strip_suffix(behind), behind),
        (0, 3) => (text.strip_prefix(before), before),
        _ => return Some(text),
    };
    let is_ours = name.is_some_and(|name| name.eq_ignore_ascii_case(currency.code()));
    is_ours.then(|| number.trim())
}

/// The digits of `1,280`; nothing if a comma stands where no thousands are separated.
fn without_thousands(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut rest = groups.clone();
    let separated = rest.clone().next().is_none()
        || ((1..=3).contains(&first.len()) && rest.all(|group| group.len() == 3));
    separated.then(|| first.to_owned() + &groups.collect::<String>())
}
