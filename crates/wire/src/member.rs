//! Member codes: the digits that a person shows at a till so that the purchase is filed under them. Only
//! the hash of a code is ever kept; this type passes through and is not stored.
//!
//! A code has 22 digits: two of a prefix, one for a wish, 18 random ones and a check digit. The prefixes
//! are 90 and 91. As application identifiers of GS1 they stand for what partners agree among themselves,
//! so that no scanner takes what follows for a GTIN (01, 02) or the number of a parcel (00); and with 22
//! digits it is neither an EAN, which has 8 to 14, nor a claim code, which has 20.

use crate::claim::{check_digit, digits_of, sha256};
use crate::limits::MEMBER_DIGITS;
pub use purchase::member::{Member, MemberForm, MemberHash};

/// Where the wish stands, behind the prefix.
const WISH_AT: usize = 2;
/// Random digits.
const RANDOM_DIGITS: usize = 18;
/// What 18 decimal digits can say.
const RANDOM_RANGE: u128 = 10_u128.pow(18);

/// What the person wishes of the till.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// A receipt on paper, as ever.
    Paper,
    /// No paper.
    NoPaper,
}

/// A member code: 22 decimal digits, the last a check digit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemberCode([u8; MEMBER_DIGITS]);

impl MemberCode {
    /// A new code from random bytes, which as a big-endian number modulo 10^18 give its 18 digits.
    #[must_use]
    pub fn new(form: MemberForm, wish: Wish, random: [u8; 16]) -> Self {
        let mut number = u128::from_be_bytes(random) % RANDOM_RANGE;
        let mut digits = [b'0'; MEMBER_DIGITS];
        for slot in digits.iter_mut().rev().skip(1).take(RANDOM_DIGITS) {
            *slot = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
        for (slot, digit) in digits.iter_mut().zip(prefix(form)) {
            *slot = digit;
        }
        Self(digits).with_wish(wish)
    }

    /// Reads exactly 22 ASCII digits with a prefix and a wish that are known, and the right check digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = <[u8; MEMBER_DIGITS]>::try_from(text.as_bytes()).ok()?;
        let is_number = digits.iter().all(u8::is_ascii_digit);
        let (last, before) = digits.split_last()?;
        let is_right = is_number && check_digit(before) == *last;
        let is_known = digits.starts_with(&prefix(MemberForm::Short))
            || digits.starts_with(&prefix(MemberForm::Card));
        let has_wish = matches!(digits.get(WISH_AT), Some(b'0' | b'1'));
        (is_right && is_known && has_wish).then_some(Self(digits))
    }

    /// Reads a code as people type it or a scanner with an active input method hands it over: with or
    /// without blanks and dashes, with the digits of a Japanese keyboard as well.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        Self::parse(&digits_of(text)?)
    }

    /// Whether it is on a phone or on a card.
    #[must_use]
    pub fn form(&self) -> MemberForm {
        if self.0.starts_with(&prefix(MemberForm::Card)) {
            MemberForm::Card
        } else {
            MemberForm::Short
        }
    }

    /// What the person wishes.
    #[must_use]
    pub fn wish(&self) -> Wish {
        match self.0.get(WISH_AT) {
            Some(b'1') => Wish::NoPaper,
            Some(_) | None => Wish::Paper,
        }
    }

    /// The same code with another wish. It is known by the same hash, so that a phone can turn it
    /// without asking anybody.
    #[must_use]
    pub fn with_wish(&self, wish: Wish) -> Self {
        let mut digits = self.0;
        if let Some(slot) = digits.get_mut(WISH_AT) {
            *slot = match wish {
                Wish::Paper => b'0',
                Wish::NoPaper => b'1',
            };
        }
        if let Some((last, before)) = digits.split_last_mut() {
            *last = check_digit(before);
        }
        Self(digits)
    }

    /// SHA-256 over the prefix and the 18 random digits: what is kept instead of the code.
    #[must_use]
    pub fn hash(&self) -> MemberHash {
        let digits = self.0.iter().enumerate();
        let known_by: Vec<u8> = digits
            .filter(|(at, _)| *at != WISH_AT && *at + 1 != MEMBER_DIGITS)
            .map(|(_, digit)| *digit)
            .collect();
        MemberHash(sha256(&known_by))
    }

    /// What the ledger goes by.
    #[must_use]
    pub fn member(&self) -> Member {
        Member {
            hash: self.hash(),
            form: self.form(),
        }
    }
}

impl std::fmt::Display for MemberCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(str::from_utf8(&self.0).unwrap_or_default())
    }
}

/// Shows no digit: whoever reads a log must not be able to buy in somebody's name.
impl std::fmt::Debug for MemberCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemberCode(hidden)")
    }
}

const fn prefix(form: MemberForm) -> [u8; 2] {
    match form {
        MemberForm::Short => *b"90",
        MemberForm::Card => *b"91",
    }
}
