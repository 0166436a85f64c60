//! A large snapshot is staged: settlements do not wait for it, see the old catalogue whole until
//! the new one is, and what was left half done leaves no trace.

use crate::call::{Line, get, post, put};
use crate::goods::{And, lines, named};
use crate::world::{NOON, Shop, World};
use ledger::write::{CatalogueWrite, CatalogueWritten, Step, Write, Written};
use purchase::catalogue::{Change, Entry, Item};
use purchase::id::{ItemCode, Revision, StoreId};
use purchase::settlement::{ItemKind, Sensitivity};
use purchase::text::Text;
use purchase::time::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

const ITEMS: usize = 5_000;

/// A snapshot of so many items under names that end in `name`.
fn snapshot(base: u64, revision: u64, items: usize, name: &str) -> String {
    let head = json!({"base_revision": base, "revision": revision,
        "effective_from": "2026-04-01T00:00:00+09:00"});
    let item = |nth: usize| json!({"code": format!("c-{nth}"), "name": format!("{nth} {name}")});
    lines(
        &std::iter::once(head)
            .chain((0..items).map(item))
            .collect::<Vec<_>>(),
    )
}

fn send(shop: &Shop, snapshot: String) -> crate::call::Ask {
    put(shop.path("/catalogue/snapshot"), snapshot)
        .by(&shop.key)
        .in_lines()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settlements_do_not_wait_for_a_large_snapshot() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    world
        .ask(send(&mart, snapshot(0, 1, ITEMS, "甲")))
        .await
        .is(200);
    let replacing = {
        let ask = send(&mart, snapshot(1, 2, ITEMS + 1, "乙"));
        let mut line = world.line().await;
        tokio::spawn(async move { line.ask(&ask).await })
    };
    let mut line = world.line().await;
    let mut sold = 0;
    // At least a hundred, and as many more as fit beside the snapshot.
    while !replacing.is_finished() || sold < 100 {
        sell(&mut line, &mart, &ann.id, sold).await;
        sold += 1;
    }
    let answer = replacing.await.unwrap().is(200);
    assert_eq!(
        answer.body,
        format!(
            "{{\"revision\":2,\"items\":{},\"names_resolved\":0}}",
            ITEMS + 1
        )
    );
    let seen = names(&world, &ann.key, sold).await;
    let turn = seen
        .iter()
        .position(|name| name.ends_with('乙'))
        .unwrap_or(seen.len());
    assert!(
        seen[..turn].iter().all(|name| name.ends_with('甲')),
        "{seen:?}"
    );
    assert!(
        seen[turn..].iter().all(|name| name.ends_with('乙')),
        "{seen:?}"
    );
    sell(&mut line, &mart, &ann.id, sold).await;
    assert!(
        names(&world, &ann.key, sold + 1)
            .await
            .last()
            .unwrap()
            .ends_with('乙')
    );
    world.close().await;
}

async fn sell(line: &mut Line, mart: &Shop, user_id: &str, nth: usize) {
    let code = json!(format!("c-{}", nth * 37 % ITEMS));
    let sale = mart
        .sale_to(user_id, &format!("t-{nth}"), 10)
        .and("/lines/0/code", code);
    let answer = line
        .ask(&post("/v1/settlements", sale).by(&mart.key))
        .await
        .is(201);
    assert_eq!(answer.json()["pending_lines"], 0, "{nth}");
}

/// The names of the first lines, in the order of the sales.
async fn names(world: &World, key: &str, count: usize) -> Vec<String> {
    let mut found = vec![String::new(); count];
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/me/purchases?limit=100&cursor={cursor}");
        let page = world.ask(get(path).by(key)).await.is(200).json();
        for purchase in page["purchases"].as_array().unwrap() {
            let transaction = purchase["key"]["transaction"].as_str().unwrap();
            let nth: usize = transaction[2..].parse().unwrap();
            found[nth] = purchase["lines"][0]["name"].as_str().unwrap().to_owned();
        }
        match &page["next_cursor"] {
            Value::String(next) => cursor = next.clone(),
            _ => return found,
        }
    }
}

