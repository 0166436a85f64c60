//! The part of CBOR (RFC 8949) that authenticators write: whole numbers, bytes, texts, lists and maps of
//! a length that is said. Anything else is refused, and nothing is set aside for what is only announced.

use super::response::PasskeyFault;

/// How deep one thing may lie in others.
const DEPTH_MAX: u8 = 8;

/// One thing of those that are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A whole number.
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Map(Vec<(Value<'a>, Value<'a>)>),
    /// A list, a truth or a nothing; nobody looks into these.
    Other,
}

impl<'a> Value<'a> {
    /// What a map has under a name or a number.
    pub(super) fn at(&self, key: &Value<'_>) -> Option<&Value<'a>> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value),
            Self::Number(_) | Self::Bytes(_) | Self::Text(_) | Self::Other => None,
        }
    }

    /// The bytes, if it is bytes.
    pub(super) const fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Number(_) | Self::Text(_) | Self::Map(_) | Self::Other => None,
        }
    }
}

/// Reads one thing; gives what stands behind it.
pub(super) fn read(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), PasskeyFault> {
    read_at(bytes, DEPTH_MAX)
}

fn read_at(bytes: &[u8], depth: u8) -> Result<(Value<'_>, &[u8]), PasskeyFault> {
    let depth = depth.checked_sub(1).ok_or(PasskeyFault::Malformed)?;
    let (major, argument, rest) = head(bytes)?;
    match major {
        0 => Ok((Value::Number(whole(argument)?), rest)),
        1 => Ok((Value::Number(-1 - whole(argument)?), rest)),
        2 => {
            let (bytes, rest) = split(rest, argument)?;
            Ok((Value::Bytes(bytes), rest))
        }
        3 => {
            let (text, rest) = split(rest, argument)?;
            let text = str::from_utf8(text).map_err(|_| PasskeyFault::Malformed)?;
            Ok((Value::Text(text), rest))
        }
        4 => {
            let mut rest = rest;
            for _ in 0..argument {
                (_, rest) = read_at(rest, depth)?;
            }
            Ok((Value::Other, rest))
        }
        5 => {
            let mut rest = rest;
            let mut entries = Vec::new();
            for _ in 0..argument {
                let (key, behind) = read_at(rest, depth)?;
                let (value, behind) = read_at(behind, depth)?;
                if entries.iter().any(|(known, _)| *known == key) {
                    return Err(PasskeyFault::Malformed);
                }
                entries.push((key, value));
                rest = behind;
            }
            Ok((Value::Map(entries), rest))
        }
        // False, true, null and undefined.
        7 if (20..=23).contains(&argument) => Ok((Value::Other, rest)),
        _ => Err(PasskeyFault::Malformed),
    }
}

/// What kind of thing begins here, and its number or length.
fn head(bytes: &[u8]) -> Result<(u8, u64, &[u8]), PasskeyFault> {
    let (first, rest) = bytes.split_first().ok_or(PasskeyFault::Malformed)?;
    let (major, short) = (first >> 5, first & 0b1_1111);
    let width = match short {
        0..=23 => return Ok((major, short.into(), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        // A length that is not said, or nothing that is known.
        _ => return Err(PasskeyFault::Malformed),
    };
    let (number, rest) = rest
        .split_at_checked(width)
        .ok_or(PasskeyFault::Malformed)?;
    let number = number
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    Ok((major, number, rest))
}

fn whole(argument: u64) -> Result<i64, PasskeyFault> {
    i64::try_from(argument).map_err(|_| PasskeyFault::Malformed)
}

fn split(bytes: &[u8], count: u64) -> Result<(&[u8], &[u8]), PasskeyFault> {
    let count = usize::try_from(count).map_err(|_| PasskeyFault::Malformed)?;
    bytes.split_at_checked(count).ok_or(PasskeyFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_authenticators_write_is_read() {
        // From the examples of RFC 8949, appendix A.
        for (bytes, value) in [
            (&[0x17][..], Value::Number(23)),
            (&[0x18, 0x64], Value::Number(100)),
            (&[0x1a, 0, 0x0f, 0x42, 0x40], Value::Number(1_000_000)),
            (&[0x39, 0x03, 0xe7], Value::Number(-1_000)),
            (&[0x44, 1, 2, 3, 4], Value::Bytes(&[1, 2, 3, 4])),
            (&[0x64, b'I', b'E', b'T', b'F'], Value::Text("IETF")),
            (&[0x83, 1, 2, 3], Value::Other),
            (&[0xf5], Value::Other),
            (
                &[0xa2, 1, 2, 3, 4],
                Value::Map(vec![
                    (Value::Number(1), Value::Number(2)),
                    (Value::Number(3), Value::Number(4)),
                ]),
            ),
        ] {
            assert_eq!(read(bytes), Ok((value, &[][..])), "{bytes:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let deep = [0x81; 100];
        for bytes in [
            &[][..],
            &[0x18],
            &[0x44, 1],
            &[0x61, 0xff],
            &[0x5f, 0xff],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0xc0, 0x60],
            &[0xa2, 1, 2, 1, 2],
            &deep,
        ] {
            assert_eq!(read(bytes), Err(PasskeyFault::Malformed), "{bytes:?}");
        }
    }
}
