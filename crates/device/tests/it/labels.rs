//! Patterns of in-store codes in the store database: whoever writes them, the till reads labels by them
//! and the server hears of them, in order with the items.

use crate::shop::{Shop, now, open, settlement_at, shop};
use device::capture::{self, Told};
use device::labels;
use device::till;
use device::wrong_clock;
use purchase::code::Patterns;
use rusqlite::Connection;
use serde_json::{Value, json};

const LABEL: &str = "2212345001989";
const HAM: &str = "INSERT INTO items (code, name) VALUES ('2212345000000', 'Ham');";

fn next(shop: &mut Shop) -> Option<Told> {
    capture::next_update(&mut shop.database).unwrap()
}

/// What a message says of patterns and of items, in few words.
fn said(told: &Told) -> String {
    let message: Value = serde_json::from_str(&told.body).unwrap();
    let rows = message.get("changes").or(message.get("items")).unwrap();
    let codes: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["code"])
        .collect();
    format!(
        "{} -> {}: {} from {}, items {}",
        message["base_revision"],
        message["revision"],
        message["patterns"],
        message["patterns_effective_from"],
        serde_json::to_string(&codes).unwrap()
    )
}

fn all_told(shop: &mut Shop) -> String {
    let mut all = Vec::new();
    while let Some(told) = next(shop) {
        wire::catalogue::read_update(told.body.as_bytes()).unwrap();
        all.push(said(&told));
        capture::arrived(shop.database.connection(), told.revision).unwrap();
    }
    all.join("\n")
}

