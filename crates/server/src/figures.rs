//! Numbers as people read them: amounts with their currency, thousands apart. Nothing is reckoned here.

use purchase::money::{Amount, Currency};

/// An amount with the sign of its currency: `¥1,280`, `$12.50`, `12.50 CHF`.
#[must_use]
pub fn show_amount(amount: Amount, currency: Currency) -> String {
    show_minor(i128::from(amount.minor()), currency)
}

/// A sum of minor units with the sign of its currency.
#[must_use]
pub fn show_minor(minor: i128, currency: Currency) -> String {
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let number = decimal(minor.unsigned_abs(), currency.exponent());
    match currency.code() {
        "JPY" => format!("{sign}¥{number}"),
        "USD" => format!("{sign}${number}"),
        "EUR" => format!("{sign}€{number}"),
        "GBP" => format!("{sign}£{number}"),
        code => format!("{sign}{number} {code}"),
    }
}

/// Minor units as a decimal number, its thousands apart.
fn decimal(minor: u128, exponent: u16) -> String {
    let unit = 10_u128.pow(u32::from(exponent));
    let whole = thousands(minor / unit);
    match usize::from(exponent) {
        0 => whole,
        width => format!("{whole}.{:0width$}", minor % unit),
    }
}

/// A whole number with its thousands apart.
#[must_use]
pub fn thousands(number: u128) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_with_the_digits_of_their_currency() {
        for (minor, code, shown) in [
            (0, "JPY", "¥0"),
            (1_280, "JPY", "¥1,280"),
            (-1_280, "JPY", "\u{2212}¥1,280"),
            (1_234_567, "USD", "$12,345.67"),
            (5, "EUR", "€0.05"),
            (1_000, "KWD", "1.000 KWD"),
        ] {
            assert_eq!(show_minor(minor, Currency::parse(code).unwrap()), shown);
        }
    }
}
