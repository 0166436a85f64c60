//! A shop's patterns together, and what a code means by them.
//!
//! The rule for the item's code is one and for ever: it is the label's code with a 0 in every place
//! of price, weight and check digits. `2212345001989` by `22IIIIIPPPPPC` is item `2212345000000` at
//! 198. So stands the item in the store's database, and so does the server resolve it. A price or
//! weight of nothing but zeros is none: the item has its own price then, and nothing is given away.

use super::gtin::completed;
use super::pattern::{Pattern, PatternError, Place};
use crate::id::ItemCode;
use crate::limits::PATTERNS_MAX;
use thiserror::Error;

/// Labels begin with 20 to 29 or with 02: one drawer for each.
const DRAWERS: usize = 11;
/// The drawer of labels that begin with 02.
const ZERO_TWO: usize = 10;
/// The bits of one digit of a packed code.
const DIGIT_BITS: u32 = 4;
/// The digits of a label.
const DIGITS: usize = 13;

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
    #[error("a store has at most {PATTERNS_MAX} patterns: take some away")]
    TooMany,
}

/// What a label means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The item's code in the store's database.
    pub code: ItemCode,
    /// The price on the label, in minor units; more than zero.
    pub price: Option<i64>,
    /// The weight on the label, in grams; more than zero.
    pub weight_grams: Option<u32>,
}

/// The patterns of one store, no two of which fit the same code, in the order of their letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    sorted: Vec<Pattern>,
    /// Which of them a label can fit, by how it begins.
    drawers: [Vec<Pattern>; DRAWERS],
}

impl Patterns {
    /// Puts patterns together.
    ///
    /// # Errors
    /// As [`Patterns::add`].
    pub fn new(patterns: Vec<Pattern>) -> Result<Self, PatternsError> {
        let mut together = Self::default();
        for pattern in patterns {
            together.add(pattern)?;
        }
        Ok(together)
    }

    /// Reads patterns as they are written down.
    ///
    /// # Errors
    /// As [`Pattern::parse`] and [`Patterns::add`].
    pub fn parse<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, PatternsError> {
        let mut together = Self::default();
        for written in written {
            together.add(Pattern::parse(written)?)?;
        }
        Ok(together)
    }

    /// Adds one more.
    ///
    /// # Errors
    /// [`PatternsError::Overlap`] if another one fits the same code, [`PatternsError::TooMany`] over
    /// 200; then nothing is added.
    pub fn add(&mut self, pattern: Pattern) -> Result<(), PatternsError> {
        if self.sorted.len() >= PATTERNS_MAX {
            return Err(PatternsError::TooMany);
        }
        for one in &self.sorted {
            if let Some(example) = fits_both(one, &pattern) {
                return Err(PatternsError::Overlap {
                    one: one.to_string(),
                    other: pattern.to_string(),
                    example,
                });
            }
        }
        for (nth, drawer) in self.drawers.iter_mut().enumerate() {
            if belongs(&pattern, nth) {
                insert(drawer, pattern.clone());
            }
        }
        insert(&mut self.sorted, pattern);
        Ok(())
    }

    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[Pattern] {
        &self.sorted
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// What `code` means if it is a label: thirteen digits that a pattern fits and whose check digit
    /// is right. Some scanners hand over a prefix 02 without its 0; that is the same label. Any other
    /// code means itself.
    #[must_use]
    pub fn resolve(&self, code: &ItemCode) -> Option<Resolved> {
        let digits = packed(code)?;
        self.fitting(digits)?.take(digits)
    }

    /// The code of the item that `code` is a label of; none if it means itself.
    #[must_use]
    pub fn item_of(&self, code: &ItemCode) -> Option<ItemCode> {
        let digits = packed(code)?;
        let item = unpacked(digits & self.fitting(digits)?.kept())?;
        (item != *code).then_some(item)
    }

    fn fitting(&self, digits: u64) -> Option<&Pattern> {
        let drawer = self.drawers.get(drawer_of(digits))?;
        drawer.iter().find(|pattern| pattern.fits(digits))
    }
}

impl Pattern {
    fn take(&self, digits: u64) -> Option<Resolved> {
        let (mut price, mut weight) = (0_i64, 0_u32);
        for (place, digit) in self.places().iter().zip(digits_of(digits)) {
            match place {
                Place::Price => price = price * 10 + i64::from(digit),
                Place::Weight => weight = weight * 10 + u32::from(digit),
                Place::Literal(_) | Place::Item | Place::PriceCheck(_) | Place::Check => {}
            }
        }
        Some(Resolved {
            code: unpacked(digits & self.kept())?,
            price: (price > 0).then_some(price),
            weight_grams: (weight > 0).then_some(weight),
        })
    }
}

/// Adds a pattern at its place, so that the same patterns are equal in whatever order they came.
fn insert(sorted: &mut Vec<Pattern>, pattern: Pattern) {
    let place = sorted.partition_point(|before| before.places() < pattern.places());
    sorted.insert(place, pattern);
}

/// The thirteen digits of a label whose check digit is right, four bits each, the first one
/// highest; none for any other code.
fn packed(code: &ItemCode) -> Option<u64> {
    let bytes = code.as_str().as_bytes();
    if !matches!(bytes.len(), 12 | DIGITS) {
        return None;
    }
    let mut packed = 0_u64;
    for byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        packed = packed << DIGIT_BITS | u64::from(byte - b'0');
    }
    let weights = [1, 3].into_iter().cycle();
    let sum: u32 = (0..DIGITS)
        .zip(weights)
        .map(|(from_the_right, weight)| u32::from(digit(packed, from_the_right)) * weight)
        .sum();
    let is_in_store = digit(packed, 12) == 2 || (digit(packed, 12) == 0 && digit(packed, 11) == 2);
    (sum.is_multiple_of(10) && is_in_store).then_some(packed)
}

/// The digit that stands so many places before the last one.
fn digit(packed: u64, from_the_right: usize) -> u8 {
    let shift = u32::try_from(from_the_right).unwrap_or(0) * DIGIT_BITS;
    let [low, ..] = (packed >> shift & 0xf).to_le_bytes();
    low
}

fn digits_of(packed: u64) -> impl Iterator<Item = u8> {
    (0..DIGITS).rev().map(move |place| digit(packed, place))
}

fn unpacked(packed: u64) -> Option<ItemCode> {
    let text: String = digits_of(packed)
        .map(|digit| char::from(b'0' + digit))
        .collect();
    ItemCode::parse(&text).ok()
}

fn drawer_of(digits: u64) -> usize {
    match digit(digits, 12) {
        0 => ZERO_TWO,
        _ => usize::from(digit(digits, 11)),
    }
}

/// Can a label of this drawer fit the pattern?
fn belongs(pattern: &Pattern, drawer: usize) -> bool {
    let [first, second, ..] = pattern.places();
    let nth = char::from_digit(u32::try_from(drawer).unwrap_or(u32::MAX), 10);
    match (first.literal(), second.literal()) {
        (Some('0'), _) => drawer == ZERO_TWO,
        (_, second) => drawer != ZERO_TWO && (second.is_none() || second == nth),
    }
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
