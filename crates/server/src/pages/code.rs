//! The page of the member code: what a person shows at a till, as a square code, as bars and as digits.
//! One code is for one purchase; which of them are good is known where codes are given out. The digits of
//! a code are in the page and in a short-lived cookie of this browser, and nowhere else.

use super::assets;
use super::household;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::{Holder, Visitor};
use super::words::code::Code;
use crate::app::App;
use crate::codes::{Shown, is_good, issue};
use crate::html::bars::bars;
use crate::html::square::square;
use crate::reply::{Refused, Reply};
use crate::sessions::cookie;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use http::HeaderMap;
use http::header::SET_COOKIE;
use maud::{Markup, html};
use purchase::id::UserId;
use purchase::member::MemberForm;
use serde::Deserialize;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use wire::error::ErrorCode;
use wire::member::{MemberCode, Wish};

mod card;
mod kept;

/// The cookie with the code that is shown, so that a page which is loaded anew shows the same one.
const SHOWN: &str = "shown";
/// How long that is, in seconds: somebody may have looked over a shoulder since.
const SHOWN_S: u32 = 600;
/// The cookie with the wish for paper or none.
const WISH: &str = "wish";
/// How long a wish is remembered, in seconds: the most that browsers allow.
const WISH_S: u32 = 400 * 24 * 3_600;
/// How the wish for no paper is written.
const NO_PAPER: &str = "no-paper";

/// The pages of the code and of its card.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/code", get(show))
        .route("/code/next", post(next))
        .route("/code/wish", post(wish))
        .route("/code/offline", get(offline))
        // A hundred thousand bytes of drawings, and nothing that a caller chose: they may be packed.
        .route("/code/kept", post(kept::add).layer(CompressionLayer::new()))
        .route("/code/card", get(card::show).post(card::make))
        .route("/code/card/end", post(card::end))
}

/// The headers that take the digits of codes out of a browser.
pub(super) fn gone_cookies(app: &App) -> Vec<String> {
    let names = [SHOWN, card::CARD, household::INVITED];
    names.map(|name| set_cookie(app, name, "", 0)).to_vec()
}

/// The code to show now.
async fn show(holder: Holder, State(app): State<Arc<App>>, headers: HeaderMap) -> Reply<Response> {
    // Read before the code: a till that is quick has filed the sale before the page listens.
    let ends = app.ledger.feed_ends(holder.user_id)?;
    let newest = ends.map_or(0, |ends| ends.newest);
    let (code, kept) = current(&app, holder.user_id, &headers).await?;
    let words = holder.lang.of_code();
    let body = html! {
        section #code data-live={ "/book/live?after=" (newest) } data-kept="/code/kept" data-of=(holder.user_id) {
            (head(words))
            div.face-place #face aria-live="polite" { (face(&code)) }
            (ways(words, code.wish()))
        }
        (arrival(words))
        (links(words))
    };
    let cookies = kept.map(|kept| (SET_COOKIE, kept));
    Ok((
        AppendHeaders(cookies.into_iter().collect::<Vec<_>>()),
        page(holder.lang, body),
    )
        .into_response())
}

/// The page that a phone shows where there is no signal: it holds no code, and draws one that was kept.
async fn offline(visitor: Visitor) -> Response {
    let words = visitor.lang.of_code();
    let body = html! {
        section #code data-offline="" {
            (head(words))
            p.notice-line { (words.offline) }
            div.face-place #face aria-live="polite" data-none=(words.offline_none) {
                p.soft { (words.offline_waiting) }
            }
            (ways(words, Wish::Paper))
        }
    };
    page(visitor.lang, body)
}

/// Shows another code; the one before stays good, so that a till which has read it already files by it.
async fn next(_: Holder, State(app): State<Arc<App>>) -> Response {
    let gone = set_cookie(&app, SHOWN, "", 0);
    ([(SET_COOKIE, gone)], Redirect::to("/code")).into_response()
}

/// What the person wishes of the till.
#[derive(Deserialize)]
struct Wished {
    paper: String,
}

/// Remembers the wish.
async fn wish(_: Holder, State(app): State<Arc<App>>, Form(wished): Form<Wished>) -> Response {
    let cookie = match wished.paper.as_str() {
        "no" => set_cookie(&app, WISH, NO_PAPER, WISH_S),
        _ => set_cookie(&app, WISH, "", 0),
    };
    ([(SET_COOKIE, cookie)], Redirect::to("/code")).into_response()
}

