//! What a cashier rang up, and the settlement that it makes: prices, discounts, taxes, change. Only
//! arithmetic on whole minor units; a part of one is dropped.

use super::enter::Occasion;
use crate::code;
use crate::database::DatabaseError;
use crate::staff::Claimed;
use crate::store::Store;
pub use fault::BasketError;
use purchase::id::ItemCode;
use purchase::quantity::{Percent, Quantity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use wire::limits::MEMBER_DIGITS;

mod fault;

/// Percentages are counted in ten-thousandths of a percent, so a whole is a million of them.
const WHOLE: i128 = 1_000_000;

/// What a cashier rang up.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Basket {
    /// The till.
    pub terminal: String,
    /// The till's own id of this sale. Sent again under the same id, it is the same sale: a till
    /// that heard no answer can ask again without selling twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Who serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// What the customer showed: 22 digits of a member code, or an account's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    /// What is sold.
    pub lines: Vec<BasketLine>,
    /// What changes the whole receipt: coupons, discounts, fees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<BasketAdjustment>,
    /// The payments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<BasketTender>,
    /// The store's own points, as the contract writes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Value>,
    /// Free lines of the receipt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// A manager, where the shop wants one.
    #[serde(default, skip_serializing)]
    pub approval: Option<Claimed>,
}

/// One line.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BasketLine {
    /// The item's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A name, where there is no code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How much; one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// Another price than the store database's, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<i64>,
    /// Why it has another price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is taken off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<BasketDiscount>,
    /// Another tax rate than the store database's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<String>,
    /// The number of the line that this one is a part or an option of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<u16>,
}

/// What is taken off a line.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BasketDiscount {
    /// What the receipt calls it.
    pub label: String,
    /// How much, in minor units.
    pub amount: i64,
}

/// What changes the whole receipt.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BasketAdjustment {
    /// `coupon`, `discount`, `bundle`, `points`, `deposit`, `fee`, `rounding` or `other`.
    pub kind: String,
    /// What the receipt calls it.
    pub label: String,
    /// Negative takes off, positive adds.
    pub amount: i64,
    /// The tax rate under which it falls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<String>,
    /// Whether it falls on prices that contain the tax; if unsaid, on those where there are any. It
    /// decides where the tax is reckoned, and the contract has no place for it.
    #[serde(default, skip_serializing)]
    pub tax_included: Option<bool>,
}

/// A payment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BasketTender {
    /// `cash`, `card`, `emoney`, `qr`, `points`, `voucher`, `credit` or `other`.
    pub kind: String,
    /// How much was handed over, in minor units.
    pub amount: i64,
    /// What the receipt calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// An item of the store database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// As it is scanned.
    pub code: String,
    /// As the customer reads it.
    pub name: String,
    /// The unit; each if absent.
    pub unit: Option<String>,
    /// In minor units.
    pub unit_price: Option<i64>,
    /// The tax rate.
    pub tax_percent: Option<String>,
    /// Whether the price contains the tax.
    pub tax_included: Option<bool>,
    /// `goods` or `service`.
    pub kind: String,
    /// The store's own grouping.
    pub category: Option<String>,
    /// Whether only the buyer shall see it.
    pub sensitive: bool,
}

/// A line that has its price.
pub(super) struct Priced {
    pub(super) message: Map<String, Value>,
    pub(super) amount: i128,
    pub(super) tax: Option<(Percent, bool)>,
}

/// What a basket comes to before it is paid.
pub(super) struct Rung {
    lines: Vec<Priced>,
    taxes: Value,
    pub(super) total: i128,
}

/// Prices a basket. `look` finds items by their codes.
pub(super) fn ring_up(
    basket: &Basket,
    look: impl Fn(&str) -> Result<Option<Item>, DatabaseError>,
) -> Result<Rung, BasketError> {
    let mut lines = Vec::with_capacity(basket.lines.len());
    for (line, nth) in basket.lines.iter().zip(1..) {
        lines.push(price(line, nth, &look)?);
    }
    let (total, taxes) = sum_up(&lines, &basket.adjustments)?;
    Ok(Rung {
        lines,
        taxes,
        total,
    })
}

