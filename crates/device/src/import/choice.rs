//! A person's word on which column holds what: `code=商品コード`, `price=#4`, `category=`.
//!
//! It is read here and carried out in `column.rs`.

use super::field::Field;
use thiserror::Error;

/// Why a choice cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChoiceError {
    /// No equals sign.
    #[error("{written:?} has no =: write it like code=商品コード")]
    NoEquals {
        /// As written.
        written: String,
    },
    /// A field that no item has.
    #[error("{written:?} begins with no known field: the fields are {known}")]
    UnknownField {
        /// As written.
        written: String,
        /// All of them.
        known: String,
    },
    /// A number of no column.
    #[error("{written:?}: columns are counted from 1, as in code=#1")]
    Number {
        /// As written.
        written: String,
    },
}

/// Which column was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// None: what the list says about this field is left aside.
    Nothing,
    /// The column of this name.
    Named(String),
    /// The column at this place, counted from 0.
    At(usize),
}

/// Which column a person chose for a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub(super) field: Field,
    pub(super) target: Target,
    written: String,
}

impl Choice {
    /// Reads `field=column`. The column is its name in the first line, `#` and its number counted
    /// from 1, or nothing at all where the list is not to be asked.
    ///
    /// # Errors
    /// [`ChoiceError`] says how to write it.
    pub fn parse(written: &str) -> Result<Self, ChoiceError> {
        let written = written.trim();
        let whole = || written.to_owned();
        let (field, column) = written
            .split_once('=')
            .ok_or_else(|| ChoiceError::NoEquals { written: whole() })?;
        let field = Field::called(field.trim()).ok_or_else(|| ChoiceError::UnknownField {
            written: whole(),
            known: Field::ALL.map(Field::column).join(", "),
        })?;
        let column = column.trim();
        let target = match column.strip_prefix('#') {
            None if column.is_empty() => Target::Nothing,
            None => Target::Named(column.to_owned()),
            Some(number) => number
                .parse::<usize>()
                .ok()
                .and_then(|number| number.checked_sub(1))
                .map(Target::At)
                .ok_or_else(|| ChoiceError::Number { written: whole() })?,
        };
        Ok(Self {
            field,
            target,
            written: whole(),
        })
    }
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written)
    }
}
