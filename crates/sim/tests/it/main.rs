//! Stories from fixed seeds and from a new one each time. A story that fails says its seed.

#[cfg(test)]
mod chaos;

use sim::story::{play, years};

#[cfg(test)]
mod chains;

/// Steps of one story.
const STEPS: usize = 400;

/// Seeds that are played every time; those that once found a fault stay for ever.
const SEEDS: [u64; 8] = [1, 2, 3, 4, 5, 6, 107, 113];

async fn tell(seed: u64) -> sim::story::Report {
    match play(seed, STEPS).await {
        Ok(report) => report,
        Err(error) => panic!("seed {seed}: {error:#}; again with ORIHON_SIM_SEED={seed}"),
    }
}

#[tokio::test]
async fn every_promise_is_kept() {
    let (mut promises, mut put_back) = (0, 0);
    for seed in SEEDS {
        let report = tell(seed).await;
        promises += report.promises;
        put_back += report.put_back;
    }
    assert!(promises > 200, "{promises} promises say too little");
    assert!(put_back > 0, "no server was put back to a copy");
}

#[tokio::test]
async fn a_new_story_ends_well() {
    let given = std::env::var("ORIHON_SIM_SEED").ok();
    let given = given.and_then(|seed| seed.parse().ok());
    let mut bytes = [0; 8];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
    let seed = given.unwrap_or_else(|| u64::from_be_bytes(bytes));
    println!("seed {seed}");
    tell(seed).await;
}

#[tokio::test]
async fn one_seed_tells_one_story() {
    assert_eq!(tell(7).await, tell(7).await);
}

#[tokio::test]
async fn what_is_too_old_goes_and_nothing_else() {
    // Of these, a comparison of days that began anew after each failure lost sales in two.
    for seed in [3, 4, 11] {
        let held = years(seed, 260).await;
        let [days, changes, differences] =
            held.unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        // The newest 100 days are compared with the server; of older ones nothing is left.
        assert!((100..=102).contains(&days), "seed {seed}: {days} days");
        assert!(
            changes < 220,
            "seed {seed}: {changes} changes of items are kept"
        );
        assert_eq!(
            differences, 0,
            "seed {seed}: a day that was pruned was taken for one that differs"
        );
    }
}
