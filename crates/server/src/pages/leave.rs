//! Whoever is signed out leaves nothing in the browser: neither codes that it keeps for where there is no
//! signal, nor the one that was shown last. Whichever page ends the session, it is seen here by the cookie
//! that it takes away.

use super::code;
use crate::app::App;
use crate::sessions::forget_cookie;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{HeaderName, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;

/// Asks the browser to let go of what pages keep there. It does so over TLS and on its own machine, and
/// nowhere else does a page keep anything.
const CLEAR: (HeaderName, &str) = (
    HeaderName::from_static("clear-site-data"),
    "\"cache\", \"storage\"",
);

/// Adds to an answer that ends a session what else has to go.
pub(super) async fn nothing_behind(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    clear(response.headers_mut(), &forget_cookie(&app), || {
        code::gone_cookies(&app)
    });
    response
}

fn clear(headers: &mut HeaderMap, ending: &str, cookies: impl FnOnce() -> Vec<String>) {
    let mut set = headers.get_all(SET_COOKIE).iter();
    if !set.any(|cookie| cookie.as_bytes() == ending.as_bytes()) {
        return;
    }
    for cookie in cookies() {
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    let (name, what) = CLEAR;
    headers.insert(name, HeaderValue::from_static(what));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_session_clears_the_browser() {
        let check = |set: &[&'static str], cookies: usize, is_cleared: bool| {
            let mut headers = HeaderMap::new();
            for cookie in set {
                headers.append(SET_COOKIE, HeaderValue::from_static(cookie));
            }
            clear(&mut headers, "orihon=; Max-Age=0", || {
                vec!["shown=; Max-Age=0".to_owned()]
            });
            let all = headers.get_all(SET_COOKIE).iter().count();
            assert_eq!(all, cookies, "{set:?}");
            let cleared = headers.contains_key("clear-site-data");
            assert_eq!(cleared, is_cleared, "{set:?}");
        };
        check(&[], 0, false);
        check(&["orihon=ors_1; Max-Age=9"], 1, false);
        check(&["lang=ja", "orihon=; Max-Age=0"], 3, true);
    }
}
