//! Operators at work: people, keys and counts. A key that was taken away opens nothing any more, at
//! once.

use crate::call::{delete, get, post};
use crate::goods::And;
use crate::world::World;
use ledger::write::{Changed, NewSession, SessionStep, SignInStep, Write, Written};
use purchase::id::{SessionId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;
use serde_json::{Value, json};
use server::repair::erase_left;
use server::secret::{Secret, SecretKind};
use std::sync::Arc;

#[tokio::test]
async fn the_same_person_is_registered_once() {
    let world = World::open().await;
    let person = json!({"ref": "h-1", "name": "山田 花子", "email": "hanako@example.jp"});
    let first = world.order(post("/v1/users", &person)).await;
    insta::assert_snapshot!(world.show(&first), @r#"
    201 application/json
    {
      "user_id": "usr_1",
      "token": "oru_…",
      "token_id": "tok_1"
    }
    "#);
    let again = world.order(post("/v1/users", &person)).await;
    insta::assert_snapshot!(world.show(&again), @r#"
    200 application/json
    {"user_id":"usr_1"}
    "#);
    let other_words = person.and("/name", json!("山田 太郎"));
    let again = world.order(post("/v1/users", other_words)).await.is(200);
    assert_eq!(again.text("/user_id"), first.text("/user_id"));
    // Without a reference everybody is somebody else.
    let one = world
        .order(post("/v1/users", "{}"))
        .await
        .is(201)
        .text("/user_id");
    let two = world
        .order(post("/v1/users", "{}"))
        .await
        .is(201)
        .text("/user_id");
    assert_ne!(one, two);
    let world = world.again().await;
    let later = world
        .order(post("/v1/users", json!({"ref": "h-1"})))
        .await
        .is(200);
    assert_eq!(later.text("/user_id"), first.text("/user_id"));
    world.close().await;
}

#[tokio::test]
async fn a_key_that_was_taken_away_opens_nothing() {
    let world = World::open().await;
    let ann = world.person("ann").await;
    let more = world
        .order(post(format!("/v1/users/{}/tokens", ann.id), ""))
        .await
        .is(201);
    let (second, second_id) = (more.text("/token"), more.text("/token_id"));
    let book = async |key: &str| world.ask(get("/v1/me/purchases").by(key)).await.status;
    // Both were used, and so remembered.
    assert_eq!((book(&ann.key).await, book(&second).await), (200, 200));
    world
        .order(delete(format!("/v1/tokens/{}", ann.token_id)))
        .await
        .is(204);
    assert_eq!((book(&ann.key).await, book(&second).await), (401, 200));
    world
        .order(delete(format!("/v1/tokens/{}", ann.token_id)))
        .await
        .is(404);
    world
        .order(delete(format!("/v1/tokens/{second_id}")))
        .await
        .is(204);
    assert_eq!(book(&second).await, 401);
    world
        .order(post("/v1/users/usr_00000000000000000000000000/tokens", ""))
        .await
        .is(404);
    let made = world.order(post("/v1/operators", "")).await.is(201);
    let (operator, operator_id) = (made.text("/token"), made.text("/token_id"));
    world.ask(get("/v1/stores").by(&operator)).await.is(200);
    let list = world.order(get("/v1/operators")).await.is(200).json();
    let keys = list["operators"].as_array().unwrap();
    let (mine, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key["is_yours"] == true);
    assert_eq!((mine.len(), others.len()), (1, 1), "{list}");
    assert_eq!(others[0]["token_id"], operator_id.as_str());
    let further = world.order(post("/v1/operators", "")).await.is(201);
    let key = further.text("/token");
    let path = format!("/v1/tokens/{}", further.text("/token_id"));
    world.ask(get("/v1/stores").by(&key)).await.is(200);
    world.ask(delete(&path).by(&operator)).await.is(204);
    world.ask(get("/v1/stores").by(&key)).await.is(401);
    // The first key goes, and then the other is the last.
    let first = format!("/v1/tokens/{}", mine[0]["token_id"].as_str().unwrap());
    world.ask(delete(&first).by(&operator)).await.is(204);
    world.order(get("/v1/stores")).await.is(401);
    let path = format!("/v1/tokens/{operator_id}");
    let kept = world.ask(delete(&path).by(&operator)).await.is(409);
    assert_eq!(kept.text("/code"), "last_key");
    let world = world.again().await;
    world.ask(get("/v1/me/purchases").by(&second)).await.is(401);
    world.ask(get("/v1/stores").by(&operator)).await.is(200);
    world.close().await;
}

#[tokio::test]
async fn a_machine_that_was_taken_away_writes_nothing() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let second = world.machine("mart").await;
    let sell = async |key: &str, transaction: &str| {
        world
            .ask(post("/v1/settlements", mart.sale(transaction, 1)).by(key))
            .await
            .status
    };
    assert_eq!(
        (sell(&mart.key, "t-1").await, sell(&second.key, "t-2").await),
        (201, 201)
    );
    world.at("2026-04-10T12:30:00+09:00");
    let path = mart.path(&format!("/devices/{}", mart.device_id));
    world.order(delete(&path)).await.is(204);
    assert_eq!(
        (sell(&mart.key, "t-3").await, sell(&second.key, "t-4").await),
        (401, 201)
    );
    world.order(delete(&path)).await.is(204);
    let list = world.order(get(mart.path("/devices"))).await;
    let at = list.body.find(&mart.device_id).unwrap() < list.body.find(&second.device_id).unwrap();
    assert_eq!(list.json()["devices"].as_array().unwrap().len(), 2);
    let taken = usize::from(!at);
    assert_eq!(
        list.json()["devices"][taken]["revoked_at"],
        "2026-04-10T03:30:00Z"
    );
    assert_eq!(list.json()["devices"][1 - taken].get("revoked_at"), None);
    // Of another store, or of none.
    world.shop("other").await;
    let elsewhere = format!("/v1/stores/other/devices/{}", second.device_id);
    world.order(delete(elsewhere)).await.is(404);
    world
        .order(post("/v1/stores/none/devices", json!({"name": "till"})))
        .await
        .is(404);
    world.order(get("/v1/stores/none/devices")).await.is(404);
    assert_eq!(sell(&second.key, "t-5").await, 201);
    world.close().await;
}

#[tokio::test]
async fn counts_are_by_store_and_by_person() {
    let world = World::open().await;
    let (mart, cafe) = (world.shop("mart").await, world.shop("cafe").await);
    let york = json!({"store_id": "york", "name": "Corner Shop",
        "timezone": "America/New_York", "currency": "USD"});
    let york = world.shop_of(york).await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let two = json!([
        {"name": "a", "quantity": "1", "unit_price": 5, "amount": 5},
        {"code": "b", "quantity": "1", "unit_price": 2, "amount": 2},
    ]);
    for (shop, sale) in [
        (&mart, mart.sale_to(&ann.id, "t-1", 7).and("/lines", two)),
        (&mart, mart.sale_to(&bob.id, "t-2", 100)),
        (&mart, mart.sale("t-3", 30)),
        (
            &cafe,
            cafe.sale_to(&ann.id, "t-1", 500)
                .and("/kind", json!("return")),
        ),
        (
            &york,
            york.sale_to(&ann.id, "t-1", 99)
                .and("/currency", json!("USD")),
        ),
    ] {
        world
            .ask(post("/v1/settlements", sale).by(&shop.key))
            .await
            .is(201);
    }
    insta::assert_snapshot!(world.shown(get("/v1/counts?by=store").by(&world.operator)).await, @r#"
    200 application/json
    {
      "by": "store",
      "counts": [
        {
          "store_id": "cafe",
          "settlements": 1,
          "lines": 1,
          "pending_lines": 1,
          "total_by_currency": {"JPY":-500}
        },
        {
          "store_id": "mart",
          "settlements": 3,
          "lines": 4,
          "pending_lines": 3,
          "total_by_currency": {"JPY":137}
        },
        {
          "store_id": "york",
          "settlements": 1,
          "lines": 1,
          "pending_lines": 1,
          "total_by_currency": {"USD":99}
        }
      ],
      "total": {"settlements":5,"lines":6,"pending_lines":5,"total_by_currency":{"JPY":-363,"USD":99}}
    }
    "#);
    let plain = world.order(get("/v1/counts")).await.is(200).json();
    assert_eq!(plain["by"], "store");
    let by_user = world.order(get("/v1/counts?by=user")).await.is(200).json();
    let row = |user_id: &str| {
        let rows = by_user["counts"].as_array().unwrap().iter();
        let mut row = rows
            .clone()
            .find(|row| row["user_id"] == user_id)
            .unwrap()
            .clone();
        row.as_object_mut().unwrap().remove("user_id");
        row
    };
    insta::assert_snapshot!(format!("{}\n{}", row(&ann.id), row(&bob.id)), @r#"
    {"lines":4,"pending_lines":3,"settlements":3,"total_by_currency":{"JPY":-493,"USD":99}}
    {"lines":1,"pending_lines":1,"settlements":1,"total_by_currency":{"JPY":100}}
    "#);
    assert_eq!(
        by_user["total"]["settlements"], 4,
        "what is nobody's is not counted"
    );
    assert_eq!(by_user.get("next_cursor"), None);
    let past = by_user["counts"].as_array().unwrap().last().unwrap()["user_id"].clone();
    let rest = format!("/v1/counts?by=user&cursor={}", past.as_str().unwrap());
    assert_eq!(
        world.order(get(rest)).await.is(200).json()["counts"],
        json!([])
    );
    let none: Value = world
        .order(get("/v1/counts?by=user&cursor=x"))
        .await
        .is(422)
        .json();
    assert_eq!(none["errors"][0]["pointer"], "/cursor");
    world.close().await;
}

/// A person with a key, and the id as the ledger knows it.
async fn person(world: &World) -> (UserId, String) {
    let answer = world.order(post("/v1/users", "{}")).await.is(201);
    let user_id = UserId::parse(&answer.text("/user_id")).expect("an id");
    (user_id, answer.text("/token"))
}

#[tokio::test]
async fn who_asked_to_go_is_erased_when_the_grace_is_over() {
    let world = World::open().await;
    let app = Arc::clone(&world.running.app);
    let (gone, key) = person(&world).await;
    let (back, other) = person(&world).await;
    let book = |key: &str| get("/v1/me/purchases").by(key);
    let at = app.clock.now();
    let steps = [
        SignInStep::Leave { user_id: gone, at },
        SignInStep::Leave { user_id: back, at },
        SignInStep::Stay { user_id: back },
    ];
    for step in steps {
        let written = app.intake.write_one(Write::SignIn(step)).await.unwrap();
        assert!(
            matches!(written, Written::Changed(Changed::Done)),
            "{written:?}"
        );
    }
    // At the very end of the thirtieth day it is not over yet.
    for (time, expected) in [
        ("2026-05-10T12:00:00+09:00", 200),
        ("2026-05-10T12:00:01+09:00", 401),
    ] {
        world.at(time);
        erase_left(&app).await;
        world.ask(book(&key)).await.is(expected);
        world.ask(book(&other)).await.is(200);
    }
    assert_eq!(app.ledger.leaving(Timestamp::LAST, 9).unwrap(), []);
    drop(app);
    world.close().await;
}

/// A browser's secret is for pages: sent in a header it opens nothing.
#[tokio::test]
async fn a_session_opens_no_interface() {
    let world = World::open().await;
    let app = Arc::clone(&world.running.app);
    let (user_id, _) = person(&world).await;
    let secret = Secret::new(SecretKind::User, [7; 32]);
    let later = app.clock.now().plus_ms(60_000);
    let session = NewSession {
        session_id: SessionId([1; 16]),
        hash: secret.hash(),
        label: Text::new("a browser", 64).unwrap(),
        expires_at: later,
        ends_at: later,
    };
    let open = Write::Session(SessionStep::Open { user_id, session });
    let written = app.intake.write_one(open).await.unwrap();
    assert!(
        matches!(written, Written::Changed(Changed::Done)),
        "{written:?}"
    );
    for path in ["/v1/me/purchases", "/v1/operators", "/v1/stores/s-1"] {
        let answer = world.ask(get(path).by(secret.reveal())).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    drop(app);
    world.close().await;
}
