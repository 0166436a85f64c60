//! A store that follows another one's catalogue: what the source said is taken over into `items`, as it
//! comes into force, and nothing of it is sent back. What shop software writes there meanwhile stands
//! until the source speaks of that code again. Nothing here asks the server.

use crate::capture::{Mark, Untold, newest};
use crate::database::{Database, DatabaseError, fact, keep};
use crate::labels;
use purchase::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The code under which patterns of in-store codes stand among what the source said, and among the
/// captured changes.
const PATTERNS: &str = "";
/// Codes that are told as written by shop software, at most.
const ASTRAY_MAX: i64 = 1_000;

/// The names of facts about the catalogue that is followed.
mod name {
    /// The store that is followed; empty or absent if the store has its own catalogue.
    pub(super) const SOURCE: &str = "followed";
    /// The source's revision that `items` shows.
    pub(super) const REVISION: &str = "followed_revision";
    /// The source's lineage of that revision; empty if it names none.
    pub(super) const LINEAGE: &str = "followed_lineage";
    /// Where the next page begins while the whole catalogue is taken anew; empty otherwise.
    pub(super) const ANEW: &str = "followed_anew";
    /// The lineage that is being taken anew.
    pub(super) const ANEW_LINEAGE: &str = "followed_anew_lineage";
    /// Up to when, in milliseconds since 1970, changes have come into force.
    pub(super) const IN_FORCE: &str = "followed_in_force";
    /// Changes of items behind this revision of ours were made by somebody else than the source.
    pub(super) const SINCE: &str = "followed_since";
}

/// A page of the source's changes.
#[derive(Clone, Debug, Deserialize)]
pub struct Page {
    /// Where the source's catalogue stands.
    pub revision: i64,
    /// Its lineage.
    pub lineage: Option<String>,
    /// What changed.
    pub changes: Vec<Value>,
    /// Patterns of in-store codes that are new.
    #[serde(default)]
    pub patterns: Vec<Set>,
    /// Where the next page begins.
    pub next_after: Option<i64>,
    /// Whose catalogue it is, if not the store's own.
    #[serde(default)]
    pub catalogue_of: Option<String>,
}

/// All patterns of in-store codes that the source has from an instant on.
#[derive(Clone, Debug, Deserialize)]
pub struct Set {
    /// The source's revision that brought them.
    pub revision: i64,
    /// From when they hold.
    pub effective_from: String,
    /// The patterns.
    pub patterns: Vec<String>,
}

/// What is to be done after a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask for the next one.
    More,
    /// Nothing: all is there.
    Rest,
    /// Ask whose catalogue it is: it is not the one that was followed.
    Elsewhere,
}

/// The store that is followed.
///
/// # Errors
/// [`DatabaseError`].
pub fn source(connection: &Connection) -> Result<Option<String>, DatabaseError> {
    text(connection, name::SOURCE)
}

fn text(connection: &Connection, name: &str) -> Result<Option<String>, DatabaseError> {
    Ok(fact(connection, name)?.filter(|text| !text.is_empty()))
}

fn number(connection: &Connection, name: &str) -> Result<Option<i64>, DatabaseError> {
    let Some(text) = text(connection, name)? else {
        return Ok(None);
    };
    let number = text.parse();
    number
        .map(Some)
        .map_err(|_| DatabaseError::Strange(format!("{name} is {text}")))
}

/// Begins to follow `source`, unless it is followed already: the whole catalogue is taken.
///
/// # Errors
/// [`DatabaseError`].
pub fn begin(database: &mut Database, of: &str) -> Result<(), DatabaseError> {
    let transaction = database.write()?;
    if source(&transaction)?.as_deref() == Some(of) {
        return Ok(());
    }
    keep(&transaction, name::SOURCE, of)?;
    keep(&transaction, name::REVISION, "0")?;
    keep(&transaction, name::LINEAGE, "")?;
    keep(
        &transaction,
        name::SINCE,
        &newest(&transaction)?.to_string(),
    )?;
    take_anew(&transaction, None)?;
    Ok(transaction.commit()?)
}

