//! The console from outside, as a browser without scripts asks for it: who comes in and how, what each may see,
//! and that nobody's name becomes part of a page.

use crate::call::cookie_of;
use crate::call::{Answer, Ask, get, post};
use crate::goods::{And, TODAY};
use crate::world::{NOON, Shop, World};
use serde_json::{Value, json};

fn form(path: &str, fields: &[(&str, &str)]) -> Ask {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        body.append_pair(name, value);
    }
    post(path, body.finish()).with("content-type", "application/x-www-form-urlencoded")
}

/// The cookie of whoever signs in by a key.
pub(crate) async fn signed_in(world: &World, key: &str) -> String {
    let answer = world.ask(form("/console/sign-in", &[("key", key)])).await;
    cookie_of(&answer.is(303))
}

/// A further operator's key.
async fn key_for(world: &World, asked: Value) -> (String, String) {
    let made = world.order(post("/v1/operators", asked)).await.is(201);
    (made.text("/token"), made.text("/token_id"))
}

pub(crate) async fn open(world: &World, cookie: &str, path: &str) -> Answer {
    world.ask(get(path).with("cookie", cookie)).await
}

/// Everything that the console shows of a store, and the pages for whoever may everything.
pub(crate) const OF_STORE: [&str; 10] = [
    "",
    "/items",
    "/pending",
    "/conflicts",
    "/missing",
    "/days",
    "/days/2026-04-10",
    "/warnings",
    "/poster",
    "/seen?machines=0&sales=nothing",
];
pub(crate) const OF_ALL: [&str; 4] = [
    "/console/people",
    "/console/keys",
    "/console/partners",
    "/console/audit",
];

