//! The keyring: one data key per owner, wrapped by the master key, outside the ledger. Destroying an
//! owner's key erases every body sealed for that owner, backups of the ledger included.
//!
//! It has two forms behind the same verbs: a file beside the ledger of one server ([`file`]), and
//! tables that several servers share ([`postgres`]). `master.key` holds the master key as text and is
//! never in either. A key is durable before its owner is.

use crate::fault::{Fault, OpenError};
use crate::postgres::counts::Connections;
use crate::postgres::waiting::Waiting;
use crate::seal::DataKey;
use file::{FileRing, Making};
use master::Master;
use postgres::PostgresRing;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

mod file;
mod master;
#[doc(hidden)]
pub mod postgres;

/// Fills a slice with random bytes; the machine's generator in the server, a seeded one in tests.
pub type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Keys made at a time, at first and at most: one sync pays for all of them.
const SPARES_MIN: usize = 16;
const SPARES_MAX: usize = 4_096;

/// How often [`Keyring::forget_old`] is called at least: a key is remembered for twice as long at most,
/// and for as long an erasure by another server may go unnoticed.
pub const FORGET_EVERY: Duration = Duration::from_secs(5);

/// Who holds a key: the random half of an owner's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HolderId(pub [u8; 16]);

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u64);

impl Slot {
    /// The slot of every key that is found by its holder alone.
    pub const BY_HOLDER: Self = Self(0);
}

/// Whether a key that was made is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is.
    Live,
    /// It was destroyed.
    Erased,
}

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

/// A key that is not kept anywhere yet, and the nonce with which it is wrapped.
struct Fresh {
    holder: HolderId,
    key: DataKey,
    nonce: [u8; 12],
}

/// A key on its way to another keyring; none if it was destroyed.
struct Carried {
    holder: HolderId,
    key: Option<DataKey>,
}

/// Who hears that so many more keys were carried, and says whether to go on.
pub(crate) type Hear<'a> = &'a mut dyn FnMut(u64) -> Result<(), Fault>;

/// The open keyring.
pub struct Keyring {
    form: Form,
    secret: [u8; 32],
    entropy: Entropy,
    spares: Mutex<Spares>,
}

enum Form {
    File(FileRing),
    Postgres(PostgresRing),
}

struct Spares {
    ready: Vec<Spare>,
    batch: usize,
}

impl Keyring {
    /// The file that holds the master key, in `folder`.
    #[must_use]
    pub fn master_path(folder: &Path) -> PathBuf {
        Master::path_in(folder)
    }

    /// The file that holds the wrapped keys, in `folder`.
    #[must_use]
    pub fn ring_path(folder: &Path) -> PathBuf {
        FileRing::path_in(folder)
    }

    /// Makes a keyring in a file for the ledger `ledger_id`, with a master key if the folder has none
    /// yet.
    ///
    /// # Errors
    /// [`OpenError`] if the folder cannot be written or holds something that is no master key.
    pub fn create(folder: &Path, ledger_id: [u8; 16], entropy: Entropy) -> Result<Self, OpenError> {
        let (ring, secret) = FileRing::create(folder, ledger_id, &entropy)?;
        Ok(Self::assemble(Form::File(ring), secret, entropy))
    }

