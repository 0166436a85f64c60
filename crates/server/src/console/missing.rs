//! Receipts that people miss at a store: what they say of each, the sales that it may be, and the two answers.
//! Whose a request is, is not known here, and of sales that are somebody's nothing is shown.

use super::curl::{Request, curl, part};
use super::layout::{Page, Tab, head, name_of, time};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::show_amount;
use crate::html::dates;
use crate::html::language::Lang;
use crate::missing::{
    Answer, Ended, OFFERED_MAX, PER_PAGE, Requests, WrongText, give as give_it, refuse as refuse_it,
};
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::{Path, Query, RawForm, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use ledger::account::{Candidates, SoughtReceipt, Unclaimed, WORDS_CHARS_MAX, WhyNot};
use maud::{Markup, html};
use purchase::id::{Label, SettlementKey, SoughtId};
use purchase::store::Store;
use purchase::time::BusinessDate;
use serde::Deserialize;
use std::sync::Arc;

/// What is told above the requests.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Given,
    Refused,
    Closed,
    Taken,
    WrongWords,
    WrongCard,
    NoneTicked,
}

/// What the page is shown with.
#[derive(Default)]
struct Shown {
    told: Told,
    /// How many requests come before.
    skip: usize,
    /// An answer that could not be sent, to be put right where it was typed.
    typed: Option<Refusal>,
}

/// Which part of the requests, and what was done before.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    skip: String,
    told: String,
}

/// The requests of a store.
pub(super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let told = match asked.told.as_str() {
        "given" => Told::Given,
        "refused" => Told::Refused,
        _ => Told::Nothing,
    };
    let shown = Shown {
        told,
        skip: skipped(&asked.skip),
        typed: None,
    };
    aside(move || page(&app, &seat, &store, &shown)).await?
}

fn skipped(sent: &str) -> usize {
    sent.parse().unwrap_or(0)
}

/// A sale that is given.
#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    skip: String,
    sought: String,
    date: String,
    terminal: String,
    transaction: String,
}

/// Gives a sale to whoever asked.
pub(super) async fn give(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Form(sent): Form<Given>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let sought_id = sought(&sent.sought)?;
    let settlement = key_of(&store, &sent).ok_or_else(|| Refused::not_found("sale"))?;
    let ended = give_it(&app, seat.clerk(), sought_id, settlement).await?;
    let done = ("given", skipped(&sent.skip));
    answered(app, seat, store, ended, done).await
}

/// An answer without a sale.
#[derive(Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    skip: String,
    sought: String,
    why: String,
    words: String,
}

/// Says to whoever asked why there is no receipt.
pub(super) async fn refuse(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Form(mut sent): Form<Refusal>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let sought_id = sought(&sent.sought)?;
    let why = WhyNot::ALL.into_iter().find(|why| value(*why) == sent.why);
    let why = why.ok_or_else(|| Refused::not_found("answer"))?;
    let answer = match Answer::prove(why, &sent.words) {
        Ok(answer) => answer,
        Err(wrong) => {
            let told = match wrong {
                WrongText::Text => Told::WrongWords,
                WrongText::Card => {
                    // Such a number is shown nowhere again.
                    sent.words.clear();
                    Told::WrongCard
                }
            };
            let shown = Shown {
                told,
                skip: skipped(&sent.skip),
                typed: Some(sent),
            };
            return again(app, seat, store, (StatusCode::UNPROCESSABLE_ENTITY, shown)).await;
        }
    };
    let which = (&store.store_id, sought_id);
    let ended = refuse_it(&app, seat.clerk(), which, answer).await?;
    let done = ("refused", skipped(&sent.skip));
    answered(app, seat, store, ended, done).await
}

/// Says the same to all who asked for what was ticked. What was answered or withdrawn in between is left as
/// it is.
pub(super) async fn refuse_several(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    RawForm(sent): RawForm,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let (mut ticked, mut why, mut skip) = (Vec::new(), None, 0);
    for (name, sent) in form_urlencoded::parse(&sent) {
        match &*name {
            "sought" if ticked.len() < PER_PAGE => ticked.push(sought(&sent)?),
            "why" => why = ready_made().find(|why| value(*why) == sent),
            "skip" => skip = skipped(&sent),
            _ => {}
        }
    }
    let why = why.ok_or_else(|| Refused::not_found("answer"))?;
    if ticked.is_empty() {
        let shown = Shown {
            told: Told::NoneTicked,
            skip,
            typed: None,
        };
        return again(app, seat, store, (StatusCode::UNPROCESSABLE_ENTITY, shown)).await;
    }
    for sought_id in ticked {
        let which = (&store.store_id, sought_id);
        let answer = Answer { why, words: None };
        refuse_it(&app, seat.clerk(), which, answer).await?;
    }
    let done = ("refused", skip);
    answered(app, seat, store, Ended::Done, done).await
}

/// The answers that need no words of one's own.
fn ready_made() -> impl Iterator<Item = WhyNot> {
    let all = WhyNot::ALL.into_iter();
    all.filter(|why| *why != WhyNot::OwnWords)
}

