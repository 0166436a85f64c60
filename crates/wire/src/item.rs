//! What lines of a settlement and items of a catalogue say alike: unit, article number, kind.

use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::vocabulary;
use purchase::settlement::{ItemKind, Sensitivity};
use purchase::text::Text;

/// What single pieces are sold by; the same as no unit at all.
pub(crate) const EACH: &str = "each";

/// A unit, or nothing for single pieces.
pub(crate) fn unit(
    place: Place<'_>,
    sent: Option<&Words<'_>>,
    findings: &mut Findings,
) -> Option<Text> {
    let other = sent.filter(|words| words.as_str() != EACH);
    findings.maybe(place.member("unit"), other, Words::prove)
}

/// A world-wide article number. Its check digit is not tested: what is on the package counts.
pub(crate) fn gtin(words: &Words<'_>) -> Result<Text, Finding> {
    let text = words.as_str();
    if matches!(text.len(), 8 | 12 | 13 | 14) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        words.prove()
    } else {
        Err(Finding::invalid("must be 8, 12, 13 or 14 digits"))
    }
}

pub(crate) fn item_kind(words: &Words<'_>) -> Result<ItemKind, Finding> {
    vocabulary::read(
        words.as_str(),
        &vocabulary::ITEM_KINDS,
        vocabulary::item_kind,
    )
}

pub(crate) const fn sensitivity(is_sensitive: bool) -> Sensitivity {
    if is_sensitive {
        Sensitivity::Sensitive
    } else {
        Sensitivity::Plain
    }
}
