//! The statements by which rows are read and written, as text. They depend on the table and on the
//! form of the question alone, so that each is prepared once for every connection.
//!
//! Values never stand in a statement, and every name is qualified.

use super::cell::Shape;
use super::rows::Lock;
use super::table::Table;
use std::fmt::Write as _;
use tokio_postgres::types::Type;

/// Which rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Among {
    /// Keys of a table that is everywhere: `$1` the keys.
    All,
    /// Keys in one place of a table that is spread: `$1` where, `$2` the keys.
    One,
    /// Keys in several places: `$1` where each is, `$2` the keys.
    Many,
}

/// From where a range goes to where. Each bound is a key, and before it a place if the table is
/// spread and the place is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// None: to the end of the table.
    Open,
    /// A key.
    Key,
    /// A place and a key.
    Placed,
}

/// All columns of a table in the order in which a row is written.
fn columns(table: &Table) -> impl Iterator<Item = (&'static str, Shape)> {
    let place = table.spread.column();
    let place = place.map(|column| (column, table.spread.shape()));
    let own = [("key", Shape::Bytes), ("row", Shape::Bytes)];
    place
        .into_iter()
        .chain(own)
        .chain(table.clear.iter().copied())
}

/// Reads rows by their keys, and locks them in that order.
pub(crate) fn read(table: &Table, among: Among, lock: Lock) -> String {
    let name = table.name;
    let lock = match lock {
        Lock::None => "",
        Lock::Share => " FOR SHARE OF held",
        Lock::Update => " FOR UPDATE OF held",
    };
    let place = table.spread.column().unwrap_or("key");
    let held = format!("SELECT held.key, held.row FROM orihon.{name} AS held WHERE");
    match among {
        Among::All => format!("{held} held.key = ANY($1) ORDER BY held.key{lock}"),
        Among::One => {
            format!("{held} held.{place} = $1 AND held.key = ANY($2) ORDER BY held.key{lock}")
        }
        // A plan that is made while the table is small serves until the table is next analysed. Row by
        // row there is but one good plan; joined, a small table would be read from end to end, and
        // then so would a large one.
        Among::Many => {
            let shape = table.spread.shape().sql();
            format!(
                "SELECT found.key, found.row \
                 FROM unnest($1::{shape}[], $2::bytea[]) AS wanted (place, key) \
                 CROSS JOIN LATERAL ({held} held.{place} = wanted.place \
                 AND held.key = wanted.key LIMIT 1{lock}) AS found"
            )
        }
    }
}

/// Takes rows away by their keys: `$1` where they are, if the table is spread, and then the keys.
pub(crate) fn delete(table: &Table) -> String {
    let name = table.name;
    match table.spread.column() {
        None => format!("DELETE FROM orihon.{name} WHERE key = ANY($1)"),
        Some(place) => format!("DELETE FROM orihon.{name} WHERE {place} = $1 AND key = ANY($2)"),
    }
}

/// What becomes of a row under a key that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The new one replaces it.
    Replace,
    /// The old one stays. The keys of the rows that were written come back.
    Keep,
}

/// Takes rows that are all new, one after the other in the binary form: less work for the database
/// than [`insert`], which must be ready for each of them to be there.
pub(crate) fn copy(table: &Table) -> String {
    let names: Vec<&str> = columns(table).map(|(name, _)| name).collect();
    let names = names.join(", ");
    format!(
        "COPY orihon.{} ({names}) FROM STDIN (FORMAT binary)",
        table.name
    )
}

/// The types of the columns of [`copy`], in their order.
pub(crate) fn types(table: &Table) -> Vec<Type> {
    columns(table).map(|(_, shape)| shape.wire()).collect()
}

/// Writes rows, given column by column.
pub(crate) fn insert(table: &Table, taken: Taken) -> String {
    let (mut names, mut arrays, mut sets) = (String::new(), String::new(), String::new());
    for ((name, shape), nth) in columns(table).zip(1..) {
        let comma = if nth == 1 { "" } else { ", " };
        // A text takes all that is written into it.
        let _ = write!(names, "{comma}{name}");
        let _ = write!(arrays, "{comma}${nth}::{}[]", shape.sql());
        if name != "key" && Some(name) != table.spread.column() {
            let comma = if sets.is_empty() { "" } else { ", " };
            let _ = write!(sets, "{comma}{name} = EXCLUDED.{name}");
        }
    }
    let place = table.spread.column().map(|column| format!("{column}, "));
    let place = place.unwrap_or_default();
    let then = match taken {
        Taken::Replace => format!("DO UPDATE SET {sets}"),
        Taken::Keep => "DO NOTHING RETURNING key".to_owned(),
    };
    format!(
        "INSERT INTO orihon.{} ({names}) SELECT * FROM unnest({arrays}) \
         ON CONFLICT ({place}key) {then}",
        table.name
    )
}