/// Follows nobody from now on. What is sold stays what it is, and is all said anew: it becomes the
/// store's own list.
///
/// # Errors
/// [`DatabaseError`].
pub fn end(database: &mut Database, now: Timestamp, random: u64) -> Result<(), DatabaseError> {
    let transaction = database.write()?;
    if source(&transaction)?.is_none() {
        return Ok(());
    }
    keep(&transaction, name::SOURCE, "")?;
    transaction.execute("DELETE FROM followed", [])?;
    // They speak of a list that the source has replaced since.
    transaction.execute("DELETE FROM item_changes", [])?;
    crate::capture::say_all(&transaction, now, random)?;
    Ok(transaction.commit()?)
}

/// Everything is read once more; what is sold stays until all of it is there.
fn take_anew(connection: &Connection, lineage: Option<&str>) -> Result<(), DatabaseError> {
    connection.execute("DELETE FROM followed", [])?;
    keep(connection, name::ANEW, "0")?;
    keep(connection, name::ANEW_LINEAGE, lineage.unwrap_or_default())
}

/// The source's revision that is sold by, and its lineage; none if the store follows nobody.
///
/// # Errors
/// [`DatabaseError`].
pub fn mark(connection: &Connection) -> Result<Option<Mark>, DatabaseError> {
    if source(connection)?.is_none() {
        return Ok(None);
    }
    Ok(Some(Mark {
        revision: number(connection, name::REVISION)?.unwrap_or_default(),
        lineage: text(connection, name::LINEAGE)?,
    }))
}

/// Behind which revision the next page begins.
///
/// # Errors
/// [`DatabaseError`].
pub fn after(connection: &Connection) -> Result<i64, DatabaseError> {
    let place = match number(connection, name::ANEW)? {
        Some(place) => Some(place),
        None => number(connection, name::REVISION)?,
    };
    Ok(place.unwrap_or_default())
}

/// Takes a page of changes behind [`after`]: what is in force goes into `items`, the rest waits for
/// its time. A catalogue of another lineage, or one that stands before where we are, is another
/// history: it is taken anew.
///
/// # Errors
/// [`DatabaseError`]; then nothing of the page was taken.
pub fn take(database: &mut Database, page: &Page, now: Timestamp) -> Result<Next, DatabaseError> {
    let transaction = database.write()?;
    let Some(of) = source(&transaction)? else {
        return Ok(Next::Elsewhere);
    };
    if page.catalogue_of.as_ref() != Some(&of) {
        return Ok(Next::Elsewhere);
    }
    let anew = number(&transaction, name::ANEW)?;
    let is_first = anew == Some(0);
    let known = match anew {
        None => text(&transaction, name::LINEAGE)?,
        Some(_) => text(&transaction, name::ANEW_LINEAGE)?,
    };
    let is_other = known != page.lineage || page.revision < after(&transaction)?;
    if is_other && !is_first {
        take_anew(&transaction, page.lineage.as_deref())?;
        transaction.commit()?;
        return Ok(Next::More);
    }
    let codes = note(&transaction, page)?;
    let reached = page.next_after.unwrap_or(page.revision).to_string();
    let lineage = page.lineage.as_deref().unwrap_or_default();
    match (anew, page.next_after) {
        (Some(_), Some(_)) => {
            keep(&transaction, name::ANEW, &reached)?;
            keep(&transaction, name::ANEW_LINEAGE, lineage)?;
        }
        (Some(_), None) => {
            replace_items(&transaction, now)?;
            keep(&transaction, name::ANEW, "")?;
            stand(&transaction, &reached, lineage)?;
        }
        (None, _) => {
            // Whoever asks every few seconds and hears nothing new waits for no disk.
            if page.changes.is_empty() && reached == after(&transaction)?.to_string() {
                return Ok(Next::Rest);
            }
            show(&transaction, &codes, now)?;
            stand(&transaction, &reached, lineage)?;
        }
    }
    transaction.commit()?;
    Ok(match page.next_after {
        Some(_) => Next::More,
        None => Next::Rest,
    })
}

