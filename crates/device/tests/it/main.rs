//! The store device from outside. One binary, so that it is linked once.
//!
//! What is drawn at random says its seed when it fails.

#[cfg(test)]
mod codes;
#[cfg(test)]
mod import;
#[cfg(test)]
mod property;
