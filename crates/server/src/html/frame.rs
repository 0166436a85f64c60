//! What every page has around it: head, places to go, and foot. What a page says is its own affair.

use super::assets::{self, Asset};
use super::language::Lang;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A place that the bar leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) label: &'static str,
    pub(crate) here: Here,
}

/// Whether a place is the one that the reader is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Here {
    Yes,
    No,
}

/// A whole page.
pub(crate) struct Frame<'a> {
    pub(crate) lang: Lang,
    pub(crate) title: &'a str,
    /// Where the mark of the house leads, and where a choice of language goes back to.
    pub(crate) home: &'a str,
    /// The bar; none if the reader has nowhere to go.
    pub(crate) places: &'a [Place],
    /// What makes the page livelier; it works without.
    pub(crate) scripts: &'a [&'a Asset],
    pub(crate) body: Markup,
}

impl Frame<'_> {
    /// The page as an answer.
    pub(crate) fn respond(&self) -> Response {
        let headers = [(CONTENT_TYPE, "text/html; charset=utf-8")];
        (headers, self.markup().into_string()).into_response()
    }

    fn markup(&self) -> Markup {
        let words = self.lang.around();
        html! {
            (DOCTYPE)
            html lang=(self.lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · Orihon" }
                    link rel="icon" href=(assets::ICON.path()) type="image/svg+xml";
                    link rel="apple-touch-icon" href=(assets::PHONE_ICON.path());
                    link rel="manifest" href="/manifest.webmanifest";
                    link rel="stylesheet" href=(assets::STYLE.path());
                    @for script in self.scripts { script type="module" src=(script.path()) {} }
                }
                body {
                    a.skip href="#main" { (words.skip) }
                    header.top {
                        a.brand href=(self.home) { (mark()) span { "Orihon" } }
                        @if !self.places.is_empty() { (self.bar()) }
                    }
                    main #main { (self.body) }
                    footer { (self.languages()) p.soft { (words.promise) } }
                }
            }
        }
    }

    fn bar(&self) -> Markup {
        html! {
            nav.bar aria-label=(self.lang.around().places) {
                @for place in self.places {
                    a href=(place.path) aria-current=[(place.here == Here::Yes).then_some("page")] {
                        (place.label)
                    }
                }
            }
        }
    }

    fn languages(&self) -> Markup {
        html! {
            form.languages method="post" action="/language" {
                input type="hidden" name="back" value=(self.home);
                @for (tag, name) in [("ja", "日本語"), ("en", "English")] {
                    button.plain name="lang" value=(tag) lang=(tag)
                        aria-pressed=(if tag == self.lang.tag() { "true" } else { "false" }) { (name) }
                }
            }
        }
    }
}

/// The mark of the house: a strip of paper folded into a book.
fn mark() -> Markup {
    PreEscaped(include_str!("assets/mark.svg").to_owned())
}
