//! What somebody spent, in sums over opened purchases: by shop, by category, by item, by month and day. A
//! return takes away, and what was voided counts nothing, like the void itself. Currencies are never added
//! to each other, and the parts of a whole always add up to it. Nothing is read or kept here.

use crate::counter::Counter;
use crate::ware::{Ware, shown_name};
use ledger::account::Filed;
use purchase::id::StoreId;
use purchase::money::{Amount, Currency, Sum};
use purchase::naming::{LineName, Naming};
use purchase::settlement::{AdjustmentKind, Content, Kind, Line, TaxPlace};
use purchase::text::Text;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

mod month;

pub use month::Month;

/// Different keys that a table tells apart; what comes beyond is one row.
const KEYS_MAX: usize = 20_000;

/// What a purchase counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Money was spent.
    Spends,
    /// Money came back.
    Returns,
    /// Neither: it was voided, or is a void.
    Nothing,
}

impl Effect {
    /// What `filed` counts for.
    #[must_use]
    pub const fn of(filed: &Filed) -> Self {
        match (filed.settlement.content().kind, &filed.voided_by) {
            (Kind::Void, _) | (_, Some(_)) => Self::Nothing,
            (Kind::Sale, None) => Self::Spends,
            (Kind::Return, None) => Self::Returns,
        }
    }

    fn add(self, sum: &mut Sum, amount: Amount) {
        *sum = match self {
            Self::Spends => sum.plus(amount),
            Self::Returns => sum.minus(amount),
            Self::Nothing => *sum,
        };
    }
}

/// The span that is looked at closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A month, with its days.
    Month(Month),
    /// A year.
    Year(u16),
}

impl Focus {
    fn holds(self, month: Month) -> bool {
        match self {
            Self::Month(focus) => focus == month,
            Self::Year(year) => month.parts().0 == year,
        }
    }
}

/// What of a total is no item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beside {
    /// What changed a whole receipt, by its kind.
    Adjustment(AdjustmentKind),
    /// Tax that is not inside the prices.
    Tax,
}

/// One row of a table of sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What it is called; for an item, by the newest purchase.
    pub name: String,
    /// What it came to.
    pub amount: Sum,
    /// How often it was bought.
    pub times: u64,
}

impl Part {
    fn add(&mut self, effect: Effect, amount: Amount) {
        effect.add(&mut self.amount, amount);
        self.times += u64::from(effect == Effect::Spends);
    }
}

/// Sums under keys.
#[derive(Clone, Debug)]
pub struct Table<K> {
    parts: HashMap<K, Part>,
    /// What came when the table was full.
    beyond: Part,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self {
            parts: HashMap::new(),
            beyond: Part::default(),
        }
    }
}

impl<K: Hash + Ord> Table<K> {
    fn part(&mut self, key: K, name: &str) -> &mut Part {
        if self.parts.len() >= KEYS_MAX && !self.parts.contains_key(&key) {
            return &mut self.beyond;
        }
        self.parts.entry(key).or_insert_with(|| Part {
            name: name.to_owned(),
            ..Part::default()
        })
    }

    /// Is there nothing in it?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The largest `count` rows, the largest first, and all others together if there are any.
    #[must_use]
    pub fn largest(&self, count: usize) -> (Vec<(&K, &Part)>, Option<Part>) {
        let mut rows: Vec<_> = self.parts.iter().collect();
        rows.sort_by(|(key, part), (other_key, other)| {
            let order = other.amount.minor().cmp(&part.amount.minor());
            order.then(key.cmp(other_key))
        });
        let rest = rows.split_off(rows.len().min(count));
        let is_whole = rest.is_empty() && self.beyond == Part::default();
        let rest = rest.iter().map(|(_, part)| *part).chain([&self.beyond]);
        let others = rest.fold(Part::default(), |mut others, part| {
            others.amount = others.amount.join(part.amount);
            others.times += part.times;
            others
        });
        (rows, (!is_whole).then_some(others))
    }
}

/// What was spent in one currency.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    /// All that was spent in the focus.
    pub total: Sum,
    /// Sales in the focus that were not voided.
    pub sales: u64,
    /// The total, shop by shop.
    pub shops: Table<StoreId>,
    /// What the lines of receipts came to, by the shops' own categories; nothing for no category.
    pub categories: Table<Option<Text>>,
    /// The same, item by item.
    pub items: Table<Option<Ware>>,
    /// The rest of the total: what is no line.
    pub beside: BTreeMap<Beside, Sum>,
    /// The total of each month that was read and has a purchase, also outside of the focus.
    pub months: BTreeMap<Month, Sum>,
    /// The total of each day of a month in focus that has a purchase.
    pub days: BTreeMap<u8, Sum>,
}

