//! A store's days as the server has them: how many, how much, and the digest that the store's own closing
//! shows if both have the same.

use super::curl::curl;
use super::layout::{Page, Tab, head, name_of};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::show_minor;
use crate::html::dates;
use crate::overview::recent_days;
use crate::reply::Reply;
use axum::extract::{Path, State};
use axum::response::Response;
use ledger::account::DayOf;
use ledger::keyring::hex;
use maud::html;
use purchase::store::Store;
use std::sync::Arc;

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
        .map_or_else(|| "2026-11-29".to_owned(), |day| day.date.to_string());
    let api = format!("/v1/stores/{}/days/{date}", store.store_id);
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.days))
        @if days.is_empty() { p.empty { (words.no_days) } }
        @else {
            div.scroll { table {
                thead { tr { th { (words.date) } th.number { (words.count) } th.number { (words.total) } th { (words.digest) } } }
                tbody { @for day in &days { tr {
                    td { (dates::short_day(lang, &day.date.to_string())) }
                    td.number { (day.day.tally.settlements) }
                    td.number { (totals(day)) }
                    td { code.small title=(hex(&day.day.digest)) { (hex(&day.day.digest).chars().take(12).collect::<String>()) "…" } }
                } } }
            } }
            p.soft.small { (words.day_note) }
        }
        (curl(lang, &app.site, ("GET", &api), None))
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

fn totals(day: &DayOf) -> String {
    let totals = day.day.tally.totals.iter();
    let shown: Vec<_> = totals
        .map(|(currency, sum)| show_minor(sum.minor(), *currency))
        .collect();
    shown.join(" + ")
}
