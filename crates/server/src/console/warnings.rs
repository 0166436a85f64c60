//! A store's sales with warnings, over all its days, newest first. What was sold and to whom is not read here.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, head, name_of, time};
use super::receipts::kind_of;
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::show_amount;
use crate::html::dates;
use crate::html::language::Lang;
use crate::reply::Reply;
use crate::warned::{DAYS, Found, Place, Reach, look};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use ledger::account::Listed;
use maud::{Markup, html};
use purchase::store::Store;
use purchase::time::BusinessDate;
use serde::Deserialize;
use std::sync::Arc;

/// Where the page begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    skip: String,
}

impl Asked {
    /// What names no place is the newest.
    fn place(&self) -> Option<Place> {
        Some(Place {
            date: BusinessDate::parse(&self.from).ok()?,
            skip: self.skip.parse().unwrap_or(0),
        })
    }
}

/// The sales.
pub(super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    aside(move || page(&app, &seat, &store, &asked)).await?
}

fn page(app: &App, seat: &Seat, store: &Store, asked: &Asked) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_sales());
    let found = look(app, store, asked.place())?;
    let path = format!("/console/stores/{}/warnings", store.store_id);
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.warned))
        p.soft { ((words.warned_lead)(DAYS)) }
        @if found.sales.is_empty() { p.empty { (words.no_warned) } }
        @else { (table(app, lang, store, &found.sales)) }
        @match found.reach {
            Reach::All => {}
            Reach::Part => p.soft.small { (words.warned_part) },
        }
        @if let Some(next) = found.next {
            p.more { a.button rel="next" href={ (path) "?from=" (next.date) "&skip=" (next.skip) } { (lang.of_console().more) } }
        }
        (curl(lang, &app.site, &requests(lang, store, &found)))
    };
    Ok(Page {
        seat,
        title: words.warned,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond())
}

fn table(app: &App, lang: Lang, store: &Store, sales: &[Listed]) -> Markup {
    let words = lang.of_sales();
    let zone = app.zone(store.timezone.as_str());
    html! {
        div.scroll tabindex="0" { table {
            thead { tr { th { (words.date) } th { (words.terminal) } th { (words.transaction) } th.number { (words.total) } th { (words.warnings) } } }
            tbody { @for listed in sales { @let sale = &listed.recorded; tr {
                td {
                    a href={ "/console/stores/" (store.store_id) "/days/" (sale.key.business_date) } { (dates::short_day(lang, &sale.key.business_date.to_string())) }
                    br; span.soft.small { ((words.received)(&time(lang, listed.received_at, &zone))) }
                }
                td { bdi { (sale.key.terminal.as_str()) } }
                td { bdi { (sale.key.transaction.as_str()) } br; span.soft.small { (kind_of(lang, sale.kind)) @if sale.voided_by.is_some() { " · " (words.voided) } } }
                td.number { (show_amount(sale.total, sale.currency)) }
                td.mark { @for warning in listed.warnings.iter() { ((words.warning)(warning)) " " } }
            } } }
        } }
    }
}

/// The nearest from a terminal: the list of a day says the same of each of its sales.
fn requests(lang: Lang, store: &Store, found: &Found) -> Vec<Request> {
    let date = found.sales.first();
    let date = date.map_or_else(
        || "YYYY-MM-DD".to_owned(),
        |sale| sale.recorded.key.business_date.to_string(),
    );
    let day = format!("/v1/stores/{}/days/{date}/settlements", store.store_id);
    vec![
        Request::Get(day),
        Request::Without(lang.of_commands().warnings),
    ]
}
