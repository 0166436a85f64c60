//! Households: people who show each other what they bought. Who is in which, what each shares and who is
//! invited is decided and read here; no purchase is read or copied.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::leaves;
use super::person::Person;
use super::value::household::{
    HouseholdRow, INVITATIONS_MAX, InvitationRow, MEMBERS_MAX, MemberRow, Sharing,
    decode_household_of, decode_name, encode_household_of, encode_name,
};
use super::value::identity::{AccessBody, Accessor, LeafSubject, Touched, fit};
use crate::account::{Household, HouseholdMember, Invitation};
use crate::fault::Fault;
use crate::write::{Changed, HouseholdStep};
use purchase::bytes::ReadError;
use purchase::id::{HouseholdId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

impl Ledger {
    /// The household that a person is in, with all that are in it; none if the person is in none.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn household_of(&self, user_id: UserId) -> Result<Option<Household>, Fault> {
        let of_key = key::user(Row::HouseholdOf, user_id);
        let found = self
            .engine
            .read(Space::Facts, &of_key, decode_household_of)?;
        match found {
            Some(household_id) => self.household(household_id),
            None => Ok(None),
        }
    }

    /// A household, with all that are in it. Whoever leaves while it is read may be missing.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn household(&self, household_id: HouseholdId) -> Result<Option<Household>, Fault> {
        let row_key = key::household(Row::Household, household_id);
        let row = self
            .engine
            .read(Space::Facts, &row_key, HouseholdRow::decode)?;
        let Some(row) = row else {
            return Ok(None);
        };
        let mut numbered = Vec::new();
        let all = key::household(Row::HouseholdMember, household_id);
        for pair in self.engine.prefix(Space::Facts, &all) {
            let (member_key, member) = pair?;
            let (user_id, member) = (user_of(&member_key)?, MemberRow::decode(&member)?);
            let Some((_, data_key)) = self.user_and_key(user_id)? else {
                continue;
            };
            let name = decode_name(&data_key.open(&member_key, &member.sealed)?)?;
            let shown = HouseholdMember {
                user_id,
                joined_at: member.joined_at,
                sharing: member.sharing,
                name,
            };
            numbered.push((member.number, shown));
        }
        numbered.sort_by_key(|(number, _)| *number);
        let mut invitations = Vec::new();
        for hash in row.invitations {
            invitations.extend(self.invitation(hash)?);
        }
        Ok(Some(Household {
            household_id,
            created_at: row.created_at,
            members: numbered.into_iter().map(|(_, member)| member).collect(),
            invitations,
        }))
    }

    /// The invitation whose secret has this hash, also one that has expired.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn invitation(&self, hash: [u8; 32]) -> Result<Option<Invitation>, Fault> {
        let row_key = key::invitation(&hash);
        let row = self
            .engine
            .read(Space::Facts, &row_key, InvitationRow::decode)?;
        Ok(row.map(|row| Invitation {
            hash,
            household_id: row.household_id,
            user_id: row.user_id,
            expires_at: row.expires_at,
        }))
    }
}

fn user_of(member_key: &[u8]) -> Result<UserId, ReadError> {
    let (_, id) = member_key
        .split_last_chunk::<16>()
        .ok_or(ReadError::Short)?;
    Ok(UserId(*id))
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: HouseholdStep,
) -> Result<Changed, Fault> {
    match step {
        HouseholdStep::Begin {
            user_id,
            household_id,
            name,
        } => begin(draft, at, (user_id, household_id), &name),
        HouseholdStep::Invite {
            user_id,
            hash,
            expires_at,
        } => invite(draft, at, (user_id, hash), expires_at),
        HouseholdStep::TakeBack { user_id, hash } => take_back(draft, user_id, hash),
        HouseholdStep::Join {
            user_id,
            hash,
            name,
        } => join(draft, at, (user_id, hash), &name),
        HouseholdStep::Share { user_id, sharing } => change(draft, user_id, |_, _, row| {
            row.sharing = sharing;
        }),
        HouseholdStep::Rename { user_id, name } => {
            if !fit([&name]) {
                return Ok(Changed::Full);
            }
            rename(draft, user_id, &name)
        }
        HouseholdStep::Leave { user_id } => depart(draft, at, user_id, Way::Own),
        HouseholdStep::SendAway { user_id, whom } => send_away(draft, at, user_id, whom),
    }
}

/// A household within a batch: its id and its row as it will be.
struct Here {
    household_id: HouseholdId,
    row: HouseholdRow,
}

impl Here {
    /// The household that a person is in, as of this batch.
    fn of(draft: &Draft<'_>, user_id: UserId) -> Result<Option<Self>, Fault> {
        let of_key = key::user(Row::HouseholdOf, user_id);
        let Some(household_id) = draft.read(Space::Facts, &of_key, decode_household_of)? else {
            return Ok(None);
        };
        let row_key = key::household(Row::Household, household_id);
        let row = draft.read(Space::Facts, &row_key, HouseholdRow::decode)?;
        let row = row.ok_or_else(|| Fault::damaged(format!("{household_id} is not there")))?;
        Ok(Some(Self { household_id, row }))
    }

