//! Asking a store for a receipt that is missing: which shop, which day, how much; and what became of what was
//! asked. The store sees what is written here and never who wrote it.

use super::dates;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::{Holder, Visitor};
use crate::app::App;
use crate::book;
use crate::catalogues::aside;
use crate::figures::show_amount;
use crate::missing::{self, Said, Wrong, in_book, prove, stores_named};
use crate::peer::Peer;
use crate::reply::{Refused, Reply};
use crate::visits::Visits;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use http::StatusCode;
use ledger::account::{Fate, MissingReceipt, NUMBER_CHARS_MAX, Range, WORDS_CHARS_MAX, WhyNot};
use ledger::write::SOUGHT_MS;
use maud::{Markup, html};
use purchase::id::{MissingId, PurchaseId, StoreId};
use purchase::store::Store;
use purchase::text::Text;
use purchase::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use wire::time::{day_of, show};

/// Shops that a search shows.
const FOUND_MAX: usize = 20;
/// Shops of the person's own that are shown.
const OWN_MAX: usize = 12;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/claim/missing", get(page).post(send))
        .route("/claim/missing/withdraw", post(withdraw))
}

/// What the page is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The shop's id.
    store: Option<String>,
    /// A part of its name.
    q: String,
}

/// The page. An answer needs an account: whoever has none makes one first and comes back.
async fn page(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let store = asked.store.as_deref().map(|id| store_of(&app, id));
    let store = store.transpose()?;
    let Some(holder) = visitor.holder() else {
        let here = match &store {
            Some(store) => format!("/claim/missing?store={}", store.store_id),
            None => "/claim/missing".to_owned(),
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", &here);
        return Ok(Redirect::to(&format!("/start?{}", query.finish())).into_response());
    };
    aside(move || match store {
        Some(store) => shown(
            &app,
            holder,
            &store,
            &said_first(&app, &store),
            &Trouble::None,
        ),
        None => choose(&app, holder, &asked.q),
    })
    .await?
}

fn store_of(app: &App, store_id: &str) -> Reply<Arc<Store>> {
    let store_id = StoreId::parse(store_id).map_err(|_| Refused::not_found("store"))?;
    app.store(&store_id)
}

/// The form as it is before anything is said: today.
fn said_first(app: &App, store: &Store) -> Said {
    let today = day_of(app.clock.now(), &app.zone(store.timezone.as_str()));
    Said {
        date: today.map_or_else(String::new, |date| date.to_string()),
        ..Said::default()
    }
}

/// Why the form is shown again.
enum Trouble {
    None,
    /// Something is wrong with it.
    Wrong(Vec<Wrong>),
    /// The book has one like it.
    InBook(PurchaseId),
}

/// Asks the store, unless something is wrong, or the book seems to have it.
async fn send(
    holder: Holder,
    peer: Peer,
    State(app): State<Arc<App>>,
    Form(said): Form<Said>,
) -> Reply<Response> {
    let store = store_of(&app, &said.store)?;
    let described = match prove(&app, &store, &said) {
        Ok(described) => described,
        Err(wrong) => return again(app, holder, store, said, Trouble::Wrong(wrong)).await,
    };
    if said.sure.is_empty() {
        let (ledger, looked, of) = (Arc::clone(&app), described.clone(), Arc::clone(&store));
        let known = aside(move || in_book(&ledger, holder.user_id, &of, &looked)).await??;
        if let Some(purchase_id) = known {
            return again(app, holder, store, said, Trouble::InBook(purchase_id)).await;
        }
    }
    match missing::ask(&app, (holder.user_id, peer), &store, described).await? {
        Ok(()) => Ok(Redirect::to("/claim/missing").into_response()),
        Err(wrong) => again(app, holder, store, said, Trouble::Wrong(vec![wrong])).await,
    }
}

async fn again(
    app: Arc<App>,
    holder: Holder,
    store: Arc<Store>,
    said: Said,
    trouble: Trouble,
) -> Reply<Response> {
    let status = match &trouble {
        Trouble::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Trouble::None | Trouble::InBook(_) => StatusCode::OK,
    };
    let page = aside(move || shown(&app, holder, &store, &said, &trouble)).await?;
    page.map(|page| (status, page).into_response())
}

/// Which request is taken back.
#[derive(Deserialize)]
struct Which {
    missing_id: String,
}

async fn withdraw(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(which): Form<Which>,
) -> Reply<Redirect> {
    let id = MissingId::parse(&which.missing_id).map_err(|_| Refused::not_found("request"))?;
    missing::withdraw(&app, holder.user_id, id).await?;
    Ok(Redirect::to("/claim/missing"))
}

/// The page on which a shop is chosen, below what was asked before.
fn choose(app: &App, holder: Holder, query: &str) -> Reply<Response> {
    let (lang, words) = (holder.lang, holder.lang.of_missing());
    let mut found = stores_named(app, query, FOUND_MAX + 1);
    let has_more = found.len() > FOUND_MAX;
    found.truncate(FOUND_MAX);
    let mut visits = Visits::default();
    book::walk(app, holder.user_id, Range::default(), |filed, counter| {
        visits.add(filed, counter);
    })?;
    let own = visits.latest_first();
    let body = html! {
        h1 { (words.title) }
        p.soft { (words.lead) }
        (list(app, holder)?)
        section.card {
            h2 { (words.which_shop) }
            form.row role="search" action="/claim/missing" {
                label.grow { (words.shop_name)
                    input type="search" name="q" value=(query) maxlength="200" autocomplete="off" enterkeyhint="search"; }
                button { (words.find) }
            }
            @if !query.trim().is_empty() {
                @if found.is_empty() { p role="status" { (words.no_shop) } }
                ul.shops { @for store in &found { (found_shop(lang, app, store)) } }
                @if has_more { p.soft.small { (words.more_shops) } }
            }
            @if !own.is_empty() {
                h3 { (words.your_shops) }
                ul.shops {
                    @for shop in own.iter().take(OWN_MAX) {
                        li { a href={ "/claim/missing?store=" (shop.store_id) } { span.shop { bdi { (shop.name) } } } }
                    }
                }
            }
        }
    };
    Ok(framed(lang, body))
}

fn found_shop(lang: Lang, app: &App, store: &Store) -> Markup {
    let about = store.identity(store.identity_at(app.clock.now()));
    html! {
        li {
            a href={ "/claim/missing?store=" (store.store_id) } {
                span.shop { bdi { (about.name.as_str()) } @if store.closed_at.is_some() { " · " (lang.of_missing().closed) } }
                span.soft.small { @if let Some(address) = &about.address { bdi { (address.as_str()) } } }
            }
        }
    }
}

/// The page of one shop: the form, and what was asked before.
fn shown(
    app: &App,
    holder: Holder,
    store: &Store,
    said: &Said,
    trouble: &Trouble,
) -> Reply<Response> {
    let (lang, words) = (holder.lang, holder.lang.of_missing());
    let body = html! {
        p.aside { a href="/claim/missing" { "← " (words.other_shop) } }
        h1 { (words.title) }
        p { bdi { (name_of(app, store)) } @if store.closed_at.is_some() { " · " (words.closed) } }
        (form(app, lang, store, said, trouble))
        (list(app, holder)?)
    };
    Ok(framed(lang, body))
}

fn framed(lang: Lang, body: Markup) -> Response {
    Page {
        lang,
        title: lang.of_missing().title,
        tab: Tab::Book,
        scripts: &[],
        body,
    }
    .respond()
}

fn name_of<'a>(app: &App, store: &'a Store) -> &'a str {
    let about = store.identity(store.identity_at(app.clock.now()));
    about.name.as_str()
}

