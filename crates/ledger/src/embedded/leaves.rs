//! What people keep for themselves, and who looked at what is theirs: sealed under their own key, so
//! that it goes with them. What the values mean is known to the server alone, but for what a person blocks.

use super::block::Block;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::person::Person;
use super::value::identity::{
    AccessBody, AccessRow, LEAF_OF_BYTES_MAX, LEAF_VALUE_BYTES_MAX, Leaf, LeafSubject,
    decode_leaf_row, encode_leaf_row,
};
use super::{Ledger, accesses};
use crate::fault::Fault;
use crate::seal::DataKey;
use crate::write::{Changed, LeafStep};
use purchase::bytes::Writer;
use purchase::id::UserId;
use purchase::time::Timestamp;

/// Leaves of one person, at most.
const LEAVES_MAX: u64 = 10_000;

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
        let Some((row, data_key)) = self.user_and_key(user_id)? else {
            return Ok(Vec::new());
        };
        if row.leaves == 0 {
            return Ok(Vec::new());
        }
        let prefix = key::leaves(user_id, subject.number());
        self.engine
            .prefix(Space::Facts, &prefix)
            .map(|pair| {
                let (row_key, row) = pair?;
                open(&data_key, &row_key, &decode_leaf_row(&row)?)
            })
            .collect()
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
        LeafStep::Exported { user_id, by, form } => {
            accesses::exported(draft, at, user_id, (by, form))
        }
    }
}

/// Keeps a leaf, in the place of whatever was kept about the same thing.
pub(super) fn put(
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
    let known = draft.read(Space::Facts, &row_key, decode_leaf_row)?;
    let known = known.map(|sealed| Leaf::decode(&person.open(&row_key, &sealed)?));
    let known = known.transpose()?;
    let blocked = known.as_ref().and_then(|leaf| Block::of(subject, leaf));
    let blocks = Block::of(subject, &leaf);
    match &known {
        Some(known) if *known == leaf => return Ok(Changed::Same),
        // It is blocked since the first instant.
        Some(_) if blocked.is_some() && blocks.is_some() => return Ok(Changed::Same),
        Some(_) => {}
        None if person.row.leaves >= LEAVES_MAX => return Ok(Changed::Full),
        None => person.row.leaves += 1,
    }
    if known.is_none() || blocked.is_some() != blocks.is_some() {
        person.row.blocks += u64::from(blocks.is_some());
        person.row.blocks = person
            .row
            .blocks
            .saturating_sub(u64::from(blocked.is_some()));
        person.put(draft);
    }
    let sealed = person.seal(draft, &row_key, &leaf.encode());
    draft.put(Space::Facts, row_key, encode_leaf_row(&sealed));
    Ok(Changed::Done)
}

/// Keeps nothing of a thing any more.
pub(super) fn take(
    draft: &mut Draft<'_>,
    user_id: UserId,
    subject: LeafSubject,
    of: &[u8],
) -> Result<Changed, Fault> {
    let row_key = draft.ledger.leaf_key(user_id, subject, of);
    let known = draft.read(Space::Facts, &row_key, decode_leaf_row)?;
    let person = Person::find(draft, user_id)?;
    let (Some(sealed), Some(mut person)) = (known, person) else {
        return Ok(Changed::NotFound);
    };
    if subject == LeafSubject::Blocked {
        let leaf = Leaf::decode(&person.open(&row_key, &sealed)?)?;
        let blocked = u64::from(Block::of(subject, &leaf).is_some());
        person.row.blocks = person.row.blocks.saturating_sub(blocked);
    }
    draft.take(Space::Facts, row_key);
    person.row.leaves = person.row.leaves.saturating_sub(1);
    person.put(draft);
    Ok(Changed::Done)
}

/// Writes an entry of the access log behind the last one, and sees that there is room for the next.
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
    accesses::make_room(draft, person)?;
    person.put(draft);
    Ok(())
}

/// Takes away what a person kept about things of one sort. The caller writes the person's row.
pub(super) fn take_subject(
    draft: &mut Draft<'_>,
    person: &mut Person,
    subject: LeafSubject,
) -> Result<(), Fault> {
    let prefix = key::leaves(person.user_id, subject.number());
    for (row_key, _) in draft.scan(Space::Facts, &prefix, usize::MAX)? {
        draft.take(Space::Facts, row_key);
        person.row.leaves = person.row.leaves.saturating_sub(1);
    }
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
