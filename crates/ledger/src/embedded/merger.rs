//! Making one account of two: all that is somebody's in one account goes into another one, in steps of which
//! each is a commit, and what comes for the old account is the other's from the first step on. A crash
//! between two steps loses nothing: where it goes on is what is left in the old account. How people came in
//! to the old account, what they wanted of it and whom they let see it does not go along.

use super::admin;
use super::draft::Draft;
use super::engine::Engine;
use super::household::{self, Way};
use super::key::{self, Kind as Row, Space};
use super::leaves;
use super::member;
use super::person::Person;
use super::value::identity::{AccessBody, Accessor, Touched};
use super::value::merger::{MergerRow, Stage};
use super::value::people::{AccountRow, ErasedRow, UserRow};
use super::{Ledger, sessions, sign_in, standing};
use crate::account::Merger;
use crate::fault::Fault;
use crate::write::{MergeStep, Merging, Unmergeable};
use purchase::bytes::ReadError;
use purchase::id::{OwnerId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

mod parts;

/// How long the old account is kept once all has moved: what another server was about to file in it, in the
/// moment in which it began, comes within seconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Accounts that went into one another, at most, before the last is no longer looked for.
const HOPS_MAX: usize = 64;

impl Ledger {
    /// The merger by which an account went into another one; none if it did not.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn merger(&self, user_id: UserId) -> Result<Option<Merger>, Fault> {
        let row_key = key::user(Row::Merger, user_id);
        let is_certain = match &self.engine {
            Engine::Fjall(_) => self.hot.is_absent(&row_key),
            Engine::Tables(_) => false,
        };
        if is_certain {
            return Ok(None);
        }
        let row = self
            .engine
            .read(Space::Facts, &row_key, MergerRow::decode)?;
        Ok(row.map(told))
    }

    /// Whom an id leads to: the person itself, or whoever has that person's account now.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn heir(&self, user_id: UserId) -> Result<UserId, Fault> {
        follow(user_id, |user_id| {
            Ok(self.merger(user_id)?.map(|merger| merger.into))
        })
    }

    /// The accounts of which something may still have to move, or whose key is still to go: at most `limit`.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn mergers_left(&self, limit: usize) -> Result<Vec<(UserId, Merger)>, Fault> {
        let mut left = Vec::new();
        for pair in self
            .engine
            .prefix(Space::Facts, &[key::number(Row::Merger)])
        {
            let (row_key, row) = pair?;
            let merger = told(MergerRow::decode(&row)?);
            match merger.stage {
                Stage::Moving | Stage::Emptied(_) => left.push((person_of(&row_key)?, merger)),
                Stage::Closed(_) => {}
            }
            if left.len() >= limit {
                break;
            }
        }
        Ok(left)
    }
}

const fn told(row: MergerRow) -> Merger {
    Merger {
        into: row.into,
        begun_at: row.begun_at,
        purchases: row.purchases,
        stage: row.stage,
    }
}

fn person_of(row_key: &[u8]) -> Result<UserId, ReadError> {
    let id = row_key.get(1..).and_then(|id| id.try_into().ok());
    Ok(UserId(id.ok_or(ReadError::Short)?))
}

/// The end of the way from one account into the next. An account that went into another never takes one in,
/// so that no way leads back.
fn follow(
    user_id: UserId,
    next: impl Fn(UserId) -> Result<Option<UserId>, Fault>,
) -> Result<UserId, Fault> {
    let mut at = user_id;
    for _ in 0..HOPS_MAX {
        match next(at)? {
            Some(into) => at = into,
            None => return Ok(at),
        }
    }
    Ok(at)
}

fn read(draft: &Draft<'_>, user_id: UserId) -> Result<Option<MergerRow>, Fault> {
    let row_key = key::user(Row::Merger, user_id);
    draft.read(Space::Facts, &row_key, MergerRow::decode)
}

fn put(draft: &mut Draft<'_>, user_id: UserId, row: MergerRow) {
    draft.put(Space::Facts, key::user(Row::Merger, user_id), row.encode());
}

/// Did the account go into another one?
pub(super) fn is_merged(draft: &Draft<'_>, user_id: UserId) -> Result<bool, Fault> {
    Ok(read(draft, user_id)?.is_some())
}

/// Who has the account of somebody now; none if it went into no other, or that is not there any more.
pub(super) fn heir(draft: &Draft<'_>, user_id: UserId) -> Result<Option<(UserId, UserRow)>, Fault> {
    let heir = follow(user_id, |user_id| {
        Ok(read(draft, user_id)?.map(|row| row.into))
    })?;
    if heir == user_id {
        return Ok(None);
    }
    Ok(member::person(draft, heir)?.map(|row| (heir, row)))
}

