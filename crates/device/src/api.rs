//! The till's way in: a local HTTP interface for the till page and for tills that the shop has
//! already. It says yes only to what is on the disk. It never waits for the server.

use crate::clock::Clock;
use crate::courier;
use crate::database::{Database, DatabaseError};
use crate::outbox::{self, OutboxError, Sale, State as SaleState};
use crate::store::Store;
use crate::till::back::Order;
use crate::till::basket::Basket;
use crate::till::{self, Finished, TillError};
use crate::{capture, page};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use wire::limits::SETTLEMENT_BYTES;
use wire::settlement::read_settlement;

mod guard;

/// Sales that one list shows at most.
const SALES_SHOWN: usize = 200;
/// Items that one search shows at most.
const ITEMS_SHOWN: i64 = 50;

/// What the handlers share.
pub struct Till {
    database: Mutex<Database>,
    store: Store,
    clock: Clock,
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
        .route("/", get(page::html))
        .route("/till.js", get(page::script))
        .route("/words.js", get(page::words))
        .route("/basket.js", get(page::basket))
        .route("/slips.js", get(page::slips))
        .route("/till.css", get(page::style))
        .route("/api/status", get(status))
        .route("/api/items", get(items))
        .route("/api/items/{code}", get(item))
        .route("/api/sales", get(sales).post(sell))
        .route(
            "/api/sales/{terminal}/{business_date}/{transaction}",
            get(sale),
        )
        .route("/api/voids", post(void))
        .route("/api/returns", post(give_back))
        .route("/api/settlements", post(settlement))
        .route("/api/refused", get(refused))
        .route("/api/refused/{id}/again", post(again))
        .route("/metrics", get(metrics))
        .layer(DefaultBodyLimit::max(SETTLEMENT_BYTES))
        .layer(axum::middleware::from_fn(guard::guard))
        .with_state(till)
}

/// What the till is told instead of a yes.
struct Refused {
    status: StatusCode,
    code: &'static str,
    detail: String,
}

type Reply<T> = Result<T, Refused>;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({
            "status": self.status.as_u16(), "code": self.code, "detail": self.detail,
        });
        let headers = [(CONTENT_TYPE, "application/problem+json")];
        (self.status, headers, body.to_string()).into_response()
    }
}

impl From<DatabaseError> for Refused {
    fn from(error: DatabaseError) -> Self {
        let code = match error.is_disk_full() {
            true => "disk_full",
            false => "database",
        };
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code,
            detail: error.to_string(),
        }
    }
}

impl From<OutboxError> for Refused {
    fn from(error: OutboxError) -> Self {
        let detail = error.to_string();
        match error {
            OutboxError::Database(error) => error.into(),
            OutboxError::NumberTaken { .. } => Self {
                status: StatusCode::CONFLICT,
                code: "number_taken",
                detail,
            },
            OutboxError::Rejected(rejection) => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                code: rejection.code().as_str(),
                detail,
            },
        }
    }
}

impl From<TillError> for Refused {
    fn from(error: TillError) -> Self {
        let detail = error.to_string();
        let code = match error {
            TillError::Outbox(error) => return error.into(),
            TillError::Basket(_) => "basket",
            TillError::Back(_) => "back",
            TillError::Clock(_) => "clock",
        };
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code,
            detail,
        }
    }
}

/// Reads what a till sent; a fault is told with its place.
fn read<T: for<'de> Deserialize<'de>>(body: &str) -> Reply<T> {
    serde_json::from_str(body).map_err(|error| Refused {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        code: "malformed_json",
        detail: format!("the message cannot be read: {error}"),
    })
}

async fn sell(State(till): State<Arc<Till>>, body: String) -> Reply<(StatusCode, Json<Finished>)> {
    let basket: Basket = read(&body)?;
    let (now, random) = (till.clock.now(), till.clock.random());
    let finished =
        till.with(|database| till::finish(database, &till.store, &basket, now, random))?;
    till.bell.notify_one();
    Ok((StatusCode::CREATED, Json(finished)))
}

async fn void(State(till): State<Arc<Till>>, body: String) -> Reply<(StatusCode, Json<Finished>)> {
    let order: Order = read(&body)?;
    let (now, random) = (till.clock.now(), till.clock.random());
    let finished = till.with(|database| till::void(database, &till.store, &order, now, random))?;
    till.bell.notify_one();
    Ok((StatusCode::CREATED, Json(finished)))
}

