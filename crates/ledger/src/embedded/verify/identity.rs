//! Checks how people come in and what they keep: that each look-up and each session's secret leads to
//! its row and back, that everything sealed opens, and that nothing is there of people who are not.

use super::ahead::Keys;
use super::people::{name, open_profile};
use super::{Inspection, Look, keys, partners};
use crate::embedded::block::Block;
use crate::embedded::engine::Pair;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::leaving::leaving_of;
use crate::embedded::value::identity::{
    AccessBody, AccessRow, Credential, CredentialRow, Leaf, LeafSubject, LookUp, SessionRow,
    SignInRow, decode_leaf_row, decode_leaving,
};
use crate::embedded::value::people::{Opens, UserRow};
use crate::fault::Fault;
use crate::keyring::hex;
use purchase::id::{CredentialId, OwnerId, SessionId, UserId};
use purchase::time::Timestamp;

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    check_sessions(inspection)?;
    check_credentials(inspection)?;
    check_sign_ins(inspection)?;
    check_leaves(inspection)?;
    check_accesses(inspection)?;
    check_leaving(inspection)?;
    check_counts(inspection)
}

fn check_sessions(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let session =
        |row_key: &[u8]| keys::of_person(row_key).map(|(user_id, id)| (user_id, SessionId(id)));
    let mut walk = inspection.walk(Space::Facts, Row::Session, session_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(
            Row::Session,
            &pair,
            session,
            session_name,
            SessionRow::decode,
        )?;
        let Some(((user_id, session_id), row)) = read else {
            continue;
        };
        let has_user = inspection.exists(Space::Facts, &key::user(Row::User, user_id))?;
        let own = Opens::Session {
            user_id,
            session_id,
            expires_at: row.end(),
        };
        let secret_key = key::plain(Row::Secret, &row.hash);
        let opens = inspection.look(Space::Facts, &secret_key, Opens::decode)?;
        let (opens_nothing, opens_other) = match opens {
            Look::There(opens) => (false, opens != own),
            Look::Missing => (true, false),
            Look::Unreadable => (false, false),
        };
        inspection.rules(
            &session_name(&(user_id, session_id)),
            &[
                (!has_user, "its user is not there"),
                (opens_nothing, "its secret opens nothing"),
                (
                    opens_other,
                    "its secret opens other doors, or for another time",
                ),
            ],
        );
    }
    Ok(())
}

/// Does the session know its secret, and until when it opens? With what it is called.
pub(super) fn knows(
    inspection: &Inspection<'_>,
    (user_id, session_id): (UserId, SessionId),
    hash: &[u8; 32],
    until: Timestamp,
) -> Result<(bool, String), Fault> {
    let row_key = key::session(user_id, session_id);
    let row = inspection.look(Space::Facts, &row_key, SessionRow::decode)?;
    let is_known = match row {
        Look::There(row) => row.hash == *hash && row.end() == until,
        Look::Missing => false,
        Look::Unreadable => true,
    };
    Ok((is_known, session_name(&(user_id, session_id))))
}

/// What is sealed in a row of a person, opened; none if that is told elsewhere or here.
pub(super) fn opened<T>(
    inspection: &mut Inspection<'_>,
    user_id: UserId,
    what: &str,
    (row_key, sealed): (&[u8], &[u8]),
    decode: impl FnOnce(&[u8]) -> Result<T, Fault>,
) -> Result<Option<(UserRow, T)>, Fault> {
    let user_key = key::user(Row::User, user_id);
    let row = match inspection.look(Space::Facts, &user_key, UserRow::decode)? {
        Look::There(row) => row,
        Look::Missing => {
            inspection.problem(what, "its user is not there");
            return Ok(None);
        }
        Look::Unreadable => return Ok(None),
    };
    let data_key = inspection.ledger.data_key(OwnerId::User(user_id), row.slot);
    let content = data_key.and_then(|data_key| decode(&data_key.open(row_key, sealed)?));
    let content = inspection.sound(|| what.to_owned(), content)?;
    Ok(content.map(|content| (row, content)))
}