impl Spent {
    /// What a year's months came to on average, from its first with a purchase to its last; none for a
    /// year without one.
    #[must_use]
    pub fn average(&self, year: u16) -> Option<Sum> {
        let of_year = self
            .months
            .iter()
            .filter(|(month, _)| month.parts().0 == year);
        let (first, _) = of_year.clone().next()?;
        let (last, _) = of_year.clone().next_back()?;
        let count = i128::from(last.parts().1 - first.parts().1) + 1;
        let sum = of_year
            .fold(Sum::ZERO, |sum, (_, of)| sum.join(*of))
            .minor();
        // To the nearest minor unit, halves away from nothing.
        let half = count / 2 * sum.signum();
        Some(Sum::from_minor((sum + half) / count))
    }

    /// What a year came to, of what was read of it.
    #[must_use]
    pub fn year(&self, year: u16) -> Sum {
        let of_year = self
            .months
            .iter()
            .filter(|(month, _)| month.parts().0 == year);
        of_year.fold(Sum::ZERO, |sum, (_, of)| sum.join(*of))
    }
}

/// What was spent, currency by currency.
#[derive(Clone, Debug)]
pub struct Spending {
    focus: Focus,
    currencies: BTreeMap<Currency, Spent>,
}

impl Spending {
    /// Nothing so far.
    #[must_use]
    pub const fn new(focus: Focus) -> Self {
        Self {
            focus,
            currencies: BTreeMap::new(),
        }
    }

    /// Counts one purchase. They come newest first.
    pub fn add(&mut self, filed: &Filed, counter: &Counter) {
        let content = filed.settlement.content();
        let effect = Effect::of(filed);
        if effect == Effect::Nothing {
            return;
        }
        let day = counter.day(filed);
        let month = Month::of(day);
        let spent = self.currencies.entry(content.currency).or_default();
        effect.add(spent.months.entry(month).or_default(), content.total);
        if !self.focus.holds(month) {
            return;
        }
        effect.add(&mut spent.total, content.total);
        spent.sales += u64::from(effect == Effect::Spends);
        match self.focus {
            Focus::Month(_) => {
                let (_, _, day) = day.parts();
                effect.add(spent.days.entry(day).or_default(), content.total);
            }
            Focus::Year(_) => {}
        }
        let name = counter.store.identity(filed.identity).name.as_str();
        let shop = spent.shops.part(content.key.store_id.clone(), name);
        shop.add(effect, content.total);
        add_lines(spent, effect, filed, counter);
        add_beside(spent, effect, content);
    }

    /// Each currency with what was spent in it, the one of most sales in focus first.
    #[must_use]
    pub fn currencies(&self) -> Vec<(Currency, &Spent)> {
        let mut all: Vec<_> = self.currencies.iter().map(|(of, it)| (*of, it)).collect();
        all.sort_by_key(|(currency, spent)| (std::cmp::Reverse(spent.sales), *currency));
        all
    }
}

fn add_lines(spent: &mut Spent, effect: Effect, filed: &Filed, counter: &Counter) {
    let names = filed.names.iter().map(Some).chain(std::iter::repeat(None));
    for (line, name) in filed.settlement.content().lines.iter().zip(names) {
        let category = category_of(line, name);
        let shown = category.map(Text::as_str).unwrap_or_default();
        let part = spent.categories.part(category.cloned(), shown);
        part.add(effect, line.amount);
        let ware = Ware::of(line, name, counter);
        let part = spent.items.part(ware, shown_name(line, name));
        part.add(effect, line.amount);
    }
}

fn add_beside(spent: &mut Spent, effect: Effect, content: &Content) {
    for adjustment in &content.adjustments {
        let row = spent.beside.entry(Beside::Adjustment(adjustment.kind));
        effect.add(row.or_default(), adjustment.amount);
    }
    for tax in &content.taxes {
        match tax.place {
            TaxPlace::Excluded => {
                effect.add(spent.beside.entry(Beside::Tax).or_default(), tax.tax);
            }
            TaxPlace::Included => {}
        }
    }
}

fn category_of<'a>(line: &'a Line, name: Option<&'a LineName>) -> Option<&'a Text> {
    let of_item = match name.map(|name| &name.naming) {
        Some(Naming::Catalogue { item, .. }) => item.category.as_ref(),
        Some(Naming::Sent | Naming::Pending) | None => None,
    };
    line.category.as_ref().or(of_item)
}

#[cfg(test)]
mod tests;
