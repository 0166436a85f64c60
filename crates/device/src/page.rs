//! The till page: a few small files that travel inside the program. Nothing is loaded from
//! elsewhere, and nothing else is allowed to be.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

/// Only what this device serves itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The media type of the scripts.
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What the page consists of: under which path, of which kind, and its text.
const FILES: [(&str, &str, &str); 11] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("page/till.html"),
    ),
    (
        "/till.css",
        "text/css; charset=utf-8",
        include_str!("page/till.css"),
    ),
    ("/words.js", SCRIPT, include_str!("page/words.js")),
    ("/basket.js", SCRIPT, include_str!("page/basket.js")),
    ("/device.js", SCRIPT, include_str!("page/device.js")),
    ("/sales.js", SCRIPT, include_str!("page/sales.js")),
    ("/lines.js", SCRIPT, include_str!("page/lines.js")),
    ("/desk.js", SCRIPT, include_str!("page/desk.js")),
    ("/slips.js", SCRIPT, include_str!("page/slips.js")),
    ("/touch.js", SCRIPT, include_str!("page/touch.js")),
    ("/till.js", SCRIPT, include_str!("page/till.js")),
];

/// The routes of the page.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let routes = FILES.into_iter();
    routes.fold(Router::new(), |router, (path, media_type, text)| {
        router.route(path, get(async move || file(media_type, text)))
    })
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}
