//! The page of a link by which somebody comes in again. Looking at it uses nothing up, since programs
//! look at links before people do; the button does.

use super::language::{Lang, own_path};
use super::layout::{Page, Tab};
use super::sign_in::come_in;
use super::visitor::Visitor;
use crate::app::App;
use crate::reply::Reply;
use crate::sign_in;
use crate::sign_in::recovery::RecoveryCode;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use maud::html;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/recover/{code}", get(show).post(enter))
}

/// Where the person goes on.
#[derive(Deserialize)]
struct Asked {
    next: Option<String>,
}

async fn show(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let lang = visitor.lang;
    let found = match RecoveryCode::typed(&code) {
        Some(code) => sign_in::find_code(&app, &code)?,
        None => None,
    };
    let Some((user_id, _)) = found else {
        return Ok(gone(lang));
    };
    let words = lang.of_sign_in();
    let is_other = visitor.user_id.is_some_and(|open| open != user_id);
    let next = asked.next.as_deref().map_or("/book", own_path);
    Ok(Page {
        lang,
        title: words.link_title,
        tab: Tab::None,
        scripts: &[],
        body: html! {
            section.notice {
                h1 { (words.link_title) }
                p { (words.link_lead) }
                @if is_other { p.told { (words.link_other) } }
                form method="post" {
                    input type="hidden" name="next" value=(next);
                    button.main { (words.enter) }
                }
            }
        },
    }
    .respond())
}

async fn enter(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Asked>,
) -> Reply<Response> {
    let next = sent.next.as_deref().map_or("/book", own_path);
    let Some(code) = RecoveryCode::typed(&code) else {
        return Ok(gone(visitor.lang));
    };
    match sign_in::by_code(&app, &headers, &code).await? {
        Some(entered) => Ok(come_in(&app, visitor, &entered, next)),
        None => Ok(gone(visitor.lang)),
    }
}

fn gone(lang: Lang) -> Response {
    let words = lang.of_sign_in();
    let mut response = Page {
        lang,
        title: words.link_gone,
        tab: Tab::None,
        scripts: &[],
        body: html! {
            section.notice {
                h1 { (words.link_gone) }
                p { (words.link_gone_hint) }
                p { a.button href="/sign-in" { (words.title) } }
            }
        },
    }
    .respond();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
