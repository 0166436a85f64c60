//! The stores that somebody may see, and the form that adds one.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, faults, name_of, refused};
use super::pairing::{self, PAIRED};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::html::language::Lang;
use crate::office::{Deed, carry_out};
use crate::overview::{Standing, look, today};
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::account::{Act, Scope};
use ledger::write::{Changed, Write};
use maud::{Markup, html};
use purchase::store::Store;
use purchase::text::Text;
use purchase::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wire::error::{ErrorCode, FieldError};
use wire::operator::store::read_store;

/// What the form sends; what is empty is left out.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(super) struct Sent {
    store_id: String,
    name: String,
    timezone: String,
    currency: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    chain_id: String,
}

/// The stores.
pub(super) async fn list(seat: Seat, State(app): State<Arc<App>>) -> Reply<Response> {
    let usual = Sent {
        timezone: "Asia/Tokyo".to_owned(),
        currency: "JPY".to_owned(),
        ..Sent::default()
    };
    aside(move || page(&app, &seat, &usual, &[])).await?
}

/// Adds a store, and shows a code by which its first machine joins.
pub(super) async fn add(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    let message = serde_json::to_vec(&sent).unwrap_or_default();
    let store = match read_store(&message) {
        Ok(store) => store,
        Err(found) => return again(app, seat, sent, found).await,
    };
    let store_id = store.store_id.clone();
    let deed = Deed::at(Act::StoreAdded, &store_id);
    let write = Write::AddStore(Box::new(store));
    match carry_out(&app, seat.clerk(), deed, write).await {
        Ok(Changed::Done) => {
            let name = Text::new("till 1", 100).map_err(|_| Refused::not_found("name"))?;
            pairing::make(&app, &seat, &store_id, name).await
        }
        // Sent twice, it is there already.
        Ok(Changed::Same) => {
            Ok(Redirect::to(&format!("/console/stores/{store_id}")).into_response())
        }
        Ok(Changed::Different | Changed::NotFound | Changed::Last | Changed::Full) => {
            let fault = FieldError {
                pointer: "/store_id".to_owned(),
                code: ErrorCode::AlreadyExistsDifferently,
                detail: "there is a store of this id with other content".to_owned(),
            };
            again(app, seat, sent, vec![fault]).await
        }
        Err(refused) if !refused.0.errors.is_empty() => {
            let found = refused.0.errors.clone();
            again(app, seat, sent, found).await
        }
        Err(refused) => Err(refused),
    }
}

/// The form once more, with what is wrong with it.
async fn again(app: Arc<App>, seat: Seat, sent: Sent, found: Vec<FieldError>) -> Reply<Response> {
    let page = aside(move || page(&app, &seat, &sent, &found)).await??;
    Ok(refused(page))
}

fn page(app: &App, seat: &Seat, sent: &Sent, found: &[FieldError]) -> Reply<Response> {
    let overview = look(app, seat.clerk())?;
    let (lang, now) = (seat.lang, app.clock.now());
    let words = lang.of_store();
    let body = html! {
        div { h1 { (lang.of_console().stores) } p.soft { (words.lead) } }
        @if overview.stores.is_empty() {
            section.empty { h2 { (words.empty) } p { (words.empty_note) } }
        } @else {
            ul.list.card { @for standing in &overview.stores { li { (row(lang, standing, now)) } } }
        }
        @if seat.clerk().scope == Scope::Everything {
            (form(lang, sent, found))
        }
        (curl(lang, &app.site, &requests(app, &seat.clerk().scope, &overview.stores)))
    };
    Ok(Page {
        seat,
        title: lang.of_console().stores,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond())
}

const EXAMPLE: &str = "{\"store_id\": \"s-1\", \"name\": \"Corner Shop\", \
                       \"timezone\": \"Asia/Tokyo\", \"currency\": \"JPY\"}";

/// The same from a terminal. The button of a new store does two things: it also makes a code by which the first
/// machine joins.
fn requests(app: &App, scope: &Scope, stores: &[Standing]) -> Vec<Request> {
    let mut requests = vec![Request::Get("/v1/stores".to_owned())];
    requests.extend(
        stores
            .first()
            .and_then(|first| sold_today(app, &first.store)),
    );
    match scope {
        Scope::Everything => {
            let body = Some(EXAMPLE.to_owned());
            requests.push(Request::Post("/v1/stores".to_owned(), body));
            let path = "/v1/stores/s-1/pairings".to_owned();
            requests.push(Request::Post(path, Some(PAIRED.to_owned())));
        }
        Scope::Chain(_) | Scope::Store(_) => {}
    }
    requests
}

/// How much a store sold on its day.
pub(super) fn sold_today(app: &App, store: &Store) -> Option<Request> {
    let date = today(app, store)?;
    Some(Request::Get(format!(
        "/v1/stores/{}/days/{date}",
        store.store_id
    )))
}

fn row(lang: Lang, standing: &Standing, now: Timestamp) -> Markup {
    let store = &standing.store;
    let words = lang.of_sales();
    html! {
        a href={ "/console/stores/" (store.store_id) } { bdi { (name_of(store, now)) } }
        code.soft.small { (store.store_id) }
        @if store.closed_at.is_some() { span.mark { (lang.of_store().closed) } }
        @else if standing.is_silent() { span.mark { (words.is_silent) } }
        span.end { strong { (standing.today) } " " span.soft.small { ((words.today)(standing.today)) } }
    }
}

fn form(lang: Lang, sent: &Sent, found: &[FieldError]) -> Markup {
    let words = lang.of_store();
    let labels = [
        ("store_id", words.store_id),
        ("name", words.name),
        ("timezone", words.timezone),
        ("currency", words.currency),
        ("chain_id", words.chain_id),
    ];
    html! {
        form.card #add method="post" action="/console/stores" {
            h2 { (words.add) }
            (faults(lang, &labels, found))
            label { (words.name) input type="text" name="name" value=(sent.name) required maxlength="200"; }
            label { (words.store_id)
                input type="text" name="store_id" value=(sent.store_id) required maxlength="64"
                    pattern="[a-z0-9\\-]+" autocapitalize="none" spellcheck="false"; }
            div.pair {
                label { (words.timezone) input type="text" name="timezone" value=(sent.timezone) required maxlength="64"; }
                label { (words.currency) input type="text" name="currency" value=(sent.currency) required maxlength="3"; }
            }
            label { (words.chain_id) input type="text" name="chain_id" value=(sent.chain_id) maxlength="64"; }
            div.row { button.main { (words.add_button) } }
        }
    }
}
