//! Partners and those who would like to read what nobody gave them: keys at the wrong door, names of others, consents
//! that are over, and more requests than there is room for.

use super::*;
use server::repair::clear_partners;

#[tokio::test]
async fn each_key_opens_its_own_doors_and_no_others() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let kakeibo = partner(&world, "Kakeibo").await;
    let of_store = world.order(post("/v1/operators", json!({"store_id": "tokyo"})));
    let of_store = of_store.await.is(201).text("/token");
    let new = || json!({"name": "x", "purpose": "y"});
    let gone = format!("/v1/partners/{}", kakeibo.id);
    // A key for one store, a person's, a machine's and a partner's own.
    for key in [&of_store, &ann.key, &shop.key, &kakeibo.key] {
        world.ask(post("/v1/partners", new()).by(key)).await.is(403);
        world.ask(get("/v1/partners").by(key)).await.is(403);
        world.ask(delete(&gone).by(key)).await.is(403);
    }
    world.ask(get("/v1/partners")).await.is(401);
    for key in [&of_store, &ann.key, &shop.key, &world.operator] {
        world
            .ask(get("/v1/partners/me/people").by(key))
            .await
            .is(403);
    }
    let sale = shop.sale_to(&ann.id, "1", 100);
    for ask in [
        get("/v1/me/purchases"),
        get("/v1/stores"),
        get("/v1/counts"),
        get("/v1/audit"),
        get("/v1/me/events"),
        post("/v1/settlements", sale),
        post("/v1/operators", "{}"),
        post("/v1/users", "{}"),
    ] {
        let answer = world.ask(ask.by(&kakeibo.key)).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
    // Nor does it sign in anywhere.
    let entered = world.ask(form("/console/sign-in", &format!("key={}", kakeibo.key)));
    assert_ne!(entered.await.status, 303);
    let cookie = format!("orihon={}", kakeibo.key);
    let led = world.ask(get("/account").with("cookie", &cookie)).await;
    assert_eq!(led.is(303).header("location"), "/");
    assert_eq!(
        world.order(get("/v1/partners")).await.is(200).json()["partners"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    world.close().await;
}

#[tokio::test]
async fn nobody_is_found_who_gives_this_partner_nothing() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let bob = world.person_in_browser("bob").await;
    let (one, other) = (partner(&world, "One").await, partner(&world, "Other").await);
    sell(&world, &shop, shop.sale_to(&ann.id, "1", 100)).await;
    give(&world, &ann, &one, "everything", "month").await;
    give(&world, &bob, &other, "everything", "month").await;
    let of_ann = people(&world, &one).await.remove(0);
    let of_bob = people(&world, &other).await.remove(0);
    assert_ne!(of_ann, of_bob);
    // By another partner's name, by the person's own id, by what is no name at all.
    for name in [
        of_bob.as_str(),
        ann.id.as_str(),
        &of_ann.replace("ppl_", "usr_"),
        "ppl_00000000000000000000000000",
        "x",
        "..%2F..",
    ] {
        let answer = read(&world, &one, name, "").await;
        assert_eq!(answer.status, 404, "{name}: {}", answer.body);
        assert!(!answer.body.contains("milk"));
    }
    read(&world, &other, &of_ann, "").await.is(404);
    assert_eq!(
        told(&world, &ann, "One").await + told(&world, &bob, "One").await,
        0
    );
    // Twice the same person has two names, of which none is the other's.
    give(&world, &ann, &other, "everything", "month").await;
    let others = people(&world, &other).await;
    assert!(!others.contains(&of_ann) && others.len() == 2, "{others:?}");
    for wrong in ["?limit=0", "?limit=101", "?from=x", "?q=milk", "?cursor=x"] {
        read(&world, &one, &of_ann, wrong).await.is(422);
    }
    let people = get("/v1/partners/me/people?cursor=x").by(&one.key);
    world.ask(people).await.is(422);
    assert_eq!(told(&world, &ann, "One").await, 0, "nothing was answered");
    assert_eq!(totals(&world, &one, &of_ann).await, [100]);
    assert_eq!(told(&world, &ann, "One").await, 1);

    // It ends by itself, and then the answer is as for anybody.
    world.at("2026-05-10T11:59:59+09:00");
    read(&world, &one, &of_ann, "").await.is(200);
    world.at("2026-05-10T12:00:00+09:00");
    read(&world, &one, &of_ann, "").await.is(404);
    assert_eq!(super::people(&world, &one).await, Vec::<String>::new());
    let ann = Person {
        cookie: world.sign_in(&ann).await,
        ..ann
    };
    let account = page(&world, &ann, "/account").await.is(200).body;
    assert!(
        account.contains("<span class=\"tag\">over</span>"),
        "{account}"
    );
    world.close().await;
}

#[tokio::test]
async fn whoever_goes_and_whatever_is_removed_is_gone_at_once() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    let kakeibo = partner(&world, "Kakeibo").await;
    give(&world, &ann, &kakeibo, "everything", "long").await;
    let name = people(&world, &kakeibo).await.remove(0);
    read(&world, &kakeibo, &name, "").await.is(200);
    press(&world, &ann, "/account/leave", "").await.is(303);
    read(&world, &kakeibo, &name, "").await.is(404);
    press(&world, &ann, "/account/stay", "").await.is(303);
    read(&world, &kakeibo, &name, "").await.is(200);

    let path = format!("/v1/partners/{}", kakeibo.id);
    world.order(delete(&path)).await.is(204);
    read(&world, &kakeibo, &name, "").await.is(401);
    page(&world, &ann, &kakeibo.path).await.is(404);
    let fields = "reach=now&until=year";
    press(&world, &ann, &kakeibo.path, fields).await.is(404);
    let account = page(&world, &ann, "/account").await.is(200).body;
    assert!(account.contains("Nothing is handed over"), "{account}");
    // What a crash might leave is looked for; here there is nothing.
    clear_partners(&world.running.app).await;
    assert_eq!(world.running.app.ledger.partners().unwrap(), []);
    world.close().await;
}

