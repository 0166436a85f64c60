//! What people keep for themselves, and who looked at what is theirs: sealed under their own key, so
//! that it goes with them. What the values mean is known to the server alone.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::person::Person;
use super::value::identity::{
    Access, AccessBody, AccessRow, LEAF_OF_BYTES_MAX, LEAF_VALUE_BYTES_MAX, Leaf, LeafSubject,
    decode_leaf_row, encode_leaf_row,
};
use crate::fault::Fault;
use crate::seal::DataKey;
use crate::write::{Changed, LeafStep};
use purchase::bytes::{ReadError, Writer};
use purchase::id::UserId;
use purchase::time::Timestamp;

/// Leaves of one person, at most.
const LEAVES_MAX: u64 = 10_000;
/// Entries of the access log that are kept of one person.
const ACCESSES_KEPT: u64 = 5_000;

impl Ledger {
    /// What a person keeps about one thing; none if it is nothing.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn leaf(
        &self,
        user_id: UserId,
        subject: LeafSubject,
        of: &[u8],
    ) -> Result<Option<Vec<u8>>, Fault> {
        let row_key = self.leaf_key(user_id, subject, of);
        let row = self.engine.read(Space::Facts, &row_key, decode_leaf_row)?;
        let (Some(sealed), Some((_, data_key))) = (row, self.user_and_key(user_id)?) else {
            return Ok(None);
        };
        Ok(Some(open(&data_key, &row_key, &sealed)?.value))
    }

    /// All that a person keeps about things of one sort, in no particular order.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn leaves(&self, user_id: UserId, subject: LeafSubject) -> Result<Vec<Leaf>, Fault> {
        let Some((_, data_key)) = self.user_and_key(user_id)? else {
            return Ok(Vec::new());
        };
        let prefix = key::leaves(user_id, subject.number());
        self.engine
            .prefix(Space::Facts, &prefix)
            .map(|pair| {
                let (row_key, row) = pair?;
                open(&data_key, &row_key, &decode_leaf_row(&row)?)
            })
            .collect()
    }

    /// A page of a person's access log, newest first: at most `limit` entries older than the one of
    /// the number `before`, which ended the last page.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn accesses(
        &self,
        user_id: UserId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Access>, Fault> {
        let Some((row, data_key)) = self.user_and_key(user_id)? else {
            return Ok(Vec::new());
        };
        let newest = before.map_or(row.accesses, |before| before.saturating_sub(1));
        let newest = newest.min(row.accesses);
        let oldest = newest.saturating_sub(u64::try_from(limit).unwrap_or(u64::MAX));
        let from = key::access(user_id, oldest + 1);
        let end = key::access(user_id, newest + 1);
        let mut page = self
            .engine
            .range(Space::Facts, from, end)
            .map(|pair| {
                let (row_key, row) = pair?;
                let row = AccessRow::decode(&row)?;
                let body = AccessBody::decode(&data_key.open(&row_key, &row.sealed)?)?;
                Ok(Access {
                    number: number_of(&row_key)?,
                    at: row.at,
                    by: body.by,
                    what: body.what,
                    reason: body.reason,
                })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        page.reverse();
        Ok(page)
    }

    /// Where a leaf lies.
    pub(super) fn leaf_key(&self, user_id: UserId, subject: LeafSubject, of: &[u8]) -> Vec<u8> {
        let mut message = Writer::default();
        // With a zero byte in front, as no operator's reference has.
        message.raw(b"\0leaf");
        message.raw(&user_id.0);
        message.byte(subject.number());
        message.bytes(of);
        let hash = self.keyed_hash(message.as_slice());
        key::leaf(user_id, subject.number(), &hash)
    }
}

fn open(data_key: &DataKey, row_key: &[u8], sealed: &[u8]) -> Result<Leaf, Fault> {
    Leaf::decode(&data_key.open(row_key, sealed)?)
}

fn number_of(row_key: &[u8]) -> Result<u64, ReadError> {
    let (_, number) = row_key.split_last_chunk::<8>().ok_or(ReadError::Short)?;
    Ok(u64::from_be_bytes(*number))
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: LeafStep,
) -> Result<Changed, Fault> {
    match step {
        LeafStep::Put {
            user_id,
            subject,
            of,
            value,
        } => put(draft, user_id, subject, Leaf { of, value }),
        LeafStep::Take {
            user_id,
            subject,
            of,
        } => take(draft, user_id, subject, &of),
        LeafStep::Accessed {
            user_id,
            by,
            what,
            reason,
        } => {
            let entry = AccessBody { by, what, reason };
            if !entry.fits() {
                return Ok(Changed::Full);
            }
            let Some(mut person) = Person::find(draft, user_id)? else {
                return Ok(Changed::NotFound);
            };
            note(draft, at, &mut person, &entry)?;
            Ok(Changed::Done)
        }
    }
}

fn put(
    draft: &mut Draft<'_>,
    user_id: UserId,
    subject: LeafSubject,
    leaf: Leaf,
) -> Result<Changed, Fault> {
    if leaf.of.len() > LEAF_OF_BYTES_MAX || leaf.value.len() > LEAF_VALUE_BYTES_MAX {
        return Ok(Changed::Full);
    }
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let row_key = draft.ledger.leaf_key(user_id, subject, &leaf.of);
    match draft.read(Space::Facts, &row_key, decode_leaf_row)? {
        Some(sealed) if Leaf::decode(&person.open(&row_key, &sealed)?)? == leaf => {
            return Ok(Changed::Same);
        }
        Some(_) => {}
        None if person.row.leaves >= LEAVES_MAX => return Ok(Changed::Full),
        None => {
            person.row.leaves += 1;
            person.put(draft);
        }
    }
    let sealed = person.seal(draft, &row_key, &leaf.encode());
    draft.put(Space::Facts, row_key, encode_leaf_row(&sealed));
    Ok(Changed::Done)
}

fn take(
    draft: &mut Draft<'_>,
    user_id: UserId,
    subject: LeafSubject,
    of: &[u8],
) -> Result<Changed, Fault> {
    let row_key = draft.ledger.leaf_key(user_id, subject, of);
    let is_there = draft.get(Space::Facts, &row_key)?.is_some();
    let person = Person::find(draft, user_id)?;
    let (true, Some(mut person)) = (is_there, person) else {
        return Ok(Changed::NotFound);
    };
    draft.take(Space::Facts, row_key);
    person.row.leaves = person.row.leaves.saturating_sub(1);
    person.put(draft);
    Ok(Changed::Done)
}

/// Writes an entry behind the last one, and takes the oldest away if there are too many.
pub(super) fn note(
    draft: &mut Draft<'_>,
    at: Timestamp,
    person: &mut Person,
    body: &AccessBody,
) -> Result<(), Fault> {
    person.row.accesses += 1;
    let number = person.row.accesses;
    let row_key = key::access(person.user_id, number);
    let sealed = person.seal(draft, &row_key, &body.encode());
    let row = AccessRow { at, sealed };
    draft.put(Space::Facts, row_key, row.encode());
    if let Some(oldest) = number.checked_sub(ACCESSES_KEPT).filter(|it| *it > 0) {
        draft.take(Space::Facts, key::access(person.user_id, oldest));
    }
    person.put(draft);
    Ok(())
}

/// Takes everything away that a person kept, and who looked at it.
pub(super) fn take_all(draft: &mut Draft<'_>, user_id: UserId) -> Result<(), Fault> {
    for kind in [Row::Leaf, Row::Access] {
        let prefix = key::user(kind, user_id);
        for (row_key, _) in draft.scan(Space::Facts, &prefix, usize::MAX)? {
            draft.take(Space::Facts, row_key);
        }
    }
    Ok(())
}
