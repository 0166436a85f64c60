//! `orihon-device import`, `patterns`: a product list as the shop's own system writes it becomes items,
//! and the codes of its scales are told.

use super::tell;
use crate::clock::Clock;
use crate::code::plain;
use crate::database::Database;
use crate::import::Choice;
use crate::labels;
use crate::lists;
use crate::stock::{self, Missing};
use crate::store::Store;
use anyhow::bail;
use purchase::code::Patterns;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The list: CSV, TSV or semicolons; UTF-8, UTF-16 or Shift_JIS (CP932).
    file: PathBuf,
    /// Which column is what, where the first line does not say it: code=列名
    #[arg(long = "column", value_name = "FIELD=HEADER", value_parser = choice)]
    columns: Vec<Choice>,
    /// Take items away that are not in the list.
    #[arg(long)]
    remove_missing: bool,
    /// Only show what would be done.
    #[arg(long)]
    preview: bool,
}

fn choice(written: &str) -> Result<Choice, String> {
    Choice::parse(written).map_err(|error| error.to_string())
}

pub(super) fn import(data: &Path, args: &Args) -> anyhow::Result<ExitCode> {
    let mut database = Database::open(data)?;
    let store = Store::load(&database)?;
    let plan = lists::read(&args.file, &store, &args.columns)?;
    tell(plan.to_string())?;
    let missing = match args.remove_missing {
        true => Missing::Remove,
        false => Missing::Keep,
    };
    if missing == Missing::Remove && plan.errors_count() > 0 {
        bail!("items are taken away only if every row can be read; mend the rows above first");
    }
    if !args.preview {
        let done = stock::carry_out(&mut database, &plan, missing)?;
        tell(format!(
            "{} items are new or differ, {} were taken away",
            done.changed, done.removed
        ))?;
    }
    Ok(match plan.errors_count() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

/// Shows the store's patterns of in-store codes, or sets them.
pub(super) fn patterns(data: &Path, written: &[String], clock: &Clock) -> anyhow::Result<ExitCode> {
    let mut database = Database::open(data)?;
    if !written.is_empty() {
        let written = written.iter().filter(|written| *written != "none");
        let written: Vec<_> = written.map(|written| plain(written)).collect();
        let patterns = Patterns::parse(written.iter().map(String::as_str))?;
        labels::set(&mut database, &patterns)?;
        database.log(clock.now(), None, "patterns", "the patterns were set")?;
    }
    let usable = labels::usable(&labels::written(database.connection())?);
    for pattern in usable.patterns.as_slice() {
        tell(pattern.to_string())?;
    }
    for fault in usable.left_out {
        tell(format!("left out: {}", fault.problem.escape_debug()))?;
    }
    Ok(ExitCode::SUCCESS)
}
