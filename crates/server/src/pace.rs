//! How often each machine may report: a few at once, and then one now and then. A machine that reports every
//! second is put off, and its sales are not: those are counted nowhere here. Nothing of it is written down.

use purchase::id::{DeviceId, StoreId};
use purchase::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// One report in this time, in the long run.
const EVERY_MS: i64 = 30_000;
/// Reports at once, of a machine that was silent before.
const AT_ONCE: i64 = 5;
/// Machines remembered at most; those that could report anew are forgotten first.
const REMEMBERED_MAX: usize = 100_000;

/// The pace of every machine, for each store that it reports for.
#[derive(Default)]
pub struct Pace(Mutex<HashMap<(DeviceId, StoreId), i64>>);

impl Pace {
    /// Takes a report of a machine, if it is not too early for one.
    ///
    /// # Errors
    /// The seconds after which one is taken.
    pub(crate) fn take(
        &self,
        device_id: DeviceId,
        store_id: &StoreId,
        now: Timestamp,
    ) -> Result<(), u32> {
        let now = now.ms();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.retain(|_, paid| *paid > now);
        }
        let place = (device_id, store_id.clone());
        // Until when its reports are paid for. A clock that was set back makes nobody wait for longer.
        let most = now.saturating_add(AT_ONCE * EVERY_MS);
        let paid = known.get(&place).copied().unwrap_or(now).clamp(now, most);
        let next = paid.saturating_add(EVERY_MS);
        if next > most {
            let wait_s = next.saturating_sub(most).saturating_add(999) / 1_000;
            return Err(u32::try_from(wait_s).unwrap_or(60));
        }
        // Where so many machines are new at once, one that is not remembered is not put off.
        if known.len() < REMEMBERED_MAX || known.contains_key(&place) {
            known.insert(place, next);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_at_once_and_then_one_now_and_then() {
        let pace = Pace::default();
        let at = |ms: i64| Timestamp::from_ms(1_000_000_000 + ms).unwrap();
        let store = |id: &str| StoreId::parse(id).unwrap();
        let check = |id: u8, shop: &str, ms: i64, expected: Result<(), u32>| {
            let found = pace.take(DeviceId([id; 16]), &store(shop), at(ms));
            assert_eq!(found, expected, "{id} {shop} {ms}");
        };
        for _ in 0..5 {
            check(1, "s-1", 0, Ok(()));
        }
        check(1, "s-1", 0, Err(30));
        check(1, "s-1", 29_001, Err(1));
        check(1, "s-1", 30_000, Ok(()));
        check(1, "s-1", 30_000, Err(30));
        check(1, "s-2", 30_000, Ok(()));
        check(2, "s-1", 30_000, Ok(()));
        // The clock was set back by a day: nobody waits for a day.
        check(1, "s-1", -86_400_000, Err(30));
        check(1, "s-1", 400_000, Ok(()));
    }
}
