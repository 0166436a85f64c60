//! Codes as shops have them: article numbers, and labels of a shop's own scale.
//!
//! The check digit is computed here a second time, in another way than in the product, and labels are
//! read a second time, place by place.

use crate::property::for_all;
use crate::sample::at;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use purchase::code::{
    Gtin, GtinError, Lead, Pattern, PatternHistory, PatternSet, Patterns, PatternsError, Resolved,
};
use purchase::id::{ItemCode, Revision};
use purchase::limits::{PATTERN_SETS_MAX, PATTERNS_MAX};
use std::sync::Arc;

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
    let lengths = select(vec![7_usize, 11, 12, 13]);
    let bodies = lengths.prop_flat_map(|length| vec(0..10_u8, length));
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
    let bodies = vec(0..10_u8, 12);
    for_all(500, (bodies, 0..13_usize, 1..10_u8), |(body, at, by)| {
        let mut digits = body.clone();
        digits.push(right_digit(&body));
        digits[at] = (digits[at] + by) % 10;
        assert!(Gtin::parse(&written(&digits)).is_err());
    });
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
    let small = Pattern::parse(" 22 iiiii ppppp c").unwrap();
    assert_eq!(small.to_string(), "22IIIIIPPPPPC");
    let bad = [
        ("22IIIIIPPPPC", "12 places"),
        ("22IIIIIPPPPPPC", "14 places"),
        ("", "0 places"),
        ("22IIIIIXPPPPC", "'X' means nothing"),
        ("22IIIIIＰPPPPC", "'Ｐ' means nothing"),
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

fn code(code: &str) -> ItemCode {
    ItemCode::parse(code).unwrap()
}

fn resolved(of: &str, price: Option<i64>, weight_grams: Option<u32>) -> Option<Resolved> {
    Some(Resolved {
        code: code(of),
        price,
        weight_grams,
    })
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
        ("212345719800", resolved("0212345000000", Some(1_980), None)),
        // Nothing printed: the item at its own price, and never for nothing.
        ("2212345000005", resolved("2212345000000", None, None)),
        // The item itself, as it stands in the database, and as a person types it.
        ("2212345000000", None),
        // A wrong check digit, another prefix, another length, another literal: the code itself.
        ("2212345001987", None),
        ("2512345001980", None),
        ("4901234567894", None),
        ("22123450", None),
        ("02212345001989", None),
        ("２２１２３４５００１９８９", None),
        ("bread", None),
    ];
    for (input, expected) in rows {
        let found = patterns.resolve(&code(input));
        assert_eq!(found, expected, "{input:?}");
        let item = expected.map(|label| label.code);
        let other = item.filter(|item| item.as_str() != input);
        assert_eq!(patterns.item_of(&code(input)), other, "{input:?}");
    }
    assert_eq!(Patterns::default().resolve(&code("2212345001989")), None);
}

