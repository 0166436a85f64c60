//! Whether tax rows follow from their rates: any rounding is right, anything else is a warning
//! and never a refusal.

use crate::generate::settle;
use crate::generate::value::minor;
use crate::property::for_all;
use crate::sample::{self, tax};
use TaxCheck::{Agrees, Differs};
use TaxPlace::{Excluded, Included};
use proptest::prelude::*;
use purchase::limits::AMOUNT_MAX;
use purchase::quantity::Percent;
use purchase::settlement::{Settlement, Tax, TaxCheck, TaxClass, TaxPlace};
use purchase::sums::tax_check;

/// Checks one row alone, beside a row that agrees, and within a settlement.
fn check(row: &Tax, expected: TaxCheck) {
    assert_eq!(tax_check(std::slice::from_ref(row)), expected, "{row:?}");
    let beside = [tax("5", Excluded, 100, 5), row.clone()];
    assert_eq!(tax_check(&beside), expected, "beside another: {row:?}");
    let mut content = sample::sale();
    content.taxes = beside.to_vec();
    settle(&mut content);
    let proven = Settlement::prove(content).expect("a tax is never refused");
    assert_eq!(proven.tax_check(), expected, "in a settlement: {row:?}");
}

#[test]
fn known_receipts_are_judged_right() {
    let rows = [
        // 1000 with 10 % inside holds 90.909…; 999 holds 90.81…
        ("10", Included, 1_000, 90, Agrees),
        ("10", Included, 1_000, 91, Agrees),
        ("10", Included, 1_000, 89, Differs),
        ("10", Included, 1_000, 92, Differs),
        ("10", Included, 1_100, 100, Agrees),
        ("10", Included, 1_100, 99, Differs),
        ("10", Included, 1_100, 101, Differs),
        ("8", Excluded, 1_234, 98, Agrees),
        ("8", Excluded, 1_234, 99, Agrees),
        ("8", Excluded, 1_234, 97, Differs),
        ("8", Excluded, 1_234, 100, Differs),
        ("8", Excluded, 1_250, 100, Agrees),
        ("8", Excluded, 1_250, 99, Differs),
        // The tax of the other place is not this place's tax.
        ("10", Included, 1_000, 100, Differs),
        ("10", Excluded, 1_000, 91, Differs),
        ("0", Excluded, 5_000, 0, Agrees),
        ("0", Included, 5_000, 1, Differs),
        ("8", Included, 0, 0, Agrees),
        ("8", Included, 0, 1, Differs),
        ("8.875", Excluded, 1_999, 177, Agrees),
        ("8.875", Excluded, 1_999, 178, Agrees),
        ("1000", Excluded, 99_999_999, 999_999_990, Agrees),
    ];
    for (rate, place, taxable, amount, expected) in rows {
        check(&tax(rate, place, taxable, amount), expected);
    }
}

#[test]
fn exempt_and_outside_rows_have_no_tax() {
    for class in [TaxClass::Exempt, TaxClass::Outside] {
        for (rate, amount, expected) in [("0", 0, Agrees), ("10", 0, Agrees), ("10", 100, Differs)]
        {
            let row = Tax {
                class: Some(class),
                ..tax(rate, Excluded, 1_000, amount)
            };
            check(&row, expected);
        }
    }
}

#[test]
fn no_rows_agree() {
    assert_eq!(tax_check(&[]), Agrees);
}

/// The exact tax as whole minor units and whether anything is left over, by long division.
fn exact(taxable: i64, units: u32, place: TaxPlace) -> (i64, i128, i128) {
    let whole = match place {
        Excluded => 1_000_000,
        Included => 1_000_000 + i128::from(units),
    };
    let product = i128::from(taxable) * i128::from(units);
    let floor = i64::try_from(product / whole).unwrap();
    (floor, product % whole, whole)
}

#[test]
fn any_rounding_is_right_and_nothing_else() {
    let units = prop_oneof![
        prop::sample::select(vec![50_000, 80_000, 100_000, 200_000]),
        0..=10_000_000_u32,
    ];
    let taxable = prop_oneof![0..=9_999_i64, 0..=AMOUNT_MAX / 10];
    let place = prop::sample::select(vec![Included, Excluded]);
    for_all(1_000, (units, taxable, place), |(units, taxable, place)| {
        let (floor, rest, whole) = exact(taxable, units, place);
        let ceil = floor + i64::from(rest > 0);
        let half_up = floor + i64::from(rest * 2 >= whole);
        let row = |amount| Tax {
            percent: Percent::from_units(units).unwrap(),
            tax: minor(amount),
            ..tax("0", place, taxable, 0)
        };
        for amount in [floor, ceil, half_up] {
            assert_eq!(tax_check(&[row(amount)]), Agrees, "{amount}");
        }
        assert_eq!(tax_check(&[row(ceil + 1)]), Differs, "above {ceil}");
        assert_eq!(tax_check(&[row(floor - 1)]), Differs, "below {floor}");
    });
}
