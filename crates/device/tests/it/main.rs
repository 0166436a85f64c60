//! The store device from outside. One binary, so that it is linked once.
//!
//! What is drawn at random says its seed when it fails.

#[cfg(test)]
mod api;
#[cfg(test)]
mod capture;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod import;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod property;
#[cfg(test)]
mod reconcile;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod skew;
#[cfg(test)]
mod till;
