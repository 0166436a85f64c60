//! Goods and money that come back: a whole sale voided, or lines of one returned. The original is
//! found in the outbox, whose acknowledged sales are kept for this.

use super::basket::{self, BasketAdjustment, BasketError, Priced};
use super::enter::Occasion;
use crate::database::DatabaseError;
use crate::keeping;
use crate::outbox::{self, Sale};
use crate::staff::Claimed;
use crate::store::Store;
use purchase::quantity::{Quantity, decimal};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use thiserror::Error;

/// What is to be taken back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The till at which it comes back.
    pub terminal: String,
    /// The till's own id of this, as for a sale.
    #[serde(default)]
    pub request: Option<String>,
    /// Who does it.
    #[serde(default)]
    pub staff: Option<String>,
    /// Why.
    pub reason: String,
    /// The sale.
    pub of: Of,
    /// For a return: which lines, and how much of each. None for a void.
    #[serde(default)]
    pub lines: Vec<BackLine>,
    /// How the money is given back; cash if absent.
    #[serde(default)]
    pub tender: Option<String>,
    /// A manager, where the shop wants one.
    #[serde(default)]
    pub approval: Option<Claimed>,
}

impl Order {
    /// As the log tells it.
    pub(super) fn told(&self) -> String {
        let of = &self.of;
        format!(
            "till {} {} number {}: {}",
            of.terminal, of.business_date, of.transaction, self.reason
        )
    }
}

/// A sale of this store.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// Its till.
    pub terminal: String,
    /// Its trading day.
    pub business_date: String,
    /// Its number.
    pub transaction: String,
}

/// A line that comes back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackLine {
    /// Its number on the original.
    pub line: usize,
    /// How much of it; all that is left if absent.
    #[serde(default)]
    pub quantity: Option<String>,
}

/// It cannot be taken back.
#[derive(Debug, Error)]
pub enum BackError {
    /// There is no such sale here.
    #[error(
        "this device has no sale {} of till {} on {}; ring it up as a return without receipt",
        .0.transaction, .0.terminal, .0.business_date
    )]
    Unknown(Of),
    /// It was here, and is not any more.
    #[error(
        "sale {} of till {} on {} is no longer on this device, which keeps filed sales for {days} \
         days; ring it up as a return without receipt",
        of.transaction, of.terminal, of.business_date
    )]
    Pruned {
        /// The sale.
        of: Of,
        /// For how many days filed sales are kept.
        days: u32,
    },
    /// It has another number now.
    #[error(
        "sale {} of till {} on {} was given the number {number}; take it back under that",
        of.transaction, of.terminal, of.business_date
    )]
    Renumbered {
        /// The sale, as its receipt says.
        of: Of,
        /// Its number.
        number: String,
    },
    /// A reason is needed.
    #[error("say why it comes back, in reason")]
    ReasonMissing,
    /// Only sales come back.
    #[error("this is a {0}, not a sale")]
    NoSale(String),
    /// Nothing is named.
    #[error("name the lines that come back")]
    NoLines,
    /// There is no such line.
    #[error("the sale has no line {0}")]
    NoSuchLine(usize),
    /// More comes back than was sold.
    #[error("line {line}: {left} can come back, not {wanted}")]
    TooMuch {
        /// The line.
        line: usize,
        /// What is left.
        left: String,
        /// What was asked for.
        wanted: String,
    },
    /// Something of it came back before.
    #[error("something of this sale came back before; return the rest line by line")]
    HasReturns,
    /// It was voided before.
    #[error("this sale was voided before; nothing of it is left to come back")]
    Voided,
    /// A number is none.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl BackError {
    /// What programs go by; texts may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "sale_unknown",
            Self::Pruned { .. } => "sale_pruned",
            Self::Renumbered { .. } => "sale_renumbered",
            Self::ReasonMissing => "back_reason_missing",
            Self::NoSale(_) => "no_sale",
            Self::NoLines => "no_lines",
            Self::NoSuchLine(_) => "no_such_line",
            Self::TooMuch { .. } => "too_much_back",
            Self::HasReturns => "has_returns",
            Self::Voided => "voided",
            Self::Basket(error) => error.code(),
            Self::Database(_) => "database",
        }
    }

    /// The numbers and names of it.
    #[must_use]
    pub fn params(&self) -> Value {
        match self {
            Self::Unknown(of) => json!(of),
            Self::Pruned { of, days } => json!({"terminal": of.terminal,
                "business_date": of.business_date, "transaction": of.transaction, "days": days}),
            Self::Renumbered { of, number } => json!({"terminal": of.terminal,
                "business_date": of.business_date, "transaction": of.transaction, "number": number}),
            Self::NoSale(kind) => json!({"kind": kind}),
            Self::NoSuchLine(line) => json!({"line": line}),
            Self::TooMuch { line, left, wanted } => {
                json!({"line": line, "left": left, "wanted": wanted})
            }
            Self::Basket(error) => error.params(),
            Self::ReasonMissing
            | Self::NoLines
            | Self::HasReturns
            | Self::Voided
            | Self::Database(_) => json!({}),
        }
    }
}

