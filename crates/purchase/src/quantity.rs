//! Quantities and percentages: exact decimals written as strings, kept as whole numbers of their
//! smallest part.

use crate::limits::{PERCENT_UNITS_MAX, QUANTITY_DECIMALS, QUANTITY_MICROS_MAX};
use thiserror::Error;

/// Why a decimal cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// Not digits with at most one point.
    #[error("must be a decimal string such as \"1\" or \"0.348\", without sign or exponent")]
    NotADecimal,
    /// More decimal places than are kept.
    #[error("takes at most {decimals} decimal places")]
    TooFine {
        /// The most there may be.
        decimals: u32,
    },
    /// Zero where more is needed.
    #[error("must be greater than zero")]
    Zero,
    /// Beyond the largest.
    #[error("is too large")]
    TooLarge,
}

/// How much of an item was sold: millionths of its unit, more than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(u64);

impl Quantity {
    /// One.
    pub const ONE: Self = Self(1_000_000);

    /// Reads a decimal string such as `"0.348"`.
    ///
    /// # Errors
    /// [`DecimalError`] if it is no decimal, finer than millionths, zero or over a million.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        Self::from_micros(parse_decimal(text, QUANTITY_DECIMALS)?)
    }

    /// Takes millionths.
    ///
    /// # Errors
    /// [`DecimalError::Zero`] or [`DecimalError::TooLarge`].
    pub const fn from_micros(micros: u64) -> Result<Self, DecimalError> {
        if micros == 0 {
            return Err(DecimalError::Zero);
        }
        if micros > QUANTITY_MICROS_MAX {
            return Err(DecimalError::TooLarge);
        }
        Ok(Self(micros))
    }

    /// Millionths.
    #[must_use]
    pub const fn micros(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&decimal(self.0, QUANTITY_DECIMALS))
    }
}

/// A tax rate: ten-thousandths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u32);

/// Decimal places of a percentage.
const PERCENT_DECIMALS: u32 = 4;

impl Percent {
    /// Reads a decimal string such as `"8"` or `"0"`.
    ///
    /// # Errors
    /// [`DecimalError`] if it is no decimal, finer than four places or over 1,000.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let units = parse_decimal(text, PERCENT_DECIMALS)?;
        Self::from_units(u32::try_from(units).map_err(|_| DecimalError::TooLarge)?)
    }

    /// Takes ten-thousandths of a percent.
    ///
    /// # Errors
    /// [`DecimalError::TooLarge`] over 1,000 %.
    pub const fn from_units(units: u32) -> Result<Self, DecimalError> {
        if units > PERCENT_UNITS_MAX {
            return Err(DecimalError::TooLarge);
        }
        Ok(Self(units))
    }

    /// Ten-thousandths of a percent.
    #[must_use]
    pub const fn units(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&decimal(u64::from(self.0), PERCENT_DECIMALS))
    }
}

/// Writes a number of the smallest parts as the shortest decimal string: `348000` of six places is
/// `"0.348"`.
#[must_use]
pub fn decimal(parts: u64, decimals: u32) -> String {
    let scale = 10_u64.pow(decimals);
    let (whole, fraction) = (parts / scale, parts % scale);
    if fraction == 0 {
        return whole.to_string();
    }
    let width = usize::try_from(decimals).unwrap_or(0);
    let digits = format!("{fraction:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

fn parse_decimal(text: &str, decimals: u32) -> Result<u64, DecimalError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(DecimalError::NotADecimal);
    }
    let fraction = fraction.trim_end_matches('0');
    let places = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    if places > decimals {
        return Err(DecimalError::TooFine { decimals });
    }
    let digits = |part: &str| {
        part.bytes().try_fold(0_u64, |sum, byte| {
            sum.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
        })
    };
    let whole = digits(whole).and_then(|whole| whole.checked_mul(10_u64.pow(decimals)));
    let fraction = digits(fraction).map(|part| part * 10_u64.pow(decimals - places));
    match (whole, fraction) {
        (Some(whole), Some(fraction)) => whole.checked_add(fraction).ok_or(DecimalError::TooLarge),
        _ => Err(DecimalError::TooLarge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_bounded() {
        let rows = [
            ("1", Ok("1")),
            ("0.348", Ok("0.348")),
            ("01.500000", Ok("1.5")),
            ("1000000", Ok("1000000")),
            ("0.0000001", Err(DecimalError::TooFine { decimals: 6 })),
            ("0", Err(DecimalError::Zero)),
            ("0.000", Err(DecimalError::Zero)),
            ("1000000.000001", Err(DecimalError::TooLarge)),
            ("99999999999999999999", Err(DecimalError::TooLarge)),
            ("-1", Err(DecimalError::NotADecimal)),
            ("1e3", Err(DecimalError::NotADecimal)),
            ("", Err(DecimalError::NotADecimal)),
            (".5", Err(DecimalError::NotADecimal)),
            ("5.", Err(DecimalError::NotADecimal)),
        ];
        for (text, expected) in rows {
            let found = Quantity::parse(text).map(|quantity| quantity.to_string());
            assert_eq!(found, expected.map(str::to_owned), "{text:?}");
        }
    }
}
