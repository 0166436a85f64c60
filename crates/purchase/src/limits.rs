//! Every bound of the facts, in one place. Bounds of the transport (bodies, batches, connections)
//! live in `wire` and `door`.

/// Lines in one settlement, the widest supermarket trolley several times over.
pub const LINES_MAX: usize = 500;
/// Rows of adjustments, taxes, tenders and notes in one settlement, each.
pub const ROWS_MAX: usize = 100;
/// Discounts named on one line.
pub const LINE_DISCOUNTS_MAX: usize = 20;
/// Characters of a name or label.
pub const TEXT_CHARS_MAX: usize = 200;
/// Characters of one note on a receipt.
pub const NOTE_CHARS_MAX: usize = 1_000;
/// Bytes of the free-form `extra` object.
pub const EXTRA_BYTES_MAX: usize = 4_096;
/// Characters of an item code.
pub const CODE_CHARS_MAX: usize = 64;
/// Characters of a store id.
pub const STORE_ID_CHARS_MAX: usize = 64;
/// Characters of a terminal or transaction.
pub const TERMINAL_CHARS_MAX: usize = 32;
/// The largest amount of money in minor units, either way: under 2^53, so that a browser reads
/// it exactly.
pub const AMOUNT_MAX: i64 = 999_999_999_999_999;
/// Fractional digits of a quantity.
pub const QUANTITY_DECIMALS: u32 = 6;
/// The largest quantity in millionths: a million of anything.
pub const QUANTITY_MICROS_MAX: u64 = 1_000_000_000_000;
/// The largest percentage, in ten-thousandths of a percent: 1,000 %.
pub const PERCENT_UNITS_MAX: u32 = 10_000_000;
/// How far ahead of its receipt a sale may claim to be before it is sorted by its receipt.
pub const CLOCK_AHEAD_MS_MAX: i64 = 10 * 60 * 1_000;
/// How old a sale may be for a later catalogue revision to name it without the store's word.
pub const NAMING_AGE_MS_MAX: i64 = 31 * 24 * 60 * 60 * 1_000;
/// Patterns of in-store codes of one store: more kinds of labels than any shop prints.
pub const PATTERNS_MAX: usize = 200;
/// Sets of patterns that are remembered of a store; a set holds until another takes its place.
pub const PATTERN_SETS_MAX: usize = 64;

const _: () = assert!(AMOUNT_MAX < (1 << 53));
const _: () = assert!(EXTRA_BYTES_MAX >= NOTE_CHARS_MAX);
