//! The outbox: what enters it, under which number, and what becomes of it; and the file that it is
//! kept in.

use crate::shop::{DAY, Shop, now, open, settlement, shop};
use device::database::Database;
use device::outbox::{self, Entered, OutboxError, Queue, Sale, State};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;
use wire::outcome::OutcomeMessage;

fn enter(shop: &mut Shop, settlement: &Value) -> Result<Entered, OutboxError> {
    let body = settlement.to_string();
    outbox::enter(&mut shop.database, &body, now()).map(|(entered, _)| entered)
}

fn waiting(shop: &Shop) -> Vec<Sale> {
    outbox::waiting(shop.database.connection(), 100).unwrap()
}

fn outcome(message: Value) -> OutcomeMessage {
    serde_json::from_value(message).unwrap()
}

#[test]
fn a_sale_enters_once() {
    let mut shop = shop();
    let sale = settlement("1", 100);
    assert_eq!(enter(&mut shop, &sale).unwrap(), Entered::Now);
    assert_eq!(enter(&mut shop, &sale).unwrap(), Entered::Before);
    let sent = outcome(json!({"outcome": "recorded"}));
    outbox::settle(shop.database.connection(), 1, &sent, now()).unwrap();
    assert_eq!(enter(&mut shop, &sale).unwrap(), Entered::Before);
    assert_eq!(waiting(&shop), [], "what is filed does not wait again");
    // The same content in other words is the same sale.
    let mut other_words = sale.clone();
    other_words["lines"][0]["quantity"] = json!("1.000");
    assert_eq!(enter(&mut shop, &other_words).unwrap(), Entered::Before);
}

#[test]
fn a_number_belongs_to_one_sale() {
    let mut shop = shop();
    enter(&mut shop, &settlement("1", 100)).unwrap();
    let fault = enter(&mut shop, &settlement("1", 200)).unwrap_err();
    assert!(
        matches!(fault, OutboxError::NumberTaken { .. }),
        "{fault:?}"
    );
    insta::assert_snapshot!(fault, @"number 1 of till 1 on 2026-11-22 is taken by another sale");
    assert_eq!(waiting(&shop).len(), 1);
    assert_eq!(waiting(&shop)[0].total, 100);
    let mut elsewhere = settlement("1", 200);
    elsewhere["terminal"] = json!("2");
    assert_eq!(enter(&mut shop, &elsewhere).unwrap(), Entered::Now);
    let mut tomorrow = settlement("1", 200);
    tomorrow["business_date"] = json!("2026-11-23");
    assert_eq!(enter(&mut shop, &tomorrow).unwrap(), Entered::Now);
}

#[test]
fn what_the_contract_refuses_is_not_kept_and_its_number_stays_free() {
    let mut shop = shop();
    let mut wrong = settlement("1", 100);
    wrong["total"] = json!(99);
    let fault = enter(&mut shop, &wrong).unwrap_err();
    insta::assert_snapshot!(fault, @"the sale is not right: /total: lines 100, adjustments 0 and excluded tax 0 make 100, not 99");
    let broken = outbox::enter(&mut shop.database, "{\"total\":", now()).unwrap_err();
    assert!(matches!(broken, OutboxError::Rejected(_)), "{broken:?}");
    assert_eq!(waiting(&shop), []);
    let connection = shop.database.connection();
    assert_eq!(outbox::next_number(connection, "1").unwrap(), 1);
    assert_eq!(
        enter(&mut shop, &settlement("1", 100)).unwrap(),
        Entered::Now
    );
}

