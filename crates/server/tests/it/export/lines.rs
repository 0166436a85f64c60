//! The complete form: everything the account shows and everything the store sent, and a way back.

use super::{Life, buy};
use crate::call::{get, post};
use crate::goods::And;
use serde_json::{Value, json};
use wire::settlement::read_settlement;

/// The lines of a book: its head, its purchases, its end.
fn parts(book: &str) -> (Value, Vec<Value>, Value) {
    let mut lines: Vec<Value> = book
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let end = lines.pop().unwrap();
    (lines.remove(0), lines, end)
}

#[tokio::test]
async fn a_line_is_the_purchase_as_the_account_shows_it() {
    let life = Life::live().await;
    // More than is read at a time.
    let more = (0..250).map(|nth| life.mart.sale_to(&life.ann.id, &format!("m-{nth}"), nth));
    let more = Value::from(more.collect::<Vec<_>>());
    let sent = post("/v1/settlements/batch", more).by(&life.mart.key);
    life.world.ask(sent).await.is(200);
    let answer = life.book("ndjson").await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let (head, exported, end) = parts(&answer.body);
    assert_eq!(head, json!({"orihon_export": 1}));
    let without = exported.iter().cloned();
    let without: Vec<_> = without.map(|line| line.without("/settlement")).collect();
    assert_eq!(without, life.shown().await);
    let counted = life.counted().await;
    assert_eq!(end, json!({"purchases": 259, "total_by_currency": counted}));
    life.world.close().await;
}

#[tokio::test]
async fn an_empty_book_has_a_head_and_an_end() {
    let life = Life::live().await;
    let bob = life.world.person("bob").await;
    let ask = get("/v1/me/exports/ndjson").by(&bob.key);
    let book = life.world.ask(ask).await.is(200).body;
    insta::assert_snapshot!(book, @r#"
    {"orihon_export":1}
    {"purchases":0,"total_by_currency":{}}
    "#);
    life.world.close().await;
}

#[tokio::test]
async fn what_was_exported_is_the_same_settlement_when_it_is_sent_again() {
    let life = Life::live().await;
    let (_, exported, _) = parts(&life.book("ndjson").await.body);
    let shops = [&life.mart, &life.deli, &life.souk];
    for line in &exported {
        let settlement = &line["settlement"];
        read_settlement(settlement.to_string().as_bytes()).expect("it was proven before");
        let store_id = settlement["store_id"].as_str().unwrap();
        let shop = shops.iter().find(|shop| shop.id == store_id).unwrap();
        let again = post("/v1/settlements", settlement.to_string()).by(&shop.key);
        // The digest decides: anything that got lost or changed would be a conflict.
        let answer = life.world.ask(again).await.is(200);
        assert_eq!(answer.text("/outcome"), "already_recorded");
        assert_eq!(answer.text("/purchase_id"), line["purchase_id"]);
    }
    // The control: one fact less is another settlement.
    let first = exported
        .iter()
        .find(|line| line["settlement"]["notes"].is_array());
    let less = first.unwrap()["settlement"].clone().without("/notes");
    let again = post("/v1/settlements", less).by(&life.mart.key);
    life.world.ask(again).await.is(409);
    life.world.close().await;
}

#[tokio::test]
async fn a_server_that_lost_it_is_filled_again_from_a_book() {
    let life = Life::live().await;
    let (_, exported, end) = parts(&life.book("ndjson").await.body);
    let other = Life::arrive().await;
    // Newest first: returns and voids come before what they speak of.
    for line in &exported {
        let store_id = line["settlement"]["store_id"].as_str().unwrap();
        let shops = [&other.mart, &other.deli, &other.souk];
        let shop = shops.into_iter().find(|shop| shop.id == store_id).unwrap();
        let mut settlement = line["settlement"].clone();
        if settlement["user"].is_object() {
            settlement = settlement.and("/user/id", json!(other.ann.id));
        }
        buy(&other.world, shop, settlement).await;
    }
    let (_, again, end_again) = parts(&other.book("ndjson").await.body);
    assert_eq!(end, end_again);
    let facts =
        |lines: Vec<Value>| -> Vec<Value> { lines.into_iter().map(without_this_server).collect() };
    assert_eq!(facts(exported), facts(again));
    life.world.close().await;
    other.world.close().await;
}

/// A line without what the server that wrote it added: ids, and when things reached it.
fn without_this_server(line: Value) -> Value {
    let mut line = line.without("/purchase_id").without("/received_at");
    let settlement = line["settlement"].as_object_mut().unwrap();
    settlement.remove("user");
    line
}
