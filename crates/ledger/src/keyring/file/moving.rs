//! A keyring in a file made of the keys of another one: all of them at once, in the order of their
//! holders, under a name that no ledger opens. It gets its own name last.

use super::{
    Carried, Entropy, FileRing, HEADER_BYTES, Header, SLOT_BYTES, Slot, gone, private, slot_bytes,
};
use crate::fault::{Fault, OpenError};
use crate::keyring::HolderId;
use crate::keyring::master::{Head, Master};
use std::fs::{self, File};
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Keys of one page.
const KEYS_PER_PAGE: usize = 4_096;

/// A file in the making.
pub(in crate::keyring) struct Making {
    folder: PathBuf,
    path: PathBuf,
    file: BufWriter<File>,
    master: Master,
    head: Head,
    entropy: Entropy,
    kept: u64,
    last: Option<HolderId>,
}

impl Making {
    /// Begins it, for the ledger `ledger_id` and with the secret of its servers. The master key must be
    /// there. What an earlier attempt left is made anew.
    pub(in crate::keyring) fn begin(
        folder: &Path,
        ledger_id: [u8; 16],
        secret: &[u8; 32],
        entropy: &Entropy,
    ) -> Result<Self, OpenError> {
        let master = Master::read(folder)?;
        let head = Head::of(&master, ledger_id, secret, entropy);
        let path = FileRing::moving_in(folder);
        if path.exists() {
            fs::remove_file(&path)?;
        }
        let mut file = private().create_new(true).open(&path)?;
        file.seek(SeekFrom::Start(HEADER_BYTES))?;
        Ok(Self {
            folder: folder.to_owned(),
            path,
            file: BufWriter::new(file),
            master,
            head,
            entropy: Entropy::clone(entropy),
            kept: 0,
            last: None,
        })
    }

    /// Writes keys, which come in the order of their holders. One that was destroyed stays so.
    pub(in crate::keyring) fn put(&mut self, keys: Vec<Carried>) -> Result<(), Fault> {
        for Carried { holder, key } in keys {
            if self.last.is_some_and(|last| last >= holder) {
                return Err(Fault::damaged(
                    "the keys do not come in the order of holders",
                ));
            }
            self.last = Some(holder);
            let bytes = match key {
                Some(key) => {
                    let mut nonce = [0; 12];
                    (self.entropy)(&mut nonce);
                    slot_bytes(&self.master, (holder, Slot(self.kept)), nonce, &key)
                }
                None => gone(Some(holder)),
            };
            self.file.write_all(&bytes)?;
            self.kept += 1;
        }
        Ok(())
    }

    /// Ends it durably, and opens it.
    pub(in crate::keyring) fn end(self, data: &Path) -> Result<(FileRing, [u8; 32]), OpenError> {
        let ledger_id = self.head.ledger_id;
        let file = self.file.into_inner().map_err(|error| error.into_error())?;
        let (head, sorted) = (self.head, self.kept);
        file.write_all_at(&Header { head, sorted }.bytes(), 0)?;
        file.sync_all()?;
        File::open(&self.folder)?.sync_all()?;
        FileRing::open_at(&self.folder, self.path, data, ledger_id)
    }
}

impl FileRing {
    /// The name of a file in the making.
    pub(in crate::keyring) fn moving_in(folder: &Path) -> PathBuf {
        folder.join("keyring.moving")
    }

    /// Hands over every key in pages, in the order of slots. What was erased is left out, unless it is
    /// known whose it was.
    pub(in crate::keyring) fn pages(
        &self,
        take: &mut dyn FnMut(Vec<Carried>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut page = Vec::new();
        let length = self.file.metadata()?.len();
        let slots = length.saturating_sub(HEADER_BYTES) / SLOT_BYTES;
        for slot in (0..slots).map(Slot) {
            let Some(bytes) = self.slot(slot)? else {
                break;
            };
            let (holder, [state, ..]) = (super::holder_of(&bytes)?, bytes);
            let key = match state {
                0 => None,
                _ => self.key(holder, slot)?,
            };
            if key.is_some() || slot.0 < self.sorted {
                page.push(Carried { holder, key });
            }
            if page.len() == KEYS_PER_PAGE {
                take(std::mem::take(&mut page))?;
            }
        }
        take(page)
    }
}
