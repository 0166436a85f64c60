//! What the ledger gives back: purchases opened and whole, pages of a person's book, and the
//! little that a store or an operator may see.

pub use crate::embedded::block::{Block, Blocked};
pub use crate::embedded::value::Tally;
pub use crate::embedded::value::household::{INVITATIONS_MAX, MEMBERS_MAX, Sharing};
pub use crate::embedded::value::identity::{
    Access, Accessor, Credential, LEAF_OF_BYTES_MAX, LEAF_VALUE_BYTES_MAX, Leaf, LeafSubject,
    LookUp, Session, SignInMeans, Touched,
};
pub use crate::embedded::value::merger::Stage;
pub use crate::embedded::value::missing::{
    Described, Fate, Minute, NUMBER_CHARS_MAX, Sale, WORDS_CHARS_MAX, WhyNot,
};
pub use crate::embedded::value::operator::{Act, Grant, Note, Scope};
pub use crate::embedded::value::partner::{CONSENTS_MAX, PARTNERS_MAX};
pub use crate::embedded::value::people::{Gap, Opens};
pub use crate::embedded::value::purchase_row::EventKind;
pub use crate::embedded::value::settlement::{ClaimSource, Shown};
pub use crate::embedded::value::store::{Home, Signer};
use purchase::decide::Digest;
use purchase::id::{
    AliasId, DeviceId, HouseholdId, ItemCode, Label, MissingId, OwnerId, PartnerId, PurchaseId,
    SettlementKey, SoughtId, StoreId, TokenId, UserId,
};
use purchase::money::{Amount, Currency};
use purchase::naming::LineName;
use purchase::report::Report;
use purchase::returns::LineState;
use purchase::settlement::{Content, Kind, Settlement};
use purchase::store::{ChainId, IdentityNumber};
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};
use purchase::warning::Warnings;

/// A purchase, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Whose it is.
    pub owner: OwnerId,
    /// Its id.
    pub purchase_id: PurchaseId,
    /// When the server received it.
    pub received_at: Timestamp,
    /// Remarks.
    pub warnings: Warnings,
    /// The settlement as sent.
    pub settlement: Settlement,
    /// How the store presented itself.
    pub identity: IdentityNumber,
    /// One per line, with names learnt later.
    pub names: Vec<LineName>,
    /// What came back, per line, in millionths; empty if nothing did.
    pub returned_micros: Vec<u64>,
    /// The void that took it back.
    pub voided_by: Option<SettlementKey>,
}

/// Which purchases of a person are wanted; what stands in clear columns.
#[derive(Clone, Debug, Default)]
pub struct Range {
    /// Only older than this one, which ended the last page.
    pub after: Option<PurchaseId>,
    /// Not sorted before this instant.
    pub from: Option<Timestamp>,
    /// Sorted before this instant.
    pub to: Option<Timestamp>,
    /// Only of this store.
    pub store_id: Option<StoreId>,
    /// Only in this currency.
    pub currency: Option<Currency>,
    /// At least this total.
    pub min: Option<Amount>,
    /// At most this total.
    pub max: Option<Amount>,
}

/// A page of a person's book, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The purchases.
    pub purchases: Vec<Filed>,
    /// Where the next page begins; none at the end.
    pub next: Option<PurchaseId>,
}

/// An entry of a person's feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number in this person's feed.
    pub sequence: u64,
    /// What happened.
    pub kind: EventKind,
    /// To which purchase.
    pub purchase_id: PurchaseId,
    /// When it was committed.
    pub at: Timestamp,
}

/// What is kept of a person's feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedEnds {
    /// The oldest entry kept; one more than `newest` if none is.
    pub oldest: u64,
    /// The newest entry; 0 before the first.
    pub newest: u64,
}

/// What a store may see of a recorded settlement: never the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its key.
    pub key: SettlementKey,
    /// Its digest.
    pub digest: Digest,
    /// Sale, return or void.
    pub kind: Kind,
    /// In which currency.
    pub currency: Currency,
    /// Its total.
    pub total: Amount,
    /// Sold and returned per line.
    pub lines: Vec<LineState>,
    /// The void that took it back.
    pub voided_by: Option<SettlementKey>,
}

