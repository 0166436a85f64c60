//! Settlements in: one by one, or many at once. Each gets an outcome of its own, and only after it
//! is durable.

use crate::app::App;
use crate::auth::StoreDevice;
pub(super) use crate::body::read_body;
use crate::reply::{Refused, Reply, bytes};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use ledger::account::{ClaimSource, Shown};
use ledger::embedded::prepare::Incoming;
use ledger::write::{Receipt, Refusal, Settled, Write, Written};
use purchase::id::SettlementKey;
use std::sync::Arc;
use wire::batch::{Framing, split};
use wire::claim::ClaimCode;
use wire::error::{ErrorCode, FieldError, Problem};
use wire::limits::{BATCH_BYTES, SETTLEMENT_BYTES};
use wire::outcome::{Filing, OutcomeKind, OutcomeMessage};
use wire::settlement::{Received, read_settlement};

/// What a settlement takes in memory beside its own bytes.
const OVERHEAD_BYTES: usize = 1_024;

/// One settlement.
#[utoipa::path(post, path = "/v1/settlements", tag = "Store device",
    request_body = wire::settlement::message::SettlementMessage,
    responses(
        (status = 201, description = "Recorded: durable now", body = OutcomeMessage),
        (status = 200, description = "The same settlement was durable before", body = OutcomeMessage),
        (status = 409, description = "The key is taken by other content; nothing changed", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 422, description = "Refused; nothing is stored", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 503, description = "Unknown; send the same again after Retry-After", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("device" = [])))]
pub(super) async fn post_one(
    device: StoreDevice,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let outcome = match read_one(&app, &device, &sent) {
        Read::Refused(outcome) => *outcome,
        Read::Fits(fit) => {
            let content = fit.settlement.content();
            let member = fit.member_code.map(|code| code.member());
            app.foresight.of(&app.ledger, content, member).await?;
            let (write, (key, claim_code)) = prepare(&app, *fit)?;
            let written = app
                .intake
                .write(vec![write], sent.len() + OVERHEAD_BYTES)
                .await?;
            told(&app, written.into_iter().next(), &key, claim_code)
        }
    };
    app.metrics.settled(outcome.outcome);
    Ok(answer_one(outcome))
}

/// Many settlements.
#[utoipa::path(post, path = "/v1/settlements/batch", tag = "Store device",
    request_body(description = "A JSON array, or NDJSON; the answer comes in kind",
        content(
            (Vec<wire::settlement::message::SettlementMessage> = "application/json"),
            (String = "application/x-ndjson"))),
    responses(
        (status = 200, description = "One outcome per item, in order", body = Vec<OutcomeMessage>),
        (status = 400, description = "The array is broken", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 413, description = "Too many items or bytes", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 503, description = "Unknown; send the same again after Retry-After", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("device" = [])))]