fn check_credentials(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let credential =
        |row_key: &[u8]| keys::of_person(row_key).map(|(user_id, id)| (user_id, CredentialId(id)));
    let mut walk = inspection.walk(Space::Facts, Row::Credential, credential_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(
            Row::Credential,
            &pair,
            credential,
            credential_name,
            CredentialRow::decode,
        )?;
        let Some(((user_id, credential_id), row)) = read else {
            continue;
        };
        let what = credential_name(&(user_id, credential_id));
        let own = SignInRow {
            user_id,
            credential_id,
        };
        let place = key::plain(Row::SignIn, &row.look_up);
        match inspection.look(Space::Facts, &place, SignInRow::decode)? {
            Look::There(found) if found == own => {}
            Look::There(_) => inspection.problem(what.as_str(), "it is found as another one"),
            Look::Missing => inspection.problem(what.as_str(), "nothing leads to it"),
            Look::Unreadable => {}
        }
        let sealed = (&*pair.0, row.sealed.as_slice());
        let content = opened(inspection, user_id, &what, sealed, Credential::decode)?;
        let Some((user, credential)) = content else {
            continue;
        };
        let look_up = match credential {
            Credential::Passkey { id, .. } => Some(LookUp::Passkey(id)),
            Credential::Recovery { hash, .. } => Some(LookUp::Recovery(hash)),
            // A profile that does not open is told with its user.
            Credential::Password { .. } => match open_profile(inspection, user_id, &user) {
                Ok(profile) => profile.email.map(LookUp::Email),
                Err(_) => continue,
            },
        };
        let expected = look_up.map(|by| inspection.ledger.keyed_hash(&by.message()));
        let is_other = expected != Some(row.look_up);
        inspection.rules(
            &what,
            &[(is_other, "it is found by something else than it says")],
        );
    }
    Ok(())
}

fn check_sign_ins(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |hash: &[u8; 32]| format!("sign-in {}", hex(hash));
    let mut walk = inspection.walk(Space::Facts, Row::SignIn, sign_in_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::SignIn, &pair, keys::array, name, SignInRow::decode)?;
        let Some((hash, to)) = read else { continue };
        let place = key::credential(to.user_id, to.credential_id);
        let row = inspection.look(Space::Facts, &place, CredentialRow::decode)?;
        let is_known = match row {
            Look::There(row) => row.look_up == hash,
            Look::Missing => false,
            Look::Unreadable => true,
        };
        let to = credential_name(&(to.user_id, to.credential_id));
        let wrong = format!("it leads to {to}, which does not know it");
        inspection.rules(&name(&hash), &[(!is_known, &wrong)]);
    }
    Ok(())
}

fn check_leaves(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |(user_id, subject, hash): &(UserId, LeafSubject, [u8; 32])| {
        format!("leaf {subject:?} {} of {user_id}", hex(hash))
    };
    let mut walk = inspection.walk(Space::Facts, Row::Leaf, of_person);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::Leaf, &pair, keys::leaf, name, decode_leaf_row)?;
        let Some((taken, sealed)) = read else {
            continue;
        };
        let (what, (user_id, subject, _)) = (name(&taken), taken);
        let sealed = (&*pair.0, sealed.as_slice());
        let content = opened(inspection, user_id, &what, sealed, Leaf::decode)?;
        let Some((_, leaf)) = content else { continue };
        let is_elsewhere = inspection.ledger.leaf_key(user_id, subject, &leaf.of) != *pair.0;
        let is_for_none =
            subject == LeafSubject::Consent && partners::lacks(inspection, user_id, &leaf)?;
        inspection.rules(
            &what,
            &[
                (is_elsewhere, "it is kept under another thing"),
                (is_for_none, "the partner does not know of it"),
            ],
        );
    }
    Ok(())
}

fn check_accesses(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |(user_id, number): &(UserId, u64)| format!("access {number} to data of {user_id}");
    let mut walk = inspection.walk(Space::Facts, Row::Access, of_person);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let access = |row_key: &[u8]| {
            keys::of_person(row_key).map(|(user_id, number)| (user_id, u64::from_be_bytes(number)))
        };
        let read = inspection.read(Row::Access, &pair, access, name, AccessRow::decode)?;
        let Some((taken, row)) = read else { continue };
        let what = name(&taken);
        let sealed = (&*pair.0, row.sealed.as_slice());
        let content = opened(inspection, taken.0, &what, sealed, AccessBody::decode)?;
        let Some((user, _)) = content else { continue };
        let is_beyond = taken.1 == 0 || taken.1 > user.accesses;
        inspection.rules(&what, &[(is_beyond, "its user has not had so many")]);
    }
    Ok(())
}

