//! People who asked to go: until their grace is over they may stay after all, and then they are erased
//! like anybody else. How long the grace is, the caller says.

use super::draft::Draft;
use super::household::{self, Way};
use super::key::{self, Kind as Row, Space};
use super::value::identity::encode_leaving;
use super::value::people::UserRow;
use super::{Ledger, admin};
use crate::fault::Fault;
use crate::write::Changed;
use purchase::bytes::{ReadError, Reader};
use purchase::id::UserId;
use purchase::time::Timestamp;

impl Ledger {
    /// People who asked to go before an instant, at most `limit`, who asked first comes first.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn leaving(&self, before: Timestamp, limit: usize) -> Result<Vec<UserId>, Fault> {
        let all = vec![key::number(Row::Leaving)];
        let end = key::leaving(before, UserId([0; 16]));
        self.engine
            .range(Space::Facts, all, end)
            .take(limit)
            .map(|pair| Ok(leaving_of(&pair?.0)?.1))
            .collect()
    }

    /// When a person asked to go; none if the person stays, or there is no such.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn leaves_at(&self, user_id: UserId) -> Result<Option<Timestamp>, Fault> {
        let row_key = key::user(Row::User, user_id);
        let row = self.engine.read(Space::Facts, &row_key, UserRow::decode)?;
        Ok(row.and_then(|row| row.leaving_at))
    }
}

/// Takes the key of somebody who leaves apart.
pub(super) fn leaving_of(row_key: &[u8]) -> Result<(Timestamp, UserId), ReadError> {
    let mut from = Reader::new(row_key.get(1..).unwrap_or_default());
    let ms = i64::from_be_bytes(from.array()?);
    let at = Timestamp::from_ms(ms).map_err(|_| ReadError::Invalid)?;
    let user_id = UserId(from.array()?);
    from.finish()?;
    Ok((at, user_id))
}

/// The person asks to go, and is out of the household at once.
pub(super) fn leave(
    draft: &mut Draft<'_>,
    user_id: UserId,
    at: Timestamp,
) -> Result<Changed, Fault> {
    let row_key = key::user(Row::User, user_id);
    let Some(mut row) = draft.read(Space::Facts, &row_key, UserRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    // Who asks twice does not wait longer.
    let changed = match row.leaving_at {
        Some(_) => Changed::Same,
        None => {
            row.leaving_at = Some(at);
            draft.put(Space::Facts, key::leaving(at, user_id), encode_leaving());
            draft.put(Space::Facts, row_key, row.encode());
            Changed::Done
        }
    };
    // Others of a household see nothing of whoever goes, from the same commit on; staying does not lead back.
    household::depart(draft, at, user_id, Way::Own)?;
    Ok(changed)
}

pub(super) fn stay(draft: &mut Draft<'_>, user_id: UserId) -> Result<Changed, Fault> {
    let row_key = key::user(Row::User, user_id);
    let Some(mut row) = draft.read(Space::Facts, &row_key, UserRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    let Some(at) = row.leaving_at.take() else {
        return Ok(Changed::Same);
    };
    draft.take(Space::Facts, key::leaving(at, user_id));
    draft.put(Space::Facts, row_key, row.encode());
    Ok(Changed::Done)
}

/// Erases somebody whose grace is over. Who stayed after all meanwhile is left alone.
pub(super) fn erase_left(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    before: Timestamp,
) -> Result<Changed, Fault> {
    let row_key = key::user(Row::User, user_id);
    let row = draft.read(Space::Facts, &row_key, UserRow::decode)?;
    match row {
        Some(row) if row.leaving_at.is_none_or(|asked_at| asked_at >= before) => {
            Ok(Changed::Different)
        }
        // Whose row is gone may have been erased by us, with the answer lost.
        Some(_) | None => admin::erase(draft, at, user_id),
    }
}
