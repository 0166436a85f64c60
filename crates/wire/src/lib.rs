//! The contract: JSON messages and their conversion to the facts of `purchase`. Input is proven
//! here, item by item, and every fault is answered with its place and its remedy.
//!
//! Nothing here stores, sends, sorts out who is asking, or asks the time.
#![deny(clippy::float_arithmetic)]

pub mod account;
pub mod batch;
pub mod catalogue;
pub mod claim;
pub mod codes;
pub mod error;
pub mod joining;
pub mod limits;
pub mod member;
pub mod operator;
pub mod outcome;
pub mod partner;
pub mod report;
pub mod settlement;
pub mod signature;
pub mod time;

mod blame;
mod hex;
mod item;
mod place;
mod scalar;
mod vocabulary;
