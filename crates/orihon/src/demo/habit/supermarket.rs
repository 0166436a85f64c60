//! At the supermarket: the big shop of the week, dinner on the way home, a quick lunch.

use super::super::basket::Basket;
use super::super::message::{Adjustment, Settlement};
use super::super::purse::Buyer;
use super::super::receipt::Quantity;
use super::super::shelf::{Rate, Ware};
use super::{Life, Staple, season, staple};
use jiff::civil::{DateTime, Weekday};
use std::ops::RangeInclusive;

const STAPLES: &[Staple] = &[
    staple("milk", 5, 8),
    staple("eggs", 8, 12),
    staple("bread", 5, 8),
    staple("natto", 6, 9),
    staple("banana", 7, 12),
    staple("rice", 30, 38),
    staple("shoyu", 60, 80),
    staple("miso", 45, 60),
    staple("oil", 60, 90),
    staple("mayo", 45, 60),
    staple("coffee-drip", 16, 24),
    staple("garbage-bag", 50, 70),
    staple("dish-soap", 60, 80),
    staple("wrap", 80, 110),
    staple("kitchen-paper", 40, 60),
];

/// What else goes into the trolley on the way through the shop.
const ROUND: &[(&str, RangeInclusive<i64>)] = &[
    ("野菜", 1..=3),
    ("果物", 0..=1),
    ("精肉", 1..=2),
    ("肉加工品", 0..=1),
    ("鮮魚", 0..=1),
    ("豆腐・納豆", 0..=1),
    ("卵・乳製品", 0..=1),
    ("パン", 0..=1),
    ("冷凍食品", 0..=1),
    ("麺・乾物", 0..=1),
    ("調味料", 0..=1),
    ("菓子", 0..=2),
    ("飲料", 0..=1),
    ("酒", 0..=2),
];

const DINNER: &[(&str, RangeInclusive<i64>)] = &[
    ("惣菜", 1..=2),
    ("弁当・寿司", 0..=1),
    ("豆腐・納豆", 0..=1),
    ("野菜", 0..=2),
    ("酒", 0..=1),
    ("菓子", 0..=1),
    ("飲料", 0..=1),
];

/// From here on ready-made food is marked down, and later still halved.
const MARKDOWN_FROM: (i8, i8) = (19, 30);
const HALF_PRICE_FROM: (i8, i8) = (20, 10);
/// What a coupon asks for and gives.
const COUPON_BASE_MIN: i64 = 3_000;
const COUPON: i64 = 300;

impl Life<'_> {
    /// The big shop of the week: what ran out, a dish of the season, and a round through the shop.
    pub(in super::super) fn big_shop(&mut self, at: DateTime) -> anyhow::Result<Settlement> {
        let day = at.date();
        let due = self.pantry.take_due(STAPLES, day, &mut self.dice)?;
        let feast = self.take_feast(day);
        let mut basket = Basket::new(&self.town.supermarket, at, &mut self.dice);
        for slug in due {
            take(&mut basket, slug)?;
        }
        for slug in feast {
            take(&mut basket, slug)?;
        }
        if basket.dice.chance(60)
            && let Some(dish) = basket.dice.pick(season::dishes(day))
        {
            for slug in *dish {
                take(&mut basket, slug)?;
            }
        }
        for (category, count) in ROUND {
            fill(&mut basket, category, count.clone())?;
        }
        let ices = if (6..=9).contains(&day.month()) {
            1..=3
        } else {
            0..=1
        };
        fill(&mut basket, "アイス", ices)?;
        if basket.dice.chance(15) {
            fill(&mut basket, "日用品", 1..=1)?;
        }
        if basket.dice.chance(10) && basket.receipt.base(Rate::Reduced) >= COUPON_BASE_MIN {
            basket.receipt.adjust(Adjustment {
                kind: "coupon",
                label: "アプリクーポン 300円引",
                amount: -COUPON,
                tax_percent: Some(Rate::Reduced.text()),
                lines: Vec::new(),
            });
        }
        finish(&mut basket, 55)?;
        Ok(basket.close(&mut self.purse, Buyer::Known(self.user_id)))
    }

    /// Dinner on the way home, cheaper the later it gets.
    pub(in super::super) fn dinner_shop(&mut self, at: DateTime) -> anyhow::Result<Settlement> {
        let feast = self.take_feast(at.date());
        let mut basket = Basket::new(&self.town.supermarket, at, &mut self.dice);
        for slug in feast {
            take(&mut basket, slug)?;
        }
        for (category, count) in DINNER {
            fill(&mut basket, category, count.clone())?;
        }
        if (6..=9).contains(&at.month()) && basket.dice.chance(50) {
            fill(&mut basket, "アイス", 1..=2)?;
        }
        if at.weekday() == Weekday::Tuesday
            && let Some(eggs) = basket.find("eggs")?
        {
            basket.put(eggs)?;
            let price = eggs.price_on(at.date());
            basket.receipt.special_price(price - 40)?;
        }
        finish(&mut basket, 30)?;
        Ok(basket.close(&mut self.purse, Buyer::Known(self.user_id)))
    }

    /// Rice balls and tea for lunch, or bread.
    pub(in super::super) fn lunch_shop(&mut self, at: DateTime) -> anyhow::Result<Settlement> {
        let mut basket = Basket::new(&self.town.supermarket, at, &mut self.dice);
        let category = if basket.dice.chance(65) {
            "弁当・寿司"
        } else {
            "パン"
        };
        fill(&mut basket, category, 1..=2)?;
        take(&mut basket, "tea-500")?;
        if basket.dice.chance(35) {
            fill(&mut basket, "菓子", 1..=1)?;
        }
        finish(&mut basket, 0)?;
        Ok(basket.close(&mut self.purse, Buyer::Known(self.user_id)))
    }
}

