//! Codes as shops have them: what a scanner or a keyboard hands over, the world's article numbers,
//! and labels that a shop's own scale has printed.
//!
//! Nothing here knows which codes exist: it says what a code means by its digits alone, and never
//! looks into a database.

mod gtin;
mod pattern;
mod patterns;
mod scan;

pub use gtin::{Gtin, GtinError};
pub use pattern::{Pattern, PatternError};
pub use patterns::{Patterns, PatternsError, Resolved};
pub use scan::{ScanError, plain, read};
