//! Settlements that came under numbers already taken, each beside what is recorded: line by line, with what
//! differs marked.

use super::curl::curl;
use super::layout::{Page, Tab, head, name_of, time};
use super::receipts::line_name;
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::show_amount;
use crate::html::language::Lang;
use crate::reply::Reply;
use axum::extract::{Path, State};
use axum::response::Response;
use ledger::account::{Conflicting, Sold};
use maud::{Markup, html};
use purchase::settlement::{Content, Line};
use purchase::store::Store;
use std::sync::Arc;

/// Conflicts on the page, at most.
const SHOWN_MAX: usize = 50;

/// The conflicts of a store.
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
    let found = app.ledger.conflicts(&store.store_id, SHOWN_MAX)?;
    let pairs = found
        .iter()
        .map(|other| Ok((app.ledger.sold(&other.settlement.content().key)?, other)))
        .collect::<Reply<Vec<_>>>()?;
    let api = format!("/v1/stores/{}/conflicts", store.store_id);
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.conflicts))
        @if pairs.is_empty() { p.empty { (words.no_conflicts) } }
        @else { p.soft { (words.conflicts_lead) } }
        @for (recorded, other) in &pairs { (pair(app, lang, store, (recorded.as_ref(), other))) }
        (curl(lang, &app.site, ("GET", &api), None))
    };
    Ok(Page {
        seat,
        title: words.conflicts,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond())
}

/// A line as it is compared and shown: what it is, how many, how much.
type Row = [String; 3];

fn row(line: &Line, content: &Content) -> Row {
    let code = line.code.as_ref().map_or("", |code| code.as_str());
    let name = line.name.as_ref().map_or("", |name| name.as_str());
    [
        format!("{code} {name}").trim().to_owned(),
        line.quantity.to_string(),
        show_amount(line.amount, content.currency),
    ]
}

fn rows(content: &Content) -> Vec<Row> {
    let lines = content.lines.iter().map(|line| row(line, content));
    let total = show_amount(content.total, content.currency);
    lines
        .chain([[String::new(), String::new(), total]])
        .collect()
}

fn pair(
    app: &App,
    lang: Lang,
    store: &Store,
    (recorded, other): (Option<&Sold>, &Conflicting),
) -> Markup {
    let words = lang.of_sales();
    let zone = app.zone(store.timezone.as_str());
    let content = other.settlement.content();
    let key = &content.key;
    let theirs = rows(content);
    let ours = recorded.map(|sold| rows(&sold.content));
    let received = |at| (words.received)(&time(lang, at, &zone));
    html! {
        section.card.conflict {
            h2 { (words.transaction) " " bdi { (key.terminal.as_str()) } " · " (key.business_date) " · " bdi { (key.transaction.as_str()) } }
            div.sides {
                div {
                    h3 { (words.recorded) }
                    @match (recorded, &ours) {
                        (Some(sold), Some(ours)) => {
                            p.soft.small { (received(sold.received_at)) }
                            (side(lang, ours, &theirs))
                        }
                        _ => p.soft { (words.unopened) },
                    }
                }
                div {
                    h3 { (words.other) }
                    p.soft.small { (received(other.received_at)) }
                    (side(lang, &theirs, ours.as_deref().unwrap_or_default()))
                }
            }
            @if ours.as_ref() == Some(&theirs) { p.soft.small { (words.same) } }
        }
    }
}

/// One of two; a line that the other one has not is marked, for eyes and for ears.
fn side(lang: Lang, rows: &[Row], others: &[Row]) -> Markup {
    let words = lang.of_sales();
    html! {
        table {
            thead.unseen { tr { th { (lang.of_store().item) } th { (words.quantity) } th { (words.amount) } } }
            tbody {
                @for row in rows {
                    @let [what, quantity, amount] = row;
                    tr.differs[!others.contains(row)] {
                        td { @if what.is_empty() { strong { (words.total) } } @else { (line_name(what)) } }
                        td.number { (quantity) }
                        td.number { @if others.contains(row) { (amount) } @else { mark { (amount) } } }
                    }
                }
            }
        }
    }
}
