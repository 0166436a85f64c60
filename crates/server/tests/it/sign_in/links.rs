//! Links that an operator makes, and sheets that people print: each lets in whose it is, a link once.

use super::{begin, is_open, page, press};
use crate::call::{cookie_of, form, get, post};
use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_link_lets_its_person_in_once_and_is_seen() {
    let world = World::open().await;
    let ann = world.person("ann").await;
    let asked = json!({"next": "/account", "reason": "lost the phone <b>"});
    let path = world.link(&ann.id, asked).await;
    assert!(path.ends_with("?next=%2Faccount"), "{path}");
    // Programs that look at it use nothing up.
    for _ in 0..3 {
        let looked = world.ask(get(&path)).await.is(200);
        assert!(
            looked.body.contains("value=\"/account\""),
            "{}",
            looked.body
        );
        assert_eq!(looked.header("set-cookie"), "");
    }
    let bare = path.split('?').next().unwrap().to_owned();
    let entered = world.ask(form(&bare, "next=/account")).await.is(303);
    assert_eq!(entered.header("location"), "/account");
    let account = page(&world, &cookie_of(&entered), "/account")
        .await
        .is(200)
        .body;
    assert!(account.contains("made a link to sign in"), "{account}");
    assert!(
        account.contains("Reason: lost the phone &lt;b&gt;"),
        "{account}"
    );
    assert!(account.contains("signed in by a link"), "{account}");
    world.ask(form(&bare, "next=/account")).await.is(404);
    let gone = world.ask(get(&bare)).await.is(404);
    assert!(
        gone.body.contains("This link no longer works"),
        "{}",
        gone.body
    );
    // Nobody is sent elsewhere, whatever is written behind the link.
    for next in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let path = world
            .link(&ann.id, json!({"reason": "asked at the desk"}))
            .await;
        let entered = world
            .ask(form(&path, &format!("next={next}")))
            .await
            .is(303);
        assert_eq!(entered.header("location"), "/", "{next}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_link_that_came_too_late_or_is_nobodys_opens_nothing() {
    let world = World::open().await;
    let ann = world.person("ann").await;
    let path = format!("/v1/users/{}/recovery-link", ann.id);
    let answer = world
        .order(post(&path, json!({"reason": "asked at the desk"})))
        .await
        .is(201);
    assert_eq!(answer.text("/expires_at"), "2026-04-11T03:00:00Z");
    let link = world
        .link(&ann.id, json!({"reason": "asked at the desk"}))
        .await;
    for path in ["/recover/", "/recover/nonsense", "/recover/%F0%9F%8D%A3"] {
        world.ask(get(path)).await.is(404);
        world.ask(form(path, "")).await.is(404);
    }
    world.at("2026-04-11T12:00:00+09:00");
    world.ask(get(&link)).await.is(404);
    world.ask(form(&link, "")).await.is(404);
    for (path, body, status) in [
        (
            &path,
            json!({"reason": "asked", "next": "//evil.example"}),
            422,
        ),
        (&path, json!({"reason": ""}), 422),
        (&path, json!({"reason": "asked", "why": "x"}), 422),
        // Whoever makes a link could come in by it: the person is told why it was made.
        (&path, json!({}), 422),
        (
            &"/v1/users/usr_nonsense/recovery-link".to_owned(),
            json!({"reason": "asked at the desk"}),
            404,
        ),
    ] {
        world.order(post(path, body)).await.is(status);
    }
    world.ask(post(&path, "{}").by(&ann.key)).await.is(403);
    world.ask(post(&path, "{}")).await.is(401);
    world.close().await;
}

#[tokio::test]
async fn a_sheet_opens_the_book_until_a_newer_one_is_made() {
    let world = World::open().await;
    let phone = begin(&world).await;
    let code_of = |body: &str| {
        let (_, groups) = body.split_once("class=\"groups\"").unwrap();
        let (groups, _) = groups.split_once("</p>").unwrap();
        let parts = groups.split("<span>").skip(1);
        let parts = parts.map(|part| part.split('<').next().unwrap());
        parts.collect::<Vec<_>>().join("-")
    };
    let sheet = press(&world, &phone, "/account/sheet", "").await.is(200);
    assert_eq!(sheet.header("cache-control"), "no-store");
    let first = code_of(&sheet.body);
    assert_eq!(first.len(), 35, "{first}");
    let enter = async |code: &str| {
        world
            .ask(form("/sign-in/code", &format!("code={code}")))
            .await
    };
    for typed in [first.clone(), first.to_lowercase(), first.replace('-', "+")] {
        let cookie = cookie_of(&enter(&typed).await.is(303));
        assert!(is_open(&world, &cookie).await);
    }
    let second = press(&world, &phone, "/account/sheet", "").await.is(200);
    let second = code_of(&second.body);
    enter(&first).await.is(422);
    enter(&second).await.is(303);
    for code in ["", "0", &second[1..], &format!("{second}0"), "%3Cscript%3E"] {
        let answer = enter(code).await.is(422);
        assert!(answer.body.contains("This code does not open anything"));
    }
    // Signed in already, there is nothing to sign in to.
    let there = page(&world, &phone, "/sign-in").await.is(303);
    assert_eq!(there.header("location"), "/account");
    world.close().await;
}
