//! A person's own book. Whose it is comes from the key and from nowhere else.

use super::paths::{self, Parameters, Path};
use crate::app::App;
use crate::auth::SignedIn;
use crate::book::{message, store_of};
use crate::catalogues::aside;
use crate::reply::{Refused, Reply, json, json_of_about};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::account::{Filed, Range};
use purchase::fold::fold;
use purchase::naming::Naming;
use purchase::store::Store;
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
    // A plain page is a few reads; only a search goes through a whole life.
    if asked.words.is_empty() {
        return page(&app, person, &asked);
    }
    let work = Arc::clone(&app);
    aside(move || page(&work, person, &asked)).await?
}

fn page(app: &App, person: SignedIn, asked: &Asked) -> Reply<Response> {
    let (from, to) = asked.span();
    let range = Range {
        after: asked.cursor,
        from,
        to,
        store_id: asked.store_id.clone(),
        currency: asked.currency,
        min: asked.min,
        max: asked.max,
    };
    let found = app
        .ledger
        .page(person.user_id, &range, asked.limit, &|filed| {
            is_asked_for(app, asked, filed)
        })?;
    let stores = found.purchases.iter().map(|filed| store_of(app, filed));
    let stores = stores.collect::<Reply<Vec<_>>>()?;
    let message = PurchasePage {
        purchases: found
            .purchases
            .iter()
            .zip(&stores)
            .map(|(filed, store)| message(filed, store))
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
    let filed = app.ledger.purchase(person.user_id, purchase_id)?;
    let filed = filed.ok_or_else(|| Refused::not_found("purchase"))?;
    let store = store_of(&app, &filed)?;
    Ok(json(StatusCode::OK, &message(&filed, &store)))
}

/// Does the purchase hold every word, and lie on the days asked for?
fn is_asked_for(app: &App, asked: &Asked, filed: &Filed) -> bool {
    if asked.from.is_none() && asked.to.is_none() && asked.words.is_empty() {
        return true;
    }
    let Some(store) = app.ledger.store(&filed.settlement.content().key.store_id) else {
        return false;
    };
    let at = filed.settlement.effective_at(filed.received_at);
    if !asked.covers(at, &app.zone(store.timezone.as_str())) {
        return false;
    }
    if asked.words.is_empty() {
        return true;
    }
    let text = searchable(filed, &store);
    asked.words.iter().all(|word| text.contains(word.as_str()))
}

/// Everything of a purchase that a search looks at, folded.
fn searchable(filed: &Filed, store: &Store) -> String {
    let mut text = fold(store.identity(filed.identity).name.as_str());
    let mut add = |part: &str| {
        // A line break is in no word, so that no match spans two texts.
        text.push('\n');
        text.push_str(&fold(part));
    };
    for (line, name) in filed.settlement.content().lines.iter().zip(&filed.names) {
        match &name.naming {
            Naming::Catalogue { item, .. } => {
                add(item.name.as_str());
                for part in [&item.short_name, &item.reading].into_iter().flatten() {
                    add(part.as_str());
                }
            }
            Naming::Sent | Naming::Pending => {
                if let Some(sent) = &line.name {
                    add(sent.as_str());
                }
            }
        }
    }
    text
}
