//! What a store is told about its settlements.

use crate::town::{SALE, received, sale_with};
use purchase::id::PurchaseId;
use purchase::time::Timestamp;
use purchase::warning::{Warning, Warnings};
use wire::claim::ClaimCode;
use wire::error::{ErrorCode, FieldError};
use wire::outcome::{Filing, KeyMessage, OutcomeMessage};
use wire::settlement::read_settlement;

fn written(message: &OutcomeMessage) -> String {
    let mut out = b"> ".to_vec();
    message.write_json(&mut out);
    let text = String::from_utf8(out).unwrap();
    let json = text
        .strip_prefix("> ")
        .expect("what stood there stays")
        .to_owned();
    assert_eq!(
        &serde_json::from_str::<OutcomeMessage>(&json).unwrap(),
        message
    );
    format!("{} {json}", message.status())
}

#[test]
fn outcomes_are_written_as_the_contract_shows_them() {
    let received = received(SALE);
    let key = &received.settlement.content().key;
    let filing = Filing {
        key,
        purchase_id: PurchaseId::new(Timestamp::from_ms(1_483_271_606_000).unwrap(), [7; 10]),
        pending_lines: 0,
        warnings: Warnings::default(),
        filed: None,
        claim_code: None,
    };
    insta::assert_snapshot!(written(&OutcomeMessage::recorded(&filing)), @r#"201 {"outcome":"recorded","key":{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044"},"purchase_id":"pur_05cnkr4ey03ge1r70w3ge1r70w","pending_lines":0,"warnings":[]}"#);
    let unclaimed = Filing {
        pending_lines: 2,
        warnings: Warnings::default()
            .with(Warning::Clock)
            .with(Warning::TaxCheck),
        claim_code: ClaimCode::parse("01234567890123456789"),
        ..filing
    };
    insta::assert_snapshot!(written(&OutcomeMessage::already_recorded(&unclaimed)), @r#"200 {"outcome":"already_recorded","key":{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044"},"purchase_id":"pur_05cnkr4ey03ge1r70w3ge1r70w","pending_lines":2,"warnings":["tax_check","clock"],"claim_code":"01234567890123456789"}"#);
    let shown = Filing {
        filed: Some(false),
        ..unclaimed
    };
    let json = written(&OutcomeMessage::recorded(&shown));
    assert!(
        json.contains(r#""warnings":["tax_check","clock"],"filed":false,"claim_code""#),
        "{json}"
    );
    insta::assert_snapshot!(written(&OutcomeMessage::conflict(key)), @r#"409 {"outcome":"conflict","key":{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044"},"code":"key_conflict","detail":"this key was recorded with other content; nothing was changed"}"#);
    let refused = FieldError {
        pointer: "/store_id".into(),
        code: ErrorCode::NotYourStore,
        detail: "this key writes for s-1".into(),
    };
    insta::assert_snapshot!(written(&OutcomeMessage::refused(key, refused)), @r#"403 {"outcome":"rejected","key":{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044"},"code":"not_your_store","errors":[{"pointer":"/store_id","code":"not_your_store","detail":"this key writes for s-1"}]}"#);
    assert_eq!(KeyMessage::from(key).prove().as_ref(), Some(key));
}

#[test]
fn a_refused_settlement_is_told_with_or_without_its_key() {
    let outcome = |json: &str| {
        let rejection = read_settlement(json.as_bytes()).unwrap_err();
        written(&OutcomeMessage::rejected(*rejection))
    };
    insta::assert_snapshot!(outcome(&sale_with(r#""total":50"#, r#""total":51"#)), @r#"422 {"outcome":"rejected","key":{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044"},"code":"total_sum","errors":[{"pointer":"/total","code":"total_sum","detail":"lines 50, adjustments 0 and excluded tax 0 make 50, not 51"}]}"#);
    insta::assert_snapshot!(outcome("{"), @r#"400 {"outcome":"rejected","code":"malformed_json","errors":[{"pointer":"","code":"malformed_json","detail":"is not JSON: EOF while parsing an object at line 1 column 1"}]}"#);
}

#[test]
fn a_single_refusal_is_a_problem_with_its_outcome() {
    let json = sale_with(r#""quantity":"1""#, r#""quantity":"0""#);
    let problem = read_settlement(json.as_bytes()).unwrap_err().into_problem();
    insta::assert_snapshot!(serde_json::to_string_pretty(&problem).unwrap(), @r#"
    {
      "type": "/problems/invalid_value",
      "title": "A value has the wrong form",
      "status": 422,
      "detail": "/lines/0/quantity: must be greater than zero",
      "code": "invalid_value",
      "errors": [
        {
          "pointer": "/lines/0/quantity",
          "code": "invalid_value",
          "detail": "must be greater than zero"
        }
      ],
      "outcome": "rejected",
      "key": {
        "store_id": "s-330",
        "terminal": "1",
        "business_date": "2017-01-01",
        "transaction": "31198570044"
      }
    }
    "#);
}
