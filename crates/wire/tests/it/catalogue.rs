//! Catalogue updates and snapshots, and what is told about a catalogue.

use jiff::tz::TimeZone;
use purchase::bytes::Writer;
use purchase::catalogue::{Entry, Version};
use purchase::code::PatternHistory;
use purchase::id::Revision;
use wire::catalogue::answer::{CatalogueState, item_version};
use wire::catalogue::digest::{encode_item, of_statement};
use wire::catalogue::{read_snapshot, read_snapshot_lines, read_update};
use wire::error::FieldError;

/// The update of the contract.
const UPDATE: &str = r#"{"base_revision":16,"revision":17,"lineage":"pos-a","changes":[{"code":"1095275","name":"ICE - CRUSHED/CUBED 22 LB","kind":"goods","unit_price":50,"tax_percent":"0","category":"GROCERY","effective_from":"2017-01-01T00:00:00Z"},{"code":"871337","discontinued":true,"effective_from":"2017-02-01T00:00:00Z"}]}"#;

const ITEM: &str = r#"{"code":"4901234567894","name":"牛乳","short_name":"ギュウニュウ","reading":"ぎゅうにゅう","size":"1L","gtin":"4901234567894","unit":"each","unit_price":238,"tax_percent":"8","tax_included":true,"category":"乳製品","sensitive":true,"effective_from":"2026-04-01T00:00:00+09:00"}"#;

fn shown(errors: &[FieldError]) -> Vec<String> {
    errors
        .iter()
        .map(|error| format!("{} {}", error.code, error.pointer))
        .collect()
}