/// What came back of each line of a sale before, in millionths, and whether anything did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned(BTreeMap<usize, u64>);

/// What came back of a sale before, by this device's own records.
///
/// # Errors
/// [`DatabaseError`].
pub fn returned(connection: &Connection, of: &Of) -> Result<Returned, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT json_extract(entry.value, '$.line'), json_extract(entry.value, '$.quantity')
         FROM sales, json_each(sales.body, '$.of.lines') AS entry
         WHERE kind = 'return' AND state <> 'refused'
           AND json_extract(body, '$.of.terminal') = ?1
           AND json_extract(body, '$.of.business_date') = ?2
           AND json_extract(body, '$.of.transaction') = ?3",
    )?;
    let rows = statement.query_map([&of.terminal, &of.business_date, &of.transaction], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut returned = Returned::default();
    for row in rows {
        let (line, quantity) = row?;
        let micros = Quantity::parse(&quantity).map_or(0, Quantity::micros);
        *returned
            .0
            .entry(usize::try_from(line).unwrap_or(0))
            .or_default() += micros;
    }
    Ok(returned)
}

/// The sale that comes back.
///
/// # Errors
/// [`BackError::Unknown`] if it is not here, [`BackError::Voided`] if it is void.
pub(super) fn original(connection: &Connection, of: &Of) -> Result<Sale, BackError> {
    let key = (
        of.terminal.as_str(),
        of.business_date.as_str(),
        of.transaction.as_str(),
    );
    let found = outbox::find(connection, key)?;
    let sale = found.map_or_else(|| Err(why_unknown(connection, of)?), Ok)?;
    match is_voided(connection, of)? {
        true => Err(BackError::Voided),
        false => Ok(sale),
    }
}

/// Was a sale voided before, by this device's own records?
///
/// # Errors
/// [`DatabaseError`].
pub fn is_voided(connection: &Connection, of: &Of) -> Result<bool, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM sales WHERE kind = 'void' AND state <> 'refused'
           AND json_extract(body, '$.of.terminal') = ?1
           AND json_extract(body, '$.of.business_date') = ?2
           AND json_extract(body, '$.of.transaction') = ?3",
    )?;
    Ok(statement.exists([&of.terminal, &of.business_date, &of.transaction])?)
}

