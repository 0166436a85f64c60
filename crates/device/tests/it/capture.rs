//! Changes of the store database, whoever makes them, and what the server is told of them.
//!
//! Instants are set by the tests; that the triggers take the right one has a test of its own.

use crate::shop::{Shop, now, settlement_at, shop};
use device::capture::{self, Course, Told};
use device::clock::Clock;
use rusqlite::Connection;
use serde_json::Value;
use std::fmt::Write;

const TWO_ITEMS: &str = "INSERT INTO items (code, name, unit_price) VALUES ('a', 'Anpan', 100);
    INSERT INTO items (code, name, unit_price) VALUES ('b', 'Beer', 200);";

fn next(shop: &mut Shop) -> Option<Told> {
    capture::next_update(&mut shop.database).unwrap()
}

fn untold(shop: &Shop) -> Vec<(String, String)> {
    let untold = capture::untold(shop.database.connection()).unwrap();
    untold
        .into_iter()
        .map(|item| (item.code, item.problem))
        .collect()
}

/// A message with one row a line, and no more than a reader wants to compare.
fn shown(told: Option<&Told>) -> String {
    let Some(told) = told else {
        return "  nothing\n".to_owned();
    };
    let message: Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!(message["revision"], told.revision);
    let mut shown = format!("  {} -> {}\n", message["base_revision"], told.revision);
    let rows = message.get("changes").or(message.get("items")).unwrap();
    for row in rows.as_array().unwrap() {
        let row = row.to_string().replace("1970-01-01T00:00:", "");
        writeln!(shown, "    {row}").unwrap();
    }
    shown
}

