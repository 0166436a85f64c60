//! Checks people, the references and secrets that lead to them, and that nothing of an erased
//! person is left to open.

use super::ahead::Keys;
use super::{Inspection, Look, differences, identity, keys, mergers, partners, stores};
use crate::embedded::Ledger;
use crate::embedded::engine::{Engine, Pair};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::operators::audit_of;
use crate::embedded::prepare::owner_text;
use crate::embedded::standing::{bound_to, read_reason};
use crate::embedded::value::Tally;
use crate::embedded::value::codes::decode_listed;
use crate::embedded::value::operator::{Note, OperatorRow};
use crate::embedded::value::people::{AccountRow, ErasedRow, Opens, TokenRow, UserRow};
use crate::embedded::value::store::{Credential, DeviceRow};
use crate::fault::Fault;
use crate::keyring::{Slot, hex};
use crate::profile::Profile;
use purchase::id::{OwnerId, TokenId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;
use std::time::Duration;

/// How often, in all, a key that should be gone is looked for again, and after how long.
const LOOKS_AGAIN_MAX: u32 = 20;
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("people", None);
    check_users(inspection)?;
    check_references(inspection)?;
    check_tokens(inspection)?;
    check_listed(inspection)?;
    check_operators(inspection)?;
    check_audit(inspection)?;
    check_secrets(inspection)?;
    check_accounts(inspection)?;
    identity::check(inspection)?;
    mergers::check(inspection)?;
    check_erasures(inspection)
}

fn check_users(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let user = |row_key: &[u8]| keys::array(row_key).map(UserId);
    let mut walk = inspection.walk(Space::Facts, Row::User, user_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::User, &pair, user, name, UserRow::decode)?;
        let Some((user_id, row)) = read else { continue };
        inspection.report.users += 1;
        let what = name(&user_id);
        let account_key = key::user(Row::Account, user_id);
        match inspection.look(Space::Facts, &account_key, AccountRow::decode)? {
            Look::There(account) if account.slot == row.slot => {}
            Look::There(_) => inspection.problem(what.as_str(), "its account has another key"),
            Look::Missing => inspection.problem(what.as_str(), "it has no account"),
            Look::Unreadable => {}
        }
        if let Some(suspended) = &row.suspended {
            let reason = open_reason(inspection, user_id, (row.slot, &suspended.sealed));
            inspection.sound(|| format!("suspension of {user_id}"), reason)?;
        }
        let profile = open_profile(inspection, user_id, &row);
        let Some(profile) = inspection.sound(|| what.clone(), profile)? else {
            continue;
        };
        let Some(reference) = profile.reference else {
            continue;
        };
        let reference_key = inspection.ledger.reference_key(&reference);
        match inspection.ledger.engine.get(Space::Facts, &reference_key)? {
            Some(found) if found == user_id.0 => {}
            Some(_) => inspection.problem(what, "its reference leads to somebody else"),
            None => inspection.problem(what, "its reference leads nowhere"),
        }
    }
    Ok(())
}

fn user_leads_to((row_key, _): &Pair, keys: &mut Keys) {
    let id = keys::array(row_key).map(UserId);
    keys.extend(id.map(|id| key::user(Row::Account, id)));
}

fn reference_leads_to((_, row): &Pair, keys: &mut Keys) {
    let id = <[u8; 16]>::try_from(&**row).map(UserId);
    keys.extend(id.map(|id| key::user(Row::User, id)));
}

fn token_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    let (Ok(id), Ok(row)) = (keys::array(row_key).map(TokenId), TokenRow::decode(row)) else {
        return;
    };
    keys.extend([
        key::user(Row::User, row.user_id),
        key::all_tokens_of(row.user_id),
        key::token_of(row.user_id, id),
        key::plain(Row::Secret, &row.hash),
    ]);
}

fn listed_leads_to((row_key, _): &Pair, keys: &mut Keys) {
    if let Ok((user_id, id)) = keys::of_person::<16>(row_key) {
        keys.extend([key::user(Row::User, user_id), key::token(TokenId(id))]);
    }
}