    fn put(&self, draft: &mut Draft<'_>) {
        let row_key = key::household(Row::Household, self.household_id);
        draft.put(Space::Facts, row_key, self.row.encode());
    }

    /// Its members, whoever came in first comes first.
    fn members(&self, draft: &Draft<'_>) -> Result<Vec<UserId>, Fault> {
        let all = key::household(Row::HouseholdMember, self.household_id);
        let mut numbered = Vec::new();
        for (member_key, row) in draft.scan(Space::Facts, &all, usize::MAX)? {
            numbered.push((MemberRow::decode(&row)?.number, user_of(&member_key)?));
        }
        numbered.sort_unstable();
        Ok(numbered.into_iter().map(|(_, user_id)| user_id).collect())
    }

    /// Takes the invitations away that `goes` says, and says whether there was one.
    fn take_invitations(
        &mut self,
        draft: &mut Draft<'_>,
        goes: impl Fn(&[u8; 32], &InvitationRow) -> bool,
    ) -> Result<Changed, Fault> {
        let mut changed = Changed::NotFound;
        let mut kept = Vec::new();
        for hash in std::mem::take(&mut self.row.invitations) {
            let row_key = key::invitation(&hash);
            match draft.read(Space::Facts, &row_key, InvitationRow::decode)? {
                Some(row) if !goes(&hash, &row) => kept.push(hash),
                Some(_) | None => {
                    draft.take(Space::Facts, row_key);
                    changed = Changed::Done;
                }
            }
        }
        self.row.invitations = kept;
        Ok(changed)
    }

    /// Makes a person its newest member, who shares nothing yet. The others are told.
    fn let_in(
        mut self,
        draft: &mut Draft<'_>,
        at: Timestamp,
        person: &mut Person,
        name: &Text,
    ) -> Result<(), Fault> {
        let others = self.members(draft)?;
        self.row.joined += 1;
        let member_key = key::household_member(self.household_id, person.user_id);
        let row = MemberRow {
            number: self.row.joined,
            joined_at: at,
            sharing: Sharing::Chosen,
            sealed: person.seal(draft, &member_key, &encode_name(name)),
        };
        draft.put(Space::Facts, member_key, row.encode());
        let of_key = key::user(Row::HouseholdOf, person.user_id);
        draft.put(Space::Facts, of_key, encode_household_of(self.household_id));
        self.put(draft);
        let joined = (Accessor::Person, Touched::HouseholdJoined);
        leaves::note(draft, at, person, &entry(joined))?;
        tell(draft, at, &others)
    }
}

fn entry((by, what): (Accessor, Touched)) -> AccessBody {
    AccessBody {
        by,
        what,
        reason: None,
    }
}

/// Writes into the access logs of those who were there before that somebody came in. That somebody goes
/// is not told: it is one less who looks.
fn tell(draft: &mut Draft<'_>, at: Timestamp, others: &[UserId]) -> Result<(), Fault> {
    for user_id in others {
        if let Some(mut person) = Person::find(draft, *user_id)? {
            let joined = (Accessor::Household, Touched::HouseholdJoined);
            leaves::note(draft, at, &mut person, &entry(joined))?;
        }
    }
    Ok(())
}

/// Somebody who may come in: whose account is closed is seen in no household.
fn found(draft: &Draft<'_>, user_id: UserId) -> Result<Option<Person>, Fault> {
    let person = Person::find(draft, user_id)?;
    Ok(person.filter(|person| person.row.suspended.is_none()))
}

