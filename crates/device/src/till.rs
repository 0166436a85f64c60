//! Selling: from what a cashier rang up to a finished sale in the outbox. Lines are priced by the
//! store database, taxes are reckoned once per rate, and the contract's own rules prove the whole
//! before the till hears yes. Nothing here waits for a network.

use crate::code::read;
use crate::database::{Database, DatabaseError};
use crate::labels;
use crate::outbox::{self, OutboxError};
use crate::rules::Act;
use crate::staff::Member;
use crate::store::Store;
use approve::Witness;
use basket::{Basket, BasketError, Item};
pub use enter::Occasion;
use enter::{Asked, enter};
use purchase::id::ItemCode;
use purchase::quantity::decimal;
use purchase::time::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use thiserror::Error;

mod approve;
pub mod back;
pub mod basket;
pub mod close;
pub mod day;
mod enter;
pub mod exchange;
pub mod find;
pub mod loose;
pub mod names;

/// Why a sale was not finished. Nothing of it is kept.
#[derive(Debug, Error)]
pub enum TillError {
    /// What was rung up is not right.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// It cannot be taken back.
    #[error(transparent)]
    Back(#[from] back::BackError),
    /// It cannot be closed.
    #[error(transparent)]
    Close(#[from] close::CloseError),
    /// A manager has to agree.
    #[error("a manager has to approve this ({}): send it again with approval", .0.word())]
    Approval(Act),
    /// The contract does not take it, or it is not on the disk.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The machine's clock is beyond all reason.
    #[error("the clock of this machine says {0} ms since 1970; set it right")]
    Clock(i64),
}

impl From<DatabaseError> for TillError {
    fn from(error: DatabaseError) -> Self {
        Self::Outbox(error.into())
    }
}

impl From<rusqlite::Error> for TillError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Outbox(error.into())
    }
}

/// A finished sale, as the receipt shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finished {
    /// The trading day.
    pub business_date: String,
    /// The till's number for it.
    pub transaction: String,
    /// The code by which a customer without an account takes the purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_code: Option<String>,
    /// What the lines are called, for the receipt.
    pub names: Vec<String>,
    /// Whether the customer wants paper.
    pub paper: Paper,
    /// The settlement as it is sent.
    pub settlement: Value,
}

/// Whether a receipt is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Paper {
    /// As usual.
    Wanted,
    /// The member code says that none is wanted.
    Unwanted,
}

impl Paper {
    /// The third digit of a member code is the wish; 1 is no paper.
    fn of(settlement: &Value) -> Self {
        let code = settlement.pointer("/user/member_code");
        let wish = code.and_then(Value::as_str).and_then(|code| code.get(2..3));
        match wish {
            Some("1") => Self::Unwanted,
            Some(_) | None => Self::Wanted,
        }
    }
}

/// The item under a code.
///
/// # Errors
/// [`DatabaseError`].
pub fn item(connection: &Connection, code: &str) -> Result<Option<Item>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT code, name, unit, unit_price, tax_percent, tax_included, kind, category, sensitive
         FROM items WHERE code = ?",
    )?;
    let found = statement.query_row([code], |row| {
        Ok(Item {
            code: row.get(0)?,
            name: row.get(1)?,
            unit: row.get(2)?,
            unit_price: row.get(3)?,
            tax_percent: row.get(4)?,
            tax_included: row.get::<_, Option<i64>>(5)?.map(|included| included != 0),
            kind: row.get(6)?,
            category: row.get(7)?,
            sensitive: row.get::<_, i64>(8)? != 0,
        })
    });
    Ok(found.optional()?)
}

/// What was scanned: an item, and what its label says beyond that.
#[derive(Clone, Debug, Serialize)]
pub struct Scanned {
    /// The item.
    #[serde(flatten)]
    pub item: Item,
    /// The code as it was scanned, if that is a label of the item: with this it is rung up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The price on the label, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_price: Option<i64>,
    /// The weight on the label, in grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_grams: Option<u32>,
}

/// Finds what was scanned or typed.
///
/// # Errors
/// [`DatabaseError`].
pub fn scan(connection: &Connection, input: &str) -> Result<Option<Scanned>, DatabaseError> {
    match read(input) {
        Ok(code) => find(connection, &code),
        Err(_) => Ok(None),
    }
}

/// The item of a line: the one under its code, or the one whose label that is.
///
/// # Errors
/// [`DatabaseError`].
pub fn item_of(connection: &Connection, code: &str) -> Result<Option<Item>, DatabaseError> {
    match read(code) {
        Ok(code) => Ok(find(connection, &code)?.map(|found| found.item)),
        Err(_) => item(connection, code),
    }
}

