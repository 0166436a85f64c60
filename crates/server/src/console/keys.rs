//! Operators' keys: who has which and for what, which browsers they let in, and how a key goes. A new key is
//! shown once and never again.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, faults, refused, time, wrong};
use super::seat::Seat;
use crate::app::App;
use crate::desk;
use crate::html::language::Lang;
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use ledger::account::{OperatorKey, Scope};
use maud::{Markup, html};
use purchase::id::TokenId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wire::error::FieldError;
use wire::operator::read_operator;

/// What the form sends; what is empty is left out.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(super) struct Sent {
    #[serde(skip_serializing_if = "String::is_empty")]
    label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    store_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    chain_id: String,
}

/// Which key goes.
#[derive(Deserialize)]
pub(super) struct Gone {
    token_id: String,
}

/// The keys.
pub(super) async fn show(seat: Seat, State(app): State<Arc<App>>) -> Reply<Response> {
    seat.clerk().everything()?;
    page(&app, &seat, &Sent::default(), html! {})
}

/// Makes a key, and shows it this once.
pub(super) async fn make(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    if !sent.store_id.is_empty() && !sent.chain_id.is_empty() {
        let told = wrong(seat.lang.of_desk().reach_both);
        return page(&app, &seat, &sent, told).map(refused);
    }
    let message = serde_json::to_vec(&sent).unwrap_or_default();
    let made = match read_operator(&message) {
        Ok(asked) => desk::add_key(&app, seat.clerk(), asked).await,
        Err(found) => Err(Refused::faults(found)),
    };
    let words = seat.lang.of_desk();
    match made {
        Ok((_, secret)) => {
            let shown = html! {
                section.card role="status" {
                    h2 { (words.made) } p { (words.made_note) } p.secret { (secret.reveal()) }
                }
            };
            page(&app, &seat, &Sent::default(), shown)
        }
        Err(refused) if !refused.0.errors.is_empty() => {
            again(&app, &seat, &sent, &refused.0.errors)
        }
        Err(refused) => Err(refused),
    }
}

fn again(app: &App, seat: &Seat, sent: &Sent, found: &[FieldError]) -> Reply<Response> {
    let words = seat.lang.of_desk();
    let labels = [
        ("label", words.holder),
        ("store_id", words.store_id),
        ("chain_id", words.chain_id),
    ];
    page(app, seat, sent, faults(seat.lang, &labels, found)).map(refused)
}

/// Takes a key away, or signs a browser out.
pub(super) async fn revoke(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(gone): Form<Gone>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    let token_id = TokenId::parse(&gone.token_id).map_err(|_| Refused::not_found("key"))?;
    desk::revoke(&app, seat.clerk(), token_id).await?;
    Ok(Redirect::to("/console/keys").into_response())
}

fn page(app: &App, seat: &Seat, sent: &Sent, told: Markup) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_desk());
    let now = app.clock.now();
    let (browsers, keys): (Vec<_>, Vec<_>) = app
        .ledger
        .operators()?
        .into_iter()
        .filter(|known| known.grant.expires_at.is_none_or(|end| end > now))
        .partition(|known| known.grant.session_of.is_some());
    let body = html! {
        div { h1 { (lang.of_console().keys) } p.soft { (words.keys_lead) } }
        (told)
        ul.list.card { @for known in &keys { li { (row(seat, known)) } } }
        (form(lang, sent))
        section.part {
            h2 { (words.browsers) }
            ul.list.card { @for known in &browsers { li { (row(seat, known)) } } }
        }
        p { a href="/console/partners" { (lang.of_partners().title) } }
        (curl(lang, &app.site, &requests(seat, &keys, &browsers)))
    };
    Ok(Page {
        seat,
        title: lang.of_console().keys,
        tab: Tab::Keys,
        scripts: &[],
        body,
    }
    .respond())
}

/// The same from a terminal: a key and a browser end in the same way, by their ids.
fn requests(seat: &Seat, keys: &[OperatorKey], browsers: &[OperatorKey]) -> Vec<Request> {
    let example = "{\"label\": \"Kim\"}".to_owned();
    let goes = |known: &&OperatorKey| whose(seat, known) == Whose::Others;
    let ends = [keys, browsers].map(|of| of.iter().find(goes));
    let ends = ends.into_iter().flatten();
    let mut requests = vec![
        Request::Get("/v1/operators".to_owned()),
        Request::Post("/v1/operators".to_owned(), Some(example)),
    ];
    requests.extend(ends.map(|known| Request::Delete(format!("/v1/tokens/{}", known.token_id))));
    requests.push(Request::Without(seat.lang.of_commands().browsers));
    requests
}

/// Whether somebody would lock oneself out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    ThisBrowser,
    OwnKey,
    Others,
}

fn whose(seat: &Seat, known: &OperatorKey) -> Whose {
    if known.token_id == seat.desk.session {
        Whose::ThisBrowser
    } else if known.token_id == seat.clerk().key {
        Whose::OwnKey
    } else {
        Whose::Others
    }
}

fn row(seat: &Seat, known: &OperatorKey) -> Markup {
    let (lang, words) = (seat.lang, seat.lang.of_desk());
    html! {
        @if let Some(label) = &known.label { bdi { (label.as_str()) } }
        code.soft.small { (known.token_id) }
        span.small { (words.reach) ": " (reach(lang, &known.grant.scope)) }
        span.soft.small { (words.made_at) " " (time(lang, known.created_at, &TimeZone::UTC)) " UTC" }
        @if let Some(end) = known.grant.expires_at { span.soft.small { (words.until) " " (time(lang, end, &TimeZone::UTC)) " UTC" } }
        @match whose(seat, known) {
            Whose::ThisBrowser => span.mark { (words.this_one) },
            Whose::OwnKey => span.mark { (words.yours) },
            Whose::Others => form.end method="post" action="/console/keys/revoke" {
                input type="hidden" name="token_id" value=(known.token_id);
                button.danger { (words.revoke) }
            },
        }
    }
}

fn reach(lang: Lang, scope: &Scope) -> String {
    let words = lang.of_desk();
    match scope {
        Scope::Everything => words.everything.to_owned(),
        Scope::Chain(chain_id) => format!("{} {}", words.chain, chain_id.as_str()),
        Scope::Store(store_id) => format!("{} {store_id}", words.store),
    }
}

fn form(lang: Lang, sent: &Sent) -> Markup {
    let words = lang.of_desk();
    html! {
        form.card method="post" action="/console/keys" {
            h2 { (words.new_key) }
            label { (words.holder) input type="text" name="label" value=(sent.label) maxlength="200"; }
            div.pair {
                label { (words.store_id) input type="text" name="store_id" value=(sent.store_id) maxlength="64" autocapitalize="none"; }
                label { (words.chain_id) input type="text" name="chain_id" value=(sent.chain_id) maxlength="64" autocapitalize="none"; }
            }
            p.soft.small { (words.reach_hint) }
            div.row { button.main { (words.new_key) } }
        }
    }
}