async fn give_back(
    State(till): State<Arc<Till>>,
    body: String,
) -> Reply<(StatusCode, Json<Finished>)> {
    let order: Order = read(&body)?;
    let (now, random) = (till.clock.now(), till.clock.random());
    let finished =
        till.with(|database| till::give_back(database, &till.store, &order, now, random))?;
    till.bell.notify_one();
    Ok((StatusCode::CREATED, Json(finished)))
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
        return Err(Refused {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: "not_your_store",
            detail: format!("/store_id: this device belongs to {ours}, not to {theirs}"),
        });
    }
    let (entered, received) = till.with(|database| outbox::enter(database, &body, now))?;
    till.bell.notify_one();
    let status = match entered {
        outbox::Entered::Now => StatusCode::CREATED,
        outbox::Entered::Before => StatusCode::OK,
    };
    let key = wire::outcome::KeyMessage::from(&received.settlement.content().key);
    Ok((status, Json(json!({"key": key}))))
}

async fn item(State(till): State<Arc<Till>>, Path(code): Path<String>) -> Reply<Response> {
    let found = till.with(|database| till::scan(database, &code))?;
    found.map(|item| Json(item).into_response()).ok_or(Refused {
        status: StatusCode::NOT_FOUND,
        code: "not_found",
        detail: format!("no item has the code {code}"),
    })
}

#[derive(Deserialize)]
struct Search {
    q: String,
}

async fn items(State(till): State<Arc<Till>>, Query(search): Query<Search>) -> Reply<Json<Value>> {
    let found =
        till.with(|database| till::search(database.connection(), &search.q, ITEMS_SHOWN))?;
    Ok(Json(json!({"items": found})))
}

#[derive(Deserialize)]
struct Listed {
    business_date: Option<String>,
}

async fn sales(State(till): State<Arc<Till>>, Query(listed): Query<Listed>) -> Reply<Json<Value>> {
    let day = listed
        .business_date
        .map(|day| purchase::time::BusinessDate::parse(&day))
        .transpose()
        .map_err(|error| Refused {
            status: StatusCode::BAD_REQUEST,
            code: "invalid_value",
            detail: format!("business_date: {error}"),
        })?;
    let sales = till.with(|database| outbox::newest(database.connection(), day, SALES_SHOWN))?;
    Ok(Json(
        json!({"sales": sales.iter().map(shown).collect::<Vec<_>>()}),
    ))
}

async fn refused(State(till): State<Arc<Till>>) -> Reply<Json<Value>> {
    let sales = till.with(|database| outbox::refused(database.connection(), SALES_SHOWN))?;
    Ok(Json(
        json!({"sales": sales.iter().map(shown).collect::<Vec<_>>()}),
    ))
}

async fn again(State(till): State<Arc<Till>>, Path(id): Path<i64>) -> Reply<StatusCode> {
    let again = till.with(|database| outbox::send_again(database.connection(), &[id]))?;
    till.bell.notify_one();
    match again {
        0 => Err(Refused {
            status: StatusCode::NOT_FOUND,
            code: "not_found",
            detail: format!("there is no sale {id}"),
        }),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

async fn sale(
    State(till): State<Arc<Till>>,
    Path((terminal, day, number)): Path<(String, String, String)>,
) -> Reply<Json<Value>> {
    let key = (terminal.as_str(), day.as_str(), number.as_str());
    let found = till.with(|database| outbox::find(database.connection(), key))?;
    found.map(|sale| Json(shown(&sale))).ok_or_else(|| Refused {
        status: StatusCode::NOT_FOUND,
        code: "not_found",
        detail: format!("there is no sale {number} of till {terminal} on {day}"),
    })
}

fn shown(sale: &Sale) -> Value {
    let state = match sale.state {
        SaleState::Waiting => "waiting",
        SaleState::Filed => "filed",
        SaleState::Refused => "refused",
    };
    json!({
        "id": sale.id, "state": state, "purchase_id": sale.purchase_id, "problem": sale.problem,
        "settlement": serde_json::from_str::<Value>(&sale.body).unwrap_or_default(),
    })
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
            "business_date": till.store.business_date(now).map(|day| day.to_string()),
            "waiting": queue.waiting, "oldest_s": courier::age(queue.oldest, now) / 1_000,
            "refused": queue.refused, "items_behind": capture::is_behind(connection)?,
            "items_untold": untold, "trouble": courier::trouble(database)?,
        })))
    })
}

async fn metrics(State(till): State<Arc<Till>>) -> Reply<String> {
    let now = till.clock.now();
    let queue = till.with(|database| outbox::queue(database.connection()))?;
    let age = courier::age(queue.oldest, now) / 1_000;
    Ok(format!(
        "# TYPE orihon_device_waiting gauge\norihon_device_waiting {}\n\
         # TYPE orihon_device_oldest_seconds gauge\norihon_device_oldest_seconds {age}\n\
         # TYPE orihon_device_refused gauge\norihon_device_refused {}\n# EOF\n",
        queue.waiting, queue.refused
    ))
}
