//! Opening a ledger in a database. Nothing of it is kept in a folder but the master key, and nothing
//! has to be put right first: the database took back whatever was not committed.

use super::super::engine::Engine;
use super::super::hot::Hot;
use super::super::names::Names;
use super::super::open::{Found, read_stores, refuse_elsewhere};
use super::super::{Ledger, Writer};
use crate::fault::{Fault, OpenError};
use crate::keyring::postgres::{self, Missing};
use crate::keyring::{Entropy, Keyring};
use crate::notice::{Notice, Purpose};
use crate::postgres::fault::Failure;
use crate::postgres::moving::notice;
use crate::postgres::open::{self, Database, Durability};
use crate::postgres::tables::Tables;
use crate::postgres::turn::OFFICE;
use crate::postgres::waiting::Waiting;
use crate::watermark::Mark;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};

/// How to open a ledger in a database.
#[derive(Clone)]
pub struct Options {
    /// Where the ledger is, as in [`open::Options`].
    pub url: String,
    /// Where the keyring is; in the ledger's own database without it.
    pub keyring_url: Option<String>,
    /// A folder of this server's own, for what its operator finds there; made if it is not there.
    pub data: PathBuf,
    /// The folder with the master key, which is the same on every server.
    pub keys: PathBuf,
    /// Random bytes.
    pub entropy: Entropy,
    /// Memory for catalogues.
    pub catalogue_bytes: usize,
    /// Connections at most, and as many again for the keyring.
    pub connections_max: usize,
    /// Whether the database must keep what it says it has.
    pub durability: Durability,
    /// What for.
    pub purpose: Purpose,
}

impl Ledger {
    /// Opens the ledger in a database, and makes it first if the database is empty.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do; nothing was changed then.
    pub fn open_shared(options: &Options) -> Result<(Self, Found), OpenError> {
        let waiting = Arc::new(Waiting::start()?);
        let mut new_ledger_id = [0; 16];
        (options.entropy)(&mut new_ledger_id);
        let wanted = open::Options {
            url: options.url.clone(),
            connections_max: options.connections_max,
            durability: options.durability,
            new_ledger_id,
        };
        let database = match options.purpose {
            Purpose::Serve => waiting.wait(open::open(&wanted))?,
            Purpose::Read => waiting.wait(open::open_to_read(&wanted))?,
        };
        let (found, missing) = match database.found {
            open::Found::New => (Found::New, Missing::Make),
            open::Found::Existing => (Found::Existing, Missing::Refuse),
        };
        match options.purpose {
            Purpose::Serve => {
                let notice = waiting.wait(open_office(&database)).map_err(Fault::from)?;
                refuse_elsewhere(&database.place.to_string(), notice)?;
                std::fs::create_dir_all(&options.data)?;
            }
            Purpose::Read => {}
        }
        let keyring = Keyring::in_postgres(
            &postgres::Options {
                url: options.keyring_url.as_ref().unwrap_or(&options.url).clone(),
                connections_max: options.connections_max,
                durability: options.durability,
                folder: options.keys.clone(),
                missing,
            },
            database.ledger_id,
            Arc::clone(&options.entropy),
            Arc::clone(&waiting),
        )?;
        let engine = Engine::Tables(Box::new(Tables::new(waiting, &database)));
        let ledger = Self {
            id: database.ledger_id,
            purpose: options.purpose,
            secret: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, keyring.secret()),
            stores: RwLock::new(read_stores(&engine)?),
            names: Names::new(options.catalogue_bytes),
            hot: Hot::empty(),
            engine,
            keyring,
            writer: Mutex::new(Writer { mark: Mark::START }),
            watermark: None,
            stopped: AtomicBool::new(false),
            erasures: AtomicU64::new(0),
            data: options.data.clone(),
            _lock: None,
        };
        ledger.destroy_erased()?;
        Ok((ledger, found))
    }
}

/// The turn of those who write for no store is there before anybody waits for it. Gives the notice of a
/// ledger that moves.
async fn open_office(database: &Database) -> Result<Option<Notice>, Failure> {
    let client = database.pool.get().await?;
    let text = "INSERT INTO orihon.turns (store_id) VALUES ($1) ON CONFLICT (store_id) DO NOTHING";
    client.execute(text, &[&OFFICE]).await?;
    notice(&client).await
}
