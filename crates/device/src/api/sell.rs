//! Sales, returns, voids and exchanges over the till's interface. Who is signed on serves, and a
//! manager who approves is proven before the sale is touched.

use super::refused::Reply;
use super::sign_on::{Signed, approved};
use super::{Till, read, unread};
use crate::till::back::Order;
use crate::till::basket::Basket;
use crate::till::exchange::{Balance, Exchange};
use crate::till::loose::LooseOrder;
use crate::till::{self, Finished};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

type Done<T> = Reply<(StatusCode, Json<T>)>;

/// `POST /api/sales`
pub(super) async fn sell(
    State(till): State<Arc<Till>>,
    signed: Signed,
    body: String,
) -> Done<Finished> {
    let mut basket: Basket = read(&body)?;
    signed.serve(&mut basket.staff);
    let manager = approved(&till, basket.approval.as_ref())?;
    let (now, random) = (till.clock.now(), till.clock.random());
    let finished = till.with(|database| {
        till::finish(
            database,
            &till.store,
            &basket,
            now,
            random,
            manager.as_ref(),
        )
    })?;
    till.bell.notify_one();
    Ok((StatusCode::CREATED, Json(finished)))
}

/// `POST /api/voids`
pub(super) async fn void(
    State(till): State<Arc<Till>>,
    signed: Signed,
    body: String,
) -> Done<Finished> {
    let mut order: Order = read(&body)?;
    signed.serve(&mut order.staff);
    let manager = approved(&till, order.approval.as_ref())?;
    let (now, random) = (till.clock.now(), till.clock.random());
    let finished = till.with(|database| {
        till::void(database, &till.store, &order, now, random, manager.as_ref())
    })?;
    till.bell.notify_one();
    Ok((StatusCode::CREATED, Json(finished)))
}

/// `POST /api/returns`: of a sale, or without one.
pub(super) async fn give_back(
    State(till): State<Arc<Till>>,
    signed: Signed,
    body: String,
) -> Done<Finished> {
    let (now, random) = (till.clock.now(), till.clock.random());
    let message: Value = read(&body)?;
    let finished = if message.get("of").is_some() {
        let mut order: Order = read(&body)?;
        signed.serve(&mut order.staff);
        let manager = approved(&till, order.approval.as_ref())?;
        till.with(|database| {
            till::give_back(database, &till.store, &order, now, random, manager.as_ref())
        })?
    } else {
        let mut order: LooseOrder = read(&body)?;
        signed.serve(&mut order.staff);
        let manager = approved(&till, order.approval.as_ref())?;
        till.with(|database| {
            till::give_back_loose(database, &till.store, &order, now, random, manager.as_ref())
        })?
    };
    till.bell.notify_one();
    Ok((StatusCode::CREATED, Json(finished)))
}

/// `POST /api/exchanges`
pub(super) async fn swap(
    State(till): State<Arc<Till>>,
    signed: Signed,
    body: String,
) -> Done<Value> {
    let mut exchange = Exchange::read(&body).map_err(|error| unread(&error))?;
    signed.serve_exchange(&mut exchange);
    let manager = approved(&till, exchange.approval())?;
    let (now, random) = (till.clock.now(), till.clock.random());
    let ([back, sale], balance) = till.with(|database| {
        till::swap(
            database,
            &till.store,
            &exchange,
            now,
            random,
            manager.as_ref(),
        )
    })?;
    till.bell.notify_one();
    let done = json!({"return": back, "sale": sale, "balance": balance});
    Ok((StatusCode::CREATED, Json(done)))
}

/// `POST /api/exchanges/preview`
pub(super) async fn weigh(State(till): State<Arc<Till>>, body: String) -> Reply<Json<Balance>> {
    let exchange = Exchange::read(&body).map_err(|error| unread(&error))?;
    let now = till.clock.now();
    let balance = till.with(|database| till::weigh(database, &till.store, &exchange, now))?;
    Ok(Json(balance))
}
