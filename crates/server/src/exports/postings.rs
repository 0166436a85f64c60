//! A purchase as double entry: where its money went and where it came from. What comes out sums to
//! zero, always: the lines, adjustments and taxes to the total, and the payments to the same.
//! How an account or a text is written in a format is said there.

use super::entry::Entry;
use purchase::settlement::{AdjustmentKind, TaxPlace, Tender, TenderKind};
use purchase::text::Text;
use wire::account::message::LineAnswer;

/// What an amount is booked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// An item of this category, if the store groups it.
    Item(Option<&'a str>),
    /// A change of the whole receipt.
    Adjustment(AdjustmentKind),
    /// Tax that no line contains.
    Tax,
    /// What was paid with.
    Tender(TenderKind),
    /// A store that does not say what was paid with.
    Unspecified,
}

/// One amount on one account.
pub(super) struct Posting<'a> {
    /// On what.
    pub(super) place: Place<'a>,
    /// Minor units; what a person has more of is positive.
    pub(super) amount: i64,
    /// What it was, as names and texts.
    pub(super) facts: Vec<(&'static str, String)>,
}

/// The postings of a purchase, in the order of its receipt. A void has none.
pub(super) fn postings<'a>(entry: &'a Entry<'_>) -> Vec<Posting<'a>> {
    let content = entry.content;
    if content.lines.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    let mut post = |place, minor, facts| {
        let amount = entry.counted(minor);
        all.push(Posting {
            place,
            amount,
            facts,
        });
    };
    for line in &entry.message.lines {
        post(Place::Item(line.category), line.amount, item(line));
    }
    for row in &content.adjustments {
        let label = vec![("label", row.label.as_str().to_owned())];
        post(Place::Adjustment(row.kind), row.amount.minor(), label);
    }
    for row in &content.taxes {
        match row.place {
            TaxPlace::Included => {}
            TaxPlace::Excluded => {
                let percent = vec![("percent", row.percent.to_string())];
                post(Place::Tax, row.tax.minor(), percent);
            }
        }
    }
    for tender in &content.tenders {
        post(
            Place::Tender(tender.kind),
            -tender.amount.minor(),
            paid(tender),
        );
    }
    if content.tenders.is_empty() {
        post(Place::Unspecified, -content.total.minor(), Vec::new());
    }
    if content.change.minor() != 0 {
        let change = vec![("label", "change".to_owned())];
        post(
            Place::Tender(TenderKind::Cash),
            content.change.minor(),
            change,
        );
    }
    all
}

fn item(line: &LineAnswer<'_>) -> Vec<(&'static str, String)> {
    let texts = [
        ("item", line.name),
        ("code", line.code),
        ("category", line.category),
    ];
    let mut facts: Vec<_> = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?.to_owned())))
        .collect();
    facts.push(("quantity", format!("{} {}", line.quantity, line.unit)));
    facts
}

fn paid(tender: &Tender) -> Vec<(&'static str, String)> {
    let label = tender.label.as_ref().map(Text::as_str);
    let currency = tender.currency.as_ref().map(|currency| currency.code());
    let texts = [("label", label), ("handed-over", currency)];
    let mut facts: Vec<_> = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?.to_owned())))
        .collect();
    if let Some(card) = &tender.card {
        let shown = format!("{} {}", card.brand.as_str(), card.last4.as_str());
        facts.push(("card", shown));
    }
    facts
}
