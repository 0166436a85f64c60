//! `orihon-device queue`: the queue into a folder, and a folder's sales to the server or into the queue
//! of this device.

use super::tell;
use crate::clock::Clock;
use crate::courier::said;
use crate::database::Database;
use crate::link::{Link, Request};
use crate::queue_folder::{self, Saved, Taken};
use crate::refusal::Deed;
use crate::running;
use crate::sender::BATCH_MAX;
use crate::store::Store;
use anyhow::{Context, bail};
use reqwest::Method;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use wire::limits::BATCH_BYTES;
use wire::outcome::{OutcomeKind, OutcomeMessage};

/// What the server said of each sale, beside the sales.
const OUTCOMES: &str = "outcomes.ndjson";
/// A batch is sent so many times before the command gives up; it can be started again at any time.
const TRIES: u32 = 6;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Task {
    /// Writes all sales that wait or were refused into a new folder. They stay in the queue.
    Save {
        /// The folder; it must not be there yet.
        folder: PathBuf,
    },
    /// Sends the sales of such a folder to the server, from any machine that has joined the store.
    Send {
        /// The folder.
        folder: PathBuf,
    },
    /// Puts the sales of such a folder into this device's queue, in place of a machine that is gone.
    Load {
        /// The folder.
        folder: PathBuf,
        /// Sales whose numbers this device gave to others get the next numbers of their tills.
        #[arg(long)]
        renumber: bool,
    },
}

pub(super) async fn queue(data: &Path, deed: &Task, clock: &Clock) -> anyhow::Result<ExitCode> {
    let mut database = Database::open(data)?;
    let store = Store::load(&database)?;
    let store_id = &store.settings.store_id;
    match deed {
        Task::Save { folder } => {
            let saved_at = queue_folder::shown(clock.now());
            let connection = database.connection();
            let manifest = queue_folder::save(connection, store_id, saved_at, folder)?;
            tell(format!(
                "{} sales, {} of them refused{}, are in {}\nthey are in the queue as before",
                manifest.sales,
                manifest.refused,
                sums(&manifest.totals),
                folder.display()
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Send { folder } => {
            let saved = queue_folder::read(folder, store_id)?;
            let link = running::link(data, &database, clock)?;
            send(&link, folder, &saved).await
        }
        Task::Load { folder, renumber } => {
            let saved = queue_folder::read(folder, store_id)?;
            let taken = match renumber {
                true => Taken::Renumber,
                false => Taken::Refuse,
            };
            let deed = Deed {
                at: clock.now(),
                staff: None,
                reason: "loaded from a saved queue",
            };
            let loaded = queue_folder::load(&mut database, &saved, taken, &deed)?;
            tell(format!(
                "{} sales wait here now, {} of them under other numbers; {} were here before",
                loaded.entered.saturating_add(loaded.renumbered),
                loaded.renumbered,
                loaded.known
            ))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn sums(totals: &std::collections::BTreeMap<String, i64>) -> String {
    let shown: Vec<_> = totals
        .iter()
        .map(|(currency, total)| format!(", {total} {currency}"))
        .collect();
    shown.concat()
}

/// Exit status 1 says that the server refused some.
async fn send(link: &Link, folder: &Path, saved: &Saved) -> anyhow::Result<ExitCode> {
    let path = folder.join(OUTCOMES);
    let mut outcomes =
        File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let (mut done, mut refused) = (0_usize, 0_usize);
    let mut left = saved.sales.as_slice();
    while !left.is_empty() {
        let (now, rest) = left.split_at(fitting(left));
        let bodies: Vec<_> = now.iter().map(|(body, _)| body.as_str()).collect();
        let told = told(link, &format!("[{}]", bodies.join(","))).await?;
        if told.len() != now.len() {
            bail!("the server answered for another number of sales than were sent");
        }
        for outcome in &told {
            writeln!(outcomes, "{}", serde_json::to_string(outcome)?)?;
            refused += usize::from(!is_filed(outcome));
        }
        outcomes.sync_data()?;
        done += now.len();
        left = rest;
        tell(format!("{done} of {}", saved.sales.len()))?;
    }
    let filed = done.saturating_sub(refused);
    tell(format!(
        "{filed} sales are filed, {refused} were refused; each is in {}",
        path.display()
    ))?;
    Ok(match refused {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

const fn is_filed(outcome: &OutcomeMessage) -> bool {
    match outcome.outcome {
        OutcomeKind::Recorded | OutcomeKind::AlreadyRecorded => true,
        OutcomeKind::Conflict | OutcomeKind::Rejected => false,
    }
}

/// How many of these one message takes.
fn fitting<T>(sales: &[(String, T)]) -> usize {
    let mut bytes = 2;
    let fits = sales
        .iter()
        .take(BATCH_MAX)
        .take_while(|(body, _)| {
            bytes += body.len() + 1;
            bytes <= BATCH_BYTES
        })
        .count();
    fits.max(1)
}

/// Sends a batch until the server has said what became of it.
async fn told(link: &Link, batch: &str) -> anyhow::Result<Vec<OutcomeMessage>> {
    let mut last = String::new();
    for again in 0..TRIES {
        if again > 0 {
            tokio::time::sleep(Duration::from_secs(1 << again.min(4))).await;
        }
        let request = Request::json(Method::POST, "/v1/settlements/batch", batch.to_owned());
        match link.ask(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => {
                match serde_json::from_slice(&answer.body) {
                    Ok(outcomes) => return Ok(outcomes),
                    Err(error) => last = format!("the answer cannot be read: {error}"),
                }
            }
            Ok(answer) if matches!(answer.status, 408 | 429 | 500..=599) => {
                last = said(&answer.body);
            }
            Ok(answer) => bail!("{} says: {}", link.base(), said(&answer.body)),
            Err(silence) => last = silence.to_string(),
        }
    }
    bail!("{last}; what was filed stays filed: send the same folder again")
}
