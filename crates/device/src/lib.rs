//! The store device: the machine in a shop. It keeps the shop's own database, captures every
//! change of it, rings up sales, and holds each sale until the server has filed it.
//!
//! It never decides what a purchase is called or whose it is: that is the server's part. It never
//! uses the server's rooms; both speak the contract of `wire`.
#![deny(clippy::float_arithmetic)]

pub mod api;
pub mod capture;
pub mod clock;
pub mod code;
pub mod command;
pub mod courier;
pub mod credential;
pub mod database;
pub mod differing;
pub mod follow;
pub mod import;
pub mod joining;
pub mod keeping;
pub mod labels;
pub mod link;
pub mod lists;
pub mod outbox;
pub mod page;
pub mod paired;
pub mod queue_folder;
pub mod reconcile;
pub mod refusal;
pub mod report;
pub mod rotation;
pub mod rules;
pub mod running;
pub mod sender;
pub mod staff;
pub mod stock;
pub mod store;
pub mod till;
pub mod touch;
pub mod wishes;
pub mod wrong_clock;
