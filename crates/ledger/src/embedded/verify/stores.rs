//! Checks stores and their machines: each store can seal, each machine's key or signatures open
//! exactly the doors they should, each pairing code leads to a store.

use super::{Inspection, Look, keys};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::people::Opens;
use crate::embedded::value::store::{Credential, DeviceRow, PairingRow, Signer, StoreRow};
use crate::fault::Fault;
use crate::keyring::hex;
use purchase::id::{DeviceId, StoreId};
use purchase::time::Timestamp;

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
    check_signers(inspection)?;
    check_pairings(inspection)
}

fn check_device(
    inspection: &mut Inspection<'_>,
    place: &(StoreId, DeviceId),
    row: &DeviceRow,
) -> Result<(), Fault> {
    let (store_id, _) = place;
    let is_homeless = matches!(inspection.store(store_id)?, Look::Missing);
    let wrong = match row.credential {
        Credential::Hash(hash) => door_of_key(inspection, place, row.revoked_at, hash)?,
        Credential::PublicKey(public_key) => {
            door_of_signatures(inspection, place, row.revoked_at, public_key)?
        }
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

/// What is wrong with the door that a bearer key opens.
fn door_of_key(
    inspection: &Inspection<'_>,
    (store_id, device_id): &(StoreId, DeviceId),
    revoked_at: Option<Timestamp>,
    hash: [u8; 32],
) -> Result<Option<&'static str>, Fault> {
    let secret_key = key::plain(Row::Secret, &hash);
    let own = Opens::Device {
        store_id: store_id.clone(),
        device_id: *device_id,
    };
    let opens = inspection.look(Space::Facts, &secret_key, Opens::decode)?;
    Ok(match (revoked_at, opens) {
        (_, Look::Unreadable) | (Some(_), Look::Missing) => None,
        (None, Look::There(opens)) if opens == own => None,
        (None, Look::There(_)) => Some("its key opens other doors"),
        (None, Look::Missing) => Some("its key opens nothing, but was not revoked"),
        (Some(_), Look::There(_)) => Some("its key was revoked and still opens doors"),
    })
}

/// What is wrong with the door that signatures open.
fn door_of_signatures(
    inspection: &Inspection<'_>,
    (store_id, device_id): &(StoreId, DeviceId),
    revoked_at: Option<Timestamp>,
    public_key: [u8; 32],
) -> Result<Option<&'static str>, Fault> {
    let own = Signer {
        store_id: store_id.clone(),
        public_key,
    };
    let signer = inspection.look(Space::Facts, &key::signer(*device_id), Signer::decode)?;
    Ok(match (revoked_at, signer) {
        (_, Look::Unreadable) | (Some(_), Look::Missing) => None,
        (None, Look::There(signer)) if signer == own => None,
        (None, Look::There(_)) => Some("another key's signatures open its doors"),
        (None, Look::Missing) => Some("its signatures open nothing, but it was not revoked"),
        (Some(_), Look::There(_)) => Some("it was revoked and its signatures still open doors"),
    })
}

/// Signers whose machine is there are told with it.
fn check_signers(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let device_id = |row_key: &[u8]| keys::array(row_key).map(DeviceId);
    let name = |device_id: &DeviceId| format!("signer {device_id}");
    for pair in inspection.rows(Space::Facts, Row::Signer) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Signer, &pair, device_id, name, Signer::decode)?;
        let Some((device_id, signer)) = read else {
            continue;
        };
        let place = (signer.store_id, device_id);
        let device_key = key::device(&place.0, device_id);
        let is_known = match inspection.look(Space::Facts, &device_key, DeviceRow::decode)? {
            Look::There(row) => row.credential == Credential::PublicKey(signer.public_key),
            Look::Missing => false,
            Look::Unreadable => true,
        };
        let wrong = format!(
            "it opens the doors of {}, which does not know it",
            device(&place)
        );
        inspection.rules(&name(&device_id), &[(!is_known, &wrong)]);
    }
    Ok(())
}

fn check_pairings(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |hash: &[u8; 32]| format!("pairing {}", hex(hash));
    for pair in inspection.rows(Space::Facts, Row::Pairing) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Pairing, &pair, keys::array, name, PairingRow::decode)?;
        if let Some((hash, row)) = read {
            let is_homeless = matches!(inspection.store(&row.store_id)?, Look::Missing);
            let is_used_by_nobody = match row.used_by {
                None => false,
                Some(device_id) => {
                    let device_key = key::device(&row.store_id, device_id);
                    let device = inspection.look(Space::Facts, &device_key, DeviceRow::decode)?;
                    matches!(device, Look::Missing)
                }
            };
            inspection.rules(
                &name(&hash),
                &[
                    (is_homeless, "its store is not there"),
                    (is_used_by_nobody, "the machine that used it is not there"),
                ],
            );
        }
    }
    Ok(())
}

fn name(store_id: &StoreId) -> String {
    format!("store {store_id}")
}

pub(super) fn device((store_id, device_id): &(StoreId, DeviceId)) -> String {
    format!("device {device_id} of {store_id}")
}
