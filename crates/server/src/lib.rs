//! The integrated server: settlements come in, names are found, purchases are filed and published.
//!
//! `intake` is the only way into the ledger; `api` speaks JSON and `pages` HTML; `publish` tells pages that something
//! was committed. Nothing here keeps state outside [`app::App`], and only `clock` asks the machine.

pub mod api;
pub mod app;
pub mod auth;
mod body;
pub mod book;
pub mod catalogues;
pub mod clock;
pub mod codes;
pub mod consents;
pub mod exports;
pub mod figures;
mod foresight;
pub mod intake;
pub mod known;
pub mod live;
pub mod look;
pub mod metrics;
pub mod pages;
pub mod publish;
pub mod repair;
pub mod reply;
pub mod run;
pub mod secret;
pub mod sessions;
pub mod sign_in;
mod signed;
pub mod site;
pub mod stream;
pub mod tries;

pub use run::{Config, Database, Running, StartError, start};
