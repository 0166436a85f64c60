//! Lets go of the engine's full memtables on a thread of its own. The engine drops a memtable once it
//! is a table, and it does so under a lock that every read and commit needs: taking half a million
//! nodes apart held all of them up for about 100 ms. Whoever holds the memtable longest pays for it,
//! so it is held here. It never looks into one.

use super::engine::BACKGROUND_NICE;
use std::any::Any;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A memtable, of which nothing matters but that it is there.
pub(crate) type Held = Arc<dyn Any + Send + Sync>;

/// How long after the engine has let go of a memtable it may stay.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The holder of memtables. Its thread ends with it.
pub(crate) struct Sweeper {
    /// The memtable that each keyspace writes to now.
    active: Mutex<Vec<Option<Held>>>,
    hand_over: Sender<Held>,
}

impl Sweeper {
    /// Starts it for so many keyspaces.
    ///
    /// # Errors
    /// If the machine starts no more threads.
    pub(crate) fn start(keyspaces: usize) -> std::io::Result<Self> {
        let (hand_over, handed_over) = channel();
        std::thread::Builder::new()
            .name("sweeper".to_owned())
            .spawn(move || sweep(&handed_over))?;
        Ok(Self {
            active: Mutex::new(vec![None; keyspaces]),
            hand_over,
        })
    }

    /// Says which memtables are written to now; those that were before are let go.
    pub(crate) fn look(&self, now: impl Iterator<Item = Held>) {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        for (slot, memtable) in active.iter_mut().zip(now) {
            let is_same = slot
                .as_ref()
                .is_some_and(|before| Arc::ptr_eq(before, &memtable));
            if is_same {
                continue;
            }
            if let Some(full) = slot.replace(memtable) {
                // Without the thread it is dropped here, which costs time and nothing else.
                let _ = self.hand_over.send(full);
            }
        }
    }
}

/// Drops what nobody else holds any more, until the sweeper itself is gone.
fn sweep(handed_over: &Receiver<Held>) {
    if let Err(error) = rustix::process::setpriority_process(None, BACKGROUND_NICE) {
        tracing::debug!(%error, "the sweeper keeps the usual priority");
    }
    let mut held: Vec<Held> = Vec::new();
    loop {
        let next = match held.is_empty() {
            true => handed_over
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
            false => handed_over.recv_timeout(LOOK_EVERY),
        };
        match next {
            Ok(full) => held.push(full),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        held.retain(|memtable| Arc::strong_count(memtable) > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_full_goes_when_the_engine_lets_go() {
        let sweeper = Sweeper::start(2).unwrap();
        let (first, second): (Held, Held) = (Arc::new(1_u8), Arc::new(2_u8));
        let gone = Arc::downgrade(&first);
        sweeper.look([Arc::clone(&first), Arc::clone(&second)].into_iter());
        sweeper.look([Arc::clone(&second), Arc::clone(&second)].into_iter());
        assert!(gone.upgrade().is_some(), "the engine holds it");
        drop(first);
        while gone.upgrade().is_some() {
            std::thread::yield_now();
        }
    }
}
