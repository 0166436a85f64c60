//! A shop's patterns together, and what a scanned code means by them.
//!
//! The rule for the item's code is one and for ever: it is the label's code with a 0 in every place
//! of price, weight and check digits. `2212345001989` by `22IIIIIPPPPPC` is item `2212345000000` at
//! 198. So stands the item in the store's database, and so does the server resolve it. A price or
//! weight of nothing but zeros is none: the item has its own price then, and nothing is given away.

use super::gtin::{Gtin, completed};
use super::pattern::{Pattern, PatternError, Place};
use super::scan::{ScanError, read};
use purchase::id::ItemCode;
use thiserror::Error;

/// More kinds of labels than any shop prints.
const PATTERNS_MAX: usize = 200;

/// Why patterns cannot be used together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternsError {
    /// One of them cannot be meant.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// One code would have two meanings.
    #[error(
        "patterns {one} and {other} both fit a code such as {example}: take one away, \
         or give each further leading digits of its own"
    )]
    Overlap {
        /// The first.
        one: String,
        /// The second.
        other: String,
        /// A code that both fit.
        example: String,
    },
    /// More than are looked through.
    #[error("a store has at most {PATTERNS_MAX} patterns, and these are {count}: take some away")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

/// What a scanned code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The item's code in the store's database.
    pub code: ItemCode,
    /// The price on the label, in minor units; more than zero.
    pub price: Option<i64>,
    /// The weight on the label, in grams; more than zero.
    pub weight_grams: Option<u32>,
}

/// The patterns of one store, no two of which fit the same code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns(Vec<Pattern>);

impl Patterns {
    /// Puts patterns together.
    ///
    /// # Errors
    /// [`PatternsError::Overlap`] if two fit the same code, [`PatternsError::TooMany`] over 200.
    pub fn new(patterns: Vec<Pattern>) -> Result<Self, PatternsError> {
        if patterns.len() > PATTERNS_MAX {
            let count = patterns.len();
            return Err(PatternsError::TooMany { count });
        }
        let mut rest = patterns.as_slice();
        while let [one, others @ ..] = rest {
            if let Some((other, example)) = others
                .iter()
                .find_map(|other| Some((other, fits_both(one, other)?)))
            {
                return Err(PatternsError::Overlap {
                    one: one.to_string(),
                    other: other.to_string(),
                    example,
                });
            }
            rest = others;
        }
        Ok(Self(patterns))
    }

    /// Reads patterns as they are written down.
    ///
    /// # Errors
    /// As [`Pattern::parse`] and [`Patterns::new`].
    pub fn parse<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, PatternsError> {
        let patterns: Result<Vec<Pattern>, PatternError> = written
            .into_iter()
            .take(PATTERNS_MAX + 1)
            .map(Pattern::parse)
            .collect();
        Self::new(patterns?)
    }

    /// The patterns in their order, to be written down again.
    #[must_use]
    pub fn as_slice(&self) -> &[Pattern] {
        &self.0
    }

    /// Reads what was scanned or typed. A label that a pattern fits and whose check digit is right
    /// means its item, with the price or weight on it; any other code means itself.
    ///
    /// # Errors
    /// [`ScanError`] if the input is no code at all.
    pub fn resolve(&self, input: &str) -> Result<Resolved, ScanError> {
        let code = read(input)?;
        let labelled = label_digits(&code)
            .and_then(|digits| self.0.iter().find_map(|pattern| take(pattern, &digits)));
        Ok(labelled.unwrap_or(Resolved {
            code,
            price: None,
            weight_grams: None,
        }))
    }
}

/// The thirteen digits of a label whose check digit is right. Some scanners hand over a prefix 02
/// without its 0, which the normal form puts back.
fn label_digits(code: &ItemCode) -> Option<String> {
    let gtin = Gtin::parse(code.as_str()).ok()?;
    (gtin.as_str().len() == 13).then(|| gtin.as_str().to_owned())
}

fn take(pattern: &Pattern, digits: &str) -> Option<Resolved> {
    let mut item = String::with_capacity(digits.len());
    let (mut price, mut weight) = (0_i64, 0_u32);
    for (place, digit) in pattern.places().iter().zip(digits.chars()) {
        let value = digit.to_digit(10)?;
        let kept = match place {
            Place::Literal(wanted) if *wanted != digit => return None,
            Place::Literal(_) | Place::Item => digit,
            Place::Price => {
                price = price * 10 + i64::from(value);
                '0'
            }
            Place::Weight => {
                weight = weight * 10 + value;
                '0'
            }
            Place::PriceCheck(_) | Place::Check => '0',
        };
        item.push(kept);
    }
    Some(Resolved {
        code: ItemCode::parse(&item).ok()?,
        price: (price > 0).then_some(price),
        weight_grams: (weight > 0).then_some(weight),
    })
}

/// A code that both patterns fit, if there is one: they keep apart only where both have a digit
/// written down, and another one each. The check digit can always be met, because it stands last
/// and is written down in neither.
fn fits_both(one: &Pattern, other: &Pattern) -> Option<String> {
    let mut body = String::new();
    for (one, other) in one.places().iter().zip(other.places()) {
        match (one.literal(), other.literal()) {
            (Some(digit), Some(another)) if digit != another => return None,
            (Some(digit), _) | (None, Some(digit)) => body.push(digit),
            (None, None) => body.push('0'),
        }
    }
    body.pop();
    Some(completed(&body))
}
