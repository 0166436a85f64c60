//! Product lists in files: one is read, or a folder is watched and each list that the shop's own system
//! drops there becomes items. Nothing is ever taken away by a watched list.

use crate::database::Database;
use crate::import::{self, BYTES_MAX, Choice, Plan};
use crate::stock::{self, Missing};
use crate::store::Store;
use anyhow::Context;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The watched folder is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Imports every list that appears in `folder`, for ever. A list that was imported goes to `done`
/// in it, one with faults to `failed`, with a text beside it that says why.
///
/// # Errors
/// If the folder cannot be read or written.
pub async fn watch(data: PathBuf, folder: PathBuf) -> anyhow::Result<()> {
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

/// Reads a list.
///
/// # Errors
/// If it cannot be opened, or is no list.
pub fn read(file: &Path, store: &Store, columns: &[Choice]) -> anyhow::Result<Plan> {
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