fn form(app: &App, lang: Lang, store: &Store, said: &Said, trouble: &Trouble) -> Markup {
    let words = lang.of_missing();
    let today = said_first(app, store).date;
    html! {
        form.card method="post" action="/claim/missing" {
            @match trouble {
                Trouble::None => {},
                Trouble::Wrong(wrong) => {
                    div.wrong role="alert" { @for wrong in wrong { p { ((words.wrong)(*wrong)) } } }
                },
                Trouble::InBook(purchase_id) => {
                    div role="alert" { p { (words.in_book) } p { a href={ "/book/" (purchase_id) } { (words.in_book_link) } } }
                    input type="hidden" name="sure" value="yes";
                },
            }
            input type="hidden" name="store" value=(store.store_id);
            div.pair {
                label { (words.date) input type="date" name="date" value=(said.date) max=(today) required; }
                label { (words.time) input type="time" name="time" value=(said.time); }
            }
            label { ((words.total)(store.currency.code()))
                input type="text" name="total" value=(said.total) inputmode="decimal" autocomplete="off" required maxlength="40"; }
            label { (words.number)
                input type="text" name="number" value=(said.number) autocomplete="off" autocapitalize="off" spellcheck="false"
                    maxlength=(NUMBER_CHARS_MAX) aria-describedby="number-hint"; }
            p.soft.small #number-hint { (words.number_hint) }
            label { (words.words)
                input type="text" name="words" value=(said.words) maxlength=(WORDS_CHARS_MAX) aria-describedby="words-hint"; }
            p.soft.small #words-hint { (words.words_hint) }
            p.small { (words.seen_by) }
            div.row { button.main { (match trouble { Trouble::InBook(_) => words.send_anyway, Trouble::None | Trouble::Wrong(_) => words.send }) } }
        }
    }
}

