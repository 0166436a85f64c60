//! What a device tells the server of itself, and what it hears back: the names that its store is asked
//! for, and when to report again. Both sides write and read it here. What is made of it is not known here,
//! and nothing in it says what was sold, or to whom.

use crate::blame::parse;
use crate::error::{ErrorCode, FieldError};
use crate::operator::proven;
use crate::place::{Finding, Findings, Place};
use crate::scalar::{object, objects, rows};
use crate::{hex, time};
use purchase::card::holds_card_number;
use purchase::decide::Digest;
use purchase::id::{Label, SettlementKey, StoreId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::report::{
    DAYS_MAX, DifferingDay, Report, STUCK_CODE_CHARS_MAX, STUCK_MAX, StuckSale, TERMINALS_MAX,
    VERSION_CHARS_MAX,
};
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A device's report of itself. The next one takes its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "version": "0.9.0", "terminals": ["1", "2"],
    "queue": {"waiting": 12, "oldest_at": "2026-04-10T11:58:00+09:00"},
    "stuck": [{"key": {"store_id": "s-1", "terminal": "1", "business_date": "2026-04-10",
        "transaction": "31"}, "code": "line_sum", "detail": "/lines/0: 2 × 50 is 100, not 90"}],
    "stuck_count": 1,
    "days": [{"business_date": "2026-04-09", "settlements": 311}],
    "disk_free_bytes": 12_000_000_000_u64, "clock_offset_ms": -40
}))]
pub struct ReportMessage {
    /// The version of the device's program.
    #[schema(max_length = 64)]
    pub version: String,
    /// The tills that sell through it, at most 100.
    #[serde(
        default,
        deserialize_with = "rows",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub terminals: Vec<String>,
    /// What waits to be sent.
    #[serde(default, deserialize_with = "object")]
    #[schema(required = true, nullable = false)]
    pub queue: Option<QueueMessage>,
    /// Sales that the server refused and that a person has to look at, the first 50.
    #[serde(default, deserialize_with = "objects")]
    pub stuck: Vec<StuckMessage>,
    /// How many there are of those; as many as are listed if absent.
    #[serde(default)]
    pub stuck_count: u64,
    /// Days on which the server has something else than the device, the newest 31.
    #[serde(default, deserialize_with = "objects")]
    pub days: Vec<DifferingMessage>,
    /// Bytes that are free on its disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free_bytes: Option<u64>,
    /// What the server's clock shows beyond the device's, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
}

/// What waits to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueMessage {
    /// Sales that wait.
    pub waiting: u64,
    /// When the oldest of them was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub oldest_at: Option<String>,
}

/// A sale that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StuckMessage {
    /// Which.
    #[serde(default, deserialize_with = "object")]
    #[schema(required = true, nullable = false)]
    pub key: Option<StuckKeyMessage>,
    /// Why, as the server said it.
    #[schema(max_length = 64, example = "line_sum")]
    pub code: String,
    /// Why, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub detail: Option<String>,
}

/// The settlement key of a sale that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StuckKeyMessage {
    /// The store that is reported for.
    pub store_id: String,
    /// Its till.
    pub terminal: String,
    /// The store's trading day.
    #[schema(format = "date")]
    pub business_date: String,
    /// The till's number for the sale.
    pub transaction: String,
}

/// A day as the device has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferingMessage {
    /// The trading day.
    #[schema(format = "date")]
    pub business_date: String,
    /// Settlements of every kind that the device knows to be filed.
    pub settlements: u64,
    /// The sum of their digests, as `GET …/days/{business_date}` writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: Option<String>,
}

/// What a device hears when it has reported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "wishes": [{"code": "4901234567894", "asked_at": "2026-04-10T12:00:00+09:00", "lines": 7}],
    "next_report_s": 300
}))]
pub struct ReportAnswer {
    /// Codes for which somebody asks the store for a name, those that were asked first in front, at most
    /// 200. One that is missing has its name, or was taken back.
    pub wishes: Vec<WishMessage>,
    /// In how many seconds the server wants to hear again if nothing happens.
    pub next_report_s: u32,
}

/// A code whose name the store is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!(
    {"code": "4901234567894", "asked_at": "2026-04-10T12:00:00+09:00", "lines": 7}))]
pub struct WishMessage {
    /// The code as scanned.
    pub code: String,
    /// Since when.
    #[schema(format = "date-time")]
    pub asked_at: String,
    /// Lines that waited for it then.
    pub lines: u64,
}

