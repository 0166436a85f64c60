//! The contract from outside: what is read, what is refused and where, what is written.
//! One binary, so that it is linked once.

#[cfg(test)]
mod account;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod claim;
#[cfg(test)]
mod digest;
#[cfg(test)]
mod error;
#[cfg(test)]
mod extra;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod member;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod outcome;
#[cfg(test)]
mod report;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod settlement;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod town;
