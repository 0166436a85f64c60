//! Every stored key of the embedded ledger, on one page. Numbers are given by hand, are for ever
//! and are never used again. Numbers inside keys are big-endian, so that bytes sort like values;
//! texts end with a zero byte, which no text contains.

use crate::keyring::HolderId;
use purchase::id::{
    DeviceId, ItemCode, OwnerId, PurchaseId, Revision, SettlementKey, SoughtId, StoreId, TokenId,
    UserId,
};
use purchase::settlement::LineNumber;
use purchase::store::ChainId;
use purchase::time::{BusinessDate, Timestamp};

mod partner;
mod people;

pub(crate) use partner::{consent, partner};
pub(crate) use people::{
    access, all_tokens_of, claim, credential, feed, household, household_member, invitation, leaf,
    leaves, leaving, member_code, member_code_of, member_codes_of, missing, session, token,
    token_of, wanted_claim,
};

/// The engine's keyspaces: apart because they are read and written in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Space {
    /// Small rows of every kind.
    Facts,
    /// Sealed bodies with what was learnt later about them.
    Purchases,
    /// Item versions.
    Catalogue,
    /// What happened, per person.
    Feed,
}

/// The first byte of every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    /// `1, seq mod 64` → seq 8, chain 32, committed at 8. The newest commits; the last is the head.
    Commit = 1,
    /// `2` → format version 4, ledger id 16. One row.
    Format = 2,
    /// `3, store` → the store with all its identities.
    Store = 3,
    /// `4, store 0, device 16` → name, hash of its key, times.
    Device = 4,
    /// `5, hash 32` → what the secret with this hash opens.
    Secret = 5,
    /// `6, user 16` → slot, creation, sealed profile.
    User = 6,
    /// `7, keyed hash of the operator's reference 32` → user 16.
    UserReference = 7,
    /// `8, token 16` → user, hash, creation.
    Token = 8,
    /// `9, user 16` → slot, feed sequence, counts and totals.
    Account = 9,
    /// `10, store 0, business date 4, terminal 0, transaction` → digest, owner, state.
    Settlement = 10,
    /// `11, store 0, business date 4` → counts, totals and digest of the day.
    Day = 11,
    /// `12, settlement key of an original` → the keys of returns and voids that came before it.
    Early = 12,
    /// `13, settlement key, number 1` → sealed body of a settlement under a key already taken.
    Conflict = 13,
    /// `14, store 0, code 0, purchase 16, line 2` → owner and what the line waits for.
    Pending = 14,
    /// `15, store 0, revision 8, purchase 16, line 2` → the code that waits for this revision.
    Awaited = 15,
    /// `16, store` → catalogue head.
    Head = 16,
    /// `17, store 0, code 0, effective from 8, revision 8` → item, or discontinued. Space catalogue.
    Item = 17,
    /// `18, owner 17, inverted purchase 16, part` → body, added name or standing. Space purchases.
    Purchase = 18,
    /// `19, user 16, sequence 8` → what happened. Space feed.
    Feed = 19,
    /// `20, hash of the claim code 32` → owner 17, purchase 16; or the user 16 who wants it.
    Claim = 20,
    /// `21, owner 17` → erased at, slot. The owner's key is destroyed.
    Erased = 21,
    /// `22, commit number 8` → the gap that an operator accepted.
    Gap = 22,
    /// `23, store` → the revision being staged for this store's catalogue.
    Staging = 23,
    /// `24, token 16` → hash, creation. A key of an operator.
    Operator = 24,
    /// `25, device 16` → store, public key. A machine that signs, by its id alone.
    Signer = 25,
    /// `26, hash of the pairing code 32` → store, name, expiry. Gone when it is used.
    Pairing = 26,
    /// `27, chain` → name, creation.
    Chain = 27,
    /// `28, chain 0, device 16` → as kind 4. A machine that writes for every store of a chain.
    ChainDevice = 28,
    /// `29, store 0, item code 0, purchase 16, line 2` → the label that waits for this item's name.
    Label = 29,
    /// `30, store 0, effective from 8, revision 8` → patterns of in-store codes. Space catalogue.
    Patterns = 30,
    /// `31, user 16, session 16` → hash of its secret, label, times.
    Session = 31,
    /// `32, hash of the member code 32` → user 16, form, times, the settlement that used it.
    MemberCode = 32,
    /// `33, user 16, form 1, expires at 8, hash 32` → nothing. A person's own member codes.
    MemberCodeOf = 33,
    /// `34, user 16, hash of the claim code 32` → asked at, the purchase that it brought.
    WantedClaim = 34,
    /// `36, user 16, credential 16` → look-up, times, sealed password hash, passkey or recovery hash.
    Credential = 36,
    /// `37, keyed hash of an address, a passkey's id or a recovery secret 32` → user 16, credential 16.
    SignIn = 37,
    /// `38, user 16, subject 1, keyed hash of what it is about 32` → sealed: what, and the value.
    Leaf = 38,
    /// `40, user 16, number 8` → instant, sealed: who looked at what, and why.
    Access = 40,
    /// `41, at 8, user 16` → nothing. People who asked to go, by the instant at which they did.
    Leaving = 41,
    /// `42, at 8, number 4` → what an operator did, at which store. The log of operators.
    Audit = 42,
    /// `43, store 0, at 8, sought 16` → sealed for the store: who misses a receipt of it, and as what.
    Sought = 43,
    /// `44, user 16, missing 16` → sealed: the store, what the receipt was like, and what became of it.
    Missing = 44,
    /// `45, household 16` → creation, how many have joined so far, open invitations.
    Household = 45,
    /// `46, household 16, user 16` → number, joining, what is shared, sealed name.
    HouseholdMember = 46,
    /// `47, hash of the invitation's secret 32` → household 16, user 16 who invites, expiry.
    Invitation = 47,
    /// `49, user 16` → household 16. The one household that a person is in.
    HouseholdOf = 49,
    /// `50, store 0, device 16` → received at, what the machine told of itself. Only the last.
    Report = 50,
    /// `51, store 0, code 0` → asked at, by which operator's key, lines that waited then.
    Wish = 51,
    /// `52, user 16` → the account that this one went into, times, how far the merger is.
    Merger = 52,
    /// `53, partner 16` → name, purpose, address, hash of its key, times. To whom people may consent.
    Partner = 53,
    /// `54, user 16, token 16` → nothing. A person's own keys; with 16 zero bytes, that all of them are listed.
    TokenOf = 54,
    /// `55, partner 16, alias 16` → user 16, since when, until when, what of it, when it was told last.
    Consent = 55,
    /// `60, user 16, store 0` → the store's last batch that was filed for this person. In a database that commits in two steps.
    Filed = 60,
    /// `61, store 0, batch 12` → what a batch still owes to people, and the days it counts for. As kind 60.
    ToFile = 61,
}

