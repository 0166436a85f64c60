//! A person's own book. Whose it is comes from the key and from nowhere else.

use super::paths::{self, Parameters, Path};
use crate::app::App;
use crate::auth::SignedIn;
use crate::book::{self, Scope, message, store_of};
use crate::catalogues::aside;
use crate::discretion::Marks;
use crate::programs;
use crate::reply::{Refused, Reply, json, json_of_about};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;
use wire::account::cursor;
use wire::account::message::{PurchaseMessage, PurchasePage};
use wire::account::query::{PurchaseQuery, Query as Asked};

/// The purchases asked for, newest first.
#[utoipa::path(get, path = "/v1/me/purchases", tag = "Person", params(PurchaseQuery),
    responses((status = 200, body = PurchasePage)), security(("person" = [])))]
pub(super) async fn list(
    person: SignedIn,
    State(app): State<Arc<App>>,
    Parameters(query): Parameters<PurchaseQuery>,
) -> Reply<Response> {
    let asked = query.prove().map_err(Refused::faults)?;
    programs::reads(&app, person);
    // A plain page is a few reads; only a search goes through a whole life.
    if asked.words.is_empty() {
        return page(&app, person, &asked);
    }
    let work = Arc::clone(&app);
    aside(move || page(&work, person, &asked)).await?
}

fn page(app: &App, person: SignedIn, asked: &Asked) -> Reply<Response> {
    let found = book::find(app, person.user_id, asked, Scope::Names)?;
    let stores = found.purchases.iter().map(|filed| store_of(app, filed));
    let stores = stores.collect::<Reply<Vec<_>>>()?;
    let marks = Marks::of(app, person.user_id)?;
    let message = PurchasePage {
        purchases: found
            .purchases
            .iter()
            .zip(&stores)
            .map(|(filed, store)| marks.tell(filed, message(filed, store)))
            .collect(),
        next_cursor: found.next.map(cursor),
    };
    Ok(json_of_about(
        StatusCode::OK,
        message.bytes_expected(),
        &message,
    ))
}

/// One purchase, whole.
#[utoipa::path(get, path = "/v1/me/purchases/{purchase_id}", tag = "Person",
    params(("purchase_id" = String, Path, description = "The purchase")),
    responses((status = 200, body = PurchaseMessage),
        (status = 404, description = "No such purchase, or somebody else's", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("person" = [])))]
pub(super) async fn get(
    person: SignedIn,
    State(app): State<Arc<App>>,
    Path(purchase_id): Path<String>,
) -> Reply<Response> {
    let purchase_id = paths::purchase(&purchase_id)?;
    programs::reads(&app, person);
    let filed = book::one(&app, person.user_id, purchase_id)?;
    let store = store_of(&app, &filed)?;
    let sold = Marks::of(&app, person.user_id)?.tell(&filed, message(&filed, &store));
    Ok(json(StatusCode::OK, &sold))
}
