//! Every bound of the messages, in one place, and the answer that tells them to clients. Bounds of
//! the facts themselves live in `purchase`, those of connections in `door`.

use serde::Serialize;
use utoipa::ToSchema;

/// Bytes of one settlement.
pub const SETTLEMENT_BYTES: usize = 262_144;
/// Lines of one settlement.
pub const LINES: usize = purchase::limits::LINES_MAX;
/// Bytes of one batch.
pub const BATCH_BYTES: usize = 4_194_304;
/// Settlements of one batch.
pub const BATCH_ITEMS: usize = 1_000;
/// Bytes of what a device tells of itself.
pub const REPORT_BYTES: usize = 65_536;
/// Names that one answer to a report asks for.
pub const WISHES: usize = 200;
/// Bytes of one catalogue update or snapshot.
pub const CATALOGUE_BYTES: usize = 67_108_864;
/// Faults told about one message; who mends a hundred sees the rest.
pub const ERRORS: usize = 100;
/// Levels of arrays and objects inside `extra`, itself included.
pub const EXTRA_DEPTH: usize = 16;
/// Purchases on a page unless the person asks otherwise.
pub const PAGE_DEFAULT: usize = 20;
/// Purchases on the longest page.
pub const PAGE: usize = 100;
/// Characters of a search.
pub const SEARCH_CHARS: usize = 200;
/// Digits of a claim code.
pub const CLAIM_DIGITS: usize = 20;
/// Digits of a member code.
pub const MEMBER_DIGITS: usize = 22;
/// Member codes given out at once.
pub const MEMBER_CODES: u8 = 32;

const _: () = assert!(SETTLEMENT_BYTES <= BATCH_BYTES);
const _: () = assert!(PAGE_DEFAULT <= PAGE);

/// The answer of `GET /v1/limits`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "settlement_bytes": 262_144, "lines": 500, "batch_bytes": 4_194_304, "batch_items": 1000,
    "catalogue_bytes": 67_108_864, "version": "0.0.0"
}))]
pub struct Limits {
    /// Bytes of one settlement.
    pub settlement_bytes: usize,
    /// Lines of one settlement.
    pub lines: usize,
    /// Bytes of one batch.
    pub batch_bytes: usize,
    /// Settlements of one batch.
    pub batch_items: usize,
    /// Bytes of one catalogue update or snapshot.
    pub catalogue_bytes: usize,
    /// The version of the server.
    pub version: String,
}

impl Limits {
    /// The limits of a server of that version.
    #[must_use]
    pub fn of(version: &str) -> Self {
        Self {
            settlement_bytes: SETTLEMENT_BYTES,
            lines: LINES,
            batch_bytes: BATCH_BYTES,
            batch_items: BATCH_ITEMS,
            catalogue_bytes: CATALOGUE_BYTES,
            version: version.to_owned(),
        }
    }
}
