//! What was spent in a month or in a year: by shop, by category and by item, with a picture over the days or
//! months. The sums are made beside these pages; here they are shown.

use super::dates;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::Holder;
use crate::app::App;
use crate::book::{self, Extent};
use crate::catalogues::aside;
use crate::counter::Counter;
use crate::figures::show_minor;
use crate::own_words::OwnNames;
use crate::reply::{Refused, Reply};
use crate::spending::{Focus, Month, Spending, Spent};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use axum::routing::get;
use jiff::tz::TimeZone;
use ledger::account::Range;
use maud::{Markup, html};
use purchase::id::UserId;
use purchase::money::Currency;
use serde::Deserialize;
use std::sync::Arc;
use wire::account::query::PurchaseQuery;
use wire::time::day_of;

mod shown;

use shown::Shown;

/// The first year that a purchase can be of.
const FIRST_YEAR: u16 = 1970;

/// How the pages are asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The currency to show, of those that were spent.
    currency: Option<String>,
}

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/months", get(newest_month))
        .route("/months/{month}", get(month))
        .route("/years", get(newest_year))
        .route("/years/{year}", get(year))
}

/// Leads to the month of the newest purchase.
async fn newest_month(holder: Holder, State(app): State<Arc<App>>) -> Reply<Redirect> {
    let newest = newest(&app, holder.user_id)?;
    Ok(Redirect::to(&format!("/months/{newest}")))
}

/// Leads to the year of the newest purchase.
async fn newest_year(holder: Holder, State(app): State<Arc<App>>) -> Reply<Redirect> {
    let (year, _) = newest(&app, holder.user_id)?.parts();
    Ok(Redirect::to(&format!("/years/{year:04}")))
}

/// The month of the newest purchase; without one, the month that it is.
fn newest(app: &App, user_id: UserId) -> Reply<Month> {
    let found = app.ledger.page(user_id, &Range::default(), 1, &|_| true)?;
    let day = match found.purchases.first() {
        Some(filed) => {
            let counter = Counter::find(app, &filed.settlement.content().key.store_id)?;
            Some(counter.day(filed))
        }
        None => day_of(app.clock.now(), &TimeZone::UTC),
    };
    let day = day.ok_or_else(|| Refused::not_found("month"))?;
    Ok(Month::of(day))
}

async fn month(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(month): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let month = Month::parse(&month).ok_or_else(|| Refused::not_found("month"))?;
    aside(move || page(&app, holder, Focus::Month(month), &asked)).await?
}

async fn year(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(year): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let first = Month::parse(&format!("{year}-01"));
    let (year, _) = first.ok_or_else(|| Refused::not_found("year"))?.parts();
    aside(move || page(&app, holder, Focus::Year(year), &asked)).await?
}

/// Adds up a focus, and what it is compared with: the whole year, and what came before.
fn read(app: &App, user_id: UserId, focus: Focus) -> Reply<(Spending, Extent)> {
    let (first, year) = match focus {
        Focus::Month(month) => {
            let (year, _) = month.parts();
            let before = month.before().unwrap_or(month);
            (Month::new(year, 1).unwrap_or(month).min(before), year)
        }
        Focus::Year(year) => {
            let first = Month::new(year.saturating_sub(1), 1).or(Month::new(year, 1));
            (first.ok_or_else(|| Refused::not_found("year"))?, year)
        }
    };
    let query = PurchaseQuery {
        from: Some(format!("{first}-01")),
        to: Some(format!("{year:04}-12-31")),
        ..PurchaseQuery::default()
    };
    let (from, to) = query.prove().map_err(Refused::faults)?.span();
    let range = Range {
        from,
        to,
        ..Range::default()
    };
    let mut spending = Spending::new(focus);
    let extent = book::walk(app, user_id, range, |filed, counter| {
        spending.add(filed, counter);
    })?;
    Ok((spending, extent))
}

