//! One purchase as a receipt: everything that the shop sent, with the names of the items as of the sale.

use super::blocks;
use super::book::{money, name};
use super::dates;
use super::household;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::private;
use super::visitor::Holder;
use crate::app::App;
use crate::book::{self, message, store_of};
use crate::catalogues::aside;
use crate::counter::Counter;
use crate::discretion::Marks;
use crate::own_words::{self, OwnNames};
use crate::reply::{Refused, Reply};
use crate::ware::{Ware, wares};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};
use purchase::id::PurchaseId;
use purchase::limits::NOTE_CHARS_MAX;
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
    /// Without prices, payments and points, and without what is private.
    Gift,
}

impl Face {
    /// Is the line hidden?
    const fn hides(self, line: &LineAnswer<'_>) -> bool {
        match self {
            Self::Full => false,
            Self::Gift => line.sensitive,
        }
    }
}

/// The receipt of one purchase.
pub(super) async fn show(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(purchase_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let id = PurchaseId::parse(&purchase_id).map_err(|_| Refused::not_found("purchase"))?;
    let face = match asked.view.as_deref() {
        Some("gift") => Face::Gift,
        Some(_) | None => Face::Full,
    };
    aside(move || page(&app, holder, id, face)).await?
}

fn page(app: &App, holder: Holder, id: PurchaseId, face: Face) -> Reply<Response> {
    let filed = book::one(app, holder.user_id, id)?;
    let shop = store_of(app, &filed)?;
    let sold = Marks::of(app, holder.user_id)?.tell(&filed, message(&filed, &shop));
    let beside = Beside {
        wares: wares(&filed, &Counter::find(app, &shop.store.store_id)?),
        own: OwnNames::of(app, holder.user_id)?,
    };
    let note = own_words::note_on(app, holder.user_id, id)?;
    let words = holder.lang.of_book();
    Ok(Page {
        lang: holder.lang,
        title: sold.store.name,
        tab: Tab::Book,
        scripts: &[],
        body: html! {
            p.aside { a href="/book" { "← " (words.back) } }
            (receipt(holder.lang, &sold, face, &beside))
            p.aside { (other_face(holder.lang, &sold, face)) }
            @if face == Face::Full {
                (household::on_receipt(app, holder, &filed)?)
                (note_form(holder.lang, &sold, note.as_deref()))
                (private::form(holder.lang, &sold))
                (blocks::form(app, holder, &shop.store, &format!("/book/{id}"))?)
            }
        },
    }
    .respond())
}

/// What the form of a note sends.
#[derive(Deserialize)]
pub(super) struct Noted {
    note: String,
}

/// Keeps a note on a purchase, and goes back to its receipt.
pub(super) async fn keep_note(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(purchase_id): Path<String>,
    Form(noted): Form<Noted>,
) -> Reply<Redirect> {
    let id = PurchaseId::parse(&purchase_id).map_err(|_| Refused::not_found("purchase"))?;
    book::one(&app, holder.user_id, id)?;
    own_words::write_note(&app, holder.user_id, id, &noted.note).await?;
    Ok(Redirect::to(&format!("/book/{id}")))
}

fn note_form(lang: Lang, sold: &PurchaseMessage<'_>, note: Option<&str>) -> Markup {
    let words = lang.of_spending();
    html! {
        form.card.own method="post" action={ "/book/" (sold.purchase_id) "/note" } {
            label for="note" { (words.note) }
            textarea #note name="note" rows="2" maxlength=(NOTE_CHARS_MAX) aria-describedby="note-hint" {
                (note.unwrap_or_default())
            }
            div.row { button { (words.save) } p.soft.small #note-hint { (words.note_hint) } }
        }
    }
}

/// What stands beside a receipt: the page of each of its items, and the person's own names; nothing beside
/// one that is nobody's yet.
#[derive(Default)]
pub(super) struct Beside {
    wares: Vec<Option<Ware>>,
    own: OwnNames,
}

impl Beside {
    fn ware(&self, line: &LineAnswer<'_>) -> Option<&Ware> {
        let at = usize::from(line.line).checked_sub(1)?;
        self.wares.get(at)?.as_ref()
    }
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
pub(super) fn receipt(
    lang: Lang,
    sold: &PurchaseMessage<'_>,
    face: Face,
    beside: &Beside,
) -> Markup {
    let words = lang.of_book();
    html! {
        article.receipt.gone[sold.voided_by.is_some()] {
            (head(lang, sold, beside))
            @match sold.kind { "return" => p.kind { (words.a_return) }, "void" => p.kind { (words.a_void) }, _ => {} }
            @if sold.voided_by.is_some() { p.kind { (words.voided) } }
            ul.lines { @for line in &sold.lines { (row(lang, sold, line, face, beside)) } }
            @if face == Face::Full { (sums(lang, sold)) }
            (foot(lang, sold, face))
        }
    }
}

fn head(lang: Lang, sold: &PurchaseMessage<'_>, beside: &Beside) -> Markup {
    let store = &sold.store;
    html! {
        header {
            h1 {
                @if beside.wares.is_empty() { bdi { (store.name) } }
                @else { a.quiet href={ "/shops/" (store.id) } { bdi { (store.name) } } }
            }
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

fn row(
    lang: Lang,
    sold: &PurchaseMessage<'_>,
    line: &LineAnswer<'_>,
    face: Face,
    beside: &Beside,
) -> Markup {
    let words = lang.of_book();
    if face.hides(line) {
        return html! { li { span.name { em { (lang.of_discretion().private_item) } } } };
    }
    let is_several = line.quantity != "1" || line.unit != "each";
    html! {
        li.part[line.part_of.is_some()] {
            span.name { (linked(lang, line, beside)) @if face == Face::Full && is_reduced(sold, line) { " ※" } }
            @if face == Face::Full { span.amount { (money(sold, line.amount + line.discount)) } }
            @if is_several {
                span.detail {
                    @if face == Face::Gift && line.unit == "each" { "× " }
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
            @if let Some(own) = beside.ware(line).and_then(|ware| beside.own.get(ware)) {
                span.detail { bdi { (own) } }
            }
            @if line.sensitive { span.detail.tag { (lang.of_discretion().is_private) } }
            @if line.name.is_none() { span.detail.soft { (words.pending_note) } }
            @if let Some(at) = &line.named_at {
                span.detail.soft { ((words.named_later)(&dates::short_day(lang, at))) }
            }
            @if line.returned != "0" { span.detail.mark { ((words.returned)(&line.returned)) } }
        }
    }
}

/// The name of a line, which leads to all that is known of the item.
fn linked(lang: Lang, line: &LineAnswer<'_>, beside: &Beside) -> Markup {
    html! {
        @match beside.ware(line) {
            Some(ware) => a.quiet href=(ware.path()) { (name(lang, line)) },
            None => (name(lang, line)),
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
                p.soft {
                    (words.original) " " (dates::short_day(lang, &of.key.business_date)) " · " bdi { (of.key.transaction) }
                }
            }
            // What a shop writes below may name what is private above.
            @if !sold.lines.iter().any(|line| face.hides(line)) {
                @for note in &sold.notes { p { bdi { (note) } } }
            }
            @if let Some(text) = sold.store.receipt_footer { p.thanks { bdi { (text) } } }
        }
    }
}
