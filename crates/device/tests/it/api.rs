//! The till's interface, asked in process.

use crate::shop::{DAY, Shop, clock, open, settlement, shop};
use axum::body::Body;
use axum::{Extension, Router};
use device::api::{Till, router};
use door::Peer;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

/// A shop with one item behind its interface. The folder lives as long as it is asked.
pub(crate) fn api() -> (Router, TempDir) {
    let shop = shop();
    shop.sql(
        "INSERT INTO items (code, name, unit_price, tax_percent, tax_included)
         VALUES ('bread', 'パン', 150, '8', 1)",
    );
    let Shop {
        folder,
        database,
        store,
    } = shop;
    let router = router(Arc::new(Till::new(database, store, clock())));
    (near(router), folder)
}

/// As from the same machine.
pub(crate) fn near(router: Router) -> Router {
    router.layer(Extension(Peer(([127, 0, 0, 1], 9).into())))
}

pub(crate) async fn ask(
    api: &Router,
    request: Request<Body>,
) -> (StatusCode, http::HeaderMap, String) {
    let response = api.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (head.status, head.headers, text)
}

pub(crate) async fn get(api: &Router, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (status, _, text) = ask(api, request).await;
    (status.as_u16(), text)
}

pub(crate) async fn post(api: &Router, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let (status, _, text) = ask(api, request).await;
    let read = serde_json::from_str(&text);
    (status.as_u16(), read.unwrap_or(Value::String(text)))
}

fn basket(paid: i64) -> Value {
    json!({"terminal": "1", "lines": [{"code": "bread"}],
        "tenders": [{"kind": "cash", "amount": paid}]})
}

#[tokio::test]
async fn a_sale_is_finished_once_it_is_on_the_disk() {
    let (api, folder) = api();
    let (status, finished) = post(&api, "/api/sales", &basket(200)).await;
    assert_eq!(status, 201, "{finished}");
    assert_eq!(finished["transaction"], "1");
    assert_eq!(finished["business_date"], DAY);
    assert_eq!(finished["settlement"]["change"], 50);
    let database = open(folder.path());
    let kept = device::outbox::waiting(database.connection(), 9).unwrap();
    assert_eq!(kept[0].body, finished["settlement"].to_string());
    let (status, sale) = get(&api, &format!("/api/sales/1/{DAY}/1")).await;
    assert_eq!(status, 200);
    let sale: Value = serde_json::from_str(&sale).unwrap();
    assert_eq!(sale["state"], "waiting");
    assert_eq!(sale["settlement"], finished["settlement"]);
    assert_eq!(get(&api, &format!("/api/sales/1/{DAY}/2")).await.0, 404);
}

