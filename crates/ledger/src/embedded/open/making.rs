//! Making a data folder: built beside its place and renamed, so that a half-made one is never in
//! service. What is to lie in it is the caller's.

use super::{ENGINE_FOLDER, KEYS_NOTE, LOCK_FILE};
use super::{FORMAT, Options, WATERMARK, usual_keys};
use crate::embedded::engine::{Durability, Engine};
use crate::embedded::key::{self, Kind, Space};
use crate::fault::{Fault, OpenError};
use crate::keyring::{Keyring, write_private};
use crate::watermark::{Mark, Watermark};
use purchase::bytes::Writer as Bytes;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Builds a data folder beside its place and renames it: a half-made one is never in service.
pub(super) fn create(options: &Options) -> Result<(), OpenError> {
    let data = std::path::absolute(&options.data)?;
    let making = beside(&data, "making");
    fs::create_dir_all(parent(&data))?;
    if making.exists() {
        fs::remove_dir_all(&making)?;
    }
    DirBuilder::new().mode(0o700).create(&making)?;
    let mut ledger_id = [0; 16];
    (options.entropy)(&mut ledger_id);
    drop(make_engine(&making, ledger_id)?);
    let keys = options.keys.clone().unwrap_or_else(|| usual_keys(&data));
    clear_unused(&keys)?;
    Keyring::create(&keys, ledger_id, Arc::clone(&options.entropy))?;
    Watermark::create(&keys.join(WATERMARK), Mark::START)?;
    settle_in_place(&making, &data, &keys)
}

/// The folder in which a data folder is built before it has its place.
pub(in crate::embedded) fn beside(data: &Path, what: &str) -> PathBuf {
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    data.with_file_name(format!("{name}.{what}"))
}

fn parent(data: &Path) -> &Path {
    data.parent().unwrap_or(Path::new("/"))
}

/// The engine of a new data folder, which says whose it is.
pub(in crate::embedded) fn make_engine(
    making: &Path,
    ledger_id: [u8; 16],
) -> Result<Engine, OpenError> {
    let engine_folder = making.join(ENGINE_FOLDER);
    let engine = Engine::open(&engine_folder, 1 << 20, Durability::Synced);
    let engine = engine.map_err(|error| match error {
        fjall::Error::Locked => OpenError::InUse {
            path: making.to_owned(),
        },
        other => OpenError::Fault(other.into()),
    })?;
    let mut format = Bytes::default();
    format.raw(&FORMAT.to_be_bytes());
    format.raw(&ledger_id);
    let row = (
        Space::Facts,
        key::plain(Kind::Format, &[]),
        Some(format.finish()),
    );
    engine.commit(std::iter::once(row))?;
    Ok(engine)
}

/// Ends the making of a data folder, whose keys are there: it gets its place.
pub(in crate::embedded) fn settle_in_place(
    making: &Path,
    data: &Path,
    keys: &Path,
) -> Result<(), OpenError> {
    let note = making.join(KEYS_NOTE);
    if note.exists() {
        fs::remove_file(&note)?;
    }
    write_private(&note, &format!("{}\n", keys_note(data, keys)))?;
    File::create(making.join(LOCK_FILE))?.sync_all()?;
    File::open(making)?.sync_all()?;
    if data.exists() {
        fs::remove_dir(data)?;
    }
    fs::rename(making, data)?;
    File::open(parent(data))?.sync_all()?;
    Ok(())
}

/// A keyring that a kill during the first start left behind holds no key and may go; one with keys
/// in it belongs to data that are missing, and stays.
fn clear_unused(keys: &Path) -> Result<(), OpenError> {
    let ring = Keyring::ring_path(keys);
    match fs::metadata(&ring) {
        Ok(found) if found.len() <= 256 => Ok(fs::remove_file(&ring)?),
        Ok(_) => Err(OpenError::Fault(Fault::damaged(format!(
            "{} holds keys of a data folder that is not here; restore that folder, or move the keyring away",
            ring.display()
        )))),
        Err(_) => Ok(()),
    }
}

/// Siblings are noted by name alone, so that both folders can be moved together.
fn keys_note(data: &Path, keys: &Path) -> String {
    if keys == usual_keys(data) {
        let name = keys.file_name().unwrap_or_default().to_string_lossy();
        return format!("../{name}");
    }
    keys.to_string_lossy().into_owned()
}
