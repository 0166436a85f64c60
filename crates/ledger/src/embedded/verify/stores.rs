//! Checks stores and chains, and their machines: each store can seal and has the place among others
//! that it says, each machine's key or signatures open exactly the doors they should, each pairing code
//! leads to a store.

use super::{Inspection, Look, keys};
use crate::embedded::chain::misfit_of_source;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::people::Opens;
use crate::embedded::value::store::{
    ChainRow, Credential, DeviceRow, Home, OF_CHAIN, PairingRow, Signer, StoreRow,
};
use crate::fault::Fault;
use crate::keyring::hex;
use purchase::id::{DeviceId, StoreId};
use purchase::store::{ChainId, Store};
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
        // Before chains had rows a store could name any.
        if pair.1.first() == Some(&OF_CHAIN) {
            check_place(inspection, &row.store)?;
        }
    }
    check_chains(inspection)?;
    for pair in inspection.rows(Space::Facts, Row::Device) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Device, &pair, keys::device, device, DeviceRow::decode)?;
        if let Some(((store_id, device_id), row)) = read {
            let is_homeless = matches!(inspection.store(&store_id)?, Look::Missing);
            let wrong = wrong_door(inspection, Home::Store(store_id.clone()), device_id, &row)?;
            inspection.rules(
                &device(&(store_id, device_id)),
                &[
                    (is_homeless, "its store is not there"),
                    (wrong.is_some(), wrong.unwrap_or_default()),
                ],
            );
        }
    }
    check_signers(inspection)?;
    check_pairings(inspection)
}

/// Checks the chain of a store, and the store that it follows.
fn check_place(inspection: &mut Inspection<'_>, store: &Store) -> Result<(), Fault> {
    let is_lost = match &store.chain_id {
        Some(chain_id) => !inspection.exists(Space::Facts, &key::chain(chain_id))?,
        None => false,
    };
    let wrong_source = match &store.catalogue_of {
        None => None,
        Some(source) if *source == store.store_id => Some("it follows itself"),
        Some(source) => match inspection.store(source)? {
            Look::There(row) => misfit_of_source(store, &row.store)
                .map(|_| "it follows a store that it cannot follow"),
            Look::Missing => Some("the store that it follows is not there"),
            Look::Unreadable => None,
        },
    };
    inspection.rules(
        &name(&store.store_id),
        &[
            (is_lost, "its chain is not there"),
            (wrong_source.is_some(), wrong_source.unwrap_or_default()),
        ],
    );
    Ok(())
}

fn check_chains(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |chain_id: &ChainId| format!("chain {}", chain_id.as_str());
    for pair in inspection.rows(Space::Facts, Row::Chain) {
        let pair = pair?;
        inspection.step();
        inspection.read(Row::Chain, &pair, keys::chain, name, ChainRow::decode)?;
    }
    let what = |(chain_id, device_id): &(ChainId, DeviceId)| chain_device(chain_id, *device_id);
    for pair in inspection.rows(Space::Facts, Row::ChainDevice) {
        let pair = pair?;
        inspection.step();
        let take_apart = keys::chain_device;
        let read = inspection.read(Row::ChainDevice, &pair, take_apart, what, DeviceRow::decode)?;
        let Some(((chain_id, device_id), row)) = read else {
            continue;
        };
        let is_homeless = !inspection.exists(Space::Facts, &key::chain(&chain_id))?;
        let wrong = wrong_door(inspection, Home::Chain(chain_id.clone()), device_id, &row)?;
        inspection.rules(
            &chain_device(&chain_id, device_id),
            &[
                (is_homeless, "its chain is not there"),
                (wrong.is_some(), wrong.unwrap_or_default()),
            ],
        );
    }
    Ok(())
}

/// What is wrong with the door of a machine.
fn wrong_door(
    inspection: &Inspection<'_>,
    home: Home,
    device_id: DeviceId,
    row: &DeviceRow,
) -> Result<Option<&'static str>, Fault> {
    match row.credential {
        Credential::Hash(hash) => {
            let own = match home {
                Home::Store(store_id) => Opens::Device {
                    store_id,
                    device_id,
                },
                Home::Chain(chain_id) => Opens::ChainDevice {
                    chain_id,
                    device_id,
                },
            };
            door_of_key(inspection, &own, row.revoked_at, hash)
        }
        Credential::PublicKey(public_key) => {
            let own = Signer { home, public_key };
            door_of_signatures(inspection, &own, row.revoked_at, device_id)
        }
    }
}

/// What is wrong with the door that a bearer key opens.
fn door_of_key(
    inspection: &Inspection<'_>,
    own: &Opens,
    revoked_at: Option<Timestamp>,
    hash: [u8; 32],
) -> Result<Option<&'static str>, Fault> {
    let secret_key = key::plain(Row::Secret, &hash);
    let opens = inspection.look(Space::Facts, &secret_key, Opens::decode)?;
    Ok(match (revoked_at, opens) {
        (_, Look::Unreadable) | (Some(_), Look::Missing) => None,
        (None, Look::There(opens)) if opens == *own => None,
        (None, Look::There(_)) => Some("its key opens other doors"),
        (None, Look::Missing) => Some("its key opens nothing, but was not revoked"),
        (Some(_), Look::There(_)) => Some("its key was revoked and still opens doors"),
    })
}

/// What is wrong with the door that signatures open.
fn door_of_signatures(
    inspection: &Inspection<'_>,
    own: &Signer,
    revoked_at: Option<Timestamp>,
    device_id: DeviceId,
) -> Result<Option<&'static str>, Fault> {
    let signer = inspection.look(Space::Facts, &key::signer(device_id), Signer::decode)?;
    Ok(match (revoked_at, signer) {
        (_, Look::Unreadable) | (Some(_), Look::Missing) => None,
        (None, Look::There(signer)) if signer == *own => None,
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
        let (device_key, what) = match signer.home {
            Home::Store(store_id) => (
                key::device(&store_id, device_id),
                device(&(store_id, device_id)),
            ),
            Home::Chain(chain_id) => (
                key::chain_device(&chain_id, device_id),
                chain_device(&chain_id, device_id),
            ),
        };
        let is_known = match inspection.look(Space::Facts, &device_key, DeviceRow::decode)? {
            Look::There(row) => row.credential == Credential::PublicKey(signer.public_key),
            Look::Missing => false,
            Look::Unreadable => true,
        };
        let wrong = format!("it opens the doors of {what}, which does not know it");
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

pub(super) fn chain_device(chain_id: &ChainId, device_id: DeviceId) -> String {
    format!("device {device_id} of the chain {}", chain_id.as_str())
}

pub(super) fn device((store_id, device_id): &(StoreId, DeviceId)) -> String {
    format!("device {device_id} of {store_id}")
}
