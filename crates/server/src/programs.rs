//! Programs that read a book with a key of its person: the access log says once a day that one did. What a program
//! takes along as a file is noted by [`crate::exports`]. What was noted is remembered in this server alone, so that
//! each of several servers notes it once.

use crate::app::App;
use crate::auth::SignedIn;
use ledger::account::{Accessor, Touched};
use ledger::write::{LeafStep, Write};
use purchase::id::TokenId;
use purchase::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// For so long one entry tells of all that a program reads.
const TOLD_MS: i64 = 24 * 60 * 60 * 1_000;
/// Programs remembered at most. Beyond them one is noted more often, and no memory is taken.
const REMEMBERED_MAX: usize = 100_000;

/// When each program was noted last.
#[derive(Default)]
pub struct Programs(Mutex<HashMap<TokenId, Timestamp>>);

impl Programs {
    /// Is it to be noted now? Whoever is told so does it, and nobody else meanwhile.
    fn take(&self, token_id: TokenId, now: Timestamp) -> Due {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was wrong once hides nothing for longer than a day.
        let is_told = |at: &Timestamp| *at <= now && now < at.plus_ms(TOLD_MS);
        if noted.get(&token_id).is_some_and(is_told) {
            return Due::Told;
        }
        if noted.len() >= REMEMBERED_MAX {
            noted.retain(|_, at| is_told(at));
        }
        if noted.len() >= REMEMBERED_MAX {
            noted.clear();
        }
        noted.insert(token_id, now);
        Due::Now
    }

    /// It was not noted after all.
    fn put_back(&self, token_id: TokenId) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.remove(&token_id);
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Due {
    Now,
    Told,
}

/// Notes that a program reads the person's book. The answer does not wait for it: a server that can write nothing at
/// the moment hands people what is theirs nevertheless, and the next reading is noted instead.
pub(crate) fn reads(app: &Arc<App>, person: SignedIn) {
    let token_id = person.token_id;
    match app.programs.take(token_id, app.clock.now()) {
        Due::Told => {}
        Due::Now => {
            let app = Arc::clone(app);
            tokio::spawn(async move {
                let step = LeafStep::Accessed {
                    user_id: person.user_id,
                    by: Accessor::Program { token_id },
                    what: Touched::Delivery,
                    reason: None,
                };
                if let Err(error) = app.intake.write_one(Write::Leaf(step)).await {
                    tracing::warn!(?error, "what a program reads was not noted");
                    app.programs.put_back(token_id);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_noted_once_a_day() {
        let programs = Programs::default();
        let at = |ms: i64| Timestamp::from_ms(1_000_000_000 + ms).unwrap();
        let (one, other) = (TokenId([1; 16]), TokenId([2; 16]));
        for (token_id, ms, due) in [
            (one, 0, Due::Now),
            (one, 1, Due::Told),
            (other, 1, Due::Now),
            (one, TOLD_MS - 1, Due::Told),
            (one, TOLD_MS, Due::Now),
            // A clock that is set back.
            (one, -5, Due::Now),
            (one, 5, Due::Told),
        ] {
            assert_eq!(programs.take(token_id, at(ms)), due, "{token_id} {ms}");
        }
        programs.put_back(one);
        assert_eq!(programs.take(one, at(6)), Due::Now);
    }

    #[test]
    fn memory_is_bounded() {
        let programs = Programs::default();
        let at = |ms: i64| Timestamp::from_ms(1_000_000_000 + ms).unwrap();
        let count = || programs.0.lock().unwrap().len();
        let nth = |nth: usize| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&nth.to_be_bytes());
            TokenId(id)
        };
        for number in 0..REMEMBERED_MAX {
            programs.take(nth(number), at(0));
        }
        assert_eq!(count(), REMEMBERED_MAX);
        programs.take(nth(REMEMBERED_MAX), at(TOLD_MS));
        assert_eq!(count(), 1, "those of yesterday go");
        for number in 0..REMEMBERED_MAX {
            programs.take(nth(number), at(TOLD_MS));
        }
        assert!(count() <= REMEMBERED_MAX);
    }
}
