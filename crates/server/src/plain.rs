//! What is said to those who come in clear to a port that speaks TLS: pages send them to the safe address, and
//! programs are told that they have just shown their key to whoever listens.
//!
//! Nothing of a book is ever answered in clear there. What helps to trust the local authority is, because
//! nobody could read it otherwise.

use crate::app::App;
use crate::reply::{Refused, finish};
use crate::tls::Source;
use crate::trust;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::Way;
use http::header::{CACHE_CONTROL, LOCATION, STRICT_TRANSPORT_SECURITY};
use http::{HeaderValue, Method, StatusCode, Uri};
use std::sync::Arc;
use wire::error::ErrorCode;

/// Half a year: browsers come over TLS by themselves for so long.
const STRICTLY: HeaderValue = HeaderValue::from_static("max-age=15552000");

/// What stands in front of all routes.
#[derive(Clone)]
pub(crate) struct Front {
    app: Arc<App>,
    source: Source,
    /// Whether browsers are told never to come in clear again.
    strict: Strict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strict {
    Yes,
    /// The authority may be taken out of a phone again, or other things be served at the same host: then
    /// nobody could reach those any more.
    No,
}

/// What stands in front of routes that are served over TLS with certificates from `source`.
pub(crate) fn front(app: Arc<App>, source: &Source) -> Front {
    let host = app.site.base().strip_prefix("https://");
    let has_port = host.is_some_and(|host| {
        host.trim_end_matches(|c: char| c.is_ascii_digit())
            .ends_with(':')
    });
    let strict = match source {
        Source::Files(_) if !has_port => Strict::Yes,
        Source::Files(_) | Source::Local => Strict::No,
    };
    let source = source.clone();
    Front {
        app,
        source,
        strict,
    }
}

/// Lets through what came under TLS; sends others on, or refuses them.
pub(crate) async fn keep(State(front): State<Front>, request: Request, next: Next) -> Response {
    match request.extensions().get::<Way>() {
        Some(Way::Plain) if !is_open(&front.source, request.method(), request.uri()) => {
            turn_away(&front.app, request.method(), request.uri())
        }
        Some(Way::Plain) => next.run(request).await,
        Some(Way::Tls) | None => {
            let mut response = next.run(request).await;
            if front.strict == Strict::Yes {
                let headers = response.headers_mut();
                headers.insert(STRICT_TRANSPORT_SECURITY, STRICTLY);
            }
            response
        }
    }
}

/// May this be answered in clear: the pages about trust, and the style that they need?
fn is_open(source: &Source, method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    let is_read = method == Method::GET || method == Method::HEAD;
    let is_about_trust = path == trust::PATH
        || path
            .strip_prefix(trust::PATH)
            .is_some_and(|rest| rest.starts_with('/'))
        || path.starts_with("/assets/");
    match source {
        Source::Local => is_read && is_about_trust,
        Source::Files(_) => false,
    }
}

fn turn_away(app: &App, method: &Method, uri: &Uri) -> Response {
    let base = app.site.base();
    let is_read = method == Method::GET || method == Method::HEAD;
    let is_asked_by_a_program = uri.path() == "/v1" || uri.path().starts_with("/v1/");
    let place = uri.path_and_query().map_or("/", |place| place.as_str());
    let place = HeaderValue::from_str(&format!("{base}{place}"));
    match place {
        Ok(place) if is_read && !is_asked_by_a_program => {
            let no_store = HeaderValue::from_static("no-store");
            let headers = [(LOCATION, place), (CACHE_CONTROL, no_store)];
            (StatusCode::PERMANENT_REDIRECT, headers).into_response()
        }
        Ok(_) | Err(_) => {
            let detail = format!(
                "this server is asked over TLS: use {base}. Nothing was done. A key, token or password that came \
                 with this request travelled in clear; if others can listen on that network, revoke it"
            );
            finish(
                Refused::new(ErrorCode::Forbidden, detail).into_response(),
                app,
            )
        }
    }
}
