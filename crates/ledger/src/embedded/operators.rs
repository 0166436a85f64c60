//! Operators' keys, and the log of what operators did. Whether a key has expired is judged by the clock
//! of whoever asks, and never here, except to clear away what is worth nothing any more.

use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::value::identity::fit;
use super::value::operator::{Grant, Note, OperatorRow};
use super::value::people::Opens;
use super::{Ledger, apply};
use crate::account::{Audited, OperatorKey};
use crate::fault::Fault;
use crate::write::{Changed, Merging, NewOperator, Noted, Written};
use purchase::bytes::{ReadError, Reader};
use purchase::id::TokenId;
use purchase::time::Timestamp;

/// Keys of operators at most. The secrets of their browsers are counted apart, so that whoever has a key
/// cannot take the room for others.
const OPERATORS_MAX: usize = 1_000;
/// Browsers at most that are let in by one key at a time; one more ends the one that came first.
const BROWSERS_PER_KEY: usize = 10;
/// Entries of the log that one step takes away.
const PRUNED_PER_STEP: usize = 500;

impl Ledger {
    /// The operators' keys, oldest first, the secrets of their browsers among them, also of those that
    /// have ended and were not cleared away.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn operators(&self) -> Result<Vec<OperatorKey>, Fault> {
        let all = [key::number(Row::Operator)];
        let mut found = self
            .engine
            .prefix(Space::Facts, &all)
            .map(|pair| {
                let (row_key, row) = pair?;
                let row = OperatorRow::decode(&row)?;
                Ok(OperatorKey {
                    token_id: token_of(&row_key)?,
                    created_at: row.created_at,
                    label: row.label,
                    grant: row.grant,
                })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        found.sort_by_key(|known| (known.created_at, known.token_id.0));
        Ok(found)
    }

    /// What a key's holder is called, and what the key is good for.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn operator(&self, token_id: TokenId) -> Result<Option<OperatorKey>, Fault> {
        let row_key = key::operator(token_id);
        let row = self
            .engine
            .read(Space::Facts, &row_key, OperatorRow::decode)?;
        Ok(row.map(|row| OperatorKey {
            token_id,
            created_at: row.created_at,
            label: row.label,
            grant: row.grant,
        }))
    }

    /// What operators did between two instants, oldest first: at most `limit` entries.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn audited(
        &self,
        from: Timestamp,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Audited>, Fault> {
        let (start, end) = (key::audit(from, 0), key::audit(before, 0));
        self.engine
            .range(Space::Facts, start, end)
            .take(limit)
            .map(|pair| {
                let (row_key, row) = pair?;
                let (at, number) = audit_of(&row_key)?;
                let note = Note::decode(&row)?;
                Ok(Audited { at, number, note })
            })
            .collect()
    }
}

fn token_of(row_key: &[u8]) -> Result<TokenId, ReadError> {
    let id = row_key.get(1..).and_then(|id| id.try_into().ok());
    Ok(TokenId(id.ok_or(ReadError::Short)?))
}

/// Takes the key of an entry of the log apart.
pub(super) fn audit_of(row_key: &[u8]) -> Result<(Timestamp, u32), ReadError> {
    let mut from = Reader::new(row_key.get(1..).unwrap_or_default());
    let ms = i64::from_be_bytes(from.array()?);
    let at = Timestamp::from_ms(ms).map_err(|_| ReadError::Invalid)?;
    let number = u32::from_be_bytes(from.array()?);
    from.finish()?;
    Ok((at, number))
}

fn all(draft: &Draft<'_>) -> Result<Vec<(Vec<u8>, OperatorRow)>, Fault> {
    let rows = draft.scan(Space::Facts, &[key::number(Row::Operator)], usize::MAX)?;
    rows.into_iter()
        .map(|(row_key, row)| Ok((row_key, OperatorRow::decode(&row)?)))
        .collect()
}

