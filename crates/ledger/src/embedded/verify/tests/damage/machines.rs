//! Damage to machines of stores: their rows, the doors that their keys and signatures open, and the
//! pairing codes by which they come.

use super::*;

#[test]
fn damage_to_machines() {
    let town = town();
    let (live, revoked) = (DeviceId([1; 16]), DeviceId([2; 16]));
    let secret = |byte: u8| page::plain(Row::Secret, &[byte; 32]);
    let device = page::device(&store_id(STORE), live);
    let opens = |device_id| {
        Opens::Device {
            store_id: store_id(STORE),
            device_id,
        }
        .encode()
    };
    town.check(
        "no secret",
        &[gone_from(Space::Facts, secret(1))],
        &[("device dev_", "its key opens nothing")],
    );
    town.check(
        "no device",
        &[gone_from(Space::Facts, device.clone())],
        &[("secret 0101", "which does not know it")],
    );
    town.check(
        "a revoked key",
        &[(Space::Facts, secret(2), Some(opens(revoked)))],
        &[("device dev_", "its key was revoked and still opens doors")],
    );
    town.check(
        "other doors",
        &[(Space::Facts, secret(1), Some(opens(revoked)))],
        &[
            ("device dev_", "its key opens other doors"),
            ("secret 0101", "which does not know it"),
        ],
    );
    let rows: Form<DeviceRow> = (DeviceRow::decode, DeviceRow::encode);
    let (_, _, homeless) = town.changed((Space::Facts, device), rows, |row| {
        row.revoked_at = Some(time(NOON))
    });
    let homeless = (
        Space::Facts,
        page::device(&store_id("s-9"), DeviceId([3; 16])),
        homeless,
    );
    town.check(
        "a homeless device",
        &[homeless],
        &[
            ("device dev_", "its store is not there"),
            ("device dev_", "its key was revoked and still opens doors"),
        ],
    );
}

#[test]
fn damage_to_machines_that_sign() {
    let town = town();
    let (live, revoked) = (DeviceId([4; 16]), DeviceId([5; 16]));
    let device = page::device(&store_id(STORE), live);
    let signer = |id: &str, key: u8| {
        let signer = Signer {
            home: Home::Store(store_id(id)),
            public_key: [key; 32],
        };
        Some(signer.encode())
    };
    let (gone, known) = (
        gone_from(Space::Facts, page::signer(live)),
        "which does not know it",
    );
    town.check(
        "no signer",
        &[gone],
        &[("device dev_", "its signatures open nothing")],
    );
    town.check(
        "no device",
        &[gone_from(Space::Facts, device)],
        &[("signer dev_", known)],
    );
    town.check(
        "a revoked signer",
        &[(Space::Facts, page::signer(revoked), signer(STORE, 5))],
        &[("device dev_", "revoked and its signatures still open")],
    );
    town.check(
        "another key",
        &[(Space::Facts, page::signer(live), signer(STORE, 9))],
        &[
            ("device dev_", "another key's signatures open its doors"),
            ("signer dev_", known),
        ],
    );
    town.check(
        "another store",
        &[(Space::Facts, page::signer(live), signer(SISTER, 4))],
        &[
            ("device dev_", "another key's signatures open its doors"),
            ("signer dev_", known),
        ],
    );
    town.check(
        "an unreadable signer",
        &[town.flipped(Space::Facts, page::signer(live), first_byte)],
        &[("signer dev_", "unknown version")],
    );
}

#[test]
fn damage_to_pairings() {
    let town = town();
    let pairing = page::plain(Row::Pairing, &[6; 32]);
    let rows: Form<PairingRow> = (PairingRow::decode, PairingRow::encode);
    let homeless = town.changed((Space::Facts, pairing.clone()), rows, |row| {
        row.store_id = store_id("s-9");
    });
    town.check(
        "a pairing of no store",
        &[homeless],
        &[("pairing 0606", "its store is not there")],
    );
    let used = town.changed((Space::Facts, pairing.clone()), rows, |row| {
        row.used_by = Some(DeviceId([99; 16]));
    });
    town.check(
        "a pairing used by nobody",
        &[used],
        &[("pairing 0606", "the machine that used it is not there")],
    );
    town.check(
        "an unreadable pairing",
        &[town.flipped(Space::Facts, pairing, first_byte)],
        &[("pairing 0606", "unknown version")],
    );
}
