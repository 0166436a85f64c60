//! Rough weather: callers that hang up, all at once, a queue that is full, a stop in the middle.
//! What was acknowledged is there, once; what was not is safe to send again.

use crate::call::{Answer, Line, get, post, soon, until};
use crate::goods::{And, TODAY, named};
use crate::world::{NOON, Shop, World};
use ledger::write::{CatalogueWrite, Step, Write};
use purchase::id::{Revision, StoreId};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::pin::pin;
use std::task::Poll;

const ONE: &str = "/v1/settlements";
const MANY: &str = "/v1/settlements/batch";

/// How many settlements the store's day has.
async fn recorded(world: &World, mart: &Shop) -> u64 {
    let path = mart.path(&format!("/days/{TODAY}"));
    let day = world.ask(get(path).by(&mart.key)).await.is(200).json();
    day["settlements"].as_u64().unwrap()
}

#[tokio::test]
async fn who_hangs_up_after_the_last_byte_was_heard() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    world.close_gate();
    let mut line = world.line().await;
    line.say(&post(ONE, mart.sale("t-1", 250)).by(&mart.key).bytes())
        .await;
    // It was taken, and cannot be answered yet.
    world.writer_waits().await;
    line.hang_up().await;
    let mut line = world.line().await;
    let batch = json!([mart.sale("t-2", 1), mart.sale("t-3", 2)]);
    line.say(&post(MANY, batch).by(&mart.key).bytes()).await;
    world.gate_opener()();
    until(async || recorded(&world, &mart).await == 3).await;
    line.answer().await.unwrap().is(200);
    world
        .ask(post(ONE, mart.sale("t-1", 250)).by(&mart.key))
        .await
        .is(200);
    world.close().await;
}

#[tokio::test]
async fn half_a_request_is_none() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let whole = post(ONE, mart.sale("t-1", 250)).by(&mart.key).bytes();
    for end in [1, 20, 200, whole.len() / 2, whole.len() - 1] {
        let mut line = world.line().await;
        line.say(&whole[..end]).await;
        line.hang_up().await;
    }
    // A length that is a lie, and what is no HTTP at all.
    let short = String::from_utf8(whole.clone()).unwrap().replacen(
        "content-length: ",
        "content-length: 9",
        1,
    );
    let mut line = world.line().await;
    line.say(short.as_bytes()).await;
    line.hang_up().await;
    for nonsense in [
        "\r\n\r\n",
        "GET\r\n\r\n",
        "\u{0}\u{1}\u{2}",
        "GET / HTTP/9.9\r\n\r\n",
    ] {
        let mut line = world.line().await;
        line.say(nonsense.as_bytes()).await;
        line.hang_up().await;
    }
    world
        .ask(post(ONE, mart.sale("t-2", 250)).by(&mart.key))
        .await
        .is(201);
    assert_eq!(recorded(&world, &mart).await, 1);
    world.close().await;
}

