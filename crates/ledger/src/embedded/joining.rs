//! Writing machines that sign: pairing codes, joining by one, and new public keys. What a machine may
//! do is not decided here, and no secret of it is ever seen.

use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::value::store::{Credential, DeviceRow, Home, PairingRow, Signer};
use crate::fault::Fault;
use crate::write::{Changed, Joined, Joining, Written};
use purchase::id::{DeviceId, StoreId};
use purchase::text::Text;
use purchase::time::Timestamp;

/// Pairing codes looked at when a new one is made, to take away those that have expired.
const PAIRINGS_LOOKED_AT: usize = 1_000;

pub(crate) fn write(draft: &mut Draft<'_>, at: Timestamp, step: Joining) -> Result<Written, Fault> {
    Ok(match step {
        Joining::Signer {
            store_id,
            device_id,
            name,
            public_key,
        } => {
            let named = (name, public_key);
            Written::Changed(add_signer(draft, at, &store_id, device_id, named)?)
        }
        Joining::Pairing {
            code_hash,
            store_id,
            name,
            expires_at,
        } => {
            let pairing = PairingRow {
                store_id,
                name,
                expires_at,
                used_by: None,
            };
            Written::Changed(add_pairing(draft, at, code_hash, &pairing)?)
        }
        Joining::Join {
            code_hash,
            device_id,
            name,
            public_key,
        } => {
            let named = (name, public_key);
            Written::Joined(join(draft, at, code_hash, device_id, named)?)
        }
        Joining::Rotate {
            store_id,
            device_id,
            public_key,
        } => Written::Changed(rotate_signer(draft, &store_id, device_id, public_key)?),
    })
}

fn add_signer(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    device_id: DeviceId,
    (name, public_key): (Text, [u8; 32]),
) -> Result<Changed, Fault> {
    if draft.get(Space::Facts, &key::store(store_id))?.is_none() {
        return Ok(Changed::NotFound);
    }
    let row = DeviceRow {
        name,
        credential: Credential::PublicKey(public_key),
        created_at: at,
        revoked_at: None,
    };
    draft.put(Space::Facts, key::device(store_id, device_id), row.encode());
    put_signer(draft, store_id.clone(), device_id, public_key);
    Ok(Changed::Done)
}

fn put_signer(draft: &mut Draft<'_>, store_id: StoreId, device_id: DeviceId, public_key: [u8; 32]) {
    let signer = Signer {
        home: Home::Store(store_id),
        public_key,
    };
    draft.put(Space::Facts, key::signer(device_id), signer.encode());
}

fn add_pairing(
    draft: &mut Draft<'_>,
    at: Timestamp,
    code_hash: [u8; 32],
    pairing: &PairingRow,
) -> Result<Changed, Fault> {
    if draft
        .get(Space::Facts, &key::store(&pairing.store_id))?
        .is_none()
    {
        return Ok(Changed::NotFound);
    }
    let all = [key::number(Row::Pairing)];
    for (row_key, row) in draft.scan(Space::Facts, &all, PAIRINGS_LOOKED_AT)? {
        if PairingRow::decode(&row)?.expires_at <= at {
            draft.take(Space::Facts, row_key);
        }
    }
    let row_key = key::plain(Row::Pairing, &code_hash);
    if draft.get(Space::Facts, &row_key)?.is_some() {
        return Ok(Changed::Different);
    }
    draft.put(Space::Facts, row_key, pairing.encode());
    Ok(Changed::Done)
}

/// Lets a machine in by a pairing code, which nobody else can use then. The same machine may come
/// again by it: its answer was lost. An expired code goes.
fn join(
    draft: &mut Draft<'_>,
    at: Timestamp,
    code_hash: [u8; 32],
    device_id: DeviceId,
    (name, public_key): (Option<Text>, [u8; 32]),
) -> Result<Joined, Fault> {
    let row_key = key::plain(Row::Pairing, &code_hash);
    let Some(pairing) = draft.read(Space::Facts, &row_key, PairingRow::decode)? else {
        return Ok(Joined::NotFound);
    };
    if pairing.expires_at <= at {
        draft.take(Space::Facts, row_key);
        return Ok(Joined::Expired);
    }
    let store_id = pairing.store_id.clone();
    if let Some(known) = pairing.used_by {
        let place = key::device(&store_id, known);
        let row = draft.read(Space::Facts, &place, DeviceRow::decode)?;
        let own = Credential::PublicKey(public_key);
        let is_same = row.is_some_and(|row| row.revoked_at.is_none() && row.credential == own);
        return Ok(match is_same {
            true => Joined::Done {
                store_id,
                device_id: known,
            },
            false => Joined::NotFound,
        });
    }
    let name = name.unwrap_or_else(|| pairing.name.clone());
    let used = PairingRow {
        used_by: Some(device_id),
        ..pairing
    };
    draft.put(Space::Facts, row_key, used.encode());
    match add_signer(draft, at, &store_id, device_id, (name, public_key))? {
        Changed::Done => Ok(Joined::Done {
            store_id,
            device_id,
        }),
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Ok(Joined::NotFound)
        }
    }
}

fn rotate_signer(
    draft: &mut Draft<'_>,
    store_id: &StoreId,
    device_id: DeviceId,
    public_key: [u8; 32],
) -> Result<Changed, Fault> {
    let row_key = key::device(store_id, device_id);
    let Some(mut row) = draft.read(Space::Facts, &row_key, DeviceRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    match (row.revoked_at, row.credential) {
        (Some(_), _) => Ok(Changed::NotFound),
        (None, Credential::Hash(_)) => Ok(Changed::Different),
        (None, Credential::PublicKey(known)) if known == public_key => Ok(Changed::Same),
        (None, Credential::PublicKey(_)) => {
            row.credential = Credential::PublicKey(public_key);
            draft.put(Space::Facts, row_key, row.encode());
            put_signer(draft, store_id.clone(), device_id, public_key);
            Ok(Changed::Done)
        }
    }
}
