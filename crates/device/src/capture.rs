//! Changes of the store database on their way to the server's catalogue: which of them go next,
//! and in what words. The triggers of the schema caught them; nothing here sends.

use crate::database::{Database, DatabaseError, fact, keep};
use crate::{follow, labels};
use purchase::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};
use wire::catalogue::{read_snapshot, read_update};
use wire::error::FieldError;
use wire::time::show_utc;

/// Changes in one update at most.
const CHANGES_PER_UPDATE: i64 = 20_000;

/// The names of facts about the catalogue.
mod name {
    /// The source that this database is, as the contract's `lineage`.
    pub(super) const LINEAGE: &str = "catalogue_lineage";
    /// The newest revision that the server has of it.
    pub(super) const SENT: &str = "catalogue_sent";
    /// The end of the update that is on its way; the same is sent until its fate is known.
    pub(super) const SENDING: &str = "catalogue_sending";
}

/// What is told to the server next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The catalogue's revision once it is told.
    pub revision: i64,
    /// The message.
    pub body: String,
}

/// The newest change, and whose it is: what a sale is marked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The newest revision; 0 before the first.
    pub revision: i64,
    /// The source of that revision; none if it has no name.
    pub lineage: Option<String>,
}

/// A change that the server cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The code.
    pub code: String,
    /// Why, with the fix.
    pub problem: String,
}

/// Begins a new source: a new database, or one that was put back to an older copy. `random` makes
/// its name.
///
/// # Errors
/// [`DatabaseError`].
pub fn begin_lineage(
    connection: &Connection,
    now: Timestamp,
    random: u64,
) -> Result<(), DatabaseError> {
    keep(
        connection,
        name::LINEAGE,
        &format!("{}-{random:016x}", now.ms()),
    )
}

/// The newest change, and whose it is: of the catalogue that the store follows, or of its own.
///
/// # Errors
/// [`DatabaseError`].
pub fn mark(connection: &Connection) -> Result<Mark, DatabaseError> {
    if let Some(followed) = follow::mark(connection)? {
        return Ok(followed);
    }
    Ok(Mark {
        revision: newest(connection)?,
        lineage: fact(connection, name::LINEAGE)?,
    })
}

/// The newest revision of the own list: also that of changes which were pruned.
///
/// # Errors
/// [`DatabaseError`].
pub fn newest(connection: &Connection) -> Result<i64, DatabaseError> {
    let mut statement =
        connection.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'item_changes'")?;
    let newest: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(newest.unwrap_or(0))
}

/// The newest revision that the server has.
///
/// # Errors
/// [`DatabaseError`].
pub fn sent(connection: &Connection) -> Result<i64, DatabaseError> {
    number(connection, name::SENT)
}

fn number(connection: &Connection, name: &str) -> Result<i64, DatabaseError> {
    let Some(text) = fact(connection, name)? else {
        return Ok(0);
    };
    text.parse()
        .map_err(|_| DatabaseError::Strange(format!("{name} is {text}")))
}

/// Is there anything that the server does not know? A store that follows has nothing to tell.
///
/// # Errors
/// [`DatabaseError`].
pub fn is_behind(connection: &Connection) -> Result<bool, DatabaseError> {
    Ok(follow::source(connection)?.is_none() && sent(connection)? < newest(connection)?)
}

