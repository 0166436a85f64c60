//! Tables of stores, chains, their machines, and the codes by which machines join. No secret stands in
//! a column: of a bearer key there is only that it is one.

use super::super::cell::{Cell, Shape};
use super::super::parts::Parts;
use super::{Spread, Table};
use crate::embedded::value::store::{
    ChainRow, Credential, DeviceRow, Home, PairingRow, Signer, StoreRow,
};
use crate::fault::Fault;
use purchase::id::{DeviceId, StoreId};
use purchase::store::ChainId;

pub(crate) static STORES: Table = Table {
    name: "stores",
    holds: "stores; the name is that of the newest identity",
    spread: Spread::Everywhere,
    clear: &[
        ("store_id", Shape::Text),
        ("name", Shape::Text),
        ("timezone", Shape::Text),
        ("currency", Shape::Text),
        ("chain_id", Shape::Text),
        ("catalogue_of", Shape::Text),
        ("closed_at", Shape::Instant),
    ],
    fill: |key, row| {
        let store_id = Cell::text(key.last_text()?);
        let store = StoreRow::decode(row)?.store;
        Ok(vec![
            store_id,
            Cell::maybe(store.identities.last().map(|identity| &identity.name)),
            Cell::text(store.timezone.as_str()),
            Cell::text(store.currency.code()),
            chain_cell(store.chain_id.as_ref()),
            store_cell(store.catalogue_of.as_ref()),
            store.closed_at.map_or(Cell::Null, Cell::Instant),
        ])
    },
};

pub(crate) static DEVICES: Table = Table {
    name: "devices",
    holds: "machines of a store, and how each says who it is: by a key or by a signature",
    spread: Spread::Store,
    clear: &[
        ("device_id", Shape::Text),
        ("name", Shape::Text),
        ("credential", Shape::Text),
        ("created_at", Shape::Instant),
        ("revoked_at", Shape::Instant),
    ],
    fill: |key, row| {
        key.text()?;
        device(key, row)
    },
};

pub(crate) static CHAINS: Table = Table {
    name: "chains",
    holds: "chains of stores",
    spread: Spread::Everywhere,
    clear: &[
        ("chain_id", Shape::Text),
        ("name", Shape::Text),
        ("created_at", Shape::Instant),
    ],
    fill: |key, row| {
        let chain_id = Cell::text(key.last_text()?);
        let row = ChainRow::decode(row)?;
        Ok(vec![
            chain_id,
            Cell::text(row.name.as_str()),
            Cell::Instant(row.created_at),
        ])
    },
};

pub(crate) static CHAIN_DEVICES: Table = Table {
    name: "chain_devices",
    holds: "machines that write for every store of a chain",
    spread: Spread::Everywhere,
    clear: &[
        ("chain_id", Shape::Text),
        ("device_id", Shape::Text),
        ("name", Shape::Text),
        ("credential", Shape::Text),
        ("created_at", Shape::Instant),
        ("revoked_at", Shape::Instant),
    ],
    fill: |key, row| {
        let mut cells = vec![Cell::text(key.text()?)];
        cells.extend(device(key, row)?);
        Ok(cells)
    },
};

pub(crate) static SIGNERS: Table = Table {
    name: "signers",
    holds: "machines that sign, found by their id alone",
    spread: Spread::Id,
    clear: &[
        ("device_id", Shape::Text),
        ("store_id", Shape::Text),
        ("chain_id", Shape::Text),
    ],
    fill: |key, row| {
        let device_id = Cell::shown(DeviceId(key.array()?));
        let (store_id, chain_id) = match Signer::decode(row)?.home {
            Home::Store(store_id) => (store_cell(Some(&store_id)), Cell::Null),
            Home::Chain(chain_id) => (Cell::Null, chain_cell(Some(&chain_id))),
        };
        Ok(vec![device_id, store_id, chain_id])
    },
};

pub(crate) static PAIRINGS: Table = Table {
    name: "pairings",
    holds: "codes by which a machine may join a store, as hashes",
    spread: Spread::Hash,
    clear: &[
        ("store_id", Shape::Text),
        ("name", Shape::Text),
        ("expires_at", Shape::Instant),
        ("used_by", Shape::Text),
    ],
    fill: |key, row| {
        key.array::<32>()?;
        let row = PairingRow::decode(row)?;
        Ok(vec![
            store_cell(Some(&row.store_id)),
            Cell::text(row.name.as_str()),
            Cell::Instant(row.expires_at),
            row.used_by.map_or(Cell::Null, Cell::shown),
        ])
    },
};

pub(super) fn store_cell(store_id: Option<&StoreId>) -> Cell {
    store_id.map_or(Cell::Null, |id| Cell::text(id.as_str()))
}

pub(super) fn chain_cell(chain_id: Option<&ChainId>) -> Cell {
    chain_id.map_or(Cell::Null, |id| Cell::text(id.as_str()))
}

fn device(key: &mut Parts<'_>, row: &[u8]) -> Result<Vec<Cell>, Fault> {
    let device_id = Cell::shown(DeviceId(key.array()?));
    let row = DeviceRow::decode(row)?;
    let credential = match row.credential {
        Credential::Hash(_) => "key",
        Credential::PublicKey(_) => "signature",
    };
    Ok(vec![
        device_id,
        Cell::text(row.name.as_str()),
        Cell::text(credential),
        Cell::Instant(row.created_at),
        row.revoked_at.map_or(Cell::Null, Cell::Instant),
    ])
}
