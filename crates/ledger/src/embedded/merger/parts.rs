//! The parts of an account that go into another one: purchases first, and behind them what speaks of them.
//! One call moves a bounded number of rows. Of what both have, the new account's stays.

use super::super::block::Block;
use super::super::draft::Draft;
use super::super::engine::Copied;
use super::super::key::{self, Kind as Row, Space};
use super::super::member::listed_code;
use super::super::person::Person;
use super::super::refile::{bodies, refile_these};
use super::super::value::codes::{ClaimRow, MemberCodeRow, WantedRow, encode_listed};
use super::super::value::identity::{
    AccessBody, AccessRow, Leaf, LeafSubject, Touched, decode_leaf_row, encode_leaf_row,
};
use super::super::{accesses, claim, leaves, missing, partners};
use crate::fault::Fault;
use crate::keyring::Slot;
use purchase::bytes::ReadError;
use purchase::id::{OwnerId, UserId};
use purchase::settlement::ClaimHash;
use purchase::time::Timestamp;

/// Rows that one step moves, at most.
const ROWS_PER_STEP: usize = 200;
/// Bytes of purchases in one step, more or less.
const BYTES_PER_STEP: usize = 4 * 1_024 * 1_024;

/// Moves what comes next, of one sort; says how many rows that were, and none at the end.
pub(super) fn move_some(
    draft: &mut Draft<'_>,
    (mut old, mut new): (Person, Person),
    begun_at: Timestamp,
) -> Result<usize, Fault> {
    let moved = move_blocks(draft, &mut old, &mut new)?;
    if moved > 0 {
        return Ok(moved);
    }
    let moved = move_purchases(draft, old.user_id, (new.user_id, new.row.slot))?;
    if moved > 0 {
        return Ok(moved);
    }
    let moved = move_codes(draft, old.user_id, new.user_id)?;
    if moved > 0 {
        return Ok(moved);
    }
    let moved = move_claims(draft, old.user_id, new.user_id)?;
    if moved > 0 {
        return Ok(moved);
    }
    let moved = missing::move_some(draft, (&old, &new), ROWS_PER_STEP)?;
    if moved > 0 {
        return Ok(moved);
    }
    let moved = move_leaves(draft, &mut old, &mut new, &LeafSubject::ALL)?;
    if moved > 0 {
        return Ok(moved);
    }
    let moved = move_accesses(draft, &mut old, &mut new, begun_at)?;
    if moved > 0 {
        return Ok(moved);
    }
    forget_feed(draft, old.user_id)
}

/// Moves the shops that the person does not want to file from, which come before anything else.
pub(super) fn move_blocks(
    draft: &mut Draft<'_>,
    old: &mut Person,
    new: &mut Person,
) -> Result<usize, Fault> {
    move_leaves(draft, old, new, &[LeafSubject::Blocked])
}

/// Writes the marks of what is private into the new account, before there is any purchase to be seen without them.
/// The old account keeps them as long as it has purchases. They are no more than somebody keeps, and fit one commit
/// as they do when an account is erased.
pub(super) fn copy_marks(
    draft: &mut Draft<'_>,
    old: &Person,
    new: &mut Person,
) -> Result<(), Fault> {
    let subject = LeafSubject::Sensitive;
    let prefix = key::leaves(old.user_id, subject.number());
    let rows = draft.scan(Space::Facts, &prefix, usize::MAX)?;
    let marks = rows
        .iter()
        .map(|(old_key, row)| Leaf::decode(&old.open(old_key, &decode_leaf_row(row)?)?))
        .collect::<Result<Vec<_>, Fault>>()?;
    let keys = marks
        .iter()
        .map(|leaf| draft.ledger.leaf_key(new.user_id, subject, &leaf.of));
    draft.read_ahead(keys.collect())?;
    for leaf in &marks {
        move_leaf(draft, new, subject, leaf)?;
    }
    new.put(draft);
    Ok(())
}

