//! The card: one long-lived code on paper. Its digits are shown for half an hour after it was made and are
//! kept nowhere; what is lost is replaced. Sent twice, a form makes one card, because it names the card
//! that it was shown beside.

use super::{face, set_cookie, shown};
use crate::app::App;
use crate::codes::{Shown, issue, revoke_card};
use crate::pages::assets;
use crate::pages::dates;
use crate::pages::language::Lang;
use crate::pages::layout::{Page, Tab};
use crate::pages::visitor::Holder;
use crate::pages::words::code::Card;
use crate::reply::Reply;
use axum::Form;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use ledger::account::MemberCard;
use maud::{Markup, html};
use purchase::id::UserId;
use purchase::member::MemberForm;
use serde::Deserialize;
use std::sync::Arc;
use wire::member::MemberCode;
use wire::time::show_utc;

/// The cookie with the digits of a card that was just made.
pub(super) const CARD: &str = "card";
/// How long it can be printed, in seconds.
const CARD_S: u32 = 30 * 60;

/// What a form was shown beside.
#[derive(Deserialize)]
pub(super) struct Sent {
    /// When that card was made, in milliseconds; zero if there was none.
    of: i64,
}

/// The card that was just made, or what the person has.
pub(super) async fn show(
    holder: Holder,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Reply<Response> {
    let card = present(&app, holder.user_id)?;
    let code = shown(&app, holder.user_id, &headers, (CARD, MemberForm::Card))?;
    let words = holder.lang.of_code();
    Ok(Page {
        lang: holder.lang,
        title: words.card.title,
        tab: Tab::Code,
        scripts: &[&assets::PRINT],
        body: html! {
            p.aside { a href="/code" { "← " (words.back) } }
            h1.screen { (words.card.title) }
            p.screen { (words.card.lead) }
            @match (&code, &card) {
                (Some(code), Some(card)) => (sheet(holder.lang, code, card)),
                (_, Some(_)) => p.screen { (words.card.hidden) },
                (_, None) => {}
            }
            section.card.screen {
                h2 { (words.card.linkable_title) }
                p { (words.card.linkable) }
            }
            (ways(&words.card, card.as_ref()))
        },
    }
    .respond())
}

/// Makes a card, in place of the one that the form was shown beside.
pub(super) async fn make(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let mut cookies = Vec::new();
    if sent.of == mark(present(&app, holder.user_id)?.as_ref()) {
        let issued = issue(&app, holder.user_id, Shown::Card, 1).await?;
        let made = issued.iter().map(|issued| issued.code.to_string());
        cookies.extend(made.map(|code| (SET_COOKIE, set_cookie(&app, CARD, &code, CARD_S))));
    }
    Ok((AppendHeaders(cookies), Redirect::to("/code/card")).into_response())
}

/// Ends the card that the form was shown beside.
pub(super) async fn end(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let card = present(&app, holder.user_id)?;
    if card.is_some() && sent.of == mark(card.as_ref()) {
        revoke_card(&app, holder.user_id).await?;
    }
    let gone = set_cookie(&app, CARD, "", 0);
    Ok(([(SET_COOKIE, gone)], Redirect::to("/code/card")).into_response())
}

fn present(app: &App, user_id: UserId) -> Reply<Option<MemberCard>> {
    Ok(app.ledger.member_codes(user_id, app.clock.now())?.card)
}

/// What tells one card of a person from the next.
fn mark(card: Option<&MemberCard>) -> i64 {
    card.map_or(0, |card| card.issued_at.ms())
}

/// The card itself, as large as cards are.
fn sheet(lang: Lang, code: &MemberCode, card: &MemberCard) -> Markup {
    let words = &lang.of_code().card;
    let until = dates::short_day(lang, &show_utc(card.expires_at));
    html! {
        section.card-sheet {
            p.card-name { b { "Orihon" } " " (words.name) }
            p.card-hint { (words.hint) br; ((words.until)(&until)) }
            (face(code))
        }
        p.screen.row { button.main #print type="button" hidden { (words.print) } span.soft { (words.cut) } }
    }
}

fn ways(words: &Card, card: Option<&MemberCard>) -> Markup {
    let of = mark(card);
    html! {
        @if card.is_some() {
            (sure(("/code/card", words.replace, words.replace_sure), of))
            (sure(("/code/card/end", words.end, words.end_sure), of))
        } @else {
            form.screen method="post" action="/code/card" {
                input type="hidden" name="of" value=(of);
                button.main { (words.make) }
            }
        }
    }
}

/// A step that asks once more before it is taken.
fn sure((path, name, what): (&str, &str, &str), of: i64) -> Markup {
    html! {
        details.sure.screen {
            summary { (name) }
            p { (what) }
            form method="post" action=(path) {
                input type="hidden" name="of" value=(of);
                button.danger { (name) }
            }
        }
    }
}
