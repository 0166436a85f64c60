//! Keys that were opened a moment ago, so that not each of them costs a way to the database. It holds
//! so many at most, and none for longer than the time between three calls of [`Near::forget_old`]; it
//! does not ask what time it is.

use crate::keyring::HolderId;
use crate::seal::DataKey;
use std::collections::HashMap;

/// Keys at most.
pub(super) const NEAR_MAX: usize = 65_536;

/// Two generations: what is asked for again is not thereby younger.
#[derive(Default)]
pub(super) struct Near {
    young: HashMap<HolderId, DataKey>,
    old: HashMap<HolderId, DataKey>,
    moment: Moment,
}

/// When a question was asked: an answer may not be kept if something was forgotten since, as it may be
/// about what was before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment(u64);

impl Near {
    pub(super) fn get(&self, holder: &HolderId) -> Option<&DataKey> {
        self.young.get(holder).or_else(|| self.old.get(holder))
    }

    pub(super) const fn moment(&self) -> Moment {
        self.moment
    }

    /// Keeps what was answered to a question of that moment.
    pub(super) fn put(&mut self, asked: Moment, holder: HolderId, key: DataKey) {
        if asked != self.moment {
            return;
        }
        if self.young.len() >= NEAR_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(holder, key);
    }

    /// Forgets the key of one holder.
    pub(super) fn forget(&mut self, holder: &HolderId) {
        self.young.remove(holder);
        self.old.remove(holder);
        self.moment.0 += 1;
    }

    /// Forgets what was kept before the last call.
    pub(super) fn forget_old(&mut self) {
        self.old = std::mem::take(&mut self.young);
        self.moment.0 += 1;
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(number: usize) -> HolderId {
        let number = u128::try_from(number).expect("a small number");
        HolderId(number.to_be_bytes())
    }

    fn put(near: &mut Near, number: usize) {
        near.put(near.moment(), holder(number), DataKey::new([1; 32]));
    }

    #[test]
    fn it_is_bounded_and_the_newest_are_in_it() {
        let mut near = Near::default();
        let many = NEAR_MAX * 3;
        for number in 0..many {
            put(&mut near, number);
            assert!(near.len() <= NEAR_MAX, "after {number}");
        }
        assert!(near.get(&holder(many - 1)).is_some());
        assert!(near.get(&holder(many - NEAR_MAX / 2)).is_some());
        assert!(near.get(&holder(0)).is_none());
    }

    #[test]
    fn what_is_old_is_forgotten_however_often_it_is_asked_for() {
        let mut near = Near::default();
        put(&mut near, 1);
        near.forget_old();
        put(&mut near, 2);
        assert!(near.get(&holder(1)).is_some() && near.get(&holder(2)).is_some());
        near.forget_old();
        assert!(near.get(&holder(1)).is_none() && near.get(&holder(2)).is_some());
        near.forget_old();
        assert_eq!(near.len(), 0);
    }

    #[test]
    fn what_was_forgotten_does_not_come_back_by_a_late_answer() {
        let mut near = Near::default();
        for forget in [
            |near: &mut Near| near.forget(&holder(1)),
            |near: &mut Near| near.forget_old(),
        ] {
            put(&mut near, 1);
            let asked = near.moment();
            forget(&mut near);
            near.forget_old();
            near.put(asked, holder(1), DataKey::new([1; 32]));
            near.forget_old();
            assert!(near.get(&holder(1)).is_none());
        }
        put(&mut near, 1);
        near.forget(&holder(1));
        assert!(near.get(&holder(1)).is_none());
    }
}
