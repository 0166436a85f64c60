//! Claim codes: the digits on a receipt by which a person takes an unclaimed purchase. Only the
//! hash of a code is ever kept; this type passes through and is not stored.

use crate::limits::CLAIM_DIGITS;
use crate::place::Finding;
use purchase::settlement::ClaimHash;
use ring::digest::{SHA256, digest};

/// The decimal digits that a receipt can carry by mod-10 arithmetic before the check digit.
const DERIVED_RANGE: u128 = 10_u128.pow(19);

/// A claim code: 20 decimal digits.
///
/// The last one is a check digit in codes that [`ClaimCode::derive`] makes. Codes that a till made
/// are taken as they are: a sale is never refused for the arithmetic of its receipt.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClaimCode([u8; CLAIM_DIGITS]);

impl ClaimCode {
    /// Reads exactly 20 ASCII digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = <[u8; CLAIM_DIGITS]>::try_from(text.as_bytes()).ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
    }

    /// Reads a code as people type it: with or without blanks and dashes, with the digits of a Japanese
    /// keyboard as well.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        Self::parse(&digits_of(text)?)
    }

    /// Makes a code from a secret MAC: the first 16 bytes as a big-endian number modulo 10^19 give
    /// 19 digits, and a check digit follows. The check digit is that of GS1 numbers: from the
    /// right, digits weigh 3, 1, 3, 1 …, and the weighted sum with the check digit is a multiple
    /// of ten. The same MAC gives the same code, so that it need not be kept.
    #[must_use]
    pub fn derive(secret_mac: [u8; 32]) -> Self {
        let [first, _] = halves(secret_mac);
        let mut number = u128::from_be_bytes(first) % DERIVED_RANGE;
        let mut digits = [b'0'; CLAIM_DIGITS];
        for slot in digits.iter_mut().rev().skip(1) {
            let digit = u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
            *slot = b'0' + digit;
        }
        if let Some((last, before)) = digits.split_last_mut() {
            *last = check_digit(before);
        }
        Self(digits)
    }

    /// SHA-256 of the 20 digits: what is kept instead of the code.
    #[must_use]
    pub fn hash(&self) -> ClaimHash {
        ClaimHash(sha256(&self.0))
    }
}

impl std::fmt::Display for ClaimCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(str::from_utf8(&self.0).unwrap_or_default())
    }
}

/// Shows no digit: whoever reads a log must not be able to take a purchase.
impl std::fmt::Debug for ClaimCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClaimCode(hidden)")
    }
}

pub(crate) fn prove(text: &str) -> Result<ClaimCode, Finding> {
    ClaimCode::parse(text).ok_or_else(|| Finding::invalid("must be exactly 20 decimal digits"))
}

/// The digits that somebody typed, without blanks and dashes; none if there is anything else.
pub(crate) fn digits_of(text: &str) -> Option<String> {
    let is_between = |typed: &char| {
        typed.is_whitespace() || matches!(typed, '-' | '－' | 'ー' | '−' | '‐' | '–')
    };
    let typed = text.chars().filter(|typed| !is_between(typed));
    let digit = |typed: char| match typed {
        '0'..='9' => Some(typed),
        '０'..='９' => char::from_digit(u32::from(typed) - u32::from('０'), 10),
        _ => None,
    };
    typed.map(digit).collect()
}

/// The check digit of GS1 numbers behind `digits`: from the right they weigh 3, 1, 3, 1 …, and the
/// weighted sum with the check digit is a multiple of ten.
pub(crate) fn check_digit(digits: &[u8]) -> u8 {
    let weights = [3_u32, 1].into_iter().cycle();
    let values = digits.iter().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = values
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// SHA-256 as an array.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let hash = digest(&SHA256, bytes);
    let mut array = [0; 32];
    array.copy_from_slice(hash.as_ref());
    array
}

fn halves(bytes: [u8; 32]) -> [[u8; 16]; 2] {
    let mut halves = [[0; 16]; 2];
    for (half, part) in halves.iter_mut().zip(bytes.chunks_exact(16)) {
        half.copy_from_slice(part);
    }
    halves
}
