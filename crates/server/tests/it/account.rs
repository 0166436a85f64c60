//! A person's book: its order, its pages, what of it is asked for, and that it is the person's alone.

use crate::call::{get, post, put};
use crate::goods::And;
use crate::world::{Person, Shop, World};
use serde_json::{Value, json};

/// A person who bought in Tokyo and in New York.
struct Town {
    world: World,
    tokyo: Shop,
    york: Shop,
    ann: Person,
}

impl Town {
    async fn open() -> Self {
        let world = World::open().await;
        let tokyo = world.shop("tokyo").await;
        let york = json!({"store_id": "york", "name": "Corner Shop",
            "timezone": "America/New_York", "currency": "USD"});
        let york = world.shop_of(york).await;
        let ann = world.person("ann").await;
        Self {
            world,
            tokyo,
            york,
            ann,
        }
    }

    async fn buy(&self, shop: &Shop, transaction: &str, total: i64, time: &str) {
        let currency = if shop.id == "york" { "USD" } else { "JPY" };
        let sale = shop
            .sale_to(&self.ann.id, transaction, total)
            .and("/currency", json!(currency))
            .and("/purchased_at", json!(time));
        self.world
            .ask(post("/v1/settlements", sale).by(&shop.key))
            .await
            .is(201);
    }

    async fn find(&self, query: &str) -> Vec<String> {
        let path = format!("/v1/me/purchases?{query}");
        let page = self
            .world
            .ask(get(path).by(&self.ann.key))
            .await
            .is(200)
            .json();
        transactions(&page)
    }
}

