//! The pages of the console: where their bar leads, and what they show alike. What stands around every page
//! is the frame's.

use super::seat::Seat;
use crate::html::assets::Asset;
use crate::html::dates;
use crate::html::faults::{Labels, list};
use crate::html::frame::{Frame, Here, Place};
use crate::html::language::Lang;
use axum::response::Response;
use http::StatusCode;
use jiff::tz::TimeZone;
use ledger::account::Scope;
use maud::{Markup, html};
use purchase::store::Store;
use purchase::time::Timestamp;
use wire::error::FieldError;

/// The places that the bar leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Stores,
    Receipts,
    People,
    Keys,
    Audit,
}

impl Tab {
    /// Those of everybody, and behind them those of whoever may everything.
    const ALL: [Self; 6] = [
        Self::Overview,
        Self::Stores,
        Self::Receipts,
        Self::People,
        Self::Keys,
        Self::Audit,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/console",
            Self::Stores => "/console/stores",
            Self::Receipts => "/console/receipts",
            Self::People => "/console/people",
            Self::Keys => "/console/keys",
            Self::Audit => "/console/audit",
        }
    }

    const fn label(self, lang: Lang) -> &'static str {
        let words = lang.of_console();
        match self {
            Self::Overview => words.overview,
            Self::Stores => words.stores,
            Self::Receipts => words.receipts,
            Self::People => words.people,
            Self::Keys => words.keys,
            Self::Audit => words.audit,
        }
    }

    const fn is_for(self, scope: &Scope) -> bool {
        match (self, scope) {
            (Self::Overview | Self::Stores | Self::Receipts, _) | (_, Scope::Everything) => true,
            (Self::People | Self::Keys | Self::Audit, Scope::Chain(_) | Scope::Store(_)) => false,
        }
    }
}

/// One page of the console.
pub(super) struct Page<'a> {
    pub(super) seat: &'a Seat,
    pub(super) title: &'a str,
    pub(super) tab: Tab,
    pub(super) scripts: &'a [&'a Asset],
    pub(super) body: Markup,
}

impl Page<'_> {
    /// The page as an answer.
    pub(super) fn respond(self) -> Response {
        let (lang, scope) = (self.seat.lang, &self.seat.clerk().scope);
        let places: Vec<Place> = Tab::ALL
            .into_iter()
            .filter(|tab| tab.is_for(scope))
            .map(|tab| Place {
                path: tab.path(),
                label: tab.label(lang),
                here: if tab == self.tab { Here::Yes } else { Here::No },
            })
            .collect();
        let words = lang.of_console();
        let narrow = match scope {
            Scope::Everything => None,
            Scope::Chain(chain_id) => Some((words.for_chain)(chain_id.as_str())),
            Scope::Store(store_id) => Some((words.for_store)(store_id.as_str())),
        };
        Frame {
            lang,
            title: self.title,
            home: "/console",
            places: &places,
            scripts: self.scripts,
            body: html! {
                (self.body)
                form.aside method="post" action="/console/sign-out" {
                    @if let Some(narrow) = narrow { p.soft.small { (narrow) } }
                    button.plain { (words.sign_out) }
                }
            },
        }
        .respond()
    }
}

/// A way back to a store, and the title of a page about it.
pub(super) fn head(store: &Store, name: &str, title: &str) -> Markup {
    html! {
        div {
            p.small { a href={ "/console/stores/" (store.store_id) } { "← " bdi { (name) } } }
            h1 { (title) }
        }
    }
}

/// The name under which a store presents itself now.
pub(super) fn name_of(store: &Store, now: Timestamp) -> &str {
    store.identity(store.identity_at(now)).name.as_str()
}

/// An instant as people read it, by the clock of `zone`.
pub(super) fn time(lang: Lang, at: Timestamp, zone: &TimeZone) -> String {
    let text = wire::time::show(at, zone);
    format!("{} {}", dates::short_day(lang, &text), dates::clock(&text))
}

/// What is wrong with what a form sent, whose fields have these labels.
pub(super) fn faults(lang: Lang, labels: &Labels<'_>, found: &[FieldError]) -> Markup {
    html! {
        @if !found.is_empty() {
            div.card.fault role="alert" {
                p { strong { (lang.of_console().faults) } }
                (list(lang, labels, found))
            }
        }
    }
}

/// What is wrong with a form as a whole.
pub(super) fn wrong(text: &str) -> Markup {
    html! { div.card.fault role="alert" { p { strong { (text) } } } }
}

/// A page that is shown again, because of what is wrong with what was sent.
pub(super) fn refused(mut page: Response) -> Response {
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page
}

/// A word as it begins a heading or stands over a column.
pub(super) fn heading(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
