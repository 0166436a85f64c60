//! The facts of a purchase: money, ids, item codes, catalogues, settlements, how a line gets its
//! name as of the sale, and what a return does to what was sold.
//!
//! Everything here is a value or a pure function. This crate never asks the time, never draws a
//! random number, never reads or writes anything, and knows neither JSON nor storage.
#![deny(clippy::float_arithmetic)]

pub mod bytes;
pub mod canonical;
pub mod card;
pub mod catalogue;
pub mod code;
pub mod decide;
pub mod fold;
pub mod id;
pub mod limits;
pub mod member;
pub mod money;
pub mod naming;
pub mod quantity;
pub mod report;
pub mod returns;
pub mod scan;
pub mod settlement;
pub mod store;
pub mod sums;
pub mod text;
pub mod time;
pub mod warning;
