//! The keyring's form as a file, in a folder outside the ledger. One process has it open; which one is
//! not looked after here.
//!
//! `keyring` holds a header of 256 bytes and then slots of 96 bytes, found by number, so that nothing
//! needs to be kept in memory and opening takes no time however many owners there are. A slot is durable
//! before its owner is.
//!
//! Slot: state (1 live, 0 erased), holder id 16, nonce 12, wrapped key 32 with tag 16, CRC-32.

use super::master::{Head, Master};
use super::{Entropy, Fresh, HolderId, KeyState, Slot, Spare, private};
use crate::fault::{Fault, OpenError};
use crate::seal::{DataKey, OVERHEAD};
use purchase::bytes::{ReadError, Reader, Writer};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const MAGIC: &[u8; 8] = b"ORIHONKR";
const VERSION: u8 = 1;
const HEADER_BYTES: u64 = 256;
const SLOT_BYTES: u64 = 96;
const SLOT_USED: usize = 1 + 16 + 12 + 48 + 4;

/// The open file.
pub(super) struct FileRing {
    folder: PathBuf,
    file: File,
    master: Master,
    next_slot: Mutex<u64>,
}

impl FileRing {
    /// The file that holds the wrapped keys, in `folder`.
    pub(super) fn path_in(folder: &Path) -> PathBuf {
        folder.join("keyring")
    }

    /// Makes it, and gives the server's secret with it.
    pub(super) fn create(
        folder: &Path,
        ledger_id: [u8; 16],
        entropy: &Entropy,
    ) -> Result<(Self, [u8; 32]), OpenError> {
        let (master, _) = Master::find_or_make(folder, entropy)?;
        let (head, secret) = Head::new(&master, ledger_id, entropy);
        let mut header = Writer::with_capacity(256);
        header.raw(MAGIC);
        header.byte(VERSION);
        header.raw(&head.ledger_id);
        header.raw(&head.master_id);
        header.raw(&head.secret);
        let mut header = header.finish();
        header.resize(usize::try_from(HEADER_BYTES).unwrap_or(256), 0);
        let path = Self::path_in(folder);
        let mut file = private().create_new(true).open(&path)?;
        file.write_all(&header)?;
        file.sync_all()?;
        File::open(folder)?.sync_all()?;
        let ring = Self {
            folder: folder.to_owned(),
            file,
            master,
            next_slot: Mutex::new(0),
        };
        Ok((ring, secret))
    }

    /// Opens it, and gives the server's secret with it.
    pub(super) fn open(
        folder: &Path,
        data: &Path,
        ledger_id: [u8; 16],
    ) -> Result<(Self, [u8; 32]), OpenError> {
        let path = Self::path_in(folder);
        let master_path = Master::path_in(folder);
        for needed in [&path, &master_path] {
            if !needed.exists() {
                return Err(OpenError::KeyringMissing {
                    path: needed.clone(),
                });
            }
        }
        let master = Master::read(folder)?;
        let file = private().open(&path)?;
        let mut header = [0; 256];
        file.read_exact_at(&mut header, 0)?;
        let Some(head) = read_head(&header).map_err(Fault::from)? else {
            return Err(Fault::damaged(format!("the keyring {}", path.display())).into());
        };
        if head.ledger_id != ledger_id {
            return Err(OpenError::ForeignKeyring {
                keyring: path,
                path: data.to_owned(),
            });
        }
        let secret = head.open(&master, path.display().to_string())?;
        // A slot that was cut short by a crash was never used; its place is taken again.
        let next_slot = file.metadata()?.len().saturating_sub(HEADER_BYTES) / SLOT_BYTES;
        let ring = Self {
            folder: folder.to_owned(),
            file,
            master,
            next_slot: Mutex::new(next_slot),
        };
        Ok((ring, secret))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps new keys, all durable by one sync.
    pub(super) fn keep(&self, fresh: Vec<Fresh>) -> Result<Vec<Spare>, Fault> {
        let mut next_slot = self
            .next_slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = *next_slot;
        let mut bytes = Vec::new();
        let mut kept = Vec::with_capacity(fresh.len());
        for (slot, Fresh { holder, key, nonce }) in (first..).map(Slot).zip(fresh) {
            bytes.extend_from_slice(&self.slot_bytes(holder, slot, nonce, &key));
            kept.push(Spare { holder, slot, key });
        }
        self.file
            .write_all_at(&bytes, HEADER_BYTES + first * SLOT_BYTES)?;
        self.file.sync_data()?;
        *next_slot = first + u64::try_from(kept.len()).unwrap_or(0);
        Ok(kept)
    }

    fn slot_bytes(&self, holder: HolderId, slot: Slot, nonce: [u8; 12], key: &DataKey) -> Vec<u8> {
        let mut out = Writer::with_capacity(96);
        out.byte(1);
        out.raw(&holder.0);
        out.raw(&self.master.wrap(nonce, &context(holder, slot), key));
        let crc = crc32fast::hash(out.as_slice());
        out.raw(&crc.to_be_bytes());
        let mut bytes = out.finish();
        bytes.resize(usize::try_from(SLOT_BYTES).unwrap_or(96), 0);
        bytes
    }

    /// The key of `holder` in `slot`; none if it was erased or the slot is another's.
    pub(super) fn key(&self, holder: HolderId, slot: Slot) -> Result<Option<DataKey>, Fault> {
        let Some(bytes) = self.slot(slot)? else {
            return Ok(None);
        };
        let mut from = Reader::new(&bytes);
        if from.byte()? == 0 || from.array::<16>()? != holder.0 {
            return Ok(None);
        }
        let wrapped = from.raw(32 + OVERHEAD)?;
        self.master
            .unwrap(&context(holder, slot), wrapped)
            .map(Some)
    }

    /// What stands in `slot`; none behind the last one.
    fn slot(&self, slot: Slot) -> Result<Option<[u8; SLOT_USED]>, Fault> {
        let mut bytes = [0; SLOT_USED];
        let at = HEADER_BYTES + slot.0 * SLOT_BYTES;
        match self.file.read_exact_at(&mut bytes, at) {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Destroys the key in `slot`, durably.
    pub(super) fn erase(&self, slot: Slot) -> Result<(), Fault> {
        self.file
            .write_all_at(&[0; 96], HEADER_BYTES + slot.0 * SLOT_BYTES)?;
        self.file.sync_data()?;
        Ok(())
    }

    /// Tells of every key that is there. Whose an erased slot was is not known any more.
    pub(super) fn each(&self, tell: &mut dyn FnMut(HolderId, KeyState)) -> Result<(), Fault> {
        for slot in (0..).map(Slot) {
            let Some(bytes) = self.slot(slot)? else {
                break;
            };
            let mut from = Reader::new(&bytes);
            if from.byte()? != 0 {
                tell(HolderId(from.array()?), KeyState::Live);
            }
        }
        Ok(())
    }
}

/// What the header says; none if it is not one that we know.
fn read_head(header: &[u8; 256]) -> Result<Option<Head>, ReadError> {
    let mut from = Reader::new(header);
    if from.array::<8>()? != *MAGIC || from.byte()? != VERSION {
        return Ok(None);
    }
    Ok(Some(Head {
        ledger_id: from.array()?,
        master_id: from.array()?,
        secret: from.raw(32 + OVERHEAD)?.to_vec(),
    }))
}

/// Binds a wrapped key to its place and holder, so that slots cannot be exchanged.
fn context(holder: HolderId, slot: Slot) -> Vec<u8> {
    let mut out = Writer::with_capacity(24);
    out.raw(&holder.0);
    out.raw(&slot.0.to_be_bytes());
    out.finish()
}
