//! Keys by which programs read people's accounts: how they come, who sees that they are there, and how they
//! end. A person is told of each that somebody else made; what a key is used for is not known here.

use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::person::Person;
use super::value::codes::encode_listed;
use super::value::identity::{AccessBody, Touched};
use super::value::people::{Opens, TokenRow};
use super::{Ledger, leaves, operators};
use crate::account::PersonKey;
use crate::fault::Fault;
use crate::write::{Changed, NewToken};
use purchase::bytes::ReadError;
use purchase::id::{TokenId, UserId};
use purchase::time::Timestamp;

impl Ledger {
    /// The keys by which programs read a person's account, oldest first. Only of somebody who came before they
    /// were listed, those of all people are looked through.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn person_keys(&self, user_id: UserId) -> Result<Vec<PersonKey>, Fault> {
        let list = key::user(Row::TokenOf, user_id);
        let listed = self.engine.prefix(Space::Facts, &list);
        let listed = listed.map(|pair| Ok(pair?.0.to_vec()));
        let listed = listed.collect::<Result<Vec<_>, Fault>>()?;
        let mut found = match listed.contains(&key::all_tokens_of(user_id)) {
            true => self.listed_keys(&listed)?,
            false => self.keys_not_listed(user_id)?,
        };
        found.sort_by_key(|known| (known.created_at, known.token_id));
        Ok(found)
    }

    fn listed_keys(&self, listed: &[Vec<u8>]) -> Result<Vec<PersonKey>, Fault> {
        let mut found = Vec::new();
        for listed_key in listed {
            let token_id = token_of(listed_key)?;
            let row_key = key::token(token_id);
            // The list's own mark is no key, and one that was taken away this moment is gone.
            if let Some(row) = self.engine.read(Space::Facts, &row_key, TokenRow::decode)? {
                found.push(known(token_id, &row));
            }
        }
        Ok(found)
    }

    fn keys_not_listed(&self, user_id: UserId) -> Result<Vec<PersonKey>, Fault> {
        let mut found = Vec::new();
        for pair in self.engine.prefix(Space::Facts, &[key::number(Row::Token)]) {
            let (row_key, row) = pair?;
            let row = TokenRow::decode(&row)?;
            if row.user_id == user_id {
                found.push(known(token_of(&row_key)?, &row));
            }
        }
        Ok(found)
    }
}

const fn known(token_id: TokenId, row: &TokenRow) -> PersonKey {
    PersonKey {
        token_id,
        created_at: row.created_at,
    }
}

/// The key that the end of a row's key names.
fn token_of(row_key: &[u8]) -> Result<TokenId, ReadError> {
    let (_, token_id) = row_key.split_last_chunk().ok_or(ReadError::Short)?;
    Ok(TokenId(*token_id))
}

/// Writes a key of which it is known that it is new, as is its person or what the person is told of it.
pub(super) fn put(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    (token_id, hash): (TokenId, [u8; 32]),
) {
    let row = TokenRow {
        user_id,
        hash,
        created_at: at,
    };
    draft.put(Space::Facts, key::token(token_id), row.encode());
    let listed = key::token_of(user_id, token_id);
    draft.put(Space::Facts, listed, encode_listed());
    let opens = Opens::User { user_id, token_id };
    draft.put(Space::Facts, key::plain(Row::Secret, &hash), opens.encode());
}

/// Adds a key, and writes into the person's access log who made it, and why.
pub(crate) fn add(draft: &mut Draft<'_>, at: Timestamp, token: NewToken) -> Result<Changed, Fault> {
    let (user_id, token_id, hash) = (token.user_id, token.token_id, token.hash);
    let entry = AccessBody {
        by: token.by,
        what: Touched::TokenMade,
        reason: Some(token.reason),
    };
    if !entry.fits() {
        return Ok(Changed::Full);
    }
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    // Written again because the first answer was lost, it was told before.
    if let Some(row) = draft.read(Space::Facts, &key::token(token_id), TokenRow::decode)? {
        return Ok(match (row.user_id, row.hash) == (user_id, hash) {
            true => Changed::Same,
            false => Changed::Different,
        });
    }
    put(draft, at, user_id, (token_id, hash));
    leaves::note(draft, at, &mut person, &entry)?;
    Ok(Changed::Done)
}

/// Takes a key away, a person's or an operator's.
pub(crate) fn revoke(draft: &mut Draft<'_>, token_id: TokenId) -> Result<Changed, Fault> {
    match draft.read(Space::Facts, &key::token(token_id), TokenRow::decode)? {
        Some(row) => {
            take(draft, token_id, &row);
            Ok(Changed::Done)
        }
        None => operators::revoke(draft, token_id),
    }
}

/// Takes a key away from a program, as its person wishes.
pub(super) fn revoke_own(
    draft: &mut Draft<'_>,
    user_id: UserId,
    token_id: TokenId,
) -> Result<Changed, Fault> {
    match draft.read(Space::Facts, &key::token(token_id), TokenRow::decode)? {
        Some(row) if row.user_id == user_id => {
            take(draft, token_id, &row);
            Ok(Changed::Done)
        }
        Some(_) | None => Ok(Changed::NotFound),
    }
}

/// Takes all keys of a person away. Only of somebody who came before they were listed, those of all people
/// are looked through.
pub(super) fn take_all(draft: &mut Draft<'_>, user_id: UserId) -> Result<(), Fault> {
    let all_listed = key::all_tokens_of(user_id);
    let listed = draft.scan(Space::Facts, &key::user(Row::TokenOf, user_id), usize::MAX)?;
    let is_whole = listed.iter().any(|(listed, _)| *listed == all_listed);
    for (listed, _) in listed {
        let token_id = token_of(&listed)?;
        if let Some(row) = draft.read(Space::Facts, &key::token(token_id), TokenRow::decode)? {
            take(draft, token_id, &row);
        }
        draft.take(Space::Facts, listed);
    }
    if is_whole {
        return Ok(());
    }
    for (row_key, row) in draft.scan(Space::Facts, &[key::number(Row::Token)], usize::MAX)? {
        let row = TokenRow::decode(&row)?;
        if row.user_id == user_id {
            take(draft, token_of(&row_key)?, &row);
        }
    }
    Ok(())
}

fn take(draft: &mut Draft<'_>, token_id: TokenId, row: &TokenRow) {
    draft.take(Space::Facts, key::token_of(row.user_id, token_id));
    draft.take(Space::Facts, key::plain(Row::Secret, &row.hash));
    draft.take(Space::Facts, key::token(token_id));
}
