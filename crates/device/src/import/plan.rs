//! The whole list, read and proven: what would be imported, and what not and why.
//!
//! A plan changes nothing; it is shown first, and carried out elsewhere.

use super::choice::Choice;
use super::column::Mapping;
use super::decode::{Encoding, decode};
use super::fault::{Fault, ImportError, RowError};
use super::field::Field;
use super::row::{self, Row};
use super::table::{Separator, Table};
use super::{COLUMNS_MAX, ERRORS_MAX, ROWS_MAX};
use purchase::id::ItemCode;
use purchase::money::Currency;
use std::collections::{HashMap, HashSet};

/// What a list holds. Shown, it is the preview for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How the file's characters were written.
    pub encoding: Encoding,
    /// Which column holds what.
    pub mapping: Mapping,
    /// The rows without a fault, in the order of the file, each code once.
    pub rows: Vec<Row>,
    /// The first faults, at most [`ERRORS_MAX`].
    pub errors: Vec<RowError>,
    /// How many faults there were beyond those.
    pub errors_left_out: u64,
    /// Names of the columns that were not read.
    pub ignored_columns: Vec<String>,
    /// How many rows the file has, faulty ones included.
    pub rows_read: u64,
    pub(super) separator: Separator,
    lines: HashMap<ItemCode, u64>,
}

impl Plan {
    /// The line in which a code stands first, even if that row has a fault. A code for which this
    /// is nothing is left out by the list, provided that the plan has no errors: a row whose code
    /// cannot be read could be any item's.
    #[must_use]
    pub fn line_of(&self, code: &ItemCode) -> Option<u64> {
        self.lines.get(code).copied()
    }

    /// How many faults there are in all.
    #[must_use]
    pub fn errors_count(&self) -> u64 {
        u64::try_from(self.errors.len())
            .unwrap_or(u64::MAX)
            .saturating_add(self.errors_left_out)
    }

    fn blame(&mut self, error: RowError) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(error);
        } else {
            self.errors_left_out += 1;
        }
    }
}

/// Reads a list whose prices are in `currency`, asking `choices` before the names of the columns.
///
/// # Errors
/// [`ImportError`] if nothing of it can be read; faults of single rows are in the plan.
pub fn read(bytes: &[u8], currency: Currency, choices: &[Choice]) -> Result<Plan, ImportError> {
    let (text, encoding) = decode(bytes)?;
    let separator = Separator::detect(&text);
    let mut table = Table::new(&text, separator)?;
    let mapping = match table.next()? {
        None => return Err(ImportError::Empty),
        Some((names, _)) if names.len() > COLUMNS_MAX => {
            let columns = names.len();
            return Err(ImportError::TooManyColumns { columns });
        }
        Some((names, _)) => Mapping::find(names.iter(), choices)?,
    };
    let mut plan = Plan {
        encoding,
        ignored_columns: mapping.ignored(),
        mapping,
        rows: Vec::new(),
        errors: Vec::new(),
        errors_left_out: 0,
        rows_read: 0,
        separator,
        lines: HashMap::new(),
    };
    let mut doubled = HashSet::new();
    while let Some((record, line)) = table.next()? {
        if plan.rows_read == ROWS_MAX {
            return Err(ImportError::TooManyRows);
        }
        plan.rows_read += 1;
        let mut found = row::read(record, line, &plan.mapping, currency);
        found.errors.extend(
            table
                .shape(plan.mapping.width())
                .map(|fault| row::blame(&plan.mapping, line, Field::Code, fault)),
        );
        enter(&mut plan, line, found, &mut doubled);
    }
    plan.rows.retain(|row| !doubled.contains(&row.item.code));
    Ok(plan)
}

/// Takes what was read from one row into the plan. Which of two rows for one code is right cannot
/// be known, so neither stays; the codes of such rows gather in `doubled`.
fn enter(plan: &mut Plan, line: u64, mut found: row::Read, doubled: &mut HashSet<ItemCode>) {
    if let Some(code) = found.code {
        if let Some(first) = plan.lines.get(&code).copied() {
            let fault = Fault::Duplicate {
                code: code.to_string(),
                first,
            };
            let error = row::blame(&plan.mapping, line, Field::Code, fault);
            found.errors.push(error);
            doubled.insert(code);
        } else {
            plan.lines.insert(code, line);
        }
    }
    if let Some(item) = found.item.filter(|_| found.errors.is_empty()) {
        plan.rows.push(Row { line, item });
    }
    for error in found.errors {
        plan.blame(error);
    }
}
