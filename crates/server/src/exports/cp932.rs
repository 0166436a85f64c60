//! Code page 932, which spreadsheets on Japanese Windows expect. A character that it lacks is never
//! dropped: it becomes 〓, the sign that printers set where a letter is missing, and is counted.

use encoding_rs::SHIFT_JIS;
use unicode_normalization::UnicodeNormalization;

/// 〓 in code page 932.
const MISSING: [u8; 2] = [0x81, 0xac];

/// Writes `text`, and tells how many characters were replaced.
pub(super) fn encode(text: &str, piece: &mut Vec<u8>) -> u64 {
    // が may come as か and a voicing mark, which the code page has only as one.
    let twins: String = text.nfc().map(twin).collect();
    let (bytes, _, had_unmappable) = SHIFT_JIS.encode(&twins);
    if !had_unmappable {
        piece.extend_from_slice(&bytes);
        return 0;
    }
    let mut replaced = 0;
    let mut room = [0; 4];
    for character in twins.chars() {
        let (bytes, _, is_unmappable) = SHIFT_JIS.encode(character.encode_utf8(&mut room));
        if is_unmappable {
            piece.extend_from_slice(&MISSING);
            replaced += 1;
        } else {
            piece.extend_from_slice(&bytes);
        }
    }
    replaced
}

/// The same sign under the number by which the code page knows it: 〜 is ～ there.
const fn twin(character: char) -> char {
    match character {
        '\u{301c}' => '\u{ff5e}',
        '\u{2016}' => '\u{2225}',
        '\u{2014}' => '\u{2015}',
        '\u{a2}' => '\u{ffe0}',
        '\u{a3}' => '\u{ffe1}',
        '\u{a5}' => '\u{ffe5}',
        '\u{ac}' => '\u{ffe2}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_seen_and_counted() {
        for (text, expected, replaced) in [
            ("牛乳 ｶﾞﾑ ①", "牛乳 ｶﾞﾑ ①", 0),
            ("か\u{3099}", "が", 0),
            ("1〜2 ¥−", "1～2 ￥－", 0),
            ("🍣café", "〓caf〓", 2),
            ("髙﨑", "髙﨑", 0),
            ("", "", 0),
        ] {
            let mut bytes = Vec::new();
            assert_eq!(encode(text, &mut bytes), replaced, "{text}");
            let (read, _, had_errors) = SHIFT_JIS.decode(&bytes);
            assert_eq!((read.as_ref(), had_errors), (expected, false), "{text}");
        }
    }
}
