//! Moving purchases to another owner: sealed anew, with all that was learnt about each, in one step.
//! Purchase id and settlement stay; nothing is left behind under the old owner. Whether it is right to move
//! them is for the caller to know.

use super::draft::Draft;
use super::engine::Copied;
use super::key::{self, Kind as Row, Space, part};
use super::originals::worth;
use super::owed::{self, Count, Owed};
use super::value::catalogue::PendingRow;
use super::value::purchase_row::{AddedName, PurchaseRow};
use super::value::settlement::SettlementRow;
use crate::body::Body;
use crate::fault::Fault;
use crate::keyring::Slot;
use purchase::id::{OwnerId, PurchaseId};
use purchase::settlement::LineNumber;

/// Moves everything that belongs to `from`, who is nobody yet, to another owner: a purchase together with
/// the returns and voids that followed it there. No code of theirs leads to any of it from then on.
pub(crate) fn refile(
    draft: &mut Draft<'_>,
    from: OwnerId,
    to: (OwnerId, Slot),
) -> Result<(), Fault> {
    assert!(
        matches!(from, OwnerId::Unclaimed(_)),
        "all that lies together moves only if it is nobody's"
    );
    let prefix = key::of_owner(from);
    let rows = draft.scan(Space::Purchases, &prefix, usize::MAX)?;
    refile_these(draft, from, &bodies(&rows, prefix.len()), to)
}

/// The purchases whose bodies are among rows of an owner, in the order of the rows.
pub(crate) fn bodies(rows: &[Copied], prefix: usize) -> Vec<PurchaseId> {
    let tails = rows.iter().filter_map(|(row_key, _)| {
        let tail = row_key.get(prefix..)?;
        tail.split_first_chunk::<16>()
    });
    tails
        .filter(|(_, rest)| **rest == [part::BODY])
        .map(|(inverted, _)| PurchaseId(inverted.map(|byte| !byte)))
        .collect()
}

/// Moves some purchases of an owner, which stand with the newest first; the new owner hears of them in the
/// order of their times.
pub(crate) fn refile_these(
    draft: &mut Draft<'_>,
    from: OwnerId,
    ids: &[PurchaseId],
    to: (OwnerId, Slot),
) -> Result<(), Fault> {
    let opened = ids.iter().rev();
    let opened = opened.map(|id| Ok(draft.ledger.open_row(draft, from, *id)?.body));
    let opened = opened.collect::<Result<Vec<Body>, Fault>>()?;
    let keys = opened.iter().map(|body| {
        let key = &body.settlement.content().key;
        key::settlement(Row::Settlement, key)
    });
    draft.read_ahead(keys.collect())?;
    for body in &opened {
        refile_one(draft, body, to)?;
    }
    Ok(())
}

fn refile_one(
    draft: &mut Draft<'_>,
    body: &Body,
    (owner, slot): (OwnerId, Slot),
) -> Result<(), Fault> {
    let key = &body.settlement.content().key;
    let row_key = key::settlement(Row::Settlement, key);
    let mut row = draft
        .read(Space::Facts, &row_key, SettlementRow::decode)?
        .ok_or_else(|| Fault::damaged(format!("{key:?} is not recorded")))?;
    let before = row.owner;
    move_parts(draft, &row, (owner, slot))?;
    // Of what has all its names nothing waits.
    let lines = match row.pending {
        0 => &[],
        _ => body.settlement.content().lines.as_slice(),
    };
    for (line, number) in lines.iter().zip(1_u16..) {
        let Some(code) = &line.code else { continue };
        let pending_key = key::pending(&key.store_id, code, row.purchase_id, LineNumber(number));
        if let Some(mut pending) = draft.read(Space::Facts, &pending_key, PendingRow::decode)? {
            (pending.owner, pending.slot) = (owner, slot);
            draft.put(Space::Facts, pending_key, pending.encode());
        }
    }
    // A person's cannot be claimed any more; and what comes to lie with an unclaimed original is taken by
    // the code of that alone, or the slip of a return would take the whole sale.
    if let Some(hash) = row.claim_hash.take() {
        draft.take(Space::Facts, key::claim(hash));
    }
    (row.owner, row.slot) = (owner, slot);
    draft.put(Space::Facts, row_key, row.encode());
    let count = Count {
        lines: u64::try_from(row.lines.len()).unwrap_or(u64::MAX),
        pending: row.pending,
        currency: row.currency,
        sum: worth(draft, key, &row)?,
    };
    owed::owe(draft, before, Owed::Gone(count));
    owed::owe(draft, owner, Owed::Filed(row.purchase_id, count));
    Ok(())
}

fn move_parts(
    draft: &mut Draft<'_>,
    row: &SettlementRow,
    (owner, slot): (OwnerId, Slot),
) -> Result<(), Fault> {
    let ledger = draft.ledger;
    let (from, id) = (row.owner, row.purchase_id);
    let (old_key, new_key) = (
        draft.data_key(from, row.slot)?,
        draft.data_key(owner, slot)?,
    );
    draft.seals_with(key::holder(owner), &new_key);
    let prefix = key::purchase(from, id);
    for (part_key, value) in draft.scan(Space::Purchases, &prefix, usize::MAX)? {
        let rest = part_key.get(prefix.len()..).unwrap_or_default();
        let (new_part_key, new_value) = match rest {
            [part::BODY] => {
                let mut purchase = PurchaseRow::decode(&value)?;
                let context = purchase.columns.context(from, id);
                let body = old_key.open(&context, &purchase.sealed)?;
                purchase.columns.slot = slot;
                let context = purchase.columns.context(owner, id);
                purchase.sealed = new_key.seal(ledger.keyring.nonce(), &context, &body);
                (key::body(owner, id), purchase.encode())
            }
            [part::NAME, high, low] => {
                let line = LineNumber(u16::from_be_bytes([*high, *low]));
                let name = old_key.open(&AddedName::context(from, id, line), &value)?;
                let context = AddedName::context(owner, id, line);
                let sealed = new_key.seal(ledger.keyring.nonce(), &context, &name);
                (key::name(owner, id, line), sealed)
            }
            [part::STANDING] => (key::standing(owner, id), value),
            _ => return Err(Fault::damaged("a purchase has an unknown part")),
        };
        draft.take(Space::Purchases, part_key);
        draft.put(Space::Purchases, new_part_key, new_value);
    }
    Ok(())
}
