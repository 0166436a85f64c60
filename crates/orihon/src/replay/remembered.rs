//! Device keys kept between runs, so that a run that is repeated makes no further devices. The file
//! is the user's alone; it holds nothing that a new run could not make anew.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The keys of each server's stores, by its address.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    orihon_replay_device_keys: BTreeMap<String, BTreeMap<String, String>>,
}

/// The keys, and where they are kept.
#[derive(Debug)]
pub(super) struct Remembered {
    /// None if there is no place; then nothing is remembered.
    path: Option<PathBuf>,
    sheet: Sheet,
}

impl Remembered {
    /// Reads what was kept at `path`, or at the usual place.
    pub(super) fn open(path: Option<PathBuf>) -> anyhow::Result<Self> {
        let path = path.or_else(usual_place);
        let sheet = match &path {
            Some(path) => read(path)?,
            None => Sheet::default(),
        };
        Ok(Self { path, sheet })
    }

    /// The key of a store's device at the server `base`.
    pub(super) fn key(&self, base: &str, store_id: &str) -> Option<&str> {
        let keys = self.sheet.orihon_replay_device_keys.get(base)?;
        keys.get(store_id).map(String::as_str)
    }

    /// Keeps the keys of a server's stores beside those kept before.
    pub(super) fn keep<'a>(
        &mut self,
        base: &str,
        keys: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> anyhow::Result<()> {
        let all = &mut self.sheet.orihon_replay_device_keys;
        let kept = all.entry(base.to_owned()).or_default();
        kept.extend(keys.map(|(store_id, key)| (store_id.to_owned(), key.to_owned())));
        match &self.path {
            Some(path) => write(path, &self.sheet).with_context(|| {
                format!(
                    "cannot keep the device keys at {}; name another place with --state",
                    path.display()
                )
            }),
            None => Ok(()),
        }
    }
}

fn usual_place() -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join("orihon/replay.json"))
}

fn read(path: &Path) -> anyhow::Result<Sheet> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Sheet::default()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", path.display()));
        }
    };
    match serde_json::from_slice(&text) {
        Ok(sheet) => Ok(sheet),
        // It may be anybody's file; only the user can say that it may go.
        Err(_) => bail!(
            "{} does not hold device keys of replay; delete it, or name another file with --state",
            path.display()
        ),
    }
}

/// Writes beside and renames, so that a kill leaves the old keys or the new ones.
fn write(path: &Path, sheet: &Sheet) -> anyhow::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut file: File = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(&serde_json::to_vec(sheet)?)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_kept_by_server_and_store_and_for_the_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/keys.json");
        let mut first = Remembered::open(Some(path.clone())).unwrap();
        assert_eq!(first.key("http://a", "s-1"), None);
        first
            .keep("http://a", [("s-1", "ord_1")].into_iter())
            .unwrap();
        let mut second = Remembered::open(Some(path.clone())).unwrap();
        second
            .keep("http://b", [("s-1", "ord_2")].into_iter())
            .unwrap();
        second
            .keep("http://a", [("s-2", "ord_3")].into_iter())
            .unwrap();
        let third = Remembered::open(Some(path.clone())).unwrap();
        for (base, store_id, expected) in [
            ("http://a", "s-1", Some("ord_1")),
            ("http://a", "s-2", Some("ord_3")),
            ("http://b", "s-1", Some("ord_2")),
            ("http://b", "s-2", None),
        ] {
            assert_eq!(third.key(base, store_id), expected);
        }
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.json");
        std::fs::write(&path, r#"{"mine":1}"#).unwrap();
        let error = Remembered::open(Some(path)).unwrap_err().to_string();
        assert!(error.contains("does not hold device keys"), "{error}");
    }
}
