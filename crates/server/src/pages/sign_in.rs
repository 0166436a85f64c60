//! Coming in and signing out. Which ways there are and who may come in is decided where people come in;
//! here it becomes a page. A page that was answered before is worth nothing after signing out: none of
//! them is kept by the browser.

use super::assets;
use super::code;
use super::dates;
use super::language::{Lang, own_path};
use super::layout::{Page, Tab};
use super::visitor::Visitor;
use crate::app::App;
use crate::peer::Peer;
use crate::reply::{Refused, Reply};
use crate::sessions;
use crate::sign_in::passkey::{self, Asserted, NoPasskeys, Party};
use crate::sign_in::recovery::RecoveryCode;
use crate::sign_in::{self, Entered, Standing, means};
use axum::extract::{Query, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use http::header::{HeaderName, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use maud::{Markup, html};
use purchase::id::UserId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wire::error::ErrorCode;

/// Where whoever was going nowhere else goes.
const BOOK: &str = "/book";
/// Characters of a code in its field, with blanks between.
const CODE_FIELD_CHARS: usize = 60;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/sign-in", get(show).post(by_password))
        .route("/sign-in/code", post(by_code))
        .route("/sign-in/passkey/options", get(passkey_options))
        .route("/sign-in/passkey", post(by_passkey))
        .route("/sign-out", post(sign_out))
}

/// What the page has to say before anything else.
enum Said {
    Nothing,
    /// Address or password is wrong.
    Wrong,
    WrongCode,
    /// So many seconds are to be waited.
    Wait(u32),
    /// The account that was open here goes on this day.
    Leaves(String),
}

/// Why somebody comes here.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The day on which the account goes that was open here.
    left: Option<String>,
    /// The page that somebody was going to; nobody is sent to another site.
    next: Option<String>,
}

/// The page to go on to: the one that somebody was going to, or the book.
fn onward(next: Option<&str>) -> &str {
    next.filter(|next| !next.is_empty()).map_or(BOOK, own_path)
}

async fn show(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let next = onward(asked.next.as_deref());
    if visitor.session.is_some() {
        let there = if next == BOOK { "/account" } else { next };
        return Redirect::to(there).into_response();
    }
    // Anybody can write a link, so that nothing is repeated from it that is no day.
    let day = asked.left.filter(|day| dates::is_date(day));
    let said = day.map_or(Said::Nothing, Said::Leaves);
    page(&app, visitor.lang, &headers, &said, (next, ""))
}

fn page(
    app: &App,
    lang: Lang,
    headers: &HeaderMap,
    said: &Said,
    (next, email): (&str, &str),
) -> Response {
    let words = lang.of_sign_in();
    Page {
        lang,
        title: words.title,
        tab: Tab::None,
        scripts: &[&assets::PASSKEY],
        body: html! {
            h1 { (words.title) }
            p.soft { (words.lead) }
            (notice(lang, said))
            section.card {
                h2 { (words.passkey) }
                div data-next=(next) { (passkey_place(lang, Party::of(&app.site, headers), Deed::SignIn)) }
            }
            form.card method="post" action="/sign-in" {
                h2 { (words.password_title) }
                input type="hidden" name="next" value=(next);
                label { (words.email)
                    input type="email" name="email" value=(email) autocomplete="username" required maxlength="200";
                }
                label { (words.password)
                    input type="password" name="password" autocomplete="current-password" required;
                }
                div.row { button.main { (words.enter) } }
            }
            form.card method="post" action="/sign-in/code" {
                h2 { (words.code_title) }
                input type="hidden" name="next" value=(next);
                label { (words.code)
                    input #code type="text" name="code" autocomplete="off" autocapitalize="characters"
                        spellcheck="false" required maxlength=(CODE_FIELD_CHARS) aria-describedby="code-hint";
                }
                p #code-hint .soft.small { (words.code_hint) }
                div.row { button { (words.enter) } }
            }
            section { h2 { (words.lost) } p.soft { (words.lost_hint) } }
        },
    }
    .respond()
}

fn notice(lang: Lang, said: &Said) -> Markup {
    let words = lang.of_sign_in();
    html! {
        @match said {
            Said::Nothing => {},
            Said::Wrong => p.fault role="alert" { (words.wrong) },
            Said::WrongCode => p.fault role="alert" { (words.code_wrong) },
            Said::Wait(seconds) => p.fault role="alert" { ((words.wait)(*seconds)) },
            Said::Leaves(day) => p.told role="status" { ((words.left)(&dates::short_day(lang, day))) },
        }
    }
}

/// What a passkey is asked for.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    SignIn,
    Register,
}

/// The button of passkeys, which a script brings to life; or why there is none.
pub(super) fn passkey_place(lang: Lang, party: Result<Party, NoPasskeys>, deed: Deed) -> Markup {
    let words = lang.of_sign_in();
    let (path, label) = match deed {
        Deed::SignIn => ("/sign-in/passkey", words.passkey_use),
        Deed::Register => ("/account/passkeys", words.passkey_add),
    };
    let is_new = match deed {
        Deed::SignIn => None,
        Deed::Register => Some("create"),
    };
    html! {
        @match party {
            Ok(_) => {
                div.row #passkey hidden data-path=(path) data-deed=[is_new] data-failed=(words.passkey_failed)
                    data-unknown=(words.passkey_unknown) {
                    button.main type="button" { (label) }
                    p.fault role="alert" hidden {}
                }
                noscript { p.soft.small { (words.passkey_scripts) } }
            },
            Err(NoPasskeys::Plain) => p.soft.small { (words.passkey_plain) },
            Err(NoPasskeys::NoName) => p.soft.small { (words.passkey_no_name) },
        }
    }
}

