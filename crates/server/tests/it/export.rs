//! The book to take away: a life with something of everything, which every form must tell right.

use crate::call::{get, post, put};
use crate::goods::{And, named};
use crate::world::{NOON, Person, Shop, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) mod bundle;
mod csv;
mod cut;
mod journals;
mod lines;

/// Names that try to be something else.
const HOSTILE: [&str; 12] = [
    "=1+1",
    "  @SUM(A1)",
    "−5 \"quoted\", 'twice'",
    "back\\slash\\\" ; comment",
    "date:2026-99-99, x:y",
    "[2026-13-45] [=2/30]",
    "(virtual) * ! | pipe",
    "two  blanks and\u{3000}\u{3000}wide",
    "絵文字 🍣👨‍👩‍👧",
    "e\u{301}clair か\u{3099}",
    "{{ cost }} @ 5 USD ^link #tag",
    "include /etc/passwd",
];

/// A person with a history, and the shops it happened in.
struct Life {
    world: World,
    ann: Person,
    mart: Shop,
    deli: Shop,
    souk: Shop,
}

async fn buy(world: &World, shop: &Shop, settlement: Value) {
    let sent = post("/v1/settlements", settlement).by(&shop.key);
    world.ask(sent).await.is(201);
}

/// At that many minutes past noon.
fn at(settlement: Value, minutes: u32) -> Value {
    settlement.and(
        "/purchased_at",
        json!(format!("2026-04-10T12:{minutes:02}:00+09:00")),
    )
}

impl Life {
    async fn live() -> Self {
        let life = Self::arrive().await;
        life.buy_and_bring_back().await;
        life.take_back_whole().await;
        life.buy_abroad().await;
        life
    }

    /// The same people, shops and items, before anything was bought.
    async fn arrive() -> Self {
        let world = World::open().await;
        world.at("2026-04-10T13:00:00+09:00");
        let store = |id: &str, currency, name| json!({"store_id": id, "name": name, "timezone": "Asia/Tokyo", "currency": currency});
        let mart = store("mart", "JPY", "=マート; \"店\" \\ [本] | 1:2");
        let life = Self {
            ann: world.person("ann").await,
            mart: world.shop_of(mart).await,
            deli: world.shop_of(store("deli", "USD", "Deli")).await,
            souk: world.shop_of(store("souk", "KWD", "سوق")).await,
            world,
        };
        life.name_items().await;
        life
    }

    async fn name_items(&self) {
        let update = named(0, 1, "milk", "牛乳", "2026-01-01T00:00:00Z")
            .and("/changes/0/category", json!("乳製品, 卵"));
        let path = self.mart.path("/catalogue");
        self.world
            .ask(put(path, update).by(&self.mart.key))
            .await
            .is(200);
    }

