//! The pages for people: their book, their code, and all that they can do with what is theirs. They are
//! made here and work without scripts; what scripts add lies beside them. Nothing is decided here, and
//! nothing is written but through the intake.

use crate::app::App;
use crate::html::{Room, around, dates, language};
use crate::reply::Reply;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use language::Lang;
use std::sync::Arc;

mod account;
mod assets;
mod blocks;
mod book;
mod chart;
mod claim;
mod code;
mod consent;
mod household;
mod item;
mod layout;
mod missing;
mod private;
mod receipt;
mod recover;
mod secure;
mod shops;
mod sign_in;
mod spending;
mod suspended;
mod visitor;
mod welcome;
mod words;

/// Every page and every file that belongs to one.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/", get(home))
        .route("/start", get(welcome::start).post(welcome::begin))
        .route("/book", get(book::show))
        .route("/book/live", get(book::live))
        .route("/book/{purchase_id}", get(receipt::show))
        .route("/book/{purchase_id}/entry", get(book::entry))
        .merge(account::router())
        .merge(suspended::router())
        .merge(recover::router())
        .merge(secure::router())
        .merge(sign_in::router())
        .route("/book/{purchase_id}/note", post(receipt::keep_note))
        .merge(assets::router())
        .merge(code::router())
        .merge(claim::router())
        .merge(missing::router())
        .merge(household::router())
        .merge(spending::router())
        .merge(item::router())
        .merge(shops::router())
        .merge(private::router())
        .merge(blocks::router())
        .merge(consent::router());
    around(routes, app, Room::at("/").with(labels))
}

/// How the fields are called of those forms that are not shown again with what is wrong with them.
fn labels(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let (book, spending) = (lang.of_book(), lang.of_spending());
    vec![
        ("q", book.search),
        ("own", spending.own_name),
        ("note", spending.note),
    ]
}

/// The book of whoever is signed in, or the code while nothing is in it, and a welcome for everybody else.
async fn home(visitor: visitor::Visitor, State(app): State<Arc<App>>) -> Reply<Response> {
    match visitor.user_id {
        Some(user_id) => {
            let ends = app.ledger.feed_ends(user_id)?;
            let has_begun = ends.is_some_and(|ends| ends.newest > 0);
            let first = if has_begun { "/book" } else { "/code" };
            Ok(Redirect::to(first).into_response())
        }
        None => Ok(welcome::show(&app, visitor.lang)),
    }
}
