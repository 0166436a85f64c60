//! How often passwords may be tried at one address: a few at once, then one every half minute. A try
//! always comes back, so that nobody can shut a person out by guessing, only slow both down.

use purchase::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Tries at one address at once.
const TRIES_MAX: i64 = 10;
/// How long one try takes to come back.
const TRY_MS: i64 = 30_000;
/// Addresses that are remembered. The tries of all addresses together are counted as well, and so few
/// that this many are never slowed down at once.
const ADDRESSES_MAX: usize = 10_000;

/// When all tries of an address will have come back. An address at which nothing was tried lately has
/// them all.
#[derive(Default)]
pub struct Brakes(Mutex<HashMap<[u8; 32], Timestamp>>);

impl Brakes {
    /// Takes a try at an address, before it is known how it ends.
    ///
    /// # Errors
    /// The seconds after which there is one again.
    pub fn take(&self, key: [u8; 32], now: Timestamp) -> Result<(), u32> {
        let mut brakes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if brakes.len() >= ADDRESSES_MAX {
            brakes.retain(|_, whole_at| *whole_at > now);
        }
        if brakes.len() >= ADDRESSES_MAX {
            brakes.clear();
        }
        let most_ms = TRIES_MAX * TRY_MS;
        let known = brakes.get(&key).map(|whole_at| whole_at.ms() - now.ms());
        // What takes longer than the most comes of a clock that was set back: it begins anew.
        let left_ms = known.filter(|left_ms| (1..=most_ms).contains(left_ms));
        let left_ms = left_ms.unwrap_or(0);
        if left_ms > most_ms - TRY_MS {
            let wait_ms = left_ms - (most_ms - TRY_MS);
            return Err(u32::try_from(wait_ms.div_euclid(1_000) + 1).unwrap_or(30));
        }
        brakes.insert(key, now.plus_ms(left_ms + TRY_MS));
        Ok(())
    }

    /// The try was right, or was never looked at.
    pub fn give_back(&self, key: [u8; 32]) {
        let mut brakes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(whole_at) = brakes.get_mut(&key) {
            *whole_at = whole_at.plus_ms(-TRY_MS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000_000 + ms).unwrap()
    }

    #[test]
    fn tries_come_back_for_everybody() {
        let brakes = Brakes::default();
        let (ann, bob) = ([1; 32], [2; 32]);
        for _ in 0..TRIES_MAX {
            assert_eq!(brakes.take(ann, at(0)), Ok(()));
        }
        assert_eq!(brakes.take(ann, at(0)), Err(31));
        assert_eq!(brakes.take(ann, at(29_999)), Err(1));
        assert_eq!(brakes.take(bob, at(0)), Ok(()), "another address");
        assert_eq!(brakes.take(ann, at(30_000)), Ok(()));
        assert_eq!(brakes.take(ann, at(30_000)), Err(31));
        // However long somebody else goes on, a try comes back every half minute.
        for round in 2..100 {
            let now = at(round * TRY_MS);
            assert_eq!(brakes.take(ann, now), Ok(()));
            assert_eq!(brakes.take(ann, now), Err(31));
        }
        brakes.give_back(ann);
        assert_eq!(brakes.take(ann, at(99 * TRY_MS)), Ok(()));
        assert_eq!(
            brakes.take(ann, at(-1_000_000)),
            Ok(()),
            "the clock was set back"
        );
    }

    #[test]
    fn the_memory_is_bounded() {
        let brakes = Brakes::default();
        for number in 0..25_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&number.to_be_bytes());
            assert_eq!(brakes.take(key, at(i64::from(number) * 100)), Ok(()));
            assert!(brakes.0.lock().unwrap().len() <= ADDRESSES_MAX);
        }
    }
}
