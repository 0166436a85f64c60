//! Who reads a page: in which language, and whose account is open in this browser. A handler that takes
//! a [`Holder`] cannot be reached without one.

use super::language::Lang;
use crate::app::App;
use crate::reply::Refused;
use crate::sessions::{self, Session};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use purchase::id::UserId;
use std::sync::Arc;

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
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        let session = sessions::find(app, &parts.headers)?;
        if let Some(session) = &session {
            sessions::see(app, session).await;
        }
        Ok(Self {
            lang: Lang::of(&parts.headers),
            user_id: session.map(|session| session.user_id),
            session,
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
        let visitor = Visitor::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        // The welcome shows the ways in.
        let welcome = || Redirect::to("/").into_response();
        visitor.holder().ok_or_else(welcome)
    }
}
