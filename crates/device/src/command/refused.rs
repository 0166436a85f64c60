//! `orihon-device refused`: what the server refused, and what a person does about it.

use super::tell;
use crate::clock::Clock;
use crate::database::Database;
use crate::outbox;
use crate::refusal::{self, Deed, Numbering};
use crate::store::Store;
use anyhow::{Context, bail};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wire::limits::SETTLEMENT_BYTES;

/// Options of `refused`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("deed").args(["show", "again", "correct", "drop"]))]
pub(super) struct Args {
    /// The sale, by the number that the list begins with; for --show, --correct and --renumber.
    id: Option<i64>,
    /// Show what it says, as it is sent.
    #[arg(long, requires = "id")]
    show: bool,
    /// Send this one again as it is.
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    again: Option<i64>,
    /// Put the settlement in this file in its place (- reads it from the standard input) and send it.
    #[arg(long, value_name = "FILE", requires_all = ["id", "reason"])]
    correct: Option<PathBuf>,
    /// Send it under the till's next number, because the server has another sale under its own.
    #[arg(long, requires_all = ["id", "reason"], conflicts_with_all = ["show", "again", "drop"])]
    renumber: bool,
    /// Take this one off the list for good: it will not be filed.
    #[arg(long, value_name = "ID", requires = "reason", conflicts_with = "id")]
    drop: Option<i64>,
    /// Why; it goes into the device's log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who does it; it goes into the device's log.
    #[arg(long, value_name = "WHO")]
    staff: Option<String>,
}

pub(super) fn refused(data: &Path, args: &Args, clock: &Clock) -> anyhow::Result<ExitCode> {
    let mut database = Database::open(data)?;
    let deed = Deed {
        at: clock.now(),
        staff: args.staff.as_deref(),
        reason: args.reason.as_deref().unwrap_or_default(),
    };
    if let Some(id) = args.again {
        refusal::again(database.connection(), id)?;
        tell(format!("sale {id} is sent again"))?;
    } else if let Some(id) = args.drop {
        refusal::drop_sale(&mut database, id, &deed)?;
        tell(format!("sale {id} is off the list and will not be filed"))?;
    } else if let Some(id) = args.id {
        about_one(&mut database, id, args, &deed)?;
    } else {
        list(&database)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn about_one(database: &mut Database, id: i64, args: &Args, deed: &Deed<'_>) -> anyhow::Result<()> {
    if args.show {
        return tell(refusal::refused(database.connection(), id)?.body);
    }
    let body = args.correct.as_deref().map(content).transpose()?;
    let numbering = match (args.renumber, &body) {
        (true, _) => Numbering::Next,
        (false, Some(_)) => Numbering::Keep,
        (false, None) => bail!("say what to do with sale {id}: --show, --correct FILE, --renumber"),
    };
    let store = Store::load(database)?;
    let corrected = (body.as_deref(), numbering);
    let number = refusal::correct(database, &store.settings.store_id, id, corrected, deed)?;
    tell(format!("sale {id} is sent as number {number}"))
}

fn content(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    // One byte more than is taken shows that there is too much.
    let limit = u64::try_from(SETTLEMENT_BYTES).unwrap_or(u64::MAX);
    let limit = limit.saturating_add(1);
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin()
            .lock()
            .take(limit)
            .read_to_string(&mut text),
        false => std::fs::File::open(file)
            .and_then(|opened| opened.take(limit).read_to_string(&mut text)),
    };
    read.with_context(|| format!("cannot read {}", file.display()))?;
    if text.len() > SETTLEMENT_BYTES {
        bail!(
            "{} is larger than {SETTLEMENT_BYTES} bytes, which no settlement may be",
            file.display()
        );
    }
    Ok(text)
}

fn list(database: &Database) -> anyhow::Result<()> {
    for sale in outbox::refused(database.connection(), usize::MAX)? {
        tell(format!(
            "{}  till {} {} number {}: {}",
            sale.id,
            sale.terminal,
            sale.business_date,
            sale.number,
            sale.problem.unwrap_or_default()
        ))?;
    }
    Ok(())
}
