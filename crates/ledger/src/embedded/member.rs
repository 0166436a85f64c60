//! Member codes: giving them out, taking them back, and whether one is good for a sale. A sale is judged
//! by the time at which it was made and not by when it came, so that a shop without a line loses
//! nothing. What stands here knows hashes only, never digits.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::value::codes::{MemberCodeRow, decode_listed, encode_listed};
use super::value::people::UserRow;
use crate::account::{MemberCard, MemberCodes};
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::write::{Changed, MemberStep, NewMemberCode, SHORT_FREE_MAX};
use purchase::bytes::{ReadError, Reader};
use purchase::id::{SettlementKey, UserId};
use purchase::member::{MemberForm, MemberHash};
use purchase::time::Timestamp;

/// How far the clocks of a phone's server and of a till may be apart.
const GRACE_MS: i64 = 5 * 60 * 1_000;
/// How long a code is remembered after it expired: a shop may have been without a line as long.
const REMEMBERED_MS: i64 = 400 * 24 * 60 * 60 * 1_000;
/// Codes of one person and form that are remembered, at most: those that expired first go before others.
const REMEMBERED_MAX: usize = 4_096;
/// Codes taken away at most when new ones are given out.
const FORGOTTEN_PER_STEP: usize = 1_000;

const FORMS: [MemberForm; 2] = [MemberForm::Short, MemberForm::Card];

impl MemberCodeRow {
    /// Is it good for the settlement `by`, made at `at`?
    pub(crate) fn is_good_for(&self, by: &SettlementKey, at: Timestamp) -> bool {
        let is_in_time = self.issued_at.plus_ms(-GRACE_MS) <= at
            && at < self.expires_at.plus_ms(GRACE_MS)
            && self.revoked_at.is_none_or(|revoked_at| at < revoked_at);
        let is_free = self.used_by.as_ref().is_none_or(|used_by| used_by == by);
        is_in_time && is_free
    }

    /// Can it still be shown at a till?
    fn is_living(&self, now: Timestamp) -> bool {
        let is_taken_back = self.revoked_at.is_some_and(|revoked_at| revoked_at <= now);
        self.used_by.is_none() && !is_taken_back && now < self.expires_at
    }
}

/// Whose the code is, if it is good for that settlement; as the batch sees it.
pub(crate) fn owner_by(
    draft: &Draft<'_>,
    hash: MemberHash,
    (by, at): (&SettlementKey, Timestamp),
) -> Result<Option<(UserId, UserRow)>, Fault> {
    let row_key = key::member_code(hash);
    let row = draft.read(Space::Facts, &row_key, MemberCodeRow::decode)?;
    let Some(row) = row.filter(|row| row.is_good_for(by, at)) else {
        return Ok(None);
    };
    let person = person(draft, row.user_id)?;
    Ok(person.map(|person| (row.user_id, person)))
}

/// Where the key of a person is; none if there is no such person.
pub(crate) fn slot_of(draft: &Draft<'_>, user_id: UserId) -> Result<Option<Slot>, Fault> {
    Ok(person(draft, user_id)?.map(|row| row.slot))
}

/// The row of a person; none if there is no such person.
pub(crate) fn person(draft: &Draft<'_>, user_id: UserId) -> Result<Option<UserRow>, Fault> {
    // Not the account's row, which others in a database want as well and which is held last.
    let row_key = key::user(Row::User, user_id);
    draft.read(Space::Facts, &row_key, UserRow::decode)
}

/// Notes that a short-lived code was good for the settlement `by`, and is for no other.
pub(crate) fn use_up(
    draft: &mut Draft<'_>,
    hash: MemberHash,
    by: &SettlementKey,
) -> Result<(), Fault> {
    let row_key = key::member_code(hash);
    let Some(mut row) = draft.read(Space::Facts, &row_key, MemberCodeRow::decode)? else {
        return Ok(());
    };
    match row.form {
        MemberForm::Card => {}
        MemberForm::Short => {
            row.used_by = Some(by.clone());
            draft.put(Space::Facts, row_key, row.encode());
        }
    }
    Ok(())
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: MemberStep,
) -> Result<Changed, Fault> {
    match step {
        MemberStep::Issue { user_id, codes } => issue(draft, at, user_id, &codes),
        MemberStep::Revoke { user_id, form } => revoke(draft, at, user_id, form),
    }
}