#[tokio::test]
async fn what_cannot_be_sold_is_said_in_words() {
    let (api, _folder) = api();
    let of = json!({"terminal": "1", "business_date": DAY, "transaction": "9"});
    let mut wrong = settlement("1", 100);
    wrong["total"] = json!(1);
    let mut stones = basket(150);
    stones["tenders"][0]["kind"] = json!("stones");
    let rows = [
        ("/api/sales", basket(149)),
        ("/api/sales", stones),
        (
            "/api/sales",
            json!({"terminal": "1", "lines": [{"code": "4901"}]}),
        ),
        (
            "/api/voids",
            json!({"terminal": "1", "reason": "x", "of": of}),
        ),
        (
            "/api/returns",
            json!({"terminal": "1", "reason": "x", "of": of, "lines": [{"line": 1}]}),
        ),
        ("/api/settlements", wrong),
    ];
    let mut told = String::new();
    for (path, body) in rows {
        let (status, fault) = post(&api, path, &body).await;
        assert_eq!(status, 422, "{fault}");
        told += &format!("{path} {fault}\n");
    }
    insta::assert_snapshot!(told, @r#"
    /api/sales {"code":"unpaid","detail":"1 is still to be paid of 150","params":{"missing":1,"total":150},"status":422}
    /api/sales {"code":"invalid_value","detail":"the sale is not right: /tenders/0/kind: must be one of: cash, card, emoney, qr, points, voucher, credit, exchange, other","status":422}
    /api/sales {"code":"item_unknown","detail":"line 1: no item has the code 4901; enter its name and price, or add it to the items","params":{"item":"4901","line":1},"status":422}
    /api/voids {"code":"sale_unknown","detail":"this device has no sale 9 of till 1 on 2026-11-22; ring it up as a return without receipt","params":{"business_date":"2026-11-22","terminal":"1","transaction":"9"},"status":422}
    /api/returns {"code":"sale_unknown","detail":"this device has no sale 9 of till 1 on 2026-11-22; ring it up as a return without receipt","params":{"business_date":"2026-11-22","terminal":"1","transaction":"9"},"status":422}
    /api/settlements {"code":"total_sum","detail":"the sale is not right: /total: lines 100, adjustments 0 and excluded tax 0 make 100, not 1","status":422}
    "#);
    let unread = json!({"terminal": "1", "lines": [], "colour": "red"});
    let (status, fault) = post(&api, "/api/sales", &unread).await;
    assert_eq!(status, 422);
    assert!(
        fault.to_string().contains("unknown field `colour`"),
        "{fault}"
    );
    let (_, sales) = get(&api, "/api/sales").await;
    assert_eq!(sales, "{\"sales\":[]}");
}

#[tokio::test]
async fn a_tills_own_settlement_is_taken_once() {
    let (api, _folder) = api();
    let sale = settlement("31", 100);
    let key = json!({"key": {"store_id": "s-1", "terminal": "1", "business_date": DAY,
        "transaction": "31"}});
    assert_eq!(
        post(&api, "/api/settlements", &sale).await,
        (201, key.clone())
    );
    assert_eq!(post(&api, "/api/settlements", &sale).await, (200, key));
    let (status, fault) = post(&api, "/api/settlements", &settlement("31", 200)).await;
    assert_eq!(status, 409);
    assert_eq!(fault["code"], "number_taken");
    let (_, finished) = post(&api, "/api/sales", &basket(150)).await;
    assert_eq!(finished["transaction"], "32", "no number is given twice");
}

#[tokio::test]
async fn items_are_found_by_code_and_by_text() {
    let (api, _folder) = api();
    let (status, item) = get(&api, "/api/items/bread").await;
    assert_eq!(status, 200);
    insta::assert_snapshot!(item, @r#"{"code":"bread","name":"パン","unit":null,"unit_price":150,"tax_percent":"8","tax_included":true,"kind":"goods","category":null,"sensitive":false}"#);
    let (status, fault) = get(&api, "/api/items/4901").await;
    assert_eq!(status, 404);
    insta::assert_snapshot!(fault, @r#"{"code":"not_found","detail":"no item has the code 4901","status":404}"#);
    let found = get(&api, "/api/items?q=%E3%83%91").await.1;
    assert!(found.contains("bread"), "{found}");
    assert_eq!(get(&api, "/api/items?q=zz").await.1, "{\"items\":[]}");
}

#[tokio::test]
async fn the_standing_is_told_to_people_and_to_machines() {
    let (api, folder) = api();
    let database = open(folder.path());
    let connection = database.connection();
    connection
        .execute_batch("INSERT INTO items (code, name) VALUES ('bad', '')")
        .unwrap();
    post(&api, "/api/settlements", &settlement("1", 100)).await;
    post(&api, "/api/settlements", &settlement("2", 100)).await;
    connection
        .execute_batch(
            "UPDATE sales SET made_at = made_at - 90000 WHERE number = '1';
             UPDATE sales SET state = 'refused', problem = 'no such store' WHERE number = '2'",
        )
        .unwrap();
    let mut database = database;
    device::capture::next_update(&mut database).unwrap();
    let status: Value = serde_json::from_str(&get(&api, "/api/status").await.1).unwrap();
    let status = serde_json::to_string_pretty(&status).unwrap();
    insta::assert_snapshot!(status, @r#"
    {
      "business_date": "2026-11-22",
      "clock_off_s": null,
      "currency": "JPY",
      "days_differing": 0,
      "follows": null,
      "items_behind": true,
      "items_untold": [
        {
          "code": "bad",
          "problem": "must not be empty"
        }
      ],
      "name": "角の店",
      "names_wanted": 0,
      "oldest_s": 90,
      "refused": 1,
      "rules": {
        "address": "",
        "bag_code": "",
        "invoice_number": "",
        "issuer": "",
        "lock_minutes": "5",
        "phone": "",
        "receipt_footer": "",
        "receipt_width": "80"
      },
      "sign_on": "none",
      "store_id": "s-1",
      "trouble": "",
      "waiting": 1
    }
    "#);
    insta::assert_snapshot!(get(&api, "/metrics").await.1, @"
    # TYPE orihon_device_waiting gauge
    orihon_device_waiting 1
    # TYPE orihon_device_oldest_seconds gauge
    orihon_device_oldest_seconds 90
    # TYPE orihon_device_refused gauge
    orihon_device_refused 1
    # TYPE orihon_device_days_differing gauge
    orihon_device_days_differing 0
    # TYPE orihon_device_clock_offset_seconds gauge
    orihon_device_clock_offset_seconds 0
    # EOF
    ");
    let (_, refused) = get(&api, "/api/refused").await;
    assert!(refused.contains("no such store"), "{refused}");
    let again = |id: u8| format!("/api/refused/{id}/again");
    assert_eq!(post(&api, &again(2), &json!({})).await.0, 204);
    assert_eq!(post(&api, &again(9), &json!({})).await.0, 404);
    assert_eq!(get(&api, "/api/refused").await.1, "{\"sales\":[]}");
}

#[tokio::test]
async fn the_page_takes_nothing_from_elsewhere() {
    let (api, _folder) = api();
    let (_, page) = get(&api, "/").await;
    let scripts = page.split('"').filter(|text| text.starts_with('/'));
    let paths: Vec<_> = scripts.chain(["/"]).collect();
    assert!(paths.len() > 5, "{paths:?}");
    for path in paths {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (status, headers, text) = ask(&api, request).await;
        assert_eq!(status, 200, "{path}");
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; "),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!text.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_refused_sale_is_corrected_or_dropped_at_the_till() {
    let (api, folder) = api();
    let database = open(folder.path());
    for number in ["1", "2", "3"] {
        post(&api, "/api/settlements", &settlement(number, 100)).await;
    }
    let refuse = "UPDATE sales SET state = 'refused', problem = 'no' WHERE number <> '3'";
    database.connection().execute_batch(refuse).unwrap();
    let rows = [
        ("1/correct", json!({"reason": "", "renumber": true})),
        ("1/correct", json!({"reason": "x"})),
        ("1/correct", json!({"reason": "x", "colour": "red"})),
        (
            "1/correct",
            json!({"reason": "x", "staff": "7", "settlement": settlement("1", 150)}),
        ),
        ("1/correct", json!({"reason": "x", "renumber": true})),
        ("2/correct", json!({"reason": "x", "renumber": true})),
        ("3/drop", json!({"reason": "x"})),
        ("2/drop", json!({"reason": "x"})),
    ];
    let mut told = String::new();
    for (path, body) in rows {
        let (status, answer) = post(&api, &format!("/api/refused/{path}"), &body).await;
        told += &format!("{path} {status} {answer}\n");
    }
    insta::assert_snapshot!(told, @r#"
    1/correct 422 {"code":"correction","detail":"say why, in reason: it goes into the device's log","status":422}
    1/correct 422 {"code":"correction","detail":"this says the same as before; to send it once more as it is: --again","status":422}
    1/correct 422 {"code":"malformed_json","detail":"the message cannot be read: unknown field `colour`, expected one of `reason`, `staff`, `settlement`, `renumber` at line 1 column 9","status":422}
    1/correct 200 {"id":1,"transaction":"1"}
    1/correct 404 {"code":"not_found","detail":"no refused sale has the id 1; orihon-device refused shows them all","status":404}
    2/correct 200 {"id":2,"transaction":"4"}
    3/drop 404 {"code":"not_found","detail":"no refused sale has the id 3; orihon-device refused shows them all","status":404}
    2/drop 404 {"code":"not_found","detail":"no refused sale has the id 2; orihon-device refused shows them all","status":404}
    "#);
    post(&api, "/api/settlements", &settlement("9", 100)).await;
    let refuse = "UPDATE sales SET state = 'refused' WHERE number = '9'";
    database.connection().execute_batch(refuse).unwrap();
    let (status, _) = post(&api, "/api/refused/4/drop", &json!({"reason": "twice"})).await;
    assert_eq!(status, 204);
    assert_eq!(get(&api, "/api/refused").await.1, "{\"sales\":[]}");
}
