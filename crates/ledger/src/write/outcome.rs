//! What became of each write, as values: what was done, what was so already, and why something cannot be. An
//! outcome is told once its batch is durable; a failure of the ledger itself is none.

use super::{Merging, MissingWritten};
use crate::account::{ClaimSource, Shown};
use purchase::catalogue::Head;
use purchase::id::{DeviceId, ItemCode, OwnerId, PurchaseId, Revision, StoreId, UserId};
use purchase::money::{Amount, Currency};
use purchase::warning::Warnings;

/// What became of a write.
#[derive(Debug)]
pub enum Written {
    /// Of a settlement.
    Settled(Settled),
    /// Of a store, a device, a token or a key.
    Changed(Changed),
    /// Of a store that cannot take the place it was told.
    Misfit(Misfit),
    /// Of a machine that joins.
    Joined(Joined),
    /// Of a claim.
    Claimed(Claimed),
    /// Of a receipt that somebody misses.
    Missing(MissingWritten),
    /// Of a person.
    User {
        /// The person's id: a new one, or the one that this reference has had.
        user_id: UserId,
        /// Which.
        changed: Changed,
    },
    /// Of a catalogue step.
    Catalogue(CatalogueWritten),
    /// Of making one account of two.
    Merging(Merging),
    /// Of naming lines: how many, and where to go on.
    Named(NamingStep),
    /// Of pruning: where to go on; none at the end.
    Pruned(Option<Resume>),
}

impl From<Changed> for Written {
    fn from(changed: Changed) -> Self {
        Self::Changed(changed)
    }
}

impl From<NamingStep> for Written {
    fn from(step: NamingStep) -> Self {
        Self::Named(step)
    }
}

/// Where bounded work goes on; opaque to everyone but the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume(pub(crate) Vec<u8>);

/// One bounded step of naming.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamingStep {
    /// Lines named.
    pub named: u64,
    /// Codes whose turn has not come, the first of them where `resume` says.
    pub rest: Vec<ItemCode>,
    /// Where to go on; with `rest` empty and none here, all is done.
    pub resume: Option<Resume>,
}

/// What became of a change to small things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Done now.
    Done,
    /// It was so already.
    Same,
    /// There is one of that name, with other content.
    Different,
    /// There is no such thing.
    NotFound,
    /// It is the last one, and nobody could come in without it.
    Last,
    /// There is no room for it: it is larger, or there are more of its kind, than is kept.
    Full,
}

/// Why a store cannot have the place among others that it was told. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// There is no such chain.
    ChainUnknown,
    /// There is no such store to follow.
    SourceUnknown,
    /// A store cannot follow itself.
    SourceIsItself,
    /// The store to follow is not of the same chain.
    SourceOutside,
    /// The store to follow sells in another currency.
    SourceCurrency {
        /// In which.
        expected: Currency,
    },
    /// The store to follow follows another one itself.
    SourceFollows {
        /// Which one.
        source: StoreId,
    },
    /// The store to follow is closed.
    SourceClosed,
    /// Another store follows this one.
    Followed {
        /// Which one.
        by: StoreId,
    },
    /// Lines of the store wait for names from the catalogue that it has had.
    Waiting,
}

/// What became of a machine that joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It belongs to the store now.
    Done {
        /// Which one.
        store_id: StoreId,
        /// The machine: the new one, or what it was called when it came by this code before.
        device_id: DeviceId,
    },
    /// There is no such code, or another machine used it.
    NotFound,
    /// The code came too late.
    Expired,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The purchase is the person's.
    Filed(PurchaseId),
    /// No sale is known by this code that could be taken. If one comes, it is the person's then; a code
    /// that somebody used, or waits for, is answered the same.
    Waiting,
    /// So many codes of the person wait that no more are noted.
    TooMany,
    /// There is no such person.
    NotFound,
}

/// What became of a settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Durable now.
    Recorded(Receipt),
    /// The same was durable before.
    AlreadyRecorded(Receipt),
    /// The key is taken by other content.
    Conflict,
    /// A rule that depends on what is stored.
    Refused(Refusal),
}

/// What the store gets back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The purchase's id.
    pub purchase_id: PurchaseId,
    /// Lines without a name.
    pub pending_lines: u64,
    /// Remarks.
    pub warnings: Warnings,
    /// Where the claim code comes from.
    pub claim: ClaimSource,
    /// What a short-lived member code did.
    pub shown: Shown,
    /// Whose it is, so that the person can be told.
    pub owner: OwnerId,
}

/// Why a new settlement cannot be recorded. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The store does not exist.
    StoreUnknown,
    /// The store is closed.
    StoreClosed,
    /// The store sells in another currency.
    CurrencyMismatch {
        /// The store's.
        expected: Currency,
    },
    /// The original belongs to a store that is not of the same chain.
    NotYourStore,
    /// The original is a void.
    VoidOfVoid,
    /// The original was taken back before.
    AlreadyVoided,
    /// Something of the original has come back.
    HasReturns,
    /// The total is not the original's.
    VoidTotal {
        /// The original's.
        expected: Amount,
    },
}

/// What became of a catalogue step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogueWritten {
    /// The catalogue stands here now, or the step was staged.
    Applied(Box<Head>),
    /// The same update was applied before.
    Same(Box<Head>),
    /// It builds on another revision than the current one.
    Gap {
        /// The current one.
        current: Revision,
    },
    /// The current revision has other content.
    Forked,
    /// The store follows another one's catalogue, which is written there.
    Follows {
        /// Whose.
        source: StoreId,
    },
    /// The store does not exist.
    StoreUnknown,
    /// The store is closed.
    StoreClosed,
}
