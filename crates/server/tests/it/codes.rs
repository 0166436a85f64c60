//! Codes that people show: member codes at the till, and claim codes from receipts.

use crate::call::{delete, get, post};
use crate::goods::And;
use crate::world::{Person, World};
use serde_json::{Value, json};

const SALES: &str = "/v1/settlements";
const CODES: &str = "/v1/me/member-codes";
const CLAIMS: &str = "/v1/me/claims";
const LOOK: &str = "/v1/claims/look";
const CLAIM: &str = "01234567890123456784";

/// New codes of a person.
async fn codes(world: &World, person: &Person, form: &str, count: u8) -> Vec<String> {
    let wanted = json!({"form": form, "count": count});
    let answer = world.ask(post(CODES, wanted).by(&person.key)).await.is(201);
    let answer = answer.json();
    let codes = answer["codes"].as_array().unwrap();
    codes
        .iter()
        .map(|code| code["code"].as_str().unwrap().to_owned())
        .collect()
}

fn state(world_answer: &Value) -> (u64, bool) {
    let short = world_answer["short"].as_u64().unwrap();
    (short, world_answer.get("card").is_some())
}

#[tokio::test]
async fn a_code_of_a_phone_files_one_sale() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let fetched = codes(&world, &ann, "short", 32).await;
    assert_eq!(fetched.len(), 32);
    let sold = async |transaction: &str, code: &str| {
        let sale = mart
            .sale(transaction, 250)
            .and("/user", json!({"member_code": code}));
        world.ask(post(SALES, sale).by(&mart.key)).await.json()
    };
    let first = sold("t-1", &fetched[0]).await;
    assert_eq!(
        (&first["outcome"], &first["filed"]),
        (&json!("recorded"), &json!(true))
    );
    assert_eq!(first.get("claim_code"), None);
    let again = sold("t-1", &fetched[0]).await;
    assert_eq!(again["outcome"], "already_recorded");
    assert_eq!(
        (&again["filed"], &again["purchase_id"]),
        (&json!(true), &first["purchase_id"])
    );
    let used = sold("t-2", &fetched[0]).await;
    assert_eq!(used["filed"], false);
    assert!(used["claim_code"].is_string(), "{used}");
    // The wish may be turned at the phone, and the code is the same.
    let turned = wire::member::MemberCode::parse(&fetched[1]).unwrap();
    let turned = turned.with_wish(wire::member::Wish::NoPaper).to_string();
    assert_ne!(turned, fetched[1]);
    assert_eq!(sold("t-3", &turned).await["filed"], true);
    assert_eq!(sold("t-4", &fetched[1]).await["filed"], false);
    // What is no code is no reason to refuse a sale.
    for (transaction, code) in [("t-5", "1210123456789012345678"), ("t-6", "ann")] {
        let told = sold(transaction, code).await;
        assert_eq!(told["outcome"], "recorded");
        assert_eq!(told.get("filed"), None, "{told}");
        assert!(told["claim_code"].is_string(), "{told}");
    }
    let book = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200);
    assert_eq!(book.json()["purchases"].as_array().unwrap().len(), 2);
    let left = world.ask(get(CODES).by(&ann.key)).await.is(200);
    assert_eq!(state(&left.json()), (30, false));
    assert!(!left.body.contains(&fetched[2][3..]), "no digit is told");
    world.close().await;
}

#[tokio::test]
async fn a_card_is_answered_the_same_whether_it_is_known() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let gone = world
        .ask(delete(format!("{CODES}/card")).by(&ann.key))
        .await;
    insta::assert_snapshot!(gone.status, @"404");
    let card = codes(&world, &ann, "card", 1).await.remove(0);
    let strange = wire::member::MemberCode::new(
        wire::member::MemberForm::Card,
        wire::member::Wish::Paper,
        [9; 16],
    );
    let sold = async |transaction: &str, code: &str| {
        let sale = mart
            .sale(transaction, 250)
            .and("/user", json!({"member_code": code}));
        let told = world.ask(post(SALES, sale).by(&mart.key)).await.is(201);
        let told = told.json();
        told.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let known = sold("t-1", &card).await;
    assert_eq!(sold("t-2", &strange.to_string()).await, known);
    let state_now = world.ask(get(CODES).by(&ann.key)).await.is(200);
    insta::assert_snapshot!(world.show(&state_now), @r#"
    200 application/json
    {"short":0,"card":{"issued_at":"2026-04-10T03:00:00Z","expires_at":"2031-04-09T03:00:00Z"}}
    "#);
    world
        .ask(delete(format!("{CODES}/card")).by(&ann.key))
        .await
        .is(204);
    let left = world.ask(get(CODES).by(&ann.key)).await.is(200);
    assert_eq!(state(&left.json()), (0, false));
    assert_eq!(
        sold("t-3", &card).await,
        known,
        "nor that it was taken back"
    );
    let book = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200);
    assert_eq!(book.json()["purchases"].as_array().unwrap().len(), 1);
    world.close().await;
}

