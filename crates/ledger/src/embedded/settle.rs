//! Filing a settlement inside the commit: decide by its key, check what may have moved since it
//! was prepared, and write every row that speaks of it together.

use super::buyer::{self, Welcome};
use super::claim;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::labels;
use super::learn;
use super::member;
use super::names::{self, Stand};
use super::originals::{self, Effect};
use super::owed::{self, Count, Owed};
use super::prepare::columns;
use super::value::catalogue::{PendingRow, encode_awaited};
use super::value::codes::ClaimRow;
use super::value::purchase_row::{Columns, PurchaseRow};
use super::value::settlement::{ClaimSource, ConflictRow, DayRow, SettlementRow, Shown};
use crate::fault::Fault;
use crate::write::{Prepared, Receipt, Refusal, Settled};
use purchase::canonical;
use purchase::decide::{Decision, add_digest, decide};
use purchase::id::{OwnerId, Revision, UnclaimedId};
use purchase::member::MemberForm;
use purchase::money::Sum;
use purchase::naming::{self, Naming, Sight};
use purchase::returns::{Fit, sold};
use purchase::settlement::{Buyer, ClaimHash, Content, Kind, LineNumber, Settlement, TaxCheck};
use purchase::time::Timestamp;
use purchase::warning::{Warning, Warnings};
use std::sync::atomic::Ordering;

/// Bodies that are kept of settlements under a key already taken.
pub(crate) const CONFLICTS_MAX: u8 = 8;

/// Files `prepared`, or says why not. Nothing is written unless it is recorded, except the body
/// of a conflict.
pub(crate) fn settle(
    draft: &mut Draft<'_>,
    at: Timestamp,
    mut prepared: Box<Prepared>,
) -> Result<Settled, Fault> {
    let row_key = key::settlement(Row::Settlement, prepared.key());
    let recorded = draft.read(Space::Facts, &row_key, SettlementRow::decode)?;
    let filed_under = recorded.as_ref().map(|row| row.owner);
    let settled = match (
        decide(recorded.as_ref().map(|row| row.digest), prepared.digest),
        recorded,
    ) {
        (Decision::AlreadyRecorded, Some(row)) => Settled::AlreadyRecorded(receipt(&row)),
        (Decision::Conflict, _) => {
            keep_conflict(draft, &prepared)?;
            Settled::Conflict
        }
        (Decision::Record | Decision::AlreadyRecorded, _) => record(draft, at, &mut prepared)?,
    };
    // Written again because the first answer was lost, it has its key already.
    if let Some(spare) = prepared.spare.take()
        && filed_under != Some(OwnerId::Unclaimed(UnclaimedId(spare.holder.0)))
    {
        draft.after.unused.push(spare);
    }
    Ok(settled)
}

const fn receipt(row: &SettlementRow) -> Receipt {
    Receipt {
        purchase_id: row.purchase_id,
        pending_lines: row.pending,
        warnings: row.warnings,
        claim: row.claim,
        shown: row.shown,
        owner: row.owner,
    }
}

fn record(draft: &mut Draft<'_>, at: Timestamp, prepared: &mut Prepared) -> Result<Settled, Fault> {
    if let Some(refusal) = prepared.refusal.take() {
        return Ok(Settled::Refused(refusal));
    }
    match draft.store(&prepared.key().store_id)? {
        Some(store) if store.store.closed_at.is_none() => {}
        Some(_) => return Ok(Settled::Refused(Refusal::StoreClosed)),
        // A database that lost its last moments may have lost a store that is remembered here.
        None => return Ok(Settled::Refused(Refusal::StoreUnknown)),
    }
    let effect = match originals::look(draft, prepared.settlement.content())? {
        Ok(effect) => effect,
        Err(refusal) => return Ok(Settled::Refused(refusal)),
    };
    refresh(draft, prepared, &effect)?;
    if matches!(prepared.owner, OwnerId::Unclaimed(id) if prepared.spare.as_ref().is_some_and(|spare| spare.holder.0 == id.0))
    {
        // From here on the key belongs to this purchase.
        prepared.spare = None;
    }
    let wanted = match (prepared.claim, prepared.owner) {
        (Some(hash), OwnerId::Unclaimed(_)) => {
            claim::wanted_by(draft, hash)?.map(|user_id| (user_id, hash))
        }
        (_, _) => None,
    };
    draft.seals_with(key::holder(prepared.owner), &prepared.data_key);
    let row = file(draft, prepared, &effect)?;
    let key = prepared.key().clone();
    originals::apply(draft, &key, effect)?;
    originals::welcome(draft, &key)?;
    name_at_once(draft, at, prepared)?;
    if let Some(wanted) = wanted {
        claim::complete(draft, at, (row.owner, row.purchase_id), wanted)?;
    }
    let row_key = key::settlement(Row::Settlement, &key);
    let row = draft
        .read(Space::Facts, &row_key, SettlementRow::decode)?
        .unwrap_or(row);
    Ok(Settled::Recorded(receipt(&row)))
}

