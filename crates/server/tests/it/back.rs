//! What comes back: returns, voids, exchanges, in whichever order they arrive, and whose they are.

use crate::call::{Answer, get, post};
use crate::goods::{And, TODAY};
use crate::world::{Person, Shop, World};
use serde_json::{Value, json};

/// Three milks at 200 in one line, and a bread at 180.
fn sale(mart: &Shop, transaction: &str) -> Value {
    mart.sale(transaction, 780).and(
        "/lines",
        json!([
            {"code": "milk", "quantity": "3", "unit_price": 200, "amount": 600},
            {"code": "bread", "quantity": "1", "unit_price": 180, "amount": 180},
        ]),
    )
}

/// So many milks of the sale `of` come back.
fn milk_back(mart: &Shop, transaction: &str, of: &str, count: u32) -> Value {
    let total = 200 * count;
    let line =
        json!({"code": "milk", "quantity": count.to_string(), "unit_price": 200, "amount": total});
    mart.sale(transaction, 0)
        .and("/kind", json!("return"))
        .and("/lines", json!([line]))
        .and("/total", json!(total))
        .and(
            "/of",
            mart.key_of(of).and(
                "/lines",
                json!([{"line": 1, "quantity": count.to_string()}]),
            ),
        )
}

fn void(mart: &Shop, transaction: &str, of: &str, total: u32) -> Value {
    mart.sale(transaction, 0)
        .and("/kind", json!("void"))
        .and("/lines", json!([]))
        .and("/total", json!(total))
        .and("/of", mart.key_of(of))
}

async fn send(world: &World, mart: &Shop, settlement: Value) -> Answer {
    world
        .ask(post("/v1/settlements", settlement).by(&mart.key))
        .await
}

/// A person's book as: transaction, kind, total, what came back of each line, and by what it was
/// voided; then the totals that the operator sees.
async fn standing(world: &World, ann: &Person) -> String {
    let page = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200)
        .json();
    let mut rows = Vec::new();
    for purchase in page["purchases"].as_array().unwrap() {
        let lines = purchase["lines"].as_array().unwrap().iter();
        let returned: Vec<_> = lines
            .map(|line| line["returned"].as_str().unwrap())
            .collect();
        let mut row = format!(
            "{} {} {} returned [{}]",
            purchase["key"]["transaction"].as_str().unwrap(),
            purchase["kind"].as_str().unwrap(),
            purchase["total"],
            returned.join(", "),
        );
        if let Some(void) = purchase["voided_by"]["transaction"].as_str() {
            row += &format!(" voided by {void}");
        }
        for warning in purchase["warnings"].as_array().unwrap() {
            row += &format!(" {}", warning.as_str().unwrap());
        }
        rows.push(row);
    }
    // Sales of one instant stand in any order.
    rows.sort_unstable();
    let mut shown = rows.join("\n") + "\n";
    for by in ["store", "user"] {
        let counts = world
            .order(get(format!("/v1/counts?by={by}")))
            .await
            .is(200)
            .json();
        let total = &counts["total"];
        shown += &format!(
            "by {by}: {} in {}\n",
            total["total_by_currency"], total["settlements"]
        );
    }
    shown
}

