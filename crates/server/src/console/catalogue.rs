//! What a store sells under which name: its items with their histories. Only the store's machine writes names,
//! and nothing is written here.

use super::curl::{Request, curl, part};
use super::layout::{Page, Tab, head, heading, name_of, time};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::show_amount;
use crate::html::language::Lang;
use crate::reply::{Refused, Reply};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use purchase::catalogue::{Entry, Item, Version};
use purchase::fold::fold;
use purchase::id::ItemCode;
use purchase::store::Store;
use purchase::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

/// Items on a page.
const PER_PAGE: usize = 100;

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
    let first = found.first().map(|(code, _)| code);
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
        (curl(lang, &app.site, &requests(lang, store, first)))
    };
    Ok(respond(seat, words.catalogue, body))
}

/// The same from a terminal: where the catalogue stands, all that is in it, and the first item of the page.
fn requests(lang: Lang, store: &Store, first: Option<&ItemCode>) -> Vec<Request> {
    let path = format!("/v1/stores/{}/catalogue", store.store_id);
    let first = first.map(|code| Request::Get(format!("{path}/items/{}", part(code.as_str()))));
    let mut requests = vec![
        Request::Get(path.clone()),
        Request::Get(format!("{path}/changes?after=0")),
    ];
    requests.extend(first);
    requests.push(Request::Without(lang.of_commands().item_search));
    requests
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
        (curl(lang, &app.site, &[Request::Get(api)]))
    };
    respond(seat, words.history, body)
}

fn since(lang: Lang, at: Timestamp, zone: &TimeZone) -> String {
    if at == Timestamp::ZERO {
        return lang.of_store().beginning.to_owned();
    }
    time(lang, at, zone)
}
