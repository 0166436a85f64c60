//! Settlements that came under numbers already taken, each beside what is recorded: line by line, with what
//! differs marked. What is private on either side is hidden until it is opened, which is written down first.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, head, heading, name_of, time};
use super::receipts::{line_name, private_item};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::discretion::Beside;
use crate::figures::show_amount;
use crate::html::dates;
use crate::html::language::Lang;
use crate::office::{Deed, note};
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use ledger::account::{Act, Conflicting, Sold};
use maud::{Markup, html};
use purchase::id::{ItemCode, Label, SettlementKey};
use purchase::naming::Naming;
use purchase::settlement::{Content, Line, LineNumber};
use purchase::store::Store;
use purchase::time::BusinessDate;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
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
    aside(move || page(&app, &seat, &store, None)).await?
}

/// Which number the private items are opened under.
#[derive(Deserialize)]
pub(super) struct Opened {
    date: String,
    terminal: String,
    transaction: String,
}

impl Opened {
    fn prove(&self, store: &Store) -> Reply<SettlementKey> {
        let label = |text: &str| Label::parse(text).map_err(|_| Refused::not_found("settlement"));
        Ok(SettlementKey {
            store_id: store.store_id.clone(),
            terminal: label(&self.terminal)?,
            business_date: BusinessDate::parse(&self.date)
                .map_err(|_| Refused::not_found("settlement"))?,
            transaction: label(&self.transaction)?,
        })
    }
}

/// The same, with what is private under one number.
pub(super) async fn open(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Form(opened): Form<Opened>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let key = opened.prove(&store)?;
    let what = format!("{} {} {}", key.business_date, key.terminal, key.transaction);
    let deed = Deed::at(Act::PrivateOpened, &store.store_id).to(&what);
    note(&app, seat.clerk(), deed).await?;
    aside(move || page(&app, &seat, &store, Some(&key))).await?
}

/// Two settlements under one number, and their private lines.
struct Pair {
    recorded: Option<Sold>,
    other: Conflicting,
    private: Beside,
    is_opened: bool,
}

fn pair_of(app: &App, other: Conflicting, opened: Option<&SettlementKey>) -> Reply<Pair> {
    let content = other.settlement.content();
    let recorded = app.ledger.sold(&content.key)?;
    let private = Beside::of(app, content, recorded.as_ref())?;
    let is_opened = opened == Some(&content.key);
    Ok(Pair {
        recorded,
        other,
        private,
        is_opened,
    })
}

fn page(app: &App, seat: &Seat, store: &Store, opened: Option<&SettlementKey>) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_sales());
    let found = app.ledger.conflicts(&store.store_id, SHOWN_MAX)?;
    let pairs = found
        .into_iter()
        .map(|other| pair_of(app, other, opened))
        .collect::<Reply<Vec<_>>>()?;
    let title = heading(words.conflicts);
    let requests = [
        Request::Get(format!("/v1/stores/{}/conflicts", store.store_id)),
        Request::Without(lang.of_commands().whole_conflicts),
    ];
    let body = html! {
        (head(store, name_of(store, app.clock.now()), &title))
        @if pairs.is_empty() { p.empty { (words.no_conflicts) } }
        @else { p.soft { (words.conflicts_lead) } }
        @for found in &pairs { (pair(app, lang, store, found)) }
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

/// A line as it is compared and shown: what it is, how many, how much.
type Row = [String; 3];

/// A row, what the catalogue calls its code, and whether it is hidden.
struct Shown<'a> {
    row: Row,
    name: Option<&'a str>,
    is_hidden: bool,
}

/// What the catalogue called codes as of a sale.
type Names<'a> = BTreeMap<&'a ItemCode, &'a str>;

/// The names that the recorded sale found, but for those that are hidden, which the other side must not tell
/// either. The other one found none, as it was not recorded.
fn names_of<'a>(sold: &'a Sold, hidden: Option<&BTreeSet<LineNumber>>) -> Names<'a> {
    let numbers = (1..).map(LineNumber);
    let lines = sold.content.lines.iter().zip(&sold.names).zip(numbers);
    let shown = lines.filter(|(_, number)| hidden.is_none_or(|hidden| !hidden.contains(number)));
    let named = shown.filter_map(|((line, name), _)| match &name.naming {
        Naming::Catalogue { item, .. } => Some((line.code.as_ref()?, item.name.as_str())),
        Naming::Sent | Naming::Pending => None,
    });
    named.collect()
}

