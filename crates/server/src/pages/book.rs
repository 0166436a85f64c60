//! The book: everything that somebody bought, over all shops, the newest first, in groups by day. What is
//! found and in which order is decided where the book is read; here it becomes a page.

use super::assets;
use super::dates;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::secure;
use super::visitor::Holder;
use crate::app::App;
use crate::book::{self, Scope, message, store_of};
use crate::catalogues::aside;
use crate::discretion::Marks;
use crate::figures::show_amount;
use crate::live::{self, Listener, Told};
use crate::reply::{Refused, Reply};
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use http::HeaderMap;
use maud::{Markup, html};
use purchase::id::PurchaseId;
use purchase::money::{Amount, Currency};
use serde::Deserialize;
use std::sync::Arc;
use wire::account::cursor;
use wire::account::message::{LineAnswer, PurchaseMessage};
use wire::account::query::PurchaseQuery;

/// Purchases on a page.
const PER_PAGE: usize = 30;
/// Names of items that an entry tells before it is opened.
const NAMES_SHOWN: usize = 3;

/// What the page is asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
    cursor: Option<String>,
}

/// The book, or what a search finds in it.
pub(super) async fn show(
    holder: Holder,
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    aside(move || page(&app, holder, &asked)).await?
}

/// What an open page knows already.
#[derive(Deserialize)]
pub(super) struct Known {
    /// The newest event of the feed when the page was made.
    after: Option<String>,
}

/// The feed of the account, for an open page. What was filed while the page was on its way is told first.
pub(super) async fn live(
    holder: Holder,
    State(app): State<Arc<App>>,
    Query(known): Query<Known>,
    headers: HeaderMap,
) -> Reply<impl IntoResponse> {
    let shown = known.after.and_then(|after| after.parse().ok());
    let listener = Listener {
        user_id: holder.user_id,
        hash: holder.session.hash,
        told: Told::Discreetly,
    };
    live::listen(app, listener, live::last_seen(&headers).or(shown))
}

/// One entry of the book by itself, for an open page that heard of it.
pub(super) async fn entry(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(purchase_id): Path<String>,
) -> Reply<Html<String>> {
    let id = PurchaseId::parse(&purchase_id).map_err(|_| Refused::not_found("purchase"))?;
    let filed = book::one(&app, holder.user_id, id)?;
    let shop = store_of(&app, &filed)?;
    let sold = Marks::of(&app, holder.user_id)?.tell(&filed, message(&filed, &shop));
    Ok(Html(day_group(holder.lang, &[sold]).into_string()))
}

fn page(app: &App, holder: Holder, asked: &Asked) -> Reply<Response> {
    let sent = asked.q.as_deref().unwrap_or_default().trim();
    let query = PurchaseQuery {
        limit: Some(PER_PAGE.to_string()),
        cursor: asked.cursor.clone(),
        q: Some(sent.to_owned()),
        ..PurchaseQuery::default()
    };
    let proven = query.prove().map_err(Refused::faults)?;
    // Read before the purchases: what comes between the two is told twice rather than never.
    let ends = app.ledger.feed_ends(holder.user_id)?;
    let newest = ends.map_or(0, |ends| ends.newest);
    let found = book::find(app, holder.user_id, &proven, Scope::Everything)?;
    let shops = found.purchases.iter().map(|filed| store_of(app, filed));
    let shops = shops.collect::<Reply<Vec<_>>>()?;
    let sold = found.purchases.iter().zip(&shops);
    let marks = Marks::of(app, holder.user_id)?;
    let sold: Vec<_> = sold
        .map(|(filed, shop)| marks.tell(filed, message(filed, shop)))
        .collect();
    let words = holder.lang.of_book();
    let older = found.next.map(|last| older_path(sent, &cursor(last)));
    let is_first = asked.cursor.as_deref().is_none_or(str::is_empty);
    Ok(Page {
        lang: holder.lang,
        title: words.title,
        tab: Tab::Book,
        scripts: &[&assets::BOOK],
        body: html! {
            h1.unseen { (words.title) }
            (search(holder.lang, sent))
            @if is_first && sent.is_empty() && !sold.is_empty() { (secure::banner(app, holder)?) }
            div #entries data-live=[is_first.then(|| format!("/book/live?after={newest}"))]
                data-arrived=(words.arrived) aria-live="polite" {
                (timeline(holder.lang, &sold))
                @if sold.is_empty() { (nothing(holder.lang, sent)) }
            }
            @if let Some(path) = older {
                p.more { a.button href=(path) rel="next" { (words.older) } }
            }
        },
    }
    .respond())
}

fn older_path(sent: &str, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !sent.is_empty() {
        query.append_pair("q", sent);
    }
    query.append_pair("cursor", cursor);
    format!("/book?{}", query.finish())
}

