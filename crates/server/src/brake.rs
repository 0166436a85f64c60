//! Tries that come back: so many at once of each key, and one more after each while. A memory of bounded
//! size, in which nobody's tries are gone for good.

use purchase::time::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Keys that are remembered at most. Beyond that the one is forgotten that has most of its tries.
const KNOWN_MAX: usize = 65_536;

/// When all tries of each key will have come back. A key of which nothing was tried lately has them all.
pub(crate) struct Brake<K> {
    tries_max: i64,
    try_ms: i64,
    whole_at: Mutex<HashMap<K, Timestamp>>,
}

impl<K: Eq + Hash + Copy> Brake<K> {
    /// `tries_max` at once, each of which comes back after `try_ms` milliseconds.
    pub(crate) fn new(tries_max: i64, try_ms: i64) -> Self {
        Self {
            tries_max,
            try_ms,
            whole_at: Mutex::default(),
        }
    }

    /// Takes a try, before it is known how it ends.
    ///
    /// # Errors
    /// The seconds after which there is one again.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> Result<(), u32> {
        self.take_each(&[(key, 1)], now)
    }

    /// Takes a try of each key, or of none of them. A key has so many times as many tries as is said beside it.
    ///
    /// # Errors
    /// The seconds after which there is one of each again.
    pub(crate) fn take_each(&self, keys: &[(K, u32)], now: Timestamp) -> Result<(), u32> {
        let mut all = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        let most_ms = self.tries_max * self.try_ms;
        let left_ms = |known: Option<&Timestamp>| {
            let left_ms = known.map(|whole_at| whole_at.ms() - now.ms());
            // What takes longer than the most comes of a clock that was set back: it begins anew.
            let left_ms = left_ms.filter(|left_ms| (1..=most_ms).contains(left_ms));
            left_ms.unwrap_or(0)
        };
        let waits = keys.iter().map(|(key, times)| {
            let most_before_ms = most_ms - self.cost_ms(*times);
            left_ms(all.get(key)) - most_before_ms
        });
        let wait_ms = waits.max().unwrap_or(0);
        if wait_ms > 0 {
            return Err(u32::try_from(wait_ms.div_euclid(1_000) + 1).unwrap_or(u32::MAX));
        }
        for (key, times) in keys {
            let left_ms = left_ms(all.get(key));
            if !all.contains_key(key) && all.len() >= KNOWN_MAX {
                make_room(&mut all, now);
            }
            all.insert(*key, now.plus_ms(left_ms + self.cost_ms(*times)));
        }
        Ok(())
    }

    /// The try was right, or was never looked at.
    pub(crate) fn give_back(&self, key: K) {
        self.give_back_each(&[(key, 1)]);
    }

    /// The same of what was taken of each key.
    pub(crate) fn give_back_each(&self, keys: &[(K, u32)]) {
        let mut all = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, times) in keys {
            if let Some(whole_at) = all.get_mut(key) {
                *whole_at = whole_at.plus_ms(-self.cost_ms(*times));
            }
        }
    }

    /// After how long a try of a key comes back that has so many times as many.
    fn cost_ms(&self, times: u32) -> i64 {
        self.try_ms / i64::from(times.max(1))
    }
}

/// Forgets whoever has all tries again, or else the one who has most of them.
fn make_room<K: Eq + Hash + Copy>(all: &mut HashMap<K, Timestamp>, now: Timestamp) {
    all.retain(|_, whole_at| *whole_at > now);
    if all.len() < KNOWN_MAX {
        return;
    }
    let least = all.iter().min_by_key(|(_, whole_at)| **whole_at);
    if let Some(least) = least.map(|(key, _)| *key) {
        all.remove(&least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000_000 + ms).unwrap()
    }

    #[test]
    fn tries_come_back() {
        let brake = Brake::new(3, 1_000);
        for _ in 0..3 {
            assert_eq!(brake.take('a', at(0)), Ok(()));
        }
        assert_eq!(brake.take('a', at(0)), Err(2));
        assert_eq!(brake.take('a', at(999)), Err(1));
        assert_eq!(brake.take('b', at(999)), Ok(()), "another key");
        assert_eq!(brake.take('a', at(1_000)), Ok(()));
        assert_eq!(brake.take('a', at(1_000)), Err(2));
        brake.give_back('a');
        assert_eq!(brake.take('a', at(1_000)), Ok(()));
        assert_eq!(
            brake.take('a', at(-9_999)),
            Ok(()),
            "the clock was set back"
        );
    }

    #[test]
    fn several_keys_are_counted_together_and_a_wide_one_has_more() {
        let brake = Brake::new(2, 1_000);
        let take = |line: u8, ms| brake.take_each(&[(line, 1), (0, 3)], at(ms));
        for line in [1, 1, 2, 2] {
            assert_eq!(take(line, 0), Ok(()));
        }
        assert_eq!(take(1, 0), Err(2), "the first line has none");
        assert_eq!(take(3, 0), Ok(()), "what was refused took nothing");
        assert_eq!(take(3, 0), Ok(()));
        assert_eq!(take(4, 0), Err(1), "all three lines together have none");
        assert_eq!(take(4, 334), Ok(()), "they come back three times as fast");
        brake.give_back_each(&[(4, 1), (0, 3)]);
        assert_eq!(take(5, 334), Ok(()));
        assert_eq!(take(6, 334), Err(1));
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_who_is_braked_least() {
        let brake = Brake::new(2, 1_000_000);
        let most = u32::try_from(KNOWN_MAX).unwrap();
        for _ in 0..2 {
            assert_eq!(brake.take(0, at(0)), Ok(()));
        }
        for number in 1..most + 100 {
            assert_eq!(brake.take(number, at(1)), Ok(()));
        }
        assert_eq!(brake.whole_at.lock().unwrap().len(), KNOWN_MAX);
        assert_eq!(brake.take(0, at(1)), Err(1_000), "still known");
        // Later everybody else has all tries again, and goes at once.
        assert_eq!(brake.take(most + 5_000, at(1_000_001)), Ok(()));
        assert_eq!(brake.whole_at.lock().unwrap().len(), 2);
    }
}
