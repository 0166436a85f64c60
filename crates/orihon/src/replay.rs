//! `orihon replay`: sends a prepared folder of stores, people, catalogues and settlements to a
//! server as the stores' own devices would, and then compares what the server says was filed with
//! what was sent. It remembers nothing but device keys: a run that was interrupted is run again, and
//! the server knows what it has.

use crate::client::{Client, ServerArgs};
use crate::progress::{Done, tell};
use crate::replay::expect::Expected;
use crate::replay::folder::Folder;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::time::Instant;

mod catalogue;
mod crew;
mod expect;
mod folder;
mod found;
mod line;
mod people;
mod remembered;
mod report;
mod settlements;
mod stores;

/// Bytes of a body that is being filled; a server takes four times as much.
const BODY_BYTES_MAX: usize = wire::limits::BATCH_BYTES / 4;

/// Send a prepared folder of real settlements to a server, and check what was filed.
///
/// Run it again as often as you like: nothing is filed twice.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder with stores.ndjson, users.ndjson, catalogue.ndjson and settlements.ndjson
    #[arg(value_name = "FOLDER", env = "ORIHON_REPLAY_FOLDER")]
    folder: PathBuf,
    /// Settlements in one request
    #[arg(long, value_name = "N", env = "ORIHON_REPLAY_BATCH", default_value_t = 200,
        value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,
    /// Requests under way at once; one store's come one after the other
    #[arg(long, value_name = "N", env = "ORIHON_REPLAY_SENDERS", default_value_t = 4,
        value_parser = clap::value_parser!(u16).range(1..=256))]
    senders: u16,
    /// Where the device keys are remembered between runs [default: in the user's state folder]
    #[arg(long, value_name = "FILE", env = "ORIHON_REPLAY_STATE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Sends, compares, and says what came of it.
///
/// # Errors
/// If the folder cannot be read, or the server does not do its part.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    tokio::select! {
        done = replay(&args) => done,
        Ok(()) = tokio::signal::ctrl_c() => {
            eprintln!("\ninterrupted; run the same again to go on: nothing is filed twice");
            Ok(ExitCode::from(130))
        }
    }
}

async fn replay(args: &Args) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let folder = Folder::open(&args.folder)?;
    let client = Client::open(&args.server)?;
    let limits: Limits = client.read("/v1/limits").await?;
    if limits.batch_items < u64::from(args.batch) {
        bail!(
            "the server takes at most {} settlements in a batch; give --batch as many",
            limits.batch_items
        );
    }
    tell(format_args!(
        "replaying {} to {}",
        args.folder.display(),
        client.base()
    ));
    // Only the first question was asked without patience: if nobody is there, it is known at once.
    let client = client.patient();
    let senders = usize::from(args.senders);

    let (stores, done) = stores::open(&client, &folder, args.state.clone()).await?;
    say("stores", done, &stores.told());
    let (people, done) = people::register(&client, &folder).await?;
    say("people", done, "");
    let (named, done, told) = catalogue::load(&stores, &folder, senders).await?;
    say("catalogue", done, &told);
    let mut expected = Expected::new(stores.ids(), people.len(), named);
    let sending = settlements::Sending {
        stores: &stores,
        people: &people,
        batch: usize::from(args.batch),
        senders,
    };
    let (outcomes, done) = sending.send(&folder, &mut expected).await?;
    say("settlements", done, &outcomes.told());

    let found = found::ask(&client, &stores, &people)
        .await
        .context("everything was sent, but what was filed cannot be read")?;
    let report = report::compare(&expected, &found, &people, &outcomes);
    tell(format_args!(
        "in all       {:.1} s\n",
        started.elapsed().as_secs_f64()
    ));
    tell(&report);
    Ok(match report.is_right() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(1),
    })
}

/// What the server takes.
#[derive(Deserialize)]
struct Limits {
    batch_items: u64,
}

fn say(what: &str, done: Done, told: &str) {
    let colon = if told.is_empty() { "" } else { ": " };
    tell(format_args!("{what:<12} {}{colon}{told}", done.told()));
}

/// A store by its place in stores.ndjson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct StoreIndex(usize);

/// A person by the place in users.ndjson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct PersonIndex(usize);
