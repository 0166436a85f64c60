//! `orihon verify`: reads a data folder, or the ledger in a database, whole and checks everything against
//! everything.

use anyhow::{Context, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use ledger::Ledger;
use ledger::embedded::open::{Options, usual_keys};
use ledger::embedded::shared;
use ledger::fault::OpenError;
use ledger::notice::Purpose;
use ledger::postgres::open::Durability;
use server::clock::Clock;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Memory for catalogues, of which a verification keeps none.
const CATALOGUE_BYTES: usize = 1 << 20;

/// Options of `verify`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The data folder of a stopped server.
    data: Option<PathBuf>,
    /// The ledger in a PostgreSQL instead, as it is at this moment; its servers may go on.
    #[arg(long, env = "ORIHON_LEDGER", hide_env_values = true)]
    ledger: Option<String>,
    /// The keyring of such a ledger, if it has a database of its own.
    #[arg(long, env = "ORIHON_KEYRING", hide_env_values = true)]
    keyring: Option<String>,
    /// The folder of master key and keyring, if it is not the usual one [default for a database:
    /// ./data.keys].
    #[arg(long, env = "ORIHON_KEYS")]
    keys: Option<PathBuf>,
}

/// Verifies; exit status 1 if anything is wrong.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let opened = match (args.data, args.ledger) {
        (Some(data), None) => open_folder(data, args.keys)?,
        (None, Some(url)) => Ok(open_database(url, args.keyring, args.keys)?),
        (Some(data), Some(_)) => bail!(
            "name either the data folder {} or a database by --ledger (or ORIHON_LEDGER), not both",
            data.display()
        ),
        (None, None) => {
            bail!("name the data folder of a stopped server, or a database by --ledger")
        }
    };
    match opened {
        Ok(ledger) => read(&ledger),
        Err(lacks) => {
            println!("wrong: {lacks}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Opens a data folder, or says that commits are missing in it.
fn open_folder(data: PathBuf, keys: Option<PathBuf>) -> anyhow::Result<Result<Ledger, OpenError>> {
    ensure!(
        data.is_dir(),
        "{} is not there; name the data folder of a stopped server, or a database by --ledger",
        data.display()
    );
    // Opening an empty folder would make a new ledger in it, with which everything agrees.
    ensure!(
        data.read_dir()?.next().is_some(),
        "{} is empty; name the data folder of a stopped server",
        data.display()
    );
    let clock = Clock::system();
    let options = Options {
        keys,
        // One that has moved can be verified where it was.
        purpose: Purpose::Read,
        ..Options::new(data, clock.entropy(), clock.now())
    };
    match Ledger::open(&options) {
        Ok((ledger, _)) => Ok(Ok(ledger)),
        Err(error @ (OpenError::Truncated { .. } | OpenError::OtherHistory { .. })) => {
            Ok(Err(error))
        }
        Err(error) => Err(error).context("the data folder was not opened"),
    }
}

fn open_database(
    url: String,
    keyring_url: Option<String>,
    keys: Option<PathBuf>,
) -> anyhow::Result<Ledger> {
    let data = Path::new("data");
    let options = shared::open::Options {
        url,
        keyring_url,
        keys: keys.unwrap_or_else(|| usual_keys(data)),
        data: data.to_owned(),
        entropy: Clock::system().entropy(),
        catalogue_bytes: CATALOGUE_BYTES,
        connections_max: 2,
        durability: Durability::OnlyRead,
        purpose: Purpose::Read,
    };
    Ledger::open_moment(&options).context("the database was not opened")
}

fn read(ledger: &Ledger) -> anyhow::Result<ExitCode> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {msg}").context("the progress line")?);
    bar.enable_steady_tick(Duration::from_millis(120));
    let report = ledger.verify(&mut |progress| {
        bar.set_message(format!("{}: {} rows", progress.stage, progress.done));
    })?;
    bar.finish_and_clear();
    println!("settlements  {:>12}", report.settlements);
    println!("lines        {:>12}", report.lines);
    println!("pending      {:>12}", report.pending);
    println!("purchases    {:>12}", report.purchases);
    println!("erased       {:>12}", report.erased);
    println!("people       {:>12}", report.users);
    println!("stores       {:>12}", report.stores);
    println!("items        {:>12}", report.items);
    if report.problem_count == 0 {
        println!("everything agrees");
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &report.problems {
        println!("wrong: {}: {}", problem.what, problem.wrong);
    }
    println!("{} problems", report.problem_count);
    Ok(ExitCode::FAILURE)
}
