//! The door from outside: real sockets on ports of their own, requests as plain text.
//!
//! Nothing here waits for a moment; tests wait for an answer, an end of stream or a gate.

mod bind;
mod body;
mod cap;
mod drain;
mod echo;
#[cfg(test)]
mod identity;
mod slow;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod world;
