//! A ledger that moves is read as ever, and takes no writes: each of them is answered so that its sender
//! keeps it and asks again.

use crate::call::{Ask, delete, get, patch, post, put};
use crate::goods::named;
use crate::world::{Person, Shop, World};
use ledger::notice::Purpose;
use serde_json::json;

/// What writes, by whoever may.
fn writes(world: &World, mart: &Shop, ann: &Person) -> Vec<Ask> {
    let by_operator = |ask: Ask| ask.by(&world.operator);
    let update = named(0, 1, "milk", "牛乳", "2026-04-01T00:00:00+09:00");
    vec![
        post("/v1/settlements", mart.sale("t-1", 1)).by(&mart.key),
        post("/v1/settlements", mart.sale("t-2", 1)).by(&mart.key),
        post("/v1/settlements", mart.sale_to(&ann.id, "t-3", 1)).by(&mart.key),
        put(mart.path("/catalogue"), update).by(&mart.key),
        by_operator(post("/v1/users", json!({"ref": "bob"}))),
        by_operator(post(
            "/v1/stores",
            json!({"store_id": "new", "name": "新店", "timezone": "Asia/Tokyo", "currency": "JPY"}),
        )),
        by_operator(patch(
            mart.path(""),
            json!({"name": "新しい店", "effective_from": "2026-04-11T00:00:00+09:00"}),
        )),
        by_operator(post(mart.path("/devices"), json!({"name": "till 2"}))),
        by_operator(post(mart.path("/pairings"), json!({"name": "till 3"}))),
        by_operator(post(mart.path("/close"), json!({}))),
        by_operator(delete(mart.path(&format!("/devices/{}", mart.device_id)))),
        by_operator(post(
            "/v1/chains",
            json!({"chain_id": "north", "name": "北"}),
        )),
        by_operator(post("/v1/operators", json!({}))),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moves_is_read_and_not_written() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sale = post("/v1/settlements", mart.sale_to(&ann.id, "t-1", 1));
    world.ask(sale.by(&mart.key)).await.is(201);
    let questions = || {
        [
            get("/healthz"),
            get("/readyz"),
            get("/v1/me/purchases").by(&ann.key),
            get(mart.path("/catalogue")).by(&mart.key),
            get("/v1/counts?by=store").by(&world.operator),
        ]
    };
    let mut before = Vec::new();
    for question in questions() {
        before.push(world.ask(question).await.is(200).body);
    }
    let questions = questions();
    let world = world
        .again_with(|config| config.purpose = Purpose::Read)
        .await;
    for (question, before) in questions.into_iter().zip(before) {
        assert_eq!(world.ask(question).await.is(200).body, before);
    }
    for write in writes(&world, &mart, &ann) {
        let what = format!("{:?}", write.covered().1);
        let answer = world.ask(write).await;
        assert_eq!(answer.status, 503, "{what}: {}", answer.body);
        assert_eq!(answer.header("retry-after"), "30", "{what}");
        let problem = answer.json();
        assert_eq!(problem["code"], "unavailable", "{what}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("is moving to another place"), "{detail}");
    }
    // It does not stop over that, and takes writes again where it stays.
    let world = world.again().await;
    let sale = post("/v1/settlements", mart.sale("t-2", 1)).by(&mart.key);
    world.ask(sale).await.is(201);
    world.close().await;
}
