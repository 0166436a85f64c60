//! Codes that were sold at a store and have no name: what a person can do about each, which is to confirm a name
//! that is there, to ask the store for one, or to take that back. No name is written here.

use super::curl::{Request, curl, part};
use super::layout::{Page, Tab, head, name_of, time};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::{self, aside};
use crate::html::language::Lang;
use crate::reply::{Refused, Reply};
use crate::wishes;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use ledger::account::PendingCode;
use maud::{Markup, html};
use purchase::catalogue::Entry;
use purchase::id::{ItemCode, Revision};
use purchase::store::Store;
use purchase::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

/// Codes that are shown, at most.
const SHOWN_MAX: usize = 200;

/// What the button of a code that waits sends.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    code: String,
    revision: u64,
}

/// Codes that wait for a name.
pub(super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    aside(move || page(&app, &seat, &store)).await?
}

/// Says that a revision names the lines that wait for a code.
pub(super) async fn confirm(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Form(sent): Form<Confirmed>,
) -> Reply<Response> {
    let store_id = seat.store(&app, &store_id)?.store_id.clone();
    let code = ItemCode::parse(&sent.code).map_err(|_| Refused::not_found("item"))?;
    let back = format!("/console/stores/{store_id}/pending");
    let said = (code, Revision(sent.revision));
    catalogues::confirm_by(app, seat.clerk(), store_id, said).await?;
    Ok(Redirect::to(&back).into_response())
}

/// What the buttons of a code without a name send.
#[derive(Deserialize)]
pub(super) struct Wished {
    code: String,
    deed: WishDeed,
}

/// What is done about a wish.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WishDeed {
    Ask,
    TakeBack,
}

/// Asks the store what a code is called, or does so no more.
pub(super) async fn wish(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Form(sent): Form<Wished>,
) -> Reply<Response> {
    let store_id = seat.store(&app, &store_id)?.store_id.clone();
    let code = ItemCode::parse(&sent.code).map_err(|_| Refused::not_found("item"))?;
    match sent.deed {
        WishDeed::Ask => drop(wishes::ask(&app, seat.clerk(), &store_id, &code).await?),
        WishDeed::TakeBack => wishes::take_back(&app, seat.clerk(), &store_id, &code).await?,
    }
    let back = format!("/console/stores/{store_id}/pending");
    Ok(Redirect::to(&back).into_response())
}

/// What can be done about a code.
enum Next {
    /// This name is there, by this revision, and is to be confirmed.
    Confirm(String, Revision),
    /// Nobody asked the store yet.
    Ask,
    /// The store was asked then.
    TakeBack(Timestamp),
}

fn page(app: &App, seat: &Seat, store: &Store) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_store());
    let now = app.clock.now();
    let codes = app.ledger.pending_codes(&store.store_id, now)?;
    let zone = app.zone(store.timezone.as_str());
    let wishes = app.ledger.wishes(&store.store_id, now)?;
    let mut waiting = Vec::new();
    for code in codes.into_iter().take(SHOWN_MAX) {
        let wish = wishes.iter().find(|wish| wish.code == code.code);
        let next = next(app, store, &code, wish.map(|wish| wish.asked_at))?;
        waiting.push((code, next));
    }
    let body = html! {
        (head(store, name_of(store, now), words.pending))
        @if waiting.is_empty() { p.empty { (words.no_pending) } }
        @else {
            p.soft { (words.pending_note) " " (lang.of_reports().ask_note) }
            ul.list.card { @for code in &waiting { li { (row(lang, store, code, &zone)) } } }
        }
        (curl(lang, &app.site, &requests(store, &waiting)))
    };
    Ok(Page {
        seat,
        title: words.pending,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond())
}

fn next(
    app: &App,
    store: &Store,
    waiting: &PendingCode,
    asked_at: Option<Timestamp>,
) -> Reply<Next> {
    if let Some(revision) = waiting.confirm
        && let Some(name) = name_by(app, store, waiting, revision)?
    {
        return Ok(Next::Confirm(name, revision));
    }
    Ok(asked_at.map_or(Next::Ask, Next::TakeBack))
}

/// The same from a terminal: each button once, for the first code that has it.
fn requests(store: &Store, waiting: &[(PendingCode, Next)]) -> Vec<Request> {
    let list = format!("/v1/stores/{}/pending", store.store_id);
    let (mut confirm, mut ask, mut take_back) = (None, None, None);
    for (code, next) in waiting.iter().rev() {
        let path = format!("{list}/{}", part(code.code.as_str()));
        match next {
            Next::Confirm(_, revision) => {
                let body = format!("{{\"revision\": {}}}", revision.0);
                confirm = Some(Request::Post(path, Some(body)));
            }
            Next::Ask => ask = Some(Request::Post(format!("{path}/wish"), None)),
            Next::TakeBack(_) => take_back = Some(Request::Delete(format!("{path}/wish"))),
        }
    }
    let deeds = [confirm, ask, take_back].into_iter().flatten();
    [Request::Get(list)].into_iter().chain(deeds).collect()
}

fn row(
    lang: Lang,
    store: &Store,
    (waiting, next): &(PendingCode, Next),
    zone: &TimeZone,
) -> Markup {
    let words = lang.of_store();
    html! {
        bdi.code { (waiting.code.as_str()) }
        @if let Some(item) = &waiting.item { span.soft.small { ((words.labels)(item.as_str())) } }
        span.soft.small { ((words.lines)(waiting.lines)) " · " (words.last_sold) " " (time(lang, waiting.last_seen, zone)) }
        @match next {
            Next::Confirm(name, revision) => {
                form.end.row method="post" action={ "/console/stores/" (store.store_id) "/pending" } {
                    input type="hidden" name="code" value=(waiting.code.as_str());
                    input type="hidden" name="revision" value=(revision.0);
                    span.small { bdi { ((words.confirm_note)(name, revision.0)) } }
                    button.main { (words.confirm) }
                }
            }
            Next::Ask => (wish_form(lang, store, &waiting.code, None)),
            Next::TakeBack(at) => (wish_form(lang, store, &waiting.code, Some(time(lang, *at, zone)))),
        }
    }
}

/// Asks the store for a name, or shows since when it is asked.
fn wish_form(lang: Lang, store: &Store, code: &ItemCode, asked: Option<String>) -> Markup {
    let words = lang.of_reports();
    let deed = match asked {
        Some(_) => "take_back",
        None => "ask",
    };
    html! {
        form.end.row method="post" action={ "/console/stores/" (store.store_id) "/wish" } {
            input type="hidden" name="code" value=(code.as_str());
            input type="hidden" name="deed" value=(deed);
            @match asked {
                Some(at) => { span.small.soft { ((words.asked)(&at)) } button.plain { (words.take_back) } }
                None => button { (words.ask) },
            }
        }
    }
}

/// What a revision calls the code that waits, or the item whose label it is.
fn name_by(
    app: &App,
    store: &Store,
    waiting: &PendingCode,
    revision: Revision,
) -> Reply<Option<String>> {
    for code in [Some(&waiting.code), waiting.item.as_ref()]
        .into_iter()
        .flatten()
    {
        let versions = app.ledger.item_versions(&store.store_id, code)?;
        let found = versions.iter().find_map(|version| match &version.entry {
            Entry::Named(item) if version.revision == revision => Some(item.name.as_str()),
            Entry::Named(_) | Entry::Discontinued => None,
        });
        if let Some(name) = found {
            return Ok(Some(name.to_owned()));
        }
    }
    Ok(None)
}
