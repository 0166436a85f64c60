//! What a person is told about what was bought: each purchase with the names of its items as of the
//! sale, in the store's own time. Nothing is looked up here; a [`View`] brings all there is.

use crate::outcome::KeyMessage;
use crate::time::show;
use crate::vocabulary;
use jiff::tz::TimeZone;
use message::{
    AdjustmentAnswer, CardAnswer, OriginalAnswer, OriginalLineAnswer, PointsAnswer,
    PurchaseMessage, StoreAnswer, TaxAnswer, TenderAnswer,
};
use purchase::id::{PurchaseId, SettlementKey};
use purchase::naming::LineName;
use purchase::settlement::{Adjustment, Card, Content, Original, Points, Reduced, Tax, Tender};
use purchase::store::{IdentityNumber, Store};
use purchase::text::Text;
use purchase::time::Timestamp;
use purchase::warning::Warnings;
use serde_json::value::RawValue;

mod line;
pub mod message;
pub mod query;

/// A purchase with all that its message needs.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Its id.
    pub purchase_id: PurchaseId,
    /// What the store sent.
    pub settlement: &'a Content,
    /// When the server received it.
    pub received_at: Timestamp,
    /// The store.
    pub store: &'a Store,
    /// How the store presented itself at the sale.
    pub identity: IdentityNumber,
    /// One name per line.
    pub names: &'a [LineName],
    /// What came back, per line, in millionths; empty if nothing did.
    pub returned_micros: &'a [u64],
    /// Remarks.
    pub warnings: Warnings,
    /// The void that took it back.
    pub voided_by: Option<&'a SettlementKey>,
    /// The store's time zone.
    pub zone: &'a TimeZone,
}

/// The message of one purchase.
#[must_use]
pub fn purchase_message<'a>(view: &View<'a>) -> PurchaseMessage<'a> {
    let content = view.settlement;
    let extra = content.extra.as_deref();
    PurchaseMessage {
        purchase_id: view.purchase_id.to_string(),
        kind: vocabulary::kind(content.kind),
        store: store(view),
        key: (&content.key).into(),
        purchased_at: show(content.purchased_at, view.zone),
        received_at: show(view.received_at, view.zone),
        currency: content.currency.code(),
        total: content.total.minor(),
        warnings: view.warnings.iter().map(vocabulary::warning).collect(),
        lines: line::lines(view),
        adjustments: content.adjustments.iter().map(adjustment).collect(),
        taxes: content.taxes.iter().map(tax).collect(),
        tenders: content.tenders.iter().map(tender).collect(),
        change: content.change.minor(),
        of: content.of.as_ref().map(original),
        with: content.with.as_ref().map(KeyMessage::from),
        receipt_number: content.receipt_number.as_ref().map(Text::as_str),
        staff: content.staff.as_ref().map(Text::as_str),
        points: content.points.map(points),
        notes: content.notes.iter().map(Text::as_str).collect(),
        // It was proven to be JSON when it came in.
        extra: extra.and_then(|extra| serde_json::from_str::<&RawValue>(extra).ok()),
        voided_by: view.voided_by.map(KeyMessage::from),
    }
}

fn store<'a>(view: &View<'a>) -> StoreAnswer<'a> {
    let identity = view.store.identity(view.identity);
    StoreAnswer {
        id: view.store.store_id.as_str(),
        name: identity.name.as_str(),
        issuer: identity.issuer.as_ref().map(Into::into),
        address: identity.address.as_ref().map(Text::as_str),
        phone: identity.phone.as_ref().map(Text::as_str),
        receipt_footer: identity.receipt_footer.as_ref().map(Text::as_str),
    }
}

fn adjustment(row: &Adjustment) -> AdjustmentAnswer<'_> {
    AdjustmentAnswer {
        kind: vocabulary::adjustment_kind(row.kind),
        label: row.label.as_str(),
        amount: row.amount.minor(),
        tax_percent: row.tax_percent.map(|percent| percent.to_string()),
        lines: row.lines.iter().map(|line| line.0).collect(),
    }
}

fn tax(row: &Tax) -> TaxAnswer {
    TaxAnswer {
        percent: row.percent.to_string(),
        included: vocabulary::is_included(row.place),
        taxable: row.taxable.minor(),
        tax: row.tax.minor(),
        reduced: row.reduced.map(|reduced| match reduced {
            Reduced::Full => false,
            Reduced::Reduced => true,
        }),
        class: row.class.map(vocabulary::tax_class),
    }
}

fn tender(row: &Tender) -> TenderAnswer<'_> {
    TenderAnswer {
        kind: vocabulary::tender_kind(row.kind),
        amount: row.amount.minor(),
        label: row.label.as_ref().map(Text::as_str),
        currency: row.currency.as_ref().map(|currency| currency.code()),
        card: row.card.as_ref().map(card),
    }
}

fn card(card: &Card) -> CardAnswer<'_> {
    CardAnswer {
        brand: card.brand.as_str(),
        first6: card.first6.as_ref().map(Text::as_str),
        last4: card.last4.as_str(),
    }
}

fn original(of: &Original) -> OriginalAnswer {
    let lines = of.lines.iter().map(|entry| OriginalLineAnswer {
        line: entry.line.0,
        quantity: entry.quantity.to_string(),
    });
    OriginalAnswer {
        key: (&of.key).into(),
        lines: lines.collect(),
    }
}

fn points(points: Points) -> PointsAnswer {
    PointsAnswer {
        earned: points.earned.map(|amount| amount.minor()),
        used: points.used.map(|amount| amount.minor()),
        balance: points.balance.map(|amount| amount.minor()),
    }
}

/// Where a page ended, as text for the person's program: opaque, and different from a purchase id
/// so that nobody takes one for the other.
#[must_use]
pub fn cursor(last: PurchaseId) -> String {
    let id = last.to_string();
    format!("{CURSOR}{}", id.strip_prefix("pur_").unwrap_or(&id))
}

/// Begins a cursor of version 1.
const CURSOR: &str = "c1_";

/// Reads what [`cursor`] wrote.
#[must_use]
pub fn read_cursor(text: &str) -> Option<PurchaseId> {
    let digits = text.strip_prefix(CURSOR)?;
    PurchaseId::parse(&format!("pur_{digits}")).ok()
}