#[tokio::test]
async fn a_purchase_is_taken_by_the_code_on_its_receipt() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let code = json!({"claim_code": CLAIM});
    let claim = async |person: &Person| world.ask(post(CLAIMS, &code).by(&person.key)).await;
    world.ask(post(LOOK, &code)).await.is(404);
    let sale = mart.sale("t-1", 250).and("/claim_code", json!(CLAIM));
    let sold = world.ask(post(SALES, &sale).by(&mart.key)).await.is(201);
    let looked = world.ask(post(LOOK, &code)).await.is(200);
    assert_eq!(looked.text("/purchase_id"), sold.text("/purchase_id"));
    let typed = json!({"claim_code": "01234 56789-01234 56784"});
    let filed = world.ask(post(CLAIMS, typed).by(&ann.key)).await;
    insta::assert_snapshot!(world.show(&filed), @r#"
    200 application/json
    {"state":"filed","purchase_id":"pur_1"}
    "#);
    assert_eq!(filed.text("/purchase_id"), sold.text("/purchase_id"));
    assert_eq!(claim(&ann).await.is(200).body, filed.body, "sent twice");
    let mine =
        world.ask(get(format!("/v1/me/purchases/{}", sold.text("/purchase_id"))).by(&ann.key));
    assert_eq!(mine.await.is(200).body, looked.body, "as it was shown");
    // Used or never known: nobody else can tell.
    let unknown = json!({"claim_code": "00000000000000000000"});
    let unknown = world.ask(post(CLAIMS, unknown).by(&bob.key)).await.is(202);
    assert_eq!(claim(&bob).await.is(202).body, unknown.body);
    world.ask(post(LOOK, &code)).await.is(404);
    let waiting = world.ask(get(CLAIMS).by(&bob.key)).await.is(200);
    assert_eq!(waiting.json()["claims"].as_array().unwrap().len(), 2);
    // The store is told the same as ever.
    let again = world.ask(post(SALES, &sale).by(&mart.key)).await.is(200);
    assert_eq!(
        again.body.replace("already_recorded", "recorded"),
        sold.body
    );
    let wrong = world
        .ask(post(CLAIMS, json!({"claim_code": "12"})).by(&bob.key))
        .await;
    assert_eq!(
        (wrong.status, wrong.text("/errors/0/pointer")),
        (422, "/claim_code".to_owned())
    );
    world.close().await;
}

#[tokio::test]
async fn a_claim_completes_when_its_sale_comes() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let code = json!({"claim_code": CLAIM});
    world.ask(post(CLAIMS, &code).by(&ann.key)).await.is(202);
    let waiting = world.ask(get(CLAIMS).by(&ann.key)).await;
    insta::assert_snapshot!(world.show(&waiting), @r#"
    200 application/json
    {"claims":[{"asked_at":"2026-04-10T03:00:00Z"}]}
    "#);
    let sale = mart.sale("t-1", 250).and("/claim_code", json!(CLAIM));
    let sold = world.ask(post(SALES, sale).by(&mart.key)).await.is(201);
    let book = world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200);
    assert_eq!(
        book.text("/purchases/0/purchase_id"),
        sold.text("/purchase_id")
    );
    let waiting = world.ask(get(CLAIMS).by(&ann.key)).await.is(200);
    assert_eq!(waiting.json(), json!({"claims": []}));
    world.close().await;
}

#[tokio::test]
async fn an_account_gets_so_many_codes_and_then_one_now_and_then() {
    let world = World::open().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let ask = |person: &Person, count: u8| {
        let wanted = json!({"form": "short", "count": count});
        post(CODES, wanted).by(&person.key)
    };
    for _ in 0..10 {
        world.ask(ask(&ann, 32)).await.is(201);
    }
    let much = world.ask(ask(&ann, 1)).await.is(429);
    assert_eq!(much.text("/code"), "rate_limited");
    assert_eq!(much.header("retry-after"), "121");
    world.ask(ask(&bob, 32)).await.is(201);
    // What was refused took nothing.
    world.at("2026-04-10T12:02:00+09:00");
    world.ask(ask(&ann, 2)).await.is(429);
    world.ask(ask(&ann, 1)).await.is(201);
    world.ask(ask(&ann, 1)).await.is(429);
    world.close().await;
}

#[tokio::test]
async fn claims_that_wait_and_wrong_looks_are_bounded() {
    let world = World::open().await;
    let ann = world.person("ann").await;
    let code = |number: u32| json!({"claim_code": format!("{number:020}")});
    for number in 0..50 {
        world
            .ask(post(CLAIMS, code(number)).by(&ann.key))
            .await
            .is(202);
    }
    let full = world.ask(post(CLAIMS, code(50)).by(&ann.key)).await.is(409);
    assert_eq!(full.text("/code"), "claims_waiting");
    world.ask(post(CLAIMS, code(7)).by(&ann.key)).await.is(202);
    for number in 0..120 {
        world.ask(post(LOOK, code(number))).await.is(404);
    }
    let much = world.ask(post(LOOK, code(999))).await.is(429);
    assert_eq!(much.header("retry-after"), "61");
    world.at("2026-04-10T12:01:00+09:00");
    world.ask(post(LOOK, code(999))).await.is(404);
    world.close().await;
}
