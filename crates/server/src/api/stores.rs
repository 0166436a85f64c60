//! Stores and their machines, for operators.

use super::paths::{self, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::{Clerk, Operator, StoreReader};
use crate::office::{Deed, carry_out};
use crate::reply::{Refused, Reply, json};
use crate::secret::{Secret, SecretKind};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::account::{Act, Device};
use ledger::write::{Changed, Joining, Write};
use purchase::id::{DeviceId, StoreId};
use std::sync::Arc;
use wire::error::ErrorCode;
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::answer::{DeviceAnswer, DeviceMessage, Devices};
use wire::operator::store::{StoreMessage, Stores, read_store, read_store_patch, store_message};
use wire::operator::{NewDevice, read_device};

fn shown(app: &App, status: StatusCode, store_id: &StoreId) -> Reply<Response> {
    let store = app.store(store_id)?;
    let zone = app.zone(store.timezone.as_str());
    Ok(json(status, &store_message(&store, app.clock.now(), &zone)))
}

/// Every store; a key for some stores is told those.
#[utoipa::path(get, path = "/v1/stores", tag = "Operator",
    responses((status = 200, body = Stores)), security(("operator" = [])))]
pub(super) async fn list(clerk: Clerk, State(app): State<Arc<App>>) -> Reply<Response> {
    let stores: Vec<_> = app
        .ledger
        .store_ids()
        .iter()
        .filter(|id| clerk.reaches(&app, id))
        .filter_map(|id| app.ledger.store(id))
        .collect();
    let now = app.clock.now();
    let messages: Vec<StoreMessage<'_>> = stores
        .iter()
        .map(|store| store_message(store, now, &app.zone(store.timezone.as_str())))
        .collect();
    Ok(json(StatusCode::OK, &Stores { stores: messages }))
}

/// A new store; the same again is answered with 200.
#[utoipa::path(post, path = "/v1/stores", tag = "Operator",
    request_body = wire::operator::store::NewStoreMessage,
    responses((status = 201, body = StoreMessage), (status = 200, body = StoreMessage),
        (status = 422, description = "No such chain, or not a catalogue to follow", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 409, description = "There is one of that id with other content", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn add(
    operator: Operator,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let store = read_store(&sent).map_err(Refused::faults)?;
    let store_id = store.store_id.clone();
    let deed = Deed::at(Act::StoreAdded, &store_id);
    let write = Write::AddStore(Box::new(store));
    match carry_out(&app, &operator.clerk, deed, write).await? {
        Changed::Done => shown(&app, StatusCode::CREATED, &store_id),
        Changed::Same => shown(&app, StatusCode::OK, &store_id),
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::new(
                ErrorCode::AlreadyExistsDifferently,
                "there is a store of this id with other content; PATCH changes how it presents itself",
            ))
        }
    }
}

/// One store.
#[utoipa::path(get, path = "/v1/stores/{store_id}", tag = "Operator",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = StoreMessage)),
    security(("operator" = []), ("device" = [])))]
pub(super) async fn get(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    reader.of(&app, &store_id)?;
    shown(&app, StatusCode::OK, &store_id)
}

