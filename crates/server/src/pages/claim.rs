//! Taking a purchase by the code on its receipt. Whoever has the paper reads what is on it before there is
//! any account, and takes it with one button. A code that was used looks like one that nobody knows.

use super::assets;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::receipt::{Beside, Face, receipt};
use super::sign_in::opened;
use super::visitor::Visitor;
use super::words::claim::Since;
use crate::app::App;
use crate::book::{message, store_of};
use crate::codes::{look, take_claim};
use crate::peer::Peer;
use crate::reply::{Refused, Reply};
use crate::sessions;
use axum::extract::{Path, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use http::{HeaderMap, StatusCode};
use ledger::write::Claimed;
use maud::{Markup, html};
use purchase::id::UserId;
use purchase::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use wire::claim::ClaimCode;
use wire::error::ErrorCode;
use wire::member::MemberCode;
use wire::time::show_utc;

/// After how long a code that has not come may well be a wrong one, or a sale that was never sent.
const LATE_MS: i64 = 3 * 24 * 60 * 60 * 1_000;

/// The pages of claiming. The short path stands on receipts.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/claim", get(show).post(take))
        .route("/claim/look", post(find))
        .route("/c/{digits}", get(found))
}

/// A code as it was typed, scanned or pasted.
#[derive(Deserialize)]
struct Sent {
    code: String,
}

/// What is wrong with what was sent.
#[derive(Clone, Copy)]
enum Wrong {
    /// Not 20 digits.
    Digits,
    /// A member code.
    Member,
    /// Too many codes wait.
    TooMany,
}

/// The field for a code, and what waits.
async fn show(visitor: Visitor, State(app): State<Arc<App>>) -> Reply<Response> {
    page(&app, visitor, "", None)
}

/// Leads to the receipt of a code that was typed.
async fn find(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    match read(&sent.code) {
        Ok(code) => Ok(Redirect::to(&format!("/c/{code}")).into_response()),
        Err(wrong) => wrongly(&app, visitor, &sent.code, wrong),
    }
}

/// What is on the receipt; it changes nothing.
async fn found(
    visitor: Visitor,
    peer: Peer,
    State(app): State<Arc<App>>,
    Path(digits): Path<String>,
) -> Reply<Response> {
    let code = match read(&digits) {
        Ok(code) => code,
        Err(wrong) => return wrongly(&app, visitor, &digits, wrong),
    };
    let lang = visitor.lang;
    let (title, body) = match look(&app, peer, code).await {
        Ok(filed) => {
            let shop = store_of(&app, &filed)?;
            let sold = receipt(
                lang,
                &message(&filed, &shop),
                Face::Full,
                &Beside::default(),
            );
            (lang.of_claim().found, offer(visitor, code, &sold))
        }
        Err(Refused(problem)) if problem.status() == 404 => {
            (lang.of_claim().unknown, unknown(visitor, code))
        }
        Err(refused) => return Err(refused),
    };
    Ok(framed(visitor, title, body))
}

/// Files the purchase of a code, or notes that somebody waits for it; whoever has no account gets one.
async fn take(
    visitor: Visitor,
    peer: Peer,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let code = match read(&sent.code) {
        Ok(code) => code,
        Err(wrong) => return wrongly(&app, visitor, &sent.code, wrong),
    };
    let (user_id, opened) = match visitor.user_id {
        Some(user_id) => (user_id, Vec::new()),
        None => {
            let begun = sessions::begin(&app, &headers, peer).await?;
            let opened = opened(&app, visitor, begun.user_id, &begun.cookie);
            (begun.user_id, opened)
        }
    };
    // An account that was begun is only ever opened by this cookie: whatever went wrong, it is given.
    let visitor = Visitor {
        user_id: Some(user_id),
        ..visitor
    };
    let taken = file(&app, visitor, user_id, (code, &sent.code)).await;
    Ok((AppendHeaders(opened), taken).into_response())
}

/// Files the purchase of a code for a person, or notes that the person waits for it.
async fn file(
    app: &App,
    visitor: Visitor,
    user_id: UserId,
    (code, sent): (ClaimCode, &str),
) -> Reply<Response> {
    let path = match take_claim(app, user_id, code).await {
        Ok(Claimed::Filed(purchase_id)) => format!("/book/{purchase_id}"),
        Ok(Claimed::Waiting) => "/claim".to_owned(),
        Ok(Claimed::NotFound) => return Err(Refused::not_found("user")),
        Ok(Claimed::TooMany) => return wrongly(app, visitor, sent, Wrong::TooMany),
        Err(Refused(problem)) if problem.code == ErrorCode::ClaimsWaiting => {
            return wrongly(app, visitor, sent, Wrong::TooMany);
        }
        Err(refused) => return Err(refused),
    };
    Ok(Redirect::to(&path).into_response())
}

/// Reads a code out of what a person typed or a camera read: digits, or the address that a receipt bears.
fn read(sent: &str) -> Result<ClaimCode, Wrong> {
    let digits = sent.rsplit_once("/c/").map_or(sent, |(_, digits)| digits);
    match ClaimCode::typed(digits) {
        Some(code) => Ok(code),
        None if MemberCode::typed(digits).is_some() => Err(Wrong::Member),
        None => Err(Wrong::Digits),
    }
}