/// Parts of a purchase, in the order in which they are stored and read.
pub(crate) mod part {
    /// The sealed body.
    pub(crate) const BODY: u8 = 0;
    /// A name learnt later: followed by the line, two bytes.
    pub(crate) const NAME: u8 = 1;
    /// What returns and voids did to it.
    pub(crate) const STANDING: u8 = 2;
}

/// The keyspace in which the rows of a kind lie.
pub(crate) const fn space(kind: Kind) -> Space {
    match kind {
        Kind::Purchase => Space::Purchases,
        Kind::Item | Kind::Patterns => Space::Catalogue,
        Kind::Feed => Space::Feed,
        Kind::Commit
        | Kind::Format
        | Kind::Store
        | Kind::Device
        | Kind::Secret
        | Kind::User
        | Kind::UserReference
        | Kind::Token
        | Kind::Account
        | Kind::Settlement
        | Kind::Day
        | Kind::Early
        | Kind::Conflict
        | Kind::Pending
        | Kind::Awaited
        | Kind::Head
        | Kind::Claim
        | Kind::Erased
        | Kind::Gap
        | Kind::Staging
        | Kind::Operator
        | Kind::Signer
        | Kind::Pairing
        | Kind::Chain
        | Kind::ChainDevice
        | Kind::Label
        | Kind::Session
        | Kind::Credential
        | Kind::SignIn
        | Kind::Leaf
        | Kind::Access
        | Kind::Leaving
        | Kind::Audit
        | Kind::Sought
        | Kind::Missing
        | Kind::Household
        | Kind::HouseholdMember
        | Kind::Invitation
        | Kind::HouseholdOf
        | Kind::MemberCode
        | Kind::MemberCodeOf
        | Kind::WantedClaim
        | Kind::Report
        | Kind::Wish
        | Kind::TokenOf
        | Kind::Partner
        | Kind::Consent
        | Kind::Merger
        | Kind::Filed
        | Kind::ToFile => Space::Facts,
    }
}