#[tokio::test]
async fn what_comes_back_is_shown_on_the_original() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let bought = sale(&mart, "t-1").and("/user", json!({"id": ann.id}));
    send(&world, &mart, bought).await.is(201);
    let first = send(&world, &mart, milk_back(&mart, "t-2", "t-1", 1))
        .await
        .is(201);
    insta::assert_snapshot!(world.show(&first), @r#"
    201 application/json
    {
      "outcome": "recorded",
      "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-2"},
      "purchase_id": "pur_1",
      "pending_lines": 1,
      "warnings": []
    }
    "#);
    let second = send(&world, &mart, milk_back(&mart, "t-3", "t-1", 2))
        .await
        .is(201);
    assert_eq!(second.json()["warnings"], json!([]));
    // One more than was sold: the money is out, so it is recorded with a remark.
    let too_much =
        milk_back(&mart, "t-4", "t-1", 1).and("/purchased_at", json!("2026-04-10T12:01:00+09:00"));
    let third = send(&world, &mart, too_much.clone()).await.is(201);
    assert_eq!(third.json()["warnings"], json!(["over_returned"]));
    let again = send(&world, &mart, too_much).await.is(200);
    assert_eq!(again.json()["warnings"], json!(["over_returned"]));
    // No receipt: nothing is known of an original, nor of an owner.
    let loose = milk_back(&mart, "t-5", "t-1", 1).without("/of");
    send(&world, &mart, loose).await.is(201).text("/claim_code");
    insta::assert_snapshot!(standing(&world, &ann).await, @r#"
    t-1 sale 780 returned [3, 0]
    t-2 return 200 returned [0]
    t-3 return 400 returned [0]
    t-4 return 200 returned [0] over_returned
    by store: {"JPY":-220} in 5
    by user: {"JPY":-20} in 4
    "#);
    let page = world
        .ask(get("/v1/me/purchases?limit=1").by(&ann.key))
        .await;
    insta::assert_snapshot!(world.show(&page), @r#"
    200 application/json
    {
      "purchases": [
        {
          "purchase_id": "pur_2",
          "kind": "return",
          "store": {"id":"mart","name":"mart店"},
          "key": {"store_id":"mart","terminal":"1","business_date":"2026-04-10","transaction":"t-4"},
          "purchased_at": "2026-04-10T12:01:00+09:00",
          "received_at": "2026-04-10T12:00:00+09:00",
          "currency": "JPY",
          "total": 200,
          "warnings": ["over_returned"],
          "lines": [
            {
              "line": 1,
              "code": "milk",
              "name": null,
              "name_source": "pending",
              "quantity": "1",
              "unit": "each",
              "unit_price": 200,
              "discount": 0,
              "amount": 200,
              "returned": "0"
            }
          ],
          "of": {
            "store_id": "mart",
            "terminal": "1",
            "business_date": "2026-04-10",
            "transaction": "t-1",
            "lines": [{"line":1,"quantity":"1"}]
          }
        }
      ],
      "next_cursor": "c1_1"
    }
    "#);
    world.close().await;
}

#[tokio::test]
async fn a_void_takes_the_whole_back() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let bought = sale(&mart, "t-1").and("/user", json!({"id": ann.id}));
    send(&world, &mart, bought.clone()).await.is(201);
    let code =
        async |settlement: Value| send(&world, &mart, settlement).await.is(422).text("/code");
    assert_eq!(code(void(&mart, "v-1", "t-1", 779)).await, "void_total");
    assert_eq!(
        code(void(&mart, "v-1", "t-1", 780).without("/of")).await,
        "original_of_kind"
    );
    send(&world, &mart, void(&mart, "v-1", "t-1", 780))
        .await
        .is(201);
    assert_eq!(code(void(&mart, "v-2", "t-1", 780)).await, "already_voided");
    assert_eq!(code(void(&mart, "v-2", "v-1", 780)).await, "void_of_void");
    // A sale of which something came back is voided by voiding the return first.
    send(&world, &mart, bought.and("/transaction", json!("t-2")))
        .await
        .is(201);
    send(&world, &mart, milk_back(&mart, "r-2", "t-2", 1))
        .await
        .is(201);
    assert_eq!(code(void(&mart, "v-3", "t-2", 780)).await, "has_returns");
    send(&world, &mart, void(&mart, "v-4", "r-2", 200))
        .await
        .is(201);
    insta::assert_snapshot!(standing(&world, &ann).await, @r#"
    r-2 return 200 returned [0] voided by v-4
    t-1 sale 780 returned [0, 0] voided by v-1
    t-2 sale 780 returned [0, 0]
    v-1 void 780 returned []
    v-4 void 200 returned []
    by store: {"JPY":780} in 5
    by user: {"JPY":780} in 5
    "#);
    send(&world, &mart, void(&mart, "v-3", "t-2", 780))
        .await
        .is(201);
    let counts = world.order(get("/v1/counts?by=user")).await.json();
    assert_eq!(counts["total"]["total_by_currency"], json!({"JPY": 0}));
    let day = world
        .order(get(mart.path(&format!("/days/{TODAY}"))))
        .await
        .json();
    assert_eq!(day["total_by_currency"], json!({"JPY": 0}));
    world.close().await;
}

#[tokio::test]
async fn what_comes_back_may_come_first() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let early = milk_back(&mart, "r-1", "t-1", 4);
    assert_eq!(
        send(&world, &mart, early).await.is(201).json()["warnings"],
        json!([])
    );
    send(&world, &mart, void(&mart, "v-2", "t-2", 780))
        .await
        .is(201);
    assert_eq!(world.book(&ann, "").await, "");
    for transaction in ["t-1", "t-2"] {
        let bought = sale(&mart, transaction).and("/user", json!({"id": ann.id}));
        send(&world, &mart, bought).await.is(201);
    }
    // Both follow the person of their original, and the return turns out to be too much.
    insta::assert_snapshot!(standing(&world, &ann).await, @r#"
    r-1 return 800 returned [0] over_returned
    t-1 sale 780 returned [3, 0]
    t-2 sale 780 returned [0, 0] voided by v-2
    v-2 void 780 returned []
    by store: {"JPY":-20} in 4
    by user: {"JPY":-20} in 4
    "#);
    let again = send(&world, &mart, milk_back(&mart, "r-1", "t-1", 4))
        .await
        .is(200);
    assert_eq!(again.json()["warnings"], json!(["over_returned"]));
    world.close().await;
}

#[tokio::test]
async fn an_exchange_is_a_return_and_a_sale_that_name_each_other() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let bought = sale(&mart, "t-1").and("/user", json!({"id": ann.id}));
    send(&world, &mart, bought).await.is(201);
    let tender = json!([{"kind": "exchange", "amount": 200}]);
    let back = milk_back(&mart, "r-2", "t-1", 1)
        .and("/tenders", tender.clone())
        .and("/with", mart.key_of("t-3"));
    let instead = mart
        .sale_to(&ann.id, "t-3", 250)
        .and(
            "/tenders",
            json!([tender[0], {"kind": "cash", "amount": 50}]),
        )
        .and("/with", mart.key_of("r-2"));
    send(&world, &mart, instead).await.is(201);
    send(&world, &mart, back).await.is(201);
    insta::assert_snapshot!(standing(&world, &ann).await, @r#"
    r-2 return 200 returned [0]
    t-1 sale 780 returned [1, 0]
    t-3 sale 250 returned [0]
    by store: {"JPY":830} in 3
    by user: {"JPY":830} in 3
    "#);
    let page = world
        .ask(get("/v1/me/purchases?limit=1").by(&ann.key))
        .await
        .json();
    assert_eq!(page["purchases"][0]["with"], mart.key_of("t-3"));
    assert_eq!(
        page["purchases"][0]["tenders"],
        json!([{"kind": "exchange", "amount": 200}])
    );
    let alone = mart.sale("t-4", 0).and("/with", mart.key_of("t-4"));
    assert_eq!(
        send(&world, &mart, alone).await.is(422).text("/code"),
        "self_reference"
    );
    world.close().await;
}

#[tokio::test]
async fn only_stores_of_one_chain_take_back_from_each_other() {
    let world = World::open().await;
    let store = |id: &str, chain: &str| {
        json!({"store_id": id, "name": id, "timezone": "Asia/Tokyo", "currency": "JPY",
            "chain_id": chain})
    };
    let mart = world.shop_of(store("mart", "green")).await;
    let branch = world.shop_of(store("branch", "green")).await;
    let foreign = world.shop_of(store("foreign", "red")).await;
    send(&world, &mart, sale(&mart, "t-1")).await.is(201);
    let back = milk_back(&mart, "r-1", "t-1", 1);
    let at = |shop: &Shop| back.clone().and("/store_id", json!(shop.id));
    let answer = send(&world, &foreign, at(&foreign)).await.is(403);
    insta::assert_snapshot!(world.show(&answer), @r#"
    403 application/problem+json
    {
      "type": "/problems/not_your_store",
      "title": "Not your store",
      "status": 403,
      "detail": "/of: the original belongs to a store outside this one's chain",
      "code": "not_your_store",
      "request_id": "req_…",
      "errors": [
        {
          "pointer": "/of",
          "code": "not_your_store",
          "detail": "the original belongs to a store outside this one's chain"
        }
      ],
      "outcome": "rejected",
      "key": {"store_id":"foreign","terminal":"1","business_date":"2026-04-10","transaction":"r-1"}
    }
    "#);
    send(&world, &branch, at(&branch)).await.is(201);
    let look = world
        .order(get(mart.path(&format!("/settlements/1/{TODAY}/t-1"))))
        .await
        .json();
    assert_eq!(look["lines"][0]["returnable"], "2");
    world.close().await;
}

/// Whoever brings a gift back holds the slip of the return: it must not take what another one bought.
#[tokio::test]
async fn a_return_of_what_is_nobodys_has_no_code() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let (ann, eve) = (world.person("ann").await, world.person("eve").await);
    let bought = send(&world, &mart, sale(&mart, "t-1")).await.is(201);
    let back = milk_back(&mart, "t-2", "t-1", 1);
    for status in [201, 200] {
        let told = send(&world, &mart, back.clone()).await.is(status);
        assert_eq!(told.json().get("claim_code"), None, "{status}");
    }
    let printed = "01234567890123456784";
    let back = milk_back(&mart, "t-3", "t-1", 1).and("/claim_code", json!(printed));
    send(&world, &mart, back).await.is(201);
    let claim = async |person: &Person, code: &str| {
        let code = json!({"claim_code": code});
        world.ask(post("/v1/me/claims", code).by(&person.key)).await
    };
    claim(&eve, printed).await.is(202);
    claim(&ann, &bought.text("/claim_code")).await.is(200);
    for (person, count) in [(&ann, 3), (&eve, 0)] {
        let book = world.ask(get("/v1/me/purchases").by(&person.key)).await;
        let book = book.is(200).json();
        assert_eq!(book["purchases"].as_array().unwrap().len(), count);
    }
    world.close().await;
}

#[tokio::test]
async fn a_claim_code_stays_the_same() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let printed = mart
        .sale("t-1", 10)
        .and("/claim_code", json!("01234567890123456789"));
    let derived = mart.sale("t-2", 10);
    let mut codes = Vec::new();
    for (sale, status) in [
        (&printed, 201),
        (&printed, 200),
        (&derived, 201),
        (&derived, 200),
    ] {
        codes.push(
            send(&world, &mart, sale.clone())
                .await
                .is(status)
                .text("/claim_code"),
        );
    }
    assert_eq!(codes[0], "01234567890123456789");
    assert_eq!(codes[0], codes[1]);
    assert_eq!(codes[2], codes[3]);
    // The printed code is part of what was sent.
    let other = printed
        .clone()
        .and("/claim_code", json!("01234567890123456780"));
    send(&world, &mart, other).await.is(409);
    let world = world.again().await;
    let line = world
        .ask(post("/v1/settlements", derived).by(&mart.key))
        .await
        .is(200);
    assert_eq!(line.text("/claim_code"), codes[2]);
    // Whoever is known needs no code.
    let ann = world.person("ann").await;
    let known = send(&world, &mart, mart.sale_to(&ann.id, "t-3", 10))
        .await
        .is(201);
    assert_eq!(known.json().get("claim_code"), None);
    world.close().await;
}