#[test]
fn what_a_scale_prints_is_read_back() {
    let patterns = Patterns::parse(["22IIIIIPPPPPC", "23IIIIIWWWWWC"]).unwrap();
    let kinds = prop_oneof![Just(2_u8), Just(3)];
    for_all(
        500,
        (kinds, vec(0..10_u8, 5), 1..100_000_u32),
        |(kind, item, value)| {
            let mut label = vec![2, kind];
            label.extend(&item);
            label.extend(format!("{value:05}").bytes().map(|byte| byte - b'0'));
            label.push(right_digit(&label));
            let found = patterns.resolve(&code(&written(&label))).unwrap();
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

/// A pattern that can be meant: a beginning, an item, a price or a weight.
fn some_pattern() -> impl Strategy<Value = Pattern> {
    let beginning = select(vec![
        "02", "2", "20", "22", "221", "2212", "23", "29", "2999",
    ]);
    let letters = select(vec!["P", "W", "KP", "VW"]);
    (beginning, letters, 1..6_usize).prop_map(|(beginning, letters, items)| {
        let left = 12 - beginning.len() - items;
        let (check, letter) = letters.split_at(letters.len() - 1);
        let embedded = letter.repeat(left - check.len());
        // A weight of ten places is too long: the first of them is written as a 0.
        let cut = embedded.len().saturating_sub(9);
        let embedded = "0".repeat(cut) + &embedded[cut..];
        let item = "I".repeat(items);
        Pattern::parse(&format!("{beginning}{item}{check}{embedded}C")).unwrap()
    })
}

/// The same, place by place and pattern by pattern.
fn read_slowly(patterns: &[String], label: &str) -> Option<(String, u64)> {
    let gtin = Gtin::parse(label).ok()?;
    let digits = gtin.as_str();
    let places = |pattern: &str| pattern.chars().zip(digits.chars()).collect::<Vec<_>>();
    let fits = |pattern: &&String| {
        digits.len() == 13
            && places(pattern)
                .iter()
                .all(|(place, digit)| !place.is_ascii_digit() || place == digit)
    };
    let pattern = patterns.iter().find(fits)?;
    let mut item = String::new();
    let mut value = String::from("0");
    for (place, digit) in places(pattern) {
        item.push(if place.is_ascii_digit() || place == 'I' {
            digit
        } else {
            '0'
        });
        if matches!(place, 'P' | 'W') {
            value.push(digit);
        }
    }
    Some((item, value.parse().unwrap()))
}

#[test]
fn labels_are_read_as_place_by_place() {
    let label = vec(0..10_u8, 11..13).prop_map(|mut body| {
        // Most begin as labels do.
        if body[0] < 7 {
            body[0] = 2;
        }
        body.push(right_digit(&body));
        written(&body)
    });
    let random = (vec(some_pattern(), 0..12), label);
    for_all(2_000, random, |(some, label)| {
        let mut patterns = Patterns::default();
        for pattern in some {
            // Those that contradict another are left out.
            let _ = patterns.add(pattern);
        }
        let texts: Vec<String> = patterns
            .as_slice()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(Patterns::parse(texts.iter().rev().map(String::as_str)).unwrap() == patterns);
        let found = patterns.resolve(&code(&label)).map(|label| {
            let price = label.price.map(i64::unsigned_abs);
            let value = price.or(label.weight_grams.map(u64::from));
            (label.code.as_str().to_owned(), value.unwrap_or(0))
        });
        assert_eq!(found, read_slowly(&texts, &label), "{label} by {texts:?}");
    });
}

#[test]
fn a_store_has_so_many_patterns_and_no_more() {
    let nth = |nth: usize| Pattern::parse(&format!("2{nth:03}IIIPPPPPC")).unwrap();
    let all = Patterns::new((0..PATTERNS_MAX).map(nth).collect()).unwrap();
    assert_eq!(all.as_slice().len(), PATTERNS_MAX);
    let label = Gtin::parse("2123777001983").unwrap();
    assert_eq!(
        all.item_of(&code(label.as_str())),
        Some(code("2123777000000"))
    );
    let mut more = all.clone();
    assert_eq!(more.add(nth(PATTERNS_MAX)), Err(PatternsError::TooMany));
    assert_eq!(more, all);
}

fn set(revision: u64, from: i64, patterns: &[&str]) -> PatternSet {
    PatternSet {
        effective_from: at(from),
        revision: Revision(revision),
        patterns: Arc::new(Patterns::parse(patterns.iter().copied()).unwrap()),
    }
}

#[test]
fn a_label_is_read_by_the_patterns_of_its_sale() {
    let label = code("2212345001989");
    let (five, six) = ("22IIIIIPPPPPC", "22IIIIIIPPPPC");
    let history = PatternHistory::new(vec![
        set(5, 30, &[]),
        set(3, 10, &[five]),
        set(4, 20, &[six]),
        set(6, 0, &["29IIIIIPPPPPC"]),
        set(7, 40, &[five]),
    ]);
    let rows = [
        (5, None, None),
        (10, None, Some("2212345000000")),
        (20, None, Some("2212345000000")),
        (20, Some(3), Some("2212345000000")),
        (20, Some(2), None),
        (30, None, None),
        (40, None, Some("2212345000000")),
        (9, Some(9), None),
    ];
    for (sold, upto, expected) in rows {
        let found = history.item_of(&label, at(sold), upto.map(Revision));
        let expected = expected.map(code);
        assert_eq!(found, expected, "sold at {sold}, up to {upto:?}");
    }
    // Other ways to the same item count once, the first of them; sets without a way do not.
    let lead = |of: &str, led_by: Option<u64>| Lead {
        code: code(of),
        led_by: led_by.map(Revision),
    };
    let other = code("2212345601981");
    assert_eq!(
        history.leads(&other, at(10), Revision(3)),
        [lead("2212345000000", None), lead("2212345600000", Some(4))]
    );
    assert_eq!(
        history.leads(&other, at(0), Revision(3)),
        [
            lead("2212345600000", Some(4)),
            lead("2212345000000", Some(7))
        ]
    );
    assert_eq!(history.leads(&other, at(0), Revision(7)), []);
}

#[test]
fn the_earliest_set_is_forgotten_first() {
    let mut history = PatternHistory::default();
    let sets = i64::try_from(PATTERN_SETS_MAX).unwrap();
    for nth in 1..=sets {
        let revision = u64::try_from(nth).unwrap();
        assert_eq!(history.add(set(revision, nth * 10, &[])), None);
    }
    let forgotten = history.add(set(999, 15, &[])).unwrap();
    assert_eq!(forgotten, set(1, 10, &[]));
    assert_eq!(history.as_of(at(14), None), None, "never a wrong one");
    assert_eq!(history.as_of(at(15), None), Some(&set(999, 15, &[])));
    assert_eq!(history.as_slice().len(), PATTERN_SETS_MAX);
}
