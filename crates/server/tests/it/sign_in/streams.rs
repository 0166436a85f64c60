//! Streams of what is bought: each ends with the session or the token that opened it, and tells nothing of
//! what is bought afterwards, however long its connection lives.

use super::{by_password, page, press, set_password};
use crate::call::{Ask, Line, cookie_of, delete, get};
use crate::events::{next, sell};
use crate::world::{Person, World};
use purchase::id::UserId;
use server::repair::erase_left;

const EMAIL: &str = "hanako@example.jp";

/// What ends a stream.
#[derive(Clone, Copy, Debug)]
enum End {
    SignedOut,
    OthersEnded,
    PasswordChanged,
    NobodyCame,
    TokenRevoked,
    Erased,
}

async fn open(world: &World, ask: Ask) -> Line {
    let mut line = world.line().await;
    line.say(&ask.bytes()).await;
    line.head().await.is(200);
    line
}

/// Lets it happen to a person who is signed in in two browsers.
async fn happen(world: &World, end: End, person: &Person, second: &str) {
    match end {
        End::SignedOut => {
            press(world, &person.cookie, "/sign-out", "").await.is(303);
        }
        End::OthersEnded => {
            press(world, second, "/account/sessions/end-others", "")
                .await
                .is(303);
        }
        End::PasswordChanged => set_password(world, second, EMAIL, "87654321").await,
        End::NobodyCame => world.at("2026-07-10T12:00:00+09:00"),
        End::TokenRevoked => {
            let path = format!("/v1/tokens/{}", person.token_id);
            world.order(delete(path)).await.is(204);
        }
        End::Erased => {
            press(world, second, "/account/leave", "").await.is(303);
            world.at("2026-05-10T12:00:01+09:00");
            erase_left(&world.running.app).await;
        }
    }
}

#[tokio::test]
async fn a_stream_ends_with_what_opened_it_and_tells_nothing_more() {
    for end in [
        End::SignedOut,
        End::OthersEnded,
        End::PasswordChanged,
        End::NobodyCame,
        End::TokenRevoked,
        End::Erased,
    ] {
        let world = World::open().await;
        let mart = world.shop("mart").await;
        let ann = world.person_in_browser("ann").await;
        set_password(&world, &ann.cookie, EMAIL, "12345678").await;
        let second = cookie_of(&by_password(&world, EMAIL, "12345678").await.is(303));
        let by_session = get("/book/live").with("cookie", &ann.cookie);
        let by_token = get("/v1/me/events").by(&ann.key);
        let (ends, stays) = match end {
            End::SignedOut | End::OthersEnded | End::PasswordChanged | End::NobodyCame => {
                (by_session, by_token)
            }
            End::TokenRevoked | End::Erased => (by_token, by_session),
        };
        let (mut ending, mut staying) = (open(&world, ends).await, open(&world, stays).await);
        sell(&world, &mart, &ann, "t-1").await;
        for line in [&mut ending, &mut staying] {
            assert_eq!(next(line).await, "1 purchase t-1", "{end:?}");
        }
        happen(&world, end, &ann, &second).await;
        match end {
            // Nothing can be bought for somebody who is gone; it is woken all the same.
            End::Erased => {
                let user_id = UserId::parse(&ann.id).unwrap();
                world.running.app.hub.tell(&[user_id]);
            }
            End::SignedOut
            | End::OthersEnded
            | End::PasswordChanged
            | End::NobodyCame
            | End::TokenRevoked => {
                sell(&world, &mart, &ann, "t-2").await;
                assert_eq!(next(&mut staying).await, "2 purchase t-2", "{end:?}");
            }
        }
        assert_eq!(ending.event().await, None, "{end:?}");
        world.close().await;
    }
}

#[tokio::test]
async fn an_idle_stream_ends_with_its_session_at_once() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    set_password(&world, &ann.cookie, EMAIL, "12345678").await;
    let mut line = open(&world, get("/book/live").with("cookie", &ann.cookie)).await;
    let user_id = UserId::parse(&ann.id).unwrap();
    let other = cookie_of(&by_password(&world, EMAIL, "12345678").await.is(303));
    let mut staying = open(&world, get("/book/live").with("cookie", &other)).await;
    assert_eq!(world.running.app.hub.count(user_id), 2);
    press(&world, &ann.cookie, "/sign-out", "").await.is(303);
    assert_eq!(line.event().await, None);
    // Woken as well, the other one has nothing to tell and goes on.
    let mart = world.shop("mart").await;
    sell(&world, &mart, &ann, "t-1").await;
    assert_eq!(next(&mut staying).await, "1 purchase t-1");
    // And it cannot be opened again.
    page(&world, &ann.cookie, "/book/live").await.is(303);
    let listens = get("/book/live").with("accept", "text/event-stream");
    let nobody = listens.with("cookie", &ann.cookie);
    world.ask(nobody).await.is(204);
    world.close().await;
}
