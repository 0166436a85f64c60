//! A plan as a person sees it before anything is changed: which column is taken for what, the
//! first rows, the first faults.
//!
//! Nothing is decided here. Columns are aligned by how wide their characters are shown.

use super::field::Field;
use super::plan::Plan;
use super::row::ItemRow;
use purchase::settlement::{ItemKind, Sensitivity, TaxPlace};
use purchase::text::Text;
use std::fmt::{Display, Formatter, Result};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Rows and faults that are shown; the rest is counted.
const SHOWN: usize = 5;
/// The widest cell; what is longer ends in `…`.
const CELL_WIDTH_MAX: usize = 24;

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(
            f,
            "{}, separated by {}; rows: {}, good: {}, errors: {}",
            self.encoding.name(),
            self.separator.name(),
            self.rows_read,
            self.rows.len(),
            self.errors_count(),
        )?;
        let pairs = self.mapping.fields().map(|field| {
            let header = self.mapping.header(field).unwrap_or("");
            vec![field.column().to_owned(), format!("= {header}")]
        });
        table(f, &pairs.collect::<Vec<_>>())?;
        if !self.ignored_columns.is_empty() {
            writeln!(f, "not read: {}", self.ignored_columns.join(", "))?;
        }
        if !self.rows.is_empty() {
            writeln!(f)?;
            table(f, &self.first_rows())?;
        }
        if !self.errors.is_empty() {
            writeln!(f)?;
        }
        for error in self.errors.iter().take(SHOWN) {
            writeln!(f, "{error}")?;
        }
        let shown = u64::try_from(SHOWN).unwrap_or(u64::MAX);
        match self.errors_count().saturating_sub(shown) {
            0 => Ok(()),
            more => writeln!(f, "and {more} errors more"),
        }
    }
}

impl Plan {
    /// The first rows as cells, below the names of their fields.
    fn first_rows(&self) -> Vec<Vec<String>> {
        let line = |first: String, cell: &dyn Fn(Field) -> String| {
            let cells = self.mapping.fields().map(cell);
            std::iter::once(first).chain(cells).collect::<Vec<_>>()
        };
        let head = line("line".to_owned(), &|field| field.column().to_owned());
        let rows = self.rows.iter().take(SHOWN);
        let rows = rows.map(|row| line(row.line.to_string(), &|field| cell(&row.item, field)));
        std::iter::once(head).chain(rows).collect()
    }
}

/// A value as it was understood.
fn cell(item: &ItemRow, field: Field) -> String {
    let text = |text: &Option<Text>| text.as_ref().map_or("", Text::as_str).to_owned();
    match field {
        Field::Code => item.code.to_string(),
        Field::Name => item.name.as_str().to_owned(),
        Field::ShortName => text(&item.short_name),
        Field::Reading => text(&item.reading),
        Field::Size => text(&item.size),
        Field::Gtin => text(&item.gtin),
        Field::Kind => match item.kind {
            ItemKind::Goods => "goods".to_owned(),
            ItemKind::Service => "service".to_owned(),
        },
        Field::Category => text(&item.category),
        Field::Unit => text(&item.unit),
        Field::UnitPrice => item
            .unit_price
            .map_or_else(String::new, |price| price.to_string()),
        Field::TaxPercent => item.tax_percent.clone().unwrap_or_default(),
        Field::TaxIncluded => match item.tax_included {
            Some(TaxPlace::Included) => "included".to_owned(),
            Some(TaxPlace::Excluded) => "excluded".to_owned(),
            None => String::new(),
        },
        Field::Sensitive => match item.sensitive {
            Sensitivity::Plain => String::new(),
            Sensitivity::Sensitive => "sensitive".to_owned(),
        },
    }
}

/// Writes rows of cells below each other, each column as wide as its widest cell.
fn table(f: &mut Formatter<'_>, rows: &[Vec<String>]) -> Result {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| shortened(cell)).collect())
        .collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str("  ");
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width())));
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

fn shortened(cell: &str) -> String {
    if cell.width() <= CELL_WIDTH_MAX {
        return cell.to_owned();
    }
    let mut short = String::new();
    let mut width = 1;
    for character in cell.chars() {
        width += character.width().unwrap_or(0);
        if width > CELL_WIDTH_MAX {
            break;
        }
        short.push(character);
    }
    short.push('…');
    short
}