/// What was asked, and what became of it.
fn list(app: &App, holder: Holder) -> Reply<Markup> {
    let words = holder.lang.of_missing();
    let all = app.ledger.missing(holder.user_id, app.clock.now())?;
    Ok(html! {
        @if !all.is_empty() {
            section #asked {
                h2 { (words.asked) }
                ul.list.card { @for it in &all { (entry(app, holder.lang, it)?) } }
            }
        }
    })
}

fn entry(app: &App, lang: Lang, it: &MissingReceipt) -> Reply<Markup> {
    let words = lang.of_missing();
    let store = app.store(&it.store_id)?;
    let is_open = it.fate == Fate::Open;
    Ok(html! {
        li.asked {
            div.grow {
                p { strong { bdi { (name_of(app, &store)) } } }
                p.soft {
                    (dates::short_day(lang, &it.described.date.to_string()))
                    " · " (show_amount(it.described.total, store.currency))
                    @if let Some(number) = &it.described.number { " · " bdi { ((words.number_is)(number.as_str())) } }
                }
                (fate(app, lang, &store, it))
            }
            form method="post" action="/claim/missing/withdraw" {
                input type="hidden" name="missing_id" value=(it.missing_id);
                button.plain { (if is_open { words.withdraw } else { words.take_off }) }
            }
        }
    })
}

fn fate(app: &App, lang: Lang, store: &Store, it: &MissingReceipt) -> Markup {
    let words = lang.of_missing();
    let day = |at: Timestamp| {
        let zone = app.zone(store.timezone.as_str());
        dates::short_day(lang, &show(at, &zone))
    };
    html! {
        @match &it.fate {
            Fate::Open => p.small { span.mark { (words.open) } " · " ((words.open_until)(&day(it.asked_at.plus_ms(SOUGHT_MS)))) },
            Fate::Found { purchase_id, .. } => p { strong.good { (words.found) } " · " a href={ "/book/" (purchase_id) } { (words.found_link) } },
            Fate::NotFound { why, words: own, .. } => (not_found(lang, *why, own.as_ref())),
            Fate::Expired { .. } => p.small { (words.expired) },
        }
    }
}

fn not_found(lang: Lang, why: WhyNot, own: Option<&Text>) -> Markup {
    let words = lang.of_missing();
    html! {
        p { strong { (words.not_found) } " " ((words.why)(why)) }
        @if let Some(own) = own { p.small { (words.shop_says) " " q { bdi { (own.as_str()) } } } }
    }
}