fn start(kind: Kind, capacity: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(capacity + 1);
    key.push(number(kind));
    key
}

#[expect(
    clippy::as_conversions,
    reason = "a fieldless enum has no other way to its number"
)]
pub(crate) const fn number(kind: Kind) -> u8 {
    kind as u8
}

fn push_text(key: &mut Vec<u8>, text: &str) {
    key.extend_from_slice(text.as_bytes());
    key.push(0);
}

/// A key made of a kind and bytes.
pub(crate) fn plain(kind: Kind, bytes: &[u8]) -> Vec<u8> {
    let mut key = start(kind, bytes.len());
    key.extend_from_slice(bytes);
    key
}

pub(crate) fn commit(seq: u64) -> Vec<u8> {
    plain(Kind::Commit, &[u8::try_from(seq % 64).unwrap_or(0)])
}

pub(crate) fn store(store_id: &StoreId) -> Vec<u8> {
    plain(Kind::Store, store_id.as_str().as_bytes())
}

pub(crate) fn device(store_id: &StoreId, device_id: DeviceId) -> Vec<u8> {
    let mut key = of_store(Kind::Device, store_id);
    key.extend_from_slice(&device_id.0);
    key
}

pub(crate) fn chain(chain_id: &ChainId) -> Vec<u8> {
    plain(Kind::Chain, chain_id.as_str().as_bytes())
}

/// The beginning of all machines of a chain.
pub(crate) fn of_chain(chain_id: &ChainId) -> Vec<u8> {
    let mut key = start(Kind::ChainDevice, chain_id.as_str().len() + 17);
    push_text(&mut key, chain_id.as_str());
    key
}

pub(crate) fn chain_device(chain_id: &ChainId, device_id: DeviceId) -> Vec<u8> {
    let mut key = of_chain(chain_id);
    key.extend_from_slice(&device_id.0);
    key
}

/// What a machine told of itself for one store.
pub(crate) fn report(store_id: &StoreId, device_id: DeviceId) -> Vec<u8> {
    let mut key = of_store(Kind::Report, store_id);
    key.extend_from_slice(&device_id.0);
    key
}

/// A code whose name a store is asked for.
pub(crate) fn wish(store_id: &StoreId, code: &ItemCode) -> Vec<u8> {
    let mut key = of_store(Kind::Wish, store_id);
    push_text(&mut key, code.as_str());
    key
}

/// The beginning that all rows of a kind have in common for one store.
pub(crate) fn of_store(kind: Kind, store_id: &StoreId) -> Vec<u8> {
    let mut key = start(kind, store_id.as_str().len() + 48);
    push_text(&mut key, store_id.as_str());
    key
}

/// The store to whose turn a row belongs; none for what is written under the office's, or with a
/// settlement's own rows.
pub(crate) fn store_of(key: &[u8]) -> Option<&str> {
    const KINDS: [Kind; 10] = [
        Kind::Settlement,
        Kind::Day,
        Kind::Early,
        Kind::Conflict,
        Kind::Pending,
        Kind::Awaited,
        Kind::Label,
        Kind::Sought,
        Kind::Report,
        Kind::Wish,
    ];
    let (first, rest) = key.split_first()?;
    if !KINDS.iter().any(|kind| number(*kind) == *first) {
        return None;
    }
    let text = rest.split(|byte| *byte == 0).next()?;
    str::from_utf8(text).ok()
}

