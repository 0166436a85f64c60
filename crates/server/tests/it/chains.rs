//! Chains: one catalogue for many stores, one key from head office, and goods that come back at a
//! sister branch.

use crate::call::{Ask, delete, get, patch, post, put};
use crate::goods::{And, TODAY, named};
use crate::signed::Machine;
use crate::world::{NOON, Shop, World};
use serde_json::{Value, json};

fn store(id: &str, source: Option<&str>) -> Value {
    let mut store = json!({"store_id": id, "name": id, "timezone": "Asia/Tokyo",
        "currency": "JPY", "chain_id": "green"});
    if let Some(source) = source {
        store["catalogue_of"] = json!(source);
    }
    store
}

/// Head office, and a branch that follows its catalogue.
struct Town {
    world: World,
    head: Shop,
    branch: Shop,
}

impl Town {
    async fn open() -> Self {
        let world = World::open().await;
        let head = world.shop_of(store("head", None)).await;
        let branch = world.shop_of(store("branch", Some("head"))).await;
        Self {
            world,
            head,
            branch,
        }
    }

    async fn chain_device(&self) -> (String, String) {
        let ask = post("/v1/chains/green/devices", json!({"name": "head office"}));
        let answer = self.world.order(ask).await.is(201);
        (answer.text("/device_id"), answer.text("/key"))
    }

