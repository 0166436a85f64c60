//! Selling: from what a cashier rang up to a finished sale in the outbox. Lines are priced by the
//! store database, taxes are reckoned once per rate, and the contract's own rules prove the whole
//! before the till hears yes. Nothing here waits for a network.

use crate::capture;
use crate::code::read;
use crate::database::{Database, DatabaseError, log};
use crate::outbox::{self, OutboxError, Sale};
use crate::store::Store;
use basket::{Basket, BasketError, Item};
use purchase::code::Patterns;
use purchase::id::ItemCode;
use purchase::quantity::decimal;
use purchase::time::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use wire::claim::ClaimCode;

pub mod back;
pub mod basket;

/// Why a sale was not finished. Nothing of it is kept.
#[derive(Debug, Error)]
pub enum TillError {
    /// What was rung up is not right.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// It cannot be taken back.
    #[error(transparent)]
    Back(#[from] back::BackError),
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
    /// The settlement as it is sent.
    pub settlement: Value,
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
pub fn scan(database: &Database, input: &str) -> Result<Option<Scanned>, DatabaseError> {
    let patterns = database.labels().of(database.connection())?;
    let Ok(code) = read(input) else {
        return Ok(None);
    };
    find(database.connection(), &patterns, &code)
}

/// The item under a code, or the one whose label it is: an item's own code goes before a pattern, as
/// at the server.
fn find(
    connection: &Connection,
    patterns: &Patterns,
    code: &ItemCode,
) -> Result<Option<Scanned>, DatabaseError> {
    if let Some(item) = item(connection, code.as_str())? {
        return Ok(Some(Scanned {
            item,
            label: None,
            label_price: None,
            label_grams: None,
        }));
    }
    let Some(label) = patterns.resolve(code) else {
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
/// unless the cashier said otherwise. The code stays as it was scanned, and so it is sent.
fn read_labels(
    connection: &Connection,
    patterns: &Patterns,
    basket: &Basket,
) -> Result<Basket, DatabaseError> {
    let mut basket = basket.clone();
    for line in &mut basket.lines {
        let Some(Ok(code)) = line.code.as_deref().map(read) else {
            continue;
        };
        line.code = Some(code.as_str().to_owned());
        let Some(found) = find(connection, patterns, &code)? else {
            continue;
        };
        if let Some(price) = found.label_price
            && line.unit_price.is_none_or(|said| said == price)
        {
            line.unit_price = Some(price);
            line.reason.get_or_insert_with(|| "label".to_owned());
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
    Ok(basket)
}

/// What differs from one sale to the next: its key, its instant, its claim code.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// The trading day.
    pub business_date: String,
    /// The till's number.
    pub number: i64,
    /// When the customer paid, RFC 3339.
    pub at: String,
    /// The newest change of the store database, and whose.
    pub mark: capture::Mark,
    /// The claim code, if the sale is nobody's.
    pub claim: ClaimCode,
}

/// Finishes a sale or a return: when this returns, it is on the disk. `random` makes the claim code.
///
/// # Errors
/// [`TillError`]; then nothing is kept, and the number is free.
pub fn finish(
    database: &mut Database,
    store: &Store,
    basket: &Basket,
    now: Timestamp,
    random: [u8; 32],
) -> Result<Finished, TillError> {
    let asked = Asked {
        terminal: &basket.terminal,
        request: basket.request.as_deref(),
    };
    let labels = database.labels();
    enter(
        database,
        store,
        &asked,
        now,
        random,
        |connection, occasion| {
            let patterns = labels.of(connection)?;
            let look = |code: &str| match read(code) {
                Ok(code) => Ok(find(connection, &patterns, &code)?.map(|found| found.item)),
                Err(_) => item(connection, code),
            };
            let basket = &read_labels(connection, &patterns, basket)?;
            Ok(basket::settle(basket, store, occasion, look)?)
        },
    )
}

/// What was said of a sale before.
fn finished_before(sale: Sale) -> Result<Finished, TillError> {
    let settlement: Value = serde_json::from_str(&sale.body)
        .map_err(|error| DatabaseError::Strange(format!("a sale: {error}")))?;
    let claim_code = settlement.get("claim_code").and_then(Value::as_str);
    Ok(Finished {
        business_date: sale.business_date,
        transaction: sale.number,
        claim_code: claim_code.map(str::to_owned),
        settlement,
    })
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
) -> Result<Finished, TillError> {
    enter(
        database,
        store,
        &asked_for(order),
        now,
        random,
        |connection, occasion| {
            let sale = original(connection, &order.of)?;
            let before = back::returned(connection, &order.of)?;
            note(connection, order, now, "void")?;
            Ok(back::void(order, &sale, &before, store, occasion)?)
        },
    )
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
) -> Result<Finished, TillError> {
    enter(
        database,
        store,
        &asked_for(order),
        now,
        random,
        |connection, occasion| {
            let sale = original(connection, &order.of)?;
            let before = back::returned(connection, &order.of)?;
            note(connection, order, now, "return")?;
            Ok(back::give_back(order, &sale, &before, store, occasion)?)
        },
    )
}

/// In one transaction with what was done, so that it stands in the log exactly once.
fn note(
    connection: &Connection,
    order: &back::Order,
    now: Timestamp,
    what: &str,
) -> Result<(), TillError> {
    let of = &order.of;
    let detail = format!(
        "till {} {} number {}: {}",
        of.terminal, of.business_date, of.transaction, order.reason
    );
    Ok(log(connection, now, order.staff.as_deref(), what, &detail)?)
}

fn original(connection: &Connection, of: &back::Of) -> Result<Sale, TillError> {
    let key = (
        of.terminal.as_str(),
        of.business_date.as_str(),
        of.transaction.as_str(),
    );
    let found = outbox::find(connection, key)?;
    let sale = found.ok_or_else(|| back::BackError::Unknown(of.clone()))?;
    if back::is_voided(connection, of)? {
        return Err(back::BackError::Voided.into());
    }
    Ok(sale)
}

/// Which till asks, and under which id of its own.
struct Asked<'a> {
    terminal: &'a str,
    request: Option<&'a str>,
}

fn asked_for(order: &back::Order) -> Asked<'_> {
    Asked {
        terminal: &order.terminal,
        request: order.request.as_deref(),
    }
}

fn enter(
    database: &mut Database,
    store: &Store,
    asked: &Asked<'_>,
    now: Timestamp,
    random: [u8; 32],
    write: impl FnOnce(&Connection, &Occasion) -> Result<Value, TillError>,
) -> Result<Finished, TillError> {
    let day = store.business_date(now).ok_or(TillError::Clock(now.ms()))?;
    let transaction = database.write()?;
    if let Some(request) = asked.request
        && let Some(sale) = outbox::of_request(&transaction, asked.terminal, request)?
    {
        return finished_before(sale);
    }
    let occasion = Occasion {
        business_date: day.to_string(),
        number: outbox::next_number(&transaction, asked.terminal)?,
        at: store.show(now),
        mark: capture::mark(&transaction)?,
        claim: ClaimCode::derive(random),
    };
    let settlement = write(&transaction, &occasion)?;
    let body = settlement.to_string();
    let received =
        wire::settlement::read_settlement(body.as_bytes()).map_err(OutboxError::Rejected)?;
    outbox::put(&transaction, &body, &received, now)?;
    let number = occasion.number.to_string();
    if let Some(request) = asked.request {
        let key = (
            asked.terminal,
            occasion.business_date.as_str(),
            number.as_str(),
        );
        outbox::note_request(&transaction, key, request)?;
    }
    transaction.commit()?;
    Ok(Finished {
        business_date: occasion.business_date,
        transaction: number,
        claim_code: received.claim_code.map(|code| code.to_string()),
        settlement,
    })
}

/// Items whose code, name or reading contains `text`.
///
/// # Errors
/// [`DatabaseError`].
pub fn search(connection: &Connection, text: &str, limit: i64) -> Result<Vec<Item>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT code FROM items WHERE instr(code, ?1) > 0 OR instr(name, ?1) > 0
            OR instr(coalesce(short_name, ''), ?1) > 0 OR instr(coalesce(reading, ''), ?1) > 0
         ORDER BY name LIMIT ?2",
    )?;
    let codes = statement
        .query_map(rusqlite::params![text, limit], |row| {
            row.get::<_, String>(0)
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let found = codes.iter().map(|code| item(connection, code));
    Ok(found
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}
