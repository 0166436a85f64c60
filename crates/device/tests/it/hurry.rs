//! Sending at once: a pause after a failure ends when somebody at the till asks for it, and not by itself.

use crate::api::{near, post};
use crate::shop::{Shop, clock, open, shop};
use device::api::{Till, router};
use device::courier::Courier;
use device::credential::Credential;
use device::link::Link;
use device::sender::Action;
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test]
async fn whoever_asks_ends_a_pause_once() {
    let Shop {
        folder,
        database,
        store,
    } = shop();
    // Nobody listens there, so that each request fails and is followed by a pause.
    let nowhere = Link::new("http://127.0.0.1:1", None, Credential::Nobody, clock()).unwrap();
    let theirs = open(folder.path());
    let mut courier = Courier::new(theirs, nowhere, store.clone(), clock());
    let api = near(router(Arc::new(Till::new(database, store, clock()))));
    for _ in 0..3 {
        assert_eq!(courier.step().await.unwrap(), Action::AskCatalogue);
        for _ in 0..2 {
            let rests = courier.step().await.unwrap();
            assert!(matches!(rests, Action::Rest(Some(_))), "{rests:?}");
        }
        let asked = post(&api, "/api/send", &json!({})).await;
        assert_eq!(asked, (204, Value::String(String::new())));
    }
}
