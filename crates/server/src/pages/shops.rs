//! The shops where somebody buys, and what was bought at one of them before: most often or last, with the
//! price then. The link on a shop's poster leads to the same page for the shop where somebody stands.

use super::blocks;
use super::dates;
use super::item::known_as;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::{Holder, Visitor};
use crate::app::App;
use crate::book::{self, Extent};
use crate::catalogues::aside;
use crate::figures::show_minor;
use crate::own_words::OwnNames;
use crate::reply::{Refused, Reply};
use crate::visits::{Before, BoughtHere, Order, Visited, Visits};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use ledger::account::Range;
use maud::{Markup, html};
use purchase::id::StoreId;
use purchase::store::Store;
use serde::Deserialize;
use std::sync::Arc;

/// Items on the page of a shop.
const ITEMS_MAX: usize = 200;
/// Shops on the page of all shops.
const SHOPS_MAX: usize = 500;

/// How the items are asked for.
#[derive(Deserialize)]
struct Asked {
    /// `latest`: what was bought last first.
    order: Option<String>,
}

/// Why the page of a shop is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// It was chosen.
    Chosen,
    /// The person stands there.
    Present,
}

impl Stand {
    fn path(self, store: &Store) -> String {
        match self {
            Self::Chosen => format!("/shops/{}", store.store_id),
            Self::Present => format!("/at/{}", store.store_id),
        }
    }
}

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/shops", get(all))
        .route("/shops/{store_id}", get(chosen))
        .route("/at/{store_id}", get(present))
}

async fn all(holder: Holder, State(app): State<Arc<App>>) -> Reply<Response> {
    aside(move || chooser(&app, holder)).await?
}

async fn chosen(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let store = store(&app, &store_id)?;
    aside(move || page(&app, holder, &store, Stand::Chosen, &asked)).await?
}

/// The link on a shop's poster. Whoever has no account yet makes one first and comes back.
async fn present(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let store = store(&app, &store_id)?;
    let Some(holder) = visitor.holder() else {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", &format!("/at/{}", store.store_id));
        return Ok(Redirect::to(&format!("/start?{}", query.finish())).into_response());
    };
    aside(move || page(&app, holder, &store, Stand::Present, &asked)).await?
}

fn store(app: &App, store_id: &str) -> Reply<Arc<Store>> {
    let store_id = StoreId::parse(store_id).map_err(|_| Refused::not_found("store"))?;
    app.store(&store_id)
}

fn chooser(app: &App, holder: Holder) -> Reply<Response> {
    let lang = holder.lang;
    let words = lang.of_spending();
    let mut visits = Visits::default();
    let extent = book::walk(app, holder.user_id, Range::default(), |filed, counter| {
        visits.add(filed, counter);
    })?;
    let shops = visits.latest_first();
    Ok(Page {
        lang,
        title: words.shops,
        tab: Tab::Months,
        scripts: &[],
        body: html! {
            h1 { (words.shops) }
            @if extent == Extent::Newest { p.soft { (words.newest_only) } }
            @if shops.is_empty() {
                section.empty { p { (words.no_shops) } p { a.button href="/book" { (words.to_book) } } }
            } @else {
                ul.shops { @for shop in shops.iter().take(SHOPS_MAX) { (visited(lang, shop)) } }
            }
        },
    }
    .respond())
}

fn visited(lang: Lang, shop: &Visited) -> Markup {
    let words = lang.of_spending();
    html! {
        li {
            a href={ "/shops/" (shop.store_id) } {
                span.shop { bdi { (shop.name) } }
                span.soft.small { ((words.sales)(shop.times)) " · " (dates::short_day(lang, &shop.shown_at)) }
            }
        }
    }
}

fn page(app: &App, holder: Holder, store: &Store, stand: Stand, asked: &Asked) -> Reply<Response> {
    let lang = holder.lang;
    let words = lang.of_spending();
    let order = match asked.order.as_deref() {
        Some("latest") => Order::Latest,
        Some(_) | None => Order::Often,
    };
    let range = Range {
        store_id: Some(store.store_id.clone()),
        ..Range::default()
    };
    let mut bought = BoughtHere::default();
    let extent = book::walk(app, holder.user_id, range, |filed, counter| {
        bought.add(filed, counter);
    })?;
    let own = OwnNames::of(app, holder.user_id)?;
    let blocked = blocks::form(app, holder, store, &stand.path(store))?;
    let visits = bought.visits;
    let (items, all) = bought.in_order(order, ITEMS_MAX);
    let name = store
        .identity(store.identity_at(app.clock.now()))
        .name
        .as_str();
    Ok(Page {
        lang,
        title: name,
        tab: Tab::Months,
        scripts: &[],
        body: html! {
            p.aside { a href="/shops" { "← " (words.shops) } }
            header.item {
                @if stand == Stand::Present { p.mark { (words.this_shop) } }
                h1 { bdi { (name) } }
                p.soft { (words.bought_here) @if visits > 0 { " · " ((words.sales)(visits)) } }
            }
            @if extent == Extent::Newest { p.soft { (words.newest_only) } }
            @if items.is_empty() {
                section.empty { h2 { (words.never_here) } p { (words.never_here_hint) } }
            } @else {
                (orders(lang, store, stand, order))
                ul.before { @for item in &items { (before(lang, item, &own)) } }
                @if all > items.len() { p.soft.small { ((words.of_all)(items.len(), all)) } }
            }
            (blocked)
            p.aside { a href={ "/claim/missing?store=" (store.store_id) } { (lang.of_missing().link_here) } }
        },
    }
    .respond())
}

fn orders(lang: Lang, store: &Store, stand: Stand, order: Order) -> Markup {
    let words = lang.of_spending();
    let path = stand.path(store);
    html! {
        nav.row aria-label=(words.order) {
            @for (this, query, label) in [(Order::Often, "", words.often), (Order::Latest, "?order=latest", words.latest)] {
                a.button href={ (path) (query) } aria-current=[(this == order).then_some("page")] { (label) }
            }
        }
    }
}

fn before(lang: Lang, item: &Before, own: &OwnNames) -> Markup {
    let words = lang.of_spending();
    html! {
        li {
            a href=(item.ware.path()) {
                span.name { (known_as(own.get(&item.ware), &item.name)) }
                span.amount {
                    (show_minor(item.each, item.measure.currency))
                    @if let Some(unit) = &item.measure.unit { span.soft.small { " / " bdi { (unit.as_str()) } } }
                }
                span.soft.small {
                    ((words.times)(item.times)) " · " (dates::short_day(lang, &item.shown_at))
                }
            }
        }
    }
}
