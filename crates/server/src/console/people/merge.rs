//! Making one account of two from a person's page: first it is shown what would go where, by counts only, and
//! one word is asked for; then it is done.

use super::super::curl::{Request, curl};
use super::super::layout::{self, Page, Tab, refused};
use super::super::seat::Seat;
use super::find;
use super::one::{back, page as page_of, path, person};
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::thousands;
use crate::html::language::Lang;
use crate::merging::{self, Progress};
use crate::reply::Reply;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use purchase::id::UserId;
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use serde::Deserialize;
use std::sync::Arc;

/// What the forms send.
#[derive(Deserialize)]
pub(in super::super) struct Sent {
    /// Whose account goes: a reference, an address or an id.
    from: String,
    reason: String,
    /// The word that says that it is meant; none on the first form.
    word: Option<String>,
}

/// The first form: which account goes into this one, and why.
pub(super) fn ask(lang: Lang, own: &str, from: &str, reason: &str) -> Markup {
    let words = lang.of_people();
    html! {
        form.card method="post" action={ (own) "/merge" } {
            h2 { (words.merge) }
            p.soft { (words.merge_lead) }
            label { (words.merge_from)
                input type="text" name="from" value=(from) required maxlength="200" autocomplete="off" autocapitalize="none"; }
            label { (words.reason)
                input type="text" name="reason" value=(reason) required maxlength="200" autocomplete="off"; }
            div.row { button { (words.merge_button) } }
        }
    }
}

/// Shows what would go where, or does it.
pub(in super::super) async fn act(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let (into, _) = person(&app, &seat, &user_id)?;
    let Ok(reason) = Text::new(sent.reason.trim(), TEXT_CHARS_MAX) else {
        return wrongly(app, seat, into, Wrong::Reason).await;
    };
    let from = match find(&app, &sent.from)? {
        Some(from) if from != into => from,
        Some(_) => return wrongly(app, seat, into, Wrong::Itself).await,
        None => return wrongly(app, seat, into, Wrong::Unknown).await,
    };
    let words = seat.lang.of_people();
    let is_meant = |word: &str| word.trim().to_lowercase() == words.merge_word;
    if !sent.word.as_deref().is_some_and(is_meant) {
        let mut shown = confirm(&app, &seat, (from, into), &reason)?;
        if sent.word.is_some() {
            *shown.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return Ok(shown);
    }
    let progress = merging::merge(&app, seat.clerk(), (from, into), reason).await?;
    let told = told(seat.lang, progress);
    aside(move || page_of(&app, &seat, into, told)).await?
}

/// What is wrong with what the form says.
#[derive(Clone, Copy)]
enum Wrong {
    Reason,
    Itself,
    Unknown,
}

async fn wrongly(app: Arc<App>, seat: Seat, into: UserId, wrong: Wrong) -> Reply<Response> {
    let words = seat.lang.of_people();
    let told = layout::wrong(match wrong {
        Wrong::Reason => words.reason_wanted,
        Wrong::Itself => words.merge_itself,
        Wrong::Unknown => seat.lang.of_desk().person_unknown,
    });
    let page = aside(move || page_of(&app, &seat, into, told)).await??;
    Ok(refused(page))
}

fn purchases(app: &App, user_id: UserId) -> Reply<String> {
    let tally = app.ledger.tally(user_id)?;
    let count = tally.map_or(0, |tally| tally.settlements);
    Ok(thousands(count.into()))
}

fn confirm(
    app: &App,
    seat: &Seat,
    (from, into): (UserId, UserId),
    reason: &Text,
) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_people());
    let own = path(into);
    let message = serde_json::json!({"from": from.to_string(), "reason": reason.as_str()});
    let body = html! {
        (back(lang))
        h1 { (words.merge) }
        form.card method="post" action={ (own) "/merge" } {
            dl.facts {
                dt { (words.goes) } dd { code { (from) } " · " ((words.purchases)(&purchases(app, from)?)) }
                dt { (words.stays) } dd { code { (into) } " · " ((words.purchases)(&purchases(app, into)?)) }
                dt { (words.why) } dd { bdi { (reason.as_str()) } }
            }
            ul.points { @for text in words.merge_means { li { (text) } } }
            p.fault { (words.merge_for_ever) }
            input type="hidden" name="from" value=(from);
            input type="hidden" name="reason" value=(reason.as_str());
            label { ((words.merge_type)(words.merge_word))
                input type="text" name="word" required maxlength="20" autocomplete="off" autocapitalize="none"; }
            div.row { button.danger { (words.merge_do) } a.button href=(own) { (words.merge_not) } }
        }
        (curl(lang, &app.site, &[Request::Post(format!("/v1/users/{into}/merge"), Some(message.to_string()))]))
    };
    Ok(Page {
        seat,
        title: words.merge,
        tab: Tab::People,
        scripts: &[],
        body,
    }
    .respond())
}

fn told(lang: Lang, progress: Progress) -> Markup {
    let words = lang.of_people();
    let moved = progress.purchases.saturating_sub(progress.left);
    html! {
        section.card role="status" {
            p { strong { @match progress.done { true => (words.merged), false => (words.merging) } } }
            p { ((words.moved)(&thousands(moved.into()), &thousands(progress.purchases.into()))) }
        }
    }
}
