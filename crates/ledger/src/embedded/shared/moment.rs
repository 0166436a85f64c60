//! Opening a ledger in a database as it is at one moment, for whoever reads all of it while servers go on
//! writing. Nothing is made, changed or finished by it.

use super::super::engine::Engine;
use super::super::hot::Hot;
use super::super::names::Names;
use super::super::{Ledger, Writer};
use super::open::Options;
use super::others::Noticing;
use crate::fault::OpenError;
use crate::keyring::Keyring;
use crate::keyring::postgres::{self, Missing};
use crate::notice::Purpose;
use crate::postgres::open::{Durability, find};
use crate::postgres::tables::Tables;
use crate::postgres::waiting::Waiting;
use crate::watermark::Mark;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};

/// One connection shows the moment, and another what is asked about now.
const CONNECTIONS: usize = 2;

impl Ledger {
    /// Opens a ledger that is there, as it is at one moment; it takes no writes. A replica will do.
    ///
    /// The keyring is held a little earlier than the ledger. A key is destroyed only after its erasure
    /// was committed: so a key that is gone at the first moment is erased at the second, and one that is
    /// destroyed while the ledger is read still opens what is in it. A key that was made between the two
    /// is read as it is now.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do.
    pub fn open_moment(options: &Options) -> Result<Self, OpenError> {
        let waiting = Arc::new(Waiting::start()?);
        let database = waiting.wait(find(&options.url, CONNECTIONS))?;
        let mut keyring = Keyring::in_postgres(
            &postgres::Options {
                url: options.keyring_url.as_ref().unwrap_or(&options.url).clone(),
                connections_max: CONNECTIONS,
                durability: Durability::OnlyRead,
                folder: options.keys.clone(),
                missing: Missing::Refuse,
            },
            database.ledger_id,
            Arc::clone(&options.entropy),
            Arc::clone(&waiting),
        )?;
        keyring.hold()?;
        let engine = Engine::Tables(Box::new(Tables::held(waiting, &database)?));
        Ok(Self {
            id: database.ledger_id,
            purpose: Purpose::Read,
            secret: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, keyring.secret()),
            // Looked up one by one: a store that is damaged is no reason not to open.
            stores: RwLock::default(),
            names: Names::new(options.catalogue_bytes),
            hot: Hot::empty(),
            engine,
            keyring,
            writer: Mutex::new(Writer { mark: Mark::START }),
            watermark: None,
            // Nothing is ever written.
            stopped: AtomicBool::new(true),
            erasures: AtomicU64::new(0),
            noticing: Noticing::default(),
            data: options.data.clone(),
            _lock: None,
        })
    }
}
