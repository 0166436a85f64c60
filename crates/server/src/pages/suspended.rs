//! What somebody sees whose account is suspended: since when, why, and whom to ask. Taking the own data along
//! and asking to be erased stay possible; nothing else is.

use super::account::{day, goes, sections};
use super::layout::{Page, Tab};
use super::visitor::DataSubject;
use crate::app::App;
use crate::reply::Reply;
use crate::sign_in::means;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::html;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/suspended", get(show))
}

async fn show(subject: DataSubject, State(app): State<Arc<App>>) -> Reply<Response> {
    let lang = subject.lang;
    let Some(suspension) = &subject.suspension else {
        return Ok(Redirect::to("/book").into_response());
    };
    let words = lang.of_suspended();
    let goes_at = app.ledger.leaves_at(subject.user_id)?;
    let is_bare = means::of(&app, subject.user_id)?.is_empty();
    Ok(Page {
        lang,
        title: words.title,
        tab: Tab::None,
        scripts: &[],
        body: html! {
            section.card {
                h1 { (words.title) }
                p { ((words.since)(&day(&app, lang, suspension.since))) }
                p.fault { (words.reason) " " bdi { (suspension.reason.as_str()) } }
                p { @match app.site.contact() {
                    Some(contact) => { (words.ask) " " bdi { (contact) } },
                    None => (words.ask_whoever),
                } }
                p.soft { (words.still) }
            }
            @if let Some(asked_at) = goes_at { (goes(&app, lang, asked_at)) }
            (sections::exports(lang))
            (sections::leaving(lang, is_bare))
        },
    }
    .respond())
}
