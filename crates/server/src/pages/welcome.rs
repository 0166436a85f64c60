//! The first pages that somebody sees: what this is, and the step that makes an account in this browser.
//! No name and no address is asked for.

use super::assets;
use super::language::{Lang, own_path};
use super::layout::{Page, Tab};
use super::sign_in::opened;
use super::visitor::Visitor;
use crate::app::App;
use crate::peer::Peer;
use crate::reply::Reply;
use crate::sessions;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::HeaderMap;
use maud::html;
use serde::Deserialize;
use std::sync::Arc;

/// What this is, for whoever is not signed in.
pub(super) fn show(_app: &App, lang: Lang) -> Response {
    let words = lang.welcome();
    Page {
        lang,
        title: words.title,
        tab: Tab::None,
        scripts: &[],
        body: html! {
            section.hero {
                h1 { (words.title) }
                p.lead { (words.lead) }
                form method="post" action="/start" { button.main { (words.start) } }
                p.soft.small { (words.start_note) }
                p { a href="/sign-in" { (words.sign_in) } }
            }
            ul.points {
                @for (name, text) in words.points { li { h2 { (name) } p { (text) } } }
            }
        },
    }
    .respond()
}

/// Where somebody was going when an account was needed first.
#[derive(Deserialize)]
pub(super) struct Going {
    next: Option<String>,
}

impl Going {
    /// The page to go on to: one of this site, and the code without one.
    fn path(&self) -> &str {
        self.next.as_deref().map_or("/code", own_path)
    }
}

/// The page of the link that shops hand out. With a script the account is made at once; what only looks at
/// links makes none, because it sends no form.
pub(super) async fn start(visitor: Visitor, Query(going): Query<Going>) -> Response {
    if visitor.user_id.is_some() {
        return Redirect::to(going.path()).into_response();
    }
    let words = visitor.lang.welcome();
    Page {
        lang: visitor.lang,
        title: words.start,
        tab: Tab::None,
        scripts: &[&assets::AT_ONCE],
        body: html! {
            section.hero {
                h1 { (words.title) }
                form #at-once method="post" action="/start" data-busy=(words.starting) {
                    input type="hidden" name="next" value=(going.path());
                    button.main { (words.start) }
                }
                p.soft.small { (words.start_note) }
            }
        },
    }
    .respond()
}

/// Makes an account in this browser, unless one is open there already.
pub(super) async fn begin(
    visitor: Visitor,
    peer: Peer,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(going): Form<Going>,
) -> Reply<Response> {
    if visitor.user_id.is_some() {
        return Ok(Redirect::to(going.path()).into_response());
    }
    let begun = sessions::begin(&app, &headers, peer).await?;
    let opened = opened(&app, visitor, begun.user_id, &begun.cookie);
    Ok((AppendHeaders(opened), Redirect::to(going.path())).into_response())
}
