//! A store's days as the server has them: how many, how much, and the digest that the store's own closing
//! shows if both have the same. Where a machine says something else, that stands beside it; nothing is decided
//! here about who is right.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, head, heading, name_of};
use super::receipts::{kind_of, of_sale};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::{show_amount, show_minor};
use crate::html::dates;
use crate::html::language::Lang;
use crate::machines::{Apart, days_apart};
use crate::overview::recent_days;
use crate::reply::{Refused, Reply};
use axum::extract::{Path, State};
use axum::response::Response;
use ledger::account::{DayOf, Device};
use ledger::keyring::hex;
use maud::{Markup, html};
use purchase::store::Store;
use purchase::time::BusinessDate;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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

/// A day, and what machines say of it that the server does not.
struct Row {
    day: DayOf,
    told: Vec<(Device, Apart)>,
}

/// The last days, newest first; also older ones, and such on which nothing arrived, if a machine disagrees.
fn rows(app: &App, store: &Store) -> Reply<Vec<Row>> {
    let days = recent_days(app, store, DAYS)?.into_iter();
    let row = |day| Row {
        day,
        told: Vec::new(),
    };
    let mut rows: BTreeMap<BusinessDate, Row> = days.map(|day| (day.date, row(day))).collect();
    for (device, apart) in days_apart(app, store)? {
        let date = apart.date;
        let row = match rows.entry(date) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let day = app.ledger.day(&store.store_id, date)?;
                place.insert(row(DayOf { date, day }))
            }
        };
        row.told.push((device, apart));
    }
    Ok(rows.into_values().rev().collect())
}

fn page(app: &App, seat: &Seat, store: &Store) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_sales());
    let rows = rows(app, store)?;
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.days))
        @if rows.is_empty() { p.empty { (words.no_days) } }
        @else {
            @if rows.iter().any(|row| !row.told.is_empty()) { p.mark { (lang.of_reports().apart_marked) } }
            div.scroll tabindex="0" { table {
                thead { tr { th { (words.date) } th.number { (words.count) } th.number { (words.total) } th { (words.digest) } } }
                tbody { @for row in &rows { (day_row(lang, store, row)) } }
            } }
            p.soft.small { (words.day_note) }
        }
        (curl(lang, &app.site, &requests(lang, store, &rows)))
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

/// The newest day from a terminal.
fn requests(lang: Lang, store: &Store, rows: &[Row]) -> Vec<Request> {
    let newest = rows.first().map(|row| row.day.date.to_string());
    let date = newest.unwrap_or_else(|| "YYYY-MM-DD".to_owned());
    vec![
        Request::Get(format!("/v1/stores/{}/days/{date}", store.store_id)),
        Request::Without(lang.of_commands().reports),
    ]
}

fn day_row(lang: Lang, store: &Store, row: &Row) -> Markup {
    let day = &row.day;
    html! { tr {
        td {
            a href={ "/console/stores/" (store.store_id) "/days/" (day.date) } { (dates::short_day(lang, &day.date.to_string())) }
            @for told in &row.told { br; (apart(lang, told)) }
        }
        td.number { (day.day.tally.settlements) }
        td.number { (totals(day)) }
        td {
            (short_digest(&day.day.digest))
            @for (device, apart) in &row.told {
                @if let Some(digest) = &apart.digest { br; span.mark { bdi { (device.name.as_str()) } ": " (short_digest(&digest.0)) } }
            }
        }
    } }
}

/// What one machine says of a day.
fn apart(lang: Lang, (device, apart): &(Device, Apart)) -> Markup {
    let said = (lang.of_reports().apart)(apart.there, apart.here);
    html! { span.mark { bdi { (device.name.as_str()) } ": " (said) } }
}

fn short_digest(digest: &[u8; 32]) -> Markup {
    let whole = hex(digest);
    html! { code.small title=(whole) { (whole.chars().take(12).collect::<String>()) "…" } }
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
    let listed = app
        .ledger
        .day_settlements(&store.store_id, date, None, LISTED_MAX)?;
    let title = dates::day(lang, &date.to_string());
    let mut told = days_apart(app, store)?;
    told.retain(|(_, apart)| apart.date == date);
    let path = format!("/v1/stores/{}/days/{date}", store.store_id);
    let mut requests = vec![
        Request::Get(path.clone()),
        Request::Get(format!("{path}/settlements")),
    ];
    requests.extend(
        listed
            .first()
            .map(|first| Request::Get(of_sale(&first.recorded.key))),
    );
    let body = html! {
        (head(store, name_of(store, app.clock.now()), &title))
        @for told in &told { p { (apart(lang, told)) } }
        @if listed.is_empty() { p.empty { (words.no_days) } }
        @else {
            div.scroll tabindex="0" { table {
                thead { tr { th { (heading(words.terminal)) } th { (heading(words.transaction)) } th { } th.number { (words.total) } th { (words.warnings) } } }
                tbody { @for one in &listed { @let recorded = &one.recorded; tr {
                    td { bdi { (recorded.key.terminal.as_str()) } }
                    td { bdi { (recorded.key.transaction.as_str()) } }
                    td { (kind_of(lang, recorded.kind)) @if recorded.voided_by.is_some() { " · " (words.voided) } }
                    td.number { (show_amount(recorded.total, recorded.currency)) }
                    td.mark { @for warning in one.warnings.iter() { ((words.warning)(warning)) " " } }
                } } }
            } }
            @if listed.len() == LISTED_MAX { p.soft.small { ((words.first_of_day)(LISTED_MAX)) } }
        }
        (curl(lang, &app.site, &requests))
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
