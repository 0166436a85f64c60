//! The till's way in: a local HTTP interface for the till page and for tills that the shop has
//! already. It says yes only to what is on the disk. It never waits for the server.

use crate::clock::Clock;
use crate::courier;
use crate::database::{Database, DatabaseError};
use crate::follow;
use crate::outbox::{self, OutboxError, Sale, State as SaleState};
use crate::rules::Rules;
use crate::staff;
use crate::staff::session::Sessions;
use crate::store::Store;
use crate::till::find::Index;
use crate::till::{self, day, names};
use crate::{capture, differing, page, touch, wishes, wrong_clock};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use purchase::time::BusinessDate;
use refused::{Refused, Reply};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use wire::limits::SETTLEMENT_BYTES;
use wire::settlement::read_settlement;

mod claim;
mod close;
mod guard;
mod refusals;
mod refused;
mod sell;
mod sign_on;

/// Sales that one list shows at most.
const SALES_SHOWN: usize = 200;
/// Items that one search shows at most.
const ITEMS_SHOWN: usize = 50;

/// What the handlers share.
pub struct Till {
    database: Mutex<Database>,
    store: Store,
    clock: Clock,
    index: Mutex<Index>,
    sessions: Mutex<Sessions>,
    /// Rings when a sale is finished, so that the courier goes at once.
    pub bell: Notify,
}

impl Till {
    /// A till of `store` over its database.
    #[must_use]
    pub fn new(database: Database, store: Store, clock: Clock) -> Self {
        Self {
            database: Mutex::new(database),
            store,
            clock,
            index: Mutex::default(),
            sessions: Mutex::default(),
            bell: Notify::new(),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Database) -> T) -> T {
        let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut database)
    }
}

/// The routes.
pub fn router(till: Arc<Till>) -> Router {
    Router::new()
        .merge(page::router())
        .route("/api/status", get(status))
        .route("/api/send", post(send))
        .route("/api/wishes", get(wished))
        .route("/api/items", get(items))
        .route("/api/items/{code}", get(item))
        .route("/api/touch", get(touch_keys))
        .route("/api/sales", get(sales).post(sell::sell))
        .route(
            "/api/sales/{terminal}/{business_date}/{transaction}",
            get(sale),
        )
        .route("/api/voids", post(sell::void))
        .route("/api/returns", post(sell::give_back))
        .route("/api/exchanges", post(sell::swap))
        .route("/api/exchanges/preview", post(sell::weigh))
        .route("/api/claims/{file}", get(claim::square))
        .route("/api/sign-on", post(sign_on::begin).delete(sign_on::end))
        .route("/api/cash", post(close::cash))
        .route("/api/closes", get(close::list).post(close::close))
        .route("/api/closes/preview", get(close::preview))
        .route("/api/closes/{number}", get(close::one))
        .route("/api/settlements", post(settlement))
        .merge(refusals::routes())
        .route("/metrics", get(metrics))
        .layer(DefaultBodyLimit::max(SETTLEMENT_BYTES))
        .layer(from_fn_with_state(Arc::clone(&till), guard::keys))
        .layer(from_fn(guard::pages))
        .with_state(till)
}

/// Reads what a till sent; a fault is told with its place.
fn read<T: for<'de> Deserialize<'de>>(body: &str) -> Reply<T> {
    serde_json::from_str(body).map_err(|error| unread(&error))
}

fn unread(error: &serde_json::Error) -> Refused {
    Refused::wrong(
        "malformed_json",
        format!("the message cannot be read: {error}"),
    )
}

/// A settlement as the contract writes it, from a till that does its own arithmetic.
async fn settlement(
    State(till): State<Arc<Till>>,
    body: String,
) -> Reply<(StatusCode, Json<Value>)> {
    let now = till.clock.now();
    let read = read_settlement(body.as_bytes()).map_err(OutboxError::Rejected)?;
    let theirs = read.settlement.content().key.store_id.as_str();
    let ours = till.store.settings.store_id.as_str();
    if theirs != ours {
        let detail = format!("/store_id: this device belongs to {ours}, not to {theirs}");
        return Err(Refused::wrong("not_your_store", detail));
    }
    let entered = till.with(|database| till::take(database, &body, &read, now))?;
    till.bell.notify_one();
    let status = match entered {
        outbox::Entered::Now => StatusCode::CREATED,
        outbox::Entered::Before => StatusCode::OK,
    };
    let key = wire::outcome::KeyMessage::from(&read.settlement.content().key);
    Ok((status, Json(json!({"key": key}))))
}

async fn item(State(till): State<Arc<Till>>, Path(code): Path<String>) -> Reply<Response> {
    let found = till.with(|database| till::scan(database.connection(), &code))?;
    found
        .map(|item| Json(item).into_response())
        .ok_or_else(|| Refused::not_found(format!("no item has the code {code}")))
}

async fn touch_keys(State(till): State<Arc<Till>>) -> Reply<Json<Value>> {
    let keys = till.with(|database| touch::keys(database.connection()))?;
    Ok(Json(json!({"keys": keys})))
}

#[derive(Deserialize)]
struct Search {
    q: String,
}

async fn items(State(till): State<Arc<Till>>, Query(search): Query<Search>) -> Reply<Json<Value>> {
    let found = till.with(|database| {
        let mut index = till.index.lock().unwrap_or_else(PoisonError::into_inner);
        index.find(database.connection(), &search.q, ITEMS_SHOWN)
    })?;
    Ok(Json(json!({"items": found})))
}

