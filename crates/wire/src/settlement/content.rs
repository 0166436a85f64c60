//! From a settlement's message to its content: the key, the buyer and everything around the lines.
//! Every value is proven, and all that are wrong are told.

use super::message::{
    BuyerMessage, OriginalMessage, OtherMessage, PointsMessage, SettlementMessage,
};
use super::{extra, line, row};
use crate::claim::{self, ClaimCode};
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::time::instant;
use crate::vocabulary;
use purchase::id::{IdError, Label, Revision, SettlementKey, StoreId};
use purchase::limits::NOTE_CHARS_MAX;
use purchase::money::{Amount, Currency};
use purchase::quantity::Quantity;
use purchase::settlement::{
    Buyer, CatalogueMark, Content, LineNumber, Original, OriginalLine, Points,
};
use purchase::text::Text;
use purchase::time::BusinessDate;

const ROOT: Place<'static> = Place::Root;

pub(super) fn claim_code(
    message: &SettlementMessage<'_>,
    findings: &mut Findings,
) -> Option<ClaimCode> {
    let place = ROOT.member("claim_code");
    findings.maybe(place, message.claim_code.as_ref(), |words| {
        claim::prove(words.as_str())
    })
}

/// The content, if every value that it cannot do without is right.
pub(super) fn content(
    message: &SettlementMessage<'_>,
    claim_code: Option<ClaimCode>,
    findings: &mut Findings,
) -> Option<Content> {
    let key = key(ROOT, parts_of(message), findings);
    let kind = vocabulary::read(message.kind.as_str(), &vocabulary::KINDS, vocabulary::kind);
    let kind = findings.take(ROOT.member("kind"), kind);
    let at = instant(message.purchased_at.as_str());
    let purchased_at = findings.take(ROOT.member("purchased_at"), at);
    let currency = Currency::parse(message.currency.as_str());
    let currency = findings.take(ROOT.member("currency"), currency);
    let buyer = message
        .user
        .as_ref()
        .map_or(Buyer::Absent, |user| buyer(user, findings));
    let lineage = text(
        "catalogue_lineage",
        message.catalogue_lineage.as_ref(),
        findings,
    );
    let lines = line::lines(&message.lines, findings);
    let total = findings.take(ROOT.member("total"), message.total.prove());
    let adjustments = row::adjustments(&message.adjustments, findings);
    let taxes = row::taxes(&message.taxes, findings);
    let tenders = row::tenders(&message.tenders, findings);
    let change = findings.maybe(ROOT.member("change"), message.change, |m| m.prove());
    let of = message.of.as_ref().and_then(|of| original(of, findings));
    let with = message.with.as_ref().and_then(|with| other(with, findings));
    let receipt_number = text("receipt_number", message.receipt_number.as_ref(), findings);
    let staff = text("staff", message.staff.as_ref(), findings);
    let points = message.points.as_ref().map(|sent| points(sent, findings));
    let notes = notes(&message.notes, findings);
    let extra = findings.maybe(ROOT.member("extra"), message.extra, extra::prove);
    Some(Content {
        key: key?,
        kind: kind?,
        purchased_at: purchased_at?,
        currency: currency?,
        buyer,
        claim: claim_code.map(|code| code.hash()),
        mark: CatalogueMark {
            revision: message.catalogue_revision.map(Revision),
            lineage,
        },
        lines: lines?,
        total: total?,
        adjustments,
        taxes,
        tenders,
        change: change.unwrap_or(Amount::ZERO),
        of,
        with,
        receipt_number,
        staff,
        points,
        notes,
        extra,
    })
}

fn text(name: &str, sent: Option<&Words<'_>>, findings: &mut Findings) -> Option<Text> {
    findings.maybe(ROOT.member(name), sent, Words::prove)
}

/// The four parts of a key, as sent.
struct Parts<'a> {
    store_id: &'a Words<'a>,
    terminal: &'a Words<'a>,
    business_date: &'a Words<'a>,
    transaction: &'a Words<'a>,
}

