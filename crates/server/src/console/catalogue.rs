//! What a store sells under which name: its items with their histories, and codes that were sold and have no
//! name. Only the store's machine writes names; here a name that is there may be confirmed.

use super::curl::{Request, curl, part};
use super::layout::{Page, Tab, head, heading, name_of, time};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::{self, aside};
use crate::figures::show_amount;
use crate::html::language::Lang;
use crate::office::{Deed, note};
use crate::reply::{Refused, Reply};
use crate::wishes;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use ledger::account::{Act, PendingCode, Wish};
use maud::{Markup, html};
use purchase::catalogue::{Entry, Item, Version};
use purchase::fold::fold;
use purchase::id::{ItemCode, Revision};
use purchase::store::Store;
use purchase::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

/// Items on a page.
const PER_PAGE: usize = 100;
/// Codes that wait, shown at most.
const PENDING_MAX: usize = 200;

/// What the list is asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
    after: Option<String>,
}

/// Which item.
#[derive(Deserialize)]
pub(super) struct Which {
    code: String,
}

/// What the button of a code that waits sends.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    code: String,
    revision: u64,
}

/// The items.
pub(super) async fn items(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    aside(move || list(&app, &seat, &store, &asked)).await?
}

/// One item, with all that it was called.
pub(super) async fn item(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Query(which): Query<Which>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let code = ItemCode::parse(&which.code).map_err(|_| Refused::not_found("item"))?;
    let versions = app.ledger.item_versions(&store.store_id, &code)?;
    if versions.is_empty() {
        return Err(Refused::not_found("item"));
    }
    Ok(history(&app, &seat, &store, (&code, &versions)))
}

/// Codes that wait for a name.
pub(super) async fn pending(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    aside(move || waiting(&app, &seat, &store)).await?
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
    let deed = Deed::at(Act::NameConfirmed, &store_id).to(code.as_str());
    // Naming takes several commits; who said so is written before the first.
    note(&app, seat.clerk(), deed).await?;
    catalogues::confirm(app, store_id, code, Revision(sent.revision)).await?;
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

fn list(app: &App, seat: &Seat, store: &Store, asked: &Asked) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_store());
    let sent = asked.q.as_deref().unwrap_or_default().trim();
    let sought = fold(sent);
    let wanted: &dyn Fn(&ItemCode, &Version) -> bool = &|code, version| {
        sought.is_empty()
            || fold(code.as_str()).contains(&sought)
            || matches!(&version.entry, Entry::Named(item) if fold(item.name.as_str()).contains(&sought))
    };
    let after = asked
        .after
        .as_deref()
        .and_then(|code| ItemCode::parse(code).ok());
    let page = (PER_PAGE + 1, wanted);
    let found = app
        .ledger
        .items_page(&store.store_id, after.as_ref(), page)?;
    let next = found.get(PER_PAGE - 1).filter(|_| found.len() > PER_PAGE);
    let catalogue = app.ledger.catalogue_head(&store.store_id)?;
    let path = format!("/console/stores/{}", store.store_id);
    let api = format!("/v1/stores/{}/catalogue", store.store_id);
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.catalogue))
        p.soft {
            (catalogue.items) " " (words.items) " · " (words.revision) " " (catalogue.revision.0)
            @if let Some(source) = &store.catalogue_of { " · " ((words.catalogue_of)(source.as_str())) }
        }
        form.row role="search" action={ (path) "/items" } {
            label.grow { span.unseen { (words.search) }
                input type="search" name="q" value=(sent) placeholder=(words.search) maxlength="200"; }
            button { (words.find) }
        }
        @if found.is_empty() {
            p.empty { @if sent.is_empty() { (words.no_items) } @else { (words.nothing_found) } }
        } @else { (table(lang, store, found.iter().take(PER_PAGE))) }
        @if let Some((code, _)) = next {
            p.more { a.button rel="next" href={ (path) "/items?q=" (part(sent)) "&after=" (part(code.as_str())) } { (lang.of_console().more) } }
        }
        (curl(lang, &app.site, &[Request::Get(&api)]))
    };
    Ok(respond(seat, words.catalogue, body))
}