/// A recorded settlement in the list of its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The settlement.
    pub recorded: Recorded,
    /// When the server received it.
    pub received_at: Timestamp,
    /// What was remarked on it, also later.
    pub warnings: Warnings,
}

/// A sale as its store may see it: never whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// When the server received it.
    pub received_at: Timestamp,
    /// What was sent, without the buyer and without a claim code.
    pub content: Content,
    /// One per line, with names learnt later.
    pub names: Vec<LineName>,
    /// The void that took it back.
    pub voided_by: Option<SettlementKey>,
    /// Remarks.
    pub warnings: Warnings,
}

/// That an account is closed to its person for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Since when.
    pub since: Timestamp,
    /// Why, as an operator told the person.
    pub reason: Text,
}

/// What an operator may know of a person without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    /// Since when there is the account.
    pub created_at: Timestamp,
    /// When the person asked to go; none if the person stays.
    pub leaving_at: Option<Timestamp>,
    /// Since when the account is suspended; none if it is open.
    pub suspended_since: Option<Timestamp>,
}

/// That somebody's account went into another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merger {
    /// Whose account it went into; that may have gone on into another since.
    pub into: UserId,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// How many purchases there were to move then.
    pub purchases: u64,
    /// How far it is.
    pub stage: Stage,
}

/// A claim code that a person gave and whose sale has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedClaim {
    /// Since when the person waits.
    pub asked_at: Timestamp,
}

/// A receipt that a person misses, as the person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingReceipt {
    /// Its id.
    pub missing_id: MissingId,
    /// The store that is to look for it.
    pub store_id: StoreId,
    /// When the store was asked.
    pub asked_at: Timestamp,
    /// What it was like.
    pub described: Described,
    /// What became of it.
    pub fate: Fate,
}

/// A receipt that somebody misses, as the store sees it that is to look for it: never who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoughtReceipt {
    /// Its id.
    pub sought_id: SoughtId,
    /// When the store was asked.
    pub asked_at: Timestamp,
    /// What it was like.
    pub described: Described,
}

/// A sale that is nobody's, as whoever looks for a receipt sees it: never what was bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclaimed {
    /// Its key.
    pub key: SettlementKey,
    /// When it was, as it is sorted.
    pub sold_at: Timestamp,
    /// Its number as printed.
    pub receipt_number: Option<Text>,
    /// Its total, in the store's currency.
    pub total: Amount,
    /// How many lines it has.
    pub lines: usize,
}

/// Sales that may be the one that somebody describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// The sales.
    pub sales: Vec<Unclaimed>,
    /// A day had more sales than are looked at, so that there may be others.
    pub is_cut_short: bool,
}

/// Some people who show each other what they bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    /// Its id.
    pub household_id: HouseholdId,
    /// Since when.
    pub created_at: Timestamp,
    /// Who is in it; who has been there longest comes first.
    pub members: Vec<HouseholdMember>,
    /// Invitations that were neither used nor taken back, also those that have expired; oldest first.
    pub invitations: Vec<Invitation>,
}

/// Somebody in a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdMember {
    /// Who.
    pub user_id: UserId,
    /// Since when.
    pub joined_at: Timestamp,
    /// What the others see.
    pub sharing: Sharing,
    /// What the person goes by there.
    pub name: Text,
}

/// An invitation into a household, good for once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The hash of its secret.
    pub hash: [u8; 32],
    /// Into which.
    pub household_id: HouseholdId,
    /// Who invites.
    pub user_id: UserId,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// Somebody to whom people may consent to give what they bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Its id.
    pub partner_id: PartnerId,
    /// What it is called.
    pub name: Text,
    /// What it wants purchases for.
    pub purpose: Text,
    /// Where more is said of it.
    pub url: Option<Text>,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when it gets nothing more, and what people consented to is being taken away.
    pub ended_at: Option<Timestamp>,
}

