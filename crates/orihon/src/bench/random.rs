//! Numbers that look random and come out the same for the same seed. Never for secrets.

/// SplitMix64: one addition and one mix for each number.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// The numbers that belong to `seed` and to one place in the work, so that any place can be
    /// drawn again without drawing all before it.
    pub(super) fn at(seed: u64, place: [u64; 3]) -> Self {
        Self(place.iter().fold(mix(seed), |state, part| {
            mix(state.wrapping_add(STEP) ^ mix(part.wrapping_add(STEP)))
        }))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Evenly from 0 to below `end`; 0 if `end` is.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let scaled = u64::from(self.half()) * u64::from(end);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// Exponentially distributed with mean 1: the time between the arrivals of people who know
    /// nothing of each other.
    pub(super) fn gap(&mut self) -> f64 {
        let even = (f64::from(self.half()) + 1.0) / (f64::from(u32::MAX) + 1.0);
        -even.ln()
    }

    fn half(&mut self) -> u32 {
        u32::try_from(self.next() >> 32).unwrap_or(0)
    }
}

/// Spreads every bit of `word` over all of them.
pub(super) const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_differ_and_one_seed_draws_the_same_twice() {
        let draw = |seed, place| Random::at(seed, place).next();
        assert_eq!(draw(1, [1, 2, 3]), draw(1, [1, 2, 3]));
        for place in [[1, 2, 4], [1, 3, 2], [2, 1, 3], [0, 0, 0]] {
            assert_ne!(draw(1, [1, 2, 3]), draw(1, place));
        }
        assert_ne!(draw(1, [1, 2, 3]), draw(2, [1, 2, 3]));
    }

    #[test]
    fn gaps_have_mean_one() {
        let mut random = Random::at(7, [0, 0, 0]);
        let mean = (0..100_000).map(|_| random.gap()).sum::<f64>() / 100_000.0;
        assert!((0.98..1.02).contains(&mean), "{mean}");
        assert!((0..10_000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
    }
}