fn respond(seat: &Seat, title: &str, body: Markup) -> Response {
    Page {
        seat,
        title,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond()
}

fn table<'a>(
    lang: Lang,
    store: &Store,
    found: impl Iterator<Item = &'a (ItemCode, Version)>,
) -> Markup {
    let words = lang.of_store();
    html! {
        div.scroll tabindex="0" { table {
            thead { tr { th { (words.code) } th { (words.item) } th.number { (words.price) } } }
            tbody { @for (code, version) in found { tr {
                td { a.code href={ "/console/stores/" (store.store_id) "/item?code=" (part(code.as_str())) } { bdi { (code.as_str()) } } }
                @match &version.entry {
                    Entry::Named(item) => { td { bdi { (item.name.as_str()) } } td.number { (price(store, item)) } }
                    Entry::Discontinued => { td.soft { (words.discontinued) } td {} }
                }
            } } }
        } }
    }
}

fn price(store: &Store, item: &Item) -> String {
    let shown = |amount| show_amount(amount, store.currency);
    item.unit_price.map_or_else(String::new, shown)
}

fn history(
    app: &App,
    seat: &Seat,
    store: &Store,
    (code, versions): (&ItemCode, &[Version]),
) -> Response {
    let (lang, words) = (seat.lang, seat.lang.of_store());
    let zone = app.zone(store.timezone.as_str());
    let api = format!(
        "/v1/stores/{}/catalogue/items/{}",
        store.store_id,
        part(code.as_str())
    );
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.history))
        p { bdi.code { (code.as_str()) } }
        div.scroll tabindex="0" { table {
            thead { tr { th { (words.from) } th { (words.item) } th.number { (words.price) } th.number { (heading(words.revision)) } } }
            tbody { @for version in versions.iter().rev() { tr {
                td { (since(lang, version.effective_from, &zone)) }
                @match &version.entry {
                    Entry::Named(item) => { td { bdi { (item.name.as_str()) } } td.number { (price(store, item)) } }
                    Entry::Discontinued => { td.soft { (words.discontinued) } td {} }
                }
                td.number { (version.revision.0) }
            } } }
        } }
        (curl(lang, &app.site, &[Request::Get(&api)]))
    };
    respond(seat, words.history, body)
}

fn since(lang: Lang, at: Timestamp, zone: &TimeZone) -> String {
    if at == Timestamp::ZERO {
        return lang.of_store().beginning.to_owned();
    }
    time(lang, at, zone)
}

fn waiting(app: &App, seat: &Seat, store: &Store) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_store());
    let now = app.clock.now();
    let codes = app.ledger.pending_codes(&store.store_id, now)?;
    let zone = app.zone(store.timezone.as_str());
    let wishes = app.ledger.wishes(&store.store_id, now)?;
    let rows = codes
        .iter()
        .take(PENDING_MAX)
        .map(|code| {
            let wish = wishes.iter().find(|wish| wish.code == code.code);
            code_that_waits(app, lang, store, (code, wish, &zone))
        })
        .collect::<Reply<Vec<_>>>()?;
    let first = codes
        .first()
        .map_or("CODE", |waiting| waiting.code.as_str());
    let list = format!("/v1/stores/{}/pending", store.store_id);
    let wish = format!("{list}/{}/wish", part(first));
    let body = html! {
        (head(store, name_of(store, now), words.pending))
        @if rows.is_empty() { p.empty { (words.no_pending) } }
        @else {
            p.soft { (words.pending_note) " " (lang.of_reports().ask_note) }
            ul.list.card { @for row in &rows { li { (row) } } }
        }
        (curl(lang, &app.site, &[Request::Get(&list), Request::Post(&wish, None)]))
    };
    Ok(respond(seat, words.pending, body))
}

fn code_that_waits(
    app: &App,
    lang: Lang,
    store: &Store,
    (waiting, wish, zone): (&PendingCode, Option<&Wish>, &TimeZone),
) -> Reply<Markup> {
    let words = lang.of_store();
    let named = match waiting.confirm {
        Some(revision) => name_by(app, store, waiting, revision)?.map(|name| (name, revision)),
        None => None,
    };
    Ok(html! {
        bdi.code { (waiting.code.as_str()) }
        @if let Some(item) = &waiting.item { span.soft.small { ((words.labels)(item.as_str())) } }
        span.soft.small { ((words.lines)(waiting.lines)) " · " (words.last_sold) " " (time(lang, waiting.last_seen, zone)) }
        @match named {
            Some((name, revision)) => {
                form.end.row method="post" action={ "/console/stores/" (store.store_id) "/pending" } {
                    input type="hidden" name="code" value=(waiting.code.as_str());
                    input type="hidden" name="revision" value=(revision.0);
                    span.small { bdi { ((words.confirm_note)(&name, revision.0)) } }
                    button.main { (words.confirm) }
                }
            }
            None => (wish_form(lang, store, &waiting.code, wish.map(|wish| time(lang, wish.asked_at, zone)))),
        }
    })
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
