//! What a device tells of itself and hears back, and the names that operators ask its store for.

use super::catalogue::own;
use super::paths::{self, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::{Clerk, StoreDevice};
use crate::machines::REPORT_EVERY_S;
use crate::office::change;
use crate::reply::{Refused, Reply, json};
use crate::wishes;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::tz::TimeZone;
use ledger::account::Wish;
use ledger::write::{Changed, ReportStep, Write};
use std::sync::Arc;
use wire::error::ErrorCode;
use wire::limits::REPORT_BYTES;
use wire::report::{ReportAnswer, WishMessage, read_report};
use wire::time::show;

/// What a device tells of itself: its queue, what a person has to look at, how the machine is. The next report
/// takes its place; the operator sees it. The answer says which names the store is asked for.
#[utoipa::path(put, path = "/v1/stores/{store_id}/report", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    request_body = wire::report::ReportMessage,
    responses((status = 200, body = ReportAnswer),
        (status = 422, description = "Refused; what was told before stays", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 429, description = "Too often; again after Retry-After. Sales are not counted here", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("device" = [])))]
pub(super) async fn tell(
    device: StoreDevice,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let store_id = own(&app, &device, &store_id)?;
    let zone = app.zone(app.store(&store_id)?.timezone.as_str());
    let taken = app
        .report_pace
        .take(device.device_id, &store_id, app.clock.now());
    taken.map_err(|seconds| {
        let detail = "this device reports too often; report when something changed, or when the \
                      last answer said so";
        Refused::later(ErrorCode::RateLimited, detail, seconds)
    })?;
    let sent = read_body(body, REPORT_BYTES).await?;
    let report = read_report(&sent, &store_id).map_err(Refused::faults)?;
    let told = ReportStep::Tell {
        store_id: store_id.clone(),
        device_id: device.device_id,
        report: Box::new(report),
    };
    match change(&app, Write::Report(told)).await? {
        Changed::Done | Changed::Same => {}
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            return Err(Refused::not_found("device"));
        }
    }
    let wishes = wishes::heard(&app, &store_id)?;
    let answer = ReportAnswer {
        wishes: wishes.iter().map(|wish| message(wish, &zone)).collect(),
        next_report_s: REPORT_EVERY_S,
    };
    Ok(json(StatusCode::OK, &answer))
}

fn message(wish: &Wish, zone: &TimeZone) -> WishMessage {
    WishMessage {
        code: wish.code.as_str().to_owned(),
        asked_at: show(wish.asked_at, zone),
        lines: wish.lines,
    }
}

/// Asks the store what a code is called for which lines wait. Its device shows that until the code has its
/// name, for 90 days at most.
#[utoipa::path(post, path = "/v1/stores/{store_id}/pending/{code}/wish", tag = "Operator",
    params(("store_id" = String, Path, description = "The store"),
        ("code" = String, Path, description = "The code that lines wait for")),
    responses((status = 201, description = "Asked now", body = WishMessage),
        (status = 200, description = "Asked before", body = WishMessage),
        (status = 404, description = "No line waits for the code", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn wish(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path((store_id, code)): Path<(String, String)>,
) -> Reply<Response> {
    let (store_id, code) = (paths::store(&store_id)?, paths::code(&code)?);
    clerk.of(&app, &store_id)?;
    let zone = app.zone(app.store(&store_id)?.timezone.as_str());
    let status = match wishes::ask(&app, &clerk, &store_id, &code).await? {
        Changed::Done => StatusCode::CREATED,
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            StatusCode::OK
        }
    };
    let found = wishes::find(&app, &store_id, &code)?;
    // Its name may have come this very moment.
    let found = found.ok_or_else(|| Refused::not_found("wish"))?;
    Ok(json(status, &message(&found, &zone)))
}

/// Asks the store no more what a code is called.
#[utoipa::path(delete, path = "/v1/stores/{store_id}/pending/{code}/wish", tag = "Operator",
    params(("store_id" = String, Path, description = "The store"),
        ("code" = String, Path, description = "The code")),
    responses((status = 204, description = "Taken back"),
        (status = 404, description = "Nobody asks for it", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn take_back(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path((store_id, code)): Path<(String, String)>,
) -> Reply<StatusCode> {
    let (store_id, code) = (paths::store(&store_id)?, paths::code(&code)?);
    clerk.of(&app, &store_id)?;
    wishes::take_back(&app, &clerk, &store_id, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}
