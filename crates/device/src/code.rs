//! What a scanner or a keyboard hands over, made into a code. What a code means is in `purchase`.

mod scan;

pub use scan::{ScanError, plain, read};
