//! What a settlement is refused for: the code, the place, and what the store is told to do.

use crate::town::{FULL, SALE, changed, received, sale_and, sale_with};
use purchase::settlement::{Buyer, TaxCheck};
use wire::settlement::read_settlement;

/// Every fault of `json` as `code pointer`.
#[track_caller]
pub(crate) fn check(json: &str, expected: &[&str]) {
    let found: Vec<String> = match read_settlement(json.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(rejection) => rejection
            .errors
            .iter()
            .map(|error| format!("{} {}", error.code, error.pointer))
            .collect(),
    };
    assert_eq!(found, expected, "{json}");
}

/// The one fault's detail.
#[track_caller]
fn detail(json: &str) -> String {
    let rejection = read_settlement(json.as_bytes()).expect_err("it must be refused");
    assert_eq!(rejection.errors.len(), 1, "{:?}", rejection.errors);
    rejection.errors[0].detail.clone()
}

#[test]
fn what_the_contract_shows_is_taken() {
    for json in [SALE, FULL] {
        check(json, &[]);
    }
    let sale = received(SALE);
    let content = sale.settlement.content();
    assert_eq!(content.key.store_id.as_str(), "s-330");
    assert!(matches!(&content.buyer, Buyer::Id(id) if id.as_str().starts_with("usr_")));
    assert_eq!(received(FULL).settlement.tax_check(), TaxCheck::Agrees);
}

