//! Accounts that were begun and never used go in the end; whoever could miss one keeps it.

use super::{begin, page, press, set_password};
use crate::call::{Ask, post};
use crate::goods::And;
use crate::world::World;
use purchase::id::UserId;
use serde_json::json;
use server::repair::erase_unused;

/// Whose account is open in a browser.
async fn who(world: &World, cookie: &str) -> UserId {
    let code = page(world, cookie, "/code").await.is(200).body;
    let (_, after) = code.split_once("data-of=\"").unwrap();
    UserId::parse(after.split('"').next().unwrap()).unwrap()
}

fn is_there(world: &World, user_id: UserId) -> bool {
    let profile = world.running.app.ledger.profile(user_id);
    profile.unwrap().is_some()
}

#[tokio::test]
async fn an_account_that_nobody_used_goes_in_the_end() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let empty = who(&world, &begin(&world).await).await;
    let mut kept = Vec::new();
    for what in ["way in", "claim", "card", "note", "purchase", "seen"] {
        let browser = begin(&world).await;
        let user_id = who(&world, &browser).await;
        kept.push((what, user_id));
        match what {
            "way in" => set_password(&world, &browser, "a@example.jp", "12345678").await,
            "claim" => {
                let fields = "code=01234567890123456784";
                press(&world, &browser, "/claim", fields).await.is(303);
            }
            "card" => {
                press(&world, &browser, "/code/card", "of=0").await.is(303);
            }
            "note" => {
                press(&world, &browser, "/account/later", "").await.is(303);
            }
            "purchase" => {
                let sale = mart.sale("t-1", 250);
                let sale = sale.and("/user", json!({"id": user_id.to_string()}));
                let ask: Ask = post("/v1/settlements", sale).by(&mart.key);
                world.ask(ask).await.is(201);
            }
            _ => {
                world.at("2026-06-10T12:00:00+09:00");
                page(&world, &browser, "/book").await.is(200);
                world.at(crate::world::NOON);
            }
        }
    }
    let by_operator = UserId::parse(&world.person("ann").await.id).unwrap();
    kept.push(("key", by_operator));
    let app = &world.running.app;
    // The last browser ends 90 days after it was begun; until 400 days later somebody may ask.
    world.at("2027-08-13T11:59:00+09:00");
    assert_eq!(erase_unused(app, None).await, None);
    assert!(is_there(&world, empty));
    world.at("2027-08-13T12:01:00+09:00");
    assert_eq!(erase_unused(app, None).await, None);
    assert!(!is_there(&world, empty));
    for (what, user_id) in kept.iter().filter(|(what, _)| *what != "claim") {
        assert!(is_there(&world, *user_id), "{what}");
    }
    // Whoever was seen later goes later, as does who waited for a sale that did not come; and nobody else.
    world.at("2027-11-01T12:00:00+09:00");
    assert_eq!(erase_unused(app, None).await, None);
    for (what, user_id) in &kept {
        let goes = ["seen", "claim"].contains(what);
        assert_eq!(is_there(&world, *user_id), !goes, "{what}");
    }
    world.close().await;
}
