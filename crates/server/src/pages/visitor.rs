//! Who reads a page: in which language, and whose account is open in this browser. A handler that takes
//! a [`Holder`] cannot be reached without one; nobody whose account is suspended reaches anything but what a
//! [`DataSubject`] may.

use super::language::Lang;
use crate::app::App;
use crate::reply::Reply;
use crate::sessions::{self, Session};
use crate::standing;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::ACCEPT;
use http::request::Parts;
use ledger::account::Suspension;
use purchase::id::UserId;
use std::sync::Arc;

/// What a page that listens asks for.
const EVENTS: &str = "text/event-stream";

/// Somebody who reads a page, known or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visitor {
    pub(super) lang: Lang,
    /// Whose account is open, if one is.
    pub(super) user_id: Option<UserId>,
    /// The session by which it is open.
    pub(super) session: Option<Session>,
}

impl Visitor {
    /// The holder of the account that is open, if one is.
    pub(super) fn holder(&self) -> Option<Holder> {
        self.session.map(|session| Holder {
            lang: self.lang,
            user_id: session.user_id,
            session,
        })
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let session = session(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        if let Some(session) = &session {
            let standing = standing::of(app, session.user_id);
            let standing = standing.map_err(IntoResponse::into_response)?;
            if standing.suspension().is_some() {
                return Err(Redirect::to("/suspended").into_response());
            }
        }
        Ok(Self {
            lang: Lang::of(&parts.headers),
            user_id: session.map(|session| session.user_id),
            session,
        })
    }
}

/// The session of a request, which is seen by that.
async fn session(parts: &Parts, app: &App) -> Reply<Option<Session>> {
    let session = sessions::find(app, &parts.headers)?;
    if let Some(session) = &session {
        sessions::see(app, session).await;
    }
    Ok(session)
}

/// Somebody at what stays the own, also while the account is suspended.
#[derive(Clone, Debug)]
pub(super) struct DataSubject {
    pub(super) lang: Lang,
    pub(super) user_id: UserId,
    /// The session of this browser.
    pub(super) session: Session,
    /// That the account is suspended, if it is.
    pub(super) suspension: Option<Suspension>,
}

impl FromRequestParts<Arc<App>> for DataSubject {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let found = session(parts, app).await;
        let Some(session) = found.map_err(IntoResponse::into_response)? else {
            // The welcome shows the ways in.
            return Err(Redirect::to("/").into_response());
        };
        let standing = standing::of(app, session.user_id).map_err(IntoResponse::into_response)?;
        Ok(Self {
            lang: Lang::of(&parts.headers),
            user_id: session.user_id,
            session,
            suspension: standing.suspension().cloned(),
        })
    }
}

/// The holder of the account that is open in this browser.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) lang: Lang,
    pub(super) user_id: UserId,
    /// The session of this browser.
    pub(super) session: Session,
}

impl FromRequestParts<Arc<App>> for Holder {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let accept = parts.headers.get(ACCEPT);
        let listens = accept.is_some_and(|accept| accept.as_bytes() == EVENTS.as_bytes());
        visitor.holder().ok_or_else(|| match listens {
            // So a page that is still open stops asking (HTML, server-sent events).
            true => StatusCode::NO_CONTENT.into_response(),
            // The welcome shows the ways in.
            false => Redirect::to("/").into_response(),
        })
    }
}
