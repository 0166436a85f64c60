//! Runs a property over random values, a fixed number of them, and tells the seed when one fails.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::hash::{BuildHasher, Hasher, RandomState};

/// Checks `cases` random values of `strategy`; `check` panics on one that breaks the property.
/// `PROPTEST_RNG_SEED` runs the values of an earlier run again.
pub(crate) fn for_all<S: Strategy>(cases: u32, strategy: S, check: impl Fn(S::Value)) {
    let seed = match Config::default().rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => RandomState::new().build_hasher().finish(),
    };
    for_all_of(seed, cases, strategy, check);
}

fn for_all_of<S: Strategy>(seed: u64, cases: u32, strategy: S, check: impl Fn(S::Value)) {
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    });
    let outcome = runner.run(&strategy, |value| {
        check(value);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}\nthe same values again: PROPTEST_RNG_SEED={seed}");
    }
}

#[test]
fn one_seed_twice_gives_the_same_values() {
    let drawn = |seed| {
        let drawn = std::cell::RefCell::new(Vec::new());
        for_all_of(seed, 20, 0..u64::MAX, |number| {
            drawn.borrow_mut().push(number)
        });
        drawn.into_inner()
    };
    assert_eq!(drawn(7), drawn(7));
    assert_ne!(drawn(7), drawn(8));
}

#[test]
#[should_panic(expected = "PROPTEST_RNG_SEED=7")]
fn a_failure_tells_its_seed() {
    for_all_of(7, 10, 0..100_u8, |number| assert!(number > 100));
}
