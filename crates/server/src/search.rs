//! Searching through a book: every word has to be found somewhere in a purchase. A book says the same few
//! texts thousands of times, so each is folded and looked through once.

use crate::book::Scope;
use crate::counter::Counter;
use crate::figures::show_amount;
use crate::own_words::OwnNames;
use crate::ware::Ware;
use ledger::account::Filed;
use purchase::fold::fold;
use purchase::money::{Amount, Currency};
use purchase::naming::Naming;
use purchase::time::BusinessDate;
use std::collections::HashMap;
use wire::limits::SEARCH_CHARS;

/// Texts, amounts or days that are remembered; with more of them, remembering begins anew.
const REMEMBERED_MAX: usize = 50_000;

/// Which of the words were found: a bit for each.
type Found = u128;

/// Words are set apart by blanks, so that there are no more of them than bits.
const _: () = assert!(SEARCH_CHARS / 2 <= 128);

/// A search through one book.
pub(crate) struct Search<'a> {
    words: &'a [String],
    own: OwnNames,
    /// The words that can be part of a date or an amount.
    figures: Found,
    all: Found,
    texts: HashMap<Box<str>, Found>,
    amounts: HashMap<(Currency, Amount), Found>,
    days: HashMap<BusinessDate, Found>,
}

impl<'a> Search<'a> {
    /// A search for folded words, in a book whose person gave items these names.
    #[must_use]
    pub(crate) fn new(words: &'a [String], own: OwnNames, scope: Scope) -> Self {
        let bits = || words.iter().zip((0..128_u32).map(|at| 1 << at));
        let all = bits().fold(0, |all, (_, bit)| all | bit);
        let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
        let figures = match scope {
            Scope::Names => 0,
            Scope::Everything => bits()
                .filter(|(word, _)| has_digit(word))
                .fold(0, |figures, (_, bit)| figures | bit),
        };
        Self {
            words,
            own,
            figures,
            all,
            texts: HashMap::new(),
            amounts: HashMap::new(),
            days: HashMap::new(),
        }
    }

    /// Is every word somewhere in the purchase?
    pub(crate) fn finds(&mut self, filed: &Filed, counter: &Counter) -> bool {
        let mut found = self.text(counter.store.identity(filed.identity).name.as_str());
        let content = filed.settlement.content();
        for (line, name) in content.lines.iter().zip(&filed.names) {
            if found == self.all {
                return true;
            }
            match &name.naming {
                Naming::Catalogue { item, .. } => {
                    found |= self.text(item.name.as_str());
                    for part in [&item.short_name, &item.reading].into_iter().flatten() {
                        found |= self.text(part.as_str());
                    }
                }
                Naming::Sent | Naming::Pending => {
                    if let Some(sent) = &line.name {
                        found |= self.text(sent.as_str());
                    }
                }
            }
            if !self.own.is_empty() {
                let ware = Ware::of(line, Some(name), counter);
                let own = ware.and_then(|ware| self.own.get(&ware).map(str::to_owned));
                found |= own.map_or(0, |own| self.text(&own));
            }
        }
        if found != self.all && (self.all & !found & !self.figures) == 0 {
            found |= self.day(counter.day(filed));
            let amounts = content.lines.iter().map(|line| line.amount);
            for amount in amounts.chain([content.total]) {
                found |= self.amount(content.currency, amount);
            }
        }
        found == self.all
    }

    fn text(&mut self, text: &str) -> Found {
        if let Some(found) = self.texts.get(text) {
            return *found;
        }
        let found = self.words_in(&fold(text));
        remember(&mut self.texts, text.into(), found)
    }

    fn amount(&mut self, currency: Currency, amount: Amount) -> Found {
        if let Some(found) = self.amounts.get(&(currency, amount)) {
            return *found;
        }
        let shown = show_amount(amount, currency);
        let found = self.words_in(&shown) | self.words_in(&shown.replace(',', ""));
        remember(&mut self.amounts, (currency, amount), found & self.figures)
    }

    /// A day in the forms in which people write it.
    fn day(&mut self, day: BusinessDate) -> Found {
        if let Some(found) = self.days.get(&day) {
            return *found;
        }
        let (year, month, of_month) = day.parts();
        let forms = [
            format!("{year}-{month:02}-{of_month:02}"),
            format!("{year}/{month}/{of_month}"),
            format!("{month}/{of_month}"),
            format!("{year}年{month}月{of_month}日"),
        ];
        let found = forms
            .iter()
            .fold(0, |found, form| found | self.words_in(&fold(form)));
        remember(&mut self.days, day, found & self.figures)
    }

    fn words_in(&self, folded: &str) -> Found {
        let bits = (0..128_u32).map(|at| 1 << at);
        let words = self.words.iter().zip(bits);
        let found = words.filter(|(word, _)| folded.contains(word.as_str()));
        found.fold(0, |found, (_, bit)| found | bit)
    }
}

fn remember<K: Eq + std::hash::Hash>(known: &mut HashMap<K, Found>, key: K, found: Found) -> Found {
    if known.len() >= REMEMBERED_MAX {
        known.clear();
    }
    known.insert(key, found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{counter, filed, sale};
    use purchase::fold;

    #[test]
    fn every_word_is_found_somewhere() {
        let sold = filed(&sale(
            "corner",
            "2026-11-03T10:00:00+09:00",
            &[("milk", 1_280), ("pie", 300)],
        ));
        for (query, scope, is_found) in [
            ("MILK", Scope::Names, true),
            ("milk corner", Scope::Names, true),
            ("milk tea", Scope::Names, false),
            ("milk 300", Scope::Everything, true),
            ("milk 300", Scope::Names, false),
            ("1,280", Scope::Everything, true),
            ("1280 ¥300", Scope::Everything, true),
            ("11/3 1580", Scope::Everything, true),
            ("2026-11-03", Scope::Everything, true),
            ("2026年11月3日", Scope::Everything, true),
            ("2026-11-04", Scope::Everything, false),
            // A word without a digit is no figure, or it would be found in every purchase.
            ("¥", Scope::Everything, false),
            ("月", Scope::Everything, false),
        ] {
            let words = fold::words(query);
            let mut search = Search::new(&words, OwnNames::default(), scope);
            // Asked again, it answers from what it remembers.
            for _ in 0..2 {
                assert_eq!(search.finds(&sold, &counter("corner")), is_found, "{query}");
            }
        }
    }
}
