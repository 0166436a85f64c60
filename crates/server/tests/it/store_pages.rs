//! The lists and the poster of a store on the console: a sale with a warning is found wherever it is, a day that
//! disagrees is marked with what the machine said, and the poster leads to the shop's own page.

use crate::call::{form, get, post, put};
use crate::console::{open, signed_in};
use crate::goods::{And, TODAY};
use crate::world::{Shop, World};
use serde_json::{Value, json};

const AHEAD: &str = "2026-04-10T16:00:00+09:00";

/// A sale of a till whose clock is hours ahead, on a day of that till's.
fn warned(shop: &Shop, number: &str, date: &str) -> Value {
    let sale = shop.sale(number, 100).and("/purchased_at", json!(AHEAD));
    sale.and("/business_date", json!(date))
}

async fn file(world: &World, shop: &Shop, sales: &[Value]) {
    let batch = post("/v1/settlements/batch", json!(sales)).by(&shop.key);
    let answer = world.ask(batch).await.is(200);
    let recorded = answer.body.matches("\"outcome\":\"recorded\"").count();
    assert_eq!(recorded, sales.len(), "{}", answer.body);
}

/// The numbers of the sales in a table of warnings, in its order.
fn numbers(page: &str) -> Vec<&str> {
    let rows = page
        .split("<tr>")
        .filter(|row| row.contains("<td class=\"mark\">"));
    rows.map(|row| {
        let cell = row.split("<bdi>").nth(2).unwrap();
        cell.split("</bdi>").next().unwrap()
    })
    .collect()
}

