//! Remarks on a recorded settlement. A warning never stops a sale.

/// One remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// A tax row does not follow from its rate under any rounding.
    TaxCheck,
    /// More came back than was sold; the money is out already.
    OverReturned,
    /// The till's clock was over ten minutes ahead; sorted and named by the time of receipt.
    Clock,
}

/// A set of remarks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Warnings(u8);

impl Warnings {
    /// Every warning there is, in the order in which they are shown.
    pub const ALL: [Warning; 3] = [Warning::TaxCheck, Warning::OverReturned, Warning::Clock];

    /// The set with `warning` in it.
    #[must_use]
    pub const fn with(self, warning: Warning) -> Self {
        Self(self.0 | bit(warning))
    }

    /// Is `warning` in it?
    #[must_use]
    pub const fn holds(self, warning: Warning) -> bool {
        self.0 & bit(warning) != 0
    }

    /// The warnings in it, in the order of [`Warnings::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Warning> {
        Self::ALL
            .into_iter()
            .filter(move |warning| self.holds(*warning))
    }

    /// The set as one byte, for storage. Bits are for ever.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of that byte; bits that mean nothing are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0b111)
    }
}

const fn bit(warning: Warning) -> u8 {
    match warning {
        Warning::TaxCheck => 1,
        Warning::OverReturned => 2,
        Warning::Clock => 4,
    }
}