#[test]
fn what_is_not_json_is_malformed() {
    let rows = [
        ("", "malformed_json "),
        ("{", "malformed_json "),
        ("nul", "malformed_json "),
        (r#"{"total":1} {"total":2}"#, "missing_field /store_id"),
        (r#"{"total":01}"#, "malformed_json /total"),
        (r#"{"total":NaN}"#, "malformed_json /total"),
        (r#"{"staff":"a	b"}"#, "malformed_json /staff"),
    ];
    for (json, expected) in rows {
        check(json, &[expected]);
    }
    check(&format!("{SALE}{SALE}"), &["malformed_json "]);
    check(
        &sale_with(r#""code":"1095275""#, r#""name":"\ud800""#),
        &["malformed_json /lines/0/name"],
    );
    let bytes = sale_with("1095275", "\u{1}").replace('\u{1}', "\u{fffd}");
    let mut bytes = bytes.into_bytes();
    let at = bytes.iter().position(|byte| *byte == 0xef).unwrap();
    bytes.splice(at..at + 3, [0xff]);
    let rejection = read_settlement(&bytes).unwrap_err();
    assert_eq!(rejection.code().as_str(), "malformed_json");
    assert_eq!(rejection.code().status(), 400);
}

#[test]
fn the_form_is_refused_at_its_place() {
    let rows = [
        (
            sale_with(r#""total":50"#, r#""totl":50"#),
            "unknown_field /totl",
        ),
        (sale_and(r#""user_ref":"h-1""#), "unknown_field /user_ref"),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"qty":1}"#),
            "unknown_field /lines/0/qty",
        ),
        (sale_and(r#""a/b~c":1"#), "unknown_field /a~1b~0c"),
        (sale_and(r#""4111111111111111":1"#), "unknown_field "),
        (sale_with(r#","total":50"#, ""), "missing_field /total"),
        (
            sale_with(r#""quantity":"1","#, ""),
            "missing_field /lines/0/quantity",
        ),
        (sale_and(r#""total":50"#), "duplicate_field /total"),
        (
            sale_with(r#""code":"1095275""#, r#""code":"1","code":"1""#),
            "duplicate_field /lines/0/code",
        ),
        (sale_and(r#""user":null"#), "duplicate_field /user"),
        (
            sale_with(r#""total":50"#, r#""total":50.0"#),
            "invalid_value /total",
        ),
        (
            sale_with(r#""total":50"#, r#""total":"50""#),
            "invalid_value /total",
        ),
        (
            sale_with(r#""total":50"#, r#""total":5e1"#),
            "invalid_value /total",
        ),
        (
            sale_with(r#""total":50"#, r#""total":null"#),
            "invalid_value /total",
        ),
        (
            sale_with(r#""total":50"#, r#""total":99999999999999999999"#),
            "invalid_value /total",
        ),
        (
            sale_with(r#""total":50"#, r#""total":9223372036854775808"#),
            "invalid_value /total",
        ),
        (
            sale_with(r#""quantity":"1""#, r#""quantity":1"#),
            "invalid_value /lines/0/quantity",
        ),
        (
            sale_with(r#""terminal":"1""#, r#""terminal":1"#),
            "invalid_value /terminal",
        ),
        (
            sale_with(r#"{"id":"usr_0zzg0081040g2081040m2gc5v8"}"#, r#""usr_1""#),
            "invalid_value /user",
        ),
        (
            sale_with(
                r#"[{"code":"1095275","quantity":"1","unit_price":50,"amount":50}]"#,
                "{}",
            ),
            "invalid_value /lines",
        ),
        (
            sale_with(
                r#"{"code":"1095275","quantity":"1","unit_price":50,"amount":50}"#,
                "[[[[]]]]",
            ),
            "invalid_value /lines/0",
        ),
        (sale_and(r#""notes":["a",1]"#), "invalid_value /notes/1"),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"part_of":70000}"#),
            "invalid_value /lines/0/part_of",
        ),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"sensitive":"no"}"#),
            "invalid_value /lines/0/sensitive",
        ),
        (
            sale_and(r#""catalogue_revision":-1"#),
            "invalid_value /catalogue_revision",
        ),
        ("[]".to_owned(), "invalid_value "),
        ("null".to_owned(), "invalid_value "),
        (
            r#"["s-330","1","2017-01-01","3"]"#.to_owned(),
            "invalid_value ",
        ),
    ];
    for (json, expected) in rows {
        check(&json, &[expected]);
    }
}

#[test]
fn values_are_refused_at_their_place() {
    let rows = [
        (
            sale_with(r#""store_id":"s-330""#, r#""store_id":"S 330""#),
            "invalid_value /store_id",
        ),
        (
            sale_with(r#""terminal":"1""#, r#""terminal":"レジ""#),
            "invalid_value /terminal",
        ),
        (
            sale_with("31198570044", &"9".repeat(33)),
            "invalid_value /transaction",
        ),
        (
            sale_with("2017-01-01\"", "2017-02-29\""),
            "invalid_value /business_date",
        ),
        (
            sale_with(r#""kind":"sale""#, r#""kind":"sael""#),
            "invalid_value /kind",
        ),
        (
            sale_with("2017-01-01T11:53:26Z", "2017-01-01T11:53:26"),
            "invalid_value /purchased_at",
        ),
        (
            sale_with("2017-01-01T11:53:26Z", "2017-01-01 11:53:26Z"),
            "invalid_value /purchased_at",
        ),
        (
            sale_with("2017-01-01T11:53:26Z", "2017-01-01T11:53:26+09"),
            "invalid_value /purchased_at",
        ),
        (
            sale_with(
                "2017-01-01T11:53:26Z",
                "2017-01-01T11:53:26+09:00[Asia/Tokyo]",
            ),
            "invalid_value /purchased_at",
        ),
        (
            sale_with("2017-01-01T11:53:26Z", "2017-13-01T11:53:26Z"),
            "invalid_value /purchased_at",
        ),
        (
            sale_with("2017-01-01T11:53:26Z", "1969-12-31T23:59:59Z"),
            "invalid_value /purchased_at",
        ),
        (sale_with("USD", "usd"), "invalid_value /currency"),
        (sale_with("USD", "XYZ"), "invalid_value /currency"),
        (
            sale_with(r#""id":"usr_0zzg0081040g2081040m2gc5v8""#, ""),
            "invalid_value /user",
        ),
        (
            sale_with(r#"{"id":"#, r#"{"pseudonym":"a","id":"#),
            "invalid_value /user",
        ),
        (
            sale_with("usr_0zzg0081040g2081040m2gc5v8", ""),
            "invalid_value /user/id",
        ),
        (
            sale_and(r#""claim_code":"1234""#),
            "invalid_value /claim_code",
        ),
        (
            sale_and(r#""claim_code":"０1234567890123456""#),
            "invalid_value /claim_code",
        ),
        (
            sale_with(r#""code":"1095275""#, r#""code":"a\u0000""#),
            "invalid_value /lines/0/code",
        ),
        (
            sale_with(r#""code":"1095275""#, r#""name":"a\u0000b""#),
            "invalid_value /lines/0/name",
        ),
        (
            sale_with(r#""code":"1095275""#, r#""name":"\u202eb""#),
            "invalid_value /lines/0/name",
        ),
        (
            sale_with(r#""code":"1095275""#, r#""name":" ""#),
            "invalid_value /lines/0/name",
        ),
        (
            sale_with("1095275", &"9".repeat(65)),
            "invalid_value /lines/0/code",
        ),
        (
            sale_and(&format!(r#""staff":"{}""#, "a".repeat(201))),
            "too_long /staff",
        ),
        (
            sale_and(&format!(r#""notes":["{}"]"#, "a".repeat(1001))),
            "too_long /notes/0",
        ),
        (
            sale_with(r#""quantity":"1""#, r#""quantity":"-1""#),
            "invalid_value /lines/0/quantity",
        ),
        (
            sale_with(r#""quantity":"1""#, r#""quantity":"0""#),
            "invalid_value /lines/0/quantity",
        ),
        (
            sale_with(r#""quantity":"1""#, r#""quantity":"0.0000001""#),
            "invalid_value /lines/0/quantity",
        ),
        (
            sale_with(r#""quantity":"1""#, r#""quantity":"1e3""#),
            "invalid_value /lines/0/quantity",
        ),
        (
            sale_with(r#""total":50"#, r#""total":1000000000000000"#),
            "invalid_value /total",
        ),
        (
            sale_with(r#""unit_price":50"#, r#""unit_price":1000000000000000"#),
            "invalid_value /lines/0/unit_price",
        ),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"gtin":"123"}"#),
            "invalid_value /lines/0/gtin",
        ),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"priced_by":"hand"}"#),
            "invalid_value /lines/0/priced_by",
        ),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"kind":"ware"}"#),
            "invalid_value /lines/0/kind",
        ),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"tax_percent":"8%"}"#),
            "invalid_value /lines/0/tax_percent",
        ),
        (
            sale_with(r#""amount":50}"#, r#""amount":50,"service_from":"soon"}"#),
            "invalid_value /lines/0/service_from",
        ),
        (
            sale_and(r#""adjustments":[{"kind":"gift","label":"a","amount":0}]"#),
            "invalid_value /adjustments/0/kind",
        ),
        (
            sale_and(
                r#""taxes":[{"percent":"8","included":true,"taxable":50,"tax":3,"class":"free"}]"#,
            ),
            "invalid_value /taxes/0/class",
        ),
        (
            sale_and(r#""tenders":[{"kind":"gold","amount":50}]"#),
            "invalid_value /tenders/0/kind",
        ),
        (
            sale_and(
                r#""tenders":[{"kind":"card","amount":50,"card":{"brand":"V","first6":"41","last4":"1111"}}]"#,
            ),
            "invalid_value /tenders/0/card/first6",
        ),
        (
            sale_and(
                r#""tenders":[{"kind":"card","amount":50,"card":{"brand":"V","last4":"11111"}}]"#,
            ),
            "invalid_value /tenders/0/card/last4",
        ),
        (
            sale_and(
                r#""with":{"store_id":"s-330","terminal":"1","business_date":"x","transaction":"2"}"#,
            ),
            "invalid_value /with/business_date",
        ),
    ];
    for (json, expected) in rows {
        check(&json, &[expected]);
    }
}

#[test]
fn all_wrong_values_are_told_at_once() {
    let json = sale_with(r#""kind":"sale""#, r#""kind":"sell""#)
        .replace(r#""quantity":"1""#, r#""quantity":"-1""#)
        .replace(r#""currency":"USD""#, r#""currency":"US""#);
    check(
        &json,
        &[
            "invalid_value /kind",
            "invalid_value /currency",
            "invalid_value /lines/0/quantity",
        ],
    );
    let line = r#"{"code":"1","quantity":"0","unit_price":1,"amount":1}"#;
    let many = sale_with(
        r#"{"code":"1095275","quantity":"1","unit_price":50,"amount":50}"#,
        &[line; 400].join(","),
    );
    let rejection = read_settlement(many.as_bytes()).unwrap_err();
    assert_eq!(rejection.errors.len(), wire::limits::ERRORS);
}

#[test]
fn sums_and_references_are_refused_at_their_place() {
    let of = r#"{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"2""#;
    let own = r#"{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044"}"#;
    let voided = |members: &str| {
        let json = sale_with(r#""kind":"sale""#, r#""kind":"void""#);
        let line = r#","lines":[{"code":"1095275","quantity":"1","unit_price":50,"amount":50}]"#;
        changed(
            &changed(&json, line, ""),
            r#""total":50"#,
            &format!(r#""total":50{members}"#),
        )
    };
    let brought_back =
        |members: &str| changed(&sale_and(members), r#""kind":"sale""#, r#""kind":"return""#);
    let line = |from: &str, to: &str| sale_with(from, to);
    let lines = |count: usize| {
        let one = r#"{"code":"1","quantity":"1","unit_price":0,"amount":0}"#;
        sale_with(
            r#"{"code":"1095275","quantity":"1","unit_price":50,"amount":50}],"total":50"#,
            &format!(r#"{}],"total":0"#, vec![one; count].join(",")),
        )
    };
    let rows: Vec<(String, &[&str])> = vec![
        (
            line(r#""amount":50"#, r#""amount":51"#),
            &["line_sum /lines/0/amount", "total_sum /total"],
        ),
        (
            line(r#""amount":50"#, r#""amount":49"#),
            &["line_sum /lines/0/amount", "total_sum /total"],
        ),
        (
            line(
                r#""amount":50}"#,
                r#""amount":50,"discounts":[{"label":"a","amount":1}]}"#,
            ),
            &["discount_sum /lines/0/discounts"],
        ),
        (
            line(r#""total":50"#, r#""total":51"#),
            &["total_sum /total"],
        ),
        (
            sale_and(r#""tenders":[{"kind":"cash","amount":60}],"change":9"#),
            &["tender_sum /tenders"],
        ),
        (
            line(
                r#""unit_price":50,"amount":50"#,
                r#""unit_price":-50,"amount":-50"#,
            ),
            &[
                "negative_amount /lines/0/unit_price",
                "negative_amount /lines/0/amount",
                "total_sum /total",
            ],
        ),
        (
            line(r#""code":"1095275","#, ""),
            &["nameless_line /lines/0"],
        ),
        (lines(500), &[]),
        (lines(501), &["too_many_rows /lines"]),
        (lines(0), &["lines_of_kind /lines"]),
        (
            line(
                r#""lines":[{"code":"1095275","quantity":"1","unit_price":50,"amount":50}],"#,
                "",
            ),
            &["lines_of_kind /lines", "total_sum /total"],
        ),
        (
            sale_and(&format!(r#""of":{of}}}"#)),
            &["original_of_kind /of"],
        ),
        (voided(""), &["original_of_kind /of"]),
        (voided(&format!(r#","of":{of}}}"#)), &[]),
        (
            voided(&format!(
                r#","of":{of},"lines":[{{"line":1,"quantity":"1"}}]}}"#
            )),
            &["original_lines /of/lines"],
        ),
        (
            brought_back(&format!(
                r#""of":{of},"lines":[{{"line":1,"quantity":"1"}}]}}"#
            )),
            &[],
        ),
        (
            brought_back(&format!(r#""of":{of}}}"#)),
            &["original_lines /of/lines"],
        ),
        (brought_back(r#""change":0"#), &[]),
        (
            brought_back(&format!(
                r#""of":{of},"lines":[{{"line":1,"quantity":"0"}}]}}"#
            )),
            &["invalid_value /of/lines/0/quantity"],
        ),
        (
            sale_and(&format!(r#""with":{own}"#)),
            &["self_reference /with"],
        ),
        (
            line(r#""amount":50}"#, r#""amount":50,"part_of":1}"#),
            &["line_reference /lines/0/part_of"],
        ),
        (
            sale_and(r#""adjustments":[{"kind":"other","label":"a","amount":0,"lines":[2]}]"#),
            &["line_reference /adjustments/0/lines/0"],
        ),
        (
            sale_and(&format!(
                r#""adjustments":[{{"kind":"other","label":"a","amount":0,"lines":[{}]}}]"#,
                vec!["1"; 501].join(",")
            )),
            &["too_many_rows /adjustments/0/lines"],
        ),
        (
            sale_and(
                r#""taxes":[{"percent":"8","included":true,"taxable":1,"tax":0},{"percent":"8.0","included":true,"taxable":1,"tax":0}]"#,
            ),
            &["duplicate_tax_row /taxes/1"],
        ),
        (
            line(
                r#""amount":50}"#,
                r#""amount":50,"service_from":"2017-01-02T00:00:00Z","service_to":"2017-01-01T00:00:00Z"}"#,
            ),
            &["service_times /lines/0/service_to"],
        ),
    ];
    for (json, expected) in rows {
        check(&json, expected);
    }
}

#[test]
fn details_hand_over_the_fix() {
    let rows = [
        (
            sale_with(r#""total":50"#, r#""totl":50"#),
            r#"unknown field "totl"; did you mean "total"?"#,
        ),
        (
            sale_and(r#""loyalty":1"#),
            r#"unknown field "loyalty"; free-form members belong into extra"#,
        ),
        (
            sale_with(r#""total":50"#, r#""total":50.5"#),
            "must be a whole number of minor units, such as 50; found a fraction, or a number out of bounds",
        ),
        (
            sale_with(r#""quantity":"1""#, r#""quantity":1"#),
            r#"must be a decimal in a string, such as "1" or "0.348"; found a whole number"#,
        ),
        (
            sale_with(r#""kind":"sale""#, r#""kind":"sael""#),
            r#"did you mean "sale"? it must be one of: sale, return, void"#,
        ),
        (
            sale_with(r#""total":50"#, r#""total":51"#),
            "lines 50, adjustments 0 and excluded tax 0 make 50, not 51",
        ),
    ];
    for (json, expected) in rows {
        assert_eq!(detail(&json), expected, "{json}");
    }
}

#[test]
fn a_refused_settlement_is_still_known_by_its_key() {
    let key = |json: &str| {
        let rejection = read_settlement(json.as_bytes()).unwrap_err();
        rejection.key.map(|key| key.transaction.as_str().to_owned())
    };
    let known = Some("31198570044".to_owned());
    assert_eq!(key(&sale_with(r#""total":50"#, r#""totl":50"#)), known);
    assert_eq!(
        key(&sale_with(r#""quantity":"1""#, r#""quantity":1"#)),
        known
    );
    assert_eq!(key(&sale_with(r#""total":50"#, r#""total":51"#)), known);
    assert_eq!(
        key(&sale_with(r#""store_id":"s-330""#, r#""store_id":"S""#)),
        None
    );
    assert_eq!(key("{"), None);
}

#[test]
fn too_many_bytes_are_not_looked_at() {
    let json = sale_and(&format!(
        r#""staff":"{}""#,
        "a".repeat(wire::limits::SETTLEMENT_BYTES)
    ));
    check(&json, &["too_large "]);
}
