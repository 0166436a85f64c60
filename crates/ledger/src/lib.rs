//! The memory of the server: what it takes, it keeps; what it gives, it has opened and checked.
//!
//! Callers speak in purchases, catalogues and stores. This crate seals every body before it
//! reaches the engine, commits a batch durably before it says so, and refuses to open data that
//! is less than what was acknowledged. It knows neither JSON nor HTTP, and never asks the time.
#![deny(clippy::float_arithmetic)]

pub mod account;
pub mod body;
pub mod embedded;
pub mod fault;
pub mod keyring;
pub mod notice;
#[doc(hidden)]
pub mod postgres;
pub mod profile;
pub mod seal;
pub mod watermark;
pub mod write;

#[cfg(test)]
#[path = "../tests/it/property.rs"]
mod property;

pub use embedded::Ledger;
