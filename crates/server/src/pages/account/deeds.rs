//! What the buttons of the account page do. Each may be pressed twice.

use super::super::sign_in::signed_out;
use super::super::visitor::{DataSubject, Holder};
use super::text_of;
use crate::app::App;
use crate::consents;
use crate::exports;
use crate::repair::GRACE_MS;
use crate::reply::{Refused, Reply};
use crate::sessions;
use crate::sign_in::{self, means};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::account::Accessor;
use purchase::id::{CredentialId, SessionId, TokenId};
use serde::Deserialize;
use std::sync::Arc;
use wire::account::export::ExportQuery;

/// Which way in.
#[derive(Deserialize)]
pub(super) struct WhichMeans {
    credential_id: String,
}

/// Takes a way in away.
pub(super) async fn remove_means(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<WhichMeans>,
) -> Reply<Redirect> {
    let credential_id = CredentialId::parse(&sent.credential_id);
    let credential_id = credential_id.map_err(|_| Refused::not_found("way in"))?;
    means::remove(&app, holder.user_id, credential_id).await?;
    Ok(Redirect::to("/account#means"))
}

/// Which browser.
#[derive(Deserialize)]
pub(super) struct WhichSession {
    session_id: String,
}

/// Signs out one of the person's browsers.
pub(super) async fn end_session(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<WhichSession>,
) -> Reply<Redirect> {
    let session_id = SessionId::parse(&sent.session_id);
    let session_id = session_id.map_err(|_| Refused::not_found("session"))?;
    // This browser is signed out by its own button, which says what may be lost.
    if session_id != holder.session.session_id {
        sessions::close(&app, holder.user_id, session_id).await?;
    }
    Ok(Redirect::to("/account#sessions"))
}

/// Signs out all of the person's browsers but this one.
pub(super) async fn end_others(holder: Holder, State(app): State<Arc<App>>) -> Reply<Redirect> {
    sessions::close_others(&app, &holder.session).await?;
    Ok(Redirect::to("/account#sessions"))
}

/// Which key of a program.
#[derive(Deserialize)]
pub(super) struct WhichKey {
    token_id: String,
}

/// Takes a key from a program.
pub(super) async fn revoke_key(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<WhichKey>,
) -> Reply<Redirect> {
    let token_id = TokenId::parse(&sent.token_id);
    let token_id = token_id.map_err(|_| Refused::not_found("key"))?;
    sessions::revoke(&app, holder.user_id, token_id).await?;
    Ok(Redirect::to("/account#programs"))
}

/// Which partner.
#[derive(Deserialize)]
pub(super) struct WhichConsent {
    partner: String,
}

/// Takes a consent back.
pub(super) async fn revoke_consent(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<WhichConsent>,
) -> Reply<Redirect> {
    consents::revoke(&app, holder.user_id, &sent.partner).await?;
    Ok(Redirect::to("/account#consents"))
}

/// The book as a file.
pub(super) async fn export(
    subject: DataSubject,
    State(app): State<Arc<App>>,
    Path(format): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Reply<Response> {
    exports::answer(app, (subject.user_id, Accessor::Person), &format, &query).await
}

/// The person asks to go.
pub(super) async fn leave(subject: DataSubject, State(app): State<Arc<App>>) -> Reply<Response> {
    match means::leave(&app, &subject.session).await? {
        means::Way::Here => Ok(Redirect::to(home(&subject)).into_response()),
        means::Way::SignedOut => {
            let asked_at = app.ledger.leaves_at(subject.user_id)?;
            let asked_at = asked_at.unwrap_or_else(|| app.clock.now());
            let goes_at = text_of(&app, subject.lang, asked_at.plus_ms(GRACE_MS));
            let day = goes_at.get(..10).unwrap_or_default();
            Ok(signed_out(&app, &format!("/sign-in?left={day}")))
        }
    }
}

/// Where somebody goes on who is at the own data: nowhere but there, while the account is suspended.
const fn home(subject: &DataSubject) -> &'static str {
    match subject.suspension {
        None => "/account",
        Some(_) => "/suspended",
    }
}

/// The person stays after all.
pub(super) async fn stay(subject: DataSubject, State(app): State<Arc<App>>) -> Reply<Redirect> {
    sign_in::stay(&app, subject.user_id).await?;
    Ok(Redirect::to(home(&subject)))
}
