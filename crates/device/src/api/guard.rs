//! Keeps other web pages out. A browser in the shop may have any page open, and such a page can send
//! requests here; it must not be able to sell. A till program that is no browser sends no `Origin`
//! and is not touched. Who may reach the address at all is not decided here.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, HeaderMap, ORIGIN};
use http::{StatusCode, Uri};
use std::net::IpAddr;

/// Lets a request through, or answers 403.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    if is_from_elsewhere(request.headers()) {
        let detail = "this page is not the till's; open the till by its address";
        return (StatusCode::FORBIDDEN, detail).into_response();
    }
    next.run(request).await
}

/// Does a browser say that another page sent this, or that it knows this device under a name that
/// somebody in the internet could have given to it?
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(ORIGIN) else {
        return false;
    };
    let host = text(HOST).unwrap_or_default();
    let origin = origin.parse::<Uri>().ok();
    let from = origin.as_ref().and_then(Uri::authority);
    from.is_none_or(|from| from.as_str() != host || !is_local(from.host()))
}

fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok() || !bare.contains('.') || bare.ends_with(".local")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tills_own_page_may_send() {
        let rows = [
            (None, "127.0.0.1:8471", false),
            (Some("http://127.0.0.1:8471"), "127.0.0.1:8471", false),
            (Some("http://till:8471"), "till:8471", false),
            (Some("http://shop.local:8471"), "shop.local:8471", false),
            (Some("http://[::1]:8471"), "[::1]:8471", false),
            (Some("http://evil.example"), "127.0.0.1:8471", true),
            (Some("http://127.0.0.1:9999"), "127.0.0.1:8471", true),
            (Some("http://evil.example:8471"), "evil.example:8471", true),
            (Some("null"), "127.0.0.1:8471", true),
        ];
        for (origin, host, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(
                is_from_elsewhere(&headers),
                expected,
                "{origin:?} at {host}"
            );
        }
    }
}