fn issue(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    codes: &[NewMemberCode],
) -> Result<Changed, Fault> {
    if slot_of(draft, user_id)?.is_none() {
        return Ok(Changed::NotFound);
    }
    let mut changed = Changed::Same;
    for code in codes {
        let row_key = key::member_code(code.hash);
        match draft.read(Space::Facts, &row_key, MemberCodeRow::decode)? {
            // Written again because the first answer was lost.
            Some(row) if row.user_id == user_id => {}
            Some(_) => return Ok(Changed::Different),
            None => {
                put_new(draft, user_id, code)?;
                changed = Changed::Done;
            }
        }
    }
    if changed == Changed::Done {
        keep_newest(draft, at, user_id)?;
        forget(draft, at, user_id)?;
    }
    Ok(changed)
}

fn put_new(draft: &mut Draft<'_>, user_id: UserId, code: &NewMemberCode) -> Result<(), Fault> {
    let NewMemberCode {
        hash,
        form,
        issued_at,
        expires_at,
    } = *code;
    match form {
        MemberForm::Short => {}
        MemberForm::Card => {
            revoke(draft, issued_at, user_id, form)?;
        }
    }
    let row = MemberCodeRow {
        user_id,
        form,
        issued_at,
        expires_at,
        revoked_at: None,
        used_by: None,
    };
    draft.put(Space::Facts, key::member_code(hash), row.encode());
    let listed = key::member_code_of(user_id, form, expires_at, hash);
    draft.put(Space::Facts, listed, encode_listed());
    Ok(())
}

/// Takes back those of too many free codes that expire first: whoever lost a phone gets new ones.
fn keep_newest(draft: &mut Draft<'_>, at: Timestamp, user_id: UserId) -> Result<(), Fault> {
    let free = living(draft, at, user_id, MemberForm::Short)?;
    let too_many = free.len().saturating_sub(SHORT_FREE_MAX);
    for (hash, row) in free.into_iter().take(too_many) {
        end(draft, at, hash, row);
    }
    Ok(())
}

fn revoke(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    form: MemberForm,
) -> Result<Changed, Fault> {
    let codes = living(draft, at, user_id, form)?;
    let changed = if codes.is_empty() {
        Changed::Same
    } else {
        Changed::Done
    };
    for (hash, row) in codes {
        end(draft, at, hash, row);
    }
    Ok(changed)
}

fn end(draft: &mut Draft<'_>, at: Timestamp, hash: MemberHash, mut row: MemberCodeRow) {
    row.revoked_at = Some(at);
    draft.put(Space::Facts, key::member_code(hash), row.encode());
}

/// The codes of a person that can still be shown, those that expire first before others.
fn living(
    draft: &Draft<'_>,
    now: Timestamp,
    user_id: UserId,
    form: MemberForm,
) -> Result<Vec<(MemberHash, MemberCodeRow)>, Fault> {
    let prefix = key::member_codes_of(user_id, form);
    let from = key::member_code_of(user_id, form, now, MemberHash([0; 32]));
    let listed = draft.scan_from(Space::Facts, &prefix, from, usize::MAX)?;
    let hashes = listed
        .iter()
        .map(|(listed_key, _)| Ok(listed_code(listed_key)?.3));
    let hashes = hashes.collect::<Result<Vec<MemberHash>, Fault>>()?;
    draft.read_ahead(hashes.iter().copied().map(key::member_code).collect())?;
    let mut found = Vec::new();
    for hash in hashes {
        let row_key = key::member_code(hash);
        let row = draft.read(Space::Facts, &row_key, MemberCodeRow::decode)?;
        if let Some(row) = row.filter(|row| row.is_living(now)) {
            found.push((hash, row));
        }
    }
    Ok(found)
}

