//! How often something may be tried: a small number a minute, for the whole server, so that a code
//! cannot be found by trying and accounts are not made without end. Who tried is not asked and not
//! remembered.

use purchase::time::Timestamp;
use std::sync::{Mutex, PoisonError};

/// Wrong pairing codes a minute.
pub const PAIRINGS_PER_MINUTE: u32 = 20;
/// Wrong claim codes a minute. They are longer, and more people have one.
pub const CLAIMS_PER_MINUTE: u32 = 240;
/// Accounts that people make for themselves in a minute.
pub const STARTS_PER_MINUTE: u32 = 120;

const MINUTE_MS: i64 = 60_000;

/// The tries of the present minute.
pub struct Tries {
    per_minute: u32,
    minute: Mutex<Minute>,
}

#[derive(Default)]
struct Minute {
    began_ms: i64,
    taken: u32,
}

impl Tries {
    /// So many a minute, from all callers together.
    #[must_use]
    pub fn per_minute(per_minute: u32) -> Self {
        Self {
            per_minute,
            minute: Mutex::default(),
        }
    }

    /// Takes a try before it is known how it ends, so that many at once cannot be more than many in
    /// turn.
    ///
    /// # Errors
    /// The seconds after which there are tries again.
    pub(crate) fn take(&self, now: Timestamp) -> Result<(), u32> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let age = now.ms() - minute.began_ms;
        // A clock that was set back begins anew as well.
        if !(0..MINUTE_MS).contains(&age) {
            *minute = Minute {
                began_ms: now.ms(),
                taken: 0,
            };
        }
        if minute.taken >= self.per_minute {
            let left_ms = minute.began_ms + MINUTE_MS - now.ms();
            return Err(u32::try_from(left_ms.div_euclid(1_000) + 1).unwrap_or(60));
        }
        minute.taken += 1;
        Ok(())
    }

    /// The try was none: the code was right, or was never looked at.
    pub(crate) fn give_back(&self) {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.taken = minute.taken.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000 + ms).unwrap()
    }

    #[test]
    fn wrong_tries_are_bounded_by_the_minute() {
        let tries = Tries::per_minute(20);
        for _ in 0..20 {
            assert_eq!(tries.take(at(0)), Ok(()));
        }
        assert_eq!(tries.take(at(0)), Err(61));
        assert_eq!(tries.take(at(59_999)), Err(1));
        tries.give_back();
        assert_eq!(tries.take(at(59_999)), Ok(()));
        assert_eq!(tries.take(at(59_999)), Err(1));
        assert_eq!(tries.take(at(60_000)), Ok(()));
        assert_eq!(tries.take(at(-9)), Ok(()), "the clock was set back");
    }
}
