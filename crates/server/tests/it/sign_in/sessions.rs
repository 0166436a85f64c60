//! Browsers in which somebody is signed in: which there are, how they end, and that what was ended is
//! worth nothing to whoever kept it.

use super::{begin, by_password, empties, is_open, page, press, set_password};
use crate::call::{cookie_of, form, get, post};
use crate::goods::And;
use crate::world::{NOON, World};
use serde_json::json;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

#[tokio::test]
async fn what_was_signed_out_is_worth_nothing_to_whoever_kept_it() {
    let world = World::open().await;
    let phone = begin(&world).await;
    // Without a way in nobody is signed out by one press: the book would be lost.
    let kept = press(&world, &phone, "/sign-out", "").await.is(303);
    assert_eq!(kept.header("location"), "/account#leaving");
    assert!(is_open(&world, &phone).await);
    set_password(&world, &phone, "hanako@example.jp", "12345678").await;
    let out = press(&world, &phone, "/sign-out", "").await.is(303);
    assert_eq!(out.header("location"), "/");
    assert!(out.header("set-cookie").starts_with("orihon=; Max-Age=0"));
    assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
    for digits in ["shown", "card"] {
        let gone = format!("set-cookie: {digits}=; Max-Age=0");
        assert!(out.head.contains(&gone), "{}", out.head);
    }
    for path in ["/book", "/account", "/book/live", "/account/exports/csv"] {
        let shut = page(&world, &phone, path).await.is(303);
        assert_eq!(shut.header("location"), "/", "{path}");
        assert_eq!(shut.header("cache-control"), "no-store", "{path}");
    }
    // Pressed again, it is as before.
    press(&world, &phone, "/sign-out", "").await.is(303);
    let world = world.again().await;
    assert!(!is_open(&world, &phone).await);
    world.close().await;
}

#[tokio::test]
async fn a_person_sees_and_ends_the_browsers() {
    let world = World::open().await;
    let phone = begin(&world).await;
    set_password(&world, &phone, "hanako@example.jp", "12345678").await;
    let fields = "email=hanako@example.jp&password=12345678";
    let ask = form("/sign-in", fields).with("user-agent", FIREFOX);
    let laptop = cookie_of(&world.ask(ask).await.is(303));
    let tablet = cookie_of(&by_password(&world, "hanako@example.jp", "12345678").await);
    let account = page(&world, &phone, "/account").await.is(200).body;
    assert!(account.contains("Firefox, Linux"), "{account}");
    assert_eq!(
        account.matches("name=\"session_id\"").count(),
        2,
        "{account}"
    );
    let (_, behind) = account.split_once("Firefox, Linux").unwrap();
    let (_, id) = behind.split_once("name=\"session_id\" value=\"").unwrap();
    let fields = format!("session_id={}", id.split('"').next().unwrap());
    // To somebody else it is not there.
    let other = begin(&world).await;
    press(&world, &other, "/account/sessions/end", &fields)
        .await
        .is(303);
    assert!(is_open(&world, &laptop).await);
    for _ in 0..2 {
        press(&world, &phone, "/account/sessions/end", &fields)
            .await
            .is(303);
        assert!(!is_open(&world, &laptop).await);
    }
    assert!(is_open(&world, &tablet).await);
    press(&world, &phone, "/account/sessions/end-others", "")
        .await
        .is(303);
    assert!(!is_open(&world, &tablet).await);
    assert!(is_open(&world, &phone).await);
    press(
        &world,
        &phone,
        "/account/sessions/end",
        "session_id=nonsense",
    )
    .await
    .is(404);
    world.close().await;
}

#[tokio::test]
async fn a_session_ends_when_nobody_comes_and_at_last_in_any_case() {
    let world = World::open().await;
    let (idle, used) = (begin(&world).await, begin(&world).await);
    for (day, idle_open, used_open) in [
        ("2026-04-10T12:59:00+09:00", true, true),
        ("2026-07-08T12:00:00+09:00", true, true),
        ("2026-07-09T13:00:00+09:00", false, true),
        ("2026-10-05T12:00:00+09:00", false, true),
        ("2027-01-02T12:00:00+09:00", false, true),
        ("2027-03-31T12:00:00+09:00", false, true),
        ("2027-05-15T11:59:00+09:00", false, true),
        // 400 days after it began.
        ("2027-05-15T12:00:00+09:00", false, false),
    ] {
        world.at(day);
        // The first one is asked for on the first days only, so that nobody comes.
        if day < "2026-04-11" || !idle_open {
            assert_eq!(is_open(&world, &idle).await, idle_open, "{day}");
        }
        assert_eq!(is_open(&world, &used).await, used_open, "{day}");
    }
    world.close().await;
}

