//! Keys with which programs read a book: that their person is told of each, sees what was done with it, and ends
//! it at once.

use super::{begin, page, press};
use crate::call::{Ask, form, get, post, until};
use crate::export::bundle::unpacked;
use crate::world::{Person, World};
use serde_json::{Value, json};

/// A further key, made by the operator.
async fn further(world: &World, person: &Person, body: Value) -> Person {
    let path = format!("/v1/users/{}/tokens", person.id);
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let made = world.order(post(path, body)).await.is(201);
    Person {
        key: made.text("/token"),
        token_id: made.text("/token_id"),
        id: person.id.clone(),
        cookie: person.cookie.clone(),
    }
}

fn book(key: &str) -> Ask {
    get("/v1/me/purchases").by(key)
}

#[tokio::test]
async fn a_person_is_told_of_a_key_and_ends_it() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    let silent = further(&world, &ann, Value::Null).await;
    let told = further(&world, &ann, json!({"reason": "for her computer"})).await;
    for body in [json!({"reason": 7}), json!({"why": "x"}), json!([])] {
        let path = format!("/v1/users/{}/tokens", ann.id);
        world.order(post(path, body)).await.is(422);
    }
    let account = page(&world, &ann.cookie, "/account").await.is(200).body;
    let (_, programs) = account.split_once("id=\"programs\"").expect("a section");
    let (programs, _) = programs.split_once("</section>").unwrap();
    for known in [&ann, &silent, &told] {
        let button = format!("name=\"token_id\" value=\"{}\"", known.token_id);
        assert_eq!(programs.matches(&button).count(), 1, "{programs}");
    }
    let (_, log) = account.split_once("id=\"accesses\"").unwrap();
    for (words, count) in [
        // The third is the link by which she came in.
        ("Whoever runs this server", 3),
        ("made a key with which a program can read your book", 2),
        ("Reason: a key for a program was asked for", 1),
        ("Reason: for her computer", 1),
    ] {
        assert_eq!(log.matches(words).count(), count, "{words}: {log}");
    }
    world.ask(book(&silent.key)).await.is(200);
    let path = "/account/programs/revoke";
    let fields = format!("token_id={}", silent.token_id);
    // Neither another site ends it, nor another person.
    let foreign = form(path, &fields).with("cookie", &ann.cookie);
    world
        .ask(foreign.with("sec-fetch-site", "cross-site"))
        .await
        .is(403);
    let other = begin(&world).await;
    press(&world, &other, path, &fields).await.is(303);
    world.ask(book(&silent.key)).await.is(200);
    for _ in 0..2 {
        let ended = press(&world, &ann.cookie, path, &fields).await.is(303);
        assert_eq!(ended.header("location"), "/account#programs");
        world.ask(book(&silent.key)).await.is(401);
    }
    world.ask(book(&told.key)).await.is(200);
    press(&world, &ann.cookie, path, "token_id=nonsense")
        .await
        .is(404);
    for last in [&told, &ann] {
        let fields = format!("token_id={}", last.token_id);
        press(&world, &ann.cookie, path, &fields).await.is(303);
    }
    // Whom no program reads is not told of programs, in either language.
    let japanese = get("/account").with("cookie", &ann.cookie);
    let japanese = world
        .ask(japanese.with("accept-language", "ja"))
        .await
        .is(200)
        .body;
    assert!(!japanese.contains("id=\"programs\""), "{japanese}");
    let told = "記録を読めるプログラム用の鍵を作りました";
    assert_eq!(japanese.matches(told).count(), 2, "{japanese}");
    world.close().await;
}

/// How often the log says that this program received purchases.
async fn deliveries(world: &World, program: &Person) -> usize {
    let account = page(world, &program.cookie, "/account").await.is(200).body;
    let (_, log) = account.split_once("id=\"accesses\"").expect("a section");
    let told = log
        .split("<li>")
        .filter(|entry| entry.contains("A program") && entry.contains("received purchases"));
    told.filter(|entry| entry.contains(&program.token_id))
        .count()
}

#[tokio::test]
async fn what_a_program_reads_is_noted_once_a_day() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    let other = further(&world, &ann, Value::Null).await;
    for day in 1..=3 {
        // What is no reading of the book is not noted as one.
        let code = get("/v1/me/purchases?limit=nonsense").by(&ann.key);
        world.ask(code).await.is(422);
        world.ask(book(&ann.key)).await.is(200);
        world.ask(book(&ann.key)).await.is(200);
        let one = "/v1/me/purchases/pur_0zzg0081040g2081040m2gc5v8";
        world.ask(get(one).by(&ann.key)).await.is(404);
        until(|| async { deliveries(&world, &ann).await >= day }).await;
        assert_eq!(deliveries(&world, &ann).await, day);
        world.at(&format!("2026-04-1{day}T13:00:00+09:00"));
    }
    world.ask(book(&other.key)).await.is(200);
    let other = Person {
        cookie: ann.cookie.clone(),
        ..other
    };
    until(|| async { deliveries(&world, &other).await == 1 }).await;
    assert_eq!(deliveries(&world, &ann).await, 3);
    world.close().await;
}

#[tokio::test]
async fn what_a_program_takes_is_not_told_as_the_persons_own_doing() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    let by_key = get("/v1/me/exports/csv").by(&ann.key);
    world.ask(by_key).await.is(200);
    page(&world, &ann.cookie, "/account/exports/ndjson")
        .await
        .is(200);
    let account = page(&world, &ann.cookie, "/account").await.is(200).body;
    let (_, log) = account.split_once("id=\"accesses\"").unwrap();
    let (own, programs) = log.split_once("A program").expect("the older one");
    assert!(own.contains("You") && own.contains("ndjson"), "{own}");
    assert!(!own.contains(&ann.token_id), "{own}");
    let (program, _) = programs.split_once("</li>").unwrap();
    assert!(program.contains(&ann.token_id), "{program}");
    assert!(program.contains("csv"), "{program}");
    let taken = page(&world, &ann.cookie, "/account/exports/bundle").await;
    let files = unpacked(&taken.is(200).bytes).unwrap();
    let log = files["orihon/access-log.ndjson"].lines();
    let log: Vec<Value> = log
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let who = |entry: &Value| (entry["by"].clone(), entry["who"].clone());
    let expected = [
        (json!("person"), json!(null)),
        (json!("person"), json!(null)),
        (json!("program"), json!(ann.token_id)),
    ];
    let newest = log.iter().take(3).map(who);
    assert_eq!(newest.collect::<Vec<_>>(), expected);
    let account: Value = serde_json::from_str(&files["orihon/account.json"]).unwrap();
    let made_at = "2026-04-10T03:00:00Z";
    let listed = json!([{"token_id": ann.token_id, "made_at": made_at}]);
    assert_eq!(account["programs"], listed);
    world.close().await;
}
