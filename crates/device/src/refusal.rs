//! What the server refused, set right by a person: sent again, corrected under its own key, given
//! another number, or taken off the list for good. Nothing disappears: what a sale said before is
//! kept, and who did what stands in the log. What the server refuses is decided by the server.

use crate::database::{Database, DatabaseError, log};
use crate::outbox::{self, OutboxError, Sale, State};
use purchase::settlement::Kind;
use purchase::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use thiserror::Error;
use wire::settlement::{Received, read_settlement};

/// Why a refused sale stays as it is.
#[derive(Debug, Error)]
pub enum RefusalError {
    /// There is none.
    #[error("no refused sale has the id {0}; orihon-device refused shows them all")]
    NoSuch(i64),
    /// A reason is needed.
    #[error("say why, in reason: it goes into the device's log")]
    ReasonMissing,
    /// Nothing was changed.
    #[error("this says the same as before; to send it once more as it is: --again")]
    NothingNew,
    /// It is another sale.
    #[error("{member} must stay {ours}, not {theirs}: a correction keeps the key of the sale")]
    OtherKey {
        /// What differs.
        member: &'static str,
        /// What it is.
        ours: String,
        /// What it would become.
        theirs: String,
    },
    /// Something that came back names the number.
    #[error(
        "sale {by} takes back number {number} and is not filed yet; correct or drop that one first"
    )]
    Named {
        /// The number.
        number: String,
        /// The return or void.
        by: i64,
    },
    /// What it says is wrong, or the disk does not take it.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl From<DatabaseError> for RefusalError {
    fn from(error: DatabaseError) -> Self {
        Self::Outbox(error.into())
    }
}

impl From<rusqlite::Error> for RefusalError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Outbox(error.into())
    }
}

/// Who does it, when, and why.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// When.
    pub at: Timestamp,
    /// Who, as the shop calls them.
    pub staff: Option<&'a str>,
    /// Why.
    pub reason: &'a str,
}

/// Under which number a corrected sale goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Its own.
    Keep,
    /// The till's next one: its own is taken at the server.
    Next,
}

/// Puts a refused sale back into the queue as it is.
///
/// # Errors
/// [`RefusalError::NoSuch`].
pub fn again(connection: &Connection, id: i64) -> Result<(), RefusalError> {
    refused(connection, id)?;
    outbox::send_again(connection, &[id])?;
    Ok(())
}

/// Replaces what a refused sale says by `body`, or only its number, and queues it. Gives its number.
/// It is proven by the rules of a new sale, as one of the store `store_id`.
///
/// # Errors
/// [`RefusalError`]; then it stays as it was.
pub fn correct(
    database: &mut Database,
    store_id: &str,
    id: i64,
    (body, numbering): (Option<&str>, Numbering),
    deed: &Deed<'_>,
) -> Result<String, RefusalError> {
    let transaction = database.write()?;
    let sale = proven(&transaction, id, deed)?;
    let mut body = body.unwrap_or(&sale.body).to_owned();
    let mut number = sale.number.clone();
    if numbering == Numbering::Next {
        is_named_by_none(&transaction, &sale)?;
        number = outbox::next_number(&transaction, &sale.terminal)?.to_string();
        body = renumbered(&body, &number)?;
    }
    let received = read_settlement(body.as_bytes()).map_err(OutboxError::Rejected)?;
    keeps_its_key(&sale, (store_id, &number), &received)?;
    if received.digest.0 == sale.digest {
        return Err(RefusalError::NothingNew);
    }
    keep_before(&transaction, &sale, deed)?;
    rewrite(&transaction, id, (&body, &number), &received)?;
    if let Ok(number) = number.parse() {
        outbox::seen(&transaction, &sale.terminal, number)?;
    }
    let now = match numbering {
        Numbering::Keep => String::new(),
        Numbering::Next => format!(", now number {number}"),
    };
    note(&transaction, &sale, deed, "corrected", &now)?;
    transaction.commit()?;
    Ok(number)
}

/// Takes a refused sale off the list for good: it will not be filed.
///
/// # Errors
/// [`RefusalError`].
pub fn drop_sale(database: &mut Database, id: i64, deed: &Deed<'_>) -> Result<(), RefusalError> {
    let transaction = database.write()?;
    let sale = proven(&transaction, id, deed)?;
    transaction.execute(
        "UPDATE sales SET dropped_at = ? WHERE id = ?",
        params![deed.at.ms(), id],
    )?;
    note(&transaction, &sale, deed, "dropped", "")?;
    transaction.commit()?;
    Ok(())
}

