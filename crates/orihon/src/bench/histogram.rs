//! How long things took: counts in buckets whose width grows with the value, so that every
//! percentile is right to one part in 64, from nanoseconds to hours, in 30 KB.

use std::time::Duration;

/// Values below this have a bucket each; above, each doubling is cut into half as many.
const FINE: u64 = 128;
const FINE_BITS: u32 = FINE.trailing_zeros();

/// Durations, counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max_ns: u64,
}

impl Histogram {
    pub(super) fn record(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let bucket = bucket(nanos);
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(bucket) {
            *count += 1;
        }
        self.total += 1;
        self.max_ns = self.max_ns.max(nanos);
    }

    pub(super) fn max(&self) -> Duration {
        Duration::from_nanos(self.max_ns)
    }

    /// The duration that `per_mille` of 1,000 did not exceed, rounded up to its bucket's end.
    pub(super) fn percentile(&self, per_mille: u32) -> Duration {
        let rank = u128::from(self.total) * u128::from(per_mille);
        let mut below = 0_u128;
        for (bucket, count) in self.counts.iter().enumerate() {
            below += u128::from(*count);
            if *count > 0 && below * 1_000 >= rank {
                return Duration::from_nanos(end(bucket).min(self.max_ns));
            }
        }
        self.max()
    }
}

fn bucket(nanos: u64) -> usize {
    let shift = nanos
        .checked_ilog2()
        .unwrap_or(0)
        .saturating_sub(FINE_BITS - 1);
    let bucket = u64::from(shift) * (FINE / 2) + (nanos >> shift);
    usize::try_from(bucket).unwrap_or(usize::MAX)
}

/// The greatest value that a bucket counts.
fn end(bucket: usize) -> u64 {
    let bucket = u64::try_from(bucket).unwrap_or(u64::MAX);
    let shift = (bucket / (FINE / 2)).saturating_sub(1);
    let first = bucket - shift * (FINE / 2);
    let beyond = u128::from(first + 1) << shift;
    u64::try_from(beyond - 1).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_touch_and_are_narrow() {
        for bucket in 0..3_000 {
            let (last, next) = (end(bucket), end(bucket) + 1);
            assert_eq!(super::bucket(last), bucket, "{last}");
            assert_eq!(super::bucket(next), bucket + 1, "{next}");
            let begin = if bucket == 0 { 0 } else { end(bucket - 1) + 1 };
            assert!((last - begin) * 64 <= last, "{begin} to {last}");
        }
        assert_eq!(end(bucket(u64::MAX)), u64::MAX);
    }

    #[test]
    fn percentiles_are_those_of_the_values() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.percentile(990), Duration::ZERO);
        for micros in 1..=10_000 {
            histogram.record(Duration::from_micros(micros));
        }
        for (per_mille, micros) in [(0, 1), (500, 5_000), (990, 9_900), (999, 9_990)] {
            let expected = Duration::from_micros(micros);
            let found = histogram.percentile(per_mille);
            assert!(
                found >= expected && found <= expected.mul_f64(1.02),
                "{per_mille}: {found:?}"
            );
        }
        assert_eq!(histogram.percentile(1_000), Duration::from_millis(10));
        assert_eq!(histogram.max(), Duration::from_millis(10));
    }
}
