//! The command line of Orihon: one enum of commands, one `match`. What a command does lives in its
//! own file; nothing here decides anything.

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

mod admin;
mod bench;
mod cli;
mod client;
mod config;
mod demo;
mod doctor;
mod export;
mod migrate;
mod progress;
mod replay;
mod serve;
mod square;
mod verify;

/// The engine and the JSON reader allocate in small pieces on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// After how many tasks a thread of the runtime looks at those that come from other threads. The answers
/// to settlements come so, from the intake; by default they wait behind up to 61 requests, and the
/// rate of single settlements was 7 % lower.
const LOOK_OUTSIDE_EVERY: u32 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    serve::start_log(cli.log.as_deref());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .global_queue_interval(LOOK_OUTSIDE_EVERY)
        .build();
    let done = runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli.command)));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            // What was asked could not be done: the same status as for wrong usage.
            ExitCode::from(2)
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Replay(args) => replay::run(args).await,
        Command::Bench(args) => bench::run(args).await,
        Command::Store(args) => admin::store(args).await,
        Command::Chain(args) => admin::chain(args).await,
        Command::Device(args) => admin::device(args).await,
        Command::User(args) => admin::user(args).await,
        Command::Key(args) => admin::key(args).await,
        Command::Partner(args) => admin::partner(args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Verify(args) => verify::run(args),
        Command::Doctor(args) => doctor::run(args).await,
        Command::Openapi => cli::openapi(),
        Command::Completions { shell } => Ok(cli::completions(shell)),
    }
}
