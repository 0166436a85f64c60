//! Claiming: a person takes a purchase that nobody owns by the code on its receipt, or waits for the sale
//! that will carry it. What lies with an unclaimed original has no code of its own. Whether a code was used before is told to nobody but the one who used it.

use super::Ledger;
use super::draft::Draft;
use super::engine::Copied;
use super::key::{self, Kind as Row, Space};
use super::member::slot_of;
use super::read::{group, open_parts};
use super::refile::refile;
use super::value::codes::{ClaimRow, WantedRow};
use crate::account::{Filed, WantedClaim};
use crate::fault::Fault;
use crate::write::{ClaimStep, Claimed, WAITING_CLAIMS_MAX};
use purchase::bytes::ReadError;
use purchase::id::{OwnerId, PurchaseId, UserId};
use purchase::settlement::ClaimHash;
use purchase::time::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long a person waits for a sale: a shop may be without a line as long.
const WAITING_MS: i64 = 400 * DAY_MS;
/// How long the same code is answered the same to the one who used it.
const REMEMBERED_MS: i64 = 30 * DAY_MS;

impl WantedRow {
    /// Is it too old to be kept?
    fn is_over(&self, now: Timestamp) -> bool {
        let kept_ms = match self.filed {
            None => WAITING_MS,
            Some(_) => REMEMBERED_MS,
        };
        self.asked_at.plus_ms(kept_ms) <= now
    }
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: ClaimStep,
) -> Result<Claimed, Fault> {
    match step {
        ClaimStep::Take { user_id, hash } => take(draft, at, user_id, hash),
    }
}

/// Gives the purchase that a code leads to to a person, or notes that the person wants it.
fn take(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    hash: ClaimHash,
) -> Result<Claimed, Fault> {
    let Some(slot) = slot_of(draft, user_id)? else {
        return Ok(Claimed::NotFound);
    };
    let waiting = tidy(draft, at, user_id)?;
    let wanted_key = key::wanted_claim(user_id, hash);
    let known = draft.read(Space::Facts, &wanted_key, WantedRow::decode)?;
    if let Some(purchase_id) = known.and_then(|known| known.filed) {
        return Ok(Claimed::Filed(purchase_id));
    }
    let claim_key = key::claim(hash);
    let row = draft.read(Space::Facts, &claim_key, ClaimRow::decode)?;
    if let Some(ClaimRow::Leads(owner, purchase_id)) = row {
        // In a ledger that commits in two steps the code is there a moment before the purchase.
        if draft
            .get(Space::Purchases, &key::body(owner, purchase_id))?
            .is_none()
        {
            draft.give_way("what is claimed is still to be filed")?;
        }
        refile(draft, owner, (OwnerId::User(user_id), slot))?;
        note(draft, at, (user_id, hash), Some(purchase_id));
        return Ok(Claimed::Filed(purchase_id));
    }
    if known.is_none() && waiting >= WAITING_CLAIMS_MAX {
        return Ok(Claimed::TooMany);
    }
    let asked_at = known.map_or(at, |known| known.asked_at);
    note(draft, asked_at, (user_id, hash), None);
    // The first keeps it, unless the first has waited in vain for longer than is waited.
    let is_another_ones = match row {
        Some(ClaimRow::Wanted(by, since)) => by != user_id && since.plus_ms(WAITING_MS) > at,
        Some(ClaimRow::Leads(..)) | None => false,
    };
    if !is_another_ones {
        let row = ClaimRow::Wanted(user_id, asked_at);
        draft.put(Space::Facts, claim_key, row.encode());
    }
    Ok(Claimed::Waiting)
}

/// The person who waits for the sale with this code.
pub(crate) fn wanted_by(draft: &Draft<'_>, hash: ClaimHash) -> Result<Option<UserId>, Fault> {
    let row = draft.read(Space::Facts, &key::claim(hash), ClaimRow::decode)?;
    Ok(match row {
        Some(ClaimRow::Wanted(user_id, _)) => Some(user_id),
        Some(ClaimRow::Leads(..)) | None => None,
    })
}

