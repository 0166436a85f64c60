//! The keyring's form as a file, in a folder outside the ledger. One process has it open; which one is
//! not looked after here.
//!
//! `keyring` holds a header of 256 bytes and then slots of 96 bytes, found by number, so that nothing
//! needs to be kept in memory and opening takes no time however many owners there are. A slot is durable
//! before its owner is.
//!
//! Slot: state (1 live, 0 erased), holder id 16, nonce 12, wrapped key 32 with tag 16, CRC-32.
//!
//! A file that was made of a keyring in a database begins with that one's keys, in the order of their
//! holders: the rows that need them know no slot of this file. Those are looked for by halves.

use super::master::{Head, Master};
use super::{Carried, Entropy, Fresh, HolderId, KeyState, Slot, Spare, private};
use crate::fault::{Fault, OpenError};
use crate::seal::{DataKey, OVERHEAD};
use purchase::bytes::{ReadError, Reader, Writer};
use std::cmp::Ordering;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

mod moving;

pub(super) use moving::Making;

const MAGIC: &[u8; 8] = b"ORIHONKR";
/// All keys are found by their slot.
const VERSION: u8 = 1;
/// The first so many keys are found by their holder.
const SORTED: u8 = 2;
const HEADER_BYTES: u64 = 256;
const SLOT_BYTES: u64 = 96;
const SLOT_USED: usize = 1 + 16 + 12 + 48 + 4;

/// The open file.
pub(super) struct FileRing {
    folder: PathBuf,
    file: File,
    master: Master,
    /// How many slots at the beginning are in the order of their holders.
    sorted: u64,
    next_slot: Mutex<u64>,
}

/// What the header says.
struct Header {
    head: Head,
    sorted: u64,
}

impl FileRing {
    /// The file that holds the wrapped keys, in `folder`.
    pub(super) fn path_in(folder: &Path) -> PathBuf {
        folder.join("keyring")
    }

