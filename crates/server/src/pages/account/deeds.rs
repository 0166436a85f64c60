//! What the buttons of the account page do. Each may be pressed twice.

use super::super::sign_in::signed_out;
use super::super::visitor::Holder;
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
use purchase::id::{CredentialId, SessionId};
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
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(format): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Reply<Response> {
    exports::answer(app, holder.user_id, &format, &query).await
}

/// The person asks to go.
pub(super) async fn leave(holder: Holder, State(app): State<Arc<App>>) -> Reply<Response> {
    match means::leave(&app, &holder.session).await? {
        means::Way::Here => Ok(Redirect::to("/account").into_response()),
        means::Way::SignedOut => {
            let asked_at = app.ledger.leaves_at(holder.user_id)?;
            let asked_at = asked_at.unwrap_or_else(|| app.clock.now());
            let goes_at = text_of(&app, holder.lang, asked_at.plus_ms(GRACE_MS));
            let day = goes_at.get(..10).unwrap_or_default();
            Ok(signed_out(&app, &format!("/sign-in?left={day}")))
        }
    }
}

/// The person stays after all.
pub(super) async fn stay(holder: Holder, State(app): State<Arc<App>>) -> Reply<Redirect> {
    sign_in::stay(&app, holder.user_id).await?;
    Ok(Redirect::to("/account"))
}
