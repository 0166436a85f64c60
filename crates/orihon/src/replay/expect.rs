//! What should be filed once everything was sent, computed from the prepared files alone by the
//! contract's rules. What the server says plays no part.

use crate::replay::line::Sale;
use crate::replay::{PersonIndex, StoreIndex};
use anyhow::bail;
use purchase::time::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// How many, and how much in each currency; expected, or found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Tally {
    pub(super) settlements: u64,
    pub(super) lines: u64,
    pub(super) pending_lines: u64,
    /// Minor units, returns taken off. A currency whose sum is zero may be there or not.
    pub(super) total_by_currency: BTreeMap<String, i128>,
}

impl Tally {
    /// This tally and another together.
    pub(super) fn add(&mut self, other: &Self) {
        self.settlements += other.settlements;
        self.lines += other.lines;
        self.pending_lines += other.pending_lines;
        for (currency, sum) in &other.total_by_currency {
            self.add_total(currency, *sum);
        }
    }

    fn add_total(&mut self, currency: &str, minor: i128) {
        match self.total_by_currency.get_mut(currency) {
            Some(sum) => *sum += minor,
            None => {
                self.total_by_currency.insert(currency.to_owned(), minor);
            }
        }
    }
}

/// Which codes have a name in which store, and from when.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Many stores sell the same items, so each code is kept once.
    codes: HashMap<Box<str>, u32>,
    by_store: HashMap<(StoreIndex, u32), Statements>,
}

/// What a store's catalogue says of a code in all.
#[derive(Clone, Copy, Debug)]
struct Statements {
    /// The earliest instant from which it has a name. A code that was discontinued keeps it.
    named_from: Option<Timestamp>,
    newest: Timestamp,
    newest_is_name: bool,
}

impl Named {
    /// A statement of a store's catalogue; revisions come in the order of the file.
    pub(super) fn add(
        &mut self,
        store: StoreIndex,
        code: &str,
        effective_from: Timestamp,
        is_name: bool,
    ) -> anyhow::Result<()> {
        let code = match self.codes.get(code) {
            Some(index) => *index,
            None => {
                let index = u32::try_from(self.codes.len())?;
                self.codes.insert(code.into(), index);
                index
            }
        };
        let known = self
            .by_store
            .entry((store, code))
            .or_insert_with(|| Statements {
                named_from: None,
                newest: effective_from,
                newest_is_name: is_name,
            });
        if is_name {
            let earliest = known.named_from.unwrap_or(effective_from);
            known.named_from = Some(earliest.min(effective_from));
        }
        if effective_from >= known.newest {
            known.newest = effective_from;
            known.newest_is_name = is_name;
        }
        Ok(())
    }

    /// Codes whose newest statement is a name, over all stores.
    pub(super) fn items(&self) -> u64 {
        let named = self.by_store.values().filter(|known| known.newest_is_name);
        u64::try_from(named.count()).unwrap_or(u64::MAX)
    }

    /// Had `code` a name in that store at that instant?
    fn has(&self, store: StoreIndex, code: &str, at: Timestamp) -> bool {
        let index = self.codes.get(code);
        let known = index.and_then(|index| self.by_store.get(&(store, *index)));
        known
            .and_then(|known| known.named_from)
            .is_some_and(|from| from <= at)
    }
}

/// All that should be filed.
#[derive(Debug)]
pub(super) struct Expected {
    named: Named,
    /// The stores in the order of their file.
    pub(super) store_ids: Vec<String>,
    /// One tally for each of them.
    pub(super) stores: Vec<Tally>,
    /// One tally for each person, in the order of their file.
    pub(super) people: Vec<Tally>,
}

impl Expected {
    /// Nothing yet.
    pub(super) fn new(store_ids: Vec<String>, people: usize, named: Named) -> Self {
        Self {
            stores: vec![Tally::default(); store_ids.len()],
            people: vec![Tally::default(); people],
            store_ids,
            named,
        }
    }

    /// Codes with a name in all catalogues.
    pub(super) fn items(&self) -> u64 {
        self.named.items()
    }

