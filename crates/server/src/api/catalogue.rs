//! A store's catalogue: written by that store's device, read by it and by operators.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::{StoreDevice, StoreReader};
use crate::catalogues;
use crate::reply::{Refused, Reply, json};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use purchase::id::{Revision, StoreId};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::catalogue::answer::{
    CatalogueState, ChangesMessage, ItemVersions, PatternSetMessage, PendingCodeMessage,
    PendingCodes, UpdateAnswer, item_version,
};
use wire::catalogue::{read_snapshot, read_snapshot_lines, read_update};
use wire::error::ErrorCode;
use wire::limits::CATALOGUE_BYTES;

/// Changes told in one answer, unless one revision alone has more.
const CHANGES_PER_PAGE: usize = 10_000;

/// Only a store's own devices, and those of its chain, write for it.
pub(super) fn own(app: &App, device: &StoreDevice, store_id: &str) -> Reply<StoreId> {
    let store_id = paths::store(store_id)?;
    device
        .writes_for(app, &store_id)
        .map_err(|detail| Refused::new(ErrorCode::NotYourStore, detail))?;
    Ok(store_id)
}

/// Where the catalogue stands.
#[utoipa::path(get, path = "/v1/stores/{store_id}/catalogue", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = CatalogueState)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn get(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    reader.of(&app, &store_id)?;
    let store = app.store(&store_id)?;
    let head = app.ledger.catalogue_head(&store_id)?;
    let patterns = app.ledger.patterns(&store_id)?;
    let state = CatalogueState::new(&head, &patterns, store.catalogue_of.as_ref());
    Ok(json(StatusCode::OK, &state))
}

/// Changes the catalogue.
#[utoipa::path(put, path = "/v1/stores/{store_id}/catalogue", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    request_body = wire::catalogue::message::UpdateMessage,
    responses(
        (status = 200, description = "Applied, or applied before", body = UpdateAnswer),
        (status = 409, description = "catalogue_gap with current_revision, catalogue_forked, or catalogue_follows", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 422, description = "Refused; nothing is stored", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("device" = [])))]
pub(super) async fn put(
    device: StoreDevice,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let store_id = own(&app, &device, &store_id)?;
    let sent = read_body(body, CATALOGUE_BYTES).await?;
    let update = catalogues::aside(move || read_update(&sent))
        .await?
        .map_err(Refused::faults)?;
    let answer = catalogues::update(app, store_id, update).await?;
    Ok(json(StatusCode::OK, &answer))
}

/// Replaces the catalogue: what is not in the snapshot is discontinued.
#[utoipa::path(put, path = "/v1/stores/{store_id}/catalogue/snapshot", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    request_body(description = "A JSON document, or NDJSON with the header on its first line",
        content((wire::catalogue::message::SnapshotMessage = "application/json"),
            (String = "application/x-ndjson"))),
    responses(
        (status = 200, description = "Applied, or applied before", body = UpdateAnswer),
        (status = 409, description = "catalogue_gap with current_revision, catalogue_forked, or catalogue_follows", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 422, description = "Refused; nothing is stored", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("device" = [])))]
