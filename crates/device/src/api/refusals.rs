//! Refused sales at the till: shown, sent again, corrected, taken off the list. The rules are those of
//! `refusal`; nothing is decided here.

use super::refused::{Refused, Reply};
use super::{SALES_SHOWN, Till, all_shown, read};
use crate::outbox;
use crate::refusal::{self, Deed, Numbering, RefusalError};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Till>> {
    Router::new()
        .route("/api/refused", get(refused))
        .route("/api/refused/{id}/again", post(again))
        .route("/api/refused/{id}/correct", post(correct))
        .route("/api/refused/{id}/drop", post(drop_sale))
}

impl From<RefusalError> for Refused {
    fn from(error: RefusalError) -> Self {
        let detail = error.to_string();
        let (status, code) = match error {
            RefusalError::Outbox(error) => return error.into(),
            RefusalError::NoSuch(_) => (StatusCode::NOT_FOUND, "not_found"),
            RefusalError::ReasonMissing
            | RefusalError::NothingNew
            | RefusalError::OtherKey { .. }
            | RefusalError::Named { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "correction"),
        };
        Self::new(status, code, detail)
    }
}

async fn refused(State(till): State<Arc<Till>>) -> Reply<Json<Value>> {
    till.with(|database| {
        let connection = database.connection();
        all_shown(connection, &outbox::refused(connection, SALES_SHOWN)?)
    })
}

async fn again(State(till): State<Arc<Till>>, Path(id): Path<i64>) -> Reply<StatusCode> {
    till.with(|database| refusal::again(database.connection(), id))?;
    till.bell.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    reason: String,
    #[serde(default)]
    staff: Option<String>,
    /// The whole settlement as it should be; as it was if absent.
    #[serde(default)]
    settlement: Option<Box<RawValue>>,
    /// Under the till's next number, because the server has another sale under its own.
    #[serde(default)]
    renumber: bool,
}

async fn correct(
    State(till): State<Arc<Till>>,
    Path(id): Path<i64>,
    body: String,
) -> Reply<Json<Value>> {
    let asked: Correction = read(&body)?;
    let deed = Deed {
        at: till.clock.now(),
        staff: asked.staff.as_deref(),
        reason: &asked.reason,
    };
    let numbering = match asked.renumber {
        true => Numbering::Next,
        false => Numbering::Keep,
    };
    let content = (asked.settlement.as_ref().map(|raw| raw.get()), numbering);
    let store_id = &till.store.settings.store_id;
    let number = till.with(|database| refusal::correct(database, store_id, id, content, &deed))?;
    till.bell.notify_one();
    Ok(Json(json!({"id": id, "transaction": number})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drop {
    reason: String,
    #[serde(default)]
    staff: Option<String>,
}

async fn drop_sale(
    State(till): State<Arc<Till>>,
    Path(id): Path<i64>,
    body: String,
) -> Reply<StatusCode> {
    let asked: Drop = read(&body)?;
    let deed = Deed {
        at: till.clock.now(),
        staff: asked.staff.as_deref(),
        reason: &asked.reason,
    };
    till.with(|database| refusal::drop_sale(database, id, &deed))?;
    Ok(StatusCode::NO_CONTENT)
}