/// Why a sale is not here: it was given another number, it is too old, or it never was.
///
/// # Errors
/// [`DatabaseError`].
pub fn why_unknown(connection: &Connection, of: &Of) -> Result<BackError, DatabaseError> {
    let of = of.clone();
    let number: Option<String> = connection
        .prepare_cached(
            "SELECT sales.number FROM corrections JOIN sales ON sales.id = corrections.sale
             WHERE terminal = ?1 AND business_date = ?2 AND corrections.number = ?3",
        )?
        .query_row([&of.terminal, &of.business_date, &of.transaction], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(number) = number {
        return Ok(BackError::Renumbered { of, number });
    }
    let days = keeping::days(connection)?;
    let before = keeping::pruned_before(connection)?;
    Ok(
        match before.is_some_and(|before| of.business_date < before) {
            true => BackError::Pruned { of, days },
            false => BackError::Unknown(of),
        },
    )
}

/// The settlement that takes a sale back as a whole.
///
/// # Errors
/// [`BackError`].
pub fn void(
    order: &Order,
    sale: &Sale,
    before: &Returned,
    store: &Store,
    occasion: &Occasion,
) -> Result<Value, BackError> {
    let mut settlement = start("void", order, sale, store, occasion)?;
    if !before.0.is_empty() {
        return Err(BackError::HasReturns);
    }
    settlement.insert("of".to_owned(), of_message(order, store, Vec::new()));
    settlement.insert("lines".to_owned(), json!([]));
    settlement.insert("total".to_owned(), json!(sale.total));
    Ok(Value::Object(settlement))
}

/// The settlement that takes lines of a sale back.
///
/// # Errors
/// [`BackError`].
pub fn give_back(
    order: &Order,
    sale: &Sale,
    before: &Returned,
    store: &Store,
    occasion: &Occasion,
) -> Result<Value, BackError> {
    let mut settlement = start("return", order, sale, store, occasion)?;
    if order.lines.is_empty() {
        return Err(BackError::NoLines);
    }
    let original: Value = serde_json::from_str(&sale.body)
        .map_err(|error| DatabaseError::Strange(format!("a sale: {error}")))?;
    let (mut lines, mut of_lines) = (Vec::new(), Vec::new());
    let mut before = before.clone();
    for wanted in &order.lines {
        let sold = original
            .get("lines")
            .and_then(|lines| lines.get(wanted.line.wrapping_sub(1)))
            .and_then(Value::as_object)
            .ok_or(BackError::NoSuchLine(wanted.line))?;
        let (line, quantity) = part(wanted, sold, &before)?;
        *before.0.entry(wanted.line).or_default() += quantity.micros();
        lines.push(line);
        of_lines.push(json!({"line": wanted.line, "quantity": quantity.to_string()}));
    }
    let adjustments = shares(&original, &lines);
    let (total, taxes) = basket::sum_up(&lines, &adjustments)?;
    let total = i64::try_from(total).map_err(|_| BasketError::TooLarge)?;
    settlement.insert("adjustments".to_owned(), json!(adjustments));
    settlement.insert("taxes".to_owned(), taxes);
    let lines: Vec<_> = lines.into_iter().map(|line| line.message).collect();
    settlement.insert("lines".to_owned(), json!(lines));
    settlement.insert("of".to_owned(), of_message(order, store, of_lines));
    settlement.insert("total".to_owned(), json!(total));
    let kind = order.tender.as_deref().unwrap_or("cash");
    settlement.insert(
        "tenders".to_owned(),
        json!([{"kind": kind, "amount": total}]),
    );
    Ok(Value::Object(settlement))
}

fn start(
    kind: &str,
    order: &Order,
    sale: &Sale,
    store: &Store,
    occasion: &Occasion,
) -> Result<Map<String, Value>, BackError> {
    if order.reason.trim().is_empty() {
        return Err(BackError::ReasonMissing);
    }
    if sale.kind != "sale" {
        return Err(BackError::NoSale(sale.kind.clone()));
    }
    let mut settlement = basket::begin(kind, &order.terminal, store, occasion);
    if let Some(staff) = &order.staff {
        settlement.insert("staff".to_owned(), json!(staff));
    }
    settlement.insert("notes".to_owned(), json!([order.reason]));
    Ok(settlement)
}

fn of_message(order: &Order, store: &Store, lines: Vec<Value>) -> Value {
    let mut of = json!({
        "store_id": store.settings.store_id, "terminal": order.of.terminal,
        "business_date": order.of.business_date, "transaction": order.of.transaction,
    });
    if let (Some(members), false) = (of.as_object_mut(), lines.is_empty()) {
        members.insert("lines".to_owned(), Value::Array(lines));
    }
    of
}

/// A part of a line that was sold: its share of what the line cost.
fn part(
    wanted: &BackLine,
    sold: &Map<String, Value>,
    before: &Returned,
) -> Result<(Priced, Quantity), BackError> {
    let text = sold.get("quantity").and_then(Value::as_str);
    let whole = basket::quantity(text, wanted.line)?;
    let gone = before.0.get(&wanted.line).copied().unwrap_or(0);
    let left = whole.micros().saturating_sub(gone);
    let quantity = match &wanted.quantity {
        Some(text) => basket::quantity(Some(text), wanted.line)?,
        None => Quantity::from_micros(left).map_err(|_| too_much(wanted, left, "any"))?,
    };
    if quantity.micros() > left {
        return Err(too_much(wanted, left, &quantity.to_string()));
    }
    let paid = sold.get("amount").and_then(Value::as_i64).unwrap_or(0);
    // What all that is back by then cost, less what came back for it before: no part gets lost.
    let cost = |micros: u64| i128::from(paid) * i128::from(micros) / i128::from(whole.micros());
    let share = cost(gone.saturating_add(quantity.micros())) - cost(gone);
    let mut line = Map::new();
    let copied = [
        "code",
        "name",
        "unit",
        "unit_price",
        "tax_percent",
        "tax_included",
        "kind",
        "category",
        "sensitive",
    ];
    for name in copied {
        if let Some(value) = sold.get(name) {
            line.insert(name.to_owned(), value.clone());
        }
    }
    let amount = i64::try_from(share).map_err(|_| BasketError::TooLarge)?;
    line.insert("quantity".to_owned(), json!(quantity.to_string()));
    line.insert("amount".to_owned(), json!(amount));
    // What was taken off the line comes back in proportion, which is the till's own rule.
    line.insert("priced_by".to_owned(), json!("till"));
    let percent = sold.get("tax_percent").and_then(Value::as_str);
    let percent = percent.map(|percent| basket::percent_of(percent, wanted.line));
    let included = sold.get("tax_included").and_then(Value::as_bool);
    let tax = percent.transpose()?.zip(Some(included.unwrap_or(true)));
    let priced = Priced {
        message: line,
        amount: share,
        tax,
    };
    Ok((priced, quantity))
}

/// The part of each coupon and discount of the whole receipt that falls on what comes back: the
/// customer gets what was paid, not what it would have cost. A part of a unit is dropped.
fn shares(original: &Value, lines: &[Priced]) -> Vec<BasketAdjustment> {
    let rows = |name: &str| {
        original
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let amount = |row: &Value| row.get("amount").and_then(Value::as_i64).unwrap_or(0);
    let whole: i128 = rows("lines").map(|line| i128::from(amount(line))).sum();
    let back: i128 = lines.iter().map(|line| line.amount).sum();
    let text = |row: &Value, name: &str| row.get(name)?.as_str().map(str::to_owned);
    rows("adjustments")
        .map(|row| BasketAdjustment {
            kind: text(row, "kind").unwrap_or_default(),
            label: text(row, "label").unwrap_or_default(),
            amount: i64::try_from(i128::from(amount(row)) * back / whole.max(1)).unwrap_or(0),
            tax_percent: text(row, "tax_percent"),
            tax_included: None,
        })
        .filter(|share| share.amount != 0)
        .collect()
}

fn too_much(wanted: &BackLine, left: u64, asked: &str) -> BackError {
    BackError::TooMuch {
        line: wanted.line,
        left: decimal(left, 6),
        wanted: asked.to_owned(),
    }
}
