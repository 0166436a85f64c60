//! What stands around the stage: only its own pages may ask for anything, under its own address, and a
//! browser is told to load and run nothing else. It decides nothing about the town.

use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use door::{Peer, Way};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, StatusCode};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Only what the stage serves itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The cookie with the word of the stage.
const WORD: &str = "stage";

/// Under which addresses the stage is asked, and what those have to bring who are not on this machine.
pub(super) struct Gate {
    hosts: Vec<String>,
    /// None if there is no way in from elsewhere.
    word: Option<String>,
}

impl Gate {
    /// For this machine alone.
    pub(super) fn local(port: u16) -> Self {
        let hosts = vec![format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        Self { hosts, word: None }
    }

    /// And for whoever comes to `own`, at the same port, with this word.
    pub(super) fn let_in(&mut self, own: Ipv4Addr, word: String) {
        let port = self.hosts.first().and_then(|host| host.rsplit_once(':'));
        let port = port.map(|(_, port)| port.to_owned()).unwrap_or_default();
        self.hosts.push(format!("{own}:{port}"));
        self.word = Some(word);
    }

    /// Is somebody let in who comes from there, in this way, with these headers and this path?
    fn lets_in(&self, (peer, way): (IpAddr, Option<Way>), headers: &HeaderMap, path: &str) -> bool {
        if peer.to_canonical().is_loopback() {
            return true;
        }
        let Some(word) = &self.word else {
            return false;
        };
        let cookies = headers.get_all(COOKIE).iter();
        let mut cookies = cookies.filter_map(|value| value.to_str().ok());
        let brought = format!("{WORD}={word}");
        let has_cookie = cookies.any(|value| value.split("; ").any(|cookie| cookie == brought));
        let is_secret = way == Some(Way::Tls);
        is_secret && (has_cookie || path.strip_prefix("/enter/") == Some(word.as_str()))
    }
}

/// Keeps the word for the browser that was let in by it.
pub(super) async fn enter(Path(word): Path<String>) -> Response {
    let cookie = format!("{WORD}={word}; Path=/; HttpOnly; SameSite=Lax; Secure");
    ([(SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

/// Lets a request of the stage's own pages through.
pub(super) async fn keep(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<Peer>()
        .map(|Peer(address)| address.ip());
    let way = request.extensions().get::<Way>().copied();
    let (headers, path) = (request.headers(), request.uri().path());
    let is_let_in = peer.is_some_and(|peer| gate.lets_in((peer, way), headers, path));
    let is_own = is_let_in && is_own(&gate.hosts, deed(&request), headers);
    let mut response = match is_own {
        true => next.run(request).await,
        false => (
            StatusCode::FORBIDDEN,
            "open the stage by its own address, or by the square code at the demo's terminal",
        )
            .into_response(),
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
fn is_own(hosts: &[String], deed: Deed, headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(&HOST).unwrap_or_default();
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
            let gate = Gate::local(8480);
            assert_eq!(
                is_own(&gate.hosts, deed, &headers),
                own,
                "{deed:?} {sent:?}"
            );
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

    #[test]
    fn from_elsewhere_one_brings_the_word_over_tls() {
        let check =
            |peer: &str, way: Option<Way>, cookie: &'static str, path: &str, is_in: bool| {
                let mut headers = HeaderMap::new();
                headers.insert(COOKIE, HeaderValue::from_static(cookie));
                let mut gate = Gate::local(8480);
                let peer = peer.parse().unwrap();
                let is_let_in = |gate: &Gate| gate.lets_in((peer, way), &headers, path);
                assert_eq!(
                    is_let_in(&gate),
                    peer.is_loopback(),
                    "no word yet: {peer} {path}"
                );
                gate.let_in(Ipv4Addr::new(192, 0, 2, 7), "w0rd".to_owned());
                assert_eq!(is_let_in(&gate), is_in, "{peer} {way:?} {cookie} {path}");
            };
        let tls = Some(Way::Tls);
        check("127.0.0.1", Some(Way::Plain), "", "/", true);
        check("192.0.2.9", tls, "lang=en; stage=w0rd", "/go/console", true);
        check("192.0.2.9", tls, "", "/enter/w0rd", true);
        check("192.0.2.9", tls, "", "/enter/word", false);
        check("192.0.2.9", tls, "stage=w0rd1", "/", false);
        check("192.0.2.9", tls, "", "/", false);
        check("192.0.2.9", Some(Way::Plain), "stage=w0rd", "/", false);
    }
}
