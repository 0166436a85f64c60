//! A purchase as its owner reads it: what the ledger gives back, with the store's names and clock.
//! Who may read it is decided before; nothing here is written.

use crate::app::App;
use crate::reply::Reply;
use jiff::tz::TimeZone;
use ledger::account::Filed;
use purchase::store::Store;
use std::sync::Arc;
use wire::account::message::PurchaseMessage;
use wire::account::{View, purchase_message};

/// A store with its clock.
pub struct Shop {
    /// The store.
    pub store: Arc<Store>,
    /// Its zone.
    pub zone: TimeZone,
}

/// The store of a purchase; every purchase has one.
///
/// # Errors
/// 404 if it is gone, which does not happen.
pub fn store_of(app: &App, filed: &Filed) -> Reply<Shop> {
    let store = app.store(&filed.settlement.content().key.store_id)?;
    let zone = app.zone(store.timezone.as_str());
    Ok(Shop { store, zone })
}

/// A purchase as its owner reads it.
#[must_use]
pub fn message<'a>(filed: &'a Filed, shop: &'a Shop) -> PurchaseMessage<'a> {
    purchase_message(&View {
        purchase_id: filed.purchase_id,
        settlement: filed.settlement.content(),
        received_at: filed.received_at,
        store: &shop.store,
        identity: filed.identity,
        names: &filed.names,
        returned_micros: &filed.returned_micros,
        warnings: filed.warnings,
        voided_by: filed.voided_by.as_ref(),
        zone: &shop.zone,
    })
}
