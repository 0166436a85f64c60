//! Money: whole minor units of a currency. No floats, no silent overflow, no mixing of currencies.

use crate::limits::AMOUNT_MAX;
use thiserror::Error;

/// Why an amount or a currency cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Beyond [`AMOUNT_MAX`] either way.
    #[error("an amount lies between -{AMOUNT_MAX} and {AMOUNT_MAX} minor units")]
    TooLarge,
    /// Not a currency of ISO 4217.
    #[error("a currency is three capital letters of ISO 4217, such as JPY")]
    UnknownCurrency,
}

/// A signed amount in minor units (yen, cents) of a currency named beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Takes minor units.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] beyond [`AMOUNT_MAX`] either way.
    pub const fn new(minor: i64) -> Result<Self, MoneyError> {
        if minor < -AMOUNT_MAX || minor > AMOUNT_MAX {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self(minor))
    }

    /// Minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Less than nothing?
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

/// A sum of amounts over a day, a store or a person. Wide enough for 2^63 of the largest amounts,
/// so that adding cannot overflow in practice, and checked where it could.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sum(i128);

impl Sum {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum with `amount` added.
    #[must_use]
    pub fn plus(self, amount: Amount) -> Self {
        Self(self.0 + i128::from(amount.0))
    }

    /// The sum with `amount` taken away.
    #[must_use]
    pub fn minus(self, amount: Amount) -> Self {
        Self(self.0 - i128::from(amount.0))
    }

    /// Both sums together.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// Minor units.
    #[must_use]
    pub const fn minor(self) -> i128 {
        self.0
    }

    /// A sum of so many minor units.
    #[must_use]
    pub const fn from_minor(minor: i128) -> Self {
        Self(minor)
    }
}

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads a code such as `JPY`.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`] if ISO 4217 has no such code.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let bytes =
            <[u8; 3]>::try_from(code.as_bytes()).map_err(|_| MoneyError::UnknownCurrency)?;
        // The two that almost every shop uses need no search through the table.
        if code != "JPY" && code != "USD" && iso_currency::Currency::from_code(code).is_none() {
            return Err(MoneyError::UnknownCurrency);
        }
        Ok(Self(bytes))
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        str::from_utf8(&self.0).expect("a currency is made of ASCII letters only")
    }

    /// The three letters as bytes, for storage.
    #[must_use]
    pub const fn bytes(self) -> [u8; 3] {
        self.0
    }

    /// How many decimal places its minor unit has: 0 for yen, 2 for cents.
    #[must_use]
    pub fn exponent(self) -> u16 {
        iso_currency::Currency::from_code(self.code())
            .and_then(|known| known.exponent())
            .unwrap_or(0)
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
