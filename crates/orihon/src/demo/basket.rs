//! A basket that fills up on the way to the till: nothing twice, how much of each, and then a
//! receipt. What goes into it is a matter of habits.

use super::dice::Dice;
use super::message::Settlement;
use super::purse::{Buyer, Purse};
use super::receipt::{Quantity, Receipt};
use super::shelf::Ware;
use super::shop::Shop;
use jiff::civil::DateTime;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Hundreds of grams that somebody buys of something weighed, in hundredths.
const WEIGHED: RangeInclusive<i64> = 148..=436;

/// A basket in a shop.
pub(super) struct Basket<'t, 'd> {
    pub(super) receipt: Receipt<'t>,
    pub(super) dice: &'d mut Dice,
    taken: BTreeSet<&'static str>,
}

impl<'t, 'd> Basket<'t, 'd> {
    pub(super) fn new(shop: &'t Shop, at: DateTime, dice: &'d mut Dice) -> Self {
        Self {
            receipt: Receipt::open(shop, at, dice),
            dice,
            taken: BTreeSet::new(),
        }
    }

    /// An item of a category that is on sale and not in the basket yet.
    pub(super) fn choose(&mut self, category: &str) -> Option<&'t Ware> {
        let mut wares = self
            .receipt
            .shop
            .shelf
            .on_sale(category, self.receipt.at.date());
        wares.retain(|ware| !self.taken.contains(ware.slug));
        self.dice.weighted(&wares, |ware| ware.weight).copied()
    }

    /// The item called `slug`, if it is not in the basket yet.
    pub(super) fn find(&self, slug: &str) -> anyhow::Result<Option<&'t Ware>> {
        let shop: &'t Shop = self.receipt.shop;
        let ware = shop.shelf.ware(slug)?;
        Ok((!self.taken.contains(ware.slug)).then_some(ware))
    }

    /// Puts in a usual amount of something and gives its line.
    pub(super) fn put(&mut self, ware: &Ware) -> anyhow::Result<u16> {
        let quantity = match ware.unit {
            Some(_) => Quantity::Hundredths(self.dice.between(WEIGHED)),
            None => Quantity::Pieces(1),
        };
        self.put_so_many(ware, quantity)
    }

    pub(super) fn put_so_many(&mut self, ware: &Ware, quantity: Quantity) -> anyhow::Result<u16> {
        self.taken.insert(ware.slug);
        self.receipt.sell(ware, quantity)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.receipt.line_count() == 0
    }

    pub(super) fn close(self, purse: &mut Purse, buyer: Buyer<'_>) -> Settlement {
        self.receipt.close(purse, self.dice, buyer)
    }
}
