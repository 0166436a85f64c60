//! Machines come by a pairing code: once, in time, and not by trying. What they learn about their
//! store then.

use crate::call::{Answer, get, post};
use crate::goods::And;
use crate::signed::Machine;
use crate::world::{NOON, World};
use serde_json::{Value, json};
use server::Config;

impl World {
    /// A pairing code for the store, as the operator reads it.
    pub(crate) async fn pairing(&self, store: &str) -> String {
        let path = format!("/v1/stores/{store}/pairings");
        let answer = self.order(post(path, json!({"name": "till room"}))).await;
        answer.is(201).text("/code")
    }

    pub(crate) async fn join(&self, code: &str, machine: &Machine) -> Answer {
        let message = json!({"code": code, "public_key": machine.public_key()});
        self.ask(post("/v1/join", message)).await
    }

    /// A machine that has joined the store.
    pub(crate) async fn joined(&self, store: &str) -> Machine {
        let code = self.pairing(store).await;
        let mut machine = Machine::new(store, 1);
        let answer = self.join(&code, &machine).await.is(201);
        machine.device_id = answer.text("/device_id");
        machine
    }
}

#[tokio::test]
async fn a_machine_joins_by_a_code() {
    let world = World::open().await;
    world.shop("mart").await;
    let path = "/v1/stores/mart/pairings";
    let answer = world.order(post(path, json!({"name": "till room"}))).await;
    let code = answer.text("/code");
    insta::assert_snapshot!(world.show(&answer).replace(&code, "…"), @r#"
    201 application/json
    {"code":"…","expires_at":"2026-04-10T12:15:00+09:00"}
    "#);
    let shape: String = code
        .chars()
        .map(|c| if c == '-' { '-' } else { 'x' })
        .collect();
    assert_eq!(shape, "xxxx-xxxx-xxxx");
    let machine = Machine::new("mart", 1);
    let answer = world
        .join(&code.to_lowercase().replace('-', ""), &machine)
        .await;
    insta::assert_snapshot!(world.show(&answer), @r#"
    201 application/json
    {
      "device_id": "dev_1",
      "store": {"store_id":"mart","name":"mart店","timezone":"Asia/Tokyo","currency":"JPY"},
      "catalogue": {
        "revision": 0,
        "lineage": null,
        "items": 0,
        "digest": "0000000000000000000000000000000000000000000000000000000000000000"
      },
      "server_time": "2026-04-10T03:00:00Z"
    }
    "#);
    // The operator's name for it, unless it brings one.
    let named = json!({"code": world.pairing("mart").await, "name": "レジ2",
        "public_key": Machine::new("mart", 2).public_key()});
    world.ask(post("/v1/join", named)).await.is(201);
    let devices = world.order(get("/v1/stores/mart/devices")).await.is(200);
    let devices = devices.json();
    let devices = devices["devices"].as_array().unwrap().iter();
    let mut names: Vec<_> = devices.map(|device| device["name"].clone()).collect();
    names.sort_by_key(Value::to_string);
    assert_eq!(names, ["till 1", "till room", "レジ2"]);
    world
        .order(post("/v1/stores/none/pairings", json!({"name": "a"})))
        .await
        .is(404);
    world.close().await;
}

#[tokio::test]
async fn a_code_is_good_once_and_for_a_quarter_of_an_hour() {
    let world = World::open().await;
    world.shop("mart").await;
    let machine = Machine::new("mart", 1);
    let used = world.pairing("mart").await;
    let (late, last) = (world.pairing("mart").await, world.pairing("mart").await);
    world.join(&used, &machine).await.is(201);
    let again = world.join(&used, &Machine::new("mart", 2)).await;
    insta::assert_snapshot!(world.show(&again), @r#"
    404 application/problem+json
    {
      "type": "/problems/not_found",
      "title": "Not found",
      "status": 404,
      "detail": "this pairing code is not known here: it was mistyped, or another machine used it",
      "code": "not_found",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    world.at("2026-04-10T12:14:59.999+09:00");
    let first = world.join(&last, &machine).await.is(201);
    // An answer was lost: the same machine comes again and is told the same.
    let again = world.join(&last, &machine).await.is(201);
    assert_eq!(again.text("/device_id"), first.text("/device_id"));
    world.at("2026-04-10T12:15:00+09:00");
    let answer = world.join(&late, &machine).await.is(404);
    insta::assert_snapshot!(answer.text("/detail"), @"this pairing code came too late; the operator makes a new one");
    world.at(NOON);
    world.join(&late, &machine).await.is(404);
    let mut refused = String::new();
    for (code, key) in [("", "00"), ("7K3M-9QXT-0VD", ""), ("7K3M-9QXT-0VDU", "zz")] {
        let message = json!({"code": code, "public_key": key});
        let answer = world.ask(post("/v1/join", message)).await.is(422);
        refused += &format!("{code:?} {}\n", answer.text("/errors/0/detail"));
    }
    insta::assert_snapshot!(refused, @r#"
    "" must be the 12 letters and digits of a pairing code
    "7K3M-9QXT-0VD" must be the 12 letters and digits of a pairing code
    "7K3M-9QXT-0VDU" must be the 12 letters and digits of a pairing code
    "#);
    world.close().await;
}

#[tokio::test]
async fn codes_are_not_found_by_trying() {
    let world = World::open().await;
    world.shop("mart").await;
    let machine = Machine::new("mart", 1);
    let right = world.pairing("mart").await;
    for _ in 0..20 {
        world.join("0000-0000-0000", &machine).await.is(404);
        // What is no code at all is no try.
        world.join("0000", &machine).await.is(422);
    }
    world.at("2026-04-10T12:00:20+09:00");
    let answer = world.join(&right, &machine).await;
    assert_eq!(answer.header("retry-after"), "41");
    insta::assert_snapshot!(world.show(&answer), @r#"
    429 application/problem+json
    {
      "type": "/problems/rate_limited",
      "title": "Too many requests",
      "status": 429,
      "detail": "too many wrong pairing codes were tried from your network address this minute; wait and try again",
      "code": "rate_limited",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    world.at("2026-04-10T12:01:00+09:00");
    world.join(&right, &machine).await.is(201);
    // Right codes take nothing away from the tries.
    for _ in 0..30 {
        world.joined("mart").await;
    }
    world.close().await;
}

#[tokio::test]
async fn a_machine_learns_where_people_reach_the_server() {
    let site = |config: &mut Config| config.public_url = Some("https://book.example/".to_owned());
    let world = World::open_with(site).await;
    world.shop("mart").await;
    let machine = Machine::new("mart", 1);
    let joined = world.join(&world.pairing("mart").await, &machine).await;
    assert_eq!(joined.text("/public_url"), "https://book.example");
    let settings = world.order(get("/v1/stores/mart/settings")).await;
    assert_eq!(settings.text("/public_url"), "https://book.example");
    world.close().await;
}

#[tokio::test]
async fn a_machine_learns_its_settings_and_how_far_its_tills_are() {
    let world = World::open().await;
    let (mart, machine) = (world.shop("mart").await, world.joined("mart").await);
    let settings = world
        .ask(machine.sign(get(mart.path("/settings")), NOON))
        .await;
    insta::assert_snapshot!(world.show(&settings), @r#"
    200 application/json
    {
      "store": {"store_id":"mart","name":"mart店","timezone":"Asia/Tokyo","currency":"JPY"},
      "server_time": "2026-04-10T03:00:00Z"
    }
    "#);
    for (terminal, transaction, date) in [
        ("1", "9", "2026-04-09"),
        ("1", "10", "2026-04-09"),
        ("1", "0010", "2026-04-10"),
        ("2", "b-7", "2026-04-08"),
    ] {
        let sale = mart
            .sale(transaction, 1)
            .and("/terminal", json!(terminal))
            .and("/business_date", json!(date));
        let ask = machine.sign(post("/v1/settlements", sale), NOON);
        world.ask(ask).await.is(201);
    }
    let tills = world
        .ask(machine.sign(get(mart.path("/terminals")), NOON))
        .await;
    insta::assert_snapshot!(world.show(&tills), @r#"
    200 application/json
    {
      "terminals": [
        {"terminal":"1","business_date":"2026-04-10","transaction":"0010"},
        {"terminal":"2","business_date":"2026-04-08","transaction":"b-7"}
      ]
    }
    "#);
    for path in ["/settings", "/terminals"] {
        world.order(get(mart.path(path))).await.is(200);
        world.ask(get(mart.path(path)).by(&mart.key)).await.is(200);
        world
            .order(get(format!("/v1/stores/none{path}")))
            .await
            .is(404);
    }
    world.close().await;
}