/// The settlement of a basket that is paid by its tenders.
///
/// # Errors
/// [`BasketError`].
pub fn settle(
    basket: &Basket,
    store: &Store,
    occasion: &Occasion,
    look: impl Fn(&str) -> Result<Option<Item>, DatabaseError>,
) -> Result<Value, BasketError> {
    let rung = ring_up(basket, look)?;
    Ok(Value::Object(pay(basket, rung, store, occasion)?))
}

/// The same of one that is priced already.
pub(super) fn pay(
    basket: &Basket,
    rung: Rung,
    store: &Store,
    occasion: &Occasion,
) -> Result<Map<String, Value>, BasketError> {
    let change = change(rung.total, &basket.tenders)?;
    let mut settlement = compose("sale", basket, rung, store, occasion)?;
    settlement.insert("tenders".to_owned(), json!(basket.tenders));
    settlement.insert("change".to_owned(), minor(change)?);
    Ok(settlement)
}

/// A settlement of this kind, without its payment.
pub(super) fn compose(
    kind: &str,
    basket: &Basket,
    rung: Rung,
    store: &Store,
    occasion: &Occasion,
) -> Result<Map<String, Value>, BasketError> {
    let mut settlement = begin(kind, &basket.terminal, store, occasion);
    set(&mut settlement, "staff", basket.staff.as_ref());
    if let Some(text) = &basket.buyer {
        settlement.insert("user".to_owned(), buyer(text));
    }
    // Also where a buyer is named: whether a code is worth anything the server finds out, maybe days later,
    // and whoever showed a bad one has nothing but the paper by which to take the purchase.
    settlement.insert("claim_code".to_owned(), json!(occasion.claim.to_string()));
    let messages: Vec<_> = rung.lines.into_iter().map(|line| line.message).collect();
    settlement.insert("lines".to_owned(), json!(messages));
    settlement.insert("adjustments".to_owned(), json!(basket.adjustments));
    settlement.insert("taxes".to_owned(), rung.taxes);
    settlement.insert("total".to_owned(), minor(rung.total)?);
    set(&mut settlement, "points", basket.points.as_ref());
    settlement.insert("notes".to_owned(), json!(basket.notes));
    Ok(settlement)
}

/// What lines and adjustments come to with the taxes on top, and the rows of all taxes.
pub(super) fn sum_up(
    lines: &[Priced],
    adjustments: &[BasketAdjustment],
) -> Result<(i128, Value), BasketError> {
    let taxes = taxes(lines, adjustments)?;
    let of_lines: i128 = lines.iter().map(|line| line.amount).sum();
    let adjusted = adjustments
        .iter()
        .map(|adjustment| i128::from(adjustment.amount));
    let on_top = taxes.iter().filter(|tax| !tax.included).map(|tax| tax.tax);
    let total = of_lines + adjusted.sum::<i128>() + on_top.sum::<i128>();
    if total < 0 {
        return Err(BasketError::NegativeTotal(total));
    }
    let rows = taxes.iter().map(Tax::message).collect::<Result<_, _>>()?;
    Ok((total, Value::Array(rows)))
}

/// The members that every settlement has.
pub(super) fn begin(
    kind: &str,
    terminal: &str,
    store: &Store,
    occasion: &Occasion,
) -> Map<String, Value> {
    let members = [
        ("store_id", json!(store.settings.store_id)),
        ("terminal", json!(terminal)),
        ("business_date", json!(occasion.business_date)),
        ("transaction", json!(occasion.number.to_string())),
        ("kind", json!(kind)),
        ("purchased_at", json!(occasion.at)),
        ("currency", json!(store.settings.currency)),
        ("catalogue_revision", json!(occasion.mark.revision)),
        ("catalogue_lineage", json!(occasion.mark.lineage)),
        (
            "receipt_number",
            json!(format!("{terminal}-{}", occasion.number)),
        ),
    ];
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn set(members: &mut Map<String, Value>, name: &str, value: Option<&impl Serialize>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), json!(value));
    }
}

