//! Which texts are taken: bounded in characters and not in bytes, printable, not blank.

use purchase::limits::{NOTE_CHARS_MAX, TEXT_CHARS_MAX};
use purchase::text::{Text, TextError, check};

#[test]
fn length_is_counted_in_characters() {
    for max in [1, 63, 64, 65, TEXT_CHARS_MAX, NOTE_CHARS_MAX] {
        // One, two, three and four bytes each.
        for character in ["a", "é", "牛", "🍙"] {
            for (count, fits) in [(max - 1, max > 1), (max, true), (max + 1, false)] {
                let text = character.repeat(count);
                let expected = match (fits, count) {
                    (true, _) => Ok(()),
                    (false, 0) => Err(TextError::Empty),
                    (false, _) => Err(TextError::TooLong { chars_max: max }),
                };
                assert_eq!(check(&text, max), expected, "{count} {character} of {max}");
            }
        }
    }
}

#[test]
fn some_characters_are_never_taken() {
    let refused = [
        '\0', '\t', '\n', '\r', '\u{1b}', '\u{1f}', '\u{7f}', '\u{80}', '\u{85}', '\u{9f}',
        '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{feff}',
        '\u{fff9}', '\u{fffb}',
    ];
    for character in refused {
        let error = TextError::Unprintable {
            character: u32::from(character),
        };
        for text in [
            format!("a{character}b"),
            character.to_string(),
            format!("牛{character}"),
        ] {
            assert_eq!(check(&text, 64), Err(error.clone()), "{text:?}");
        }
    }
    let taken = [' ', '!', '~', '\u{a0}', '\u{a1}', '\u{2027}', '\u{202f}'];
    for character in taken
        .into_iter()
        .chain(['\u{3000}', '㍑', '\u{fffd}', '𠮷', '🍙'])
    {
        assert_eq!(check(&format!("a{character}"), 64), Ok(()), "{character:?}");
    }
}

#[test]
fn blanks_alone_are_no_text() {
    for text in ["", " ", "   ", "\u{3000}", "\u{a0}", " \u{2003}\u{3000}"] {
        assert_eq!(check(text, 64), Err(TextError::Empty), "{text:?}");
    }
}

#[test]
fn the_reason_told_is_the_same_each_time() {
    let long_and_broken = format!("{}\n", "a".repeat(65));
    let error = TextError::Unprintable { character: 10 };
    assert_eq!(check(&long_and_broken, 64), Err(error));
    let long_and_blank = " ".repeat(65);
    assert_eq!(
        check(&long_and_blank, 64),
        Err(TextError::TooLong { chars_max: 64 })
    );
}

#[test]
fn a_text_is_kept_as_it_is() {
    for text in [" a ", "ｶﾞ", "か\u{3099}", "A  B", "ｅ́"] {
        assert_eq!(Text::new(text, 64).unwrap().as_str(), text);
    }
}
