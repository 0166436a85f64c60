//! From the messages of lines to the lines of a settlement. Each value is proven by itself; that
//! they agree is proven in `purchase`.

use super::message::{DiscountMessage, LineMessage};
use crate::item::{gtin, item_kind, sensitivity, unit};
use crate::place::{Findings, Place};
use crate::scalar::{Money, Words};
use crate::time::instant;
use crate::vocabulary;
use purchase::id::ItemCode;
use purchase::money::Amount;
use purchase::quantity::{Percent, Quantity};
use purchase::settlement::{Line, LineNumber, NamedAmount, PricedBy};

pub(super) fn lines(sent: &[LineMessage<'_>], findings: &mut Findings) -> Option<Vec<Line>> {
    let root = Place::Root;
    let place = root.member("lines");
    let mut lines = Vec::with_capacity(sent.len());
    for (at, message) in sent.iter().enumerate() {
        if findings.is_full() {
            return None;
        }
        lines.extend(line(message, place.row(at), findings));
    }
    Some(lines)
}

fn line(sent: &LineMessage<'_>, place: Place<'_>, findings: &mut Findings) -> Option<Line> {
    let code = findings.maybe(place.member("code"), sent.code.as_ref(), |words| {
        ItemCode::parse(words.as_str())
    });
    let name = findings.maybe(place.member("name"), sent.name.as_ref(), Words::prove);
    let quantity = Quantity::parse(&sent.quantity.0);
    let quantity = findings.take(place.member("quantity"), quantity);
    let unit = unit(place, sent.unit.as_ref(), findings);
    let unit_price = findings.take(place.member("unit_price"), sent.unit_price.prove());
    let discount = findings.maybe(place.member("discount"), sent.discount, Money::prove);
    let amount = findings.take(place.member("amount"), sent.amount.prove());
    let discounts = discounts(&sent.discounts, place, findings);
    let list_price = findings.maybe(place.member("list_price"), sent.list_price, Money::prove);
    let percent = sent.tax_percent.as_ref();
    let tax_percent = findings.maybe(place.member("tax_percent"), percent, |decimal| {
        Percent::parse(&decimal.0)
    });
    let priced_by = findings.maybe(
        place.member("priced_by"),
        sent.priced_by.as_ref(),
        |words| {
            vocabulary::read(
                words.as_str(),
                &vocabulary::PRICED_BY,
                vocabulary::priced_by,
            )
        },
    );
    let gtin = findings.maybe(place.member("gtin"), sent.gtin.as_ref(), gtin);
    let kind = findings.maybe(place.member("kind"), sent.kind.as_ref(), item_kind);
    let category = findings.maybe(
        place.member("category"),
        sent.category.as_ref(),
        Words::prove,
    );
    let mut time = |name: &str, sent: Option<&Words<'_>>| {
        findings.maybe(place.member(name), sent, |words| instant(words.as_str()))
    };
    let service_from = time("service_from", sent.service_from.as_ref());
    let service_to = time("service_to", sent.service_to.as_ref());
    Some(Line {
        code,
        name,
        quantity: quantity?,
        unit,
        unit_price: unit_price?,
        discount: discount.unwrap_or(Amount::ZERO),
        amount: amount?,
        discounts,
        list_price,
        tax_percent,
        tax_place: sent.tax_included.map(vocabulary::tax_place),
        priced_by: priced_by.unwrap_or(PricedBy::Product),
        gtin,
        kind,
        category,
        part_of: sent.part_of.map(LineNumber),
        service_from,
        service_to,
        sensitivity: sent.sensitive.map(sensitivity),
    })
}

fn discounts(
    sent: &[DiscountMessage<'_>],
    place: Place<'_>,
    findings: &mut Findings,
) -> Vec<NamedAmount> {
    let place = place.member("discounts");
    sent.iter()
        .enumerate()
        .filter_map(|(at, row)| {
            let place = place.row(at);
            let label = findings.take(place.member("label"), row.label.prove());
            let amount = findings.take(place.member("amount"), row.amount.prove());
            Some(NamedAmount {
                label: label?,
                amount: amount?,
            })
        })
        .collect()
}
