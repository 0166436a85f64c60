//! What a store and the server agree on: days, single settlements, conflicts. Never the person.

use crate::call::{get, post};
use crate::goods::{And, TODAY};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::HashSet;

#[tokio::test]
async fn a_day_adds_up() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let day = || get(mart.path(&format!("/days/{TODAY}"))).by(&mart.key);
    insta::assert_snapshot!(world.shown(day()).await, @r#"
    200 application/json
    {
      "settlements": 0,
      "total_by_currency": {},
      "digest": "0000000000000000000000000000000000000000000000000000000000000000"
    }
    "#);
    let sale = mart.sale_to(&ann.id, "t-1", 250);
    for sale in [&sale, &sale, &mart.sale("t-2", 100)] {
        world.ask(post("/v1/settlements", sale).by(&mart.key)).await;
    }
    let other_day = mart
        .sale("t-1", 7)
        .and("/business_date", json!("2026-04-11"));
    world
        .ask(post("/v1/settlements", other_day).by(&mart.key))
        .await
        .is(201);
    insta::assert_snapshot!(world.shown(day()).await, @r#"
    200 application/json
    {
      "settlements": 2,
      "total_by_currency": {"JPY":350},
      "digest": "14acbbb9a803ccb469868aae92873f42d0613a5b39ae9a106344f82a2daa1144"
    }
    "#);
    let list = mart.path(&format!("/days/{TODAY}/settlements"));
    insta::assert_snapshot!(world.shown(get(&list).by(&mart.key)).await, @r#"
    200 application/json
    {
      "settlements": [
        {
          "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
          "digest": "dbc5a867f6b778166e4b7f814a8ee3b678fe05ce6aaa39a3cc26878858ef4e05"
        },
        {
          "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-2"},
          "digest": "39e61252b24b539efb3a0b2d48f95b8b5763348dce03616d961d71a2d4bac23e"
        }
      ],
      "next_cursor": null
    }
    "#);
    // The day's digest is the sum of its settlements' digests.
    let page = world.ask(get(list).by(&mart.key)).await.json();
    let digests = page["settlements"].as_array().unwrap().iter();
    let sum = digests.fold([0_u8; 32], |sum, row| {
        add(sum, row["digest"].as_str().unwrap())
    });
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(world.ask(day()).await.text("/digest"), sum);
    world.close().await;
}

/// Adds little-endian hexadecimal modulo 2^256.
fn add(mut sum: [u8; 32], hex: &str) -> [u8; 32] {
    let mut carry = 0;
    for (at, byte) in sum.iter_mut().enumerate() {
        let digit = u16::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap();
        let whole = u16::from(*byte) + digit + carry;
        (*byte, carry) = (whole.to_le_bytes()[0], whole >> 8);
    }
    sum
}

#[tokio::test]
async fn a_long_day_is_read_page_by_page() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    for terminal in ["1", "till 2", "~%&=+"] {
        let sale = |nth: u32| {
            mart.sale(&format!("t {nth}"), 1)
                .and("/terminal", json!(terminal))
        };
        let sales: Vec<Value> = (0..900).map(sale).collect();
        let ask = post("/v1/settlements/batch", Value::from(sales)).by(&mart.key);
        world.ask(ask).await.is(200);
    }
    let list = mart.path(&format!("/days/{TODAY}/settlements"));
    let (mut keys, mut pages, mut cursor) = (HashSet::new(), Vec::new(), String::new());
    loop {
        let page = world
            .ask(get(format!("{list}{cursor}")).by(&mart.key))
            .await
            .is(200)
            .json();
        let rows = page["settlements"].as_array().unwrap();
        pages.push(rows.len());
        keys.extend(rows.iter().map(|row| row["key"].to_string()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("?cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages, [1_000, 1_000, 700]);
    assert_eq!(keys.len(), 2_700);
    world.close().await;
}

#[tokio::test]
async fn a_settlement_can_be_looked_at_without_its_person() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sale = mart.sale_to(&ann.id, "t/1 ?", 500).and(
        "/lines",
        json!([
            {"code": "milk", "quantity": "2", "unit_price": 200, "amount": 400},
            {"name": "りんご", "quantity": "0.5", "unit": "kg", "unit_price": 200, "amount": 100},
        ]),
    );
    world
        .ask(post("/v1/settlements", sale).by(&mart.key))
        .await
        .is(201);
    let path = mart.path(&format!("/settlements/1/{TODAY}/t%2F1%20%3F"));
    let answer = world.ask(get(&path).by(&mart.key)).await;
    assert!(!answer.body.contains(&ann.id));
    insta::assert_snapshot!(world.show(&answer), @r#"
    200 application/json
    {
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t/1 ?"},
      "kind": "sale",
      "currency": "JPY",
      "total": 500,
      "digest": "0b5d41f5d8699ead4453bc82dcb7312f5b31f265f5be6cc9b5b4df2836350793",
      "lines": [{"line":1,"quantity":"2","returnable":"2"},{"line":2,"quantity":"0.5","returnable":"0.5"}]
    }
    "#);
    let back = mart.sale("t-2", 200).and("/kind", json!("return")).and(
        "/of",
        mart.key_of("t/1 ?")
            .and("/lines", json!([{"line": 1, "quantity": "1"}])),
    );
    world
        .ask(post("/v1/settlements", back).by(&mart.key))
        .await
        .is(201);
    let answer = world.ask(get(path).by(&mart.key)).await.is(200).json();
    assert_eq!(
        answer["lines"][0],
        json!({"line": 1, "quantity": "2", "returnable": "1"})
    );
    let none = mart.path(&format!("/settlements/1/{TODAY}/t-9"));
    world.ask(get(none).by(&mart.key)).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn conflicts_are_kept_for_people_to_look_at() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sale = mart.sale_to(&ann.id, "t-1", 250);
    world
        .ask(post("/v1/settlements", &sale).by(&mart.key))
        .await
        .is(201);
    let other = |nth: u32| sale.clone().and("/staff", json!(format!("staff {nth}")));
    world.at("2026-04-10T15:00:00+09:00");
    for _ in 0..2 {
        world
            .ask(post("/v1/settlements", other(1)).by(&mart.key))
            .await
            .is(409);
    }
    let list = || get(mart.path("/conflicts")).by(&mart.key);
    let one = world.ask(list()).await;
    // The store reads what it sent itself, but for the buyer.
    insta::assert_snapshot!(world.show(&one), @r#"
    200 application/json
    {
      "conflicts": [
        {
          "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
          "received_at": "2026-04-10T15:00:00+09:00",
          "recorded_digest": "dbc5a867f6b778166e4b7f814a8ee3b678fe05ce6aaa39a3cc26878858ef4e05",
          "digest": "d5eda258920c674834ec7cbaa0839cc41183576f39e0558ca5628782bef7d7d8",
          "settlement": {
            "store_id": "mart",
            "terminal": "1",
            "business_date": "2026-04-10",
            "transaction": "t-1",
            "kind": "sale",
            "purchased_at": "2026-04-10T12:00:00+09:00",
            "currency": "JPY",
            "lines": [{"code":"milk","quantity":"1","unit_price":250,"discount":0,"amount":250}],
            "total": 250,
            "change": 0,
            "staff": "staff 1"
          }
        }
      ],
      "next_cursor": null
    }
    "#);
    for nth in 2..20 {
        world
            .ask(post("/v1/settlements", other(nth)).by(&mart.key))
            .await
            .is(409);
    }
    let kept = world.ask(list()).await.is(200).json();
    assert_eq!(kept["conflicts"].as_array().unwrap().len(), 8);
    world
        .ask(post("/v1/settlements", &sale).by(&mart.key))
        .await
        .is(200);
    world.close().await;
}
