//! What a person asks of the own account: which purchases, and how many. Only the question is
//! proven here; the ledger finds what stands in clear columns, and words are looked for in opened
//! purchases.

use super::read_cursor;
use crate::error::FieldError;
use crate::limits::{PAGE, PAGE_DEFAULT, SEARCH_CHARS};
use crate::place::{Finding, Findings, Place};
use crate::time::{day_of, instant};
use jiff::tz::TimeZone;
use purchase::fold;
use purchase::id::{PurchaseId, StoreId};
use purchase::money::{Amount, Currency};
use purchase::time::{BusinessDate, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

/// The parameters of `GET /v1/me/purchases`, as sent.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PurchaseQuery {
    /// Purchases on the page: 20 unless told otherwise, at most 100.
    #[param(value_type = Option<usize>, example = 20)]
    pub limit: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Not before this: a time of RFC 3339, or a date in the store's own days.
    #[param(example = "2017-01-01")]
    pub from: Option<String>,
    /// Before this time of RFC 3339, or up to and including this date.
    #[param(example = "2017-01-31")]
    pub to: Option<String>,
    /// Only of this store.
    pub store_id: Option<String>,
    /// Words that must all be found in names, readings, the person's own names, or the shop.
    pub q: Option<String>,
    /// At least this total, in minor units.
    #[param(value_type = Option<i64>)]
    pub min: Option<String>,
    /// At most this total, in minor units.
    #[param(value_type = Option<i64>)]
    pub max: Option<String>,
    /// Only in this currency.
    pub currency: Option<String>,
}

/// One end of a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// An instant: a span begins with it, and ends before it.
    Instant(Timestamp),
    /// A day by the store's own clock: it belongs to the span at either end.
    Day(BusinessDate),
}

/// A question that was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Purchases on the page, from 1 to [`PAGE`].
    pub limit: usize,
    /// Only older than this one.
    pub cursor: Option<PurchaseId>,
    /// Where the span begins.
    pub from: Option<Edge>,
    /// Where it ends.
    pub to: Option<Edge>,
    /// Only of this store.
    pub store_id: Option<StoreId>,
    /// Folded words that must all be found; none if the person looks for nothing.
    pub words: Vec<String>,
    /// At least this total.
    pub min: Option<Amount>,
    /// At most this total.
    pub max: Option<Amount>,
    /// Only in this currency.
    pub currency: Option<Currency>,
}

impl PurchaseQuery {
    /// Proves the parameters.
    ///
    /// # Errors
    /// Every fault found, with `/` and the parameter as its place; never none.
    pub fn prove(&self) -> Result<Query, Vec<FieldError>> {
        let mut findings = Findings::default();
        let root = Place::Root;
        let place = |name| root.member(name);
        let limit = findings.maybe(place("limit"), sent(&self.limit), limit);
        let cursor = findings.maybe(place("cursor"), sent(&self.cursor), |text| {
            let detail = "must be next_cursor of the page before, unchanged";
            read_cursor(text).ok_or_else(|| Finding::invalid(detail))
        });
        let from = findings.maybe(place("from"), sent(&self.from), edge);
        let to = findings.maybe(place("to"), sent(&self.to), edge);
        let store_id = findings.maybe(place("store_id"), sent(&self.store_id), StoreId::parse);
        let words = findings.maybe(place("q"), sent(&self.q), words);
        let min = findings.maybe(place("min"), sent(&self.min), amount);
        let max = findings.maybe(place("max"), sent(&self.max), amount);
        let currency = findings.maybe(place("currency"), sent(&self.currency), Currency::parse);
        if !findings.is_empty() {
            return Err(findings.into_errors());
        }
        Ok(Query {
            limit: limit.unwrap_or(PAGE_DEFAULT),
            cursor,
            from,
            to,
            store_id,
            words: words.unwrap_or_default(),
            min,
            max,
            currency,
        })
    }
}

impl Query {
    /// A span of instants that holds every purchase asked for, whatever the zones of the stores:
    /// first inclusive, last exclusive. What lies in it is then tested by [`Query::covers`].
    #[must_use]
    pub fn span(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        // The easternmost clocks are 14 hours ahead of universal time, the westernmost 12 behind.
        const AHEAD_MS: i64 = 14 * 3_600_000;
        const BEHIND_MS: i64 = 12 * 3_600_000;
        const DAY_MS: i64 = 24 * 3_600_000;
        let from = self.from.map(|edge| match edge {
            Edge::Instant(at) => at,
            Edge::Day(day) => midnight(day).plus_ms(-AHEAD_MS),
        });
        let to = self.to.map(|edge| match edge {
            Edge::Instant(at) => at,
            Edge::Day(day) => midnight(day).plus_ms(DAY_MS + BEHIND_MS),
        });
        (from, to)
    }

    /// Does the span asked for hold `at`, in a store of that zone?
    #[must_use]
    pub fn covers(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let after_begin = self.from.is_none_or(|edge| match edge {
            Edge::Instant(from) => from <= at,
            Edge::Day(from) => day_of(at, zone).is_some_and(|day| from <= day),
        });
        let before_end = self.to.is_none_or(|edge| match edge {
            Edge::Instant(to) => at < to,
            Edge::Day(to) => day_of(at, zone).is_some_and(|day| day <= to),
        });
        after_begin && before_end
    }
}

/// An empty parameter is what a form sends for a field left blank: nothing was asked.
fn sent(parameter: &Option<String>) -> Option<&str> {
    parameter.as_deref().filter(|text| !text.is_empty())
}

fn limit(text: &str) -> Result<usize, Finding> {
    text.parse()
        .ok()
        .filter(|limit| (1..=PAGE).contains(limit))
        .ok_or_else(|| Finding::invalid(format!("must be a number from 1 to {PAGE}")))
}

fn edge(text: &str) -> Result<Edge, Finding> {
    if let Ok(day) = BusinessDate::parse(text) {
        return Ok(Edge::Day(day));
    }
    instant(text).map(Edge::Instant).map_err(|_| {
        Finding::invalid(
            "must be a date such as 2017-01-31, or a time of RFC 3339 with its offset \
             (write + as %2B in a query)",
        )
    })
}

fn words(text: &str) -> Result<Vec<String>, Finding> {
    if text.chars().count() > SEARCH_CHARS {
        let detail = format!("takes at most {SEARCH_CHARS} characters");
        return Err(Finding::new(crate::error::ErrorCode::TooLong, detail));
    }
    Ok(fold::words(text))
}

fn amount(text: &str) -> Result<Amount, Finding> {
    let minor = text
        .parse()
        .map_err(|_| Finding::invalid("must be a whole number of minor units"))?;
    Ok(Amount::new(minor)?)
}

/// The day's beginning in universal time.
fn midnight(day: BusinessDate) -> Timestamp {
    instant(&format!("{day}T00:00:00Z")).unwrap_or(Timestamp::ZERO)
}
