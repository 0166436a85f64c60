//! Writing stores, devices and people.

use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::value::Tally;
use super::value::codes::encode_listed;
use super::value::identity::fit;
use super::value::people::{AccountRow, ErasedRow, Opens, UserRow};
use super::value::store::{Credential, DeviceRow, IDENTITIES_MAX, StoreRow};
use super::{
    chain, claim, household, leaves, member, merger, missing, partners, sessions, sign_in, tokens,
};
use crate::fault::Fault;
use crate::keyring::Spare;
use crate::profile::Profile;
use crate::write::{Changed, FirstKey, Misfit, Written};
use purchase::id::{DeviceId, OwnerId, StoreId, UserId};
use purchase::store::{Identity, Store};
use purchase::text::Text;
use purchase::time::Timestamp;

pub(crate) fn add_store(draft: &mut Draft<'_>, store: Store) -> Result<Written, Fault> {
    let row_key = key::store(&store.store_id);
    if let Some(known) = draft.read(Space::Facts, &row_key, StoreRow::decode)? {
        // The same again is what it was made with; later identities and closing do not count.
        let is_same = known.store.timezone == store.timezone
            && known.store.currency == store.currency
            && known.store.chain_id == store.chain_id
            && known.store.catalogue_of == store.catalogue_of
            && known.store.identities.first() == store.identities.first();
        return Ok(Written::Changed(if is_same {
            Changed::Same
        } else {
            Changed::Different
        }));
    }
    if let Some(misfit) = chain::misfit(draft, &store)? {
        return Ok(Written::Misfit(misfit));
    }
    let spare = draft.ledger.keyring.take()?;
    draft.seals_with(spare.holder, &spare.key);
    let row = StoreRow {
        store,
        holder: spare.holder,
        slot: spare.slot,
    };
    draft.put(Space::Facts, row_key, row.encode());
    draft.after.stores.push(row);
    Ok(Written::Changed(Changed::Done))
}

