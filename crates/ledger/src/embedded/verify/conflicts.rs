//! Checks the bodies that came under keys already taken: each opens with its store's key and says
//! something else than what is recorded.

use super::{Inspection, Look, keys, settlement_name};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::settle::CONFLICTS_MAX;
use crate::embedded::value::settlement::{ConflictRow, SettlementRow};
use crate::fault::Fault;
use crate::seal::DataKey;
use purchase::canonical;
use purchase::decide::Digest;
use purchase::id::{SettlementKey, StoreId};
use purchase::settlement::Buyer;

type Place = (SettlementKey, u8);

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("conflicts", None);
    let mut last: Option<Place> = None;
    let mut store: Option<(StoreId, Option<DataKey>)> = None;
    for pair in inspection.rows(Space::Facts, Row::Conflict) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(
            Row::Conflict,
            &pair,
            keys::conflict,
            name,
            ConflictRow::decode,
        )?;
        let Some((place, row)) = read else { continue };
        let right = match &last {
            Some((key, number)) if *key == place.0 => number.saturating_add(1),
            Some(_) | None => 0,
        };
        inspection.rules(
            &name(&place),
            &[
                (
                    place.1 != right,
                    "its number does not follow the one before it",
                ),
                (
                    place.1 >= CONFLICTS_MAX,
                    "more are kept than ever should be",
                ),
            ],
        );
        let of_store = match store.take() {
            Some(store) if store.0 == place.0.store_id => store,
            Some(_) | None => (place.0.store_id.clone(), data_key(inspection, &place)?),
        };
        check_row(inspection, &place, (&pair.0, &row), of_store.1.as_ref())?;
        store = Some(of_store);
        last = Some(place);
    }
    Ok(())
}

fn check_row(
    inspection: &mut Inspection<'_>,
    place: &Place,
    (row_key, row): (&[u8], &ConflictRow),
    data_key: Option<&DataKey>,
) -> Result<(), Fault> {
    let what = name(place);
    let recorded_key = key::settlement(Row::Settlement, &place.0);
    match inspection.look(Space::Facts, &recorded_key, SettlementRow::decode)? {
        Look::There(recorded) => inspection.rules(
            &what,
            &[(recorded.digest == row.digest, "it says what is recorded")],
        ),
        Look::Missing => inspection.problem(what.as_str(), "nothing is recorded under its key"),
        Look::Unreadable => {}
    }
    let Some(data_key) = data_key else {
        return Ok(());
    };
    let opened = row.open_body(row_key, data_key);
    let Some(canonical) = inspection.sound(|| what.clone(), opened)? else {
        return Ok(());
    };
    let settlement = canonical::decode(&canonical).map_err(Fault::from);
    let Some(settlement) = inspection.sound(|| what.clone(), settlement)? else {
        return Ok(());
    };
    inspection.rules(
        &what,
        &[
            // A body without its buyer has another digest than what came; it is sealed with that one.
            (
                settlement.content().buyer != Buyer::Absent && digest(&canonical) != row.digest,
                "its body has another digest",
            ),
            (
                settlement.content().key != place.0,
                "its body has another key",
            ),
        ],
    );
    Ok(())
}

/// The key of the store; one that is missing is told with the store.
fn data_key(inspection: &Inspection<'_>, place: &Place) -> Result<Option<DataKey>, Fault> {
    match inspection.store(&place.0.store_id)? {
        Look::There(store) => match inspection.ledger.keyring.key(store.holder, store.slot) {
            Err(fault) if super::is_damage(&fault) => Ok(None),
            other => other,
        },
        Look::Missing | Look::Unreadable => Ok(None),
    }
}

/// SHA-256 over canonical bytes.
pub(super) fn digest(canonical: &[u8]) -> Digest {
    let hash = ring::digest::digest(&ring::digest::SHA256, canonical);
    Digest(
        hash.as_ref()
            .first_chunk::<32>()
            .copied()
            .unwrap_or_default(),
    )
}

fn name((key, number): &Place) -> String {
    format!("conflict {number} with {}", settlement_name(key))
}
