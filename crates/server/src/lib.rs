//! The integrated server: settlements come in, names are found, purchases are filed and published.
//!
//! `intake` is the only way into the ledger; `api` speaks HTTP; `publish` tells pages that something
//! was committed. Nothing here keeps state outside [`app::App`], and only `clock` asks the machine.

pub mod api;
pub mod app;
pub mod auth;
mod body;
pub mod book;
pub mod catalogues;
pub mod clock;
pub mod exports;
mod foresight;
pub mod intake;
pub mod known;
pub mod look;
pub mod metrics;
pub mod publish;
pub mod repair;
pub mod reply;
pub mod run;
pub mod secret;
mod signed;
pub mod stream;
pub mod tries;

pub use run::{Config, Database, Running, StartError, start};