/// The code that this browser shows already while it is good, or a new one with the cookie that keeps it.
async fn current(
    app: &App,
    user_id: UserId,
    headers: &HeaderMap,
) -> Reply<(MemberCode, Option<String>)> {
    let wish = match cookie(headers, &app.site.cookie(WISH)) {
        Some(NO_PAPER) => Wish::NoPaper,
        Some(_) | None => Wish::Paper,
    };
    if let Some(code) = shown(app, user_id, headers, (SHOWN, MemberForm::Short))? {
        return Ok((code.with_wish(wish), None));
    }
    let issued = issue(app, user_id, Shown::Now, 1).await?;
    let issued = issued.first().ok_or_else(|| {
        Refused::new(
            ErrorCode::Internal,
            "no code was given out; load the page again",
        )
    })?;
    let kept = set_cookie(app, SHOWN, &issued.code.to_string(), SHOWN_S);
    Ok((issued.code.with_wish(wish), Some(kept)))
}

/// The code in one of this browser's cookies, if it is this person's and still good.
fn shown(
    app: &App,
    user_id: UserId,
    headers: &HeaderMap,
    (name, form): (&str, MemberForm),
) -> Reply<Option<MemberCode>> {
    let code = cookie(headers, &app.site.cookie(name)).and_then(MemberCode::parse);
    match code.filter(|code| code.form() == form) {
        Some(code) if is_good(app, user_id, code)? => Ok(Some(code)),
        Some(_) | None => Ok(None),
    }
}

/// The header that gives this browser a cookie for so many seconds.
fn set_cookie(app: &App, name: &str, value: &str, max_age_s: u32) -> String {
    let (name, attributes) = (app.site.cookie(name), app.site.attributes());
    format!("{name}={value}; Max-Age={max_age_s}{attributes}")
}

fn page(lang: Lang, body: Markup) -> Response {
    Page {
        lang,
        title: lang.of_code().title,
        tab: Tab::Code,
        scripts: &[&assets::CODE],
        body,
    }
    .respond()
}

fn head(words: &Code) -> Markup {
    html! { h1 { (words.title) } p.soft { (words.lead) } }
}

/// A code as scanners and people read it.
fn face(code: &MemberCode) -> Markup {
    let digits = code.to_string();
    html! {
        figure.face {
            @if let Some(square) = square(&digits, "QR") { (square) }
            (bars(&digits))
            figcaption.digits { @for group in groups(&digits) { span { (group) } " " } }
        }
    }
}

/// Digits in groups of four.
fn groups(digits: &str) -> Vec<&str> {
    let starts = (0..digits.len()).step_by(4);
    let group = |start: usize| digits.get(start..digits.len().min(start + 4));
    starts.filter_map(group).collect()
}

/// What can be done with a code that is shown, and room for what a script has to tell.
fn ways(words: &Code, wish: Wish) -> Markup {
    let (asked, is_on) = match wish {
        Wish::Paper => ("no", "false"),
        Wish::NoPaper => ("yes", "true"),
    };
    html! {
        div.row.code-ways {
            form #wish method="post" action="/code/wish" {
                button.switch name="paper" value=(asked) role="switch" aria-checked=(is_on) { (words.no_paper) }
            }
            form #next method="post" action="/code/next" { button { (words.another) } }
        }
        p.soft.small { (words.once) }
        p.soft.small #kept hidden data-ready=(words.kept_ready) data-insecure=(words.kept_insecure)
            data-impossible=(words.kept_impossible) {}
    }
}

/// What takes the place of the code when a purchase has arrived.
fn arrival(words: &Code) -> Markup {
    html! {
        template #arrived {
            div.arrival {
                p.sign { (words.arrived) }
                p.shop { bdi {} }
                p.total {}
                p { a href="/book" { (words.receipt) } }
                button.main type="button" { (words.next) }
            }
        }
    }
}

fn links(words: &Code) -> Markup {
    html! {
        ul.code-links {
            li { a href="/claim" { (words.to_claim) } }
            li { a href="/code/card" { (words.to_card) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_that_people_can_read_out() {
        let check = |digits: &str, parts: &[&str]| assert_eq!(groups(digits), parts);
        check(
            "9001234567890123456789",
            &["9001", "2345", "6789", "0123", "4567", "89"],
        );
        check("1234", &["1234"]);
        check("", &[]);
    }
}
