//! The ids in paths and the small parameters of queries, proven before a handler sees them.

use crate::app::App;
use crate::reply::{Refused, Reply};
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use purchase::id::{
    AliasId, DeviceId, ItemCode, Label, PartnerId, PurchaseId, SettlementKey, SoughtId, StoreId,
    TokenId, UserId,
};
use purchase::store::ChainId;
use purchase::time::BusinessDate;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use wire::error::{ErrorCode, FieldError};

/// What cannot name anything names nothing that is there.
fn missing(what: &str) -> Refused {
    Refused::not_found(what)
}

pub(super) fn store(text: &str) -> Reply<StoreId> {
    StoreId::parse(text).map_err(|_| missing("store"))
}

pub(super) fn chain(text: &str) -> Reply<ChainId> {
    ChainId::parse(text).map_err(|_| missing("chain"))
}

pub(super) fn code(text: &str) -> Reply<ItemCode> {
    ItemCode::parse(text).map_err(|_| missing("item"))
}

pub(super) fn purchase(text: &str) -> Reply<PurchaseId> {
    PurchaseId::parse(text).map_err(|_| missing("purchase"))
}

fn user(text: &str) -> Reply<UserId> {
    UserId::parse(text).map_err(|_| missing("user"))
}

/// A person by an id. That of somebody whose account went into another one is as good as that one's.
pub(super) fn person(app: &App, text: &str) -> Reply<UserId> {
    Ok(app.ledger.heir(user(text)?)?)
}

pub(super) fn token(text: &str) -> Reply<TokenId> {
    TokenId::parse(text).map_err(|_| missing("token"))
}

pub(super) fn sought(text: &str) -> Reply<SoughtId> {
    SoughtId::parse(text).map_err(|_| missing("request"))
}

pub(super) fn partner(text: &str) -> Reply<PartnerId> {
    PartnerId::parse(text).map_err(|_| missing("partner"))
}

pub(super) fn alias(text: &str) -> Reply<AliasId> {
    AliasId::parse(text).map_err(|_| missing("person"))
}

pub(super) fn device(text: &str) -> Reply<DeviceId> {
    DeviceId::parse(text).map_err(|_| missing("device"))
}

pub(super) fn date(text: &str) -> Reply<BusinessDate> {
    BusinessDate::parse(text).map_err(|error| parameter("business_date", error.to_string()))
}

pub(super) fn settlement(
    store_id: &str,
    terminal: &str,
    business_date: &str,
    transaction: &str,
) -> Reply<SettlementKey> {
    Ok(SettlementKey {
        store_id: store(store_id)?,
        terminal: Label::parse(terminal).map_err(|_| missing("settlement"))?,
        business_date: date(business_date)?,
        transaction: Label::parse(transaction).map_err(|_| missing("settlement"))?,
    })
}

/// The parts of a path. One that is no text names nothing that is there.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Path<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        match axum::extract::Path::from_request_parts(parts, app).await {
            Ok(axum::extract::Path(read)) => Ok(Self(read)),
            Err(_) => Err(missing("page")),
        }
    }
}

/// The parameters of a query, by name; one that the route does not know is refused.
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Parameters<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, Refused> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(rejection) => Err(unreadable(&rejection.body_text())),
        }
    }
}

/// What is wrong with a query, from the words of the reader that refused it.
fn unreadable(said: &str) -> Refused {
    let detail = said
        .strip_prefix("Failed to deserialize query string: ")
        .unwrap_or(said);
    let code = if detail.contains("unknown field") {
        ErrorCode::UnknownField
    } else if detail.contains("duplicate field") {
        ErrorCode::DuplicateField
    } else {
        ErrorCode::InvalidValue
    };
    Refused::faults(vec![FieldError {
        pointer: String::new(),
        code,
        detail: detail.to_owned(),
    }])
}

/// A parameter that cannot be read.
pub(super) fn parameter(name: &str, detail: impl Into<String>) -> Refused {
    Refused::faults(vec![FieldError {
        pointer: format!("/{name}"),
        code: ErrorCode::InvalidValue,
        detail: detail.into(),
    }])
}
