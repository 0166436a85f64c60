//! Tries are counted by who makes them: one caller uses up what is its own, and everybody else goes on.
//! The callers of these tests stand behind a proxy that says who they are.

use crate::call::{Answer, Ask, cookie_of, form, post};
use crate::world::World;
use serde_json::json;

/// A server behind a proxy on this machine, which it believes.
async fn behind_a_proxy() -> World {
    World::open_with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await
}

/// Asks as somebody at that address; what stands before it was made up by the caller.
async fn from(world: &World, address: &str, ask: Ask) -> Answer {
    let told = format!("198.51.100.1, {address}");
    world.ask(ask.with("x-forwarded-for", &told)).await
}

#[tokio::test]
async fn one_caller_keeps_nobody_else_out() {
    let world = behind_a_proxy().await;
    let begin = || form("/start", "");
    let look = || {
        post(
            "/v1/claims/look",
            json!({"claim_code": "01234567890123456784"}),
        )
    };
    let join = || {
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        post(
            "/v1/join",
            json!({"code": "0000-0000-0000", "public_key": key}),
        )
    };
    let rows: [(&dyn Fn() -> Ask, u16, usize); 3] =
        [(&begin, 303, 60), (&look, 404, 120), (&join, 404, 20)];
    for (ask, status, most) in rows {
        for _ in 0..most {
            from(&world, "192.0.2.1", ask()).await.is(status);
        }
        let slowed = from(&world, "192.0.2.1", ask()).await.is(429);
        assert_eq!(slowed.header("retry-after"), "61");
        let said = "from your network address this minute";
        assert!(slowed.body.contains(said), "{}", slowed.body);
        for other in ["192.0.2.2", "2001:db8::1"] {
            from(&world, other, ask()).await.is(status);
        }
        // Another address of the same line is no other caller.
        for _ in 1..most {
            from(&world, "2001:db8::2", ask()).await.is(status);
        }
        from(&world, "2001:db8::3", ask()).await.is(429);
    }
    world.close().await;
}

#[tokio::test]
async fn addresses_are_not_found_by_setting_them() {
    let world = behind_a_proxy().await;
    let begin = async |peer: &str| cookie_of(&from(&world, peer, form("/start", "")).await.is(303));
    let set = async |peer: &str, cookie: &str, email: &str| {
        let fields = format!("email={email}&password=12345678");
        let ask = form("/account/password", &fields).with("cookie", cookie);
        from(&world, peer, ask).await
    };
    let ann = begin("192.0.2.1").await;
    set("192.0.2.1", &ann, "ann@example.jp").await.is(303);
    // One account asks five times an hour, whatever the answer is.
    let probing = begin("192.0.2.2").await;
    for email in [
        "ann@example.jp",
        "b@example.jp",
        "c@example.jp",
        "ann@example.jp",
        "ann@example.jp",
    ] {
        let status = if email.starts_with("ann") { 422 } else { 303 };
        set("192.0.2.2", &probing, email).await.is(status);
    }
    let slowed = set("192.0.2.2", &probing, "d@example.jp").await.is(429);
    assert!(slowed.body.contains("for this account"), "{}", slowed.body);
    assert_eq!(slowed.header("retry-after"), "721");
    // More accounts at the same place help as far as twenty.
    for number in 0..15 {
        let further = begin("192.0.2.2").await;
        let email = format!("e{number}@example.jp");
        set("192.0.2.2", &further, &email).await.is(303);
    }
    let further = begin("192.0.2.2").await;
    let slowed = set("192.0.2.2", &further, "ann@example.jp").await.is(429);
    assert!(
        slowed.body.contains("from your network address"),
        "{}",
        slowed.body
    );
    // Nobody else waits for it.
    set("192.0.2.1", &ann, "anna@example.jp").await.is(303);
    world.at("2026-04-10T12:12:01+09:00");
    set("192.0.2.2", &probing, "d@example.jp").await.is(303);
    world.close().await;
}

#[tokio::test]
async fn nobody_passes_for_others_without_a_trusted_proxy() {
    // The same without the setting: the caller invents an address each time, and gains nothing beyond
    // what all together have.
    let elsewhere = |config: &mut server::Config| {
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    };
    let world = World::open_with(elsewhere).await;
    let ask = || {
        post(
            "/v1/claims/look",
            json!({"claim_code": "01234567890123456784"}),
        )
    };
    for number in 0..120 {
        let address = format!("192.0.2.{number}");
        from(&world, &address, ask()).await.is(404);
    }
    from(&world, "192.0.2.200", ask()).await.is(429);
    world.close().await;
}
