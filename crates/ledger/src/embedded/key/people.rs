//! The keys of what is somebody's: how people come in, what they keep, with whom they live, and the codes that
//! they show. Numbers and their meanings stand in the page above; nothing is read or written here.

use super::{Kind, plain, start, user};
use crate::embedded::value::codes::form_byte;
use purchase::id::{CredentialId, HouseholdId, MissingId, SessionId, TokenId, UserId};
use purchase::member::{MemberForm, MemberHash};
use purchase::settlement::ClaimHash;
use purchase::time::Timestamp;

pub(crate) fn token(token_id: TokenId) -> Vec<u8> {
    plain(Kind::Token, &token_id.0)
}

/// One of a person's own keys, in the list of them.
pub(crate) fn token_of(user_id: UserId, token_id: TokenId) -> Vec<u8> {
    let mut key = user(Kind::TokenOf, user_id);
    key.extend_from_slice(&token_id.0);
    key
}

/// That all keys of a person are listed. No key has this id: ids are random.
pub(crate) fn all_tokens_of(user_id: UserId) -> Vec<u8> {
    token_of(user_id, TokenId([0; 16]))
}

pub(crate) fn feed(user_id: UserId, sequence: u64) -> Vec<u8> {
    let mut key = user(Kind::Feed, user_id);
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

pub(crate) fn session(user_id: UserId, session_id: SessionId) -> Vec<u8> {
    let mut key = user(Kind::Session, user_id);
    key.extend_from_slice(&session_id.0);
    key
}

pub(crate) fn credential(user_id: UserId, credential_id: CredentialId) -> Vec<u8> {
    let mut key = user(Kind::Credential, user_id);
    key.extend_from_slice(&credential_id.0);
    key
}

/// The beginning of all that a person keeps about one kind of subject, by the subject's number.
pub(crate) fn leaves(user_id: UserId, subject: u8) -> Vec<u8> {
    let mut key = user(Kind::Leaf, user_id);
    key.push(subject);
    key
}

pub(crate) fn leaf(user_id: UserId, subject: u8, keyed_hash: &[u8; 32]) -> Vec<u8> {
    let mut key = leaves(user_id, subject);
    key.extend_from_slice(keyed_hash);
    key
}

pub(crate) fn access(user_id: UserId, number: u64) -> Vec<u8> {
    let mut key = user(Kind::Access, user_id);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

pub(crate) fn leaving(at: Timestamp, user_id: UserId) -> Vec<u8> {
    let mut key = start(Kind::Leaving, 24);
    key.extend_from_slice(&at.ms().to_be_bytes());
    key.extend_from_slice(&user_id.0);
    key
}

/// A household, or the beginning of all its members.
pub(crate) fn household(kind: Kind, household_id: HouseholdId) -> Vec<u8> {
    plain(kind, &household_id.0)
}

pub(crate) fn household_member(household_id: HouseholdId, user_id: UserId) -> Vec<u8> {
    let mut key = household(Kind::HouseholdMember, household_id);
    key.extend_from_slice(&user_id.0);
    key
}

pub(crate) fn invitation(hash: &[u8; 32]) -> Vec<u8> {
    plain(Kind::Invitation, hash)
}

pub(crate) fn member_code(hash: MemberHash) -> Vec<u8> {
    plain(Kind::MemberCode, &hash.0)
}

/// The beginning of all member codes of a person that have one form.
pub(crate) fn member_codes_of(user_id: UserId, form: MemberForm) -> Vec<u8> {
    let mut key = user(Kind::MemberCodeOf, user_id);
    key.push(form_byte(form));
    key
}

pub(crate) fn member_code_of(
    user_id: UserId,
    form: MemberForm,
    expires_at: Timestamp,
    hash: MemberHash,
) -> Vec<u8> {
    let mut key = member_codes_of(user_id, form);
    key.extend_from_slice(&expires_at.ms().to_be_bytes());
    key.extend_from_slice(&hash.0);
    key
}

pub(crate) fn claim(hash: ClaimHash) -> Vec<u8> {
    plain(Kind::Claim, &hash.0)
}

pub(crate) fn wanted_claim(user_id: UserId, hash: ClaimHash) -> Vec<u8> {
    let mut key = user(Kind::WantedClaim, user_id);
    key.extend_from_slice(&hash.0);
    key
}

pub(crate) fn missing(user_id: UserId, id: MissingId) -> Vec<u8> {
    let mut key = user(Kind::Missing, user_id);
    key.extend_from_slice(&id.0);
    key
}
