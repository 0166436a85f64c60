//! Any settlement that can be proven is the same after its canonical bytes were read back.

use crate::town;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use purchase::canonical;
use serde_json::{Map, Value, json};
use wire::settlement::answer::settlement_answer;

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z ]{0,8}x", "[ぁ-んァ-ヶ一-龠]{1,12}", "[!-~]{1,5}"]
}

fn put(object: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Value::Object(members), Some(value)) = (object, value) {
        members.insert(name.to_owned(), value.into());
    }
}

prop_compose! {
    fn line()(
        code in "[0-9]{1,14}",
        name in of(text()),
        quantity in 1_u64..2_000_000_000,
        price in 0_i64..100_000,
        amount in 0_i64..1_000_000,
        unit in of(text()),
        list_price in of(0_i64..1_000_000),
        percent in of(0_u32..1_000),
        included in any::<Option<bool>>(),
        service in any::<Option<bool>>(),
        category in of(text()),
        sensitive in any::<Option<bool>>(),
        at in of(0_i64..4_000_000_000_000),
    ) -> (Value, i64) {
        let quantity = purchase::quantity::decimal(quantity, 6);
        let mut line = json!({
            "code": code, "quantity": quantity, "unit_price": price, "amount": amount,
            "priced_by": "till"
        });
        put(&mut line, "name", name);
        put(&mut line, "unit", unit);
        put(&mut line, "list_price", list_price);
        put(&mut line, "tax_percent", percent.map(|percent| purchase::quantity::decimal(percent.into(), 1)));
        put(&mut line, "tax_included", included);
        put(&mut line, "kind", service.map(|service| if service { "service" } else { "goods" }));
        put(&mut line, "category", category);
        put(&mut line, "sensitive", sensitive);
        put(&mut line, "service_from", at.map(instant));
        (line, amount)
    }
}

fn instant(ms: i64) -> String {
    wire::time::show_utc(purchase::time::Timestamp::from_ms(ms).unwrap())
}

prop_compose! {
    fn settlement()(
        transaction in "[!-~]{1,32}",
        at in 0_i64..4_000_000_000_000,
        lines in vec(line(), 1..12),
        adjustment in of((0_i64..1_000, text())),
        cash in any::<bool>(),
        change in 0_i64..1_000,
        claim in of("[0-9]{20}"),
        revision in any::<Option<u64>>(),
        receipt_number in of(text()),
        notes in vec(text(), 0..4),
        points in of(-5_000_i64..5_000),
        user in 0_usize..4,
        free in of(text()),
    ) -> String {
        let mut total: i64 = lines.iter().map(|(_, amount)| amount).sum();
        let mut json = json!({
            "store_id": "s-1", "terminal": "1", "business_date": "2026-02-28",
            "transaction": transaction, "kind": "sale", "purchased_at": instant(at),
            "currency": "JPY",
            "lines": lines.into_iter().map(|(line, _)| line).collect::<Vec<_>>(),
        });
        if let Some((amount, label)) = adjustment {
            total += amount;
            put(&mut json, "adjustments", Some(json!([{"kind": "fee", "label": label, "amount": amount, "lines": [1]}])));
        }
        if cash {
            put(&mut json, "tenders", Some(json!([{"kind": "cash", "amount": total + change}])));
            put(&mut json, "change", Some(change));
        }
        put(&mut json, "total", Some(total));
        put(&mut json, "claim_code", claim);
        put(&mut json, "catalogue_revision", revision);
        put(&mut json, "receipt_number", receipt_number);
        put(&mut json, "notes", Some(notes));
        put(&mut json, "points", points.map(|points| json!({"balance": points})));
        let who = ["id", "member_code", "pseudonym"].get(user).copied();
        put(&mut json, "user", who.map(|who| {
            Map::from_iter([(who.to_owned(), Value::from("u-1"))])
        }));
        put(&mut json, "extra", free.map(|free| json!({"a": [free]})));
        json.to_string()
    }
}

/// No file of old failures is kept: a failure is printed with its seed and becomes a test.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn canonical_bytes_lose_nothing(json in settlement()) {
        let received = town::received(&json);
        let read = canonical::decode(&received.canonical);
        prop_assert_eq!(read.as_ref(), Ok(&received.settlement));
        let again = read.map(|settlement| canonical::encode(&settlement));
        prop_assert_eq!(again, Ok(received.canonical));
    }

    #[test]
    fn what_is_told_back_says_the_same(json in settlement()) {
        let received = town::received(&json);
        let content = received.settlement.content();
        let zone = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
        let told = serde_json::to_string(&settlement_answer(content, &zone)).unwrap();
        let again = town::received(&told);
        let mut expected = content.clone();
        expected.claim = None;
        prop_assert_eq!(again.settlement.content(), &expected, "{}", told);
    }

    #[test]
    fn no_bytes_make_the_door_fall(bytes in vec(any::<u8>(), 0..300)) {
        prop_assert!(wire::settlement::read_settlement(&bytes).is_err());
    }

    #[test]
    fn a_damaged_settlement_is_taken_or_refused(
        json in settlement(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = json.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Err(rejection) = wire::settlement::read_settlement(&bytes) {
            prop_assert!(!rejection.errors.is_empty());
        }
    }
}
