//! Decimals: exact, bounded, written back in their shortest form.

use crate::property::for_all;
use DecimalError::{NotADecimal, TooFine, TooLarge, Zero};
use purchase::limits::{PERCENT_UNITS_MAX, QUANTITY_MICROS_MAX};
use purchase::quantity::{DecimalError, Percent, Quantity, decimal};

#[test]
fn quantities_are_exact() {
    let rows = [
        ("0.000001", Ok(1)),
        ("0.0000010", Ok(1)),
        ("0.0000001", Err(TooFine { decimals: 6 })),
        ("1.2345678", Err(TooFine { decimals: 6 })),
        ("0.00000000", Err(Zero)),
        ("00", Err(Zero)),
        ("999999.999999", Ok(999_999_999_999)),
        ("1000000", Ok(QUANTITY_MICROS_MAX)),
        ("1000000.000001", Err(TooLarge)),
        ("18446744073709.551615", Err(TooLarge)),
        ("18446744073709.551616", Err(TooLarge)),
        ("18446744073709551616", Err(TooLarge)),
        ("000000000000000000000000000002", Ok(2_000_000)),
        ("1.000000000000000000000000000000", Ok(1_000_000)),
        ("+1", Err(NotADecimal)),
        (" 1", Err(NotADecimal)),
        ("1 ", Err(NotADecimal)),
        ("1,5", Err(NotADecimal)),
        ("1.2.3", Err(NotADecimal)),
        (".", Err(NotADecimal)),
        ("1.", Err(NotADecimal)),
        ("0x1", Err(NotADecimal)),
        ("NaN", Err(NotADecimal)),
        ("１", Err(NotADecimal)),
    ];
    for (text, expected) in rows {
        assert_eq!(
            Quantity::parse(text).map(Quantity::micros),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn percentages_are_exact() {
    let rows = [
        ("0", Ok(0)),
        ("8", Ok(80_000)),
        ("8.0", Ok(80_000)),
        ("8.875", Ok(88_750)),
        ("0.0001", Ok(1)),
        ("0.00010", Ok(1)),
        ("0.00001", Err(TooFine { decimals: 4 })),
        ("1000", Ok(PERCENT_UNITS_MAX)),
        ("1000.0001", Err(TooLarge)),
        ("429496.7296", Err(TooLarge)),
        ("429497.7296", Err(TooLarge)),
        ("-8", Err(NotADecimal)),
        ("8%", Err(NotADecimal)),
        ("", Err(NotADecimal)),
    ];
    for (text, expected) in rows {
        assert_eq!(
            Percent::parse(text).map(Percent::units),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn numbers_of_parts_are_bounded() {
    assert_eq!(Quantity::from_micros(0), Err(Zero));
    assert_eq!(
        Quantity::from_micros(QUANTITY_MICROS_MAX + 1),
        Err(TooLarge)
    );
    assert_eq!(Percent::from_units(PERCENT_UNITS_MAX + 1), Err(TooLarge));
    assert_eq!(Quantity::ONE.to_string(), "1");
}

#[test]
fn decimals_are_written_shortest() {
    let rows = [
        (0, 6, "0"),
        (1, 6, "0.000001"),
        (348_000, 6, "0.348"),
        (1_000_000, 6, "1"),
        (1_500_000, 6, "1.5"),
        (80_000, 4, "8"),
        (7, 0, "7"),
        (u64::MAX, 6, "18446744073709.551615"),
    ];
    for (parts, decimals, expected) in rows {
        assert_eq!(decimal(parts, decimals), expected);
    }
}

#[test]
fn decimals_read_back() {
    let random = (1..=QUANTITY_MICROS_MAX, 0..=PERCENT_UNITS_MAX, 0..4_usize);
    for_all(500, random, |(micros, units, zeros)| {
        let quantity = Quantity::from_micros(micros).unwrap();
        let shown = quantity.to_string();
        assert_eq!(Quantity::parse(&shown), Ok(quantity));
        assert_eq!(
            Quantity::parse(&format!("{}{shown}", "0".repeat(zeros))),
            Ok(quantity)
        );
        let percent = Percent::from_units(units).unwrap();
        assert_eq!(Percent::parse(&percent.to_string()), Ok(percent));
    });
}
