//! How long to wait before the same is sent again, and when to give up. Nothing waits here.

use crate::client::Repeat;
use crate::client::error::{ClientError, Fate};
use ring::rand::{SecureRandom, SystemRandom};
use std::time::Duration;

/// The first wait; each further one is twice as long.
const WAIT_FIRST: Duration = Duration::from_millis(100);
/// The longest wait of our own choice.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// The longest wait that a server may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);

/// How much a caller puts up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Somebody sits and waits: about three seconds, and nothing if nobody is there.
    Short,
    /// Work of many requests that outlives a server's restart: a minute.
    Long,
}

impl Patience {
    /// How long to wait after so many tries; none if it is time to give up.
    pub(crate) fn wait(
        self,
        tries: u32,
        failure: &ClientError,
        repeat: Repeat,
    ) -> Option<Duration> {
        self.wait_with(tries, failure, repeat, chance())
    }

    fn wait_with(
        self,
        tries: u32,
        failure: &ClientError,
        repeat: Repeat,
        chance: u8,
    ) -> Option<Duration> {
        let asked = self.may_repeat(failure, repeat)?;
        if tries >= self.tries_max() {
            return None;
        }
        let doubled = WAIT_FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16));
        // Between half and all of it, so that many who were refused together do not return together.
        let half = doubled.min(WAIT_MAX) / 2;
        let own = half + half * u32::from(chance) / u32::from(u8::MAX);
        Some(own.max(asked.min(RETRY_AFTER_MAX)))
    }

    const fn tries_max(self) -> u32 {
        match self {
            Self::Short => 5,
            Self::Long => 13,
        }
    }

    /// The wait that the server asks for, if the same may be sent again at all.
    fn may_repeat(self, failure: &ClientError, repeat: Repeat) -> Option<Duration> {
        match (failure.fate(), repeat) {
            (Fate::Final, _) | (Fate::Unknown(_), Repeat::Never) => None,
            (Fate::Unknown(after), Repeat::Freely) | (Fate::NotLookedAt(after), _) => {
                Some(after.unwrap_or_default())
            }
            // Sending again is safe; but who sits there wants to know now.
            (Fate::NeverLeft, _) => match self {
                Self::Short => None,
                Self::Long => Some(Duration::ZERO),
            },
        }
    }
}

fn chance() -> u8 {
    let mut byte = [0];
    match SystemRandom::new().fill(&mut byte) {
        Ok(()) => u8::from_le_bytes(byte),
        // Without chance the longest wait is the safe one.
        Err(_) => u8::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::error::Refusal;

    fn refused(status: u16, retry_after_s: Option<u64>) -> ClientError {
        ClientError::Refused(Box::new(Refusal {
            status,
            retry_after: retry_after_s.map(Duration::from_secs),
            ..Refusal::default()
        }))
    }

    fn no_answer() -> ClientError {
        ClientError::NoAnswer {
            base: String::new(),
            cause: String::new(),
        }
    }

    fn nobody() -> ClientError {
        ClientError::NobodyThere {
            base: String::new(),
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let (short, long) = (Patience::Short, Patience::Long);
        let (freely, never) = (Repeat::Freely, Repeat::Never);
        for (patience, tries, failure, repeat, chance, expected_ms) in [
            (short, 1, refused(503, None), freely, 255, Some(100)),
            (short, 1, refused(503, None), freely, 0, Some(50)),
            (short, 4, refused(503, None), freely, 255, Some(800)),
            (short, 5, refused(503, None), freely, 255, None),
            (short, 1, refused(503, Some(3)), freely, 0, Some(3_000)),
            (short, 1, refused(503, Some(600)), freely, 0, Some(60_000)),
            (short, 1, refused(503, Some(3)), never, 0, None),
            (short, 1, refused(429, Some(2)), never, 0, Some(2_000)),
            (short, 1, refused(500, None), freely, 0, None),
            (short, 1, refused(422, None), freely, 0, None),
            (short, 1, no_answer(), freely, 255, Some(100)),
            (short, 1, no_answer(), never, 255, None),
            (short, 1, nobody(), freely, 255, None),
            (long, 1, nobody(), never, 255, Some(100)),
            (long, 12, nobody(), freely, 255, Some(10_000)),
            (long, 13, nobody(), freely, 255, None),
        ] {
            let wait = patience.wait_with(tries, &failure, repeat, chance);
            let expected = expected_ms.map(Duration::from_millis);
            assert_eq!(
                wait, expected,
                "{patience:?} {tries} {failure:?} {repeat:?}"
            );
        }
    }
}
