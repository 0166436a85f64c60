//! How often this machine stands still with nothing else to do. A virtual machine's host takes
//! processors away for some milliseconds, and accounts for it or not; no server answers meanwhile. So
//! percentiles below these pauses say more of the host than of the server.

use super::clock;
use std::time::{Duration, Instant};

/// How long each core is watched.
const WATCHED: Duration = Duration::from_secs(2);
/// What a core that runs alone does not take between two looks at the clock.
const PAUSE_MIN: Duration = Duration::from_millis(1);

/// The pauses of a machine at rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Stalls {
    /// Pauses of a millisecond or more in a second, of the core that had the most.
    pub(super) per_second: u64,
    /// How much of the time they took, in thousandths.
    pub(super) per_mille: u64,
    /// The longest, in microseconds.
    pub(super) longest_us: u64,
}

impl Stalls {
    /// Keeps every core busy for two seconds, and sees when it is not.
    pub(super) fn watch() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let watched = std::thread::scope(|threads| {
            let watching: Vec<_> = (0..cores)
                .map(|_| threads.spawn(|| watch_until(clock::now() + WATCHED)))
                .collect();
            let seen = watching.into_iter().filter_map(|core| core.join().ok());
            seen.max_by_key(|pauses| pauses.iter().sum::<Duration>())
        });
        Self::of(&watched.unwrap_or_default(), WATCHED)
    }

    fn of(pauses: &[Duration], watched: Duration) -> Self {
        let number = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        let whole: Duration = pauses.iter().sum();
        let parts = |part: u128| part.checked_div(watched.as_millis()).unwrap_or(0);
        let count = u128::try_from(pauses.len()).unwrap_or(u128::MAX);
        Self {
            per_second: number(parts(count.saturating_mul(1_000))),
            per_mille: number(parts(whole.as_millis().saturating_mul(1_000))),
            longest_us: number(pauses.iter().max().map_or(0, Duration::as_micros)),
        }
    }
}

fn watch_until(end: Instant) -> Vec<Duration> {
    let mut pauses = Vec::new();
    let mut last = clock::now();
    while last < end {
        let now = clock::now();
        let pause = now.saturating_duration_since(last);
        if pause >= PAUSE_MIN {
            pauses.push(pause);
        }
        last = now;
    }
    pauses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_added_up() {
        let of = |millis: &[u64]| {
            let pauses: Vec<_> = millis.iter().map(|ms| Duration::from_millis(*ms)).collect();
            Stalls::of(&pauses, WATCHED)
        };
        assert_eq!(of(&[]), Stalls::default());
        let seen = Stalls {
            per_second: 1,
            per_mille: 11,
            longest_us: 20_000,
        };
        assert_eq!(of(&[2, 20]), seen);
    }
}