/// A store presents itself differently from an instant on, or has another chain or catalogue from now
/// on.
#[utoipa::path(patch, path = "/v1/stores/{store_id}", tag = "Operator",
    params(("store_id" = String, Path, description = "The store")),
    request_body = wire::operator::store::StorePatchMessage,
    responses((status = 200, body = StoreMessage),
        (status = 409, description = "catalogue_in_use: lines wait for names, or stores follow this one", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 422, description = "No such chain, or not a catalogue to follow", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn patch(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let patch = read_store_patch(&sent).map_err(Refused::faults)?;
    let store = app.store(&store_id)?;
    if let Some((chain_id, catalogue_of)) = patch.link_over(&store) {
        let link = Write::Link {
            store_id: store_id.clone(),
            chain_id,
            catalogue_of,
        };
        let deed = Deed::at(Act::StoreChanged, &store_id).to("chain or catalogue");
        carry_out(&app, &operator.clerk, deed, link).await?;
    }
    let Some(identity) = patch.identity else {
        return shown(&app, StatusCode::OK, &store_id);
    };
    let write = Write::AddIdentity {
        store_id: store_id.clone(),
        identity: Box::new(identity.over(&store)),
    };
    let deed = Deed::at(Act::StoreChanged, &store_id);
    match carry_out(&app, &operator.clerk, deed, write).await? {
        Changed::Done | Changed::Same => shown(&app, StatusCode::OK, &store_id),
        Changed::NotFound => Err(Refused::not_found("store")),
        Changed::Different | Changed::Last | Changed::Full => Err(Refused::new(
            ErrorCode::TooManyRows,
            "this store has had too many identities",
        )),
    }
}

/// A store writes nothing more; its history stays.
#[utoipa::path(post, path = "/v1/stores/{store_id}/close", tag = "Operator",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = StoreMessage),
        (status = 409, description = "catalogue_in_use: other stores follow its catalogue", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn close(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    let deed = Deed::at(Act::StoreClosed, &store_id);
    let write = Write::CloseStore {
        store_id: store_id.clone(),
    };
    match carry_out(&app, &operator.clerk, deed, write).await? {
        Changed::Done | Changed::Same => shown(&app, StatusCode::OK, &store_id),
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("store"))
        }
    }
}

/// The machines of a store.
#[utoipa::path(get, path = "/v1/stores/{store_id}/devices", tag = "Operator",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = Devices)), security(("operator" = [])))]
pub(super) async fn devices(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    clerk.of(&app, &store_id)?;
    app.store(&store_id)?;
    let found = app.ledger.devices(&store_id)?;
    let devices = device_messages(&found);
    Ok(json(StatusCode::OK, &Devices { devices }))
}

pub(super) fn device_messages(devices: &[Device]) -> Vec<DeviceMessage> {
    let message = |device: &Device| {
        let name = device.name.as_str();
        DeviceMessage::new(device.device_id, name, device.created_at, device.revoked_at)
    };
    devices.iter().map(message).collect()
}

/// A machine for a store; its key is shown this once. With a public key it signs, and gets none.
#[utoipa::path(post, path = "/v1/stores/{store_id}/devices", tag = "Operator",
    params(("store_id" = String, Path, description = "The store")),
    request_body = wire::operator::NewDeviceMessage,
    responses((status = 201, body = DeviceAnswer)), security(("operator" = [])))]
pub(super) async fn add_device(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    clerk.of(&app, &store_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let device = read_device(&sent).map_err(Refused::faults)?;
    let device_id = DeviceId(app.clock.random());
    let deed = Deed::at(Act::DeviceAdded, &store_id).to(device.name.as_str());
    let (write, key) = new_device(&app, store_id, device_id, device);
    match carry_out(&app, &clerk, deed, write).await? {
        Changed::Done | Changed::Same => {
            let device_id = device_id.to_string();
            Ok(json(StatusCode::CREATED, &DeviceAnswer { device_id, key }))
        }
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("store"))
        }
    }
}

/// What makes a machine, and the key that it gets unless it brought one of its own.
fn new_device(
    app: &App,
    store_id: StoreId,
    device_id: DeviceId,
    device: NewDevice,
) -> (Write, Option<String>) {
    let name = device.name;
    if let Some(public_key) = device.public_key {
        let signer = Joining::Signer {
            store_id,
            device_id,
            name,
            public_key,
        };
        return (Write::Joining(signer), None);
    }
    let secret = Secret::new(SecretKind::Device, app.clock.random());
    let write = Write::AddDevice {
        store_id,
        device_id,
        name,
        hash: secret.hash(),
    };
    (write, Some(secret.reveal().to_owned()))
}

/// A machine's key stops working.
#[utoipa::path(delete, path = "/v1/stores/{store_id}/devices/{device_id}", tag = "Operator",
    params(("store_id" = String, Path, description = "The store"),
        ("device_id" = String, Path, description = "The machine")),
    responses((status = 204, description = "The key no longer works")),
    security(("operator" = [])))]
pub(super) async fn revoke_device(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path((store_id, device_id)): Path<(String, String)>,
) -> Reply<StatusCode> {
    let (store_id, device_id) = (paths::store(&store_id)?, paths::device(&device_id)?);
    clerk.of(&app, &store_id)?;
    let deed = Deed::at(Act::DeviceRevoked, &store_id).to(&device_id.to_string());
    let write = Write::RevokeDevice {
        store_id,
        device_id,
    };
    match carry_out(&app, &clerk, deed, write).await? {
        Changed::Done | Changed::Same => {
            app.known.forget();
            Ok(StatusCode::NO_CONTENT)
        }
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("device"))
        }
    }
}
