//! What the members of a household show each other: one timeline over all of them, and each receipt as others
//! see it. Of a purchase with something private only the shop and the amount are shown; of how somebody paid, of
//! points and of what a shop writes to a customer nothing is.

use super::framed;
use crate::app::App;
use crate::book::{self, Shop, message, store_of};
use crate::catalogues::aside;
use crate::discretion::Marks;
use crate::household::sight::Choice;
use crate::household::timeline::{self, Seen, Sight};
use crate::household::{self, Home, shares_of};
use crate::pages::book::{item, money, names, total};
use crate::pages::dates;
use crate::pages::language::Lang;
use crate::pages::receipt::{Beside, Face, receipt as receipt_of};
use crate::pages::visitor::Holder;
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::account::Filed;
use maud::{Markup, html};
use purchase::id::{FellowId, PurchaseId};
use serde::Deserialize;
use std::sync::Arc;
use wire::account::message::PurchaseMessage;
use wire::account::{cursor, read_cursor};

/// Purchases on a page.
const PER_PAGE: usize = 30;

/// Where a page begins.
#[derive(Deserialize)]
pub(super) struct From {
    cursor: Option<String>,
}

/// All that the household sees.
pub(super) async fn book(
    holder: Holder,
    State(app): State<Arc<App>>,
    Query(from): Query<From>,
) -> Reply<Response> {
    let waited = Arc::clone(&app);
    // Nobody closes it, so that every turn comes.
    let _turn = waited.household_books.acquire().await.ok();
    aside(move || timeline_page(&app, holder, from.cursor.as_deref())).await?
}

fn timeline_page(app: &App, holder: Holder, from: Option<&str>) -> Reply<Response> {
    let lang = holder.lang;
    let words = lang.of_household();
    let Some(home) = Home::of(app, holder.user_id)? else {
        return Ok(Redirect::to("/household").into_response());
    };
    let after = match from.filter(|from| !from.is_empty()) {
        None => None,
        Some(text) => Some(read_cursor(text).ok_or_else(|| Refused::not_found("page"))?),
    };
    let page = timeline::page(app, &home, after, PER_PAGE)?;
    let shops = page.seen.iter().map(|seen| store_of(app, &seen.filed));
    let shops = shops.collect::<Reply<Vec<_>>>()?;
    let entries: Vec<_> = page.seen.iter().zip(&shops).collect();
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(seen, shop)| Entry::of(app, lang, (&home, seen), shop))
        .collect();
    let same_day = |one: &Entry<'_>, next: &Entry<'_>| one.day() == next.day();
    let body = html! {
        p.aside { a href="/household" { "← " (words.back) } }
        h1 { (words.book) }
        p.soft { (words.book_hint) }
        @for group in entries.chunk_by(same_day) { (day_group(lang, group)) }
        @if entries.is_empty() { section.empty { h2 { (words.empty) } p { (words.empty_hint) } } }
        @if let Some(next) = page.next {
            p.more {
                a.button rel="next" href={ "/household/book?cursor=" (cursor(next)) } { (lang.of_book().older) }
            }
        }
    };
    Ok(framed(lang, words.book, body))
}

/// An entry of the timeline.
struct Entry<'a> {
    sold: PurchaseMessage<'a>,
    /// Whose it is; none if it is the reader's own.
    whose: Option<&'a str>,
    sight: Sight,
    path: String,
}

impl<'a> Entry<'a> {
    fn of(app: &App, lang: Lang, (home, seen): (&Home, &'a Seen<'_>), shop: &'a Shop) -> Self {
        let fellow_id = home.fellow_id(app, seen.member);
        let name = seen.member.name.as_str();
        Self {
            sold: for_others(lang, &seen.filed, shop),
            whose: (!home.is_me(seen.member)).then_some(name),
            sight: seen.sight,
            path: format!("/household/{fellow_id}/{}", seen.filed.purchase_id),
        }
    }

    fn day(&self) -> &str {
        dates::date_part(&self.sold.purchased_at)
    }
}

/// A purchase without what is nobody else's: by which card, with which points, and what the shop wrote; also
/// beside an amount, where "staff discount" or "birthday coupon" would tell of the person. The amounts stay.
fn for_others<'a>(lang: Lang, filed: &'a Filed, shop: &'a Shop) -> PurchaseMessage<'a> {
    let words = lang.of_household();
    let mut sold = message(filed, shop);
    for line in &mut sold.lines {
        line.discounts = Vec::new();
    }
    for adjustment in &mut sold.adjustments {
        adjustment.kind = "other";
        adjustment.label = match adjustment.amount {
            ..0 => words.taken_off,
            0.. => words.added,
        };
    }
    for tender in &mut sold.tenders {
        (tender.label, tender.card) = (None, None);
        if tender.kind == "points" {
            tender.kind = "other";
        }
    }
    sold.points = None;
    sold.notes = Vec::new();
    sold
}

