//! Who the buyer of a settlement is once its turn has come: a code may have been used, taken back or given out
//! since it was prepared, and the person may want nothing filed from this shop. Nothing is written here.

use super::block;
use super::draft::Draft;
use super::foresee;
use super::member;
use super::merger;
use super::value::people::UserRow;
use super::value::settlement::ClaimSource;
use crate::fault::Fault;
use crate::write::Prepared;
use purchase::id::{OwnerId, UnclaimedId, UserId};

/// How the buyer of a settlement takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Welcome {
    /// As any other; or nobody is named.
    Usual,
    /// The buyer blocks the store: it is as if the till had named nobody.
    Blocked,
}

/// Gives `prepared` to the buyer whom the till named, as things stand now, and to nobody if that buyer blocks the
/// store.
pub(crate) fn follow(draft: &Draft<'_>, prepared: &mut Prepared) -> Result<(), Fault> {
    let buyer = match prepared.member {
        Some(_) => by_code(draft, prepared)?,
        None => by_id(draft, prepared)?,
    };
    let Some((user_id, row)) = buyer else {
        return Ok(());
    };
    let content = prepared.settlement.content();
    let at = prepared.settlement.effective_at(prepared.received_at);
    if block::is_blocked(draft, (user_id, &row), &content.key.store_id, at)? {
        prepared.welcome = Welcome::Blocked;
        to_nobody(draft, prepared)?;
        derive_claim(draft, prepared);
    }
    Ok(())
}

/// Judges the member code again, which another till may have used, or the person taken back, since the
/// settlement was prepared. If it is worth nothing, the purchase is nobody's and can be claimed.
fn by_code(draft: &Draft<'_>, prepared: &mut Prepared) -> Result<Option<(UserId, UserRow)>, Fault> {
    let Some(member) = prepared.member else {
        return Ok(None);
    };
    let at = prepared.settlement.effective_at(prepared.received_at);
    let person = member::owner_by(draft, member.hash, (prepared.key(), at))?;
    // A code that has still to move is the other account's already.
    let person = match person {
        Some((user_id, row)) => merger::heir(draft, user_id)?.or(Some((user_id, row))),
        None => None,
    };
    match (&person, prepared.owner) {
        (Some((user_id, row)), _) => {
            (prepared.owner, prepared.slot) = (OwnerId::User(*user_id), row.slot);
        }
        (None, OwnerId::Unclaimed(_)) => {}
        (None, OwnerId::User(_)) => {
            to_nobody(draft, prepared)?;
            derive_claim(draft, prepared);
        }
    }
    Ok(person)
}

/// The person whom the till named by id, or into whose account that person's went. Whoever was erased since is
/// found out with all others who were.
fn by_id(draft: &Draft<'_>, prepared: &mut Prepared) -> Result<Option<(UserId, UserRow)>, Fault> {
    let Some(named) = foresee::buyer(&prepared.settlement.content().buyer) else {
        return Ok(None);
    };
    if let Some((heir, row)) = merger::heir(draft, named)? {
        (prepared.owner, prepared.slot) = (OwnerId::User(heir), row.slot);
        return Ok(Some((heir, row)));
    }
    match prepared.owner {
        OwnerId::User(_) => Ok(member::person(draft, named)?.map(|row| (named, row))),
        OwnerId::Unclaimed(_) => Ok(None),
    }
}

/// Gives `prepared` to the person into whose account that of its owner went.
pub(crate) fn follow_merger(draft: &Draft<'_>, prepared: &mut Prepared) -> Result<(), Fault> {
    let OwnerId::User(user_id) = prepared.owner else {
        return Ok(());
    };
    if let Some((heir, row)) = merger::heir(draft, user_id)? {
        (prepared.owner, prepared.slot) = (OwnerId::User(heir), row.slot);
    }
    Ok(())
}

/// Gives `prepared` an owner who is nobody yet.
pub(crate) fn to_nobody(draft: &Draft<'_>, prepared: &mut Prepared) -> Result<(), Fault> {
    let spare = match prepared.spare.take() {
        Some(spare) => spare,
        None => draft.ledger.keyring.take()?,
    };
    prepared.owner = OwnerId::Unclaimed(UnclaimedId(spare.holder.0));
    prepared.slot = spare.slot;
    prepared.data_key = spare.key.clone();
    prepared.spare = Some(spare);
    Ok(())
}

/// What turned out to be nobody's can be claimed, by a code of the server's own if the till printed none.
fn derive_claim(draft: &Draft<'_>, prepared: &mut Prepared) {
    if prepared.claim.is_none() {
        let secret = draft.ledger.claim_secret(prepared.key());
        prepared.claim = Some((prepared.derive)(secret));
        prepared.claim_source = ClaimSource::Derived;
    }
}