pub(crate) fn user(kind: Kind, user_id: UserId) -> Vec<u8> {
    plain(kind, &user_id.0)
}

pub(crate) fn operator(token_id: TokenId) -> Vec<u8> {
    plain(Kind::Operator, &token_id.0)
}

/// The beginning of all that operators did at an instant.
pub(crate) fn of_audit(at: Timestamp) -> Vec<u8> {
    plain(Kind::Audit, &at.ms().to_be_bytes())
}

pub(crate) fn audit(at: Timestamp, number: u32) -> Vec<u8> {
    let mut key = of_audit(at);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

pub(crate) fn signer(device_id: DeviceId) -> Vec<u8> {
    plain(Kind::Signer, &device_id.0)
}

/// The beginning of all settlements, or the whole row, of a store's day.
pub(crate) fn day(kind: Kind, store_id: &StoreId, date: BusinessDate) -> Vec<u8> {
    let mut key = of_store(kind, store_id);
    key.extend_from_slice(&date.ordinal().to_be_bytes());
    key
}

pub(crate) fn settlement(kind: Kind, name: &SettlementKey) -> Vec<u8> {
    let mut key = day(kind, &name.store_id, name.business_date);
    push_text(&mut key, name.terminal.as_str());
    push_text(&mut key, name.transaction.as_str());
    key
}

pub(crate) fn of_code(store_id: &StoreId, code: &ItemCode) -> Vec<u8> {
    let mut key = of_store(Kind::Pending, store_id);
    push_text(&mut key, code.as_str());
    key
}

/// The beginning of all lines that wait under codes that begin so.
pub(crate) fn of_codes(store_id: &StoreId, beginning: &str) -> Vec<u8> {
    let mut key = of_store(Kind::Pending, store_id);
    key.extend_from_slice(beginning.as_bytes());
    key
}

/// The beginning of all labels that wait for an item's name.
pub(crate) fn labels_of(store_id: &StoreId, item: &ItemCode) -> Vec<u8> {
    let mut key = of_store(Kind::Label, store_id);
    push_text(&mut key, item.as_str());
    key
}

pub(crate) fn labelled(
    store_id: &StoreId,
    item: &ItemCode,
    purchase: PurchaseId,
    line: LineNumber,
) -> Vec<u8> {
    let mut key = labels_of(store_id, item);
    push_line(&mut key, purchase, line);
    key
}

pub(crate) fn patterns(
    store_id: &StoreId,
    effective_from: Timestamp,
    revision: Revision,
) -> Vec<u8> {
    let mut key = of_store(Kind::Patterns, store_id);
    key.extend_from_slice(&effective_from.ms().to_be_bytes());
    key.extend_from_slice(&revision.0.to_be_bytes());
    key
}

fn push_line(key: &mut Vec<u8>, purchase: PurchaseId, line: LineNumber) {
    key.extend_from_slice(&purchase.0);
    key.extend_from_slice(&line.0.to_be_bytes());
}

pub(crate) fn pending(
    store_id: &StoreId,
    code: &ItemCode,
    purchase: PurchaseId,
    line: LineNumber,
) -> Vec<u8> {
    let mut key = of_code(store_id, code);
    push_line(&mut key, purchase, line);
    key
}

pub(crate) fn awaited(
    store_id: &StoreId,
    revision: Revision,
    purchase: PurchaseId,
    line: LineNumber,
) -> Vec<u8> {
    let mut key = of_store(Kind::Awaited, store_id);
    key.extend_from_slice(&revision.0.to_be_bytes());
    push_line(&mut key, purchase, line);
    key
}

/// The beginning of all versions of a code.
pub(crate) fn versions(store_id: &StoreId, code: &ItemCode) -> Vec<u8> {
    let mut key = of_store(Kind::Item, store_id);
    push_text(&mut key, code.as_str());
    key
}

pub(crate) fn item(
    store_id: &StoreId,
    code: &ItemCode,
    effective_from: Timestamp,
    revision: Revision,
) -> Vec<u8> {
    let mut key = versions(store_id, code);
    key.extend_from_slice(&effective_from.ms().to_be_bytes());
    key.extend_from_slice(&revision.0.to_be_bytes());
    key
}

/// An owner as 17 bytes: its kind and its id.
pub(crate) fn owner_bytes(owner: OwnerId) -> [u8; 17] {
    let (kind, id) = match owner {
        OwnerId::User(id) => (1, id.0),
        OwnerId::Unclaimed(id) => (2, id.0),
    };
    let mut bytes = [kind; 17];
    if let Some(rest) = bytes.get_mut(1..) {
        rest.copy_from_slice(&id);
    }
    bytes
}

/// The record that an owner was erased.
pub(crate) fn erased(owner: OwnerId) -> Vec<u8> {
    plain(Kind::Erased, &owner_bytes(owner))
}

/// Who holds the key of an owner.
pub(crate) const fn holder(owner: OwnerId) -> HolderId {
    match owner {
        OwnerId::User(id) => HolderId(id.0),
        OwnerId::Unclaimed(id) => HolderId(id.0),
    }
}

pub(crate) fn of_owner(owner: OwnerId) -> Vec<u8> {
    plain(Kind::Purchase, &owner_bytes(owner))
}

/// The beginning of all parts of a purchase. The id is inverted: the newest comes first.
pub(crate) fn purchase(owner: OwnerId, purchase: PurchaseId) -> Vec<u8> {
    let mut key = of_owner(owner);
    key.extend(purchase.0.iter().map(|byte| !byte));
    key
}

pub(crate) fn body(owner: OwnerId, id: PurchaseId) -> Vec<u8> {
    let mut key = purchase(owner, id);
    key.push(part::BODY);
    key
}

/// Is it a key made by [`body`]?
pub(crate) fn is_body(key: &[u8]) -> bool {
    const AT: usize = 1 + 17 + 16;
    key.first() == Some(&number(Kind::Purchase)) && key.get(AT..) == Some(&[part::BODY])
}

pub(crate) fn name(owner: OwnerId, id: PurchaseId, line: LineNumber) -> Vec<u8> {
    let mut key = purchase(owner, id);
    key.push(part::NAME);
    key.extend_from_slice(&line.0.to_be_bytes());
    key
}

pub(crate) fn standing(owner: OwnerId, id: PurchaseId) -> Vec<u8> {
    let mut key = purchase(owner, id);
    key.push(part::STANDING);
    key
}

/// A receipt that somebody misses, at the store that is to look for it: who asked first comes first.
pub(crate) fn sought(store_id: &StoreId, asked_at: Timestamp, id: SoughtId) -> Vec<u8> {
    let mut key = of_store(Kind::Sought, store_id);
    key.extend_from_slice(&asked_at.ms().to_be_bytes());
    key.extend_from_slice(&id.0);
    key
}

/// What a store's batch still owes, by the id that the batch drew.
pub(crate) fn to_file(store_id: &str, batch: [u8; 12]) -> Vec<u8> {
    let mut key = to_file_at(store_id);
    key.extend_from_slice(&batch);
    key
}

/// The beginning of all that batches of a store still owe.
pub(crate) fn to_file_at(store_id: &str) -> Vec<u8> {
    let mut key = start(Kind::ToFile, store_id.len() + 13);
    push_text(&mut key, store_id);
    key
}

/// Which batch of a store was the last that was filed for a person.
pub(crate) fn filed(user_id: UserId, store_id: &str) -> Vec<u8> {
    let mut key = user(Kind::Filed, user_id);
    push_text(&mut key, store_id);
    key
}

/// The first key after all that begin with `prefix`.
pub(crate) fn after(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    end
}

#[cfg(test)]
mod tests;
