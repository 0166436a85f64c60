//! The server from outside: a real one for each test, on a folder and a port of its own, asked over
//! real connections. Nothing here waits for a moment; tests wait for answers and for states.

#[cfg(test)]
mod account;
#[cfg(test)]
mod back;
#[cfg(test)]
mod bad;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod call;
#[cfg(test)]
mod card;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod chains;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod console;
#[cfg(test)]
mod database;
#[cfg(test)]
mod days;
#[cfg(test)]
mod desk_people;
#[cfg(test)]
mod discretion;
#[cfg(test)]
mod events;
#[cfg(test)]
mod export;
#[cfg(test)]
mod goods;
#[cfg(test)]
mod health;
#[cfg(test)]
mod household;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod missing;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod names;
#[cfg(test)]
mod others;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod pages_claim;
#[cfg(test)]
mod pages_code;
#[cfg(test)]
mod pages_missing;
#[cfg(test)]
mod pages_spending;
#[cfg(test)]
mod partners;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod people;
#[cfg(test)]
#[expect(dead_code, reason = "the ledger's own tests need more of it")]
#[path = "../../../ledger/tests/it/postgres/server.rs"]
mod postgres;
#[cfg(test)]
mod read;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod rough;
#[cfg(test)]
mod settle;
#[cfg(test)]
mod show;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod signed;
#[cfg(test)]
mod snapshot;
#[cfg(test)]
mod store_pages;
mod stores;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod world;
