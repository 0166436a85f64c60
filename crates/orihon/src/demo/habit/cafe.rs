//! At the café: a drink with its options, something to eat, eaten there (10 %) or carried out (8 %)
//! at the same price, and beans for home.

use super::super::basket::Basket;
use super::super::message::{Adjustment, Settlement};
use super::super::purse::Buyer;
use super::super::receipt::Quantity;
use super::super::shelf::{Rate, Ware};
use super::{Life, Staple, season, staple};
use jiff::civil::{DateTime, Weekday};

const BEANS: &[Staple] = &[staple("beans-ori", 24, 34)];
const TART_PRICE: i64 = 680;
const OWN_CUP: i64 = 20;
const COUPON: i64 = 50;

/// An option, the drinks that take it (all if none is named), and how often.
struct Choice {
    slug: &'static str,
    drinks: &'static [&'static str],
    percent: i64,
}

const OPTIONS: &[Choice] = &[
    Choice {
        slug: "large",
        drinks: &[],
        percent: 25,
    },
    Choice {
        slug: "oat-milk",
        drinks: &[
            "latte",
            "cappuccino",
            "hojicha-latte",
            "matcha-latte",
            "ice-latte",
            "sakura-latte",
        ],
        percent: 25,
    },
    Choice {
        slug: "shot",
        drinks: &["latte", "ice-latte", "mocha"],
        percent: 12,
    },
    Choice {
        slug: "syrup",
        drinks: &["latte", "ice-latte", "cappuccino"],
        percent: 10,
    },
    Choice {
        slug: "whip",
        drinks: &["mocha", "cocoa"],
        percent: 40,
    },
    Choice {
        slug: "decaf",
        drinks: &["blend", "latte"],
        percent: 8,
    },
];

impl Life<'_> {
    /// A visit to the café.
    pub(in super::super) fn cafe_visit(&mut self, at: DateTime) -> anyhow::Result<Settlement> {
        let beans = self.pantry.take_due(BEANS, at.date(), &mut self.dice)?;
        let mut basket = Basket::new(&self.town.cafe, at, &mut self.dice);
        let is_weekend = matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday);
        let is_carried_out = at.hour() < 9 || basket.dice.chance(30);
        let rate = if is_carried_out {
            Rate::Reduced
        } else {
            Rate::Full
        };
        basket.receipt.note(if is_carried_out {
            "お持ち帰り"
        } else {
            "店内ご飲食"
        });
        let drink = drink(&mut basket, rate)?;
        if is_carried_out && basket.dice.chance(25) {
            // The cup is the customer's own, so something comes off the last line of the drink.
            basket.receipt.discount("マイカップ割引", OWN_CUP)?;
        }
        if let Some(line) = drink
            && basket.dice.chance(7)
        {
            basket.receipt.adjust(Adjustment {
                kind: "coupon",
                label: "ドリンク50円引クーポン",
                amount: -COUPON,
                tax_percent: Some(rate.text()),
                lines: vec![line],
            });
        }
        if is_weekend && !is_carried_out && basket.dice.chance(25) {
            self::drink(&mut basket, rate)?;
        }
        food(&mut basket, rate)?;
        for slug in beans {
            if let Some(ware) = basket.find(slug)? {
                basket.put(ware)?;
            }
        }
        Ok(basket.close(&mut self.purse, Buyer::Known(self.user_id)))
    }
}

/// A drink, and its options as parts of its line.
fn drink(basket: &mut Basket<'_, '_>, rate: Rate) -> anyhow::Result<Option<u16>> {
    let Some(ware) = basket.choose("ドリンク") else {
        return Ok(None);
    };
    let line = put(basket, ware, rate)?;
    for option in OPTIONS {
        let fits = option.drinks.is_empty() || option.drinks.contains(&ware.slug);
        if fits && basket.dice.chance(option.percent) {
            let ware = basket.receipt.shop.shelf.ware(option.slug)?;
            put(basket, ware, rate)?;
            basket.receipt.part_of(line)?;
        }
    }
    Ok(Some(line))
}

/// Something to eat with it, or the tart of the day, which has no code.
fn food(basket: &mut Basket<'_, '_>, rate: Rate) -> anyhow::Result<()> {
    let ware = match basket.dice.between(1..=100) {
        ..=18 => basket.choose("フード"),
        19..=42 => basket.choose("スイーツ"),
        43..=52 => {
            let name = season::tart_of(basket.receipt.at.date());
            basket.receipt.sell_by_name(name, TART_PRICE, rate)?;
            None
        }
        _ => None,
    };
    if let Some(ware) = ware {
        put(basket, ware, rate)?;
    }
    Ok(())
}

fn put(basket: &mut Basket<'_, '_>, ware: &Ware, rate: Rate) -> anyhow::Result<u16> {
    basket.receipt.sell_at(ware, Quantity::Pieces(1), rate)
}
