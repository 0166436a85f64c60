//! Chains and their machines, for operators.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters, Path};
use super::settlements::read_body;
use super::stores::device_messages;
use crate::app::App;
use crate::auth::Operator;
use crate::office::{Deed, carry_out};
use crate::reply::{Refused, Reply, json};
use crate::secret::{Secret, SecretKind};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::account::Act;
use ledger::write::{Chaining, Changed, Credential, Write};
use purchase::id::DeviceId;
use purchase::store::ChainId;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::error::ErrorCode;
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::answer::{ChainMessage, Chains, DeviceAnswer, Devices};
use wire::operator::{read_chain, read_device};

/// Chains on one page.
const PER_PAGE: usize = 1_000;

/// Where the last page ended.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Cursor {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The chains, by id, a thousand on a page.
#[utoipa::path(get, path = "/v1/chains", tag = "Operator", params(Cursor),
    responses((status = 200, body = Chains)), security(("operator" = [])))]
pub(super) async fn list(
    _operator: Operator,
    State(app): State<Arc<App>>,
    Parameters(asked): Parameters<Cursor>,
) -> Reply<Response> {
    let after = match asked.cursor.as_deref() {
        None | Some("") => None,
        Some(text) => Some(
            ChainId::parse(text)
                .map_err(|_| paths::parameter("cursor", "copy next_cursor unchanged"))?,
        ),
    };
    let found = app.ledger.chains(after.as_ref(), PER_PAGE)?;
    let next = (found.len() == PER_PAGE).then(|| found.last()).flatten();
    let next_cursor = next.map(|last| last.chain_id.as_str().to_owned());
    let chains = found
        .iter()
        .map(|chain| ChainMessage {
            chain_id: chain.chain_id.as_str().to_owned(),
            name: chain.name.as_str().to_owned(),
            stores: chain.stores,
        })
        .collect();
    Ok(json(
        StatusCode::OK,
        &Chains {
            chains,
            next_cursor,
        },
    ))
}

/// A new chain; the same again is answered with 200.
#[utoipa::path(post, path = "/v1/chains", tag = "Operator",
    request_body = wire::operator::NewChainMessage,
    responses((status = 201, body = ChainMessage), (status = 200, body = ChainMessage),
        (status = 409, description = "There is one of that id with another name", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn add(
    operator: Operator,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let chain = read_chain(&sent).map_err(Refused::faults)?;
    let chain_id = chain.chain_id.clone();
    let add = Chaining::Add {
        chain_id: chain.chain_id,
        name: chain.name,
    };
    let deed = Deed::new(Act::ChainAdded).to(chain_id.as_str());
    let status = match carry_out(&app, &operator.clerk, deed, Write::Chain(add)).await? {
        Changed::Done => StatusCode::CREATED,
        Changed::Same => StatusCode::OK,
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            return Err(Refused::new(
                ErrorCode::AlreadyExistsDifferently,
                "there is a chain of this id with another name; take another id",
            ));
        }
    };
    let name = named(&app, &chain_id)?;
    let of_chain =
        |id: &&purchase::id::StoreId| app.ledger.chain_of(id).as_ref() == Some(&chain_id);
    let stores = app.ledger.store_ids().iter().filter(of_chain).count();
    let message = ChainMessage {
        chain_id: chain_id.as_str().to_owned(),
        name,
        stores: u64::try_from(stores).unwrap_or(u64::MAX),
    };
    Ok(json(status, &message))
}

/// The chain's name.
fn named(app: &App, chain_id: &ChainId) -> Reply<String> {
    let name = app.ledger.chain_name(chain_id)?;
    let name = name.ok_or_else(|| Refused::not_found("chain"))?;
    Ok(name.as_str().to_owned())
}

/// The machines of a chain.
#[utoipa::path(get, path = "/v1/chains/{chain_id}/devices", tag = "Operator",
    params(("chain_id" = String, Path, description = "The chain")),
    responses((status = 200, body = Devices)), security(("operator" = [])))]
pub(super) async fn devices(
    _operator: Operator,
    State(app): State<Arc<App>>,
    Path(chain_id): Path<String>,
) -> Reply<Response> {
    let chain_id = paths::chain(&chain_id)?;
    named(&app, &chain_id)?;
    let devices = device_messages(&app.ledger.chain_devices(&chain_id)?);
    Ok(json(StatusCode::OK, &Devices { devices }))
}

/// A machine that writes for every store of a chain, also for one that comes later; its key is shown
/// this once. With a public key it signs, and gets none.
#[utoipa::path(post, path = "/v1/chains/{chain_id}/devices", tag = "Operator",
    params(("chain_id" = String, Path, description = "The chain")),
    request_body = wire::operator::NewDeviceMessage,
    responses((status = 201, body = DeviceAnswer)), security(("operator" = [])))]
pub(super) async fn add_device(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(chain_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let chain_id = paths::chain(&chain_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let device = read_device(&sent).map_err(Refused::faults)?;
    let device_id = DeviceId(app.clock.random());
    let (credential, key) = match device.public_key {
        Some(public_key) => (Credential::PublicKey(public_key), None),
        None => {
            let secret = Secret::new(SecretKind::Device, app.clock.random());
            let key = secret.reveal().to_owned();
            (Credential::Hash(secret.hash()), Some(key))
        }
    };
    let deed = Deed::new(Act::DeviceAdded).to(device.name.as_str());
    let add = Chaining::Device {
        chain_id,
        device_id,
        name: device.name,
        credential,
    };
    match carry_out(&app, &operator.clerk, deed, Write::Chain(add)).await? {
        Changed::Done | Changed::Same => {
            let device_id = device_id.to_string();
            Ok(json(StatusCode::CREATED, &DeviceAnswer { device_id, key }))
        }
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("chain"))
        }
    }
}

/// A machine's key stops working, for every store of the chain.
#[utoipa::path(delete, path = "/v1/chains/{chain_id}/devices/{device_id}", tag = "Operator",
    params(("chain_id" = String, Path, description = "The chain"),
        ("device_id" = String, Path, description = "The machine")),
    responses((status = 204, description = "The key no longer works")),
    security(("operator" = [])))]
pub(super) async fn revoke_device(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path((chain_id, device_id)): Path<(String, String)>,
) -> Reply<StatusCode> {
    let (chain_id, device_id) = (paths::chain(&chain_id)?, paths::device(&device_id)?);
    let revoke = Chaining::Revoke {
        chain_id,
        device_id,
    };
    let deed = Deed::new(Act::DeviceRevoked).to(&device_id.to_string());
    match carry_out(&app, &operator.clerk, deed, Write::Chain(revoke)).await? {
        Changed::Done | Changed::Same => {
            app.known.forget();
            Ok(StatusCode::NO_CONTENT)
        }
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("device"))
        }
    }
}
