//! Moving a purchase to another owner: sealed anew, with all that was learnt about it, in one step.
//! Purchase id and settlement stay; nothing is left behind under the old owner.

use super::draft::Draft;
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
    let prefix = key::of_owner(from);
    let rows = draft.scan(Space::Purchases, &prefix, usize::MAX)?;
    // They stand with the newest first; the new owner hears of them in the order of their times.
    for (row_key, _) in rows.iter().rev() {
        let tail = row_key
            .get(prefix.len()..)
            .and_then(<[u8]>::split_first_chunk::<16>);
        let Some((inverted, [part::BODY])) = tail else {
            continue;
        };
        let id = PurchaseId(inverted.map(|byte| !byte));
        let body = draft.ledger.open_row(draft, from, id)?.body;
        refile_one(draft, &body, to)?;
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
    assert!(
        matches!(row.owner, OwnerId::Unclaimed(_)),
        "only what belongs to nobody moves to somebody"
    );
    move_parts(draft, &row, (owner, slot))?;
    for (line, number) in body.settlement.content().lines.iter().zip(1_u16..) {
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