/// What became of every key of an answer, and under which purchase.
fn outcomes(answer: &Answer) -> Vec<(String, String, String)> {
    let rows = answer.json();
    let rows = rows.as_array().unwrap().iter();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.map(|row| {
        let transaction = text(&row["key"], "transaction");
        (transaction, text(row, "outcome"), text(row, "purchase_id"))
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sends_the_same_at_once() {
    const CALLERS: usize = 64;
    const KEYS: usize = 1_000;
    const PER_BATCH: usize = 100;
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sales: Vec<Value> = (0..KEYS)
        .map(|nth| mart.sale_to(&ann.id, &format!("t-{nth}"), 10))
        .collect();
    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        // Everybody begins elsewhere.
        let mut own = sales.clone();
        own.rotate_left(caller * KEYS / CALLERS);
        let asks: Vec<_> = own
            .chunks(PER_BATCH)
            .map(|batch| post(MANY, Value::from(batch.to_vec())).by(&mart.key))
            .collect();
        let mut line = world.line().await;
        callers.push(tokio::spawn(async move {
            let mut told = Vec::new();
            for ask in asks {
                told.extend(outcomes(&line.ask(&ask).await.is(200)));
            }
            told
        }));
    }
    let mut purchases = HashMap::<String, String>::new();
    let mut firsts = HashMap::<String, usize>::new();
    for caller in callers {
        let told = caller.await.unwrap();
        assert_eq!(told.len(), KEYS);
        for (transaction, outcome, purchase_id) in told {
            assert!(
                matches!(outcome.as_str(), "recorded" | "already_recorded"),
                "{outcome}"
            );
            *firsts.entry(transaction.clone()).or_default() += usize::from(outcome == "recorded");
            let known = purchases
                .entry(transaction)
                .or_insert_with(|| purchase_id.clone());
            assert_eq!(*known, purchase_id);
        }
    }
    assert_eq!(firsts.len(), KEYS);
    assert!(
        firsts.values().all(|count| *count == 1),
        "recorded once, and told so to one"
    );
    let counts = world.order(get("/v1/counts?by=user")).await.is(200).json();
    assert_eq!(counts["total"]["settlements"], KEYS);
    assert_eq!(
        counts["total"]["total_by_currency"],
        json!({"JPY": 10 * KEYS})
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_contents_under_one_key_have_one_winner() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    for round in 0..20 {
        let mut asked = Vec::new();
        for caller in 0..8 {
            let sale = mart
                .sale(&format!("t-{round}"), 10)
                .and("/staff", json!(format!("{caller}")));
            let ask = post(ONE, sale).by(&mart.key);
            let mut line = world.line().await;
            asked.push(tokio::spawn(async move { line.ask(&ask).await.status }));
        }
        let mut statuses = Vec::new();
        for asked in asked {
            statuses.push(asked.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(
            statuses,
            [201, 409, 409, 409, 409, 409, 409, 409],
            "round {round}"
        );
    }
    assert_eq!(recorded(&world, &mart).await, 20);
    world.close().await;
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    world.close_gate();
    let mut first = world.line().await;
    first
        .say(&post(ONE, mart.sale("t-1", 1)).by(&mart.key).bytes())
        .await;
    world.writer_waits().await;
    // Something that weighs as much as the queue holds stands behind it.
    let intake = std::sync::Arc::clone(&world.running.app.intake);
    let mut heavy = pin!(intake.write(Vec::new(), 192 * 1_024 * 1_024));
    assert!(first_poll(heavy.as_mut()).await.is_pending());
    let mut line = world.line().await;
    let refused = line
        .ask(&post(ONE, mart.sale("t-2", 2)).by(&mart.key))
        .await;
    assert_eq!(refused.header("retry-after"), "1");
    insta::assert_snapshot!(world.show(&refused), @r#"
    503 application/problem+json
    {
      "type": "/problems/unavailable",
      "title": "Not available now",
      "status": 503,
      "detail": "more is waiting to be written than the server holds; send the same again",
      "code": "unavailable",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    // A batch enters whole or not at all.
    let batch = json!([mart.sale("t-1", 1), mart.sale("t-3", 3), {"store_id": 1}]);
    line.ask(&post(MANY, batch).by(&mart.key)).await.is(503);
    // What is refused for itself is not kept waiting, and the rest goes on.
    line.ask(&post(ONE, "{}").by(&mart.key)).await.is(422);
    assert_eq!(recorded(&world, &mart).await, 0);
    world.gate_opener()();
    assert!(heavy.await.unwrap().is_empty());
    first.answer().await.unwrap().is(201);
    line.ask(&post(ONE, mart.sale("t-2", 2)).by(&mart.key))
        .await
        .is(201);
    assert_eq!(recorded(&world, &mart).await, 2);
    world.close().await;
}

/// What a future says when it is asked once.
async fn first_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

#[tokio::test]
async fn a_stop_answers_everybody_who_was_let_in() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    world.close_gate();
    let mut taken = world.line().await;
    taken
        .say(&post(ONE, mart.sale("t-1", 1)).by(&mart.key).bytes())
        .await;
    world.writer_waits().await;
    // Another has only said half of it.
    let whole = post(ONE, mart.sale("t-2", 2)).by(&mart.key).bytes();
    let (half, rest) = whole.split_at(whole.len() - 10);
    let mut late = world.line().await;
    late.say(half).await;
    // Whoever is answered here is behind the half in the queue of connections.
    world.ask(get("/healthz")).await.is(200);
    let (health, open) = (world.running.app.intake.watch(), world.gate_opener());
    let address = world.running.address;
    let (world, drained, (first, second)) = world
        .again_after(async move {
            let mut health = health;
            health.changed().await.unwrap();
            late.say(rest).await;
            let second = late.answer().await;
            // Nobody new is let in.
            until(async || tokio::net::TcpStream::connect(address).await.is_err()).await;
            open();
            (taken.answer().await, second)
        })
        .await;
    assert_eq!(
        first.expect("it was taken").is(201).text("/outcome"),
        "recorded"
    );
    let second = second.expect("it was let in").is(503);
    assert_eq!(
        (second.text("/code").as_str(), second.header("retry-after")),
        ("draining", "5")
    );
    assert_eq!(drained.aborted, 0);
    assert_eq!(recorded(&world, &mart).await, 1);
    world
        .ask(post(ONE, mart.sale("t-1", 1)).by(&mart.key))
        .await
        .is(200);
    world
        .ask(post(ONE, mart.sale("t-2", 2)).by(&mart.key))
        .await
        .is(201);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_loses_nothing_that_was_acknowledged() {
    let mut world = World::open().await;
    let mart = world.shop("mart").await;
    let mut acknowledged = 0;
    for round in 0..5 {
        let mut callers = Vec::new();
        let (started, mut heard) = tokio::sync::mpsc::channel(1);
        for caller in 0..16 {
            let line = world.line().await;
            callers.push(tokio::spawn(until_refused(
                line,
                mart.id.clone(),
                mart.key.clone(),
                round * 16 + caller,
                started.clone(),
            )));
        }
        // Some are through, others in the middle.
        for _ in 0..50 {
            soon(heard.recv()).await.unwrap();
        }
        let waiting = async move { while heard.recv().await.is_some() {} };
        drop(started);
        world = world.again_after(waiting).await.0;
        for caller in callers {
            for sale in caller.await.unwrap() {
                world.ask(post(ONE, sale).by(&mart.key)).await.is(200);
                acknowledged += 1;
            }
        }
    }
    assert!(acknowledged >= 250);
    // What was not acknowledged may be there, but never twice.
    assert!(recorded(&world, &mart).await >= acknowledged);
    world.close().await;
}

/// Sells until the server takes nothing more; the sales that it acknowledged.
async fn until_refused(
    mut line: Line,
    id: String,
    key: String,
    caller: usize,
    told: tokio::sync::mpsc::Sender<()>,
) -> Vec<Value> {
    let mart = Shop {
        id,
        key,
        device_id: String::new(),
    };
    let mut acknowledged = Vec::new();
    loop {
        let sale = mart.sale(&format!("{caller}-{}", acknowledged.len()), 1);
        if line
            .try_say(&post(ONE, &sale).by(&mart.key).bytes())
            .await
            .is_err()
        {
            return acknowledged;
        }
        match line.answer().await {
            Some(answer) if answer.status == 201 => acknowledged.push(sale),
            Some(answer) => {
                assert_eq!(answer.is(503).text("/code"), "draining");
                return acknowledged;
            }
            None => return acknowledged,
        }
        let _ = told.send(()).await;
    }
}

#[tokio::test]
async fn a_catalogue_that_slips_in_before_the_commit_names_the_line() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    world.close_gate();
    let mut dummy = world.line().await;
    dummy
        .say(&post(ONE, mart.sale("t-0", 1)).by(&mart.key).bytes())
        .await;
    world.writer_waits().await;
    // The update stands in the queue; the sale is prepared before it is committed.
    let update = named(0, 1, "milk", "牛乳", NOON).to_string();
    let update = wire::catalogue::read_update(update.as_bytes()).unwrap();
    let write = Write::Catalogue(Box::new(CatalogueWrite {
        store_id: StoreId::parse("mart").unwrap(),
        base: Revision(0),
        revision: Revision(1),
        lineage: None,
        update: update.digest,
        patterns: update.patterns,
        step: Step::Whole(update.changes),
    }));
    let intake = std::sync::Arc::clone(&world.running.app.intake);
    let mut updated = pin!(intake.write_one(write));
    assert!(first_poll(updated.as_mut()).await.is_pending());
    let mut line = world.line().await;
    line.say(
        &post(ONE, mart.sale_to(&ann.id, "t-1", 250))
            .by(&mart.key)
            .bytes(),
    )
    .await;
    // The next answer of the same runtime comes after the sale was read.
    world.ask(get("/healthz")).await.is(200);
    world.gate_opener()();
    updated.await.unwrap();
    let answer = line.answer().await.unwrap().is(201);
    assert_eq!(answer.json()["pending_lines"], 0);
    assert_eq!(world.book(&ann, "").await, "t-1 milk: 牛乳 (revision 1)\n");
    world.close().await;
}
