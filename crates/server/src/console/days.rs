//! A store's days as the server has them: how many, how much, and the digest that the store's own closing
//! shows if both have the same.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, head, heading, name_of};
use super::receipts::kind_of;
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::{show_amount, show_minor};
use crate::html::dates;
use crate::overview::recent_days;
use crate::reply::{Refused, Reply};
use axum::extract::{Path, State};
use axum::response::Response;
use ledger::account::DayOf;
use ledger::keyring::hex;
use maud::html;
use purchase::store::Store;
use purchase::time::BusinessDate;
use std::sync::Arc;

/// Settlements of a day that are listed, at most.
const LISTED_MAX: usize = 500;
/// Days that are shown.
const DAYS: usize = 30;

/// The days.
pub(super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    aside(move || page(&app, &seat, &store)).await?
}

fn page(app: &App, seat: &Seat, store: &Store) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_sales());
    let mut days = recent_days(app, store, DAYS)?;
    days.reverse();
    let date = days
        .first()
        .map_or_else(|| "YYYY-MM-DD".to_owned(), |day| day.date.to_string());
    let api = format!("/v1/stores/{}/days/{date}", store.store_id);
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.days))
        @if days.is_empty() { p.empty { (words.no_days) } }
        @else {
            div.scroll tabindex="0" { table {
                thead { tr { th { (words.date) } th.number { (words.count) } th.number { (words.total) } th { (words.digest) } } }
                tbody { @for day in &days { tr {
                    td { a href={ "/console/stores/" (store.store_id) "/days/" (day.date) } { (dates::short_day(lang, &day.date.to_string())) } }
                    td.number { (day.day.tally.settlements) }
                    td.number { (totals(day)) }
                    td { code.small title=(hex(&day.day.digest)) { (hex(&day.day.digest).chars().take(12).collect::<String>()) "…" } }
                } } }
            } }
            p.soft.small { (words.day_note) }
        }
        (curl(lang, &app.site, &[Request::Get(&api)]))
    };
    Ok(Page {
        seat,
        title: words.days,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond())
}

/// One day: each settlement by its number, with its total and what was remarked.
pub(super) async fn one(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path((store_id, date)): Path<(String, String)>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let date = BusinessDate::parse(&date).map_err(|_| Refused::not_found("day"))?;
    aside(move || day(&app, &seat, &store, date)).await?
}

fn day(app: &App, seat: &Seat, store: &Store, date: BusinessDate) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_sales());
    let recorded = app
        .ledger
        .day_settlements(&store.store_id, date, None, LISTED_MAX)?;
    let listed = recorded
        .iter()
        .map(|recorded| Ok((recorded, app.ledger.sold(&recorded.key)?)))
        .collect::<Reply<Vec<_>>>()?;
    let title = dates::day(lang, &date.to_string());
    let api = format!("/v1/stores/{}/days/{date}/settlements", store.store_id);
    let body = html! {
        (head(store, name_of(store, app.clock.now()), &title))
        @if listed.is_empty() { p.empty { (words.no_days) } }
        @else {
            div.scroll tabindex="0" { table {
                thead { tr { th { (heading(words.terminal)) } th { (heading(words.transaction)) } th { } th.number { (words.total) } th { (words.warnings) } } }
                tbody { @for (recorded, sold) in &listed { tr {
                    td { bdi { (recorded.key.terminal.as_str()) } }
                    td { bdi { (recorded.key.transaction.as_str()) } }
                    td { (kind_of(lang, recorded.kind)) @if recorded.voided_by.is_some() { " · " (words.voided) } }
                    td.number { (show_amount(recorded.total, recorded.currency)) }
                    td.mark { @if let Some(sold) = sold { @for warning in sold.warnings.iter() { ((words.warning)(warning)) " " } } }
                } } }
            } }
            @if listed.len() == LISTED_MAX { p.soft.small { ((words.first_of_day)(LISTED_MAX)) } }
        }
        (curl(lang, &app.site, &[Request::Get(&api)]))
    };
    Ok(Page {
        seat,
        title: &title,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond())
}

fn totals(day: &DayOf) -> String {
    let totals = day.day.tally.totals.iter();
    let shown: Vec<_> = totals
        .map(|(currency, sum)| show_minor(sum.minor(), *currency))
        .collect();
    shown.join(" + ")
}