#[test]
fn every_way_to_change_an_item_is_told() {
    let check = |(what, sql): (&str, &str)| {
        let mut shop = shop();
        shop.sql(TWO_ITEMS);
        capture::arrived(shop.database.connection(), 2).unwrap();
        shop.sql(sql);
        shop.spread_changes();
        format!("{what}\n{}", shown(next(&mut shop).as_ref()))
    };
    let rows = [
        (
            "a new item with all that is known of it",
            "INSERT INTO items VALUES ('c', 'Cola', 'COLA', 'コーラ', '500ml', '4901234567894',
                'service', 'drinks', 'kg', 120, '8', 1, 1)",
        ),
        (
            "numbers where texts are meant",
            "INSERT INTO items (code, name, tax_percent, tax_included, sensitive)
             VALUES ('c', 12, 7.25, 0, 0)",
        ),
        (
            "another price",
            "UPDATE items SET unit_price = 110 WHERE code = 'a'",
        ),
        (
            "no price any more",
            "UPDATE items SET unit_price = NULL WHERE code = 'a'",
        ),
        (
            "an update that changes nothing",
            "UPDATE items SET name = name",
        ),
        ("taken away", "DELETE FROM items WHERE code = 'a'"),
        (
            "replaced",
            "INSERT OR REPLACE INTO items (code, name) VALUES ('a', 'Apple')",
        ),
        (
            "inserted or else updated",
            "INSERT INTO items (code, name) VALUES ('a', 'Apple')
             ON CONFLICT (code) DO UPDATE SET name = excluded.name",
        ),
        (
            "another code",
            "UPDATE items SET code = 'z' WHERE code = 'a'",
        ),
        (
            "the same code again",
            "UPDATE items SET code = 'a' WHERE code = 'a'",
        ),
        ("every item at once", "UPDATE items SET category = 'food'"),
        (
            "several changes in one transaction",
            "BEGIN; UPDATE items SET unit_price = 1 WHERE code = 'a';
             DELETE FROM items WHERE code = 'b';
             INSERT INTO items (code, name) VALUES ('b', 'Bread'); COMMIT",
        ),
        (
            "a transaction that was taken back",
            "BEGIN; DELETE FROM items; ROLLBACK",
        ),
    ];
    let told: String = rows.into_iter().map(check).collect();
    insta::assert_snapshot!(told, @r#"
    a new item with all that is known of it
      2 -> 3
        {"category":"drinks","code":"c","effective_from":"03Z","gtin":"4901234567894","kind":"service","name":"Cola","reading":"コーラ","sensitive":true,"short_name":"COLA","size":"500ml","tax_included":true,"tax_percent":"8","unit":"kg","unit_price":120}
    numbers where texts are meant
      2 -> 3
        {"code":"c","effective_from":"03Z","kind":"goods","name":"12","sensitive":false,"tax_included":false,"tax_percent":"7.25"}
    another price
      2 -> 3
        {"code":"a","effective_from":"03Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":110}
    no price any more
      2 -> 3
        {"code":"a","effective_from":"03Z","kind":"goods","name":"Anpan","sensitive":false}
    an update that changes nothing
      nothing
    taken away
      2 -> 3
        {"code":"a","discontinued":true,"effective_from":"03Z"}
    replaced
      2 -> 3
        {"code":"a","effective_from":"03Z","kind":"goods","name":"Apple","sensitive":false}
    inserted or else updated
      2 -> 3
        {"code":"a","effective_from":"03Z","kind":"goods","name":"Apple","sensitive":false,"unit_price":100}
    another code
      2 -> 4
        {"code":"z","effective_from":"03Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"a","discontinued":true,"effective_from":"04Z"}
    the same code again
      nothing
    every item at once
      2 -> 4
        {"category":"food","code":"a","effective_from":"03Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"category":"food","code":"b","effective_from":"04Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
    several changes in one transaction
      2 -> 5
        {"code":"a","effective_from":"03Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":1}
        {"code":"b","discontinued":true,"effective_from":"04Z"}
        {"code":"b","effective_from":"05Z","kind":"goods","name":"Bread","sensitive":false}
    a transaction that was taken back
      nothing
    "#);
}

#[test]
fn of_several_changes_at_one_instant_only_the_last_is_told() {
    let mut shop = shop();
    shop.sql(TWO_ITEMS);
    shop.sql(
        "UPDATE items SET unit_price = 1 WHERE code = 'a'; DELETE FROM items WHERE code = 'b'",
    );
    shop.sql("UPDATE item_changes SET changed_at = 5000");
    insta::assert_snapshot!(shown(next(&mut shop).as_ref()), @r#"
    0 -> 4
      {"code":"a","effective_from":"05Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":1}
      {"code":"b","discontinued":true,"effective_from":"05Z"}
    "#);
}

#[test]
fn a_change_is_dated_when_it_is_made() {
    let shop = shop();
    let before = Clock::system().now().ms();
    shop.sql_ahead(TWO_ITEMS);
    shop.sql_ahead("UPDATE items SET code = 'z' WHERE code = 'a'; DELETE FROM items");
    let after = Clock::system().now().ms();
    let mut statement = shop
        .database
        .connection()
        .prepare("SELECT changed_at FROM item_changes")
        .unwrap();
    let dates: Vec<i64> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(dates.len(), 6);
    for date in dates {
        assert!((before..=after).contains(&date), "{before} {date} {after}");
    }
}

#[test]
fn another_program_is_told_like_the_device_itself() {
    let mut shop = shop();
    let other = Connection::open(shop.folder.path().join("store.db")).unwrap();
    other.execute_batch(TWO_ITEMS).unwrap();
    other
        .execute_batch("BEGIN; UPDATE items SET name = 'Ale' WHERE code = 'b'")
        .unwrap();
    let mark = capture::mark(shop.database.connection()).unwrap();
    assert_eq!(mark.revision, 2, "what is not committed is not there");
    other.execute_batch("COMMIT").unwrap();
    shop.spread_changes();
    insta::assert_snapshot!(shown(next(&mut shop).as_ref()), @r#"
    0 -> 3
      {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
      {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
      {"code":"b","effective_from":"03Z","kind":"goods","name":"Ale","sensitive":false,"unit_price":200}
    "#);
}

#[test]
fn the_same_update_is_told_until_it_has_arrived() {
    let mut shop = shop();
    assert_eq!(next(&mut shop), None);
    shop.sql(TWO_ITEMS);
    let first = next(&mut shop).unwrap();
    shop.sql("INSERT INTO items (code, name) VALUES ('c', 'Cola')");
    assert_eq!(next(&mut shop).unwrap(), first);
    capture::arrived(shop.database.connection(), first.revision).unwrap();
    assert_eq!(next(&mut shop).unwrap().revision, 3);
    assert!(capture::is_behind(shop.database.connection()).unwrap());
    capture::arrived(shop.database.connection(), 3).unwrap();
    assert_eq!(next(&mut shop), None);
    assert!(!capture::is_behind(shop.database.connection()).unwrap());
}

#[test]
fn an_update_ends_where_a_sale_was_rung_up() {
    let mut shop = shop();
    shop.sql(TWO_ITEMS);
    shop.enter(&settlement_at("1", 1));
    // A till that named no revision had the database as it is now.
    let unnamed = crate::shop::settlement("2", 100);
    shop.sql("INSERT INTO items (code, name) VALUES ('c', 'Cola')");
    shop.enter(&unnamed);
    shop.sql("INSERT INTO items (code, name) VALUES ('d', 'Dango')");
    shop.spread_changes();
    let mut told = String::new();
    while let Some(update) = next(&mut shop) {
        told += &shown(Some(&update));
        capture::arrived(shop.database.connection(), update.revision).unwrap();
    }
    insta::assert_snapshot!(told, @r#"
    0 -> 1
      {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
    1 -> 3
      {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
      {"code":"c","effective_from":"03Z","kind":"goods","name":"Cola","sensitive":false}
    3 -> 4
      {"code":"d","effective_from":"04Z","kind":"goods","name":"Dango","sensitive":false}
    "#);
}

#[test]
fn a_bad_row_is_left_out_and_holds_up_no_other() {
    let check = |(what, sql): (&str, &str)| {
        let mut shop = shop();
        shop.sql(&format!("{TWO_ITEMS} {sql}"));
        shop.spread_changes();
        let update = next(&mut shop).unwrap();
        let mut shown = format!("{what}\n{}", shown(Some(&update)));
        for (code, problem) in untold(&shop) {
            writeln!(shown, "    untold {code:?}: {problem}").unwrap();
        }
        // Left out for good: nothing stands in the way of what comes later.
        capture::arrived(shop.database.connection(), update.revision).unwrap();
        assert_eq!(next(&mut shop), None);
        shown
    };
    let rows = [
        (
            "an empty name",
            "INSERT INTO items (code, name) VALUES ('c', '')",
        ),
        (
            "a negative price",
            "UPDATE items SET unit_price = -1 WHERE code = 'a'",
        ),
        (
            "a card number in a name",
            "INSERT INTO items (code, name) VALUES ('c', 'of 4111 1111 1111 1111')",
        ),
        (
            "no code",
            "INSERT INTO items (code, name) VALUES ('', 'Cola')",
        ),
        (
            "a price that is no number",
            "INSERT INTO items (code, name, unit_price) VALUES ('c', 'Cola', '2,50')",
        ),
        ("all of them", "UPDATE items SET name = ' '"),
        (
            "bad at first, and then mended",
            "INSERT INTO items (code, name) VALUES ('c', ''); UPDATE items SET name = 'C' WHERE code = 'c'",
        ),
    ];
    let told: String = rows.into_iter().map(check).collect();
    insta::assert_snapshot!(told, @r#"
    an empty name
      0 -> 3
        {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
        untold "c": must not be empty
    a negative price
      0 -> 3
        {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
        untold "a": must not be negative
    a card number in a name
      0 -> 3
        {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
        untold "c": holds a whole card number; nothing of it is kept
    no code
      0 -> 3
        {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
        untold "": an item code is 1 to 64 printable characters
    a price that is no number
      0 -> 3
        {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
        untold "c": must be a whole number of minor units, such as 50; found a string
    all of them
      0 -> 4
        {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
        untold "b": must not be empty
        untold "a": must not be empty
    bad at first, and then mended
      0 -> 4
        {"code":"a","effective_from":"01Z","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
        {"code":"b","effective_from":"02Z","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
        {"code":"c","effective_from":"04Z","kind":"goods","name":"C","sensitive":false}
    "#);
}

#[test]
fn the_servers_standing_is_followed_within_our_own_history() {
    let ours = "1795316400000-0000000000000001";
    let check = |theirs: i64, lineage: Option<&str>, course: Course, sent: i64| {
        let mut shop = shop();
        shop.sql(TWO_ITEMS);
        shop.sql("INSERT INTO items (code, name) VALUES ('c', 'Cola')");
        capture::arrived(shop.database.connection(), 2).unwrap();
        let found = capture::compare(&mut shop.database, theirs, lineage).unwrap();
        assert_eq!(found, course, "{theirs} {lineage:?}");
        let connection = shop.database.connection();
        let lineage = capture::mark(connection).unwrap().lineage;
        assert_eq!(lineage.as_deref(), Some(ours));
        assert_eq!(
            capture::sent(connection).unwrap(),
            sent,
            "{theirs} {lineage:?}"
        );
    };
    // As it should be; an answer was lost; the server was put back; it is new.
    check(2, Some(ours), Course::Updates, 2);
    check(3, Some(ours), Course::Updates, 3);
    check(1, Some(ours), Course::Updates, 1);
    check(0, None, Course::Updates, 0);
    check(0, Some("1-another"), Course::Updates, 0);
    // Another's history, nobody's, and one that this copy of ours has not seen.
    check(2, Some("1-another"), Course::Snapshot, 2);
    check(2, None, Course::Snapshot, 2);
    check(4, Some(ours), Course::Snapshot, 2);
}

#[test]
fn an_end_that_was_meant_for_another_beginning_jumps_over_no_sale() {
    let mut shop = shop();
    shop.sql(TWO_ITEMS);
    shop.enter(&settlement_at("1", 2));
    assert_eq!(next(&mut shop).unwrap().revision, 2);
    capture::arrived(shop.database.connection(), 2).unwrap();
    shop.sql("UPDATE items SET unit_price = 1");
    assert_eq!(next(&mut shop).unwrap().revision, 4, "this end is meant");
    // Before the answer comes, the server is put back to an older copy.
    let lineage = capture::mark(shop.database.connection()).unwrap().lineage;
    let course = capture::compare(&mut shop.database, 1, lineage.as_deref()).unwrap();
    assert_eq!(course, Course::Updates);
    assert_eq!(next(&mut shop).unwrap().revision, 2, "where the sale was");
}

#[test]
fn a_snapshot_goes_beyond_both_and_begins_a_new_lineage() {
    for (theirs, revision) in [(10, 11), (3, 4), (1, 4), (0, 4)] {
        let mut shop = shop();
        shop.sql(TWO_ITEMS);
        shop.sql("INSERT INTO items (code, name) VALUES ('c', 'Cola')");
        let before = capture::mark(shop.database.connection()).unwrap();
        let told = capture::snapshot(&mut shop.database, theirs, now(), 2).unwrap();
        assert_eq!(told.revision, revision, "{theirs}");
        let after = capture::mark(shop.database.connection()).unwrap();
        assert_eq!(after.revision, revision, "what is sold now names it");
        assert_ne!(after.lineage, before.lineage);
        let message: Value = serde_json::from_str(&told.body).unwrap();
        assert_eq!(message["lineage"], after.lineage.unwrap());
        assert_eq!(message["base_revision"], theirs);
        capture::arrived(shop.database.connection(), told.revision).unwrap();
        assert_eq!(next(&mut shop), None, "{theirs}");
        shop.sql("DELETE FROM items WHERE code = 'a'");
        assert_eq!(next(&mut shop).unwrap().revision, revision + 1);
        assert_eq!(untold(&shop), [], "a snapshot is no item");
    }
}

#[test]
fn a_snapshot_leaves_out_what_is_bad_and_says_so() {
    let mut shop = shop();
    shop.sql(TWO_ITEMS);
    shop.sql("INSERT INTO items (code, name, unit_price) VALUES ('c', '', 5)");
    let told = capture::snapshot(&mut shop.database, 7, now(), 2).unwrap();
    capture::arrived(shop.database.connection(), told.revision).unwrap();
    insta::assert_snapshot!(shown(Some(&told)), @r#"
    7 -> 8
      {"code":"a","kind":"goods","name":"Anpan","sensitive":false,"unit_price":100}
      {"code":"b","kind":"goods","name":"Beer","sensitive":false,"unit_price":200}
    "#);
    insta::assert_debug_snapshot!(untold(&shop), @r#"
    [
        (
            "c",
            "must not be empty",
        ),
    ]
    "#);
}
