//! The facts of a purchase from outside: tables of the contract's rules, and random settlements,
//! catalogues and returns against small models that are written differently.
//!
//! Nothing here reads a clock; what is drawn at random says its seed when it fails.

#[cfg(test)]
mod canonical;
#[cfg(test)]
mod code;
#[cfg(test)]
mod decide;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod id;
#[cfg(test)]
mod money;
#[cfg(test)]
mod naming;
#[cfg(test)]
mod property;
#[cfg(test)]
mod quantity;
#[cfg(test)]
mod returns;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod settlement;
#[cfg(test)]
mod store;
#[cfg(test)]
mod sums;
#[cfg(test)]
mod text;
#[cfg(test)]
mod time;