fn search(lang: Lang, sent: &str) -> Markup {
    let words = lang.of_book();
    html! {
        form.search #search role="search" action="/book" {
            label.unseen for="q" { (words.search) }
            input #q type="search" name="q" value=(sent) placeholder=(words.search_hint)
                autocomplete="off" enterkeyhint="search" maxlength="200";
            button { (words.search) }
        }
    }
}

fn nothing(lang: Lang, sent: &str) -> Markup {
    let words = lang.of_book();
    html! {
        @if sent.is_empty() {
            section.empty {
                h2 { (words.empty) }
                ol.ways {
                    @for ((name, text), path) in words.empty_ways.iter().zip(["/code", "/claim", "/claim/missing"]) {
                        li {
                            h3 { a href=(path) { (name) } }
                            p { (text) }
                        }
                    }
                }
            }
        } @else {
            section.empty {
                h2 { (words.nothing_found) }
                p { (words.nothing_found_hint) }
                p { a href="/claim/missing" { (lang.of_missing().title) } }
            }
        }
    }
}

/// Purchases in groups by day, in the order given.
fn timeline(lang: Lang, sold: &[PurchaseMessage<'_>]) -> Markup {
    let same_day = |one: &PurchaseMessage<'_>, next: &PurchaseMessage<'_>| {
        dates::date_part(&one.purchased_at) == dates::date_part(&next.purchased_at)
    };
    html! { @for group in sold.chunk_by(same_day) { (day_group(lang, group)) } }
}

fn day_group(lang: Lang, group: &[PurchaseMessage<'_>]) -> Markup {
    let time = group.first().map_or("", |sold| sold.purchased_at.as_str());
    html! {
        section.day data-day=(dates::date_part(time)) {
            h2 { time datetime=(dates::date_part(time)) { (dates::day(lang, time)) } }
            ol.entries { @for sold in group { (entry_of(lang, sold)) } }
        }
    }
}

fn entry_of(lang: Lang, sold: &PurchaseMessage<'_>) -> Markup {
    let words = lang.of_book();
    let gone = sold.voided_by.is_some();
    html! {
        li.entry.gone[gone] id=(sold.purchase_id) {
            details {
                summary {
                    span.when { (dates::clock(&sold.purchased_at)) }
                    span.shop { bdi { (sold.store.name) } }
                    span.total { (total(sold)) }
                    span.names { (names(lang, sold)) }
                    @if gone { span.mark { (words.voided) } }
                    @match sold.kind { "return" => span.mark { (words.a_return) }, "void" => span.mark { (words.a_void) }, _ => {} }
                }
                ul.items { @for line in &sold.lines { (item(lang, sold, line)) } }
                p { a href={ "/book/" (sold.purchase_id) } { (words.receipt) } }
            }
        }
    }
}

/// The first names of a purchase, and how many there are; of what is private none. Each stands apart from its
/// neighbours, whichever way its letters run.
pub(super) fn names(lang: Lang, sold: &PurchaseMessage<'_>) -> Markup {
    let words = lang.of_book();
    let separator = match lang {
        Lang::Ja => "、",
        Lang::En => ", ",
    };
    html! {
        @for (at, line) in sold.lines.iter().take(NAMES_SHOWN).enumerate() {
            @if at > 0 { (separator) }
            @match line.sensitive {
                true => (lang.of_discretion().private_item),
                false => bdi { (line.name.unwrap_or(words.pending)) },
            }
        }
        @if sold.lines.len() > NAMES_SHOWN { " · " ((words.items)(sold.lines.len())) }
    }
}

pub(super) fn item(lang: Lang, sold: &PurchaseMessage<'_>, line: &LineAnswer<'_>) -> Markup {
    html! {
        li {
            @match line.sensitive {
                true => details.private {
                    summary { (lang.of_discretion().private_item) }
                    span.name { (name(lang, line)) }
                },
                false => span.name { (name(lang, line)) },
            }
            @if line.quantity != "1" { span.quantity { "× " (line.quantity) } }
            span.amount { (money(sold, line.amount)) }
        }
    }
}

/// The name of a line, or its code while nobody knows the name.
pub(super) fn name(lang: Lang, line: &LineAnswer<'_>) -> Markup {
    html! {
        @match line.name {
            Some(name) => bdi { (name) },
            None => { bdi.code { (line.code.unwrap_or_default()) } " " em.pending { (lang.of_book().pending) } },
        }
    }
}

/// An amount of a purchase in its currency.
pub(super) fn money(sold: &PurchaseMessage<'_>, minor: i64) -> String {
    match (Amount::new(minor), Currency::parse(sold.currency)) {
        (Ok(amount), Ok(currency)) => show_amount(amount, currency),
        // It came out of the ledger, where both were proven.
        _ => minor.to_string(),
    }
}

/// What a purchase came to: what was given back counts as negative.
pub(super) fn total(sold: &PurchaseMessage<'_>) -> String {
    match sold.kind {
        "return" | "void" => money(sold, -sold.total),
        _ => money(sold, sold.total),
    }
}
