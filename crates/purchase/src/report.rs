//! What a store's machine tells of itself: how much waits on it, what a person has to look at, and how
//! the machine is. It is the machine's word and never a promise; nothing of it names a buyer or an item.

use crate::decide::Digest;
use crate::id::{Label, SettlementKey};
use crate::text::Text;
use crate::time::{BusinessDate, Timestamp};

/// Characters of the version of a machine's program.
pub const VERSION_CHARS_MAX: usize = 64;
/// Tills named in one report.
pub const TERMINALS_MAX: usize = 100;
/// Sales that a person has to look at, named in one report; there may be more of them.
pub const STUCK_MAX: usize = 50;
/// Days that differ, named in one report.
pub const DAYS_MAX: usize = 31;
/// Characters of why a sale is stuck: its code.
pub const STUCK_CODE_CHARS_MAX: usize = 64;

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The version of the program.
    pub version: Text,
    /// The tills that sell through the machine.
    pub terminals: Vec<Label>,
    /// Sales that wait to be sent.
    pub waiting: u64,
    /// When the oldest of them was made, by the machine's clock.
    pub oldest_at: Option<Timestamp>,
    /// Sales that the server refused and that a person has to look at, as far as they are named.
    pub stuck: Vec<StuckSale>,
    /// All of those.
    pub stuck_count: u64,
    /// Trading days of which the server had something else when the machine compared them.
    pub days: Vec<DifferingDay>,
    /// Bytes that are free on the machine's disk.
    pub disk_free_bytes: Option<u64>,
    /// What the server's clock shows beyond the machine's, in milliseconds.
    pub clock_offset_ms: Option<i64>,
}

/// A sale that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckSale {
    /// Which.
    pub key: SettlementKey,
    /// Why, as the server said it: such as `line_sum`.
    pub code: Text,
    /// Why, for a person.
    pub detail: Option<Text>,
}

/// A trading day as the machine has it, that differs from the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DifferingDay {
    /// The day.
    pub date: BusinessDate,
    /// Settlements of every kind that the machine knows to be filed.
    pub settlements: u64,
    /// The sum of their digests.
    pub digest: Option<Digest>,
}