fn page(app: &App, holder: Holder, focus: Focus, asked: &Asked) -> Reply<Response> {
    let lang = holder.lang;
    let words = lang.of_spending();
    let (spending, extent) = read(app, holder.user_id, focus)?;
    let own = OwnNames::of(app, holder.user_id)?;
    let currencies = spending.currencies();
    let wanted =
        |(currency, _): &&(Currency, &Spent)| Some(currency.code()) == asked.currency.as_deref();
    let chosen = currencies.iter().find(wanted).or(currencies.first());
    let shown = chosen.map(|(currency, spent)| Shown {
        lang,
        focus,
        currency: *currency,
        spent,
        own: &own,
    });
    let title = title(lang, focus);
    let path = path(focus);
    Ok(Page {
        lang,
        title: &title,
        tab: Tab::Months,
        scripts: &[],
        body: html! {
            (spans(lang, focus, asked))
            @if currencies.len() > 1 {
                nav.row.currencies aria-label=(words.currencies) {
                    @for (currency, _) in &currencies {
                        @let here = chosen.is_some_and(|(chosen, _)| chosen == currency);
                        a.button href={ (path) "?currency=" (currency.code()) } aria-current=[here.then_some("page")] { (currency.code()) }
                    }
                }
            }
            @if extent == Extent::Newest { p.soft { (words.newest_only) } }
            @match shown {
                Some(shown) => (shown.body()),
                None => (nothing(lang)),
            }
        },
    }
    .respond())
}

fn nothing(lang: Lang) -> Markup {
    let words = lang.of_spending();
    html! {
        section.empty {
            h2 { (words.empty_span) }
            p { (words.empty_span_hint) }
            p { a.button href="/book" { (words.to_book) } }
        }
    }
}

fn title(lang: Lang, focus: Focus) -> String {
    match (focus, lang) {
        (Focus::Month(month), _) => {
            let (year, month) = month.parts();
            dates::month(lang, year, month)
        }
        (Focus::Year(year), Lang::Ja) => format!("{year}年"),
        (Focus::Year(year), Lang::En) => year.to_string(),
    }
}

fn path(focus: Focus) -> String {
    match focus {
        Focus::Month(month) => format!("/months/{month}"),
        Focus::Year(year) => format!("/years/{year:04}"),
    }
}

/// The title between the spans before and after, and the way from a month to its year.
fn spans(lang: Lang, focus: Focus, asked: &Asked) -> Markup {
    let words = lang.of_spending();
    let (before, after, year) = match focus {
        Focus::Month(month) => (
            month.before().map(Focus::Month),
            month.after().map(Focus::Month),
            Some(Focus::Year(month.parts().0)),
        ),
        Focus::Year(year) => {
            let whole = |year: u16| Month::new(year, 1).map(|_| Focus::Year(year));
            let before = (year > FIRST_YEAR).then(|| year - 1);
            (before.and_then(whole), whole(year + 1), None)
        }
    };
    let link = |focus: Focus| match &asked.currency {
        Some(currency) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("currency", currency);
            format!("{}?{}", path(focus), query.finish())
        }
        None => path(focus),
    };
    html! {
        nav.spans aria-label=(words.spans) {
            @if let Some(before) = before {
                a.button href=(link(before)) rel="prev" aria-label=(title(lang, before)) { "‹" }
            }
            h1 { (title(lang, focus)) }
            @if let Some(after) = after {
                a.button href=(link(after)) rel="next" aria-label=(title(lang, after)) { "›" }
            }
            @if let Some(year) = year { a.whole href=(link(year)) { (title(lang, year)) } }
        }
    }
}

/// An amount beside a picture, where there is little room and the next is a step away: `5万`, `20k`.
pub(super) fn axis(lang: Lang, currency: Currency, minor: i128, step: i128) -> String {
    let unit = 10_i128.pow(u32::from(currency.exponent()));
    let (large, sign) = match lang {
        Lang::Ja => (10_000 * unit, "万"),
        Lang::En => (1_000 * unit, "k"),
    };
    match (step % large == 0, minor) {
        (true, 0) => "0".to_owned(),
        (true, _) => format!("{}{sign}", minor / large),
        (false, _) => show_minor(minor, currency),
    }
}
