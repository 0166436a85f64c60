//! Who may ask at all. Other web pages are kept out: a browser in the shop may have any page open, and
//! such a page can send requests here; it must not be able to sell. A till program that is no browser
//! sends no `Origin` and is not touched. From another machine only a paired till may ask, by its key;
//! whoever is on this machine needs none.

use super::Till;
use super::refused::Refused;
use crate::paired;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::Peer;
use http::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use http::{Extensions, StatusCode, Uri};
use std::net::IpAddr;
use std::sync::Arc;

/// Lets a request from this machine or with a till's key through, or answers 401. The page itself
/// holds nothing and is there for everybody, so that it can ask for the key.
pub(super) async fn keys(State(till): State<Arc<Till>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_page = !path.starts_with("/api/") && path != "/metrics";
    if is_page || is_here(request.extensions()) {
        return next.run(request).await;
    }
    let key = request.headers().get(AUTHORIZATION);
    let key = key.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let known = key.map(|key| till.with(|database| paired::whose(database.connection(), key)));
    match known.transpose() {
        Ok(Some(Some(_))) => next.run(request).await,
        Ok(Some(None) | None) => {
            let detail = "a till on another machine needs a key: orihon-device till add NAME";
            Refused::new(StatusCode::UNAUTHORIZED, "till_key", detail).into_response()
        }
        Err(error) => Refused::from(error).into_response(),
    }
}

/// Is the caller on this machine? Who comes by no connection at all is not.
fn is_here(extensions: &Extensions) -> bool {
    let peer = extensions.get::<Peer>();
    peer.is_some_and(|Peer(address)| address.ip().to_canonical().is_loopback())
}

/// Lets a request through, or answers 403.
pub(super) async fn pages(request: Request, next: Next) -> Response {
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