/// The field again, with what was sent and what is wrong with it.
fn wrongly(app: &App, visitor: Visitor, sent: &str, wrong: Wrong) -> Reply<Response> {
    let mut response = page(app, visitor, sent, Some(wrong))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn page(app: &App, visitor: Visitor, sent: &str, wrong: Option<Wrong>) -> Reply<Response> {
    let words = visitor.lang.of_claim();
    let now = app.clock.now();
    let waiting = match visitor.user_id {
        Some(user_id) => app.ledger.waiting_claims(user_id, now)?,
        None => Vec::new(),
    };
    let body = html! {
        h1 { (words.title) }
        p.soft { (words.lead) }
        (field(visitor.lang, sent, wrong))
        @if !waiting.is_empty() {
            section.card {
                h2 { (words.waiting) }
                ul.waiting {
                    @for claim in &waiting {
                        li { time datetime=(show_utc(claim.asked_at)) { ((words.since)(since(claim.asked_at, now))) } }
                    }
                }
                p.soft.small { (words.waiting_note) }
                @if waiting.iter().any(|claim| claim.asked_at.plus_ms(LATE_MS) <= now) {
                    p { (visitor.lang.of_missing().link_late) }
                }
            }
        }
        p.aside { a href="/claim/missing" { (visitor.lang.of_missing().link) } }
    };
    Ok(framed(visitor, words.title, body))
}

fn field(lang: Lang, sent: &str, wrong: Option<Wrong>) -> Markup {
    let words = lang.of_claim();
    let wrong = wrong.map(|wrong| match wrong {
        Wrong::Digits => words.wrong,
        Wrong::Member => words.is_member,
        Wrong::TooMany => words.too_many,
    });
    // No pattern: a browser would refuse the digits of a Japanese keyboard before anybody reads them.
    html! {
        form.card #claim method="post" action="/claim/look" {
            label { (words.field)
                input #claim-code type="text" name="code" value=(sent) inputmode="numeric" autocomplete="off"
                    autocapitalize="off" spellcheck="false" maxlength="200" required
                    aria-describedby="claim-hint" aria-invalid=[wrong.map(|_| "true")];
            }
            p.soft.small #claim-hint { (words.hint) }
            @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong) } }
            div.row {
                button.main { (words.look) }
                button #scan type="button" hidden data-stop=(words.scan_stop) { (words.scan) }
            }
            p.soft.small #scan-insecure hidden { (words.scan_insecure) }
            p.wrong #scan-failed role="alert" hidden { (words.scan_failed) }
            video #scan-view hidden playsinline muted {}
        }
    }
}

/// The receipt that was found, and the button that takes it.
fn offer(visitor: Visitor, code: ClaimCode, sold: &Markup) -> Markup {
    let words = visitor.lang.of_claim();
    html! {
        h1.aside { (words.found) }
        (sold)
        (button(code, match visitor.user_id { Some(_) => words.take, None => words.take_new }))
        @if visitor.user_id.is_none() { p.aside { (words.take_new_note) } }
        p.aside.soft.small { (words.once) }
        p.aside { a href="/claim" { (words.other) } }
    }
}

/// What can be done with a code that leads to nothing.
fn unknown(visitor: Visitor, code: ClaimCode) -> Markup {
    let words = visitor.lang.of_claim();
    html! {
        section.notice {
            h1 { (words.unknown) }
            p { (words.unknown_note) }
            p.code { (code) }
            (button(code, words.wait))
            @if visitor.user_id.is_none() { p.soft { (words.take_new_note) } }
            p { a href="/claim" { (words.other) } }
        }
    }
}

fn button(code: ClaimCode, name: &str) -> Markup {
    html! {
        form.take method="post" action="/claim" {
            input type="hidden" name="code" value=(code);
            button.main { (name) }
        }
    }
}

fn framed(visitor: Visitor, title: &str, body: Markup) -> Response {
    Page {
        lang: visitor.lang,
        title,
        tab: match visitor.user_id {
            Some(_) => Tab::Code,
            None => Tab::None,
        },
        scripts: &[&assets::CLAIM],
        body,
    }
    .respond()
}

/// How long ago `then` was.
fn since(then: Timestamp, now: Timestamp) -> Since {
    match (now.ms() - then.ms()).div_euclid(60_000) {
        minutes if minutes < 1 => Since::JustNow,
        minutes if minutes < 60 => Since::Minutes(minutes),
        minutes if minutes < 48 * 60 => Since::Hours(minutes.div_euclid(60)),
        minutes => Since::Days(minutes.div_euclid(24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_comes() {
        let digits = "01234567890123456784";
        for sent in [
            digits,
            " 0123-4567-8901 2345 6784 ",
            "０１２３４５６７８９０１２３４５６７８４",
            "0123－4567−8901‐2345ー6784",
            "https://book.example/c/01234567890123456784",
        ] {
            let read = read(sent).ok().map(|code| code.to_string());
            assert_eq!(read.as_deref(), Some(digits), "{sent}");
        }
        for (sent, is_member) in [
            ("", false),
            ("0123456789012345678", false),
            ("012345678901234567845", false),
            ("x1234567890123456784", false),
            ("9000000000000000000003", true),
        ] {
            let wrong = read(sent).err();
            assert!(wrong.is_some(), "{sent}");
            assert_eq!(matches!(wrong, Some(Wrong::Member)), is_member, "{sent}");
        }
    }

    #[test]
    fn how_long_ago_is_told_in_round_numbers() {
        let at = |ms: i64| Timestamp::from_ms(ms).unwrap();
        for (ms, told) in [
            (-5_000, Since::JustNow),
            (59_999, Since::JustNow),
            (60_000, Since::Minutes(1)),
            (3_599_999, Since::Minutes(59)),
            (3_600_000, Since::Hours(1)),
            (47 * 3_600_000, Since::Hours(47)),
            (48 * 3_600_000, Since::Days(2)),
        ] {
            assert_eq!(since(at(1_000_000), at(1_000_000 + ms)), told, "{ms}");
        }
    }
}