    /// One more settlement of that store and that person.
    pub(super) fn add(
        &mut self,
        store: StoreIndex,
        person: Option<PersonIndex>,
        sale: &Sale<'_>,
    ) -> anyhow::Result<()> {
        let total = i128::from(sale.total);
        let total = match (&*sale.kind, person) {
            ("sale", _) => total,
            ("return", Some(_)) => -total,
            ("return", None) => bail!(
                "a return without user_ref follows its original's owner, who is not known here; write the user_ref into the line"
            ),
            (kind, _) => {
                bail!("replay sends sales and returns, not kind \"{kind}\"; take the line out")
            }
        };
        let at = super::line::instant(&sale.purchased_at)?;
        let waits = |code: &str| !self.named.has(store, code, at);
        let lines = sale.lines.iter();
        let pending = lines.filter(|line| line.name.is_none() && waits(&line.code));
        let mut one = Tally {
            settlements: 1,
            lines: u64::try_from(sale.lines.len())?,
            pending_lines: u64::try_from(pending.count())?,
            total_by_currency: BTreeMap::new(),
        };
        one.add_total(&sale.currency, total);
        let tallies = [
            self.stores.get_mut(store.0),
            person.and_then(|person| self.people.get_mut(person.0)),
        ];
        for tally in tallies.into_iter().flatten() {
            tally.add(&one);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::line::{instant, read};

    const STORE: StoreIndex = StoreIndex(0);

    fn named() -> Named {
        let mut named = Named::default();
        for (store, code, from, is_name) in [
            (0, "milk", "2016-01-01T00:00:00Z", true),
            (0, "milk", "2017-06-01T00:00:00Z", false),
            (0, "tea", "2017-03-01T00:00:00Z", true),
            (0, "gone", "2016-01-01T00:00:00Z", false),
            (1, "rice", "2016-01-01T00:00:00Z", true),
        ] {
            let from = instant(from).unwrap();
            named.add(StoreIndex(store), code, from, is_name).unwrap();
        }
        named
    }

    #[test]
    fn a_code_has_a_name_by_the_rules_of_the_contract() {
        let named = named();
        assert_eq!(named.items(), 2);
        for (code, at, expected) in [
            ("milk", "2015-12-31T23:59:59Z", false),
            ("milk", "2016-01-01T00:00:00Z", true),
            ("milk", "2017-07-01T00:00:00Z", true),
            ("tea", "2017-02-28T23:59:59Z", false),
            ("tea", "2017-02-28T19:00:00-05:00", true),
            ("gone", "2017-01-01T00:00:00Z", false),
            ("rice", "2017-01-01T00:00:00Z", false),
            ("unheard of", "2017-01-01T00:00:00Z", false),
        ] {
            let at_instant = instant(at).unwrap();
            assert_eq!(named.has(STORE, code, at_instant), expected, "{code} {at}");
        }
    }

    #[test]
    fn settlements_are_counted_for_their_store_and_person() {
        let mut expected = Expected::new(vec!["a".to_owned(), "b".to_owned()], 2, named());
        let sale = |kind: &str, total: i64, lines: &str| {
            format!(
                r#"{{"store_id":"a","kind":"{kind}","purchased_at":"2017-01-01T00:00:00Z","currency":"USD","user_ref":"h-1","lines":{lines},"total":{total}}}"#
            )
        };
        let first = sale(
            "sale",
            500,
            r#"[{"code":"milk"},{"code":"tea"},{"code":"x","name":"X"}]"#,
        );
        let second = sale("return", 120, r#"[{"code":"milk"}]"#);
        let third = sale("void", 120, "[]");
        let mut add = |line: &str, person| {
            let sale: Sale<'_> = read(line.as_bytes()).unwrap();
            expected.add(STORE, person, &sale)
        };
        add(&first, Some(PersonIndex(1))).unwrap();
        add(&first, None).unwrap();
        add(&second, Some(PersonIndex(1))).unwrap();
        assert!(add(&second, None).is_err());
        assert!(add(&third, Some(PersonIndex(1))).is_err());
        let tally = |settlements, lines, pending_lines, total| Tally {
            settlements,
            lines,
            pending_lines,
            total_by_currency: BTreeMap::from([("USD".to_owned(), total)]),
        };
        assert_eq!(expected.stores, [tally(3, 7, 2, 880), Tally::default()]);
        assert_eq!(expected.people, [Tally::default(), tally(2, 4, 1, 380)]);
    }
}
