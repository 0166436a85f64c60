//! The keyring, file form: one data key per owner, wrapped by the master key, in a folder outside
//! the ledger. Destroying an owner's slot erases every body sealed for that owner, backups of the
//! ledger included.
//!
//! `master.key` holds the master key as text. `keyring` holds a header of 256 bytes and then slots
//! of 96 bytes, found by number, so that nothing needs to be kept in memory and opening takes no
//! time however many owners there are. A slot is durable before its owner is.
//!
//! Slot: state (1 live, 0 erased), holder id 16, nonce 12, wrapped key 32 with tag 16, CRC-32.

use crate::fault::{Fault, OpenError};
use crate::seal::DataKey;
use purchase::bytes::{ReadError, Reader, Writer};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Fills a slice with random bytes; the machine's generator in the server, a seeded one in tests.
pub type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

const MAGIC: &[u8; 8] = b"ORIHONKR";
const VERSION: u8 = 1;
const HEADER_BYTES: u64 = 256;
const SLOT_BYTES: u64 = 96;
const SLOT_USED: usize = 1 + 16 + 12 + 48 + 4;
/// Keys made at a time, at first and at most: one sync pays for all of them.
const SPARES_MIN: usize = 16;
const SPARES_MAX: usize = 4_096;

/// Who holds a key: the random half of an owner's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HolderId(pub [u8; 16]);

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u64);

/// A durable key that belongs to nobody yet.
#[derive(Clone, Debug)]
pub struct Spare {
    /// The id its owner will have.
    pub holder: HolderId,
    /// Where it is kept.
    pub slot: Slot,
    /// The key.
    pub key: DataKey,
}

/// The open keyring.
pub struct Keyring {
    folder: PathBuf,
    file: File,
    master: DataKey,
    secret: [u8; 32],
    entropy: Entropy,
    spares: Mutex<Spares>,
}

struct Spares {
    ready: Vec<Spare>,
    next_slot: u64,
    batch: usize,
}

impl Keyring {
    /// The file that holds the master key, in `folder`.
    #[must_use]
    pub fn master_path(folder: &Path) -> PathBuf {
        folder.join("master.key")
    }

    /// The file that holds the wrapped keys, in `folder`.
    #[must_use]
    pub fn ring_path(folder: &Path) -> PathBuf {
        folder.join("keyring")
    }

