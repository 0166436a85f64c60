//! Whole card numbers are refused in every text that people write, and nowhere else.

use super::check_faults;
use crate::generate::value::minor;
use crate::property::for_all;
use crate::sample::{self, named, text};
use proptest::prelude::*;
use purchase::card::holds_card_number;
use purchase::id::{ItemCode, Label};
use purchase::settlement::{Buyer, Content};
use purchase::sums::Rule;

/// A card number, as people and machines write it.
const SPELLINGS: [&str; 4] = [
    "4111111111111111",
    "VISA 4111-1111-1111-1111 確認済",
    "4111 1111 1111 1111",
    "４１１１　１１１１　１１１１　１１１１",
];

/// Writes a text into one place of a settlement.
type Write = fn(&mut Content, &str);

#[test]
fn card_numbers_are_refused_in_each_free_text() {
    let places: [(&str, Write); 15] = [
        ("/lines/2/name", |c, t| c.lines[2].name = Some(text(t))),
        ("/lines/2/unit", |c, t| c.lines[2].unit = Some(text(t))),
        ("/lines/0/category", |c, t| {
            c.lines[0].category = Some(text(t))
        }),
        ("/lines/0/discounts/1/label", |c, t| {
            c.lines[0].discounts[1].label = text(t)
        }),
        ("/adjustments/1/label", |c, t| {
            c.adjustments[1].label = text(t)
        }),
        ("/tenders/1/label", |c, t| {
            c.tenders[1].label = Some(text(t))
        }),
        ("/tenders/0/card/brand", |c, t| {
            c.tenders[0].card.as_mut().unwrap().brand = text(t)
        }),
        ("/tenders/0/card/first6", |c, t| {
            c.tenders[0].card.as_mut().unwrap().first6 = Some(text(t));
        }),
        ("/tenders/0/card/last4", |c, t| {
            c.tenders[0].card.as_mut().unwrap().last4 = text(t)
        }),
        ("/notes/0", |c, t| c.notes[0] = text(t)),
        ("/notes/1", |c, t| c.notes[1] = text(t)),
        ("/receipt_number", |c, t| c.receipt_number = Some(text(t))),
        ("/staff", |c, t| c.staff = Some(text(t))),
        ("/extra", |c, t| {
            c.extra = Some(format!(r#"{{"paid":"{t}"}}"#).into())
        }),
        ("/extra", |c, t| {
            c.extra = Some(format!(r#"{{"{t}":[1]}}"#).into())
        }),
    ];
    for (pointer, write) in places {
        for spelling in SPELLINGS {
            let mut content = sample::full();
            write(&mut content, spelling);
            let name = format!("{spelling} in {pointer}");
            check_faults(&name, content, &[(pointer, Rule::CardNumber)]);
        }
        let mut content = sample::full();
        write(&mut content, "411111******1111");
        check_faults(pointer, content, &[]);
    }
}

#[test]
fn what_machines_make_is_exempt() {
    let rows: [(&str, Write); 8] = [
        ("code", |c, t| c.lines[0].code = ItemCode::parse(t).ok()),
        ("terminal", |c, t| c.key.terminal = Label::parse(t).unwrap()),
        ("transaction", |c, t| {
            c.key.transaction = Label::parse(t).unwrap()
        }),
        ("member code", |c, t| c.buyer = Buyer::MemberCode(text(t))),
        ("terminal of the other half", |c, t| {
            c.with.as_mut().unwrap().terminal = Label::parse(t).unwrap();
        }),
        ("transaction of the other half", |c, t| {
            c.with.as_mut().unwrap().transaction = Label::parse(t).unwrap();
        }),
        ("transaction of the original", |c, t| {
            *c = sample::void();
            c.of.as_mut().unwrap().key.transaction = Label::parse(t).unwrap();
        }),
        // A number as an amount is money and not a text.
        ("points", |c, _| {
            c.points.as_mut().unwrap().balance = Some(minor(378_282_246_310_005));
        }),
    ];
    for (name, write) in rows {
        for spelling in [SPELLINGS[0], SPELLINGS[2]] {
            let mut content = sample::full();
            write(&mut content, spelling);
            assert_ne!(content, sample::full());
            check_faults(&format!("{spelling} as {name}"), content, &[]);
        }
    }
}

#[test]
fn a_refusal_never_repeats_the_number() {
    let mut content = sample::full();
    content.staff = Some(text(SPELLINGS[0]));
    content.lines[0].discounts = vec![named(SPELLINGS[2], 30)];
    for fault in purchase::sums::faults(&content) {
        assert!(!format!("{fault:?}").contains("1111"), "{fault:?}");
    }
}

/// Leading digits and length of numbers that issuers give out.
const ISSUED: [(&str, usize); 13] = [
    ("4", 16),
    ("4", 19),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("3528", 16),
    ("3589", 16),
    ("6011", 16),
    ("62", 19),
    ("36", 16),
];

/// A number that an issuer could have given out: the last digit makes every second digit from the
/// right, doubled and with its digits added, and the others together a multiple of ten.
fn issued() -> impl Strategy<Value = String> {
    (prop::sample::select(ISSUED.to_vec()), "[0-9]{19}").prop_map(|((lead, length), digits)| {
        let mut number = format!("{lead}{digits}");
        number.truncate(length - 1);
        let weigh = |(place, digit): (usize, char)| {
            let digit = digit.to_digit(10).unwrap();
            let doubled = digit * 2;
            if place % 2 == 0 {
                doubled / 10 + doubled % 10
            } else {
                digit
            }
        };
        let sum: u32 = number.chars().rev().enumerate().map(weigh).sum();
        number.push(char::from_digit((10 - sum % 10) % 10, 10).unwrap());
        number
    })
}

#[test]
fn every_issued_number_is_seen_however_it_is_spaced() {
    let separators = prop::sample::select(vec!["", " ", "-", " - ", "\u{3000}"]);
    let spaced = prop::collection::vec(separators, 19);
    for_all(600, (issued(), spaced), |(number, separators)| {
        let spell = |(digit, separator): (char, &str)| format!("{digit}{separator}");
        let written: String = number.chars().zip(separators).map(spell).collect();
        assert!(holds_card_number(&number));
        assert!(
            holds_card_number(&format!("カード {written}様")),
            "{written:?}"
        );
    });
}

#[test]
fn a_single_wrong_digit_is_no_card_number() {
    let wrong = (issued(), 0..19_usize, 1..10_u32);
    for_all(600, wrong, |(number, place, by)| {
        let place = place % number.len();
        let change = |(at, digit): (usize, char)| {
            let value = digit.to_digit(10).unwrap();
            let value = if at == place {
                (value + by) % 10
            } else {
                value
            };
            char::from_digit(value, 10).unwrap()
        };
        let wrong: String = number.chars().enumerate().map(change).collect();
        assert!(!holds_card_number(&wrong), "{number} spoilt to {wrong}");
    });
}
