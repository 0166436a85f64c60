//! A journal of hledger: a transaction per purchase, a posting per item. What a store wrote cannot
//! become syntax: signs that mean something there are written as their wide twins, so that they are
//! still read by people.

use super::accounts::Used;
use super::entry::Entry;
use super::postings::{Posting, postings};
use std::io::Write;

/// What was used so far.
#[derive(Default)]
pub(super) struct Hledger(Used);

const HEAD: &str =
    "; Purchases from Orihon, newest first. Returns are negative; what was voided is zero.
decimal-mark .
";

impl Hledger {
    pub(super) fn begin(piece: &mut Vec<u8>) {
        piece.extend_from_slice(HEAD.as_bytes());
    }

    pub(super) fn add(&mut self, entry: &Entry<'_>, piece: &mut Vec<u8>) {
        let message = &entry.message;
        let (day, id) = (&entry.day, &message.purchase_id);
        let store = safe(message.store.name);
        let is_voided = message.voided_by.is_some();
        let kind = if is_voided { "voided " } else { "" }.to_owned() + message.kind;
        put(piece, format_args!("\n{day} * ({id}) {store} | {kind}\n"));
        let (store_id, at) = (message.store.id, &message.purchased_at);
        put(
            piece,
            format_args!("    ; purchase:{id}, store:{store_id}, time:{at}\n"),
        );
        for posting in postings(entry) {
            self.post(entry, &posting, piece);
        }
    }

    fn post(&mut self, entry: &Entry<'_>, posting: &Posting<'_>, piece: &mut Vec<u8>) {
        let currency = entry.content.currency;
        let known = (currency.code().to_owned(), currency.exponent());
        self.0.currencies.insert(known);
        let account = self.0.account(posting.place, safe);
        let (amount, code) = (entry.money(posting.amount), currency.code());
        put(piece, format_args!("    {account}  {amount} {code}"));
        // The account says the category already.
        let facts = posting.facts.iter().filter(|(name, _)| *name != "category");
        for (at, (name, text)) in facts.enumerate() {
            let before = if at == 0 { "  ; " } else { ", " };
            put(piece, format_args!("{before}{name}:{}", safe(text)));
        }
        piece.push(b'\n');
    }

    pub(super) fn end(&self, piece: &mut Vec<u8>) {
        piece.push(b'\n');
        for (code, decimals) in &self.0.currencies {
            // A point must stand there, also where nothing follows it.
            let zeros = "0".repeat(usize::from(*decimals));
            put(piece, format_args!("commodity 1000.{zeros} {code}\n"));
        }
        for account in self.0.accounts.keys() {
            put(piece, format_args!("account {account}\n"));
        }
    }
}

/// A text that is nothing but a text: no comment, tag, date, list of accounts or end of a name.
fn safe(text: &str) -> String {
    // Two blanks in a row end the name of an account.
    let words: Vec<_> = text.split_whitespace().collect();
    let wide = |sign| match sign {
        ';' => '；',
        ':' => '：',
        ',' => '，',
        '|' => '｜',
        '[' => '［',
        ']' => '］',
        '(' => '（',
        ')' => '）',
        other => other,
    };
    words.join(" ").chars().map(wide).collect()
}

fn put(piece: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    piece.write_fmt(text).expect("memory takes what is written");
}
