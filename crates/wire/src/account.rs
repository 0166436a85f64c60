//! What a person is told about what was bought: each purchase with the names of its items as of the
//! sale, in the store's own time. Nothing is looked up here; a [`View`] brings all there is.

use crate::outcome::KeyMessage;
use crate::time::show;
use crate::vocabulary;
use jiff::tz::TimeZone;
use message::{PurchaseMessage, StoreAnswer};
use purchase::id::{PurchaseId, SettlementKey};
use purchase::naming::LineName;
use purchase::settlement::Content;
use purchase::store::{IdentityNumber, Store};
use purchase::text::Text;
use purchase::time::Timestamp;
use purchase::warning::Warnings;
use serde_json::value::RawValue;

pub mod export;
mod line;
pub mod message;
pub mod query;
pub(crate) mod row;

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
        adjustments: content.adjustments.iter().map(row::adjustment).collect(),
        taxes: content.taxes.iter().map(row::tax).collect(),
        tenders: content.tenders.iter().map(row::tender).collect(),
        change: content.change.minor(),
        of: content.of.as_ref().map(row::original),
        with: content.with.as_ref().map(KeyMessage::from),
        receipt_number: content.receipt_number.as_ref().map(Text::as_str),
        staff: content.staff.as_ref().map(Text::as_str),
        points: content.points.map(row::points),
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
