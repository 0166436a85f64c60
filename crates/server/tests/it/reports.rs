//! What devices tell of themselves, and names that stores are asked for: by the interface and on the console.

use crate::call::{delete, form, get, post, put};
use crate::goods::{And, TODAY, named};
use crate::signed::Machine;
use crate::world::{NOON, Shop, World};
use serde_json::{Value, json};

/// A report of a machine on which nothing is wrong.
fn well() -> Value {
    json!({"version": "0.0.1", "terminals": ["1"], "queue": {"waiting": 0}, "stuck": [],
        "stuck_count": 0, "days": []})
}

/// A report of a machine on which everything is.
pub(crate) fn unwell(shop: &Shop) -> Value {
    let stuck = json!([{"key": shop.key_of("<b>31</b>"), "code": "line_sum",
        "detail": "/lines/0: <i>2 × 50</i> is 100"}]);
    well()
        .and(
            "/queue",
            json!({"waiting": 12, "oldest_at": "2026-04-10T11:58:00+09:00"}),
        )
        .and("/stuck", stuck)
        .and("/stuck_count", json!(3))
        .and("/days", json!([{"business_date": TODAY, "settlements": 4}]))
        .and("/disk_free_bytes", json!(70_000_000))
        .and("/clock_offset_ms", json!(240_000))
}

async fn console(world: &World) -> String {
    let field = format!("key={}", world.operator);
    let entered = world.ask(form("/console/sign-in", &field)).await.is(303);
    crate::call::cookie_of(&entered)
}

async fn page(world: &World, cookie: &str, path: &str) -> String {
    let asked = get(path).with("cookie", cookie);
    world.ask(asked).await.is(200).body
}

#[tokio::test]
async fn a_report_is_taken_or_refused_whole() {
    let world = World::open().await;
    let (shop, other) = (world.shop("tokyo").await, world.shop("osaka").await);
    let path = shop.path("/report");
    let answer = world.ask(put(&path, well()).by(&shop.key)).await;
    insta::assert_snapshot!(world.show(&answer), @r#"
    200 application/json
    {"wishes":[],"next_report_s":300}
    "#);
    world.ask(put(&path, well()).by(&other.key)).await.is(403);
    world
        .ask(put(&path, well()).by(&world.operator))
        .await
        .is(403);
    let typo = well().and("/battery", json!(9));
    let refused = world.ask(put(&path, typo).by(&shop.key)).await.is(422);
    assert_eq!(refused.text("/errors/0/code"), "unknown_field");
    let large = well().and("/version", json!("v".repeat(70_000)));
    world.ask(put(&path, large).by(&shop.key)).await.is(413);
    let strange = unwell(&shop).and("/stuck/0/key/store_id", json!("osaka"));
    let refused = world.ask(put(&path, strange).by(&shop.key)).await.is(403);
    assert_eq!(refused.text("/errors/0/pointer"), "/stuck/0/key/store_id");
    world.close().await;
}

#[tokio::test]
async fn a_machine_that_reports_all_the_time_is_put_off_and_its_sales_are_not() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let report = || put(shop.path("/report"), well()).by(&shop.key);
    for _ in 0..5 {
        world.ask(report()).await.is(200);
    }
    let late = world.ask(report()).await.is(429);
    assert_eq!(
        (late.text("/code").as_str(), late.header("retry-after")),
        ("rate_limited", "30")
    );
    let sale = post("/v1/settlements", shop.sale("1", 100)).by(&shop.key);
    world.ask(sale).await.is(201);
    world.at("2026-04-10T12:00:30+09:00");
    world.ask(report()).await.is(200);
    world.close().await;
}

