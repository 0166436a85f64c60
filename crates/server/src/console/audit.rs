//! What operators did, newest first. It is only read here.

use super::curl::{Request, curl, part};
use super::layout::{Page, Tab, time};
use super::seat::Seat;
use crate::app::App;
use crate::audit;
use crate::catalogues::aside;
use crate::html::language::Lang;
use crate::reply::Reply;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use ledger::account::Audited;
use maud::{Markup, html};
use purchase::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

/// Where the page ends.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// An instant in milliseconds; now if none is given.
    before: Option<i64>,
}

/// The log.
pub(super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    aside(move || page(&app, &seat, &asked)).await?
}

fn page(app: &App, seat: &Seat, asked: &Asked) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_desk());
    let asked = asked.before.and_then(|ms| Timestamp::from_ms(ms).ok());
    let found = audit::page(app, asked)?;
    let older = found.next_before;
    let found = found.entries;
    let body = html! {
        div { h1 { (lang.of_console().audit) } p.soft { (words.audit_lead) } }
        @if found.is_empty() { p.empty { (words.audit_empty) } } @else { (table(lang, &found)) }
        p.more { a.button rel="next" href={ "/console/audit?before=" (older.ms()) } { (words.older) } }
        (curl(lang, &app.site, &[
            Request::Get("/v1/audit".to_owned()),
            Request::Get(format!("/v1/audit?before={}", part(&wire::time::show_utc(older)))),
        ]))
    };
    Ok(Page {
        seat,
        title: lang.of_console().audit,
        tab: Tab::Audit,
        scripts: &[],
        body,
    }
    .respond())
}

fn table(lang: Lang, found: &[Audited]) -> Markup {
    let words = lang.of_desk();
    html! {
        div.scroll tabindex="0" { table.log {
            thead { tr { th { (words.when) } th { (words.who) } th { (words.what) } th { (words.about) } } }
            tbody { @for entry in found { tr {
                td.soft { (time(lang, entry.at, &TimeZone::UTC)) " UTC" }
                td { @match &entry.note.label {
                    Some(label) => bdi { (label.as_str()) },
                    None => code.small title=(entry.note.by) { (entry.note.by.to_string().chars().take(12).collect::<String>()) "…" },
                } }
                td { ((words.act)(entry.note.act)) }
                td {
                    @if let Some(store_id) = &entry.note.store_id { code.small { (store_id) } " " }
                    @if let Some(detail) = &entry.note.detail { bdi.small { (detail.as_str()) } }
                }
            } } }
        } }
    }
}
