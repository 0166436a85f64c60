//! The person's feed as it grows: live, resumed, and begun anew where too much was missed.

use crate::call::{Line, get, post, put, until};
use crate::goods::{And, named};
use crate::world::{NOON, Person, Shop, World};
use serde_json::{Value, json};

/// Listens from after `last`, or from now on.
pub(crate) async fn listen(world: &World, person: &Person, last: &str) -> Line {
    let ask = get("/v1/me/events").by(&person.key);
    let ask = if last.is_empty() {
        ask
    } else {
        ask.with("last-event-id", last)
    };
    let mut line = world.line().await;
    line.say(&ask.bytes()).await;
    let head = line.head().await.is(200);
    assert_eq!(head.header("content-type"), "text/event-stream");
    line
}

pub(crate) async fn sell(world: &World, mart: &Shop, person: &Person, transaction: &str) {
    let sale = mart.sale_to(&person.id, transaction, 250);
    world
        .ask(post("/v1/settlements", sale).by(&mart.key))
        .await
        .is(201);
}

/// An event in short: its number, its name, and which purchase it speaks of.
fn short(event: &str) -> String {
    let field = |name: &str| {
        event
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or("-")
    };
    let data: Value = serde_json::from_str(field("data: ")).unwrap();
    let transaction = data["key"]["transaction"].as_str().unwrap_or("-");
    format!("{} {} {transaction}", field("id: "), field("event: "))
}

pub(crate) async fn next(line: &mut Line) -> String {
    short(&line.event().await.expect("the stream goes on"))
}