#[test]
fn the_servers_word_decides_what_still_waits() {
    let mut shop = shop();
    for number in ["1", "2", "3", "4", "5"] {
        enter(&mut shop, &settlement(number, 100)).unwrap();
    }
    let words = [
        json!({"outcome": "recorded", "purchase_id": "pur_1"}),
        json!({"outcome": "already_recorded", "purchase_id": "pur_2"}),
        json!({"outcome": "conflict"}),
        json!({"outcome": "rejected", "code": "store_unknown", "detail": "no such store"}),
    ];
    let states = [State::Filed, State::Filed, State::Refused, State::Refused];
    for ((id, word), state) in (1..).zip(words).zip(states) {
        let connection = shop.database.connection();
        let found = outbox::settle(connection, id, &outcome(word), now()).unwrap();
        assert_eq!(found, state, "{id}");
    }
    let connection = shop.database.connection();
    let queue = Queue {
        waiting: 1,
        oldest: Some(now().ms()),
        refused: 2,
    };
    assert_eq!(outbox::queue(connection).unwrap(), queue);
    assert_eq!(waiting(&shop)[0].number, "5");
    let ids: Vec<_> = outbox::of_day(connection, DAY)
        .unwrap()
        .into_iter()
        .map(|sale| sale.purchase_id)
        .collect();
    assert_eq!(ids[..3], [Some("pur_1".into()), Some("pur_2".into()), None]);
    let problems: Vec<_> = outbox::refused(connection, 100)
        .unwrap()
        .into_iter()
        .map(|sale| sale.problem.unwrap())
        .collect();
    insta::assert_debug_snapshot!(problems, @r#"
    [
        "the server has another sale under this number; send this one under another with --renumber",
        "{\"outcome\":\"rejected\",\"code\":\"store_unknown\",\"detail\":\"no such store\"}",
    ]
    "#);
    assert_eq!(outbox::send_again(connection, &[1, 4, 99]).unwrap(), 2);
    let again: Vec<_> = waiting(&shop).into_iter().map(|sale| sale.number).collect();
    assert_eq!(
        again,
        ["1", "4", "5"],
        "in the order in which they were made"
    );
    assert_eq!(waiting(&shop)[1].problem, None);
    assert_eq!(waiting(&shop)[0].purchase_id.as_deref(), Some("pur_1"));
    assert_eq!(outbox::queue(connection).unwrap().refused, 1);
}

#[test]
fn an_empty_outbox_has_no_oldest_sale() {
    let shop = shop();
    let queue = outbox::queue(shop.database.connection()).unwrap();
    assert_eq!(queue, Queue::default());
}

#[test]
fn numbers_only_grow() {
    let mut shop = shop();
    let rows = [
        ("7", 8),
        ("3", 8),
        ("8", 9),
        ("A-12", 9),
        ("007", 9),
        ("100", 101),
    ];
    for (number, expected) in rows {
        enter(&mut shop, &settlement(number, 100)).unwrap();
        let next = outbox::next_number(shop.database.connection(), "1").unwrap();
        assert_eq!(next, expected, "{number}");
    }
    let connection = shop.database.connection();
    outbox::seen(connection, "1", 50).unwrap();
    assert_eq!(outbox::next_number(connection, "1").unwrap(), 101);
    assert_eq!(outbox::next_number(connection, "2").unwrap(), 1);
}

#[test]
fn what_was_entered_is_there_after_a_restart() {
    let mut shop = shop();
    enter(&mut shop, &settlement("1", 100)).unwrap();
    enter(&mut shop, &settlement("2", 200)).unwrap();
    let before = waiting(&shop);
    let Shop {
        folder, database, ..
    } = shop;
    drop(database);
    let database = open(folder.path());
    assert_eq!(outbox::waiting(database.connection(), 100).unwrap(), before);
    assert_eq!(outbox::next_number(database.connection(), "1").unwrap(), 3);
}

/// Opens what must be refused; gives the words, and proves that the folder is as it was.
fn refused(folder: &Path) -> String {
    let contents = || {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = contents();
    let fault = Database::open(folder).unwrap_err().to_string();
    assert!(before == contents(), "the folder was changed: {fault}");
    fault.replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = Connection::open(folder.path().join("store.db")).unwrap();
    other
        .execute_batch("CREATE TABLE letters (text); INSERT INTO letters VALUES ('dear all')")
        .unwrap();
    drop(other);
    insta::assert_snapshot!(refused(folder.path()), @"FOLDER/store.db is a database of another program; name another folder with --data");
}

#[test]
fn the_database_of_a_newer_device_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let newer = Connection::open(folder.path().join("store.db")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    insta::assert_snapshot!(refused(folder.path()), @"FOLDER/store.db was written by a newer orihon-device (schema 99, this one knows 5); use that one");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = "not a database, but long enough to have a header ".repeat(20);
    std::fs::write(folder.path().join("store.db"), text).unwrap();
    insta::assert_snapshot!(refused(folder.path()), @"the store database failed: file is not a database");
}
