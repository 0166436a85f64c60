//! The till page: a few small files that travel inside the program. Nothing is loaded from
//! elsewhere, and nothing else is allowed to be.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

/// Only what this device serves itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The media type of the scripts.
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page.
pub async fn html() -> Response {
    file("text/html; charset=utf-8", include_str!("page/till.html"))
}

/// What it does.
pub async fn script() -> Response {
    file(SCRIPT, include_str!("page/till.js"))
}

/// Its texts, in each language.
pub async fn words() -> Response {
    file(SCRIPT, include_str!("page/words.js"))
}

/// What was rung up, and what it comes to.
pub async fn basket() -> Response {
    file(SCRIPT, include_str!("page/basket.js"))
}

/// Questions, receipts and lists.
pub async fn slips() -> Response {
    file(SCRIPT, include_str!("page/slips.js"))
}

/// How it looks.
pub async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("page/till.css"))
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}
