//! What every page is made with, whoever it is for: frame, language, style, dates, and what stands around
//! it. It knows no room of pages, and decides nothing.

use crate::app::App;
use crate::reply::{Refused, finish};
use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::HeaderMap;
use http::header::ACCEPT;
use language::Lang;
use std::sync::Arc;
use wire::error::ErrorCode;

pub(crate) mod assets;
pub(crate) mod bars;
pub(crate) mod dates;
pub(crate) mod faults;
pub(crate) mod frame;
mod guard;
pub(crate) mod language;
pub(crate) mod square;
mod trouble;
mod words;

/// What all rooms of pages share: the style, the pictures, and the choice of a language.
pub(crate) fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/language", post(language::choose))
        .merge(assets::routes(&[
            &assets::STYLE,
            &assets::ICON,
            &assets::PHONE_ICON,
            &assets::SMALL_ICON,
            &assets::LARGE_ICON,
        ]));
    around(routes, app, Room::at("/"))
}

/// What is told of a room of pages where something of it was refused.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// The page that a problem leads back to.
    home: &'static str,
    /// How its forms call their fields.
    labels: fn(Lang) -> Vec<(&'static str, &'static str)>,
}

impl Room {
    /// A room without forms.
    pub(crate) const fn at(home: &'static str) -> Self {
        Self {
            home,
            labels: |_| Vec::new(),
        }
    }

    /// One whose forms call their fields so.
    pub(crate) const fn with(self, labels: fn(Lang) -> Vec<(&'static str, &'static str)>) -> Self {
        Self { labels, ..self }
    }
}

/// The routes of a room with what stands around each: foreign requests are refused, and a problem becomes
/// a page that leads back to its first one.
pub(crate) fn around(routes: Router<Arc<App>>, app: Arc<App>, room: Room) -> Router {
    let tell = trouble::Tell {
        app: Arc::clone(&app),
        room,
    };
    // What is refused is told as a page, and the headers stand on that one too.
    routes
        .layer(from_fn(guard::refuse))
        .layer(from_fn_with_state(tell, trouble::tell))
        .layer(from_fn(guard::keep))
        .with_state(app)
}

/// What answers where nothing is: a page for whoever reads pages, and a problem for programs.
pub(crate) fn nowhere(app: Arc<App>) -> Router {
    around(Router::new().fallback(missing), app, Room::at("/"))
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