/// Reads rows of a range, in the order of keys. Its parameters are those of the first bound, those of
/// the second, and how many rows at most.
pub(crate) fn range(table: &Table, from: Bound, end: Bound) -> String {
    let mut conditions = Vec::new();
    let mut nth = 0;
    let mut next = || {
        nth += 1;
        nth
    };
    for (bound, sign) in [(from, ">="), (end, "<")] {
        match (bound, table.spread.column()) {
            (Bound::Open, _) => {}
            (Bound::Placed, Some(place)) => {
                let (first, second) = (next(), next());
                conditions.push(format!("({place}, key) {sign} (${first}, ${second})"));
            }
            (Bound::Key | Bound::Placed, _) => conditions.push(format!("key {sign} ${}", next())),
        }
    }
    let place = table.spread.column().map(|column| format!("{column}, "));
    let condition = if conditions.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", conditions.join(" AND "))
    };
    format!(
        "SELECT key, row FROM orihon.{}{condition} ORDER BY {}key LIMIT ${}",
        table.name,
        place.unwrap_or_default(),
        next()
    )
}

/// Reads rows of a range that lies in one place: `$1` where, `$2` from, `$3` end, `$4` how many.
pub(crate) fn range_in_one(table: &Table) -> String {
    let place = table.spread.column().unwrap_or("key");
    format!(
        "SELECT key, row FROM orihon.{} WHERE {place} = $1 AND key >= $2 AND key < $3 \
         ORDER BY key LIMIT $4",
        table.name
    )
}

/// Reads several ranges that lie in one place: `$1` where, `$2` from, `$3` end, `$4` how many of each.
pub(crate) fn ranges_in_one(table: &Table) -> String {
    let place = table.spread.column().unwrap_or("key");
    format!(
        "SELECT found.key, found.row FROM unnest($2::bytea[], $3::bytea[]) AS wanted (first, past) \
         CROSS JOIN LATERAL (SELECT held.key, held.row FROM orihon.{} AS held \
         WHERE held.{place} = $1 AND held.key >= wanted.first AND held.key < wanted.past \
         ORDER BY held.key LIMIT $4) AS found",
        table.name
    )
}

/// Reads a page of rows in the order of the primary key, wherever they say that they lie: key, row, and
/// the place if the table is spread. Its parameters are the place and the key behind which it begins,
/// unless it is the first, and how many rows.
pub(crate) fn page(table: &Table, is_further: bool) -> String {
    let place = table.spread.column();
    let shown = place.map(|place| format!(", {place}")).unwrap_or_default();
    let order = place.map(|place| format!("{place}, ")).unwrap_or_default();
    let (condition, limit) = match (is_further, place) {
        (false, _) => (String::new(), 1),
        (true, None) => (" WHERE key > $1".to_owned(), 2),
        (true, Some(place)) => (format!(" WHERE ({place}, key) > ($1, $2)"), 3),
    };
    let name = table.name;
    format!(
        "SELECT key, row{shown} FROM orihon.{name}{condition} ORDER BY {order}key LIMIT ${limit}"
    )
}

/// The columns of a table without the row itself.
pub(crate) fn shown(table: &Table) -> impl Iterator<Item = (&'static str, Shape)> {
    columns(table).filter(|(name, _)| *name != "row")
}

/// Compares columns with what they should say, given column by column as [`shown`] has them: the keys of
/// the rows that differ, and the names of the columns that do.
pub(crate) fn differing(table: &Table) -> String {
    let (mut names, mut arrays, mut found, mut same) =
        (String::new(), String::new(), String::new(), String::new());
    for ((name, shape), nth) in shown(table).zip(1..) {
        let comma = if nth == 1 { "" } else { ", " };
        // A text takes all that is written into it.
        let _ = write!(names, "{comma}{name}");
        let _ = write!(arrays, "{comma}${nth}::{}[]", shape.sql());
        if name == "key" || Some(name) == table.spread.column() {
            let and = if same.is_empty() { "" } else { " AND " };
            let _ = write!(same, "{and}held.{name} = wanted.{name}");
        } else {
            let comma = if found.is_empty() { "" } else { ", " };
            let differs = format!("held.{name} IS DISTINCT FROM wanted.{name}");
            let _ = write!(found, "{comma}CASE WHEN {differs} THEN '{name}' END");
        }
    }
    format!(
        "SELECT wanted.key, found.columns FROM unnest({arrays}) AS wanted ({names}) \
         CROSS JOIN LATERAL (SELECT array_remove(ARRAY[{found}]::text[], NULL) AS columns \
         FROM orihon.{} AS held WHERE {same} LIMIT 1) AS found \
         WHERE cardinality(found.columns) > 0",
        table.name
    )
}

