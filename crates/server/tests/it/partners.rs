//! Partners from outside: an operator adds one, people consent on a page, the partner reads what was given and
//! nothing else, and all of it is over with the next request when it is.

use crate::call::{Answer, delete, form, get, post};
use crate::goods::And;
use crate::world::{NOON, Person, Shop, World};
use serde_json::{Value, json};

mod malice;

/// A partner with its key and the path of its page.
pub(super) struct Partner {
    id: String,
    key: String,
    path: String,
}

pub(super) async fn partner(world: &World, name: &str) -> Partner {
    let asked =
        json!({"name": name, "purpose": "to keep <accounts>", "url": "https://kakeibo.example/"});
    let added = world.order(post("/v1/partners", asked)).await.is(201);
    let url = added.text("/consent_url");
    let path = url.strip_prefix(world.running.app.site.base());
    Partner {
        id: added.text("/partner_id"),
        key: added.text("/key"),
        path: path.expect("a page of this server").to_owned(),
    }
}

async fn page(world: &World, person: &Person, path: &str) -> Answer {
    world.ask(get(path).with("cookie", &person.cookie)).await
}

async fn press(world: &World, person: &Person, path: &str, fields: &str) -> Answer {
    let ask = form(path, fields).with("cookie", &person.cookie);
    world.ask(ask).await
}

pub(super) async fn give(
    world: &World,
    person: &Person,
    partner: &Partner,
    reach: &str,
    until: &str,
) {
    let fields = format!("reach={reach}&until={until}");
    let given = press(world, person, &partner.path, &fields).await.is(303);
    assert_eq!(given.header("location"), partner.path);
}

async fn revoke(world: &World, person: &Person, partner: &Partner) {
    let fields = format!("partner={}", partner.id);
    let revoked = press(world, person, "/account/consents/revoke", &fields).await;
    assert_eq!(revoked.is(303).header("location"), "/account#consents");
}

/// Those who give a partner something, by its names for them.
pub(super) async fn people(world: &World, partner: &Partner) -> Vec<String> {
    let ask = get("/v1/partners/me/people").by(&partner.key);
    let page = world.ask(ask).await.is(200).json();
    assert_eq!(page["next_cursor"], Value::Null);
    let people = page["people"].as_array().unwrap().iter();
    people
        .map(|it| it["person"].as_str().unwrap().to_owned())
        .collect()
}

pub(super) async fn read(world: &World, partner: &Partner, person: &str, query: &str) -> Answer {
    let path = format!("/v1/partners/me/people/{person}/purchases{query}");
    world.ask(get(path).by(&partner.key)).await
}

/// The totals that are read, newest first.
async fn totals(world: &World, partner: &Partner, person: &str) -> Vec<i64> {
    let page = read(world, partner, person, "").await.is(200).json();
    let all = page["purchases"].as_array().unwrap().iter();
    all.map(|it| it["total"].as_i64().unwrap()).collect()
}

async fn sell(world: &World, shop: &Shop, message: Value) -> String {
    let filed = world.ask(post("/v1/settlements", message).by(&shop.key));
    filed.await.is(201).text("/purchase_id")
}

/// How often the account says that the partner read.
async fn told(world: &World, person: &Person, name: &str) -> usize {
    let account = page(world, person, "/account").await.is(200).body;
    let entry = format!("<strong><bdi>{name}</bdi></strong> · received purchases");
    account.matches(&entry).count()
}

#[tokio::test]
async fn operators_add_list_and_remove_partners() {
    let world = World::open().await;
    let kakeibo = partner(&world, "Kakeibo").await;
    let listed = world.order(get("/v1/partners")).await.is(200);
    assert!(!listed.body.contains("orp_"), "{}", listed.body);
    let all = listed.json();
    let known = &all["partners"][0];
    for (name, expected) in [
        ("partner_id", kakeibo.id.as_str()),
        ("name", "Kakeibo"),
        ("purpose", "to keep <accounts>"),
        ("url", "https://kakeibo.example/"),
    ] {
        assert_eq!(known[name], expected, "{name}");
    }
    let path = format!("/v1/partners/{}", kakeibo.id);
    world.order(delete(&path)).await.is(204);
    world.order(delete(&path)).await.is(404);
    world
        .ask(get("/v1/partners/me/people").by(&kakeibo.key))
        .await
        .is(401);
    let log = world.order(get("/v1/audit")).await.is(200).json();
    let acts: Vec<_> = log["entries"].as_array().unwrap().iter().collect();
    let acts: Vec<_> = acts.iter().map(|it| it["act"].as_str().unwrap()).collect();
    assert_eq!(acts[..2], ["partner_removed", "partner_added"]);
    world.close().await;
}

