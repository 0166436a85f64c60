//! How something finished gets onto the disk: its number, its day, the contract's proof, and one
//! commit. What it says is made by whoever calls.

use super::{Finished, Paper, TillError, day, names};
use crate::capture;
use crate::database::{Database, DatabaseError};
use crate::outbox::{self, OutboxError, Sale};
use crate::store::Store;
use crate::wrong_clock;
use purchase::time::Timestamp;
use ring::digest::{SHA256, digest};
use rusqlite::Connection;
use serde_json::Value;
use wire::claim::ClaimCode;

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

impl Occasion {
    /// The one after this, of the same moment.
    pub(super) fn next(&self) -> Self {
        let hash = digest(&SHA256, self.claim.to_string().as_bytes());
        let secret = <[u8; 32]>::try_from(hash.as_ref()).unwrap_or_default();
        Self {
            number: self.number.saturating_add(1),
            claim: ClaimCode::derive(secret),
            ..self.clone()
        }
    }
}

/// Which till asks, under which id of its own, and when.
pub(super) struct Asked<'a> {
    terminal: &'a str,
    request: Option<&'a str>,
    now: Timestamp,
    random: [u8; 32],
}

impl<'a> Asked<'a> {
    pub(super) const fn new(
        terminal: &'a str,
        request: Option<&'a str>,
        now: Timestamp,
        random: [u8; 32],
    ) -> Self {
        Self {
            terminal,
            request,
            now,
            random,
        }
    }

    /// What the next sale of this till has.
    pub(super) fn occasion(
        &self,
        connection: &Connection,
        store: &Store,
    ) -> Result<Occasion, TillError> {
        Ok(Occasion {
            business_date: day::today(connection, store, self.now)?.to_string(),
            number: outbox::next_number(connection, self.terminal)?,
            at: store.show(self.now),
            mark: capture::mark(connection)?,
            claim: ClaimCode::derive(self.random),
        })
    }
}

/// Enters what `write` makes, all of it or nothing. What was asked for before under the same id is
/// given again.
pub(super) fn enter<const COUNT: usize>(
    database: &mut Database,
    store: &Store,
    asked: &Asked<'_>,
    write: impl FnOnce(&Connection, &Occasion) -> Result<[Value; COUNT], TillError>,
) -> Result<[Finished; COUNT], TillError> {
    let transaction = database.write()?;
    if let Some(request) = asked.request
        && let Some(sale) = outbox::of_request(&transaction, asked.terminal, request)?
        && let Ok(before) = before(&transaction, sale)?.try_into()
    {
        return Ok(before);
    }
    let occasion = asked.occasion(&transaction, store)?;
    let settlements = write(&transaction, &occasion)?;
    let mut finished = Vec::with_capacity(COUNT);
    for settlement in settlements {
        finished.push(put(&transaction, asked, settlement)?);
    }
    if let (Some(request), Some(last)) = (asked.request, finished.last()) {
        let key = (
            asked.terminal,
            last.business_date.as_str(),
            last.transaction.as_str(),
        );
        outbox::note_request(&transaction, key, request)?;
    }
    day::sold_on(&transaction, &occasion.business_date)?;
    transaction.commit()?;
    finished
        .try_into()
        .map_err(|_| DatabaseError::Strange("a sale was lost in its own making".to_owned()).into())
}

fn put(
    connection: &Connection,
    asked: &Asked<'_>,
    mut settlement: Value,
) -> Result<Finished, TillError> {
    let names = names::of(connection, &settlement)?;
    wrong_clock::name_lines(connection, &mut settlement, &names, asked.now)?;
    let body = settlement.to_string();
    let received =
        wire::settlement::read_settlement(body.as_bytes()).map_err(OutboxError::Rejected)?;
    if outbox::put(connection, &body, &received, asked.now)? == outbox::Entered::Before {
        return Err(
            DatabaseError::Strange(format!("a sale is there before it was made: {body}")).into(),
        );
    }
    let key = &received.settlement.content().key;
    let (business_date, transaction) = (
        key.business_date.to_string(),
        key.transaction.as_str().to_owned(),
    );
    names::keep(
        connection,
        (asked.terminal, &business_date, &transaction),
        &names,
    )?;
    Ok(Finished {
        business_date,
        transaction,
        claim_code: received.claim_code.map(|code| code.to_string()),
        names,
        paper: Paper::of(&settlement),
        settlement,
    })
}

/// What was said of a sale before; of both halves, if it was an exchange.
fn before(connection: &Connection, sale: Sale) -> Result<Vec<Finished>, TillError> {
    let sale = again(connection, sale)?;
    let mut all = Vec::new();
    if let Some(with) = sale.settlement.get("with") {
        let text = |name: &str| with.get(name).and_then(Value::as_str).unwrap_or_default();
        let key = (text("terminal"), text("business_date"), text("transaction"));
        if let Some(half) = outbox::find(connection, key)? {
            all.push(again(connection, half)?);
        }
    }
    all.push(sale);
    Ok(all)
}

fn again(connection: &Connection, sale: Sale) -> Result<Finished, TillError> {
    let settlement: Value = serde_json::from_str(&sale.body)
        .map_err(|error| DatabaseError::Strange(format!("a sale: {error}")))?;
    let key = (
        sale.terminal.as_str(),
        sale.business_date.as_str(),
        sale.number.as_str(),
    );
    let names = match names::kept(connection, key)? {
        Some(names) => names,
        None => names::of(connection, &settlement)?,
    };
    let claim_code = settlement.get("claim_code").and_then(Value::as_str);
    Ok(Finished {
        claim_code: claim_code.map(str::to_owned),
        business_date: sale.business_date,
        transaction: sale.number,
        names,
        paper: Paper::of(&settlement),
        settlement,
    })
}
