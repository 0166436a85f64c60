//! The store device from outside. One binary, so that it is linked once.
//!
//! What is drawn at random says its seed when it fails.

#[cfg(test)]
mod api;
#[cfg(test)]
mod capture;
#[cfg(test)]
mod close;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod differing;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod find;
#[cfg(test)]
mod follow;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod hurry;
#[cfg(test)]
mod import;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod property;
#[cfg(test)]
mod queue_folder;
#[cfg(test)]
mod reconcile;
#[cfg(test)]
mod refusal;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod skew;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod till;
#[cfg(test)]
mod touch;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod wishes;
#[cfg(test)]
mod wrong_clock;