/// Whom a scanned or typed text names: 22 digits are a member code, however they are grouped and
/// whichever digits an input method made of them. Whether it is a right one the server judges: no sale is
/// lost for a code that was misread.
fn buyer(shown: &str) -> Value {
    let scanned = code::read(shown);
    let scanned = scanned.as_ref().map_or(shown, ItemCode::as_str);
    let digits: String = scanned
        .chars()
        .filter(|typed| !typed.is_whitespace() && *typed != '-')
        .collect();
    if digits.len() == MEMBER_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        json!({"member_code": digits})
    } else {
        json!({"id": shown.trim()})
    }
}

pub(super) fn minor(amount: i128) -> Result<Value, BasketError> {
    let amount = i64::try_from(amount).map_err(|_| BasketError::TooLarge)?;
    Ok(json!(amount))
}

fn price(
    line: &BasketLine,
    nth: usize,
    look: &impl Fn(&str) -> Result<Option<Item>, DatabaseError>,
) -> Result<Priced, BasketError> {
    let item = line.code.as_deref().map(look).transpose()?.flatten();
    if let (None, Some(code), None) = (&item, &line.code, &line.name) {
        return Err(BasketError::ItemUnknown {
            line: nth,
            code: code.clone(),
        });
    }
    let listed = item.as_ref().and_then(|item| item.unit_price);
    let unit_price = line.unit_price.or(listed);
    let unit_price = unit_price.ok_or_else(|| BasketError::PriceUnknown {
        line: nth,
        what: line.code.clone().or(line.name.clone()).unwrap_or_default(),
    })?;
    if let Some(listed) = listed.filter(|listed| *listed != unit_price)
        && line.reason.as_deref().is_none_or(str::is_empty)
    {
        return Err(BasketError::ReasonMissing { line: nth, listed });
    }
    let quantity = quantity(line.quantity.as_deref(), nth)?;
    let full = i128::from(unit_price) * i128::from(quantity.micros()) / 1_000_000;
    let off: i128 = line
        .discounts
        .iter()
        .map(|discount| i128::from(discount.amount))
        .sum();
    if off > full || off < 0 {
        return Err(BasketError::DiscountTooLarge {
            line: nth,
            off,
            price: full,
        });
    }
    let tax = rate(line, item.as_ref(), nth)?;
    let mut message = Map::new();
    set(&mut message, "code", line.code.as_ref());
    set(&mut message, "name", line.name.as_ref());
    message.insert("quantity".to_owned(), json!(quantity.to_string()));
    message.insert("unit_price".to_owned(), json!(unit_price));
    message.insert("amount".to_owned(), minor(full - off)?);
    if off > 0 {
        message.insert("discount".to_owned(), minor(off)?);
        message.insert("discounts".to_owned(), json!(line.discounts));
    }
    set(
        &mut message,
        "list_price",
        listed.filter(|listed| *listed != unit_price).as_ref(),
    );
    if let Some((percent, included)) = tax {
        message.insert("tax_percent".to_owned(), json!(percent.to_string()));
        message.insert("tax_included".to_owned(), json!(included));
    }
    set(&mut message, "part_of", line.part_of.as_ref());
    if let Some(item) = &item {
        describe(item, &mut message);
    }
    Ok(Priced {
        message,
        amount: full - off,
        tax,
    })
}

/// What the store database says of an item besides its price.
fn describe(item: &Item, message: &mut Map<String, Value>) {
    set(message, "unit", item.unit.as_ref());
    set(message, "category", item.category.as_ref());
    if item.kind == "service" {
        message.insert("kind".to_owned(), json!("service"));
    }
    if item.sensitive {
        message.insert("sensitive".to_owned(), json!(true));
    }
}

