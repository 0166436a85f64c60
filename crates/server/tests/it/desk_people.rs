//! What operators do for people: a link to come in again, suspending and opening, a look at purchases, and
//! making one account of two. Each has a reason that the person sees; and nobody does it who may not.

use crate::call::{Answer, Ask, cookie_of, form, get, post, until};
use crate::goods::And;
use crate::world::{Person, Shop, World};
use serde_json::{Value, json};

/// The cookie of whoever signs in to the console by a key.
async fn at_desk(world: &World, key: &str) -> String {
    let answer = world
        .ask(form("/console/sign-in", &format!("key={key}")))
        .await;
    cookie_of(&answer.is(303))
}

async fn open(world: &World, cookie: &str, path: &str) -> Answer {
    world.ask(get(path).with("cookie", cookie)).await
}

async fn press(world: &World, cookie: &str, path: &str, fields: &str) -> Answer {
    world.ask(form(path, fields).with("cookie", cookie)).await
}

/// One thing that an operator does to an account by the interface.
fn turn(user_id: &str, way: &str, asked: Value) -> Ask {
    post(format!("/v1/users/{user_id}/{way}"), asked)
}

async fn sell(world: &World, shop: &Shop, user_id: &str, transaction: &str) {
    let sale = shop.sale_to(user_id, transaction, 248);
    world
        .ask(post("/v1/settlements", sale).by(&shop.key))
        .await
        .is(201);
}