/// The next update, or none if the server knows everything. A change that it could not take is
/// marked and left out, so that one bad row holds up no other.
///
/// An update ends where a sale was rung up: names are found by the revision that the till had, and
/// an update has only one.
///
/// # Errors
/// [`DatabaseError`].
pub fn next_update(database: &mut Database) -> Result<Option<Told>, DatabaseError> {
    let transaction = database.write()?;
    let (base, newest) = (sent(&transaction)?, newest(&transaction)?);
    if base >= newest {
        return Ok(None);
    }
    let revision = match number(&transaction, name::SENDING)? {
        sending if sending > base && sending <= newest => sending,
        _ => end_of_update(&transaction, base, newest)?,
    };
    let lineage = fact(&transaction, name::LINEAGE)?.unwrap_or_default();
    let changes = changes(&transaction, base, revision)?;
    let patterns = patterns(&transaction, base, revision)?;
    let message = |changes: Vec<Value>| {
        let mut message = json!({"base_revision": base, "revision": revision, "lineage": lineage,
            "changes": changes});
        if let (Some(members), Some((patterns, from))) = (message.as_object_mut(), &patterns) {
            members.insert("patterns".to_owned(), patterns.clone());
            members.insert("patterns_effective_from".to_owned(), json!(from));
        }
        message.to_string()
    };
    let mut body = message(changes.iter().map(|(_, change)| change.clone()).collect());
    if let Err(faults) = read_update(body.as_bytes()) {
        let mut good = Vec::with_capacity(changes.len());
        for (revision, change) in changes {
            let alone = message(vec![change.clone()]);
            match read_update(alone.as_bytes()) {
                Ok(_) => good.push(change),
                Err(faults) => mark_untold(&transaction, revision, &faults)?,
            }
        }
        body = message(good);
        // What remains was proven row by row; only the whole can still be wrong.
        if let Err(faults_left) = read_update(body.as_bytes()) {
            return Err(strange(&[faults, faults_left].concat()));
        }
    }
    keep(&transaction, name::SENDING, &revision.to_string())?;
    transaction.commit()?;
    Ok(Some(Told { revision, body }))
}

fn strange(faults: &[FieldError]) -> DatabaseError {
    DatabaseError::Strange(told(faults))
}

fn told(faults: &[FieldError]) -> String {
    let details: Vec<_> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    details.join("; ")
}

/// The end of an update that begins behind `base`.
fn end_of_update(connection: &Connection, base: i64, newest: i64) -> Result<i64, DatabaseError> {
    let sold: Option<i64> = connection.query_row(
        "SELECT min(catalogue_revision) FROM sales WHERE catalogue_revision > ?",
        [base],
        |row| row.get(0),
    )?;
    let end = sold.unwrap_or(newest).min(newest);
    Ok(end.min(base.saturating_add(CHANGES_PER_UPDATE)))
}

/// What happened to each code behind `base` up to `revision`: of several changes at one instant
/// only the last.
fn changes(
    connection: &Connection,
    base: i64,
    revision: i64,
) -> Result<Vec<(i64, Value)>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT max(revision), code, changed_at, item FROM item_changes
         WHERE revision > ? AND revision <= ? AND problem IS NULL AND patterns IS NULL
         GROUP BY code, changed_at ORDER BY 1",
    )?;
    let rows = statement.query_map([base, revision], |row| {
        let (at, code): (i64, String) = (row.get(2)?, row.get(1)?);
        let item: Option<String> = row.get(3)?;
        Ok((row.get(0)?, code, at, item))
    })?;
    rows.map(|row| {
        let (revision, code, at, item) = row?;
        let at = Timestamp::from_ms(at)
            .map_err(|_| DatabaseError::Strange(format!("a change of {code} at {at}")))?;
        let mut change = match item {
            None => Map::from_iter([("discontinued".to_owned(), Value::Bool(true))]),
            Some(item) => members(&item)?,
        };
        change.insert("code".to_owned(), Value::String(code));
        change.insert("effective_from".to_owned(), Value::String(show_utc(at)));
        Ok((revision, Value::Object(change)))
    })
    .collect()
}

