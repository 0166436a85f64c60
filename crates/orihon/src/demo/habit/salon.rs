//! At the hair salon: services one after the other, each with its time, paid when all is done.

use super::super::message::{Adjustment, Settlement};
use super::super::purse::Buyer;
use super::super::receipt::{Quantity, Receipt};
use super::super::shelf::{Nature, Rate};
use super::Life;
use jiff::ToSpan;
use jiff::civil::DateTime;

/// Between sitting down and the first service, and between the last one and the till.
const MARGIN_MINUTES: i64 = 5;
const NOMINATION: i64 = 550;
const BIRTHDAY_MONTH: i8 = 9;
const BIRTHDAY_COUPON: i64 = 1_000;
const STYLIST: &str = "高橋 (スタイリスト)";

impl Life<'_> {
    /// A visit to the salon that is paid at `at`.
    pub(in super::super) fn salon_visit(&mut self, at: DateTime) -> anyhow::Result<Settlement> {
        let shop = &self.town.salon;
        let mut slugs = vec!["cut"];
        self.haircuts += 1;
        match self.haircuts % 4 {
            1 | 3 => slugs.push("color"),
            2 => slugs.push("full-color"),
            _ => slugs.push("head-spa"),
        }
        if self.dice.chance(40) {
            slugs.push("treatment");
        }
        slugs.push("blow");
        let services = slugs
            .into_iter()
            .map(|slug| shop.shelf.ware(slug))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let minutes: i64 = services
            .iter()
            .map(|ware| match ware.nature {
                Nature::Goods => 0,
                Nature::Service { minutes } => minutes,
            })
            .sum();
        let mut receipt = Receipt::open(shop, at, &mut self.dice);
        let mut begins = at.checked_sub((minutes + MARGIN_MINUTES).minutes())?;
        for ware in services {
            begins = receipt.serve(ware, begins)?;
        }
        if self.dice.chance(25)
            && let Some(ware) = self.dice.pick(&shop.shelf.on_sale("店販", at.date()))
        {
            receipt.sell(ware, Quantity::Pieces(1))?;
        }
        receipt.served_by(STYLIST);
        receipt.adjust(Adjustment {
            kind: "fee",
            label: "指名料",
            amount: NOMINATION,
            tax_percent: Some(Rate::Full.text()),
            lines: Vec::new(),
        });
        if at.month() == BIRTHDAY_MONTH {
            receipt.adjust(Adjustment {
                kind: "coupon",
                label: "お誕生月クーポン",
                amount: -BIRTHDAY_COUPON,
                tax_percent: Some(Rate::Full.text()),
                lines: Vec::new(),
            });
        }
        Ok(receipt.close(&mut self.purse, &mut self.dice, Buyer::Known(self.user_id)))
    }
}
