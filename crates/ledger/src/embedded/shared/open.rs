//! Opening a ledger in a database. Nothing of it is kept in a folder but the master key, and nothing
//! has to be put right first: the database took back whatever was not committed.

use super::super::engine::Engine;
use super::super::hot::Hot;
use super::super::key::{self, Kind, Space};
use super::super::names::Names;
use super::super::open::{Found, read_stores, refuse_elsewhere};
use super::super::{Ledger, Writer};
use super::others::Noticing;
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
use std::time::Duration;

/// How often a keyring that another server is about to make is looked for, and how often in a second.
const LOOKS_MAX: u32 = 21;
const LOOK_PERIOD: Duration = Duration::from_millis(250);

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
        let engine = Engine::Tables(Box::new(Tables::new(Arc::clone(&waiting), &database)));
        let ring = postgres::Options {
            url: options.keyring_url.as_ref().unwrap_or(&options.url).clone(),
            connections_max: options.connections_max,
            durability: options.durability,
            folder: options.keys.clone(),
            missing,
        };
        let entropy = &options.entropy;
        let keyring = find_keyring(&ring, database.ledger_id, entropy, (&waiting, &engine))?;
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
            noticing: Noticing::default(),
            data: options.data.clone(),
            _lock: None,
        };
        match options.purpose {
            Purpose::Serve => ledger.destroy_erased()?,
            Purpose::Read => {}
        }
        Ok((ledger, found))
    }
}

/// Opens the keyring. Of two servers that open an empty database at once, one makes the ledger and then
/// the keyring, and the other waits for it in between. In a ledger in which something is written
/// already nobody is about to make one.
fn find_keyring(
    options: &postgres::Options,
    ledger_id: [u8; 16],
    entropy: &Entropy,
    (waiting, engine): (&Arc<Waiting>, &Engine),
) -> Result<Keyring, OpenError> {
    let mut looks = 1;
    loop {
        let entropy = Arc::clone(entropy);
        let opened = Keyring::in_postgres(options, ledger_id, entropy, Arc::clone(waiting));
        match opened {
            Err(OpenError::NoKeyring { .. }) if looks < LOOKS_MAX && is_unused(engine)? => {}
            opened => return opened,
        }
        waiting.wait(async { tokio::time::sleep(LOOK_PERIOD).await });
        looks += 1;
    }
}

/// Has nobody written anything yet? A server's first write is an operator.
fn is_unused(engine: &Engine) -> Result<bool, Fault> {
    for kind in [Kind::Operator, Kind::Store, Kind::User] {
        let mut rows = engine.prefix(Space::Facts, &[key::number(kind)]);
        if rows.next().transpose()?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The turn of those who write for no store is there before anybody waits for it. Gives the notice of a
/// ledger that moves.
async fn open_office(database: &Database) -> Result<Option<Notice>, Failure> {
    let client = database.pool.get().await?;
    let text = "INSERT INTO orihon.turns (store_id) VALUES ($1) ON CONFLICT (store_id) DO NOTHING";
    client.execute(text, &[&OFFICE]).await?;
    notice(&client).await
}
