//! The canonical bytes: they read back, they differ wherever two settlements differ, they have one
//! spelling, and those of version 1 stay readable for ever.

mod bytes;
mod changes;
mod damage;
mod fixture;
mod round_trip;
