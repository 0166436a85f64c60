//! Architecture and style of the whole tree, as tests.
//!
//! A rule is a pure function from paths and texts to complaints. Each is fed a bad sample by a
//! test of its own, because a rule that cannot complain proves nothing, and the tree by another.
//! A complaint says where, what and how to mend it. Nothing here builds, writes or downloads.

// Clippy's exceptions for tests reach helpers only below this attribute.
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod asking_the_machine;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod lengths;
#[cfg(test)]
mod names;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod rust;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod stored_keys;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod tree;
