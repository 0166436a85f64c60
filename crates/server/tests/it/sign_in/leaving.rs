//! Going for good: a month in which whoever comes in again stays, and then nothing is left.

use super::{begin, by_password, is_open, page, press, set_password};
use crate::call::{cookie_of, get};
use crate::world::World;
use server::repair::erase_left;

#[tokio::test]
async fn whoever_comes_in_again_stays_and_whoever_does_not_is_gone() {
    let world = World::open().await;
    let phone = begin(&world).await;
    set_password(&world, &phone, "hanako@example.jp", "12345678").await;
    let enter = async || by_password(&world, "hanako@example.jp", "12345678").await;
    let tablet = cookie_of(&enter().await.is(303));
    let asked = page(&world, &phone, "/account/leave").await.is(200);
    assert!(asked.body.contains("10 May 2026"), "{}", asked.body);
    let left = press(&world, &phone, "/account/leave", "").await.is(303);
    assert_eq!(left.header("location"), "/sign-in?left=2026-05-10");
    for cookie in [&phone, &tablet] {
        assert!(!is_open(&world, cookie).await);
    }
    let said = world.ask(get("/sign-in?left=2026-05-10")).await.is(200);
    assert!(
        said.body.contains("will be deleted on 10 May 2026"),
        "{}",
        said.body
    );
    let made_up = world.ask(get("/sign-in?left=%3Cb%3Eevil")).await.is(200);
    assert!(!made_up.body.contains("evil"), "{}", made_up.body);
    // Whoever comes in before that day stays, also when it has come.
    world.at("2026-05-10T11:59:00+09:00");
    let back = enter().await.is(303);
    assert_eq!(back.header("location"), "/account?stayed");
    let phone = cookie_of(&back);
    world.at("2026-06-10T12:00:00+09:00");
    erase_left(&world.running.app).await;
    assert!(is_open(&world, &phone).await);
    // Asked again, and nobody comes.
    press(&world, &phone, "/account/leave", "").await.is(303);
    world.at("2026-07-10T12:00:01+09:00");
    erase_left(&world.running.app).await;
    enter().await.is(422);
    assert!(!is_open(&world, &phone).await);
    world.close().await;
}

#[tokio::test]
async fn who_could_not_come_in_again_keeps_this_browser_until_then() {
    let world = World::open().await;
    let phone = begin(&world).await;
    let left = press(&world, &phone, "/account/leave", "").await.is(303);
    assert_eq!(left.header("location"), "/account");
    let account = page(&world, &phone, "/account").await.is(200);
    let said = "This account will be deleted on 10 May 2026.";
    assert!(account.body.contains(said), "{}", account.body);
    press(&world, &phone, "/account/stay", "").await.is(303);
    let account = page(&world, &phone, "/account").await.is(200);
    assert!(!account.body.contains(said), "{}", account.body);
    press(&world, &phone, "/account/leave", "").await.is(303);
    world.at("2026-05-10T12:00:01+09:00");
    erase_left(&world.running.app).await;
    assert!(!is_open(&world, &phone).await);
    world.close().await;
}
