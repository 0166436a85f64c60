//! Missing receipts by the interface: what a store's people are told of them, and the two answers.

use crate::call::{Ask, get, post};
use crate::export::bundle::unpacked;
use crate::pages_missing::{ask, said, sell};
use crate::world::{Shop, World};
use serde_json::{Value, json};

/// The key of somebody of a store.
async fn clerk(world: &World, shop: &Shop) -> String {
    let asked = json!({"label": "Kim", "store_id": shop.id});
    let made = world.order(post("/v1/operators", asked)).await.is(201);
    made.text("/token")
}

fn requests(shop: &Shop) -> String {
    format!("/v1/stores/{}/missing", shop.id)
}

#[tokio::test]
async fn a_store_reads_and_answers_by_the_interface() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = world.person_in_browser("ann").await;
    let bob = world.person("bob").await;
    sell(&world, &mart, mart.sale("t-1", 250)).await;
    sell(&world, &mart, mart.sale_to(&bob.id, "t-2", 250)).await;
    for (minute, total) in ["¥250", "300", "400"].into_iter().enumerate() {
        world.at(&format!("2026-04-10T12:{minute:02}:00+09:00"));
        let asked = ask(&world, &ann, &said(&mart, total, ("number", ""))).await;
        asked.is(303);
    }
    let kim = clerk(&world, &mart).await;
    let all = world.ask(get(requests(&mart)).by(&kim)).await.is(200);
    let mut told = all.json();
    let ids: Vec<String> = (0..3)
        .map(|at| all.text(&format!("/requests/{at}/sought_id")))
        .collect();
    for request in told["requests"].as_array_mut().unwrap() {
        request["sought_id"] = json!("sgt_…");
        request["asked_at"] = json!("…");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
    {
      "count": 3,
      "next_skip": null,
      "requests": [
        {
          "asked_at": "…",
          "business_date": "2026-04-10",
          "currency": "JPY",
          "more_sales": false,
          "sales": [
            {
              "key": {
                "business_date": "2026-04-10",
                "store_id": "mart",
                "terminal": "1",
                "transaction": "t-1"
              },
              "lines": 1,
              "sold_at": "2026-04-10T12:00:00+09:00",
              "total": 250
            }
          ],
          "sought_id": "sgt_…",
          "time": "12:00",
          "total": 250,
          "words": "one milk"
        },
        {
          "asked_at": "…",
          "business_date": "2026-04-10",
          "currency": "JPY",
          "more_sales": false,
          "sales": [],
          "sought_id": "sgt_…",
          "time": "12:00",
          "total": 300,
          "words": "one milk"
        },
        {
          "asked_at": "…",
          "business_date": "2026-04-10",
          "currency": "JPY",
          "more_sales": false,
          "sales": [],
          "sought_id": "sgt_…",
          "time": "12:00",
          "total": 400,
          "words": "one milk"
        }
      ]
    }
    "#);
    let answer = |at: usize, deed: &str, body| {
        let path = format!("{}/{}/{deed}", requests(&mart), ids[at]);
        post(path, body).by(&kim)
    };
    let sale = |transaction: &str| json!({"terminal": "1", "business_date": crate::goods::TODAY, "transaction": transaction});
    // What is somebody's already, what is not there, and what is no answer at all.
    let mut refused = String::new();
    for (at, deed, body) in [
        (0, "give", sale("t-2")),
        (0, "give", sale("t-9")),
        (0, "give", json!({"terminal": "1"})),
        (1, "refuse", json!({"why": "no"})),
        (1, "refuse", json!({"why": "own_words"})),
        (
            1,
            "refuse",
            json!({"why": "own_words", "words": "x".repeat(201)}),
        ),
        (
            1,
            "refuse",
            json!({"why": "tell_more", "words": "pay to 4111 1111 1111 1111"}),
        ),
    ] {
        let answer = world.ask(answer(at, deed, body)).await;
        let first = answer.json()["errors"][0].clone();
        let told = match first.is_null() {
            true => answer.text("/detail"),
            false => format!("{} {}", first["pointer"], first["detail"]),
        };
        refused += &format!("{} {} {told}\n", answer.status, answer.text("/code"));
    }
    insta::assert_snapshot!(refused, @r#"
    409 sale_taken this sale is not one that can be given: it is somebody's, it was taken back, or it does not fit; the list of requests says which can be
    409 sale_taken this sale is not one that can be given: it is somebody's, it was taken back, or it does not fit; the list of requests says which can be
    422 missing_field "/business_date" "is required"
    422 invalid_value "/why" "must be no_such_sale, tell_more, not_recorded or own_words"
    422 missing_field "/words" "own_words needs words"
    422 too_long "/words" "takes at most 200 characters"
    422 card_number_refused "/words" "holds a whole card number; leave it out"
    "#);
    world.ask(answer(0, "give", sale("t-1"))).await.is(204);
    let own = json!({"why": "own_words", "words": "it was the other shop"});
    world.ask(answer(1, "refuse", own)).await.is(204);
    let why = json!({"why": "not_recorded"});
    world.ask(answer(2, "refuse", why.clone())).await.is(204);
    for late in [answer(0, "give", sale("t-1")), answer(1, "refuse", why)] {
        let late = world.ask(late).await.is(409);
        assert_eq!(late.text("/code"), "request_closed");
    }
    let left = world.ask(get(requests(&mart)).by(&kim)).await.is(200);
    assert_eq!(
        left.json(),
        json!({"count": 0, "requests": [], "next_skip": null})
    );
    let page = world
        .ask(get("/claim/missing").with("cookie", &ann.cookie))
        .await;
    let page = page.is(200).body;
    for told in ["it was the other shop", "See the receipt"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let taken = world.ask(get("/v1/me/exports/bundle").by(&ann.key)).await;
    let files = unpacked(&taken.is(200).bytes).unwrap();
    let account: Value = serde_json::from_str(&files["orihon/account.json"]).unwrap();
    let mut kept = account["missing_receipts"].clone();
    for receipt in kept.as_array_mut().unwrap() {
        for name in ["asked_at", "ended_at", "purchase_id"] {
            if receipt.get(name).is_some() {
                receipt[name] = json!("…");
            }
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&kept).unwrap(), @r#"
    [
      {
        "asked_at": "…",
        "date": "2026-04-10",
        "ended_at": "…",
        "number": null,
        "state": "not_found",
        "store_id": "mart",
        "time": "12:00",
        "total": 400,
        "why": "not_recorded",
        "words": "one milk"
      },
      {
        "answer": "it was the other shop",
        "asked_at": "…",
        "date": "2026-04-10",
        "ended_at": "…",
        "number": null,
        "state": "not_found",
        "store_id": "mart",
        "time": "12:00",
        "total": 300,
        "why": "own_words",
        "words": "one milk"
      },
      {
        "asked_at": "…",
        "date": "2026-04-10",
        "ended_at": "…",
        "number": null,
        "purchase_id": "…",
        "state": "found",
        "store_id": "mart",
        "time": "12:00",
        "total": 250,
        "words": "one milk"
      }
    ]
    "#);
    world.close().await;
}

#[tokio::test]
async fn requests_come_in_pages_and_to_their_own_store() {
    let world = World::open().await;
    let (mart, other) = (world.shop("mart").await, world.shop("other").await);
    let ann = world.person_in_browser("ann").await;
    for minute in 0..12 {
        world.at(&format!("2026-04-10T12:{minute:02}:00+09:00"));
        let total = (250 + minute).to_string();
        let asked = ask(&world, &ann, &said(&mart, &total, ("number", ""))).await;
        asked.is(303);
    }
    let kim = clerk(&world, &mart).await;
    let mut found = Vec::new();
    let mut skip = Some(0);
    while let Some(at) = skip {
        let path = format!("{}?skip={at}", requests(&mart));
        let page = world.ask(get(path).by(&kim)).await.is(200).json();
        assert_eq!(page["count"], 12);
        let requests = page["requests"].as_array().unwrap();
        assert!((1..=10).contains(&requests.len()), "{page}");
        found.extend(requests.iter().map(|request| request["total"].clone()));
        skip = page["next_skip"].as_u64();
    }
    let expected: Vec<_> = (250..262).map(|total| json!(total)).collect();
    assert_eq!(found, expected);
    let wrong = format!("{}?skip=-1", requests(&mart));
    world.ask(get(wrong).by(&kim)).await.is(422);
    // A clerk of another store is stopped, there and here.
    let lee = clerk(&world, &other).await;
    let list = world.ask(get(requests(&mart)).by(&kim)).await.is(200);
    let sought = list.text("/requests/0/sought_id");
    world.ask(get(requests(&mart)).by(&lee)).await.is(403);
    let why = json!({"why": "no_such_sale"});
    for (shop, status) in [(&mart, 403), (&other, 409)] {
        let path = format!("{}/{sought}/refuse", requests(shop));
        let ask: Ask = post(path, why.clone()).by(&lee);
        world.ask(ask).await.is(status);
    }
    let nonsense = format!("{}/sgt_x/refuse", requests(&mart));
    world.ask(post(nonsense, why).by(&kim)).await.is(404);
    world.close().await;
}
