//! Who sits at the console. A handler that takes a [`Seat`] cannot be reached by anybody else; which stores
//! are theirs is asked of the clerk with each store.

use crate::app::App;
use crate::auth::Clerk;
use crate::desk::{self, AtDesk};
use crate::html::language::Lang;
use crate::reply::{Refused, Reply};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use purchase::id::StoreId;
use purchase::store::Store;
use std::sync::Arc;

/// Somebody who is signed in to the console.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) lang: Lang,
    pub(super) desk: AtDesk,
}

impl Seat {
    pub(super) const fn clerk(&self) -> &Clerk {
        &self.desk.clerk
    }

    /// A store that this one may see.
    ///
    /// # Errors
    /// 404 if there is none, 403 if it is for others.
    pub(super) fn store(&self, app: &App, store_id: &str) -> Reply<Arc<Store>> {
        let store_id = StoreId::parse(store_id).map_err(|_| Refused::not_found("store"))?;
        self.clerk().of(app, &store_id)?;
        app.store(&store_id)
    }
}

impl FromRequestParts<Arc<App>> for Seat {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let found = desk::find(app, &parts.headers).map_err(IntoResponse::into_response)?;
        match found {
            Some(desk) => Ok(Self {
                lang: Lang::of(&parts.headers),
                desk,
            }),
            // The first page asks for the key.
            None => Err(Redirect::to("/console").into_response()),
        }
    }
}

/// Whoever comes to the console, known or not.
pub(super) struct Visitor {
    pub(super) lang: Lang,
    pub(super) desk: Option<AtDesk>,
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        Ok(Self {
            lang: Lang::of(&parts.headers),
            desk: desk::find(app, &parts.headers)?,
        })
    }
}