/// The last set of patterns behind `base` up to `revision`, and from when it holds; none if they did
/// not change. Those that cannot be used are left out here as they are at the till.
fn patterns(
    connection: &Connection,
    base: i64,
    revision: i64,
) -> Result<Option<(Value, String)>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT changed_at, patterns FROM item_changes
         WHERE patterns IS NOT NULL AND revision > ? AND revision <= ?
         ORDER BY revision DESC LIMIT 1",
    )?;
    let last = statement
        .query_row([base, revision], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((at, written)) = last else {
        return Ok(None);
    };
    let strange = |what: String| DatabaseError::Strange(format!("a change of patterns {what}"));
    let at = Timestamp::from_ms(at).map_err(|_| strange(format!("at {at}")))?;
    let read: Vec<Value> =
        serde_json::from_str(&written).map_err(|error| strange(error.to_string()))?;
    Ok(Some((usable_patterns(&texts(&read)), show_utc(at))))
}

/// Shop software writes numbers where a text is meant, and SQLite lets it.
fn texts(values: &[Value]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    values.iter().map(text).collect()
}

fn usable_patterns(written: &[String]) -> Value {
    let usable = labels::usable(written).patterns;
    let texts = usable.as_slice().iter().map(ToString::to_string);
    json!(texts.collect::<Vec<_>>())
}

/// An item's row as the contract writes an item.
fn members(row: &str) -> Result<Map<String, Value>, DatabaseError> {
    let Ok(Value::Object(row)) = serde_json::from_str(row) else {
        return Err(DatabaseError::Strange(format!("a change holds {row}")));
    };
    let mut members = Map::new();
    for (name, value) in row {
        let value = match (name.as_str(), value) {
            (_, Value::Null) => continue,
            ("tax_included" | "sensitive", value) => Value::Bool(is_true(&value)),
            // Shop software writes numbers where a text is meant, and SQLite lets it.
            ("unit_price", value) => value,
            (_, Value::Number(number)) => Value::String(number.to_string()),
            (_, value) => value,
        };
        members.insert(name, value);
    }
    Ok(members)
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Bool(false)) && *value != json!(0) && *value != json!("0")
}

fn mark_untold(
    connection: &Connection,
    revision: i64,
    faults: &[FieldError],
) -> Result<(), DatabaseError> {
    connection.execute(
        "UPDATE item_changes SET problem = ? WHERE revision = ?",
        params![told(faults), revision],
    )?;
    Ok(())
}

/// Items whose newest change the server cannot be told, and patterns that cannot be used, with the
/// reason. Where the store follows another one's catalogue, that is all that somebody wrote here.
///
/// # Errors
/// [`DatabaseError`].
pub fn untold(connection: &Connection) -> Result<Vec<Untold>, DatabaseError> {
    if let Some(of) = follow::source(connection)? {
        return follow::astray(connection, &of);
    }
    let mut statement = connection.prepare_cached(
        "SELECT code, problem FROM item_changes AS change WHERE problem IS NOT NULL
         AND (code <> '' OR item IS NOT NULL) -- a snapshot is no item
         AND revision = (SELECT max(revision) FROM item_changes
             WHERE code = change.code AND patterns IS NULL)
         ORDER BY revision DESC LIMIT 1000",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Untold {
            code: row.get(0)?,
            problem: row.get(1)?,
        })
    })?;
    let mut untold = rows.collect::<Result<Vec<_>, _>>()?;
    let left_out = labels::usable(&labels::written(connection)?).left_out;
    untold.extend(left_out.into_iter().map(|fault| Untold {
        code: fault.pattern,
        problem: fault.problem,
    }));
    Ok(untold)
}

/// The server has everything up to `revision`, and nothing is on its way any more.
///
/// # Errors
/// [`DatabaseError`].
pub fn arrived(connection: &Connection, revision: i64) -> Result<(), DatabaseError> {
    keep(connection, name::SENT, &revision.to_string())?;
    // An end that was meant for another beginning would jump over revisions that sales name.
    keep(connection, name::SENDING, "0")
}

/// What to do after the server said where its catalogue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Go on from there with updates.
    Updates,
    /// The histories differ: say everything anew.
    Snapshot,
}

