//! Telling people's pages that something was committed. It wakes whoever listens for a person and
//! carries nothing: what happened is read from the feed, which is the one source of truth.

use purchase::id::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Who listens for whom.
#[derive(Default)]
pub struct Hub {
    listeners: Mutex<HashMap<UserId, Listeners>>,
}

struct Listeners {
    notify: Arc<Notify>,
    count: usize,
    /// The newest number that was heard of from other servers. None at first, so that the first time
    /// wakes everybody: what a page has read by then is its own affair.
    newest: u64,
}

impl Hub {
    /// Wakes everybody who listens for one of these people.
    pub fn tell(&self, people: &[UserId]) {
        let listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if listeners.is_empty() {
            return;
        }
        for user_id in people {
            if let Some(listening) = listeners.get(user_id) {
                listening.notify.notify_waiters();
            }
        }
    }

    /// Everybody for whom somebody listens, in no order that means anything.
    #[must_use]
    pub fn people(&self) -> Vec<UserId> {
        let listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.keys().copied().collect()
    }

    /// Hears how far people's feeds go, whichever server they grew on, and wakes whoever listens for
    /// one that goes on.
    pub fn hear(&self, feeds: &[(UserId, u64)]) {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (user_id, newest) in feeds {
            if let Some(listening) = listeners.get_mut(user_id)
                && listening.newest < *newest
            {
                listening.newest = *newest;
                listening.notify.notify_waiters();
            }
        }
    }

    /// Listens for a person until the ear is dropped.
    #[must_use]
    pub fn listen(self: &Arc<Self>, user_id: UserId) -> Ear {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let listening = listeners.entry(user_id).or_insert_with(|| Listeners {
            notify: Arc::default(),
            count: 0,
            newest: 0,
        });
        listening.count += 1;
        Ear {
            hub: Arc::clone(self),
            user_id,
            notify: Arc::clone(&listening.notify),
        }
    }

    /// Pages that listen for this person.
    #[must_use]
    pub fn count(&self, user_id: UserId) -> usize {
        let listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners
            .get(&user_id)
            .map_or(0, |listening| listening.count)
    }
}

/// One listener.
pub struct Ear {
    hub: Arc<Hub>,
    user_id: UserId,
    notify: Arc<Notify>,
}

impl Ear {
    /// What wakes this listener; to be asked for before the feed is read, so that nothing that is
    /// committed in between is slept through.
    #[must_use]
    pub fn notify(&self) -> Arc<Notify> {
        Arc::clone(&self.notify)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let mut listeners = self
            .hub
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(listening) = listeners.get_mut(&self.user_id) {
            listening.count -= 1;
            if listening.count == 0 {
                listeners.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_is_woken_where_a_feed_goes_on() {
        let hub = Arc::new(Hub::default());
        let (ann, bob) = (UserId([1; 16]), UserId([2; 16]));
        let ear = hub.listen(ann);
        let rows = [
            ("at first, whatever was read", vec![(ann, 5)], true),
            ("nothing new", vec![(ann, 5)], false),
            ("an answer that comes late", vec![(ann, 4)], false),
            ("somebody else's", vec![(bob, 9)], false),
            ("one entry more", vec![(bob, 9), (ann, 6)], true),
            ("nobody's", vec![], false),
        ];
        for (what, feeds, is_woken) in rows {
            let notify = ear.notify();
            let mut woken = Box::pin(notify.notified());
            assert!(!woken.as_mut().enable(), "{what}");
            hub.hear(&feeds);
            assert_eq!(woken.as_mut().enable(), is_woken, "{what}");
        }
        assert_eq!(hub.people(), [ann]);
        drop(ear);
        assert!(hub.people().is_empty());
    }
}
