//! What stands around the stage: only its own pages may ask for anything, under its own address, and a
//! browser is told to load and run nothing else. It decides nothing about the town.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, StatusCode};
use std::net::SocketAddr;

/// Only what the stage serves itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Lets a request of the stage's own pages through.
pub(super) async fn keep(
    State(address): State<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let is_own = is_own(address, deed(&request), request.headers());
    let mut response = match is_own {
        true => next.run(request).await,
        false => (StatusCode::FORBIDDEN, "open the stage by its own address").into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Reads,
    /// It changes something, or makes a link that signs in.
    Acts,
}

fn deed(request: &Request) -> Deed {
    let is_get = *request.method() == Method::GET || *request.method() == Method::HEAD;
    match is_get && !request.uri().path().starts_with("/go/") {
        true => Deed::Reads,
        false => Deed::Acts,
    }
}

/// Is this asked under the stage's own address, so that no name from the internet leads here, and, if it
/// does something, by one of its own pages?
fn is_own(address: SocketAddr, deed: Deed, headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(&HOST).unwrap_or_default();
    let hosts = [address.to_string(), format!("localhost:{}", address.port())];
    if !hosts.iter().any(|own| own == host) {
        return false;
    }
    let site = text(&HeaderName::from_static("sec-fetch-site"));
    let is_asked_here = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = text(&ORIGIN).and_then(|origin| origin.split_once("://"));
    let is_sent_here = match text(&ORIGIN) {
        None => true,
        Some(_) => origin.is_some_and(|(_, place)| place == host),
    };
    match deed {
        Deed::Reads => true,
        Deed::Acts => is_asked_here && is_sent_here,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_stage_itself_may_ask() {
        let check = |deed: Deed, sent: &[(&'static str, &'static str)], own: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            let address = SocketAddr::from(([127, 0, 0, 1], 8480));
            assert_eq!(is_own(address, deed, &headers), own, "{deed:?} {sent:?}");
        };
        let host = ("host", "127.0.0.1:8480");
        check(Deed::Reads, &[host], true);
        check(Deed::Reads, &[("host", "localhost:8480")], true);
        check(Deed::Reads, &[("host", "stage.example:8480")], false);
        check(Deed::Reads, &[("host", "127.0.0.1:8470")], false);
        check(Deed::Reads, &[], false);
        check(Deed::Acts, &[host, ("sec-fetch-site", "none")], true);
        check(Deed::Reads, &[host, ("sec-fetch-site", "cross-site")], true);
        check(Deed::Acts, &[host, ("sec-fetch-site", "cross-site")], false);
        // Another port of this machine is another page.
        check(Deed::Acts, &[host, ("sec-fetch-site", "same-site")], false);
        check(
            Deed::Acts,
            &[host, ("origin", "http://127.0.0.1:8480")],
            true,
        );
        check(
            Deed::Acts,
            &[host, ("origin", "http://127.0.0.1:8470")],
            false,
        );
        check(Deed::Acts, &[host, ("origin", "null")], false);
        check(Deed::Acts, &[host], true);
    }
}
