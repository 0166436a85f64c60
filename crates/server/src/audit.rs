//! The log of what operators do, as it is read: by spans of 30 days, newest first. It is written in
//! `office`, and only read here.

use crate::app::App;
use crate::reply::Reply;
use ledger::account::{Act, Audited};
use purchase::time::Timestamp;

/// How far back a page goes.
const SPAN_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// Entries read for a page, at most.
const READ_MAX: usize = 100_000;
/// Entries on a page, at most: the newest.
const SHOWN_MAX: usize = 500;

/// A page of the log.
pub(crate) struct Page {
    /// The newest first.
    pub(crate) entries: Vec<Audited>,
    /// Where the next page begins.
    pub(crate) next_before: Timestamp,
}

/// The page that ends before an instant; without one, the newest.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn page(app: &App, before: Option<Timestamp>) -> Reply<Page> {
    // What was done at this very millisecond belongs to the page.
    let before = before.unwrap_or_else(|| app.clock.now().plus_ms(1));
    let from = before.plus_ms(-SPAN_MS);
    let mut entries = app.ledger.audited(from, before, READ_MAX)?;
    entries.reverse();
    let is_cut = entries.len() > SHOWN_MAX;
    entries.truncate(SHOWN_MAX);
    // Of those of one instant, which a cut may part, none is left out: they come again.
    let next_before = match entries.last() {
        Some(last) if is_cut => last.at.plus_ms(1),
        Some(_) | None => from,
    };
    Ok(Page {
        entries,
        next_before,
    })
}

/// An act by the name that programs read.
pub(crate) const fn name(act: Act) -> &'static str {
    match act {
        Act::SignedIn => "signed_in",
        Act::SignedOut => "signed_out",
        Act::KeyAdded => "key_added",
        Act::KeyRevoked => "key_revoked",
        Act::StoreAdded => "store_added",
        Act::StoreChanged => "store_changed",
        Act::StoreClosed => "store_closed",
        Act::PairingMade => "pairing_made",
        Act::DeviceAdded => "device_added",
        Act::DeviceRevoked => "device_revoked",
        Act::ChainAdded => "chain_added",
        Act::PersonAdded => "person_added",
        Act::PersonKeyAdded => "person_key_added",
        Act::PersonSought => "person_sought",
        Act::ReceiptSought => "receipt_sought",
        Act::NameConfirmed => "name_confirmed",
        Act::LinkMade => "link_made",
        Act::PrivateOpened => "private_opened",
        Act::ReceiptGiven => "receipt_given",
        Act::ReceiptRefused => "receipt_refused",
        Act::NameWished => "name_wished",
        Act::WishTakenBack => "wish_taken_back",
        Act::PartnerAdded => "partner_added",
        Act::PartnerRemoved => "partner_removed",
        Act::RecoveryLinkMade => "recovery_link_made",
        Act::PersonSuspended => "person_suspended",
        Act::PersonResumed => "person_resumed",
        Act::PeopleMerged => "people_merged",
        Act::PurchasesSeen => "purchases_seen",
    }
}
