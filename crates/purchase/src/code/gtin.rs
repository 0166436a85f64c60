//! The world's article numbers: GTIN-8, 12, 13 and 14, which in Japan are called JAN.
//!
//! Nothing here repairs a number: one with a wrong check digit is refused, and the right digit told.

use thiserror::Error;

/// Why a number is no article number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GtinError {
    /// Something else than digits.
    #[error("an article number has digits only: take {character:?} away")]
    NotADigit {
        /// The first that is none.
        character: char,
    },
    /// As many digits as no article number has.
    #[error("an article number has 8, 12, 13 or 14 digits, and this has {digits}")]
    Length {
        /// How many there are.
        digits: usize,
    },
    /// The last digit does not follow from the others.
    #[error(
        "the last digit should be {right} and not {found}: write {whole}, \
         or look which of the other digits was misread"
    )]
    CheckDigit {
        /// The digit as sent.
        found: char,
        /// The digit that follows from the others.
        right: char,
        /// The number with the right digit.
        whole: String,
    },
}

/// An article number whose check digit is right, in its normal form: twelve digits are the
/// thirteen that begin with 0; eight and fourteen stay what they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(Box<str>);

impl Gtin {
    /// Proves an article number.
    ///
    /// # Errors
    /// [`GtinError`] says which digit, how many, or what the check digit should be.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        if let Some(character) = text.chars().find(|c| !c.is_ascii_digit()) {
            return Err(GtinError::NotADigit { character });
        }
        let (Some(found), 8 | 12 | 13 | 14) = (text.chars().last(), text.len()) else {
            return Err(GtinError::Length { digits: text.len() });
        };
        let body: String = text.chars().take(text.len() - 1).collect();
        let right = check_digit(&body);
        if right != found {
            let whole = completed(&body);
            return Err(GtinError::CheckDigit {
                found,
                right,
                whole,
            });
        }
        Ok(if text.len() == 12 {
            Self(format!("0{text}").into())
        } else {
            Self(text.into())
        })
    }

    /// The digits of the normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Gtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digits of `body` with the check digit behind them.
pub(super) fn completed(body: &str) -> String {
    format!("{body}{}", check_digit(body))
}

/// The digit that belongs behind `body`: counted from the right, every other digit is worth three.
fn check_digit(body: &str) -> char {
    let sum: u32 = body
        .chars()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}
