//! What the way to a database costs: how often a batch had to begin again, and why, and how many of
//! our connections are taken. Only counted here; whoever runs the server shows it.

use super::fault::Reason;
use deadpool_postgres::Pool;
use std::sync::atomic::{AtomicU64, Ordering};

/// Batches that did not go through at once, for each reason.
#[derive(Debug, Default)]
pub struct Counts {
    begun_again: ByReason,
    given_up: ByReason,
    left_overs_filed: AtomicU64,
}

impl Counts {
    /// A batch begins again.
    pub(crate) fn begins_again(&self, reason: Reason) {
        self.begun_again.of(reason).fetch_add(1, Ordering::Relaxed);
    }

    /// A batch was given up after its last attempt.
    pub(crate) fn is_given_up(&self, reason: Reason) {
        self.given_up.of(reason).fetch_add(1, Ordering::Relaxed);
    }

    /// A batch was filed that another one met, or that was left over.
    pub(crate) fn files_left_over(&self) {
        self.left_overs_filed.fetch_add(1, Ordering::Relaxed);
    }

    /// How many batches this server filed that it met already recorded, by whomever.
    #[must_use]
    pub fn left_overs_filed(&self) -> u64 {
        self.left_overs_filed.load(Ordering::Relaxed)
    }

    /// How often a batch began again for this reason.
    #[must_use]
    pub fn begun_again(&self, reason: Reason) -> u64 {
        self.begun_again.of(reason).load(Ordering::Relaxed)
    }

    /// How many batches were given up, this being the reason at last.
    #[must_use]
    pub fn given_up(&self, reason: Reason) -> u64 {
        self.given_up.of(reason).load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
struct ByReason {
    serialization: AtomicU64,
    deadlock: AtomicU64,
    unknown_commit: AtomicU64,
    connection: AtomicU64,
    pool_exhausted: AtomicU64,
    turn_moved: AtomicU64,
    claim_taken: AtomicU64,
    server_busy: AtomicU64,
    time_limit: AtomicU64,
    read_only: AtomicU64,
    disk_full: AtomicU64,
}

impl ByReason {
    const fn of(&self, reason: Reason) -> &AtomicU64 {
        match reason {
            Reason::Serialization => &self.serialization,
            Reason::Deadlock => &self.deadlock,
            Reason::UnknownCommit => &self.unknown_commit,
            Reason::Connection => &self.connection,
            Reason::PoolExhausted => &self.pool_exhausted,
            Reason::TurnMoved => &self.turn_moved,
            Reason::ClaimTaken => &self.claim_taken,
            Reason::ServerBusy => &self.server_busy,
            Reason::TimeLimit => &self.time_limit,
            Reason::ReadOnly => &self.read_only,
            Reason::DiskFull => &self.disk_full,
        }
    }
}

/// Our connections to one database, at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// There may be so many.
    pub max: usize,
    /// Somebody uses so many.
    pub in_use: usize,
    /// So many are open and free.
    pub idle: usize,
    /// So many callers wait for one.
    pub waiting: usize,
}

impl Connections {
    /// Those of a pool.
    pub(crate) fn of(pool: &Pool) -> Self {
        let status = pool.status();
        Self {
            max: status.max_size,
            in_use: status.size.saturating_sub(status.available),
            idle: status.available,
            waiting: status.waiting,
        }
    }
}
