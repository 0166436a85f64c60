//! One row of a list to one item, with every fault of the row and not only the first.
//!
//! It knows nothing of other rows.

use super::column::Mapping;
use super::fault::{Fault, RowError};
use super::field::Field;
use super::{price, tax, text};
use csv::StringRecord;
use purchase::id::ItemCode;
use purchase::money::Currency;
use purchase::settlement::{ItemKind, Sensitivity, TaxPlace};
use purchase::text::Text;

/// An item as the items table has it; each value is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// The code as scanned.
    pub code: ItemCode,
    /// The name.
    pub name: Text,
    /// The name on narrow paper.
    pub short_name: Option<Text>,
    /// The name in kana.
    pub reading: Option<Text>,
    /// How large or how much.
    pub size: Option<Text>,
    /// The world-wide article number in its normal form.
    pub gtin: Option<Text>,
    /// Goods or service; goods where the list says nothing.
    pub kind: ItemKind,
    /// The shop's own grouping.
    pub category: Option<Text>,
    /// What it is sold by; nothing for single pieces.
    pub unit: Option<Text>,
    /// The price in minor units, never negative.
    pub unit_price: Option<i64>,
    /// The tax rate in percent, the shortest decimal: `8`, `7.25`.
    pub tax_percent: Option<String>,
    /// Where the tax is.
    pub tax_included: Option<TaxPlace>,
    /// Whether to hide it from others; plain where the list says nothing.
    pub sensitive: Sensitivity,
}

/// An item and where it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line, counted from 1.
    pub line: u64,
    /// The item.
    pub item: ItemRow,
}

/// What became of one row.
pub(super) struct Read {
    /// The code, where it could be read, even if the rest could not.
    pub(super) code: Option<ItemCode>,
    /// The item, as far as it could be read; to be taken only where there are no errors.
    pub(super) item: Option<ItemRow>,
    /// All that is wrong.
    pub(super) errors: Vec<RowError>,
}

/// Proves the cells of one row.
pub(super) fn read(
    record: &StringRecord,
    line: u64,
    mapping: &Mapping,
    currency: Currency,
) -> Read {
    let mut cells = Cells {
        record,
        line,
        mapping,
        errors: Vec::new(),
    };
    let code = cells.needed(Field::Code, text::code);
    let name = cells.needed(Field::Name, text::free);
    let item = fields(&mut cells, code.clone(), name, currency);
    Read {
        code,
        item,
        errors: cells.errors,
    }
}

fn fields(
    cells: &mut Cells<'_>,
    code: Option<ItemCode>,
    name: Option<Text>,
    currency: Currency,
) -> Option<ItemRow> {
    let column = cells.mapping.tax_column();
    let short_name = cells.take(Field::ShortName, text::free);
    let reading = cells.take(Field::Reading, text::free);
    let size = cells.take(Field::Size, text::free);
    let gtin = cells.take(Field::Gtin, text::gtin);
    let kind = cells.take(Field::Kind, text::kind);
    let category = cells.take(Field::Category, text::free);
    let unit = cells.take(Field::Unit, text::unit);
    let unit_price = cells.take(Field::UnitPrice, |cell| price::price(cell, currency));
    let tax_percent = cells.take(Field::TaxPercent, tax::percent);
    let tax_included = cells.take(Field::TaxIncluded, |cell| tax::place(cell, column));
    let sensitive = cells.take(Field::Sensitive, text::sensitivity);
    Some(ItemRow {
        code: code?,
        name: name?,
        short_name,
        reading,
        size,
        gtin,
        kind: kind.unwrap_or_default(),
        category,
        unit: unit.flatten(),
        unit_price: unit_price.map(purchase::money::Amount::minor),
        tax_percent: tax_percent.map(|percent| percent.to_string()),
        tax_included: tax_included.flatten(),
        sensitive: sensitive.unwrap_or_default(),
    })
}

/// The cells of a row by field, gathering what is wrong with them.
struct Cells<'a> {
    record: &'a StringRecord,
    line: u64,
    mapping: &'a Mapping,
    errors: Vec<RowError>,
}

impl Cells<'_> {
    /// Reads a cell; an empty one, or one that is not there, says nothing.
    fn take<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let cell = self.mapping.at(field).and_then(|at| self.record.get(at))?;
        let cell = bare(cell);
        if cell.is_empty() {
            return None;
        }
        match read(cell) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.blame(field, fault);
                None
            }
        }
    }

    fn needed<T>(
        &mut self,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let before = self.errors.len();
        let value = self.take(field, read);
        if value.is_none() && self.errors.len() == before {
            self.blame(field, Fault::Missing);
        }
        value
    }

    fn blame(&mut self, field: Field, detail: Fault) {
        self.errors
            .push(blame(self.mapping, self.line, field, detail));
    }
}

/// A fault with its place, by the column's name as the shop wrote it.
pub(super) fn blame(mapping: &Mapping, line: u64, field: Field, detail: Fault) -> RowError {
    RowError {
        line,
        column: mapping.header(field).unwrap_or(field.column()).to_owned(),
        detail,
    }
}

/// A cell without blanks around it, and without the `="…"` by which lists keep a spreadsheet from
/// making numbers of codes.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .map_or(cell, str::trim)
}
