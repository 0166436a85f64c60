//! Coming in: by an operator's key, or by a link that works once. The link opens a page with a button, so that
//! what only looks at links uses none up.

use super::seat::{Seat, Visitor};
use crate::app::App;
use crate::desk;
use crate::html::frame::Frame;
use crate::html::language::Lang;
use crate::reply::Reply;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// Whether a key was tried that does not open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    Nothing,
    WrongKey,
}

/// The page that asks for a key.
pub(super) fn page(lang: Lang, tried: Tried) -> Response {
    let words = lang.of_desk();
    let body = html! {
        section.hero {
            h1 { (words.sign_in) }
            p.lead { (words.lead) }
        }
        form.card method="post" action="/console/sign-in" {
            @if tried == Tried::WrongKey { p.fault role="alert" { (words.wrong) } }
            label { (words.key)
                input type="password" name="key" autocomplete="current-password" required maxlength="200"
                    spellcheck="false" autofocus; }
            div.row { button.main { (words.enter) } }
        }
        p.soft.small { (words.no_key) }
    };
    frame(lang, words.sign_in, body)
}

fn frame(lang: Lang, title: &str, body: Markup) -> Response {
    Frame {
        lang,
        title,
        home: "/console",
        places: &[],
        scripts: &[],
        body,
    }
    .respond()
}

/// What the page sends.
#[derive(Deserialize)]
pub(super) struct Key {
    key: String,
}

/// Signs in by a key.
pub(super) async fn enter(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Form(sent): Form<Key>,
) -> Reply<Response> {
    match desk::sign_in(&app, &sent.key).await? {
        Some(cookie) => Ok(inside(cookie)),
        None => {
            let mut page = page(visitor.lang, Tried::WrongKey);
            *page.status_mut() = StatusCode::FORBIDDEN;
            Ok(page)
        }
    }
}

fn inside(cookie: String) -> Response {
    ([(SET_COOKIE, cookie)], Redirect::to("/console")).into_response()
}

/// The page of a link; it uses nothing up.
pub(super) async fn link(visitor: Visitor, Path(word): Path<String>) -> Response {
    let words = visitor.lang.of_desk();
    let body = html! {
        section.hero {
            h1 { (words.link) }
            p.lead { (words.link_lead) }
            form method="post" action="/console/link" {
                input type="hidden" name="word" value=(word);
                button.main { (words.link) }
            }
        }
    };
    frame(visitor.lang, words.link, body)
}

/// What the page of a link sends.
#[derive(Deserialize)]
pub(super) struct Word {
    word: String,
}

/// Signs in by a link.
pub(super) async fn follow(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Form(sent): Form<Word>,
) -> Reply<Response> {
    if let Some(cookie) = desk::follow(&app, &sent.word).await? {
        return Ok(inside(cookie));
    }
    // Pressed twice, the first press has signed in already.
    if visitor.desk.is_some() {
        return Ok(Redirect::to("/console").into_response());
    }
    let words = visitor.lang.of_desk();
    let body = html! {
        section.notice {
            h1 { (words.link_gone) }
            p { (words.link_gone_note) }
            p { a.button href="/console" { (words.sign_in) } }
        }
    };
    let mut page = frame(visitor.lang, words.link_gone, body);
    *page.status_mut() = StatusCode::GONE;
    Ok(page)
}

/// Signs out, in this browser.
pub(super) async fn leave(seat: Seat, State(app): State<Arc<App>>) -> Reply<Response> {
    let cookie = desk::sign_out(&app, &seat.desk).await?;
    Ok(inside(cookie))
}
