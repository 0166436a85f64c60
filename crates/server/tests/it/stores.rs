//! Stores: opened once, presented as they were at the sale, closed for writing and not for reading.

use crate::call::{get, patch, post, put};
use crate::goods::{And, TODAY, named};
use crate::world::{NOON, World};
use serde_json::json;

#[tokio::test]
async fn a_store_is_opened_once() {
    let world = World::open().await;
    let store = json!({
        "store_id": "green-1", "name": "緑屋 一号店", "timezone": "Asia/Tokyo", "currency": "JPY",
        "chain_id": "green", "issuer": {"name": "緑屋株式会社", "registration_number": "T1234567890123"},
        "address": "東京都千代田区1-1", "phone": "03-0000-0000", "receipt_footer": "毎度あり",
    });
    world.chain("green").await;
    let first = world.order(post("/v1/stores", &store)).await;
    insta::assert_snapshot!(world.show(&first), @r#"
    201 application/json
    {
      "store_id": "green-1",
      "name": "緑屋 一号店",
      "timezone": "Asia/Tokyo",
      "currency": "JPY",
      "chain_id": "green",
      "issuer": {"name":"緑屋株式会社","registration_number":"T1234567890123"},
      "address": "東京都千代田区1-1",
      "phone": "03-0000-0000",
      "receipt_footer": "毎度あり"
    }
    "#);
    let again = world.order(post("/v1/stores", &store)).await.is(200);
    assert_eq!(again.body, first.body);
    let other = world
        .order(post("/v1/stores", store.and("/currency", json!("USD"))))
        .await;
    insta::assert_snapshot!(world.show(&other), @r#"
    409 application/problem+json
    {
      "type": "/problems/already_exists_differently",
      "title": "There is one with other content",
      "status": 409,
      "detail": "there is a store of this id with other content; PATCH changes how it presents itself",
      "code": "already_exists_differently",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    world.shop("a-shop").await;
    let all = world.order(get("/v1/stores")).await.is(200).json();
    assert_eq!(all["stores"][0]["store_id"], "a-shop");
    assert_eq!(all["stores"][1], first.json());
    world.order(get("/v1/stores/none")).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn a_purchase_shows_the_store_as_it_was() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sell = async |transaction: &str, time: &str| {
        let sale = mart
            .sale_to(&ann.id, transaction, 1)
            .and("/purchased_at", json!(time));
        world
            .ask(post("/v1/settlements", sale).by(&mart.key))
            .await
            .is(201);
    };
    sell("old", "2026-04-01T09:00:00+09:00").await;
    let new = json!({"effective_from": "2026-04-05T00:00:00+09:00", "name": "新店",
        "address": "大阪市", "issuer": {"name": "新店株式会社"}});
    let answer = world.order(patch(mart.path(""), &new)).await;
    insta::assert_snapshot!(world.show(&answer), @r#"
    200 application/json
    {
      "store_id": "mart",
      "name": "新店",
      "timezone": "Asia/Tokyo",
      "currency": "JPY",
      "issuer": {"name":"新店株式会社"},
      "address": "大阪市"
    }
    "#);
    world.order(patch(mart.path(""), &new)).await.is(200);
    let next =
        json!({"effective_from": "2026-06-01T00:00:00+09:00", "name": "未来店", "address": null});
    // Until then it presents itself as before.
    assert_eq!(
        world
            .order(patch(mart.path(""), next))
            .await
            .is(200)
            .text("/name"),
        "新店"
    );
    sell("just before", "2026-04-04T23:59:59.999+09:00").await;
    sell("new", "2026-04-05T00:00:00+09:00").await;
    world.at("2026-06-01T00:00:00+09:00");
    sell("future", "2026-06-01T00:00:00+09:00").await;
    sell("late", "2026-04-02T00:00:00+09:00").await;
    let world = world.again().await;
    let page = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200)
        .json();
    let shown = page["purchases"].as_array().unwrap().iter().map(|one| {
        format!(
            "{}: {}",
            one["key"]["transaction"].as_str().unwrap(),
            one["store"]
        )
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r#"
    future: {"id":"mart","issuer":{"name":"新店株式会社"},"name":"未来店"}
    new: {"address":"大阪市","id":"mart","issuer":{"name":"新店株式会社"},"name":"新店"}
    just before: {"id":"mart","name":"mart店"}
    late: {"id":"mart","name":"mart店"}
    old: {"id":"mart","name":"mart店"}
    "#);
    world.order(patch("/v1/stores/none", new)).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn a_closed_store_keeps_its_history_and_writes_nothing() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let update = named(0, 1, "milk", "牛乳", NOON);
    world
        .ask(put(mart.path("/catalogue"), &update).by(&mart.key))
        .await
        .is(200);
    let sale = mart.sale_to(&ann.id, "t-1", 250);
    world
        .ask(post("/v1/settlements", &sale).by(&mart.key))
        .await
        .is(201);
    let closed = world.order(post(mart.path("/close"), "")).await.is(200);
    assert_eq!(closed.text("/closed_at"), NOON);
    world.at("2026-04-11T12:00:00+09:00");
    let again = world.order(post(mart.path("/close"), "")).await.is(200);
    assert_eq!(again.text("/closed_at"), NOON);
    let refused = async |ask: crate::call::Ask| world.ask(ask.by(&mart.key)).await.text("/code");
    let next = named(1, 2, "milk", "豆乳", NOON);
    assert_eq!(
        refused(put(mart.path("/catalogue"), next)).await,
        "store_closed"
    );
    assert_eq!(
        refused(post("/v1/settlements", mart.sale("t-2", 1))).await,
        "store_closed"
    );
    let batch = json!([sale, mart.sale("t-3", 1)]);
    let batch = world
        .ask(post("/v1/settlements/batch", batch).by(&mart.key))
        .await
        .is(200)
        .json();
    assert_eq!(batch[0]["outcome"], "already_recorded");
    assert_eq!(batch[1]["code"], "store_closed");
    assert_eq!(world.book(&ann, "").await, "t-1 milk: 牛乳 (revision 1)\n");
    for path in [
        "",
        "/catalogue",
        &format!("/days/{TODAY}"),
        "/pending",
        "/conflicts",
    ] {
        world.ask(get(mart.path(path)).by(&mart.key)).await.is(200);
    }
    let again = world
        .order(post(
            "/v1/stores",
            json!({"store_id": "mart", "name": "mart店",
        "timezone": "Asia/Tokyo", "currency": "JPY"}),
        ))
        .await
        .is(200);
    assert_eq!(again.text("/closed_at"), NOON);
    world.order(post("/v1/stores/none/close", "")).await.is(404);
    world.close().await;
}
