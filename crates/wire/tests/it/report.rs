//! What a device tells of itself: what is read, and what is refused where.

use purchase::id::StoreId;
use wire::report::{QueueMessage, ReportAnswer, ReportMessage, read_report};

fn store() -> StoreId {
    StoreId::parse("s-1").unwrap()
}

const QUEUE: &str = r#""version":"1.0","queue":{"waiting":2}"#;

#[test]
fn a_report_is_refused_at_its_place() {
    let check = |rest: &str, expected: &str| {
        let sent = format!("{{{QUEUE}{rest}}}");
        let errors = read_report(sent.as_bytes(), &store())
            .err()
            .unwrap_or_default();
        let shown = errors
            .iter()
            .map(|error| format!("{} {}", error.code, error.pointer));
        assert_eq!(shown.collect::<Vec<_>>().join(", "), expected, "{sent}");
    };
    let key = r#"{"store_id":"s-1","terminal":"1","business_date":"2026-04-10","transaction":"7"}"#;
    let stuck = |key: &str, rest: &str| format!(r#","stuck":[{{"key":{key}{rest}}}]"#);
    check("", "");
    check(r#","terminals":["1","2"],"stuck_count":3"#, "");
    check(r#","disk_free_bytes":0,"clock_offset_ms":-9"#, "");
    check(&stuck(key, r#","code":"line_sum""#), "");
    check(r#","battery":9"#, "unknown_field /battery");
    check(r#","terminals":["1","\n"]"#, "invalid_value /terminals/1");
    check(r#","disk_free_bytes":-1"#, "invalid_value /disk_free_bytes");
    check(&stuck(key, ""), "missing_field /stuck/0/code");
    check(r#","stuck":[{"code":"x"}]"#, "missing_field /stuck/0/key");
    check(
        &stuck(&key.replace("s-1", "s-2"), r#","code":"x""#),
        "not_your_store /stuck/0/key/store_id",
    );
    check(
        &stuck(&key.replace("}", r#","user":1}"#), r#","code":"x""#),
        "unknown_field /stuck/0/key/user",
    );
    check(
        &stuck(key, r#","code":"x","detail":"4111 1111 1111 1111""#),
        "card_number_refused /stuck/0/detail",
    );
    check(
        &stuck(
            key,
            &format!(r#","code":"x","detail":"{}""#, "a".repeat(201)),
        ),
        "too_long /stuck/0/detail",
    );
    check(
        r#","days":[{"business_date":"2026-02-30","settlements":1,"digest":"0"}]"#,
        "invalid_value /days/0/business_date, invalid_value /days/0/digest",
    );
    let many = r#"{"business_date":"2026-04-10","settlements":1},"#.repeat(32);
    check(
        &format!(r#","days":[{}]"#, many.trim_end_matches(',')),
        "too_many_rows /days",
    );
}

#[test]
fn a_report_without_a_queue_says_too_little() {
    let error = |sent: &str| {
        read_report(sent.as_bytes(), &store()).unwrap_err()[0]
            .pointer
            .clone()
    };
    assert_eq!(error(r#"{"version":"1"}"#), "/queue");
    assert_eq!(error(r#"{"queue":{"waiting":1}}"#), "/version");
    assert_eq!(
        error(r#"{"version":"1","queue":{"waiting":1,"oldest_at":"noon"}}"#),
        "/queue/oldest_at"
    );
}

/// Both sides speak by the same types: what the one writes the other reads.
#[test]
fn what_a_device_writes_is_read() {
    let message = ReportMessage {
        version: "1.0".to_owned(),
        queue: Some(QueueMessage {
            waiting: 7,
            oldest_at: Some("2026-04-10T12:00:00Z".to_owned()),
        }),
        stuck_count: 2,
        ..ReportMessage::default()
    };
    let sent = serde_json::to_string(&message).unwrap();
    insta::assert_snapshot!(sent, @r#"{"version":"1.0","queue":{"waiting":7,"oldest_at":"2026-04-10T12:00:00Z"},"stuck":[],"stuck_count":2,"days":[]}"#);
    let report = read_report(sent.as_bytes(), &store()).unwrap();
    assert_eq!((report.waiting, report.stuck_count), (7, 2));
    assert_eq!(report.oldest_at.map(|at| at.ms()), Some(1_775_822_400_000));
    // A newer server may say more.
    let heard = r#"{"wishes":[{"code":"4","asked_at":"2026-04-10T12:00:00Z","lines":1,"by":"x"}],"next_report_s":300,"more":1}"#;
    let heard: ReportAnswer = serde_json::from_str(heard).unwrap();
    assert_eq!(
        (heard.wishes[0].code.as_str(), heard.next_report_s),
        ("4", 300)
    );
}