    /// Opens the keyring in a file of the ledger `ledger_id`, which lies in `data`.
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
        let (ring, secret) = FileRing::open(folder, data, ledger_id)?;
        Ok(Self::assemble(Form::File(ring), secret, entropy))
    }

    /// Opens the keyring in a database of the ledger `ledger_id`. Several servers may; of those that
    /// make it at once, one does. What is asked of the database is waited for by `waiting`.
    ///
    /// # Errors
    /// [`OpenError`] if the database is refused, holds no keyring or that of another ledger, or if the
    /// master key is missing or not the one it was made with.
    pub fn in_postgres(
        options: &postgres::Options,
        ledger_id: [u8; 16],
        entropy: Entropy,
        waiting: Arc<Waiting>,
    ) -> Result<Self, OpenError> {
        let (ring, secret) = PostgresRing::open(options, ledger_id, &entropy, waiting)?;
        Ok(Self::assemble(Form::Postgres(ring), secret, entropy))
    }

    /// Makes a file `keyring.moving` of all these keys in `folder`, for the ledger `ledger_id`, which
    /// moves to `data`. They must come out of a database, in the order of holders.
    ///
    /// # Errors
    /// [`OpenError`] if they cannot be read or written, or if the folder holds no master key.
    pub(crate) fn carry_to_file(
        &self,
        (folder, data): (&Path, &Path),
        ledger_id: [u8; 16],
        hear: Hear<'_>,
    ) -> Result<Self, OpenError> {
        let mut making = Making::begin(folder, ledger_id, &self.secret, &self.entropy)?;
        self.pages(&mut |keys| {
            let count = u64::try_from(keys.len()).unwrap_or(u64::MAX);
            making.put(keys)?;
            hear(count)
        })?;
        let (ring, secret) = making.end(data)?;
        Ok(Self::assemble(
            Form::File(ring),
            secret,
            Arc::clone(&self.entropy),
        ))
    }

    /// Gives the file that [`Keyring::carry_to_file`] made in `folder` its name, durably. May be done
    /// again.
    ///
    /// # Errors
    /// As the machine says.
    pub(crate) fn settle_in(folder: &Path) -> std::io::Result<()> {
        let moving = FileRing::moving_in(folder);
        if moving.exists() {
            std::fs::rename(&moving, FileRing::path_in(folder))?;
        }
        std::fs::File::open(folder)?.sync_all()
    }

    /// Brings all these keys into tables, for the ledger `ledger_id`. Those that are there stay as they
    /// are, and what was destroyed stays destroyed. May be done again.
    ///
    /// # Errors
    /// [`OpenError`] if the database is refused, or keys cannot be read or written.
    pub(crate) fn carry_to_postgres(
        &self,
        options: &postgres::Options,
        ledger_id: [u8; 16],
        waiting: Arc<Waiting>,
        hear: Hear<'_>,
    ) -> Result<Self, OpenError> {
        let options = postgres::Options {
            missing: postgres::Missing::Bring(self.secret),
            ..options.clone()
        };
        let (ring, secret) = PostgresRing::open(&options, ledger_id, &self.entropy, waiting)?;
        if secret != self.secret {
            let what = format!("the keyring in {} is of another secret", ring.place());
            return Err(Fault::damaged(what).into());
        }
        self.pages(&mut |keys| {
            let count = u64::try_from(keys.len()).unwrap_or(u64::MAX);
            ring.bring(keys, &self.entropy)?;
            hear(count)
        })?;
        Ok(Self::assemble(
            Form::Postgres(ring),
            secret,
            Arc::clone(&self.entropy),
        ))
    }

    /// How many keys there are, more or less.
    ///
    /// # Errors
    /// [`Fault`] if the database does not answer.
    pub(crate) fn about(&self) -> Result<u64, Fault> {
        match &self.form {
            Form::File(ring) => Ok(ring.slots()),
            Form::Postgres(ring) => ring.about(),
        }
    }

    fn pages(&self, take: &mut dyn FnMut(Vec<Carried>) -> Result<(), Fault>) -> Result<(), Fault> {
        match &self.form {
            Form::File(ring) => ring.pages(take),
            Form::Postgres(ring) => ring.pages(take),
        }
    }

    fn assemble(form: Form, secret: [u8; 32], entropy: Entropy) -> Self {
        let spares = Spares {
            ready: Vec::new(),
            batch: SPARES_MIN,
        };
        Self {
            form,
            secret,
            entropy,
            spares: Mutex::new(spares),
        }
    }

    /// The folder of the master key, and of the keys themselves if they are in a file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match &self.form {
            Form::File(ring) => ring.folder(),
            Form::Postgres(ring) => ring.folder(),
        }
    }

    /// Where the keys are, as people may see it.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.form {
            Form::File(ring) => Self::ring_path(ring.folder()).display().to_string(),
            Form::Postgres(ring) => ring.place().to_string(),
        }
    }

    /// Our connections to the database that holds it, at this moment; none if it is in a file.
    #[must_use]
    pub fn connections(&self) -> Option<Connections> {
        match &self.form {
            Form::File(_) => None,
            Form::Postgres(ring) => Some(ring.connections()),
        }
    }

    /// The server's own secret, behind purchase ids and derived claim codes.
    #[must_use]
    pub const fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Takes a durable key for a new owner.
    ///
    /// # Errors
    /// [`Fault::Io`] or [`Fault::Away`] if new keys cannot be made durable.
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

    /// Makes new keys, more each time, all durable at once.
    fn refill(&self, spares: &mut Spares) -> Result<(), Fault> {
        let fresh = (0..spares.batch).map(|_| {
            let (mut holder, mut key, mut nonce) = ([0; 16], [0; 32], [0; 12]);
            (self.entropy)(&mut holder);
            (self.entropy)(&mut key);
            (self.entropy)(&mut nonce);
            Fresh {
                holder: HolderId(holder),
                key: DataKey::new(key),
                nonce,
            }
        });
        let fresh = fresh.collect();
        let mut kept = match &self.form {
            Form::File(ring) => ring.keep(fresh)?,
            Form::Postgres(ring) => ring.keep(fresh)?,
        };
        kept.reverse();
        spares.ready = kept;
        spares.batch = (spares.batch * 2).min(SPARES_MAX);
        Ok(())
    }

    /// The key of `holder` in `slot`; none if it was erased or the slot is another's.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or is damaged.
    pub fn key(&self, holder: HolderId, slot: Slot) -> Result<Option<DataKey>, Fault> {
        match &self.form {
            Form::File(ring) => ring.key(holder, slot),
            Form::Postgres(ring) => Ok(ring.keys(&[holder])?.remove(&holder)),
        }
    }

    /// From now on keys are read as they are at this moment, also those that are destroyed later. In a
    /// file nobody else destroys any.
    ///
    /// # Errors
    /// [`Fault`] if the database does not answer.
    pub fn hold(&mut self) -> Result<(), Fault> {
        match &mut self.form {
            Form::File(_) => Ok(()),
            Form::Postgres(ring) => ring.hold(),
        }
    }

    /// Is the key of `holder` in `slot` there now, whatever moment is held?
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or is damaged.
    pub fn is_there_now(&self, holder: HolderId, slot: Slot) -> Result<bool, Fault> {
        match &self.form {
            Form::File(ring) => Ok(ring.key(holder, slot)?.is_some()),
            Form::Postgres(ring) => ring.is_there_now(holder),
        }
    }

    /// The keys of many holders, each with its slot, by one question to a database. A key that was
    /// erased or never made is missing in the answer. In a database the slots do not matter, and the
    /// keys are remembered for a while, so that [`Keyring::key`] has them at hand.
    ///
    /// # Errors
    /// [`Fault`] if one of them cannot be read or is damaged.
    pub fn keys(&self, wanted: &[(HolderId, Slot)]) -> Result<BTreeMap<HolderId, DataKey>, Fault> {
        match &self.form {
            Form::File(ring) => {
                let found = wanted.iter().filter_map(|(holder, slot)| {
                    let key = ring.key(*holder, *slot).transpose()?;
                    Some(key.map(|key| (*holder, key)))
                });
                found.collect()
            }
            Form::Postgres(ring) => {
                let holders: Vec<HolderId> = wanted.iter().map(|(holder, _)| *holder).collect();
                ring.keys(&holders)
            }
        }
    }

    /// Makes sure that these keys are kept, before what is sealed with them is. Other servers have to find
    /// them, and a database may have lost them since they were taken or opened, when a replica took its
    /// place that had not followed: then they are put back. One that was destroyed stays so.
    ///
    /// # Errors
    /// [`Fault::Away`] if that cannot be made sure of now.
    pub(crate) fn secure(&self, keys: &BTreeMap<HolderId, DataKey>) -> Result<(), Fault> {
        match &self.form {
            // Nobody puts another file in its place while it is open.
            Form::File(_) => Ok(()),
            Form::Postgres(ring) => ring.secure(keys, &self.entropy),
        }
    }

    /// Would [`Keyring::key`] find the key of `holder` without asking a database?
    #[must_use]
    pub fn is_at_hand(&self, holder: HolderId) -> bool {
        match &self.form {
            Form::File(_) => true,
            Form::Postgres(ring) => ring.is_near(holder),
        }
    }

    /// Destroys the key of `holder` in `slot`, durably. May be done again.
    ///
    /// # Errors
    /// [`Fault::Io`] or [`Fault::Away`] if it cannot be overwritten durably.
    pub fn erase(&self, holder: HolderId, slot: Slot) -> Result<(), Fault> {
        match &self.form {
            Form::File(ring) => ring.erase(holder, slot),
            Form::Postgres(ring) => ring.erase(holder),
        }
    }

    /// Tells of every key that was made, used or not, in no order that means anything. A file does not
    /// know whose an erased key was and leaves it out.
    ///
    /// # Errors
    /// [`Fault`] if the keyring cannot be read.
    pub fn each(&self, mut tell: impl FnMut(HolderId, KeyState)) -> Result<(), Fault> {
        match &self.form {
            Form::File(ring) => ring.each(&mut tell),
            Form::Postgres(ring) => ring.each(&mut tell),
        }
    }

    /// Forgets what was remembered before the last call, so that what another server erased is not
    /// opened any more. Whoever opened a keyring in a database calls it once in [`FORGET_EVERY`].
    pub fn forget_old(&self) {
        match &self.form {
            // Nothing of a file is remembered.
            Form::File(_) => {}
            Form::Postgres(ring) => ring.forget_old(),
        }
    }

    /// Random bytes for a nonce.
    #[must_use]
    pub fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        (self.entropy)(&mut nonce);
        nonce
    }
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

/// Bytes from hexadecimal digits; none if they are not so many, or others.
pub(crate) fn unhex<const LEN: usize>(text: &str) -> Option<[u8; LEN]> {
    let mut bytes = [0; LEN];
    if text.len() != LEN * 2 || !text.is_ascii() {
        return None;
    }
    for (slot, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *slot = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
