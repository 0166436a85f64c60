//! A person's purchases, for an operator who gave a reason: the newest first, only to be read. Each look is in
//! the person's own log before anything is shown, and what the shop or the person calls private stays hidden.

use super::super::curl::{Request, curl};
use super::super::layout::{Page, Tab, name_of, time};
use super::super::receipts::{kind_of, name_of_line, private_item};
use super::super::seat::Seat;
use super::one::{back, path, person};
use crate::app::App;
use crate::book::store_of;
use crate::catalogues::aside;
use crate::discretion::Marks;
use crate::figures::show_amount;
use crate::html::language::Lang;
use crate::looks::{self, May};
use crate::reply::Reply;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::account::{Filed, Range};
use maud::{Markup, html};
use purchase::id::{PurchaseId, UserId};
use purchase::settlement::LineNumber;
use purchase::text::Text;
use serde::Deserialize;
use std::sync::Arc;
use wire::account::cursor;

/// Purchases on a page.
const PER_PAGE: usize = 20;

/// Which page.
#[derive(Deserialize)]
pub(in super::super) struct Asked {
    /// Only older than this purchase, which ended the last page.
    after: Option<String>,
}

/// A page of purchases; who has no reason any more is asked for one.
pub(in super::super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let (user_id, _) = person(&app, &seat, &user_id)?;
    match looks::look(&app, seat.clerk(), seat.desk.session, user_id).await? {
        May::Not => Ok(Redirect::to(&path(user_id)).into_response()),
        May::For(reason) => aside(move || page(&app, &seat, user_id, (&asked, &reason))).await?,
    }
}

fn page(
    app: &App,
    seat: &Seat,
    user_id: UserId,
    (asked, reason): (&Asked, &Text),
) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_people());
    let after = asked.after.as_deref();
    let range = Range {
        after: after.and_then(|id| PurchaseId::parse(id).ok()),
        ..Range::default()
    };
    let found = app.ledger.page(user_id, &range, PER_PAGE, &|_| true)?;
    let marks = Marks::of(app, user_id)?;
    let receipts = found
        .purchases
        .iter()
        .map(|filed| receipt(app, lang, (filed, &marks)));
    let receipts = receipts.collect::<Reply<Vec<_>>>()?;
    let own = path(user_id);
    let body = html! {
        (back(lang))
        div { h1 { (words.book) } p { a href=(own) { code { (user_id) } } } }
        p.told { (words.book_lead) " " (words.why) ": " bdi { (reason.as_str()) } }
        @if receipts.is_empty() { p.empty { (words.book_empty) } }
        @for receipt in &receipts { (receipt) }
        @if let Some(next) = found.next {
            p.more { a.button rel="next" href={ (own) "/book?after=" (next) } { (lang.of_console().more) } }
        }
        (curl(lang, &app.site, &requests(user_id, reason, found.next)))
    };
    Ok(Page {
        seat,
        title: words.book,
        tab: Tab::People,
        scripts: &[],
        body,
    }
    .respond())
}

/// The same from a terminal: this page, and the one behind it.
fn requests(user_id: UserId, reason: &Text, next: Option<PurchaseId>) -> Vec<Request> {
    let path = format!("/v1/users/{user_id}/look?limit={PER_PAGE}");
    let message = serde_json::json!({"reason": reason.as_str()}).to_string();
    let mut requests = vec![Request::Post(path.clone(), Some(message.clone()))];
    requests.extend(
        next.map(|next| Request::Post(format!("{path}&cursor={}", cursor(next)), Some(message))),
    );
    requests
}

fn receipt(app: &App, lang: Lang, (filed, marks): (&Filed, &Marks)) -> Reply<Markup> {
    let shop = store_of(app, filed)?;
    let content = filed.settlement.content();
    let money = |amount| show_amount(amount, content.currency);
    let private = marks.private_in(filed);
    Ok(html! {
        article.receipt.gone[filed.voided_by.is_some()] {
            header {
                h2 { bdi { (name_of(&shop.store, content.purchased_at)) } }
                p { (time(lang, content.purchased_at, &shop.zone)) }
                p.small { (kind_of(lang, content.kind)) }
            }
            ul.lines {
                @for (number, (line, name)) in (1..).zip(content.lines.iter().zip(&filed.names)) {
                    li {
                        @match private.contains(&LineNumber(number)) {
                            true => (private_item(lang)),
                            false => span { (name_of_line(lang, line, name)) },
                        }
                        span.amount { (money(line.amount)) }
                    }
                }
            }
            dl.sums { dt.total { (lang.of_sales().total) } dd.total { (money(content.total)) } }
        }
    })
}
