//! What a scanner or a keyboard hands over, made into a code.
//!
//! Only what a machine has added is taken away. Kana, letters and blanks inside of a code are the
//! shop's own and stay, so that a code stands in the database as it is scanned.

use purchase::id::ItemCode;
use purchase::limits::CODE_CHARS_MAX;
use purchase::text::{TextError, check};
use thiserror::Error;

/// Why an input is no code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScanError {
    /// Empty, too long, or with a character that nobody sees.
    #[error("no code was read: it {0}; scan again, or type the digits below the bars")]
    Unreadable(#[source] TextError),
}

/// Reads a code: white space and control characters around it are dropped, a scanner's mark of the
/// kind of bar code (`]E0`) as well, and full-width digits and letters become plain ones.
///
/// # Errors
/// [`ScanError::Unreadable`] if nothing is left, or more than a code may have.
pub fn read(input: &str) -> Result<ItemCode, ScanError> {
    let code = plain(input);
    let code = without_symbology(trimmed(&code));
    check(code, CODE_CHARS_MAX).map_err(ScanError::Unreadable)?;
    ItemCode::parse(code).map_err(|_| ScanError::Unreadable(TextError::Empty))
}

/// The text with the full-width forms that an input method leaves, such as `４９０` and `￥`, made
/// plain. This is the part of NFKC that does not touch kana.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().map(plain_character).collect()
}

fn plain_character(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{ffe5}' => '¥',
        '\u{ffe1}' => '£',
        // The full-width forms stand in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        other => other,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}

/// Scanners may be set to say the kind of bar code first: `]`, a letter, and a digit or letter
/// (ISO/IEC 15424).
fn without_symbology(code: &str) -> &str {
    let mut characters = code.chars();
    let mark = [characters.next(), characters.next(), characters.next()];
    match mark {
        [Some(']'), Some(kind), Some(option)]
            if kind.is_ascii_alphabetic() && option.is_ascii_alphanumeric() =>
        {
            trimmed(characters.as_str())
        }
        _ => code,
    }
}