/// Takes codes away that expired long ago, or are too many, a bounded number of them.
fn forget(draft: &mut Draft<'_>, at: Timestamp, user_id: UserId) -> Result<(), Fault> {
    let before = at.plus_ms(-REMEMBERED_MS);
    for form in FORMS {
        let prefix = key::member_codes_of(user_id, form);
        let looked_at = REMEMBERED_MAX + FORGOTTEN_PER_STEP;
        let listed = draft.scan(Space::Facts, &prefix, looked_at)?;
        let too_many = listed.len().saturating_sub(REMEMBERED_MAX);
        for (nth, (listed_key, _)) in listed.into_iter().take(FORGOTTEN_PER_STEP).enumerate() {
            let (_, _, expires_at, hash) = listed_code(&listed_key)?;
            if nth >= too_many && expires_at >= before {
                break;
            }
            draft.take(Space::Facts, key::member_code(hash));
            draft.take(Space::Facts, listed_key);
        }
    }
    Ok(())
}

/// Takes all codes of somebody away who is erased.
pub(crate) fn erase(draft: &mut Draft<'_>, user_id: UserId) -> Result<(), Fault> {
    let prefix = key::user(Row::MemberCodeOf, user_id);
    for (listed_key, row) in draft.scan(Space::Facts, &prefix, usize::MAX)? {
        decode_listed(&row)?;
        let (_, _, _, hash) = listed_code(&listed_key)?;
        draft.take(Space::Facts, key::member_code(hash));
        draft.take(Space::Facts, listed_key);
    }
    Ok(())
}

/// What stands in the key of a listed code.
pub(crate) fn listed_code(
    row_key: &[u8],
) -> Result<(UserId, MemberForm, Timestamp, MemberHash), ReadError> {
    let mut from = Reader::new(row_key);
    from.byte()?;
    let user_id = UserId(from.array()?);
    let form = super::value::codes::read_form(&mut from)?;
    let ms = i64::from_be_bytes(from.array()?);
    let expires_at = Timestamp::from_ms(ms).map_err(|_| ReadError::Invalid)?;
    let hash = MemberHash(from.array()?);
    from.finish()?;
    Ok((user_id, form, expires_at, hash))
}

impl Ledger {
    /// Until when a code of this person can be shown; none if it cannot be shown at `now`, or is somebody
    /// else's.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn member_code_until(
        &self,
        user_id: UserId,
        hash: MemberHash,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Fault> {
        let row_key = key::member_code(hash);
        let row = self
            .engine
            .read(Space::Facts, &row_key, MemberCodeRow::decode)?;
        let row = row.filter(|row| row.user_id == user_id && row.is_living(now));
        Ok(row.map(|row| row.expires_at))
    }

    /// What a person has in member codes that can be shown at `now`. No digit of any is known.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn member_codes(&self, user_id: UserId, now: Timestamp) -> Result<MemberCodes, Fault> {
        let mut codes = MemberCodes::default();
        for form in FORMS {
            let from = key::member_code_of(user_id, form, now, MemberHash([0; 32]));
            let end = key::after(&key::member_codes_of(user_id, form));
            let listed = self.engine.range(Space::Facts, from, end);
            let keys = listed.map(|pair| Ok(key::member_code(listed_code(&pair?.0)?.3)));
            let keys = keys.collect::<Result<Vec<_>, Fault>>()?;
            for (_, row) in self.engine.get_all(Space::Facts, keys)? {
                let row = MemberCodeRow::decode(&row)?;
                if !row.is_living(now) {
                    continue;
                }
                let (issued_at, expires_at) = (row.issued_at, row.expires_at);
                match form {
                    MemberForm::Short => {
                        codes.free += 1;
                        codes.last_expires_at = codes.last_expires_at.max(Some(expires_at));
                    }
                    MemberForm::Card => {
                        codes.card = Some(MemberCard {
                            issued_at,
                            expires_at,
                        });
                    }
                }
            }
        }
        Ok(codes)
    }
}
