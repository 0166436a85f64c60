//! The page behind the link of an invitation. Looking at it changes nothing: it says who invites and what will
//! be seen, and the button comes in. An invitation that is not good is told the same whatever it was.

use super::{Wrong, framed, name_field};
use crate::app::App;
use crate::household::{self, Home, InvitationWord, Invited, invited, name_of};
use crate::pages::language::Lang;
use crate::pages::layout::{Page, Tab};
use crate::pages::visitor::{Holder, Visitor};
use crate::reply::Reply;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use ledger::account::MEMBERS_MAX;
use ledger::write::Changed;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// What is in the way of whoever reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing.
    Free,
    /// There is no account yet.
    Unknown,
    /// In this household already.
    There,
    /// In another one.
    Elsewhere,
    /// There is no room.
    Full,
}

pub(super) async fn show(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
) -> Reply<Response> {
    page(&app, visitor, &word, None)
}

/// By which name somebody comes in.
#[derive(Deserialize)]
pub(super) struct Sent {
    name: String,
}

/// Comes in. Whoever is in the household by then, as when a button is pressed twice, is led there.
pub(super) async fn enter(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let visitor = Visitor {
        lang: holder.lang,
        user_id: Some(holder.user_id),
        session: Some(holder.session),
    };
    let Some(name) = name_of(&sent.name) else {
        let mut response = page(&app, visitor, &word, Some(Wrong::Name))?;
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return Ok(response);
    };
    let Some(proven) = InvitationWord::parse(&word) else {
        return Ok(gone(holder.lang));
    };
    match household::join(&app, holder.user_id, &proven, name).await? {
        Changed::Done | Changed::Same => Ok(Redirect::to("/household#sharing").into_response()),
        Changed::NotFound if Home::of(&app, holder.user_id)?.is_some() => {
            Ok(Redirect::to("/household").into_response())
        }
        // The page says what is in the way.
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            page(&app, visitor, &word, None)
        }
    }
}

fn page(app: &App, visitor: Visitor, word: &str, wrong: Option<Wrong>) -> Reply<Response> {
    let lang = visitor.lang;
    let proven = InvitationWord::parse(word);
    let found = proven.map(|word| invited(app, &word)).transpose()?;
    let Some(found) = found.flatten() else {
        return Ok(gone(lang));
    };
    let standing = standing(app, visitor, &found)?;
    let title = (lang.of_household().invited)(found.by.as_str());
    let body = offer(lang, &found, (standing, word), wrong);
    Ok(match visitor.user_id {
        Some(_) => framed(lang, &title, body),
        None => alone(lang, &title, body),
    })
}

fn standing(app: &App, visitor: Visitor, found: &Invited) -> Reply<Standing> {
    let Some(user_id) = visitor.user_id else {
        return Ok(Standing::Unknown);
    };
    let home = Home::of(app, user_id)?;
    Ok(match home.map(|home| home.household.household_id) {
        Some(own) if own == found.household.household_id => Standing::There,
        Some(_) => Standing::Elsewhere,
        None if found.household.members.len() >= MEMBERS_MAX => Standing::Full,
        None => Standing::Free,
    })
}

fn offer(
    lang: Lang,
    found: &Invited,
    (standing, word): (Standing, &str),
    wrong: Option<Wrong>,
) -> Markup {
    let words = lang.of_household();
    let path = format!("/household/join/{word}");
    html! {
        h1 { bdi { ((words.invited)(found.by.as_str())) } }
        p { ((words.invited_many)(found.household.members.len())) }
        ul.points { @for (name, text) in words.before { li { h2 { (name) } p { (text) } } } }
        @match standing {
            Standing::Free => form.card method="post" action=(path) {
                (name_field(lang, "", wrong))
                div.row { button.main { (words.join) } }
            },
            Standing::Unknown => section.card {
                p { (words.start_first) }
                form method="post" action="/start" {
                    input type="hidden" name="next" value=(path);
                    button.main { (words.start) }
                }
                p { a href="/sign-in" { (words.sign_in) } }
            },
            Standing::There => p.told { (words.there) " " a href="/household" { (words.title) } },
            Standing::Elsewhere => p.told { (words.elsewhere) " " a href="/household#leave" { (words.title) } },
            Standing::Full => p.told { (words.full) },
        }
    }
}

fn gone(lang: Lang) -> Response {
    let words = lang.of_household();
    let body = html! { section.notice { h1 { (words.gone) } p { (words.gone_hint) } } };
    let mut response = alone(lang, words.gone, body);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// A page for whoever has no account, or may have none.
fn alone(lang: Lang, title: &str, body: Markup) -> Response {
    Page {
        lang,
        title,
        tab: Tab::None,
        scripts: &[],
        body,
    }
    .respond()
}
