//! The words that people write into their own book: names of their own for items, and notes on purchases. They
//! lie sealed under the person's key, and change nothing of what a shop sent.

use crate::app::App;
use crate::leaves::keep;
use crate::reply::{Refused, Reply};
use crate::ware::Ware;
use ledger::account::LeafSubject;
use purchase::bytes::{Reader, Writer};
use purchase::card::holds_card_number;
use purchase::code::Gtin;
use purchase::id::{ItemCode, PurchaseId, StoreId, UserId};
use purchase::limits::{NOTE_CHARS_MAX, TEXT_CHARS_MAX};
use purchase::text::Text;
use std::collections::HashMap;
use wire::error::ErrorCode;

/// The names that a person gave to items.
#[derive(Clone, Debug, Default)]
pub struct OwnNames(HashMap<Vec<u8>, String>);

impl OwnNames {
    /// All of a person's.
    ///
    /// # Errors
    /// A problem if the memory cannot be read.
    pub fn of(app: &App, user_id: UserId) -> Reply<Self> {
        Ok(Self(texts(app, user_id, LeafSubject::Alias)?))
    }

    /// Has the person given none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The person's name for an item.
    #[must_use]
    pub fn get(&self, ware: &Ware) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&bytes_of(ware)).map(String::as_str)
    }
}

impl OwnNames {
    /// Each item with its name, in no particular order.
    #[must_use]
    pub fn into_all(self) -> Vec<(Ware, String)> {
        let named = self.0.into_iter();
        named
            .filter_map(|(bytes, name)| Some((ware_of(&bytes)?, name)))
            .collect()
    }
}

/// The notes that a person wrote.
#[derive(Clone, Debug, Default)]
pub struct Notes(HashMap<Vec<u8>, String>);

impl Notes {
    /// All of a person's.
    ///
    /// # Errors
    /// A problem if the memory cannot be read.
    pub fn of(app: &App, user_id: UserId) -> Reply<Self> {
        Ok(Self(texts(app, user_id, LeafSubject::Note)?))
    }

    /// Each purchase with its note, in no particular order.
    #[must_use]
    pub fn into_all(self) -> Vec<(PurchaseId, String)> {
        let noted = self.0.into_iter();
        noted
            .filter_map(|(bytes, note)| Some((PurchaseId(bytes.try_into().ok()?), note)))
            .collect()
    }

    /// The note on a purchase.
    #[must_use]
    pub fn on(&self, purchase_id: PurchaseId) -> Option<&str> {
        self.0.get(purchase_id.0.as_slice()).map(String::as_str)
    }
}

/// All texts that a person keeps about things of one sort.
fn texts(app: &App, user_id: UserId, subject: LeafSubject) -> Reply<HashMap<Vec<u8>, String>> {
    let leaves = app.ledger.leaves(user_id, subject)?;
    let texts = leaves.into_iter().filter_map(|leaf| {
        let text = String::from_utf8(leaf.value).ok()?;
        Some((leaf.of, text))
    });
    Ok(texts.collect())
}

/// Gives an item a name of the person's own; an empty text takes it away.
///
/// # Errors
/// A problem if the name is too long or not printable, or if it cannot be written.
pub async fn name(app: &App, user_id: UserId, ware: &Ware, name: &str) -> Reply<()> {
    let name = proven("own", name, TEXT_CHARS_MAX)?;
    keep_text(app, user_id, (LeafSubject::Alias, bytes_of(ware)), name).await
}

/// The note of a person on a purchase.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn note_on(app: &App, user_id: UserId, purchase_id: PurchaseId) -> Reply<Option<String>> {
    let leaf = app
        .ledger
        .leaf(user_id, LeafSubject::Note, &purchase_id.0)?;
    Ok(leaf.and_then(|value| String::from_utf8(value).ok()))
}

/// Writes a note on a purchase, in place of the one before; an empty text takes it away.
///
/// # Errors
/// A problem if the note is too long or not printable, or if it cannot be written.
pub async fn write_note(
    app: &App,
    user_id: UserId,
    purchase_id: PurchaseId,
    note: &str,
) -> Reply<()> {
    // Line breaks are no part of a text; a note is one paragraph.
    let note: Vec<_> = note.split_whitespace().collect();
    let note = proven("note", &note.join(" "), NOTE_CHARS_MAX)?;
    let place = (LeafSubject::Note, purchase_id.0.to_vec());
    keep_text(app, user_id, place, note).await
}

/// A text of the field called `field`; none if it is empty.
fn proven(field: &str, text: &str, chars_max: usize) -> Reply<Option<Text>> {
    if holds_card_number(text) {
        let detail = "a whole card number stands in the text; it is kept nowhere";
        return Err(Refused::field(field, ErrorCode::CardNumberRefused, detail));
    }
    match text.trim() {
        "" => Ok(None),
        text => Text::new(text, chars_max)
            .map(Some)
            .map_err(|error| Refused::text(field, &error)),
    }
}

async fn keep_text(
    app: &App,
    user_id: UserId,
    place: (LeafSubject, Vec<u8>),
    text: Option<Text>,
) -> Reply<()> {
    let value = text.map(|text| text.as_str().as_bytes().to_vec());
    keep(app, user_id, place, value).await
}

/// An item as it is named in the ledger. These forms are stored: they never change.
pub(crate) fn bytes_of(ware: &Ware) -> Vec<u8> {
    let mut bytes = Writer::default();
    match ware {
        Ware::Gtin(gtin) => {
            bytes.byte(1);
            bytes.text(gtin.as_str());
        }
        Ware::Code { source, code } => {
            bytes.byte(2);
            bytes.text(source.as_str());
            bytes.text(code.as_str());
        }
        Ware::Name { source, name } => {
            bytes.byte(3);
            bytes.text(source.as_str());
            bytes.text(name.as_str());
        }
    }
    bytes.finish()
}

/// The item that was named so; none if the form is not known, which nothing writes.
pub(crate) fn ware_of(bytes: &[u8]) -> Option<Ware> {
    let mut from = Reader::new(bytes);
    let ware = match from.byte().ok()? {
        1 => Ware::Gtin(Gtin::parse(from.text().ok()?).ok()?),
        2 => Ware::Code {
            source: StoreId::parse(from.text().ok()?).ok()?,
            code: ItemCode::parse(from.text().ok()?).ok()?,
        },
        3 => Ware::Name {
            source: StoreId::parse(from.text().ok()?).ok()?,
            name: Text::new(from.text().ok()?, TEXT_CHARS_MAX).ok()?,
        },
        _ => return None,
    };
    from.finish().ok()?;
    Some(ware)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named_in_the_ledger_as_they_always_were() {
        let source = StoreId::parse("s-1").unwrap();
        for (ware, bytes) in [
            (
                Ware::Gtin(Gtin::parse("4901234567894").unwrap()),
                &b"\x01\x0d4901234567894"[..],
            ),
            (
                Ware::Code {
                    source: source.clone(),
                    code: ItemCode::parse("milk").unwrap(),
                },
                b"\x02\x03s-1\x04milk",
            ),
            (
                Ware::Name {
                    source,
                    name: Text::new("tofu", 10).unwrap(),
                },
                b"\x03\x03s-1\x04tofu",
            ),
        ] {
            assert_eq!(bytes_of(&ware), bytes, "{ware:?}");
            assert_eq!(ware_of(bytes), Some(ware), "back again");
        }
    }
}
