//! Pages from outside, as a browser without scripts asks for them: whose they are, what they may never do,
//! and that nothing of a name becomes part of a page.

use crate::call::{Ask, cookie_of, form, get, post};
use crate::events::{next, sell};
use crate::goods::And;
use crate::world::{NOON, World};
use serde_json::json;

#[tokio::test]
async fn an_account_is_made_by_one_button_and_is_there_for_that_browser_only() {
    let world = World::open().await;
    let welcome = world.ask(get("/")).await.is(200);
    assert!(
        welcome.body.contains("action=\"/start\""),
        "{}",
        welcome.body
    );
    // A look at the link makes nothing.
    let looked = world.ask(get("/start")).await.is(200);
    assert_eq!(looked.header("set-cookie"), "");
    let begun = world.ask(form("/start", "")).await.is(303);
    assert_eq!(begun.header("location"), "/code");
    let cookie = cookie_of(&begun);
    let set = begun.header("set-cookie");
    assert!(set.contains("HttpOnly; SameSite=Lax"), "{set}");
    let book = world
        .ask(get("/book").with("cookie", &cookie))
        .await
        .is(200);
    assert!(book.body.contains("Nothing here yet"), "{}", book.body);
    let (_, ways) = book.body.split_once("<ol class=\"ways\">").unwrap();
    let (ways, _) = ways.split_once("</ol>").unwrap();
    let hrefs = ways.split("href=\"").skip(1);
    let hrefs: Vec<_> = hrefs.map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(hrefs, ["/code", "/claim", "/claim/missing"]);
    // The code comes first while the book is empty.
    let first = world.ask(get("/").with("cookie", &cookie)).await.is(303);
    assert_eq!(first.header("location"), "/code");
    // Begun again in the same browser, it is the same account.
    let again = world
        .ask(form("/start", "").with("cookie", &cookie))
        .await
        .is(303);
    assert_eq!(again.header("set-cookie"), "");
    // Without the cookie, or with one that was made up, there is nothing to see; nor with a token,
    // which is for programs.
    let token = format!("orihon={}", world.person("ann").await.key);
    for cookie in ["", "orihon=ors_00", "orihon=", &token] {
        let shut = world.ask(get("/book").with("cookie", cookie)).await.is(303);
        assert_eq!(shut.header("location"), "/", "{cookie}");
    }
    world.close().await;
}

#[tokio::test]
async fn another_site_cannot_make_a_browser_change_anything() {
    let world = World::open().await;
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "same-origin", 303),
        ("origin", "http://orihon", 303),
    ] {
        let answer = world.ask(form("/start", "").with(name, value)).await;
        assert_eq!(answer.status, status, "{name}: {value}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }
    world.close().await;
}

#[tokio::test]
async fn what_a_shop_calls_its_goods_stays_text() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person("ann").await;
    let bob = world.person("bob").await;
    let name = "<script>alert(1)</script>\"'&";
    let sale = shop
        .sale_to(&ann.id, "1", 300)
        .and("/purchased_at", json!(NOON))
        .and("/lines/0/name", json!(name));
    let filed = world
        .ask(post("/v1/settlements", sale).by(&shop.key))
        .await
        .is(201)
        .json();
    let purchase_id = filed["purchase_id"].as_str().unwrap();
    let (of_ann, of_bob) = (world.sign_in(&ann).await, world.sign_in(&bob).await);
    let by = |path: &str, cookie: &str| get(path).with("cookie", cookie);
    let receipt = format!("/book/{purchase_id}");
    for path in [
        "/book",
        "/book?q=script",
        "/book?q=300",
        "/book?q=2026/4/10",
        &receipt,
        &format!("{receipt}/entry"),
    ] {
        let page = world.ask(by(path, &of_ann)).await.is(200);
        assert!(
            page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
            "{path}: {}",
            page.body
        );
        assert!(!page.body.contains("<script>"), "{path}: {}", page.body);
    }
    let gift = world
        .ask(by(&format!("{receipt}?view=gift"), &of_ann))
        .await
        .is(200);
    assert!(!gift.body.contains("¥300"), "{}", gift.body);
    let nothing = world.ask(by("/book?q=%3Cb%3E", &of_ann)).await.is(200);
    assert!(
        nothing.body.contains("value=\"&lt;b&gt;\""),
        "{}",
        nothing.body
    );
    // To anybody else it is not there, and the answer is a page.
    let elsewhere = world.ask(by(&receipt, &of_bob)).await.is(404);
    assert!(
        elsewhere.header("content-type").starts_with("text/html"),
        "{}",
        elsewhere.body
    );
    world.ask(by("/book/nonsense", &of_ann)).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn a_page_speaks_the_readers_language() {
    let world = World::open().await;
    let check = async |ask: Ask, lang: &str| {
        let page = world.ask(ask).await.is(200);
        assert!(
            page.body.contains(&format!("<html lang=\"{lang}\">")),
            "{}",
            page.body
        );
    };
    check(get("/").with("accept-language", "ja,en;q=0.5"), "ja").await;
    check(get("/").with("accept-language", "de"), "en").await;
    let chosen = world
        .ask(form("/language", "lang=ja&back=//evil.example"))
        .await
        .is(303);
    assert_eq!(chosen.header("location"), "/");
    check(get("/").with("cookie", &cookie_of(&chosen)), "ja").await;
    world.close().await;
}

#[tokio::test]
async fn what_was_filed_while_the_page_was_on_its_way_is_told_first() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = world.person_in_browser("ann").await;
    let by = |path: &str| get(path).with("cookie", &ann.cookie);
    sell(&world, &mart, &ann, "shown").await;
    let page = world.ask(by("/book")).await.is(200);
    assert!(
        page.body.contains("data-live=\"/book/live?after=1\""),
        "{}",
        page.body
    );
    sell(&world, &mart, &ann, "missed").await;
    let live = by("/book/live?after=1");
    // A browser that lost its line says itself what it saw last, and that counts.
    for (ask, told) in [
        (live.clone(), "2 purchase missed"),
        (live.with("last-event-id", "0"), "1 purchase shown"),
    ] {
        let mut line = world.line().await;
        line.say(&ask.bytes()).await;
        line.head().await.is(200);
        assert_eq!(next(&mut line).await, told);
    }
    world.close().await;
}

#[tokio::test]
async fn where_nothing_is_readers_get_a_page_and_programs_a_problem() {
    let world = World::open().await;
    for (accept, media_type) in [
        ("text/html,application/xhtml+xml;q=0.9", "text/html"),
        ("application/json", "application/problem+json"),
        ("*/*", "application/problem+json"),
    ] {
        for path in ["/nothing", "/v1/nothing", "/book/a/b/c"] {
            let answer = world.ask(get(path).with("accept", accept)).await.is(404);
            let told = answer.header("content-type");
            assert!(told.starts_with(media_type), "{path} {accept}: {told}");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn the_language_is_changed_where_one_is_reading() {
    let world = World::open().await;
    for (referer, back) in [
        ("http://orihon/book?q=a", "/book?q=a"),
        ("http://evil.example/book", "/"),
    ] {
        let choice = form("/language", "lang=ja&back=/").with("referer", referer);
        let chosen = world.ask(choice).await.is(303);
        assert_eq!(chosen.header("location"), back);
    }
    world.close().await;
}