fn stand(connection: &Connection, revision: &str, lineage: &str) -> Result<(), DatabaseError> {
    keep(connection, name::REVISION, revision)?;
    keep(connection, name::LINEAGE, lineage)
}

/// Notes what the source said. Gives the codes that it spoke of, where an empty one stands for the
/// patterns: no item has it.
fn note(connection: &Connection, page: &Page) -> Result<Vec<String>, DatabaseError> {
    let mut codes = Vec::with_capacity(page.changes.len());
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO followed (code, effective_from, revision, item)
         VALUES (?, ?, ?, ?)",
    )?;
    let strange = |what: &dyn std::fmt::Debug| {
        DatabaseError::Strange(format!("the server's catalogue says {what:?}"))
    };
    for set in &page.patterns {
        let from = wire::time::read(&set.effective_from).ok_or_else(|| strange(set))?;
        let patterns = Value::from(set.patterns.clone()).to_string();
        statement.execute(params![PATTERNS, from.ms(), set.revision, patterns])?;
        codes.push(PATTERNS.to_owned());
    }
    for change in &page.changes {
        let text = |name: &str| change.get(name).and_then(Value::as_str);
        let from = text("effective_from").and_then(wire::time::read);
        let revision = change.get("revision").and_then(Value::as_i64);
        let (Some(code), Some(from), Some(revision)) = (text("code"), from, revision) else {
            return Err(strange(change));
        };
        let item = text("name").map(|_| change.to_string());
        statement.execute(params![code, from.ms(), revision, item])?;
        codes.push(code.to_owned());
    }
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}

/// Lets what has come into force since the last look come into `items`.
///
/// # Errors
/// [`DatabaseError`].
pub fn come_into_force(database: &mut Database, now: Timestamp) -> Result<(), DatabaseError> {
    if due(database.connection(), now)?.is_empty() {
        return Ok(());
    }
    let transaction = database.write()?;
    let codes = due(&transaction, now)?;
    show(&transaction, &codes, now)?;
    Ok(transaction.commit()?)
}

/// Codes whose time has come since the last look.
fn due(connection: &Connection, now: Timestamp) -> Result<Vec<String>, DatabaseError> {
    if source(connection)?.is_none() || number(connection, name::ANEW)?.is_some() {
        return Ok(Vec::new());
    }
    let since = number(connection, name::IN_FORCE)?.unwrap_or_default();
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT code FROM followed WHERE effective_from > ? AND effective_from <= ?",
    )?;
    let rows = statement.query_map([since, now.ms()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes `items` what the whole of what the source said comes to.
fn replace_items(connection: &Connection, now: Timestamp) -> Result<(), DatabaseError> {
    let before = newest(connection)?;
    connection.execute(
        "DELETE FROM items WHERE code = '' OR code NOT IN (SELECT code FROM followed)",
        [],
    )?;
    let mut statement = connection.prepare("SELECT DISTINCT code FROM followed ORDER BY code")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    let codes = rows.collect::<Result<Vec<String>, _>>()?;
    for code in &codes {
        show_one(connection, code, now.ms())?;
    }
    if !codes.iter().any(|code| code == PATTERNS) {
        labels::put(connection, &[])?;
    }
    forget_captured(connection, before)?;
    // What shop software wrote before is overwritten with the rest.
    keep(connection, name::SINCE, &newest(connection)?.to_string())?;
    keep(connection, name::IN_FORCE, &now.ms().to_string())
}

/// Makes these items what the source says of them now.
fn show(connection: &Connection, codes: &[String], now: Timestamp) -> Result<(), DatabaseError> {
    let before = newest(connection)?;
    // A clock that was put back takes nothing away that has been in force.
    let in_force = number(connection, name::IN_FORCE)?.unwrap_or_default();
    let now_ms = in_force.max(now.ms());
    for code in codes {
        show_one(connection, code, now_ms)?;
        let since = number(connection, name::SINCE)?.unwrap_or_default();
        let sql = "DELETE FROM item_changes WHERE code = ? AND revision > ?";
        connection
            .prepare_cached(sql)?
            .execute(params![code, since])?;
    }
    forget_captured(connection, before)?;
    keep(connection, name::IN_FORCE, &now_ms.to_string())
}

/// What the triggers caught of our own writing is nobody's change.
fn forget_captured(connection: &Connection, before: i64) -> Result<(), DatabaseError> {
    connection.execute("DELETE FROM item_changes WHERE revision > ?", [before])?;
    Ok(())
}

/// Makes one item what the source says of it now, and forgets what it said before that.
fn show_one(connection: &Connection, code: &str, now_ms: i64) -> Result<(), DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT effective_from, revision, item FROM followed
         WHERE code = ? AND effective_from <= ?
         ORDER BY effective_from DESC, revision DESC LIMIT 1",
    )?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Option<(i64, i64, Option<String>)> =
        statement.query_row(params![code, now_ms], row).optional()?;
    let said = found.as_ref().and_then(|(_, _, said)| said.as_deref());
    if code == PATTERNS {
        let patterns = serde_json::from_str(said.unwrap_or("[]"));
        let patterns: Vec<String> =
            patterns.map_err(|error| DatabaseError::Strange(format!("the patterns: {error}")))?;
        labels::put(connection, &patterns)?;
    } else {
        show_item(connection, code, said)?;
    }
    if let Some((from, revision, Some(_))) = found {
        let sql = "DELETE FROM followed WHERE code = ?1
            AND (effective_from < ?2 OR (effective_from = ?2 AND revision < ?3))";
        connection
            .prepare_cached(sql)?
            .execute(params![code, from, revision])?;
    }
    Ok(())
}

