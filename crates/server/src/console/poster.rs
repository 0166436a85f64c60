//! The poster of a store: a square that leads whoever stands there to what they bought there before. It is the
//! same for everybody, says nothing of anybody, and is black on white to be printed.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, name_of};
use super::seat::Seat;
use crate::app::App;
use crate::html::language::Lang;
use crate::html::square::square;
use crate::reply::Reply;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use purchase::store::Store;
use std::sync::Arc;

/// The sheet that is printed.
pub(super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    Ok(page(&app, &seat, &store))
}

/// Where the square leads: a page that asks whoever has no account to make one first.
fn link(app: &App, store: &Store) -> String {
    format!("{}/at/{}", app.site.base(), store.store_id)
}

/// The part of a store's page.
pub(super) fn part(app: &App, lang: Lang, store: &Store) -> Markup {
    let words = lang.of_store();
    let link = link(app, store);
    html! {
        section.part {
            h2 { (words.poster) }
            div.card.pairing {
                p.soft { (words.poster_note) }
                @if let Some(square) = square(&link, words.poster_square) { (square) }
                p.link { a href=(link) { (link) } }
                p { a.button href={ "/console/stores/" (store.store_id) "/poster" } { (words.poster_open) } }
            }
        }
    }
}

fn page(app: &App, seat: &Seat, store: &Store) -> Response {
    let (lang, words) = (seat.lang, seat.lang.of_store());
    let name = name_of(store, app.clock.now());
    let link = link(app, store);
    let requests = [
        Request::Get(format!("/v1/stores/{}", store.store_id)),
        Request::Without(lang.of_commands().poster),
    ];
    let body = html! {
        p.aside { a href={ "/console/stores/" (store.store_id) } { "← " bdi { (name) } } }
        article.poster {
            h1 { bdi { (name) } }
            @if let Some(square) = square(&link, words.poster_square) { (square) }
            @for said in [Lang::Ja, Lang::En] { p lang=(said.tag()) { (said.of_store().poster_says) } }
            p.link translate="no" { (link) }
        }
        p.aside { (words.poster_print) }
        (curl(lang, &app.site, &requests))
    };
    Page {
        seat,
        title: words.poster,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond()
}
