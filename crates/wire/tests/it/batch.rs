//! Batches fall apart into items, and nothing more.

use crate::town::SALE;
use wire::batch::{BatchError, Framing, split};

#[track_caller]
fn check(bytes: &str, framing: Framing, expected: &[&str]) {
    let found = split(bytes.as_bytes(), framing).unwrap();
    let expected: Vec<&[u8]> = expected.iter().map(|item| item.as_bytes()).collect();
    assert_eq!(found, expected, "{bytes:?}");
}

#[test]
fn items_come_out_in_order() {
    check("[]", Framing::Array, &[]);
    check(
        r#" [ {"a":1} , 2,"x" ] "#,
        Framing::Array,
        &[r#"{"a":1}"#, "2", r#""x""#],
    );
    check("", Framing::Lines, &[]);
    check(
        "{}\n\n \r\n{\"a\":1}\r\nbroken",
        Framing::Lines,
        &["{}", "{\"a\":1}", "broken"],
    );
    check(&format!("[{SALE},{SALE}]"), Framing::Array, &[SALE, SALE]);
}

#[test]
fn a_broken_or_large_batch_is_refused_whole() {
    for broken in [
        "",
        "[",
        "[{}",
        "{}",
        "[{},]",
        "[{}] x",
        "[{\"a\":}]",
        "null",
    ] {
        let error = split(broken.as_bytes(), Framing::Array).unwrap_err();
        assert!(
            matches!(error, BatchError::Malformed(_)),
            "{broken:?}: {error}"
        );
        assert_eq!(error.code().status(), 400);
    }
    assert!(split(b"[\"\xff\"]", Framing::Array).is_err());
    let items = |count: usize| format!("[{}]", vec!["0"; count].join(","));
    assert_eq!(
        split(items(1_000).as_bytes(), Framing::Array)
            .unwrap()
            .len(),
        1_000
    );
    let error = split(items(1_001).as_bytes(), Framing::Array).unwrap_err();
    assert_eq!(error, BatchError::TooManyItems);
    assert_eq!(error.code().status(), 413);
    let error = split(items(5_000).replace(']', "").as_bytes(), Framing::Array).unwrap_err();
    assert!(matches!(error, BatchError::Malformed(_)));
    let lines = "0\n".repeat(1_001);
    assert_eq!(
        split(lines.as_bytes(), Framing::Lines),
        Err(BatchError::TooManyItems)
    );
    let large = vec![b' '; wire::limits::BATCH_BYTES + 1];
    assert_eq!(split(&large, Framing::Lines), Err(BatchError::TooManyBytes));
}
