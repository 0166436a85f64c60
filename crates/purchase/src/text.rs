//! Words that a shop wrote: bounded, printable, and safe to show. Nothing here shortens or
//! repairs a text; what does not fit is refused with the reason.

use crate::scan;
use thiserror::Error;

/// Why a text cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing, or only white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than the field takes.
    #[error("takes at most {chars_max} characters")]
    TooLong {
        /// The most it may have.
        chars_max: usize,
    },
    /// A control character, or one that turns the direction of writing around.
    #[error("must not contain the character U+{character:04X}")]
    Unprintable {
        /// The character's number.
        character: u32,
    },
}

/// A text of at least one visible character without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Box<str>);

impl Text {
    /// Proves `text`.
    ///
    /// # Errors
    /// [`TextError`] names what is wrong: empty, longer than `chars_max`, or unprintable.
    pub fn new(text: &str, chars_max: usize) -> Result<Self, TextError> {
        check(text, chars_max)?;
        Ok(Self(text.into()))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Tells whether `text` would make a [`Text`] of at most `chars_max` characters.
///
/// # Errors
/// [`TextError`] names what is wrong.
pub fn check(text: &str, chars_max: usize) -> Result<(), TextError> {
    if may_hold_unprintable(text)
        && let Some(bad) = text.chars().find(|&character| is_unprintable(character))
    {
        return Err(TextError::Unprintable {
            character: u32::from(bad),
        });
    }
    if text.len() > chars_max && text.chars().count() > chars_max {
        return Err(TextError::TooLong { chars_max });
    }
    if text.chars().all(char::is_whitespace) {
        return Err(TextError::Empty);
    }
    Ok(())
}

/// No unprintable character is without one of these bytes: below 0x20 or 0x7f it is one byte; else it
/// begins with 0xc2 up to U+00BF, with 0xe2 from U+2000, and with 0xef from U+F000.
fn may_hold_unprintable(text: &str) -> bool {
    scan::holds(text.as_bytes(), 0x20, [0x7f, 0xc2, 0xe2, 0xef])
}

/// Control characters, line separators, and the marks that turn the direction of writing around,
/// by which a name could pose as another one.
#[must_use]
pub fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unprintable_character_is_looked_for() {
        for character in ('\0'..=char::MAX).filter(|character| is_unprintable(*character)) {
            let text = format!("牛乳 1L {character}");
            let expected = TextError::Unprintable {
                character: u32::from(character),
            };
            assert_eq!(check(&text, 200), Err(expected));
        }
    }

    #[test]
    fn only_printable_bounded_text_passes() {
        let rows = [
            ("牛乳", Ok(())),
            ("a", Ok(())),
            ("", Err(TextError::Empty)),
            (" \u{3000}", Err(TextError::Empty)),
            ("abcde", Err(TextError::TooLong { chars_max: 4 })),
            ("牛乳牛乳", Ok(())),
            ("a\u{0}", Err(TextError::Unprintable { character: 0 })),
            (
                "a\u{202e}b",
                Err(TextError::Unprintable { character: 0x202e }),
            ),
            ("a\nb", Err(TextError::Unprintable { character: 10 })),
        ];
        for (text, expected) in rows {
            assert_eq!(check(text, 4), expected, "{text:?}");
        }
    }
}