pub(super) async fn put_snapshot(
    device: StoreDevice,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Response> {
    let store_id = own(&app, &device, &store_id)?;
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is_lines = media_type.is_some_and(|text| text.starts_with("application/x-ndjson"));
    let read = if is_lines {
        read_snapshot_lines
    } else {
        read_snapshot
    };
    let sent = read_body(body, CATALOGUE_BYTES).await?;
    let snapshot = catalogues::aside(move || read(&sent))
        .await?
        .map_err(Refused::faults)?;
    let answer = catalogues::replace(app, store_id, snapshot).await?;
    Ok(json(StatusCode::OK, &answer))
}

/// Every version of an item.
#[utoipa::path(get, path = "/v1/stores/{store_id}/catalogue/items/{code}", tag = "Store device",
    params(("store_id" = String, Path, description = "The store"),
        ("code" = String, Path, description = "The item's code")),
    responses((status = 200, body = ItemVersions)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn item(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path((store_id, code)): Path<(String, String)>,
) -> Reply<Response> {
    let (store_id, code) = (paths::store(&store_id)?, paths::code(&code)?);
    reader.of(&app, &store_id)?;
    let store = app.store(&store_id)?;
    let zone = app.zone(store.timezone.as_str());
    let versions = app.ledger.item_versions(&store_id, &code)?;
    if versions.is_empty() {
        return Err(Refused::not_found("item"));
    }
    let versions = versions
        .iter()
        .map(|version| item_version(&code, version, &zone))
        .collect();
    Ok(json(
        StatusCode::OK,
        &ItemVersions {
            code: code.as_str(),
            versions,
            catalogue_of: store.catalogue_of.as_ref().map(StoreId::as_str),
        },
    ))
}

/// Where a follower stands.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// The last revision that the follower has; 0 for none.
    after: Option<u64>,
}

/// What changed after a revision, for followers.
#[utoipa::path(get, path = "/v1/stores/{store_id}/catalogue/changes", tag = "Store device",
    params(("store_id" = String, Path, description = "The store"), After),
    responses((status = 200, body = ChangesMessage)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn changes(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Parameters(asked): Parameters<After>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    reader.of(&app, &store_id)?;
    let store = app.store(&store_id)?;
    let zone = app.zone(store.timezone.as_str());
    let after = Revision(asked.after.unwrap_or(0));
    let (ledger, id) = (Arc::clone(&app.ledger), store_id.clone());
    let (head, changes) =
        catalogues::aside(move || ledger.changes_after(&id, after, CHANGES_PER_PAGE)).await??;
    let last = changes.last().map(|(_, version)| version.revision);
    let next = last.filter(|last| *last < head.revision);
    // Patterns come with the page that tells of their revision, the last page with the rest.
    let upto = next.unwrap_or(head.revision);
    let patterns = app.ledger.patterns(&store_id)?;
    let mut sets: Vec<_> = patterns.as_slice().iter().collect();
    sets.retain(|set| set.revision > after && set.revision <= upto);
    sets.sort_by_key(|set| set.revision);
    let message = ChangesMessage {
        patterns: sets
            .into_iter()
            .map(|set| PatternSetMessage::new(set, &zone))
            .collect(),
        revision: head.revision.0,
        lineage: head.lineage.as_ref().map(|text| text.as_str()),
        changes: changes
            .iter()
            .map(|(code, version)| item_version(code, version, &zone))
            .collect(),
        next_after: next.map(|next| next.0),
        catalogue_of: store.catalogue_of.as_ref().map(StoreId::as_str),
    };
    Ok(json(StatusCode::OK, &message))
}

/// Codes that were sold and have no name.
#[utoipa::path(get, path = "/v1/stores/{store_id}/pending", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = PendingCodes)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn pending(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    reader.of(&app, &store_id)?;
    let zone = app.zone(app.store(&store_id)?.timezone.as_str());
    let (ledger, now) = (Arc::clone(&app.ledger), app.clock.now());
    let codes = catalogues::aside(move || ledger.pending_codes(&store_id, now)).await??;
    let pending = codes
        .iter()
        .map(|code| {
            let seen = [code.first_seen, code.last_seen];
            let codes = (&code.code, code.item.as_ref());
            PendingCodeMessage::new(codes, code.lines, seen, code.confirm, &zone)
        })
        .collect();
    Ok(json(StatusCode::OK, &PendingCodes { pending }))
}

/// Who says what a code is called: the store's own machine, or an operator for it, as on the console.
fn confirms(app: &App, by: &StoreReader, store_id: &str) -> Reply<StoreId> {
    match by {
        StoreReader::Device(device) => own(app, device, store_id),
        StoreReader::Operator(clerk) => {
            let store_id = paths::store(store_id)?;
            clerk.of(app, &store_id)?;
            app.store(&store_id)?;
            Ok(store_id)
        }
    }
}

/// The store's word that a revision names the lines that wait for a code.
#[utoipa::path(post, path = "/v1/stores/{store_id}/pending/{code}", tag = "Store device",
    params(("store_id" = String, Path, description = "The store"),
        ("code" = String, Path, description = "The item's code")),
    request_body = wire::operator::ConfirmMessage,
    responses((status = 200, body = UpdateAnswer),
        (status = 422, description = "The revision does not name the code", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn confirm(
    by: StoreReader,
    State(app): State<Arc<App>>,
    Path((store_id, code)): Path<(String, String)>,
    body: Body,
) -> Reply<Response> {
    let (store_id, code) = (confirms(&app, &by, &store_id)?, paths::code(&code)?);
    let sent = read_body(body, wire::limits::SETTLEMENT_BYTES).await?;
    let revision = wire::operator::read_confirm(&sent).map_err(Refused::faults)?;
    let answer = match &by {
        StoreReader::Device(_) => catalogues::confirm(app, store_id, code, revision).await?,
        StoreReader::Operator(clerk) => {
            catalogues::confirm_by(app, clerk, store_id, (code, revision)).await?
        }
    };
    Ok(json(StatusCode::OK, &answer))
}