const fn parts_of<'a>(message: &'a SettlementMessage<'a>) -> Parts<'a> {
    Parts {
        store_id: &message.store_id,
        terminal: &message.terminal,
        business_date: &message.business_date,
        transaction: &message.transaction,
    }
}

fn key(place: Place<'_>, sent: Parts<'_>, findings: &mut Findings) -> Option<SettlementKey> {
    let store_id = StoreId::parse(sent.store_id.as_str());
    let store_id = findings.take(place.member("store_id"), store_id);
    let mut label = |name: &str, words: &Words<'_>| {
        let proven: Result<Label, IdError> = Label::parse(words.as_str());
        findings.take(place.member(name), proven)
    };
    let terminal = label("terminal", sent.terminal);
    let transaction = label("transaction", sent.transaction);
    let date = BusinessDate::parse(sent.business_date.as_str());
    let business_date = findings.take(place.member("business_date"), date);
    Some(SettlementKey {
        store_id: store_id?,
        terminal: terminal?,
        business_date: business_date?,
        transaction: transaction?,
    })
}

fn buyer(user: &BuyerMessage<'_>, findings: &mut Findings) -> Buyer {
    let place = ROOT.member("user");
    let (name, words, kind): (_, _, fn(Text) -> Buyer) =
        match (&user.id, &user.member_code, &user.pseudonym) {
            (Some(id), None, None) => ("id", id, Buyer::Id),
            (None, Some(code), None) => ("member_code", code, Buyer::MemberCode),
            (None, None, Some(name)) => ("pseudonym", name, Buyer::Pseudonym),
            (_, _, _) => {
                let detail = "takes exactly one of id, member_code and pseudonym; \
                              leave user out if nobody said who bought";
                findings.add(place, Finding::invalid(detail));
                return Buyer::Absent;
            }
        };
    findings
        .take(place.member(name), words.prove())
        .map_or(Buyer::Absent, kind)
}

fn original(of: &OriginalMessage<'_>, findings: &mut Findings) -> Option<Original> {
    let place = ROOT.member("of");
    let parts = Parts {
        store_id: &of.store_id,
        terminal: &of.terminal,
        business_date: &of.business_date,
        transaction: &of.transaction,
    };
    let key = key(place, parts, findings);
    let rows = place.member("lines");
    let mut lines = Vec::with_capacity(of.lines.len());
    for (at, entry) in of.lines.iter().enumerate() {
        let row = rows.row(at);
        let quantity = Quantity::parse(&entry.quantity.0);
        if let Some(quantity) = findings.take(row.member("quantity"), quantity) {
            let line = LineNumber(entry.line);
            lines.push(OriginalLine { line, quantity });
        }
    }
    Some(Original { key: key?, lines })
}

fn other(with: &OtherMessage<'_>, findings: &mut Findings) -> Option<SettlementKey> {
    let parts = Parts {
        store_id: &with.store_id,
        terminal: &with.terminal,
        business_date: &with.business_date,
        transaction: &with.transaction,
    };
    key(ROOT.member("with"), parts, findings)
}

fn points(sent: &PointsMessage, findings: &mut Findings) -> Points {
    let place = ROOT.member("points");
    let mut amount =
        |name: &str, sent| findings.maybe(place.member(name), sent, crate::scalar::Money::prove);
    Points {
        earned: amount("earned", sent.earned),
        used: amount("used", sent.used),
        balance: amount("balance", sent.balance),
    }
}

fn notes(sent: &[Words<'_>], findings: &mut Findings) -> Vec<Text> {
    let place = ROOT.member("notes");
    sent.iter()
        .enumerate()
        .filter_map(|(at, note)| {
            findings.take(place.row(at), Text::new(note.as_str(), NOTE_CHARS_MAX))
        })
        .collect()
}