fn row(line: &Line, content: &Content) -> Row {
    let code = line.code.as_ref().map_or("", |code| code.as_str());
    let name = line.name.as_ref().map_or("", |name| name.as_str());
    [
        format!("{code} {name}").trim().to_owned(),
        line.quantity.to_string(),
        show_amount(line.amount, content.currency),
    ]
}

fn rows<'a>(
    content: &Content,
    names: &Names<'a>,
    hidden: Option<&BTreeSet<LineNumber>>,
) -> Vec<Shown<'a>> {
    let numbers = (1..).map(LineNumber);
    let lines = content
        .lines
        .iter()
        .zip(numbers)
        .map(|(line, number)| Shown {
            row: row(line, content),
            name: line.code.as_ref().and_then(|code| names.get(code).copied()),
            is_hidden: hidden.is_some_and(|hidden| hidden.contains(&number)),
        });
    let total = show_amount(content.total, content.currency);
    let total = Shown {
        row: [String::new(), String::new(), total],
        name: None,
        is_hidden: false,
    };
    lines.chain([total]).collect()
}

fn pair(app: &App, lang: Lang, store: &Store, pair: &Pair) -> Markup {
    let words = lang.of_sales();
    let zone = app.zone(store.timezone.as_str());
    let content = pair.other.settlement.content();
    let key = &content.key;
    let unless_opened = |private| (!pair.is_opened).then_some(private);
    let recorded = pair.recorded.as_ref();
    let hidden = unless_opened(&pair.private.recorded);
    let names = recorded.map(|sold| names_of(sold, hidden));
    let names = names.unwrap_or_default();
    let theirs = rows(content, &names, unless_opened(&pair.private.other));
    let ours = recorded.map(|sold| rows(&sold.content, &names, hidden));
    let received = |at| (words.received)(&time(lang, at, &zone));
    let is_same = ours.as_deref().is_some_and(|ours| {
        let plain = |rows: &[Shown<'_>]| {
            rows.iter()
                .map(|shown| shown.row.clone())
                .collect::<Vec<_>>()
        };
        plain(ours) == plain(&theirs)
    });
    html! {
        section.card.conflict {
            h2 {
                (dates::short_day(lang, &key.business_date.to_string())) " · "
                (words.terminal) " " bdi { (key.terminal.as_str()) } " · "
                (words.transaction) " " bdi { (key.transaction.as_str()) }
            }
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
                    p.soft.small { (received(pair.other.received_at)) }
                    (side(lang, &theirs, ours.as_deref().unwrap_or_default()))
                }
            }
            @if is_same { p.soft.small { (words.same) } }
            (veil(lang, pair))
        }
    }
}

/// What is said of private items, if there are any, and the button that opens them.
fn veil(lang: Lang, pair: &Pair) -> Markup {
    let words = lang.of_private();
    let key = &pair.other.settlement.content().key;
    let has_private = !pair.private.recorded.is_empty() || !pair.private.other.is_empty();
    html! {
        @if has_private && pair.is_opened { p.told role="status" { (words.opened) } }
        @if has_private && !pair.is_opened {
            form method="post" action={ "/console/stores/" (key.store_id) "/conflicts" } {
                p.soft.small { (words.lead) }
                input type="hidden" name="date" value=(key.business_date);
                input type="hidden" name="terminal" value=(key.terminal.as_str());
                input type="hidden" name="transaction" value=(key.transaction.as_str());
                div.row { button { (words.open) } }
            }
        }
    }
}

/// One of two; a line that the other one has not is marked, for eyes and for ears.
fn side(lang: Lang, rows: &[Shown<'_>], others: &[Shown<'_>]) -> Markup {
    let words = lang.of_sales();
    let is_in_both = |row: &Row| others.iter().any(|other| other.row == *row);
    html! {
        table {
            thead.unseen { tr { th { (lang.of_store().item) } th { (words.quantity) } th { (words.amount) } } }
            tbody {
                @for shown in rows {
                    @let [what, quantity, amount] = &shown.row;
                    tr.differs[!is_in_both(&shown.row)] {
                        td {
                            @match (shown.is_hidden, what.is_empty()) {
                                (true, _) => (private_item(lang)),
                                (false, true) => strong { (words.total) },
                                (false, false) => {
                                    @if let Some(name) = shown.name { (line_name(name)) " " }
                                    bdi.code[shown.name.is_some()] { (what) }
                                }
                            }
                        }
                        td.number { @if !shown.is_hidden { (quantity) } }
                        td.number { @if is_in_both(&shown.row) { (amount) } @else { mark { (amount) } } }
                    }
                }
            }
        }
    }
}