#[tokio::test]
async fn many_waiting_lines_are_named_by_one_snapshot() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let sales: Vec<Value> = (0..1_000)
        .map(|nth| {
            let sale = mart.sale_to(&ann.id, &format!("t-{nth}"), 10);
            let line = |of: usize| {
                let code = format!("c-{}", of * nth % ITEMS);
                json!({"code": code, "quantity": "1", "unit_price": 5, "amount": 5})
            };
            sale.and("/lines", json!([line(1), line(3)]))
        })
        .collect();
    let ask = post("/v1/settlements/batch", Value::from(sales)).by(&mart.key);
    world.ask(ask).await.is(200);
    let answer = world
        .ask(send(&mart, snapshot(0, 1, ITEMS, "甲")))
        .await
        .is(200);
    assert_eq!(answer.json()["names_resolved"], 2_000);
    let counts = world.order(get("/v1/counts?by=store")).await.is(200).json();
    assert_eq!(counts["total"]["pending_lines"], 0);
    world.close().await;
}

/// A change of the name of `c-0`, as a step of an update.
fn change(name: &str) -> Vec<Change> {
    let item = Item {
        name: Text::new(name, 200).unwrap(),
        short_name: None,
        reading: None,
        size: None,
        gtin: None,
        kind: ItemKind::Goods,
        category: None,
        unit: None,
        unit_price: None,
        tax_percent: None,
        tax_place: None,
        sensitivity: Sensitivity::Plain,
    };
    vec![Change {
        code: ItemCode::parse("c-0").unwrap(),
        effective_from: Timestamp::from_ms(crate::world::ms(NOON)).unwrap(),
        entry: Entry::Named(Arc::new(item)),
    }]
}

/// Begins an update as the server does, and leaves it there, as it does when its queue is full.
async fn abandon(world: &World, revision: u64, name: &str) {
    for step in [Step::Begin, Step::Part(change(name))] {
        let write = Write::Catalogue(Box::new(CatalogueWrite {
            store_id: StoreId::parse("mart").unwrap(),
            base: Revision(0),
            revision: Revision(revision),
            lineage: None,
            update: [7; 32],
            patterns: None,
            step,
        }));
        let written = world.running.app.intake.write_one(write).await.unwrap();
        assert!(
            matches!(written, Written::Catalogue(CatalogueWritten::Applied(_))),
            "{written:?}"
        );
    }
}

#[tokio::test]
async fn a_snapshot_left_half_done_leaves_no_trace() {
    for (left_at, next) in [(5, 5), (5, 8), (8, 5)] {
        for is_large in [false, true] {
            let world = World::open().await;
            let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
            abandon(&world, left_at, "半端").await;
            let items = if is_large { ITEMS } else { 3 };
            let answer = world
                .ask(send(&mart, snapshot(0, next, items, "甲")))
                .await
                .is(200);
            assert_eq!(answer.json()["items"], items, "{left_at} {next} {is_large}");
            let versions = get(mart.path("/catalogue/items/c-0")).by(&mart.key);
            let versions = world.ask(versions).await.is(200).json();
            assert_eq!(
                versions["versions"].as_array().unwrap().len(),
                1,
                "{versions}"
            );
            sell(&mut world.line().await, &mart, &ann.id, 0).await;
            assert_eq!(names(&world, &ann.key, 1).await, ["0 甲"]);
            // Later revisions do not bring it back either.
            let later = named(next, 20, "c-1", "一", NOON);
            world
                .ask(put(mart.path("/catalogue"), later).by(&mart.key))
                .await
                .is(200);
            let sale = mart
                .sale_to(&ann.id, "t-1", 10)
                .and("/lines/0/code", json!("c-0"));
            world
                .ask(post("/v1/settlements", sale).by(&mart.key))
                .await
                .is(201);
            assert_eq!(names(&world, &ann.key, 2).await, ["0 甲", "0 甲"]);
            world.close().await;
        }
    }
}