fn sought(sent: &str) -> Reply<SoughtId> {
    SoughtId::parse(sent).map_err(|_| Refused::not_found("request"))
}

fn key_of(store: &Store, sent: &Given) -> Option<SettlementKey> {
    Some(SettlementKey {
        store_id: store.store_id.clone(),
        terminal: Label::parse(&sent.terminal).ok()?,
        business_date: BusinessDate::parse(&sent.date).ok()?,
        transaction: Label::parse(&sent.transaction).ok()?,
    })
}

/// Back to the requests if it is done, or the page with what came in between.
async fn answered(
    app: Arc<App>,
    seat: Seat,
    store: Arc<Store>,
    ended: Ended,
    (done, skip): (&str, usize),
) -> Reply<Response> {
    let told = match ended {
        Ended::Done => {
            let skip = match skip {
                0 => String::new(),
                skip => format!("&skip={skip}"),
            };
            let path = format!(
                "/console/stores/{}/missing?told={done}{skip}",
                store.store_id
            );
            return Ok(Redirect::to(&path).into_response());
        }
        Ended::Taken => Told::Taken,
        Ended::Closed => Told::Closed,
    };
    let shown = Shown {
        told,
        skip,
        typed: None,
    };
    again(app, seat, store, (StatusCode::CONFLICT, shown)).await
}

async fn again(
    app: Arc<App>,
    seat: Seat,
    store: Arc<Store>,
    (status, shown): (StatusCode, Shown),
) -> Reply<Response> {
    let page = aside(move || page(&app, &seat, &store, &shown)).await?;
    page.map(|page| (status, page).into_response())
}

fn page(app: &App, seat: &Seat, store: &Store, shown: &Shown) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_sought());
    let found = Requests::of(app, &store.store_id, shown.skip)?;
    let (count, skip) = (found.count, found.skip);
    let path = format!("/console/stores/{}/missing", store.store_id);
    let body = html! {
        (head(store, name_of(store, app.clock.now()), words.title))
        (tell(lang, shown.told))
        p.soft { (words.lead) }
        @if count == 0 { p.empty { (words.empty) } } @else { p { ((words.count)(count)) } }
        @for (asked, found) in &found.requests { (card((app, lang, store), (asked, found), (skip, shown.typed.as_ref()))) }
        @if found.requests.iter().any(|(_, found)| found.sales.is_empty()) { (several(lang, &path, skip)) }
        @if count > PER_PAGE { nav.row aria-label=(words.title) {
            @if skip > 0 { a.button rel="prev" href={ (path) "?skip=" (skip.saturating_sub(PER_PAGE)) } { (words.earlier) } }
            @if let Some(next) = found.next_skip() { a.button rel="next" href={ (path) "?skip=" (next) } { (words.later) } }
        } }
        (commands(app, lang, store, &found))
    };
    Ok(Page {
        seat,
        title: words.title,
        tab: Tab::Stores,
        scripts: &[],
        body,
    }
    .respond())
}

/// The same as on the page: its first offer given, and one request answered.
fn commands(app: &App, lang: Lang, store: &Store, found: &Requests) -> Markup {
    let list = format!("/v1/stores/{}/missing", part(store.store_id.as_str()));
    let offers = found.requests.iter();
    let mut offers = offers.filter_map(|(asked, found)| Some((asked, found.sales.first()?)));
    let give = offers.next().map(|(asked, sale)| {
        let path = format!("{list}/{}/give", asked.sought_id);
        Request::Post(path, Some(given(&sale.key)))
    });
    // What nothing fits is answered rather than what could be given.
    let fits_nothing = |(_, found): &&(SoughtReceipt, Candidates)| found.sales.is_empty();
    let refuse = found.requests.iter().find(fits_nothing);
    let refuse = refuse.or(found.requests.first()).map(|(asked, _)| {
        let path = format!("{list}/{}/refuse", asked.sought_id);
        Request::Post(path, Some("{\"why\": \"tell_more\"}".to_owned()))
    });
    let reads = match found.skip {
        0 => list.clone(),
        skip => format!("{list}?skip={skip}"),
    };
    let mut requests = vec![Request::Get(reads)];
    requests.extend(
        found
            .next_skip()
            .map(|next| Request::Get(format!("{list}?skip={next}"))),
    );
    requests.extend(give.into_iter().chain(refuse));
    curl(lang, &app.site, &requests)
}

/// A sale as it is named by the interface.
fn given(key: &SettlementKey) -> String {
    let message = serde_json::json!({
        "terminal": key.terminal.as_str(),
        "business_date": key.business_date.to_string(),
        "transaction": key.transaction.as_str(),
    });
    message.to_string()
}

fn tell(lang: Lang, told: Told) -> Markup {
    let words = lang.of_sought();
    let (is_good, text) = match told {
        Told::Nothing => return html! {},
        Told::Given => (true, words.given),
        Told::Refused => (true, words.refused),
        Told::Closed => (false, words.closed),
        Told::Taken => (false, words.taken),
        Told::WrongWords => (false, words.wrong_words),
        Told::WrongCard => (false, words.wrong_card),
        Told::NoneTicked => (false, words.none_ticked),
    };
    html! {
        @if is_good { p.good role="status" { (text) } } @else { p.wrong role="alert" { (text) } }
    }
}

