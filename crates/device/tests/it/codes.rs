//! Codes as shops have them: article numbers, scanned input, labels of a shop's own scale.
//!
//! The check digit is computed here a second time, in another way than in the product.

use crate::property::for_all;
use device::code::{Gtin, GtinError, Pattern, Patterns, Resolved, ScanError, read};
use proptest::prelude::Strategy;
use proptest::{collection, prop_oneof, sample};
use purchase::text::TextError;

/// The digit that makes the weighted sum a multiple of ten, found by trying all.
fn right_digit(body: &[u8]) -> u8 {
    let passes = |last: &u8| {
        let mut digits = body.to_vec();
        digits.push(*last);
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(at, digit)| u32::from(*digit) * if at % 2 == 1 { 3 } else { 1 })
            .sum();
        sum.is_multiple_of(10)
    };
    (0..10).find(passes).unwrap()
}

fn written(digits: &[u8]) -> String {
    digits.iter().map(u8::to_string).collect()
}

#[test]
fn article_numbers_have_one_normal_form() {
    let rows = [
        ("4901234567894", Ok("4901234567894")),
        ("49123456", Ok("49123456")),
        ("036000291452", Ok("0036000291452")),
        ("14901234567891", Ok("14901234567891")),
        (
            "4901234567890",
            Err(GtinError::CheckDigit {
                found: '0',
                right: '4',
                whole: "4901234567894".to_owned(),
            }),
        ),
        (
            "490123456789",
            Err(GtinError::CheckDigit {
                found: '9',
                right: '3',
                whole: "490123456783".to_owned(),
            }),
        ),
        ("", Err(GtinError::Length { digits: 0 })),
        ("4901234", Err(GtinError::Length { digits: 7 })),
        (
            "490123456789４",
            Err(GtinError::NotADigit { character: '４' }),
        ),
        ("49-1234", Err(GtinError::NotADigit { character: '-' })),
    ];
    for (text, expected) in rows {
        let found = Gtin::parse(text).map(|gtin| gtin.to_string());
        assert_eq!(found, expected.map(str::to_owned), "{text:?}");
    }
    let fault = Gtin::parse("4901234567890").unwrap_err();
    assert!(fault.to_string().contains("4901234567894"), "{fault}");
}

#[test]
fn exactly_one_last_digit_is_right() {
    let lengths = sample::select(vec![7_usize, 11, 12, 13]);
    let bodies = lengths.prop_flat_map(|length| collection::vec(0..10_u8, length));
    for_all(500, bodies, |body| {
        let right = right_digit(&body);
        for last in 0..10 {
            let text = written(&body) + &last.to_string();
            match Gtin::parse(&text) {
                Ok(gtin) => {
                    assert_eq!(last, right, "{text}");
                    assert!(gtin.as_str().ends_with(&text));
                    assert_eq!(Gtin::parse(gtin.as_str()), Ok(gtin), "one normal form");
                }
                Err(GtinError::CheckDigit { whole, .. }) => {
                    assert_ne!(last, right, "{text}");
                    assert!(Gtin::parse(&whole).is_ok(), "the fix {whole} must be right");
                }
                Err(other) => panic!("{text}: {other}"),
            }
        }
    });
}

#[test]
fn one_misread_digit_is_always_found() {
    let bodies = collection::vec(0..10_u8, 12);
    for_all(500, (bodies, 0..13_usize, 1..10_u8), |(body, at, by)| {
        let mut digits = body.clone();
        digits.push(right_digit(&body));
        digits[at] = (digits[at] + by) % 10;
        assert!(Gtin::parse(&written(&digits)).is_err());
    });
}

#[test]
fn what_machines_add_is_taken_away_and_nothing_else() {
    let rows = [
        ("4901234567894", "4901234567894"),
        (" 4901234567894\r\n", "4901234567894"),
        ("]E04901234567894", "4901234567894"),
        ("]C1\u{1d}0104901234567894", "0104901234567894"),
        ("\u{2}４９０１２３４５６７８９４\u{3}", "4901234567894"),
        ("　ａｂ－１２　", "ab-12"),
        ("ﾊﾟﾝ 1", "ﾊﾟﾝ 1"),
        ("[E0490", "[E0490"),
        ("]490", "]490"),
        ("007", "007"),
    ];
    for (input, expected) in rows {
        assert_eq!(read(input).unwrap().as_str(), expected, "{input:?}");
    }
    let long = "1".repeat(65);
    let refused = [
        ("", TextError::Empty),
        (" \u{3000}\n", TextError::Empty),
        ("]E0", TextError::Empty),
        (&long, TextError::TooLong { chars_max: 64 }),
        ("49\t01", TextError::Unprintable { character: 9 }),
    ];
    for (input, expected) in refused {
        assert_eq!(
            read(input),
            Err(ScanError::Unreadable(expected)),
            "{input:?}"
        );
    }
}