fn check_leaving(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let leaving_name =
        |(at, user_id): &(Timestamp, UserId)| format!("leaving of {user_id} since {}", at.ms());
    for pair in inspection.rows(Space::Facts, Row::Leaving) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(
            Row::Leaving,
            &pair,
            leaving_of,
            leaving_name,
            decode_leaving,
        )?;
        let Some(((at, user_id), ())) = read else {
            continue;
        };
        let user_key = key::user(Row::User, user_id);
        let stays = match inspection.look(Space::Facts, &user_key, UserRow::decode)? {
            Look::There(row) => row.leaving_at != Some(at),
            Look::Missing => true,
            Look::Unreadable => false,
        };
        inspection.rules(
            &leaving_name(&(at, user_id)),
            &[(stays, "its user does not leave then")],
        );
    }
    Ok(())
}

/// What the rows of people say of all this is held against it.
fn check_counts(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    for pair in inspection.rows(Space::Facts, Row::User) {
        let (row_key, row) = pair?;
        // Rows that do not read were told before.
        let (Ok(id), Ok(row)) = (keys::array::<16>(&row_key), UserRow::decode(&row)) else {
            continue;
        };
        let user_id = UserId(id);
        let leaves = key::user(Row::Leaf, user_id);
        let mut counted = 0_u64;
        for pair in inspection.ledger.engine.prefix(Space::Facts, &leaves) {
            pair?;
            counted += 1;
        }
        let blocks = blocks(inspection, user_id, &row)?;
        let newest = key::access(user_id, row.accesses);
        let lacks_newest = row.accesses > 0 && !inspection.exists(Space::Facts, &newest)?;
        let is_not_noted = match row.leaving_at {
            Some(at) => !inspection.exists(Space::Facts, &key::leaving(at, user_id))?,
            None => false,
        };
        let wrong_count = format!("it counts {} leaves, there are {counted}", row.leaves);
        let wrong_blocks = format!("it counts {} blocks, there are {blocks}", row.blocks);
        inspection.rules(
            &name(&user_id),
            &[
                (counted != row.leaves, &wrong_count),
                (blocks != row.blocks, &wrong_blocks),
                (lacks_newest, "its newest access is not there"),
                (is_not_noted, "nobody is going to notice that it leaves"),
            ],
        );
    }
    Ok(())
}

/// How many stores and chains a person blocks. What does not open is told with the leaves, and is taken to be as
/// counted.
fn blocks(inspection: &Inspection<'_>, user_id: UserId, row: &UserRow) -> Result<u64, Fault> {
    let prefix = key::leaves(user_id, LeafSubject::Blocked.number());
    let Ok(data_key) = inspection.ledger.data_key(OwnerId::User(user_id), row.slot) else {
        return Ok(row.blocks);
    };
    let mut counted = 0;
    for pair in inspection.ledger.engine.prefix(Space::Facts, &prefix) {
        let (row_key, sealed) = pair?;
        let leaf = decode_leaf_row(&sealed)
            .and_then(|sealed| Leaf::decode(&data_key.open(&row_key, &sealed)?));
        match leaf {
            Ok(leaf) => counted += u64::from(Block::of(LeafSubject::Blocked, &leaf).is_some()),
            Err(_) => return Ok(row.blocks),
        }
    }
    Ok(counted)
}

/// The person that a row is of: most rows of people begin with their ids.
fn of_person((row_key, _): &Pair, keys: &mut Keys) {
    let id = row_key.get(1..).and_then(<[u8]>::first_chunk::<16>);
    keys.extend(id.map(|id| key::user(Row::User, UserId(*id))));
}

fn session_leads_to(pair: &Pair, keys: &mut Keys) {
    of_person(pair, keys);
    if let Ok(row) = SessionRow::decode(&pair.1) {
        keys.insert(key::plain(Row::Secret, &row.hash));
    }
}

fn credential_leads_to(pair: &Pair, keys: &mut Keys) {
    of_person(pair, keys);
    if let Ok(row) = CredentialRow::decode(&pair.1) {
        keys.insert(key::plain(Row::SignIn, &row.look_up));
    }
}

fn sign_in_leads_to((_, row): &Pair, keys: &mut Keys) {
    if let Ok(to) = SignInRow::decode(row) {
        keys.insert(key::credential(to.user_id, to.credential_id));
    }
}

fn session_name((user_id, session_id): &(UserId, SessionId)) -> String {
    format!("session {session_id} of {user_id}")
}

fn credential_name((user_id, credential_id): &(UserId, CredentialId)) -> String {
    format!("credential {credential_id} of {user_id}")
}
