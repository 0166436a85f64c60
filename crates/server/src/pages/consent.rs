//! The page behind a partner's link: who asks for what, what would be given, and the button that gives it. Looking
//! at it changes nothing, and whoever is not signed in is sent back here afterwards.

use super::account::day;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::{Holder, Visitor};
use super::words::consent::Words;
use crate::app::App;
use crate::consents::{self, Period, Shared};
use crate::reply::{Refused, Reply};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use http::StatusCode;
use ledger::account::Partner;
use ledger::write::Reach;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use wire::error::ErrorCode;
use wire::partner::consent_path;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/consent/{partner_id}", get(show).post(give))
}

async fn show(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(partner_id): Path<String>,
) -> Reply<Response> {
    let partner = match consents::partner(&app, &partner_id) {
        Ok(partner) => partner,
        Err(refused) if refused.0.code == ErrorCode::NotFound => return Ok(gone(visitor.lang)),
        Err(refused) => return Err(refused),
    };
    let given = match visitor.user_id {
        Some(user_id) => consents::of(&app, user_id)?,
        None => Vec::new(),
    };
    let now = app.clock.now();
    let mut given = given.into_iter();
    let given = given.find(|shared| {
        shared.partner.partner_id == partner.partner_id && shared.consent.until > now
    });
    Ok(page(&app, visitor, &partner, given.as_ref()))
}

/// What the form sends.
#[derive(Deserialize)]
struct Sent {
    /// `now` or `everything`.
    reach: String,
    until: String,
}

/// Gives what was said; pressed twice it is given once.
async fn give(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(partner_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let partner = consents::partner(&app, &partner_id)?;
    let reach = match sent.reach.as_str() {
        "now" => Some(Reach::FromNow),
        "everything" => Some(Reach::Everything),
        _ => None,
    };
    let (Some(reach), Some(period)) = (reach, Period::parse(&sent.until)) else {
        let detail = "choose what is given and until when, on the page before";
        return Err(Refused::new(ErrorCode::InvalidValue, detail));
    };
    consents::give(&app, holder.user_id, partner.partner_id, (reach, period)).await?;
    Ok(Redirect::to(&consent_path(partner.partner_id)).into_response())
}

fn page(app: &App, visitor: Visitor, partner: &Partner, given: Option<&Shared>) -> Response {
    let (lang, words) = (visitor.lang, visitor.lang.of_consent());
    let path = consent_path(partner.partner_id);
    let body = html! {
        h1 { bdi { (partner.name.as_str()) } (words.asks) }
        section.card {
            h2 { (words.purpose) }
            p { bdi { (partner.purpose.as_str()) } }
            @if let Some(url) = &partner.url {
                p.small { a href=(url.as_str()) rel="noopener noreferrer nofollow" { bdi { (url.as_str()) } } }
            }
            p.soft.small { (words.own_words) }
        }
        ul.points { @for (name, text) in words.points { li { h2 { (name) } p { (text) } } } }
        @match (visitor.user_id, given) {
            (None, _) => (sign_in_first(words, &path)),
            (Some(_), Some(shared)) => {
                (standing(app, lang, shared))
                details { summary { (words.change) } (form(words, &path, Press::Again)) }
            },
            (Some(_), None) => (form(words, &path, Press::First)),
        }
    };
    let tab = match visitor.user_id {
        Some(_) => Tab::Account,
        None => Tab::None,
    };
    Page {
        lang,
        title: partner.name.as_str(),
        tab,
        scripts: &[],
        body,
    }
    .respond()
}

fn sign_in_first(words: &Words, path: &str) -> Markup {
    html! {
        section.card {
            p { (words.sign_in_first) }
            div.row { a.button.main href={ "/sign-in?next=" (path) } { (words.sign_in) } }
            form method="post" action="/start" {
                input type="hidden" name="next" value=(path);
                button { (words.start) }
            }
        }
    }
}

/// What is given now, and the button that ends it.
fn standing(app: &App, lang: Lang, shared: &Shared) -> Markup {
    let words = lang.of_consent();
    html! {
        section.card role="status" {
            p { strong { (words.given) } }
            (terms(app, lang, shared))
            div.row {
                form method="post" action="/account/consents/revoke" {
                    input type="hidden" name="partner" value=(shared.partner.partner_id);
                    button.danger { (lang.of_account().revoke) }
                }
                a.button href="/account#consents" { (words.to_account) }
            }
        }
    }
}

/// Since when, until when and from when on something is given, and when it was read last.
pub(super) fn terms(app: &App, lang: Lang, shared: &Shared) -> Markup {
    let words = lang.of_consent();
    let consent = &shared.consent;
    let is_over = consent.until <= app.clock.now();
    let on = |at| day(app, lang, at);
    html! {
        p.soft.small {
            @if is_over { span.tag { (words.over) } " " }
            ((words.span)(&on(consent.given_at), &on(consent.until))) " · "
            @match consent.from {
                Some(from) => ((words.given_from)(&on(from))),
                None => (words.given_all),
            }
            " · "
            @match consent.told_at {
                Some(at) => ((words.read_last)(&on(at))),
                None => (words.never_read),
            }
        }
    }
}

/// Whether it is the first time that the button is pressed.
#[derive(Clone, Copy)]
enum Press {
    First,
    Again,
}

fn form(words: &Words, path: &str, press: Press) -> Markup {
    let label = match press {
        Press::First => words.give,
        Press::Again => words.save,
    };
    html! {
        form.card method="post" action=(path) {
            fieldset {
                legend { (words.what) }
                @for (value, (name, hint)) in [("now", words.from_now), ("everything", words.everything)] {
                    label.choice {
                        input type="radio" name="reach" value=(value) checked[value == "now"];
                        span { strong { (name) } span.under { (hint) } }
                    }
                }
            }
            fieldset {
                legend { (words.until) }
                @for period in Period::ALL {
                    label.choice {
                        input type="radio" name="until" value=(period.name()) checked[period == Period::Year];
                        span { ((words.period)(period)) }
                    }
                }
            }
            div.row { button.main { (label) } a.button href="/book" { (words.refuse) } }
        }
    }
}

/// A link that leads to no partner, or to one that was removed.
fn gone(lang: Lang) -> Response {
    let words = lang.of_consent();
    let mut response = Page {
        lang,
        title: words.gone,
        tab: Tab::None,
        scripts: &[],
        body: html! { section.notice { h1 { (words.gone) } p { (words.gone_hint) } p { a href="/" { (lang.words().home) } } } },
    }
    .respond();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