#[derive(Deserialize)]
struct Listed {
    business_date: Option<String>,
}

impl Listed {
    fn day(&self) -> Reply<Option<BusinessDate>> {
        let day = self.business_date.as_deref().map(BusinessDate::parse);
        day.transpose().map_err(|error| {
            let detail = format!("business_date: {error}");
            Refused::new(StatusCode::BAD_REQUEST, "invalid_value", detail)
        })
    }
}

async fn sales(State(till): State<Arc<Till>>, Query(listed): Query<Listed>) -> Reply<Json<Value>> {
    let day = listed.day()?;
    till.with(|database| {
        let connection = database.connection();
        all_shown(connection, &outbox::newest(connection, day, SALES_SHOWN)?)
    })
}

fn all_shown(connection: &Connection, sales: &[Sale]) -> Reply<Json<Value>> {
    let sales: Vec<_> = sales
        .iter()
        .map(|sale| shown(connection, sale))
        .collect::<Result<_, _>>()?;
    Ok(Json(json!({"sales": sales})))
}

async fn sale(
    State(till): State<Arc<Till>>,
    Path((terminal, day, number)): Path<(String, String, String)>,
) -> Reply<Json<Value>> {
    let key = (terminal.as_str(), day.as_str(), number.as_str());
    till.with(|database| {
        let connection = database.connection();
        let sale = outbox::find(connection, key)?.ok_or_else(|| {
            Refused::not_found(format!(
                "there is no sale {number} of till {terminal} on {day}"
            ))
        })?;
        Ok(Json(shown(connection, &sale)?))
    })
}

fn shown(connection: &Connection, sale: &Sale) -> Result<Value, DatabaseError> {
    let state = match sale.state {
        SaleState::Waiting => "waiting",
        SaleState::Filed => "filed",
        SaleState::Refused => "refused",
    };
    let settlement = serde_json::from_str::<Value>(&sale.body).unwrap_or_default();
    let key = (
        sale.terminal.as_str(),
        sale.business_date.as_str(),
        sale.number.as_str(),
    );
    let names = match names::kept(connection, key)? {
        Some(names) => names,
        None => names::of(connection, &settlement)?,
    };
    Ok(json!({
        "id": sale.id, "state": state, "purchase_id": sale.purchase_id, "problem": sale.problem,
        "names": names, "settlement": settlement,
    }))
}

async fn status(State(till): State<Arc<Till>>) -> Reply<Json<Value>> {
    let now = till.clock.now();
    let (store, name) = (&till.store.settings.store_id, &till.store.settings.name);
    till.with(|database| {
        let connection = database.connection();
        let queue = outbox::queue(connection)?;
        let untold: Vec<_> = capture::untold(connection)?
            .into_iter()
            .map(|item| json!({"code": item.code, "problem": item.problem}))
            .collect();
        Ok(Json(json!({
            "store_id": store, "name": name, "currency": till.store.settings.currency,
            "business_date": day::today(connection, &till.store, now).ok().map(|day| day.to_string()),
            "sign_on": staff::sign_on(connection)?, "rules": Rules::read(connection)?.for_page(&till.store.settings),
            "waiting": queue.waiting, "oldest_s": courier::age(queue.oldest, now) / 1_000,
            "refused": queue.refused, "items_behind": capture::is_behind(connection)?,
            "items_untold": untold, "trouble": courier::trouble(database)?,
            "follows": follow::source(connection)?,
            "days_differing": differing::unsettled(connection)?,
            "names_wanted": wishes::count(connection)?,
            "clock_off_s": wrong_clock::warned_ms(connection)?.map(|ms| ms / 1_000),
        })))
    })
}

/// Codes whose names somebody at the server asks for.
async fn wished(State(till): State<Arc<Till>>) -> Reply<Json<Value>> {
    let wishes = till.with(|database| wishes::list(database.connection()))?;
    let shown = |wish: &wishes::Wish| {
        let asked_at = wishes::asked_at(wish).map(|at| till.store.show(at));
        json!({"code": wish.code, "asked_at": asked_at, "lines": wish.lines})
    };
    let shown: Vec<_> = wishes.iter().map(shown).collect();
    Ok(Json(json!({"wishes": shown})))
}

async fn send(State(till): State<Arc<Till>>) -> Reply<StatusCode> {
    till.with(|database| courier::send_now(database))?;
    till.bell.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

async fn metrics(State(till): State<Arc<Till>>) -> Reply<String> {
    let now = till.clock.now();
    let (queue, differing, clock_ms) = till.with(|database| {
        let connection = database.connection();
        let clock_ms = wrong_clock::warned_ms(connection)?.unwrap_or(0);
        let differing = differing::unsettled(connection)?;
        Ok::<_, DatabaseError>((outbox::queue(connection)?, differing, clock_ms))
    })?;
    let age = courier::age(queue.oldest, now) / 1_000;
    Ok(format!(
        "# TYPE orihon_device_waiting gauge\norihon_device_waiting {}\n\
         # TYPE orihon_device_oldest_seconds gauge\norihon_device_oldest_seconds {age}\n\
         # TYPE orihon_device_refused gauge\norihon_device_refused {}\n\
         # TYPE orihon_device_days_differing gauge\norihon_device_days_differing {differing}\n\
         # TYPE orihon_device_clock_offset_seconds gauge\n\
         orihon_device_clock_offset_seconds {}\n# EOF\n",
        queue.waiting,
        queue.refused,
        clock_ms / 1_000
    ))
}