fn transactions(page: &Value) -> Vec<String> {
    let purchases = page["purchases"].as_array().unwrap().iter();
    purchases
        .map(|one| one["key"]["transaction"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_is_asked_for_is_found() {
    let town = Town::open().await;
    // In the order of time: b was sold on the 9th in New York, when it was the 10th in Tokyo.
    town.buy(&town.tokyo, "a", 100, "2026-04-09T23:59:59.999+09:00")
        .await;
    town.buy(&town.york, "b", 2_000, "2026-04-09T20:00:00-04:00")
        .await;
    town.buy(&town.tokyo, "c", 300, "2026-04-10T10:00:00+09:00")
        .await;
    town.buy(&town.york, "d", 400, "2026-04-09T22:30:00-04:00")
        .await;
    town.buy(&town.tokyo, "e", 0, "2026-04-10T12:00:00+09:00")
        .await;
    let rows = [
        ("", "e d c b a"),
        (
            "q=&from=&to=&store_id=&min=&max=&currency=&cursor=&limit=",
            "e d c b a",
        ),
        ("from=2026-04-10T01:00:00Z", "e d c"),
        ("from=2026-04-10T10:00:00.001%2B09:00", "e d"),
        ("to=2026-04-10T10:00:00%2B09:00", "b a"),
        ("to=2026-04-10T10:00:00.001%2B09:00", "c b a"),
        ("from=2026-04-10T00:00:00Z&to=2026-04-10T03:00:00Z", "d c b"),
        ("from=2026-04-10", "e c"),
        ("to=2026-04-09", "d b a"),
        ("from=2026-04-09&to=2026-04-09", "d b a"),
        ("from=2026-04-10&to=2026-04-10", "e c"),
        ("from=2026-04-11", ""),
        ("from=2026-04-10&to=2026-04-09", ""),
        ("store_id=york", "d b"),
        ("store_id=nowhere", ""),
        ("currency=JPY", "e c a"),
        ("min=300", "d c b"),
        ("max=300", "e c a"),
        ("min=300&max=400", "d c"),
        ("min=0&max=0", "e"),
        ("min=1&currency=JPY&from=2026-04-10", "c"),
        ("limit=2", "e d"),
        ("limit=1&store_id=tokyo&to=2026-04-09", "a"),
    ];
    for (query, expected) in rows {
        assert_eq!(town.find(query).await.join(" "), expected, "{query}");
    }
    town.world.close().await;
}

#[tokio::test]
async fn pages_follow_one_another_while_more_is_bought() {
    let town = Town::open().await;
    for nth in 10..35 {
        let time = format!("2026-04-09T12:00:{nth}+09:00");
        town.buy(&town.tokyo, &format!("t{nth}"), nth, &time).await;
    }
    // Two of one instant.
    town.buy(&town.tokyo, "t35", 35, "2026-04-09T12:00:34+09:00")
        .await;
    let mut found: Vec<String> = Vec::new();
    let mut query = "limit=7&max=30".to_owned();
    loop {
        let path = format!("/v1/me/purchases?{query}");
        let page = town
            .world
            .ask(get(path).by(&town.ann.key))
            .await
            .is(200)
            .json();
        found.extend(transactions(&page));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("limit=7&max=30&cursor={cursor}");
        // What is newer does not move the pages.
        let time = format!("2026-04-10T11:00:{:02}+09:00", found.len());
        town.buy(&town.tokyo, &format!("new{}", found.len()), 1, &time)
            .await;
    }
    let expected: Vec<String> = (10..=30).rev().map(|nth| format!("t{nth}")).collect();
    assert_eq!(found, expected);
    assert_eq!(town.find("").await.len(), 20);
    assert_eq!(town.find("limit=100").await.len(), 28);
    // A last page that is full says so.
    let last = town
        .world
        .ask(get("/v1/me/purchases?limit=28").by(&town.ann.key))
        .await
        .json();
    assert_eq!(last["next_cursor"], Value::Null);
    for cursor in ["x", "c1_", "pur_06eqan87g1wrjst552ef22sj48"] {
        let path = format!("/v1/me/purchases?cursor={cursor}");
        town.world.ask(get(path).by(&town.ann.key)).await.is(422);
    }
    town.world.close().await;
}

#[tokio::test]
async fn a_sale_of_the_future_is_sorted_by_its_receipt() {
    let town = Town::open().await;
    town.buy(&town.tokyo, "wrong clock", 1, "2031-01-01T00:00:00+09:00")
        .await;
    town.world.at("2026-04-10T12:30:00+09:00");
    town.buy(&town.tokyo, "right clock", 1, "2026-04-10T12:20:00+09:00")
        .await;
    assert_eq!(town.find("").await, ["right clock", "wrong clock"]);
    assert_eq!(
        town.find("to=2026-04-10").await,
        ["right clock", "wrong clock"]
    );
    let page = town
        .world
        .ask(get("/v1/me/purchases").by(&town.ann.key))
        .await
        .json();
    assert_eq!(
        page["purchases"][1]["purchased_at"],
        "2031-01-01T00:00:00+09:00"
    );
    assert_eq!(page["purchases"][1]["warnings"], json!(["clock"]));
    town.world.close().await;
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let town = Town::open().await;
    town.buy(&town.tokyo, "t-1", 250, "2026-04-10T12:00:00+09:00")
        .await;
    let bob = town.world.person("bob").await;
    let page = town
        .world
        .ask(get("/v1/me/purchases").by(&town.ann.key))
        .await;
    let path = format!("/v1/me/purchases/{}", page.text("/purchases/0/purchase_id"));
    let whole = town.world.ask(get(&path).by(&town.ann.key)).await.is(200);
    assert_eq!(whole.json(), page.json()["purchases"][0]);
    let his = town.world.ask(get(&path).by(&bob.key)).await;
    insta::assert_snapshot!(town.world.show(&his), @r#"
    404 application/problem+json
    {
      "type": "/problems/not_found",
      "title": "Not found",
      "status": 404,
      "detail": "there is no such purchase",
      "code": "not_found",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    for nonsense in [
        "nonsense",
        "pur_",
        "pur_00000000000000000000000000",
        "%2e%2e",
    ] {
        let path = format!("/v1/me/purchases/{nonsense}");
        town.world.ask(get(path).by(&bob.key)).await.is(404);
    }
    // Nor by a cursor.
    let sales = (0..30).map(|nth| town.tokyo.sale_to(&bob.id, &format!("b-{nth}"), nth));
    let sales: Vec<Value> = sales.collect();
    let ask = post("/v1/settlements/batch", Value::from(sales)).by(&town.tokyo.key);
    town.world.ask(ask).await.is(200);
    let first = town.world.ask(get("/v1/me/purchases").by(&bob.key)).await;
    let path = format!("/v1/me/purchases?cursor={}", first.text("/next_cursor"));
    let hers = town
        .world
        .ask(get(path).by(&town.ann.key))
        .await
        .is(200)
        .json();
    assert!(
        transactions(&hers)
            .iter()
            .all(|transaction| transaction == "t-1")
    );
    town.world.close().await;
}

#[tokio::test]
async fn everything_that_was_sent_is_told() {
    let town = Town::open().await;
    let whole = json!({
        "store_id": "tokyo", "terminal": "till 7", "business_date": "2026-04-10",
        "transaction": "A-000017", "kind": "sale", "purchased_at": "2026-04-10T11:59:59.250+09:00",
        "currency": "JPY", "user": {"id": town.ann.id}, "claim_code": "01234567890123456789",
        "catalogue_revision": 0, "catalogue_lineage": "pos-a",
        "lines": [
            {"code": "4901234567894", "name": "牛乳", "quantity": "2", "unit_price": 238,
                "discount": 30, "amount": 446, "list_price": 258, "tax_percent": "8",
                "discounts": [{"label": "朝市", "amount": 10}, {"label": "会員", "amount": 20}],
                "tax_included": true, "gtin": "4901234567894", "kind": "goods",
                "category": "乳製品", "sensitive": false},
            {"code": "22", "quantity": "0.348", "unit": "kg", "unit_price": 1280, "amount": 446,
                "priced_by": "till", "tax_percent": "8.0", "tax_included": true},
            {"name": "取り付け", "quantity": "1.5", "unit": "h", "unit_price": 3000,
                "amount": 4500, "kind": "service", "part_of": 1, "sensitive": true,
                "service_from": "2026-04-11T10:00:00+09:00",
                "service_to": "2026-04-11T11:30:00+09:00"},
        ],
        "adjustments": [{"kind": "coupon", "label": "クーポン", "amount": -100,
            "tax_percent": "8", "lines": [1, 2]}],
        "taxes": [
            {"percent": "8", "included": true, "taxable": 792, "tax": 58, "reduced": true},
            {"percent": "10", "included": false, "taxable": 4500, "tax": 450, "reduced": false},
            {"percent": "0", "included": true, "taxable": 0, "tax": 0, "class": "exempt"},
        ],
        "tenders": [
            {"kind": "card", "amount": 5000, "label": "VISA",
                "card": {"brand": "VISA", "first6": "411111", "last4": "1111"}},
            {"kind": "cash", "amount": 1000, "currency": "USD"},
        ],
        "change": 258, "total": 5742, "receipt_number": "R-17", "staff": "佐藤",
        "points": {"earned": 57, "used": 0, "balance": 1200},
        "notes": ["またお越しください"], "extra": {"weather": "雨", "queue": [1, 2.5, null, true]},
    });
    town.world
        .ask(post("/v1/settlements", whole).by(&town.tokyo.key))
        .await
        .is(201);
    let page = town
        .world
        .ask(get("/v1/me/purchases").by(&town.ann.key))
        .await;
    insta::assert_snapshot!(town.world.show(&page), @r#"
    200 application/json
    {
      "purchases": [
        {
          "purchase_id": "pur_1",
          "kind": "sale",
          "store": {"id":"tokyo","name":"tokyo店"},
          "key": {
            "store_id": "tokyo",
            "terminal": "till 7",
            "business_date": "2026-04-10",
            "transaction": "A-000017"
          },
          "purchased_at": "2026-04-10T11:59:59.250+09:00",
          "received_at": "2026-04-10T12:00:00+09:00",
          "currency": "JPY",
          "total": 5742,
          "warnings": [],
          "lines": [
            {
              "line": 1,
              "code": "4901234567894",
              "name": "牛乳",
              "name_source": "sent",
              "quantity": "2",
              "unit": "each",
              "unit_price": 238,
              "discount": 30,
              "amount": 446,
              "discounts": [{"label":"朝市","amount":10},{"label":"会員","amount":20}],
              "list_price": 258,
              "tax_percent": "8",
              "tax_included": true,
              "gtin": "4901234567894",
              "kind": "goods",
              "category": "乳製品",
              "returned": "0"
            },
            {
              "line": 2,
              "code": "22",
              "name": null,
              "name_source": "pending",
              "quantity": "0.348",
              "unit": "kg",
              "unit_price": 1280,
              "discount": 0,
              "amount": 446,
              "tax_percent": "8",
              "tax_included": true,
              "priced_by": "till",
              "returned": "0"
            },
            {
              "line": 3,
              "name": "取り付け",
              "name_source": "sent",
              "quantity": "1.5",
              "unit": "h",
              "unit_price": 3000,
              "discount": 0,
              "amount": 4500,
              "kind": "service",
              "part_of": 1,
              "service_from": "2026-04-11T10:00:00+09:00",
              "service_to": "2026-04-11T11:30:00+09:00",
              "sensitive": true,
              "returned": "0"
            }
          ],
          "adjustments": [{"kind":"coupon","label":"クーポン","amount":-100,"tax_percent":"8","lines":[1,2]}],
          "taxes": [
            {"percent":"8","included":true,"taxable":792,"tax":58,"reduced":true},
            {"percent":"10","included":false,"taxable":4500,"tax":450,"reduced":false},
            {"percent":"0","included":true,"taxable":0,"tax":0,"class":"exempt"}
          ],
          "tenders": [
            {
              "kind": "card",
              "amount": 5000,
              "label": "VISA",
              "card": {"brand":"VISA","first6":"411111","last4":"1111"}
            },
            {"kind":"cash","amount":1000,"currency":"USD"}
          ],
          "change": 258,
          "receipt_number": "R-17",
          "staff": "佐藤",
          "points": {"earned":57,"used":0,"balance":1200},
          "notes": ["またお越しください"],
          "extra": {"queue":[1,2.5,null,true],"weather":"雨"}
        }
      ],
      "next_cursor": null
    }
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn words_are_found_however_they_are_written() {
    let town = Town::open().await;
    let items = json!({"base_revision": 0, "revision": 1, "changes": [
        {"code": "1", "name": "明治おいしい牛乳　９００ｍｌ", "short_name": "ｷﾞｭｳﾆｭｳ", "effective_from": "2026-01-01T00:00:00Z"},
        {"code": "2", "name": "トイレットペーパー 12ロール", "effective_from": "2026-01-01T00:00:00Z"},
        {"code": "3", "name": "茶", "reading": "おちゃ", "effective_from": "2026-01-01T00:00:00Z"},
    ]});
    town.world
        .ask(put(town.tokyo.path("/catalogue"), items).by(&town.tokyo.key))
        .await
        .is(200);
    for (nth, code) in (0..3).zip(["1", "2", "3"]) {
        let sale = town
            .tokyo
            .sale_to(&town.ann.id, code, 100)
            .and("/lines/0/code", json!(code))
            .and("/purchased_at", json!(format!("2026-04-10T0{nth}:00:00Z")));
        town.world
            .ask(post("/v1/settlements", sale).by(&town.tokyo.key))
            .await
            .is(201);
    }
    let sent = town
        .york
        .sale_to(&town.ann.id, "4", 100)
        .and("/currency", json!("USD"));
    let sent = sent.and("/lines/0/name", json!("Orange JUICE"));
    let sent = sent.and("/purchased_at", json!("2026-04-09T23:00:00Z"));
    town.world
        .ask(post("/v1/settlements", sent).by(&town.york.key))
        .await
        .is(201);
    let rows = [
        ("牛乳", "1"),
        ("茶", "3"),
        ("乳", "1"),
        ("おちゃ", "3"),
        ("オチャ", "3"),
        ("ぎゅうにゅう", "1"),
        ("900ML", "1"),
        ("９００ ｍｌ", "1"),
        ("といれっと", "2"),
        ("トイレットペパ", "2"),
        ("ﾄｲﾚｯﾄﾍﾟｰﾊﾟｰ", "2"),
        ("トイレットペ−パ−", "2"),
        ("ロール　１２", "2"),
        ("牛乳 茶", ""),
        ("juice orange", "4"),
        ("corner", "4"),
        ("tokyo店", "3 2 1"),
        ("店 乳", "1"),
        ("乳茶", ""),
        ("　", "3 2 1 4"),
        ("%", ""),
    ];
    for (words, expected) in rows {
        let found = town.find(&format!("q={}", percent(words))).await;
        assert_eq!(found.join(" "), expected, "{words}");
    }
    assert_eq!(
        town.find(&format!("q={}&limit=1", percent("店"))).await,
        ["3"]
    );
    let long = format!("/v1/me/purchases?q={}", "a".repeat(201));
    let answer = town.world.ask(get(long).by(&town.ann.key)).await.is(422);
    assert_eq!(answer.text("/code"), "too_long");
    town.world.close().await;
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