    /// Makes a keyring for the ledger `ledger_id`, with a master key if the folder has none yet.
    ///
    /// # Errors
    /// [`OpenError`] if the folder cannot be written or holds something that is no master key.
    pub fn create(folder: &Path, ledger_id: [u8; 16], entropy: Entropy) -> Result<Self, OpenError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let master_path = Self::master_path(folder);
        if !master_path.exists() {
            let mut bytes = [0; 32];
            entropy(&mut bytes);
            write_private(&master_path, &format!("{}\n", hex(&bytes)))?;
        }
        let master = read_master(&master_path)?;
        let (mut secret, mut nonce) = ([0; 32], [0; 12]);
        entropy(&mut secret);
        entropy(&mut nonce);
        let mut header = Writer::with_capacity(256);
        header.raw(MAGIC);
        header.byte(VERSION);
        header.raw(&ledger_id);
        header.raw(&key_id(&master));
        header.raw(&master.seal(nonce, &ledger_id, &secret));
        let mut header = header.finish();
        header.resize(usize::try_from(HEADER_BYTES).unwrap_or(256), 0);
        let path = Self::ring_path(folder);
        let mut file = private().create_new(true).open(&path)?;
        file.write_all(&header)?;
        file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(Self::assemble(folder, file, master, secret, 0, entropy))
    }

    /// Opens the keyring of the ledger `ledger_id`, which lies in `data`.
    ///
    /// # Errors
    /// [`OpenError`] if it is missing, belongs to another ledger, or its master key is not the one
    /// it was made with.
    pub fn open(
        folder: &Path,
        data: &Path,
        ledger_id: [u8; 16],
        entropy: Entropy,
    ) -> Result<Self, OpenError> {
        let path = Self::ring_path(folder);
        let master_path = Self::master_path(folder);
        for needed in [&path, &master_path] {
            if !needed.exists() {
                return Err(OpenError::KeyringMissing {
                    path: needed.clone(),
                });
            }
        }
        let master = read_master(&master_path)?;
        let file = private().open(&path)?;
        let mut header = [0; 256];
        file.read_exact_at(&mut header, 0)?;
        let mut from = Reader::new(&header);
        let read = |error: ReadError| OpenError::Fault(Fault::from(error));
        if from.array::<8>().map_err(read)? != *MAGIC || from.byte().map_err(read)? != VERSION {
            return Err(Fault::damaged(format!("the keyring {}", path.display())).into());
        }
        if from.array::<16>().map_err(read)? != ledger_id {
            return Err(OpenError::ForeignKeyring {
                keyring: path,
                path: data.to_owned(),
            });
        }
        let wanted = from.array::<4>().map_err(read)?;
        let given = key_id(&master);
        let sealed = from.raw(32 + crate::seal::OVERHEAD).map_err(read)?;
        let secret = match master.open(&ledger_id, sealed) {
            Ok(secret) if wanted == given => secret,
            Ok(_) | Err(_) => {
                return Err(OpenError::WrongMasterKey {
                    master: master_path,
                    keyring: path,
                    given: hex(&given),
                    wanted: hex(&wanted),
                });
            }
        };
        let secret = <[u8; 32]>::try_from(secret)
            .map_err(|_| Fault::damaged("the keyring's secret has another length"))?;
        // A slot that was cut short by a crash was never used; its place is taken again.
        let next_slot = file.metadata()?.len().saturating_sub(HEADER_BYTES) / SLOT_BYTES;
        Ok(Self::assemble(
            folder, file, master, secret, next_slot, entropy,
        ))
    }

    fn assemble(
        folder: &Path,
        file: File,
        master: DataKey,
        secret: [u8; 32],
        next_slot: u64,
        entropy: Entropy,
    ) -> Self {
        let spares = Spares {
            ready: Vec::new(),
            next_slot,
            batch: SPARES_MIN,
        };
        Self {
            folder: folder.to_owned(),
            file,
            master,
            secret,
            entropy,
            spares: Mutex::new(spares),
        }
    }

    /// The folder it lies in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's own secret, behind purchase ids and derived claim codes.
    #[must_use]
    pub const fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Takes a durable key for a new owner.
    ///
    /// # Errors
    /// [`Fault::Io`] if new keys cannot be made durable.
    pub fn take(&self) -> Result<Spare, Fault> {
        let mut spares = self.spares.lock().unwrap_or_else(PoisonError::into_inner);
        if spares.ready.is_empty() {
            self.refill(&mut spares)?;
        }
        spares.ready.pop().ok_or(Fault::Stopped)
    }

    /// Takes back a key whose owner never came to be.
    pub fn give_back(&self, spare: Spare) {
        self.spares
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ready
            .push(spare);
    }

    /// Makes new keys, more each time, all durable by one sync.
    fn refill(&self, spares: &mut Spares) -> Result<(), Fault> {
        let first = spares.next_slot;
        let mut bytes = Vec::new();
        let mut made = Vec::with_capacity(spares.batch);
        for slot in (first..).take(spares.batch) {
            let (mut holder, mut key, mut nonce) = ([0; 16], [0; 32], [0; 12]);
            (self.entropy)(&mut holder);
            (self.entropy)(&mut key);
            (self.entropy)(&mut nonce);
            let spare = Spare {
                holder: HolderId(holder),
                slot: Slot(slot),
                key: DataKey::new(key),
            };
            bytes.extend_from_slice(&self.slot_bytes(&spare, nonce));
            made.push(spare);
        }
        self.file
            .write_all_at(&bytes, HEADER_BYTES + first * SLOT_BYTES)?;
        self.file.sync_data()?;
        spares.next_slot = first + u64::try_from(made.len()).unwrap_or(0);
        spares.batch = (spares.batch * 2).min(SPARES_MAX);
        made.reverse();
        spares.ready = made;
        Ok(())
    }

    fn slot_bytes(&self, spare: &Spare, nonce: [u8; 12]) -> Vec<u8> {
        let mut out = Writer::with_capacity(96);
        out.byte(1);
        out.raw(&spare.holder.0);
        let context = slot_context(spare.holder, spare.slot);
        out.raw(&self.master.seal(nonce, &context, spare.key.bytes()));
        let crc = crc32fast::hash(out.as_slice());
        out.raw(&crc.to_be_bytes());
        let mut bytes = out.finish();
        bytes.resize(usize::try_from(SLOT_BYTES).unwrap_or(96), 0);
        bytes
    }

    /// The key of `holder` in `slot`; none if it was erased or the slot is another's.
    ///
    /// # Errors
    /// [`Fault`] if the slot cannot be read or is damaged.
    pub fn key(&self, holder: HolderId, slot: Slot) -> Result<Option<DataKey>, Fault> {
        let mut bytes = [0; SLOT_USED];
        let at = HEADER_BYTES + slot.0 * SLOT_BYTES;
        match self.file.read_exact_at(&mut bytes, at) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let mut from = Reader::new(&bytes);
        if from.byte()? == 0 || from.array::<16>()? != holder.0 {
            return Ok(None);
        }
        let wrapped = from.raw(32 + crate::seal::OVERHEAD)?;
        let key = self.master.open(&slot_context(holder, slot), wrapped)?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| Fault::damaged("a wrapped key"))?;
        Ok(Some(DataKey::new(key)))
    }

    /// Destroys the key in `slot`, durably.
    ///
    /// # Errors
    /// [`Fault::Io`] if it cannot be overwritten or synced.
    pub fn erase(&self, slot: Slot) -> Result<(), Fault> {
        self.file
            .write_all_at(&[0; 96], HEADER_BYTES + slot.0 * SLOT_BYTES)?;
        self.file.sync_data()?;
        Ok(())
    }

    /// Random bytes for a nonce.
    #[must_use]
    pub fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        (self.entropy)(&mut nonce);
        nonce
    }
}

/// Binds a wrapped key to its place and holder, so that slots cannot be exchanged.
fn slot_context(holder: HolderId, slot: Slot) -> Vec<u8> {
    let mut out = Writer::with_capacity(24);
    out.raw(&holder.0);
    out.raw(&slot.0.to_be_bytes());
    out.finish()
}

/// The first bytes of the key's hash: enough to tell keys apart, nothing to open with.
fn key_id(master: &DataKey) -> [u8; 4] {
    let hash = ring::digest::digest(&ring::digest::SHA256, master.bytes());
    hash.as_ref()
        .first_chunk::<4>()
        .copied()
        .unwrap_or_default()
}

fn read_master(path: &Path) -> Result<DataKey, OpenError> {
    let text = std::fs::read_to_string(path)?;
    let bytes = unhex(text.trim()).ok_or_else(|| {
        Fault::damaged(format!(
            "{} does not hold a master key (64 hexadecimal digits)",
            path.display()
        ))
    })?;
    Ok(DataKey::new(bytes))
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

/// Writes a file that only its owner can read, durably.
///
/// # Errors
/// As the machine says; also if the file exists.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = private().create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (slot, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *slot = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
