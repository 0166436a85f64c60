//! Who is asking. Proof is an argument: a handler that takes a [`StoreDevice`], a [`SignedIn`], an
//! [`AsPartner`], a [`Clerk`] or an [`Operator`] cannot be reached without one. Keys are looked up by their hash; a signature was proven
//! before, with the body that it covers.

use crate::app::App;
use crate::reply::Refused;
use crate::secret::Secret;
use crate::standing;
use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use ledger::account::{Grant, Home, Opens, Scope};
use purchase::id::{DeviceId, PartnerId, StoreId, TokenId, UserId};
use std::sync::Arc;
use wire::error::ErrorCode;

/// A machine of a store, or of a chain for all its stores.
#[derive(Clone, Debug)]
pub struct StoreDevice {
    /// For whom it writes.
    pub home: Home,
    /// The machine.
    pub device_id: DeviceId,
}

impl StoreDevice {
    /// One that was proven just now.
    fn met(app: &App, home: Home, device_id: DeviceId) -> Self {
        app.contacts.met(device_id, app.clock.now());
        Self { home, device_id }
    }

    /// Does it write for `store_id`, and read what concerns it?
    fn is_of(&self, app: &App, store_id: &StoreId) -> bool {
        match &self.home {
            Home::Store(own) => own == store_id,
            Home::Chain(chain_id) => app.ledger.chain_of(store_id).as_ref() == Some(chain_id),
        }
    }

    /// Is `store_id` of the chain of this machine's store, or that store itself?
    fn is_sister_of(&self, app: &App, store_id: &StoreId) -> bool {
        let chain_of_own = match &self.home {
            Home::Store(own) => app.ledger.chain_of(own),
            Home::Chain(_) => None,
        };
        self.is_of(app, store_id)
            || (chain_of_own.is_some() && app.ledger.chain_of(store_id) == chain_of_own)
    }

    /// May it write for `store_id`?
    ///
    /// # Errors
    /// What to tell it, if not.
    pub fn writes_for(&self, app: &App, store_id: &StoreId) -> Result<(), String> {
        if self.is_of(app, store_id) {
            return Ok(());
        }
        Err(match &self.home {
            Home::Store(own) => format!("this key writes for {own} only"),
            Home::Chain(chain_id) => format!(
                "this key writes for stores of the chain {} only",
                chain_id.as_str()
            ),
        })
    }
}

/// A person at the own account.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// The person.
    pub user_id: UserId,
    /// By which key somebody asks.
    pub token_id: TokenId,
    /// What is kept of the key that was sent.
    pub(crate) hash: [u8; 32],
}

/// A partner, to whom people may have consented.
#[derive(Clone, Copy, Debug)]
pub struct AsPartner {
    /// Which one.
    pub partner_id: PartnerId,
}

/// An operator, for everything or for some stores only.
#[derive(Clone, Debug)]
pub struct Clerk {
    /// The key; for a browser, the key with which it was let in.
    pub key: TokenId,
    /// How far it reaches.
    pub scope: Scope,
}

impl Clerk {
    /// Does it reach `store_id`?
    #[must_use]
    pub fn reaches(&self, app: &App, store_id: &StoreId) -> bool {
        match &self.scope {
            Scope::Everything => true,
            Scope::Chain(chain_id) => app.ledger.chain_of(store_id).as_ref() == Some(chain_id),
            Scope::Store(own) => own == store_id,
        }
    }

    /// May this one do anything about `store_id`?
    ///
    /// # Errors
    /// 403 with the reason, if not.
    pub fn of(&self, app: &App, store_id: &StoreId) -> Result<(), Refused> {
        match self.reaches(app, store_id) {
            true => Ok(()),
            false => Err(self.too_narrow()),
        }
    }

    /// May this one do what concerns more than some stores?
    ///
    /// # Errors
    /// 403 with the reason, if not.
    pub fn everything(&self) -> Result<(), Refused> {
        match &self.scope {
            Scope::Everything => Ok(()),
            Scope::Chain(_) | Scope::Store(_) => Err(self.too_narrow()),
        }
    }

    fn too_narrow(&self) -> Refused {
        let reach = match &self.scope {
            Scope::Everything => "everything".to_owned(),
            Scope::Chain(chain_id) => format!("stores of the chain {}", chain_id.as_str()),
            Scope::Store(store_id) => format!("the store {store_id}"),
        };
        let detail = format!("this key is for {reach} only; ask whoever gave it to you");
        Refused::new(ErrorCode::Forbidden, detail)
    }
}

/// An operator for everything.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Who.
    pub clerk: Clerk,
}

/// Who was proven before the handlers, by a signature.
#[derive(Clone)]
pub(crate) struct Proven(pub(crate) Arc<Opens>);

fn authenticate(parts: &Parts, app: &App) -> Result<Arc<Opens>, Refused> {
    if let Some(Proven(opens)) = parts.extensions.get() {
        return Ok(Arc::clone(opens));
    }
    let hash = sent_key(parts)?;
    app.known
        .keys
        .look(hash, || app.ledger.opens(&hash))?
        .ok_or_else(|| no_key("this key is not known here, or was revoked"))
}

/// The hash of the key that was sent, which may open nothing.
fn sent_key(parts: &Parts) -> Result<[u8; 32], Refused> {
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
    Ok(secret.hash())
}

