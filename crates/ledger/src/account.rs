//! What the ledger gives back: purchases opened and whole, pages of a person's book, and the
//! little that a store or an operator may see.

pub use crate::embedded::value::Tally;
pub use crate::embedded::value::identity::{
    Access, Accessor, Credential, LEAF_OF_BYTES_MAX, LEAF_VALUE_BYTES_MAX, Leaf, LeafSubject,
    LookUp, Session, SignInMeans, Touched,
};
pub use crate::embedded::value::operator::{Act, Grant, Note, Scope};
pub use crate::embedded::value::people::{Gap, Opens};
pub use crate::embedded::value::purchase_row::EventKind;
pub use crate::embedded::value::settlement::{ClaimSource, Shown};
pub use crate::embedded::value::store::{Home, Signer};
use purchase::decide::Digest;
use purchase::id::{
    DeviceId, ItemCode, Label, OwnerId, PurchaseId, SettlementKey, StoreId, TokenId, UserId,
};
use purchase::money::{Amount, Currency};
use purchase::naming::LineName;
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

/// A claim code that a person gave and whose sale has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedClaim {
    /// Since when the person waits.
    pub asked_at: Timestamp,
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
