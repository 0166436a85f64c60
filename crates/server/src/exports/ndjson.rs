//! The complete form: a line that names the version, a purchase a line with all that was sent and
//! the names found for it, and a line that tells what was before it. Nothing is left out but what
//! the server does not keep, the digits of claim codes.

use super::entry::Entry;
use purchase::money::{Amount, Sum};
use serde::Serialize;
use std::collections::BTreeMap;
use wire::account::export::{EXPORT_VERSION, ExportEnd, ExportHead, ExportedPurchase};
use wire::settlement::answer::settlement_answer;

/// What the person wrote beside a purchase.
#[derive(Default)]
pub(super) struct OwnWords<'a> {
    /// Names for items, by the number of the line.
    pub(super) names: BTreeMap<u16, &'a str>,
    pub(super) note: Option<&'a str>,
}

/// What was written so far.
#[derive(Default)]
pub(super) struct Ndjson {
    purchases: u64,
    totals: BTreeMap<String, Sum>,
}

impl Ndjson {
    pub(super) fn begin(piece: &mut Vec<u8>) {
        let orihon_export = EXPORT_VERSION;
        line(&ExportHead { orihon_export }, piece);
    }

    pub(super) fn add(&mut self, entry: &Entry<'_>, own: &OwnWords<'_>, piece: &mut Vec<u8>) {
        self.purchases += 1;
        let currency = entry.message.currency.to_owned();
        let sum = self.totals.entry(currency).or_default();
        let counted = entry.counted(entry.message.total);
        // A total lies within the bounds of amounts, and so does its opposite.
        *sum = sum.plus(Amount::new(counted).unwrap_or_default());
        let exported = ExportedPurchase {
            purchase: entry.message.clone(),
            settlement: settlement_answer(entry.content, &entry.shop.zone),
            own_names: own.names.clone(),
            note: own.note,
        };
        line(&exported, piece);
    }

    pub(super) fn end(&self, piece: &mut Vec<u8>) {
        let totals = self.totals.iter();
        let end = ExportEnd {
            purchases: self.purchases,
            total_by_currency: totals
                .map(|(currency, sum)| (currency.clone(), sum.minor()))
                .collect(),
        };
        line(&end, piece);
    }
}

fn line(message: &impl Serialize, piece: &mut Vec<u8>) {
    serde_json::to_writer(&mut *piece, message).expect("texts and numbers can be written as JSON");
    piece.push(b'\n');
}
