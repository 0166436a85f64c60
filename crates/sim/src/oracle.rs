//! What must be true in the end: each sale that a till was told "yes" for stands in the right book,
//! once, with the total that the customer paid and the names that held when it was sold.

use crate::town::Town;
use anyhow::bail;
use device::link::Request;
use device::till::Finished;
use serde_json::Value;
use std::collections::BTreeMap;

/// A person with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person's id.
    pub id: String,
    /// The token that opens the account.
    pub token: String,
}

/// A promise: this was said "yes" to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Promise {
    total: i64,
    /// Of the lines; none where they do not matter.
    names: Option<Vec<String>>,
}

/// Key of a settlement, as a text.
type Key = String;

/// All promises, by person.
#[derive(Debug, Default)]
pub struct Oracle {
    books: BTreeMap<String, BTreeMap<Key, Promise>>,
    /// Whose a sale was, by key.
    owners: BTreeMap<Key, String>,
    /// Sales that are nobody's.
    pub unclaimed: usize,
}

impl Oracle {
    /// A till was told "yes" for a sale to `buyer`.
    pub fn promised(&mut self, finished: &Finished, buyer: Option<&str>, names: Vec<String>) {
        let Some(buyer) = buyer else {
            self.unclaimed += 1;
            return;
        };
        let key = key_of(&finished.settlement);
        self.owners.insert(key.clone(), buyer.to_owned());
        self.keep(buyer, key, &finished.settlement, Some(names));
    }

    /// A till was told "yes" for something that came back: it belongs to whom the original does.
    pub fn taken_back(&mut self, finished: &Finished) {
        let of = key_of(finished.settlement.get("of").unwrap_or(&Value::Null));
        match self.owners.get(&of).cloned() {
            Some(owner) => {
                let key = key_of(&finished.settlement);
                self.keep(&owner, key, &finished.settlement, None);
            }
            None => self.unclaimed += 1,
        }
    }

    fn keep(&mut self, owner: &str, key: Key, settlement: &Value, names: Option<Vec<String>>) {
        let total = settlement.get("total").and_then(Value::as_i64);
        let promise = Promise {
            total: total.unwrap_or(-1),
            names,
        };
        let book = self.books.entry(owner.to_owned()).or_default();
        book.insert(key, promise);
    }

    /// How many promises there are.
    #[must_use]
    pub fn promises(&self) -> usize {
        self.books.values().map(BTreeMap::len).sum()
    }

    /// Holds a person's book against the promises. Gives the book as one text.
    ///
    /// # Errors
    /// What is missing, doubled or different.
    pub async fn check(&self, town: &Town, person: &Person) -> anyhow::Result<String> {
        let empty = BTreeMap::new();
        let promised = self.books.get(&person.id).unwrap_or(&empty);
        let mut found: BTreeMap<Key, Promise> = BTreeMap::new();
        let mut cursor: Option<String> = None;
        loop {
            let query = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            let path = format!("/v1/me/purchases?limit=100{query}");
            let page = town.ask(Request::get(path), &person.token).await?;
            for purchase in rows(&page, "purchases") {
                let key = key_of(purchase.get("key").unwrap_or(&Value::Null));
                let names = rows(purchase, "lines");
                let names = names.map(|line| word(line, "name").unwrap_or("?").to_owned());
                let filed = Promise {
                    total: purchase.get("total").and_then(Value::as_i64).unwrap_or(-1),
                    names: Some(names.collect()),
                };
                if found.insert(key.clone(), filed).is_some() {
                    bail!("{key} is there twice");
                }
            }
            cursor = word(&page, "next_cursor").map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        for (key, promise) in promised {
            let Some(filed) = found.get(key) else {
                bail!("{key} was promised and is not there");
            };
            let names_agree = promise.names.is_none() || promise.names == filed.names;
            if filed.total != promise.total || !names_agree {
                bail!("{key} is {filed:?}, promised was {promise:?}");
            }
        }
        if let Some(key) = found.keys().find(|key| !promised.contains_key(*key)) {
            bail!("{key} is there and nobody sold it");
        }
        Ok(format!("{found:?}"))
    }
}

fn rows<'a>(message: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let rows = message.get(name).and_then(Value::as_array);
    rows.into_iter().flatten()
}

fn word<'a>(message: &'a Value, name: &str) -> Option<&'a str> {
    message.get(name).and_then(Value::as_str)
}

fn key_of(message: &Value) -> Key {
    let part = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or("?");
    let parts = ["store_id", "terminal", "business_date", "transaction"];
    parts.map(part).join("/")
}
