//! Securing an account: the banner in the book, the password, the sheet and passkeys. None of them is
//! asked for before the first receipt, and each can be put off.

use super::account::day;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::Holder;
use crate::app::App;
use crate::html::square::square;
use crate::peer::Peer;
use crate::reply::Reply;
use crate::sessions::label_of;
use crate::sign_in::address::Address;
use crate::sign_in::means::{self, PasswordSet};
use crate::sign_in::passkey::{self, Party, Registered};
use crate::sign_in::password::{CHARS_MIN, Password, PasswordError};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/account/later", post(later))
        .route("/account/password", get(password).post(set_password))
        .route("/account/sheet", post(make_sheet))
        .route("/account/passkeys/options", get(passkey_options))
        .route("/account/passkeys", post(add_passkey))
}

/// Asks to secure the account, in the book of somebody who has not, and has not put it off.
pub(super) fn banner(app: &App, holder: Holder) -> Reply<Markup> {
    if !means::is_to_be_asked(app, holder.user_id)? {
        return Ok(html! {});
    }
    let words = holder.lang.of_sign_in();
    Ok(html! {
        aside.card.banner aria-labelledby="secure" {
            h2 #secure { (words.banner) }
            p.soft { (words.banner_hint) }
            div.row {
                a.button.main href="/account#means" { (words.secure) }
                form method="post" action="/account/later" { button.plain { (words.later) } }
            }
        }
    })
}

async fn later(holder: Holder, State(app): State<Arc<App>>) -> Reply<Redirect> {
    means::put_off(&app, holder.user_id).await?;
    Ok(Redirect::to("/book"))
}

async fn password(holder: Holder, State(app): State<Arc<App>>) -> Reply<Response> {
    let profile = app.ledger.profile(holder.user_id)?;
    let email = profile.and_then(|profile| profile.email);
    let email = email.as_ref().map_or("", |email| email.as_str());
    Ok(password_page(holder.lang, email, None))
}

fn password_page(lang: Lang, email: &str, fault: Option<&str>) -> Response {
    let words = lang.of_sign_in();
    Page {
        lang,
        title: words.password_title,
        tab: Tab::Account,
        scripts: &[],
        body: html! {
            p.aside { a href="/account" { "← " (lang.words().account) } }
            form.card method="post" action="/account/password" {
                h1 { (words.password_title) }
                @if let Some(fault) = fault { p.fault role="alert" { (fault) } }
                label { (words.email)
                    input type="email" name="email" value=(email) autocomplete="username" required maxlength="200"
                        aria-describedby="email-hint";
                }
                p #email-hint .soft.small { (words.email_hint) }
                label { (words.password)
                    input type="password" name="password" autocomplete="new-password" required
                        minlength=(CHARS_MIN) aria-describedby="password-hint";
                }
                p #password-hint .soft.small { (words.password_hint) }
                div.row { button.main { (words.save) } }
            }
        },
    }
    .respond()
}

/// What the form of a new password sends.
#[derive(Deserialize)]
struct NewPassword {
    email: String,
    password: String,
}

async fn set_password(
    holder: Holder,
    peer: Peer,
    State(app): State<Arc<App>>,
    Form(sent): Form<NewPassword>,
) -> Reply<Response> {
    let words = holder.lang.of_sign_in();
    let again = |fault: &str| {
        let mut response = password_page(holder.lang, &sent.email, Some(fault));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(response)
    };
    let Some(address) = Address::read(&sent.email) else {
        return again(words.email_wrong);
    };
    let password = match Password::new(&sent.password) {
        Ok(password) => password,
        Err(PasswordError::Short) => return again(words.short),
        Err(PasswordError::Long) => return again(words.long),
    };
    match means::set_password(&app, (&holder.session, peer), address, password).await? {
        PasswordSet::Done => Ok(Redirect::to("/account#means").into_response()),
        PasswordSet::AddressTaken => again(words.email_taken),
    }
}

/// Makes a sheet and shows it, this once: asked for again, it is another one.
async fn make_sheet(holder: Holder, State(app): State<Arc<App>>) -> Reply<Response> {
    let code = means::make_sheet(&app, holder.user_id).await?;
    let (lang, words) = (holder.lang, holder.lang.of_sign_in());
    let place = format!("{}/sign-in", app.site.base());
    let today = day(&app, lang, app.clock.now());
    let code = code.reveal();
    // What stands behind the mark is not sent to any server, nor written into any log.
    let square = square(&format!("{place}#{code}"), words.sheet_square);
    Ok(Page {
        lang,
        title: words.sheet_title,
        tab: Tab::Account,
        scripts: &[],
        body: html! {
            article.card.sheet {
                h1 { "Orihon " (words.sheet_title) }
                p { (words.sheet_lead) }
                p.groups translate="no" {
                    @for group in code.split('-') { span { (group) } " " }
                }
                @if let Some(square) = square { (square) }
                p { ((words.sheet_use)(&place)) }
                p.soft.small { ((words.sheet_made)(&today)) }
            }
            p.aside { (words.sheet_once) }
            p.aside { a.button.main href="/account" { (words.done) } }
        },
    }
    .respond())
}

async fn passkey_options(
    holder: Holder,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Reply<Response> {
    let party = Party::of(&app.site, &headers)?;
    let options = passkey::register_options(&app, &party, &holder.session)?;
    Ok(Json(options).into_response())
}

async fn add_passkey(
    holder: Holder,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(sent): Json<Registered>,
) -> Reply<Response> {
    let party = Party::of(&app.site, &headers)?;
    let label = label_of(&headers);
    passkey::register(&app, &party, &holder.session, &sent, label).await?;
    Ok(Json(serde_json::json!({"next": "/account#means"})).into_response())
}