fn move_purchases(
    draft: &mut Draft<'_>,
    from: UserId,
    (heir, slot): (UserId, Slot),
) -> Result<usize, Fault> {
    let owner = OwnerId::User(from);
    let prefix = key::of_owner(owner);
    let mut rows = draft.scan(Space::Purchases, &prefix, ROWS_PER_STEP)?;
    let mut bytes = 0;
    let whole = rows.iter().take_while(|(_, row)| {
        let is_within = bytes < BYTES_PER_STEP;
        bytes += row.len();
        is_within
    });
    let whole = whole.count();
    rows.truncate(whole);
    // Of one whose names end behind these rows, all is found with its body.
    let ids = bodies(&rows, prefix.len());
    refile_these(draft, owner, &ids, (OwnerId::User(heir), slot))?;
    Ok(ids.len())
}

/// A code that was printed or lies in a phone goes on being good, for the new account.
fn move_codes(draft: &mut Draft<'_>, from: UserId, heir: UserId) -> Result<usize, Fault> {
    let listed = rows_of(draft, Row::MemberCodeOf, from)?;
    let keys = listed
        .iter()
        .map(|(listed_key, _)| Ok(key::member_code(listed_code(listed_key)?.3)));
    draft.read_ahead(keys.collect::<Result<_, Fault>>()?)?;
    for (listed_key, _) in &listed {
        let (_, form, expires_at, hash) = listed_code(listed_key)?;
        let row_key = key::member_code(hash);
        if let Some(mut row) = draft.read(Space::Facts, &row_key, MemberCodeRow::decode)? {
            row.user_id = heir;
            draft.put(Space::Facts, row_key, row.encode());
            let new_key = key::member_code_of(heir, form, expires_at, hash);
            draft.put(Space::Facts, new_key, encode_listed());
        }
        draft.take(Space::Facts, listed_key.clone());
    }
    Ok(listed.len())
}

/// Codes of receipts whose sale is waited for, and what others brought.
fn move_claims(draft: &mut Draft<'_>, from: UserId, heir: UserId) -> Result<usize, Fault> {
    let wanted = rows_of(draft, Row::WantedClaim, from)?;
    for (old_key, row) in &wanted {
        let (_, hash) = old_key.split_last_chunk().ok_or(ReadError::Short)?;
        let (hash, row) = (ClaimHash(*hash), WantedRow::decode(row)?);
        let new_key = key::wanted_claim(heir, hash);
        let known = draft.read(Space::Facts, &new_key, WantedRow::decode)?;
        let is_first = claim::wanted_by(draft, hash)? == Some(from);
        if is_first {
            let row = ClaimRow::Wanted(heir, row.asked_at);
            draft.put(Space::Facts, key::claim(hash), row.encode());
        }
        let is_known = known.is_some_and(|known| known.filed.is_some() || row.filed.is_none());
        if is_first || !is_known {
            draft.put(Space::Facts, new_key, row.encode());
        }
        draft.take(Space::Facts, old_key.clone());
    }
    Ok(wanted.len())
}

/// What becomes of something that is kept in the old account.
enum LeafFate {
    /// It was said of purchases, or of what is not to be filed, and goes along.
    Moves,
    /// It was a wish for the old account, and does not hold for another; or a mark of what is private, which went
    /// along when the merger began, and which the person may have taken back since.
    Ends,
    /// It opened the old account to a partner, who has a row of its own that names the person.
    EndsWithItsRow,
}

const fn fate_of(subject: LeafSubject) -> LeafFate {
    match subject {
        LeafSubject::Alias | LeafSubject::Note | LeafSubject::Blocked => LeafFate::Moves,
        LeafSubject::Setting | LeafSubject::Shared | LeafSubject::Sensitive => LeafFate::Ends,
        LeafSubject::Consent => LeafFate::EndsWithItsRow,
    }
}

