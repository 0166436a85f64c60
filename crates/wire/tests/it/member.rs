//! Member codes: what is one, what its wish and its check digit do, and by what it is known.

use wire::codes::{read_claim, read_member_codes};
use wire::member::{MemberCode, MemberForm, Wish};

const RANDOM: [u8; 16] = [7; 16];

fn code(form: MemberForm, wish: Wish) -> MemberCode {
    MemberCode::new(form, wish, RANDOM)
}

#[test]
fn new_codes_have_their_prefix_their_wish_and_their_check_digit() {
    let rows = [
        (MemberForm::Short, Wish::Paper, "900"),
        (MemberForm::Short, Wish::NoPaper, "901"),
        (MemberForm::Card, Wish::Paper, "910"),
        (MemberForm::Card, Wish::NoPaper, "911"),
    ];
    for (form, wish, begins) in rows {
        let code = code(form, wish);
        let text = code.to_string();
        assert!(text.starts_with(begins) && text.len() == 22, "{text}");
        let digits = text.bytes().rev().map(|digit| u32::from(digit - b'0'));
        let weighted = digits.zip([1, 3].into_iter().cycle());
        let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
        assert_eq!(sum % 10, 0, "{text}");
        let read = MemberCode::parse(&text).unwrap();
        assert_eq!((read, read.form(), read.wish()), (code, form, wish));
        assert!(!format!("{code:?}").contains('9'), "a log shows no digit");
    }
    let other = MemberCode::new(MemberForm::Short, Wish::Paper, [8; 16]);
    assert_ne!(other, code(MemberForm::Short, Wish::Paper));
}

#[test]
fn the_wish_may_be_turned_and_nothing_else() {
    let paper = code(MemberForm::Short, Wish::Paper);
    let none = paper.with_wish(Wish::NoPaper);
    assert_eq!(none, code(MemberForm::Short, Wish::NoPaper));
    assert_eq!(none.with_wish(Wish::Paper), paper);
    assert_eq!(none.hash(), paper.hash(), "known all the same");
    assert_ne!(paper.hash(), code(MemberForm::Card, Wish::Paper).hash());
    let hash: String = paper
        .hash()
        .0
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    insta::assert_snapshot!(format!("{paper} {hash}"), @"9009553813804799116871 24e17e4c72d086d5eb62196f24c6a1055a8df3b1ff44402313722e74525862a3");
}

#[test]
fn only_twenty_two_digits_that_agree_are_a_code() {
    let right = code(MemberForm::Short, Wish::Paper).to_string();
    for at in 0..22 {
        for digit in b'0'..=b'9' {
            let mut other = right.clone().into_bytes();
            if other[at] != digit {
                other[at] = digit;
                let other = String::from_utf8(other).unwrap();
                assert_eq!(MemberCode::parse(&other), None, "{other}");
            }
        }
    }
    let wrong = [
        "",
        "1210123456789012345678",
        "01234567890123456784",
        "4901234567894",
        &right[..21],
        &format!("{right}0"),
        &format!("{} ", &right[..21]),
        // Another prefix and another wish, each with its check digit.
        "2100000000000000000003",
        "9020000000000000000007",
    ];
    for text in wrong {
        assert_eq!(MemberCode::parse(text), None, "{text:?}");
    }
}

#[test]
fn what_people_and_scanners_type_is_folded() {
    let right = code(MemberForm::Card, Wish::NoPaper);
    let text = right.to_string();
    let grouped: Vec<&str> = [0..6, 6..12, 12..17, 17..22]
        .map(|part| &text[part])
        .to_vec();
    let wide: String = text
        .chars()
        .filter_map(|digit| char::from_u32(u32::from(digit) + 0xFEE0))
        .collect();
    for typed in [
        &text,
        &grouped.join(" "),
        &grouped.join("-"),
        &wide,
        &format!("{wide}\u{3000}"),
    ] {
        assert_eq!(MemberCode::typed(typed), Some(right), "{typed}");
    }
    assert_eq!(MemberCode::typed(&format!("{text}x")), None);
    assert_eq!(
        MemberCode::parse(&wide),
        None,
        "a settlement says it exactly"
    );
}

fn told(result: Result<impl std::fmt::Debug, Vec<wire::error::FieldError>>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(errors) => errors
            .iter()
            .map(|error| {
                format!(
                    "{} {} {}\n",
                    error.code.as_str(),
                    error.pointer,
                    error.detail
                )
            })
            .collect(),
    }
}

#[test]
fn what_a_person_asks_for_is_proven() {
    let asked = [
        r#"{"form":"short","count":32}"#,
        r#"{"form":"card"}"#,
        r#"{"form":"short"}"#,
        r#"{"form":"short","count":33}"#,
        r#"{"form":"short","count":0}"#,
        r#"{"form":"card","count":2}"#,
        r#"{"form":"long","count":999}"#,
        r#"{"count":1}"#,
    ];
    let told: Vec<String> = asked
        .iter()
        .map(|body| told(read_member_codes(body.as_bytes())))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    NewMemberCodes { form: Short, count: 32 }
    NewMemberCodes { form: Card, count: 1 }
    NewMemberCodes { form: Short, count: 1 }
    invalid_value /count must be from 1 to 32; ask again for more

    invalid_value /count must be from 1 to 32; ask again for more

    invalid_value /count must be 1: there is one card, and a new one ends the one before

    invalid_value /form must be one of: short, card
    invalid_value /count must be from 1 to 32; ask again for more

    missing_field /form is required
    ");
}

#[test]
fn what_stands_on_a_receipt_is_read_as_it_is_typed() {
    let rows = [
        (r#"{"claim_code":"01234567890123456784"}"#, true),
        (r#"{"claim_code":"01234 56789 01234 56784"}"#, true),
        (
            r#"{"claim_code":"０１２３４-５６７８９-０１２３４-５６７８４"}"#,
            true,
        ),
        (r#"{"claim_code":"0123456789012345678"}"#, false),
        (r#"{"claim_code":"O1234567890123456784"}"#, false),
        (r#"{"code":"01234567890123456784"}"#, false),
    ];
    for (body, fits) in rows {
        let read = read_claim(body.as_bytes());
        assert_eq!(read.is_ok(), fits, "{body}: {read:?}");
        if let Ok(code) = read {
            assert_eq!(code.to_string(), "01234567890123456784");
        }
    }
}
