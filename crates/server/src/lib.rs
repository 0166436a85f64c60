//! The integrated server: settlements come in, names are found, purchases are filed and published.
//!
//! `intake` is the only way into the ledger; `api` speaks JSON, `pages` and `console`
//! HTML; `publish` tells pages that something
//! was committed. Nothing here keeps state outside [`app::App`], and only `clock` asks the machine.

pub mod api;
pub mod app;
mod audit;
pub mod auth;
pub mod blocks;
mod body;
pub mod book;
mod brake;
pub mod catalogues;
pub mod clock;
pub mod codes;
pub mod consents;
mod console;
pub mod contacts;
pub mod counter;
pub mod desk;
pub mod discretion;
pub mod exports;
pub mod figures;
mod foresight;
pub mod given;
pub mod household;
mod html;
pub mod intake;
pub mod known;
mod leaves;
pub mod live;
pub mod look;
pub mod looks;
mod machines;
pub mod merging;
pub mod metrics;
pub mod missing;
pub mod office;
mod overview;
pub mod own_words;
pub mod pace;
pub mod pages;
pub mod partners;
pub mod peer;
mod plain;
pub mod prices;
pub mod programs;
pub mod publish;
pub mod repair;
pub mod reply;
pub mod run;
#[cfg(test)]
mod sample;
mod search;
pub mod secret;
pub mod sessions;
pub mod sign_in;
mod signed;
pub mod site;
pub mod spending;
pub mod standing;
pub mod stream;
pub mod tls;
pub mod tries;
pub mod trust;
pub mod visits;
pub mod ware;
mod warned;
mod wishes;

pub use run::{Config, Database, Running, StartError, start};
