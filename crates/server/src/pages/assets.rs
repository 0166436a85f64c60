//! The scripts of the pages of an account. Each page works without them.

use crate::app::App;
use crate::html::assets::{Asset, routes};
use axum::Router;
use std::sync::Arc;

/// Brings purchases into an open book as they arrive, and searches while somebody types.
pub(super) static BOOK: Asset = Asset::script("/assets/book.js", include_str!("assets/book.js"));
/// Sends the one form of a page by itself.
pub(super) static AT_ONCE: Asset =
    Asset::script("/assets/at-once.js", include_str!("assets/at-once.js"));
/// Registers passkeys and signs in by them.
pub(super) static PASSKEY: Asset =
    Asset::script("/assets/passkey.js", include_str!("assets/passkey.js"));

/// The routes of all files.
pub(super) fn router() -> Router<Arc<App>> {
    routes(&[&BOOK, &AT_ONCE, &PASSKEY])
}
