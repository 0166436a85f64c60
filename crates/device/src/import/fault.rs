//! What can be wrong with a product list: the whole of it, or one row. Each text says what to do.
//!
//! Nothing here judges; the places that find a fault do.

use super::field::Field;
use super::{BYTES_MAX, COLUMNS_MAX, ROWS_MAX};
use purchase::code::GtinError;
use purchase::text::TextError;
use thiserror::Error;

/// Why a list cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// More bytes than are read.
    #[error("the file has {bytes} bytes, and at most {BYTES_MAX} are read: split it in two")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// A workbook and not a list.
    #[error("this is a workbook: open it and save it as CSV UTF-8, then import that file")]
    Workbook,
    /// Zero bytes in it.
    #[error(
        "the file is no text, or is UTF-16 without its mark: save it as CSV UTF-8 and import again"
    )]
    NotAText,
    /// Bytes that mean nothing.
    #[error(
        "line {line}: the bytes {bytes} are no {encoding}: the file is damaged, or has another \
         encoding; save it as CSV UTF-8 and import again"
    )]
    Undecodable {
        /// The line, counted from 1.
        line: usize,
        /// The bytes, in hexadecimal.
        bytes: String,
        /// How the file was read.
        encoding: &'static str,
    },
    /// Not a single line.
    #[error("the file is empty: the first line names the columns, such as 商品コード,商品名,価格")]
    Empty,
    /// More columns than are read.
    #[error("the first line has {columns} columns, and at most {COLUMNS_MAX} are read")]
    TooManyColumns {
        /// How many it has.
        columns: usize,
    },
    /// More separators in one line than any list has.
    #[error("line {line} has {cells} cells: this is no product list, or its line ends are lost")]
    TooManyCells {
        /// The line, counted from 1.
        line: usize,
        /// How many it has.
        cells: usize,
    },
    /// More rows than are read.
    #[error("the file has more than {ROWS_MAX} rows: split it in two")]
    TooManyRows,
    /// The list cannot be taken apart.
    #[error("line {line}: the row cannot be taken apart: {detail}")]
    Unparsable {
        /// The line, counted from 1.
        line: u64,
        /// What the reader says.
        detail: String,
    },
    /// No column for something that every item needs.
    #[error(
        "no column is known to hold the {field}. The first line names: {found}. \
         Say which it is, such as {field}=#{example}"
    )]
    Missing {
        /// What is needed.
        field: Field,
        /// The names in the first line.
        found: String,
        /// A column that is still free, counted from 1.
        example: usize,
    },
    /// Several columns for one field.
    #[error(
        "several columns could hold the {field}: {candidates}. Say which it is, such as \
         {field}={example}. The first line names: {found}"
    )]
    Ambiguous {
        /// What they could hold.
        field: Field,
        /// The columns.
        candidates: String,
        /// One of them.
        example: String,
        /// The names in the first line.
        found: String,
    },
    /// A choice that names no column, or several.
    #[error(
        "{choice} names {columns} columns and must name one. The first line names: {found}. \
         A column can also be chosen by its number: {field}=#1"
    )]
    Choice {
        /// The choice as written.
        choice: String,
        /// How many columns have this name.
        columns: usize,
        /// What was to be chosen.
        field: Field,
        /// The names in the first line.
        found: String,
    },
    /// Two choices of one column, or for one field.
    #[error("{choice} contradicts an earlier choice: choose each column and each field once")]
    ChosenTwice {
        /// The choice as written.
        choice: String,
    },
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, {column}: {detail}")]
pub struct RowError {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// The column's name in the first line.
    pub column: String,
    /// The fault.
    pub detail: Fault,
}

/// A fault of one value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// Nothing where something is needed.
    #[error("is empty; every item needs one")]
    Missing,
    /// A text that cannot be taken.
    #[error("{0}")]
    Text(#[from] TextError),
    /// A text over several lines.
    #[error("holds a line break; take it out, or close the quotes that were opened in this row")]
    LineBreak,
    /// A payment card.
    #[error("holds a whole card number; nothing of it is kept, take it out")]
    CardNumber,
    /// An article number that is none.
    #[error("{0}")]
    Gtin(#[from] GtinError),
    /// A number that a spreadsheet has shortened.
    #[error(
        "{value:?} is what a spreadsheet made of a long number, and digits are lost: set the \
         column's format to text in the sheet, enter the codes again, and save"
    )]
    Shortened {
        /// As written.
        value: String,
    },
    /// Two rows for one code.
    #[error("code {code} stands in line {first} as well; neither row is taken, keep one of them")]
    Duplicate {
        /// The code.
        code: String,
        /// The line of the first.
        first: u64,
    },
    /// More cells than columns.
    #[error(
        "the row has {cells} cells and the first line {columns}: put a value that holds the \
         separator between quotes"
    )]
    TooManyCells {
        /// How many the row has.
        cells: usize,
        /// How many there are columns.
        columns: usize,
    },
    /// The file ends inside of this row.
    #[error("the file ends in the middle of this row: copy or export it again")]
    CutOff,
    /// Not a price.
    #[error("{value:?} is no price: write digits, such as 248 or 1,280, or leave it empty")]
    NotAPrice {
        /// As written.
        value: String,
    },
    /// A price in other money.
    #[error("{value:?} is in another currency than the store's {currency}: convert it")]
    OtherCurrency {
        /// As written.
        value: String,
        /// The store's.
        currency: String,
    },
    /// A comma that does not separate thousands.
    #[error(
        "{value:?} has a comma that separates no thousands: write decimals behind a point, \
         and thousands like 1,280 or without any comma"
    )]
    Comma {
        /// As written.
        value: String,
    },
    /// More decimals than the currency has.
    #[error("{value:?} has more decimals than {currency} has ({decimals}): round it")]
    TooFine {
        /// As written.
        value: String,
        /// The store's currency.
        currency: String,
        /// How many it has.
        decimals: u16,
    },
    /// Less than nothing.
    #[error("{value:?} is less than nothing: a price is 0 or more")]
    Negative {
        /// As written.
        value: String,
    },
    /// More money than is counted.
    #[error("{value:?} is more than any price: take digits away")]
    TooMuch {
        /// As written.
        value: String,
    },
    /// Not a tax rate.
    #[error("{value:?} is no tax rate: write it like 8 or 10%, or 軽減 or 標準, or leave it empty")]
    NotARate {
        /// As written.
        value: String,
    },
    /// A number that could be two rates.
    #[error("{value:?} could mean two rates: write the percentage with its sign, such as 8%")]
    UnclearRate {
        /// As written.
        value: String,
    },
    /// A word outside of a short list.
    #[error("{value:?} is not understood here: write {known}, or leave it empty")]
    UnknownWord {
        /// As written.
        value: String,
        /// What is understood.
        known: &'static str,
    },
}
