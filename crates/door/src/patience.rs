//! Decides from a connection's signs of life whether it may stay.
//!
//! Pure: the time is an argument. It never closes anything itself.

use std::time::Duration;

use tokio::time::Instant;

use crate::limits::Limits;
use crate::pulse::Pulse;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Stay,
    /// Idle: close it as the protocol wants it.
    Finish,
    /// It never asked for anything, or dawdles over its header, or did not finish when told to.
    HangUp,
}

/// What one connection has been seen doing, and when.
pub(crate) struct Patience {
    header_read_max: Duration,
    idle_max: Duration,
    accepted_at: Instant,
    /// The header that had begun but not ended, as the number of requests before it.
    head_seen: Option<(usize, Instant)>,
    moves_seen: usize,
    quiet_since: Instant,
    asked: Asked,
}

#[derive(PartialEq)]
enum Asked {
    Nothing,
    ToFinish,
}

impl Patience {
    pub(crate) fn new(limits: &Limits, now: Instant) -> Patience {
        Patience {
            header_read_max: Duration::from_millis(limits.header_read_ms_max),
            idle_max: Duration::from_millis(limits.idle_ms_max),
            accepted_at: now,
            head_seen: None,
            moves_seen: 0,
            quiet_since: now,
            asked: Asked::Nothing,
        }
    }

    /// How often to judge, so that a limit is overrun by a quarter of itself at most.
    pub(crate) fn period(limits: &Limits) -> Duration {
        let shorter = limits.header_read_ms_max.min(limits.idle_ms_max);
        Duration::from_millis((shorter / 8).max(1))
    }

    pub(crate) fn judge(&mut self, now: Instant, pulse: &Pulse) -> Verdict {
        if self.head_is_overdue(now, pulse) {
            return Verdict::HangUp;
        }
        let moves = pulse.moves();
        if moves != self.moves_seen || pulse.running() > 0 {
            self.moves_seen = moves;
            self.quiet_since = now;
            return Verdict::Stay;
        }
        if now.duration_since(self.quiet_since) < self.idle_max {
            return Verdict::Stay;
        }
        match std::mem::replace(&mut self.asked, Asked::ToFinish) {
            Asked::Nothing => Verdict::Finish,
            Asked::ToFinish => Verdict::HangUp,
        }
    }

    fn head_is_overdue(&mut self, now: Instant, pulse: &Pulse) -> bool {
        let requests = pulse.requests();
        let since = if requests == 0 {
            // Before the first request we do not even know which protocol is spoken.
            self.accepted_at
        } else if !pulse.is_in_head() {
            self.head_seen = None;
            return false;
        } else {
            match self.head_seen {
                Some((before, since)) if before == requests => since,
                _ => {
                    self.head_seen = Some((requests, now));
                    now
                }
            }
        };
        now.duration_since(since) >= self.header_read_max
    }
}

#[cfg(test)]
mod tests;
