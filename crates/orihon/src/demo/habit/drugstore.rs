//! At the drugstore: what ran out in the bathroom, what the season asks for, and a little more.

use super::super::basket::Basket;
use super::super::message::{Adjustment, Settlement};
use super::super::purse::Buyer;
use super::super::shelf::Ware;
use super::{Life, Staple, season, staple, wanted};
use jiff::civil::DateTime;

const STAPLES: &[Staple] = &[
    staple("toilet-paper", 30, 40),
    staple("tissue", 35, 45),
    staple("laundry", 40, 50),
    staple("softener", 50, 65),
    staple("shampoo", 50, 65),
    staple("conditioner", 50, 65),
    staple("body-soap", 45, 60),
    staple("hand-soap", 50, 65),
    staple("toothpaste", 45, 60),
    staple("toothbrush", 30, 45),
    staple("napkin", 27, 31),
    staple("toilet-cleaner", 60, 80),
    staple("bath-cleaner", 60, 80),
    staple("lotion", 70, 90),
    staple("vitamin", 58, 62),
];

const POLLEN_STAPLES: &[Staple] = &[
    wanted("hayfever", 18, 22),
    staple("nasal", 28, 35),
    wanted("eye-drops", 25, 32),
];

/// Something to be kept to oneself, from June to September.
const SUMMER_STAPLES: &[Staple] = &[wanted("foot-cream", 40, 55)];

/// At most this much of what ran out is carried home at once.
const STAPLES_AT_ONCE: usize = 4;

const ROUND: &[(&str, i64)] = &[
    ("衛生用品", 25),
    ("医薬品", 15),
    ("化粧品", 25),
    ("日用品", 30),
    ("オーラルケア", 12),
    ("飲料・菓子", 55),
    ("栄養ドリンク", 15),
];

const MEDICINES: &str = "医薬品";
const COUPON_PERCENT: i64 = 20;

impl Life<'_> {
    /// A visit to the drugstore.
    pub(in super::super) fn drugstore_visit(&mut self, at: DateTime) -> anyhow::Result<Settlement> {
        let day = at.date();
        let dice = &mut self.dice;
        let mut due = self.pantry.take_due(STAPLES, day, dice)?;
        due.truncate(STAPLES_AT_ONCE);
        if season::has_pollen(day) {
            due.extend(self.pantry.take_due(POLLEN_STAPLES, day, dice)?);
        }
        if (6..=9).contains(&day.month()) {
            due.extend(self.pantry.take_due(SUMMER_STAPLES, day, dice)?);
        }
        let mut basket = Basket::new(&self.town.drugstore, at, dice);
        let mut has_medicine = false;
        for slug in due {
            if let Some(ware) = basket.find(slug)? {
                has_medicine |= ware.category == MEDICINES;
                add(&mut basket, ware)?;
            }
        }
        for (category, percent) in ROUND {
            if basket.dice.chance(*percent)
                && let Some(ware) = basket.choose(category)
            {
                has_medicine |= ware.category == MEDICINES;
                add(&mut basket, ware)?;
            }
        }
        if basket.is_empty()
            && let Some(ware) = basket.find("tissue")?
        {
            add(&mut basket, ware)?;
        }
        if has_medicine {
            basket
                .receipt
                .note("医薬品はセルフメディケーション税制の対象です");
        }
        Ok(basket.close(&mut self.purse, Buyer::Known(self.user_id)))
    }
}

/// Puts something in; now and then a coupon takes a fifth off one item.
fn add(basket: &mut Basket<'_, '_>, ware: &Ware) -> anyhow::Result<()> {
    let line = basket.put(ware)?;
    let price = ware.price_on(basket.receipt.at.date());
    if ware.category != MEDICINES && price >= 300 && basket.dice.chance(8) {
        basket.receipt.adjust(Adjustment {
            kind: "coupon",
            label: "1点20%引クーポン",
            amount: -(price * COUPON_PERCENT / 100),
            tax_percent: Some(ware.rate.text()),
            lines: vec![line],
        });
    }
    Ok(())
}