fn begin(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (user_id, household_id): (UserId, HouseholdId),
    name: &Text,
) -> Result<Changed, Fault> {
    if !fit([name]) {
        return Ok(Changed::Full);
    }
    let Some(mut person) = found(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    match Here::of(draft, user_id)? {
        // Written again because the first answer was lost.
        Some(here) if here.household_id == household_id => return Ok(Changed::Same),
        Some(_) => return Ok(Changed::Different),
        None => {}
    }
    let row_key = key::household(Row::Household, household_id);
    if draft.get(Space::Facts, &row_key)?.is_some() {
        return Ok(Changed::Different);
    }
    let row = HouseholdRow {
        created_at: at,
        joined: 0,
        invitations: Vec::new(),
    };
    let here = Here { household_id, row };
    here.let_in(draft, at, &mut person, name)?;
    Ok(Changed::Done)
}

fn invite(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (user_id, hash): (UserId, [u8; 32]),
    expires_at: Timestamp,
) -> Result<Changed, Fault> {
    let Some(mut here) = Here::of(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let row_key = key::invitation(&hash);
    let row = InvitationRow {
        household_id: here.household_id,
        user_id,
        expires_at,
    };
    match draft.read(Space::Facts, &row_key, InvitationRow::decode)? {
        Some(known) if known == row => return Ok(Changed::Same),
        Some(_) => return Ok(Changed::Different),
        None => {}
    }
    here.take_invitations(draft, |_, row| row.expires_at <= at)?;
    if here.row.invitations.len() >= INVITATIONS_MAX {
        return Ok(Changed::Full);
    }
    here.row.invitations.push(hash);
    here.put(draft);
    draft.put(Space::Facts, row_key, row.encode());
    Ok(Changed::Done)
}

fn take_back(draft: &mut Draft<'_>, user_id: UserId, hash: [u8; 32]) -> Result<Changed, Fault> {
    let Some(mut here) = Here::of(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let changed = here.take_invitations(draft, |known, _| *known == hash)?;
    here.put(draft);
    Ok(changed)
}

fn join(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (user_id, hash): (UserId, [u8; 32]),
    name: &Text,
) -> Result<Changed, Fault> {
    if !fit([name]) {
        return Ok(Changed::Full);
    }
    let row_key = key::invitation(&hash);
    let row = draft.read(Space::Facts, &row_key, InvitationRow::decode)?;
    let row = row.filter(|row| row.expires_at > at);
    let (Some(row), Some(mut person)) = (row, found(draft, user_id)?) else {
        return Ok(Changed::NotFound);
    };
    if Here::of(draft, user_id)?.is_some() {
        return Ok(Changed::Different);
    }
    // Who invites is in the household: an invitation goes with whoever made it.
    let Some(mut here) = Here::of(draft, row.user_id)? else {
        return Err(Fault::damaged(
            "an invitation of somebody who is in no household",
        ));
    };
    if here.members(draft)?.len() >= MEMBERS_MAX {
        return Ok(Changed::Full);
    }
    here.take_invitations(draft, |known, _| *known == hash)?;
    here.let_in(draft, at, &mut person, name)?;
    Ok(Changed::Done)
}

/// Changes what is written of a member.
fn change(
    draft: &mut Draft<'_>,
    user_id: UserId,
    change: impl FnOnce(&mut Draft<'_>, &[u8], &mut MemberRow),
) -> Result<Changed, Fault> {
    let Some(here) = Here::of(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let member_key = key::household_member(here.household_id, user_id);
    let Some(old) = draft.read(Space::Facts, &member_key, MemberRow::decode)? else {
        return Err(Fault::damaged("a household does not know its member"));
    };
    let mut row = old.clone();
    change(draft, &member_key, &mut row);
    if row == old {
        return Ok(Changed::Same);
    }
    draft.put(Space::Facts, member_key, row.encode());
    Ok(Changed::Done)
}

fn rename(draft: &mut Draft<'_>, user_id: UserId, name: &Text) -> Result<Changed, Fault> {
    let Some(person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    change(draft, user_id, |draft, member_key, row| {
        row.sealed = person.seal(draft, member_key, &encode_name(name));
    })
}

fn send_away(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    whom: UserId,
) -> Result<Changed, Fault> {
    let Some(here) = Here::of(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let members = here.members(draft)?;
    if !members.contains(&whom) {
        return Ok(Changed::NotFound);
    }
    if members.first() != Some(&user_id) || whom == user_id {
        return Ok(Changed::Different);
    }
    depart(draft, at, whom, Way::SentAway)
}

/// How somebody goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By an own wish.
    Own,
    /// Sent away by another member.
    SentAway,
    /// With an account that an operator closed.
    Closed(Accessor),
    /// With the whole account, of which nothing is left to write into.
    Erased,
}

/// Takes a person out of the household that the person is in: from this commit on nothing of the person is
/// seen there, nothing of the others is seen by the person, and what was chosen for it is chosen no more.
/// What the person invited goes along, and with the last member the household.
pub(crate) fn depart(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    way: Way,
) -> Result<Changed, Fault> {
    let Some(mut here) = Here::of(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let member_key = key::household_member(here.household_id, user_id);
    draft.take(Space::Facts, member_key);
    draft.take(Space::Facts, key::user(Row::HouseholdOf, user_id));
    here.take_invitations(draft, |_, row| row.user_id == user_id)?;
    if here.members(draft)?.is_empty() {
        here.take_invitations(draft, |_, _| true)?;
        let row_key = key::household(Row::Household, here.household_id);
        draft.take(Space::Facts, row_key);
    } else {
        here.put(draft);
    }
    let by = match way {
        Way::Own => Some(Accessor::Person),
        Way::SentAway => Some(Accessor::Household),
        Way::Closed(by) => Some(by),
        Way::Erased => None,
    };
    if let (Some(by), Some(mut person)) = (by, Person::find(draft, user_id)?) {
        leaves::take_subject(draft, &mut person, LeafSubject::Shared)?;
        leaves::note(draft, at, &mut person, &entry((by, Touched::HouseholdLeft)))?;
    }
    Ok(Changed::Done)
}