/// Reads a device's report for the store `store_id`.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_report(bytes: &[u8], store_id: &StoreId) -> Result<Report, Vec<FieldError>> {
    let sent: ReportMessage = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let (root, found) = (Place::Root, &mut findings);
    let version = found.take(
        root.member("version"),
        words(&sent.version, VERSION_CHARS_MAX),
    );
    let terminals = listed(
        found,
        root.member("terminals"),
        (&sent.terminals, TERMINALS_MAX),
        |found, place, name| found.take(place, Label::parse(name)),
    );
    let queue = queue(found, root.member("queue"), sent.queue.as_ref());
    let stuck = listed(
        found,
        root.member("stuck"),
        (&sent.stuck, STUCK_MAX),
        |found, place, sale| stuck(found, place, sale, store_id),
    );
    let days = listed(found, root.member("days"), (&sent.days, DAYS_MAX), day);
    let listed = u64::try_from(stuck.len()).unwrap_or(u64::MAX);
    proven(findings, || {
        let (waiting, oldest_at) = queue?;
        Some(Report {
            version: version?,
            terminals,
            waiting,
            oldest_at,
            stuck_count: sent.stuck_count.max(listed),
            stuck,
            days,
            disk_free_bytes: sent.disk_free_bytes,
            clock_offset_ms: sent.clock_offset_ms,
        })
    })
}

/// Proves each row of a list that is not longer than it may be.
fn listed<S, T>(
    findings: &mut Findings,
    place: Place<'_>,
    (rows, max): (&[S], usize),
    prove: impl Fn(&mut Findings, Place<'_>, &S) -> Option<T>,
) -> Vec<T> {
    if rows.len() > max {
        let detail = format!("takes at most {max}; send the first ones");
        findings.add(place, Finding::new(ErrorCode::TooManyRows, detail));
        return Vec::new();
    }
    rows.iter()
        .enumerate()
        .filter_map(|(at, row)| prove(findings, place.row(at), row))
        .collect()
}

fn missing() -> Finding {
    Finding::new(ErrorCode::MissingField, "is required")
}

/// A text of a machine. People read it, so that it may hold what must never be kept.
fn words(text: &str, chars_max: usize) -> Result<Text, Finding> {
    if holds_card_number(text) {
        let detail = "holds a whole card number, which is kept nowhere; leave it out";
        return Err(Finding::new(ErrorCode::CardNumberRefused, detail));
    }
    Ok(Text::new(text, chars_max)?)
}

fn queue(
    findings: &mut Findings,
    place: Place<'_>,
    sent: Option<&QueueMessage>,
) -> Option<(u64, Option<Timestamp>)> {
    let queue = findings.take(place, sent.ok_or_else(missing))?;
    let oldest = queue.oldest_at.as_deref();
    let oldest = findings.maybe(place.member("oldest_at"), oldest, time::instant);
    Some((queue.waiting, oldest))
}

fn stuck(
    findings: &mut Findings,
    place: Place<'_>,
    sent: &StuckMessage,
    store_id: &StoreId,
) -> Option<StuckSale> {
    let at = place.member("key");
    let key = findings.take(at, sent.key.as_ref().ok_or_else(missing));
    let key = key.and_then(|key| key_of(findings, at, key, store_id));
    let code = words(&sent.code, STUCK_CODE_CHARS_MAX);
    let code = findings.take(place.member("code"), code);
    let detail = findings.maybe(place.member("detail"), sent.detail.as_deref(), |text| {
        words(text, TEXT_CHARS_MAX)
    });
    Some(StuckSale {
        key: key?,
        code: code?,
        detail,
    })
}

fn key_of(
    findings: &mut Findings,
    place: Place<'_>,
    sent: &StuckKeyMessage,
    store_id: &StoreId,
) -> Option<SettlementKey> {
    if sent.store_id != store_id.as_str() {
        let detail = format!("this report is of {store_id}; report for each store by itself");
        let finding = Finding::new(ErrorCode::NotYourStore, detail);
        findings.add(place.member("store_id"), finding);
    }
    let terminal = Label::parse(&sent.terminal);
    let terminal = findings.take(place.member("terminal"), terminal);
    let date = BusinessDate::parse(&sent.business_date);
    let date = findings.take(place.member("business_date"), date);
    let transaction = Label::parse(&sent.transaction);
    let transaction = findings.take(place.member("transaction"), transaction);
    Some(SettlementKey {
        store_id: store_id.clone(),
        terminal: terminal?,
        business_date: date?,
        transaction: transaction?,
    })
}

fn day(findings: &mut Findings, place: Place<'_>, sent: &DifferingMessage) -> Option<DifferingDay> {
    let date = BusinessDate::parse(&sent.business_date);
    let date = findings.take(place.member("business_date"), date);
    let digest = sent.digest.as_deref();
    let digest = findings.maybe(place.member("digest"), digest, |text| {
        let read = hex::read(text).map(Digest);
        read.ok_or_else(|| Finding::invalid("must be 64 hexadecimal digits"))
    });
    Some(DifferingDay {
        date: date?,
        settlements: sent.settlements,
        digest,
    })
}
