//! What the shop decides for itself at its device, such as when a trading day begins: kept by name
//! in the store database, read anew whenever it is needed. The server knows nothing of it.

use crate::database::{DatabaseError, fact, keep};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use thiserror::Error;

/// One thing that a shop decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// When a trading day begins.
    DayChange,
    /// Which acts a manager has to approve.
    Approve,
    /// The discount above which a manager has to approve.
    DiscountLimit,
    /// After how many idle minutes the page locks.
    LockMinutes,
    /// What receipts end with.
    ReceiptFooter,
    /// The number of a registered issuer of invoices.
    InvoiceNumber,
    /// The item that a bag is.
    BagCode,
    /// How wide the paper is, in millimetres.
    ReceiptWidth,
}

/// Acts that a shop can put under a manager's approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A sale is taken back whole.
    Void,
    /// Lines of a sale come back.
    Return,
    /// Something comes back without its sale.
    LooseReturn,
    /// Another price than the item's.
    Price,
    /// More is taken off than the limit allows.
    Discount,
}

impl Act {
    /// Those that stand in the rule `approve`; a discount has a limit of its own.
    const NAMED: [Self; 4] = [Self::Void, Self::Return, Self::LooseReturn, Self::Price];

    /// As it is written in the rule, in the log, and in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Return => "return",
            Self::LooseReturn => "return-without-receipt",
            Self::Price => "price",
            Self::Discount => "discount",
        }
    }
}

/// The value does not fit the rule.
#[derive(Debug, Error)]
pub enum RuleError {
    /// There is no such rule.
    #[error("there is no setting {0}; orihon-device set lists them")]
    Unknown(String),
    /// The value is not possible.
    #[error("{rule} cannot be {value}: write {fix}")]
    Value {
        /// The rule.
        rule: &'static str,
        /// What was given.
        value: String,
        /// What it takes.
        fix: &'static str,
    },
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Rule {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::DayChange,
        Self::Approve,
        Self::DiscountLimit,
        Self::LockMinutes,
        Self::ReceiptFooter,
        Self::InvoiceNumber,
        Self::BagCode,
        Self::ReceiptWidth,
    ];

    /// As it is typed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DayChange => "day-change",
            Self::Approve => "approve",
            Self::DiscountLimit => "discount-limit",
            Self::LockMinutes => "lock-minutes",
            Self::ReceiptFooter => "receipt-footer",
            Self::InvoiceNumber => "invoice-number",
            Self::BagCode => "bag-code",
            Self::ReceiptWidth => "receipt-width",
        }
    }

    /// What holds if nothing was set.
    #[must_use]
    pub const fn default(self) -> &'static str {
        match self {
            Self::DayChange => "05:00",
            Self::LockMinutes => "5",
            Self::ReceiptWidth => "80",
            Self::Approve
            | Self::DiscountLimit
            | Self::ReceiptFooter
            | Self::InvoiceNumber
            | Self::BagCode => "",
        }
    }

    /// What it takes, for people.
    #[must_use]
    pub const fn takes(self) -> &'static str {
        match self {
            Self::DayChange => "a time from 00:00 to 12:00, such as 05:00",
            Self::Approve => "any of void,return,return-without-receipt,price, separated by commas",
            Self::DiscountLimit => "a percentage from 0 to 100, or nothing for no limit",
            Self::LockMinutes => "minutes from 0 (never) to 240",
            Self::ReceiptFooter => "up to 200 characters",
            Self::InvoiceNumber => "T and 13 digits",
            Self::BagCode => "the code of an item",
            Self::ReceiptWidth => "58 or 80",
        }
    }

    /// The rule of this name.
    ///
    /// # Errors
    /// [`RuleError::Unknown`].
    pub fn of(word: &str) -> Result<Self, RuleError> {
        let found = Self::ALL.into_iter().find(|rule| rule.word() == word);
        found.ok_or_else(|| RuleError::Unknown(word.to_owned()))
    }

    /// Sets it; nothing brings back what holds if nothing was set.
    ///
    /// # Errors
    /// [`RuleError`] if the value does not fit.
    pub fn set(self, connection: &Connection, value: &str) -> Result<(), RuleError> {
        let value = value.trim();
        if !value.is_empty() && !self.fits(value) {
            return Err(RuleError::Value {
                rule: self.word(),
                value: value.to_owned(),
                fix: self.takes(),
            });
        }
        Ok(keep(connection, &self.key(), value)?)
    }

    fn fits(self, value: &str) -> bool {
        let number = |most: u16| value.parse::<u16>().is_ok_and(|number| number <= most);
        match self {
            Self::DayChange => minutes(value).is_some_and(|minutes| minutes <= 12 * 60),
            Self::Approve => {
                acts(value).all(|word| Act::NAMED.iter().any(|act| act.word() == word))
            }
            Self::DiscountLimit => number(100),
            Self::LockMinutes => number(240),
            Self::ReceiptFooter => purchase::text::check(value, 200).is_ok(),
            Self::InvoiceNumber => value.strip_prefix('T').is_some_and(|digits| {
                digits.len() == 13 && digits.bytes().all(|byte| byte.is_ascii_digit())
            }),
            Self::BagCode => purchase::id::ItemCode::parse(value).is_ok(),
            Self::ReceiptWidth => ["58", "80"].contains(&value),
        }
    }

    fn key(self) -> String {
        format!("rule.{}", self.word())
    }
}

