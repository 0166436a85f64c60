//! Two servers on one database: what one of them files, whoever listens at the other is told.

use crate::call::{Line, post, put};
use crate::events::{listen, next, sell};
use crate::goods::{And, named};
use crate::world::{NOON, World};
use serde_json::{Value, json};

/// Sales that each server files for the person.
const SALES: usize = 60;

#[tokio::test]
async fn what_another_server_files_is_told_here() {
    let here = World::on_database().await;
    let there = here.beside().await;
    let (mart, ann) = (here.shop("mart").await, here.person("ann").await);
    let mut line = listen(&here, &ann, "").await;
    sell(&there, &mart, &ann, "t-1").await;
    assert_eq!(next(&mut line).await, "1 purchase t-1");
    there
        .ask(put(mart.path("/catalogue"), named(0, 1, "milk", "牛乳", NOON)).by(&mart.key))
        .await
        .is(200);
    assert_eq!(next(&mut line).await, "2 named t-1");
    let back = mart.sale("r-1", 250).and("/kind", json!("return")).and(
        "/of",
        mart.key_of("t-1")
            .and("/lines", json!([{"line": 1, "quantity": "1"}])),
    );
    there
        .ask(post("/v1/settlements", back).by(&mart.key))
        .await
        .is(201);
    assert_eq!(next(&mut line).await, "3 purchase r-1");
    assert_eq!(next(&mut line).await, "4 changed t-1");
    // What is filed here is told here as before, and once.
    sell(&here, &mart, &ann, "t-2").await;
    sell(&there, &mart, &ann, "t-3").await;
    assert_eq!(next(&mut line).await, "5 purchase t-2");
    assert_eq!(next(&mut line).await, "6 purchase t-3");
    drop(line);
    there.close().await;
    here.close().await;
}

/// Both file for one person at once. Whoever follows, at either server, from whatever number, gets each
/// event once and in order.
#[tokio::test]
async fn what_both_file_at_once_is_told_in_order() {
    let here = World::on_database().await;
    let there = here.beside().await;
    let (mart, kiosk) = (here.shop("mart").await, here.shop("kiosk").await);
    let ann = here.person("ann").await;
    let mut lines = vec![
        listen(&here, &ann, "").await,
        listen(&there, &ann, "").await,
    ];
    let sales = |world, shop| {
        let ann = &ann;
        async move {
            for nth in 0..SALES {
                sell(world, shop, ann, &format!("{nth}")).await;
            }
        }
    };
    tokio::join!(sales(&here, &mart), sales(&there, &kiosk));
    lines.push(listen(&there, &ann, "0").await);
    for line in &mut lines {
        let mut told = Vec::new();
        for number in 1..=SALES * 2 {
            told.push(store_of(line, number).await);
        }
        let of_mart = told.iter().filter(|store| *store == "mart").count();
        assert_eq!(of_mart, SALES, "{told:?}");
    }
    drop(lines);
    there.close().await;
    here.close().await;
}

/// The store of the next event, which has that number.
async fn store_of(line: &mut Line, number: usize) -> String {
    let event = line.event().await.expect("the stream goes on");
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
    assert_eq!(field("id: "), Some(number.to_string().as_str()));
    let data: Value = serde_json::from_str(field("data: ").expect("data")).unwrap();
    data["store"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn nobody_is_asked_about_for_whom_nobody_listens() {
    let world = World::on_database().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let listened = || {
        let mut people = world.running.app.hub.people();
        people.sort_unstable();
        people.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(listened().is_empty());
    let lines = [
        listen(&world, &ann, "").await,
        listen(&world, &ann, "").await,
    ];
    assert_eq!(listened(), [ann.id.as_str()]);
    let line = listen(&world, &bob, "").await;
    assert_eq!(listened().len(), 2);
    drop((lines, line));
    crate::call::until(async || listened().is_empty()).await;
    world.close().await;
}
