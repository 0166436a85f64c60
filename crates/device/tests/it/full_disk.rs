//! A disk that is full: the till is told so, nothing of the sale is kept, and all goes on once there
//! is space. `tools/power-cut-device` does the same on a real one.

use crate::shop::{Shop, now, shop};
use axum::body::Body;
use axum::{Extension, Router};
use device::api::{Till, router};
use device::database::Database;
use device::store::Store;
use door::Peer;
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// A till on the same machine.
fn api(database: Database, store: Store) -> Router {
    let clock = device::clock::Clock::new(Arc::new(now), Arc::new(|bytes| bytes.fill(7)));
    let till = Till::new(database, store, clock);
    router(Arc::new(till)).layer(Extension(Peer(([127, 0, 0, 1], 9).into())))
}

async fn sell(api: &Router) -> (u16, Value) {
    let basket = json!({"terminal": "1", "lines": [{"name": "x".repeat(190), "unit_price": 5}],
        "tenders": [{"kind": "cash", "amount": 5}]});
    let request = Request::post("/api/sales")
        .header("content-type", "application/json")
        .body(Body::from(basket.to_string()))
        .unwrap();
    let response = api.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_full_disk_loses_no_number_and_gives_none_twice() {
    let Shop {
        folder,
        database,
        store,
    } = shop();
    // The largest size of the file stands for the end of the disk; each connection has its own.
    let pages: i64 = database
        .connection()
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    database
        .connection()
        .pragma_update(None, "max_page_count", pages + 20)
        .unwrap();
    let full = api(database, store.clone());
    let mut sold = Vec::new();
    let fault = loop {
        match sell(&full).await {
            (201, finished) => sold.push(finished["transaction"].clone()),
            refused => break refused,
        }
        assert!(sold.len() < 10_000, "the disk never fills up");
    };
    assert_eq!(
        (fault.0, fault.1["code"].as_str()),
        (503, Some("disk_full")),
        "{}",
        fault.1
    );
    assert_eq!(sell(&full).await.0, 503, "it stays full");
    // Space is made: the same device goes on with the next number.
    let roomy = Database::open(folder.path()).unwrap();
    let kept: i64 = roomy
        .connection()
        .query_row("SELECT count(*) FROM sales", [], |row| row.get(0))
        .unwrap();
    assert_eq!(
        usize::try_from(kept).unwrap(),
        sold.len(),
        "exactly what was said yes to"
    );
    let healed = api(roomy, store);
    let (status, finished) = sell(&healed).await;
    assert_eq!(status, 201, "{finished}");
    let numbers: Vec<_> = (1..=sold.len())
        .map(|number| json!(number.to_string()))
        .collect();
    assert_eq!(sold, numbers);
    assert_eq!(finished["transaction"], json!((sold.len() + 1).to_string()));
}