/// Puts in some of a category.
fn fill(
    basket: &mut Basket<'_, '_>,
    category: &str,
    count: RangeInclusive<i64>,
) -> anyhow::Result<()> {
    for _ in 0..basket.dice.between(count) {
        if let Some(ware) = basket.choose(category) {
            add(basket, ware)?;
        }
    }
    Ok(())
}

fn take(basket: &mut Basket<'_, '_>, slug: &str) -> anyhow::Result<()> {
    if let Some(ware) = basket.find(slug)? {
        add(basket, ware)?;
    }
    Ok(())
}

/// Puts something in as its kind is bought: some things by the pair, ready-made food marked down
/// in the evening.
fn add(basket: &mut Basket<'_, '_>, ware: &Ware) -> anyhow::Result<()> {
    let is_fresh = matches!(ware.category, "惣菜" | "弁当・寿司") || ware.slug == "sashimi";
    match ware.slug {
        "yogurt-fruit" => return bundle(basket, ware, 2, "よりどり2点 46円引", 46),
        "sour" => return bundle(basket, ware, 3, "チューハイ3本まとめ割", 30),
        "onigiri-sake" | "monaka" | "korokke" if basket.dice.chance(40) => {
            basket.put_so_many(ware, Quantity::Pieces(2))?;
        }
        _ => {
            basket.put(ware)?;
        }
    }
    let at = basket.receipt.at;
    let clock = (at.hour(), at.minute());
    if is_fresh && clock >= HALF_PRICE_FROM && basket.dice.chance(75) {
        basket.receipt.discount_percent("半額", 50)?;
    } else if is_fresh && clock >= MARKDOWN_FROM && basket.dice.chance(70) {
        let (label, percent) = if basket.dice.chance(50) {
            ("20%引", 20)
        } else {
            ("30%引", 30)
        };
        basket.receipt.discount_percent(label, percent)?;
    }
    Ok(())
}

/// So many of something, with what the shop takes off for taking them together.
fn bundle(
    basket: &mut Basket<'_, '_>,
    ware: &Ware,
    pieces: i64,
    label: &'static str,
    less: i64,
) -> anyhow::Result<()> {
    if basket.dice.chance(50) {
        basket.put(ware)?;
        return Ok(());
    }
    let line = basket.put_so_many(ware, Quantity::Pieces(pieces))?;
    basket.receipt.adjust(Adjustment {
        kind: "bundle",
        label,
        amount: -less,
        tax_percent: Some(ware.rate.text()),
        lines: vec![line],
    });
    Ok(())
}

/// A bag now and then, and what every receipt of the shop says.
fn finish(basket: &mut Basket<'_, '_>, bag_percent: i64) -> anyhow::Result<()> {
    if basket.is_empty() {
        fill(basket, "飲料", 1..=1)?;
    }
    if basket.dice.chance(bag_percent) {
        take(basket, "bag")?;
    }
    basket.receipt.note("税率8%の品は軽減税率対象です");
    Ok(())
}
