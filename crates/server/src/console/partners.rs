//! Partners: who there is, the link that each shows to people, how one comes and how it goes. A new key is shown
//! once and never again, and who consented to whom is shown to no operator.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, faults, refused, time};
use super::seat::Seat;
use crate::app::App;
use crate::html::language::Lang;
use crate::partners::{self, consent_url};
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use ledger::account::Partner;
use maud::{Markup, html};
use purchase::id::PartnerId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wire::partner::read_partner;

/// What a partner is made of, in the command that the page shows.
const EXAMPLE: &str = "{\"name\": \"Kakeibo\", \"purpose\": \"to keep your household accounts\"}";

/// What the form sends; what is empty is left out.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(super) struct Sent {
    name: String,
    purpose: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    url: String,
}

/// Which partner goes.
#[derive(Deserialize)]
pub(super) struct Gone {
    partner_id: String,
}

/// The partners.
pub(super) async fn show(seat: Seat, State(app): State<Arc<App>>) -> Reply<Response> {
    seat.clerk().everything()?;
    page(&app, &seat, &Sent::default(), html! {})
}

/// Adds a partner, and shows its key this once.
pub(super) async fn add(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    let message = serde_json::to_vec(&sent).unwrap_or_default();
    let asked = match read_partner(&message) {
        Ok(asked) => asked,
        Err(found) => {
            let words = seat.lang.of_partners();
            let labels = [
                ("name", words.name),
                ("purpose", words.purpose),
                ("url", words.url),
            ];
            let told = faults(seat.lang, &labels, &found);
            return page(&app, &seat, &sent, told).map(refused);
        }
    };
    let added = partners::add(&app, seat.clerk(), asked).await?;
    let words = seat.lang.of_partners();
    let shown = html! {
        section.card role="status" {
            h2 { (words.added) } p { (words.added_note) } p.secret { (added.key.reveal()) }
            p { (words.link_note) } p.secret { (consent_url(&app, added.partner_id)) }
        }
    };
    page(&app, &seat, &Sent::default(), shown)
}

/// Removes a partner; one that is gone already stays so.
pub(super) async fn remove(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(gone): Form<Gone>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    let partner_id = PartnerId::parse(&gone.partner_id);
    let partner_id = partner_id.map_err(|_| Refused::not_found("partner"))?;
    if app.ledger.partner(partner_id)?.is_some() {
        partners::remove(&app, seat.clerk(), partner_id).await?;
    }
    Ok(Redirect::to("/console/partners").into_response())
}

fn page(app: &App, seat: &Seat, sent: &Sent, told: Markup) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_partners());
    let all = app.ledger.partners()?;
    let body = html! {
        div {
            p { a href="/console/keys" { "← " (lang.of_console().keys) } }
            h1 { (words.title) } p.soft { (words.lead) }
        }
        (told)
        @if all.is_empty() { p.soft { (words.none) } }
        @else { ul.list.card { @for partner in &all { li { (row(app, lang, partner)) } } } }
        (form(lang, sent))
        (curl(lang, &app.site, &requests(&all)))
    };
    Ok(Page {
        seat,
        title: words.title,
        tab: Tab::Keys,
        scripts: &[],
        body,
    }
    .respond())
}

/// The same from a terminal.
fn requests(all: &[Partner]) -> Vec<Request> {
    let path = "/v1/partners";
    let first = all.first();
    let first = first.map(|partner| Request::Delete(format!("{path}/{}", partner.partner_id)));
    let mut requests = vec![
        Request::Get(path.to_owned()),
        Request::Post(path.to_owned(), Some(EXAMPLE.to_owned())),
    ];
    requests.extend(first);
    requests
}

fn row(app: &App, lang: Lang, partner: &Partner) -> Markup {
    let words = lang.of_partners();
    html! {
        strong { bdi { (partner.name.as_str()) } }
        span.small { bdi { (partner.purpose.as_str()) } }
        @if let Some(url) = &partner.url { span.soft.small { bdi { (url.as_str()) } } }
        code.soft.small { (consent_url(app, partner.partner_id)) }
        span.soft.small { (words.since) " " (time(lang, partner.created_at, &TimeZone::UTC)) " UTC" }
        @if partner.ended_at.is_some() { span.mark { (words.going) } }
        details.end {
            summary { (words.remove) }
            p.small { (words.remove_note) }
            form method="post" action="/console/partners/remove" {
                input type="hidden" name="partner_id" value=(partner.partner_id);
                button.danger { (words.remove) }
            }
        }
    }
}

fn form(lang: Lang, sent: &Sent) -> Markup {
    let words = lang.of_partners();
    html! {
        form.card method="post" action="/console/partners" {
            h2 { (words.new) }
            label { (words.name) input type="text" name="name" value=(sent.name) required maxlength="200"; }
            label { (words.purpose) input type="text" name="purpose" value=(sent.purpose) required maxlength="200"; }
            label { (words.url) input type="text" name="url" value=(sent.url) maxlength="200" inputmode="url" autocapitalize="none"; }
            p.soft.small { (words.hint) }
            div.row { button.main { (words.add) } }
        }
    }
}