/// Compares with the server's catalogue and moves to where it stands, if that is a point of our own
/// history: an answer was lost, or the server was put back to an older copy.
///
/// # Errors
/// [`DatabaseError`].
pub fn compare(
    database: &mut Database,
    theirs: i64,
    lineage: Option<&str>,
) -> Result<Course, DatabaseError> {
    let transaction = database.write()?;
    let ours = fact(&transaction, name::LINEAGE)?.unwrap_or_default();
    let is_ours = lineage == Some(ours.as_str()) && theirs <= newest(&transaction)?;
    let course = if is_ours || theirs == 0 {
        arrived(&transaction, theirs)?;
        Course::Updates
    } else {
        Course::Snapshot
    };
    transaction.commit()?;
    Ok(course)
}

/// Everything that the store has becomes a change of now, of a new source.
///
/// # Errors
/// [`DatabaseError`].
pub fn say_all(connection: &Connection, now: Timestamp, random: u64) -> Result<(), DatabaseError> {
    begin_lineage(connection, now, random)?;
    for (code, item) in all_items(connection)? {
        connection.execute(
            "INSERT INTO item_changes (code, changed_at, item) VALUES (?, ?, ?)",
            params![code, now.ms(), item],
        )?;
    }
    let patterns = labels::written(connection)?;
    if !patterns.is_empty() {
        connection.execute(
            "INSERT INTO item_changes (code, changed_at, patterns) VALUES ('', ?, ?)",
            params![now.ms(), json!(patterns).to_string()],
        )?;
    }
    Ok(())
}

/// Everything that the store has, as a new source beyond the revision where the server stands.
///
/// # Errors
/// [`DatabaseError`].
pub fn snapshot(
    database: &mut Database,
    theirs: i64,
    now: Timestamp,
    random: u64,
) -> Result<Told, DatabaseError> {
    let transaction = database.write()?;
    begin_lineage(&transaction, now, random)?;
    let revision = newest(&transaction)?.max(theirs).saturating_add(1);
    transaction.execute(
        "INSERT INTO item_changes (revision, code, changed_at, problem)
         VALUES (?, '', ?, 'the server was told everything anew')",
        params![revision, now.ms()],
    )?;
    let lineage = fact(&transaction, name::LINEAGE)?.unwrap_or_default();
    let patterns = usable_patterns(&labels::written(&transaction)?);
    let message = |items: &[Value]| {
        json!({"base_revision": theirs, "revision": revision, "lineage": lineage,
            "effective_from": show_utc(now), "patterns": patterns, "items": items})
        .to_string()
    };
    let mut items = Vec::new();
    for (code, item) in all_items(&transaction)? {
        let mut members = members(&item)?;
        members.insert("code".to_owned(), Value::String(code));
        items.push(Value::Object(members));
    }
    let mut body = message(&items);
    if read_snapshot(body.as_bytes()).is_err() {
        let mut good = Vec::with_capacity(items.len());
        for item in items {
            match read_snapshot(message(std::slice::from_ref(&item)).as_bytes()) {
                Ok(_) => good.push(item),
                Err(faults) => mark_untold(&transaction, newest_of(&transaction, &item)?, &faults)?,
            }
        }
        body = message(&good);
    }
    transaction.commit()?;
    Ok(Told { revision, body })
}

/// The newest change of an item.
fn newest_of(connection: &Connection, item: &Value) -> Result<i64, DatabaseError> {
    let code = item.get("code").and_then(Value::as_str);
    let sql = "SELECT coalesce(max(revision), 0) FROM item_changes
        WHERE code = ? AND patterns IS NULL";
    Ok(connection.query_row(sql, [code], |row| row.get(0))?)
}

fn all_items(connection: &Connection) -> Result<Vec<(String, String)>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT code, json_object('name', name, 'short_name', short_name, 'reading', reading,
            'size', size, 'gtin', gtin, 'kind', kind, 'category', category, 'unit', unit,
            'unit_price', unit_price, 'tax_percent', tax_percent, 'tax_included', tax_included,
            'sensitive', sensitive) FROM items ORDER BY code",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