#[tokio::test]
async fn a_form_that_says_something_else_gives_nothing() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    let kakeibo = partner(&world, "Kakeibo").await;
    for fields in [
        "",
        "reach=now",
        "reach=now&until=ever",
        "reach=all&until=year",
        "reach=now&until=year&reach=everything",
    ] {
        let answer = press(&world, &ann, &kakeibo.path, fields).await;
        assert!(
            (400..500).contains(&answer.status),
            "{fields}: {}",
            answer.status
        );
    }
    // Another site, and somebody who is not signed in.
    let foreign = form(&kakeibo.path, "reach=now&until=year")
        .with("cookie", &ann.cookie)
        .with("sec-fetch-site", "cross-site");
    world.ask(foreign).await.is(403);
    let unknown = world.ask(form(&kakeibo.path, "reach=now&until=year")).await;
    assert_eq!(unknown.is(303).header("location"), "/");
    for path in ["/consent/x", "/consent/par_00000000000000000000000000"] {
        page(&world, &ann, path).await.is(404);
        world.ask(get(path)).await.is(404);
    }
    assert_eq!(people(&world, &kakeibo).await, Vec::<String>::new());
    // Nobody is sent to another site after signing in.
    let evil = world
        .ask(get("/sign-in?next=//evil.example/"))
        .await
        .is(200);
    assert!(!evil.body.contains("evil"), "{}", evil.body);
    world.close().await;
}

#[tokio::test]
async fn more_requests_than_there_is_room_for_are_put_off() {
    let world = World::open().await;
    let (one, other) = (partner(&world, "One").await, partner(&world, "Other").await);
    let mut line = world.line().await;
    let ask = get("/v1/partners/me/people").by(&one.key);
    for _ in 0..600 {
        line.ask(&ask).await.is(200);
    }
    let put_off = line.ask(&ask).await.is(429);
    assert_eq!(put_off.header("retry-after"), "1");
    let name = "ppl_00000000000000000000000000";
    read(&world, &one, name, "").await.is(429);
    assert_eq!(people(&world, &other).await.len(), 0, "others go on");
    world.at("2026-04-10T12:01:00+09:00");
    line.ask(&ask).await.is(200);
    world.close().await;
}

#[tokio::test]
async fn the_console_adds_and_removes_partners_for_those_who_may() {
    let world = World::open().await;
    let link = world.order(post("/v1/console/links", "")).await.is(201);
    let url = link.text("/url");
    let word = url.rsplit('/').next().unwrap().to_owned();
    let entered = world
        .ask(form("/console/link", &format!("word={word}")))
        .await;
    let cookie = crate::call::cookie_of(&entered.is(303));
    let show = async |path: &str| {
        world
            .ask(get(path).with("cookie", &cookie))
            .await
            .is(200)
            .body
    };
    assert!(show("/console/keys").await.contains("/console/partners"));
    let empty = show("/console/partners").await;
    for text in ["None yet", "/v1/partners", "curl"] {
        assert!(empty.contains(text), "{text}: {empty}");
    }
    let send = async |path: &str, fields: &str| {
        world.ask(form(path, fields).with("cookie", &cookie)).await
    };
    let wrong = send(
        "/console/partners",
        "name=&purpose=x&url=javascript:alert(1)",
    )
    .await;
    let wrong = wrong.is(422).body;
    for place in [
        "<strong>Name</strong>: ",
        "<strong>Page that says more (optional)</strong>: ",
    ] {
        assert!(wrong.contains(place), "{place}: {wrong}");
    }
    let added = send("/console/partners", "name=%3Cb%3EK&purpose=accounts&url=")
        .await
        .is(200)
        .body;
    assert!(
        added.contains("orp_") && added.contains("/consent/par_"),
        "{added}"
    );
    let listed = show("/console/partners").await;
    assert!(
        listed.contains("&lt;b&gt;K") && !listed.contains("orp_"),
        "{listed}"
    );
    let id = world
        .order(get("/v1/partners"))
        .await
        .is(200)
        .text("/partners/0/partner_id");
    for _ in 0..2 {
        let gone = send("/console/partners/remove", &format!("partner_id={id}")).await;
        assert_eq!(gone.is(303).header("location"), "/console/partners");
    }
    assert!(show("/console/partners").await.contains("None yet"));
    world.close().await;
}
