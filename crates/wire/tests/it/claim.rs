//! Claim codes.

use wire::claim::ClaimCode;

#[test]
fn only_twenty_ascii_digits_are_a_code() {
    let rows = [
        ("01234567890123456789", true),
        ("0123456789012345678", false),
        ("012345678901234567890", false),
        ("0123456789 123456789", false),
        ("-1234567890123456789", false),
        ("", false),
    ];
    for (text, fits) in rows {
        assert_eq!(ClaimCode::parse(text).is_some(), fits, "{text:?}");
    }
    let code = ClaimCode::parse("01234567890123456789").unwrap();
    assert_eq!(code.to_string(), "01234567890123456789");
    assert!(
        !format!("{code:?}").contains('0'),
        "a log must not open a purchase"
    );
}

#[test]
fn derived_codes_end_with_their_check_digit() {
    let rows = [
        ([0_u8; 32], "00000000000000000000"),
        ([255; 32], "33746074317682114556"),
        (std::array::from_fn(|at| u8::try_from(at).unwrap()), ""),
    ];
    for (mac, expected) in rows {
        let code = ClaimCode::derive(mac).to_string();
        if !expected.is_empty() {
            assert_eq!(code.get(..19), expected.get(..19));
        }
        let digits = code.bytes().rev().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = digits
            .zip([1, 3].into_iter().cycle())
            .map(|(digit, weight)| digit * weight)
            .sum();
        assert_eq!(sum % 10, 0, "{code}");
        assert_eq!(ClaimCode::parse(&code).unwrap(), ClaimCode::derive(mac));
    }
}

#[test]
fn the_hash_is_that_of_the_digits() {
    let code = ClaimCode::parse("00000000000000000000").unwrap();
    let hash: String = code
        .hash()
        .0
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    insta::assert_snapshot!(hash, @"a7d351f3de399c746064a53c69959ab10312a003ec63985bcd86fb6dc1c402d5");
}