#[test]
fn a_pattern_that_cannot_be_meant_is_refused_with_a_fix() {
    for good in [
        "22IIIIIPPPPPC",
        "02IIIIIWWWWWC",
        "2IIIIIIPPPPPC",
        "20IIIIIKPPPPC",
        "21IIIII0WWWWC",
        "2912IIIVPPPPC",
    ] {
        assert_eq!(Pattern::parse(good).unwrap().to_string(), good);
    }
    let small = Pattern::parse(" 22 iiiii ｐｐｐｐｐ c").unwrap();
    assert_eq!(small.to_string(), "22IIIIIPPPPPC");
    let bad = [
        ("22IIIIIPPPPC", "12 places"),
        ("22IIIIIPPPPPPC", "14 places"),
        ("", "0 places"),
        ("22IIIIIXPPPPC", "'X' means nothing"),
        ("49IIIIIPPPPPC", "must begin with 02 or 2"),
        ("IIIIIIIPPPPPC", "must begin with 02 or 2"),
        ("0IIIIIIPPPPPC", "must begin with 02 or 2"),
        ("22IIIIIPPPPPP", "write 22IIIIIPPPPPC"),
        ("22IIIIICPPPPP", "write 22IIIIIKPPPPC"),
        ("22IIIIICPPPPC", "write 22IIIIIKPPPPC"),
        ("2200000PPPPPC", "no I"),
        ("22IIIIIPPWWWC", "both P and W"),
        ("22IIIIIIIIIIC", "take the pattern away"),
        ("22IIIPPPPPIIC", "I is cut"),
        ("22IIIIIPP0PPC", "P is cut"),
        ("2IWWWWWWWWWWC", "at most 9"),
    ];
    for (written, expected) in bad {
        let fault = Pattern::parse(written).unwrap_err().to_string();
        assert!(fault.contains(expected), "{written}: {fault}");
    }
}

#[test]
fn patterns_that_fit_one_code_are_refused_together() {
    let fits = Patterns::parse(["22IIIIIPPPPPC", "23IIIIIWWWWWC", "02IIIIIPPPPPC"]).unwrap();
    assert_eq!(fits.as_slice().len(), 3);
    for clash in [
        ["22IIIIIPPPPPC", "22IIIIIPPPPPC"],
        ["22IIIIIPPPPPC", "2212IIIWWWWWC"],
        ["2IIIIIIPPPPPC", "29IIIIIWWWWWC"],
    ] {
        let fault = Patterns::parse(clash).unwrap_err().to_string();
        let example = fault.split(['(', ':']).next().unwrap();
        let example = example.rsplit(' ').next().unwrap();
        assert!(Gtin::parse(example).is_ok(), "{fault}");
        for pattern in clash {
            assert!(fault.contains(pattern), "{fault}");
        }
    }
    assert!(Patterns::parse(["22IIIIIPPPPPC", "oops"]).is_err());
}

fn resolved(code: &str, price: Option<i64>, weight_grams: Option<u32>) -> Resolved {
    Resolved {
        code: read(code).unwrap(),
        price,
        weight_grams,
    }
}

#[test]
fn a_label_means_its_item_and_what_is_printed_on_it() {
    let patterns = Patterns::parse([
        "22IIIIIPPPPPC",
        "23IIIIIWWWWWC",
        "02IIIIIKPPPPC",
        "2401IIIVWWWWC",
    ])
    .unwrap();
    let rows = [
        // A price, a weight, a price behind a check digit, a weight behind one.
        ("2212345001989", resolved("2212345000000", Some(198), None)),
        ("2312345003485", resolved("2312345000000", None, Some(348))),
        (
            "0212345719800",
            resolved("0212345000000", Some(1_980), None),
        ),
        (
            "2401777912349",
            resolved("2401777000000", None, Some(1_234)),
        ),
        // The same label as scanners with another setting hand it over.
        (
            "]E0２２１２３４５００１９８９\n",
            resolved("2212345000000", Some(198), None),
        ),
        ("212345719800", resolved("0212345000000", Some(1_980), None)),
        // Nothing printed: the item at its own price, and never for nothing.
        ("2212345000005", resolved("2212345000000", None, None)),
        // The item itself, as it stands in the database, and as a person types it.
        ("2212345000000", resolved("2212345000000", None, None)),
        // A wrong check digit, another prefix, another length, another literal: the code itself.
        ("2212345001987", resolved("2212345001987", None, None)),
        ("2512345001987", resolved("2512345001987", None, None)),
        ("4901234567894", resolved("4901234567894", None, None)),
        ("22123450", resolved("22123450", None, None)),
        ("bread", resolved("bread", None, None)),
    ];
    for (input, expected) in rows {
        assert_eq!(patterns.resolve(input).unwrap(), expected, "{input:?}");
    }
    assert!(patterns.resolve("  ").is_err());
    let none = Patterns::default().resolve("2212345001989").unwrap();
    assert_eq!(none, resolved("2212345001989", None, None));
}

#[test]
fn what_a_scale_prints_is_read_back() {
    let patterns = Patterns::parse(["22IIIIIPPPPPC", "23IIIIIWWWWWC"]).unwrap();
    let kinds = prop_oneof![proptest::strategy::Just(2_u8), proptest::strategy::Just(3)];
    for_all(
        500,
        (kinds, collection::vec(0..10_u8, 5), 1..100_000_u32),
        |(kind, item, value)| {
            let mut label = vec![2, kind];
            label.extend(&item);
            label.extend(format!("{value:05}").bytes().map(|byte| byte - b'0'));
            label.push(right_digit(&label));
            let found = patterns.resolve(&written(&label)).unwrap();
            let expected = format!("2{kind}{}000000", written(&item));
            assert_eq!(found.code.as_str(), expected);
            let (price, weight) = match kind {
                2 => (Some(i64::from(value)), None),
                _ => (None, Some(value)),
            };
            assert_eq!((found.price, found.weight_grams), (price, weight));
        },
    );
}