    /// Changes head office's catalogue; how many waiting lines that named.
    async fn update(&self, update: Value) -> u64 {
        let ask = put(self.head.path("/catalogue"), update).by(&self.head.key);
        let answer = self.world.ask(ask).await.is(200).json();
        answer["names_resolved"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn chains_are_made_and_listed() {
    let world = World::open().await;
    let chain = json!({"chain_id": "green", "name": "green屋"});
    let first = world.order(post("/v1/chains", &chain)).await;
    insta::assert_snapshot!(world.show(&first), @r#"
    201 application/json
    {"chain_id":"green","name":"green屋","stores":0}
    "#);
    let again = world.order(post("/v1/chains", &chain)).await.is(200);
    assert_eq!(again.body, first.body);
    let other = world
        .order(post("/v1/chains", chain.and("/name", json!("赤屋"))))
        .await;
    insta::assert_snapshot!(world.show(&other), @r#"
    409 application/problem+json
    {
      "type": "/problems/already_exists_differently",
      "title": "There is one with other content",
      "status": 409,
      "detail": "there is a chain of this id with another name; take another id",
      "code": "already_exists_differently",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    world.chain("blue").await;
    world.shop_of(store("head", None)).await;
    insta::assert_snapshot!(world.show(&world.order(get("/v1/chains")).await), @r#"
    200 application/json
    {
      "chains": [
        {"chain_id":"blue","name":"blue屋","stores":0},
        {"chain_id":"green","name":"green屋","stores":1}
      ],
      "next_cursor": null
    }
    "#);
    let rest = world.order(get("/v1/chains?cursor=blue")).await.is(200);
    assert_eq!(rest.json()["chains"][0]["chain_id"], "green");
    world.order(get("/v1/chains?cursor=G")).await.is(422);
    world.order(get("/v1/chains/red/devices")).await.is(404);
    let till = post("/v1/chains/red/devices", json!({"name": "till"}));
    world.order(till).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn a_chains_key_writes_for_all_its_stores() {
    let town = Town::open().await;
    let world = &town.world;
    let (device_id, key) = town.chain_device().await;
    let by = |ask: Ask| ask.by(&key);
    let other = world.shop("other").await;
    // One that came after the key.
    let late = world.shop_of(store("late", None)).await;
    let batch = json!([
        late.sale("t-2", 1),
        town.branch.sale("t-2", 1),
        other.sale("t-2", 1)
    ]);
    let rows = [
        (
            by(post("/v1/settlements", town.branch.sale("t-1", 250))),
            201,
        ),
        (by(post("/v1/settlements", late.sale("t-1", 250))), 201),
        (
            by(put(
                town.head.path("/catalogue"),
                named(0, 1, "milk", "牛乳", NOON),
            )),
            200,
        ),
        (by(get(town.branch.path("/pending"))), 200),
        (by(get(town.head.path("/settings"))), 200),
        (by(post("/v1/settlements", other.sale("t-1", 250))), 403),
        (
            by(put(
                other.path("/catalogue"),
                named(0, 1, "milk", "牛乳", NOON),
            )),
            403,
        ),
        (by(get(other.path("/settings"))), 404),
        (
            by(get(other.path(&format!("/settlements/1/{TODAY}/t-1")))),
            404,
        ),
        (by(get("/v1/chains")), 403),
        (by(get("/v1/me/purchases")), 403),
    ];
    for (at, (ask, status)) in rows.into_iter().enumerate() {
        let answer = world.ask(ask).await;
        assert_eq!(answer.status, status, "row {at}: {}", answer.body);
    }
    let outcomes = world
        .ask(by(post("/v1/settlements/batch", batch)))
        .await
        .is(200)
        .json();
    let told: Vec<_> = (0..3)
        .map(|at| outcomes[at]["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["recorded", "recorded", "rejected"]);
    assert_eq!(
        outcomes[2]["detail"]
            .as_str()
            .or(outcomes[2]["errors"][0]["detail"].as_str()),
        Some("this key writes for stores of the chain green only")
    );
    // It stops working at once, for all of them.
    let path = format!("/v1/chains/green/devices/{device_id}");
    world.order(delete(&path)).await.is(204);
    world.order(delete(&path)).await.is(204);
    world
        .ask(by(get(town.head.path("/settings"))))
        .await
        .is(401);
    let devices = world
        .order(get("/v1/chains/green/devices"))
        .await
        .is(200)
        .json();
    assert!(devices["devices"][0]["revoked_at"].is_string(), "{devices}");
    town.world.close().await;
}

#[tokio::test]
async fn a_machine_of_a_chain_signs_with_the_chains_name() {
    let town = Town::open().await;
    let world = &town.world;
    let mut machine = Machine::new("chain:green", 9);
    let message = json!({"name": "head office", "public_key": machine.public_key()});
    let answer = world
        .order(post("/v1/chains/green/devices", message))
        .await
        .is(201);
    assert_eq!(answer.json().get("key"), None);
    machine.device_id = answer.text("/device_id");
    let sale = post("/v1/settlements", town.branch.sale("t-1", 250));
    world.ask(machine.sign(sale.clone(), NOON)).await.is(201);
    world
        .ask(machine.sign(get(town.head.path("/settings")), NOON))
        .await
        .is(200);
    // One that believes itself a store's machine is not believed, whichever store it names.
    for home in ["green", "branch"] {
        let mut astray = Machine::new(home, 9);
        astray.device_id.clone_from(&machine.device_id);
        world.ask(astray.sign(sale.clone(), NOON)).await.is(401);
    }
    let path = format!("/v1/chains/green/devices/{}", machine.device_id);
    world.order(delete(path)).await.is(204);
    world.ask(machine.sign(sale, NOON)).await.is(401);
    town.world.close().await;
}

#[tokio::test]
async fn who_cannot_be_followed_is_told_with_the_way_out() {
    let town = Town::open().await;
    let world = &town.world;
    world.shop("lone").await;
    let new = |source: &str| store("new", Some(source));
    let rows = [
        store("new", None).and("/chain_id", json!("red")),
        new("nowhere"),
        new("new"),
        new("lone"),
        new("branch"),
        new("head").and("/currency", json!("USD")),
    ];
    let mut told = String::new();
    for row in rows {
        let answer = world.order(post("/v1/stores", row)).await.is(422).json();
        let error = &answer["errors"][0];
        for member in ["pointer", "code", "detail"] {
            told += error[member].as_str().unwrap();
            told += if member == "detail" { "\n" } else { " " };
        }
    }
    insta::assert_snapshot!(told, @"
    /chain_id chain_unknown there is no such chain; make it by POST /v1/chains first
    /catalogue_of catalogue_source there is no such store; make it first, or name another
    /catalogue_of catalogue_source a store does not follow itself; leave it out, and it has its own catalogue
    /catalogue_of catalogue_source that store is not of the same chain; give both the same chain_id
    /catalogue_of catalogue_source that store follows head itself; name head
    /catalogue_of catalogue_source that store sells in JPY; follow one of the same currency
    ");
    town.world.close().await;
}

#[tokio::test]
async fn a_follower_shows_its_source_and_is_not_written() {
    let town = Town::open().await;
    let world = &town.world;
    town.update(named(0, 1, "milk", "牛乳", NOON)).await;
    let by = |ask: Ask| ask.by(&town.branch.key);
    insta::assert_snapshot!(world.shown(by(get(town.branch.path("/catalogue")))).await, @r#"
    200 application/json
    {
      "revision": 1,
      "lineage": null,
      "items": 1,
      "digest": "b5bbfbf4f9ce285cb5fcd730b7c69b4c18d6396cfc531fc05da1e95fcc58bdd9",
      "catalogue_of": "head"
    }
    "#);
    insta::assert_snapshot!(world.shown(by(get(town.branch.path("/catalogue/items/milk")))).await, @r#"
    200 application/json
    {
      "code": "milk",
      "versions": [
        {
          "code": "milk",
          "revision": 1,
          "effective_from": "2026-04-10T12:00:00+09:00",
          "name": "牛乳",
          "kind": "goods"
        }
      ],
      "catalogue_of": "head"
    }
    "#);
    insta::assert_snapshot!(world.shown(by(get(town.branch.path("/catalogue/changes?after=0")))).await, @r#"
    200 application/json
    {
      "revision": 1,
      "lineage": null,
      "changes": [
        {
          "code": "milk",
          "revision": 1,
          "effective_from": "2026-04-10T12:00:00+09:00",
          "name": "牛乳",
          "kind": "goods"
        }
      ],
      "next_after": null,
      "catalogue_of": "head"
    }
    "#);
    let refused = by(put(
        town.branch.path("/catalogue"),
        named(1, 2, "milk", "乳", NOON),
    ));
    insta::assert_snapshot!(world.shown(refused).await, @r#"
    409 application/problem+json
    {
      "type": "/problems/catalogue_follows",
      "title": "The catalogue is written elsewhere",
      "status": 409,
      "detail": "this store follows the catalogue of head; write it there",
      "code": "catalogue_follows",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    let snapshot = json!({"base_revision": 1, "revision": 2, "effective_from": NOON, "items": []});
    let ask = by(put(town.branch.path("/catalogue/snapshot"), snapshot));
    assert_eq!(
        world.ask(ask).await.is(409).text("/code"),
        "catalogue_follows"
    );
    town.world.close().await;
}

#[tokio::test]
async fn an_update_of_the_source_names_what_waits_everywhere() {
    let town = Town::open().await;
    let world = &town.world;
    let ann = world.person("ann").await;
    let third = world.shop_of(store("third", Some("head"))).await;
    for (at, shop) in [&town.head, &town.branch, &third].into_iter().enumerate() {
        let sale = shop.sale_to(&ann.id, &format!("t-{at}"), 250);
        world
            .ask(post("/v1/settlements", sale).by(&shop.key))
            .await
            .is(201);
    }
    // One that has the revision to come, by its lineage.
    let ahead = town
        .branch
        .sale_to(&ann.id, "t-3", 250)
        .and("/catalogue_revision", json!(2));
    world
        .ask(post("/v1/settlements", ahead).by(&town.branch.key))
        .await
        .is(201);
    assert_eq!(town.update(named(0, 1, "milk", "牛乳", NOON)).await, 3);
    assert_eq!(
        town.update(named(1, 2, "milk", "おいしい牛乳", NOON)).await,
        1
    );
    let book = world.book(&ann, "").await;
    let mut lines: Vec<_> = book.lines().collect();
    lines.sort_unstable();
    insta::assert_snapshot!(lines.join("\n"), @"
    t-0 milk: 牛乳 (revision 1) since 2026-04-10T12:00:00+09:00
    t-1 milk: 牛乳 (revision 1) since 2026-04-10T12:00:00+09:00
    t-2 milk: 牛乳 (revision 1) since 2026-04-10T12:00:00+09:00
    t-3 milk: おいしい牛乳 (revision 2) since 2026-04-10T12:00:00+09:00
    ");
    // What its source names, the branch confirms.
    let old = town
        .branch
        .sale_to(&ann.id, "t-4", 250)
        .and("/purchased_at", json!("2026-01-10T12:00:00+09:00"))
        .and("/lines/0/code", json!("egg"));
    world
        .ask(post("/v1/settlements", old).by(&town.branch.key))
        .await
        .is(201);
    assert_eq!(town.update(named(2, 3, "egg", "卵", NOON)).await, 0);
    let pending = get(town.branch.path("/pending")).by(&town.branch.key);
    assert_eq!(
        world.ask(pending).await.json()["pending"][0]["confirm_revision"],
        3
    );
    let confirm = post(town.branch.path("/pending/egg"), json!({"revision": 3}));
    let answer = world.ask(confirm.by(&town.branch.key)).await.is(200);
    assert_eq!(answer.json()["names_resolved"], 1);
    town.world.close().await;
}

#[tokio::test]
async fn patterns_of_the_source_read_the_labels_of_its_followers() {
    let town = Town::open().await;
    let world = &town.world;
    let ann = world.person("ann").await;
    let sell = async |transaction: &str| {
        let sale = town.branch.sale_to(&ann.id, transaction, 198);
        let sale = sale.and("/lines/0/code", json!("2212345001989"));
        let ask = post("/v1/settlements", sale).by(&town.branch.key);
        world.ask(ask).await.is(201);
    };
    sell("before").await;
    let ham = named(0, 1, "2212345000000", "ハム", NOON);
    assert_eq!(town.update(ham).await, 0);
    let patterns = json!({"base_revision": 1, "revision": 2, "changes": [],
        "patterns": ["22IIIIIPPPPPC"], "patterns_effective_from": NOON});
    assert_eq!(town.update(patterns).await, 1);
    sell("after").await;
    let book = world.book(&ann, "").await;
    let mut lines: Vec<_> = book.lines().collect();
    lines.sort_unstable();
    insta::assert_snapshot!(lines.join("\n"), @"
    after 2212345001989: ハム (revision 1)
    before 2212345001989: ハム (revision 1) since 2026-04-10T12:00:00+09:00
    ");
    for path in ["/catalogue", "/catalogue/changes?after=1"] {
        let ask = get(town.branch.path(path)).by(&town.branch.key);
        let told = world.ask(ask).await.json();
        let told = (told["catalogue_of"].clone(), told["patterns"].to_string());
        assert_eq!(told.0, "head", "{path}");
        assert!(told.1.contains("22IIIIIPPPPPC"), "{path} {}", told.1);
    }
    town.world.close().await;
}

#[tokio::test]
async fn a_place_changes_only_when_nothing_counts_on_it() {
    let town = Town::open().await;
    let world = &town.world;
    let move_to = |shop: &Shop, to: Value| patch(shop.path(""), to);
    let waits = town.branch.sale("t-1", 250);
    world
        .ask(post("/v1/settlements", waits).by(&town.branch.key))
        .await
        .is(201);
    let own = json!({"catalogue_of": null});
    let waiting = world.order(move_to(&town.branch, own.clone())).await;
    insta::assert_snapshot!(world.show(&waiting), @r#"
    409 application/problem+json
    {
      "type": "/problems/catalogue_in_use",
      "title": "Something counts on it",
      "status": 409,
      "detail": "lines of this store wait for names from the catalogue that it has now; see GET …/pending, have them named or confirmed, and try again",
      "code": "catalogue_in_use",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    let followed = world
        .order(move_to(&town.head, json!({"chain_id": null})))
        .await;
    insta::assert_snapshot!(world.show(&followed), @r#"
    409 application/problem+json
    {
      "type": "/problems/catalogue_in_use",
      "title": "Something counts on it",
      "status": 409,
      "detail": "branch follows this store's catalogue; let its followers follow another one first",
      "code": "catalogue_in_use",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    let closed = world
        .order(post(town.head.path("/close"), ""))
        .await
        .is(409);
    assert_eq!(closed.text("/code"), "catalogue_in_use");
    assert_eq!(town.update(named(0, 1, "milk", "牛乳", NOON)).await, 1);
    let gone = world
        .order(move_to(&town.branch, json!({"chain_id": "red"})))
        .await
        .is(422);
    assert_eq!(gone.text("/errors/0/code"), "chain_unknown");
    let answer = world.order(move_to(&town.branch, own)).await.is(200).json();
    assert_eq!(
        (&answer["chain_id"], answer.get("catalogue_of")),
        (&json!("green"), None)
    );
    let both = json!({"catalogue_of": "head", "effective_from": NOON, "name": "緑屋 支店"});
    let answer = world
        .order(move_to(&town.branch, both))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&answer["catalogue_of"], &answer["name"]),
        (&json!("head"), &json!("緑屋 支店"))
    );
    town.world.close().await;
}

#[tokio::test]
async fn goods_come_back_at_a_sister_branch() {
    let town = Town::open().await;
    let world = &town.world;
    let ann = world.person("ann").await;
    let sale = town.head.sale_to(&ann.id, "t-1", 250);
    world
        .ask(post("/v1/settlements", sale).by(&town.head.key))
        .await
        .is(201);
    let by = |ask: Ask| ask.by(&town.branch.key);
    let look = || by(get(town.head.path(&format!("/settlements/1/{TODAY}/t-1"))));
    let answer = world.ask(look()).await;
    insta::assert_snapshot!(world.show(&answer), @r#"
    200 application/json
    {
      "key": {"store_id":"head","terminal":"1","business_date":"2026-04-10","transaction":"t-1"},
      "kind": "sale",
      "currency": "JPY",
      "total": 250,
      "digest": "ac599bb19cea80d958be6987efa96b4de28c70af3dfaeab06d4a27a3fcf8686d",
      "lines": [{"line":1,"quantity":"1","returnable":"1"}]
    }
    "#);
    assert!(!answer.body.contains(&ann.id));
    let back = town
        .branch
        .sale("r-1", 250)
        .and("/kind", json!("return"))
        .and(
            "/of",
            town.head
                .key_of("t-1")
                .and("/lines", json!([{"line": 1, "quantity": "1"}])),
        );
    world.ask(by(post("/v1/settlements", back))).await.is(201);
    assert_eq!(
        world.ask(look()).await.json()["lines"][0]["returnable"],
        "0"
    );
    let page = world.ask(get("/v1/me/purchases").by(&ann.key)).await.json();
    let kinds: Vec<_> = (0..2)
        .map(|at| page["purchases"][at]["kind"].clone())
        .collect();
    assert!(
        kinds.contains(&json!("return")),
        "it follows its owner: {page}"
    );
    // Everything else of a sister stays shut, and so do stores of no chain or another one.
    let other = world.shop("other").await;
    let lone = world.shop("lone").await;
    let rows = [
        (get(town.head.path(&format!("/days/{TODAY}"))), 404),
        (
            get(town.head.path(&format!("/days/{TODAY}/settlements"))),
            404,
        ),
        (get(town.head.path("/pending")), 404),
        (get(town.head.path("/conflicts")), 404),
        (get(town.head.path("/catalogue")), 404),
        (get(town.head.path("/terminals")), 404),
        (
            put(
                town.head.path("/catalogue"),
                named(0, 1, "milk", "乳", NOON),
            ),
            403,
        ),
        (
            post(town.head.path("/pending/milk"), json!({"revision": 1})),
            403,
        ),
        (post("/v1/settlements", town.head.sale("t-2", 1)), 403),
        (get(other.path(&format!("/settlements/1/{TODAY}/t-1"))), 404),
    ];
    for (at, (ask, status)) in rows.into_iter().enumerate() {
        let answer = world.ask(by(ask)).await;
        assert_eq!(answer.status, status, "row {at}: {}", answer.body);
    }
    let of_lone = get(other.path(&format!("/settlements/1/{TODAY}/t-1"))).by(&lone.key);
    world.ask(of_lone).await.is(404);
    town.world.close().await;
}