    /// A sale with everything that has a row of its own, and a return of a part.
    async fn buy_and_bring_back(&self) {
        let bought = self
            .mart
            .sale_to(&self.ann.id, "t-1", 0)
            .and(
                "/lines",
                json!([
                    {"code": "milk", "quantity": "2", "unit_price": 200, "discount": 50,
                        "discounts": [{"label": "2個で", "amount": 50}],
                        "amount": 350, "tax_percent": "8"},
                    {"name": "=HYPERLINK(\"http://x\")", "quantity": "0.5", "unit": "kg",
                        "unit_price": 300, "amount": 150, "category": "Tax"},
                    {"code": "unknown", "quantity": "1", "unit_price": 0, "amount": 0},
                ]),
            )
            .and(
                "/adjustments",
                json!([{"kind": "coupon", "label": "-10円", "amount": -10},
                    {"kind": "fee", "label": "袋", "amount": 3}]),
            )
            .and(
                "/taxes",
                json!([
                    {"percent": "8", "included": true, "taxable": 350, "tax": 25},
                    {"percent": "10", "included": false, "taxable": 150, "tax": 15},
                ]),
            )
            .and("/total", json!(508))
            .and(
                "/tenders",
                json!([{"kind": "cash", "amount": 600}, {"kind": "points", "amount": 8, "label": "P"}]),
            )
            .and("/change", json!(100))
            .and("/points", json!({"earned": 5, "used": 8, "balance": 100}))
            .and("/notes", json!(["またお越しください"]))
            .and("/receipt_number", json!("R-1"))
            .and("/staff", json!("花子"))
            .and("/extra", json!({"weather": "雨", "queue": [1, 2.50, null, true]}))
            .and("/catalogue_revision", json!(1));
        buy(&self.world, &self.mart, bought).await;
        let back = self
            .mart
            .sale("t-2", 175)
            .and("/kind", json!("return"))
            .and("/lines/0/name", json!("＋牛乳"))
            .and("/tenders", json!([{"kind": "cash", "amount": 185}]))
            .and(
                "/adjustments",
                json!([{"kind": "other", "label": "手数料なし", "amount": 10}]),
            )
            .and("/total", json!(185))
            .and(
                "/of",
                self.mart
                    .key_of("t-1")
                    .and("/lines", json!([{"line": 1, "quantity": "1"}])),
            );
        buy(&self.world, &self.mart, at(back, 1)).await;
    }

    /// A sale and a return that were mistakes, and a sale of nothing.
    async fn take_back_whole(&self) {
        let wrong = self
            .mart
            .sale_to(&self.ann.id, "t-3", 99)
            .and("/lines/0/name", json!("@誤り \"!\""));
        buy(&self.world, &self.mart, at(wrong, 2)).await;
        let returned = self
            .mart
            .sale_to(&self.ann.id, "t-5", 70)
            .and("/kind", json!("return"));
        buy(&self.world, &self.mart, at(returned, 3)).await;
        for (transaction, of, total) in [("t-4", "t-3", 99), ("t-6", "t-5", 70)] {
            let void = self
                .mart
                .sale(transaction, total)
                .and("/kind", json!("void"))
                .and("/lines", json!([]))
                .and("/of", self.mart.key_of(of));
            buy(&self.world, &self.mart, at(void, 4)).await;
        }
        let nothing = self.mart.sale_to(&self.ann.id, "t-7", 0);
        buy(&self.world, &self.mart, at(nothing, 5)).await;
    }

    /// Other currencies, and names that are nothing but names.
    async fn buy_abroad(&self) {
        let lines: Vec<_> = HOSTILE
            .iter()
            .map(|name| {
                json!({"name": name, "code": name, "category": name, "quantity": "1",
                    "unit": "each", "unit_price": 105, "amount": 105})
            })
            .collect();
        let total = 105 * HOSTILE.len();
        let plain = self
            .deli
            .sale_to(&self.ann.id, "d-1", 0)
            .and("/currency", json!("USD"))
            .and("/lines", json!(lines))
            .and("/total", json!(total))
            .and(
                "/tenders",
                json!([{"kind": "card", "amount": total,
                    "label": "date:x, [1/99]", "card": {"brand": "VISA", "last4": "1234"}}]),
            );
        buy(&self.world, &self.deli, at(plain, 6)).await;
        let dates = self
            .souk
            .sale_to(&self.ann.id, "k-1", 1_234)
            .and("/currency", json!("KWD"))
            .and("/lines/0/category", json!("تمر"));
        buy(&self.world, &self.souk, at(dates, 7)).await;
    }

    /// A book in a form, as Ann gets it.
    async fn book(&self, path: &str) -> crate::call::Answer {
        let path = format!("/v1/me/exports/{path}");
        self.world.ask(get(path).by(&self.ann.key)).await.is(200)
    }

    /// What the server counts for Ann, in minor units.
    async fn counted(&self) -> BTreeMap<String, i64> {
        let counts = self.world.order(get("/v1/counts?by=user")).await.json();
        serde_json::from_value(counts["total"]["total_by_currency"].clone()).unwrap()
    }

