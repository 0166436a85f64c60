//! A file of Beancount: a transaction per purchase, a posting per item. Accounts are written in
//! ASCII, which every reader of the format takes; the store's own words stand beside them as
//! metadata, in quotes.

use super::accounts::Used;
use super::entry::Entry;
use super::postings::{Posting, postings};
use crate::spending::Effect;
use ring::digest::{SHA256, digest};
use std::io::Write;

/// What was used so far.
#[derive(Default)]
pub(super) struct Beancount(Used);

const HEAD: &str =
    ";; Purchases from Orihon, newest first. Returns are negative; what was voided is zero.
option \"title\" \"Orihon\"
";

/// Before any purchase.
const OPENED: &str = "1900-01-01";

/// The longest part of an account's name that is made of a category.
const COMPONENT_CHARS_MAX: usize = 40;

impl Beancount {
    pub(super) fn begin(piece: &mut Vec<u8>) {
        piece.extend_from_slice(HEAD.as_bytes());
    }

    pub(super) fn add(&mut self, entry: &Entry<'_>, piece: &mut Vec<u8>) {
        let message = &entry.message;
        let (day, id, kind) = (&entry.day, &message.purchase_id, message.kind);
        let store = quoted(message.store.name);
        let voided = match (entry.effect, &message.voided_by) {
            (Effect::Nothing, Some(_)) => " #voided",
            (Effect::Nothing | Effect::Spends | Effect::Returns, _) => "",
        };
        put(
            piece,
            format_args!("\n{day} * {store} \"{kind}\" ^{id} #{kind}{voided}\n"),
        );
        put(piece, format_args!("  store: \"{}\"\n", message.store.id));
        put(
            piece,
            format_args!("  time: \"{}\"\n", message.purchased_at),
        );
        for posting in postings(entry) {
            self.post(entry, &posting, piece);
        }
    }

    fn post(&mut self, entry: &Entry<'_>, posting: &Posting<'_>, piece: &mut Vec<u8>) {
        let currency = entry.content.currency;
        let known = (currency.code().to_owned(), currency.exponent());
        self.0.currencies.insert(known);
        let account = self.0.account(posting.place, component);
        let (amount, code) = (entry.money(posting.amount), currency.code());
        put(piece, format_args!("  {account}  {amount} {code}\n"));
        for (name, text) in &posting.facts {
            put(piece, format_args!("    {name}: {}\n", quoted(text)));
        }
    }

    pub(super) fn end(&self, piece: &mut Vec<u8>) {
        piece.push(b'\n');
        for (code, _) in &self.0.currencies {
            put(piece, format_args!("{OPENED} commodity {code}\n"));
        }
        for (account, category) in &self.0.accounts {
            put(piece, format_args!("{OPENED} open {account}\n"));
            if let Some(category) = category {
                put(piece, format_args!("  category: {}\n", quoted(category)));
            }
        }
    }
}

/// A text between quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A category as part of an account's name: a capital or a digit, then letters, digits and hyphens.
/// Where letters had to go, a mark made of the whole category keeps it apart from others.
fn component(category: &str) -> String {
    let is_kept = |sign: char| sign.is_ascii_alphanumeric();
    let words = category.split(|sign| !is_kept(sign));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let mut name = words.join("-");
    let is_whole = category.is_ascii() && !name.is_empty() && name.len() <= COMPONENT_CHARS_MAX;
    name.truncate(COMPONENT_CHARS_MAX);
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if is_whole {
        return name;
    }
    let hash = digest(&SHA256, category.as_bytes());
    let mark: String = hash
        .as_ref()
        .iter()
        .take(5)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let before = if name.is_empty() { "Category" } else { &name };
    format!("{before}-{mark}")
}

fn put(piece: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    piece.write_fmt(text).expect("memory takes what is written");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_become_parts_of_accounts() {
        let long = "a".repeat(41);
        for (category, expected) in [
            ("GROCERY", "GROCERY"),
            ("dairy & eggs", "Dairy-eggs"),
            ("7UP", "7UP"),
            ("乳製品, 卵", "Category-"),
            ("Café", "Caf-"),
            ("!!!", "Category-"),
            ("酒 Bier:Wein", "Bier-Wein-"),
            (&long, "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-"),
        ] {
            let name = component(category);
            let mark = name
                .strip_prefix(expected)
                .unwrap_or_else(|| panic!("{name}"));
            let is_marked = mark.len() == 10 && mark.bytes().all(|b| b.is_ascii_hexdigit());
            assert_eq!(is_marked, expected.ends_with('-'), "{name}");
            assert!(is_marked || mark.is_empty(), "{name}");
        }
        assert_ne!(component("乳製品"), component("卵"));
    }
}
