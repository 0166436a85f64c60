//! What the buttons of a person's page do: a link to come in again, suspending and opening, and a look at
//! purchases. Each wants a reason, which the person sees.

use super::super::seat::Seat;
use super::one::{again, page, path, person};
use crate::app::App;
use crate::catalogues::aside;
use crate::html::square::square;
use crate::looks;
use crate::reply::Reply;
use crate::sign_in::means;
use crate::standing::{self, Turn};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use serde::Deserialize;
use std::sync::Arc;

/// Why.
#[derive(Deserialize)]
pub(in super::super) struct Sent {
    reason: String,
}

impl Sent {
    fn reason(&self) -> Option<Text> {
        Text::new(self.reason.trim(), TEXT_CHARS_MAX).ok()
    }
}

/// Makes a link by which the person comes in once, and shows it this once.
pub(in super::super) async fn recover(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let (user_id, _) = person(&app, &seat, &user_id)?;
    let Some(reason) = sent.reason() else {
        return again(app, seat, user_id).await;
    };
    let link = means::make_link(&app, seat.clerk(), user_id, reason).await?;
    let url = means::link_url(&app, &link.code, None);
    let words = seat.lang.of_people();
    let shown = html! {
        section.card.pairing role="status" {
            h2 { (words.link) }
            p { (words.link_note) }
            @if let Some(square) = square(&url, words.link_square) { (square) }
            p.link { a href=(url) { (url) } }
        }
    };
    aside(move || page(&app, &seat, user_id, shown)).await?
}

/// Suspends the account.
pub(in super::super) async fn suspend(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    turn(seat, app, &user_id, Turn::Suspend, &sent).await
}

/// Opens it again.
pub(in super::super) async fn resume(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    turn(seat, app, &user_id, Turn::Resume, &sent).await
}

async fn turn(
    seat: Seat,
    app: Arc<App>,
    user_id: &str,
    turn: Turn,
    sent: &Sent,
) -> Reply<Response> {
    let (user_id, _) = person(&app, &seat, user_id)?;
    let Some(reason) = sent.reason() else {
        return again(app, seat, user_id).await;
    };
    standing::turn(&app, seat.clerk(), user_id, turn, reason).await?;
    Ok(Redirect::to(&path(user_id)).into_response())
}

/// Lets this browser look at the person's purchases for a while.
pub(in super::super) async fn look(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let (user_id, _) = person(&app, &seat, &user_id)?;
    let Some(reason) = looks::reason(&sent.reason) else {
        return again(app, seat, user_id).await;
    };
    looks::allow(&app, seat.desk.session, user_id, reason);
    Ok(Redirect::to(&format!("{}/book", path(user_id))).into_response())
}