/// How many purchases are in a book.
async fn bought(world: &World, person: &Person) -> usize {
    let path = "/v1/me/purchases?limit=100";
    let page = world.ask(get(path).by(&person.key)).await.is(200).json();
    page["purchases"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_suspended_person_is_told_why_and_keeps_what_is_the_own() {
    let world =
        World::open_with(|config| config.contact = Some("help@book.example".to_owned())).await;
    let shop = world.shop("mart").await;
    let ann = world.person_in_browser("ann").await;
    sell(&world, &shop, &ann.id, "1").await;
    let events = || get("/v1/me/events").by(&ann.key);
    let mut line = world.line().await;
    line.say(&events().bytes()).await;
    assert_eq!(line.head().await.status, 200);
    let reason = json!({"reason": "a stolen phone <b>"});
    let told = world
        .order(turn(&ann.id, "suspend", reason.clone()))
        .await
        .is(200);
    assert_eq!(told.text("/suspended_since"), "2026-04-10T03:00:00Z");
    world.at("2026-04-10T13:00:00+09:00");
    let again = world
        .order(turn(&ann.id, "suspend", json!({"reason": "x"})))
        .await
        .is(200);
    assert_eq!(again.text("/suspended_since"), "2026-04-10T03:00:00Z");
    // Her token opens nothing but her own data.
    for path in [
        "/v1/me/purchases",
        "/v1/me/claims",
        "/v1/me/member-codes",
        "/v1/me/events",
    ] {
        let refused = world.ask(get(path).by(&ann.key)).await.is(403);
        assert_eq!(refused.text("/code"), "account_suspended", "{path}");
        let detail = refused.text("/detail");
        assert!(
            detail.contains("a stolen phone <b>") && detail.contains("help@book.example"),
            "{detail}"
        );
    }
    let export = world
        .ask(get("/v1/me/exports/ndjson").by(&ann.key))
        .await
        .is(200);
    assert!(
        export.body.contains("\"transaction\":\"1\""),
        "{}",
        export.body
    );
    world
        .ask(get("/v1/me/exports/bundle").by(&ann.key))
        .await
        .is(200);
    // Nor does her browser, nor a new one.
    let fresh = world.sign_in(&ann).await;
    for cookie in [&ann.cookie, &fresh] {
        for path in [
            "/", "/book", "/code", "/account", "/claim", "/months", "/sign-in",
        ] {
            let sent_on = open(&world, cookie, path).await.is(303);
            assert_eq!(sent_on.header("location"), "/suspended", "{path}");
        }
        let page = open(&world, cookie, "/suspended").await.is(200).body;
        for text in [
            "This account is suspended",
            "10 April 2026",
            "a stolen phone &lt;b&gt;",
            "help@book.example",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        open(&world, cookie, "/account/exports/bundle")
            .await
            .is(200);
        let csv = open(&world, cookie, "/account/exports/csv").await.is(200);
        assert!(csv.body.contains("mart"), "{}", csv.body);
        open(&world, cookie, "/account/leave").await.is(200);
    }
    press(&world, &fresh, "/sign-out", "sure=yes").await.is(303);
    assert_eq!(
        open(&world, &fresh, "/suspended")
            .await
            .is(303)
            .header("location"),
        "/"
    );
    // What she buys is filed.
    sell(&world, &shop, &ann.id, "2").await;
    world
        .order(turn(&ann.id, "resume", json!({"reason": "it was found"})))
        .await
        .is(200);
    assert_eq!(bought(&world, &ann).await, 2);
    let account = open(&world, &ann.cookie, "/account").await.is(200).body;
    for text in [
        "Reason: it was found",
        "Reason: a stolen phone &lt;b&gt;",
        "stopped the account, or opened it again",
    ] {
        assert!(account.contains(text), "{text}: {account}");
    }
    assert_eq!(
        open(&world, &ann.cookie, "/suspended")
            .await
            .is(303)
            .header("location"),
        "/book"
    );
    world.close().await;
}

#[tokio::test]
async fn asking_to_be_erased_stays_possible() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    world
        .order(turn(&ann.id, "suspend", json!({"reason": "asked"})))
        .await
        .is(200);
    let left = press(&world, &ann.cookie, "/account/leave", "")
        .await
        .is(303);
    assert_eq!(left.header("location"), "/suspended");
    let page = open(&world, &ann.cookie, "/suspended").await.is(200).body;
    assert!(page.contains("action=\"/account/stay\""), "{page}");
    let stayed = press(&world, &ann.cookie, "/account/stay", "")
        .await
        .is(303);
    assert_eq!(stayed.header("location"), "/suspended");
    press(&world, &ann.cookie, "/account/sessions/end-others", "")
        .await
        .is(303);
    press(&world, &ann.cookie, "/account/leave", "")
        .await
        .is(303);
    world.at("2026-06-10T12:00:00+09:00");
    server::repair::erase_left(&world.running.app).await;
    world
        .order(turn(&ann.id, "resume", json!({"reason": "x"})))
        .await
        .is(404);
    world.close().await;
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused() {
    let world = World::open().await;
    let (shop, ann, bob) = (
        world.shop("mart").await,
        world.person("ann").await,
        world.person("bob").await,
    );
    let scoped = world
        .order(post(
            "/v1/operators",
            json!({"label": "Kim", "store_id": "mart"}),
        ))
        .await
        .is(201)
        .text("/token");
    let why = || json!({"reason": "a good reason"});
    let merge = |from: &str| json!({"from": from, "reason": "one person"});
    let unknown = "usr_00000000000000000000000000";
    let rows = [
        ("suspend", &ann.id[..], json!({}), 422),
        ("suspend", &ann.id, json!({"reason": " "}), 422),
        ("suspend", &ann.id, json!({"reason": "x".repeat(201)}), 422),
        (
            "suspend",
            &ann.id,
            json!({"reason": "x", "until": "later"}),
            422,
        ),
        ("suspend", unknown, why(), 404),
        ("resume", "usr_nonsense", why(), 404),
        ("merge", &ann.id, json!({"reason": "x"}), 422),
        ("merge", &ann.id, json!({"from": "bob", "reason": "x"}), 422),
        ("merge", &ann.id, merge(&ann.id), 409),
        ("merge", &ann.id, merge(unknown), 404),
        ("merge", unknown, merge(&ann.id), 404),
    ];
    for (way, user_id, asked, status) in rows {
        let answer = world.order(turn(user_id, way, asked.clone())).await;
        assert_eq!(
            answer.status, status,
            "{way} {user_id} {asked}: {}",
            answer.body
        );
    }
    for (way, asked) in [
        ("suspend", why()),
        ("resume", why()),
        ("merge", merge(&bob.id)),
    ] {
        for key in [&scoped, &shop.key, &ann.key] {
            world
                .ask(turn(&ann.id, way, asked.clone()).by(key))
                .await
                .is(403);
        }
    }
    let desk = at_desk(&world, &scoped).await;
    let person = format!("/console/people/{}", ann.id);
    for path in ["", "/book"] {
        open(&world, &desk, &format!("{person}{path}"))
            .await
            .is(403);
    }
    for deed in ["look", "recover", "suspend", "resume", "merge"] {
        let fields = format!("from={}&word=merge&reason=a+good+reason", bob.id);
        press(&world, &desk, &format!("{person}/{deed}"), &fields)
            .await
            .is(403);
        press(&world, "", &format!("{person}/{deed}"), &fields)
            .await
            .is(303);
    }
    assert_eq!(
        bought(&world, &ann).await,
        0,
        "she is not suspended by any of it"
    );
    world.close().await;
}

#[tokio::test]
async fn a_look_has_a_reason_that_the_person_sees_first() {
    let world = World::open().await;
    let shop = world.shop("mart").await;
    let ann = world.person_in_browser("ann").await;
    for number in 1..=21 {
        let at = json!(format!("2026-04-10T11:{number:02}:00+09:00"));
        let sale = shop
            .sale_to(&ann.id, &number.to_string(), 100 + number)
            .and("/purchased_at", at);
        let sale = match number {
            21 => sale
                .and("/lines/0/name", json!("<i>ointment</i>"))
                .and("/lines/0/sensitive", json!(true)),
            _ => sale.and("/lines/0/name", json!(format!("<b>milk {number}</b>"))),
        };
        let sold = world.ask(post("/v1/settlements", sale).by(&shop.key)).await;
        let id = sold.is(201).text("/purchase_id");
        if number == 20 {
            let own = format!("/book/{id}/private");
            press(&world, &ann.cookie, &own, "choice=private+here+1")
                .await
                .is(303);
        }
    }
    let desk = at_desk(&world, &world.operator).await;
    let sought = press(&world, &desk, "/console/people", "reference=ann&act=look")
        .await
        .is(303);
    let person = sought.header("location").to_owned();
    assert_eq!(person, format!("/console/people/{}", ann.id));
    let shown = open(&world, &desk, &person).await.is(200).body;
    assert!(
        !shown.contains("milk") && shown.contains("Bearer $KEY"),
        "{shown}"
    );
    let book = format!("{person}/book");
    let log = async || open(&world, &ann.cookie, "/account").await.is(200).body;
    assert_eq!(
        open(&world, &desk, &book).await.is(303).header("location"),
        person
    );
    press(&world, &desk, &format!("{person}/look"), "reason=because")
        .await
        .is(422);
    assert!(
        !log().await.contains("looked at your purchases"),
        "nothing was shown"
    );
    let looked = press(
        &world,
        &desk,
        &format!("{person}/look"),
        "reason=asked+at+the+desk",
    )
    .await
    .is(303);
    assert_eq!(looked.header("location"), book);
    let page = open(&world, &desk, &book).await.is(200).body;
    assert!(
        page.contains("&lt;b&gt;milk 19&lt;/b&gt;") && page.contains("asked at the desk"),
        "{page}"
    );
    assert!(
        page.matches("private item").count() == 2
            && !page.contains("ointment")
            && !page.contains("milk 20"),
        "by the shop's word and by her own: {page}"
    );
    assert!(!page.contains("milk 1&lt;"), "a page holds twenty");
    let (_, rest) = page.split_once("rel=\"next\" href=\"").unwrap();
    let older = rest.split('"').next().unwrap();
    let older = open(&world, &desk, older).await.is(200).body;
    assert!(older.contains("milk 1&lt;"), "{older}");
    let seen = log().await;
    assert_eq!(
        seen.matches("Reason: asked at the desk").count(),
        2,
        "{seen}"
    );
    // Another browser of the same key needs a reason of its own, and every reason ends.
    let other = at_desk(&world, &world.operator).await;
    open(&world, &other, &book).await.is(303);
    world.at("2026-04-10T12:15:00+09:00");
    open(&world, &desk, &book).await.is(303);
    let acts = world.order(get("/v1/audit")).await.is(200).body;
    assert_eq!(acts.matches("purchases_seen").count(), 2, "{acts}");
    world.close().await;
}

#[tokio::test]
async fn a_look_by_the_interface_has_a_reason_each_time() {
    let world = World::open().await;
    let shop = world.shop("mart").await;
    let ann = world.person_in_browser("ann").await;
    for number in 1..=3 {
        let at = json!(format!("2026-04-10T11:0{number}:00+09:00"));
        let sale = shop
            .sale_to(&ann.id, &number.to_string(), 100 + number)
            .and("/purchased_at", at)
            .and("/lines/0/name", json!(format!("milk {number}")))
            .and("/lines/0/sensitive", json!(number == 2))
            .and("/notes", json!(["a word to Ann"]));
        let sold = world.ask(post("/v1/settlements", sale).by(&shop.key)).await;
        sold.is(201);
    }
    let look = |query: &str, reason: &str| {
        let path = format!("/v1/users/{}/look{query}", ann.id);
        post(path, json!({ "reason": reason }))
    };
    let log = async || open(&world, &ann.cookie, "/account").await.is(200).body;
    for (query, reason) in [("", "because"), ("", ""), ("?limit=0", "asked at the desk")] {
        world.order(look(query, reason)).await.is(422);
    }
    assert!(!log().await.contains("looked at your purchases"));
    let newest = world.order(look("?limit=2", "asked at the desk")).await;
    let newest = newest.is(200);
    let page = newest.json();
    assert_eq!(page["purchases"][0]["lines"][0]["name"], "milk 3", "{page}");
    assert_eq!(page["purchases"][1]["private"], true, "{page}");
    for hidden in ["milk 2", "a word to Ann", "oru_"] {
        assert!(!newest.body.contains(hidden), "{hidden}: {page}");
    }
    let older = format!("?cursor={}", newest.text("/next_cursor"));
    let older = world.order(look(&older, "asked once more")).await.is(200);
    let page = older.json();
    assert_eq!(page["purchases"][0]["lines"][0]["name"], "milk 1", "{page}");
    assert_eq!(page["next_cursor"], json!(null), "{page}");
    let seen = log().await;
    for reason in ["Reason: asked at the desk", "Reason: asked once more"] {
        assert_eq!(seen.matches(reason).count(), 1, "{reason}: {seen}");
    }
    let acts = world.order(get("/v1/audit")).await.is(200).body;
    assert_eq!(acts.matches("purchases_seen").count(), 2, "{acts}");
    // Somebody of one store looks at nobody's purchases.
    let asked = json!({"label": "Kim", "store_id": "mart"});
    let kim = world.order(post("/v1/operators", asked)).await.is(201);
    let look = look("", "asked at the desk").by(&kim.text("/token"));
    world.ask(look).await.is(403);
    world.close().await;
}

#[tokio::test]
async fn a_link_is_shown_once_and_lets_in() {
    let world = World::open().await;
    let ann = world.person("ann").await;
    let desk = at_desk(&world, &world.operator).await;
    let person = format!("/console/people/{}", ann.id);
    press(&world, &desk, &format!("{person}/recover"), "reason=")
        .await
        .is(422);
    let made = press(
        &world,
        &desk,
        &format!("{person}/recover"),
        "reason=showed+an+ID",
    )
    .await
    .is(200);
    assert!(made.body.contains("<svg class=\"square\""), "{}", made.body);
    let base = world.running.app.site.base();
    let (_, rest) = made
        .body
        .split_once(&format!("href=\"{base}/recover/"))
        .unwrap();
    let code = rest.split('"').next().unwrap();
    assert!(
        !open(&world, &desk, &person)
            .await
            .is(200)
            .body
            .contains(code)
    );
    let entered = press(&world, "", &format!("/recover/{code}"), "next=/account")
        .await
        .is(303);
    let account = open(&world, &cookie_of(&entered), "/account")
        .await
        .is(200)
        .body;
    assert!(account.contains("Reason: showed an ID"), "{account}");
    let acts = world.order(get("/v1/audit")).await.is(200).body;
    assert_eq!(acts.matches("recovery_link_made").count(), 1, "{acts}");
    world.close().await;
}

#[tokio::test]
async fn two_accounts_become_one() {
    let world = World::open().await;
    let shop = world.shop("mart").await;
    let (ann, old) = (
        world.person_in_browser("ann").await,
        world.person_in_browser("old").await,
    );
    for number in ["1", "2", "3"] {
        sell(&world, &shop, &old.id, number).await;
    }
    sell(&world, &shop, &ann.id, "4").await;
    let desk = at_desk(&world, &world.operator).await;
    let person = format!("/console/people/{}/merge", ann.id);
    let fields = |word: &str| format!("from=old&reason=one+person&word={word}");
    for (from, status) in [
        ("nobody", 422),
        ("ann", 422),
        (&ann.id[..], 422),
        ("old", 200),
    ] {
        let fields = format!("from={from}&reason=one+person");
        let page = press(&world, &desk, &person, &fields).await.is(status).body;
        let shows = page.contains("3 purchases") && page.contains("1 purchases");
        assert_eq!(shows, status == 200, "{from}: {page}");
    }
    press(&world, &desk, &person, &fields("yes")).await.is(422);
    assert_eq!(bought(&world, &old).await, 3, "nothing was done");
    let done = press(&world, &desk, &person, &fields("Merge"))
        .await
        .is(200)
        .body;
    assert!(
        done.contains("They are one account now") && done.contains("3 of 3"),
        "{done}"
    );
    assert_eq!(bought(&world, &ann).await, 4);
    // Nobody comes in to the old one, and what is sent for it is hers.
    world
        .ask(get("/v1/me/purchases").by(&old.key))
        .await
        .is(403);
    open(&world, &old.cookie, "/book").await.is(303);
    assert_eq!(
        open(&world, &old.cookie, "/suspended")
            .await
            .is(303)
            .header("location"),
        "/"
    );
    sell(&world, &shop, &old.id, "5").await;
    assert_eq!(bought(&world, &ann).await, 5);
    let same = world
        .order(post("/v1/users", json!({"ref": "old"})))
        .await
        .is(200);
    assert_eq!(same.text("/user_id"), ann.id);
    let by_old = open(&world, &desk, &format!("/console/people/{}", old.id))
        .await
        .is(303);
    assert_eq!(
        by_old.header("location"),
        format!("/console/people/{}", ann.id)
    );
    let merge =
        |into: &str, from: &str| turn(into, "merge", json!({"from": from, "reason": "again"}));
    let again = world.order(merge(&ann.id, &old.id)).await.is(200);
    assert_eq!(
        again.body,
        world.order(merge(&old.id, &old.id)).await.is(200).body
    );
    let log = open(&world, &ann.cookie, "/account").await.is(200).body;
    assert!(log.contains("Reason: one person"), "{log}");
    let bob = world.person("bob").await;
    for (into, from) in [(&bob.id, &old.id), (&ann.id, &ann.id)] {
        let refused = world.order(merge(into, from)).await.is(409);
        assert_eq!(refused.text("/code"), "cannot_merge");
    }
    world
        .order(turn(&bob.id, "suspend", json!({"reason": "asked"})))
        .await
        .is(200);
    for (into, from) in [(&bob.id, &ann.id), (&ann.id, &bob.id)] {
        world.order(merge(into, from)).await.is(409);
    }
    world.close().await;
}

#[tokio::test]
async fn a_merger_goes_on_after_a_stop() {
    let world = World::open().await;
    let shop = world.shop("mart").await;
    let (ann, old) = (world.person("ann").await, world.person("old").await);
    sell(&world, &shop, &old.id, "1").await;
    // Begun, and cut off before anything has moved.
    let app = &world.running.app;
    let id = |text: &str| purchase::id::UserId::parse(text).unwrap();
    let begin = ledger::write::MergeStep::Begin {
        from: id(&old.id),
        into: id(&ann.id),
        by: ledger::account::Accessor::Person,
        reason: purchase::text::Text::new("one person", 200).unwrap(),
    };
    app.intake
        .write_one(ledger::write::Write::Merge(begin))
        .await
        .unwrap();
    assert_eq!(bought(&world, &ann).await, 0);
    let world = world.again().await;
    until(async || bought(&world, &ann).await == 1).await;
    world.close().await;
}