/// Machines that sign, those of a chain, and those whose key is gone.
#[tokio::test]
async fn every_machine_of_a_store_reports_and_a_revoked_one_is_forgotten() {
    let world = World::open().await;
    let store = json!({"store_id": "north", "name": "north", "timezone": "Asia/Tokyo",
        "currency": "JPY", "chain_id": "green"});
    let shop = world.shop_of(store).await;
    let made = post("/v1/chains/green/devices", json!({"name": "head office"}));
    let of_chain = world.order(made).await.is(201).text("/key");
    let mut signs = Machine::new("north", 7);
    let asked = json!({"name": "signs", "public_key": signs.public_key()});
    let made = world
        .order(post(shop.path("/devices"), asked))
        .await
        .is(201);
    signs.device_id = made.text("/device_id");
    let report = put(shop.path("/report"), unwell(&shop));
    world.ask(signs.sign(report, NOON)).await.is(200);
    world
        .ask(put(shop.path("/report"), well()).by(&of_chain))
        .await
        .is(200);
    let cookie = console(&world).await;
    let shown = page(&world, &cookie, "/console/stores/north").await;
    assert!(
        shown.contains("head office") && shown.contains("signs"),
        "{shown}"
    );
    assert!(shown.contains("3 sales are stuck"), "{shown}");
    let revoke = delete(shop.path(&format!("/devices/{}", signs.device_id)));
    world.order(revoke).await.is(204);
    let shown = page(&world, &cookie, "/console/stores/north").await;
    assert!(!shown.contains("sales are stuck"), "{shown}");
    world.close().await;
}

#[tokio::test]
async fn what_is_wrong_on_a_machine_is_shown_and_is_text() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let cookie = console(&world).await;
    let path = "/console/stores/tokyo";
    let shown = page(&world, &cookie, path).await;
    assert!(shown.contains("not yet"), "it never reported: {shown}");
    world
        .ask(put(shop.path("/report"), unwell(&shop)).by(&shop.key))
        .await
        .is(200);
    let shown = page(&world, &cookie, path).await;
    for expected in [
        "&lt;b&gt;31&lt;/b&gt;",
        "&lt;i&gt;2 × 50&lt;/i&gt; is 100",
        "<code>line_sum</code>",
        "Correct it or send it again",
        "There are 2 more",
        "4 on the device, 0 on the server",
        "/console/stores/tokyo/days/2026-04-10",
        "Only 70 MB are free",
        "4 minutes behind",
        "the oldest since",
        "id=\"machines\"",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert!(!shown.contains("It is silent"), "{shown}");
    let overview = page(&world, &cookie, "/console").await;
    for (number, of) in [
        (0, "devices silent"),
        (3, "sales stuck"),
        (1, "day that disagrees"),
    ] {
        let tile = format!("<strong>{number}</strong><span>{of}");
        assert!(overview.contains(&tile), "{tile}: {overview}");
    }
    // An hour later nothing was heard of it, and sales waited.
    world.at("2026-04-10T13:00:00+09:00");
    let shown = page(&world, &cookie, path).await;
    assert!(
        shown.contains("It is silent, and 12 sales waited"),
        "{shown}"
    );
    let overview = page(&world, &cookie, "/console").await;
    assert!(
        overview.contains("<strong>1</strong><span>device silent"),
        "{overview}"
    );
    // It comes again, and all is well.
    let healed = well().and("/days", json!([{"business_date": TODAY, "settlements": 0}]));
    world
        .ask(put(shop.path("/report"), healed).by(&shop.key))
        .await
        .is(200);
    let shown = page(&world, &cookie, path).await;
    assert!(shown.contains("The devices are well"), "{shown}");
    // What was told outlasts the server's next start.
    let world = world.again().await;
    let shown = page(&world, &cookie, path).await;
    assert!(shown.contains("The devices are well"), "{shown}");
    world.close().await;
}

