//! Why a basket cannot be sold: in words, and as a code with its numbers, so that a page can say it
//! in the cashier's language.

use crate::database::DatabaseError;
use serde_json::{Value, json};
use thiserror::Error;

/// What was rung up is not right; the cashier can mend it.
#[derive(Debug, Error)]
pub enum BasketError {
    /// No item has this code.
    #[error(
        "line {line}: no item has the code {code}; enter its name and price, or add it to the items"
    )]
    ItemUnknown {
        /// The line.
        line: usize,
        /// The code.
        code: String,
    },
    /// The item has no price.
    #[error("line {line}: {what} has no price; enter one")]
    PriceUnknown {
        /// The line.
        line: usize,
        /// The item or name.
        what: String,
    },
    /// Another price needs a reason.
    #[error("line {line}: the price differs from {listed}; say why in reason")]
    ReasonMissing {
        /// The line.
        line: usize,
        /// The price in the store database.
        listed: i64,
    },
    /// A number is none.
    #[error("line {line}: {detail}")]
    Number {
        /// The line.
        line: usize,
        /// What is wrong with it.
        detail: String,
    },
    /// More is taken off than it costs.
    #[error("line {line}: {off} is taken off, but it costs {price}")]
    DiscountTooLarge {
        /// The line.
        line: usize,
        /// What is taken off.
        off: i128,
        /// What it costs.
        price: i128,
    },
    /// Not enough was paid.
    #[error("{missing} is still to be paid of {total}")]
    Unpaid {
        /// What is missing.
        missing: i128,
        /// The total.
        total: i128,
    },
    /// Too much was paid by other means than cash.
    #[error("{over} too much was paid, and only cash gives change of at most {cash}")]
    Overpaid {
        /// By how much.
        over: i128,
        /// The cash.
        cash: i128,
    },
    /// The total is below nothing.
    #[error("the receipt comes to {0}; take less off")]
    NegativeTotal(i128),
    /// A sum is beyond all bounds.
    #[error("the sum is too large")]
    TooLarge,
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl BasketError {
    /// What programs go by; texts may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ItemUnknown { .. } => "item_unknown",
            Self::PriceUnknown { .. } => "price_unknown",
            Self::ReasonMissing { .. } => "reason_missing",
            Self::Number { .. } => "number",
            Self::DiscountTooLarge { .. } => "discount_too_large",
            Self::Unpaid { .. } => "unpaid",
            Self::Overpaid { .. } => "overpaid",
            Self::NegativeTotal(_) => "negative_total",
            Self::TooLarge => "too_large",
            Self::Database(_) => "database",
        }
    }

    /// The numbers and names of it.
    #[must_use]
    pub fn params(&self) -> Value {
        let number = |number: &i128| json!(i64::try_from(*number).unwrap_or(i64::MAX));
        match self {
            Self::ItemUnknown { line, code } => json!({"line": line, "item": code}),
            Self::PriceUnknown { line, what } => json!({"line": line, "item": what}),
            Self::ReasonMissing { line, listed } => json!({"line": line, "listed": listed}),
            Self::Number { line, .. } => json!({"line": line}),
            Self::DiscountTooLarge { line, off, price } => {
                json!({"line": line, "off": number(off), "price": number(price)})
            }
            Self::Unpaid { missing, total } => {
                json!({"missing": number(missing), "total": number(total)})
            }
            Self::Overpaid { over, cash } => json!({"over": number(over), "cash": number(cash)}),
            Self::NegativeTotal(total) => json!({"total": number(total)}),
            Self::TooLarge | Self::Database(_) => json!({}),
        }
    }
}
