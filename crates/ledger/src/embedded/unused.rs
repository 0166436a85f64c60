//! Accounts that nobody used and nobody can come into any more: begun in a browser with one button, and left.
//! Of each it is proven that nothing is lost with it. How long is long enough, the caller says.

use super::draft::{Committed, Draft};
use super::key::{self, Kind as Row, Space};
use super::member::listed_code;
use super::person::Person;
use super::value::Tally;
use super::value::identity::SessionRow;
use super::value::people::{AccountRow, UserRow};
use super::{Ledger, admin, claim};
use crate::fault::Fault;
use crate::profile::Profile;
use crate::write::Changed;
use purchase::bytes::ReadError;
use purchase::id::UserId;
use purchase::time::Timestamp;

/// People who were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// Those whose accounts nobody used.
    pub people: Vec<UserId>,
    /// Behind whom the next look begins; none when all were looked at.
    pub next: Option<UserId>,
}

impl Ledger {
    /// Looks at `limit` people behind `after`, and tells whose accounts nobody used or could come into since
    /// before `before`. Who is told may have come since: the erasure looks again.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read or opened.
    pub fn unused(
        &self,
        before: Timestamp,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Unused, Fault> {
        let all = [key::number(Row::User)];
        let from = after.map_or_else(
            || all.to_vec(),
            |user_id| key::after(&key::user(Row::User, user_id)),
        );
        let mut looked_at = Vec::new();
        let rows = self.engine.range(Space::Facts, from, key::after(&all));
        for pair in rows.take(limit) {
            let (row_key, _) = pair?;
            let (_, id) = row_key.split_last_chunk().ok_or(ReadError::Short)?;
            looked_at.push(UserId(*id));
        }
        let next = looked_at.last().copied();
        let next = next.filter(|_| looked_at.len() == limit);
        let draft = Draft::new(self, Committed::Engine(&self.engine));
        let mut people = Vec::new();
        for user_id in looked_at {
            if is_unused(&draft, user_id, before)? {
                people.push(user_id);
            }
        }
        Ok(Unused { people, next })
    }
}

/// Erases somebody whose account nobody used. Who came meanwhile is left alone.
pub(super) fn erase_unused(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    before: Timestamp,
) -> Result<Changed, Fault> {
    let user_key = key::user(Row::User, user_id);
    let is_there = draft.get(Space::Facts, &user_key)?.is_some();
    // Whose row is gone may have been erased by us, with the answer lost.
    match !is_there || is_unused(draft, user_id, before)? {
        true => admin::erase(draft, at, user_id),
        false => Ok(Changed::Different),
    }
}

/// Nothing was bought, kept, asked for or written down, no way in is left, and no code is out by which
/// something could still come. What costs least to look at comes first.
fn is_unused(draft: &Draft<'_>, user_id: UserId, before: Timestamp) -> Result<bool, Fault> {
    let user_key = key::user(Row::User, user_id);
    let Some(row) = draft.read(Space::Facts, &user_key, UserRow::decode)? else {
        return Ok(false);
    };
    // What is suspended was looked into, and what goes into another account is erased when that is done.
    let is_bare =
        row.leaving_at.is_none() && row.suspended.is_none() && row.leaves == 0 && row.accesses == 0;
    if row.created_at >= before || !is_bare {
        return Ok(false);
    }
    let account_key = key::user(Row::Account, user_id);
    let account = draft.read(Space::Facts, &account_key, AccountRow::decode)?;
    if account.is_none_or(|account| account.sequence > 0 || account.tally != Tally::default()) {
        return Ok(false);
    }
    let kinds = [Row::Credential, Row::Missing, Row::HouseholdOf, Row::Filed];
    for kind in kinds {
        let any = draft.scan(Space::Facts, &key::user(kind, user_id), 1)?;
        if !any.is_empty() {
            return Ok(false);
        }
    }
    if claim::was_wanted_since(draft, user_id, before)? {
        return Ok(false);
    }
    // Of whom keys are not listed it is not known whether there are any.
    let keys = draft.scan(Space::Facts, &key::user(Row::TokenOf, user_id), 2)?;
    let all_listed = key::all_tokens_of(user_id);
    if keys.len() != 1 || keys.iter().any(|(listed, _)| *listed != all_listed) {
        return Ok(false);
    }
    for (_, row) in draft.scan(Space::Facts, &key::user(Row::Session, user_id), usize::MAX)? {
        if SessionRow::decode(&row)?.end() >= before {
            return Ok(false);
        }
    }
    let codes = key::user(Row::MemberCodeOf, user_id);
    for (listed, _) in draft.scan(Space::Facts, &codes, usize::MAX)? {
        let (_, _, expires_at, _) = listed_code(&listed)?;
        if expires_at >= before {
            return Ok(false);
        }
    }
    let person = Person::find(draft, user_id)?;
    let profile = person.map(|person| person.profile()).transpose()?;
    Ok(profile == Some(Profile::default()))
}
