//! Many settlements at once: one outcome for each, in their order, whatever stands beside it.

use crate::call::post;
use crate::goods::{And, lines};
use crate::world::World;
use serde_json::{Value, json};

const MANY: &str = "/v1/settlements/batch";

#[tokio::test]
async fn every_item_has_its_own_outcome() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    world.shop("other").await;
    let sale = |transaction| mart.sale_to(&ann.id, transaction, 250);
    let items = [
        sale("t-1"),
        sale("t-1").and("/total", json!(251)),
        sale("t-1"),
        sale("t-1").and("/lines/0/code", json!("bread")),
        sale("t-2").and("/store_id", json!("other")),
        json!({"store_id": "mart"}),
        json!(17),
        sale("t-2"),
    ];
    let answer = world
        .ask(post(MANY, Value::from(items.to_vec())).by(&mart.key))
        .await
        .is(200);
    insta::assert_snapshot!(world.show(&answer), @r#"
    200 application/json
    [
      {
        "outcome": "recorded",
        "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
        "purchase_id": "pur_1",
        "pending_lines": 1,
        "warnings": []
      },
      {
        "outcome": "rejected",
        "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
        "code": "total_sum",
        "errors": [
          {
            "pointer": "/total",
            "code": "total_sum",
            "detail": "lines 250, adjustments 0 and excluded tax 0 make 250, not 251"
          }
        ]
      },
      {
        "outcome": "already_recorded",
        "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
        "purchase_id": "pur_1",
        "pending_lines": 1,
        "warnings": []
      },
      {
        "outcome": "conflict",
        "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
        "code": "key_conflict",
        "detail": "this key was recorded with other content; nothing was changed"
      },
      {
        "outcome": "rejected",
        "key": {"store_id":"other","terminal":"1","business_date":"2026-04-10","transaction":"t-2"},
        "code": "not_your_store",
        "errors": [{"pointer":"/store_id","code":"not_your_store","detail":"this key writes for mart only"}]
      },
      {
        "outcome": "rejected",
        "code": "missing_field",
        "errors": [{"pointer":"/terminal","code":"missing_field","detail":"is required"}]
      },
      {
        "outcome": "rejected",
        "code": "invalid_value",
        "errors": [{"pointer":"","code":"invalid_value","detail":"must be an object; found a whole number"}]
      },
      {
        "outcome": "recorded",
        "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-2"},
        "purchase_id": "pur_2",
        "pending_lines": 1,
        "warnings": []
      }
    ]
    "#);
    let broken = lines(&items).replacen("17\n", "{\"store_id\":\n\n  \n", 1);
    let answer = world
        .ask(post(MANY, broken).by(&mart.key).in_lines())
        .await
        .is(200);
    insta::assert_snapshot!(world.show(&answer), @r#"
    200 application/x-ndjson
    {
      "outcome": "already_recorded",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
      "purchase_id": "pur_1",
      "pending_lines": 1,
      "warnings": []
    }
    {
      "outcome": "rejected",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
      "code": "total_sum",
      "errors": [
        {
          "pointer": "/total",
          "code": "total_sum",
          "detail": "lines 250, adjustments 0 and excluded tax 0 make 250, not 251"
        }
      ]
    }
    {
      "outcome": "already_recorded",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
      "purchase_id": "pur_1",
      "pending_lines": 1,
      "warnings": []
    }
    {
      "outcome": "conflict",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
      "code": "key_conflict",
      "detail": "this key was recorded with other content; nothing was changed"
    }
    {
      "outcome": "rejected",
      "key": {"store_id":"other","terminal":"1","business_date":"2026-04-10","transaction":"t-2"},
      "code": "not_your_store",
      "errors": [{"pointer":"/store_id","code":"not_your_store","detail":"this key writes for mart only"}]
    }
    {
      "outcome": "rejected",
      "code": "missing_field",
      "errors": [{"pointer":"/terminal","code":"missing_field","detail":"is required"}]
    }
    {
      "outcome": "rejected",
      "code": "malformed_json",
      "errors": [
        {
          "pointer": "/store_id",
          "code": "malformed_json",
          "detail": "is not JSON: EOF while parsing a value at line 1 column 12"
        }
      ]
    }
    {
      "outcome": "already_recorded",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-2"},
      "purchase_id": "pur_2",
      "pending_lines": 1,
      "warnings": []
    }
    "#);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    world.close().await;
}

#[tokio::test]
async fn what_cannot_be_taken_apart_is_refused_whole() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ask = |body: String| post(MANY, body).by(&mart.key);
    let sale = mart.sale("t-1", 250).to_string();
    let rows = [
        (ask(format!("[{sale},")), 400),
        (ask(format!("[{sale}]x")), 400),
        (ask(sale.clone()), 400),
        (ask(String::new()), 400),
        (
            ask(format!("[{sale}]")).with("content-type", "text/csv"),
            415,
        ),
        (ask(vec![sale.as_str(); 1_001].join("\n")).in_lines(), 413),
        (ask(format!("[{}]", vec!["1"; 1_001].join(","))), 413),
        (ask(" ".repeat(4_194_305)), 413),
    ];
    let mut shown = String::new();
    for (ask, status) in rows {
        let answer = world.ask(ask).await.is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        shown += &format!(
            "{} {}: {}\n",
            status,
            answer.text("/code"),
            answer.text("/detail")
        );
    }
    insta::assert_snapshot!(shown, @"
    400 malformed_json: must be a JSON array of settlements: EOF while parsing a value at line 1 column 242
    400 malformed_json: must be a JSON array of settlements: trailing characters at line 1 column 243
    400 malformed_json: must be a JSON array of settlements: invalid type: map, expected an array at line 1 column 0
    400 malformed_json: must be a JSON array of settlements: EOF while parsing a value at line 1 column 0
    415 unsupported_media_type: a batch is application/json or application/x-ndjson, not text/csv
    413 too_large: a batch takes at most 1000 settlements; send it in parts
    413 too_large: a batch takes at most 1000 settlements; send it in parts
    413 too_large: the body is larger than 4194304 bytes; send it in smaller parts
    ");
    let nothing = world.ask(post(MANY, "[]").by(&mart.key)).await.is(200);
    assert_eq!(nothing.body, "[]");
    // Nothing of it was stored.
    world
        .ask(post("/v1/settlements", sale).by(&mart.key))
        .await
        .is(201);
    world.close().await;
}

#[tokio::test]
async fn a_full_batch_is_taken() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sales: Vec<_> = (0..1_000)
        .map(|nth| mart.sale_to(&ann.id, &format!("t-{nth}"), nth))
        .collect();
    let answer = world
        .ask(post(MANY, lines(&sales)).by(&mart.key).in_lines())
        .await
        .is(200);
    assert_eq!(answer.body.matches("\"recorded\"").count(), 1_000);
    let array = world
        .ask(post(MANY, Value::from(sales)).by(&mart.key))
        .await
        .is(200);
    let in_lines: Vec<_> = answer.body.lines().collect();
    let again = format!("[{}]", in_lines.join(",")).replace("\"recorded\"", "\"already_recorded\"");
    assert_eq!(array.body, again);
    world.close().await;
}
