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

/// Turns the page of the code when a purchase arrives, and keeps codes for where there is no signal.
pub(super) static CODE: Asset = Asset::script("/assets/code.js", include_str!("assets/code.js"));
/// Reads the code of a receipt with the camera, and tidies what is typed.
pub(super) static CLAIM: Asset = Asset::script("/assets/claim.js", include_str!("assets/claim.js"));
/// Opens the print dialogue of the browser.
pub(super) static PRINT: Asset = Asset::script("/assets/print.js", include_str!("assets/print.js"));
/// Answers for the page of the code where there is no signal. Its address decides what it may answer for.
static WORKER: Asset = Asset::script("/sw.js", include_str!("assets/sw.js"));
/// What a phone needs to put the pages among its programs.
static MANIFEST: Asset = Asset::new(
    "/manifest.webmanifest",
    "application/manifest+json",
    include_str!("assets/manifest.webmanifest"),
);

/// The routes of all files.
pub(super) fn router() -> Router<Arc<App>> {
    routes(&[
        &BOOK, &AT_ONCE, &PASSKEY, &CODE, &CLAIM, &PRINT, &WORKER, &MANIFEST,
    ])
}
