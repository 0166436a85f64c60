//! A store's catalogue: updates that follow one another without a gap, and what can be read of it.

use crate::call::{get, put};
use crate::goods::{And, lines, named};
use crate::world::{NOON, World};
use serde_json::{Value, json};

#[tokio::test]
async fn updates_follow_one_another() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let update = |update: &Value| put(mart.path("/catalogue"), update).by(&mart.key);
    let first = named(0, 16, "milk", "牛乳", NOON).and("/lineage", json!("pos-a"));
    insta::assert_snapshot!(world.shown(update(&first)).await, @r#"
    200 application/json
    {"revision":16,"items":1,"names_resolved":0}
    "#);
    world.ask(update(&first)).await.is(200);
    let other = named(0, 16, "milk", "豆乳", NOON).and("/lineage", json!("pos-a"));
    insta::assert_snapshot!(world.shown(update(&other)).await, @r#"
    409 application/problem+json
    {
      "type": "/problems/catalogue_forked",
      "title": "The revision has other content",
      "status": 409,
      "detail": "this revision was written with other content; send a snapshot under a new lineage",
      "code": "catalogue_forked",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    let gap = named(15, 17, "bread", "食パン", NOON);
    insta::assert_snapshot!(world.shown(update(&gap)).await, @r#"
    409 application/problem+json
    {
      "type": "/problems/catalogue_gap",
      "title": "The catalogue stands elsewhere",
      "status": 409,
      "detail": "the catalogue stands at revision 16; build on that, or send a snapshot",
      "code": "catalogue_gap",
      "request_id": "req_…",
      "errors": [],
      "current_revision": 16
    }
    "#);
    let back = named(3, 9, "bread", "食パン", NOON);
    assert_eq!(
        world.ask(update(&back)).await.is(409).json()["current_revision"],
        16
    );
    let next = named(16, 20, "bread", "食パン", NOON);
    assert_eq!(world.ask(update(&next)).await.is(200).json()["items"], 2);
    // What was the head once is now a gap, even if it was applied.
    assert_eq!(
        world.ask(update(&first)).await.is(409).text("/code"),
        "catalogue_gap"
    );
    insta::assert_snapshot!(world.shown(get(mart.path("/catalogue")).by(&mart.key)).await, @r#"
    200 application/json
    {
      "revision": 20,
      "lineage": "pos-a",
      "items": 2,
      "digest": "240af8226ff74786dd827a28b9dbf32f06d1dbffd9f2bc8928fe74ffa721d58c"
    }
    "#);
    world.close().await;
}

#[tokio::test]
async fn what_it_says_of_an_item_can_be_read_back() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let update = |update: Value| put(mart.path("/catalogue"), update).by(&mart.key);
    let item = json!({"code": "cut", "name": "カット", "kind": "service", "unit_price": 5_500,
        "tax_percent": "10", "tax_included": true, "effective_from": "2026-04-01T00:00:00Z"});
    world
        .ask(update(named(0, 1, "", "", "").and("/changes/0", item)))
        .await
        .is(200);
    world
        .ask(update(named(1, 2, "a/b 牛", "牛 & 豚", NOON)))
        .await
        .is(200);
    let end =
        json!({"code": "cut", "discontinued": true, "effective_from": "2026-05-01T00:00:00Z"});
    world
        .ask(update(named(2, 3, "", "", "").and("/changes/0", end)))
        .await
        .is(200);
    let read = |path: &str| get(mart.path(path)).by(&mart.key);
    insta::assert_snapshot!(world.shown(read("/catalogue/items/cut")).await, @r#"
    200 application/json
    {
      "code": "cut",
      "versions": [
        {
          "code": "cut",
          "revision": 1,
          "effective_from": "2026-04-01T09:00:00+09:00",
          "name": "カット",
          "kind": "service",
          "unit_price": 5500,
          "tax_percent": "10",
          "tax_included": true
        },
        {"code":"cut","revision":3,"effective_from":"2026-05-01T09:00:00+09:00","discontinued":true}
      ]
    }
    "#);
    let odd = world
        .ask(read("/catalogue/items/a%2Fb%20%E7%89%9B"))
        .await
        .is(200);
    assert_eq!(odd.text("/versions/0/name"), "牛 & 豚");
    world.ask(read("/catalogue/items/none")).await.is(404);
    insta::assert_snapshot!(world.shown(read("/catalogue/changes?after=1")).await, @r#"
    200 application/json
    {
      "revision": 3,
      "lineage": null,
      "changes": [
        {
          "code": "a/b 牛",
          "revision": 2,
          "effective_from": "2026-04-10T12:00:00+09:00",
          "name": "牛 & 豚",
          "kind": "goods"
        },
        {"code":"cut","revision":3,"effective_from":"2026-05-01T09:00:00+09:00","discontinued":true}
      ],
      "next_after": null
    }
    "#);
    let all = world.ask(read("/catalogue/changes")).await.is(200).json();
    assert_eq!(all["changes"].as_array().unwrap().len(), 3);
    let none = world
        .ask(read("/catalogue/changes?after=3"))
        .await
        .is(200)
        .json();
    assert_eq!(none["changes"], json!([]));
    world.close().await;
}

#[tokio::test]
async fn a_snapshot_is_the_whole_catalogue() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let first = named(0, 1, "milk", "牛乳", "2026-04-01T00:00:00Z");
    world
        .ask(put(mart.path("/catalogue"), first).by(&mart.key))
        .await
        .is(200);
    let head =
        json!({"base_revision": 1, "revision": 2, "lineage": "pos-a", "effective_from": NOON});
    let items = [
        json!({"code": "bread", "name": "食パン", "unit_price": 180}),
        json!({"code": "egg", "name": "卵", "effective_from": "2026-04-11T00:00:00+09:00"}),
    ];
    let snapshot = |body: &str| put(mart.path("/catalogue/snapshot"), body).by(&mart.key);
    let document = head.clone().and("/items", json!(items));
    insta::assert_snapshot!(world.shown(snapshot(&document.to_string())).await, @r#"
    200 application/json
    {"revision":2,"items":2,"names_resolved":0}
    "#);
    // As lines it is the same snapshot, and the same is taken again.
    let in_lines = lines(&[&[head], &items[..]].concat());
    world.ask(snapshot(&in_lines).in_lines()).await.is(200);
    let changed = in_lines.replace("食パン", "角食");
    world.ask(snapshot(&changed).in_lines()).await.is(409);
    let read = |path: &str| get(mart.path(path)).by(&mart.key);
    let answer = world.ask(read("/catalogue/changes?after=1")).await.is(200);
    insta::assert_snapshot!(world.show(&answer), @r#"
    200 application/json
    {
      "revision": 2,
      "lineage": "pos-a",
      "changes": [
        {
          "code": "bread",
          "revision": 2,
          "effective_from": "2026-04-10T12:00:00+09:00",
          "name": "食パン",
          "kind": "goods",
          "unit_price": 180
        },
        {
          "code": "egg",
          "revision": 2,
          "effective_from": "2026-04-11T00:00:00+09:00",
          "name": "卵",
          "kind": "goods"
        },
        {
          "code": "milk",
          "revision": 2,
          "effective_from": "2026-04-10T12:00:00+09:00",
          "discontinued": true
        }
      ],
      "next_after": null
    }
    "#);
    // A snapshot that says nothing new changes nothing but the revision.
    let state = world.ask(read("/catalogue")).await.is(200).json();
    let again = document
        .and("/base_revision", json!(2))
        .and("/revision", json!(3));
    world.ask(snapshot(&again.to_string())).await.is(200);
    let now = world.ask(read("/catalogue")).await.is(200).json();
    assert_eq!(now, state.and("/revision", json!(3)));
    world.close().await;
}

#[tokio::test]
async fn the_digest_depends_on_what_it_says_and_not_on_the_way_there() {
    let world = World::open().await;
    let (one, two) = (world.shop("one").await, world.shop("two").await);
    let state = async |shop: &crate::world::Shop| {
        world
            .ask(get(shop.path("/catalogue")).by(&shop.key))
            .await
            .is(200)
            .json()
    };
    let before = state(&one).await;
    for (base, name) in [(0, "牛乳"), (1, "豆乳"), (2, "牛乳")] {
        let update = named(
            base,
            base + 1,
            "milk",
            name,
            &format!("2026-04-0{}T00:00:00Z", base + 1),
        );
        world
            .ask(put(one.path("/catalogue"), update).by(&one.key))
            .await
            .is(200);
    }
    let both = named(0, 9, "milk", "牛乳", NOON);
    world
        .ask(put(two.path("/catalogue"), both).by(&two.key))
        .await
        .is(200);
    assert_eq!(state(&one).await["digest"], state(&two).await["digest"]);
    let end = json!({"code": "milk", "discontinued": true, "effective_from": NOON});
    let end = named(3, 4, "", "", "").and("/changes/0", end);
    world
        .ask(put(one.path("/catalogue"), end).by(&one.key))
        .await
        .is(200);
    assert_eq!(state(&one).await, before.and("/revision", json!(4)));
    world.close().await;
}
