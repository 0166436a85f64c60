//! What the device tells the server of itself: what waits, what a person has to look at, how the machine is.
//! It is put together from the store database and says nothing of a buyer or an item; when it is sent is
//! `sender`'s business.

use crate::database::{Database, DatabaseError};
use crate::sender::{News, QUEUE_LONG};
use crate::store::Store;
use crate::{differing, outbox, wrong_clock};
use outbox::{Queue, Sale};
use purchase::card::holds_card_number;
use purchase::limits::TEXT_CHARS_MAX;
use purchase::report::{DAYS_MAX, STUCK_MAX, TERMINALS_MAX};
use purchase::text;
use purchase::time::Timestamp;
use rusqlite::Connection;
use wire::error::ErrorCode;
use wire::outcome::OutcomeMessage;
use wire::report::{DifferingMessage, QueueMessage, ReportMessage, StuckKeyMessage, StuckMessage};

/// What of a report the operator should hear of soon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    stuck: u64,
    differing: u64,
    is_long: bool,
}

impl Told {
    /// As it is now.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn now(connection: &Connection, queue: &Queue) -> Result<Self, DatabaseError> {
        Ok(Self {
            stuck: queue.refused,
            differing: differing::unsettled(connection)?,
            is_long: queue.waiting > QUEUE_LONG,
        })
    }

    /// Is anything other than it was told last? Before the first report all is.
    #[must_use]
    pub fn news(self, last: Option<Self>) -> News {
        match last == Some(self) {
            true => News::Told,
            false => News::Some,
        }
    }
}

/// Puts a report together.
///
/// # Errors
/// [`DatabaseError`].
pub fn gather(database: &Database, store: &Store) -> Result<ReportMessage, DatabaseError> {
    let connection = database.connection();
    let queue = outbox::queue(connection)?;
    let oldest = queue.oldest.and_then(|ms| Timestamp::from_ms(ms).ok());
    let stuck = outbox::refused(connection, STUCK_MAX)?;
    Ok(ReportMessage {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        terminals: terminals(connection)?,
        queue: Some(QueueMessage {
            waiting: queue.waiting,
            oldest_at: oldest.map(|at| store.show(at)),
        }),
        stuck: stuck
            .iter()
            .map(|sale| stuck_message(sale, store))
            .collect(),
        stuck_count: queue.refused,
        days: days(connection)?,
        disk_free_bytes: disk_free(connection),
        clock_offset_ms: wrong_clock::offset_ms(connection)?,
    })
}

/// The tills that ever sold here, by name.
fn terminals(connection: &Connection) -> Result<Vec<String>, DatabaseError> {
    let limit = i64::try_from(TERMINALS_MAX).unwrap_or(i64::MAX);
    let sql = "SELECT terminal FROM numbers ORDER BY terminal LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn stuck_message(sale: &Sale, store: &Store) -> StuckMessage {
    let (code, detail) = reason(sale.problem.as_deref().unwrap_or_default());
    StuckMessage {
        key: Some(StuckKeyMessage {
            store_id: store.settings.store_id.clone(),
            terminal: sale.terminal.clone(),
            business_date: sale.business_date.clone(),
            transaction: sale.number.clone(),
        }),
        code: code.as_str().to_owned(),
        detail,
    }
}

/// Why a sale is stuck: the server's words as they were kept, or that another one has its number.
fn reason(problem: &str) -> (ErrorCode, Option<String>) {
    let Ok(outcome) = serde_json::from_str::<OutcomeMessage>(problem) else {
        return (ErrorCode::KeyConflict, None);
    };
    let first = outcome.errors.unwrap_or_default().into_iter().next();
    let code = first.as_ref().map(|error| error.code).or(outcome.code);
    let detail = first.map(|error| format!("{}: {}", error.pointer, error.detail));
    let code = code.unwrap_or(ErrorCode::Internal);
    (
        code,
        detail.or(outcome.detail).and_then(|text| shown(&text)),
    )
}

/// A text as far as the server takes it: cut off where it is too long, and left out if it may not be told.
fn shown(detail: &str) -> Option<String> {
    let cut: String = detail.chars().take(TEXT_CHARS_MAX).collect();
    let is_fine = text::check(&cut, TEXT_CHARS_MAX).is_ok() && !holds_card_number(&cut);
    is_fine.then_some(cut)
}

/// The days that differ and that nobody has settled, newest first.
fn days(connection: &Connection) -> Result<Vec<DifferingMessage>, DatabaseError> {
    let days = differing::days(connection)?.into_iter();
    let open = days.filter(|day| day.settled.is_none());
    let message = |day: differing::Differing| DifferingMessage {
        business_date: day.business_date,
        settlements: day.ours.settlements,
        digest: Some(day.ours.digest),
    };
    Ok(open.take(DAYS_MAX).map(message).collect())
}

/// Bytes that are free where the store database lies; nothing if the machine does not say.
fn disk_free(connection: &Connection) -> Option<u64> {
    let stat = rustix::fs::statvfs(connection.path()?).ok()?;
    stat.f_bavail.checked_mul(stat.f_frsize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_sale_is_stuck_is_told_as_the_server_said_it() {
        let check = |problem: &str, code: ErrorCode, detail: Option<&str>| {
            let found = reason(problem);
            assert_eq!((found.0, found.1.as_deref()), (code, detail), "{problem}");
        };
        check(
            r#"{"outcome":"rejected","code":"line_sum","errors":[{"pointer":"/lines/0","code":"line_sum","detail":"2 × 50 is 100"}]}"#,
            ErrorCode::LineSum,
            Some("/lines/0: 2 × 50 is 100"),
        );
        check(
            r#"{"outcome":"rejected","code":"store_closed","detail":"it is closed"}"#,
            ErrorCode::StoreClosed,
            Some("it is closed"),
        );
        check(
            "the server has another sale under this number",
            ErrorCode::KeyConflict,
            None,
        );
        // What must not be kept is not told, whoever wrote it.
        check(
            r#"{"outcome":"rejected","code":"invalid_value","detail":"4111 1111 1111 1111"}"#,
            ErrorCode::InvalidValue,
            None,
        );
        let long = format!(
            r#"{{"outcome":"rejected","code":"invalid_value","detail":"{}"}}"#,
            "é".repeat(300)
        );
        check(&long, ErrorCode::InvalidValue, Some(&"é".repeat(200)));
    }

    #[test]
    fn only_what_changes_is_news() {
        let told = Told {
            stuck: 1,
            differing: 0,
            is_long: false,
        };
        assert_eq!(told.news(None), News::Some);
        assert_eq!(told.news(Some(told)), News::Told);
        let other = Told { stuck: 0, ..told };
        assert_eq!(
            other.news(Some(told)),
            News::Some,
            "what is over is told as well"
        );
    }
}