fn show_item(connection: &Connection, code: &str, said: Option<&str>) -> Result<(), DatabaseError> {
    let Some(item) = said else {
        let sql = "DELETE FROM items WHERE code = ?";
        connection.prepare_cached(sql)?.execute([code])?;
        return Ok(());
    };
    let Ok(Value::Object(item)) = serde_json::from_str(item) else {
        return Err(DatabaseError::Strange(format!("{code} is {item}")));
    };
    put_item(connection, code, &item)
}

/// Writes an item as the server tells it.
///
/// # Errors
/// [`DatabaseError`].
pub fn put_item(
    connection: &Connection,
    code: &str,
    item: &Map<String, Value>,
) -> Result<(), DatabaseError> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let flag = |name: &str| item.get(name).and_then(Value::as_bool);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO items (code, name, short_name, reading, size, gtin, kind,
                category, unit, unit_price, tax_percent, tax_included, sensitive)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            code,
            text("name"),
            text("short_name"),
            text("reading"),
            text("size"),
            text("gtin"),
            text("kind").unwrap_or("goods"),
            text("category"),
            text("unit"),
            item.get("unit_price").and_then(Value::as_i64),
            text("tax_percent"),
            flag("tax_included"),
            flag("sensitive").unwrap_or_default(),
        ])?;
    Ok(())
}

/// Items and patterns that shop software wrote, of which the source has not spoken since.
///
/// # Errors
/// [`DatabaseError`].
pub fn astray(connection: &Connection, of: &str) -> Result<Vec<Untold>, DatabaseError> {
    let since = number(connection, name::SINCE)?.unwrap_or_default();
    let mut statement = connection.prepare_cached(
        "SELECT code FROM item_changes WHERE revision > ? AND code <> ''
         GROUP BY code ORDER BY max(revision) DESC LIMIT ?",
    )?;
    let rows = statement.query_map([since, ASTRAY_MAX], |row| {
        Ok(Untold {
            code: row.get(0)?,
            problem: format!("this store follows {of}; change items there"),
        })
    })?;
    let mut astray = rows.collect::<Result<Vec<_>, _>>()?;
    let are_patterns = connection
        .prepare_cached("SELECT 1 FROM item_changes WHERE revision > ? AND patterns IS NOT NULL")?
        .exists([since])?;
    if are_patterns {
        astray.push(Untold {
            code: "patterns".to_owned(),
            problem: format!("this store follows {of}; change patterns there"),
        });
    }
    Ok(astray)
}
