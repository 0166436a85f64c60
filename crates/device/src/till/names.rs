//! What the lines of a sale were called when it was sold, so that a receipt that is printed again
//! says what the first one said. They stay in the shop: the server names lines by its own rules.

use crate::database::DatabaseError;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

/// What each line of a settlement is called now: by the name it brings, by what it was called on the
/// sale that it comes from, or by the items. A code that nobody knows is its own name.
///
/// # Errors
/// [`DatabaseError`].
pub fn of(connection: &Connection, settlement: &Value) -> Result<Vec<String>, DatabaseError> {
    let originals = match settlement.get("of") {
        Some(of) => of_original(connection, of)?,
        None => Vec::new(),
    };
    let lines = settlement.get("lines").and_then(Value::as_array);
    let mut names = Vec::new();
    for (line, nth) in lines.into_iter().flatten().zip(0..) {
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        let from = settlement.pointer(&format!("/of/lines/{nth}/line"));
        let from = from
            .and_then(Value::as_u64)
            .and_then(|line| line.checked_sub(1));
        let before = from.and_then(|line| originals.get(usize::try_from(line).ok()?));
        let name = match (text("name"), before, text("code")) {
            (Some(name), _, _) => name.to_owned(),
            (None, Some(before), _) => before.clone(),
            (None, None, Some(code)) => {
                let item = super::item_of(connection, code)?;
                item.map_or_else(|| code.to_owned(), |item| item.name)
            }
            (None, None, None) => String::new(),
        };
        names.push(name);
    }
    Ok(names)
}

fn of_original(connection: &Connection, of: &Value) -> Result<Vec<String>, DatabaseError> {
    let text = |name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = (text("terminal"), text("business_date"), text("transaction"));
    Ok(kept(connection, key)?.unwrap_or_default())
}

/// Keeps the names with the sale of this till, day and number.
///
/// # Errors
/// [`DatabaseError`].
pub fn keep(
    connection: &Connection,
    (terminal, business_date, number): (&str, &str, &str),
    names: &[String],
) -> Result<(), DatabaseError> {
    let names = serde_json::to_string(names)
        .map_err(|error| DatabaseError::Strange(format!("names: {error}")))?;
    connection
        .prepare_cached(
            "UPDATE sales SET names = ?4
             WHERE terminal = ?1 AND business_date = ?2 AND number = ?3",
        )?
        .execute(params![terminal, business_date, number, names])?;
    Ok(())
}

/// The names that were kept; none of a sale from before they were.
///
/// # Errors
/// [`DatabaseError`].
pub fn kept(
    connection: &Connection,
    (terminal, business_date, number): (&str, &str, &str),
) -> Result<Option<Vec<String>>, DatabaseError> {
    let names: Option<Option<String>> = connection
        .prepare_cached(
            "SELECT names FROM sales WHERE terminal = ?1 AND business_date = ?2 AND number = ?3",
        )?
        .query_row([terminal, business_date, number], |row| row.get(0))
        .optional()?;
    let read = |names: String| serde_json::from_str(&names);
    let names = names.flatten().map(read).transpose();
    names.map_err(|error| DatabaseError::Strange(format!("names of a sale: {error}")))
}
