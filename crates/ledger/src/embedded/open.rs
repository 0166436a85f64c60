//! Opening a data folder: made whole or not at all, one process at a time, never trusted to the
//! page cache, and never accepted with less than was acknowledged.

use super::engine::{Durability, Engine, Row};
use super::hot::Hot;
use super::key::{self, Kind, Space};
use super::names::Names;
use super::shared::others::Noticing;
use super::value::operator::OperatorRow;
use super::value::people::{CommitRow, ErasedRow, Gap, Opens};
use super::value::store::StoreRow;
use super::{Ledger, Writer};
use crate::fault::{Fault, OpenError};
use crate::keyring::{Entropy, HolderId, Keyring};
use crate::notice::{Notice, Purpose, Stage};
use crate::watermark::{Mark, Watermark};
use purchase::bytes::{ReadError, Reader};
use purchase::time::Timestamp;
use rustix::fs::{Advice, fadvise};
use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};

/// The format of the data folder that this build reads and writes.
pub(crate) const FORMAT: u32 = 1;
mod making;

pub(super) use making::{beside, make_engine, settle_in_place};

const ENGINE_FOLDER: &str = "ledger";
const KEYS_NOTE: &str = "keys.path";
const LOCK_FILE: &str = "lock";
pub(super) const NOTICE_FILE: &str = "move";
/// In the folder of the keys.
pub(super) const WATERMARK: &str = "watermark";

/// Whether to go on with a ledger that lacks acknowledged commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GapPolicy {
    /// Refuse to open.
    #[default]
    Refuse,
    /// Open, and record that it was done.
    Accept,
}

/// How to open a ledger.
#[derive(Clone)]
pub struct Options {
    /// The data folder; made if it is not there.
    pub data: PathBuf,
    /// The folder of the keyring; the sibling `DATA.keys` unless the data folder says otherwise.
    pub keys: Option<PathBuf>,
    /// Random bytes.
    pub entropy: Entropy,
    /// The time of opening.
    pub now: Timestamp,
    /// What to do about missing commits.
    pub gap: GapPolicy,
    /// Memory for blocks of the engine.
    pub block_cache_bytes: u64,
    /// Memory for catalogues.
    pub catalogue_bytes: usize,
    /// Whether commits are synced.
    pub durability: Durability,
    /// What for.
    pub purpose: Purpose,
}

impl Options {
    /// The usual options for a data folder.
    #[must_use]
    pub fn new(data: PathBuf, entropy: Entropy, now: Timestamp) -> Self {
        Self {
            data,
            keys: None,
            entropy,
            now,
            gap: GapPolicy::Refuse,
            block_cache_bytes: 64 * 1_024 * 1_024,
            catalogue_bytes: 128 * 1_024 * 1_024,
            durability: Durability::Synced,
            purpose: Purpose::Serve,
        }
    }
}

/// What was found on opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A new folder was made.
    New,
    /// It was there.
    Existing,
    /// It was there and lacked commits, which was accepted.
    Gap(Gap),
}

