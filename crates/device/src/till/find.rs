//! Finding items by what somebody types: in any width, case and kind of kana, and by one character.
//! The folded texts are held in memory and follow the changes of the items; nothing is written.

use super::Item;
use crate::database::DatabaseError;
use purchase::fold::{fold, words};
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;

/// The folded texts of all items, as of the newest change that was seen.
#[derive(Debug, Default)]
pub struct Index {
    revision: i64,
    items: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    /// What is looked into. A line feed keeps a word from being found across two of them.
    text: String,
}

const COLUMNS: &str = "code, name, coalesce(short_name, ''), coalesce(reading, '')";

impl Index {
    /// Items of which each word of `query` is in the code, name, short name or reading: those whose
    /// text begins with the first word come first, and then by name.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn find(
        &mut self,
        connection: &Connection,
        query: &str,
        limit: usize,
    ) -> Result<Vec<Item>, DatabaseError> {
        self.follow(connection)?;
        let words = words(query);
        let first = words.first().map_or("", String::as_str);
        let mut found: Vec<_> = self
            .items
            .iter()
            .filter(|(_, entry)| words.iter().all(|word| entry.text.contains(word)))
            .map(|(code, entry)| {
                let begins = entry.text.split('\n').any(|text| text.starts_with(first));
                (!begins, &entry.name, code)
            })
            .collect();
        found.sort();
        let mut items = Vec::new();
        for (_, _, code) in found.into_iter().take(limit) {
            items.extend(super::item(connection, code)?);
        }
        Ok(items)
    }

    /// Reads what has changed since the last question, or everything if that cannot be told.
    fn follow(&mut self, connection: &Connection) -> Result<(), DatabaseError> {
        let newest = crate::capture::mark(connection)?.revision;
        if newest == self.revision {
            return Ok(());
        }
        let changed = changed_since(connection, self.revision)?;
        let is_whole = i64::try_from(changed.len()) == Ok(newest - self.revision);
        if is_whole && changed.len() < self.items.len() {
            for code in changed {
                match entry_of(connection, &code)? {
                    Some((code, entry)) => self.items.insert(code, entry),
                    None => self.items.remove(&code),
                };
            }
        } else {
            self.items = all(connection)?;
        }
        self.revision = newest;
        Ok(())
    }
}

fn changed_since(connection: &Connection, revision: i64) -> Result<Vec<String>, DatabaseError> {
    let sql = "SELECT code FROM item_changes WHERE revision > ? ORDER BY revision";
    let mut statement = connection.prepare_cached(sql)?;
    let codes = statement.query_map([revision], |row| row.get(0))?;
    Ok(codes.collect::<Result<_, _>>()?)
}

fn entry_of(connection: &Connection, code: &str) -> Result<Option<(String, Entry)>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM items WHERE code = ?");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([code], read).optional()?)
}

fn all(connection: &Connection) -> Result<BTreeMap<String, Entry>, DatabaseError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM items"))?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(String, Entry)> {
    let texts: [String; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
    let text = texts.each_ref().map(|text| fold(text)).join("\n");
    let [code, name, _, _] = texts;
    Ok((code, Entry { name, text }))
}