pub(crate) fn change_store(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    change: impl FnOnce(&mut Store) -> Changed,
) -> Result<Changed, Fault> {
    let row_key = key::store(store_id);
    let Some(mut row) = draft.read(Space::Facts, &row_key, StoreRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    let changed = change(&mut row.store);
    if changed == Changed::Done {
        if let Some(chain_id) = &row.store.chain_id {
            chain::found(draft, at, chain_id)?;
        }
        draft.put(Space::Facts, row_key, row.encode());
        draft.after.stores.push(row);
    }
    Ok(changed)
}

pub(crate) fn add_identity(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    identity: Identity,
) -> Result<Changed, Fault> {
    change_store(draft, at, store_id, |store| {
        if store.identities.contains(&identity) {
            return Changed::Same;
        }
        if store.identities.len() >= IDENTITIES_MAX {
            return Changed::Different;
        }
        store.identities.push(identity);
        Changed::Done
    })
}

pub(crate) fn close_store(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
) -> Result<Written, Fault> {
    // Nobody could name what its followers sell any more.
    if let Some(by) = draft.follower_of(store_id)? {
        return Ok(Written::Misfit(Misfit::Followed { by }));
    }
    let changed = change_store(draft, at, store_id, |store| {
        if store.closed_at.is_some() {
            return Changed::Same;
        }
        store.closed_at = Some(at);
        Changed::Done
    })?;
    Ok(Written::Changed(changed))
}

pub(crate) fn add_device(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    (device_id, name, hash): (DeviceId, Text, [u8; 32]),
) -> Result<Changed, Fault> {
    if draft.get(Space::Facts, &key::store(store_id))?.is_none() {
        return Ok(Changed::NotFound);
    }
    let row = DeviceRow {
        name,
        credential: Credential::Hash(hash),
        created_at: at,
        revoked_at: None,
    };
    draft.put(Space::Facts, key::device(store_id, device_id), row.encode());
    let opens = Opens::Device {
        store_id: store_id.clone(),
        device_id,
    };
    draft.put(Space::Facts, key::plain(Row::Secret, &hash), opens.encode());
    Ok(Changed::Done)
}

pub(crate) fn revoke_device(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    device_id: DeviceId,
) -> Result<Changed, Fault> {
    let row_key = key::device(store_id, device_id);
    let Some(mut row) = draft.read(Space::Facts, &row_key, DeviceRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    if row.revoked_at.is_some() {
        return Ok(Changed::Same);
    }
    row.revoked_at = Some(at);
    draft.put(Space::Facts, row_key, row.encode());
    let door = match row.credential {
        Credential::Hash(hash) => key::plain(Row::Secret, &hash),
        Credential::PublicKey(_) => key::signer(device_id),
    };
    draft.take(Space::Facts, door);
    draft.take(Space::Facts, key::report(store_id, device_id));
    Ok(Changed::Done)
}

pub(crate) fn add_user(
    draft: &mut Draft<'_>,
    at: Timestamp,
    spare: Spare,
    profile: &Profile,
    first: FirstKey,
) -> Result<Written, Fault> {
    if let FirstKey::Session(session) = &first
        && !fit([&session.label])
    {
        draft.after.unused.push(spare);
        return Ok(Written::Changed(Changed::Full));
    }
    let ledger = draft.ledger;
    let reference = profile.reference.as_ref();
    let reference_key = reference.map(|reference| ledger.reference_key(reference));
    if let Some(reference_key) = &reference_key
        && let Some(known) = draft.get(Space::Facts, reference_key)?
    {
        let id = known
            .try_into()
            .map_err(|_| Fault::damaged("a reference to a user"))?;
        if let Some(user_id) = merger::found_by_reference(draft, UserId(id))? {
            // Written again because the first answer was lost, the person has this very key.
            if id != spare.holder.0 {
                draft.after.unused.push(spare);
            }
            return Ok(Written::User {
                user_id,
                changed: Changed::Same,
            });
        }
    }
    draft.seals_with(spare.holder, &spare.key);
    let user_id = UserId(spare.holder.0);
    let row_key = key::user(Row::User, user_id);
    if draft.get(Space::Facts, &row_key)?.is_some() {
        // Written again because the first answer was lost: the account may hold something by now.
        return Ok(Written::User {
            user_id,
            changed: Changed::Same,
        });
    }
    let sealed = spare
        .key
        .seal(ledger.keyring.nonce(), &row_key, &profile.encode());
    let row = UserRow::new(spare.slot, at, sealed);
    draft.put(Space::Facts, row_key, row.encode());
    let account = AccountRow {
        slot: spare.slot,
        sequence: 0,
        tally: Tally::default(),
    };
    let account_key = key::user(Row::Account, user_id);
    draft.put(Space::Facts, account_key, account.encode());
    draft.put(Space::Facts, key::all_tokens_of(user_id), encode_listed());
    if let Some(reference_key) = reference_key {
        draft.put(Space::Facts, reference_key, user_id.0.to_vec());
    }
    match first {
        FirstKey::Token { token_id, hash } => tokens::put(draft, at, user_id, (token_id, hash)),
        FirstKey::Session(session) => sessions::put(draft, at, user_id, session),
    }
    Ok(Written::User {
        user_id,
        changed: Changed::Done,
    })
}

/// Writes the erasure record and takes the account away. The key itself is destroyed once this is
/// durable, so that a body without a key always has its record. Whoever got no answer asks again, and is
/// told that it is so.
pub(crate) fn erase(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
) -> Result<Changed, Fault> {
    let row_key = key::user(Row::User, user_id);
    let Some(row) = draft.read(Space::Facts, &row_key, UserRow::decode)? else {
        let owner = OwnerId::User(user_id);
        let record = draft.read(Space::Facts, &key::erased(owner), ErasedRow::decode)?;
        let Some(record) = record else {
            return Ok(Changed::NotFound);
        };
        // If the answer to the erasure was lost, so was what follows it: the key may still be there.
        let holder = key::holder(owner);
        if draft.ledger.keyring.key(holder, record.slot)?.is_some() {
            draft.after.erased.push((holder, record.slot));
        }
        return Ok(Changed::Same);
    };
    if let Some(data_key) = draft
        .ledger
        .keyring
        .key(key::holder(OwnerId::User(user_id)), row.slot)?
    {
        let profile = Profile::decode(&data_key.open(&row_key, &row.sealed)?)?;
        // The reference of somebody whose account went into another one leads on to that.
        if let Some(reference) = &profile.reference
            && !merger::is_merged(draft, user_id)?
        {
            let reference_key = draft.ledger.reference_key(reference);
            draft.take(Space::Facts, reference_key);
        }
    }
    let erased_key = key::erased(OwnerId::User(user_id));
    let record = ErasedRow { at, slot: row.slot };
    draft.put(Space::Facts, erased_key, record.encode());
    if let Some(leaving_at) = row.leaving_at {
        draft.take(Space::Facts, key::leaving(leaving_at, user_id));
    }
    household::depart(draft, at, user_id, household::Way::Erased)?;
    sessions::take_all(draft, user_id)?;
    sign_in::take_all(draft, user_id)?;
    partners::erase(draft, user_id, row.slot)?;
    leaves::take_all(draft, user_id)?;
    missing::erase(draft, user_id, row.slot)?;
    draft.take(Space::Facts, row_key);
    draft.take(Space::Facts, key::user(Row::Account, user_id));
    for (filed, _) in draft.scan(Space::Facts, &key::user(Row::Filed, user_id), usize::MAX)? {
        draft.take(Space::Facts, filed);
    }
    tokens::take_all(draft, user_id)?;
    member::erase(draft, user_id)?;
    claim::erase(draft, user_id)?;
    let holder = key::holder(OwnerId::User(user_id));
    draft.after.erased.push((holder, row.slot));
    Ok(Changed::Done)
}
