//! `orihon verify DIR`: reads a data folder whole and checks everything against everything.

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use ledger::Ledger;
use ledger::embedded::open::Options;
use ledger::fault::OpenError;
use ledger::notice::Purpose;
use server::clock::Clock;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Options of `verify`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The data folder of a stopped server.
    data: PathBuf,
    /// The folder of master key and keyring, if it is not the usual one.
    #[arg(long, env = "ORIHON_KEYS")]
    keys: Option<PathBuf>,
}

/// Verifies; exit status 1 if anything is wrong.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        args.data.is_dir(),
        "{} is not there; name the data folder of a stopped server",
        args.data.display()
    );
    // Opening an empty folder would make a new ledger in it, with which everything agrees.
    anyhow::ensure!(
        args.data.read_dir()?.next().is_some(),
        "{} is empty; name the data folder of a stopped server",
        args.data.display()
    );
    let clock = Clock::system();
    let options = Options {
        keys: args.keys,
        // One that has moved can be verified where it was.
        purpose: Purpose::Read,
        ..Options::new(args.data, clock.entropy(), clock.now())
    };
    let ledger = match Ledger::open(&options) {
        Ok((ledger, _)) => ledger,
        Err(error @ (OpenError::Truncated { .. } | OpenError::OtherHistory { .. })) => {
            println!("wrong: {error}");
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error).context("the data folder was not opened"),
    };
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
