//! A problem as a page: what happened and what to do, in the reader's language. The interface tells the
//! same as JSON.

use super::frame::Frame;
use super::language::Lang;
use crate::app::App;
use crate::reply::take_problem;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::{HeaderName, RETRY_AFTER, SET_COOKIE};
use ledger::keyring::hex;
use maud::html;
use std::sync::Arc;
use wire::error::Problem;

/// What takes out of a browser what pages keep there.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// What telling takes: the server, and the page of the room that a problem leads back to.
#[derive(Clone)]
pub(super) struct Tell {
    pub(super) app: Arc<App>,
    pub(super) home: &'static str,
}

/// Writes a problem that a page ended in as a page.
pub(super) async fn tell(
    State(Tell { app, home }): State<Tell>,
    request: Request,
    next: Next,
) -> Response {
    let lang = Lang::of(request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = take_problem(&mut response) else {
        return response;
    };
    let request_id = format!("req_{}", hex(&app.clock.random::<8>()));
    let status = response.status();
    if status.is_server_error() {
        app.metrics.unavailable();
        tracing::warn!(%request_id, code = %problem.code, "answered with {status}");
    }
    let mut page = page(lang, home, &problem, &request_id);
    *page.status_mut() = status;
    // What was begun before the problem may be opened by this cookie alone.
    for cookie in response.headers().get_all(SET_COOKIE) {
        page.headers_mut().append(SET_COOKIE, cookie.clone());
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

/// What a reader is told.
fn page(lang: Lang, home: &str, problem: &Problem, request_id: &str) -> Response {
    let words = lang.around();
    let (title, advice) = match problem.status() {
        404 => (words.not_found, words.not_found_advice),
        429 => (words.too_often, words.too_often_advice),
        503 => (words.away, words.away_advice),
        _ => (words.trouble, words.trouble_advice),
    };
    let detail = problem.detail.as_str();
    Frame {
        lang,
        title,
        home,
        places: &[],
        scripts: &[],
        body: html! {
            section.notice {
                h1 { (title) }
                p { (advice) }
                @if lang == Lang::En { p.soft { (detail) } }
                p { a.button href=(home) { (words.home) } }
                p.soft.small { (request_id) }
            }
        },
    }
    .respond()
}
