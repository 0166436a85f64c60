//! Pairing codes as people type them, and what a machine says when it joins.

use wire::error::FieldError;
use wire::joining::{PairingCode, read_join, read_new_key, read_pairing};

#[test]
fn a_code_is_read_however_it_is_typed() {
    let code = PairingCode::new([0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde]);
    insta::assert_snapshot!(code.to_string(), @"04HM-ASW9-NF6Y");
    let other = PairingCode::new([0x01, 0x10, 0, 0, 0, 0, 0, 1]);
    insta::assert_snapshot!(other.to_string(), @"2400-0000-0001");
    let rows = [
        ("0J1M-F01M-0001", true),
        ("0j1mf01m0001", true),
        (" oJlm fOiM-OooL ", true),
        ("0J1M-F01M-000U", false),
        ("0J1M-F01M-000", false),
        ("0J1M-F01M-00010", false),
        ("0J1M-F01M-000é", false),
        ("", false),
    ];
    let first = PairingCode::parse("0J1M-F01M-0001").unwrap();
    for (typed, fits) in rows {
        let read = PairingCode::parse(typed);
        assert_eq!(read, fits.then_some(first), "{typed:?}");
    }
    assert_eq!(
        first.hash(),
        PairingCode::parse("0j1mf01m0001").unwrap().hash()
    );
    assert_ne!(first.hash(), code.hash());
    assert_eq!(format!("{first:?}"), "PairingCode(hidden)");
    assert_eq!(PairingCode::parse(&code.to_string()), Some(code));
}

fn shown<T>(result: Result<T, Vec<FieldError>>) -> String {
    let errors = result.err().unwrap_or_default();
    let shown = errors
        .iter()
        .map(|error| format!("{} {}", error.code, error.pointer));
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn messages_are_refused_at_their_place() {
    let key = "0f".repeat(32);
    let join = |code: &str, key: &str, rest: &str| {
        let sent = format!(r#"{{"code":"{code}","public_key":"{key}"{rest}}}"#);
        shown(read_join(sent.as_bytes()))
    };
    let rows = [
        (join("0J1M-F01M-0001", &key, ""), ""),
        (join("0j1mf01m0001", &key, r#","name":"till 1""#), ""),
        (
            join("0J1M", &key[1..], r#","name":"""#),
            "invalid_value /code, invalid_value /public_key, invalid_value /name",
        ),
        (
            join("0J1M-F01M-0001", &key, r#","id":1"#),
            "unknown_field /id",
        ),
        (shown(read_join(b"{}")), "missing_field /code"),
        (shown(read_pairing(br#"{"name":"till 1"}"#)), ""),
        (
            shown(read_pairing(br#"{"name":" "}"#)),
            "invalid_value /name",
        ),
        (shown(read_pairing(b"{}")), "missing_field /name"),
        (shown(read_new_key(b"{}")), "missing_field /public_key"),
        (
            shown(read_new_key(br#"{"public_key":"zz"}"#)),
            "invalid_value /public_key",
        ),
    ];
    for (at, (found, expected)) in rows.iter().enumerate() {
        assert_eq!(found, expected, "row {at}");
    }
    let sent = format!(r#"{{"public_key":"{}"}}"#, key.to_uppercase());
    assert_eq!(read_new_key(sent.as_bytes()), Ok([15; 32]));
}
