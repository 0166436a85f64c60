//! Does a text hold a whole payment card number? Used to refuse such texts at the door, so that
//! no card number is ever stored or logged. Nothing here keeps or shows what it looks at.

/// The shortest and longest card number looked for.
const DIGITS_MIN: usize = 15;
const DIGITS_MAX: usize = 19;

/// True if `text` holds 15 to 19 digits that a known issuer could have given out and that pass
/// Luhn's test. Spaces and hyphens between groups of digits are ignored, full-width digits count.
/// Only whole groups are joined: a longer unbroken number is not searched for numbers inside it.
#[must_use]
pub fn holds_card_number(text: &str) -> bool {
    // Most texts on a receipt have few digits: one quick look spares the rest.
    if text
        .chars()
        .filter(|&character| digit_of(character).is_some())
        .take(DIGITS_MIN)
        .count()
        < DIGITS_MIN
    {
        return false;
    }
    let mut runs = vec![Run::default()];
    let mut separators = 0_usize;
    for character in text.chars() {
        let Some(run) = runs.last_mut() else { break };
        match digit_of(character) {
            Some(digit) => {
                if separators > 0 || run.groups.is_empty() {
                    run.groups.push(Vec::new());
                }
                separators = 0;
                if let Some(group) = run.groups.last_mut() {
                    group.push(digit);
                }
            }
            None if is_separator(character) && separators < 3 => separators += 1,
            None => {
                runs.push(Run::default());
                separators = 0;
            }
        }
    }
    runs.iter().any(Run::holds_card_number)
}

/// Groups of digits with only separators between them.
#[derive(Default)]
struct Run {
    groups: Vec<Vec<u8>>,
}

impl Run {
    fn holds_card_number(&self) -> bool {
        (0..self.groups.len()).any(|from| {
            let mut joined: Vec<u8> = Vec::with_capacity(DIGITS_MAX);
            self.groups.iter().skip(from).any(|group| {
                if joined.len() + group.len() > DIGITS_MAX {
                    joined.resize(DIGITS_MAX + 1, 0);
                    return false;
                }
                joined.extend_from_slice(group);
                joined.len() >= DIGITS_MIN && is_issued(&joined) && passes_luhn(&joined)
            })
        })
    }
}

fn digit_of(character: char) -> Option<u8> {
    let value = match character {
        '0'..='9' => u32::from(character) - u32::from('0'),
        '\u{ff10}'..='\u{ff19}' => u32::from(character) - 0xff10,
        _ => return None,
    };
    u8::try_from(value).ok()
}

const fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '-' | '\t' | '\u{a0}' | '\u{3000}' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{30fc}'
    )
}

/// Ranges of issuers, by leading digits and length (public tables of the card schemes, 2026).
fn is_issued(digits: &[u8]) -> bool {
    let lead = digits
        .iter()
        .take(6)
        .fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit));
    let long = digits.len() >= 16;
    match lead {
        340_000..=349_999 | 370_000..=379_999 => digits.len() == 15,
        400_000..=499_999 => digits.len() == 16 || digits.len() == 19,
        222_100..=272_099 | 510_000..=559_999 => digits.len() == 16,
        // JCB, Discover, UnionPay, Diners of the long form, Maestro.
        352_800..=358_999 | 601_100..=601_199 | 620_000..=659_999 | 810_000..=817_199 => long,
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => long,
        500_000..=509_999
        | 560_000..=589_999
        | 600_000..=601_099
        | 601_200..=619_999
        | 660_000..=699_999 => long,
        _ => false,
    }
}

fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::holds_card_number;

    #[test]
    fn whole_card_numbers_are_seen_and_others_are_not() {
        let rows = [
            ("4111111111111111", true),
            ("4111 1111 1111 1111", true),
            ("card 4111-1111-1111-1111 ok", true),
            ("３７８２ ８２２４６３ １０００５", true),
            ("3530111333300000", true),
            ("5555555555554444", true),
            ("09012345678 4111 1111 1111 1111", true),
            ("4111 1111 1111 1112", false),
            ("4901234567894", false),
            ("411111******1111", false),
            ("22 digits 4111111111111111123456", false),
            ("", false),
            ("牛乳 1000ml", false),
            ("9999999999999995", false),
        ];
        for (text, expected) in rows {
            assert_eq!(holds_card_number(text), expected, "{text:?}");
        }
    }
}