/// The person to whom a reference leads that was given to `user_id`; none if nobody is there any more.
pub(super) fn found_by_reference(
    draft: &Draft<'_>,
    user_id: UserId,
) -> Result<Option<UserId>, Fault> {
    match is_merged(draft, user_id)? {
        false => Ok(Some(user_id)),
        true => Ok(heir(draft, user_id)?.map(|(heir, _)| heir)),
    }
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: MergeStep,
) -> Result<Merging, Fault> {
    match step {
        MergeStep::Begin {
            from,
            into,
            by,
            reason,
        } => begin(draft, at, (from, into), (by, reason)),
        MergeStep::GoOn { from } => go_on(draft, at, from),
    }
}

fn begin(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (from, into): (UserId, UserId),
    (by, reason): (Accessor, Text),
) -> Result<Merging, Fault> {
    if from == into {
        return Ok(Merging::Refused(Unmergeable::Itself));
    }
    if let Some(row) = read(draft, from)? {
        return Ok(match (row.into == into, row.stage) {
            (true, Stage::Moving) => Merging::Going,
            (true, Stage::Emptied(_) | Stage::Closed(_)) => Merging::Done,
            (false, _) => Merging::Refused(Unmergeable::Merged(from)),
        });
    }
    if is_merged(draft, into)? {
        return Ok(Merging::Refused(Unmergeable::Merged(into)));
    }
    let entry = AccessBody {
        by: by.clone(),
        what: Touched::Merger,
        reason: Some(reason.clone()),
    };
    if !entry.fits() {
        return Ok(Merging::Refused(Unmergeable::Reason));
    }
    let (mut old, mut new) = match (find(draft, from)?, find(draft, into)?) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(why), _) | (_, Err(why)) => return Ok(Merging::Refused(why)),
    };
    standing::close(draft, at, &mut old, &reason);
    leaves::note(draft, at, &mut old, &entry)?;
    leaves::note(draft, at, &mut new, &entry)?;
    // Nothing is filed meanwhile from a shop that the person did not want to file.
    parts::move_blocks(draft, &mut old, &mut new)?;
    parts::copy_marks(draft, &old, &mut new)?;
    household::depart(draft, at, from, Way::Closed(by))?;
    // Nobody comes in to the old account any more; its tokens go with its key, and open nothing until then.
    sessions::take_all(draft, from)?;
    sign_in::take_all(draft, from)?;
    let account_key = key::user(Row::Account, from);
    let account = draft.read(Space::Facts, &account_key, AccountRow::decode)?;
    let row = MergerRow {
        into,
        begun_at: at,
        purchases: account.map_or(0, |account| account.tally.settlements),
        stage: Stage::Moving,
    };
    put(draft, from, row);
    Ok(Merging::Begun)
}

/// Somebody whose account can take part; or why it cannot.
fn find(draft: &Draft<'_>, user_id: UserId) -> Result<Result<Person, Unmergeable>, Fault> {
    let Some(person) = Person::find(draft, user_id)? else {
        return Ok(Err(Unmergeable::Unknown(user_id)));
    };
    Ok(match (&person.row.suspended, person.row.leaving_at) {
        (Some(_), _) => Err(Unmergeable::Suspended(user_id)),
        (None, Some(_)) => Err(Unmergeable::Leaving(user_id)),
        (None, None) => Ok(person),
    })
}

/// Moves the next part. What somebody has whose new account was erased meanwhile is erased with it.
fn go_on(draft: &mut Draft<'_>, at: Timestamp, from: UserId) -> Result<Merging, Fault> {
    let Some(row) = read(draft, from)? else {
        return Ok(Merging::Refused(Unmergeable::Unknown(from)));
    };
    let since = match row.stage {
        Stage::Moving => None,
        Stage::Emptied(since) => Some(since),
        Stage::Closed(_) => return Ok(Merging::Done),
    };
    let old = Person::find(draft, from)?;
    let new = match heir(draft, from)? {
        Some((heir, _)) => Person::find(draft, heir)?,
        None => None,
    };
    let (Some(old), Some(new)) = (old, new) else {
        return close(draft, at, from, row);
    };
    if parts::move_some(draft, (old, new), row.begun_at)? > 0 {
        let stage = Stage::Moving;
        if row.stage != stage {
            put(draft, from, MergerRow { stage, ..row });
        }
        return Ok(Merging::Going);
    }
    match since {
        None => {
            let stage = Stage::Emptied(at);
            put(draft, from, MergerRow { stage, ..row });
        }
        Some(since) if since.plus_ms(KEPT_MS) <= at => return close(draft, at, from, row),
        Some(_) => {}
    }
    Ok(Merging::Done)
}

/// Takes the old account away, and its key.
fn close(
    draft: &mut Draft<'_>,
    at: Timestamp,
    from: UserId,
    row: MergerRow,
) -> Result<Merging, Fault> {
    admin::erase(draft, at, from)?;
    let erased_key = key::erased(OwnerId::User(from));
    let record = draft.read(Space::Facts, &erased_key, ErasedRow::decode)?;
    let stage = Stage::Closed(record.map_or(at, |record| record.at));
    put(draft, from, MergerRow { stage, ..row });
    Ok(Merging::Done)
}