#[tokio::test]
async fn a_consent_is_read_before_it_is_given_and_over_when_it_is_taken_back() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let kakeibo = partner(&world, "Kakeibo <b>").await;
    sell(&world, &shop, shop.sale_to(&ann.id, "1", 100)).await;

    // Whoever is not signed in is sent back afterwards, and looking changes nothing.
    let looked = world.ask(get(&kakeibo.path)).await.is(200);
    for text in [
        "Kakeibo &lt;b&gt;",
        "to keep &lt;accounts&gt;",
        "rel=\"noopener noreferrer nofollow\"",
        &format!("/sign-in?next={}", kakeibo.path),
    ] {
        assert!(looked.body.contains(text), "{text}: {}", looked.body);
    }
    let sign_in = world.ask(get(format!("/sign-in?next={}", kakeibo.path)));
    let hidden = format!("name=\"next\" value=\"{}\"", kakeibo.path);
    assert_eq!(sign_in.await.is(200).body.matches(&hidden).count(), 2);
    let offered = page(&world, &ann, &kakeibo.path).await.is(200);
    assert!(offered.body.contains("Agree and share"), "{}", offered.body);
    assert_eq!(people(&world, &kakeibo).await, Vec::<String>::new());

    // Pressed twice, it is given once, from the first time on.
    world.at("2026-04-10T12:05:00+09:00");
    for _ in 0..2 {
        give(&world, &ann, &kakeibo, "now", "year").await;
    }
    let shown = page(&world, &ann, &kakeibo.path).await.is(200);
    assert!(shown.body.contains("You are sharing"), "{}", shown.body);
    let [name] = &people(&world, &kakeibo).await[..] else {
        panic!("one person")
    };
    assert!(name.starts_with("ppl_"));
    assert_eq!(
        told(&world, &ann, "Kakeibo &lt;b&gt;").await,
        0,
        "a list is no purchase"
    );
    assert_eq!(
        totals(&world, &kakeibo, name).await,
        [0_i64; 0],
        "bought before"
    );
    let later = "2026-04-10T12:10:00+09:00";
    world.at("2026-04-10T12:11:00+09:00");
    let sale = shop.sale_to(&ann.id, "2", 200);
    sell(&world, &shop, sale.and("/purchased_at", json!(later))).await;
    assert_eq!(totals(&world, &kakeibo, name).await, [200]);
    assert_eq!(
        told(&world, &ann, "Kakeibo &lt;b&gt;").await,
        1,
        "once an hour"
    );
    let account = page(&world, &ann, "/account").await.is(200).body;
    for text in ["until 10 April 2027", "last read on 10 April 2026"] {
        assert!(account.contains(text), "{text}: {account}");
    }

    give(&world, &ann, &kakeibo, "everything", "month").await;
    assert_eq!(totals(&world, &kakeibo, name).await, [200, 100]);
    for _ in 0..2 {
        revoke(&world, &ann, &kakeibo).await;
    }
    read(&world, &kakeibo, name, "").await.is(404);
    assert_eq!(people(&world, &kakeibo).await, Vec::<String>::new());
    let account = page(&world, &ann, "/account").await.is(200).body;
    assert!(account.contains("Nothing is handed over unless you agree"));
    assert_eq!(
        told(&world, &ann, "Kakeibo &lt;b&gt;").await,
        1,
        "the log stays"
    );
    world.close().await;
}

