//! People, as far as an operator needs to know of them: that they are there. What somebody bought is never
//! shown here.

use super::curl::curl;
use super::layout::{Page, Tab};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::figures::thousands;
use crate::office::{Deed, note};
use crate::reply::{Refused, Reply};
use crate::secret::{Secret, SecretKind};
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use ledger::account::Act;
use ledger::profile::Profile;
use ledger::write::{Changed, FirstKey, Write, Written};
use maud::{Markup, html};
use purchase::id::{TokenId, UserId};
use purchase::text::Text;
use serde::Deserialize;
use std::sync::Arc;
use wire::error::ErrorCode;

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

/// Looks for somebody by the operator's reference, or adds the person.
pub(super) async fn act(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    seat.clerk().everything()?;
    let reference = Text::new(sent.reference.trim(), 200).map_err(|_| {
        let detail = "a reference has 1 to 200 characters";
        Refused::new(ErrorCode::InvalidValue, detail)
    })?;
    let told = match sent.act.as_str() {
        "add" => add(&app, &seat, reference).await?,
        _ => look(&app, &seat, &reference).await?,
    };
    aside(move || page(&app, &seat, sent.reference.trim(), told)).await?
}

async fn look(app: &App, seat: &Seat, reference: &Text) -> Reply<Markup> {
    // The reference itself is personal and is not written into the log.
    note(app, seat.clerk(), Deed::new(Act::PersonSought)).await?;
    let words = seat.lang.of_desk();
    let found = app.ledger.user_of(reference)?;
    Ok(html! {
        section.card role="status" {
            @match found {
                Some(user_id) => { p { strong { (words.person_known) } } p { code { (user_id) } } p.soft.small { (words.recovery) } },
                None => p { (words.person_unknown) },
            }
        }
    })
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
    let known = |user_id: UserId| html! { p { code { (user_id) } } };
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
        (curl(lang, &app.site, ("POST", "/v1/users"), Some("{\"ref\": \"h-1\"}")))
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
