//! What operators did, for operators who may everything.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters};
use crate::app::App;
use crate::audit::{name, page};
use crate::auth::Operator;
use crate::catalogues::aside;
use crate::reply::{Reply, json};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::account::Audited;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::operator::answer::{AuditEntry, AuditLog};
use wire::time::{read, show_utc};

/// Where a page ends.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Before {
    /// `next_before` of the page before.
    before: Option<String>,
}

/// What operators did, newest first, 30 days at a time.
#[utoipa::path(get, path = "/v1/audit", tag = "Operator", params(Before),
    responses((status = 200, body = AuditLog)), security(("operator" = [])))]
pub(super) async fn log(
    _operator: Operator,
    State(app): State<Arc<App>>,
    Parameters(asked): Parameters<Before>,
) -> Reply<Response> {
    let before = match asked.before.as_deref() {
        None | Some("") => None,
        Some(text) => Some(
            read(text).ok_or_else(|| paths::parameter("before", "copy next_before unchanged"))?,
        ),
    };
    let found = aside(move || page(&app, before)).await??;
    let log = AuditLog {
        entries: found.entries.iter().map(entry).collect(),
        next_before: show_utc(found.next_before),
    };
    Ok(json(StatusCode::OK, &log))
}

fn entry(found: &Audited) -> AuditEntry {
    let note = &found.note;
    AuditEntry {
        at: show_utc(found.at),
        token_id: note.by.to_string(),
        label: note.label.as_ref().map(|label| label.as_str().to_owned()),
        act: name(note.act),
        store_id: note.store_id.as_ref().map(ToString::to_string),
        detail: note.detail.as_ref().map(|text| text.as_str().to_owned()),
    }
}