/// The last key of a table, in the order of keys.
pub(crate) fn last(table: &Table) -> String {
    let place = table
        .spread
        .column()
        .map(|column| format!("{column} DESC, "));
    format!(
        "SELECT key FROM orihon.{} ORDER BY {}key DESC LIMIT 1",
        table.name,
        place.unwrap_or_default()
    )
}

/// Makes a table.
pub(crate) fn create(table: &Table) -> String {
    let mut text = format!("CREATE TABLE orihon.{} (", table.name);
    for (name, shape) in columns(table) {
        let is_place = Some(name) == table.spread.column();
        let collation = match shape {
            Shape::Text if is_place => " COLLATE \"C\"",
            _ => "",
        };
        let needed = if is_place || name == "key" || name == "row" {
            " NOT NULL"
        } else {
            ""
        };
        // A text takes all that is written into it.
        let _ = write!(text, "{name} {}{collation}{needed}, ", shape.sql());
    }
    let place = table.spread.column().map(|column| format!("{column}, "));
    let _ = write!(text, "PRIMARY KEY ({}key))", place.unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::table::tables;

    fn table(name: &str) -> &'static Table {
        tables().find(|table| table.name == name).unwrap()
    }

    /// A few of them in full, so that a change of their form is seen.
    #[test]
    fn statements_are_these() {
        let (awaited, chains) = (table("awaited_lines"), table("chains"));
        let rows = [
            (
                create(awaited),
                "CREATE TABLE orihon.awaited_lines (store_id text COLLATE \"C\" NOT NULL, \
                 key bytea NOT NULL, row bytea NOT NULL, revision bigint, purchase_id text, \
                 line bigint, code text, PRIMARY KEY (store_id, key))",
            ),
            (
                create(chains),
                "CREATE TABLE orihon.chains (key bytea NOT NULL, row bytea NOT NULL, \
                 chain_id text, name text, created_at timestamptz, PRIMARY KEY (key))",
            ),
            (
                insert(chains, Taken::Replace),
                "INSERT INTO orihon.chains (key, row, chain_id, name, created_at) \
                 SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], \
                 $5::timestamptz[]) ON CONFLICT (key) DO UPDATE SET row = EXCLUDED.row, \
                 chain_id = EXCLUDED.chain_id, name = EXCLUDED.name, \
                 created_at = EXCLUDED.created_at",
            ),
            (
                range(awaited, Bound::Placed, Bound::Open),
                "SELECT key, row FROM orihon.awaited_lines WHERE (store_id, key) >= ($1, $2) \
                 ORDER BY store_id, key LIMIT $3",
            ),
            (
                range(chains, Bound::Key, Bound::Key),
                "SELECT key, row FROM orihon.chains WHERE key >= $1 AND key < $2 \
                 ORDER BY key LIMIT $3",
            ),
        ];
        for (found, expected) in rows {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn so_are_these_of_reading() {
        let (awaited, chains) = (table("awaited_lines"), table("chains"));
        let rows = [
            (
                page(awaited, true),
                "SELECT key, row, store_id FROM orihon.awaited_lines \
                 WHERE (store_id, key) > ($1, $2) ORDER BY store_id, key LIMIT $3",
            ),
            (
                differing(chains),
                "SELECT wanted.key, found.columns FROM unnest($1::bytea[], $2::text[], $3::text[], \
                 $4::timestamptz[]) AS wanted (key, chain_id, name, created_at) \
                 CROSS JOIN LATERAL (SELECT array_remove(ARRAY[\
                 CASE WHEN held.chain_id IS DISTINCT FROM wanted.chain_id THEN 'chain_id' END, \
                 CASE WHEN held.name IS DISTINCT FROM wanted.name THEN 'name' END, \
                 CASE WHEN held.created_at IS DISTINCT FROM wanted.created_at THEN 'created_at' END\
                 ]::text[], NULL) AS columns FROM orihon.chains AS held \
                 WHERE held.key = wanted.key LIMIT 1) AS found \
                 WHERE cardinality(found.columns) > 0",
            ),
            (
                last(awaited),
                "SELECT key FROM orihon.awaited_lines ORDER BY store_id DESC, key DESC LIMIT 1",
            ),
            (
                read(awaited, Among::Many, Lock::Share),
                "SELECT found.key, found.row \
                 FROM unnest($1::text[], $2::bytea[]) AS wanted (place, key) \
                 CROSS JOIN LATERAL (SELECT held.key, held.row \
                 FROM orihon.awaited_lines AS held WHERE held.store_id = wanted.place \
                 AND held.key = wanted.key LIMIT 1 FOR SHARE OF held) AS found",
            ),
            (
                read(chains, Among::All, Lock::Update),
                "SELECT held.key, held.row FROM orihon.chains AS held WHERE held.key = ANY($1) \
                 ORDER BY held.key FOR UPDATE OF held",
            ),
        ];
        for (found, expected) in rows {
            assert_eq!(found, expected);
        }
    }
}
