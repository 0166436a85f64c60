//! The language of a page: the one that the reader chose, or else the one that the browser asks for.

use crate::app::App;
use crate::sessions::cookie;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, HOST, HeaderName, REFERER, SET_COOKIE};
use serde::Deserialize;
use std::sync::Arc;

/// The cookie with the reader's choice.
const COOKIE_NAME: &str = "lang";

/// A language that every page speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Ja,
    En,
}

impl Lang {
    /// Its tag (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    fn parse(tag: &str) -> Option<Self> {
        // Of `ja-JP;q=0.9` only the first part names the language.
        let first = tag.split([';', '-']).next().unwrap_or(tag).trim();
        [Self::Ja, Self::En]
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(first))
    }

    /// The language for whoever sent these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let chosen = cookie(headers, COOKIE_NAME).and_then(Self::parse);
        let asked = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            // Browsers send what they like best first.
            .and_then(|value| value.split(',').find_map(Self::parse));
        chosen.or(asked).unwrap_or(Self::En)
    }
}

/// What the form at the foot of each page sends.
#[derive(Deserialize)]
pub(super) struct Choice {
    lang: String,
    /// The page to go back to.
    back: String,
}

/// Keeps the reader's choice and goes back to the page.
pub(super) async fn choose(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Response {
    let lang = Lang::parse(&choice.lang).unwrap_or(Lang::En);
    let max_age_s = 400 * 24 * 3_600;
    let (tag, attributes) = (lang.tag(), app.site.attributes());
    let cookie = format!("{COOKIE_NAME}={tag}; Max-Age={max_age_s}{attributes}");
    let back = came_from(&headers).unwrap_or_else(|| own_path(&choice.back));
    ([(SET_COOKIE, cookie)], Redirect::to(back)).into_response()
}

/// The page of this site that the form was sent from, as browsers say it: path and query.
fn came_from(headers: &HeaderMap) -> Option<&str> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let (_, place) = text(REFERER)?.split_once("://")?;
    let path = place.strip_prefix(text(HOST)?)?;
    (own_path(path) == path).then_some(path)
}

/// `path` if it is one of this site, and else the first page: nobody is sent elsewhere from here.
pub(crate) fn own_path(path: &str) -> &str {
    // Browsers take blanks and control characters out of an address before they read it.
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_own = path.starts_with('/') && !path.starts_with("//") && is_plain;
    if is_own { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::COOKIE;

    #[test]
    fn the_choice_goes_before_what_the_browser_asks_for() {
        for (accept, chosen, lang) in [
            ("ja", "", Lang::Ja),
            ("ja-JP,en;q=0.5", "", Lang::Ja),
            ("fr, EN-gb;q=0.8, ja;q=0.1", "", Lang::En),
            ("ja", "lang=en", Lang::En),
            ("ja", "lang=xx", Lang::Ja),
            ("", "", Lang::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
            headers.insert(COOKIE, HeaderValue::from_static(chosen));
            assert_eq!(Lang::of(&headers), lang, "{accept} {chosen}");
        }
    }

    #[test]
    fn the_reader_stays_on_the_page() {
        for (referer, back) in [
            (
                "http://book.example/book/pur_1?view=gift",
                Some("/book/pur_1?view=gift"),
            ),
            ("http://book.example/", Some("/")),
            ("http://book.example", None),
            ("http://book.example//evil.example", None),
            ("http://book.example.evil.example/", None),
            ("http://evil.example/book", None),
            ("/book", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("book.example"));
            headers.insert(REFERER, HeaderValue::from_static(referer));
            assert_eq!(came_from(&headers), back, "{referer}");
        }
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (path, own) in [
            ("/book?q=a", "/book?q=a"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("/book?q=\u{0}", "/"),
            ("/book?q=牛乳", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_path(path), own);
        }
    }
}
