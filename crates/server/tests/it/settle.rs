//! Settlements one by one: each of the four outcomes, word for word.

use crate::call::{get, post};
use crate::goods::And;
use crate::world::World;
use serde_json::json;

const ONE: &str = "/v1/settlements";

#[tokio::test]
async fn a_settlement_is_recorded_once() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sale = mart.sale_to(&ann.id, "t-1", 250);
    let first = world.ask(post(ONE, &sale).by(&mart.key)).await;
    insta::assert_snapshot!(world.show(&first), @r#"
    201 application/json
    {
      "outcome": "recorded",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
      "purchase_id": "pur_1",
      "pending_lines": 1,
      "warnings": []
    }
    "#);
    let again = world.ask(post(ONE, &sale).by(&mart.key)).await.is(200);
    let differs_in_the_outcome_only = again.body.replace("already_recorded", "recorded");
    assert_eq!(differs_in_the_outcome_only, first.body);
    // What is the same in other words is the same.
    let other_words = sale
        .clone()
        .and("/purchased_at", json!("2026-04-10T03:00:00.000Z"))
        .and("/lines/0/quantity", json!("1.000"))
        .and("/change", json!(0))
        .and("/lines/0/unit", json!("each"))
        .and("/tenders", json!([]));
    assert_eq!(
        world
            .ask(post(ONE, &other_words).by(&mart.key))
            .await
            .is(200)
            .body,
        again.body
    );
    let other = sale.and("/lines/0/code", json!("bread"));
    let conflict = world.ask(post(ONE, &other).by(&mart.key)).await;
    insta::assert_snapshot!(world.show(&conflict), @r#"
    409 application/problem+json
    {
      "type": "/problems/key_conflict",
      "title": "The key is taken by other content",
      "status": 409,
      "detail": "this key was recorded with other content; nothing was changed",
      "code": "key_conflict",
      "request_id": "req_…",
      "errors": [],
      "outcome": "conflict",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"}
    }
    "#);
    let page = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200);
    insta::assert_snapshot!(world.show(&page), @r#"
    200 application/json
    {
      "purchases": [
        {
          "purchase_id": "pur_1",
          "kind": "sale",
          "store": {"id":"mart","name":"mart店"},
          "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
          "purchased_at": "2026-04-10T12:00:00+09:00",
          "received_at": "2026-04-10T12:00:00+09:00",
          "currency": "JPY",
          "total": 250,
          "warnings": [],
          "lines": [
            {
              "line": 1,
              "code": "milk",
              "name": null,
              "name_source": "pending",
              "quantity": "1",
              "unit": "each",
              "unit_price": 250,
              "discount": 0,
              "amount": 250,
              "returned": "0"
            }
          ]
        }
      ],
      "next_cursor": null
    }
    "#);
    world.close().await;
}

#[tokio::test]
async fn what_is_refused_says_where_and_why() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    world.shop("other").await;
    let broken = mart
        .sale("t-1", 250)
        .and("/lines/0/amount", json!(249))
        .and("/tenders", json!([{"kind": "cash", "amount": 300}]));
    let answer = world.shown(post(ONE, broken).by(&mart.key)).await;
    insta::assert_snapshot!(answer, @r#"
    422 application/problem+json
    {
      "type": "/problems/line_sum",
      "title": "A line does not add up",
      "status": 422,
      "detail": "/lines/0/amount: 250 x 1 less 0 is not 249; correct it or send priced_by \"till\"; and 2 more",
      "code": "line_sum",
      "request_id": "req_…",
      "errors": [
        {
          "pointer": "/lines/0/amount",
          "code": "line_sum",
          "detail": "250 x 1 less 0 is not 249; correct it or send priced_by \"till\""
        },
        {
          "pointer": "/total",
          "code": "total_sum",
          "detail": "lines 249, adjustments 0 and excluded tax 0 make 249, not 250"
        },
        {
          "pointer": "/tenders",
          "code": "tender_sum",
          "detail": "tenders less change make 300, the total is 250"
        }
      ],
      "outcome": "rejected",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"}
    }
    "#);
    let foreign = mart.sale("t-1", 250).and("/store_id", json!("other"));
    let answer = world.shown(post(ONE, foreign).by(&mart.key)).await;
    insta::assert_snapshot!(answer, @r#"
    403 application/problem+json
    {
      "type": "/problems/not_your_store",
      "title": "Not your store",
      "status": 403,
      "detail": "/store_id: this key writes for mart only",
      "code": "not_your_store",
      "request_id": "req_…",
      "errors": [{"pointer":"/store_id","code":"not_your_store","detail":"this key writes for mart only"}],
      "outcome": "rejected",
      "key": {"store_id":"other","terminal":"1","business_date":"2026-04-10","transaction":"t-1"}
    }
    "#);
    let dollars = mart.sale("t-1", 250).and("/currency", json!("USD"));
    let answer = world.shown(post(ONE, dollars).by(&mart.key)).await;
    insta::assert_snapshot!(answer, @r#"
    422 application/problem+json
    {
      "type": "/problems/currency_mismatch",
      "title": "Not the store's currency",
      "status": 422,
      "detail": "/currency: this store sells in JPY",
      "code": "currency_mismatch",
      "request_id": "req_…",
      "errors": [{"pointer":"/currency","code":"currency_mismatch","detail":"this store sells in JPY"}],
      "outcome": "rejected",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"}
    }
    "#);
    let answer = world.shown(post(ONE, "[]").by(&mart.key)).await;
    insta::assert_snapshot!(answer, @r#"
    422 application/problem+json
    {
      "type": "/problems/invalid_value",
      "title": "A value has the wrong form",
      "status": 422,
      "detail": "the body: must be an object; found an array",
      "code": "invalid_value",
      "request_id": "req_…",
      "errors": [{"pointer":"","code":"invalid_value","detail":"must be an object; found an array"}],
      "outcome": "rejected"
    }
    "#);
    // Nothing of it holds the key.
    world
        .ask(post(ONE, mart.sale("t-1", 250)).by(&mart.key))
        .await
        .is(201);
    world.close().await;
}

#[tokio::test]
async fn the_key_decides_before_what_is_stored_does() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let sale = mart.sale("t-1", 250);
    world.ask(post(ONE, &sale).by(&mart.key)).await.is(201);
    world.order(post(mart.path("/close"), "")).await.is(200);
    world.ask(post(ONE, &sale).by(&mart.key)).await.is(200);
    let dollars = sale.and("/currency", json!("USD"));
    world.ask(post(ONE, dollars).by(&mart.key)).await.is(409);
    let new = world
        .shown(post(ONE, mart.sale("t-2", 250)).by(&mart.key))
        .await;
    insta::assert_snapshot!(new, @r#"
    422 application/problem+json
    {
      "type": "/problems/store_closed",
      "title": "The store is closed",
      "status": 422,
      "detail": "/store_id: the store is closed",
      "code": "store_closed",
      "request_id": "req_…",
      "errors": [{"pointer":"/store_id","code":"store_closed","detail":"the store is closed"}],
      "outcome": "rejected",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-2"}
    }
    "#);
    world.close().await;
}

#[tokio::test]
async fn warnings_and_unknown_people_stop_no_sale() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let sale = mart
        .sale("t-1", 1_080)
        .and("/user", json!({"pseudonym": "card-0042"}))
        .and("/purchased_at", json!("2026-04-10T12:10:01+09:00"))
        .and(
            "/taxes",
            json!([{"percent": "8", "included": true, "taxable": 1080, "tax": 99}]),
        );
    let answer = world.ask(post(ONE, &sale).by(&mart.key)).await;
    let claim_code = answer.text("/claim_code");
    insta::assert_snapshot!(world.show(&answer).replace(&claim_code, "…"), @r#"
    201 application/json
    {
      "outcome": "recorded",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
      "purchase_id": "pur_1",
      "pending_lines": 1,
      "warnings": ["tax_check","clock"],
      "claim_code": "…"
    }
    "#);
    assert!(claim_code.len() == 20 && claim_code.bytes().all(|byte| byte.is_ascii_digit()));
    let again = world.ask(post(ONE, &sale).by(&mart.key)).await.is(200);
    assert_eq!(again.text("/claim_code"), claim_code);
    for user in [
        json!({"id": "usr_00000000000000000000000000"}),
        json!({"id": "nonsense"}),
    ] {
        let sale = mart
            .sale(&format!("t-{}", user.to_string().len()), 10)
            .and("/user", user);
        world
            .ask(post(ONE, sale).by(&mart.key))
            .await
            .is(201)
            .text("/claim_code");
    }
    world.close().await;
}