/// What the form of a password sends.
#[derive(Deserialize)]
struct WithPassword {
    email: String,
    password: String,
    next: Option<String>,
}

async fn by_password(
    visitor: Visitor,
    peer: Peer,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(sent): Form<WithPassword>,
) -> Reply<Response> {
    let entered = sign_in::by_password(&app, (&headers, peer), &sent.email, &sent.password).await;
    let going = (onward(sent.next.as_deref()), sent.email.as_str());
    answer(&app, visitor, &headers, entered, &Said::Wrong, going)
}

/// What the form of a code sends.
#[derive(Deserialize)]
struct WithCode {
    code: String,
    next: Option<String>,
}

async fn by_code(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(sent): Form<WithCode>,
) -> Reply<Response> {
    let entered = match RecoveryCode::typed(&sent.code) {
        Some(code) => sign_in::by_code(&app, &headers, &code).await,
        None => Ok(None),
    };
    let going = (onward(sent.next.as_deref()), "");
    answer(&app, visitor, &headers, entered, &Said::WrongCode, going)
}

/// The page that whoever came in was going to, or this one again with what went wrong.
fn answer(
    app: &App,
    visitor: Visitor,
    headers: &HeaderMap,
    entered: Reply<Option<Entered>>,
    wrong: &Said,
    (next, email): (&str, &str),
) -> Reply<Response> {
    let lang = visitor.lang;
    match entered {
        Ok(Some(entered)) => Ok(come_in(app, visitor, &entered, next)),
        Ok(None) => {
            let mut response = page(app, lang, headers, wrong, (next, email));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(refused) => {
            let (code, wait_s) = (refused.0.code, refused.0.retry_after_s);
            let (ErrorCode::RateLimited, Some(seconds)) = (code, wait_s) else {
                return Err(refused);
            };
            let mut response = page(app, lang, headers, &Said::Wait(seconds), (next, email));
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
    }
}

/// Sends somebody who came in to a page; who had asked to go is told first that the account stays.
pub(super) fn come_in(app: &App, visitor: Visitor, entered: &Entered, next: &str) -> Response {
    let next = Redirect::to(place(entered.was, next));
    let opened = opened(app, visitor, entered.user_id, &entered.cookie);
    (AppendHeaders(opened), next).into_response()
}

/// The headers that open an account in a browser. Codes are shown there without a signal too, where nobody
/// is asked whose they are: what may be of somebody else goes.
pub(super) fn opened(
    app: &App,
    visitor: Visitor,
    user_id: UserId,
    cookie: &str,
) -> Vec<(HeaderName, String)> {
    let mut headers = vec![(SET_COOKIE, cookie.to_owned())];
    if visitor.user_id != Some(user_id) {
        headers.extend(emptied(app, "\"storage\""));
    }
    headers
}

fn place(was: Standing, next: &str) -> &str {
    match was {
        Standing::Staying => next,
        Standing::Leaving => "/account?stayed",
    }
}

async fn passkey_options(State(app): State<Arc<App>>, headers: HeaderMap) -> Reply<Response> {
    let party = Party::of(&app.site, &headers)?;
    let (options, cookie) = passkey::sign_in_options(&app, &party, &headers);
    Ok(([(SET_COOKIE, cookie)], Json(options)).into_response())
}

/// Where the page goes on.
#[derive(Serialize)]
struct Next<'a> {
    next: &'a str,
}

async fn by_passkey(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(sent): Json<Asserted>,
) -> Reply<Response> {
    let party = Party::of(&app.site, &headers)?;
    let Some(entered) = passkey::by_passkey(&app, &headers, &party, &sent).await? else {
        return Err(Refused::not_found("passkey"));
    };
    let next = Json(Next {
        next: place(entered.was, "/book"),
    });
    let opened = opened(&app, visitor, entered.user_id, &entered.cookie);
    Ok((AppendHeaders(opened), next).into_response())
}

/// What the form of signing out sends.
#[derive(Deserialize)]
struct SignOut {
    /// That there may be no way back.
    sure: Option<String>,
}

async fn sign_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(sent): Form<SignOut>,
) -> Reply<Response> {
    // Also whose account is suspended may go.
    if let Some(session) = sessions::find(&app, &headers)? {
        // Who has no way in would lose the book: that has to be said first.
        if sent.sure.is_none() && means::of(&app, session.user_id)?.is_empty() {
            return Ok(Redirect::to("/account#leaving").into_response());
        }
        sessions::close(&app, session.user_id, session.session_id).await?;
    }
    Ok(signed_out(&app, "/"))
}

/// Nothing of the account is left in this browser: not the session, nor the codes that it shows and keeps.
pub(super) fn signed_out(app: &App, next: &str) -> Response {
    let mut headers = vec![(SET_COOKIE, sessions::forget_cookie(app))];
    headers.extend(emptied(app, "\"cache\", \"storage\""));
    (AppendHeaders(headers), Redirect::to(next)).into_response()
}

/// The headers that take what pages keep out of a browser. It is cleared over TLS and on its own machine,
/// and nowhere else do they keep anything; the digits in cookies go everywhere.
fn emptied(app: &App, kept: &str) -> Vec<(HeaderName, String)> {
    let clear = (HeaderName::from_static("clear-site-data"), kept.to_owned());
    let gone = code::gone_cookies(app).into_iter();
    let gone = gone.map(|cookie| (SET_COOKIE, cookie));
    std::iter::once(clear).chain(gone).collect()
}
