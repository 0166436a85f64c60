//! Columns of stores, chains and their machines.

use super::*;

/// Makes a credential of its bytes.
type Made = fn([u8; 32]) -> Credential;

#[test]
fn stores_and_chains() {
    shows(
        Kind::Store,
        some::store_row(),
        |row| (key::store(&row.store.store_id), row.encode()),
        |row| {
            let store = &row.store;
            let newest = store.identities.last().unwrap();
            vec![
                ("store_id", text(&store.store_id)),
                ("name", text(newest.name.as_str())),
                ("timezone", text(store.timezone.as_str())),
                ("currency", text(store.currency.code())),
                ("chain_id", Cell::Null),
                ("catalogue_of", Cell::Null),
                ("closed_at", instant(store.closed_at)),
            ]
        },
    );
    let chains = (some::chain_id(), some::text(), some::time());
    shows(
        Kind::Chain,
        chains,
        |(id, name, at)| {
            let row = ChainRow {
                name: name.clone(),
                created_at: *at,
            };
            (key::chain(id), row.encode())
        },
        |(id, name, at)| {
            vec![
                ("chain_id", text(id.as_str())),
                ("name", text(name.as_str())),
                ("created_at", Cell::Instant(*at)),
            ]
        },
    );
}

/// A chain that a store belongs to is shown with it.
#[test]
fn a_store_of_a_chain() {
    let stores = (some::store_row(), some::chain_id(), some::store_id());
    for_all(CASES, stores, |(mut row, chain_id, source)| {
        row.store.chain_id = Some(chain_id.clone());
        row.store.catalogue_of = Some(source.clone());
        let shown = shown(&key::store(&row.store.store_id), &row.encode());
        assert!(shown.contains(&("chain_id", text(chain_id.as_str()))));
        assert!(shown.contains(&("catalogue_of", text(source.as_str()))));
    });
}

#[test]
fn machines() {
    let credentials: [(Made, &str); 2] = [
        (Credential::Hash, "key"),
        (Credential::PublicKey, "signature"),
    ];
    for (credential, called) in credentials {
        let columns = |id: [u8; 16], row: &crate::embedded::value::store::DeviceRow| {
            vec![
                ("device_id", text(DeviceId(id))),
                ("name", text(row.name.as_str())),
                ("credential", text(called)),
                ("created_at", Cell::Instant(row.created_at)),
                ("revoked_at", instant(row.revoked_at)),
            ]
        };
        shows(
            Kind::Device,
            (some::store_id(), id(), some::device_row(credential)),
            |(store, id, row)| (key::device(store, DeviceId(*id)), row.encode()),
            |(_, id, row)| columns(*id, row),
        );
        shows(
            Kind::ChainDevice,
            (some::chain_id(), id(), some::device_row(credential)),
            |(chain, id, row)| (key::chain_device(chain, DeviceId(*id)), row.encode()),
            |(chain, id, row)| {
                let mut all = vec![("chain_id", text(chain.as_str()))];
                all.extend(columns(*id, row));
                all
            },
        );
    }
    let homes = prop_oneof![
        some::store_id().prop_map(Home::Store),
        some::chain_id().prop_map(Home::Chain)
    ];
    shows(
        Kind::Signer,
        (id(), some::signer(homes)),
        |(id, row)| (key::signer(DeviceId(*id)), row.encode()),
        |(id, row)| {
            let (store, chain) = match &row.home {
                Home::Store(store) => (text(store), Cell::Null),
                Home::Chain(chain) => (Cell::Null, text(chain.as_str())),
            };
            vec![
                ("device_id", text(DeviceId(*id))),
                ("store_id", store),
                ("chain_id", chain),
            ]
        },
    );
    let used_by = some::of(id().prop_map(DeviceId));
    shows(
        Kind::Pairing,
        (hash(), some::pairing_row(used_by)),
        |(hash, row)| (key::plain(Kind::Pairing, hash), row.encode()),
        |(_, row)| {
            vec![
                ("store_id", text(&row.store_id)),
                ("name", text(row.name.as_str())),
                ("expires_at", Cell::Instant(row.expires_at)),
                ("used_by", maybe(row.used_by)),
            ]
        },
    );
}
