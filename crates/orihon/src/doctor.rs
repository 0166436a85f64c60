//! `orihon doctor`: looks at this machine and at the server, and says of each thing whether it is well and, if not,
//! what to do. It changes nothing; the one file that it writes, to see that writing works, is gone at once.

use crate::client::ServerArgs;
use check::{Check, State};
use clap::Args as ClapArgs;
use std::process::ExitCode;

mod check;
mod database;
mod folder;
mod machine;
mod peer;
mod server;

/// Options of `doctor`.
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// The folder of master key and keyring [default: as the data folder says]
    #[arg(long, value_name = "DIR", env = "ORIHON_KEYS")]
    keys: Option<std::path::PathBuf>,
    /// The ledger's database, if it lies in a PostgreSQL
    #[arg(
        long,
        value_name = "URL",
        env = "ORIHON_LEDGER",
        hide_env_values = true
    )]
    ledger: Option<String>,
    /// The address under which people reach the server, as `serve` is told it
    #[arg(long, value_name = "URL", env = "ORIHON_PUBLIC_URL")]
    public_url: Option<String>,
    /// Connections that the server may have open at once
    #[arg(long, value_name = "N", env = "ORIHON_CONNECTIONS_MAX", default_value_t = door::Limits::DEFAULT.connections_max)]
    connections_max: usize,
    /// Prints the list as JSON
    #[arg(long)]
    json: bool,
}

/// Looks around. Status 0 if nothing is wrong, 1 if something is.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut checks = folder::look(&args.server, args.keys.as_deref());
    checks.extend(machine::look(args.connections_max));
    if let Some(url) = &args.ledger {
        checks.push(database::look(url).await);
    }
    if let Some(url) = &args.public_url {
        checks.push(server::way("people", &crate::client::address(url)?));
    }
    checks.extend(server::look(&args.server).await?);
    match args.json {
        true => check::print_json(&checks)?,
        false => check::print(&checks)?,
    }
    let is_bad = checks.iter().any(|check| check.state == State::Wrong);
    Ok(match is_bad {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// Makes a check.
fn check(name: &'static str, state: State, found: impl Into<String>, advice: &str) -> Check {
    Check {
        name,
        state,
        found: found.into(),
        advice: advice.to_owned(),
    }
}
