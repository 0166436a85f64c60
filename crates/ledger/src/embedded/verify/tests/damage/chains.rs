//! Damage to chains: their rows, the places of their stores, and the doors of their machines.

use super::*;

#[test]
fn damage_to_chains() {
    let town = town();
    let chain = page::chain(&chain_id());
    town.check(
        "no chain",
        &[gone_from(Space::Facts, chain.clone())],
        &[
            ("store s-1", "its chain is not there"),
            ("store s-2", "its chain is not there"),
            ("store s-3", "its chain is not there"),
            ("device dev_", "its chain is not there"),
            ("device dev_", "its chain is not there"),
            ("device dev_", "its chain is not there"),
        ],
    );
    town.check(
        "an unreadable chain",
        &[town.flipped(Space::Facts, chain, first_byte)],
        &[("chain corner", "unknown version")],
    );
    let rows: Form<StoreRow> = (StoreRow::decode, StoreRow::encode);
    let branch = (Space::Facts, page::store(&store_id(BRANCH)));
    let follows = |source: &str| {
        town.changed(branch.clone(), rows, |row| {
            row.store.catalogue_of = Some(store_id(source));
        })
    };
    let places = [
        ("s-3", "it follows itself"),
        ("s-9", "the store that it follows is not there"),
    ];
    for (source, wrong) in places {
        town.check(source, &[follows(source)], &[("store s-3", wrong)]);
    }
    let source = (Space::Facts, page::store(&store_id(STORE)));
    let follows = town.changed(source, rows, |row| {
        row.store.catalogue_of = Some(store_id(SISTER));
    });
    town.check(
        "a source that follows",
        &[follows],
        &[("store s-3", "it follows a store that it cannot follow")],
    );
}

#[test]
fn damage_to_machines_of_chains() {
    let town = town();
    let (by_key, signs, revoked) = (DeviceId([7; 16]), DeviceId([8; 16]), DeviceId([9; 16]));
    let secret = |byte: u8| page::plain(Row::Secret, &[byte; 32]);
    let device = |device_id| page::chain_device(&chain_id(), device_id);
    let opens = |device_id| {
        Opens::ChainDevice {
            chain_id: chain_id(),
            device_id,
        }
        .encode()
    };
    let known = "of the chain corner, which does not know it";
    town.check(
        "no secret",
        &[gone_from(Space::Facts, secret(7))],
        &[("device dev_", "its key opens nothing")],
    );
    town.check(
        "no device by key",
        &[gone_from(Space::Facts, device(by_key))],
        &[("secret 0707", known)],
    );
    town.check(
        "no device that signs",
        &[gone_from(Space::Facts, device(signs))],
        &[("signer dev_", known)],
    );
    town.check(
        "a revoked key",
        &[(Space::Facts, secret(9), Some(opens(revoked)))],
        &[("device dev_", "its key was revoked and still opens doors")],
    );
    let at_home_elsewhere = Signer {
        home: Home::Store(store_id(STORE)),
        public_key: [8; 32],
    };
    town.check(
        "a signer of a store",
        &[(
            Space::Facts,
            page::signer(signs),
            Some(at_home_elsewhere.encode()),
        )],
        &[
            ("device dev_", "another key's signatures open its doors"),
            ("signer dev_", "of s-1, which does not know it"),
        ],
    );
    town.check(
        "an unreadable device",
        &[town.flipped(Space::Facts, device(by_key), first_byte)],
        &[("device dev_", "unknown version")],
    );
}
