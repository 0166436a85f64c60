//! Checks what is inside of a purchase against its settlement's row: the settlement as sent, the
//! names of its lines, and the lines that have none.

use super::conflicts::digest;
use super::purchases::Gathered;
use super::{Inspection, Look, purchase_name};
use crate::body::Body;
use crate::embedded::key::{self, Space};
use crate::embedded::prepare;
use crate::embedded::value::catalogue::PendingRow;
use crate::embedded::value::purchase_row::{AddedName, PurchaseRow};
use crate::embedded::value::settlement::{ClaimSource, SettlementRow};
use crate::fault::Fault;
use crate::seal::DataKey;
use purchase::canonical;
use purchase::naming::Naming;
use purchase::returns::sold;
use purchase::settlement::{Content, LineNumber};
use purchase::warning::Warning;

/// Checks the opened `body` of a purchase.
pub(super) fn check(
    inspection: &mut Inspection<'_>,
    gathered: &Gathered,
    row: &PurchaseRow,
    (body, settlement): (&Body, &SettlementRow),
    data_key: &DataKey,
) -> Result<(), Fault> {
    let what = purchase_name(gathered.owner, gathered.id);
    let content = body.settlement.content();
    let columns = prepare::columns(content, row.columns.received_at, row.columns.slot);
    let at = body.settlement.effective_at(row.columns.received_at);
    let id = inspection.ledger.purchase_id(&content.key, at);
    let canonical = canonical::encode(&body.settlement);
    let claim_differs = settlement.claim == ClaimSource::Till
        && settlement.claim_hash.is_some()
        && settlement.claim_hash != content.claim;
    inspection.rules(
        &what,
        &[
            (
                columns != row.columns,
                "its columns say something else than its body",
            ),
            (
                id != gathered.id,
                "its id does not follow from its key and time",
            ),
            (
                digest(&canonical) != settlement.digest,
                "its body has another digest than recorded",
            ),
            (
                !sells(content, settlement),
                "its lines are not those of its settlement",
            ),
            (
                !counts(content, settlement),
                "its original is not that of its settlement",
            ),
            (
                claim_differs,
                "its claim code is not that of its settlement",
            ),
        ],
    );
    check_identity(inspection, &what, body)?;
    let named = check_names(inspection, &what, gathered, body, data_key)?;
    check_waiting(inspection, &what, gathered, (body, settlement), &named)
}

/// Is what the row says was sold what the settlement says?
fn sells(content: &Content, settlement: &SettlementRow) -> bool {
    content.lines.len() == settlement.lines.len()
        && content
            .lines
            .iter()
            .zip(&settlement.lines)
            .all(|(line, state)| sold(line.quantity).sold_micros == state.sold_micros)
}

/// Is what the row counted against its original what the settlement gave back, or less of it with
/// a warning?
fn counts(content: &Content, settlement: &SettlementRow) -> bool {
    if content.of.as_ref().map(|of| &of.key) != settlement.of.as_ref() {
        return false;
    }
    let back = content.of.iter().flat_map(|of| &of.lines);
    let mut is_over = false;
    let fits = back.zip(&settlement.counted).all(|(back, (line, micros))| {
        is_over |= *micros < back.quantity.micros();
        *line == back.line && *micros <= back.quantity.micros()
    });
    fits && settlement.warnings.holds(Warning::OverReturned) == is_over
}

fn check_identity(inspection: &mut Inspection<'_>, what: &str, body: &Body) -> Result<(), Fault> {
    if let Look::There(row) = inspection.store(&body.settlement.content().key.store_id)? {
        let number = usize::try_from(body.identity.0).unwrap_or(usize::MAX);
        let is_unknown = number >= row.store.identities.len();
        inspection.rules(
            what,
            &[(is_unknown, "its store never presented itself like that")],
        );
    }
    Ok(())
}

/// Opens the names learnt later. Gives the lines that have one.
fn check_names(
    inspection: &mut Inspection<'_>,
    what: &str,
    gathered: &Gathered,
    body: &Body,
    data_key: &DataKey,
) -> Result<Vec<LineNumber>, Fault> {
    let mut named = Vec::with_capacity(gathered.names.len());
    for (line, sealed) in &gathered.names {
        let context = AddedName::context(gathered.owner, gathered.id, *line);
        let opened = data_key.open(&context, sealed);
        let name = opened.and_then(|bytes| AddedName::decode(&bytes));
        inspection.sound(|| format!("name of line {} of {what}", line.0), name)?;
        let wrong = match naming(body, *line) {
            Some(Naming::Pending) => None,
            Some(Naming::Catalogue { .. } | Naming::Sent) => {
                Some(format!("line {} got a second name", line.0))
            }
            None => Some(format!("line {} got a name, but is not there", line.0)),
        };
        if let Some(wrong) = wrong {
            inspection.problem(what, wrong);
        }
        named.push(*line);
    }
    Ok(named)
}

fn naming(body: &Body, line: LineNumber) -> Option<&Naming> {
    body.names.get(usize::from(line.0).checked_sub(1)?)
}

/// Each line without a name is noted under its code.
fn check_waiting(
    inspection: &mut Inspection<'_>,
    what: &str,
    gathered: &Gathered,
    (body, settlement): (&Body, &SettlementRow),
    named: &[LineNumber],
) -> Result<(), Fault> {
    let content = body.settlement.content();
    let at = body.settlement.effective_at(settlement.received_at);
    let mut waiting = 0_u64;
    for ((line, naming), number) in content.lines.iter().zip(&body.names).zip(1_u16..) {
        let number = LineNumber(number);
        if *naming != Naming::Pending || named.contains(&number) {
            continue;
        }
        waiting += 1;
        let Some(code) = &line.code else {
            inspection.problem(what, format!("line {} has neither code nor name", number.0));
            continue;
        };
        let row_key = key::pending(&content.key.store_id, code, gathered.id, number);
        match inspection.look(Space::Facts, &row_key, PendingRow::decode)? {
            Look::There(row) => {
                inspection.found.pending += 1;
                let is_same = (row.owner, row.slot, row.at)
                    == (gathered.owner, settlement.slot, at)
                    && row.key == content.key;
                let wrong = format!("line {} is noted as another one's under its code", number.0);
                inspection.rules(what, &[(!is_same, &wrong)]);
            }
            Look::Missing => {
                let wrong = format!(
                    "line {} waits for a name, but is not noted under its code",
                    number.0
                );
                inspection.problem(what, wrong);
            }
            Look::Unreadable => inspection.found.pending += 1,
        }
    }
    if waiting != settlement.pending {
        let kept = settlement.pending;
        let wrong = format!("its settlement counts {kept} lines without a name, it has {waiting}");
        inspection.problem(what, wrong);
    }
    Ok(())
}