impl Ledger {
    /// Opens the ledger, and makes it first if there is none.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do; nothing was changed then.
    pub fn open(options: &Options) -> Result<(Self, Found), OpenError> {
        let (found, lock) = enter(options)?;
        let keys = keys_folder(options)?;
        let engine_folder = options.data.join(ENGINE_FOLDER);
        if !engine_folder.is_dir() {
            return Err(OpenError::Foreign {
                path: options.data.clone(),
            });
        }
        let watermark_path = keys.join(WATERMARK);
        settle_folder(&engine_folder)?;
        for path in [&watermark_path, &Keyring::ring_path(&keys)] {
            if !path.exists() {
                return Err(OpenError::KeyringMissing { path: path.clone() });
            }
            settle_file(path)?;
        }
        let engine = Engine::open(
            &engine_folder,
            options.block_cache_bytes,
            options.durability,
        )
        .map_err(|error| match error {
            fjall::Error::Locked => OpenError::InUse {
                path: options.data.clone(),
            },
            other => OpenError::Fault(other.into()),
        })?;
        let ledger_id = read_format(&engine, &options.data)?;
        let keyring = Keyring::open(
            &keys,
            &options.data,
            ledger_id,
            Arc::clone(&options.entropy),
        )?;
        let (watermark, acknowledged) = Watermark::open(&watermark_path)?;
        let head = newest_commit(&engine)?;
        let gap = compare(&engine, head, acknowledged, options)?;
        let mut ledger = Self {
            id: ledger_id,
            purpose: options.purpose,
            secret: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, keyring.secret()),
            stores: RwLock::new(read_stores(&engine)?),
            names: Names::new(options.catalogue_bytes),
            hot: Hot::open(&engine)?,
            engine,
            keyring,
            writer: Mutex::new(Writer { mark: head }),
            watermark: Some(Mutex::new(watermark)),
            stopped: AtomicBool::new(false),
            erasures: AtomicU64::new(0),
            noticing: Noticing::default(),
            data: options.data.clone(),
            _lock: Some(lock),
        };
        ledger.repair(gap, options.now)?;
        Ok((ledger, gap.map_or(found, Found::Gap)))
    }

    /// Brings the ledger and its watermark to one point: records an accepted gap, takes away what a
    /// crash left staged, registers operators of older builds, destroys keys whose erasure is
    /// recorded.
    fn repair(&mut self, gap: Option<Gap>, now: Timestamp) -> Result<(), OpenError> {
        let mut rows = Vec::new();
        if let Some(gap) = gap {
            rows.push((
                Space::Facts,
                key::plain(Kind::Gap, &gap.found.to_be_bytes()),
                Some(gap.encode()),
            ));
        }
        for pair in self
            .engine
            .prefix(Space::Facts, &[key::number(Kind::Staging)])
        {
            let (row_key, _) = pair?;
            let store = row_key.get(1..).unwrap_or_default();
            self.unstage(store, &mut rows)?;
            rows.push((Space::Facts, row_key.to_vec(), None));
        }
        self.register_operators(now, &mut rows)?;
        if !rows.is_empty() {
            let writer = self.writer.get_mut().map_err(|_| Fault::Stopped)?;
            let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
            hash.update(&writer.mark.chain);
            for (_, row_key, _) in &rows {
                hash.update(row_key);
            }
            let chain = hash
                .finish()
                .as_ref()
                .first_chunk::<32>()
                .copied()
                .unwrap_or_default();
            let mark = Mark {
                seq: writer.mark.seq + 1,
                chain,
            };
            let row = CommitRow { mark, at: now }.encode();
            rows.push((Space::Facts, key::commit(mark.seq), Some(row)));
            self.engine.commit(rows.into_iter())?;
            writer.mark = mark;
        }
        self.destroy_erased()?;
        let mark = self.mark()?;
        self.acknowledge(mark)?;
        Ok(())
    }

    /// Destroys keys whose erasure is recorded: a crash came between the two, or the keyring was
    /// put back from a copy.
    pub(super) fn destroy_erased(&self) -> Result<(), Fault> {
        destroy_erased(&self.engine, &self.keyring)
    }

    /// Gives a row to operators' keys of a build that kept nothing but their secrets, so that they
    /// are listed and can be taken away. Where one has a row, all have.
    fn register_operators(&self, now: Timestamp, rows: &mut Vec<Row>) -> Result<(), Fault> {
        let registered = [key::number(Kind::Operator)];
        if self
            .engine
            .prefix(Space::Facts, &registered)
            .next()
            .is_some()
        {
            return Ok(());
        }
        for pair in self
            .engine
            .prefix(Space::Facts, &[key::number(Kind::Secret)])
        {
            let (row_key, row) = pair?;
            if let Opens::Operator { token_id, grant } = Opens::decode(&row)? {
                let hash = row_key.get(1..).and_then(|hash| hash.first_chunk());
                let row = OperatorRow {
                    hash: *hash.ok_or(ReadError::Short)?,
                    created_at: now,
                    label: None,
                    grant,
                };
                rows.push((Space::Facts, key::operator(token_id), Some(row.encode())));
            }
        }
        Ok(())
    }

    fn unstage(&self, store: &[u8], rows: &mut Vec<Row>) -> Result<(), Fault> {
        let text = str::from_utf8(store).ok();
        let Some(store_id) = text.and_then(|text| purchase::id::StoreId::parse(text).ok()) else {
            return Err(Fault::damaged("a staging row names no store"));
        };
        let head = self.names.head(&self.engine, &store_id)?.revision;
        for pair in self
            .engine
            .prefix(Space::Catalogue, &key::of_store(Kind::Item, &store_id))
        {
            let (row_key, row) = pair?;
            if super::names::read_item(&store_id, &row_key, &row)?
                .1
                .revision
                > head
            {
                rows.push((Space::Catalogue, row_key.to_vec(), None));
            }
        }
        Ok(())
    }
}

