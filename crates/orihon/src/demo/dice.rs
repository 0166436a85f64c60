//! The dice of the demo town: the same seed throws the same numbers. Never used for anything that
//! has to be secret.

use std::ops::RangeInclusive;

/// A small generator of numbers (SplitMix64), good enough for shopping.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range, both ends in it.
    pub(super) fn between(&mut self, range: RangeInclusive<i64>) -> i64 {
        let (low, high) = range.into_inner();
        let width = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.throw() % width)
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(1..=100) <= percent
    }

    /// One of them, if there are any.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(of.len()).ok()?.checked_sub(1)?;
        if last < 0 {
            return None;
        }
        of.get(usize::try_from(self.between(0..=last)).ok()?)
    }

    /// One of them, the heavier the more often; none if nothing weighs anything.
    pub(super) fn weighted<'a, T>(
        &mut self,
        of: &'a [T],
        weight: impl Fn(&T) -> i64,
    ) -> Option<&'a T> {
        let whole: i64 = of.iter().map(&weight).sum();
        if whole <= 0 {
            return None;
        }
        let mut left = self.between(1..=whole);
        of.iter().find(|each| {
            left -= weight(each);
            left <= 0
        })
    }
}
