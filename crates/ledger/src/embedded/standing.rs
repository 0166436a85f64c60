//! Whether an account is open to its person, and what an operator may know of somebody: never what was
//! bought. What a suspended person may still do is known to the server alone.

use super::Ledger;
use super::draft::Draft;
use super::household::{self, Way};
use super::key::{self, Kind as Row, Space};
use super::leaves;
use super::merger;
use super::person::Person;
use super::value::Tally;
use super::value::identity::{AccessBody, Accessor, Touched};
use super::value::people::{AccountRow, SuspendedRow, UserRow};
use crate::account::{PersonFacts, Suspension};
use crate::fault::Fault;
use crate::write::{Changed, StandingStep};
use purchase::bytes::Reader;
use purchase::canonical::item::read_text;
use purchase::id::UserId;
use purchase::text::Text;
use purchase::time::Timestamp;

impl Ledger {
    /// That an account is suspended, and why; none if it is open, or there is no such person.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn suspension(&self, user_id: UserId) -> Result<Option<Suspension>, Fault> {
        let row_key = key::user(Row::User, user_id);
        let row = self.engine.read(Space::Facts, &row_key, UserRow::decode)?;
        let Some(suspended) = row.and_then(|row| row.suspended) else {
            return Ok(None);
        };
        let Some((_, data_key)) = self.user_and_key(user_id)? else {
            return Ok(None);
        };
        let content = data_key.open(&bound_to(&row_key), &suspended.sealed)?;
        Ok(Some(Suspension {
            since: suspended.since,
            reason: read_reason(&content)?,
        }))
    }

    /// What somebody has bought, in all; none if there is no such person.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn tally(&self, user_id: UserId) -> Result<Option<Tally>, Fault> {
        let account_key = key::user(Row::Account, user_id);
        let row = self
            .engine
            .read(Space::Facts, &account_key, AccountRow::decode)?;
        Ok(row.map(|account| account.tally))
    }

    /// What an operator may know of a person without a reason; none if there is no such person.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn person_facts(&self, user_id: UserId) -> Result<Option<PersonFacts>, Fault> {
        let row_key = key::user(Row::User, user_id);
        let row = self.engine.read(Space::Facts, &row_key, UserRow::decode)?;
        Ok(row.map(|row| PersonFacts {
            created_at: row.created_at,
            leaving_at: row.leaving_at,
            suspended_since: row.suspended.map(|suspended| suspended.since),
        }))
    }
}

/// To what the reason is bound: it stands in the row beside the profile, and neither opens as the other.
pub(super) fn bound_to(row_key: &[u8]) -> Vec<u8> {
    [row_key, b"suspended"].concat()
}

pub(super) fn read_reason(content: &[u8]) -> Result<Text, Fault> {
    let mut from = Reader::new(content);
    let reason = read_text(&mut from)?;
    from.finish()?;
    Ok(reason)
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: StandingStep,
) -> Result<Changed, Fault> {
    match step {
        StandingStep::Suspend {
            user_id,
            by,
            reason,
        } => suspend(draft, at, user_id, (by, reason)),
        StandingStep::Resume {
            user_id,
            by,
            reason,
        } => resume(draft, at, user_id, (by, reason)),
    }
}

fn entry((by, reason): (Accessor, Text)) -> AccessBody {
    AccessBody {
        by,
        what: Touched::Suspension,
        reason: Some(reason),
    }
}

fn suspend(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    why: (Accessor, Text),
) -> Result<Changed, Fault> {
    let (by, reason) = why.clone();
    let entry = entry(why);
    if !entry.fits() {
        return Ok(Changed::Full);
    }
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    if person.row.suspended.is_some() {
        return Ok(Changed::Same);
    }
    close(draft, at, &mut person, &reason);
    leaves::note(draft, at, &mut person, &entry)?;
    // Others of a household see nothing of whoever is suspended, from the same commit on.
    household::depart(draft, at, user_id, Way::Closed(by))?;
    Ok(Changed::Done)
}

/// Closes the account of somebody; the caller writes the row.
pub(super) fn close(draft: &mut Draft<'_>, at: Timestamp, person: &mut Person, reason: &Text) {
    let row_key = key::user(Row::User, person.user_id);
    let mut content = purchase::bytes::Writer::default();
    content.text(reason.as_str());
    let sealed = person.seal(draft, &bound_to(&row_key), content.as_slice());
    person.row.suspended = Some(SuspendedRow { since: at, sealed });
}

fn resume(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    why: (Accessor, Text),
) -> Result<Changed, Fault> {
    let entry = entry(why);
    if !entry.fits() {
        return Ok(Changed::Full);
    }
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    // An account that went into another one is not opened again.
    if merger::is_merged(draft, user_id)? {
        return Ok(Changed::Different);
    }
    if person.row.suspended.take().is_none() {
        return Ok(Changed::Same);
    }
    leaves::note(draft, at, &mut person, &entry)?;
    Ok(Changed::Done)
}
