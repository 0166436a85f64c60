//! When each machine was heard of last, since this server started. Nothing of it is written down: a machine
//! that matters is heard of again within minutes.

use purchase::id::DeviceId;
use purchase::time::Timestamp;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Machines remembered at most; more are not, and nothing else is lost.
const REMEMBERED_MAX: usize = 100_000;
/// How much nearer an instant must be to be worth writing, in milliseconds.
const WORTH_MS: i64 = 1_000;

/// The machines that were heard of.
#[derive(Default)]
pub struct Contacts(RwLock<HashMap<DeviceId, Timestamp>>);

impl Contacts {
    /// The machine was heard of.
    pub fn met(&self, device_id: DeviceId, now: Timestamp) {
        if let Some(last) = self.last(device_id)
            && last.plus_ms(WORTH_MS) > now
        {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED_MAX || known.contains_key(&device_id) {
            known.insert(device_id, now);
        }
    }

    /// When it was heard of last.
    #[must_use]
    pub fn last(&self, device_id: DeviceId) -> Option<Timestamp> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&device_id).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_known_by_when_it_was_heard_of_last() {
        let at = |ms: i64| Timestamp::from_ms(1_000_000 + ms).unwrap();
        let contacts = Contacts::default();
        let (one, other) = (DeviceId([1; 16]), DeviceId([2; 16]));
        for (now, last) in [(0, 0), (999, 0), (1_000, 1_000), (5_000, 5_000)] {
            contacts.met(one, at(now));
            assert_eq!(contacts.last(one), Some(at(last)));
        }
        assert_eq!(contacts.last(other), None);
    }
}
