//! Checks what waits: lines for a name, by their code and by the revision they await, and unclaimed
//! purchases for whoever has the receipt. Purchases were opened before, and counted what leads here.

use super::ahead::Keys;
use super::keys::Waiting;
use super::{Inspection, Look, Whole, codes, keys, labels, purchase_name, settlement_name};
use crate::body::{self, Body};
use crate::embedded::engine::Pair;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::catalogue::{PendingRow, decode_awaited};
use crate::embedded::value::codes::ClaimRow;
use crate::embedded::value::purchase_row::PurchaseRow;
use crate::embedded::value::settlement::SettlementRow;
use crate::fault::Fault;
use crate::keyring::hex;
use purchase::id::{ItemCode, OwnerId, PurchaseId, Revision};
use purchase::naming::Naming;
use purchase::settlement::{ClaimHash, LineNumber};

pub(super) fn check_pending(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("pending lines", None);
    let (mut to_open, mut of_erased) = (0_u64, 0_u64);
    let mut whole = inspection.found.settlements;
    let mut walk = inspection.walk(Space::Facts, Row::Pending, pending_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(
            Row::Pending,
            &pair,
            keys::pending,
            pending,
            PendingRow::decode,
        )?;
        let Some((place, row)) = read else {
            // Whose it is cannot be known; the line that leads here has counted it.
            to_open += 1;
            whole = Whole::Some;
            continue;
        };
        inspection.report.pending += 1;
        if inspection.is_erased(row.owner)? {
            of_erased += 1;
        } else {
            to_open += 1;
        }
        check_pending_row(inspection, &place, &row)?;
    }
    let counted = inspection.found.erased_pending;
    if of_erased != counted && whole == Whole::All {
        let wrong = format!("{of_erased} are noted, their settlements count {counted}");
        inspection.problem("pending lines of erased people", wrong);
    }
    if to_open > inspection.found.pending {
        name_idle_lines(inspection)?;
    }
    Ok(())
}

/// What a pending row leads to.
fn pending_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    let (Ok(place), Ok(row)) = (keys::pending(row_key), PendingRow::decode(row)) else {
        return;
    };
    keys.insert(key::settlement(Row::Settlement, &row.key));
    keys.insert(key::erased(row.owner));
    let awaited = row.awaits.as_ref().map(|(revision, _)| revision);
    keys.extend(awaited.map(|by| key::awaited(&place.store_id, *by, place.id, place.line)));
    let labels = row.items.iter();
    keys.extend(labels.map(|item| key::labelled(&place.store_id, item, place.id, place.line)));
}

fn awaited_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    if let (Ok(place), Ok(code)) = (keys::awaited(row_key), decode_awaited(row)) {
        let pending = key::pending(&place.store_id, &code, place.id, place.line);
        keys.insert(pending);
    }
}

fn claim_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    let (Ok(hash), Ok(row)) = (claim_hash(row_key), ClaimRow::decode(row)) else {
        return;
    };
    keys.insert(match row {
        ClaimRow::Leads(owner, id) => key::body(owner, id),
        ClaimRow::Wanted(user_id, _) => key::wanted_claim(user_id, hash),
    });
}

fn check_pending_row(
    inspection: &mut Inspection<'_>,
    place: &Waiting<ItemCode>,
    row: &PendingRow,
) -> Result<(), Fault> {
    let what = pending(place);
    let settlement_key = key::settlement(Row::Settlement, &row.key);
    match inspection.look(Space::Facts, &settlement_key, SettlementRow::decode)? {
        Look::There(settlement) => {
            let is_line = (1..=settlement.lines.len()).contains(&usize::from(place.line.0));
            inspection.rules(
                &what,
                &[
                    (
                        settlement.purchase_id != place.id,
                        "its settlement is another purchase",
                    ),
                    (
                        settlement.owner != row.owner,
                        "its settlement belongs to somebody else",
                    ),
                    (
                        settlement.slot != row.slot,
                        "its settlement is sealed with another key",
                    ),
                    (
                        row.key.store_id != place.store_id,
                        "its settlement is of another store",
                    ),
                    (!is_line, "its settlement has no such line"),
                ],
            );
        }
        Look::Missing => {
            inspection.problem(
                what.as_str(),
                format!("its {} is not recorded", settlement_name(&row.key)),
            );
        }
        Look::Unreadable => {}
    }
    labels::check_pending_row(inspection, place, row, &what)?;
    let Some((revision, _)) = &row.awaits else {
        return Ok(());
    };
    let awaited_key = key::awaited(&place.store_id, *revision, place.id, place.line);
    let is_noted = match inspection.look(Space::Facts, &awaited_key, decode_awaited)? {
        Look::There(code) => code == place.by,
        Look::Missing => false,
        Look::Unreadable => true,
    };
    let wrong = format!(
        "it waits for revision {}, but is not noted there",
        revision.0
    );
    inspection.rules(&what, &[(!is_noted, &wrong)]);
    Ok(())
}

