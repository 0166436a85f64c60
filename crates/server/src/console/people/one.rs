//! The page of one person: that the account is there, since when and how it stands, and what an operator can do
//! for its person. It says nothing of what was bought.

use super::super::curl::{REASON, Request, curl};
use super::super::layout::{Page, Tab, refused, time, wrong};
use super::super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::thousands;
use crate::html::language::Lang;
use crate::reply::{Refused, Reply};
use crate::sign_in::means;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use ledger::account::PersonFacts;
use maud::{Markup, html};
use purchase::id::UserId;
use purchase::time::Timestamp;
use std::sync::Arc;

/// Where the page of a person is.
pub(super) fn path(user_id: UserId) -> String {
    format!("/console/people/{user_id}")
}

/// The person of a path, for whom an operator for everything asks. The id of somebody whose account went into
/// another one is as good as that one's.
///
/// # Errors
/// 403 for other operators, 404 if there is no such person.
pub(super) fn person(app: &App, seat: &Seat, text: &str) -> Reply<(UserId, PersonFacts)> {
    seat.clerk().everything()?;
    let user_id = UserId::parse(text).map_err(|_| Refused::not_found("user"))?;
    let heir = app.ledger.heir(user_id)?;
    let facts = app.ledger.person_facts(heir)?;
    let facts = facts.ok_or_else(|| Refused::not_found("user"))?;
    Ok((heir, facts))
}

/// The page.
pub(in super::super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
) -> Reply<Response> {
    let (heir, _) = person(&app, &seat, &user_id)?;
    if heir.to_string() != user_id {
        return Ok(Redirect::to(&path(heir)).into_response());
    }
    aside(move || page(&app, &seat, heir, html! {})).await?
}

/// The page with what was wrong with a form of it.
pub(super) async fn again(app: Arc<App>, seat: Seat, user_id: UserId) -> Reply<Response> {
    let told = wrong(seat.lang.of_people().reason_wanted);
    let page = aside(move || page(&app, &seat, user_id, told)).await??;
    Ok(refused(page))
}

/// The page of a person with something told at its head.
pub(super) fn page(app: &App, seat: &Seat, user_id: UserId, told: Markup) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_people());
    let (_, facts) = person(app, seat, &user_id.to_string())?;
    let reason = app.ledger.suspension(user_id)?;
    let ways = means::of(app, user_id)?.len();
    let own = path(user_id);
    let body = html! {
        (back(lang))
        div { h1 { (words.title) } p { code { (user_id) } } }
        (told)
        section.card {
            dl.facts {
                dt { (words.since) } dd { (day(lang, facts.created_at)) }
                dt { (words.state) } dd { (state(lang, &facts)) }
                @if let Some(suspension) = &reason { dt { (words.why) } dd { bdi { (suspension.reason.as_str()) } } }
                dt { (words.ways) } dd { (thousands(u128::try_from(ways).unwrap_or_default())) }
            }
            p.soft.small { (words.sees_all) }
        }
        (form(lang, &own, "look", (words.look, words.look_lead), (10, words.look_button)))
        (form(lang, &own, "recover", (words.recover, words.recover_lead), (1, words.recover_button)))
        @match facts.suspended_since {
            None => (form(lang, &own, "suspend", (words.suspend, words.suspend_lead), (1, words.suspend_button))),
            Some(_) => (form(lang, &own, "resume", (words.resume, words.resume_lead), (1, words.resume_button))),
        }
        (super::merge::ask(lang, &own, "", ""))
        (commands(app, lang, user_id, &facts))
    };
    Ok(Page {
        seat,
        title: words.title,
        tab: Tab::People,
        scripts: &[],
        body,
    }
    .respond())
}

/// The way back to all people.
pub(super) fn back(lang: Lang) -> Markup {
    html! { p.small { a href="/console/people" { "← " (lang.of_console().people) } } }
}

fn day(lang: Lang, at: Timestamp) -> String {
    format!("{} UTC", time(lang, at, &TimeZone::UTC))
}

fn state(lang: Lang, facts: &PersonFacts) -> Markup {
    let words = lang.of_people();
    html! {
        @match (facts.suspended_since, facts.leaving_at) {
            (None, None) => (words.open),
            (suspended, leaving) => {
                @if let Some(since) = suspended { span.mark { ((words.suspended)(&day(lang, since))) } " " }
                @if let Some(since) = leaving { span.mark { ((words.leaving)(&day(lang, since))) } }
            },
        }
    }
}

/// A form that wants a reason.
fn form(
    lang: Lang,
    own: &str,
    deed: &str,
    (title, lead): (&str, &str),
    (chars_min, button): (u32, &str),
) -> Markup {
    html! {
        form.card method="post" action={ (own) "/" (deed) } {
            h2 { (title) }
            p.soft { (lead) }
            label { (lang.of_people().reason)
                input type="text" name="reason" required minlength=(chars_min) maxlength="200" autocomplete="off"; }
            div.row { button { (button) } }
        }
    }
}

/// The same from a terminal.
fn commands(app: &App, lang: Lang, user_id: UserId, facts: &PersonFacts) -> Markup {
    let turn = match facts.suspended_since {
        None => "suspend",
        Some(_) => "resume",
    };
    let merge = "{\"from\": \"usr_…\", \"reason\": \"…\"}";
    let does = |deed: &str, body: &str| {
        Request::Post(format!("/v1/users/{user_id}/{deed}"), Some(body.to_owned()))
    };
    let requests = [
        does("look", REASON),
        does("recovery-link", REASON),
        does(turn, REASON),
        does("merge", merge),
        Request::Without(lang.of_commands().standing),
    ];
    curl(lang, &app.site, &requests)
}