/// Gives a purchase that was filed for nobody a moment ago to the person who waits for it.
pub(crate) fn complete(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (owner, purchase_id): (OwnerId, PurchaseId),
    (user_id, hash): (UserId, ClaimHash),
) -> Result<(), Fault> {
    let Some(slot) = slot_of(draft, user_id)? else {
        return Ok(());
    };
    refile(draft, owner, (OwnerId::User(user_id), slot))?;
    note(draft, at, (user_id, hash), Some(purchase_id));
    Ok(())
}

fn note(
    draft: &mut Draft<'_>,
    asked_at: Timestamp,
    (user_id, hash): (UserId, ClaimHash),
    filed: Option<PurchaseId>,
) {
    let row = WantedRow { asked_at, filed };
    draft.put(Space::Facts, key::wanted_claim(user_id, hash), row.encode());
}

/// Takes away what is too old in a person's list, and counts what waits in it.
fn tidy(draft: &mut Draft<'_>, now: Timestamp, user_id: UserId) -> Result<usize, Fault> {
    let mut waiting = 0;
    for (wanted_key, row) in list(draft, user_id)? {
        let row = WantedRow::decode(&row)?;
        if row.is_over(now) {
            leave(draft, user_id, wanted_key)?;
        } else if row.filed.is_none() {
            waiting += 1;
        }
    }
    Ok(waiting)
}

/// Takes the whole list of somebody away who is erased.
pub(crate) fn erase(draft: &mut Draft<'_>, user_id: UserId) -> Result<(), Fault> {
    for (wanted_key, _) in list(draft, user_id)? {
        leave(draft, user_id, wanted_key)?;
    }
    Ok(())
}

/// Did somebody ask for a sale by its code at `before` or later, or get one so?
pub(crate) fn was_wanted_since(
    draft: &Draft<'_>,
    user_id: UserId,
    before: Timestamp,
) -> Result<bool, Fault> {
    for (_, row) in list(draft, user_id)? {
        let row = WantedRow::decode(&row)?;
        if row.filed.is_some() || row.asked_at >= before {
            return Ok(true);
        }
    }
    Ok(false)
}

fn list(draft: &Draft<'_>, user_id: UserId) -> Result<Vec<Copied>, Fault> {
    let prefix = key::user(Row::WantedClaim, user_id);
    draft.scan(Space::Facts, &prefix, usize::MAX)
}

/// Takes one entry away, and the code that waits for this person.
fn leave(draft: &mut Draft<'_>, user_id: UserId, wanted_key: Vec<u8>) -> Result<(), Fault> {
    let (_, hash) = wanted_key.split_last_chunk().ok_or(ReadError::Short)?;
    let hash = ClaimHash(*hash);
    if wanted_by(draft, hash)? == Some(user_id) {
        draft.take(Space::Facts, key::claim(hash));
    }
    draft.take(Space::Facts, wanted_key);
    Ok(())
}

impl Ledger {
    /// The purchase that a claim code leads to, while nobody owns it.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn claimable(&self, hash: ClaimHash) -> Result<Option<Filed>, Fault> {
        let claim_key = key::claim(hash);
        let row = self
            .engine
            .read(Space::Facts, &claim_key, ClaimRow::decode)?;
        let Some(ClaimRow::Leads(owner, id)) = row else {
            return Ok(None);
        };
        let prefix = key::purchase(owner, id);
        let parts = group(self.engine.prefix(Space::Purchases, &prefix)).next();
        // Somebody may have taken it since the look before.
        let Some(parts) = parts.transpose()? else {
            return Ok(None);
        };
        let data_key = self.data_key(owner, parts.row.columns.slot)?;
        open_parts(&data_key.opener(), owner, parts).map(Some)
    }

    /// The claim codes of a person whose sale has not come, oldest first. Whose sale would come too late
    /// at `now` is left out. No digit of any is known.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn waiting_claims(
        &self,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<Vec<WantedClaim>, Fault> {
        let prefix = key::user(Row::WantedClaim, user_id);
        let mut found = Vec::new();
        for pair in self.engine.prefix(Space::Facts, &prefix) {
            let row = WantedRow::decode(&pair?.1)?;
            if row.filed.is_none() && !row.is_over(now) {
                let asked_at = row.asked_at;
                found.push(WantedClaim { asked_at });
            }
        }
        found.sort_unstable_by_key(|claim| claim.asked_at);
        Ok(found)
    }
}
