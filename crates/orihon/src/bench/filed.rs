//! What the server said of every settlement that was sent, in eight bytes each, so that afterwards
//! it can be held to its word.

use super::sale::{Sale, Till};

/// What became of one settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate(u64);

impl Fate {
    /// Sent, and no answer that says what became of it: it may be there or not.
    pub(super) const UNKNOWN: Self = Self(0);
    /// Answered in a way that says that nothing was stored.
    pub(super) const REFUSED: Self = Self(1);

    /// Acknowledged as this purchase. Of its id a fingerprint is kept (FNV-1a), which tells two ids
    /// apart but for one time in 2^63.
    pub(super) fn filed(purchase_id: &[u8]) -> Self {
        let fingerprint = purchase_id
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
                (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(fingerprint | 2)
    }

    pub(super) fn is_filed(self) -> bool {
        self != Self::UNKNOWN && self != Self::REFUSED
    }
}

/// Everything that one till sold, and what became of it.
#[derive(Debug, Default)]
pub(super) struct Tape {
    pub(super) till: Till,
    /// By store, then by sequence.
    stores: Vec<Vec<Fate>>,
}

impl Tape {
    pub(super) fn new(till: Till, stores: u32) -> Self {
        let stores = usize::try_from(stores).unwrap_or(0);
        Self {
            till,
            stores: vec![Vec::new(); stores],
        }
    }

    /// The next sale in that store, whose fate is unknown until it is told.
    pub(super) fn sell(&mut self, store: u32) -> Sale {
        let at = usize::try_from(store).unwrap_or(usize::MAX);
        let mut sequence = 0;
        if let Some(fates) = self.stores.get_mut(at) {
            sequence = u32::try_from(fates.len()).unwrap_or(u32::MAX);
            fates.push(Fate::UNKNOWN);
        }
        Sale { store, sequence }
    }

    pub(super) fn tell(&mut self, sale: Sale, fate: Fate) {
        let store = usize::try_from(sale.store).unwrap_or(usize::MAX);
        let at = usize::try_from(sale.sequence).unwrap_or(usize::MAX);
        if let Some(kept) = self
            .stores
            .get_mut(store)
            .and_then(|fates| fates.get_mut(at))
        {
            *kept = fate;
        }
    }

    /// Every sale, store by store, in the order in which they were sold.
    pub(super) fn sales(&self) -> impl Iterator<Item = (Sale, Fate)> {
        (0..).zip(&self.stores).flat_map(|(store, fates)| {
            (0..)
                .zip(fates)
                .map(move |(sequence, fate)| (Sale { store, sequence }, *fate))
        })
    }
}

/// How many came to which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Fates {
    pub(super) acknowledged: u64,
    pub(super) unknown: u64,
    pub(super) refused: u64,
}

impl Fates {
    pub(super) fn of(tapes: &[Tape]) -> Self {
        let mut fates = Self::default();
        for (_, fate) in tapes.iter().flat_map(Tape::sales) {
            fates.count(fate);
        }
        fates
    }

    pub(super) fn count(&mut self, fate: Fate) {
        match fate {
            Fate::UNKNOWN => self.unknown += 1,
            Fate::REFUSED => self.refused += 1,
            _ => self.acknowledged += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fates_are_kept_by_store_and_sequence() {
        let mut tape = Tape::new(Till::new('s', 0), 3);
        let sales: Vec<Sale> = [2, 0, 2]
            .into_iter()
            .map(|store| tape.sell(store))
            .collect();
        let filed = Fate::filed(b"pur_1");
        assert!(filed.is_filed() && filed != Fate::filed(b"pur_2"));
        tape.tell(sales[2], filed);
        tape.tell(sales[1], Fate::REFUSED);
        let sale = |store, sequence| Sale { store, sequence };
        let expected = [
            (sale(0, 0), Fate::REFUSED),
            (sale(2, 0), Fate::UNKNOWN),
            (sale(2, 1), filed),
        ];
        assert_eq!(tape.sales().collect::<Vec<_>>(), expected);
        let fates = Fates {
            acknowledged: 1,
            unknown: 1,
            refused: 1,
        };
        assert_eq!(Fates::of(&[tape]), fates);
    }
}
