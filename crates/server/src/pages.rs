//! The pages for people: their book, their code, and all that they can do with what is theirs. They are
//! made here and work without scripts; what scripts add lies beside them. Nothing is decided here, and
//! nothing is written but through the intake.

use crate::app::App;
use crate::reply::{Refused, Reply, finish};
use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use http::header::ACCEPT;
use std::sync::Arc;
use wire::error::ErrorCode;

mod assets;
mod book;
mod dates;
mod guard;
mod language;
mod layout;
mod receipt;
mod trouble;
mod visitor;
mod welcome;
mod words;

/// Every page and every file that belongs to one.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/start", get(welcome::start).post(welcome::begin))
        .route("/book", get(book::show))
        .route("/book/live", get(book::live))
        .route("/book/{purchase_id}", get(receipt::show))
        .route("/book/{purchase_id}/entry", get(book::entry))
        .route("/language", post(language::choose))
        .merge(assets::router())
        .layer(from_fn_with_state(Arc::clone(&app), trouble::tell))
        .layer(from_fn(guard::keep))
        .with_state(app)
}

/// What answers where nothing is: a page for whoever reads pages, and a problem for programs.
pub fn nowhere(app: Arc<App>) -> Router {
    Router::new()
        .fallback(missing)
        .layer(from_fn_with_state(Arc::clone(&app), trouble::tell))
        .layer(from_fn(guard::keep))
        .with_state(app)
}

async fn missing(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let detail = "there is no such route; see /docs";
    let missing = Refused::new(ErrorCode::NotFound, detail).into_response();
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    match accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        true => missing,
        false => finish(missing, &app),
    }
}

/// The book of whoever is signed in, and a welcome for everybody else.
async fn home(visitor: visitor::Visitor, State(app): State<Arc<App>>) -> Reply<Response> {
    match visitor.user_id {
        Some(_) => Ok(Redirect::to("/book").into_response()),
        None => Ok(welcome::show(&app, visitor.lang)),
    }
}
