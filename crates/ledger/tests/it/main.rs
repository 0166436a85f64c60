//! The ledger from outside. `story` says what any engine behind it must do, as functions over
//! `&Ledger`; `embedded` tells the story to the embedded engine; the rest is about what only a
//! folder on a disk can suffer.
//!
//! Nothing here reads a clock; chance comes from seeds, and a random test prints its own.

#[cfg(test)]
mod content;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod embedded;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod property;
#[cfg(test)]
mod slip;
#[cfg(test)]
mod story;
#[cfg(test)]
mod world;
