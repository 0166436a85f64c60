//! What every page has around it: head, places to go, and foot. What a page says is its own affair.

use super::assets::{self, Asset};
use super::language::Lang;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The places that the bar of an account leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    /// A page without a bar: nobody is signed in, or it is no part of the account.
    None,
    Book,
    Account,
}

impl Tab {
    /// Those in the bar, in their order.
    const BAR: [Self; 2] = [Self::Book, Self::Account];

    const fn path(self) -> &'static str {
        match self {
            Self::None => "/",
            Self::Book => "/book",
            Self::Account => "/account",
        }
    }

    const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::None => lang.words().home,
            Self::Book => lang.words().book,
            Self::Account => lang.words().account,
        }
    }
}

/// One page.
pub(super) struct Page<'a> {
    pub(super) lang: Lang,
    pub(super) title: &'a str,
    pub(super) tab: Tab,
    /// What makes the page livelier; it works without.
    pub(super) scripts: &'a [&'a Asset],
    pub(super) body: Markup,
}

impl Page<'_> {
    /// The page as an answer.
    pub(super) fn respond(&self) -> Response {
        let headers = [(CONTENT_TYPE, "text/html; charset=utf-8")];
        (headers, self.markup().into_string()).into_response()
    }

    fn markup(&self) -> Markup {
        let words = self.lang.words();
        html! {
            (DOCTYPE)
            html lang=(self.lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · Orihon" }
                    link rel="icon" href=(assets::ICON.path()) type="image/svg+xml";
                    link rel="stylesheet" href=(assets::STYLE.path());
                    @for script in self.scripts { script type="module" src=(script.path()) {} }
                }
                body {
                    a.skip href="#main" { (words.skip) }
                    header.top {
                        a.brand href="/" { (mark()) span { "Orihon" } }
                        @if self.tab != Tab::None { (self.bar()) }
                    }
                    main #main { (self.body) }
                    footer { (self.languages()) p.soft { (words.promise) } }
                }
            }
        }
    }

    fn bar(&self) -> Markup {
        html! {
            nav.bar aria-label=(self.lang.words().places) {
                @for tab in Tab::BAR {
                    a href=(tab.path()) aria-current=[(tab == self.tab).then_some("page")] {
                        (tab.label(self.lang))
                    }
                }
            }
        }
    }

    fn languages(&self) -> Markup {
        html! {
            form.languages method="post" action="/language" {
                input type="hidden" name="back" value="/";
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
