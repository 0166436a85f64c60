//! The one place of this room that asks the machine: how far its monotonic clock has come. What day
//! it is, is never asked here.

use tokio::time::Instant;

/// Now, for measuring how long something lasts.
pub(crate) fn now() -> Instant {
    Instant::now()
}
