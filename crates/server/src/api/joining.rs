//! A store device joins by a pairing code, learns its store's settings and how far the tills have
//! counted, and changes its key. What it signs is proven before a handler sees it.

use super::catalogue::own;
use super::paths::{self, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::{Clerk, StoreDevice, StoreReader};
use crate::catalogues::aside;
use crate::office::{self, change};
use crate::peer::Peer;
use crate::reply::{Refused, Reply, json};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::write::{Changed, Joined, Joining, Write, Written};
use purchase::id::{DeviceId, StoreId};
use std::sync::Arc;
use wire::catalogue::answer::CatalogueState;
use wire::error::ErrorCode;
use wire::joining::{
    JoinAnswer, PairingAnswer, SettingsAnswer, TerminalMessage, Terminals, read_join, read_new_key,
    read_pairing,
};
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::store::store_message;
use wire::time::{show, show_utc};

/// A code by which one machine may join the store within 15 minutes; it is shown this once.
#[utoipa::path(post, path = "/v1/stores/{store_id}/pairings", tag = "Operator",
    params(("store_id" = String, Path, description = "The store")),
    request_body = wire::joining::NewPairingMessage,
    responses((status = 201, body = PairingAnswer)), security(("operator" = [])))]
pub(super) async fn pair(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    clerk.of(&app, &store_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let name = read_pairing(&sent).map_err(Refused::faults)?;
    let zone = app.zone(app.store(&store_id)?.timezone.as_str());
    let pairing = office::pair(&app, &clerk, &store_id, name).await?;
    let answer = PairingAnswer {
        code: pairing.code.to_string(),
        expires_at: show(pairing.expires_at, &zone),
    };
    Ok(json(StatusCode::CREATED, &answer))
}

/// A machine joins a store by a pairing code, and signs from then on. While the code lives, the same
/// machine is answered the same again: code and public key are what it is known by.
#[utoipa::path(post, path = "/v1/join", tag = "Store device",
    request_body = wire::joining::JoinMessage,
    responses((status = 201, body = JoinAnswer),
        (status = 404, description = "The code is unknown, was used by another machine, or came too late", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong codes; again after Retry-After", body = wire::error::ProblemMessage, content_type = "application/problem+json")))]
pub(super) async fn join(peer: Peer, State(app): State<Arc<App>>, body: Body) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let join = read_join(&sent).map_err(Refused::faults)?;
    let device_id = DeviceId(app.clock.random());
    let write = Write::Joining(Joining::Join {
        code_hash: join.code.hash(),
        device_id,
        name: join.name,
        public_key: join.public_key,
    });
    match tried(&app, peer, write).await? {
        Joined::Done {
            store_id,
            device_id,
        } => joined(&app, device_id, &store_id),
        Joined::NotFound => Err(Refused::new(
            ErrorCode::NotFound,
            "this pairing code is not known here: it was mistyped, or another machine used it",
        )),
        Joined::Expired => Err(Refused::new(
            ErrorCode::NotFound,
            "this pairing code came too late; the operator makes a new one",
        )),
    }
}

/// Tries a code, unless too many wrong ones were tried already.
async fn tried(app: &App, peer: Peer, write: Write) -> Reply<Joined> {
    let taken = app.tries.take(peer, app.clock.now());
    taken.map_err(|wait| wait.refused("wrong pairing codes were tried"))?;
    let joined = match app.intake.write_one(write).await {
        Ok(Written::Joined(joined)) => joined,
        Ok(other) => panic!("a machine that joins was answered with {other:?}"),
        Err(error) => {
            app.tries.give_back(peer);
            return Err(error.into());
        }
    };
    match joined {
        Joined::Done { .. } => app.tries.give_back(peer),
        Joined::NotFound | Joined::Expired => {}
    }
    Ok(joined)
}

fn joined(app: &App, device_id: DeviceId, store_id: &StoreId) -> Reply<Response> {
    let store = app.store(store_id)?;
    let zone = app.zone(store.timezone.as_str());
    let now = app.clock.now();
    let answer = JoinAnswer {
        device_id: device_id.to_string(),
        store: store_message(&store, now, &zone),
        catalogue: CatalogueState::new(
            &app.ledger.catalogue_head(store_id)?,
            &*app.ledger.patterns(store_id)?,
            store.catalogue_of.as_ref(),
        ),
        server_time: show_utc(now),
        public_url: app.site.public_url(),
    };
    Ok(json(StatusCode::CREATED, &answer))
}

/// A machine that signs has a new public key; the old one is worth nothing from now on.
#[utoipa::path(post, path = "/v1/stores/{store_id}/devices/{device_id}/key", tag = "Store device",
    params(("store_id" = String, Path, description = "The store"),
        ("device_id" = String, Path, description = "The machine itself")),
    request_body = wire::joining::NewKeyMessage,
    responses((status = 204, description = "Only the new key works now")),
    security(("device" = [])))]
pub(super) async fn rotate(
    device: StoreDevice,
    State(app): State<Arc<App>>,
    Path((store_id, device_id)): Path<(String, String)>,
    body: Body,
) -> Reply<StatusCode> {
    let (store_id, device_id) = (own(&app, &device, &store_id)?, paths::device(&device_id)?);
    if device_id != device.device_id {
        return Err(Refused::not_found("device"));
    }
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let public_key = read_new_key(&sent).map_err(Refused::faults)?;
    let rotate = Joining::Rotate {
        store_id,
        device_id,
        public_key,
    };
    match change(&app, Write::Joining(rotate)).await? {
        Changed::Done | Changed::Same => {
            app.known.forget();
            Ok(StatusCode::NO_CONTENT)
        }
        Changed::Different => Err(Refused::new(
            ErrorCode::Forbidden,
            "this device has a bearer key; let it join by a pairing code to sign",
        )),
        Changed::NotFound | Changed::Last | Changed::Full => Err(Refused::not_found("device")),
    }
}

/// A store's settings, for its own machines.
#[utoipa::path(get, path = "/v1/stores/{store_id}/settings", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = SettingsAnswer)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn settings(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    reader.of(&app, &store_id)?;
    let store = app.store(&store_id)?;
    let zone = app.zone(store.timezone.as_str());
    let now = app.clock.now();
    let answer = SettingsAnswer {
        store: store_message(&store, now, &zone),
        server_time: show_utc(now),
        public_url: app.site.public_url(),
    };
    Ok(json(StatusCode::OK, &answer))
}

/// The highest number of each till, as far back as 400 business dates and 200,000 settlements go, so
/// that a machine that is replaced uses none again.
#[utoipa::path(get, path = "/v1/stores/{store_id}/terminals", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = Terminals)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn terminals(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    reader.of(&app, &store_id)?;
    app.store(&store_id)?;
    let ledger = Arc::clone(&app.ledger);
    let found = aside(move || ledger.terminals(&store_id)).await??;
    let terminals = found
        .into_iter()
        .map(|till| TerminalMessage {
            terminal: till.terminal.as_str().to_owned(),
            business_date: till.business_date.to_string(),
            transaction: till.transaction.as_str().to_owned(),
        })
        .collect();
    Ok(json(StatusCode::OK, &Terminals { terminals }))
}
