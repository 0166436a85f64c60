//! From the messages of adjustments, taxes and tenders to the rows of a settlement.

use super::message::{AdjustmentMessage, CardMessage, TaxMessage, TenderMessage};
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::vocabulary;
use purchase::money::Currency;
use purchase::quantity::Percent;
use purchase::settlement::{Adjustment, Card, LineNumber, Reduced, Tax, Tender};
use purchase::text::Text;

const ROOT: Place<'static> = Place::Root;

pub(super) fn adjustments(
    sent: &[AdjustmentMessage<'_>],
    findings: &mut Findings,
) -> Vec<Adjustment> {
    let place = ROOT.member("adjustments");
    sent.iter()
        .enumerate()
        .filter_map(|(at, row)| adjustment(row, place.row(at), findings))
        .collect()
}

fn adjustment(
    sent: &AdjustmentMessage<'_>,
    place: Place<'_>,
    findings: &mut Findings,
) -> Option<Adjustment> {
    let kind = vocabulary::read(
        sent.kind.as_str(),
        &vocabulary::ADJUSTMENT_KINDS,
        vocabulary::adjustment_kind,
    );
    let kind = findings.take(place.member("kind"), kind);
    let label = findings.take(place.member("label"), sent.label.prove());
    let amount = findings.take(place.member("amount"), sent.amount.prove());
    let percent = sent.tax_percent.as_ref();
    let tax_percent = findings.maybe(place.member("tax_percent"), percent, |decimal| {
        Percent::parse(&decimal.0)
    });
    Some(Adjustment {
        kind: kind?,
        label: label?,
        amount: amount?,
        tax_percent,
        lines: sent.lines.iter().copied().map(LineNumber).collect(),
    })
}

pub(super) fn taxes(sent: &[TaxMessage<'_>], findings: &mut Findings) -> Vec<Tax> {
    let place = ROOT.member("taxes");
    sent.iter()
        .enumerate()
        .filter_map(|(at, row)| tax(row, place.row(at), findings))
        .collect()
}

fn tax(sent: &TaxMessage<'_>, place: Place<'_>, findings: &mut Findings) -> Option<Tax> {
    let percent = findings.take(place.member("percent"), Percent::parse(&sent.percent.0));
    let taxable = findings.take(place.member("taxable"), sent.taxable.prove());
    let tax = findings.take(place.member("tax"), sent.tax.prove());
    let class = findings.maybe(place.member("class"), sent.class.as_ref(), |words| {
        vocabulary::read(
            words.as_str(),
            &vocabulary::TAX_CLASSES,
            vocabulary::tax_class,
        )
    });
    Some(Tax {
        percent: percent?,
        place: vocabulary::tax_place(sent.included),
        taxable: taxable?,
        tax: tax?,
        reduced: sent.reduced.map(reduced),
        class,
    })
}

const fn reduced(is_reduced: bool) -> Reduced {
    if is_reduced {
        Reduced::Reduced
    } else {
        Reduced::Full
    }
}

pub(super) fn tenders(sent: &[TenderMessage<'_>], findings: &mut Findings) -> Vec<Tender> {
    let place = ROOT.member("tenders");
    sent.iter()
        .enumerate()
        .filter_map(|(at, row)| tender(row, place.row(at), findings))
        .collect()
}

fn tender(sent: &TenderMessage<'_>, place: Place<'_>, findings: &mut Findings) -> Option<Tender> {
    let kind = vocabulary::read(
        sent.kind.as_str(),
        &vocabulary::TENDER_KINDS,
        vocabulary::tender_kind,
    );
    let kind = findings.take(place.member("kind"), kind);
    let amount = findings.take(place.member("amount"), sent.amount.prove());
    let label = findings.maybe(place.member("label"), sent.label.as_ref(), Words::prove);
    let currency = findings.maybe(place.member("currency"), sent.currency.as_ref(), |words| {
        Currency::parse(words.as_str())
    });
    let card = sent
        .card
        .as_ref()
        .and_then(|sent| card(sent, place.member("card"), findings));
    Some(Tender {
        kind: kind?,
        amount: amount?,
        label,
        currency,
        card,
    })
}

fn card(sent: &CardMessage<'_>, place: Place<'_>, findings: &mut Findings) -> Option<Card> {
    let brand = findings.take(place.member("brand"), sent.brand.prove());
    let first6 = findings.maybe(place.member("first6"), sent.first6.as_ref(), |words| {
        digits(words, 6)
    });
    let last4 = findings.take(place.member("last4"), digits(&sent.last4, 4));
    Some(Card {
        brand: brand?,
        first6,
        last4: last4?,
    })
}

fn digits(words: &Words<'_>, count: usize) -> Result<Text, Finding> {
    let text = words.as_str();
    if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
        words.prove()
    } else {
        Err(Finding::invalid(format!("must be exactly {count} digits")))
    }
}
