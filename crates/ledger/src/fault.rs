//! What can go wrong in the memory, sorted by what the caller can do about it.

use crate::notice::{Notice, Stage};
use crate::postgres::open::Refusal;
use purchase::bytes::ReadError;
use std::path::PathBuf;
use thiserror::Error;

/// A failure of the memory itself. Whoever sees one stops acknowledging, unless it is
/// [`Fault::Away`].
#[derive(Debug, Error)]
pub enum Fault {
    /// The machine refused to read, write or sync.
    #[error("the data folder could not be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The engine refused.
    #[error("the storage engine failed: {detail}")]
    Engine {
        /// What it said.
        detail: String,
    },
    /// Stored bytes are not what was written.
    #[error("stored bytes are damaged: {what}")]
    Damaged {
        /// Which.
        what: String,
    },
    /// An earlier failure; nothing is written any more until the program starts anew.
    #[error("an earlier failure stopped all writing; restart the server")]
    Stopped,
    /// The database is not reached, or has no room for us now. Nothing is damaged, and what was asked
    /// did not happen or may safely be asked again: the same, later, as often as it takes. Whoever sees
    /// this answers "try again" and goes on; it is no reason to stop.
    #[error("the database is not free for us now: {detail}")]
    Away {
        /// What was seen.
        detail: String,
    },
    /// The ledger is moving to another place, or has moved. What is there is read; nothing was written,
    /// and never will be while that stands. It is no reason to stop.
    #[error("the ledger is moving to another place, or has moved there: nothing is written here")]
    Moving,
    /// No key opens a body.
    #[error("the key of {what} is not in the keyring")]
    KeyMissing {
        /// Whose.
        what: String,
    },
}

impl Fault {
    /// Stored bytes of `what` are not what was written.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::damaged(error.to_string())
    }
}

/// Why a data folder was not opened. Nothing was changed in it.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the data folder {path} is in use by another process; stop that server first")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something else.
    #[error("{path} is not empty and not a data folder of Orihon; choose another with --data")]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to read.
    #[error("there is no ledger in {path}; name the data folder of one")]
    NoLedger {
        /// The folder.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error("{path} has format {found}, this program knows format {known}; use a newer orihon")]
    TooNew {
        /// The folder.
        path: PathBuf,
        /// What it says.
        found: u32,
        /// What we know.
        known: u32,
    },
    /// The keyring is not there.
    #[error(
        "the keyring {path} is missing; put it back from its backup, or name its folder with --keys"
    )]
    KeyringMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The master key does not open the keyring.
    #[error(
        "the master key {master} does not open the keyring {keyring}: the key is {given}, the keyring was made with {wanted}; put the right key back"
    )]
    WrongMasterKey {
        /// The key's file.
        master: PathBuf,
        /// The keyring, as people see it.
        keyring: String,
        /// The first digits of the given key's hash.
        given: String,
        /// The first digits of the wanted key's hash.
        wanted: String,
    },
    /// The keyring belongs to another ledger.
    #[error(
        "the keyring {keyring} belongs to another data folder than {path}; name the right one with --keys"
    )]
    ForeignKeyring {
        /// The keyring.
        keyring: PathBuf,
        /// The data folder.
        path: PathBuf,
    },
    /// There is a keyring in the database, but nothing here that opens it.
    #[error(
        "there is no master key {master} for the keyring in {keyring}; copy master.key there from another server of this ledger, or from its backup"
    )]
    MasterKeyMissing {
        /// Where it was looked for.
        master: PathBuf,
        /// The keyring, as people see it.
        keyring: String,
    },
    /// The database holds no keyring, and the ledger is not new.
    #[error(
        "there is no keyring in {place}, and this ledger was made with one; put it back from its backup, or name the database that holds it"
    )]
    NoKeyring {
        /// The database, as people see it.
        place: String,
    },
    /// The keyring in the database belongs to another ledger.
    #[error(
        "the keyring in {place} belongs to the ledger {found}, and this is {wanted}; name the database that holds the right one"
    )]
    OthersKeyring {
        /// The database, as people see it.
        place: String,
        /// The id of the ledger that it belongs to.
        found: String,
        /// The id of this ledger.
        wanted: String,
    },
    /// The database is not fit, or is not reached.
    #[error(transparent)]
    Database(#[from] Refusal),
    /// It is being moved elsewhere, or was.
    #[error("{}", elsewhere(.what, .notice))]
    Elsewhere {
        /// The ledger, as people see it.
        what: String,
        /// What its notice says.
        notice: Notice,
    },
    /// The ledger holds less than was acknowledged.
    #[error(
        "the ledger ends at commit {found}, but commit {acknowledged} was acknowledged: {missing} commits are missing. Restore a newer copy, or start once with --accept-gap to go on without them; store devices then send again what is missing"
    )]
    Truncated {
        /// The last commit found.
        found: u64,
        /// The last commit that was acknowledged.
        acknowledged: u64,
        /// How many are missing.
        missing: u64,
    },
    /// The ledger holds other commits than those acknowledged.
    #[error(
        "commit {seq} of the ledger is not the one that was acknowledged: this is a copy with another history. Restore the right copy, or start once with --accept-gap"
    )]
    OtherHistory {
        /// The commit that differs.
        seq: u64,
    },
    /// Anything else.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What to do about a ledger that is not served here.
fn elsewhere(what: &str, Notice { stage, place, .. }: &Notice) -> String {
    let back = "orihon migrate --cancel --from …";
    match stage {
        Stage::Arriving | Stage::Arrived => format!(
            "{what} is a copy that is not whole yet, of the ledger in {place}; give the same orihon \
             migrate again, which goes on with it"
        ),
        Stage::Leaving => format!(
            "{what} is being moved to {place}, and takes no writes meanwhile; give the same orihon \
             migrate again, which goes on with it, or stay here with: {back}"
        ),
        Stage::Left => format!(
            "{what} has moved to {place}; serve it there. To file here again, without what was filed \
             there since: {back}"
        ),
    }
}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(Fault::Io(error))
    }
}