/// Makes `prepared` right again if the owner or the catalogue is no longer what it was prepared
/// for. Without this, a catalogue update that slips between preparing and committing would leave
/// a line without the name that the update was the last to bring.
fn refresh(draft: &Draft<'_>, prepared: &mut Prepared, effect: &Effect) -> Result<(), Fault> {
    let mut is_stale = follow_owner(draft, prepared, effect)?;
    let content = prepared.settlement.content();
    let source = draft.source(&content.key.store_id)?;
    let head = draft.head(&source)?;
    let at = prepared.settlement.effective_at(prepared.received_at);
    let stand = Stand::of(&head);
    if stand != prepared.head || source != prepared.source {
        let patterns = draft.patterns(&source)?;
        prepared.names = names::resolve_with(content, at, (&head, &patterns), |code| {
            draft.versions(&source, code, head.revision)
        })?;
        (prepared.head, prepared.source) = (stand, source);
        is_stale = true;
    }
    if is_stale {
        let ledger = draft.ledger;
        let store = draft.store(&content.key.store_id)?.ok_or(Fault::Stopped)?;
        let columns = columns(content, prepared.received_at, prepared.slot);
        let context = columns.context(prepared.owner, prepared.purchase_id);
        let parts = (
            prepared.canonical.as_slice(),
            store.store.identity_at(at),
            prepared.names.as_slice(),
        );
        prepared.sealed = ledger.seal_body(&prepared.data_key, &context, parts);
    }
    Ok(())
}

/// Gives `prepared` to the original's owner, if it names no buyer, and takes it from a person who
/// was erased since: the sale is kept, under nobody. Says whether it must be sealed anew.
fn follow_owner(
    draft: &Draft<'_>,
    prepared: &mut Prepared,
    effect: &Effect,
) -> Result<bool, Fault> {
    let before = prepared.owner;
    buyer::follow(draft, prepared)?;
    let original = match (&prepared.settlement.content().buyer, prepared.welcome) {
        (Buyer::Absent, _) | (_, Welcome::Blocked) => effect.original(),
        (Buyer::Id(_) | Buyer::MemberCode(_) | Buyer::Pseudonym(_), Welcome::Usual) => None,
    };
    if let Some(original) = original
        && !draft.is_erased(original.owner)?
    {
        (prepared.owner, prepared.slot) = (original.owner, original.slot);
    }
    buyer::follow_merger(draft, prepared)?;
    let erasures = draft.ledger.erasures.load(Ordering::SeqCst);
    let may_be_erased = draft.is_shared()
        || original.is_some()
        || erasures != prepared.erasures
        || !draft.after.erased.is_empty();
    if may_be_erased && draft.is_erased(prepared.owner)? {
        buyer::to_nobody(draft, prepared)?;
    } else if prepared.owner != before {
        prepared.data_key = draft.data_key(prepared.owner, prepared.slot)?;
    }
    let is_a_persons = matches!(prepared.owner, OwnerId::User(_));
    let is_by_card = prepared.member.is_some_and(|member| match member.form {
        MemberForm::Card => true,
        MemberForm::Short => false,
    });
    // What lies with its original goes where that goes. A code of its own would take the whole purchase,
    // and its slip is often in other hands than the receipt.
    let is_with_original = original.is_some_and(|original| original.owner == prepared.owner);
    if is_with_original {
        prepared.claim = None;
    }
    // A card is answered the same, known or not.
    let is_without_code = is_with_original || is_a_persons && !is_by_card;
    if is_without_code && prepared.claim_source == ClaimSource::Derived {
        (prepared.claim, prepared.claim_source) = (None, ClaimSource::None);
    }
    Ok(prepared.owner != before)
}

/// The hash under which a new purchase can be claimed: none if it is a person's already, if it lies with
/// its original, or if an earlier receipt carries the same code, which stays that one's.
fn claim_of(draft: &Draft<'_>, prepared: &Prepared) -> Result<Option<ClaimHash>, Fault> {
    let (Some(claim), OwnerId::Unclaimed(_)) = (prepared.claim, prepared.owner) else {
        return Ok(None);
    };
    let known = draft.read(Space::Facts, &key::claim(claim), ClaimRow::decode)?;
    Ok(match known {
        Some(ClaimRow::Leads(..)) => None,
        Some(ClaimRow::Wanted(..)) | None => Some(claim),
    })
}

