//! Receipts that people miss at a store, as its people read and answer them by the interface. Who misses one
//! stands in no message, and neither does what was bought.

use super::proven;
use crate::blame::parse;
use crate::error::{ErrorCode, FieldError};
use crate::outcome::KeyMessage;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use purchase::id::Label;
use purchase::text::Text;
use purchase::time::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The receipts that people ask a store for, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SoughtReceipts {
    /// How many there are altogether.
    pub count: usize,
    /// Those of this page, at most 10.
    pub requests: Vec<SoughtMessage>,
    /// `skip` of the next page; null on the last.
    pub next_skip: Option<usize>,
}

/// What somebody says of a receipt that is missing, and the sales that it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "sought_id": "sgt_0zzg0081040g2081040m2gc5v8", "asked_at": "2026-04-11T09:00:00+09:00",
    "business_date": "2026-04-10", "time": "12:00", "total": 250, "currency": "JPY",
    "words": "one milk", "sales": [{"key": {"store_id": "s-1", "terminal": "1",
        "business_date": "2026-04-10", "transaction": "t-1"},
        "sold_at": "2026-04-10T12:04:00+09:00", "total": 250, "lines": 1}], "more_sales": false
}))]
pub struct SoughtMessage {
    /// The request; whose it is, is not told.
    pub sought_id: String,
    /// When the store was asked.
    #[schema(format = "date-time")]
    pub asked_at: String,
    /// On which day the purchase was.
    #[schema(format = "date")]
    pub business_date: String,
    /// At about what time, `HH:MM` in the store's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// What it came to, in minor units of `currency`.
    pub total: i64,
    /// The store's currency.
    pub currency: String,
    /// The number on the receipt, or the till's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Anything else that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Sales that it may be and that are nobody's, at most 10.
    pub sales: Vec<UnclaimedMessage>,
    /// A day had more sales than are looked at, so that there may be others.
    pub more_sales: bool,
}

/// A sale that is nobody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnclaimedMessage {
    /// Its key.
    pub key: KeyMessage,
    /// When it was, in the store's zone.
    #[schema(format = "date-time")]
    pub sold_at: String,
    /// Its number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_number: Option<String>,
    /// Its total, in minor units of the store's currency.
    pub total: i64,
    /// How many lines it has.
    pub lines: usize,
}

/// The sale that is given to whoever asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"terminal": "1", "business_date": "2026-04-10", "transaction": "t-1"}))]
pub struct GivenSaleMessage<'a> {
    /// The till.
    #[schema(value_type = String)]
    terminal: Words<'a>,
    /// The store's trading day.
    #[schema(value_type = String, format = "date")]
    business_date: Words<'a>,
    /// The till's number for the sale.
    #[schema(value_type = String)]
    transaction: Words<'a>,
}

/// A sale of the store that answers, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenSale {
    /// The till.
    pub terminal: Label,
    /// The store's trading day.
    pub business_date: BusinessDate,
    /// The till's number for the sale.
    pub transaction: Label,
}

/// Reads which sale is given.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_given(bytes: &[u8]) -> Result<GivenSale, Vec<FieldError>> {
    let sent: GivenSaleMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let label = |words: &Words<'_>| Label::parse(words.as_str()).map_err(Finding::from);
    let terminal = findings.take(root.member("terminal"), label(&sent.terminal));
    let date = BusinessDate::parse(sent.business_date.as_str());
    let business_date = findings.take(root.member("business_date"), date.map_err(Finding::from));
    let transaction = findings.take(root.member("transaction"), label(&sent.transaction));
    proven(findings, || {
        Some(GivenSale {
            terminal: terminal?,
            business_date: business_date?,
            transaction: transaction?,
        })
    })
}

/// Why a store gives no receipt, in a sentence that each reader has in the reader's own language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyMessage {
    /// No sale like it was found.
    NoSuchSale,
    /// The store needs to know more: the time, or the number on the receipt.
    TellMore,
    /// The sale was not recorded, or not here.
    NotRecorded,
    /// What the store says in `words`.
    OwnWords,
}

impl WhyMessage {
    const ALL: [(&'static str, Self); 4] = [
        ("no_such_sale", Self::NoSuchSale),
        ("tell_more", Self::TellMore),
        ("not_recorded", Self::NotRecorded),
        ("own_words", Self::OwnWords),
    ];

    fn prove(words: &Words<'_>) -> Result<Self, Finding> {
        let found = Self::ALL.iter().find(|(name, _)| *name == words.as_str());
        found.map(|(_, why)| *why).ok_or_else(|| {
            Finding::invalid("must be no_such_sale, tell_more, not_recorded or own_words")
        })
    }
}

/// What a store says instead of giving a receipt.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"why": "tell_more", "words": "which of the two tills was it?"}))]
pub struct NoReceiptMessage<'a> {
    /// Why.
    #[schema(value_type = WhyMessage)]
    why: Words<'a>,
    /// And in the store's own words, at most 200 characters; needed with `own_words`.
    #[schema(value_type = Option<String>, max_length = 200)]
    words: Option<Words<'a>>,
}

/// What a store says instead of giving a receipt; the words are proven by whoever keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoReceipt {
    /// Why.
    pub why: WhyMessage,
    /// In its own words.
    pub words: Option<Text>,
}

/// Reads what a store says instead.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_no_receipt(bytes: &[u8]) -> Result<NoReceipt, Vec<FieldError>> {
    let sent: NoReceiptMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let why = findings.take(root.member("why"), WhyMessage::prove(&sent.why));
    let place = root.member("words");
    let words = findings.maybe(place, sent.words.as_ref(), Words::prove);
    if why == Some(WhyMessage::OwnWords) && sent.words.is_none() {
        let needed = Finding::new(ErrorCode::MissingField, "own_words needs words");
        findings.add(place, needed);
    }
    proven(findings, || Some(NoReceipt { why: why?, words }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_given_sale_is_named_whole() {
        let check = |sent: serde_json::Value, expected: &[&str]| {
            let read = read_given(sent.to_string().as_bytes());
            let faults = read.err().unwrap_or_default();
            let faults: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(faults, expected, "{sent}");
        };
        let good = json!({"terminal": "1", "business_date": "2026-04-10", "transaction": "t-1"});
        check(good, &[]);
        let bad = json!({"terminal": "", "business_date": "today", "transaction": "牛"});
        check(bad, &["/terminal", "/business_date", "/transaction"]);
        check(
            json!({"terminal": "1", "business_date": "2026-04-10"}),
            &["/transaction"],
        );
    }

    #[test]
    fn what_is_said_instead_has_words_where_they_are_needed() {
        let check = |sent: serde_json::Value, expected: Result<WhyMessage, &str>| {
            let read = read_no_receipt(sent.to_string().as_bytes());
            let read = read.map(|read| read.why);
            let read = read.map_err(|faults| faults[0].pointer.clone());
            assert_eq!(read, expected.map_err(str::to_owned), "{sent}");
        };
        check(json!({"why": "tell_more"}), Ok(WhyMessage::TellMore));
        let own = json!({"why": "own_words", "words": "ask at the desk"});
        check(own, Ok(WhyMessage::OwnWords));
        check(json!({"why": "own_words"}), Err("/words"));
        check(json!({"why": "own_words", "words": ""}), Err("/words"));
        check(json!({"why": "no"}), Err("/why"));
        check(json!({}), Err("/why"));
    }
}