/// What somebody gives to a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// To whom.
    pub partner_id: PartnerId,
    /// The person as the partner knows one.
    pub alias: AliasId,
    /// The person.
    pub user_id: UserId,
    /// Since when.
    pub given_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What was bought before is not given; none if all is.
    pub from: Option<Timestamp>,
    /// When the partner read of it last, to about an hour.
    pub told_at: Option<Timestamp>,
}

/// Some of those who give something to a partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consents {
    /// They, in the order of their names there.
    pub consents: Vec<Consent>,
    /// Where the next page begins; none at the end.
    pub next: Option<AliasId>,
}

/// What a person has in member codes that are good now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberCodes {
    /// Short-lived ones that nobody has used.
    pub free: u64,
    /// When the last of those expires.
    pub last_expires_at: Option<Timestamp>,
    /// The card.
    pub card: Option<MemberCard>,
}

/// A printed member code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberCard {
    /// From when on it is good.
    pub issued_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A store's day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Counts and totals.
    pub tally: Tally,
    /// Sum of the digests of its settlements.
    pub digest: [u8; 32],
}

/// A code that waits for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingCode {
    /// The code.
    pub code: ItemCode,
    /// The item whose label it is, by the store's patterns.
    pub item: Option<ItemCode>,
    /// Lines that wait.
    pub lines: u64,
    /// The first sale of it that waits.
    pub first_seen: Timestamp,
    /// The last.
    pub last_seen: Timestamp,
    /// A revision that names it and waits for the store's word.
    pub confirm: Option<purchase::id::Revision>,
}

/// What a machine told of itself last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The machine, of the store or of its chain.
    pub device_id: DeviceId,
    /// When.
    pub received_at: Timestamp,
    /// What.
    pub report: Report,
}

/// A code whose name a store is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The code.
    pub code: ItemCode,
    /// Since when.
    pub asked_at: Timestamp,
    /// By which operator's key.
    pub by: TokenId,
    /// Lines that waited for it then; 10,000 may be more.
    pub lines: u64,
}

/// A settlement that came under a key already taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflicting {
    /// When it came.
    pub received_at: Timestamp,
    /// What it said.
    pub settlement: Settlement,
    /// The digest recorded under the key.
    pub recorded: Digest,
    /// Its own digest.
    pub digest: Digest,
}

/// A chain of stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its id.
    pub chain_id: ChainId,
    /// Its name.
    pub name: Text,
    /// How many stores belong to it.
    pub stores: u64,
}

/// A machine of a store or of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub device_id: DeviceId,
    /// What the operator calls it.
    pub name: Text,
    /// Since when.
    pub created_at: Timestamp,
    /// When its key stopped working.
    pub revoked_at: Option<Timestamp>,
}

/// How far a till has counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Which till.
    pub terminal: Label,
    /// The newest business date on which it used its highest number.
    pub business_date: BusinessDate,
    /// Its highest number.
    pub transaction: Label,
}

/// Counts of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCount {
    /// Who.
    pub user_id: UserId,
    /// How much.
    pub tally: Tally,
}

/// Counts of one store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreCount {
    /// Which.
    pub store_id: StoreId,
    /// How much.
    pub tally: Tally,
}

/// A key of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorKey {
    /// Its id.
    pub token_id: TokenId,
    /// When it was made.
    pub created_at: Timestamp,
    /// What its holder is called.
    pub label: Option<Text>,
    /// What it is good for.
    pub grant: Grant,
}

/// A key by which a program reads a person's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonKey {
    /// Its id.
    pub token_id: TokenId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An entry of the log of operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// When it was done.
    pub at: Timestamp,
    /// Which it was of those at that instant, from 1 on.
    pub number: u32,
    /// What was done.
    pub note: Note,
}

/// A store's day, by its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOf {
    /// The date, in the store's own time.
    pub date: BusinessDate,
    /// What was sold on it.
    pub day: Day,
}
