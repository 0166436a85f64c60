//! The first page: how the server is, how much was sold today, and which stores want attention. It looks
//! again by itself.

use super::REFRESH;
use super::curl::{Request, curl};
use super::layout::{Page, Tab, name_of};
use super::seat::{Seat, Visitor};
use super::sign_in::{self, Tried};
use super::store::counted;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::thousands;
use crate::html::language::Lang;
use crate::machines::Counted;
use crate::overview::{Condition, Overview, Standing, look};
use crate::reply::Reply;
use axum::extract::State;
use axum::response::Response;
use ledger::account::Scope;
use maud::{Markup, html};
use purchase::time::Timestamp;
use std::sync::Arc;

/// Stores that are listed on the first page, at most.
const LISTED_MAX: usize = 20;

/// The overview, or the page that asks for a key.
pub(super) async fn show(visitor: Visitor, State(app): State<Arc<App>>) -> Reply<Response> {
    let Some(desk) = visitor.desk else {
        return Ok(sign_in::page(visitor.lang, Tried::Nothing));
    };
    let lang = visitor.lang;
    aside(move || page(&app, &Seat { lang, desk })).await?
}

fn page(app: &App, seat: &Seat) -> Reply<Response> {
    let found = look(app, seat.clerk())?;
    let lang = seat.lang;
    let words = lang.of_console();
    Ok(Page {
        seat,
        title: words.overview,
        tab: Tab::Overview,
        scripts: &[&REFRESH],
        body: html! {
            h1 { (words.overview) }
            div #tiles data-from="/console" data-every="5" {
                (tiles(lang, &found))
                (attention(lang, &found, app.clock.now()))
            }
            (curl(lang, &app.site, &requests(app, lang, &seat.clerk().scope, &found)))
        },
    }
    .respond())
}

/// The same from a terminal: the server, the stores, and what the first of them sold and waits for.
fn requests(app: &App, lang: Lang, scope: &Scope, found: &Overview) -> Vec<Request> {
    let get = |path: &str| Request::Get(path.to_owned());
    let mut requests = vec![get("/readyz"), get("/v1/stores")];
    match scope {
        Scope::Everything => requests.push(get("/v1/counts?by=store")),
        Scope::Chain(_) | Scope::Store(_) => {}
    }
    if let Some(first) = found.stores.first() {
        requests.extend(counted(app, lang, &first.store));
    }
    requests
}

fn tiles(lang: Lang, found: &Overview) -> Markup {
    let words = lang.of_sales();
    let today: u64 = found.stores.iter().map(|store| store.today).sum();
    let sum = |count: fn(&Standing) -> usize| found.stores.iter().map(count).sum::<usize>();
    let silent = sum(|store| usize::from(store.is_silent()));
    let (pending, conflicts) = (sum(|store| store.pending), sum(|store| store.conflicts));
    let missing = sum(|store| store.missing);
    html! {
        ul.tiles {
            li { strong { (thousands(u128::from(today))) } span { ((words.today)(today)) } }
            li.alarm[pending > 0] { strong { (number(pending)) } span { (words.pending) } }
            li.alarm[conflicts > 0] { strong { (number(conflicts)) } span { ((words.conflicts_counted)(conflicts)) } }
            li.alarm[missing > 0] { strong { (number(missing)) } span { ((lang.of_sought().tile)(missing)) } }
            li.alarm[silent > 0] { strong { (number(silent)) } span { ((words.silent)(silent)) } }
            (tiles_of_machines(lang, found))
            li.wide.alarm[found.condition != Condition::Well] {
                span { (words.condition) } strong { (condition(lang, found.condition)) }
            }
        }
        @if found.beyond > 0 { p.soft.small { ((words.beyond)(found.beyond)) } }
    }
}

fn tiles_of_machines(lang: Lang, found: &Overview) -> Markup {
    let words = lang.of_reports();
    let machines = || found.stores.iter().map(|store| &store.machines);
    let silent = machines().map(|counted| counted.silent).sum();
    let stuck: u64 = machines().map(|counted| counted.stuck).sum();
    let days = machines().map(|counted| counted.days).sum();
    html! {
        li.alarm[silent > 0] { strong { (number(silent)) } span { ((words.silent_devices)(silent)) } }
        li.alarm[stuck > 0] { strong { (thousands(u128::from(stuck))) } span { ((words.stuck_sales)(stuck)) } }
        li.alarm[days > 0] { strong { (number(days)) } span { ((words.days_apart)(days)) } }
    }
}

fn number(count: usize) -> String {
    thousands(u128::try_from(count).unwrap_or(u128::MAX))
}

fn condition(lang: Lang, condition: Condition) -> &'static str {
    let words = lang.of_sales();
    match condition {
        Condition::Well => words.well,
        Condition::DiskFull => words.disk_full,
        Condition::ReadOnly => words.read_only,
        Condition::Away => words.away,
        Condition::Stopping => words.stopping,
    }
}

fn attention(lang: Lang, found: &Overview, now: Timestamp) -> Markup {
    let words = lang.of_sales();
    let wants = |store: &&Standing| {
        store.is_silent()
            || store.pending + store.conflicts + store.missing > 0
            || store.machines != Counted::default()
    };
    let stores: Vec<_> = found.stores.iter().filter(wants).take(LISTED_MAX).collect();
    html! {
        section.part {
            h2 { (words.look_here) }
            @if found.stores.is_empty() {
                p { a href="/console/stores" { (lang.of_store().empty) } }
            } @else if stores.is_empty() {
                p.soft { (words.all_well) }
            } @else {
                ul.list {
                    @for store in stores { li { (line(lang, store, now)) } }
                }
            }
        }
    }
}

fn line(lang: Lang, standing: &Standing, now: Timestamp) -> Markup {
    let words = lang.of_sales();
    let path = format!("/console/stores/{}", standing.store.store_id);
    html! {
        a href=(path) { bdi { (name_of(&standing.store, now)) } }
        @if standing.is_silent() { span.mark { (words.is_silent) } }
        @if standing.pending > 0 { a.mark href={ (path) "/pending" } { (standing.pending) " " (words.pending) } }
        (line_of_machines(lang, &path, &standing.machines))
        @if standing.conflicts > 0 { a.mark href={ (path) "/conflicts" } { (standing.conflicts) " " ((words.conflicts_counted)(standing.conflicts)) } }
        @if standing.missing > 0 { a.mark href={ (path) "/missing" } { (standing.missing) " " ((lang.of_sought().tile)(standing.missing)) } }
    }
}

fn line_of_machines(lang: Lang, path: &str, counted: &Counted) -> Markup {
    let words = lang.of_reports();
    html! {
        @if counted.silent > 0 { a.mark href=(path) { (counted.silent) " " ((words.silent_devices)(counted.silent)) } }
        @if counted.stuck > 0 { a.mark href=(path) { (counted.stuck) " " ((words.stuck_sales)(counted.stuck)) } }
        @if counted.days > 0 { a.mark href=(path) { (counted.days) " " ((words.days_apart)(counted.days)) } }
    }
}