fn check_references(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let mut walk = inspection.walk(Space::Facts, Row::UserReference, reference_leads_to);
    while let Some((row_key, row)) = walk.next(inspection)? {
        inspection.step();
        let hash = inspection.key(Row::UserReference, &row_key, keys::array::<32>);
        let Some(hash) = hash else { continue };
        let what = format!("user reference {}", hex(&hash));
        let Ok(user_id) = <[u8; 16]>::try_from(&*row).map(UserId) else {
            inspection.problem(what, "it names no user");
            continue;
        };
        let user_key = key::user(Row::User, user_id);
        match inspection.look(Space::Facts, &user_key, UserRow::decode)? {
            Look::There(user) => {
                // A profile that does not open is told with its user.
                let Ok(profile) = open_profile(inspection, user_id, &user) else {
                    continue;
                };
                let leads_here = profile.reference.is_some_and(|reference| {
                    *inspection.ledger.reference_key(&reference) == *row_key
                });
                let wrong = format!("{user_id} has another reference");
                inspection.rules(&what, &[(!leads_here, &wrong)]);
            }
            // The reference of somebody whose account went into another one leads on to that.
            Look::Missing => {
                let merger_key = key::user(Row::Merger, user_id);
                let is_gone = !inspection.exists(Space::Facts, &merger_key)?;
                let wrong = format!("{user_id} is not there");
                inspection.rules(&what, &[(is_gone, &wrong)]);
            }
            Look::Unreadable => {}
        }
    }
    Ok(())
}

fn check_tokens(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let token = |row_key: &[u8]| keys::array(row_key).map(TokenId);
    let mut walk = inspection.walk(Space::Facts, Row::Token, token_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::Token, &pair, token, token_name, TokenRow::decode)?;
        let Some((token_id, row)) = read else {
            continue;
        };
        let user_id = row.user_id;
        let has_user = inspection.exists(Space::Facts, &key::user(Row::User, user_id))?;
        let is_whole = inspection.exists(Space::Facts, &key::all_tokens_of(user_id))?;
        let is_listed = inspection.exists(Space::Facts, &key::token_of(user_id, token_id))?;
        let secret_key = key::plain(Row::Secret, &row.hash);
        let opens = inspection.look(Space::Facts, &secret_key, Opens::decode)?;
        let (opens_nothing, opens_other) = match opens {
            Look::There(opens) => (false, opens != Opens::User { user_id, token_id }),
            Look::Missing => (true, false),
            Look::Unreadable => (false, false),
        };
        inspection.rules(
            &token_name(&token_id),
            &[
                (!has_user, "its user is not there"),
                (is_whole && !is_listed, "it is not in the list of its user"),
                (opens_nothing, "its secret opens nothing"),
                (opens_other, "its secret opens other doors"),
            ],
        );
    }
    Ok(())
}

/// What is listed is a key of that person. Of people who came before there were lists, none need be there.
fn check_listed(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |listed: &(UserId, [u8; 16])| match listed.1 {
        all if all == [0; 16] => format!("list of the tokens of {}", listed.0),
        token_id => format!("listed {} of {}", token_name(&TokenId(token_id)), listed.0),
    };
    let mut walk = inspection.walk(Space::Facts, Row::TokenOf, listed_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::TokenOf, &pair, keys::of_person, name, decode_listed)?;
        let Some((listed, ())) = read else { continue };
        let (user_id, token_id) = (listed.0, TokenId(listed.1));
        let (is_its, wrong) = match *pair.0 == *key::all_tokens_of(user_id) {
            true => {
                let user_key = key::user(Row::User, user_id);
                let has_user = inspection.exists(Space::Facts, &user_key)?;
                (has_user, "its user is not there")
            }
            false => {
                let token_key = key::token(token_id);
                let is_its = match inspection.look(Space::Facts, &token_key, TokenRow::decode)? {
                    Look::There(token) => token.user_id == user_id,
                    Look::Missing => false,
                    Look::Unreadable => true,
                };
                (is_its, "there is no such token")
            }
        };
        inspection.rules(&name(&listed), &[(!is_its, wrong)]);
    }
    Ok(())
}

