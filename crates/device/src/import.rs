//! Product lists as shops have them: bytes of a file in, proven rows out, with every fault told.
//!
//! It reads nothing but the bytes it is handed and writes nowhere: what is done with the rows, and
//! whether codes that the list leaves out are taken away, is decided by whoever asked. One faulty
//! row spoils no other, and nothing is guessed that could cost money.

mod choice;
mod column;
mod decode;
mod fault;
mod field;
mod plan;
mod preview;
mod price;
mod row;
mod table;
mod tax;
mod text;

pub use choice::{Choice, ChoiceError};
pub use column::Mapping;
pub use decode::Encoding;
pub use fault::{Fault, ImportError, RowError};
pub use field::Field;
pub use plan::{Plan, read};
pub use row::{ItemRow, Row};

/// The largest file that is read.
pub const BYTES_MAX: usize = 64 * 1_024 * 1_024;
/// The most rows that are read.
pub const ROWS_MAX: u64 = 1_000_000;
/// The most columns that a file may have.
pub const COLUMNS_MAX: usize = 500;
/// The most faults that are told in full; the others are counted.
pub const ERRORS_MAX: usize = 1_000;