    /// Ann's purchases as her account shows them.
    async fn shown(&self) -> Vec<Value> {
        let mut shown = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/me/purchases?limit=100&cursor={cursor}");
            let page = self.world.ask(get(path).by(&self.ann.key)).await.is(200);
            let page = page.json();
            shown.extend(page["purchases"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return shown,
            }
        }
    }
}

/// What a purchase counts for, by the account's own words.
fn counts_for(purchase: &Value) -> i64 {
    let total = purchase["total"].as_i64().unwrap();
    match purchase["kind"].as_str().unwrap() {
        _ if purchase["voided_by"].is_object() => 0,
        "sale" => total,
        "return" => -total,
        _ => 0,
    }
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_with_the_way_out() {
    let life = Life::live().await;
    let faults = |path: &str, status| {
        let ask = get(format!("/v1/me/exports/{path}")).by(&life.ann.key);
        let world = &life.world;
        async move {
            let answer = world.ask(ask).await.is(status).json();
            let first = &answer["errors"][0];
            let told = if first.is_null() { &answer } else { first };
            let (at, detail) = (&first["pointer"], &told["detail"]);
            format!(
                "{} {}",
                at.as_str().unwrap_or("-"),
                detail.as_str().unwrap()
            )
        }
    };
    let mut told = Vec::new();
    for (path, status) in [
        ("pdf", 404),
        ("bundle?from=2026-01-01", 422),
        ("csv?encoding=latin1", 422),
        ("ndjson?encoding=utf-8", 422),
        ("hledger?from=yesterday", 422),
        ("csv?form=2026-01-01", 422),
    ] {
        told.push(format!("{path}: {}", faults(path, status).await));
    }
    insta::assert_snapshot!(told.join("\n"), @"
    pdf: - exports are ndjson, csv, hledger, beancount and bundle
    bundle?from=2026-01-01: /from a bundle always holds everything; leave this parameter out
    csv?encoding=latin1: /encoding must be utf-8-bom, utf-8 or cp932
    ndjson?encoding=utf-8: /encoding only csv has a choice of encodings; leave it away, the others are UTF-8
    hledger?from=yesterday: /from must be a date such as 2017-01-31, or a time of RFC 3339 with its offset (write + as %2B in a query)
    csv?form=2026-01-01:  form: unknown field `form`, expected one of `from`, `to`, `encoding`
    ");
    life.world.close().await;
}

#[tokio::test]
async fn a_part_of_the_book_holds_the_days_asked_for() {
    let life = Life::live().await;
    let before = life
        .mart
        .sale_to(&life.ann.id, "e-1", 1)
        .and("/purchased_at", json!("2026-04-09T23:59:59+09:00"));
    buy(&life.world, &life.mart, before).await;
    for (query, expected) in [
        ("", 10),
        ("?from=&to=", 10),
        ("?from=2026-04-10", 9),
        ("?to=2026-04-09", 1),
        ("?from=2026-04-09&to=2026-04-09", 1),
        ("?from=2026-04-10T03:06:00Z", 2),
        ("?to=2026-04-10T03:06:00Z", 8),
        ("?from=2026-04-11", 0),
    ] {
        let book = life.book(&format!("ndjson{query}")).await.body;
        let end: Value = serde_json::from_str(book.lines().last().unwrap()).unwrap();
        assert_eq!(end["purchases"], expected, "{query}");
        for (form, begins) in [("hledger", "2026-04-"), ("beancount", "2026-04-")] {
            let book = life.book(&format!("{form}{query}")).await.body;
            let entries = book.lines().filter(|line| line.starts_with(begins)).count();
            assert_eq!(entries, expected, "{form} {query}");
        }
    }
    assert_eq!(NOON, "2026-04-10T12:00:00+09:00");
    life.world.close().await;
}