#[tokio::test]
async fn a_partner_reads_purchases_without_what_is_the_persons_alone() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let kakeibo = partner(&world, "Kakeibo").await;
    give(&world, &ann, &kakeibo, "everything", "year").await;
    let plain = shop
        .sale_to(&ann.id, "1", 100)
        .and("/notes", json!(["<a note>"]))
        .and("/staff", json!("<Kim>"))
        .and("/extra", json!({"secret": "<extra>"}))
        .and(
            "/tenders",
            json!([{"kind": "card", "amount": 100, "card": {"brand": "VISA", "last4": "4242"}}]),
        );
    sell(&world, &shop, plain).await;
    let private = shop
        .sale_to(&ann.id, "2", 300)
        .and("/lines/0/code", json!("pill"))
        .and("/lines/0/name", json!("<pill>"))
        .and("/lines/0/sensitive", json!(true));
    let private = sell(&world, &shop, private).await;
    // A return says of itself nothing private, and is of something that is.
    let back = shop
        .sale_to(&ann.id, "3", 300)
        .and("/kind", json!("return"))
        .and("/lines/0/code", json!("pill"))
        .and("/lines/0/name", json!("<pill>"))
        .and(
            "/of",
            shop.key_of("2")
                .and("/lines", json!([{"line": 1, "quantity": "1"}])),
        );
    sell(&world, &shop, back).await;
    let [name] = &people(&world, &kakeibo).await[..] else {
        panic!("one person")
    };
    let answer = read(&world, &kakeibo, name, "").await.is(200);
    let own = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200);
    for text in ["<a note>", "<Kim>", "<extra>", "4242", "<pill>"] {
        assert!(own.body.contains(text), "the person reads {text}");
        assert!(!answer.body.contains(text), "{text}: {}", answer.body);
    }
    let page = answer.json();
    let all = page["purchases"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    let outline: Vec<_> = all
        .iter()
        .filter(|it| it["private"] == true)
        .map(|it| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>())
        .collect();
    let mut keys = [
        "purchase_id",
        "private",
        "store",
        "purchased_at",
        "currency",
        "total",
    ];
    keys.sort_unstable();
    let mut found = outline.concat();
    found.sort_unstable();
    found.dedup();
    assert_eq!(
        (outline.len(), found),
        (2, keys.map(str::to_owned).to_vec())
    );
    let whole = all.iter().find(|it| it["private"] != true).unwrap();
    assert_eq!(whole["lines"][0]["code"], "milk");
    assert_eq!(whole["tenders"], json!([{"kind": "card", "amount": 100}]));
    // What the person marks as plain is given whole, with what came back of it.
    let path = format!("/book/{private}/private");
    press(&world, &ann, &path, "choice=plain+always+1")
        .await
        .is(303);
    let path = format!("/book/{private}/private");
    press(&world, &ann, &path, "choice=plain+here+1")
        .await
        .is(303);
    let answer = read(&world, &kakeibo, name, "").await.is(200);
    assert!(answer.body.contains("<pill>"), "{}", answer.body);
    world.close().await;
}

#[tokio::test]
async fn pages_of_purchases_go_on_and_stop_where_nothing_is_given() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let kakeibo = partner(&world, "Kakeibo").await;
    for number in 1..=3 {
        sell(
            &world,
            &shop,
            shop.sale_to(&ann.id, &number.to_string(), number),
        )
        .await;
    }
    world.at("2026-04-10T12:10:00+09:00");
    give(&world, &ann, &kakeibo, "now", "year").await;
    for number in 4..=6 {
        let sale = shop.sale_to(&ann.id, &number.to_string(), number);
        let at = format!("2026-04-10T12:1{number}:00+09:00");
        sell(&world, &shop, sale.and("/purchased_at", json!(at))).await;
    }
    let [name] = &people(&world, &kakeibo).await[..] else {
        panic!("one person")
    };
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let query = format!("?limit=2&cursor={cursor}");
        let page = read(&world, &kakeibo, name, &query).await.is(200).json();
        let all = page["purchases"].as_array().unwrap().iter();
        found.extend(all.map(|it| it["total"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, [6, 5, 4]);
    let of_day = read(&world, &kakeibo, name, "?from=2026-04-10&to=2026-04-10").await;
    assert_eq!(
        of_day.is(200).json()["purchases"].as_array().unwrap().len(),
        3
    );
    let before = format!("?to={NOON}").replace('+', "%2B");
    let before = read(&world, &kakeibo, name, &before).await.is(200).json();
    assert_eq!(before["purchases"], json!([]));
    world.close().await;
}
