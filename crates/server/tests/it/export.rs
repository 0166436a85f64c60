//! The book to take away: complete, adding up, and harmless in a spreadsheet.

use crate::call::{get, post};
use crate::goods::And;
use crate::world::{Person, Shop, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

async fn buy(world: &World, mart: &Shop, settlement: Value) {
    world
        .ask(post("/v1/settlements", settlement).by(&mart.key))
        .await
        .is(201);
}

/// A sale with everything that has a row of its own, a return and a void.
async fn life(world: &World, mart: &Shop, ann: &Person) {
    let bought = mart
        .sale_to(&ann.id, "t-1", 0)
        .and(
            "/lines",
            json!([
                {"code": "milk", "name": "牛乳", "quantity": "2", "unit_price": 200, "discount": 50,
                    "amount": 350, "tax_percent": "8", "category": "乳製品, 卵"},
                {"name": "=HYPERLINK(\"http://x\")", "quantity": "0.5", "unit": "kg",
                    "unit_price": 300, "amount": 150},
            ]),
        )
        .and(
            "/adjustments",
            json!([{"kind": "coupon", "label": "-10円", "amount": -10}]),
        )
        .and(
            "/taxes",
            json!([
                {"percent": "8", "included": true, "taxable": 350, "tax": 25},
                {"percent": "10", "included": false, "taxable": 150, "tax": 15},
            ]),
        )
        .and("/total", json!(505));
    buy(world, mart, bought).await;
    let back = mart
        .sale("t-2", 175)
        .and("/purchased_at", json!("2026-04-10T12:01:00+09:00"))
        .and("/kind", json!("return"))
        .and("/lines/0/name", json!("＋牛乳"))
        .and(
            "/of",
            mart.key_of("t-1")
                .and("/lines", json!([{"line": 1, "quantity": "1"}])),
        );
    buy(world, mart, back).await;
    let wrong = mart
        .sale_to(&ann.id, "t-3", 99)
        .and("/lines/0/name", json!("@誤り \"!\""));
    buy(
        world,
        mart,
        wrong.and("/purchased_at", json!("2026-04-10T12:02:00+09:00")),
    )
    .await;
    let void = mart
        .sale("t-4", 99)
        .and("/purchased_at", json!("2026-04-10T12:03:00+09:00"))
        .and("/kind", json!("void"))
        .and("/lines", json!([]))
        .and("/of", mart.key_of("t-3"));
    buy(world, mart, void).await;
}

#[tokio::test]
async fn a_spreadsheet_adds_up_and_runs_nothing() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    life(&world, &mart, &ann).await;
    let answer = world
        .ask(get("/v1/me/exports/csv").by(&ann.key))
        .await
        .is(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"orihon.csv\""
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer
        .body
        .strip_prefix('\u{feff}')
        .expect("a mark for spreadsheets");
    insta::assert_snapshot!(world.redact(&text.replace("\r\n", "\n")), @r#"
    purchase_id,kind,store_id,store,purchased_at,currency,row,line,code,name,category,quantity,unit,unit_price,discount,amount,tax_percent,voided
    pur_1,void,mart,mart店,2026-04-10T12:03:00+09:00,JPY,void,,,,,,,,,99,,
    pur_2,sale,mart,mart店,2026-04-10T12:02:00+09:00,JPY,item,1,milk,"'@誤り ""!""",,1,each,99,0,99,,yes
    pur_3,return,mart,mart店,2026-04-10T12:01:00+09:00,JPY,item,1,milk,"'＋牛乳",,1,each,175,0,175,,
    pur_4,sale,mart,mart店,2026-04-10T12:00:00+09:00,JPY,item,1,milk,牛乳,"乳製品, 卵",2,each,200,50,350,8,
    pur_4,sale,mart,mart店,2026-04-10T12:00:00+09:00,JPY,item,2,,"'=HYPERLINK(""http://x"")",,0.5,kg,300,0,150,,
    pur_4,sale,mart,mart店,2026-04-10T12:00:00+09:00,JPY,adjustment,,,"'-10円",,,,,,-10,,
    pur_4,sale,mart,mart店,2026-04-10T12:00:00+09:00,JPY,tax,,,,,,,,,15,10,
    "#);
    let rows: Vec<Vec<String>> = text.lines().map(cells).collect();
    let mut sums = BTreeMap::<&str, i64>::new();
    for row in &rows[1..] {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
        *sums.entry(&row[0]).or_default() += row[15].parse::<i64>().unwrap();
        let is_number = |at: usize| matches!(at, 7 | 13..=15);
        for (at, cell) in row.iter().enumerate() {
            let is_safe =
                is_number(at) || !cell.starts_with(['=', '+', '-', '@', '＝', '＋', '＠']);
            assert!(is_safe, "{cell}");
        }
    }
    let page = world.ask(get("/v1/me/purchases").by(&ann.key)).await.json();
    for purchase in page["purchases"].as_array().unwrap() {
        let sum = sums[purchase["purchase_id"].as_str().unwrap()];
        assert_eq!(sum, purchase["total"].as_i64().unwrap());
    }
    world.close().await;
}

/// The cells of a row, as a spreadsheet reads them.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut in_quotes = false;
    let mut rest = row.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if in_quotes && rest.peek() == Some(&'"') => {
                rest.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

#[tokio::test]
async fn lines_are_the_purchases_as_the_account_shows_them() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    life(&world, &mart, &ann).await;
    // More than is read at a time.
    let more = (0..250).map(|nth| mart.sale_to(&ann.id, &format!("m-{nth}"), nth));
    let more = Value::from(more.collect::<Vec<_>>());
    world
        .ask(post("/v1/settlements/batch", more).by(&mart.key))
        .await
        .is(200);
    let answer = world
        .ask(get("/v1/me/exports/ndjson").by(&ann.key))
        .await
        .is(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let exported: Vec<Value> = answer
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut shown = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/me/purchases?limit=100&cursor={cursor}");
        let page = world.ask(get(path).by(&ann.key)).await.is(200).json();
        shown.extend(page["purchases"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(exported.len(), 254);
    assert_eq!(exported, shown);
    let bob = world.person("bob").await;
    assert_eq!(
        world
            .ask(get("/v1/me/exports/ndjson").by(&bob.key))
            .await
            .is(200)
            .body,
        ""
    );
    world
        .ask(get("/v1/me/exports/pdf").by(&ann.key))
        .await
        .is(404);
    world.close().await;
}