pub(super) fn quantity(text: Option<&str>, nth: usize) -> Result<Quantity, BasketError> {
    let Some(text) = text else {
        return Ok(Quantity::ONE);
    };
    Quantity::parse(text).map_err(|error| BasketError::Number {
        line: nth,
        detail: format!("the quantity {text}: {error}"),
    })
}

fn rate(
    line: &BasketLine,
    item: Option<&Item>,
    nth: usize,
) -> Result<Option<(Percent, bool)>, BasketError> {
    let listed = item.and_then(|item| item.tax_percent.as_deref());
    let Some(percent) = line.tax_percent.as_deref().or(listed) else {
        return Ok(None);
    };
    let percent = percent_of(percent, nth)?;
    let included = item.and_then(|item| item.tax_included).unwrap_or(true);
    Ok(Some((percent, included)))
}

pub(super) fn percent_of(text: &str, nth: usize) -> Result<Percent, BasketError> {
    Percent::parse(text).map_err(|error| BasketError::Number {
        line: nth,
        detail: format!("the tax rate {text}: {error}"),
    })
}

/// The tax of one rate.
struct Tax {
    percent: Percent,
    included: bool,
    taxable: i128,
    tax: i128,
}

impl Tax {
    fn message(&self) -> Result<Value, BasketError> {
        Ok(json!({
            "percent": self.percent.to_string(), "included": self.included,
            "taxable": minor(self.taxable)?, "tax": minor(self.tax)?,
        }))
    }
}

/// The tax of each rate, reckoned once on the sum of its lines and adjustments.
fn taxes(lines: &[Priced], adjustments: &[BasketAdjustment]) -> Result<Vec<Tax>, BasketError> {
    let mut sums: BTreeMap<(u32, bool), (Percent, i128)> = BTreeMap::new();
    for line in lines {
        if let Some((percent, included)) = line.tax {
            let sum = sums
                .entry((percent.units(), included))
                .or_insert((percent, 0));
            sum.1 += line.amount;
        }
    }
    for adjustment in adjustments {
        let Some(text) = &adjustment.tax_percent else {
            continue;
        };
        let percent = percent_of(text, 0)?;
        let rates = [(percent.units(), true), (percent.units(), false)];
        let said = adjustment
            .tax_included
            .map(|included| (percent.units(), included));
        let rate = said.or_else(|| rates.into_iter().find(|rate| sums.contains_key(rate)));
        let sum = sums
            .entry(rate.unwrap_or((percent.units(), true)))
            .or_insert((percent, 0));
        sum.1 += i128::from(adjustment.amount);
    }
    let reckon = |((_, included), (percent, taxable)): ((u32, bool), (Percent, i128))| {
        // A coupon can be worth more than what it is for; there is no tax below nothing.
        let taxable = taxable.max(0);
        let rate = i128::from(percent.units());
        let whole = if included { WHOLE + rate } else { WHOLE };
        Tax {
            percent,
            included,
            taxable,
            tax: taxable * rate / whole,
        }
    };
    Ok(sums.into_iter().map(reckon).collect())
}

/// What is given back: only cash gives change.
fn change(total: i128, tenders: &[BasketTender]) -> Result<i128, BasketError> {
    let sum = |cash_only: bool| -> i128 {
        tenders
            .iter()
            .filter(|tender| !cash_only || tender.kind == "cash")
            .map(|tender| i128::from(tender.amount))
            .sum()
    };
    let (paid, cash) = (sum(false), sum(true));
    if tenders.is_empty() && total == 0 {
        return Ok(0);
    }
    if paid < total {
        return Err(BasketError::Unpaid {
            missing: total - paid,
            total,
        });
    }
    let over = paid - total;
    if over > cash {
        return Err(BasketError::Overpaid { over, cash });
    }
    Ok(over)
}
