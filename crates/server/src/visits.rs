//! Where somebody shops, and what was bought at one shop before: how often, when last, and for how much. From
//! opened purchases; nothing is read or kept here.

use crate::counter::Counter;
use crate::prices::{Measure, each};
use crate::spending::Effect;
use crate::ware::{Ware, shown_name};
use ledger::account::Filed;
use purchase::id::StoreId;
use purchase::time::Timestamp;
use std::cmp::Reverse;
use std::collections::HashMap;
use wire::time::show;

/// Different items of one shop that are told apart; the oldest beyond are left out.
const WARES_MAX: usize = 20_000;

/// One shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// Which.
    pub store_id: StoreId,
    /// What it was called on the newest receipt.
    pub name: String,
    /// Sales that were not voided.
    pub times: u64,
    /// When it was last, by the shop's clock.
    pub shown_at: String,
    last: Timestamp,
}

/// All shops where somebody bought.
#[derive(Clone, Debug, Default)]
pub struct Visits(HashMap<StoreId, Visited>);

impl Visits {
    /// Counts one purchase. They come newest first.
    pub fn add(&mut self, filed: &Filed, counter: &Counter) {
        if Effect::of(filed) != Effect::Spends {
            return;
        }
        let store_id = &filed.settlement.content().key.store_id;
        let shop = self.0.entry(store_id.clone()).or_insert_with(|| {
            let at = filed.settlement.effective_at(filed.received_at);
            Visited {
                store_id: store_id.clone(),
                name: counter
                    .store
                    .identity(filed.identity)
                    .name
                    .as_str()
                    .to_owned(),
                times: 0,
                shown_at: show(at, &counter.zone),
                last: at,
            }
        });
        shop.times += 1;
    }

    /// The shops, the one of the newest purchase first.
    #[must_use]
    pub fn latest_first(self) -> Vec<Visited> {
        let mut shops: Vec<_> = self.0.into_values().collect();
        shops.sort_by_key(|shop| (Reverse(shop.last), shop.store_id.clone()));
        shops
    }
}

/// One item that was bought at a shop before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// Which.
    pub ware: Ware,
    /// What it was called on the newest receipt.
    pub name: String,
    /// How often it was bought.
    pub times: u64,
    /// When it was bought last, by the shop's clock.
    pub shown_at: String,
    last: Timestamp,
    /// What one unit came to then, in minor units.
    pub each: i128,
    /// In which currency, and of what one is.
    pub measure: Measure,
}

/// In which order items are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What was bought most often first.
    Often,
    /// What was bought last first.
    Latest,
}

/// What was bought at one shop.
#[derive(Clone, Debug, Default)]
pub struct BoughtHere {
    wares: HashMap<Ware, Before>,
    /// Sales that were not voided.
    pub visits: u64,
}

impl BoughtHere {
    /// Looks at one purchase of the shop. They come newest first.
    pub fn add(&mut self, filed: &Filed, counter: &Counter) {
        if Effect::of(filed) != Effect::Spends {
            return;
        }
        self.visits += 1;
        let content = filed.settlement.content();
        let names = filed.names.iter().map(Some).chain(std::iter::repeat(None));
        for (line, name) in content.lines.iter().zip(names) {
            let Some(ware) = Ware::of(line, name, counter) else {
                continue;
            };
            if self.wares.len() >= WARES_MAX && !self.wares.contains_key(&ware) {
                continue;
            }
            let before = self.wares.entry(ware.clone()).or_insert_with(|| {
                let at = filed.settlement.effective_at(filed.received_at);
                Before {
                    ware,
                    name: shown_name(line, name).to_owned(),
                    times: 0,
                    shown_at: show(at, &counter.zone),
                    last: at,
                    each: each(line),
                    measure: Measure {
                        currency: content.currency,
                        unit: line.unit.clone(),
                    },
                }
            });
            before.times += 1;
        }
    }

    /// The items in that order, and how many there are of them in all.
    #[must_use]
    pub fn in_order(self, order: Order, count: usize) -> (Vec<Before>, usize) {
        let mut wares: Vec<_> = self.wares.into_values().collect();
        let all = wares.len();
        match order {
            Order::Often => wares.sort_by(|one, other| {
                let key = |it: &Before| (Reverse(it.times), Reverse(it.last));
                key(one)
                    .cmp(&key(other))
                    .then_with(|| one.ware.cmp(&other.ware))
            }),
            Order::Latest => wares.sort_by(|one, other| {
                let key = |it: &Before| (Reverse(it.last), Reverse(it.times));
                key(one)
                    .cmp(&key(other))
                    .then_with(|| one.ware.cmp(&other.ware))
            }),
        }
        wares.truncate(count);
        (wares, all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{counter, filed, sale};

    #[test]
    fn what_was_bought_here_is_told_by_how_often_and_by_when() {
        let book = || {
            [
                sale("a", "2026-11-04T10:00:00+09:00", &[("tea", 300)]),
                sale(
                    "a",
                    "2026-11-03T10:00:00+09:00",
                    &[("milk", 220), ("egg", 250)],
                ),
                sale("a", "2026-11-01T10:00:00+09:00", &[("milk", 200)]),
            ]
        };
        let check = |order: Order, count: usize, expected: &[(&str, u64, i128)]| {
            let mut bought = BoughtHere::default();
            let mut voided = filed(&sale("a", "2026-11-05T10:00:00+09:00", &[("pie", 1)]));
            voided.voided_by = Some(voided.settlement.content().key.clone());
            bought.add(&voided, &counter("a"));
            for sold in book() {
                bought.add(&filed(&sold), &counter("a"));
            }
            assert_eq!(bought.visits, 3);
            let (items, all) = bought.in_order(order, count);
            let items: Vec<_> = items
                .iter()
                .map(|it| (&*it.name, it.times, it.each))
                .collect();
            assert_eq!((&*items, all), (expected, 3), "{order:?}");
        };
        let (milk, egg, tea) = (
            ("name of milk", 2, 220),
            ("name of egg", 1, 250),
            ("name of tea", 1, 300),
        );
        check(Order::Often, 9, &[milk, tea, egg]);
        check(Order::Latest, 9, &[tea, milk, egg]);
        check(Order::Latest, 1, &[tea]);
    }

    #[test]
    fn shops_are_told_latest_first() {
        let mut visits = Visits::default();
        for (shop, at) in [
            ("b", "2026-11-04T10:00:00+09:00"),
            ("a", "2026-11-03T10:00:00+09:00"),
            ("b", "2026-11-01T10:00:00+09:00"),
        ] {
            visits.add(&filed(&sale(shop, at, &[("tea", 300)])), &counter(shop));
        }
        let shops = visits.latest_first();
        let shops: Vec<_> = shops
            .iter()
            .map(|it| (&*it.name, it.times, &*it.shown_at))
            .collect();
        assert_eq!(
            shops,
            [
                ("b", 2, "2026-11-04T10:00:00+09:00"),
                ("a", 1, "2026-11-03T10:00:00+09:00")
            ]
        );
    }
}
