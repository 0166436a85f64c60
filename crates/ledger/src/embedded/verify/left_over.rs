//! What batches still owe in a database that commits in two steps. A server that was cut off between the
//! two, or is between them at this moment, is nothing wrong: everything is read as it will be when all of
//! that is filed. Nothing is filed here.

use super::{Inspection, keys};
use crate::embedded::Ledger;
use crate::embedded::engine::{Copied, Engine, Pair};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::owed;
use crate::embedded::value::people::AccountRow;
use crate::embedded::value::to_file::{Part, ToFileRow, decode_filed};
use crate::fault::Fault;
use purchase::id::{OwnerId, StoreId, UserId};
use std::collections::BTreeMap;

/// Bytes that are read as if they were filed, at most. In service it is what a few batches bring.
const BYTES_MAX: usize = 256 * 1_024 * 1_024;

/// Rows as they will be; none is a row that will be gone.
pub(super) type Over = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Checks what is left over, and what says how far each person's account counts; gives the rows that are
/// different once all of it is filed.
pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("left over", None);
    let mut bytes = 0;
    for pair in inspection.rows(Space::Facts, Row::ToFile) {
        let pair = pair?;
        inspection.step();
        only_in_tables(inspection, Row::ToFile, &pair);
        bytes += pair.1.len();
        if bytes > BYTES_MAX {
            let wrong = "more is still to be filed than can be looked at; let a server file it, and \
                         verify it again";
            inspection.problem("ledger", wrong);
            break;
        }
        let name = |(store_id, _): &(StoreId, [u8; 12])| format!("batch to file of {store_id}");
        let read = inspection.read(Row::ToFile, &pair, keys::to_file, name, ToFileRow::decode)?;
        if let Some(((store_id, batch), row)) = read {
            if matches!(inspection.store(&store_id)?, super::Look::Missing) {
                inspection.problem(name(&(store_id, batch)), "there is no such store");
                continue;
            }
            let over = as_filed(inspection.ledger, &inspection.over, (&store_id, batch), row);
            let over = inspection.sound(|| name(&(store_id, batch)), over)?;
            inspection.over.extend(over.into_iter().flatten());
        }
    }
    for pair in inspection.rows(Space::Facts, Row::Filed) {
        let pair = pair?;
        inspection.step();
        only_in_tables(inspection, Row::Filed, &pair);
        let name = |(user_id, store_id): &(UserId, StoreId)| {
            format!("last batch of {store_id} that was filed for {user_id}")
        };
        let read = inspection.read(Row::Filed, &pair, keys::filed, name, decode_filed)?;
        if let Some((taken, _)) = read
            && !inspection.exists(Space::Facts, &key::user(Row::Account, taken.0))?
        {
            inspection.problem(name(&taken), "there is no such account");
        }
    }
    Ok(())
}

/// A data folder commits everything at once.
fn only_in_tables(inspection: &mut Inspection<'_>, kind: Row, (row_key, _): &Pair) {
    match inspection.ledger.engine {
        Engine::Tables(_) => {}
        Engine::Fjall(_) => {
            let what = format!(
                "{} row {}",
                super::history::word(kind),
                crate::keyring::hex(row_key)
            );
            inspection.problem(what, "only a database has such rows");
        }
    }
}

/// The rows that a batch brings once it is filed, where `over` was filed before it.
fn as_filed(
    ledger: &Ledger,
    over: &Over,
    (store_id, batch): (&StoreId, [u8; 12]),
    row: ToFileRow,
) -> Result<Over, Fault> {
    let read = |row_key: &[u8]| match over.get(row_key) {
        Some(row) => Ok(row.clone()),
        None => ledger.engine.get(Space::Facts, row_key),
    };
    let mut filed = Over::new();
    let put = |(row_key, row): Copied| (row_key, Some(row));
    filed.extend(row.days.into_iter().map(put));
    for Part { owner, rows, owed } in row.parts {
        filed.extend(rows);
        let OwnerId::User(user_id) = owner else {
            continue;
        };
        let Some(account) = read(&key::user(Row::Account, user_id))? else {
            continue;
        };
        let mark = read(&key::filed(user_id, store_id.as_str()))?;
        let mark = mark.map(|row| decode_filed(&row)).transpose()?;
        if mark != Some(batch) {
            let account = AccountRow::decode(&account)?;
            let paid = owed::paid((user_id, account), &owed, row.at);
            filed.extend(paid.into_iter().map(|(_, row)| put(row)));
        }
    }
    Ok(filed)
}

/// Rows in order, with others laid over them.
pub(super) fn laid_over(
    rows: impl Iterator<Item = Result<Pair, Fault>>,
    over: Vec<(Vec<u8>, Option<Vec<u8>>)>,
) -> impl Iterator<Item = Result<Pair, Fault>> {
    let (mut rows, mut over) = (rows.peekable(), over.into_iter().peekable());
    std::iter::from_fn(move || {
        loop {
            let theirs = match rows.peek() {
                Some(Err(_)) => return rows.next(),
                Some(Ok((theirs, _))) => Some(&**theirs),
                None => None,
            };
            let Some((ours, _)) = over.peek() else {
                return rows.next();
            };
            let is_same = theirs == Some(ours.as_slice());
            if !is_same && theirs.is_some_and(|theirs| theirs < ours.as_slice()) {
                return rows.next();
            }
            if is_same {
                rows.next();
            }
            if let Some((row_key, Some(row))) = over.next() {
                return Some(Ok((row_key.into(), row.into())));
            }
        }
    })
}
