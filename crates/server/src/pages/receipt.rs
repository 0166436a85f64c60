//! One purchase as a receipt: everything that the shop sent, with the names of the items as of the sale.

use super::book::{money, name};
use super::dates;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::Holder;
use crate::app::App;
use crate::book::{self, message, store_of};
use crate::reply::{Refused, Reply};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use maud::{Markup, html};
use purchase::id::PurchaseId;
use serde::Deserialize;
use std::sync::Arc;
use wire::account::message::{LineAnswer, PurchaseMessage};

/// How the receipt is asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// `gift`: without prices.
    view: Option<String>,
}

/// What a receipt shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Full,
    /// Without prices, payments and points.
    Gift,
}

/// The receipt of one purchase.
pub(super) async fn show(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(purchase_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let id = PurchaseId::parse(&purchase_id).map_err(|_| Refused::not_found("purchase"))?;
    let filed = book::one(&app, holder.user_id, id)?;
    let shop = store_of(&app, &filed)?;
    let sold = message(&filed, &shop);
    let face = match asked.view.as_deref() {
        Some("gift") => Face::Gift,
        Some(_) | None => Face::Full,
    };
    let words = holder.lang.of_book();
    Ok(Page {
        lang: holder.lang,
        title: sold.store.name,
        tab: Tab::Book,
        scripts: &[],
        body: html! {
            p.aside { a href="/book" { "← " (words.back) } }
            (receipt(holder.lang, &sold, face))
            p.aside { (other_face(holder.lang, &sold, face)) }
        },
    }
    .respond())
}

fn other_face(lang: Lang, sold: &PurchaseMessage<'_>, face: Face) -> Markup {
    let words = lang.of_book();
    html! {
        @match face {
            Face::Full => a href={ "/book/" (sold.purchase_id) "?view=gift" } { (words.gift) },
            Face::Gift => a href={ "/book/" (sold.purchase_id) } { (words.with_prices) },
        }
    }
}

/// A purchase as a receipt.
pub(super) fn receipt(lang: Lang, sold: &PurchaseMessage<'_>, face: Face) -> Markup {
    let words = lang.of_book();
    html! {
        article.receipt.gone[sold.voided_by.is_some()] {
            (head(lang, sold))
            @match sold.kind { "return" => p.kind { (words.a_return) }, "void" => p.kind { (words.a_void) }, _ => {} }
            @if sold.voided_by.is_some() { p.kind { (words.voided) } }
            ul.lines { @for line in &sold.lines { (row(lang, sold, line, face)) } }
            @if face == Face::Full { (sums(lang, sold)) }
            (foot(lang, sold, face))
        }
    }
}

fn head(lang: Lang, sold: &PurchaseMessage<'_>) -> Markup {
    let store = &sold.store;
    html! {
        header {
            h1 { bdi { (store.name) } }
            @if let Some(address) = store.address { p { bdi { (address) } } }
            @if let Some(phone) = store.phone { p { bdi { (phone) } } }
            @if let Some(issuer) = &store.issuer {
                p { bdi { (issuer.name) } }
                @if let Some(number) = issuer.registration_number {
                    p { (lang.of_book().registration) " " bdi { (number) } }
                }
            }
            p.when {
                time datetime=(sold.purchased_at) {
                    (dates::day(lang, &sold.purchased_at)) " " (dates::clock(&sold.purchased_at))
                }
            }
        }
    }
}

fn row(lang: Lang, sold: &PurchaseMessage<'_>, line: &LineAnswer<'_>, face: Face) -> Markup {
    let words = lang.of_book();
    let is_several = line.quantity != "1" || line.unit != "each";
    html! {
        li.part[line.part_of.is_some()] {
            span.name { (name(lang, line)) @if is_reduced(sold, line) { " ※" } }
            @if face == Face::Full { span.amount { (money(sold, line.amount + line.discount)) } }
            @if is_several {
                span.detail {
                    (line.quantity) @if line.unit != "each" { " " (line.unit) }
                    @if face == Face::Full { " × " (money(sold, line.unit_price)) }
                }
            }
            @if face == Face::Full && line.discount != 0 {
                @if line.discounts.is_empty() {
                    span.detail { (words.discount) } span.amount.off { (money(sold, -line.discount)) }
                }
                @for part in &line.discounts {
                    span.detail { bdi { (part.label) } } span.amount.off { (money(sold, -part.amount)) }
                }
            }
            @if line.name.is_none() { span.detail.soft { (words.pending_note) } }
            @if let Some(at) = &line.named_at {
                span.detail.soft { ((words.named_later)(&dates::short_day(lang, at))) }
            }
            @if line.returned != "0" { span.detail.mark { ((words.returned)(&line.returned)) } }
        }
    }
}

/// Does the line fall under a reduced rate, by what the receipt's own tax rows say?
fn is_reduced(sold: &PurchaseMessage<'_>, line: &LineAnswer<'_>) -> bool {
    let mut reduced = sold.taxes.iter().filter(|tax| tax.reduced == Some(true));
    reduced.any(|tax| Some(&tax.percent) == line.tax_percent.as_ref())
}

fn sums(lang: Lang, sold: &PurchaseMessage<'_>) -> Markup {
    let words = lang.of_book();
    let subtotal: i64 = sold.lines.iter().map(|line| line.amount).sum();
    html! {
        dl.sums {
            @if subtotal != sold.total { dt { (words.subtotal) } dd { (money(sold, subtotal)) } }
            @for adjustment in &sold.adjustments {
                dt { bdi { (adjustment.label) } } dd { (money(sold, adjustment.amount)) }
            }
            @for tax in sold.taxes.iter().filter(|tax| !tax.included) {
                dt { ((words.tax)(&tax.percent)) } dd { (money(sold, tax.tax)) }
            }
            dt.total { (words.total) } dd.total { (money(sold, sold.total)) }
            @for tax in sold.taxes.iter().filter(|tax| tax.included) {
                dt.soft { ((words.tax_included)(&tax.percent)) } dd.soft { (money(sold, tax.tax)) }
            }
            @for tender in &sold.tenders {
                dt {
                    bdi { (tender.label.unwrap_or((words.tenders)(tender.kind))) }
                    @if let Some(card) = &tender.card { " " (card.brand) " …" (card.last4) }
                }
                dd { (money(sold, tender.amount)) }
            }
            @if sold.change != 0 { dt { (words.change) } dd { (money(sold, sold.change)) } }
        }
        @if sold.taxes.iter().any(|tax| tax.reduced == Some(true)) { p.soft.small { (words.reduced) } }
    }
}

fn foot(lang: Lang, sold: &PurchaseMessage<'_>, face: Face) -> Markup {
    let words = lang.of_book();
    html! {
        footer {
            @if let (Some(points), Face::Full) = (&sold.points, face) {
                @for (what, count) in [("earned", points.earned), ("used", points.used), ("balance", points.balance)] {
                    @if let Some(count) = count { p { ((words.points)(what, count)) } }
                }
            }
            @if let Some(number) = sold.receipt_number { p.soft { (words.receipt_number) " " bdi { (number) } } }
            @if let Some(of) = &sold.of {
                p.soft { (words.original) " " bdi { (of.key.business_date) " " (of.key.transaction) } }
            }
            @for note in &sold.notes { p { bdi { (note) } } }
            @if let Some(text) = sold.store.receipt_footer { p.thanks { bdi { (text) } } }
        }
    }
}
