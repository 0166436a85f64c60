//! The account: what secures it, where it is open, who saw or received what is in it, and how to take
//! all of it away. What each button does lies in `deeds`, and the sections of the page in `sections`.

use super::blocks;
use super::dates;
use super::household;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::sign_in::{Deed, passkey_place};
use super::visitor::{DataSubject, Holder};
use crate::app::App;
use crate::consents;
use crate::repair::GRACE_MS;
use crate::reply::Reply;
use crate::sign_in::means;
use crate::sign_in::passkey::Party;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;
use maud::{Markup, html};
use purchase::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use wire::time::show;

mod deeds;
pub(super) mod sections;

/// Entries of the access log on a page.
const ACCESSES_PER_PAGE: usize = 20;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/account", get(page))
        .route("/account/means/remove", post(deeds::remove_means))
        .route("/account/sessions/end", post(deeds::end_session))
        .route("/account/sessions/end-others", post(deeds::end_others))
        .route("/account/programs/revoke", post(deeds::revoke_key))
        .route("/account/consents/revoke", post(deeds::revoke_consent))
        .route("/account/exports/{format}", get(deeds::export))
        .route("/account/leave", get(leave).post(deeds::leave))
        .route("/account/stay", post(deeds::stay))
}

/// A day as the reader's language writes it. Those who read Japanese are taken to live by Japan's time.
pub(super) fn day(app: &App, lang: Lang, at: Timestamp) -> String {
    dates::short_day(lang, &text_of(app, lang, at))
}

/// An instant as a text of RFC 3339, in the time that the reader's language is taken to live by.
fn text_of(app: &App, lang: Lang, at: Timestamp) -> String {
    let zone = match lang {
        Lang::Ja => "Asia/Tokyo",
        Lang::En => "UTC",
    };
    show(at, &app.zone(zone))
}

/// What the page is asked for.
#[derive(Deserialize)]
struct Asked {
    /// The person had asked to go, and has just come back.
    stayed: Option<String>,
    /// Only entries of the access log before this one.
    before: Option<u64>,
}

async fn page(
    holder: Holder,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let lang = holder.lang;
    let words = lang.of_account();
    let all = means::of(&app, holder.user_id)?;
    let sessions = app.ledger.sessions(holder.user_id)?;
    let keys = app.ledger.person_keys(holder.user_id)?;
    // One more than is shown says whether there are older ones.
    let mut accesses = app
        .ledger
        .accesses(holder.user_id, asked.before, ACCESSES_PER_PAGE + 1)?;
    let has_older = accesses.len() > ACCESSES_PER_PAGE;
    accesses.truncate(ACCESSES_PER_PAGE);
    let older = accesses.last().filter(|_| has_older);
    let older = older.map(|access| access.number);
    let consents = consents::of(&app, holder.user_id)?;
    let goes_at = app.ledger.leaves_at(holder.user_id)?;
    let blocked = blocks::section(&app, holder)?;
    let passkey = passkey_place(lang, Party::of(&app.site, &headers), Deed::Register);
    let now = app.clock.now();
    let open = sessions
        .iter()
        .filter(|session| session.expires_at.min(session.ends_at) > now);
    Ok(Page {
        lang,
        title: words.title,
        tab: Tab::Account,
        scripts: &[&super::assets::PASSKEY],
        body: html! {
            h1 { (words.title) }
            @if asked.stayed.is_some() { p.told role="status" { (words.stayed) } }
            @if let Some(asked_at) = goes_at { (goes(&app, lang, asked_at)) }
            (sections::means(&app, lang, &all, &passkey))
            (sections::sessions(&app, lang, open, holder.session.session_id))
            (sections::programs(&app, lang, &keys))
            (sections::accesses(&app, lang, &accesses, older))
            (sections::consents(&app, lang, &consents))
            (blocked)
            (household::section(lang))
            (sections::exports(lang))
            (sections::language(lang))
            (sections::leaving(lang, all.is_empty()))
        },
    }
    .respond())
}

pub(super) fn goes(app: &App, lang: Lang, asked_at: Timestamp) -> Markup {
    let words = lang.of_account();
    let goes_on = day(app, lang, asked_at.plus_ms(GRACE_MS));
    html! {
        section.card {
            p.fault { ((words.goes)(&goes_on)) }
            form method="post" action="/account/stay" { button.main { (words.stay) } }
        }
    }
}

/// What deleting means, before it is done.
async fn leave(subject: DataSubject, State(app): State<Arc<App>>) -> Reply<Response> {
    let lang = subject.lang;
    let words = lang.of_account();
    let (back, tab) = match &subject.suspension {
        None => ("/account", Tab::Account),
        Some(_) => ("/suspended", Tab::None),
    };
    let asked_at = app.ledger.leaves_at(subject.user_id)?;
    let asked_at = asked_at.unwrap_or_else(|| app.clock.now());
    let goes_on = day(&app, lang, asked_at.plus_ms(GRACE_MS));
    let way_back = match means::of(&app, subject.user_id)?.is_empty() {
        true => words.delete_here,
        false => words.delete_back,
    };
    Ok(Page {
        lang,
        title: words.delete,
        tab,
        scripts: &[],
        body: html! {
            p.aside { a href=(back) { "← " (words.title) } }
            section.card {
                h1 { (words.delete) }
                p { ((words.delete_lead)(&goes_on)) }
                p { (way_back) }
                @if app.ledger.household_of(subject.user_id)?.is_some() { p { (words.delete_home) } }
                p { (words.delete_keep) " " a href={ (back) "#exports" } { (words.exports) } }
                div.row {
                    form method="post" action="/account/leave" { button.danger { (words.delete_do) } }
                    a.button href=(back) { (words.keep) }
                }
            }
        },
    }
    .respond())
}
