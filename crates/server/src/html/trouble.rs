//! A problem as a page: what happened and what to do, in the reader's language. The interface tells the
//! same as JSON. What the framework refuses by itself, in English and without a page, becomes one as well.

use super::Room;
use super::faults::{list, sentence};
use super::frame::Frame;
use super::language::Lang;
use crate::app::App;
use crate::reply::take_problem;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use ledger::keyring::hex;
use maud::{Markup, html};
use std::sync::Arc;
use wire::error::{ErrorCode, Problem};

/// What takes out of a browser what pages keep there.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// What telling takes: the server, and what is told of the room.
#[derive(Clone)]
pub(super) struct Tell {
    pub(super) app: Arc<App>,
    pub(super) room: Room,
}

/// Writes a problem that a page ended in as a page.
pub(super) async fn tell(
    State(Tell { app, room }): State<Tell>,
    request: Request,
    next: Next,
) -> Response {
    let lang = Lang::of(request.headers());
    let mut response = next.run(request).await;
    let problem = take_problem(&mut response).or_else(|| refused_unasked(&response));
    let Some(problem) = problem else {
        return response;
    };
    let request_id = format!("req_{}", hex(&app.clock.random::<8>()));
    let status = response.status();
    if status.is_server_error() {
        app.metrics.unavailable();
        tracing::warn!(%request_id, code = %problem.code, "answered with {status}");
    }
    let mut page = page(lang, room, (status, &problem), &request_id);
    *page.status_mut() = status;
    // What was begun before the problem may be opened by this cookie alone.
    for cookie in response.headers().get_all(SET_COOKIE) {
        page.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    if let Some(allowed) = response.headers().get(&ALLOW) {
        page.headers_mut().insert(ALLOW, allowed.clone());
    }
    // Nor is what somebody else left in this browser kept because of a problem.
    if let Some(cleared) = response.headers().get(&CLEAR_SITE_DATA) {
        page.headers_mut().insert(CLEAR_SITE_DATA, cleared.clone());
    }
    if let Some(seconds) = problem.retry_after_s {
        page.headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    page
}

/// What was refused before any page was asked: a form without a field, or an address that takes nothing.
fn refused_unasked(response: &Response) -> Option<Arc<Problem>> {
    let media_type = response.headers().get(CONTENT_TYPE);
    let media_type = media_type.map_or("text/plain", |value| value.to_str().unwrap_or_default());
    if !response.status().is_client_error() || !media_type.starts_with("text/plain") {
        return None;
    }
    let code = match response.status() {
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
        _ => ErrorCode::MalformedJson,
    };
    Some(Arc::new(Problem::new(code, "the form could not be read")))
}

/// What a reader is told.
fn page(
    lang: Lang,
    room: Room,
    (status, problem): (StatusCode, &Problem),
    request_id: &str,
) -> Response {
    let words = lang.around();
    let title = match status.as_u16() {
        404 => words.not_found,
        429 => words.too_often,
        503 => words.away,
        _ => words.trouble,
    };
    Frame {
        lang,
        title,
        home: room.home,
        places: &[],
        scripts: &[],
        body: html! {
            section.notice {
                h1 { (title) }
                (told(lang, room, problem))
                p { a.button href=(room.home) { (words.home) } }
                p.soft.small { (request_id) }
            }
        },
    }
    .respond()
}

/// The fields that are wrong, or else what the code means. What a program reads besides says more and is English:
/// whoever reads another language is not shown it.
fn told(lang: Lang, room: Room, problem: &Problem) -> Markup {
    html! {
        @if problem.errors.is_empty() {
            p { (sentence(lang, problem)) }
            @if lang == Lang::En && problem.code != ErrorCode::NotFound { p.soft.small { (problem.detail) } }
        } @else {
            p { (lang.around().back) }
            (list(lang, &(room.labels)(lang), &problem.errors))
        }
    }
}
