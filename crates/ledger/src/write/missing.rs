//! What can be written about receipts that people miss: a person asks a store, and the store gives the sale
//! or says why not. Who asks is told to no store.

use crate::account::{Described, WhyNot};
use crate::write::Resume;
use purchase::id::{MissingId, PurchaseId, SettlementKey, SoughtId, StoreId, TokenId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

/// Receipts of one person that are looked for, at most.
pub const MISSING_OPEN_MAX: usize = 20;
/// Receipts that one store is to look for, at most.
pub const SOUGHT_MAX: usize = 1_000;
/// Receipts beyond which people under whom nothing was ever filed ask a store for no more: accounts cost
/// nothing, so that a stranger with many of them leaves the rest to those who shop.
pub const SOUGHT_BY_STRANGERS_MAX: usize = SOUGHT_MAX / 4;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long a store is asked.
pub const SOUGHT_MS: i64 = 60 * DAY_MS;
/// How long the person sees what became of it.
pub const MISSING_ENDED_MS: i64 = 400 * DAY_MS;

/// A step with receipts that people miss.
#[derive(Clone, Debug)]
pub enum MissingStep {
    /// A person asks a store for a receipt. What was asked before and is still open is not asked again.
    Ask {
        /// Who.
        user_id: UserId,
        /// Which store.
        store_id: StoreId,
        /// The person's id of it.
        missing_id: MissingId,
        /// The store's id of it, which has nothing to do with the person's.
        sought_id: SoughtId,
        /// What the receipt was like.
        described: Box<Described>,
    },
    /// The person asks no longer, or does not want to see the answer any more.
    Withdraw {
        /// Who.
        user_id: UserId,
        /// Which.
        missing_id: MissingId,
    },
    /// The store gives a sale of its own that is nobody's, and fits what was asked for.
    Give {
        /// Which request at the sale's store.
        sought_id: SoughtId,
        /// The sale.
        settlement: SettlementKey,
        /// By which key of an operator.
        by: TokenId,
    },
    /// The store says that it does not give one.
    Refuse {
        /// The store.
        store_id: StoreId,
        /// Which request.
        sought_id: SoughtId,
        /// Why, in a ready-made sentence.
        why: WhyNot,
        /// And in words of its own.
        words: Option<Text>,
        /// By which key of an operator.
        by: TokenId,
    },
    /// What a store was asked before an instant is open no longer, a bounded number at a time.
    Expire {
        /// The store.
        store_id: StoreId,
        /// What is older ends.
        before: Timestamp,
    },
    /// Forgets what ended before an instant, a bounded number at a time.
    Forget {
        /// What is older goes.
        before: Timestamp,
        /// Where the last step ended.
        resume: Option<Resume>,
    },
}

/// What became of a step with a receipt that somebody misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingWritten {
    /// The store is asked.
    Asked(MissingId),
    /// The person had asked the store for the same; it has this id.
    AskedBefore(MissingId),
    /// So many receipts of the person are looked for that no more are noted.
    TooMany,
    /// The store is to look for so many receipts that no more are noted.
    Crowded,
    /// It is done: withdrawn, refused, or some have expired.
    Done,
    /// There was nothing to be done.
    Nothing,
    /// The sale is the person's now.
    Given(PurchaseId),
    /// Nobody waits for this receipt any more: it was given, refused, withdrawn, or has expired.
    Closed,
    /// The sale cannot be given: it is somebody's by now, was voided, or does not fit.
    Taken,
    /// There is no such person or store.
    NotFound,
}

impl MissingWritten {
    /// Was anything done that an operator did?
    pub(crate) const fn is_done(self) -> bool {
        match self {
            Self::Done | Self::Given(_) => true,
            Self::Asked(_)
            | Self::AskedBefore(_)
            | Self::TooMany
            | Self::Crowded
            | Self::Nothing
            | Self::Closed
            | Self::Taken
            | Self::NotFound => false,
        }
    }
}
