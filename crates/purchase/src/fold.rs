//! Folding of text for search, so that people find what they typed: width, case, hiragana and
//! katakana, and long-vowel marks make no difference. Never used for storage or display.

use unicode_normalization::UnicodeNormalization;

/// The folded form of `text`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    let mut after_kana = false;
    for character in text.nfkc().flat_map(char::to_lowercase) {
        if after_kana && is_long_vowel(character) {
            continue;
        }
        after_kana = is_kana(character);
        folded.push(hiragana(character));
    }
    folded
}

/// The words of a query, folded; blanks of any width separate them.
#[must_use]
pub fn words(query: &str) -> Vec<String> {
    query
        .split_whitespace()
        .map(fold)
        .filter(|word| !word.is_empty())
        .collect()
}

const fn is_kana(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}')
}

/// The prolonged sound mark and what people type in its place.
const fn is_long_vowel(character: char) -> bool {
    matches!(
        character,
        'ー' | '-' | '~' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{301c}' | '\u{2500}'
    )
}

fn hiragana(character: char) -> char {
    match character {
        '\u{30a1}'..='\u{30f6}' => char::from_u32(u32::from(character) - 0x60).unwrap_or(character),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{fold, words};

    #[test]
    fn spellings_that_people_mix_fold_alike() {
        let rows = [
            ("ﾄｲﾚｯﾄﾍﾟｰﾊﾟｰ", "トイレットペーパー"),
            ("といれっとぺーぱー", "トイレットペーパー"),
            ("コンピュータ", "コンピューター"),
            ("ＭＩＬＫ　１Ｌ", "milk 1l"),
            ("コ－ヒ－", "こーひー"),
            ("ガ", "か\u{3099}"),
            ("㍑", "リットル"),
        ];
        for (left, right) in rows {
            assert_eq!(fold(left), fold(right), "{left:?} and {right:?}");
        }
        assert_ne!(fold("はは"), fold("ばば"));
        assert_eq!(fold("x-y"), "x-y");
    }

    #[test]
    fn words_are_split_at_blanks_of_any_width() {
        assert_eq!(words(" 牛乳\u{3000}パン "), ["牛乳", "ぱん"]);
        assert!(words("  ").is_empty());
    }
}
