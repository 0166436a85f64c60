//! What one item cost, over all shops and all years, from opened purchases. Prices of different currencies or
//! units are never compared. Nothing is read or kept here.

use crate::counter::Counter;
use crate::spending::Effect;
use crate::ware::{Ware, shown_name};
use ledger::account::Filed;
use purchase::id::{ItemCode, PurchaseId, StoreId};
use purchase::money::{Currency, Sum};
use purchase::naming::{LineName, Naming};
use purchase::quantity::Quantity;
use purchase::settlement::Line;
use purchase::text::Text;
use purchase::time::Timestamp;
use std::collections::BTreeMap;
use wire::time::show;

/// Purchases of one item that are told one by one; older ones are only counted.
pub const TOLD_MAX: usize = 300;
/// Millionths in one.
const MICROS: i128 = 1_000_000;

/// One purchase of the item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The receipt.
    pub purchase_id: PurchaseId,
    /// When it was paid, by the shop's clock.
    pub shown_at: String,
    /// When it was paid.
    pub at: Timestamp,
    /// Where.
    pub store_id: StoreId,
    /// What the shop was called.
    pub shop: String,
    /// How much.
    pub quantity: Quantity,
    /// What it counts for.
    pub effect: Effect,
    /// What was paid, in minor units.
    pub amount: i128,
    /// What one unit came to, with its discount taken off: minor units, rounded to the nearest.
    pub each: i128,
}

/// What may be compared: the same currency, the same unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measure {
    /// The currency.
    pub currency: Currency,
    /// Of what one is; none for single pieces.
    pub unit: Option<Text>,
}

/// The prices under one measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// The purchases, newest first, at most [`TOLD_MAX`].
    pub told: Vec<Bought>,
    /// How often it was bought, of all of them.
    pub times: u64,
    /// What was spent on it, less what came back.
    pub spent: Sum,
    /// The lowest price of one unit.
    pub lowest: Option<i128>,
    /// The highest.
    pub highest: Option<i128>,
}

/// One item, wherever it was bought.
#[derive(Clone, Debug)]
pub struct History {
    ware: Ware,
    /// What it was called on the newest receipt.
    pub name: Option<String>,
    /// How large one is, if a shop says so.
    pub size: Option<String>,
    /// A code of it, as scanned last.
    pub code: Option<ItemCode>,
    /// Its prices, by what may be compared.
    pub measures: BTreeMap<Measure, Prices>,
}

impl History {
    /// Of an item of which nothing is known yet.
    #[must_use]
    pub const fn new(ware: Ware) -> Self {
        Self {
            ware,
            name: None,
            size: None,
            code: None,
            measures: BTreeMap::new(),
        }
    }

    /// The item.
    #[must_use]
    pub const fn ware(&self) -> &Ware {
        &self.ware
    }

    /// Looks at one purchase. They come newest first.
    pub fn add(&mut self, filed: &Filed, counter: &Counter) {
        let names = filed.names.iter().map(Some).chain(std::iter::repeat(None));
        for (line, name) in filed.settlement.content().lines.iter().zip(names) {
            if self.ware.is_of(line, name, counter) {
                self.add_line(filed, counter, line, name);
            }
        }
    }

    fn add_line(&mut self, filed: &Filed, counter: &Counter, line: &Line, name: Option<&LineName>) {
        if self.name.is_none() {
            self.name = Some(shown_name(line, name).to_owned());
        }
        if self.code.is_none() {
            self.code.clone_from(&line.code);
        }
        if self.size.is_none() {
            self.size = size_of(name).map(|size| size.as_str().to_owned());
        }
        let measure = Measure {
            currency: filed.settlement.content().currency,
            unit: line.unit.clone(),
        };
        let bought = bought(filed, counter, line);
        self.measures.entry(measure).or_default().add(bought);
    }
}

impl Prices {
    fn add(&mut self, bought: Bought) {
        match bought.effect {
            Effect::Spends => {
                self.times += 1;
                self.spent = self.spent.join(Sum::from_minor(bought.amount));
                let lowest = self.lowest.unwrap_or(bought.each);
                let highest = self.highest.unwrap_or(bought.each);
                self.lowest = Some(lowest.min(bought.each));
                self.highest = Some(highest.max(bought.each));
            }
            Effect::Returns => self.spent = self.spent.join(Sum::from_minor(-bought.amount)),
            Effect::Nothing => {}
        }
        if self.told.len() < TOLD_MAX {
            self.told.push(bought);
        }
    }