/// The item under a code, or the one whose label it is: an item's own code goes before a pattern, as
/// at the server.
fn find(connection: &Connection, code: &ItemCode) -> Result<Option<Scanned>, DatabaseError> {
    if let Some(item) = item(connection, code.as_str())? {
        return Ok(Some(Scanned {
            item,
            label: None,
            label_price: None,
            label_grams: None,
        }));
    }
    let Some(label) = labels::read(connection)?.resolve(code) else {
        return Ok(None);
    };
    Ok(item(connection, label.code.as_str())?.map(|item| Scanned {
        item,
        label: Some(code.as_str().to_owned()),
        label_price: label.price,
        label_grams: label.weight_grams,
    }))
}

/// Reads the labels of a basket's lines: the price or the weight that the scale printed counts,
/// unless the cashier said otherwise. The code stays as it was scanned, and so it is sent. Gives the
/// numbers of the lines whose price a label says.
fn read_labels(
    connection: &Connection,
    basket: &Basket,
) -> Result<(Basket, BTreeSet<usize>), DatabaseError> {
    let mut basket = basket.clone();
    let mut labelled = BTreeSet::new();
    for (line, nth) in basket.lines.iter_mut().zip(1..) {
        let Some(Ok(code)) = line.code.as_deref().map(read) else {
            continue;
        };
        line.code = Some(code.as_str().to_owned());
        let Some(found) = find(connection, &code)? else {
            continue;
        };
        if let Some(price) = found.label_price
            && line.unit_price.is_none_or(|said| said == price)
        {
            line.unit_price = Some(price);
            line.reason.get_or_insert_with(|| "label".to_owned());
            labelled.insert(nth);
        }
        if let (Some(grams), None) = (found.label_grams, &line.quantity) {
            // Millionths of the unit in a gram.
            let micros = match found.item.unit.as_deref() {
                Some("kg") => 1_000,
                Some("100g") => 10_000,
                Some(_) | None => 1_000_000,
            };
            line.quantity = Some(decimal(u64::from(grams) * micros, 6));
        }
    }
    Ok((basket, labelled))
}

/// Finishes a sale: when this returns, it is on the disk. `random` makes the claim code, `approved`
/// is a manager who was proven.
///
/// # Errors
/// [`TillError`]; then nothing is kept, and the number is free.
pub fn finish(
    database: &mut Database,
    store: &Store,
    basket: &Basket,
    now: Timestamp,
    random: [u8; 32],
    approved: Option<&Member>,
) -> Result<Finished, TillError> {
    let asked = Asked::new(&basket.terminal, basket.request.as_deref(), now, random);
    let witness = Witness::new(basket.staff.as_deref(), approved, now);
    let finished = enter(database, store, &asked, |connection, occasion| {
        let look = |code: &str| item_of(connection, code);
        let (basket, labelled) = read_labels(connection, basket)?;
        let settlement = basket::settle(&basket, store, occasion, look)?;
        approve::basket(
            connection,
            (&basket, &labelled),
            &settlement,
            look,
            &witness,
        )?;
        Ok([settlement])
    })?;
    let [finished] = finished;
    Ok(finished)
}

/// Takes a sale back as a whole.
///
/// # Errors
/// [`TillError`].
pub fn void(
    database: &mut Database,
    store: &Store,
    order: &back::Order,
    now: Timestamp,
    random: [u8; 32],
    approved: Option<&Member>,
) -> Result<Finished, TillError> {
    let asked = Asked::new(&order.terminal, order.request.as_deref(), now, random);
    let witness = Witness::new(order.staff.as_deref(), approved, now);
    let finished = enter(database, store, &asked, |connection, occasion| {
        let sale = back::original(connection, &order.of)?;
        let before = back::returned(connection, &order.of)?;
        let settlement = back::void(order, &sale, &before, store, occasion)?;
        witness.pass(connection, Act::Void, &order.told())?;
        Ok([settlement])
    })?;
    let [finished] = finished;
    Ok(finished)
}

/// Takes lines of a sale back.
///
/// # Errors
/// [`TillError`].
pub fn give_back(
    database: &mut Database,
    store: &Store,
    order: &back::Order,
    now: Timestamp,
    random: [u8; 32],
    approved: Option<&Member>,
) -> Result<Finished, TillError> {
    let asked = Asked::new(&order.terminal, order.request.as_deref(), now, random);
    let witness = Witness::new(order.staff.as_deref(), approved, now);
    let finished = enter(database, store, &asked, |connection, occasion| {
        Ok([back_of(connection, store, order, occasion, &witness)?])
    })?;
    let [finished] = finished;
    Ok(finished)
}

