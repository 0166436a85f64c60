//! What can be written about what machines tell of themselves, and about the names that their stores are
//! asked for. No sale is among it.

use purchase::id::{DeviceId, ItemCode, StoreId, TokenId};
use purchase::report::Report;

/// Names that one store is asked for at a time, at most.
pub const WISHES_MAX: usize = 500;

/// A step.
#[derive(Clone, Debug)]
pub enum ReportStep {
    /// A machine reports; what it had told before is gone.
    Tell {
        /// For which store.
        store_id: StoreId,
        /// The machine, of that store or of its chain.
        device_id: DeviceId,
        /// What it tells.
        report: Box<Report>,
    },
    /// The store is asked what a code is called, as long as lines wait for it. Asked again, it stays asked
    /// as it was.
    Wish {
        /// The store.
        store_id: StoreId,
        /// The code.
        code: ItemCode,
        /// The operator's key that asks.
        by: TokenId,
    },
    /// The store is not asked any more.
    TakeBack {
        /// The store.
        store_id: StoreId,
        /// The code.
        code: ItemCode,
    },
}

impl ReportStep {
    /// The store that it is about.
    #[must_use]
    pub const fn store_id(&self) -> &StoreId {
        match self {
            Self::Tell { store_id, .. }
            | Self::Wish { store_id, .. }
            | Self::TakeBack { store_id, .. } => store_id,
        }
    }
}
