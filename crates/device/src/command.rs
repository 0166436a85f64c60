//! What can be typed. Every option has an `ORIHON_DEVICE_…` twin in the environment. What a command
//! does lives in its own file.

use crate::clock::Clock;
use crate::joining::{self, At, Learnt};
use clap::{Parser, Subcommand};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

mod days;
mod import;
mod key;
mod look;
mod queue;
mod refused;
mod serve;
mod set;

/// The store device: sells, and gets every sale to the integrated server.
#[derive(Debug, Parser)]
#[command(
    name = "orihon-device",
    version,
    about,
    after_help = "Begin with: orihon-device join CODE --server URL"
)]
pub struct Cli {
    /// The folder of the store database.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ORIHON_DEVICE_DATA",
        default_value = "store"
    )]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes this device one of a store's, by the code that an operator shows (orihon device pair).
    Join {
        /// The pairing code, in any case, with or without dashes.
        code: String,
        #[command(flatten)]
        at: At,
    },
    /// The same with a key that an operator made (orihon device add).
    Connect {
        /// The store's id.
        store_id: String,
        /// The device's key (ord_…).
        #[arg(
            long,
            value_name = "KEY",
            env = "ORIHON_DEVICE_KEY",
            hide_env_values = true
        )]
        key: String,
        #[command(flatten)]
        at: At,
    },
    /// Sends to another address from the next start on, after the server has moved.
    Follow {
        #[command(flatten)]
        at: At,
    },
    /// Serves the till page and the till interface, and sends what was sold.
    Run {
        /// Where tills find it.
        #[arg(
            long,
            value_name = "ADDR",
            env = "ORIHON_DEVICE_LISTEN",
            default_value = "127.0.0.1:8471"
        )]
        listen: SocketAddr,
        /// Product lists that appear in this folder are imported by themselves.
        #[arg(long, value_name = "DIR", env = "ORIHON_DEVICE_WATCH")]
        watch: Option<PathBuf>,
    },
    /// Takes a product list over into the items.
    Import(import::Args),
    /// Shows the patterns of in-store codes, or sets them all: 22IIIIIPPPPPC (none takes them away).
    Patterns {
        /// The patterns.
        patterns: Vec<String>,
    },
    /// Shows the keys for what is sold by touch, or sets them all: CODE CODE … (none takes them away).
    Touch {
        /// The codes, from the upper left.
        codes: Vec<String>,
    },
    /// Shows what the shop decides for itself, or sets one of it.
    Set {
        /// Which; without it, all are shown.
        name: Option<String>,
        /// What; empty for what holds if nothing is set.
        value: Option<String>,
    },
    /// Who serves, and by which PIN.
    #[command(subcommand)]
    Staff(set::StaffCommand),
    /// Tills on other machines and their keys.
    #[command(subcommand)]
    Till(set::TillCommand),
    /// Says what waits, for how long, and what stands in the way.
    Status,
    /// Writes the queue into a folder, sends such a folder, or loads it.
    Queue {
        #[command(subcommand)]
        task: queue::Task,
    },
    /// Gives this device a new key pair, or shows the public key.
    Key {
        #[command(subcommand)]
        deed: key::Deed,
    },
    /// Shows trading days on which the server has something else, or settles one.
    Days(days::Args),
    /// Says for how many days filed sales are kept, or sets it.
    Keep {
        /// At least 100.
        days: Option<u32>,
    },
    /// Shows sales that the server refused; sends one again, corrected or not, or takes it off.
    Refused(refused::Args),
}

/// Does it.
///
/// # Errors
/// What went wrong, with the fix.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let (data, clock) = (cli.data.as_path(), Clock::system());
    match cli.command {
        Command::Join { code, at } => joined(&joining::join(data, &code, &at, &clock).await?),
        Command::Connect { store_id, key, at } => {
            joined(&joining::connect(data, (&store_id, &key), &at, &clock).await?)
        }
        Command::Follow { at } => {
            joining::follow(data, &at, &clock)?;
            tell(format!(
                "this device sends to {} from its next start on",
                at.server
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Run { listen, watch } => serve::run(data, listen, watch, clock).await,
        Command::Import(args) => import::import(data, &args),
        Command::Patterns { patterns } => import::patterns(data, &patterns, &clock),
        Command::Touch { codes } => set::touch(data, &codes, &clock),
        Command::Set { name, value } => set::set(data, name, value, &clock),
        Command::Staff(command) => set::staff(data, command, &clock),
        Command::Till(command) => set::till(data, command, &clock),
        Command::Status => look::status(data, &clock),
        Command::Queue { task } => queue::queue(data, &task, &clock).await,
        Command::Key { deed } => key::key(data, &deed, &clock).await,
        Command::Days(args) => days::days(data, &args, &clock),
        Command::Keep { days } => days::keep(data, days, &clock),
        Command::Refused(args) => refused::refused(data, &args, &clock),
    }
}

fn joined(learnt: &Learnt) -> anyhow::Result<ExitCode> {
    let Learnt {
        name,
        store_id,
        tills,
        items,
    } = learnt;
    tell(format!(
        "store  {name} ({store_id})\ntills  {tills} known, {items} items taken over\n\nstart it with: orihon-device run"
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a line for people. A reader that went away is no failure of ours.
fn tell(text: impl AsRef<str>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.as_ref()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
