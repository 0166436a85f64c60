//! The closed list of codes, and the problem document.

use std::collections::BTreeSet;
use wire::error::{ErrorCode, FieldError, Problem};
use wire::outcome::OutcomeKind;

#[test]
fn codes_are_stable_distinct_and_read_back() {
    let mut seen = BTreeSet::new();
    for code in ErrorCode::ALL {
        assert!(seen.insert(code.as_str()), "{code} stands twice");
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, format!("\"{code}\""));
        assert_eq!(serde_json::from_str::<ErrorCode>(&json).unwrap(), code);
        assert!(!code.title().is_empty() && !code.title().ends_with('.'));
    }
    assert!(
        ErrorCode::ALL.is_sorted(),
        "the list follows the declaration"
    );
}

#[test]
fn statuses_tell_whether_to_try_again() {
    let table: Vec<String> = ErrorCode::ALL
        .iter()
        .map(|code| {
            let again = if code.is_retryable() {
                "again"
            } else {
                "never"
            };
            let effect = if code.had_no_effect() {
                "none"
            } else {
                "unknown"
            };
            format!("{} {code} {again} {effect}", code.status())
        })
        .collect();
    insta::assert_snapshot!(table.join("\n"), @"
    400 malformed_json never none
    422 unknown_field never none
    422 missing_field never none
    422 duplicate_field never none
    422 invalid_value never none
    422 too_long never none
    422 line_sum never none
    422 discount_sum never none
    422 total_sum never none
    422 tender_sum never none
    422 negative_amount never none
    422 nameless_line never none
    422 too_many_rows never none
    422 lines_of_kind never none
    422 original_of_kind never none
    422 original_lines never none
    422 line_reference never none
    422 duplicate_tax_row never none
    422 service_times never none
    422 self_reference never none
    422 card_number_refused never none
    422 duplicate_item never none
    413 too_large never none
    422 currency_mismatch never none
    403 not_your_store never none
    422 store_closed never none
    422 store_unknown never none
    422 void_of_void never none
    422 already_voided never none
    422 has_returns never none
    422 void_total never none
    409 key_conflict never none
    409 catalogue_gap never none
    409 catalogue_forked never none
    422 chain_unknown never none
    422 catalogue_source never none
    409 catalogue_follows never none
    409 catalogue_in_use never none
    409 already_exists_differently never none
    409 last_key never none
    409 claims_waiting never none
    409 request_closed never none
    409 sale_taken never none
    409 cannot_merge never none
    403 account_suspended never none
    401 unauthenticated never none
    401 clock_skew again none
    403 forbidden never none
    404 not_found never none
    405 method_not_allowed never none
    415 unsupported_media_type never none
    429 rate_limited again none
    503 unavailable again unknown
    503 draining again unknown
    503 disk_full again unknown
    503 faulted again unknown
    500 internal again unknown
    ");
}

#[test]
fn a_problem_is_the_document_of_rfc_9457() {
    let mut problem = Problem::refused(vec![FieldError {
        pointer: "/total".into(),
        code: ErrorCode::TotalSum,
        detail: "lines 50 make 50, not 51".into(),
    }]);
    problem.request_id = Some("req_7".into());
    problem.outcome = Some(OutcomeKind::Rejected);
    assert_eq!(problem.status(), 422);
    insta::assert_snapshot!(serde_json::to_string_pretty(&problem).unwrap(), @r#"
    {
      "type": "/problems/total_sum",
      "title": "The total does not add up",
      "status": 422,
      "detail": "/total: lines 50 make 50, not 51",
      "code": "total_sum",
      "request_id": "req_7",
      "errors": [
        {
          "pointer": "/total",
          "code": "total_sum",
          "detail": "lines 50 make 50, not 51"
        }
      ],
      "outcome": "rejected"
    }
    "#);
}

#[test]
fn further_members_stand_where_they_say_something() {
    let mut problem = Problem::new(ErrorCode::CatalogueGap, "send from the current revision on");
    problem.current_revision = Some(17);
    problem.server_time = Some(purchase::time::Timestamp::from_ms(1_483_271_606_000).unwrap());
    problem.retry_after_s = Some(3);
    insta::assert_snapshot!(serde_json::to_string_pretty(&problem).unwrap(), @r#"
    {
      "type": "/problems/catalogue_gap",
      "title": "The catalogue stands elsewhere",
      "status": 409,
      "detail": "send from the current revision on",
      "code": "catalogue_gap",
      "errors": [],
      "current_revision": 17,
      "server_time": "2017-01-01T11:53:26Z"
    }
    "#);
}
