//! Looks through bytes eight at a time for those few that need a closer look. Texts are gone through
//! on every way in and out, and nearly all of them hold nothing remarkable.

/// The highest bit of each byte of a word.
const HIGH: u64 = repeat(0x80);

/// Is one of `bytes` below `floor`, which is at most 128, or one of `others`?
#[must_use]
#[inline]
pub fn holds<const COUNT: usize>(bytes: &[u8], floor: u8, others: [u8; COUNT]) -> bool {
    let in_word = |eight: &[u8; 8]| {
        let word = u64::from_le_bytes(*eight);
        let found = others.iter().fold(below(word, floor), |found, other| {
            found | below(word ^ repeat(*other), 1)
        });
        found != 0
    };
    match bytes.last_chunk::<8>() {
        // The last eight stand in for what is left over, most of which was looked at already.
        Some(last) => bytes.as_chunks::<8>().0.iter().any(in_word) || in_word(last),
        None => bytes
            .iter()
            .any(|byte| *byte < floor || others.contains(byte)),
    }
}

/// Not zero if a byte of `word` is below `floor`, which is at most 128. A borrow can mark a byte that
/// is not, but only above one that is.
#[inline]
const fn below(word: u64, floor: u8) -> u64 {
    word.wrapping_sub(repeat(floor)) & !word & HIGH
}

/// A word of which each byte is `byte`.
#[inline]
const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_at_every_place_and_no_other_is() {
        for length in 1..=19 {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = [b'a'; 19];
                    bytes[place] = byte;
                    let expected = byte < 0x20 || byte == b'"' || byte == 0xe2;
                    let found = holds(&bytes[..length], 0x20, [b'"', 0xe2]);
                    assert_eq!(found, expected, "{byte} at {place} of {length}");
                }
            }
        }
    }

    #[test]
    fn neighbours_do_not_hide_each_other() {
        for left in 0..=u8::MAX {
            for right in 0..=u8::MAX {
                let bytes = [b'a', left, right, b'a', b'a', b'a', b'a', b'a'];
                let expected = [left, right]
                    .iter()
                    .any(|byte| *byte < 0x20 || [b'"', 0xc2].contains(byte));
                assert_eq!(holds(&bytes, 0x20, [b'"', 0xc2]), expected, "{bytes:?}");
            }
        }
    }
}
