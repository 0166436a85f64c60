//! What an operator says and is told.

use jiff::tz::TimeZone;
use purchase::decide::Digest;
use purchase::money::{Amount, Currency, Sum};
use purchase::returns::LineState;
use purchase::settlement::Kind;
use purchase::time::Timestamp;
use wire::error::FieldError;
use wire::operator::answer::{ConflictView, LookupView, conflict, lookup};
use wire::operator::count::DayMessage;
use wire::operator::store::{read_store, read_store_patch, store_message};
use wire::operator::{read_chain, read_confirm, read_device, read_operator, read_user};

const STORE: &str = r#"{"store_id":"s-330","name":"Store 330","timezone":"America/New_York","currency":"USD","chain_id":"green","catalogue_of":"s-1","issuer":{"name":"Green KK","registration_number":"T1234567890123"},"address":"1 Main St","phone":"555-0100","receipt_footer":"Thank you"}"#;

fn shown<T>(result: Result<T, Vec<FieldError>>) -> String {
    let errors = result.err().unwrap_or_default();
    let shown = errors
        .iter()
        .map(|error| format!("{} {}", error.code, error.pointer));
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn messages_are_refused_at_their_place() {
    let store = |from: &str, to: &str| shown(read_store(STORE.replace(from, to).as_bytes()));
    let rows = [
        (store("", ""), ""),
        (store("s-330", "S"), "invalid_value /store_id"),
        (
            store("America/New_York", "Mars/Base"),
            "invalid_value /timezone",
        ),
        (
            store("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
            "invalid_value /timezone",
        ),
        (store("USD", "US"), "invalid_value /currency"),
        (
            store(r#""chain_id":"green""#, r#""chain_id":"-""#),
            "invalid_value /chain_id",
        ),
        (
            store(r#""catalogue_of":"s-1""#, r#""catalogue_of":"G""#),
            "invalid_value /catalogue_of",
        ),
        (
            store(r#""name":"Green KK","#, ""),
            "missing_field /issuer/name",
        ),
        (store("Green KK", " "), "invalid_value /issuer/name"),
        (store("phone", "fone"), "unknown_field /fone"),
        (shown(read_store(b"[]")), "invalid_value "),
        (shown(read_operator(b"")), ""),
        (shown(read_operator(b"{}")), ""),
        (
            shown(read_operator(br#"{"label":"Kim","store_id":"s-1"}"#)),
            "",
        ),
        (
            shown(read_operator(
                br#"{"label":null,"chain_id":"green","store_id":null}"#,
            )),
            "",
        ),
        (
            shown(read_operator(br#"{"chain_id":"green","store_id":"s-1"}"#)),
            "invalid_value /store_id",
        ),
        (
            shown(read_operator(br#"{"store_id":"S","label":""}"#)),
            "invalid_value /label, invalid_value /store_id",
        ),
        (
            shown(read_operator(br#"{"scope":"all"}"#)),
            "unknown_field /scope",
        ),
        (shown(read_device(br#"{"name":"till 1"}"#)), ""),
        (shown(read_device(br#"{"name":""}"#)), "invalid_value /name"),
        (
            shown(read_device(br#"{"name":"a","public_key":"00"}"#)),
            "invalid_value /public_key",
        ),
        (shown(read_user(b"{}")), ""),
        (
            shown(read_user(
                br#"{"ref":"h-1","name":"a","email":"a@b.example"}"#,
            )),
            "",
        ),
        (
            shown(read_user(br#"{"ref":"","email":"a"}"#)),
            "invalid_value /ref, invalid_value /email",
        ),
        (
            shown(read_chain(br#"{"chain_id":"green","name":"Green"}"#)),
            "",
        ),
        (
            shown(read_chain(br#"{"chain_id":"","name":"Green"}"#)),
            "invalid_value /chain_id",
        ),
        (shown(read_confirm(br#"{"revision":18}"#)), ""),
        (
            shown(read_confirm(br#"{"revision":"18"}"#)),
            "invalid_value /revision",
        ),
        (
            shown(read_store_patch(br#"{"name":"New"}"#)),
            "missing_field /effective_from",
        ),
        (
            shown(read_store_patch(br#"{"chain_id":"green","phone":null}"#)),
            "missing_field /effective_from",
        ),
        (
            shown(read_store_patch(b"{}")),
            "missing_field /effective_from",
        ),
        (shown(read_store_patch(br#"{"chain_id":"green"}"#)), ""),
        (shown(read_store_patch(br#"{"catalogue_of":null}"#)), ""),
        (
            shown(read_store_patch(br#"{"catalogue_of":"A"}"#)),
            "invalid_value /catalogue_of",
        ),
    ];
    for (at, (found, expected)) in rows.iter().enumerate() {
        assert_eq!(found, expected, "row {at}");
    }
    let key = format!(r#"{{"name":"a","public_key":"{}"}}"#, "0F".repeat(32));
    assert_eq!(
        read_device(key.as_bytes()).unwrap().public_key,
        Some([15; 32])
    );
}

#[test]
fn a_store_keeps_what_it_was_and_shows_what_it_is() {
    let mut store = read_store(STORE.as_bytes()).unwrap();
    let zone = TimeZone::get(store.timezone.as_str()).unwrap();
    let patch =
        br#"{"effective_from":"2017-06-01T00:00:00-04:00","name":"Store 330 East","phone":null}"#;
    let patch = read_store_patch(patch).unwrap();
    assert_eq!(patch.link_over(&store), None);
    let identity = patch.identity.unwrap().over(&store);
    store.identities.push(identity);
    store.closed_at = Some(Timestamp::from_ms(1_500_000_000_500).unwrap());
    let told = |at: &str| {
        let at = wire::time::read(at).unwrap();
        serde_json::to_string(&store_message(&store, at, &zone)).unwrap()
    };
    insta::assert_snapshot!(told("2017-06-01T03:59:59Z"), @r#"{"store_id":"s-330","name":"Store 330","timezone":"America/New_York","currency":"USD","chain_id":"green","catalogue_of":"s-1","issuer":{"name":"Green KK","registration_number":"T1234567890123"},"address":"1 Main St","phone":"555-0100","receipt_footer":"Thank you","closed_at":"2017-07-13T22:40:00.500-04:00"}"#);
    insta::assert_snapshot!(told("2017-06-01T04:00:00Z"), @r#"{"store_id":"s-330","name":"Store 330 East","timezone":"America/New_York","currency":"USD","chain_id":"green","catalogue_of":"s-1","issuer":{"name":"Green KK","registration_number":"T1234567890123"},"address":"1 Main St","receipt_footer":"Thank you","closed_at":"2017-07-13T22:40:00.500-04:00"}"#);
}

#[test]
fn zones_are_kept_by_their_proper_name() {
    let store = read_store(STORE.replace("America/New_York", "asia/TOKYO").as_bytes()).unwrap();
    assert_eq!(store.timezone.as_str(), "Asia/Tokyo");
}

#[test]
fn a_look_up_tells_what_can_come_back_and_never_the_person() {
    let received = crate::town::received(crate::town::SALE);
    let lines = [
        LineState {
            sold_micros: 3_000_000,
            returned_micros: 500_000,
        },
        LineState {
            sold_micros: 348_000,
            returned_micros: 0,
        },
    ];
    let view = LookupView {
        key: &received.settlement.content().key,
        kind: Kind::Sale,
        currency: Currency::parse("USD").unwrap(),
        total: Amount::new(50).unwrap(),
        digest: Digest([1; 32]),
        lines: &lines,
        voided_by: None,
    };
    insta::assert_snapshot!(serde_json::to_string(&lookup(&view)).unwrap(), @r#"{"key":{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044"},"kind":"sale","currency":"USD","total":50,"digest":"0101010101010101010101010101010101010101010101010101010101010101","lines":[{"line":1,"quantity":"3","returnable":"2.5"},{"line":2,"quantity":"0.348","returnable":"0.348"}]}"#);
    let voided = LookupView {
        voided_by: Some(view.key),
        ..view
    };
    assert!(
        lookup(&voided)
            .lines
            .iter()
            .all(|line| line.returnable == "0")
    );
}

#[test]
fn a_conflict_shows_what_was_sent() {
    let received = crate::town::received(crate::town::FULL);
    let zone = TimeZone::get("Asia/Tokyo").unwrap();
    let view = ConflictView {
        received_at: Timestamp::from_ms(1_775_000_000_000).unwrap(),
        settlement: received.settlement.content(),
        recorded: Digest([1; 32]),
        digest: received.digest,
        zone: &zone,
    };
    let told = serde_json::to_value(conflict(&view)).unwrap();
    let again = crate::town::received(&told["settlement"].to_string());
    let mut expected = view.settlement.clone();
    expected.claim = None;
    // Members of a value stand in another order than in the text, so extra is compared apart.
    let mut found = again.settlement.content().clone();
    found.extra.clone_from(&expected.extra);
    assert_eq!(found, expected);
}

#[test]
fn sums_are_whole_numbers_however_large() {
    let totals = [
        (Currency::parse("USD").unwrap(), Sum::from_minor(-5)),
        (
            Currency::parse("JPY").unwrap(),
            Sum::from_minor(i128::from(i64::MAX) + 1),
        ),
    ];
    let day = DayMessage::new(2, &totals, [0xab; 32]);
    insta::assert_snapshot!(serde_json::to_string(&day).unwrap(), @r#"{"settlements":2,"total_by_currency":{"JPY":9223372036854775808,"USD":-5},"digest":"abababababababababababababababababababababababababababababababab"}"#);
}