/// Writes the rows of a settlement that is new.
fn file(
    draft: &mut Draft<'_>,
    prepared: &mut Prepared,
    effect: &Effect,
) -> Result<SettlementRow, Fault> {
    let row = row_of(draft, prepared, effect)?;
    let content = prepared.settlement.content();
    let columns: Columns = columns(content, prepared.received_at, prepared.slot);
    let purchase = PurchaseRow {
        warnings: row.warnings,
        columns,
        sealed: std::mem::take(&mut prepared.sealed),
    };
    let body_key = key::body(prepared.owner, prepared.purchase_id);
    draft.put(Space::Purchases, body_key, purchase.encode());
    draft.put(
        Space::Facts,
        key::settlement(Row::Settlement, &content.key),
        row.encode(),
    );
    if let Some(claim) = row.claim_hash {
        let leads = ClaimRow::Leads(prepared.owner, prepared.purchase_id);
        draft.put(Space::Facts, key::claim(claim), leads.encode());
    }
    // A code that its person showed at a blocked shop is used up like any other.
    let was_good = match (prepared.owner, prepared.welcome) {
        (OwnerId::User(_), _) | (OwnerId::Unclaimed(_), Welcome::Blocked) => true,
        (OwnerId::Unclaimed(_), Welcome::Usual) => false,
    };
    if let (Some(member), true) = (prepared.member, was_good) {
        member::use_up(draft, member.hash, &content.key)?;
    }
    if row.pending > 0 {
        put_pending(draft, prepared)?;
    }
    let sum = effect.contribution(content.kind, content.total);
    let lines = u64::try_from(content.lines.len()).unwrap_or(u64::MAX);
    count_day(draft, prepared, lines, row.pending, sum)?;
    let count = Count {
        lines,
        pending: row.pending,
        currency: content.currency,
        sum,
    };
    owed::owe(draft, row.owner, Owed::Filed(row.purchase_id, count));
    Ok(row)
}

/// What is known of a settlement that is new.
fn row_of(draft: &Draft<'_>, prepared: &Prepared, effect: &Effect) -> Result<SettlementRow, Fault> {
    let content = prepared.settlement.content();
    let mut warnings = Warnings::default();
    if prepared.settlement.tax_check() == TaxCheck::Differs {
        warnings = warnings.with(Warning::TaxCheck);
    }
    if prepared.settlement.is_ahead_of(prepared.received_at) {
        warnings = warnings.with(Warning::Clock);
    }
    if effect.fit() == Fit::Over {
        warnings = warnings.with(Warning::OverReturned);
    }
    let pending = prepared
        .names
        .iter()
        .filter(|name| **name == Naming::Pending)
        .count();
    Ok(SettlementRow {
        digest: prepared.digest,
        owner: prepared.owner,
        slot: prepared.slot,
        purchase_id: prepared.purchase_id,
        received_at: prepared.received_at,
        kind: content.kind,
        currency: content.currency,
        total: content.total,
        warnings,
        claim: prepared.claim_source,
        claim_hash: claim_of(draft, prepared)?,
        pending: u64::try_from(pending).unwrap_or(u64::MAX),
        lines: content
            .lines
            .iter()
            .map(|line| sold(line.quantity))
            .collect(),
        of: content.of.as_ref().map(|of| of.key.clone()),
        counted: effect.counted(),
        voided_by: None,
        shown: match (prepared.member.map(|member| member.form), prepared.owner) {
            (None | Some(MemberForm::Card), _) => Shown::Nothing,
            (Some(MemberForm::Short), OwnerId::User(_)) => Shown::Filed,
            (Some(MemberForm::Short), OwnerId::Unclaimed(_)) => Shown::Unfiled,
        },
    })
}