pub(super) async fn post_batch(
    device: StoreDevice,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Response> {
    let framing = framing(&headers)?;
    let sent = read_body(body, BATCH_BYTES).await?;
    let items =
        split(&sent, framing).map_err(|error| Refused::new(error.code(), error.to_string()))?;
    let mut outcomes: Vec<Option<OutcomeMessage>> = Vec::with_capacity(items.len());
    let mut fits = Vec::new();
    let mut writes = Vec::new();
    let read: Vec<Read> = items
        .into_iter()
        .map(|item| read_one(&app, &device, item))
        .collect();
    let fitting = read.iter().filter_map(Read::fitting);
    let people = fitting.filter_map(|received| {
        let member = received.member_code.map(|code| code.member());
        app.ledger.unforeseen(received.settlement.content(), member)
    });
    app.ledger.foresee(people)?;
    for read in read {
        match read {
            Read::Refused(outcome) => outcomes.push(Some(*outcome)),
            Read::Fits(fit) => {
                outcomes.push(None);
                let (write, told) = prepare(&app, *fit)?;
                fits.push(told);
                writes.push(write);
            }
        }
    }
    let weight = sent.len() + writes.len() * OVERHEAD_BYTES;
    let written = if writes.is_empty() {
        Vec::new()
    } else {
        app.intake.write(writes, weight).await?
    };
    let mut told_in_order = written
        .into_iter()
        .zip(fits)
        .map(|(written, (key, claim_code))| told(&app, Some(written), &key, claim_code));
    let outcomes = outcomes
        .into_iter()
        .filter_map(|known| known.or_else(|| told_in_order.next()));
    Ok(answer_many(&app, framing, outcomes))
}

/// A settlement that was read.
enum Read {
    /// It is refused for what it says.
    Refused(Box<OutcomeMessage>),
    /// It can be written.
    Fits(Box<Received>),
}

impl Read {
    /// What is going to be written.
    fn fitting(&self) -> Option<&Received> {
        match self {
            Self::Refused(_) => None,
            Self::Fits(received) => Some(received),
        }
    }
}

fn read_one(app: &App, device: &StoreDevice, item: &[u8]) -> Read {
    let received = match read_settlement(item) {
        Ok(received) => received,
        Err(rejection) => return Read::Refused(Box::new(OutcomeMessage::rejected(*rejection))),
    };
    let key = &received.settlement.content().key;
    if let Err(detail) = device.writes_for(app, &key.store_id) {
        let refused = refuse(key, "/store_id", ErrorCode::NotYourStore, detail);
        return Read::Refused(Box::new(refused));
    }
    Read::Fits(Box::new(received))
}

/// What is told of a sale besides what becomes of it: its key, and the code that the till printed, or
/// that belongs to the sale if nobody claims it.
type Told = (SettlementKey, ClaimCode);

fn prepare(app: &App, received: Received) -> Reply<(Write, Told)> {
    let key = received.settlement.content().key.clone();
    let claim_code = received
        .claim_code
        .unwrap_or_else(|| ClaimCode::derive(app.ledger.claim_secret(&key)));
    let incoming = Incoming {
        settlement: received.settlement,
        digest: received.digest,
        canonical: received.canonical,
        member: received.member_code.map(|code| code.member()),
        received_at: app.clock.now(),
    };
    let derive = |secret| ClaimCode::derive(secret).hash();
    let prepared = app.ledger.prepare(incoming, derive)?;
    Ok((Write::Settle(Box::new(prepared)), (key, claim_code)))
}

/// The outcome of a settlement as the store reads it.
fn told(
    app: &App,
    written: Option<Written>,
    key: &SettlementKey,
    claim_code: ClaimCode,
) -> OutcomeMessage {
    let filing = |receipt: Receipt| Filing {
        key,
        purchase_id: receipt.purchase_id,
        pending_lines: receipt.pending_lines,
        warnings: receipt.warnings,
        filed: match receipt.shown {
            Shown::Nothing => None,
            Shown::Filed => Some(true),
            Shown::Unfiled => Some(false),
        },
        claim_code: match receipt.claim {
            ClaimSource::None => None,
            ClaimSource::Till => Some(claim_code),
            ClaimSource::Derived => Some(ClaimCode::derive(app.ledger.claim_secret(key))),
        },
    };
    match written {
        Some(Written::Settled(Settled::Recorded(receipt))) => {
            OutcomeMessage::recorded(&filing(receipt))
        }
        Some(Written::Settled(Settled::AlreadyRecorded(receipt))) => {
            OutcomeMessage::already_recorded(&filing(receipt))
        }
        Some(Written::Settled(Settled::Conflict)) => OutcomeMessage::conflict(key),
        Some(Written::Settled(Settled::Refused(refusal))) => refused(key, &refusal),
        // Any other answer to a settlement is a bug, and bugs stop the intake.
        other => panic!("a settlement was answered with {other:?}"),
    }
}

fn refused(key: &SettlementKey, refusal: &Refusal) -> OutcomeMessage {
    let (pointer, code, detail) = match refusal {
        Refusal::StoreUnknown => (
            "/store_id",
            ErrorCode::StoreUnknown,
            "the store is not known here".to_owned(),
        ),
        Refusal::StoreClosed => (
            "/store_id",
            ErrorCode::StoreClosed,
            "the store is closed".to_owned(),
        ),
        Refusal::CurrencyMismatch { expected } => (
            "/currency",
            ErrorCode::CurrencyMismatch,
            format!("this store sells in {}", expected.code()),
        ),
        Refusal::NotYourStore => (
            "/of",
            ErrorCode::NotYourStore,
            "the original belongs to a store outside this one's chain".to_owned(),
        ),
        Refusal::VoidOfVoid => (
            "/of",
            ErrorCode::VoidOfVoid,
            "the original is a void itself".to_owned(),
        ),
        Refusal::AlreadyVoided => (
            "/of",
            ErrorCode::AlreadyVoided,
            "the original was voided before".to_owned(),
        ),
        Refusal::HasReturns => (
            "/of",
            ErrorCode::HasReturns,
            "something of the original came back; void the return first".to_owned(),
        ),
        Refusal::VoidTotal { expected } => (
            "/total",
            ErrorCode::VoidTotal,
            format!("the original's total is {}", expected.minor()),
        ),
    };
    refuse(key, pointer, code, detail)
}

fn refuse(key: &SettlementKey, pointer: &str, code: ErrorCode, detail: String) -> OutcomeMessage {
    OutcomeMessage::refused(
        key,
        FieldError {
            pointer: pointer.to_owned(),
            code,
            detail,
        },
    )
}

/// The answer to a single settlement: what is not recorded is a problem.
fn answer_one(outcome: OutcomeMessage) -> Response {
    let status = StatusCode::from_u16(outcome.status()).unwrap_or(StatusCode::OK);
    match outcome.outcome {
        OutcomeKind::Recorded | OutcomeKind::AlreadyRecorded => {
            let mut body = Vec::with_capacity(320);
            outcome.write_json(&mut body);
            bytes(status, "application/json", body)
        }
        OutcomeKind::Conflict | OutcomeKind::Rejected => {
            let errors = outcome.errors.unwrap_or_default();
            let told = match (outcome.code, outcome.detail) {
                (Some(code), Some(detail)) => Problem {
                    errors,
                    ..Problem::new(code, detail)
                },
                // The first fault speaks for all of them.
                _ => Problem::refused(errors),
            };
            let problem = Problem {
                outcome: Some(outcome.outcome),
                key: outcome.key,
                ..told
            };
            Refused::from(problem).into_response()
        }
    }
}

fn answer_many(
    app: &App,
    framing: Framing,
    outcomes: impl Iterator<Item = OutcomeMessage>,
) -> Response {
    let (open, between, close, media_type): (&[u8], &[u8], &[u8], _) = match framing {
        Framing::Array => (b"[", b",", b"]", "application/json"),
        Framing::Lines => (b"", b"\n", b"\n", "application/x-ndjson"),
    };
    let mut body = Vec::with_capacity(16_384);
    body.extend_from_slice(open);
    for (at, outcome) in outcomes.enumerate() {
        if at > 0 {
            body.extend_from_slice(between);
        }
        app.metrics.settled(outcome.outcome);
        outcome.write_json(&mut body);
    }
    body.extend_from_slice(close);
    bytes(StatusCode::OK, media_type, body)
}

fn framing(headers: &HeaderMap) -> Reply<Framing> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    match media_type.map(|text| text.split(';').next().unwrap_or_default().trim()) {
        Some("application/x-ndjson") => Ok(Framing::Lines),
        Some("application/json") | None => Ok(Framing::Array),
        Some(other) => Err(Refused::new(
            ErrorCode::UnsupportedMediaType,
            format!("a batch is application/json or application/x-ndjson, not {other}"),
        )),
    }
}
