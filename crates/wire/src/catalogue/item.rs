//! From the message of an item to an entry of a catalogue.

use super::message::ItemMessage;
use crate::error::ErrorCode;
use crate::item::{gtin, item_kind, sensitivity, unit};
use crate::place::{Finding, Findings, Place};
use crate::scalar::{Money, Words};
use crate::time::instant;
use crate::vocabulary;
use purchase::card::holds_card_number;
use purchase::catalogue::{Entry, Item};
use purchase::id::ItemCode;
use purchase::quantity::Percent;
use purchase::settlement::{ItemKind, Sensitivity};
use purchase::text::Text;
use purchase::time::Timestamp;
use std::sync::Arc;

/// One item as sent, proven.
pub(super) struct Sent {
    pub(super) code: ItemCode,
    pub(super) effective_from: Option<Timestamp>,
    pub(super) entry: Entry,
}

pub(super) fn prove(
    sent: &ItemMessage<'_>,
    place: Place<'_>,
    findings: &mut Findings,
) -> Option<Sent> {
    let code = findings.take(place.member("code"), ItemCode::parse(sent.code.as_str()));
    let time = sent.effective_from.as_ref();
    let effective_from = findings.maybe(place.member("effective_from"), time, |words| {
        instant(words.as_str())
    });
    let entry = if sent.discontinued == Some(true) {
        discontinued(sent, place, findings)
    } else {
        item(sent, place, findings).map(|item| Entry::Named(Arc::new(item)))
    };
    Some(Sent {
        code: code?,
        effective_from,
        entry: entry?,
    })
}

fn discontinued(
    sent: &ItemMessage<'_>,
    place: Place<'_>,
    findings: &mut Findings,
) -> Option<Entry> {
    if sent.name.is_none() {
        return Some(Entry::Discontinued);
    }
    let detail = "a discontinued item carries no name; leave name out";
    findings.add(place.member("name"), Finding::invalid(detail));
    None
}

fn item(sent: &ItemMessage<'_>, place: Place<'_>, findings: &mut Findings) -> Option<Item> {
    if sent.name.is_none() {
        let detail = "is required unless the item is discontinued";
        findings.add(
            place.member("name"),
            Finding::new(ErrorCode::MissingField, detail),
        );
    }
    let mut text =
        |name: &str, sent: Option<&Words<'_>>| findings.maybe(place.member(name), sent, free_text);
    let name = text("name", sent.name.as_ref());
    let short_name = text("short_name", sent.short_name.as_ref());
    let reading = text("reading", sent.reading.as_ref());
    let size = text("size", sent.size.as_ref());
    let category = text("category", sent.category.as_ref());
    let has_unit = text("unit", sent.unit.as_ref()).is_some();
    let gtin = findings.maybe(place.member("gtin"), sent.gtin.as_ref(), gtin);
    let kind = findings.maybe(place.member("kind"), sent.kind.as_ref(), item_kind);
    let unit = unit(place, sent.unit.as_ref().filter(|_| has_unit), findings);
    let unit_price = findings.maybe(place.member("unit_price"), sent.unit_price, price);
    let percent = sent.tax_percent.as_ref();
    let tax_percent = findings.maybe(place.member("tax_percent"), percent, |decimal| {
        Percent::parse(&decimal.0)
    });
    Some(Item {
        name: name?,
        short_name,
        reading,
        size,
        gtin,
        kind: kind.unwrap_or(ItemKind::Goods),
        category,
        unit,
        unit_price,
        tax_percent,
        tax_place: sent.tax_included.map(vocabulary::tax_place),
        sensitivity: sent.sensitive.map_or(Sensitivity::Plain, sensitivity),
    })
}

/// A text that people write freely, in which a card number has no place.
fn free_text(words: &Words<'_>) -> Result<Text, Finding> {
    if holds_card_number(words.as_str()) {
        let detail = "holds a whole card number; nothing of it is kept";
        return Err(Finding::new(ErrorCode::CardNumberRefused, detail));
    }
    words.prove()
}

fn price(sent: Money) -> Result<purchase::money::Amount, Finding> {
    let amount = sent.prove()?;
    if amount.is_negative() {
        let detail = "must not be negative";
        return Err(Finding::new(ErrorCode::NegativeAmount, detail));
    }
    Ok(amount)
}