/// Minutes after midnight of `05:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| hours * 60 + minutes)
}

fn acts(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
}

/// What the shop has decided, all of it.
#[derive(Clone, Debug, Default)]
pub struct Rules(BTreeMap<Rule, String>);

impl Rules {
    /// Reads them.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn read(connection: &Connection) -> Result<Self, DatabaseError> {
        let mut rules = BTreeMap::new();
        for rule in Rule::ALL {
            if let Some(value) = fact(connection, &rule.key())?.filter(|value| !value.is_empty()) {
                rules.insert(rule, value);
            }
        }
        Ok(Self(rules))
    }

    /// What was set for a rule, or what holds without.
    #[must_use]
    pub fn value(&self, rule: Rule) -> &str {
        self.0.get(&rule).map_or(rule.default(), String::as_str)
    }

    /// Minutes after midnight at which a trading day begins, if the shop set them.
    #[must_use]
    pub fn day_change_minutes(&self) -> Option<u16> {
        self.0.get(&Rule::DayChange).and_then(|text| minutes(text))
    }

    /// The percentage above which a discount needs approval.
    #[must_use]
    pub fn discount_limit(&self) -> Option<i128> {
        self.value(Rule::DiscountLimit).parse().ok()
    }

    /// Does a manager have to approve this?
    #[must_use]
    pub fn approval_of(&self, act: Act) -> Approval {
        let listed = acts(self.value(Rule::Approve)).any(|word| word == act.word());
        match act == Act::Discount || listed {
            true => Approval::Needed,
            false => Approval::Free,
        }
    }

    /// What the till page has to know.
    #[must_use]
    pub fn for_page(&self) -> Value {
        let told = [
            Rule::LockMinutes,
            Rule::ReceiptFooter,
            Rule::InvoiceNumber,
            Rule::BagCode,
            Rule::ReceiptWidth,
        ];
        let told = told.into_iter().map(|rule| {
            let name = rule.word().replace('-', "_");
            (name, json!(self.value(rule)))
        });
        Value::Object(told.collect::<Map<_, _>>())
    }
}

/// Whether somebody has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// A manager has to.
    Needed,
    /// Nobody has to.
    Free,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_fits_is_taken() {
        let rows = [
            (
                Rule::DayChange,
                "00:00 05:00 12:00",
                "12:01 5:00 05:60 five",
            ),
            (
                Rule::Approve,
                "void void,price return-without-receipt",
                "sale void,x",
            ),
            (Rule::DiscountLimit, "0 30 100", "101 -1 x 2.5"),
            (Rule::LockMinutes, "0 240", "241"),
            (
                Rule::InvoiceNumber,
                "T7123456789012",
                "7123456789012 T712345678901 T71234567890x2",
            ),
            (Rule::ReceiptWidth, "58 80", "57 81 wide"),
        ];
        for (rule, good, bad) in rows {
            let wrong: Vec<_> = good.split(' ').filter(|value| !rule.fits(value)).collect();
            assert!(wrong.is_empty(), "{} takes {wrong:?}", rule.word());
            let wrong: Vec<_> = bad.split(' ').filter(|value| rule.fits(value)).collect();
            assert!(wrong.is_empty(), "{} does not take {wrong:?}", rule.word());
        }
    }
}
