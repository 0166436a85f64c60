//! Who is signed on at which page. Kept in memory only: when the program starts again, everybody
//! signs on again.

use purchase::time::Timestamp;
use ring::digest::{SHA256, digest};
use std::collections::HashMap;

/// A session ends by itself after so many hours without use, whatever the page does.
const IDLE_MS_MAX: i64 = 14 * 3_600_000;
/// More than a store has tills; the one used longest ago goes first.
const SESSIONS_MAX: usize = 200;

/// Those who are signed on.
#[derive(Debug, Default)]
pub struct Sessions(HashMap<[u8; 32], Session>);

#[derive(Debug)]
struct Session {
    staff: String,
    used: Timestamp,
}

impl Sessions {
    /// Signs somebody on; gives what the page shows from then on.
    pub fn begin(&mut self, staff: &str, random: [u8; 32], now: Timestamp) -> String {
        self.0.retain(|_, session| is_live(session, now));
        if self.0.len() >= SESSIONS_MAX {
            let oldest = self.0.iter().min_by_key(|(_, session)| session.used);
            if let Some(oldest) = oldest.map(|(hash, _)| *hash) {
                self.0.remove(&oldest);
            }
        }
        let token = crate::credential::hex(&random);
        let session = Session {
            staff: staff.to_owned(),
            used: now,
        };
        self.0.insert(hash(&token), session);
        token
    }

    /// The number of whoever is signed on by this.
    pub fn who(&mut self, token: &str, now: Timestamp) -> Option<String> {
        let session = self.0.get_mut(&hash(token))?;
        if !is_live(session, now) {
            return None;
        }
        session.used = now;
        Some(session.staff.clone())
    }

    /// Signs off.
    pub fn end(&mut self, token: &str) -> Option<String> {
        self.0.remove(&hash(token)).map(|session| session.staff)
    }
}

fn is_live(session: &Session, now: Timestamp) -> bool {
    now.ms() - session.used.ms() < IDLE_MS_MAX
}

fn hash(token: &str) -> [u8; 32] {
    let hash = digest(&SHA256, token.as_bytes());
    <[u8; 32]>::try_from(hash.as_ref()).unwrap_or_default()
}
