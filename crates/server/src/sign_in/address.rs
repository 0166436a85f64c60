//! E-mail addresses by which passwords are found. No mail is ever sent to one; it is a name that
//! people remember.

use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use ring::digest::{SHA256, digest};
use unicode_normalization::UnicodeNormalization;

/// An address, in one spelling: narrow letters, without blanks around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Text);

impl Address {
    /// Reads an address as people type it; none if it has not something on both sides of an `@`.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let text = spelled(typed);
        let (local, domain) = text.rsplit_once('@')?;
        let is_whole = !local.is_empty() && !domain.is_empty() && !text.contains(' ');
        let text = Text::new(&text, TEXT_CHARS_MAX).ok()?;
        is_whole.then_some(Self(text))
    }

    /// The address.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.0
    }

    /// By what the tries of an address are counted, also of one that cannot be one.
    pub(super) fn key_of(typed: &str) -> [u8; 32] {
        let folded = spelled(typed).to_lowercase();
        let hash = digest(&SHA256, folded.as_bytes());
        hash.as_ref().first_chunk().copied().unwrap_or_default()
    }
}

fn spelled(typed: &str) -> String {
    typed.trim().nfkc().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        for (typed, read) in [
            (" Hanako@Example.jp ", Some("Hanako@Example.jp")),
            (
                "ｈａｎａｋｏ＠example.jp\u{3000}",
                Some("hanako@example.jp"),
            ),
            ("a@b", Some("a@b")),
            ("hanako", None),
            ("@example.jp", None),
            ("hanako@", None),
            ("ha nako@example.jp", None),
            ("", None),
            ("a\u{202e}@b", None),
        ] {
            let address = Address::read(typed);
            assert_eq!(
                address.as_ref().map(|it| it.text().as_str()),
                read,
                "{typed}"
            );
        }
        assert_eq!(
            Address::key_of("ＨＡＮＡＫＯ@example.jp"),
            Address::key_of(" hanako@EXAMPLE.jp")
        );
    }
}
