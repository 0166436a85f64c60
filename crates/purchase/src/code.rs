//! Codes as shops have them: the world's article numbers, and labels that a shop's own scale has
//! printed, which mean an item by the store's patterns.
//!
//! Nothing here knows which codes exist: it says what a code means by its digits alone.

mod gtin;
mod history;
mod pattern;
mod patterns;

pub use gtin::{Gtin, GtinError};
pub use history::{Lead, PatternHistory, PatternSet, PatternsChange};
pub use pattern::{Pattern, PatternError};
pub use patterns::{Patterns, PatternsError, Resolved};