#[tokio::test]
async fn a_purchase_arrives_while_somebody_listens() {
    let world = World::open().await;
    let (mart, ann, bob) = (
        world.shop("mart").await,
        world.person("ann").await,
        world.person("bob").await,
    );
    sell(&world, &mart, &ann, "before").await;
    let mut line = listen(&world, &ann, "").await;
    let mut second = listen(&world, &ann, "").await;
    sell(&world, &mart, &bob, "not hers").await;
    sell(&world, &mart, &ann, "t-1").await;
    let event = line.event().await.unwrap();
    insta::assert_snapshot!(world.redact(&event), @r#"
    id: 2
    event: purchase
    data: {"purchase_id":"pur_1","kind":"sale","store":{"id":"mart","name":"mart店"},"key":{"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},"purchased_at":"2026-04-10T12:00:00+09:00","received_at":"2026-04-10T12:00:00+09:00","currency":"JPY","total":250,"warnings":[],"lines":[{"line":1,"code":"milk","name":null,"name_source":"pending","quantity":"1","unit":"each","unit_price":250,"discount":0,"amount":250,"returned":"0"}]}
    "#);
    // What is told was durable before, and is what the account shows.
    let page = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200)
        .json();
    let data = event
        .lines()
        .find_map(|line| line.strip_prefix("data: "))
        .unwrap();
    let told: Value = serde_json::from_str(data).unwrap();
    let shown = page["purchases"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| **one == told);
    assert!(shown.is_some(), "{page}");
    world
        .ask(put(mart.path("/catalogue"), named(0, 1, "milk", "牛乳", NOON)).by(&mart.key))
        .await
        .is(200);
    let mut told = vec![next(&mut line).await, next(&mut line).await];
    // Which of the two lines is named first is nobody's business.
    told.sort_by_key(|event| event.split(' ').nth(2).map(str::to_owned));
    assert!(
        told[0].ends_with("named before") && told[1].ends_with("named t-1"),
        "{told:?}"
    );
    let back = mart.sale("r-1", 250).and("/kind", json!("return")).and(
        "/of",
        mart.key_of("t-1")
            .and("/lines", json!([{"line": 1, "quantity": "1"}])),
    );
    world
        .ask(post("/v1/settlements", back).by(&mart.key))
        .await
        .is(201);
    assert_eq!(next(&mut line).await, "5 purchase r-1");
    assert_eq!(next(&mut line).await, "6 changed t-1");
    for expected in [
        "2 purchase t-1",
        "3 ",
        "4 ",
        "5 purchase r-1",
        "6 changed t-1",
    ] {
        assert!(next(&mut second).await.starts_with(expected));
    }
    world.close().await;
}

#[tokio::test]
async fn a_page_that_lost_its_line_goes_on_where_it_was() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    for transaction in ["t-1", "t-2", "t-3"] {
        sell(&world, &mart, &ann, transaction).await;
    }
    let mut line = listen(&world, &ann, "1").await;
    assert_eq!(next(&mut line).await, "2 purchase t-2");
    assert_eq!(next(&mut line).await, "3 purchase t-3");
    drop(line);
    sell(&world, &mart, &ann, "t-4").await;
    let mut line = listen(&world, &ann, "3").await;
    assert_eq!(next(&mut line).await, "4 purchase t-4");
    // From the very beginning, more than is read at a time.
    let sales = (0..300).map(|nth| mart.sale_to(&ann.id, &format!("b-{nth}"), nth));
    let sales = Value::from(sales.collect::<Vec<_>>());
    world
        .ask(post("/v1/settlements/batch", sales).by(&mart.key))
        .await
        .is(200);
    let mut all = listen(&world, &ann, "0").await;
    for nth in 1..=304 {
        let event = next(&mut all).await;
        assert!(
            event.starts_with(&format!("{nth} purchase ")),
            "{nth}: {event}"
        );
    }
    // A restart changes nothing.
    let world = world.again().await;
    let mut line = listen(&world, &ann, "303").await;
    assert_eq!(next(&mut line).await, "304 purchase b-299");
    drop(line);
    world.close().await;
}

#[tokio::test]
async fn who_was_away_too_long_loads_anew() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    sell(&world, &mart, &ann, "t-1").await;
    sell(&world, &mart, &ann, "t-2").await;
    // From the future, from another server, or beyond all numbers.
    for last in ["3", "99", "18446744073709551615"] {
        let mut line = listen(&world, &ann, last).await;
        let event = line.event().await.unwrap();
        assert!(event.contains("event: reload"), "{last}: {event}");
    }
    // Entries are kept for 90 days; the server looks for older ones when it starts.
    world.at("2026-07-09T12:00:01+09:00");
    let world = world.again().await;
    let app = std::sync::Arc::clone(&world.running.app);
    let user_id = purchase::id::UserId::parse(&ann.id).unwrap();
    until(async || app.ledger.feed_ends(user_id).unwrap().unwrap().oldest == 3).await;
    drop(app);
    let mut line = listen(&world, &ann, "1").await;
    insta::assert_snapshot!(line.event().await.unwrap(), @"
    id: 2
    event: reload
    data: {}
    ");
    sell(&world, &mart, &ann, "t-3").await;
    assert_eq!(next(&mut line).await, "3 purchase t-3");
    // Whoever had heard everything missed nothing.
    let mut line = listen(&world, &ann, "2").await;
    assert_eq!(next(&mut line).await, "3 purchase t-3");
    drop(line);
    world.close().await;
}

#[tokio::test]
async fn only_so_many_pages_listen_for_one_person() {
    let world = World::open().await;
    let ann = world.person("ann").await;
    let mut lines = Vec::new();
    for _ in 0..16 {
        lines.push(listen(&world, &ann, "").await);
    }
    let answer = world.ask(get("/v1/me/events").by(&ann.key)).await.is(429);
    assert_eq!(answer.header("retry-after"), "10");
    lines.pop();
    let user_id = purchase::id::UserId::parse(&ann.id).unwrap();
    until(async || world.running.app.hub.count(user_id) < 16).await;
    lines.push(listen(&world, &ann, "").await);
    // A stop ends the streams in order.
    let mut line = lines.pop().unwrap();
    drop(lines);
    world.running.app.intake.drain();
    assert_eq!(line.event().await, None);
    world.close().await;
}