#[tokio::test]
async fn a_name_is_asked_for_until_the_code_has_it() {
    let world = World::open().await;
    let (shop, other) = (world.shop("tokyo").await, world.shop("osaka").await);
    let wish = shop.path("/pending/milk/wish");
    world.order(post(&wish, "")).await.is(404);
    let sale = post("/v1/settlements", shop.sale("1", 100)).by(&shop.key);
    world.ask(sale).await.is(201);
    let asked = world.order(post(&wish, "")).await;
    insta::assert_snapshot!(world.show(&asked), @r#"
    201 application/json
    {"code":"milk","asked_at":"2026-04-10T12:00:00+09:00","lines":1}
    "#);
    world.order(post(&wish, "")).await.is(200);
    world.ask(post(&wish, "").by(&shop.key)).await.is(403);
    let heard = async |shop: &Shop| {
        let answer = world
            .ask(put(shop.path("/report"), well()).by(&shop.key))
            .await
            .is(200);
        answer.json()["wishes"].clone()
    };
    let milk = json!([{"code": "milk", "asked_at": NOON, "lines": 1}]);
    assert_eq!(heard(&shop).await, milk);
    assert_eq!(heard(&other).await, json!([]));
    world.order(delete(&wish)).await.is(204);
    world.order(delete(&wish)).await.is(404);
    assert_eq!(heard(&shop).await, json!([]));
    world.order(post(&wish, "")).await.is(201);
    let update = named(0, 1, "milk", "牛乳", "2026-04-01T00:00:00+09:00");
    world
        .ask(put(shop.path("/catalogue"), update).by(&shop.key))
        .await
        .is(200);
    assert_eq!(heard(&shop).await, json!([]));
    world.order(delete(&wish)).await.is(404);
    let log = world.order(get("/v1/audit")).await.is(200).json();
    let entries = log["entries"].as_array().unwrap();
    let acts: Vec<_> = entries.iter().filter_map(|it| it["act"].as_str()).collect();
    assert_eq!(acts[..3], ["name_wished", "wish_taken_back", "name_wished"]);
    world.close().await;
}

/// A branch that follows a catalogue cannot name anything: who writes the catalogue hears of it.
#[tokio::test]
async fn head_office_hears_what_its_branches_are_asked_for() {
    let world = World::open().await;
    let store = |id: &str, of: Option<&str>| {
        json!({"store_id": id, "name": id,
        "timezone": "Asia/Tokyo", "currency": "JPY", "chain_id": "green", "catalogue_of": of})
    };
    let head = world.shop_of(store("head", None)).await;
    let branch = world.shop_of(store("branch", Some("head"))).await;
    for shop in [&head, &branch] {
        let sale = post("/v1/settlements", shop.sale("1", 100)).by(&shop.key);
        world.ask(sale).await.is(201);
        world
            .order(post(shop.path("/pending/milk/wish"), ""))
            .await
            .is(201);
    }
    let answer = world
        .ask(put(head.path("/report"), well()).by(&head.key))
        .await
        .is(200);
    let milk = json!([{"code": "milk", "asked_at": NOON, "lines": 2}]);
    assert_eq!(answer.json()["wishes"], milk);
    world.close().await;
}

#[tokio::test]
async fn a_clerk_asks_with_one_click_and_takes_it_back() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let sale = post("/v1/settlements", shop.sale("1", 100)).by(&shop.key);
    world.ask(sale).await.is(201);
    let cookie = console(&world).await;
    let path = "/console/stores/tokyo/pending";
    let shown = page(&world, &cookie, path).await;
    assert!(shown.contains("Ask the store for this name"), "{shown}");
    assert!(
        shown.contains("/v1/stores/tokyo/pending/milk/wish"),
        "{shown}"
    );
    let press = async |deed: &str| {
        let fields = format!("code=milk&deed={deed}");
        let asked = form("/console/stores/tokyo/wish", &fields).with("cookie", &cookie);
        world.ask(asked).await
    };
    press("ask").await.is(303);
    let shown = page(&world, &cookie, path).await;
    assert!(
        shown.contains("the store was asked (") && shown.contains("Take back"),
        "{shown}"
    );
    press("take_back").await.is(303);
    press("take_back").await.is(404);
    press("nonsense").await.is(422);
    let shown = page(&world, &cookie, path).await;
    assert!(shown.contains("Ask the store for this name"), "{shown}");
    world.close().await;
}
