//! `orihon-device import`, `patterns`, and the folder that is watched: product lists as the shop's own
//! system writes them become items.

use super::tell;
use crate::clock::Clock;
use crate::code::plain;
use crate::database::Database;
use crate::import::{self, BYTES_MAX, Choice, Plan};
use crate::labels;
use crate::stock::{self, Missing};
use crate::store::Store;
use anyhow::{Context, bail};
use purchase::code::Patterns;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// The watched folder is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);

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
    let plan = read(&args.file, &store, &args.columns)?;
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

fn read(file: &Path, store: &Store, columns: &[Choice]) -> anyhow::Result<Plan> {
    let opened =
        std::fs::File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let mut bytes = Vec::new();
    // One byte more than is taken shows that there is too much.
    let limit = u64::try_from(BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    opened.take(limit).read_to_end(&mut bytes)?;
    import::read(&bytes, store.currency, columns)
        .with_context(|| format!("cannot read {}", file.display()))
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

/// Imports every list that appears in `folder`, for ever. A list that was imported goes to `done`
/// in it, one with faults to `failed`, with a text beside it that says why.
pub(super) async fn watch(data: PathBuf, folder: PathBuf) -> anyhow::Result<()> {
    let mut seen: HashMap<PathBuf, u64> = HashMap::new();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let mut sizes = HashMap::new();
        for file in lists(&folder)? {
            let size = std::fs::metadata(&file).map_or(0, |metadata| metadata.len());
            // A list that still grows is being written.
            if seen.get(&file) == Some(&size) {
                take_in(&data, &folder, &file)?;
            } else {
                sizes.insert(file, size);
            }
        }
        seen = sizes;
    }
}

fn lists(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot look into {}", folder.display()))?;
    let mut lists = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_list = path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| ["csv", "tsv", "txt"].contains(&extension));
        if is_list && path.is_file() {
            lists.push(path);
        }
    }
    lists.sort();
    Ok(lists)
}

fn take_in(data: &Path, folder: &Path, file: &Path) -> anyhow::Result<()> {
    let mut database = Database::open(data)?;
    let store = Store::load(&database)?;
    let (place, report) = match read(file, &store, &[]) {
        Ok(plan) => {
            let done = stock::carry_out(&mut database, &plan, Missing::Keep)?;
            let place = match plan.errors_count() {
                0 => "done",
                _ => "failed",
            };
            (
                place,
                format!("{plan}\n{} items are new or differ\n", done.changed),
            )
        }
        Err(error) => ("failed", format!("{error:#}\n")),
    };
    let target = folder.join(place);
    std::fs::create_dir_all(&target)?;
    let name = file.file_name().context("a list has a name")?;
    std::fs::rename(file, target.join(name))?;
    let mut beside = name.to_owned();
    beside.push(".report");
    std::fs::write(target.join(beside), report)?;
    tracing::info!(list = %file.display(), place, "a product list was read");
    Ok(())
}
