//! People, as far as an operator needs to know of them: that they are there. Somebody is found by the operator's
//! reference, by the address of a password or by the id; what one can do for them lies beside this. What somebody
//! bought is shown to nobody who gives no reason.

use super::curl::{Request, curl};
use super::layout::{Page, Tab, faults, refused};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::thousands;
use crate::office::{Deed, note};
use crate::reply::{Refused, Reply};
use crate::secret::{Secret, SecretKind};
use crate::sign_in::address::Address;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::account::{Act, LookUp};
use ledger::profile::Profile;
use ledger::write::{Changed, FirstKey, Write, Written};
use maud::{Markup, html};
use purchase::id::{TokenId, UserId};
use purchase::text::Text;
use serde::Deserialize;
use std::sync::Arc;

pub(super) mod book;
pub(super) mod deeds;
pub(super) mod merge;
pub(super) mod one;

/// People counted; who has more is told that there are as many at least.
const COUNTED_MAX: usize = 100_000;

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    reference: String,
    act: String,
}

/// How many there are, and the form.
pub(super) async fn show(seat: Seat, State(app): State<Arc<App>>) -> Reply<Response> {
    seat.clerk().everything()?;
    aside(move || page(&app, &seat, "", html! {})).await?
}

/// Looks for somebody, or adds the person under the operator's reference.
pub(super) async fn act(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    let asked = match Text::new(sent.reference.trim(), 200) {
        Ok(asked) => asked,
        Err(error) => {
            let found = Refused::text("reference", &error).0.errors;
            let labels = [("reference", seat.lang.of_desk().reference)];
            let told = faults(seat.lang, &labels, &found);
            let page = aside(move || page(&app, &seat, sent.reference.trim(), told)).await??;
            return Ok(refused(page));
        }
    };
    let told = match sent.act.as_str() {
        "add" => add(&app, &seat, asked).await?,
        _ => {
            // What was asked for is personal itself and is not written into the log.
            note(&app, seat.clerk(), Deed::new(Act::PersonSought)).await?;
            if let Some(user_id) = find(&app, asked.as_str())? {
                return Ok(Redirect::to(&one::path(user_id)).into_response());
            }
            html! { section.card role="status" { p { (seat.lang.of_desk().person_unknown) } } }
        }
    };
    aside(move || page(&app, &seat, sent.reference.trim(), told)).await?
}

/// Whoever is meant by an id, a reference or the address of a password; none if nobody is. Of somebody whose
/// account went into another one, it is that one.
pub(super) fn find(app: &App, asked: &str) -> Reply<Option<UserId>> {
    let asked = asked.trim();
    if let Ok(user_id) = UserId::parse(asked) {
        let heir = app.ledger.heir(user_id)?;
        return Ok(app.ledger.person_facts(heir)?.map(|_| heir));
    }
    let by_reference = match Text::new(asked, 200) {
        Ok(reference) => app.ledger.user_of(&reference)?,
        Err(_) => None,
    };
    if by_reference.is_some() {
        return Ok(by_reference);
    }
    let Some(address) = Address::read(asked) else {
        return Ok(None);
    };
    let found = app
        .ledger
        .find_sign_in(&LookUp::Email(address.text().clone()))?;
    Ok(found.map(|(user_id, _, _)| user_id))
}

async fn add(app: &App, seat: &Seat, reference: Text) -> Reply<Markup> {
    let words = seat.lang.of_desk();
    let secret = Secret::new(SecretKind::User, app.clock.random());
    let write = Write::AddUser {
        spare: app.ledger.take_key()?,
        profile: Box::new(Profile {
            reference: Some(reference),
            ..Profile::default()
        }),
        first: FirstKey::Token {
            token_id: TokenId(app.clock.random()),
            hash: secret.hash(),
        },
    };
    let noted = Deed::new(Act::PersonAdded).noted(app, seat.clerk(), Some(write))?;
    let known =
        |user_id: UserId| html! { p { a href=(one::path(user_id)) { code { (user_id) } } } };
    match app.intake.write_one(noted).await? {
        Written::User {
            user_id,
            changed: Changed::Done,
        } => Ok(html! {
            section.card role="status" {
                p { strong { (words.person_added) } } (known(user_id))
                p { (words.person_token) } p.secret { (secret.reveal()) }
            }
        }),
        Written::User { user_id, .. } => Ok(html! {
            section.card role="status" { p { strong { (words.person_known) } } (known(user_id)) }
        }),
        other => panic!("a new person was answered with {other:?}"),
    }
}

fn page(app: &App, seat: &Seat, reference: &str, told: Markup) -> Reply<Response> {
    let (lang, words) = (seat.lang, seat.lang.of_desk());
    let count = app.ledger.count_users(None, COUNTED_MAX)?.len();
    let shown = thousands(u128::try_from(count).unwrap_or(u128::MAX));
    let body = html! {
        div { h1 { (lang.of_console().people) } p.soft { (words.people_lead) } }
        ul.tiles { li { strong { (shown) @if count == COUNTED_MAX { "+" } } span { (words.people_count) } } }
        (told)
        form.card method="post" action="/console/people" {
            h2 { (words.find_person) }
            label { (words.reference)
                input type="text" name="reference" value=(reference) required maxlength="200" autocomplete="off"; }
            p.soft.small { (words.reference_hint) }
            div.row {
                button.main name="act" value="look" { (words.look_up) }
                button name="act" value="add" { (words.add) }
            }
        }
        (curl(lang, &app.site, &[
            Request::Get("/v1/counts?by=user".to_owned()),
            Request::Post("/v1/users".to_owned(), Some("{\"ref\": \"h-1\"}".to_owned())),
            Request::Without(lang.of_commands().find_person),
        ]))
    };
    Ok(Page {
        seat,
        title: lang.of_console().people,
        tab: Tab::People,
        scripts: &[],
        body,
    }
    .respond())
}
