//! What can be typed. Every option has an `ORIHON_…` twin in the environment.

use crate::{admin, bench, demo, doctor, export, migrate, replay, serve, verify};
use anyhow::Context;
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use std::io::Write;
use std::process::ExitCode;

/// Integrated purchase record server: one book of everything a person bought, in words.
#[derive(Parser)]
#[command(
    name = "orihon",
    version,
    about,
    after_help = "Begin with: orihon demo"
)]
pub(crate) struct Cli {
    /// What the log says: error, warn, info, debug, or a filter such as `server=debug`.
    #[arg(long, global = true, env = "ORIHON_LOG")]
    pub(crate) log: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// The integrated server.
    Serve(serve::Args),
    /// A living town in one command.
    Demo(demo::Args),
    /// Sends a prepared year of real settlements and checks what was filed.
    Replay(replay::Args),
    /// Puts a server under load, measures, and checks that nothing acknowledged is missing.
    Bench(bench::Args),
    /// Stores.
    Store(admin::StoreArgs),
    /// Chains of stores, and machines that write for all stores of one.
    Chain(admin::ChainArgs),
    /// Machines of stores.
    Device(admin::DeviceArgs),
    /// People.
    User(admin::UserArgs),
    /// Operators' keys, and where the master key is.
    Key(admin::KeyArgs),
    /// Partners, to whom people may consent to give what they bought.
    Partner(admin::PartnerArgs),
    /// Reads a data folder or a database whole and checks everything against everything.
    Verify(verify::Args),
    /// Looks at this machine and the server as an operator would, and says what to do about each thing.
    Doctor(doctor::Args),
    /// Moves a ledger from a data folder to a PostgreSQL, or back.
    Migrate(migrate::Args),
    /// Saves a person's book as a file: NDJSON, CSV, hledger or Beancount.
    Export(export::Args),
    /// Prints the OpenAPI 3.1 document of the HTTP interface.
    Openapi,
    /// Prints completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// Prints the document that `GET /openapi.json` serves.
pub(crate) fn openapi() -> anyhow::Result<ExitCode> {
    let document = server::api::openapi()
        .to_pretty_json()
        .context("writing the document")?;
    // A reader that stops early, such as `head`, is no failure.
    let _ = writeln!(std::io::stdout(), "{document}");
    Ok(ExitCode::SUCCESS)
}

/// Prints the completions for `shell`.
pub(crate) fn completions(shell: Shell) -> ExitCode {
    let mut written = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "orihon", &mut written);
    let _ = std::io::stdout().write_all(&written);
    ExitCode::SUCCESS
}
