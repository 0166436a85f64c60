//! Is the server there, does it take anything, and how much at once.

use crate::app::App;
use crate::intake::{Health, IntakeError};
use crate::reply::{Reply, json};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::postgres::tables::Reach;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use wire::limits::Limits;

/// The state of the server.
#[derive(Serialize, ToSchema)]
pub(super) struct Status {
    /// `ok`.
    status: &'static str,
}

/// How much the server takes at once.
#[utoipa::path(get, path = "/v1/limits", tag = "Everybody",
    responses((status = 200, body = Limits)))]
pub(super) async fn limits() -> Response {
    json(StatusCode::OK, &Limits::of(env!("CARGO_PKG_VERSION")))
}

/// Is the process there?
#[utoipa::path(get, path = "/healthz", tag = "Everybody",
    responses((status = 200, body = Status)))]
pub(super) async fn healthz() -> Response {
    json(StatusCode::OK, &Status { status: "ok" })
}

/// Can it commit?
#[utoipa::path(get, path = "/readyz", tag = "Everybody",
    responses((status = 200, body = Status),
        (status = 503, description = "Draining, full, without its database, or after a fault", body = wire::error::ProblemMessage, content_type = "application/problem+json")))]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Reply<Response> {
    match app.intake.health() {
        Health::Draining => Err(IntakeError::Draining.into()),
        Health::Faulted => Err(IntakeError::Faulted.into()),
        Health::Taking if app.intake.is_disk_full() => Err(IntakeError::DiskFull.into()),
        Health::Taking => match *app.reach.borrow() {
            Reach::Away => Err(IntakeError::Away.into()),
            Reach::ReadOnly => Err(IntakeError::ReadOnly.into()),
            Reach::Writable => Ok(json(StatusCode::OK, &Status { status: "ok" })),
        },
    }
}
