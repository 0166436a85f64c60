//! Months, years, items and shops from outside: what was spent, what it cost before, and the person's own words.

use crate::call::{Ask, cookie_of, form, get, post};
use crate::goods::And;
use crate::read::read;
use crate::world::{Person, Shop, World};
use serde_json::{Value, json};

const JAN: &str = "4901234567894";

fn by(ask: Ask, person: &Person) -> Ask {
    ask.with("cookie", &person.cookie)
}

/// A sale of one thing at an instant.
fn sold(shop: &Shop, person: &Person, at: &str, code: &str, total: i64) -> Value {
    shop.sale_to(&person.id, at, total)
        .and("/purchased_at", json!(at))
        .and("/lines/0/code", json!(code))
        .and("/lines/0/name", json!(format!("<b>{code}</b>")))
}

async fn file(world: &World, shop: &Shop, sale: Value) -> String {
    let filed = world.ask(post("/v1/settlements", sale).by(&shop.key)).await;
    filed.is(201).text("/purchase_id")
}

#[tokio::test]
async fn a_month_and_a_year_say_what_was_spent() {
    let world = World::open().await;
    let (corner, mall) = (world.shop("corner").await, world.shop("mall").await);
    let ann = world.person_in_browser("ann").await;
    let month = |path: &str| by(get(path), &ann);
    // Before the first purchase there is the month that it is.
    let led = world.ask(month("/months")).await.is(303);
    assert_eq!(led.header("location"), "/months/2026-04");
    let empty = world.ask(month("/months/2026-04")).await.is(200);
    assert!(empty.body.contains("Nothing bought"), "{}", empty.body);
    file(
        &world,
        &corner,
        sold(&corner, &ann, "2026-02-03T10:00:00+09:00", "tea", 500),
    )
    .await;
    file(
        &world,
        &corner,
        sold(&corner, &ann, "2026-03-03T10:00:00+09:00", "tea", 700),
    )
    .await;
    let coupon = sold(&mall, &ann, "2026-03-31T23:30:00+09:00", "pie", 1_000)
        .and(
            "/adjustments",
            json!([{"kind": "coupon", "label": "leaflet", "amount": -100}]),
        )
        .and("/total", json!(900));
    file(&world, &mall, coupon).await;
    let led = world.ask(month("/months")).await.is(303);
    assert_eq!(led.header("location"), "/months/2026-03");
    let march = world.ask(month("/months/2026-03")).await.is(200);
    assert!(!march.body.contains("<b>"), "{}", march.body);
    assert!(march.body.contains("role=\"img\""), "{}", march.body);
    insta::assert_snapshot!(read(&march.body), @"
    March 2026
    {February 2026} ‹
    # March 2026
    {April 2026} › 2026
    Spent
    ¥1,600
    2 purchases
    The month before: ¥500 (+¥1,100)
    Average month of 2026: ¥1,050
    ## By day
    By day: chart The most was ¥900, Tuesday, 31 March 2026. The table below has the numbers. ¥0 ¥500 ¥1,000 1 Tuesday, 3 March 2026: ¥700 8 15 22 29 Tuesday, 31 March 2026: ¥900
    As a table
    Day | Amount
    Tuesday, 3 March 2026 | ¥700
    Tuesday, 31 March 2026 | ¥900
    Total | ¥1,600
    ## By shop
    Shop | Times | Share | Amount
    mall店 | 1 | 56% | ¥900
    corner店 | 1 | 44% | ¥700
    Total | | | ¥1,600
    ## By category
    Category | Share | Amount
    No category | 106% | ¥1,700
    Coupons | | −¥100
    Total | | ¥1,600
    ## By item
    Item | Times | Share | Amount
    <b>pie</b> | 1 | 63% | ¥1,000
    <b>tea</b> | 1 | 44% | ¥700
    Coupons | | | −¥100
    Total | | | ¥1,600
    Returns are taken off; what was voided does not count.
    Your shops
    ");
    let year = world.ask(month("/years/2026")).await.is(200);
    for part in ["¥2,100", "The year before", "¥1,050", "March 2026"] {
        assert!(
            read(&year.body).contains(part),
            "{part}: {}",
            read(&year.body)
        );
    }
    for path in ["/months/2026-13", "/months/x", "/years/1", "/years/20266"] {
        world.ask(month(path)).await.is(404);
    }
    // Nobody else sees any of it, and whoever is not signed in is led to the ways in.
    let bob = world.person_in_browser("bob").await;
    let other = world.ask(by(get("/months/2026-03"), &bob)).await.is(200);
    assert!(!other.body.contains("tea"), "{}", other.body);
    for path in [
        "/months",
        "/months/2026-03",
        "/years/2026",
        "/shops",
        "/shops/corner",
        "/items/gtin/4901234567894",
    ] {
        world.ask(get(path)).await.is(303);
    }
    world.close().await;
}

#[tokio::test]
async fn currencies_are_shown_one_at_a_time() {
    let world = World::open().await;
    let corner = world.shop("corner").await;
    let store =
        json!({"store_id": "us", "name": "US", "timezone": "America/New_York", "currency": "USD"});
    let us = world.shop_of(store).await;
    let ann = world.person_in_browser("ann").await;
    file(
        &world,
        &corner,
        sold(&corner, &ann, "2026-04-03T10:00:00+09:00", "tea", 500),
    )
    .await;
    let pie =
        sold(&us, &ann, "2026-04-03T10:00:00-04:00", "pie", 250).and("/currency", json!("USD"));
    file(&world, &us, pie).await;
    for (path, there, absent) in [
        ("/months/2026-04", "¥500", "$2.50"),
        ("/months/2026-04?currency=USD", "$2.50", "¥500"),
        ("/years/2026?currency=USD", "$2.50", "¥500"),
        ("/months/2026-04?currency=nonsense", "¥500", "$2.50"),
    ] {
        let page = world.ask(by(get(path), &ann)).await.is(200);
        let text = read(&page.body);
        assert!(
            text.contains(there) && !text.contains(absent),
            "{path}: {text}"
        );
    }
    world.close().await;
}

#[tokio::test]
async fn an_item_has_one_history_over_all_shops_and_a_name_of_ones_own() {
    let world = World::open().await;
    let (corner, mall) = (world.shop("corner").await, world.shop("mall").await);
    let ann = world.person_in_browser("ann").await;
    let first = sold(&corner, &ann, "2026-03-01T10:00:00+09:00", JAN, 198);
    let receipt = file(&world, &corner, first).await;
    let weighed =
        sold(&mall, &ann, "2026-03-09T10:00:00+09:00", "own", 258).and("/lines/0/gtin", json!(JAN));
    file(&world, &mall, weighed).await;
    let path = format!("/items/gtin/{JAN}");
    let receipt = world
        .ask(by(get(format!("/book/{receipt}")), &ann))
        .await
        .is(200);
    assert!(
        receipt.body.contains(&format!("href=\"{path}\"")),
        "{}",
        receipt.body
    );
    for asked in [path.clone(), format!("/items?code={JAN}&store=corner")] {
        let page = world.ask(by(get(asked), &ann)).await.is(200);
        let text = read(&page.body);
        for part in [
            "¥198",
            "¥258",
            "corner店",
            "mall店",
            "twice",
            "1 March 2026",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!page.body.contains("<b>"), "{}", page.body);
    }
    // A name of one's own stands beside that of the receipt, and is found.
    let named = world
        .ask(by(form(&path, "own=%E7%89%9B%E4%B9%B3+%3Ci%3E"), &ann))
        .await
        .is(303);
    assert_eq!(named.header("location"), path);
    for asked in [path.as_str(), "/shops/corner", "/months/2026-03"] {
        let page = world.ask(by(get(asked), &ann)).await.is(200);
        assert!(
            page.body.contains("牛乳 &lt;i&gt;"),
            "{asked}: {}",
            page.body
        );
        assert!(page.body.contains("&lt;b&gt;"), "{asked}: {}", page.body);
    }
    let found = |query: &str| by(get(format!("/book?q={query}")), &ann);
    let book = world.ask(found("%E7%89%9B%E4%B9%B3")).await.is(200);
    assert_eq!(
        book.body.matches("<li class=\"entry").count(),
        2,
        "{}",
        book.body
    );
    let api = get("/v1/me/purchases?q=%E7%89%9B%E4%B9%B3").by(&ann.key);
    let api = world.ask(api).await.is(200).json();
    assert_eq!(api["purchases"].as_array().map(Vec::len), Some(2));
    let export = get("/v1/me/exports/ndjson").by(&ann.key);
    let export = world.ask(export).await.is(200).body;
    let own = r#""own_names":{"1":"牛乳 <i>"}"#;
    assert_eq!(export.matches(own).count(), 2, "{export}");
    // It belongs to its person alone, and an empty one takes it away.
    let bob = world.person_in_browser("bob").await;
    let other = world.ask(by(get(&*path), &bob)).await.is(200);
    assert!(!other.body.contains("牛乳"), "{}", other.body);
    for _ in 0..2 {
        world.ask(by(form(&path, "own=+"), &ann)).await.is(303);
        let book = world.ask(found("%E7%89%9B%E4%B9%B3")).await.is(200);
        assert!(book.body.contains("Nothing found"), "{}", book.body);
    }
    for asked in [
        "/items",
        "/items?code=a",
        "/items?store=corner",
        "/items?code=a&store=none",
        "/items/gtin/1",
    ] {
        world.ask(by(get(asked), &ann)).await.is(404);
    }
    let unknown = world
        .ask(by(get("/items?code=a&store=corner"), &ann))
        .await
        .is(200);
    assert!(
        unknown.body.contains("No purchases of this item"),
        "{}",
        unknown.body
    );
    world.close().await;
}

#[tokio::test]
async fn a_note_is_kept_beside_a_receipt() {
    let world = World::open().await;
    let corner = world.shop("corner").await;
    let ann = world.person_in_browser("ann").await;
    let sale = sold(&corner, &ann, "2026-03-01T10:00:00+09:00", "tea", 198);
    let receipt = format!("/book/{}", file(&world, &corner, sale).await);
    let note = format!("{receipt}/note");
    let kept = |text: &str| by(form(&note, &format!("note={text}")), &ann);
    let check = async |text: &str, status: u16, there: &str| {
        world.ask(kept(text)).await.is(status);
        let page = world.ask(by(get(&*receipt), &ann)).await.is(200);
        assert!(page.body.contains(there), "{text}: {}", page.body);
    };
    check(
        "for+%3Cb%3E%0D%0Amother",
        303,
        "for &lt;b&gt; mother</textarea>",
    )
    .await;
    check("4242+4242+4242+4242", 422, "mother</textarea>").await;
    let export = get("/v1/me/exports/ndjson").by(&ann.key);
    let export = world.ask(export).await.is(200).body;
    assert!(export.contains(r#""note":"for <b> mother""#), "{export}");
    check("", 303, "></textarea>").await;
    // A gift receipt shows no note, and nobody writes beside what is somebody else's.
    world.ask(kept("secret")).await.is(303);
    let gift = world
        .ask(by(get(format!("{receipt}?view=gift")), &ann))
        .await
        .is(200);
    assert!(!gift.body.contains("secret"), "{}", gift.body);
    let bob = world.person_in_browser("bob").await;
    world.ask(by(form(&note, "note=x"), &bob)).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn a_shop_knows_what_was_bought_there_before() {
    let world = World::open().await;
    let (corner, _mall) = (world.shop("corner").await, world.shop("mall").await);
    let ann = world.person_in_browser("ann").await;
    for (at, code, total) in [
        ("2026-03-01T10:00:00+09:00", "tea", 198),
        ("2026-03-02T10:00:00+09:00", "tea", 208),
        ("2026-03-03T10:00:00+09:00", "pie", 300),
    ] {
        file(&world, &corner, sold(&corner, &ann, at, code, total)).await;
    }
    let check = async |path: &str, parts: &[&str]| {
        let page = world.ask(by(get(path), &ann)).await.is(200);
        let text = read(&page.body);
        let mut rest = text.as_str();
        for part in parts {
            let at = rest.find(part);
            rest = at.map_or_else(|| panic!("{path}: {part} in {text}"), |at| &rest[at..]);
        }
    };
    check("/shops", &["corner店", "3 purchases · 3 March 2026"]).await;
    check(
        "/shops/corner",
        &["corner店", "tea", "¥208", "twice", "pie", "once"],
    )
    .await;
    check("/shops/corner?order=latest", &["pie", "tea", "¥208"]).await;
    check("/at/corner", &["The shop you are at", "corner店", "tea"]).await;
    check(
        "/at/mall",
        &["mall店", "You have not bought anything here yet"],
    )
    .await;
    world.ask(by(get("/at/none"), &ann)).await.is(404);
    // The poster leads whoever has no account yet to one, and back.
    let led = world.ask(get("/at/corner")).await.is(303);
    assert_eq!(led.header("location"), "/start?next=%2Fat%2Fcorner");
    let start = world.ask(get("/start?next=%2Fat%2Fcorner")).await.is(200);
    assert!(
        start.body.contains("name=\"next\" value=\"/at/corner\""),
        "{}",
        start.body
    );
    let begun = world
        .ask(form("/start", "next=%2Fat%2Fcorner"))
        .await
        .is(303);
    assert_eq!(begun.header("location"), "/at/corner");
    assert!(!cookie_of(&begun).is_empty());
    let evil = world
        .ask(form("/start", "next=%2F%2Fevil.example"))
        .await
        .is(303);
    assert_eq!(evil.header("location"), "/");
    world.close().await;
}
