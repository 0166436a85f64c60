//! Pages from outside, as a browser without scripts asks for them: whose they are, what they may never do,
//! and that nothing of a name becomes part of a page.

use crate::call::{Ask, cookie_of, form, get, post};
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
    assert_eq!(begun.header("location"), "/book");
    let cookie = cookie_of(&begun);
    let set = begun.header("set-cookie");
    assert!(set.contains("HttpOnly; SameSite=Lax"), "{set}");
    let book = world
        .ask(get("/book").with("cookie", &cookie))
        .await
        .is(200);
    assert!(book.body.contains("Nothing here yet"), "{}", book.body);
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
