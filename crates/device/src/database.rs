//! The store database: one SQLite file that the shop's own software may open beside the device.
//! Every commit is on the disk before it returns. What the rows mean is known by the modules that
//! use them; nothing here speaks to a server.

use purchase::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// What makes a store database, in order. A step that was ever in a shop is never changed: what is
/// new is a further step, which also old databases take when they are opened.
const STEPS: [&str; 5] = [
    include_str!("schema/1-items-and-sales.sql"),
    include_str!("schema/2-keeping.sql"),
    include_str!("schema/3-tills.sql"),
    include_str!("schema/4-touch-keys.sql"),
    include_str!("schema/5-wishes.sql"),
];
/// The version of the schema, in the file's `user_version`: how many steps were taken.
const VERSION: usize = STEPS.len();
/// How long a statement waits for other programs that write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Marks the file as a store database (`PRAGMA application_id`): "ORIH".
const APPLICATION: i64 = 0x4f52_4948;

/// Why the store database cannot be used.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The file is a database of something else.
    #[error("{} is a database of another program; name another folder with --data", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error(
        "{} was written by a newer orihon-device (schema {found}, this one knows {VERSION}); use that one",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
    },
    /// The folder cannot be made.
    #[error("the folder of the store database cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    /// SQLite failed.
    #[error("the store database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A row is not what this program writes.
    #[error("the store database holds something strange: {0}")]
    Strange(String),
}

impl DatabaseError {
    /// Is the disk full?
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Sqlite(rusqlite::Error::SqliteFailure(error, _))
            if error.code == rusqlite::ErrorCode::DiskFull)
    }
}

/// The open store database.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
}

impl Database {
    /// Opens or makes `store.db` in `folder`.
    ///
    /// # Errors
    /// [`DatabaseError`] if it is not ours, newer, or does not open.
    pub fn open(folder: &Path) -> Result<Self, DatabaseError> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("store.db");
        let connection = Connection::open(&path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        let mut database = Self { connection };
        database.prepare(&path)?;
        // Whoever reads does not wait for whoever writes, and a commit is synced before it returns.
        // This writes into the file, so it comes after the proof that the file is ours.
        let connection = &database.connection;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Ok(database)
    }

    fn prepare(&mut self, path: &Path) -> Result<(), DatabaseError> {
        let transaction = self.write()?;
        let pragma = |name: &str| transaction.pragma_query_value(None, name, |row| row.get(0));
        let (application, version): (i64, i64) =
            (pragma("application_id")?, pragma("user_version")?);
        let taken = match application {
            APPLICATION => usize::try_from(version).unwrap_or_default(),
            _ => 0,
        };
        let path = path.to_owned();
        if taken > VERSION {
            return Err(DatabaseError::Newer { path, found: taken });
        }
        let tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application != APPLICATION && tables > 0 {
            return Err(DatabaseError::Foreign { path });
        }
        if taken < VERSION {
            for step in STEPS.iter().skip(taken) {
                transaction.execute_batch(step)?;
            }
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            let version = i64::try_from(VERSION).unwrap_or(i64::MAX);
            transaction.pragma_update(None, "user_version", version)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Begins to write, at once: nobody else writes until it is committed or dropped.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] if somebody else writes for too long.
    pub fn write(&mut self) -> Result<Transaction<'_>, DatabaseError> {
        let behavior = TransactionBehavior::Immediate;
        Ok(self.connection.transaction_with_behavior(behavior)?)
    }

    /// To read, or to write a single statement.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What the device knows under `name`.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`].
    pub fn fact(&self, name: &str) -> Result<Option<String>, DatabaseError> {
        fact(&self.connection, name)
    }

    /// Keeps `value` under `name`.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`].
    pub fn keep(&self, name: &str, value: &str) -> Result<(), DatabaseError> {
        keep(&self.connection, name, value)
    }

    /// Writes down what was done, and by whom.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`].
    pub fn log(
        &self,
        at: Timestamp,
        staff: Option<&str>,
        what: &str,
        detail: &str,
    ) -> Result<(), DatabaseError> {
        log(&self.connection, at, staff, what, detail)
    }
}

/// What the device knows under `name`, also inside a transaction.
///
/// # Errors
/// [`DatabaseError::Sqlite`].
pub fn fact(connection: &Connection, name: &str) -> Result<Option<String>, DatabaseError> {
    let mut statement = connection.prepare_cached("SELECT value FROM facts WHERE name = ?")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Keeps `value` under `name`, also inside a transaction.
///
/// # Errors
/// [`DatabaseError::Sqlite`].
pub fn keep(connection: &Connection, name: &str, value: &str) -> Result<(), DatabaseError> {
    connection.execute(
        "INSERT INTO facts (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, value],
    )?;
    Ok(())
}

/// Writes down what was done, and by whom, also inside a transaction.
///
/// # Errors
/// [`DatabaseError::Sqlite`].
pub fn log(
    connection: &Connection,
    at: Timestamp,
    staff: Option<&str>,
    what: &str,
    detail: &str,
) -> Result<(), DatabaseError> {
    connection.execute(
        "INSERT INTO log (at, staff, what, detail) VALUES (?, ?, ?, ?)",
        params![at.ms(), staff, what, detail],
    )?;
    Ok(())
}
