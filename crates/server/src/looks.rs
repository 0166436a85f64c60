//! Looking at a person's purchases for a reason. Who gave one may look for a quarter of an hour, and each look
//! is written into the person's own log before anything is shown. What is allowed is kept nowhere else: after a
//! start nobody may, and on another server of the same ledger the reason is given again.

use crate::app::App;
use crate::auth::Clerk;
use crate::office::{Deed, carry_out};
use crate::reply::{Refused, Reply};
use ledger::account::{Accessor, Act, Touched};
use ledger::write::{Changed, LeafStep, Write};
use purchase::id::{TokenId, UserId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use purchase::time::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How long one reason is good.
const LOOK_MS: i64 = 15 * 60 * 1_000;
/// Reasons that are remembered, at most; the oldest goes when there are more.
const LOOKS_MAX: usize = 256;
/// Characters of a reason, at least: the person is to understand it.
const REASON_CHARS_MIN: usize = 10;

/// Who may look at whose purchases just now.
#[derive(Default)]
pub struct Looks(Mutex<VecDeque<Look>>);

/// What one may look at, and why.
#[derive(Clone, Debug)]
struct Look {
    /// The browser's own secret, by its id.
    session: TokenId,
    user_id: UserId,
    reason: Text,
    until: Timestamp,
}

impl Looks {
    fn allow(&self, look: Look) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.retain(|known| (known.session, known.user_id) != (look.session, look.user_id));
        if looks.len() >= LOOKS_MAX {
            looks.pop_front();
        }
        looks.push_back(look);
    }

    fn find(&self, session: TokenId, user_id: UserId, now: Timestamp) -> Option<Text> {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut looks = looks.iter();
        let found = looks.find(|look| (look.session, look.user_id) == (session, user_id));
        let open = found.filter(|look| look.until > now);
        open.map(|look| look.reason.clone())
    }
}

/// A reason that a person can understand: not too short and not too long.
#[must_use]
pub fn reason(text: &str) -> Option<Text> {
    let text = text.trim();
    let is_long = text.chars().count() >= REASON_CHARS_MIN;
    is_long
        .then(|| Text::new(text, TEXT_CHARS_MAX).ok())
        .flatten()
}

/// Lets the browser `session` look at a person's purchases for a while.
pub fn allow(app: &App, session: TokenId, user_id: UserId, reason: Text) {
    let until = app.clock.now().plus_ms(LOOK_MS);
    app.looks.allow(Look {
        session,
        user_id,
        reason,
        until,
    });
}

/// Whether one may look, once that is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum May {
    /// For this reason, which the person sees by now.
    For(Text),
    /// Not without a reason.
    Not,
}

/// Looks from a browser, if a reason was given there.
///
/// # Errors
/// As [`look_for`].
pub async fn look(app: &App, clerk: &Clerk, session: TokenId, user_id: UserId) -> Reply<May> {
    match app.looks.find(session, user_id, app.clock.now()) {
        None => Ok(May::Not),
        Some(reason) => {
            look_for(app, clerk, user_id, &reason).await?;
            Ok(May::For(reason))
        }
    }
}

/// Writes down that somebody looks now, where the person sees it and where operators do. Only after that may
/// anything be shown.
///
/// # Errors
/// 404 if there is no such person, 503 if it cannot be written; then nothing may be shown.
pub async fn look_for(app: &App, clerk: &Clerk, user_id: UserId, reason: &Text) -> Reply<()> {
    let step = LeafStep::Accessed {
        user_id,
        by: Accessor::Operator {
            token_id: clerk.key,
        },
        what: Touched::Purchases,
        reason: Some(reason.clone()),
    };
    let deed = Deed::new(Act::PurchasesSeen).to(&user_id.to_string());
    match carry_out(app, clerk, deed, Write::Leaf(step)).await? {
        Changed::Done => Ok(()),
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("user"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_good_for_a_while_for_one_person_and_one_browser() {
        let looks = Looks::default();
        let at = |ms: i64| Timestamp::from_ms(1_000_000 + ms).unwrap();
        let (browser, other) = (TokenId([1; 16]), TokenId([2; 16]));
        let (ada, bob) = (UserId([1; 16]), UserId([2; 16]));
        let allow = |session, user_id, text: &str| {
            looks.allow(Look {
                session,
                user_id,
                reason: reason(text).unwrap(),
                until: at(100),
            });
        };
        allow(browser, ada, "asked at the desk");
        let found = |session, user_id, ms| {
            let found = looks.find(session, user_id, at(ms));
            found.map(|reason| reason.as_str().to_owned())
        };
        let asked = || Some("asked at the desk".to_owned());
        let rows = [
            (browser, ada, 99, asked()),
            (browser, ada, 100, None),
            (browser, bob, 1, None),
            (other, ada, 1, None),
        ];
        for (session, user_id, ms, expected) in rows {
            assert_eq!(
                found(session, user_id, ms),
                expected,
                "{session} {user_id} {ms}"
            );
        }
        allow(browser, ada, "and once more, later");
        assert_eq!(
            found(browser, ada, 1).as_deref(),
            Some("and once more, later")
        );
        for number in 0..=u8::MAX {
            allow(other, UserId([number; 16]), "one of very many");
        }
        assert_eq!(found(browser, ada, 1), None, "the oldest went");
    }

    #[test]
    fn a_reason_says_something() {
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        for (text, is_one) in [
            ("asked at the desk", true),
            ("  asked now  ", false),
            ("窓口でご本人に頼まれました", true),
            ("because", false),
            ("a\u{0}long enough text", false),
            (long.as_str(), false),
        ] {
            assert_eq!(reason(text).is_some(), is_one, "{text}");
        }
    }
}