/// A key more. Those that have expired go; a browser's secret needs the key with which it was let in.
pub(super) fn add(
    draft: &mut Draft<'_>,
    at: Timestamp,
    operator: NewOperator,
) -> Result<Changed, Fault> {
    let NewOperator {
        token_id,
        hash,
        label,
        grant,
    } = operator;
    if !fit(&label) {
        return Ok(Changed::Full);
    }
    if let Some(of) = grant.session_of
        && draft.get(Space::Facts, &key::operator(of))?.is_none()
    {
        return Ok(Changed::NotFound);
    }
    let (ended, open): (Vec<_>, Vec<_>) = all(draft)?
        .into_iter()
        .partition(|(_, row)| row.grant.expires_at.is_some_and(|end| end <= at));
    for (row_key, row) in ended {
        take(draft, row_key, &row);
    }
    match grant.session_of {
        None => {
            let keys = open
                .iter()
                .filter(|(_, row)| row.grant.session_of.is_none());
            if keys.count() >= OPERATORS_MAX {
                return Ok(Changed::Full);
            }
        }
        Some(of) => {
            let mut browsers: Vec<_> = open
                .into_iter()
                .filter(|(_, row)| row.grant.session_of == Some(of))
                .collect();
            browsers.sort_by_key(|(_, row)| row.created_at);
            let too_many = (browsers.len() + 1).saturating_sub(BROWSERS_PER_KEY);
            for (row_key, row) in browsers.into_iter().take(too_many) {
                take(draft, row_key, &row);
            }
        }
    }
    let opens = Opens::Operator {
        token_id,
        grant: grant.clone(),
    };
    draft.put(Space::Facts, key::plain(Row::Secret, &hash), opens.encode());
    let row = OperatorRow {
        hash,
        created_at: at,
        label,
        grant,
    };
    draft.put(Space::Facts, key::operator(token_id), row.encode());
    Ok(Changed::Done)
}

/// Takes a key away with the browsers that were let in by it, unless nobody could come in for everything
/// any more.
pub(super) fn revoke(draft: &mut Draft<'_>, token_id: TokenId) -> Result<Changed, Fault> {
    let own = key::operator(token_id);
    let Some(row) = draft.read(Space::Facts, &own, OperatorRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    let others: Vec<_> = all(draft)?
        .into_iter()
        .filter(|(row_key, _)| *row_key != own)
        .collect();
    let stays = |grant: &Grant| grant.is_everything();
    if stays(&row.grant) && !others.iter().any(|(_, other)| stays(&other.grant)) {
        return Ok(Changed::Last);
    }
    for (row_key, other) in others {
        if other.grant.session_of == Some(token_id) {
            take(draft, row_key, &other);
        }
    }
    take(draft, own, &row);
    Ok(Changed::Done)
}

fn take(draft: &mut Draft<'_>, row_key: Vec<u8>, row: &OperatorRow) {
    draft.take(Space::Facts, key::plain(Row::Secret, &row.hash));
    draft.take(Space::Facts, row_key);
}

/// Does what an operator does, and writes an entry behind the others of this instant if it is done.
pub(super) fn noted(draft: &mut Draft<'_>, at: Timestamp, noted: Noted) -> Result<Written, Fault> {
    let Noted { note, write } = noted;
    let written = match write {
        Some(write) => apply(draft, at, write)?,
        None => Written::Changed(Changed::Done),
    };
    enter(draft, at, &note, &written)?;
    Ok(written)
}

fn enter(
    draft: &mut Draft<'_>,
    at: Timestamp,
    note: &Note,
    written: &Written,
) -> Result<(), Fault> {
    let is_done = match written {
        Written::Changed(changed) | Written::User { changed, .. } => *changed == Changed::Done,
        Written::Merging(merging) => *merging == Merging::Begun,
        Written::Misfit(_) => false,
        Written::Missing(written) => written.is_done(),
        Written::Settled(_)
        | Written::Joined(_)
        | Written::Claimed(_)
        | Written::Catalogue(_)
        | Written::Named(_)
        | Written::Pruned(_) => true,
    };
    if !is_done || !fit(note.label.iter().chain(&note.detail)) {
        return Ok(());
    }
    let instant = key::of_audit(at);
    let there = draft.scan(Space::Facts, &instant, usize::MAX)?;
    let number = match there.last() {
        Some((row_key, _)) => audit_of(row_key)?.1.saturating_add(1),
        None => 1,
    };
    draft.put(Space::Facts, key::audit(at, number), note.encode());
    Ok(())
}

/// Takes away the oldest entries, `count` of them or as many as one step does.
pub(super) fn prune(draft: &mut Draft<'_>, count: usize) -> Result<Changed, Fault> {
    let all = [key::number(Row::Audit)];
    let rows = draft.scan(Space::Facts, &all, count.min(PRUNED_PER_STEP))?;
    for (row_key, _) in &rows {
        draft.take(Space::Facts, row_key.clone());
    }
    Ok(match rows.is_empty() {
        true => Changed::Same,
        false => Changed::Done,
    })
}