fn update(changes: &str) -> String {
    format!(r#"{{"base_revision":1,"revision":2,"changes":[{changes}]}}"#)
}

#[track_caller]
fn check(json: &str, expected: &[&str]) {
    let found = read_update(json.as_bytes()).map_or_else(|errors| shown(&errors), |_| Vec::new());
    assert_eq!(found, expected, "{json}");
}

#[test]
fn the_update_of_the_contract_is_taken() {
    let update = read_update(UPDATE.as_bytes()).unwrap();
    assert_eq!((update.base, update.revision), (Revision(16), Revision(17)));
    assert_eq!(update.changes.len(), 2);
    assert_eq!(update.changes[1].entry, Entry::Discontinued);
    let Entry::Named(item) = &update.changes[0].entry else {
        panic!("it has a name")
    };
    assert_eq!(item.name.as_str(), "ICE - CRUSHED/CUBED 22 LB");
}

#[test]
fn updates_are_refused_at_their_place() {
    let at = r#""effective_from":"2017-01-01T00:00:00Z""#;
    let rows: Vec<(String, &[&str])> = vec![
        (update(""), &[]),
        (update(ITEM), &[]),
        ("[]".into(), &["invalid_value "]),
        (
            r#"{"base_revision":2,"revision":2,"changes":[]}"#.into(),
            &["invalid_value /revision"],
        ),
        (
            r#"{"base_revision":1,"revision":2}"#.into(),
            &["missing_field /changes"],
        ),
        (
            r#"{"base_revision":1,"revision":2,"changes":[],"linage":"a"}"#.into(),
            &["unknown_field /linage"],
        ),
        (
            update(&format!(r#"{{"code":"1",{at}}}"#)),
            &["missing_field /changes/0/name"],
        ),
        (
            update(r#"{"code":"1","name":"a"}"#),
            &["missing_field /changes/0/effective_from"],
        ),
        (
            update(&format!(r#"{{"name":"a",{at}}}"#)),
            &["missing_field /changes/0/code"],
        ),
        (
            update(&format!(r#"{{"code":"1","nane":"a",{at}}}"#)),
            &["unknown_field /changes/0/nane"],
        ),
        (
            update(&format!(
                r#"{{"code":"1","name":"a","discontinued":true,{at}}}"#
            )),
            &["invalid_value /changes/0/name"],
        ),
        (
            update(&format!(
                r#"{{"code":"1","name":"a","unit_price":-1,{at}}}"#
            )),
            &["negative_amount /changes/0/unit_price"],
        ),
        (
            update(&format!(
                r#"{{"code":"1","name":"4111 1111 1111 1111",{at}}}"#
            )),
            &["card_number_refused /changes/0/name"],
        ),
        (
            update(&format!(r#"{{"code":"1","name":"a\u0000",{at}}}"#)),
            &["invalid_value /changes/0/name"],
        ),
        (
            update(&format!(r#"{{"code":"1","name":"\ud800",{at}}}"#)),
            &["malformed_json /changes/0/name"],
        ),
        (
            update(&format!(r#"{ITEM},7,{{"code":"","name":"a",{at}}}"#)),
            &["invalid_value /changes/1", "invalid_value /changes/2/code"],
        ),
        (
            update(r#"7,{"code":"1","name":"a"}"#),
            &[
                "invalid_value /changes/0",
                "missing_field /changes/1/effective_from",
            ],
        ),
        (
            update(&format!("{ITEM},{ITEM}")),
            &["duplicate_item /changes/1"],
        ),
        (
            update(&format!(
                r#"{{"code":"1","name":"a",{at}}},{{"code":"1","name":"b","effective_from":"2018-01-01T00:00:00Z"}}"#
            )),
            &[],
        ),
    ];
    for (json, expected) in rows {
        check(&json, expected);
    }
    let many = vec!["7"; 150].join(",");
    let errors = read_update(update(&many).as_bytes()).unwrap_err();
    assert_eq!(errors.len(), wire::limits::ERRORS);
}

#[test]
fn a_snapshot_is_the_same_as_document_and_as_lines() {
    let header = r#""base_revision":17,"revision":20,"lineage":"pos-a","effective_from":"2026-04-01T00:00:00+09:00""#;
    let other = r#"{"code":"22","name":"ハム"}"#;
    let document = format!(r#"{{{header},"items":[{ITEM},{other}]}}"#);
    let lines = format!("{{{header}}}\n{ITEM}\n\n{other}\n");
    let snapshot = read_snapshot(document.as_bytes()).unwrap();
    assert_eq!(read_snapshot_lines(lines.as_bytes()).unwrap(), snapshot);
    assert_eq!(snapshot.items[1].effective_from, None);
    let moved = document.replace("+09:00", "+08:00");
    assert_ne!(
        read_snapshot(moved.as_bytes()).unwrap().digest,
        snapshot.digest
    );

    let refused = |items: &str| {
        let errors = read_snapshot_lines(format!("{{{header}}}\n{items}").as_bytes()).unwrap_err();
        shown(&errors).join(", ")
    };
    assert_eq!(refused("broken"), "malformed_json /items/0");
    assert_eq!(
        refused(&format!("{other}\n{{}}")),
        "missing_field /items/1/code"
    );
    assert_eq!(
        refused(r#"{"code":"1","discontinued":true}"#),
        "invalid_value /items/0/discontinued"
    );
    let same = r#"{"code":"22","name":"b","effective_from":"2026-03-31T15:00:00Z"}"#;
    assert_eq!(
        refused(&format!("{other}\n{same}")),
        "duplicate_item /items/1"
    );
    assert_eq!(
        shown(&read_snapshot_lines(b"").unwrap_err()),
        ["malformed_json "]
    );
}

#[test]
fn an_update_is_known_again_by_its_digest() {
    let digest = |json: &str| read_update(json.as_bytes()).unwrap().digest;
    let same = UPDATE
        .replace("00:00:00Z", "00:00:00.000+00:00")
        .replace("\"0\"", "\"0.0\"");
    assert_eq!(digest(&same), digest(UPDATE));
    for (from, to) in [
        ("\"base_revision\":16", "\"base_revision\":15"),
        ("\"revision\":17", "\"revision\":18"),
        ("pos-a", "pos-b"),
        ("22 LB", "23 LB"),
        ("2017-02-01", "2017-02-02"),
        ("\"unit_price\":50", "\"unit_price\":51"),
    ] {
        assert_ne!(digest(&UPDATE.replace(from, to)), digest(UPDATE), "{from}");
    }
}

#[test]
fn the_canonical_bytes_of_an_item_stay_as_they_are() {
    let update = read_update(update(ITEM).as_bytes()).unwrap();
    let change = &update.changes[0];
    let mut out = Writer::default();
    encode_item(
        &mut out,
        &change.code,
        Some(change.effective_from),
        &change.entry,
    );
    let hex: String = out
        .finish()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    insta::assert_snapshot!(hex, @"0d343930313233343536373839340180f6c4c6a8670106e7899be4b9b30112e382aee383a5e382a6e3838be383a5e382a60212e3818ee38285e38186e381abe38285e381860302314c040d343930313233343536373839340609e4b9b3e8a3bde5938108dc030980f1040a010b0200");
    let Entry::Named(item) = &change.entry else {
        panic!("{change:?}")
    };
    insta::assert_snapshot!(format!("{:?}", of_statement(&change.code, item)), @"c32fd30e31bf25a3b447e091eb933f80cad2ee669e52de3aff182e203365623a");
}

#[test]
fn versions_are_told_in_the_time_of_the_store() {
    let update = read_update(UPDATE.as_bytes()).unwrap();
    let zone = TimeZone::get("America/New_York").unwrap();
    let told: Vec<_> = update
        .changes
        .into_iter()
        .map(|change| {
            let version = Version {
                effective_from: change.effective_from,
                revision: Revision(17),
                entry: change.entry,
            };
            serde_json::to_string(&item_version(&change.code, &version, &zone)).unwrap()
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    {"code":"1095275","revision":17,"effective_from":"2016-12-31T19:00:00-05:00","name":"ICE - CRUSHED/CUBED 22 LB","kind":"goods","category":"GROCERY","unit_price":50,"tax_percent":"0"}
    {"code":"871337","revision":17,"effective_from":"2017-01-31T19:00:00-05:00","discontinued":true}
    "#);
    let head = purchase::catalogue::Head::empty();
    let state = CatalogueState::new(&head, &PatternHistory::default(), None);
    insta::assert_snapshot!(serde_json::to_string(&state).unwrap(), @r#"{"revision":0,"lineage":null,"items":0,"digest":"0000000000000000000000000000000000000000000000000000000000000000"}"#);
}

/// The update of the contract with patterns, or with what stands in their place.
fn with_patterns(patterns: &str) -> String {
    UPDATE.replace(r#""changes":"#, &format!(r#"{patterns},"changes":"#))
}

#[test]
fn patterns_are_refused_at_their_place_with_the_fix() {
    let from = r#""patterns_effective_from":"2017-01-01T00:00:00Z""#;
    let check = |json: String| {
        let faults = read_update(json.as_bytes()).unwrap_err();
        let shown = faults
            .iter()
            .map(|fault| format!("{} {}: {}", fault.code, fault.pointer, fault.detail));
        shown.collect::<Vec<_>>().join("\n")
    };
    let many: Vec<_> = (0..201)
        .map(|nth| format!(r#""2{nth:03}IIIPPPPPC""#))
        .collect();
    let rows = [
        r#""patterns":["22IIIIIPPPPPC"]"#.to_owned(),
        from.to_owned(),
        format!(r#""patterns":[],{}"#, from.replace("01-01", "13-01")),
        format!(r#""patterns":"22IIIIIPPPPPC",{from}"#),
        format!(r#""patterns":[22],{from}"#),
        format!(
            r#""patterns":["22IIIIIPPPPPC","49IIIIIPPPPPC","2IIIIIIPPPPC","22IIIIICPPPPP"],{from}"#
        ),
        format!(r#""patterns":["22IIIIIPPPPPC","2212IIIWWWWWC"],{from}"#),
        format!(r#""patterns":[{}],{from}"#, many.join(",")),
    ];
    let told: Vec<_> = rows.iter().map(|row| check(with_patterns(row))).collect();
    insta::assert_snapshot!(told.join("\n\n"), @r#"
    missing_field /patterns_effective_from: is required with patterns

    invalid_value /patterns_effective_from: says from when patterns hold, but there are none; add patterns, an empty list takes all away

    invalid_value /patterns_effective_from: must be a time of RFC 3339 with its offset, such as 2017-01-01T06:53:26-05:00

    invalid_value /patterns: must be an array; found a string

    invalid_value /patterns/0: must be a string; found a whole number

    invalid_value /patterns/1: pattern "49IIIIIPPPPPC" must begin with 02 or 2: all other numbers belong to manufacturers; write it like 22IIIIIPPPPPC
    invalid_value /patterns/2: pattern "2IIIIIIPPPPC" has 12 places and needs 13: an in-store code is an EAN-13, written like 22IIIIIPPPPPC
    invalid_value /patterns/3: pattern "22IIIIICPPPPP" must have its only C at the end: write 22IIIIIKPPPPC

    invalid_value /patterns/1: patterns 22IIIIIPPPPPC and 2212IIIWWWWWC both fit a code such as 2212000000005: take one away, or give each further leading digits of its own

    too_many_rows /patterns: a store has at most 200 patterns; send fewer
    "#);
}

#[test]
fn patterns_are_taken_with_an_update_and_with_a_snapshot() {
    let from = r#""patterns_effective_from":"2017-01-02T00:00:00Z""#;
    let two = format!(r#""patterns":[" 22iiiiippppp c","02IIIIIWWWWWC"],{from}"#);
    let update = read_update(with_patterns(&two).as_bytes()).unwrap();
    let change = update.patterns.unwrap();
    let texts: Vec<_> = change
        .patterns
        .as_slice()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(texts, ["02IIIIIWWWWWC", "22IIIIIPPPPPC"]);
    assert_eq!(
        wire::time::show_utc(change.effective_from),
        "2017-01-02T00:00:00Z"
    );

    // The digest: spelling and order make no difference, what is said does; absence is as before.
    let digest = |json: &str| read_update(json.as_bytes()).unwrap().digest;
    let same = two.replace(
        r#"" 22iiiiippppp c","02IIIIIWWWWWC""#,
        r#""02IIIIIWWWWWC","22IIIIIPPPPPC""#,
    );
    assert_eq!(digest(&with_patterns(&same)), update.digest);
    let others = [
        two.replace("02IIIIIWWWWWC", "02IIIIIPPPPPC"),
        two.replace("01-02", "01-03"),
        format!(r#""patterns":[],{from}"#),
    ];
    for other in &others {
        assert_ne!(digest(&with_patterns(other)), update.digest, "{other}");
        assert_ne!(digest(&with_patterns(other)), digest(UPDATE), "{other}");
    }

    let header = r#""base_revision":17,"revision":20,"effective_from":"2026-04-01T00:00:00Z""#;
    let document = |more: &str| format!(r#"{{{header},{more}"items":[{ITEM}]}}"#);
    let read = |more: &str| read_snapshot(document(more).as_bytes()).unwrap();
    assert_eq!(read("").patterns, None);
    let own = read(r#""patterns":["22IIIIIPPPPPC"],"#);
    assert_eq!(
        own.patterns.as_ref().unwrap().effective_from,
        own.effective_from
    );
    let earlier = read(&format!(r#""patterns":["22IIIIIPPPPPC"],{from},"#));
    assert_eq!(
        earlier.patterns.unwrap().effective_from,
        change.effective_from
    );
    let lines = format!("{{{header},\"patterns\":[\"22IIIIIPPPPPC\"]}}\n{ITEM}\n");
    assert_eq!(read_snapshot_lines(lines.as_bytes()).unwrap(), own);
    assert_ne!(own.digest, read("").digest);
}
