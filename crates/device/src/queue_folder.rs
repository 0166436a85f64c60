//! The queue in a folder: every sale that is not filed yet, as it is sent, with a manifest that says
//! how many they are, what they come to, and their digest. A folder is written whole or not at all,
//! and nothing is believed of one that does not fit its manifest. Saving takes nothing out of the
//! queue; where a folder goes is the business of others.

use crate::credential::hex;
use crate::database::{Database, DatabaseError, log};
use crate::outbox::{self, Entered, OutboxError, Sale};
use crate::refusal::{Deed, RefusalError};
use purchase::time::Timestamp;
use ring::digest::{SHA256, digest};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;
use wire::settlement::{Received, read_settlement};

/// The settlements, a line each.
const SALES: &str = "sales.ndjson";
/// What they are.
const MANIFEST: &str = "manifest.json";
/// Marks the folder as one of these.
const FORMAT: &str = "orihon-queue";
const VERSION: u32 = 1;

/// Why a folder cannot be written, or not believed.
#[derive(Debug, Error)]
pub enum FolderError {
    /// It is there already.
    #[error("{} is there already; name a folder that is not", .0.display())]
    Exists(PathBuf),
    /// It cannot be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It is something else.
    #[error("{} is no saved queue: {wrong}; nothing was changed", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        wrong: String,
    },
    /// It was damaged.
    #[error("{} is damaged: {wrong}; copy it anew, nothing was changed", path.display())]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        wrong: String,
    },
    /// It is another store's.
    #[error("{} was saved by {theirs}, and this device belongs to {ours}; nothing was changed", path.display())]
    OtherStore {
        /// The folder.
        path: PathBuf,
        /// Whose it is.
        theirs: String,
        /// Whose this device is.
        ours: String,
    },
    /// This device has used the numbers for other sales.
    #[error(
        "{count} of these sales bear numbers that this device gave to others, the first is number \
         {number} of till {terminal} on {business_date}; nothing was changed. With --renumber they get \
         the next numbers of their tills"
    )]
    NumbersTaken {
        /// How many.
        count: usize,
        /// Of the first.
        terminal: String,
        /// Of the first.
        business_date: String,
        /// Of the first.
        number: String,
    },
    /// A sale cannot be entered.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// A sale cannot be given another number.
    #[error(transparent)]
    Renumber(#[from] RefusalError),
}

impl From<DatabaseError> for FolderError {
    fn from(error: DatabaseError) -> Self {
        Self::Outbox(error.into())
    }
}

impl From<rusqlite::Error> for FolderError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Outbox(error.into())
    }
}

/// What a folder says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// Whose the sales are.
    pub store_id: String,
    /// When they were saved.
    pub saved_at: String,
    /// How many.
    pub sales: usize,
    /// Of which the server refused so many.
    pub refused: usize,
    /// The sum of their totals by currency, whatever their kind.
    pub totals: BTreeMap<String, i64>,
    /// SHA-256 of the settlements' file.
    pub sha256: String,
}

/// A folder that was read and believed.
#[derive(Debug)]
pub struct Saved {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The settlements as they are sent, each with what it says.
    pub sales: Vec<(String, Received)>,
}

/// What became of sales that were loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// They wait here now.
    pub entered: usize,
    /// They were here before.
    pub known: usize,
    /// They wait here under other numbers.
    pub renumbered: usize,
}

/// What happens to numbers that this device gave to other sales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nothing is loaded.
    Refuse,
    /// Such sales get the next numbers of their tills.
    Renumber,
}

/// Writes all sales that are not filed into a new folder.
///
/// # Errors
/// [`FolderError`]; then there is no such folder.
pub fn save(
    connection: &Connection,
    store_id: &str,
    saved_at: String,
    folder: &Path,
) -> Result<Manifest, FolderError> {
    if folder.exists() {
        return Err(FolderError::Exists(folder.to_owned()));
    }
    let refused = outbox::refused(connection, usize::MAX)?;
    let mut sales = outbox::waiting(connection, usize::MAX)?;
    let refused_count = refused.len();
    sales.extend(refused);
    sales.sort_by_key(|sale| sale.id);
    let lines: String = sales.iter().map(line).collect();
    let mut totals = BTreeMap::<String, i64>::new();
    for sale in &sales {
        let total = totals.entry(sale.currency.clone()).or_default();
        *total = total.saturating_add(sale.total);
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        store_id: store_id.to_owned(),
        saved_at,
        sales: sales.len(),
        refused: refused_count,
        totals,
        sha256: hash(lines.as_bytes()),
    };
    // Beside its place first: what bears the name is whole.
    let mut draft = folder.as_os_str().to_owned();
    draft.push(".draft");
    let draft = PathBuf::from(draft);
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |cause| FolderError::Io { path, cause }
    };
    std::fs::create_dir_all(&draft).map_err(wrong(&draft))?;
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| DatabaseError::Strange(error.to_string()))?;
    for (name, content) in [(SALES, lines), (MANIFEST, format!("{text}\n"))] {
        let path = draft.join(name);
        write(&path, &content).map_err(wrong(&path))?;
    }
    std::fs::rename(&draft, folder).map_err(wrong(folder))?;
    Ok(manifest)
}

/// A line of its own: what a till sent over several lines has its breaks between the words.
fn line(sale: &Sale) -> String {
    let body = sale.body.replace(['\n', '\r'], " ");
    format!("{body}\n")
}

fn write(path: &Path, content: &str) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

