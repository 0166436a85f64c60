//! The program from outside: started, asked, stopped and killed as an operator would, on folders of
//! its own. What it prints is part of its interface, and so is its exit status.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod export;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod migrate;
#[cfg(test)]
#[expect(dead_code, reason = "the ledger's own tests need more of it")]
#[path = "../../../ledger/tests/it/postgres/server.rs"]
mod postgres;
#[cfg(test)]
mod program;
#[cfg(test)]
mod refuse;
#[cfg(test)]
mod set_up;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod verify;