    /// The sales among those that are told, newest first: what prices are read from.
    pub fn sales(&self) -> impl DoubleEndedIterator<Item = &Bought> {
        let told = self.told.iter();
        told.filter(|bought| bought.effect == Effect::Spends)
    }
}

/// What one unit came to, with its discount taken off: minor units, rounded to the nearest.
#[must_use]
pub fn each(line: &Line) -> i128 {
    let micros = i128::from(line.quantity.micros());
    (i128::from(line.amount.minor()) * MICROS + micros / 2) / micros
}

fn bought(filed: &Filed, counter: &Counter, line: &Line) -> Bought {
    let content = filed.settlement.content();
    let at = filed.settlement.effective_at(filed.received_at);
    Bought {
        purchase_id: filed.purchase_id,
        shown_at: show(at, &counter.zone),
        at,
        store_id: content.key.store_id.clone(),
        shop: counter
            .store
            .identity(filed.identity)
            .name
            .as_str()
            .to_owned(),
        quantity: line.quantity,
        effect: Effect::of(filed),
        amount: i128::from(line.amount.minor()),
        each: each(line),
    }
}

fn size_of(name: Option<&LineName>) -> Option<&Text> {
    match &name?.naming {
        Naming::Catalogue { item, .. } => item.size.as_ref(),
        Naming::Sent | Naming::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{counter, filed, named, sale};
    use serde_json::json;

    const JAN: &str = "4901234567894";

    fn history(ware: Ware) -> History {
        let mut back = sale("b", "2026-11-05T10:00:00+09:00", &[(JAN, 240)]);
        back["kind"] = json!("return");
        let mut weighed = sale("b", "2026-11-02T10:00:00+09:00", &[("ham", 500)]);
        weighed["lines"][0]["quantity"] = json!("0.250");
        weighed["lines"][0]["unit"] = json!("kg");
        weighed["lines"][0]["unit_price"] = json!(2_000);
        let mut several = sale("b", "2026-11-03T10:00:00+09:00", &[(JAN, 715)]);
        several["lines"][0]["quantity"] = json!("3");
        several["lines"][0]["unit_price"] = json!(240);
        several["lines"][0]["discount"] = json!(5);
        let told = |it: Filed| named(it, |item| item.gtin = Text::new(JAN, 13).ok());
        let mut history = History::new(ware);
        for (shop, purchase) in [
            ("b", filed(&back)),
            ("b", filed(&several)),
            ("b", filed(&weighed)),
            (
                "a",
                told(filed(&sale(
                    "a",
                    "2026-11-01T10:00:00+09:00",
                    &[("milk", 258)],
                ))),
            ),
            (
                "a",
                filed(&sale("a", "2026-10-01T10:00:00+09:00", &[("milk", 198)])),
            ),
        ] {
            history.add(&purchase, &counter(shop));
        }
        history
    }

    /// Each price, the newest first: how often, lowest and highest, then shop, price of one and effect.
    fn shown(history: &History) -> String {
        let mut shown = String::new();
        for (measure, prices) in &history.measures {
            let unit = measure.unit.as_ref().map_or("piece", Text::as_str);
            shown += &format!(
                "{} for {}, {} a {unit}, {:?} to {:?}\n",
                prices.times,
                prices.spent.minor(),
                measure.currency.code(),
                prices.lowest,
                prices.highest
            );
            for bought in &prices.told {
                shown += &format!("  {} {} {:?}\n", bought.shop, bought.each, bought.effect);
            }
        }
        shown
    }

    #[test]
    fn an_article_number_is_one_item_in_every_shop() {
        let ware = Ware::Gtin(purchase::code::Gtin::parse(JAN).unwrap());
        insta::assert_snapshot!(shown(&history(ware)), @r"
        2 for 733, JPY a piece, Some(238) to Some(258)
          b 240 Returns
          b 238 Spends
          a 258 Spends
        ");
    }

    #[test]
    fn a_code_is_of_its_shop_and_stays_the_same_when_its_number_is_told() {
        let of = |code: &str, shop: &str| Ware::Code {
            source: StoreId::parse(shop).unwrap(),
            code: ItemCode::parse(code).unwrap(),
        };
        insta::assert_snapshot!(shown(&history(of("milk", "a"))), @r"
        2 for 456, JPY a piece, Some(198) to Some(258)
          a 258 Spends
          a 198 Spends
        ");
        insta::assert_snapshot!(shown(&history(of("ham", "b"))), @r"
        1 for 500, JPY a kg, Some(2000) to Some(2000)
          b 2000 Spends
        ");
        assert_eq!(shown(&history(of("milk", "b"))), "");
    }
}