/// A sale that the server refused and that nobody has dropped.
///
/// # Errors
/// [`RefusalError::NoSuch`].
pub fn refused(connection: &Connection, id: i64) -> Result<Sale, RefusalError> {
    let found = outbox::of_id(connection, id)?;
    let is_listed = |sale: &Sale| sale.state == State::Refused && !sale.is_dropped();
    found.filter(is_listed).ok_or(RefusalError::NoSuch(id))
}

fn proven(connection: &Connection, id: i64, deed: &Deed<'_>) -> Result<Sale, RefusalError> {
    if deed.reason.trim().is_empty() {
        return Err(RefusalError::ReasonMissing);
    }
    refused(connection, id)
}

/// The server knows it by its present number, and what comes back says that number.
fn is_named_by_none(connection: &Connection, sale: &Sale) -> Result<(), RefusalError> {
    let by: Option<i64> = connection
        .query_row(
            "SELECT id FROM sales WHERE kind <> 'sale' AND state <> 'filed' AND dropped_at IS NULL
               AND json_extract(body, '$.of.terminal') = ?1
               AND json_extract(body, '$.of.business_date') = ?2
               AND json_extract(body, '$.of.transaction') = ?3",
            [&sale.terminal, &sale.business_date, &sale.number],
            |row| row.get(0),
        )
        .optional()?;
    let number = sale.number.clone();
    by.map_or(Ok(()), |by| Err(RefusalError::Named { number, by }))
}

fn renumbered(body: &str, number: &str) -> Result<String, RefusalError> {
    // What is no object goes on as it is: the contract's own rules say what is wrong with it.
    let Ok(Value::Object(mut members)) = serde_json::from_str(body) else {
        return Ok(body.to_owned());
    };
    members.insert("transaction".to_owned(), Value::from(number));
    Ok(Value::Object(members).to_string())
}

fn keeps_its_key(
    sale: &Sale,
    (store_id, number): (&str, &str),
    received: &Received,
) -> Result<(), RefusalError> {
    let content = received.settlement.content();
    let kind = match content.kind {
        Kind::Sale => "sale",
        Kind::Return => "return",
        Kind::Void => "void",
    };
    let day = content.key.business_date.to_string();
    let members = [
        ("store_id", store_id, content.key.store_id.as_str()),
        ("terminal", &sale.terminal, content.key.terminal.as_str()),
        ("business_date", &sale.business_date, &day),
        ("transaction", number, content.key.transaction.as_str()),
        ("kind", &sale.kind, kind),
    ];
    for (member, ours, theirs) in members {
        if ours != theirs {
            return Err(RefusalError::OtherKey {
                member,
                ours: ours.to_owned(),
                theirs: theirs.to_owned(),
            });
        }
    }
    Ok(())
}

fn keep_before(
    connection: &Connection,
    sale: &Sale,
    deed: &Deed<'_>,
) -> Result<(), rusqlite::Error> {
    connection.execute(
        "INSERT INTO corrections (sale, at, staff, reason, number, digest, body, problem)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            sale.id,
            deed.at.ms(),
            deed.staff,
            deed.reason,
            sale.number,
            sale.digest.as_slice(),
            sale.body,
            sale.problem,
        ],
    )?;
    Ok(())
}

fn rewrite(
    connection: &Connection,
    id: i64,
    (body, number): (&str, &str),
    received: &Received,
) -> Result<(), rusqlite::Error> {
    let content = received.settlement.content();
    let revision = content.mark.revision;
    let revision = revision.and_then(|revision| i64::try_from(revision.0).ok());
    connection.execute(
        "UPDATE sales SET body = ?2, number = ?3, digest = ?4, currency = ?5, total = ?6,
            catalogue_revision = coalesce(?7, catalogue_revision), state = 'waiting', problem = NULL
         WHERE id = ?1",
        params![
            id,
            body,
            number,
            received.digest.0.as_slice(),
            content.currency.code(),
            content.total.minor(),
            revision,
        ],
    )?;
    Ok(())
}

fn note(
    connection: &Connection,
    sale: &Sale,
    deed: &Deed<'_>,
    what: &str,
    now: &str,
) -> Result<(), DatabaseError> {
    let detail = format!(
        "till {} {} number {}{now}: {}",
        sale.terminal, sale.business_date, sale.number, deed.reason
    );
    log(connection, deed.at, deed.staff, what, &detail)
}
