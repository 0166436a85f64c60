//! Who is asking. Proof is an argument: a handler that takes a [`StoreDevice`], a [`SignedIn`] or an
//! [`Operator`] cannot be reached without one. Keys are looked up by their hash; a signature was proven
//! before, with the body that it covers.

use crate::app::App;
use crate::reply::Refused;
use crate::secret::Secret;
use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use ledger::account::Opens;
use purchase::id::{DeviceId, StoreId, TokenId, UserId};
use std::sync::Arc;
use wire::error::ErrorCode;

/// A store's machine.
#[derive(Clone, Debug)]
pub struct StoreDevice {
    /// The store it writes for.
    pub store_id: StoreId,
    /// The machine.
    pub device_id: DeviceId,
}

/// A person at the own account.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// The person.
    pub user_id: UserId,
}

/// An operator.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// The key.
    pub token_id: TokenId,
}

/// Who was proven before the handlers, by a signature.
#[derive(Clone)]
pub(crate) struct Proven(pub(crate) Arc<Opens>);

fn authenticate(parts: &Parts, app: &App) -> Result<Arc<Opens>, Refused> {
    if let Some(Proven(opens)) = parts.extensions.get() {
        return Ok(Arc::clone(opens));
    }
    let no_key = |detail: &str| Refused::new(ErrorCode::Unauthenticated, detail);
    let header = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| no_key("send the header Authorization: Bearer with your key"))?;
    // The name of the scheme is the same in any case (RFC 9110).
    let text = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .map(|(_, text)| text)
        .ok_or_else(|| no_key("the Authorization header begins with Bearer and a blank"))?;
    let secret = Secret::parse(text.trim()).ok_or_else(|| {
        no_key("this is no key of this server: a part is missing or mistyped; copy it again")
    })?;
    let hash = secret.hash();
    app.known
        .keys
        .look(hash, || app.ledger.opens(&hash))?
        .ok_or_else(|| no_key("this key is not known here, or was revoked"))
}

fn wrong_kind(wanted: &str) -> Refused {
    Refused::new(ErrorCode::Forbidden, format!("this needs {wanted}"))
}

impl FromRequestParts<Arc<App>> for StoreDevice {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::Device {
                store_id,
                device_id,
            } => Ok(Self {
                store_id: store_id.clone(),
                device_id: *device_id,
            }),
            Opens::Operator { .. } | Opens::User { .. } => {
                Err(wrong_kind("a store device's key (ord_…)"))
            }
        }
    }
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::User { user_id, .. } => Ok(Self { user_id: *user_id }),
            Opens::Operator { .. } | Opens::Device { .. } => {
                Err(wrong_kind("a person's key (oru_…)"))
            }
        }
    }
}

impl FromRequestParts<Arc<App>> for Operator {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::Operator { token_id } => Ok(Self {
                token_id: *token_id,
            }),
            Opens::User { .. } | Opens::Device { .. } => {
                Err(wrong_kind("an operator's key (oro_…)"))
            }
        }
    }
}

/// Whoever may read what concerns one store: its devices, and operators.
#[derive(Clone, Debug)]
pub enum StoreReader {
    /// A machine of the store.
    Device(StoreDevice),
    /// An operator.
    Operator(Operator),
}

impl StoreReader {
    /// May this one read about `store_id`? What is not theirs is not there.
    ///
    /// # Errors
    /// 404, as for anything that is somebody else's to read.
    pub fn of(&self, store_id: &StoreId) -> Result<(), Refused> {
        match self {
            Self::Operator(_) => Ok(()),
            Self::Device(device) if device.store_id == *store_id => Ok(()),
            Self::Device(_) => Err(Refused::not_found("store")),
        }
    }
}

impl FromRequestParts<Arc<App>> for StoreReader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::Device {
                store_id,
                device_id,
            } => Ok(Self::Device(StoreDevice {
                store_id: store_id.clone(),
                device_id: *device_id,
            })),
            Opens::Operator { token_id } => Ok(Self::Operator(Operator {
                token_id: *token_id,
            })),
            Opens::User { .. } => Err(wrong_kind("a store device's or an operator's key")),
        }
    }
}
