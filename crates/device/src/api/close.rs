//! Day closes and cash beside the sales, over the till's interface.

use super::refused::{Refused, Reply};
use super::sign_on::Signed;
use super::{SALES_SHOWN, Till, read};
use crate::till::close::{self, CashOrder, CloseOrder, Report};
use axum::Json;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /api/closes/preview`
pub(super) async fn preview(
    State(till): State<Arc<Till>>,
    Query(order): Query<CloseOrder>,
) -> Reply<Json<Report>> {
    let now = till.clock.now();
    let report =
        till.with(|database| close::preview(database.connection(), &till.store, &order, now))?;
    Ok(Json(report))
}

/// `POST /api/closes`
pub(super) async fn close(
    State(till): State<Arc<Till>>,
    signed: Signed,
    body: String,
) -> Reply<(StatusCode, Json<Report>)> {
    let mut order: CloseOrder = read(&body)?;
    signed.serve(&mut order.staff);
    let now = till.clock.now();
    let report = till.with(|database| close::close(database, &till.store, &order, now))?;
    Ok((StatusCode::CREATED, Json(report)))
}

/// `POST /api/cash`
pub(super) async fn cash(
    State(till): State<Arc<Till>>,
    signed: Signed,
    body: String,
) -> Reply<StatusCode> {
    let mut order: CashOrder = read(&body)?;
    signed.serve(&mut order.staff);
    let now = till.clock.now();
    till.with(|database| close::move_cash(database, &till.store, &order, now))?;
    Ok(StatusCode::CREATED)
}

/// `GET /api/closes`
pub(super) async fn list(
    State(till): State<Arc<Till>>,
    Query(asked): Query<super::Listed>,
) -> Reply<Json<Value>> {
    let day = asked.day()?.map(|day| day.to_string());
    till.with(|database| {
        let connection = database.connection();
        let closes = close::list(connection, day.as_deref(), SALES_SHOWN)?;
        let open = close::open(connection)?;
        Ok(Json(json!({"closes": closes, "open": open})))
    })
}

/// `GET /api/closes/{number}`
pub(super) async fn one(
    State(till): State<Arc<Till>>,
    Path(number): Path<i64>,
) -> Reply<Json<Report>> {
    let found = till.with(|database| close::find(database.connection(), number))?;
    found
        .map(Json)
        .ok_or_else(|| Refused::not_found(format!("there is no close {number}")))
}