fn hash(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// Reads a folder and believes it only if all of it fits.
///
/// # Errors
/// [`FolderError`].
pub fn read(folder: &Path, store_id: &str) -> Result<Saved, FolderError> {
    let text = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|cause| FolderError::Io { path, cause })
    };
    let foreign = |wrong: String| FolderError::Foreign {
        path: folder.to_owned(),
        wrong,
    };
    let manifest: Manifest = serde_json::from_slice(&text(MANIFEST)?)
        .map_err(|error| foreign(format!("its manifest cannot be read: {error}")))?;
    if (manifest.format.as_str(), manifest.version) != (FORMAT, VERSION) {
        let (format, version) = (&manifest.format, manifest.version);
        return Err(foreign(format!("it is a {format} of version {version}")));
    }
    if manifest.store_id != store_id {
        return Err(FolderError::OtherStore {
            path: folder.to_owned(),
            theirs: manifest.store_id,
            ours: store_id.to_owned(),
        });
    }
    let damaged = |wrong: String| FolderError::Damaged {
        path: folder.to_owned(),
        wrong,
    };
    let content = text(SALES)?;
    if hash(&content) != manifest.sha256 {
        return Err(damaged(format!(
            "{SALES} has another SHA-256 than the manifest says"
        )));
    }
    let content = String::from_utf8(content).map_err(|error| damaged(error.to_string()))?;
    let mut sales = Vec::new();
    for (line, number) in content.lines().zip(1_usize..) {
        let received = read_settlement(line.as_bytes())
            .map_err(|error| damaged(format!("line {number}: {}", OutboxError::Rejected(error))))?;
        sales.push((line.to_owned(), received));
    }
    if sales.len() != manifest.sales {
        let (found, told) = (sales.len(), manifest.sales);
        return Err(damaged(format!(
            "it holds {found} sales, and the manifest says {told}"
        )));
    }
    Ok(Saved { manifest, sales })
}

/// Puts the sales of a folder into the outbox of this device: all of them, or none.
///
/// # Errors
/// [`FolderError`]; then nothing was changed.
pub fn load(
    database: &mut Database,
    saved: &Saved,
    taken: Taken,
    deed: &Deed<'_>,
) -> Result<Loaded, FolderError> {
    let transaction = database.write()?;
    let mut loaded = Loaded::default();
    let mut refused = Vec::new();
    for (body, received) in &saved.sales {
        match outbox::put(&transaction, body, received, deed.at) {
            Ok(Entered::Now) => loaded.entered += 1,
            Ok(Entered::Before) => loaded.known += 1,
            Err(error @ OutboxError::NumberTaken { .. }) => refused.push((error, body, received)),
            Err(error) => return Err(error.into()),
        }
    }
    if taken == Taken::Refuse
        && let Some((
            OutboxError::NumberTaken {
                terminal,
                business_date,
                number,
            },
            ..,
        )) = refused.first()
    {
        return Err(FolderError::NumbersTaken {
            count: refused.len(),
            terminal: terminal.clone(),
            business_date: business_date.clone(),
            number: number.clone(),
        });
    }
    // After all others, so that no next number is one of theirs.
    for (_, body, received) in refused {
        let known = renumbered(&transaction, body, received, deed)?;
        match known {
            Entered::Now => loaded.renumbered += 1,
            Entered::Before => loaded.known += 1,
        }
    }
    let detail = format!(
        "{} sales of a saved queue: {} were here, {} got other numbers",
        saved.sales.len(),
        loaded.known,
        loaded.renumbered
    );
    log(&transaction, deed.at, deed.staff, "loaded", &detail)?;
    transaction.commit()?;
    Ok(loaded)
}

/// Enters a sale under the next number of its till. Its own number is kept with what it said.
fn renumbered(
    connection: &Connection,
    body: &str,
    received: &Received,
    deed: &Deed<'_>,
) -> Result<Entered, FolderError> {
    let content = received.settlement.content();
    let terminal = content.key.terminal.as_str();
    // Loaded before, in another try: it was given a number then.
    let before: bool = connection
        .prepare_cached("SELECT 1 FROM corrections WHERE digest = ?")?
        .exists([received.digest.0.as_slice()])?;
    if before {
        return Ok(Entered::Before);
    }
    let number = outbox::next_number(connection, terminal)?.to_string();
    let mut message: Value = serde_json::from_str(body)
        .map_err(|error| DatabaseError::Strange(format!("a sale: {error}")))?;
    if let Some(members) = message.as_object_mut() {
        members.insert("transaction".to_owned(), Value::from(number.clone()));
    }
    let body_now = message.to_string();
    let read = read_settlement(body_now.as_bytes()).map_err(OutboxError::Rejected)?;
    let entered = outbox::put(connection, &body_now, &read, deed.at)?;
    let day = content.key.business_date.to_string();
    connection.execute(
        "INSERT INTO corrections (sale, at, staff, reason, number, digest, body)
         SELECT id, ?4, ?5, ?6, ?7, ?8, ?9 FROM sales
         WHERE terminal = ?1 AND business_date = ?2 AND number = ?3",
        rusqlite::params![
            terminal,
            day,
            number,
            deed.at.ms(),
            deed.staff,
            deed.reason,
            content.key.transaction.as_str(),
            received.digest.0.as_slice(),
            body,
        ],
    )?;
    Ok(entered)
}

/// An instant for a manifest.
#[must_use]
pub fn shown(at: Timestamp) -> String {
    wire::time::show_utc(at)
}