/// There are more pending rows than lines without a name: opens the purchase of each to find those
/// that nothing waits for. What cannot be opened was told before.
fn name_idle_lines(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("pending lines again", None);
    for pair in inspection.rows(Space::Facts, Row::Pending) {
        let (row_key, row) = pair?;
        inspection.step();
        let (Ok(place), Ok(row)) = (keys::pending(&row_key), PendingRow::decode(&row)) else {
            continue;
        };
        let Some(body) = open(inspection, row.owner, place.id)? else {
            continue;
        };
        let name_key = key::name(row.owner, place.id, place.line);
        let is_named = inspection.exists(Space::Purchases, &name_key)?;
        let is_idle = is_named || !waits(&body, place.line, &place.by);
        inspection.rules(
            &pending(&place),
            &[(is_idle, "no line of its purchase waits for a name")],
        );
    }
    Ok(())
}

fn waits(body: &Body, LineNumber(line): LineNumber, code: &ItemCode) -> bool {
    let Some(at) = usize::from(line).checked_sub(1) else {
        return false;
    };
    let lines = &body.settlement.content().lines;
    body.names.get(at) == Some(&Naming::Pending)
        && lines
            .get(at)
            .is_some_and(|line| line.code.as_ref() == Some(code))
}

pub(super) fn check_awaited(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("awaited lines", None);
    let mut walk = inspection.walk(Space::Facts, Row::Awaited, awaited_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::Awaited, &pair, keys::awaited, awaited, decode_awaited)?;
        let Some((place, code)) = read else { continue };
        let pending_key = key::pending(&place.store_id, &code, place.id, place.line);
        let is_waiting = match inspection.look(Space::Facts, &pending_key, PendingRow::decode)? {
            Look::There(row) => row.awaits.is_some_and(|(revision, _)| revision == place.by),
            Look::Missing => false,
            Look::Unreadable => true,
        };
        inspection.rules(
            &awaited(&place),
            &[(!is_waiting, "no pending line awaits it")],
        );
    }
    Ok(())
}

pub(super) fn check_claims(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("claims", None);
    let mut claims = 0_u64;
    let mut walk = inspection.walk(Space::Facts, Row::Claim, claim_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::Claim, &pair, claim_hash, claim, ClaimRow::decode)?;
        let Some((hash, row)) = read else {
            claims += 1;
            continue;
        };
        let (owner, id) = match row {
            ClaimRow::Leads(owner, id) => (owner, id),
            ClaimRow::Wanted(user_id, asked_at) => {
                codes::check_wanted(inspection, &claim(&hash), (user_id, hash, asked_at))?;
                continue;
            }
        };
        claims += 1;
        let is_there = inspection.exists(Space::Purchases, &key::body(owner, id))?;
        let is_owned = matches!(owner, OwnerId::User(_));
        let wrong = format!("its {} is not there", purchase_name(owner, id));
        inspection.rules(
            &claim(&hash),
            &[
                (!is_there, &wrong),
                (is_owned, "it leads to the purchase of a person"),
            ],
        );
    }
    if claims > inspection.found.claims {
        name_idle_claims(inspection)?;
    }
    Ok(())
}

/// There are more claims than settlements that can be claimed: opens the purchase of each to find
/// those whose settlement does not know of them.
fn name_idle_claims(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("claims again", None);
    for pair in inspection.rows(Space::Facts, Row::Claim) {
        let (row_key, row) = pair?;
        inspection.step();
        let (Ok(hash), Ok(ClaimRow::Leads(owner, id))) =
            (claim_hash(&row_key), ClaimRow::decode(&row))
        else {
            continue;
        };
        let Some(body) = open(inspection, owner, id)? else {
            continue;
        };
        let settlement_key = key::settlement(Row::Settlement, &body.settlement.content().key);
        let found = inspection.look(Space::Facts, &settlement_key, SettlementRow::decode)?;
        let Look::There(settlement) = found else {
            continue;
        };
        let is_idle = settlement.claim_hash != Some(hash);
        inspection.rules(
            &claim(&hash),
            &[(is_idle, "its settlement has another claim code or none")],
        );
    }
    Ok(())
}

/// The opened body of a purchase; none if it cannot be opened, which is told elsewhere.
fn open(
    inspection: &Inspection<'_>,
    owner: OwnerId,
    id: PurchaseId,
) -> Result<Option<Body>, Fault> {
    let body_key = key::body(owner, id);
    let Look::There(row) = inspection.look(Space::Purchases, &body_key, PurchaseRow::decode)?
    else {
        return Ok(None);
    };
    let opened = inspection
        .ledger
        .data_key(owner, row.columns.slot)
        .and_then(|data_key| data_key.open(&row.columns.context(owner, id), &row.sealed))
        .and_then(|bytes| body::decode(&bytes));
    match opened {
        Ok(body) => Ok(Some(body)),
        Err(fault) if super::is_damage(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn claim_hash(row_key: &[u8]) -> Result<ClaimHash, purchase::bytes::ReadError> {
    keys::array(row_key).map(ClaimHash)
}

fn pending(place: &Waiting<ItemCode>) -> String {
    let Waiting {
        store_id,
        by,
        id,
        line,
    } = place;
    format!(
        "pending line {} of purchase {id}, code {by} of {store_id}",
        line.0
    )
}

fn awaited(place: &Waiting<Revision>) -> String {
    let Waiting {
        store_id,
        by,
        id,
        line,
    } = place;
    format!(
        "awaited line {} of purchase {id}, revision {} of {store_id}",
        line.0, by.0
    )
}

fn claim(hash: &ClaimHash) -> String {
    format!("claim {}", hex(&hash.0))
}
