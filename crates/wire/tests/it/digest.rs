//! The digest of a settlement: published vectors, and what makes no difference to it.

use crate::town::{FULL, SALE, changed, received, sale_and, sale_with};
use purchase::canonical;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The committed vectors, one a line.
const VECTORS: &str = include_str!("../vectors/digests.ndjson");

/// One of them. The settlement is read as it stands there, `extra` byte for byte.
#[derive(Deserialize)]
struct Vector<'a> {
    name: &'a str,
    #[serde(borrow)]
    settlement: &'a RawValue,
    canonical: &'a str,
    sha256: &'a str,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_published_vectors_hold() {
    let mut count = 0;
    for line in VECTORS.lines() {
        let vector: Vector<'_> = serde_json::from_str(line).unwrap();
        let received = received(vector.settlement.get());
        assert_eq!(
            hex(&received.canonical),
            vector.canonical,
            "{}",
            vector.name
        );
        assert_eq!(hex(&received.digest.0), vector.sha256, "{}", vector.name);
        count += 1;
    }
    assert_eq!(count, 9);
}

#[test]
fn what_says_the_same_has_the_same_digest() {
    let reordered = r#"{"total":50,"lines":[{"amount":50,"unit_price":50,"quantity":"1","code":"1095275"}],"user":{"id":"usr_0zzg0081040g2081040m2gc5v8"},"currency":"USD","purchased_at":"2017-01-01T11:53:26Z","kind":"sale","transaction":"31198570044","business_date":"2017-01-01","terminal":"1","store_id":"s-330"}"#;
    let rows = [
        reordered.to_owned(),
        SALE.replace(',', " ,\n"),
        sale_with("2017-01-01T11:53:26Z", "2017-01-01T20:53:26+09:00"),
        sale_with("2017-01-01T11:53:26Z", "2017-01-01T11:53:26.000999Z"),
        sale_with("2017-01-01T11:53:26Z", "2017-01-01t11:53:26z"),
        sale_with(r#""quantity":"1""#, r#""quantity":"1.0""#),
        sale_with(r#""quantity":"1""#, r#""quantity":"01.000000""#),
        sale_with(
            r#""amount":50}"#,
            r#""amount":50,"discount":0,"unit":"each","discounts":[]}"#,
        ),
        sale_and(r#""change":0,"adjustments":[],"taxes":[],"tenders":[],"notes":[]"#),
        sale_and(r#""staff":null,"extra":null,"of":null,"adjustments":null,"points":null"#),
        sale_with("s-330", r"\u0073-330"),
    ];
    let expected = received(SALE);
    for json in rows {
        let found = received(&json);
        assert_eq!(found.digest, expected.digest, "{json}");
        assert_eq!(found.canonical, expected.canonical, "{json}");
    }
}

#[test]
fn what_says_something_else_has_another_digest() {
    let rows = [
        sale_with("31198570044", "31198570045"),
        sale_with("2017-01-01T11:53:26Z", "2017-01-01T11:53:26.001Z"),
        sale_with("USD", "EUR"),
        sale_with(
            "usr_0zzg0081040g2081040m2gc5v8",
            "usr_0zzg0081040g2081040m2gc5v9",
        ),
        sale_with(r#""id":"#, r#""pseudonym":"#),
        sale_with("1095275", "01095275"),
        sale_with(r#""amount":50}"#, r#""amount":50,"kind":"goods"}"#),
        sale_with(r#""amount":50}"#, r#""amount":50,"sensitive":false}"#),
        sale_and(r#""catalogue_revision":0"#),
        sale_and(r#""points":{}"#),
        sale_and(r#""extra":{}"#),
        sale_and(r#""extra":{ }"#),
        sale_and(r#""claim_code":"01234567890123456789""#),
    ];
    let mut seen = vec![received(SALE).digest];
    for json in rows {
        let digest = received(&json).digest;
        assert!(!seen.contains(&digest), "{json}");
        seen.push(digest);
    }
}

#[test]
fn canonical_bytes_read_back() {
    for json in [SALE.to_owned(), FULL.to_owned(), changed(FULL, "7", "8")] {
        let received = received(&json);
        assert_eq!(
            canonical::decode(&received.canonical),
            Ok(received.settlement)
        );
    }
}
