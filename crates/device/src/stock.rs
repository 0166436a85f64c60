//! Carries out what a product list says: new and changed items are written, and those that the list
//! leaves out are taken away only if that was asked for. The triggers catch what really changed.

use crate::database::{Database, DatabaseError};
use crate::import::{Field, ItemRow, Plan};
use purchase::settlement::{ItemKind, Sensitivity, TaxPlace};
use purchase::text::Text;
use rusqlite::{Connection, params};

/// What happens to items that the list leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// They stay.
    Keep,
    /// They are taken away.
    Remove,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Items that are new or differ now.
    pub changed: i64,
    /// Items that were taken away.
    pub removed: i64,
}

/// Carries out a plan: all of it, or nothing.
///
/// # Errors
/// [`DatabaseError`]; then nothing was done.
pub fn carry_out(
    database: &mut Database,
    plan: &Plan,
    missing: Missing,
) -> Result<Done, DatabaseError> {
    let transaction = database.write()?;
    let before = newest(&transaction)?;
    let fields: Vec<_> = plan.mapping.fields().collect();
    for row in &plan.rows {
        put(&transaction, &row.item, &fields)?;
    }
    let changed = newest(&transaction)? - before;
    let mut removed = 0;
    if missing == Missing::Remove {
        for code in codes(&transaction)? {
            let is_listed = purchase::id::ItemCode::parse(&code)
                .is_ok_and(|code| plan.line_of(&code).is_some());
            if !is_listed {
                transaction.execute("DELETE FROM items WHERE code = ?", [&code])?;
                removed += 1;
            }
        }
    }
    transaction.commit()?;
    Ok(Done { changed, removed })
}

fn newest(connection: &Connection) -> Result<i64, DatabaseError> {
    crate::capture::newest(connection)
}

fn codes(connection: &Connection) -> Result<Vec<String>, DatabaseError> {
    let mut statement = connection.prepare_cached("SELECT code FROM items")?;
    let codes = statement.query_map([], |row| row.get(0))?;
    Ok(codes.collect::<Result<_, _>>()?)
}

fn put(connection: &Connection, item: &ItemRow, fields: &[Field]) -> Result<(), DatabaseError> {
    let says = |field| i64::from(fields.contains(&field));
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.as_str().to_owned());
    let kind = match item.kind {
        ItemKind::Goods => "goods",
        ItemKind::Service => "service",
    };
    let included = item.tax_included.map(|place| match place {
        TaxPlace::Included => 1,
        TaxPlace::Excluded => 0,
    });
    let sensitive = match item.sensitive {
        Sensitivity::Plain => 0,
        Sensitivity::Sensitive => 1,
    };
    // What the list has no column for stays as the shop wrote it.
    connection
        .prepare_cached(
            "INSERT INTO items (code, name, short_name, reading, size, gtin, kind, category, unit,
                unit_price, tax_percent, tax_included, sensitive)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (code) DO UPDATE SET name = ?2, short_name = coalesce(?3, short_name),
                reading = coalesce(?4, reading), size = coalesce(?5, size),
                gtin = coalesce(?6, gtin), kind = iif(?14, ?7, kind), category = coalesce(?8, category),
                unit = coalesce(?9, unit), unit_price = coalesce(?10, unit_price),
                tax_percent = coalesce(?11, tax_percent),
                tax_included = coalesce(?12, tax_included), sensitive = iif(?15, ?13, sensitive)",
        )?
        .execute(params![
            item.code.as_str(),
            item.name.as_str(),
            text(&item.short_name),
            text(&item.reading),
            text(&item.size),
            text(&item.gtin),
            kind,
            text(&item.category),
            text(&item.unit),
            item.unit_price,
            item.tax_percent,
            included,
            sensitive,
            says(Field::Kind),
            says(Field::Sensitive),
        ])?;
    Ok(())
}