fn day_group(lang: Lang, group: &[Entry<'_>]) -> Markup {
    let time = group
        .first()
        .map_or("", |entry| entry.sold.purchased_at.as_str());
    html! {
        section.day {
            h2 { time datetime=(dates::date_part(time)) { (dates::day(lang, time)) } }
            ol.entries { @for entry in group { (entry_row(lang, entry)) } }
        }
    }
}

fn entry_row(lang: Lang, entry: &Entry<'_>) -> Markup {
    let (words, of_book) = (lang.of_household(), lang.of_book());
    let sold = &entry.sold;
    html! {
        li.entry.gone[sold.voided_by.is_some()] id=(sold.purchase_id) {
            details {
                summary {
                    span.when { (dates::clock(&sold.purchased_at)) }
                    span.shop { bdi { (sold.store.name) } }
                    span.total { (total(sold)) }
                    span.names {
                        strong { bdi { (entry.whose.unwrap_or(words.you)) } } " · "
                        @match entry.sight {
                            Sight::Whole => (names(lang, sold)),
                            Sight::ShopAndAmount => (words.private),
                        }
                    }
                    @if sold.voided_by.is_some() { span.mark { (of_book.voided) } }
                    @match sold.kind {
                        "return" => span.mark { (of_book.a_return) },
                        "void" => span.mark { (of_book.a_void) },
                        _ => {}
                    }
                }
                @match entry.sight {
                    Sight::Whole => ul.items { @for line in &sold.lines { (item(lang, sold, line)) } },
                    Sight::ShopAndAmount => p.soft { (words.private_hint) },
                }
                p { a href=(entry.path) { (of_book.receipt) } }
            }
        }
    }
}

/// One purchase of a member, as others see it.
pub(super) async fn receipt(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path((fellow_id, purchase_id)): Path<(String, String)>,
) -> Reply<Response> {
    let fellow_id = FellowId::parse(&fellow_id).map_err(|_| Refused::not_found("member"))?;
    let id = PurchaseId::parse(&purchase_id).map_err(|_| Refused::not_found("purchase"))?;
    aside(move || receipt_page(&app, holder, (fellow_id, id))).await?
}

fn receipt_page(
    app: &App,
    holder: Holder,
    (fellow_id, id): (FellowId, PurchaseId),
) -> Reply<Response> {
    let lang = holder.lang;
    let words = lang.of_household();
    let home = Home::of(app, holder.user_id)?;
    let home = home.ok_or_else(|| Refused::not_found("purchase"))?;
    let member = home.member(app, fellow_id)?;
    let seen = timeline::one(app, &home, member, id)?;
    let shop = store_of(app, &seen.filed)?;
    let sold = for_others(lang, &seen.filed, &shop);
    let is_own = home.is_me(member);
    let body = html! {
        p.aside { a href="/household/book" { "← " (words.book) } }
        p.aside {
            @if is_own { (words.of_you) " · " a href={ "/book/" (id) } { (words.own_receipt) } }
            @else { bdi { ((words.of_other)(member.name.as_str())) } }
        }
        @match seen.sight {
            Sight::Whole => {
                (receipt_of(lang, &sold, Face::Full, &Beside::default()))
                p.aside.soft.small { (words.left_out) }
            },
            Sight::ShopAndAmount => (shop_and_amount(lang, &sold)),
        }
    };
    Ok(framed(lang, sold.store.name, body))
}

/// All that is seen of a purchase with something private in it.
fn shop_and_amount(lang: Lang, sold: &PurchaseMessage<'_>) -> Markup {
    html! {
        article.receipt {
            header {
                h1 { bdi { (sold.store.name) } }
                p.when {
                    time datetime=(sold.purchased_at) {
                        (dates::day(lang, &sold.purchased_at)) " " (dates::clock(&sold.purchased_at))
                    }
                }
            }
            dl.sums { dt.total { (lang.of_book().total) } dd.total { (money(sold, sold.total)) } }
            p.soft.small { (lang.of_household().private_hint) }
        }
    }
}

/// Whether the household sees a purchase of the reader's own, with the button that changes it; nothing for
/// whoever is in none.
pub(in crate::pages) fn on_receipt(app: &App, holder: Holder, filed: &Filed) -> Reply<Markup> {
    let words = holder.lang.of_household();
    let Some(home) = Home::of(app, holder.user_id)? else {
        return Ok(html! {});
    };
    let Some(me) = home.me() else {
        return Ok(html! {});
    };
    let shares = shares_of(app, home.household.household_id, me)?;
    let is_seen = timeline::shows(app, &shares, filed)?;
    let (told, choice, name) = match is_seen {
        true if Marks::of(app, holder.user_id)?.hides(filed) => {
            (words.seen_private, "keep-back", words.keep_back)
        }
        true => (words.seen, "keep-back", words.keep_back),
        false => (words.unseen, "show", words.show),
    };
    Ok(html! {
        form.card.own #household method="post" action={ "/book/" (filed.purchase_id) "/household" } {
            h2 { (words.on_receipt.0) }
            p { (told) }
            div.row {
                button name="choice" value=(choice) { (name) }
                p.soft.small { (words.on_receipt.1) " " a href="/household" { (words.title) } }
            }
        }
    })
}

/// What the person says of a purchase.
#[derive(Deserialize)]
pub(super) struct Said {
    choice: String,
}

/// Shows a purchase to the household, or keeps it back.
pub(super) async fn choose(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(purchase_id): Path<String>,
    Form(said): Form<Said>,
) -> Reply<Redirect> {
    let id = PurchaseId::parse(&purchase_id).map_err(|_| Refused::not_found("purchase"))?;
    book::one(&app, holder.user_id, id)?;
    let choice = match said.choice.as_str() {
        "show" => Choice::Shown,
        // Whatever else was sent shows nothing.
        _ => Choice::KeptBack,
    };
    if let Some(home) = Home::of(&app, holder.user_id)? {
        household::choose(&app, &home, id, choice).await?;
    }
    Ok(Redirect::to(&format!("/book/{id}#household")))
}
