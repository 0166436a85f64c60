//! A store with its machine, and the sales that tests send.

use crate::program::Server;
use serde_json::{Value, json};

pub(crate) const TODAY: &str = "2026-04-10";

/// A store and its machine's key.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) id: String,
    pub(crate) key: String,
}

impl Shop {
    /// A store in Tokyo that sells in yen.
    pub(crate) async fn open(server: &Server, id: &str) -> Self {
        let operator = server.operator();
        let store = json!({
            "store_id": id, "name": format!("{id}店"), "timezone": "Asia/Tokyo", "currency": "JPY",
        });
        server
            .ask(&operator, "POST", "/v1/stores", store.to_string())
            .await
            .is(201);
        let path = format!("/v1/stores/{id}/devices");
        let device = json!({"name": "till"}).to_string();
        let device = server.ask(&operator, "POST", &path, device).await.is(201);
        Self {
            id: id.to_owned(),
            key: device["key"].as_str().unwrap().to_owned(),
        }
    }

    /// A sale of one thing.
    pub(crate) fn sale(&self, transaction: &str, total: u64) -> Value {
        json!({
            "store_id": self.id, "terminal": "1", "business_date": TODAY,
            "transaction": transaction, "kind": "sale",
            "purchased_at": format!("{TODAY}T12:00:00+09:00"), "currency": "JPY",
            "lines": [{"code": "milk", "quantity": "1", "unit_price": total, "amount": total}],
            "total": total,
        })
    }

    /// Sends a settlement; the status and the purchase's id.
    pub(crate) async fn send(&self, server: &Server, sale: &Value) -> (u16, String) {
        let answer = server
            .ask(&self.key, "POST", "/v1/settlements", sale.to_string())
            .await;
        let id = answer.json["purchase_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (answer.status, id)
    }
}
