//! What stands around every page: requests that another site made a browser send are refused, and the
//! browser is told to run and load nothing but what this server serves itself.

use crate::reply::Refused;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method};
use wire::error::ErrorCode;

/// Only what this server serves itself; no script and no style stands in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// Refuses what comes from another site.
pub(super) async fn refuse(request: Request, next: Next) -> Response {
    match is_own(request.method(), request.headers()) {
        true => next.run(request).await,
        false => foreign().into_response(),
    }
}

/// Adds the headers to whatever is answered.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What is somebody's own must not come out of a memory that others share.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

fn foreign() -> Refused {
    let detail = "this request came from another site; open the page here and do it again";
    Refused::new(ErrorCode::Forbidden, detail)
}

/// Reading is free; whatever changes something must come from a page of this site. Browsers say so by
/// Fetch Metadata over TLS and on this machine, and by the origin everywhere.
fn is_own(method: &Method, headers: &HeaderMap) -> bool {
    if method == Method::GET || method == Method::HEAD {
        return true;
    }
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(&ORIGIN), text(&HOST)) {
        (Some(origin), Some(host)) => {
            let place = origin.split_once("://").map(|(_, place)| place);
            place == Some(host)
        }
        // No browser leaves out both, and a program has no cookie that it was not given.
        (None, _) => true,
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_come_from_pages_of_this_site_only() {
        let check = |method: Method, sent: &[(&'static str, &'static str)], own: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(is_own(&method, &headers), own, "{method} {sent:?}");
        };
        let host = ("host", "book.example");
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site")], true);
        check(
            Method::POST,
            &[host, ("sec-fetch-site", "cross-site")],
            false,
        );
        check(
            Method::POST,
            &[host, ("sec-fetch-site", "same-site")],
            false,
        );
        check(
            Method::POST,
            &[host, ("sec-fetch-site", "same-origin")],
            true,
        );
        check(
            Method::POST,
            &[host, ("origin", "http://book.example")],
            true,
        );
        check(
            Method::POST,
            &[host, ("origin", "http://evil.example")],
            false,
        );
        check(Method::POST, &[host, ("origin", "null")], false);
        check(Method::DELETE, &[("origin", "http://book.example")], false);
        check(Method::POST, &[host], true);
    }
}
