//! Browsers in which people are signed in. What a session opens is its secret's row; whether it is
//! still open is judged by the clock of whoever asks, and never here.

use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::value::identity::{Session, SessionRow, fit};
use super::value::people::Opens;
use super::{Ledger, tokens};
use crate::fault::Fault;
use crate::write::{Changed, NewSession, SessionStep};
use purchase::bytes::ReadError;
use purchase::id::{SessionId, UserId};
use purchase::time::Timestamp;

/// Sessions of one person, at most.
const SESSIONS_MAX: usize = 64;

impl Ledger {
    /// The browsers in which a person is signed in, also those that have ended and were not cleared
    /// away; the one that was seen last comes first.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn sessions(&self, user_id: UserId) -> Result<Vec<Session>, Fault> {
        let all = key::user(Row::Session, user_id);
        let mut found = self
            .engine
            .prefix(Space::Facts, &all)
            .map(|pair| {
                let (row_key, row) = pair?;
                let row = SessionRow::decode(&row)?;
                Ok(Session {
                    session_id: session_of(&row_key)?,
                    label: row.label,
                    created_at: row.created_at,
                    last_seen: row.last_seen,
                    expires_at: row.expires_at,
                    ends_at: row.ends_at,
                })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        found.sort_by_key(|session| (std::cmp::Reverse(session.last_seen), session.session_id));
        Ok(found)
    }
}

fn session_of(row_key: &[u8]) -> Result<SessionId, ReadError> {
    let (_, id) = row_key.split_last_chunk::<16>().ok_or(ReadError::Short)?;
    Ok(SessionId(*id))
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: SessionStep,
) -> Result<Changed, Fault> {
    match step {
        SessionStep::Open { user_id, session } => add(draft, at, user_id, session),
        SessionStep::Seen {
            user_id,
            session_id,
            at,
            expires_at,
        } => seen(draft, (user_id, session_id), at, expires_at),
        SessionStep::Close {
            user_id,
            session_id,
        } => {
            let row_key = key::session(user_id, session_id);
            let Some(row) = draft.read(Space::Facts, &row_key, SessionRow::decode)? else {
                return Ok(Changed::NotFound);
            };
            take(draft, row_key, &row);
            Ok(Changed::Done)
        }
        SessionStep::CloseAll { user_id, except } => {
            let mut changed = Changed::Same;
            for (row_key, row) in all(draft, user_id)? {
                if Some(session_of(&row_key)?) != except {
                    take(draft, row_key, &row);
                    changed = Changed::Done;
                }
            }
            Ok(changed)
        }
        SessionStep::Revoke { user_id, token_id } => tokens::revoke_own(draft, user_id, token_id),
    }
}

fn all(draft: &Draft<'_>, user_id: UserId) -> Result<Vec<(Vec<u8>, SessionRow)>, Fault> {
    let prefix = key::user(Row::Session, user_id);
    let rows = draft.scan(Space::Facts, &prefix, usize::MAX)?;
    rows.into_iter()
        .map(|(row_key, row)| Ok((row_key, SessionRow::decode(&row)?)))
        .collect()
}

/// Whether a session can be opened: [`Changed::Done`], or what opening it would be answered.
pub(super) fn can_open(
    draft: &Draft<'_>,
    user_id: UserId,
    session: &NewSession,
) -> Result<Changed, Fault> {
    if !fit([&session.label]) {
        return Ok(Changed::Full);
    }
    let user_key = key::user(Row::User, user_id);
    if draft.get(Space::Facts, &user_key)?.is_none() {
        return Ok(Changed::NotFound);
    }
    let row_key = key::session(user_id, session.session_id);
    let known = draft.read(Space::Facts, &row_key, SessionRow::decode)?;
    if let Some(known) = known {
        return Ok(match known.hash == session.hash {
            true => Changed::Same,
            false => Changed::Different,
        });
    }
    let secret_key = key::plain(Row::Secret, &session.hash);
    let is_taken = draft.get(Space::Facts, &secret_key)?.is_some();
    Ok(match is_taken {
        true => Changed::Different,
        false => Changed::Done,
    })
}

pub(super) fn add(
    draft: &mut Draft<'_>,
    at: Timestamp,
    user_id: UserId,
    session: NewSession,
) -> Result<Changed, Fault> {
    let can_open = can_open(draft, user_id, &session)?;
    if can_open != Changed::Done {
        return Ok(can_open);
    }
    let (mut open, ended): (Vec<_>, Vec<_>) = all(draft, user_id)?
        .into_iter()
        .partition(|(_, row)| row.end() > at);
    open.sort_by_key(|(_, row)| std::cmp::Reverse(row.last_seen));
    let beyond = open.split_off(open.len().min(SESSIONS_MAX - 1));
    for (row_key, row) in ended.into_iter().chain(beyond) {
        take(draft, row_key, &row);
    }
    put(draft, at, user_id, session);
    Ok(Changed::Done)
}

/// Writes a session of which it is known that it is new, as is its person.
pub(super) fn put(draft: &mut Draft<'_>, at: Timestamp, user_id: UserId, session: NewSession) {
    let session_id = session.session_id;
    let row = SessionRow {
        hash: session.hash,
        label: session.label,
        created_at: at,
        last_seen: at,
        expires_at: session.expires_at,
        ends_at: session.ends_at,
    };
    put_row(draft, user_id, session_id, &row);
}

fn put_row(draft: &mut Draft<'_>, user_id: UserId, session_id: SessionId, row: &SessionRow) {
    let opens = Opens::Session {
        user_id,
        session_id,
        expires_at: row.end(),
    };
    let secret_key = key::plain(Row::Secret, &row.hash);
    draft.put(Space::Facts, secret_key, opens.encode());
    let row_key = key::session(user_id, session_id);
    draft.put(Space::Facts, row_key, row.encode());
}

fn seen(
    draft: &mut Draft<'_>,
    (user_id, session_id): (UserId, SessionId),
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<Changed, Fault> {
    let row_key = key::session(user_id, session_id);
    let Some(row) = draft.read(Space::Facts, &row_key, SessionRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    // Of two requests at once the later one counts, whichever comes first.
    if at <= row.last_seen {
        return Ok(Changed::Same);
    }
    let row = SessionRow {
        last_seen: at,
        expires_at,
        ..row
    };
    put_row(draft, user_id, session_id, &row);
    Ok(Changed::Done)
}

fn take(draft: &mut Draft<'_>, row_key: Vec<u8>, row: &SessionRow) {
    draft.take(Space::Facts, key::plain(Row::Secret, &row.hash));
    draft.take(Space::Facts, row_key);
}

/// Takes everything away that lets a person in by a browser.
pub(super) fn take_all(draft: &mut Draft<'_>, user_id: UserId) -> Result<(), Fault> {
    for (row_key, row) in all(draft, user_id)? {
        take(draft, row_key, &row);
    }
    Ok(())
}