#[tokio::test]
async fn the_account_is_asked_about_after_the_first_receipt_and_only_until_put_off() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let (of_ann, of_bob) = (world.sign_in(&ann).await, world.sign_in(&bob).await);
    let banner = "So that you do not lose this book";
    let asks = async |cookie: &str| {
        let book = page(&world, cookie, "/book").await.is(200);
        book.body.contains(banner)
    };
    assert!(!asks(&of_ann).await, "nothing is there to lose");
    for (person, number) in [(&ann, "1"), (&bob, "2")] {
        let sale = shop.sale_to(&person.id, number, 300);
        let sale = sale.and("/purchased_at", json!(NOON));
        world
            .ask(post("/v1/settlements", sale).by(&shop.key))
            .await
            .is(201);
    }
    assert!(asks(&of_ann).await);
    let search = page(&world, &of_ann, "/book?q=300").await.is(200);
    assert!(
        !search.body.contains(banner),
        "whoever searches is not asked"
    );
    for _ in 0..2 {
        let put_off = press(&world, &of_ann, "/account/later", "").await.is(303);
        assert_eq!(put_off.header("location"), "/book");
        assert!(!asks(&of_ann).await);
    }
    assert!(asks(&of_bob).await);
    set_password(&world, &of_bob, "bob@example.jp", "12345678").await;
    assert!(!asks(&of_bob).await);
    // The book can be taken along from the page.
    for (path, begins) in [
        ("ndjson", "{\"orihon_export\""),
        ("csv", "\u{feff}"),
        ("hledger", ";"),
        ("beancount", ";"),
    ] {
        let path = format!("/account/exports/{path}");
        let file = page(&world, &of_bob, &path).await.is(200);
        assert!(file.body.starts_with(begins), "{path}: {}", file.body);
        assert!(
            file.header("content-disposition")
                .starts_with("attachment; filename=")
        );
    }
    page(&world, &of_bob, "/account/exports/pdf").await.is(404);
    world.ask(get("/account/exports/csv")).await.is(303);
    world.close().await;
}

#[tokio::test]
async fn what_a_browser_kept_for_one_person_is_not_there_for_the_next() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    set_password(&world, &ann.cookie, "ann@example.jp", "12345678").await;
    let other = begin(&world).await;
    let fields = "email=ann@example.jp&password=12345678";
    for (before, what, is_emptied) in [
        ("", "nobody's", true),
        ("orihon=nonsense", "of a session that has ended", true),
        (other.as_str(), "somebody else's", true),
        (ann.cookie.as_str(), "her own", false),
    ] {
        let link = world
            .link(&ann.id, json!({"reason": "asked at the desk"}))
            .await;
        for (path, fields) in [("/sign-in", fields), (link.as_str(), "next=/book")] {
            let entered = press(&world, before, path, fields).await.is(303);
            assert_eq!(empties(&entered), is_emptied, "{what}: {path}");
            let cookie = cookie_of(&entered);
            assert!(is_open(&world, &cookie).await, "{what}: {path}");
        }
        let wrong = press(
            &world,
            before,
            "/sign-in",
            "email=ann@example.jp&password=1",
        )
        .await;
        assert!(!empties(&wrong.is(422)), "{what}: nobody came in");
    }
    // An account that begins here is nobody's before; one that is open stays.
    let claim = "code=01234567890123456784";
    for (before, path, fields, is_emptied) in [
        ("", "/start", "", true),
        ("orihon=nonsense", "/start", "", true),
        ("", "/claim", claim, true),
        (ann.cookie.as_str(), "/start", "", false),
        (ann.cookie.as_str(), "/claim", claim, false),
    ] {
        let begun = press(&world, before, path, fields).await.is(303);
        assert_eq!(empties(&begun), is_emptied, "{before}: {path}");
    }
    world.close().await;
}