fn card(
    (app, lang, store): (&App, Lang, &Store),
    (asked, found): (&SoughtReceipt, &Candidates),
    (skip, typed): (usize, Option<&Refusal>),
) -> Markup {
    let sales = &found.sales;
    let words = lang.of_sought();
    let said = &asked.described;
    let zone = app.zone(store.timezone.as_str());
    let path = format!("/console/stores/{}/missing", store.store_id);
    html! {
        section.card {
            h2 { (dates::short_day(lang, &said.date.to_string())) " · " (show_amount(said.total, store.currency)) }
            p.soft.small { ((words.asked)(&time(lang, asked.asked_at, &zone))) }
            dl.facts {
                @if let Some(about) = said.minute { dt { (words.about) } dd { (about) } }
                @if let Some(number) = &said.number { dt { (words.number) } dd { bdi { (number.as_str()) } } }
                @if let Some(own) = &said.words { dt { (words.words) } dd { bdi { (own.as_str()) } } }
            }
            @if found.is_cut_short { p { (words.cut_short) } }
            @else if sales.is_empty() { p { (words.no_candidates) } }
            @if !sales.is_empty() {
                h3 { (words.candidates) }
                ul.list { @for sale in sales { (offer((app, lang, store), (&path, skip), (asked, sale))) } }
                @if sales.len() == OFFERED_MAX { p.soft.small { (words.first_only) } }
            }
            (refusal(lang, (&path, skip), asked, typed))
            @if sales.is_empty() {
                label.row { input type="checkbox" form="several" name="sought" value=(asked.sought_id); (words.tick) }
            }
        }
    }
}

fn offer(
    (app, lang, store): (&App, Lang, &Store),
    (path, skip): (&str, usize),
    (asked, sale): (&SoughtReceipt, &Unclaimed),
) -> Markup {
    let (words, sales) = (lang.of_sought(), lang.of_sales());
    let zone = app.zone(store.timezone.as_str());
    let key = &sale.key;
    html! {
        li {
            div.grow {
                p { (time(lang, sale.sold_at, &zone)) " · " strong { (show_amount(sale.total, store.currency)) } }
                p.soft.small {
                    (sales.terminal) " " bdi { (key.terminal.as_str()) } " · " (sales.transaction) " " bdi { (key.transaction.as_str()) }
                    @if let Some(number) = &sale.receipt_number { " · " (sales.receipt_number) " " bdi { (number.as_str()) } }
                    " · " (words.lines) " " (sale.lines)
                }
            }
            form method="post" action={ (path) "/give" } {
                input type="hidden" name="skip" value=(skip);
                input type="hidden" name="sought" value=(asked.sought_id);
                input type="hidden" name="date" value=(key.business_date);
                input type="hidden" name="terminal" value=(key.terminal.as_str());
                input type="hidden" name="transaction" value=(key.transaction.as_str());
                button.main { (words.give) span.unseen { " (" (key.transaction.as_str()) ")" } }
            }
        }
    }
}

fn refusal(
    lang: Lang,
    (path, skip): (&str, usize),
    asked: &SoughtReceipt,
    typed: Option<&Refusal>,
) -> Markup {
    let words = lang.of_sought();
    let typed = typed.filter(|typed| typed.sought == asked.sought_id.to_string());
    let is_typed = |why: WhyNot| typed.is_some_and(|typed| typed.why == value(why));
    html! {
        details.sure open[typed.is_some()] {
            summary { (words.refuse) }
            form method="post" action={ (path) "/refuse" } {
                input type="hidden" name="skip" value=(skip);
                input type="hidden" name="sought" value=(asked.sought_id);
                label { (words.why)
                    select name="why" {
                        @for why in WhyNot::ALL { option value=(value(why)) selected[is_typed(why)] { ((words.whys)(why)) } }
                    }
                }
                label { (words.own_words)
                    input type="text" name="words" value=[typed.map(|typed| &typed.words)] maxlength=(WORDS_CHARS_MAX)
                        autocomplete="off" aria-invalid=[typed.map(|_| "true")]; }
                div.row { button { (words.send) } }
            }
        }
    }
}

/// The answer to all requests of the page that are ticked.
fn several(lang: Lang, path: &str, skip: usize) -> Markup {
    let words = lang.of_sought();
    html! {
        form.card #several method="post" action={ (path) "/refuse-several" } {
            h2 { (words.several) }
            input type="hidden" name="skip" value=(skip);
            label { (words.why)
                select name="why" { @for why in ready_made() { option value=(value(why)) { ((words.whys)(why)) } } }
            }
            div.row { button { (words.send_several) } }
        }
    }
}

/// A reason as a form sends it.
const fn value(why: WhyNot) -> &'static str {
    match why {
        WhyNot::NoSuchSale => "no-sale",
        WhyNot::TellMore => "tell-more",
        WhyNot::NotRecorded => "not-recorded",
        WhyNot::OwnWords => "own-words",
    }
}
