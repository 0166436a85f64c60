//! Bytes as hexadecimal digits, for digests and public keys. Knows nothing of what they mean.

/// Lower-case digits of `bytes`.
pub(crate) fn show(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or('0');
    let mut shown = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        shown.push(digit(byte >> 4));
        shown.push(digit(byte & 15));
    }
    shown
}

/// The bytes that exactly `LEN * 2` digits stand for.
pub(crate) fn read<const LEN: usize>(text: &str) -> Option<[u8; LEN]> {
    if text.len() != LEN * 2 {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16);
    let mut bytes = [0_u8; LEN];
    for (slot, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *slot = u8::try_from(value(*high)? * 16 + value(*low)?).ok()?;
    }
    Some(bytes)
}