#[test]
fn every_way_to_change_patterns_is_told() {
    let check = |sql: &str| {
        let mut shop = shop();
        shop.sql("INSERT INTO patterns VALUES ('22IIIIIPPPPPC')");
        capture::arrived(shop.database.connection(), 1).unwrap();
        shop.sql(sql);
        shop.spread_changes();
        let told = all_told(&mut shop);
        let told = if told.is_empty() { "nothing" } else { &told };
        format!("{sql}\n  {told}")
    };
    let rows = [
        "INSERT INTO patterns VALUES ('23IIIIIWWWWWC'), ('02IIIIIPPPPPC')",
        "UPDATE patterns SET pattern = '29IIIIIPPPPPC'",
        "UPDATE patterns SET pattern = pattern",
        "DELETE FROM patterns",
        "INSERT INTO items (code, name) VALUES ('a', 'Anpan')",
        "INSERT INTO patterns VALUES ('23IIIIIWWWWWC'); INSERT INTO items (code, name) VALUES ('a', 'A')",
        // One that cannot be meant, one that contradicts another, one in other letters.
        "INSERT INTO patterns VALUES ('49IIIIIPPPPPC'), ('2212IIIPPPPPC'), ('２３iiiiiwwwwwc')",
        "INSERT INTO patterns VALUES (22), ('')",
    ];
    insta::assert_snapshot!(rows.map(check).join("\n"), @r#"
    INSERT INTO patterns VALUES ('23IIIIIWWWWWC'), ('02IIIIIPPPPPC')
      1 -> 3: ["02IIIIIPPPPPC","22IIIIIPPPPPC","23IIIIIWWWWWC"] from "1970-01-01T00:00:03Z", items []
    UPDATE patterns SET pattern = '29IIIIIPPPPPC'
      1 -> 2: ["29IIIIIPPPPPC"] from "1970-01-01T00:00:02Z", items []
    UPDATE patterns SET pattern = pattern
      nothing
    DELETE FROM patterns
      1 -> 2: [] from "1970-01-01T00:00:02Z", items []
    INSERT INTO items (code, name) VALUES ('a', 'Anpan')
      1 -> 2: null from null, items ["a"]
    INSERT INTO patterns VALUES ('23IIIIIWWWWWC'); INSERT INTO items (code, name) VALUES ('a', 'A')
      1 -> 3: ["22IIIIIPPPPPC","23IIIIIWWWWWC"] from "1970-01-01T00:00:02Z", items ["a"]
    INSERT INTO patterns VALUES ('49IIIIIPPPPPC'), ('2212IIIPPPPPC'), ('２３iiiiiwwwwwc')
      1 -> 4: ["2212IIIPPPPPC","23IIIIIWWWWWC"] from "1970-01-01T00:00:04Z", items []
    INSERT INTO patterns VALUES (22), ('')
      1 -> 3: ["22IIIIIPPPPPC"] from "1970-01-01T00:00:03Z", items []
    "#);
}

#[test]
fn a_change_of_patterns_keeps_its_place_among_sales_and_items() {
    let mut shop = shop();
    shop.sql(HAM);
    shop.enter(&settlement_at("1", 1));
    shop.sql("INSERT INTO patterns VALUES ('22IIIIIPPPPPC')");
    shop.enter(&settlement_at("2", 2));
    shop.sql("INSERT INTO patterns VALUES ('23IIIIIWWWWWC')");
    shop.sql("UPDATE items SET name = 'Fine ham'; DELETE FROM patterns WHERE pattern LIKE '23%'");
    shop.spread_changes();
    insta::assert_snapshot!(all_told(&mut shop), @r#"
    0 -> 1: null from null, items ["2212345000000"]
    1 -> 2: ["22IIIIIPPPPPC"] from "1970-01-01T00:00:02Z", items []
    2 -> 5: ["22IIIIIPPPPPC"] from "1970-01-01T00:00:05Z", items ["2212345000000"]
    "#);
    assert!(!capture::is_behind(shop.database.connection()).unwrap());
}

#[test]
fn the_same_patterns_are_told_until_they_have_arrived() {
    let mut shop = shop();
    shop.sql("INSERT INTO patterns VALUES ('22IIIIIPPPPPC')");
    let first = next(&mut shop).unwrap();
    shop.sql("INSERT INTO patterns VALUES ('23IIIIIWWWWWC')");
    assert_eq!(next(&mut shop).unwrap(), first);
}

#[test]
fn a_snapshot_carries_the_patterns() {
    let mut shop = shop();
    let empty = capture::snapshot(&mut shop.database, 3, now(), 2).unwrap();
    shop.sql(HAM);
    shop.sql("INSERT INTO patterns VALUES ('22IIIIIPPPPPC'), ('oops')");
    let full = capture::snapshot(&mut shop.database, 7, now(), 2).unwrap();
    wire::catalogue::read_snapshot(full.body.as_bytes()).unwrap();
    insta::assert_snapshot!([said(&empty), said(&full)].join("\n"), @r#"
    3 -> 4: [] from null, items []
    7 -> 8: ["22IIIIIPPPPPC"] from null, items ["2212345000000"]
    "#);
    capture::arrived(shop.database.connection(), full.revision).unwrap();
    assert_eq!(next(&mut shop), None);
}

#[test]
fn patterns_that_cannot_be_used_are_shown_and_hold_up_nothing() {
    let shop = shop();
    shop.sql(HAM);
    shop.sql("INSERT INTO patterns VALUES ('22IIIIIPPPPPC'), ('oops'), ('2212IIIPPPPPC')");
    let untold = capture::untold(shop.database.connection()).unwrap();
    insta::assert_debug_snapshot!(untold, @r#"
    [
        Untold {
            code: "22IIIIIPPPPPC",
            problem: "patterns 2212IIIPPPPPC and 22IIIIIPPPPPC both fit a code such as 2212000000005: take one away, or give each further leading digits of its own",
        },
        Untold {
            code: "oops",
            problem: "pattern \"oops\": 'O' means nothing; a place is a digit, I (item), P (price), W (weight in grams), K or V (check digit of the price), or C (check digit)",
        },
    ]
    "#);
    // What comes first in their order is used: here the one with the digits.
    let found = till::scan(shop.database.connection(), LABEL).unwrap();
    let found = found.map(|found| (found.item.code, found.label_price));
    assert_eq!(found, Some(("2212345000000".to_owned(), Some(198))));
}

#[test]
fn an_items_own_code_goes_before_a_pattern() {
    let shop = shop();
    shop.sql(HAM);
    shop.sql("INSERT INTO patterns VALUES ('22IIIIIPPPPPC')");
    let scan = |input: &str| {
        let found = till::scan(shop.database.connection(), input).unwrap();
        found.map(|found| (found.item.name, found.label, found.label_price))
    };
    let label = Some(LABEL.to_owned());
    assert_eq!(scan(LABEL), Some(("Ham".to_owned(), label, Some(198))));
    assert_eq!(scan("2212345000000"), Some(("Ham".to_owned(), None, None)));
    assert_eq!(scan("2299999001985"), None);
    shop.sql(&format!(
        "INSERT INTO items (code, name) VALUES ('{LABEL}', 'Gift set')"
    ));
    assert_eq!(scan(LABEL), Some(("Gift set".to_owned(), None, None)));
}

#[test]
fn patterns_hold_from_the_next_scan_on() {
    let mut shop = shop();
    shop.sql(HAM);
    let is_read = |shop: &Shop| {
        let found = till::scan(shop.database.connection(), LABEL).unwrap();
        found.is_some()
    };
    assert!(!is_read(&shop));
    let set = |shop: &mut Shop, written: &[&str]| {
        let patterns = Patterns::parse(written.iter().copied()).unwrap();
        labels::set(&mut shop.database, &patterns).unwrap();
        capture::mark(shop.database.connection()).unwrap().revision
    };
    let once = set(&mut shop, &["22IIIIIPPPPPC"]);
    assert!(is_read(&shop));
    let again = set(&mut shop, &["22IIIIIPPPPPC"]);
    assert_eq!(again, once, "the same again is no change");
    // Another program, while the device runs.
    let other = Connection::open(shop.folder.path().join("store.db")).unwrap();
    other.execute_batch("DELETE FROM patterns").unwrap();
    assert!(!is_read(&shop));
}

/// What the receipt calls the line of a label, and the name that the line itself is sent with.
fn sell(shop: &mut Shop) -> (Vec<String>, Value) {
    let basket = json!({"terminal": "1", "lines": [{"code": LABEL}],
        "tenders": [{"kind": "cash", "amount": 198}]});
    let basket = serde_json::from_value(basket).unwrap();
    let sold = till::finish(
        &mut shop.database,
        &shop.store,
        &basket,
        now(),
        [7; 32],
        None,
    );
    let sold = sold.unwrap();
    assert_eq!(sold.settlement["lines"][0]["code"], LABEL);
    (sold.names, sold.settlement["lines"][0]["name"].clone())
}

#[test]
fn a_line_of_a_label_is_called_as_its_item() {
    let at = |shop: &Shop, what: &str, after_ms: i64| {
        let sql = format!("UPDATE item_changes SET changed_at = ? WHERE {what}");
        let at = now().ms() + after_ms;
        shop.database.connection().execute(&sql, [at]).unwrap();
    };
    let check = |what: &str, after_ms: i64, sent: Value| {
        let mut shop = shop();
        shop.sql(HAM);
        shop.sql("INSERT INTO patterns VALUES ('22IIIIIPPPPPC')");
        shop.sql("INSERT INTO items (code, name) VALUES ('x', 'Other')");
        at(&shop, "1", -1_000);
        at(&shop, what, after_ms);
        let sold = sell(&mut shop);
        assert_eq!(sold, (vec!["Ham".to_owned()], sent), "{what} {after_ms}");
    };
    // The server names the line, unless the clock says that it was sold before its item or its
    // pattern was there.
    check("1", -1_000, Value::Null);
    check("code = 'x'", 1_000, Value::Null);
    check("code = '2212345000000'", 1_000, json!("Ham"));
    check("patterns IS NOT NULL", 1_000, json!("Ham"));
}

#[test]
fn changes_of_patterns_are_put_right_apart_from_snapshots() {
    let mut shop = shop();
    let at = |shop: &Shop| {
        let sql = "SELECT max(changed_at) FROM item_changes WHERE patterns IS NOT NULL";
        let at = shop
            .database
            .connection()
            .query_row(sql, [], |row| row.get(0));
        let at: i64 = at.unwrap();
        at - now().ms()
    };
    // A snapshot under a clock that was a year ahead is no change of patterns.
    let ahead = now().plus_ms(31_536_000_000);
    let told = capture::snapshot(&mut shop.database, 3, ahead, 2).unwrap();
    capture::arrived(shop.database.connection(), told.revision).unwrap();
    shop.sql_ahead("INSERT INTO patterns VALUES ('22IIIIIPPPPPC')");
    shop.sql_ahead(&format!(
        "UPDATE item_changes SET changed_at = {} WHERE patterns IS NOT NULL",
        now().ms()
    ));
    wrong_clock::set_right(&mut shop.database, now()).unwrap();
    assert_eq!(at(&shop), 0);
    shop.sql_ahead("UPDATE item_changes SET changed_at = 4102444800000 WHERE patterns IS NOT NULL");
    wrong_clock::set_right(&mut shop.database, now()).unwrap();
    assert_eq!(at(&shop), 0);
}

#[test]
fn patterns_of_an_older_database_are_taken_along_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let old = Connection::open(folder.path().join("store.db")).unwrap();
    old.execute_batch(include_str!("../../src/schema/1-items-and-sales.sql"))
        .unwrap();
    old.execute_batch(
        "PRAGMA application_id = 1330792776; PRAGMA user_version = 1;
         INSERT INTO items (code, name) VALUES ('a', 'Anpan');
         INSERT INTO facts VALUES ('patterns', '22IIIIIPPPPPC 23IIIIIWWWWWC'), ('other', '1')",
    )
    .unwrap();
    drop(old);
    let database = open(folder.path());
    let connection = database.connection();
    assert_eq!(
        labels::written(connection).unwrap(),
        ["22IIIIIPPPPPC", "23IIIIIWWWWWC"]
    );
    assert_eq!(database.fact("patterns").unwrap(), None);
    assert_eq!(database.fact("other").unwrap().as_deref(), Some("1"));
    assert_eq!(capture::mark(connection).unwrap().revision, 3);
    drop(database);
    let again = open(folder.path());
    assert_eq!(capture::mark(again.connection()).unwrap().revision, 3);
}