/// Notes the lines that have no name: by code, by the item whose label they are, and by the revision
/// they wait for.
fn put_pending(draft: &mut Draft<'_>, prepared: &Prepared) -> Result<(), Fault> {
    let content = prepared.settlement.content();
    let store_id = &content.key.store_id;
    let head = draft.head(&prepared.source)?;
    let (unnamed_at, awaits) = match naming::sight(&content.mark, &head) {
        Sight::Seen { upto } => (upto.unwrap_or(head.revision), None),
        Sight::Ahead { revision } => (Revision(0), Some((revision, content.mark.lineage.clone()))),
    };
    let row = PendingRow {
        owner: prepared.owner,
        slot: prepared.slot,
        key: content.key.clone(),
        at: prepared.settlement.effective_at(prepared.received_at),
        unnamed_at,
        awaits,
        items: Vec::new(),
    };
    let patterns = draft.patterns(&prepared.source)?;
    for ((line, name), number) in content.lines.iter().zip(&prepared.names).zip(1_u16..) {
        let (Naming::Pending, Some(code)) = (name, &line.code) else {
            continue;
        };
        let place = learn::Place {
            store_id,
            code,
            id: prepared.purchase_id,
            line: LineNumber(number),
        };
        let mut row = row.clone();
        match &row.awaits {
            Some((revision, _)) => {
                let awaited = key::awaited(store_id, *revision, place.id, place.line);
                draft.put(Space::Facts, awaited, encode_awaited(code));
            }
            None => {
                let item = patterns.item_of(code, row.at, Some(row.unnamed_at));
                labels::note(draft, &place, &mut row, item);
            }
        }
        let row_key = key::pending(store_id, code, place.id, place.line);
        draft.put(Space::Facts, row_key, row.encode());
    }
    Ok(())
}

/// Lines of a till with an older catalogue may be named already by a revision that the till did
/// not have: rule 3 applies to them at once.
fn name_at_once(draft: &mut Draft<'_>, at: Timestamp, prepared: &Prepared) -> Result<(), Fault> {
    let content = prepared.settlement.content();
    let Some(revision) = content.mark.revision else {
        return Ok(());
    };
    if revision >= prepared.head.revision || !prepared.names.contains(&Naming::Pending) {
        return Ok(());
    }
    for (line, number) in content.lines.iter().zip(1_u16..) {
        if let (None, Some(code)) = (&line.name, &line.code) {
            let id = prepared.purchase_id;
            learn::try_line(
                draft,
                at,
                &content.key.store_id,
                code,
                id,
                LineNumber(number),
            )?;
        }
    }
    Ok(())
}

fn count_day(
    draft: &mut Draft<'_>,
    prepared: &Prepared,
    lines: u64,
    pending: u64,
    sum: Sum,
) -> Result<(), Fault> {
    let content = prepared.settlement.content();
    let day_key = key::day(Row::Day, &content.key.store_id, content.key.business_date);
    let mut day = draft
        .read(Space::Facts, &day_key, DayRow::decode)?
        .unwrap_or_default();
    day.tally.settlements += 1;
    day.tally.lines += lines;
    day.tally.pending += pending;
    day.tally.add(content.currency, sum);
    day.digest = add_digest(day.digest, prepared.digest);
    draft.put(Space::Facts, day_key, day.encode());
    Ok(())
}

/// Keeps the body of a settlement whose key is taken, for people to look at: up to eight different
/// ones, sealed under the store's key. That key outlives every person, so nobody is named in it.
fn keep_conflict(draft: &mut Draft<'_>, prepared: &Prepared) -> Result<(), Fault> {
    let content = prepared.settlement.content();
    let Some(store) = draft.store(&content.key.store_id)? else {
        return Ok(());
    };
    let prefix = key::settlement(Row::Conflict, &content.key);
    let kept = draft.scan(Space::Facts, &prefix, usize::from(CONFLICTS_MAX))?;
    let is_known = kept
        .iter()
        .map(|(_, row)| ConflictRow::decode(row))
        .any(|row| row.is_ok_and(|row| row.digest == prepared.digest));
    let number = u8::try_from(kept.len()).unwrap_or(CONFLICTS_MAX);
    if is_known || number >= CONFLICTS_MAX {
        return Ok(());
    }
    let mut row_key = prefix;
    row_key.push(number);
    let data_key = draft
        .ledger
        .keyring
        .key(store.holder, store.slot)?
        .ok_or_else(|| Fault::KeyMissing {
            what: format!("store {}", content.key.store_id),
        })?;
    draft.seals_with(store.holder, &data_key);
    let body = canonical::encode(&without_buyer(content));
    let context = ConflictRow::context(&row_key, prepared.digest);
    let sealed = data_key.seal(draft.ledger.keyring.nonce(), &context, &body);
    let row = ConflictRow {
        digest: prepared.digest,
        received_at: prepared.received_at,
        sealed,
    };
    draft.put(Space::Facts, row_key, row.encode());
    Ok(())
}

fn without_buyer(content: &Content) -> Settlement {
    let unnamed = Content {
        buyer: Buyer::Absent,
        ..content.clone()
    };
    Settlement::prove(unnamed).expect("no rule asks for a buyer")
}

/// The sign with which a settlement counts by its kind alone.
pub(crate) fn signed(kind: Kind, total: purchase::money::Amount) -> Sum {
    match kind {
        Kind::Sale => Sum::ZERO.plus(total),
        Kind::Return | Kind::Void => Sum::ZERO.minus(total),
    }
}