fn check_operators(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let token = |row_key: &[u8]| keys::array(row_key).map(TokenId);
    for pair in inspection.rows(Space::Facts, Row::Operator) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(
            Row::Operator,
            &pair,
            token,
            operator_name,
            OperatorRow::decode,
        )?;
        let Some((token_id, row)) = read else {
            continue;
        };
        let secret_key = key::plain(Row::Secret, &row.hash);
        let is_orphan = match row.grant.session_of {
            Some(of) => !inspection.exists(Space::Facts, &key::operator(of))?,
            None => false,
        };
        let opens = inspection.look(Space::Facts, &secret_key, Opens::decode)?;
        let (opens_nothing, opens_other) = match opens {
            Look::There(opens) => (
                false,
                opens
                    != Opens::Operator {
                        token_id,
                        grant: row.grant.clone(),
                    },
            ),
            Look::Missing => (true, false),
            Look::Unreadable => (false, false),
        };
        inspection.rules(
            &operator_name(&token_id),
            &[
                (opens_nothing, "its secret opens nothing"),
                (opens_other, "its secret opens other doors"),
                (is_orphan, "the key that let it in is not there"),
            ],
        );
    }
    Ok(())
}

/// Entries of the log stand by themselves: keys that made them may be gone.
fn check_audit(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |(at, number): &(Timestamp, u32)| format!("entry {number} at {}", at.ms());
    for pair in inspection.rows(Space::Facts, Row::Audit) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Audit, &pair, audit_of, name, Note::decode)?;
        let Some((entry, _)) = read else { continue };
        inspection.rules(&name(&entry), &[(entry.1 == 0, "entries number from 1 on")]);
    }
    Ok(())
}

fn check_secrets(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |hash: &[u8; 32]| format!("secret {}", hex(hash));
    for pair in inspection.rows(Space::Facts, Row::Secret) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Secret, &pair, keys::array, name, Opens::decode)?;
        let Some((hash, opens)) = read else { continue };
        let (is_known, to) = match opens {
            Opens::Operator { token_id, .. } => {
                let operator_key = key::operator(token_id);
                let row = inspection.look(Space::Facts, &operator_key, OperatorRow::decode)?;
                let is_known = match row {
                    Look::There(row) => row.hash == hash,
                    Look::Missing => false,
                    Look::Unreadable => true,
                };
                (is_known, operator_name(&token_id))
            }
            Opens::Device {
                store_id,
                device_id,
            } => {
                let device_key = key::device(&store_id, device_id);
                let row = inspection.look(Space::Facts, &device_key, DeviceRow::decode)?;
                // A machine that was revoked is told with the machine.
                let is_known = match row {
                    Look::There(row) => row.credential == Credential::Hash(hash),
                    Look::Missing => false,
                    Look::Unreadable => true,
                };
                (is_known, stores::device(&(store_id, device_id)))
            }
            Opens::ChainDevice {
                chain_id,
                device_id,
            } => {
                let device_key = key::chain_device(&chain_id, device_id);
                let row = inspection.look(Space::Facts, &device_key, DeviceRow::decode)?;
                let is_known = match row {
                    Look::There(row) => row.credential == Credential::Hash(hash),
                    Look::Missing => false,
                    Look::Unreadable => true,
                };
                (is_known, stores::chain_device(&chain_id, device_id))
            }
            Opens::User { user_id, token_id } => {
                let token_key = key::token(token_id);
                let row = inspection.look(Space::Facts, &token_key, TokenRow::decode)?;
                let is_known = match row {
                    Look::There(row) => row.hash == hash && row.user_id == user_id,
                    Look::Missing => false,
                    Look::Unreadable => true,
                };
                (is_known, token_name(&token_id))
            }
            Opens::Session {
                user_id,
                session_id,
                expires_at,
            } => identity::knows(inspection, (user_id, session_id), &hash, expires_at)?,
            Opens::Partner { partner_id } => partners::knows(inspection, partner_id, &hash)?,
        };
        let wrong = format!("it opens the doors of {to}, which does not know it");
        inspection.rules(&name(&hash), &[(!is_known, &wrong)]);
    }
    Ok(())
}

