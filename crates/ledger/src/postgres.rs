//! The groundwork of the ledger on PostgreSQL: its tables, the way to a database, and rows read and
//! written in bulk. A row lies there under the key that it has in the embedded ledger, with the same
//! bytes, so that order, ranges and prefixes are the same in both.
//!
//! What a row means is never decided here. Transactions are those that make the schema, in which a batch
//! is decided, and that hold a moment for reading. Nothing but standard SQL of PostgreSQL 15 is asked for: no extension, trigger,
//! sequence, default, advisory lock or notification.

pub mod cell;
pub(crate) mod columns;
pub mod counts;
pub mod fault;
pub(crate) mod filing;
pub(crate) mod line;
pub mod moving;
pub mod open;
mod parts;
pub mod rows;
pub mod schema;
mod statement;
pub(crate) mod table;
pub mod tables;
pub(crate) mod turn;
pub mod waiting;
pub mod writing;