fn move_leaves(
    draft: &mut Draft<'_>,
    old: &mut Person,
    new: &mut Person,
    subjects: &[LeafSubject],
) -> Result<usize, Fault> {
    let mut moved = 0;
    for subject in subjects {
        let prefix = key::leaves(old.user_id, subject.number());
        let rows = draft.scan(Space::Facts, &prefix, ROWS_PER_STEP - moved)?;
        for (old_key, row) in &rows {
            let leaf = || Leaf::decode(&old.open(old_key, &decode_leaf_row(row)?)?);
            match fate_of(*subject) {
                LeafFate::Moves => {
                    let leaf = leaf()?;
                    let blocks = u64::from(Block::of(*subject, &leaf).is_some());
                    old.row.blocks = old.row.blocks.saturating_sub(blocks);
                    move_leaf(draft, new, *subject, &leaf)?;
                }
                LeafFate::EndsWithItsRow => partners::forget(draft, old.user_id, &leaf()?),
                LeafFate::Ends => {}
            }
            draft.take(Space::Facts, old_key.clone());
            old.row.leaves = old.row.leaves.saturating_sub(1);
        }
        moved += rows.len();
        if moved >= ROWS_PER_STEP {
            break;
        }
    }
    if moved > 0 {
        old.put(draft);
        new.put(draft);
    }
    Ok(moved)
}

/// Writes what was kept into the new account, unless that keeps something of the same. A shop is blocked since
/// the first instant of both.
fn move_leaf(
    draft: &mut Draft<'_>,
    new: &mut Person,
    subject: LeafSubject,
    leaf: &Leaf,
) -> Result<(), Fault> {
    let new_key = draft.ledger.leaf_key(new.user_id, subject, &leaf.of);
    let known = draft.read(Space::Facts, &new_key, decode_leaf_row)?;
    let known = known.map(|sealed| Leaf::decode(&new.open(&new_key, &sealed)?));
    let known = known.transpose()?;
    let block = Block::of(subject, leaf);
    let blocked = known.as_ref().and_then(|leaf| Block::of(subject, leaf));
    let is_taken = match (&block, &blocked) {
        (Some(block), Some(blocked)) => block.since < blocked.since,
        (Some(_), None) => true,
        (None, _) => known.is_none(),
    };
    if is_taken {
        new.row.leaves += u64::from(known.is_none());
        new.row.blocks += u64::from(block.is_some() && blocked.is_none());
        let sealed = new.seal(draft, &new_key, &leaf.encode());
        draft.put(Space::Facts, new_key, encode_leaf_row(&sealed));
    }
    Ok(())
}

/// Who looked at the old account stands in the new one's log, as of the time at which it was: no look at the new
/// one is hidden by a merger, and of those at the old one the newest stay as far as there is room. The merger
/// itself was noted there when it began.
fn move_accesses(
    draft: &mut Draft<'_>,
    old: &mut Person,
    new: &mut Person,
    begun_at: Timestamp,
) -> Result<usize, Fault> {
    let rows = rows_of(draft, Row::Access, old.user_id)?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut there = accesses::entries(draft, old)?;
    there.retain(|entry| !entry.is_merger(begun_at));
    let left = accesses::without_room(&there, &accesses::entries(draft, new)?);
    for (old_key, row) in &rows {
        let row = AccessRow::decode(row)?;
        let body = AccessBody::decode(&old.open(old_key, &row.sealed)?)?;
        let is_told = body.what == Touched::Merger && row.at == begun_at;
        if !is_told && !left.contains(&accesses::number_of(old_key)?) {
            leaves::note(draft, row.at, new, &body)?;
        }
        draft.take(Space::Facts, old_key.clone());
    }
    if rows.len() < ROWS_PER_STEP {
        old.row.accesses = 0;
        old.put(draft);
    }
    Ok(rows.len())
}

/// The new account's feed tells of all that came to it.
fn forget_feed(draft: &mut Draft<'_>, from: UserId) -> Result<usize, Fault> {
    let rows = draft.scan(Space::Feed, &key::user(Row::Feed, from), ROWS_PER_STEP)?;
    for (row_key, _) in &rows {
        draft.take(Space::Feed, row_key.clone());
    }
    Ok(rows.len())
}

fn rows_of(draft: &Draft<'_>, kind: Row, user_id: UserId) -> Result<Vec<Copied>, Fault> {
    draft.scan(Space::Facts, &key::user(kind, user_id), ROWS_PER_STEP)
}