#[tokio::test]
async fn a_key_lets_a_browser_in_and_signing_out_lets_it_out() {
    let world = World::open().await;
    let asked = world.ask(get("/console")).await.is(200);
    assert!(
        asked.body.contains("action=\"/console/sign-in\""),
        "{}",
        asked.body
    );
    for path in OF_ALL
        .into_iter()
        .chain(["/console/stores", "/console/receipts"])
    {
        let sent_back = world.ask(get(path)).await.is(303);
        assert_eq!(sent_back.header("location"), "/console", "{path}");
    }
    let answer = world
        .ask(form(
            "/console/sign-in",
            &[("key", &format!(" {}\n", world.operator))],
        ))
        .await
        .is(303);
    let set = answer.header("set-cookie").to_owned();
    assert!(set.starts_with("orihon-console=ors_"), "{set}");
    assert!(
        set.contains("; Max-Age=43200; Path=/; HttpOnly; SameSite=Lax"),
        "{set}"
    );
    let cookie = cookie_of(&answer);
    for path in OF_ALL
        .into_iter()
        .chain(["/console", "/console/stores", "/console/receipts"])
    {
        let page = open(&world, &cookie, path).await.is(200);
        assert!(page.body.contains("Bearer $KEY"), "{path}: {}", page.body);
        assert!(!page.body.contains(&world.operator), "{path}");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    // What a browser has is worth nothing in a header, and a key nothing in a cookie.
    let secret = cookie.trim_start_matches("orihon-console=");
    world.ask(get("/v1/stores").by(secret)).await.is(403);
    let key = format!("orihon-console={}", world.operator);
    open(&world, &key, "/console/stores").await.is(303);
    let out = world
        .ask(form("/console/sign-out", &[]).with("cookie", &cookie))
        .await
        .is(303);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    open(&world, &cookie, "/console/stores").await.is(303);
    world.close().await;
}

#[tokio::test]
async fn a_browser_is_let_out_with_its_key_and_after_half_a_day() {
    let world = World::open().await;
    let (key, token_id) = key_for(&world, json!({"label": "Kim"})).await;
    let kims = signed_in(&world, &key).await;
    let own = signed_in(&world, &world.operator).await;
    open(&world, &kims, "/console/stores").await.is(200);
    world
        .ask(form("/console/keys/revoke", &[("token_id", &token_id)]).with("cookie", &own))
        .await
        .is(303);
    open(&world, &kims, "/console/stores").await.is(303);
    open(&world, &own, "/console/stores").await.is(200);
    world.at("2026-04-10T23:59:59+09:00");
    open(&world, &own, "/console/stores").await.is(200);
    world.at("2026-04-11T00:00:00+09:00");
    open(&world, &own, "/console/stores").await.is(303);
    world.close().await;
}

#[tokio::test]
async fn wrong_keys_open_nothing_and_keep_nobody_out() {
    let world = World::open().await;
    let person = world.person("ann").await;
    let shop = world.shop("tokyo").await;
    for wrong in ["", "nonsense", &person.key, &shop.key] {
        let answer = world.ask(form("/console/sign-in", &[("key", wrong)])).await;
        assert_eq!(
            (answer.status, answer.header("set-cookie")),
            (403, ""),
            "{wrong}"
        );
        assert!(
            answer.body.contains("does not open the console"),
            "{}",
            answer.body
        );
    }
    // However many others try: a key cannot be found by trying, and its holder is not kept waiting.
    for _ in 0..40 {
        world
            .ask(form("/console/sign-in", &[("key", "x")]))
            .await
            .is(403);
    }
    let right = form("/console/sign-in", &[("key", &world.operator)]);
    let mut browsers = Vec::new();
    for second in 0..11 {
        world.at(&format!("2026-04-10T12:00:{second:02}+09:00"));
        browsers.push(cookie_of(&world.ask(right.clone()).await.is(303)));
    }
    // Ten browsers at a time: one more ends the first, and takes nothing from anybody else.
    for (cookie, status) in [
        (&browsers[0], 303),
        (&browsers[1], 200),
        (&browsers[10], 200),
    ] {
        let page = world.ask(get("/console/keys").with("cookie", cookie)).await;
        assert_eq!(page.status, status, "{}", page.body);
    }
    world.close().await;
}

#[tokio::test]
async fn a_link_opens_the_console_once() {
    let world = World::open().await;
    let link = async || {
        let made = world.order(post("/v1/console/links", "")).await.is(201);
        let url = made.text("/url");
        url.rsplit_once('/').unwrap().1.to_owned()
    };
    let word = link().await;
    // A look at the link uses nothing up.
    for _ in 0..2 {
        let page = world
            .ask(get(format!("/console/link/{word}")))
            .await
            .is(200);
        assert!(
            page.body
                .contains("method=\"post\" action=\"/console/link\"")
        );
        assert_eq!(page.header("set-cookie"), "");
    }
    let follow = |word: &str| form("/console/link", &[("word", word)]);
    let answer = world.ask(follow(&word)).await.is(303);
    let cookie = cookie_of(&answer);
    open(&world, &cookie, "/console/keys").await.is(200);
    let again = world.ask(follow(&word)).await.is(410);
    assert!(again.body.contains("no longer works"), "{}", again.body);
    // Pressed twice, it leads to the same page.
    world
        .ask(follow(&word).with("cookie", &cookie))
        .await
        .is(303);
    let late = link().await;
    world.at("2026-04-10T12:15:00+09:00");
    world.ask(follow(&late)).await.is(410);
    world.ask(follow("nonsense")).await.is(410);
    world.close().await;
}

#[tokio::test]
async fn no_other_site_makes_a_browser_do_anything() {
    let world = World::open().await;
    let cookie = signed_in(&world, &world.operator).await;
    for path in [
        "/console/sign-in",
        "/console/sign-out",
        "/console/link",
        "/console/stores",
        "/console/stores/tokyo/pair",
        "/console/stores/tokyo/revoke",
        "/console/stores/tokyo/missing/give",
        "/console/stores/tokyo/missing/refuse",
        "/console/receipts",
        "/console/people",
        "/console/keys",
        "/console/keys/revoke",
    ] {
        let ask = form(path, &[]).with("cookie", &cookie);
        let answer = world.ask(ask.with("sec-fetch-site", "cross-site")).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    open(&world, &cookie, "/console/keys").await.is(200);
    world.close().await;
}

/// What the people of one store see: their own store, and of others not even that they are there.
#[tokio::test]
async fn people_of_a_store_see_their_own_store() {
    let world = World::open().await;
    let (own, other) = (world.shop("tokyo").await, world.shop("osaka").await);
    let (key, _) = key_for(&world, json!({"label": "Kim", "store_id": own.id})).await;
    let cookie = signed_in(&world, &key).await;
    let list = open(&world, &cookie, "/console/stores").await.is(200);
    assert!(
        list.body.contains("/console/stores/tokyo\""),
        "{}",
        list.body
    );
    assert!(!list.body.contains("osaka"), "{}", list.body);
    assert!(!list.body.contains("id=\"add\""), "{}", list.body);
    for rest in OF_STORE {
        let path = |shop: &Shop| format!("/console/stores/{}{rest}", shop.id);
        open(&world, &cookie, &path(&own)).await.is(200);
        open(&world, &cookie, &path(&other)).await.is(403);
    }
    for path in OF_ALL {
        open(&world, &cookie, path).await.is(403);
    }
    let acts = [
        ("/console/stores/tokyo/pair", 200),
        ("/console/stores/osaka/pair", 403),
        ("/console/keys", 403),
        ("/console/stores", 403),
    ];
    let fields = [
        ("name", "till 2"),
        ("store_id", "x"),
        ("timezone", "x"),
        ("currency", "x"),
        ("chain_id", ""),
        ("label", ""),
    ];
    for (path, status) in acts {
        let answer = world.ask(form(path, &fields).with("cookie", &cookie)).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    // The interface holds the same key to the same stores, and says why.
    for (ask, status) in [
        (get("/v1/stores/tokyo"), 200),
        (get("/v1/stores/tokyo/devices"), 200),
        (post("/v1/stores/tokyo/pairings", json!({"name": "a"})), 201),
        (get("/v1/stores/tokyo/conflicts"), 200),
        (get("/v1/stores/tokyo/missing"), 200),
        (get("/v1/stores/osaka/missing"), 403),
        (get("/v1/stores/osaka"), 403),
        (get("/v1/stores/osaka/devices"), 403),
        (post("/v1/stores/osaka/pairings", json!({"name": "a"})), 403),
        (get("/v1/stores/osaka/conflicts"), 403),
        (get("/v1/operators"), 403),
        (post("/v1/operators", ""), 403),
        (post("/v1/users", json!({})), 403),
        (get("/v1/counts"), 403),
        (post("/v1/stores/tokyo/close", ""), 403),
    ] {
        let what = format!("{ask:?}");
        let answer = world.ask(ask.by(&key)).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        if status == 403 {
            let reason = "this key is for the store tokyo only";
            assert!(answer.text("/detail").starts_with(reason), "{what}");
        }
    }
    let stores = world.ask(get("/v1/stores").by(&key)).await.is(200).json();
    assert_eq!(stores["stores"].as_array().unwrap().len(), 1);
    world.close().await;
}

#[tokio::test]
async fn a_key_may_be_for_the_stores_of_a_chain() {
    let world = World::open().await;
    world.chain("green").await;
    let asked = json!({"chain_id": "green"});
    let (key, _) = key_for(&world, asked).await;
    let cookie = signed_in(&world, &key).await;
    let empty = open(&world, &cookie, "/console/stores").await.is(200);
    assert!(
        empty.body.contains("There is no store yet"),
        "{}",
        empty.body
    );
    let store = |id: &str, chain: Option<&str>| json!({"store_id": id, "name": id, "timezone": "Asia/Tokyo", "currency": "JPY", "chain_id": chain});
    world.shop_of(store("north", Some("green"))).await;
    world.shop_of(store("lone", None)).await;
    open(&world, &cookie, "/console/stores/north").await.is(200);
    open(&world, &cookie, "/console/stores/lone").await.is(403);
    for (asked, code) in [
        (json!({"chain_id": "none"}), "chain_unknown"),
        (json!({"store_id": "none"}), "store_unknown"),
        (
            json!({"store_id": "north", "chain_id": "green"}),
            "invalid_value",
        ),
    ] {
        let refused = world.order(post("/v1/operators", asked)).await.is(422);
        assert_eq!(refused.text("/errors/0/code"), code);
    }
    world.close().await;
}

/// From nothing to a first sale, as somebody does it who knows only the page.
#[tokio::test]
async fn a_store_is_added_joined_and_seen_to_sell() {
    let world = World::open().await;
    let cookie = signed_in(&world, &world.operator).await;
    let home = open(&world, &cookie, "/console").await.is(200);
    assert!(home.body.contains("There is no store yet"), "{}", home.body);
    let add = |id: &str, zone: &str| {
        let fields = [
            ("name", "<b>角の店</b>"),
            ("store_id", id),
            ("timezone", zone),
            ("currency", "JPY"),
            ("chain_id", ""),
        ];
        form("/console/stores", &fields).with("cookie", &cookie)
    };
    let wrong = world.ask(add("corner", "Mars")).await.is(422);
    assert!(wrong.body.contains("such as Asia/Tokyo"), "{}", wrong.body);
    assert!(
        wrong.body.contains("value=\"&lt;b&gt;角の店&lt;/b&gt;\""),
        "{}",
        wrong.body
    );
    let added = world.ask(add("corner", "Asia/Tokyo")).await.is(200);
    assert!(
        added.body.contains("<svg class=\"square\""),
        "{}",
        added.body
    );
    assert!(
        added.body.contains("Waiting for the device"),
        "{}",
        added.body
    );
    assert!(!added.body.contains("<b>"), "{}", added.body);
    // Sent twice, it is the same store.
    let twice = world.ask(add("corner", "Asia/Tokyo")).await.is(303);
    assert_eq!(twice.header("location"), "/console/stores/corner");
    let device = json!({"name": "till 1"});
    let device = world
        .order(post("/v1/stores/corner/devices", device))
        .await
        .is(201);
    let (key, id) = (device.text("/key"), device.text("/device_id"));
    let seen = looked_at(&added.body);
    assert_shows(&world, &cookie, &seen, "Waiting for the first sale").await;
    let silent = open(&world, &cookie, "/console/stores/corner")
        .await
        .is(200);
    assert!(
        silent.body.contains("not since this server's start"),
        "{}",
        silent.body
    );
    let shop = Shop {
        id: "corner".to_owned(),
        key: key.clone(),
        device_id: id,
    };
    let sale = shop.sale("1", 300);
    world
        .ask(post("/v1/settlements", sale).by(&key))
        .await
        .is(201);
    assert_shows(&world, &cookie, &seen, "The first sale has arrived").await;
    // A second machine's page waits for that machine; of a first sale it has nothing to say.
    let pair = form("/console/stores/corner/pair", &[("name", "till 2")]);
    let paired = world.ask(pair.with("cookie", &cookie)).await.is(200);
    let seen = looked_at(&paired.body);
    assert_shows(&world, &cookie, &seen, "Waiting for the device").await;
    let device = post("/v1/stores/corner/devices", json!({"name": "till 2"}));
    world.order(device).await.is(201);
    assert_shows(&world, &cookie, &seen, "The device has joined. Its sales").await;
    let page = open(&world, &cookie, "/console/stores/corner")
        .await
        .is(200);
    assert!(page.body.contains("10 April 2026 12:00"), "{}", page.body);
    let days = open(&world, &cookie, "/console/stores/corner/days").await;
    assert!(days.body.contains("¥300"), "{}", days.body);
    world.close().await;
}

/// The address that a page with a new code looks at again.
fn looked_at(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"seen\" data-from=\"").unwrap();
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

async fn assert_shows(world: &World, cookie: &str, path: &str, text: &str) {
    let shown = open(world, cookie, path).await.is(200);
    assert!(shown.body.contains(text), "{}", shown.body);
}

/// Sells, changes and names under hostile names, and looks at every page.
#[tokio::test]
async fn what_waits_and_what_disagrees_is_shown_and_is_text() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person("ann").await;
    let cookie = signed_in(&world, &world.operator).await;
    let sell = async |sale: Value, status: u16| {
        world
            .ask(post("/v1/settlements", sale).by(&shop.key))
            .await
            .is(status)
    };
    let sale = shop
        .sale_to(&ann.id, "1", 300)
        .and("/purchased_at", json!(NOON));
    sell(sale.clone(), 201).await;
    let other = sale
        .clone()
        .and("/lines/0/name", json!("<script>alert(1)</script>"))
        .and("/lines/0/amount", json!(310))
        .and("/lines/0/unit_price", json!(310))
        .and("/total", json!(310));
    sell(other, 409).await;
    let conflicts = open(&world, &cookie, "/console/stores/tokyo/conflicts")
        .await
        .is(200);
    for shown in ["¥300", "¥310", "&lt;script&gt;", "class=\"differs\""] {
        assert!(
            conflicts.body.contains(shown),
            "{shown}: {}",
            conflicts.body
        );
    }
    let pending = open(&world, &cookie, "/console/stores/tokyo/pending")
        .await
        .is(200);
    assert!(pending.body.contains(">milk</bdi>"), "{}", pending.body);
    let find = async |number: &str| {
        let fields = [("store_id", "tokyo"), ("date", TODAY), ("number", number)];
        let sought = form("/console/receipts", &fields).with("cookie", &cookie);
        world.ask(sought).await.is(200)
    };
    // A Japanese keyboard types the digit wide.
    let (found, wide) = (find("1").await, find("１").await);
    for page in [&found, &wide] {
        assert!(page.body.contains("¥300"), "{}", page.body);
    }
    for page in [&conflicts, &found] {
        assert!(!page.body.contains(&ann.id), "{}", page.body);
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
    }
    let nothing = find("2").await;
    assert!(nothing.body.contains("There is no receipt of this number"));
    world.close().await;
}

#[tokio::test]
async fn what_operators_do_is_in_the_log() {
    let world = World::open().await;
    let cookie = signed_in(&world, &world.operator).await;
    let shop = world.shop("tokyo").await;
    let fields = [
        ("store_id", shop.id.as_str()),
        ("date", TODAY),
        ("number", "77"),
    ];
    world
        .ask(form("/console/receipts", &fields).with("cookie", &cookie))
        .await
        .is(200);
    let made = world
        .ask(
            form(
                "/console/keys",
                &[("label", "Kim"), ("store_id", ""), ("chain_id", "")],
            )
            .with("cookie", &cookie),
        )
        .await
        .is(200);
    assert!(made.body.contains("oro_"), "{}", made.body);
    for act in ["look", "add", "add"] {
        let fields = [("reference", "h-1"), ("act", act)];
        world
            .ask(form("/console/people", &fields).with("cookie", &cookie))
            .await
            .is(200);
    }
    let log = open(&world, &cookie, "/console/audit").await.is(200);
    for (act, times) in [
        ("signed in", 1),
        ("added a store", 1),
        ("added a device", 1),
        ("looked up a receipt by number", 1),
        ("made an operator's key", 1),
        ("looked a person up by reference", 1),
        ("added a person", 1),
    ] {
        assert_eq!(log.body.matches(act).count(), times, "{act}: {}", log.body);
    }
    assert!(log.body.contains("2026-04-10 77"), "{}", log.body);
    assert!(log.body.contains("Kim"), "{}", log.body);
    // Neither a secret nor a person's reference stands in it.
    assert!(
        !log.body.contains("oro_") && !log.body.contains("h-1</bdi>"),
        "{}",
        log.body
    );
    let told = world.order(get("/v1/audit")).await.is(200).json();
    let acts: Vec<_> = told["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["act"].as_str().unwrap())
        .collect();
    let expected = [
        "person_added",
        "person_sought",
        "key_added",
        "receipt_sought",
        "device_added",
        "store_added",
        "signed_in",
    ];
    assert_eq!(acts, expected);
    assert_eq!(told["entries"][3]["store_id"], "tokyo");
    assert_eq!(told["next_before"], "2026-03-11T03:00:00.001Z");
    // A key is shown once.
    let keys = open(&world, &cookie, "/console/keys").await.is(200);
    assert!(!keys.body.contains("oro_"), "{}", keys.body);
    world.close().await;
}
