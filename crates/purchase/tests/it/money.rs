//! Money: bounded so that a browser reads it exactly, summed without overflow, of known currencies.

use crate::generate::value::minor;
use crate::property::for_all;
use proptest::collection::vec;
use purchase::limits::AMOUNT_MAX;
use purchase::money::{Amount, Currency, MoneyError, Sum};

#[test]
fn amounts_are_bounded_either_way() {
    let rows = [
        (0, true),
        (AMOUNT_MAX, true),
        (-AMOUNT_MAX, true),
        (AMOUNT_MAX + 1, false),
        (-AMOUNT_MAX - 1, false),
        ((1 << 53) - 1, false),
        (1 << 53, false),
        (-(1 << 53), false),
        (i64::MAX, false),
        (i64::MIN, false),
    ];
    for (amount, fits) in rows {
        let expected = if fits {
            Ok(amount)
        } else {
            Err(MoneyError::TooLarge)
        };
        assert_eq!(Amount::new(amount).map(Amount::minor), expected, "{amount}");
    }
    assert!(minor(-1).is_negative());
    assert!(!Amount::ZERO.is_negative());
    assert_eq!(Amount::default(), Amount::ZERO);
}

#[test]
fn sums_add_up() {
    for_all(200, vec(-AMOUNT_MAX..=AMOUNT_MAX, 0..20), |amounts| {
        let model: i128 = amounts.iter().copied().map(i128::from).sum();
        let plus = |sum: Sum, amount: &i64| sum.plus(minor(*amount));
        let sum = amounts.iter().fold(Sum::ZERO, plus);
        assert_eq!(sum.minor(), model);
        let (left, right) = amounts.split_at(amounts.len() / 2);
        let joined = left
            .iter()
            .fold(Sum::ZERO, plus)
            .join(right.iter().fold(Sum::ZERO, plus));
        assert_eq!(joined, sum, "in two parts");
        let minus = |sum: Sum, amount: &i64| sum.minus(minor(*amount));
        assert_eq!(amounts.iter().fold(sum, minus), Sum::ZERO, "and back");
        assert_eq!(Sum::from_minor(model), sum);
    });
}

#[test]
fn currencies_are_those_of_the_standard() {
    let rows = [
        ("JPY", Some(0)),
        ("USD", Some(2)),
        ("EUR", Some(2)),
        ("KRW", Some(0)),
        ("KWD", Some(3)),
        ("jpy", None),
        ("Usd", None),
        ("", None),
        ("JP", None),
        ("JPYY", None),
        ("QQQ", None),
        ("円", None),
        ("US ", None),
    ];
    for (code, exponent) in rows {
        let found = Currency::parse(code);
        assert_eq!(
            found.clone().ok().map(|known| known.exponent()),
            exponent,
            "{code}"
        );
        if let Ok(currency) = found {
            assert_eq!(
                (currency.code(), currency.bytes().as_slice()),
                (code, code.as_bytes())
            );
            assert_eq!(format!("{currency:?}"), code);
        } else {
            assert_eq!(found, Err(MoneyError::UnknownCurrency), "{code}");
        }
    }
}