fn next_of(page: &str) -> &str {
    let (_, rest) = page.split_once("rel=\"next\" href=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn a_warning_is_found_however_many_sales_came_since() {
    let world = World::open().await;
    let shop = world.shop("mart").await;
    let desk = signed_in(&world, &world.operator).await;
    let path = "/console/stores/mart/warnings";
    let none = open(&world, &desk, path).await.is(200).body;
    assert!(
        none.contains("No sale of this time has a warning"),
        "{none}"
    );
    let plain = (0..700).map(|number| shop.sale(&format!("p-{number:03}"), 100));
    file(&world, &shop, &plain.collect::<Vec<_>>()).await;
    let many = (0..110).map(|number| warned(&shop, &format!("w-{number:03}"), TODAY));
    file(&world, &shop, &many.collect::<Vec<_>>()).await;
    let others = [
        warned(&shop, "last month", "2026-03-15"),
        warned(&shop, "long ago", "2026-02-20"),
    ];
    file(&world, &shop, &others).await;
    world.at("2026-04-10T12:30:00+09:00");
    file(&world, &shop, &[warned(&shop, "newest", TODAY)]).await;
    // Its till is far ahead in its dates as well.
    file(&world, &shop, &[warned(&shop, "next year", "2027-01-01")]).await;
    let first = open(&world, &desk, path).await.is(200).body;
    let shown = numbers(&first);
    assert_eq!(shown.len(), 100);
    assert_eq!(shown[..3], ["next year", "newest", "w-000"]);
    let next = next_of(&first).replace("&amp;", "&");
    assert_eq!(next, format!("{path}?from={TODAY}&skip=99"));
    let second = open(&world, &desk, &next).await.is(200).body;
    let shown = numbers(&second);
    assert_eq!((shown[0], shown.len()), ("w-098", 13));
    assert_eq!(shown[12], "last month");
    let next = next_of(&second).replace("&amp;", "&");
    assert_eq!(next, format!("{path}?from=2026-03-10&skip=0"));
    let third = open(&world, &desk, &next).await.is(200).body;
    assert_eq!(numbers(&third), ["long ago"]);
    // The tile counts a week and what is ahead of it.
    let store = open(&world, &desk, "/console/stores/mart")
        .await
        .is(200)
        .body;
    let tile = "<strong>112</strong><span>sales with warnings in 7 days";
    assert!(store.contains(tile), "{store}");
    let list = get(shop.path("/days/2026-03-15/settlements"));
    let list = world.order(list).await.is(200);
    assert_eq!(list.text("/settlements/0/warnings/0"), "clock");
    world.close().await;
}

#[tokio::test]
async fn a_day_that_disagrees_is_marked_with_what_the_machine_said() {
    let world = World::open().await;
    let shop = world.shop("mart").await;
    let desk = signed_in(&world, &world.operator).await;
    file(&world, &shop, &[shop.sale("1", 100)]).await;
    let digest = "ab".repeat(32);
    let report = |days: Value| {
        let report = json!({"version": "0.0.1", "terminals": ["1"], "queue": {"waiting": 0}, "stuck": [],
            "stuck_count": 0, "days": days});
        put(shop.path("/report"), report).by(&shop.key)
    };
    let days = json!([
        {"business_date": TODAY, "settlements": 4},
        {"business_date": "2026-02-01", "settlements": 2, "digest": digest},
    ]);
    world.ask(report(days)).await.is(200);
    let check = async |rest: &str, expected: &[&str]| {
        let path = format!("/console/stores/mart/days{rest}");
        let page = open(&world, &desk, &path).await.is(200).body;
        for text in expected {
            assert!(page.contains(text), "{text}: {page}");
        }
        page
    };
    let today = "<bdi>till 1</bdi>: 4 on the device, 1 on the server";
    // Of the older day nothing arrived here; it is shown all the same.
    let older = "<bdi>till 1</bdi>: 2 on the device, 0 on the server";
    let said = "<bdi>till 1</bdi>: <code class=\"small\" title=\"abab";
    check(
        "",
        &["of the marked days", today, older, said, "/days/2026-02-01"],
    )
    .await;
    let page = check(&format!("/{TODAY}"), &[today]).await;
    assert!(!page.contains("2 on the device"), "{page}");
    let healed = json!([{"business_date": TODAY, "settlements": 1}]);
    world.ask(report(healed)).await.is(200);
    let page = check("", &["2026-04-10"]).await;
    assert!(!page.contains("on the device, "), "{page}");
    world.close().await;
}

#[tokio::test]
async fn a_poster_leads_to_the_page_of_its_shop() {
    let world = World::open().await;
    world.shop("mart").await;
    let desk = signed_in(&world, &world.operator).await;
    let base = world.running.app.site.base();
    let link = format!("{base}/at/mart");
    let path = "/console/stores/mart";
    let store = open(&world, &desk, path).await.is(200).body;
    for text in [
        &format!("href=\"{link}\""),
        "<svg class=\"square\"",
        "href=\"/console/stores/mart/poster\"",
    ] {
        assert!(store.contains(text), "{text}: {store}");
    }
    // It speaks to every guest, in whichever language its printer reads.
    for language in ["ja", "en"] {
        let asked = get(format!("{path}/poster")).with("cookie", &desk);
        let page = world
            .ask(asked.with("accept-language", language))
            .await
            .is(200)
            .body;
        let poster = page.split("<article class=\"poster\">").nth(1).unwrap();
        let poster = poster.split("</article>").next().unwrap();
        for text in [
            "<h1><bdi>mart店</bdi></h1>",
            "<svg class=\"square\"",
            "<p lang=\"ja\">読みとると、この店で前に買ったものが見られます。</p>",
            "<p lang=\"en\">Scan this to see what you bought here before.</p>",
            link.as_str(),
        ] {
            assert!(poster.contains(text), "{text}: {poster}");
        }
    }
    // What it leads to is there, also for somebody new.
    let led = world.ask(get("/at/mart")).await.is(303);
    assert_eq!(led.header("location"), "/start?next=%2Fat%2Fmart");
    let begun = world.ask(form("/start", "next=/at/mart")).await.is(303);
    assert_eq!(begun.header("location"), "/at/mart");
    world.close().await;
}