/// Accounts of people who bought something are compared with their purchases later.
fn check_accounts(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let user = |row_key: &[u8]| keys::array(row_key).map(UserId);
    for pair in inspection.rows(Space::Facts, Row::Account) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Account, &pair, user, account_name, AccountRow::decode)?;
        let Some((user_id, row)) = read else { continue };
        let what = account_name(&user_id);
        if !inspection.exists(Space::Facts, &key::user(Row::User, user_id))? {
            inspection.problem(what.as_str(), "its user is not there");
        }
        if !inspection.has_rows(Space::Purchases, &key::of_owner(OwnerId::User(user_id)))? {
            for wrong in differences(&row.tally, &Tally::default()) {
                inspection.problem(what.as_str(), wrong);
            }
        }
    }
    Ok(())
}

fn check_erasures(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |owner: &OwnerId| format!("erasure of {}", owner_text(*owner));
    let mut patience = LOOKS_AGAIN_MAX;
    for pair in inspection.rows(Space::Facts, Row::Erased) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Erased, &pair, keys::owner, name, ErasedRow::decode)?;
        let Some((owner, row)) = read else { continue };
        let is_there = is_there(inspection.ledger, &mut patience, owner, row.slot);
        let is_there = inspection.sound(|| name(&owner), is_there)?;
        let (mut has_profile, mut has_account) = (false, false);
        if let OwnerId::User(user_id) = owner {
            has_profile = inspection.exists(Space::Facts, &key::user(Row::User, user_id))?;
            has_account = inspection.exists(Space::Facts, &key::user(Row::Account, user_id))?;
        }
        inspection.rules(
            &name(&owner),
            &[
                (is_there == Some(true), "the key is still in the keyring"),
                (has_profile, "the profile is still there"),
                (has_account, "the account is still there"),
            ],
        );
    }
    Ok(())
}

/// Is the key of somebody who was erased still there? In a database a server may have recorded the
/// erasure this moment, and destroys the key just now: that is waited for, though not for each anew.
fn is_there(
    ledger: &Ledger,
    patience: &mut u32,
    owner: OwnerId,
    slot: Slot,
) -> Result<bool, Fault> {
    loop {
        let is_there = ledger.keyring.is_there_now(key::holder(owner), slot)?;
        match &ledger.engine {
            Engine::Tables(tables) if is_there && *patience > 0 => tables.pause(LOOK_AGAIN_AFTER),
            Engine::Tables(_) | Engine::Fjall(_) => return Ok(is_there),
        }
        *patience -= 1;
    }
}

pub(super) fn open_profile(
    inspection: &Inspection<'_>,
    user_id: UserId,
    row: &UserRow,
) -> Result<Profile, Fault> {
    let data_key = inspection
        .ledger
        .data_key(OwnerId::User(user_id), row.slot)?;
    let context = key::user(Row::User, user_id);
    Profile::decode(&data_key.open(&context, &row.sealed)?)
}

fn open_reason(
    inspection: &Inspection<'_>,
    user_id: UserId,
    (slot, sealed): (Slot, &[u8]),
) -> Result<Text, Fault> {
    let data_key = inspection.ledger.data_key(OwnerId::User(user_id), slot)?;
    let context = bound_to(&key::user(Row::User, user_id));
    read_reason(&data_key.open(&context, sealed)?)
}

pub(super) fn name(user_id: &UserId) -> String {
    format!("user {user_id}")
}

pub(super) fn account_name(user_id: &UserId) -> String {
    format!("account of {user_id}")
}

fn operator_name(token_id: &TokenId) -> String {
    format!("operator's key {token_id}")
}

fn token_name(token_id: &TokenId) -> String {
    format!("token {token_id}")
}
