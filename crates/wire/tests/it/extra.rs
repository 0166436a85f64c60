//! What may stand in the texts that people write freely, and in the one free-form object.

use crate::settlement::check;
use crate::town::{sale_and, sale_with};
use wire::settlement::read_settlement;

#[test]
fn card_numbers_are_refused_wherever_people_write() {
    let number = "4111 1111 1111 1111";
    let rows = [
        (
            sale_with(r#""code":"1095275""#, &format!(r#""name":"{number}""#)),
            "/lines/0/name",
        ),
        (sale_and(&format!(r#""staff":"{number}""#)), "/staff"),
        (
            sale_and(&format!(r#""notes":["ok","{number}"]"#)),
            "/notes/1",
        ),
        (
            sale_and(&format!(r#""extra":{{"a":"{number}"}}"#)),
            "/extra",
        ),
        (sale_and(&format!(r#""extra":{{"{number}":1}}"#)), "/extra"),
        (sale_and(r#""extra":{"a":4111111111111111}"#), "/extra"),
        (sale_and(r#""extra":{"a":4111111111111111.5}"#), "/extra"),
        (
            sale_and(r#""extra":{"a":"\u0034111111111111111"}"#),
            "/extra",
        ),
        (
            sale_and(r#""extra":{"a":["x",{"b":"4111\u00201111\u002d11111111"}]}"#),
            "/extra",
        ),
    ];
    for (json, pointer) in rows {
        check(&json, &[&format!("card_number_refused {pointer}")]);
        let rejection = read_settlement(json.as_bytes()).unwrap_err();
        assert!(
            !format!("{rejection:?}").contains("1111 1111"),
            "{rejection:?}"
        );
    }
    for json in [
        sale_with("1095275", "4111111111111111"),
        sale_with("31198570044", "4111111111111111"),
        sale_with("usr_0zzg0081040g2081040m2gc5v8", "4111111111111111"),
    ] {
        check(&json, &[]);
    }
}

#[test]
fn extra_is_one_bounded_readable_object() {
    let nested = |levels: usize| {
        format!(
            r#"{{"a":{}0{}}}"#,
            "[".repeat(levels - 1),
            "]".repeat(levels - 1)
        )
    };
    let long = |bytes: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8));
    let rows = [
        ("{}".to_owned(), None),
        (r#"{"a":{"b":1},"c":{"b":1},"d":"\n\t"}"#.to_owned(), None),
        (long(4_096), None),
        (long(4_097), Some("too_long")),
        (nested(16), None),
        (nested(17), Some("invalid_value")),
        (
            format!(r#"{{"a":{}{}}}"#, "[".repeat(2_000), "]".repeat(2_000)),
            Some("invalid_value"),
        ),
        ("[]".to_owned(), Some("invalid_value")),
        ("1".to_owned(), Some("invalid_value")),
        (r#""text""#.to_owned(), Some("invalid_value")),
        (r#"{"a":1,"a":1}"#.to_owned(), Some("duplicate_field")),
        (r#"{"a":1,"\u0061":1}"#.to_owned(), Some("duplicate_field")),
        (r#"{"a":{"b":1,"b":2}}"#.to_owned(), Some("duplicate_field")),
        (r#"{"a":"\u0000"}"#.to_owned(), Some("invalid_value")),
        (r#"{"\u0000":1}"#.to_owned(), Some("invalid_value")),
        (r#"{"a":"\ud83d"}"#.to_owned(), Some("invalid_value")),
        (r#"{"a":"\udc00\ud83d"}"#.to_owned(), Some("invalid_value")),
        (r#"{"a":"\ud83d\ude00"}"#.to_owned(), None),
        (r#"{"a":1e999}"#.to_owned(), Some("invalid_value")),
    ];
    for (extra, code) in rows {
        let expected: Vec<String> = code.iter().map(|code| format!("{code} /extra")).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(&sale_and(&format!(r#""extra":{extra}"#)), &expected);
    }
}
