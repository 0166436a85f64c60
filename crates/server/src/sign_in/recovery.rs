//! Codes by which people come in again: on a sheet that they printed, or in a link that an operator
//! made. 28 characters of chance (140 bits) and two that catch typing errors, in letters that are not
//! mistaken for digits. Only the hash of a code is kept.

use ring::digest::{SHA256, digest};

/// The digits of Crockford's Base 32: no I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of chance.
const CHANCE: usize = 28;
/// Characters in all.
const CHARS: usize = 30;
/// Characters in a group.
const GROUP: usize = 5;

/// A code by which a person comes in again.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A code made of chance.
    #[must_use]
    pub fn new(random: [u8; CHANCE]) -> Self {
        let mut text: String = random
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
            .map(|letter| char::from(*letter))
            .collect();
        text.push_str(&check(&text));
        Self(text)
    }

    /// Reads a code as people type it: in any case, with or without blanks and dashes, in full-width
    /// letters as well, with O for 0 and I or L for 1. None if it is mistyped.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let mut read = String::with_capacity(CHARS);
        for typed in text.chars() {
            let narrow = match u32::from(typed) {
                wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0)?,
                _ => typed,
            };
            match narrow.to_ascii_uppercase() {
                blank if blank.is_whitespace() => {}
                '-' | 'ー' | '‐' | '−' => {}
                'O' => read.push('0'),
                'I' | 'L' => read.push('1'),
                letter if letter.is_ascii() && LETTERS.contains(&u8::try_from(letter).ok()?) => {
                    read.push(letter);
                }
                _ => return None,
            }
            if read.len() > CHARS {
                return None;
            }
        }
        let (chance, behind) = read.split_at_checked(CHANCE)?;
        (behind == check(chance)).then_some(Self(read))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let hash = digest(&SHA256, self.0.as_bytes());
        hash.as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// The code in full, in groups, for the one whose it is.
    #[must_use]
    pub fn reveal(&self) -> String {
        let groups: Vec<&str> = (0..CHARS / GROUP)
            .filter_map(|at| self.0.get(at * GROUP..(at + 1) * GROUP))
            .collect();
        groups.join("-")
    }
}

/// Shows nothing of the code: whoever reads a log must not come in by it.
impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

/// Two characters that follow from the others.
fn check(chance: &str) -> String {
    let hash = digest(&SHA256, chance.as_bytes());
    let bytes = hash.as_ref().iter().take(CHARS - CHANCE);
    bytes
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let random: [u8; CHANCE] = std::array::from_fn(|at| u8::try_from(at * 9).unwrap());
        let code = RecoveryCode::new(random);
        let shown = code.reveal();
        insta::assert_snapshot!(shown, @"09JV4-DPZ8H-T3CNY-7GS2B-MX6FR-1AKMS");
        let bare = shown.replace('-', "");
        let wide: String = bare
            .chars()
            .map(|letter| char::from_u32(u32::from(letter) + 0xfee0).unwrap())
            .collect();
        let spaced = shown.replace('-', " ー ");
        let mistaken = bare.replace('0', "o").replace('1', "l");
        for typed in [
            &shown,
            &bare,
            &bare.to_lowercase(),
            &wide,
            &spaced,
            &mistaken,
        ] {
            assert_eq!(RecoveryCode::typed(typed).as_ref(), Some(&code), "{typed}");
        }
    }

    #[test]
    fn a_mistyped_code_is_none() {
        let code = RecoveryCode::new([3; CHANCE]).reveal();
        let swapped = code.replacen("3", "4", 1);
        let short = &code[..code.len() - 1];
        let long = format!("{code}3");
        for typed in [
            "",
            "U",
            "!",
            swapped.as_str(),
            short,
            &long,
            &"3".repeat(10_000),
        ] {
            assert_eq!(RecoveryCode::typed(typed), None, "{typed}");
        }
    }
}