/// Takes something back without its sale.
///
/// # Errors
/// [`TillError`].
pub fn give_back_loose(
    database: &mut Database,
    store: &Store,
    order: &loose::LooseOrder,
    now: Timestamp,
    random: [u8; 32],
    approved: Option<&Member>,
) -> Result<Finished, TillError> {
    let asked = Asked::new(&order.terminal, order.request.as_deref(), now, random);
    let witness = Witness::new(order.staff.as_deref(), approved, now);
    let finished = enter(database, store, &asked, |connection, occasion| {
        Ok([back_loose(connection, store, order, occasion, &witness)?])
    })?;
    let [finished] = finished;
    Ok(finished)
}

fn back_of(
    connection: &Connection,
    store: &Store,
    order: &back::Order,
    occasion: &Occasion,
    witness: &Witness<'_>,
) -> Result<Value, TillError> {
    let sale = back::original(connection, &order.of)?;
    let before = back::returned(connection, &order.of)?;
    let settlement = back::give_back(order, &sale, &before, store, occasion)?;
    witness.pass(connection, Act::Return, &order.told())?;
    Ok(settlement)
}

fn back_loose(
    connection: &Connection,
    store: &Store,
    order: &loose::LooseOrder,
    occasion: &Occasion,
    witness: &Witness<'_>,
) -> Result<Value, TillError> {
    let look = |code: &str| item_of(connection, code);
    let (basket, _) = read_labels(connection, &order.basket())?;
    let settlement = loose::give_back(order, &basket, store, occasion, look)?;
    let detail = format!("till {}: {}", order.terminal, order.reason);
    witness.pass(connection, Act::LooseReturn, &detail)?;
    Ok(settlement)
}

/// Takes something back and sells something else, in one commit. Gives the return, the sale, and
/// what is owed.
///
/// # Errors
/// [`TillError`]; then nothing of either is kept.
pub fn swap(
    database: &mut Database,
    store: &Store,
    exchange: &exchange::Exchange,
    now: Timestamp,
    random: [u8; 32],
    approved: Option<&Member>,
) -> Result<([Finished; 2], exchange::Balance), TillError> {
    let sale = &exchange.sale;
    let asked = Asked::new(&sale.terminal, sale.request.as_deref(), now, random);
    let witness = Witness::new(sale.staff.as_deref(), approved, now);
    let finished = enter(database, store, &asked, |connection, occasion| {
        let (settlements, _) = exchange.halves(connection, store, occasion, &witness)?;
        Ok(settlements)
    })?;
    let total = |nth: usize| {
        let half: Option<&Finished> = finished.get(nth);
        half.and_then(|half| half.settlement.get("total")?.as_i64())
    };
    let balance = exchange::Balance::new(total(0).unwrap_or(0), total(1).unwrap_or(0));
    Ok((finished, balance))
}

/// What an exchange would come to, however little was paid so far. Nothing is kept.
///
/// # Errors
/// [`TillError`].
pub fn weigh(
    database: &mut Database,
    store: &Store,
    exchange: &exchange::Exchange,
    now: Timestamp,
) -> Result<exchange::Balance, TillError> {
    let transaction = database.write()?;
    let asked = Asked::new(&exchange.sale.terminal, None, now, [0; 32]);
    let occasion = asked.occasion(&transaction, store)?;
    let balance = exchange.balance(&transaction, store, &occasion)?;
    transaction.rollback()?;
    Ok(balance)
}

/// Enters a settlement of a till that does its own arithmetic.
///
/// # Errors
/// [`OutboxError`]: it is not there.
pub fn take(
    database: &mut Database,
    body: &str,
    received: &wire::settlement::Received,
    now: Timestamp,
) -> Result<outbox::Entered, OutboxError> {
    let transaction = database.write()?;
    let entered = outbox::put(&transaction, body, received, now)?;
    if entered == outbox::Entered::Now {
        let settlement: Value = serde_json::from_str(body).unwrap_or_default();
        let names = names::of(&transaction, &settlement)?;
        let key = &received.settlement.content().key;
        let day = key.business_date.to_string();
        let key = (
            key.terminal.as_str(),
            day.as_str(),
            key.transaction.as_str(),
        );
        names::keep(&transaction, key, &names)?;
    }
    transaction.commit()?;
    Ok(entered)
}
