//! Which table the rows of each kind of key lie in, by which column they are spread over a cluster,
//! and what of them stands in columns that people read. The server itself reads only `key` and `row`.
//!
//! No column shows what the embedded ledger seals.

use super::cell::{Cell, Shape};
use super::parts::Parts;
use crate::embedded::key::{Kind, number};
use crate::fault::Fault;
use purchase::bytes::ReadError;

mod catalogue;
mod codes;
mod household;
mod identity;
mod missing;
mod partners;
mod people;
mod reports;
mod sales;
mod spread;
mod stores;
#[cfg(test)]
mod tests;

pub(crate) use spread::Spread;

/// A column that people read: its name and what it holds.
pub(crate) type Column = (&'static str, Shape);

/// A table of rows of one kind.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name in the schema.
    pub(crate) name: &'static str,
    /// What its rows are, in words.
    pub(crate) holds: &'static str,
    /// By which column it is spread.
    pub(crate) spread: Spread,
    /// Columns that people read, besides that one.
    pub(crate) clear: &'static [Column],
    /// Their values, in their order, from a key without its kind and a row.
    pub(crate) fill: fn(&mut Parts<'_>, &[u8]) -> Result<Vec<Cell>, Fault>,
}

impl Table {
    /// The values of the columns that people read.
    ///
    /// # Errors
    /// [`Fault::Damaged`] if key or row are not of the kind that lies here: nothing of that sort is
    /// ever written.
    pub(crate) fn cells(&self, key: &[u8], row: &[u8]) -> Result<Vec<Cell>, Fault> {
        let mut parts = Parts::of(key)?;
        let cells = (self.fill)(&mut parts, row)?;
        parts.finish()?;
        Ok(cells)
    }
}

/// Where the rows of a kind are.
pub(crate) enum Place {
    /// In a table.
    Table(&'static Table),
    /// Nowhere, for the reason given.
    Nowhere(&'static str),
}

/// Every kind of key, in the order of their numbers, of which some are left out.
pub(crate) const KINDS: [Kind; 54] = [
    Kind::Commit,
    Kind::Format,
    Kind::Store,
    Kind::Device,
    Kind::Secret,
    Kind::User,
    Kind::UserReference,
    Kind::Token,
    Kind::Account,
    Kind::Settlement,
    Kind::Day,
    Kind::Early,
    Kind::Conflict,
    Kind::Pending,
    Kind::Awaited,
    Kind::Head,
    Kind::Item,
    Kind::Purchase,
    Kind::Feed,
    Kind::Claim,
    Kind::Erased,
    Kind::Gap,
    Kind::Staging,
    Kind::Operator,
    Kind::Signer,
    Kind::Pairing,
    Kind::Chain,
    Kind::ChainDevice,
    Kind::Label,
    Kind::Patterns,
    Kind::Session,
    Kind::MemberCode,
    Kind::MemberCodeOf,
    Kind::WantedClaim,
    Kind::Credential,
    Kind::SignIn,
    Kind::Leaf,
    Kind::Access,
    Kind::Leaving,
    Kind::Audit,
    Kind::Sought,
    Kind::Missing,
    Kind::Household,
    Kind::HouseholdMember,
    Kind::Invitation,
    Kind::HouseholdOf,
    Kind::Report,
    Kind::Wish,
    Kind::Merger,
    Kind::Partner,
    Kind::TokenOf,
    Kind::Consent,
    Kind::Filed,
    Kind::ToFile,
];

/// Where the rows of `kind` are.
pub(crate) const fn place(kind: Kind) -> Place {
    match kind {
        Kind::Commit => {
            Place::Nowhere("PostgreSQL's own log is durable and says what is committed")
        }
        Kind::Format => Place::Nowhere("orihon.ledger says it, beside the version of the schema"),
        Kind::Gap => Place::Nowhere("no commits are numbered here, so that none can be missing"),
        Kind::Store => Place::Table(&stores::STORES),
        Kind::Device => Place::Table(&stores::DEVICES),
        Kind::Signer => Place::Table(&stores::SIGNERS),
        Kind::Pairing => Place::Table(&stores::PAIRINGS),
        Kind::Chain => Place::Table(&stores::CHAINS),
        Kind::ChainDevice => Place::Table(&stores::CHAIN_DEVICES),
        Kind::Secret => Place::Table(&people::SECRETS),
        Kind::User => Place::Table(&people::USERS),
        Kind::UserReference => Place::Table(&people::USER_REFERENCES),
        Kind::Token => Place::Table(&people::TOKENS),
        Kind::Account => Place::Table(&people::ACCOUNTS),
        Kind::Feed => Place::Table(&people::FEED),
        Kind::Claim => Place::Table(&codes::CLAIMS),
        Kind::MemberCode => Place::Table(&codes::MEMBER_CODES),
        Kind::MemberCodeOf => Place::Table(&codes::MEMBER_CODES_OF),
        Kind::WantedClaim => Place::Table(&codes::WANTED_CLAIMS),
        Kind::Erased => Place::Table(&people::ERASURES),
        Kind::Operator => Place::Table(&people::OPERATORS),
        Kind::Settlement => Place::Table(&sales::SETTLEMENTS),
        Kind::Day => Place::Table(&sales::DAYS),
        Kind::Early => Place::Table(&sales::EARLY_RETURNS),
        Kind::Conflict => Place::Table(&sales::CONFLICTS),
        Kind::Purchase => Place::Table(&sales::PURCHASES),
        Kind::Pending => Place::Table(&catalogue::PENDING_LINES),
        Kind::Awaited => Place::Table(&catalogue::AWAITED_LINES),
        Kind::Label => Place::Table(&catalogue::WAITING_LABELS),
        Kind::Head => Place::Table(&catalogue::HEADS),
        Kind::Staging => Place::Table(&catalogue::STAGINGS),
        Kind::Item => Place::Table(&catalogue::ITEMS),
        Kind::Patterns => Place::Table(&catalogue::PATTERNS),
        Kind::Session => Place::Table(&identity::SESSIONS),
        Kind::Credential => Place::Table(&identity::CREDENTIALS),
        Kind::SignIn => Place::Table(&identity::SIGN_INS),
        Kind::Leaf => Place::Table(&identity::LEAVES),
        Kind::Access => Place::Table(&identity::ACCESSES),
        Kind::Leaving => Place::Table(&identity::LEAVING),
        Kind::Audit => Place::Table(&people::AUDIT),
        Kind::Sought => Place::Table(&missing::SOUGHT),
        Kind::Missing => Place::Table(&missing::MISSING),
        Kind::Household => Place::Table(&household::HOUSEHOLDS),
        Kind::HouseholdMember => Place::Table(&household::HOUSEHOLD_MEMBERS),
        Kind::Invitation => Place::Table(&household::INVITATIONS),
        Kind::HouseholdOf => Place::Table(&household::HOUSEHOLD_OF),
        Kind::Report => Place::Table(&reports::REPORTS),
        Kind::Wish => Place::Table(&reports::WISHES),
        Kind::TokenOf => Place::Table(&people::TOKENS_OF),
        Kind::Partner => Place::Table(&partners::PARTNERS),
        Kind::Consent => Place::Table(&partners::CONSENTS),
        Kind::Merger => Place::Table(&identity::MERGERS),
        Kind::Filed => Place::Table(&people::FILED),
        Kind::ToFile => Place::Table(&sales::TO_FILE),
    }
}

/// Every kind that has a table, and its table.
pub(crate) fn homes() -> impl Iterator<Item = (Kind, &'static Table)> {
    KINDS.into_iter().filter_map(|kind| match place(kind) {
        Place::Table(table) => Some((kind, table)),
        Place::Nowhere(_) => None,
    })
}

/// Every table of rows.
pub(crate) fn tables() -> impl Iterator<Item = &'static Table> {
    homes().map(|(_, table)| table)
}

/// Every kind whose rows are in both ledgers, and the table's name. What a database notes on the way from
/// a store to its people is gone when all of it is filed, or means nothing elsewhere.
pub(crate) fn kinds() -> impl Iterator<Item = (Kind, &'static str)> {
    homes()
        .filter(|(kind, _)| !matches!(kind, Kind::Filed | Kind::ToFile))
        .map(|(kind, table)| (kind, table.name))
}

/// The kind whose number `key` begins with.
fn kind_of(key: &[u8]) -> Result<Kind, Fault> {
    let first = *key.first().ok_or(ReadError::Short)?;
    let mut kinds = KINDS.into_iter();
    kinds
        .find(|kind| number(*kind) == first)
        .ok_or_else(|| Fault::damaged(format!("no kind of key has the number {first}")))
}

/// The table of `key`.
///
/// # Errors
/// [`Fault::Damaged`] if keys of its kind are in no table.
pub(crate) fn table_of(key: &[u8]) -> Result<&'static Table, Fault> {
    let kind = kind_of(key)?;
    match place(kind) {
        Place::Table(table) => Ok(table),
        Place::Nowhere(reason) => Err(Fault::damaged(format!(
            "rows of kind {kind:?} are in no table: {reason}"
        ))),
    }
}
