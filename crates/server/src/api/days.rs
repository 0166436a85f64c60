//! What a store and the server agree on: its days, single settlements and what is still returnable,
//! and settlements that came under keys already taken. Never the person.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters, Path};
use crate::app::App;
use crate::auth::{Clerk, StoreReader};
use crate::catalogues::aside;
use crate::discretion::Beside;
use crate::office::{Deed, note};
use crate::reply::{Refused, Reply, json};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::account::{Act, Conflicting};
use purchase::id::{Label, SettlementKey, StoreId};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::operator::answer::{
    ConflictView, Conflicts, DaySettlement, DaySettlements, LookupView, SettlementLookup, conflict,
    lookup,
};
use wire::operator::count::DayMessage;

/// Settlements on one page of a day.
const PER_PAGE: usize = 1_000;
/// Conflicts shown at most.
const CONFLICTS_MAX: usize = 1_000;

/// Count, totals and digest of a store's day.
#[utoipa::path(get, path = "/v1/stores/{store_id}/days/{business_date}", tag = "Store device",
    params(("store_id" = String, Path, description = "The store"),
        ("business_date" = String, Path, description = "YYYY-MM-DD")),
    responses((status = 200, body = DayMessage)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn day(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path((store_id, date)): Path<(String, String)>,
) -> Reply<Response> {
    let (store_id, date) = (paths::store(&store_id)?, paths::date(&date)?);
    reader.of(&app, &store_id)?;
    app.store(&store_id)?;
    let day = app.ledger.day(&store_id, date)?;
    let message = DayMessage::new(day.tally.settlements, &day.tally.totals, day.digest);
    Ok(json(StatusCode::OK, &message))
}

/// Where the last page ended.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Cursor {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The settlements of a store's day, with their digests.
#[utoipa::path(get, path = "/v1/stores/{store_id}/days/{business_date}/settlements",
    tag = "Store device",
    params(("store_id" = String, Path, description = "The store"),
        ("business_date" = String, Path, description = "YYYY-MM-DD"), Cursor),
    responses((status = 200, body = DaySettlements)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn settlements(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path((store_id, date)): Path<(String, String)>,
    Parameters(asked): Parameters<Cursor>,
) -> Reply<Response> {
    let (store_id, business_date) = (paths::store(&store_id)?, paths::date(&date)?);
    reader.of(&app, &store_id)?;
    app.store(&store_id)?;
    let after = match &asked.cursor {
        None => None,
        Some(cursor) => {
            let (terminal, transaction) = read_cursor(cursor)
                .ok_or_else(|| paths::parameter("cursor", "copy next_cursor unchanged"))?;
            let store_id = store_id.clone();
            Some(SettlementKey {
                store_id,
                terminal,
                business_date,
                transaction,
            })
        }
    };
    let found =
        app.ledger
            .day_settlements(&store_id, business_date, after.as_ref(), PER_PAGE + 1)?;
    let next_cursor = (found.len() > PER_PAGE)
        .then(|| {
            found
                .get(PER_PAGE - 1)
                .map(|last| cursor_of(&last.recorded.key))
        })
        .flatten();
    let settlements = found
        .iter()
        .take(PER_PAGE)
        .map(|listed| {
            let (recorded, warnings) = (&listed.recorded, listed.warnings);
            DaySettlement::new(&recorded.key, recorded.digest, warnings)
        })
        .collect();
    Ok(json(
        StatusCode::OK,
        &DaySettlements {
            settlements,
            next_cursor,
        },
    ))
}

/// Terminal and transaction, each byte as two digits, so that any of them fits into a query.
fn cursor_of(key: &SettlementKey) -> String {
    let hex = |text: &str| ledger::keyring::hex(text.as_bytes());
    format!(
        "{}.{}",
        hex(key.terminal.as_str()),
        hex(key.transaction.as_str())
    )
}

fn read_cursor(cursor: &str) -> Option<(Label, Label)> {
    let (terminal, transaction) = cursor.split_once('.')?;
    let text = |digits: &str| {
        let bytes = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
            .collect::<Option<Vec<u8>>>()?;
        Label::parse(&String::from_utf8(bytes).ok()?).ok()
    };
    Some((text(terminal)?, text(transaction)?))
}

/// One settlement: what was sold and is still returnable.
#[utoipa::path(get,
    path = "/v1/stores/{store_id}/settlements/{terminal}/{business_date}/{transaction}",
    tag = "Store device",
    params(("store_id" = String, Path, description = "The store"),
        ("terminal" = String, Path, description = "The till"),
        ("business_date" = String, Path, description = "YYYY-MM-DD"),
        ("transaction" = String, Path, description = "The till's number for it")),
    responses((status = 200, body = SettlementLookup)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn settlement(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path((store_id, terminal, date, transaction)): Path<(String, String, String, String)>,
) -> Reply<Response> {
    let key = paths::settlement(&store_id, &terminal, &date, &transaction)?;
    reader.of_chain(&app, &key.store_id)?;
    let found = app
        .ledger
        .recorded(&key)?
        .ok_or_else(|| Refused::not_found("settlement"))?;
    let view = LookupView {
        key: &found.key,
        kind: found.kind,
        currency: found.currency,
        total: found.total,
        digest: found.digest,
        lines: &found.lines,
        voided_by: found.voided_by.as_ref(),
    };
    Ok(json(StatusCode::OK, &lookup(&view)))
}

/// Settlements that came under keys already taken.
#[utoipa::path(get, path = "/v1/stores/{store_id}/conflicts", tag = "Store device",
    params(("store_id" = String, Path, description = "The store")),
    responses((status = 200, body = Conflicts)),
    security(("device" = []), ("operator" = [])))]
pub(super) async fn conflicts(
    reader: StoreReader,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    reader.of(&app, &store_id)?;
    let zone = app.zone(app.store(&store_id)?.timezone.as_str());
    let (ledger, of) = (Arc::clone(&app.ledger), store_id.clone());
    let found = aside(move || ledger.conflicts(&of, CONFLICTS_MAX)).await??;
    let found = match &reader {
        StoreReader::Device(_) => found,
        StoreReader::Operator(clerk) => opened(&app, clerk, &store_id, found).await?,
    };
    let conflicts = found
        .iter()
        .map(|found| {
            conflict(&ConflictView {
                received_at: found.received_at,
                settlement: found.settlement.content(),
                recorded: found.recorded,
                digest: found.digest,
                zone: &zone,
            })
        })
        .collect();
    Ok(json(
        StatusCode::OK,
        &Conflicts {
            conflicts,
            next_cursor: None,
        },
    ))
}

/// The same conflicts. If anything in them is private, it is written down first that this operator reads it.
async fn opened(
    app: &Arc<App>,
    clerk: &Clerk,
    store_id: &StoreId,
    found: Vec<Conflicting>,
) -> Reply<Vec<Conflicting>> {
    let of = Arc::clone(app);
    let looked = aside(move || {
        let mut private = None;
        for other in &found {
            let content = other.settlement.content();
            let sold = of.ledger.sold(&content.key)?;
            let hidden = Beside::of(&of, content, sold.as_ref())?;
            if !hidden.recorded.is_empty() || !hidden.other.is_empty() {
                private = Some(content.key.clone());
                break;
            }
        }
        Ok::<_, Refused>((found, private))
    });
    let (found, private) = looked.await??;
    if let Some(first) = private {
        let what = format!(
            "conflicts, all {}: {} {} {}",
            found.len(),
            first.business_date,
            first.terminal,
            first.transaction
        );
        let deed = Deed::at(Act::PrivateOpened, store_id).to(&what);
        note(app, clerk, deed).await?;
    }
    Ok(found)
}
