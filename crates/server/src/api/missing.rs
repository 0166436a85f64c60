//! Receipts that people miss at a store, for its people: which there are, and the two answers. Whose a request is,
//! is told to nobody here.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::Clerk;
use crate::catalogues::aside;
use crate::missing::{self, Answer, Ended, Requests, WrongText};
use crate::reply::{Refused, Reply, json};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::tz::TimeZone;
use ledger::account::{Candidates, SoughtReceipt, Unclaimed, WhyNot};
use purchase::id::{SettlementKey, SoughtId, StoreId};
use purchase::store::Store;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::error::{ErrorCode, FieldError};
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::sought::{
    SoughtMessage, SoughtReceipts, UnclaimedMessage, WhyMessage, read_given, read_no_receipt,
};
use wire::time::show;

/// Where a page begins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Skip {
    /// `next_skip` of the page before; requests are told 10 at a time.
    skip: Option<usize>,
}

/// The receipts that people ask the store for, oldest first, each with the sales of nobody that it may be.
#[utoipa::path(get, path = "/v1/stores/{store_id}/missing", tag = "Operator",
    params(("store_id" = String, Path, description = "The store"), Skip),
    responses((status = 200, body = SoughtReceipts)),
    security(("operator" = [])))]
pub(super) async fn list(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Parameters(asked): Parameters<Skip>,
) -> Reply<Response> {
    let store_id = paths::store(&store_id)?;
    clerk.of(&app, &store_id)?;
    let (store, skip) = (app.store(&store_id)?, asked.skip.unwrap_or(0));
    let work = Arc::clone(&app);
    let found = aside(move || Requests::of(&work, &store_id, skip)).await??;
    let zone = app.zone(store.timezone.as_str());
    let told = found.requests.iter();
    let told = told.map(|(asked, sales)| request((&store, &zone), asked, sales));
    let answer = SoughtReceipts {
        count: found.count,
        next_skip: found.next_skip(),
        requests: told.collect(),
    };
    Ok(json(StatusCode::OK, &answer))
}

fn request(
    (store, zone): (&Store, &TimeZone),
    asked: &SoughtReceipt,
    found: &Candidates,
) -> SoughtMessage {
    let said = &asked.described;
    SoughtMessage {
        sought_id: asked.sought_id.to_string(),
        asked_at: show(asked.asked_at, zone),
        business_date: said.date.to_string(),
        time: said.minute.map(|minute| minute.to_string()),
        total: said.total.minor(),
        currency: store.currency.code().to_owned(),
        number: said.number.as_ref().map(|text| text.as_str().to_owned()),
        words: said.words.as_ref().map(|text| text.as_str().to_owned()),
        sales: found.sales.iter().map(|sale| offered(sale, zone)).collect(),
        more_sales: found.is_cut_short,
    }
}

fn offered(sale: &Unclaimed, zone: &TimeZone) -> UnclaimedMessage {
    let number = sale.receipt_number.as_ref();
    UnclaimedMessage {
        key: (&sale.key).into(),
        sold_at: show(sale.sold_at, zone),
        receipt_number: number.map(|text| text.as_str().to_owned()),
        total: sale.total.minor(),
        lines: sale.lines,
    }
}

/// Gives a sale of nobody to whoever asks for it: it is filed under that person.
#[utoipa::path(post, path = "/v1/stores/{store_id}/missing/{sought_id}/give", tag = "Operator",
    params(("store_id" = String, Path, description = "The store"),
        ("sought_id" = String, Path, description = "The request")),
    request_body = wire::operator::sought::GivenSaleMessage,
    responses((status = 204, description = "Given"),
        (status = 409, description = "The request is no longer open, or the sale is not one that can be given", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn give(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path((store_id, sought_id)): Path<(String, String)>,
    body: Body,
) -> Reply<StatusCode> {
    let (store_id, sought_id) = named(&app, &clerk, &store_id, &sought_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let sale = read_given(&sent).map_err(Refused::faults)?;
    let key = SettlementKey {
        store_id,
        terminal: sale.terminal,
        business_date: sale.business_date,
        transaction: sale.transaction,
    };
    told(missing::give(&app, &clerk, sought_id, key).await?)
}

/// Says to whoever asks why there is no receipt.
#[utoipa::path(post, path = "/v1/stores/{store_id}/missing/{sought_id}/refuse", tag = "Operator",
    params(("store_id" = String, Path, description = "The store"),
        ("sought_id" = String, Path, description = "The request")),
    request_body = wire::operator::sought::NoReceiptMessage,
    responses((status = 204, description = "Said"),
        (status = 409, description = "The request is no longer open", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn refuse(
    clerk: Clerk,
    State(app): State<Arc<App>>,
    Path((store_id, sought_id)): Path<(String, String)>,
    body: Body,
) -> Reply<StatusCode> {
    let (store_id, sought_id) = named(&app, &clerk, &store_id, &sought_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let said = read_no_receipt(&sent).map_err(Refused::faults)?;
    let words = said.words.as_ref().map_or("", |words| words.as_str());
    let answer = Answer::prove(why(said.why), words).map_err(wrong_words)?;
    told(missing::refuse(&app, &clerk, (&store_id, sought_id), answer).await?)
}

fn named(app: &App, clerk: &Clerk, store_id: &str, sought_id: &str) -> Reply<(StoreId, SoughtId)> {
    let store_id = paths::store(store_id)?;
    clerk.of(app, &store_id)?;
    app.store(&store_id)?;
    Ok((store_id, paths::sought(sought_id)?))
}

const fn why(said: WhyMessage) -> WhyNot {
    match said {
        WhyMessage::NoSuchSale => WhyNot::NoSuchSale,
        WhyMessage::TellMore => WhyNot::TellMore,
        WhyMessage::NotRecorded => WhyNot::NotRecorded,
        WhyMessage::OwnWords => WhyNot::OwnWords,
    }
}

fn wrong_words(wrong: WrongText) -> Refused {
    let (code, detail) = match wrong {
        WrongText::Card => (
            ErrorCode::CardNumberRefused,
            "holds a whole card number; leave it out",
        ),
        WrongText::Text => (
            ErrorCode::InvalidValue,
            "must be 1 to 200 printable characters",
        ),
    };
    Refused::faults(vec![FieldError {
        pointer: "/words".to_owned(),
        code,
        detail: detail.to_owned(),
    }])
}

fn told(ended: Ended) -> Reply<StatusCode> {
    let (code, detail) = match ended {
        Ended::Done => return Ok(StatusCode::NO_CONTENT),
        Ended::Taken => (
            ErrorCode::SaleTaken,
            "this sale is not one that can be given: it is somebody's, it was taken back, or it does not fit; \
             the list of requests says which can be",
        ),
        Ended::Closed => (
            ErrorCode::RequestClosed,
            "this request was answered or taken back before; the list of requests has those that are open",
        ),
    };
    Err(Refused::new(code, detail))
}
