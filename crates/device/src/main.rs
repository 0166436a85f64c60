//! `orihon-device`: the store device's program.

fn main() {}
