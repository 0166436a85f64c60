//! The only place that asks the machine: what time it is, and for random bytes. Everything else
//! gets both as arguments, so that tests can say them.

use purchase::time::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Fills a buffer with random bytes.
type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Where time and randomness come from.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    entropy: Entropy,
}

impl Clock {
    /// The machine's own.
    #[must_use]
    pub fn system() -> Self {
        let random = SystemRandom::new();
        Self {
            now: Arc::new(system_now),
            entropy: Arc::new(move |bytes| {
                random
                    .fill(bytes)
                    .expect("the machine gives random bytes as long as it runs");
            }),
        }
    }

    /// Others, for tests.
    #[must_use]
    pub fn new(now: Arc<dyn Fn() -> Timestamp + Send + Sync>, entropy: Entropy) -> Self {
        Self { now, entropy }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Random bytes.
    #[must_use]
    pub fn random<const LEN: usize>(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        (self.entropy)(&mut bytes);
        bytes
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks for the time"
)]
fn system_now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_ms(ms).unwrap_or(Timestamp::LAST)
}
