//! The one free-form object of a settlement. It is kept as sent, so what it may hold is tested
//! here and nothing is taken out of it.

use crate::error::ErrorCode;
use crate::limits::EXTRA_DEPTH;
use crate::place::Finding;
use crate::scalar::Words;
use purchase::card::holds_card_number;
use purchase::limits::EXTRA_BYTES_MAX;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;

/// Proves that `raw` is an object within the bounds, of readable text, without doubtful members.
pub(super) fn prove(raw: &RawValue) -> Result<Box<str>, Finding> {
    let text = raw.get();
    if !text.starts_with('{') {
        return Err(Finding::invalid("must be an object"));
    }
    if text.len() > EXTRA_BYTES_MAX {
        let detail = format!("takes at most {EXTRA_BYTES_MAX} bytes");
        return Err(Finding::new(ErrorCode::TooLong, detail));
    }
    let mut finding = None;
    let walk = Walk {
        depth: 0,
        finding: &mut finding,
    };
    let mut from = serde_json::Deserializer::from_str(text);
    match walk.deserialize(&mut from) {
        Ok(()) => Ok(text.into()),
        Err(error) => Err(finding.unwrap_or_else(|| {
            Finding::invalid(format!("holds a value that nobody can read: {error}"))
        })),
    }
}

/// Visits every value once. The first finding ends the walk.
struct Walk<'w> {
    depth: usize,
    finding: &'w mut Option<Finding>,
}

impl Walk<'_> {
    fn stop<T, E: Error>(&mut self, finding: Finding) -> Result<T, E> {
        *self.finding = Some(finding);
        Err(E::custom("found"))
    }

    fn inner(&mut self) -> Walk<'_> {
        Walk {
            depth: self.depth + 1,
            finding: self.finding,
        }
    }

    fn check_depth<E: Error>(&mut self) -> Result<(), E> {
        if self.depth < EXTRA_DEPTH {
            return Ok(());
        }
        let detail = format!("is nested deeper than {EXTRA_DEPTH} levels");
        self.stop(Finding::invalid(detail))
    }

    fn check_text<E: Error>(&mut self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            return self.stop(Finding::invalid("must not contain the character U+0000"));
        }
        if holds_card_number(text) {
            return self.stop(Finding::new(
                ErrorCode::CardNumberRefused,
                "holds a whole card number; send at most the first 6 and last 4 digits \
                 in tenders[].card",
            ));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(mut self, number: u64) -> Result<(), E> {
        self.check_text(&number.to_string())
    }

    // A fraction is kept as text; the numbers before its point were written out, and the proof of
    // the sums looks at the whole text for card numbers.
    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.check_text(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        self.check_depth()?;
        while elements.next_element_seed(self.inner())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.check_depth()?;
        let mut names: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(Words(name)) = members.next_key()? {
            self.check_text(&name)?;
            if !names.insert(name) {
                return self.stop(Finding::new(
                    ErrorCode::DuplicateField,
                    "holds a member twice; each name stands once in an object",
                ));
            }
            members.next_value_seed(self.inner())?;
        }
        Ok(())
    }
}