fn no_key(detail: &str) -> Refused {
    Refused::new(ErrorCode::Unauthenticated, detail)
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
            } => Ok(Self::met(app, Home::Store(store_id.clone()), *device_id)),
            Opens::ChainDevice {
                chain_id,
                device_id,
            } => Ok(Self::met(app, Home::Chain(chain_id.clone()), *device_id)),
            Opens::Operator { .. }
            | Opens::User { .. }
            | Opens::Session { .. }
            | Opens::Partner { .. } => Err(wrong_kind("a store device's key (ord_…)")),
        }
    }
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::User { user_id, token_id } => {
                standing::open(app, *user_id)?;
                Ok(Self {
                    user_id: *user_id,
                    token_id: *token_id,
                    hash: sent_key(parts)?,
                })
            }
            // A session opens pages by its cookie, and nothing by a header.
            Opens::Operator { .. }
            | Opens::Device { .. }
            | Opens::ChainDevice { .. }
            | Opens::Session { .. }
            | Opens::Partner { .. } => Err(wrong_kind("a person's key (oru_…)")),
        }
    }
}

impl FromRequestParts<Arc<App>> for AsPartner {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::Partner { partner_id } => Ok(Self {
                partner_id: *partner_id,
            }),
            Opens::Operator { .. }
            | Opens::Device { .. }
            | Opens::ChainDevice { .. }
            | Opens::User { .. }
            | Opens::Session { .. } => Err(wrong_kind("a partner's key (orp_…)")),
        }
    }
}

/// A person at what stays the own, also while the account is suspended.
#[derive(Clone, Copy, Debug)]
pub struct DataSubject {
    /// The person.
    pub user_id: UserId,
    /// By which key somebody asks.
    pub token_id: TokenId,
}

impl FromRequestParts<Arc<App>> for DataSubject {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::User { user_id, token_id } => Ok(Self {
                user_id: *user_id,
                token_id: *token_id,
            }),
            Opens::Operator { .. }
            | Opens::Device { .. }
            | Opens::ChainDevice { .. }
            | Opens::Partner { .. }
            | Opens::Session { .. } => Err(wrong_kind("a person's key (oru_…)")),
        }
    }
}

impl FromRequestParts<Arc<App>> for Clerk {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::Operator { token_id, grant } => clerk(app, *token_id, grant),
            Opens::User { .. }
            | Opens::Device { .. }
            | Opens::ChainDevice { .. }
            | Opens::Session { .. }
            | Opens::Partner { .. } => Err(wrong_kind("an operator's key (oro_…)")),
        }
    }
}

/// The holder of an operator's key that was sent in a header.
fn clerk(app: &App, key: TokenId, grant: &Grant) -> Result<Clerk, Refused> {
    // A browser's own secret opens the console by its cookie, and nothing by a header.
    if grant.session_of.is_some() {
        return Err(wrong_kind("an operator's key (oro_…)"));
    }
    if grant.expires_at.is_some_and(|end| end <= app.clock.now()) {
        let detail = "this key has expired; ask an operator for another";
        return Err(Refused::new(ErrorCode::Unauthenticated, detail));
    }
    let scope = grant.scope.clone();
    Ok(Clerk { key, scope })
}

impl FromRequestParts<Arc<App>> for Operator {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        let clerk = Clerk::from_request_parts(parts, app).await?;
        clerk.everything()?;
        Ok(Self { clerk })
    }
}

/// Whoever may read what concerns one store: its devices, those of its chain, and operators.
#[derive(Clone, Debug)]
pub enum StoreReader {
    /// A machine of the store or of its chain.
    Device(StoreDevice),
    /// An operator.
    Operator(Clerk),
}

impl StoreReader {
    /// May this one read about `store_id`? What is not theirs is not there.
    ///
    /// # Errors
    /// 404, as for anything that is somebody else's to read; 403 for an operator of other stores.
    pub fn of(&self, app: &App, store_id: &StoreId) -> Result<(), Refused> {
        match self {
            Self::Operator(clerk) => clerk.of(app, store_id),
            Self::Device(device) if device.is_of(app, store_id) => Ok(()),
            Self::Device(_) => Err(Refused::not_found("store")),
        }
    }

    /// May this one read what a return needs to know of a sale of `store_id`? Goods come back to
    /// any store of a chain.
    ///
    /// # Errors
    /// 404, as for anything that is somebody else's to read.
    pub fn of_chain(&self, app: &App, store_id: &StoreId) -> Result<(), Refused> {
        match self {
            Self::Device(device) if device.is_sister_of(app, store_id) => Ok(()),
            Self::Device(_) | Self::Operator(_) => self.of(app, store_id),
        }
    }
}

impl FromRequestParts<Arc<App>> for StoreReader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match &*authenticate(parts, app)? {
            Opens::Device { .. } | Opens::ChainDevice { .. } => {
                let device = StoreDevice::from_request_parts(parts, app).await?;
                Ok(Self::Device(device))
            }
            Opens::Operator { token_id, grant } => {
                Ok(Self::Operator(clerk(app, *token_id, grant)?))
            }
            Opens::User { .. } | Opens::Session { .. } | Opens::Partner { .. } => {
                Err(wrong_kind("a store device's or an operator's key"))
            }
        }
    }
}