    /// How many slots there are, used or not.
    pub(super) fn slots(&self) -> u64 {
        *self
            .next_slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it, and gives the server's secret with it.
    pub(super) fn create(
        folder: &Path,
        ledger_id: [u8; 16],
        entropy: &Entropy,
    ) -> Result<(Self, [u8; 32]), OpenError> {
        let (master, _) = Master::find_or_make(folder, entropy)?;
        let (head, secret) = Head::new(&master, ledger_id, entropy);
        let path = Self::path_in(folder);
        let mut file = private().create_new(true).open(&path)?;
        file.write_all(&Header { head, sorted: 0 }.bytes())?;
        file.sync_all()?;
        File::open(folder)?.sync_all()?;
        let ring = Self {
            folder: folder.to_owned(),
            file,
            master,
            sorted: 0,
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
        Self::open_at(folder, Self::path_in(folder), data, ledger_id)
    }

    /// The same, where the file has another name.
    fn open_at(
        folder: &Path,
        path: PathBuf,
        data: &Path,
        ledger_id: [u8; 16],
    ) -> Result<(Self, [u8; 32]), OpenError> {
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
        let Some(Header { head, sorted }) = Header::read(&header).map_err(Fault::from)? else {
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
            sorted,
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
            bytes.extend_from_slice(&slot_bytes(&self.master, (holder, slot), nonce, &key));
            kept.push(Spare { holder, slot, key });
        }
        self.file
            .write_all_at(&bytes, HEADER_BYTES + first * SLOT_BYTES)?;
        self.file.sync_data()?;
        *next_slot = first + u64::try_from(kept.len()).unwrap_or(0);
        Ok(kept)
    }

    /// The key of `holder` in `slot`; none if it was erased or the slot is another's.
    pub(super) fn key(&self, holder: HolderId, slot: Slot) -> Result<Option<DataKey>, Fault> {
        let Some((slot, bytes)) = self.find(holder, slot)? else {
            return Ok(None);
        };
        let mut from = Reader::new(&bytes);
        let (state, _) = (from.byte()?, from.array::<16>()?);
        if state == 0 {
            return Ok(None);
        }
        let wrapped = from.raw(32 + OVERHEAD)?;
        self.master
            .unwrap(&context(holder, slot), wrapped)
            .map(Some)
    }

    /// Where the key of `holder` is that rows expect in `slot`, and what stands there; none if the slot
    /// is another's, or was erased so that nobody knows whose it was.
    fn find(&self, holder: HolderId, slot: Slot) -> Result<Option<(Slot, [u8; SLOT_USED])>, Fault> {
        match self.slot(slot)? {
            Some(bytes) if holder_of(&bytes)? == holder => Ok(Some((slot, bytes))),
            Some(_) | None => self.search(holder),
        }
    }

    /// The same among the slots that are in the order of holders.
    fn search(&self, holder: HolderId) -> Result<Option<(Slot, [u8; SLOT_USED])>, Fault> {
        let (mut from, mut end) = (0, self.sorted);
        while from < end {
            let middle = Slot(from + (end - from) / 2);
            let Some(bytes) = self.slot(middle)? else {
                return Err(Fault::damaged("the keyring is shorter than it says"));
            };
            match holder_of(&bytes)?.cmp(&holder) {
                Ordering::Equal => return Ok(Some((middle, bytes))),
                Ordering::Less => from = middle.0 + 1,
                Ordering::Greater => end = middle.0,
            }
        }
        Ok(None)
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

    /// Destroys the key of `holder` that rows expect in `slot`, durably. Among those in the order of
    /// holders, whose it was stays: without it the others would not be found.
    pub(super) fn erase(&self, holder: HolderId, slot: Slot) -> Result<(), Fault> {
        let (slot, bytes) = if self.sorted == 0 {
            (slot, gone(None))
        } else {
            match self.find(holder, slot)? {
                Some((slot, _)) if slot.0 < self.sorted => (slot, gone(Some(holder))),
                Some((slot, _)) => (slot, gone(None)),
                None => return Ok(()),
            }
        };
        self.file
            .write_all_at(&bytes, HEADER_BYTES + slot.0 * SLOT_BYTES)?;
        self.file.sync_data()?;
        Ok(())
    }

    /// Tells of every key that is there. Whose an erased slot was is not known any more, unless it is
    /// among those in the order of holders.
    pub(super) fn each(&self, tell: &mut dyn FnMut(HolderId, KeyState)) -> Result<(), Fault> {
        for slot in (0..).map(Slot) {
            let Some(bytes) = self.slot(slot)? else {
                break;
            };
            let [state, ..] = bytes;
            if state != 0 {
                tell(holder_of(&bytes)?, KeyState::Live);
            } else if slot.0 < self.sorted {
                tell(holder_of(&bytes)?, KeyState::Erased);
            }
        }
        Ok(())
    }
}

/// Whose key stands in a slot.
fn holder_of(bytes: &[u8; SLOT_USED]) -> Result<HolderId, ReadError> {
    let mut from = Reader::new(bytes);
    let _ = from.byte()?;
    Ok(HolderId(from.array()?))
}

/// A slot with a key in it.
fn slot_bytes(
    master: &Master,
    (holder, slot): (HolderId, Slot),
    nonce: [u8; 12],
    key: &DataKey,
) -> [u8; 96] {
    let mut out = Writer::with_capacity(96);
    out.byte(1);
    out.raw(&holder.0);
    out.raw(&master.wrap(nonce, &context(holder, slot), key));
    let crc = crc32fast::hash(out.as_slice());
    out.raw(&crc.to_be_bytes());
    padded(&out.finish())
}

/// A slot whose key was destroyed.
fn gone(whose: Option<HolderId>) -> [u8; 96] {
    let mut out = Writer::with_capacity(96);
    if let Some(HolderId(holder)) = whose {
        out.byte(0);
        out.raw(&holder);
    }
    padded(&out.finish())
}

/// Bytes and zeros behind them.
fn padded<const LEN: usize>(bytes: &[u8]) -> [u8; LEN] {
    let mut all = [0; LEN];
    for (place, byte) in all.iter_mut().zip(bytes) {
        *place = *byte;
    }
    all
}

impl Header {
    fn bytes(&self) -> [u8; 256] {
        let mut out = Writer::with_capacity(256);
        out.raw(MAGIC);
        out.byte(if self.sorted == 0 { VERSION } else { SORTED });
        out.raw(&self.head.ledger_id);
        out.raw(&self.head.master_id);
        out.raw(&self.head.secret);
        if self.sorted > 0 {
            out.raw(&self.sorted.to_be_bytes());
        }
        padded(&out.finish())
    }

    /// What it says; none if it is not one that we know.
    fn read(header: &[u8; 256]) -> Result<Option<Self>, ReadError> {
        let mut from = Reader::new(header);
        if from.array::<8>()? != *MAGIC {
            return Ok(None);
        }
        let version = from.byte()?;
        let head = Head {
            ledger_id: from.array()?,
            master_id: from.array()?,
            secret: from.raw(32 + OVERHEAD)?.to_vec(),
        };
        let sorted = match version {
            VERSION => 0,
            SORTED => u64::from_be_bytes(from.array()?),
            _ => return Ok(None),
        };
        Ok(Some(Self { head, sorted }))
    }
}

/// Binds a wrapped key to its place and holder, so that slots cannot be exchanged.
fn context(holder: HolderId, slot: Slot) -> Vec<u8> {
    let mut out = Writer::with_capacity(24);
    out.raw(&holder.0);
    out.raw(&slot.0.to_be_bytes());
    out.finish()
}
