//! Checks stores and their machines: each store can seal, each machine's key opens exactly the
//! doors it should.

use super::{Inspection, Look, keys};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::people::Opens;
use crate::embedded::value::store::{DeviceRow, StoreRow};
use crate::fault::Fault;
use purchase::id::{DeviceId, StoreId};

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("stores", None);
    for pair in inspection.rows(Space::Facts, Row::Store) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Store, &pair, keys::store, name, StoreRow::decode)?;
        let Some((store_id, row)) = read else {
            continue;
        };
        inspection.report.stores += 1;
        let data_key = inspection.ledger.keyring.key(row.holder, row.slot);
        let data_key = inspection.sound(|| name(&store_id), data_key)?;
        let table = [
            (
                row.store.store_id != store_id,
                "it is kept under another store's id",
            ),
            (
                data_key.is_some_and(|key| key.is_none()),
                "its key is not in the keyring",
            ),
        ];
        inspection.rules(&name(&store_id), &table);
    }
    for pair in inspection.rows(Space::Facts, Row::Device) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Device, &pair, keys::device, device, DeviceRow::decode)?;
        if let Some((place, row)) = read {
            check_device(inspection, &place, &row)?;
        }
    }
    Ok(())
}

fn check_device(
    inspection: &mut Inspection<'_>,
    place: &(StoreId, DeviceId),
    row: &DeviceRow,
) -> Result<(), Fault> {
    let (store_id, device_id) = place;
    let is_homeless = matches!(inspection.store(store_id)?, Look::Missing);
    let secret_key = key::plain(Row::Secret, &row.hash);
    let opens = inspection.look(Space::Facts, &secret_key, Opens::decode)?;
    let own = Opens::Device {
        store_id: store_id.clone(),
        device_id: *device_id,
    };
    let wrong = match (row.revoked_at, opens) {
        (_, Look::Unreadable) | (Some(_), Look::Missing) => None,
        (None, Look::There(opens)) if opens == own => None,
        (None, Look::There(_)) => Some("its key opens other doors"),
        (None, Look::Missing) => Some("its key opens nothing, but was not revoked"),
        (Some(_), Look::There(_)) => Some("its key was revoked and still opens doors"),
    };
    inspection.rules(
        &device(place),
        &[
            (is_homeless, "its store is not there"),
            (wrong.is_some(), wrong.unwrap_or_default()),
        ],
    );
    Ok(())
}

fn name(store_id: &StoreId) -> String {
    format!("store {store_id}")
}

pub(super) fn device((store_id, device_id): &(StoreId, DeviceId)) -> String {
    format!("device {device_id} of {store_id}")
}
