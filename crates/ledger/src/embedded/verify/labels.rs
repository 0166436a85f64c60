//! Checks labels of in-store scales: a store's sets of patterns, and the lines that wait under the
//! codes of the items whose labels they are.

use super::ahead::Keys;
use super::keys::{PatternsKey, Waiting};
use super::{Inspection, Look, is_damage, keys};
use crate::embedded::engine::Pair;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::labels::{digest_of_newest, read_history};
use crate::embedded::value::catalogue::{PendingRow, decode_awaited, decode_head, decode_patterns};
use crate::fault::Fault;
use purchase::decide::add_digest;
use purchase::id::{ItemCode, StoreId};
use purchase::limits::PATTERN_SETS_MAX;

/// The sets of each store: their forms, that the catalogue has come so far, and how many they are.
pub(super) fn check_patterns(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("patterns", None);
    let mut of_store: Option<(StoreId, usize)> = None;
    for pair in inspection.rows(Space::Catalogue, Row::Patterns) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(
            Row::Patterns,
            &pair,
            keys::patterns,
            patterns,
            decode_patterns,
        )?;
        let Some((place, _)) = read else { continue };
        let count = match of_store.take() {
            Some((store_id, count)) if store_id == place.store_id => count + 1,
            Some(_) | None => 1,
        };
        let head_key = key::plain(Row::Head, place.store_id.as_str().as_bytes());
        let (is_headless, is_stray) = match inspection.look(Space::Facts, &head_key, decode_head)? {
            Look::There(head) => (false, place.revision > head.revision),
            Look::Missing => (true, false),
            Look::Unreadable => (false, false),
        };
        inspection.rules(
            &patterns(&place),
            &[
                (is_headless, "its catalogue has no head"),
                (is_stray, "its catalogue has not come so far"),
                (
                    count == PATTERN_SETS_MAX + 1,
                    "there are more sets than are kept",
                ),
            ],
        );
        of_store = Some((place.store_id, count));
    }
    Ok(())
}

/// What the patterns of a store add to the digest of its catalogue; none if they cannot be read,
/// which is told elsewhere.
pub(super) fn digest_of_patterns(
    inspection: &Inspection<'_>,
    store_id: &StoreId,
) -> Result<Option<[u8; 32]>, Fault> {
    match read_history(&inspection.ledger.engine, store_id) {
        Ok(history) => Ok(Some(match digest_of_newest(&history) {
            Some(digest) => add_digest([0; 32], digest),
            None => [0; 32],
        })),
        Err(fault) if is_damage(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// A waiting line is noted under each item that it names, and names the item of its sale.
pub(super) fn check_pending_row(
    inspection: &mut Inspection<'_>,
    place: &Waiting<ItemCode>,
    row: &PendingRow,
    what: &str,
) -> Result<(), Fault> {
    for item in &row.items {
        let row_key = key::labelled(&place.store_id, item, place.id, place.line);
        let is_noted = match inspection.look(Space::Facts, &row_key, decode_awaited)? {
            Look::There(code) => code == place.by,
            Look::Missing => false,
            Look::Unreadable => true,
        };
        let wrong = format!("it is a label of {item}, but is not noted under it");
        inspection.rules(what, &[(!is_noted, &wrong)]);
    }
    if row.awaits.is_some() {
        return Ok(());
    }
    // Damage of a set is told where sets are read.
    let history = match inspection.ledger.patterns(&place.store_id) {
        Ok(history) => history,
        Err(fault) if is_damage(&fault) => return Ok(()),
        Err(fault) => return Err(fault),
    };
    let item = history.item_of(&place.by, row.at, Some(row.unnamed_at));
    if let Some(item) = item.filter(|item| !row.items.contains(item)) {
        let wrong = format!("it is a label of {item}, but does not say so");
        inspection.problem(what, wrong);
    }
    Ok(())
}

pub(super) fn check_noted(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("labels", None);
    let mut walk = inspection.walk(Space::Facts, Row::Label, row_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::Label, &pair, keys::labelled, label, decode_awaited)?;
        let Some((place, code)) = read else { continue };
        let pending_key = key::pending(&place.store_id, &code, place.id, place.line);
        let is_waiting = match inspection.look(Space::Facts, &pending_key, PendingRow::decode)? {
            Look::There(row) => row.items.contains(&place.by),
            Look::Missing => false,
            Look::Unreadable => true,
        };
        inspection.rules(
            &label(&place),
            &[(!is_waiting, "no pending line is a label of it")],
        );
    }
    Ok(())
}

/// The line that a label was noted for.
fn row_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    if let (Ok(place), Ok(code)) = (keys::labelled(row_key), decode_awaited(row)) {
        let pending = key::pending(&place.store_id, &code, place.id, place.line);
        keys.insert(pending);
    }
}

fn patterns(place: &PatternsKey) -> String {
    format!(
        "patterns of {}, revision {}, from {} ms",
        place.store_id,
        place.revision.0,
        place.effective_from.ms()
    )
}

fn label(place: &Waiting<ItemCode>) -> String {
    let Waiting {
        store_id,
        by,
        id,
        line,
    } = place;
    format!(
        "label on line {} of purchase {id}, item {by} of {store_id}",
        line.0
    )
}