/// Makes the folder if there is none, locks it, and looks whether it is to be opened here.
fn enter(options: &Options) -> Result<(Found, File), OpenError> {
    let is_new = !holds_something(&options.data)?;
    match options.purpose {
        Purpose::Serve if is_new => {
            making::create(options)?;
            Ok((Found::New, lock(&options.data)?))
        }
        Purpose::Serve => {
            let lock = lock(&options.data)?;
            let what = options.data.display().to_string();
            refuse_elsewhere(&what, read_notice(&options.data)?)?;
            Ok((Found::Existing, lock))
        }
        Purpose::Read if is_new => {
            let path = options.data.clone();
            Err(OpenError::NoLedger { path })
        }
        Purpose::Read => Ok((Found::Existing, lock(&options.data)?)),
    }
}

/// Destroys the keys of `keyring` whose erasure is recorded in `engine`.
pub(super) fn destroy_erased(engine: &Engine, keyring: &Keyring) -> Result<(), Fault> {
    for pair in engine.prefix(Space::Facts, &[key::number(Kind::Erased)]) {
        let (row_key, row) = pair?;
        let Some((_, holder)) = row_key.split_last_chunk::<16>() else {
            continue;
        };
        // A record that does not read is for the verification to tell.
        let Ok(ErasedRow { slot, .. }) = ErasedRow::decode(&row) else {
            continue;
        };
        let holder = HolderId(*holder);
        match keyring.key(holder, slot) {
            Ok(None) => {}
            Ok(Some(_)) | Err(Fault::Damaged { .. }) => keyring.erase(holder, slot)?,
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

pub(super) fn holds_something(data: &Path) -> Result<bool, OpenError> {
    match fs::read_dir(data) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The notice in a data folder, if the ledger moves or has moved.
pub(super) fn read_notice(data: &Path) -> Result<Option<Notice>, OpenError> {
    let path = data.join(NOTICE_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let notice = Notice::from_text(&text);
    let damaged = || Fault::damaged(format!("{} is no notice of a move", path.display()));
    Ok(Some(notice.ok_or_else(damaged)?))
}

/// Whoever serves a ledger serves it where it is.
pub(super) fn refuse_elsewhere(what: &str, notice: Option<Notice>) -> Result<(), OpenError> {
    match notice {
        Some(notice) if notice.stage != Stage::Arrived => Err(OpenError::Elsewhere {
            what: what.to_owned(),
            notice,
        }),
        Some(_) | None => Ok(()),
    }
}

/// The folder of master key and keyring that belongs to a data folder: its sibling `DATA.keys`.
#[must_use]
pub fn usual_keys(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or_default().to_owned();
    name.push(".keys");
    data.with_file_name(name)
}

fn keys_folder(options: &Options) -> Result<PathBuf, OpenError> {
    if let Some(keys) = &options.keys {
        return Ok(keys.clone());
    }
    let data = std::path::absolute(&options.data)?;
    match fs::read_to_string(data.join(KEYS_NOTE)) {
        Ok(note) => {
            let note = note.trim();
            match note.strip_prefix("../") {
                // The note follows the folder: a renamed copy looks for its own sibling first.
                Some(_) if usual_keys(&data).exists() => Ok(usual_keys(&data)),
                Some(sibling) => Ok(data.with_file_name(sibling)),
                None => Ok(PathBuf::from(note)),
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(OpenError::Foreign {
            path: options.data.clone(),
        }),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn lock(data: &Path) -> Result<File, OpenError> {
    let path = data.join(LOCK_FILE);
    if !path.exists() {
        return Err(OpenError::Foreign {
            path: data.to_owned(),
        });
    }
    let file = File::open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: data.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Syncs every file below `folder` and drops it from the page cache, so that nothing is read that
/// the disk does not hold: after a failed sync the cache shows data that were never written.
fn settle_folder(folder: &Path) -> Result<(), OpenError> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            settle_folder(&entry.path())?;
        } else {
            settle_file(&entry.path())?;
        }
    }
    Ok(())
}

fn settle_file(path: &Path) -> Result<(), OpenError> {
    let file = File::open(path)?;
    // The first sync may report an old failure once; a second one means the disk is bad.
    if let Err(error) = file.sync_all() {
        tracing::warn!(path = %path.display(), %error, "a data file could not be synced; trying again");
        file.sync_all()?;
    }
    fadvise(&file, 0, None, Advice::DontNeed).map_err(std::io::Error::from)?;
    Ok(())
}

fn read_format(engine: &Engine, data: &Path) -> Result<[u8; 16], OpenError> {
    let row = engine.get(Space::Facts, &key::plain(Kind::Format, &[]))?;
    let row = row.ok_or_else(|| OpenError::Foreign {
        path: data.to_owned(),
    })?;
    let mut from = Reader::new(&row);
    let found = u32::from_be_bytes(from.array().map_err(Fault::from)?);
    if found != FORMAT {
        return Err(OpenError::TooNew {
            path: data.to_owned(),
            found,
            known: FORMAT,
        });
    }
    Ok(from.array().map_err(Fault::from)?)
}

fn newest_commit(engine: &Engine) -> Result<Mark, Fault> {
    let mut newest = Mark::START;
    for pair in engine.prefix(Space::Facts, &[key::number(Kind::Commit)]) {
        let mark = CommitRow::decode(&pair?.1)?.mark;
        if mark.seq > newest.seq {
            newest = mark;
        }
    }
    Ok(newest)
}

/// Compares what was recovered with what was acknowledged.
fn compare(
    engine: &Engine,
    head: Mark,
    acknowledged: Mark,
    options: &Options,
) -> Result<Option<Gap>, OpenError> {
    let gap = Gap {
        found: head.seq,
        acknowledged: acknowledged.seq,
        at: options.now,
    };
    if head.seq < acknowledged.seq {
        return match options.gap {
            GapPolicy::Accept => Ok(Some(gap)),
            GapPolicy::Refuse => Err(OpenError::Truncated {
                found: head.seq,
                acknowledged: acknowledged.seq,
                missing: acknowledged.seq - head.seq,
            }),
        };
    }
    // The acknowledged commit is still among the newest unless many were never acknowledged.
    let row = engine.read(
        Space::Facts,
        &key::commit(acknowledged.seq),
        CommitRow::decode,
    )?;
    let is_same = match row.map(|row| row.mark) {
        Some(mark) if mark.seq == acknowledged.seq => mark.chain == acknowledged.chain,
        Some(mark) => mark.seq > acknowledged.seq,
        None => acknowledged == Mark::START,
    };
    match (is_same, options.gap) {
        (true, _) => Ok(None),
        (false, GapPolicy::Accept) => Ok(Some(gap)),
        (false, GapPolicy::Refuse) => Err(OpenError::OtherHistory {
            seq: acknowledged.seq,
        }),
    }
}

pub(super) fn read_stores(
    engine: &Engine,
) -> Result<HashMap<purchase::id::StoreId, Arc<StoreRow>>, Fault> {
    engine
        .prefix(Space::Facts, &[key::number(Kind::Store)])
        .map(|pair| {
            let row = StoreRow::decode(&pair?.1)?;
            Ok((row.store.store_id.clone(), Arc::new(row)))
        })
        .collect()
}

#[cfg(test)]
mod tests;
