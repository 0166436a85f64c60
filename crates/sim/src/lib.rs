//! The weather: real devices and a real server in one thread, in virtual time, over a network that
//! loses, repeats and tears, while machines crash and copies are put back. One seed decides all of
//! it. What a till was told "yes" for must come out in the person's book, once, with its name.
//!
//! Nothing here is part of the product, and nothing of the product knows that it is here.

pub mod chance;
pub mod oracle;
pub mod shop;
pub mod story;
pub mod town;
pub mod weather;
