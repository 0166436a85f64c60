//! The pages of claiming from outside, without scripts: the receipt is read before there is any account,
//! taken once, and waited for if it has not come.

use crate::call::cookie_of;
use crate::call::{Answer, Ask, get, post};
use crate::goods::And;
use crate::world::World;
use serde_json::json;

const CODE: &str = "01234567890123456784";

fn form(path: &str, code: &str) -> Ask {
    let fields = form_of(code);
    post(path, fields).with("content-type", "application/x-www-form-urlencoded")
}

/// As a browser writes a field.
fn form_of(code: &str) -> String {
    let escaped = |byte: u8| format!("%{byte:02X}");
    let value: String = code.bytes().map(escaped).collect();
    format!("code={value}")
}

fn shows(page: &Answer, text: &str) {
    assert!(page.body.contains(text), "{text}: {}", page.body);
}

#[tokio::test]
async fn whoever_has_the_receipt_reads_it_and_begins_a_book_with_it() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let sale = mart.sale("t-1", 250).and("/claim_code", json!(CODE));
    let sold = world
        .ask(post("/v1/settlements", sale).by(&mart.key))
        .await
        .is(201);
    let path = format!("/c/{CODE}");
    for typed in [
        CODE,
        "０１２３４５６７８９ ０１２３４５６７８４",
        "http://orihon/c/01234567890123456784",
    ] {
        let found = world.ask(form("/claim/look", typed)).await.is(303);
        assert_eq!(found.header("location"), path, "{typed}");
    }
    // Looked at as often as one likes, it stays where it is.
    for _ in 0..3 {
        let found = world.ask(get(&path)).await.is(200);
        shows(&found, "Is it this receipt?");
        shows(&found, "¥250");
        assert_eq!(found.header("set-cookie"), "");
    }
    let taken = world.ask(form("/claim", CODE)).await.is(303);
    let receipt = format!("/book/{}", sold.text("/purchase_id"));
    assert_eq!(taken.header("location"), receipt);
    let cookie = cookie_of(&taken);
    let page = world
        .ask(get(&receipt).with("cookie", &cookie))
        .await
        .is(200);
    shows(&page, "¥250");
    // Sent again, or by the back button, it is the same; to anybody else it is as if it had never been.
    let again = world
        .ask(form("/claim", CODE).with("cookie", &cookie))
        .await
        .is(303);
    assert_eq!(again.header("location"), receipt);
    let used = world.ask(get(&path)).await.is(200);
    let unknown = world.ask(get("/c/00000000000000000000")).await.is(200);
    shows(&used, "Not here yet");
    assert_eq!(
        used.body.replace(CODE, "00000000000000000000"),
        unknown.body
    );
    world.close().await;
}

#[tokio::test]
async fn a_code_whose_sale_has_not_come_is_waited_for() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let cookie = ann.cookie;
    let by = |ask: Ask| ask.with("cookie", &cookie);
    let waits = world.ask(by(form("/claim", CODE))).await.is(303);
    assert_eq!(waits.header("location"), "/claim");
    assert_eq!(waits.header("set-cookie"), "");
    world.at("2026-04-10T14:05:00+09:00");
    shows(&world.ask(by(get("/claim"))).await.is(200), "for 2 hours");
    let sale = mart.sale("t-1", 250).and("/claim_code", json!(CODE));
    world
        .ask(post("/v1/settlements", sale).by(&mart.key))
        .await
        .is(201);
    shows(&world.ask(by(get("/book"))).await.is(200), "¥250");
    let nothing = world.ask(by(get("/claim"))).await.is(200);
    assert!(!nothing.body.contains("waiting for"), "{}", nothing.body);
    world.close().await;
}

#[tokio::test]
async fn what_is_no_code_is_told_kindly_and_tries_are_bounded() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    let cookie = ann.cookie;
    for (typed, told) in [
        ("", "That is not 20 digits"),
        ("\"><script>", "That is not 20 digits"),
        (
            "9000000000000000000003",
            "That is a member code of 22 digits",
        ),
    ] {
        for path in ["/claim/look", "/claim"] {
            let page = world.ask(form(path, typed)).await.is(422);
            shows(&page, told);
            assert!(!page.body.contains("<script>"), "{}", page.body);
            assert_eq!(page.header("set-cookie"), "", "nothing is begun");
        }
    }
    for number in 0..50 {
        let code = format!("{number:020}");
        world
            .ask(form("/claim", &code).with("cookie", &cookie))
            .await
            .is(303);
    }
    let full = world
        .ask(form("/claim", CODE).with("cookie", &cookie))
        .await
        .is(422);
    shows(&full, "50 codes are waiting already");
    for number in 0..120 {
        world.ask(get(format!("/c/{number:020}"))).await.is(200);
    }
    let much = world.ask(get(format!("/c/{CODE}"))).await.is(429);
    assert!(much.header("content-type").starts_with("text/html"));
    shows(&much, "Too often");
    world.close().await;
}

#[tokio::test]
async fn an_account_that_was_begun_is_opened_also_when_the_code_could_not_be_taken() {
    let world = World::open().await;
    world.close_gate();
    let mut line = world.line().await;
    line.say(&form("/claim", CODE).bytes()).await;
    // Whoever is answered here is behind it in the queue of connections: the account stands before the gate,
    // and what comes behind it is not taken any more.
    world.ask(get("/healthz")).await.is(200);
    world.writer_waits().await;
    world.running.app.intake.drain();
    world.gate_opener()();
    let failed = line.answer().await.expect("it was let in").is(503);
    assert!(failed.header("content-type").starts_with("text/html"));
    let cookie = cookie_of(&failed);
    assert!(cookie.starts_with("orihon=ors_"), "{}", failed.head);
    drop(line);
    // The account is there, and whoever began it goes on with it.
    let world = world.again().await;
    let ask = form("/claim", CODE).with("cookie", &cookie);
    let taken = world.ask(ask).await.is(303);
    assert_eq!(taken.header("location"), "/claim");
    assert_eq!(taken.header("set-cookie"), "");
    world.close().await;
}
