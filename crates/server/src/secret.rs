//! Bearer keys: a prefix that names the kind, 256 random bits, and a checksum, so that leaked keys
//! can be searched for and mistyped ones are told apart from unknown ones. Only hashes are kept.

use ring::digest::{SHA256, digest};
use std::fmt::Write as _;

/// What a key is for. Prefixes are for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// An operator's.
    Operator,
    /// A store device's.
    Device,
    /// A person's.
    User,
    /// That of a browser in which somebody is signed in.
    Session,
    /// A partner's.
    Partner,
}

impl SecretKind {
    const ALL: [Self; 5] = [
        Self::Operator,
        Self::Device,
        Self::User,
        Self::Session,
        Self::Partner,
    ];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Operator => "oro_",
            Self::Device => "ord_",
            Self::User => "oru_",
            Self::Session => "ors_",
            Self::Partner => "orp_",
        }
    }
}

/// A key in full; shown once, never stored, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Hexadecimal digits of the random part, and of the checksum behind it.
const RANDOM_DIGITS: usize = 64;
const CHECK_DIGITS: usize = 8;

impl Secret {
    /// A new key from random bytes.
    #[must_use]
    pub fn new(kind: SecretKind, random: [u8; 32]) -> Self {
        let mut text = String::with_capacity(4 + RANDOM_DIGITS + CHECK_DIGITS);
        text.push_str(kind.prefix());
        for byte in random {
            let _ = write!(text, "{byte:02x}");
        }
        let check = checksum(&text);
        text.push_str(&check);
        Self(text)
    }

    /// Reads a key; none if it is not one of ours, or mistyped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.get(..4 + RANDOM_DIGITS)?;
        let is_ours = SecretKind::ALL
            .iter()
            .any(|kind| text.starts_with(kind.prefix()));
        let check = text.get(4 + RANDOM_DIGITS..)?;
        (is_ours && check == checksum(body)).then(|| Self(text.to_owned()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        hash_of(&self.0)
    }

    /// The key in full, for the one who asked for it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

pub(crate) fn hash_of(text: &str) -> [u8; 32] {
    digest(&SHA256, text.as_bytes())
        .as_ref()
        .first_chunk::<32>()
        .copied()
        .unwrap_or_default()
}

fn checksum(body: &str) -> String {
    hash_of(body)
        .iter()
        .take(CHECK_DIGITS / 2)
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_and_typing_errors_do_not() {
        let secret = Secret::new(SecretKind::Device, [7; 32]);
        assert!(secret.reveal().starts_with("ord_0707"));
        assert_eq!(
            Secret::parse(secret.reveal()).map(|read| read.hash()),
            Some(secret.hash())
        );
        let mistyped = secret.reveal().replacen("07", "08", 1);
        for text in [
            mistyped.as_str(),
            "",
            "ord_",
            "orx_",
            &secret.reveal()[..75],
        ] {
            assert_eq!(Secret::parse(text), None, "{text}");
        }
    }
}
