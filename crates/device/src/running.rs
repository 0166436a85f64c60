//! A device at work: the till interface and the courier, until they are told to stop. Whoever starts
//! it says where and when; it listens to no signal and prints nothing.

use crate::api::{Till, router};
use crate::clock::Clock;
use crate::courier::Courier;
use crate::credential::{Credential, CredentialError};
use crate::database::{Database, DatabaseError};
use crate::link::{Link, LinkError};
use crate::paired;
use crate::store::{Store, StoreError};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

/// The name of the fact that keeps the server's address.
pub(crate) const SERVER: &str = "server";
/// The name of the fact that keeps the file of further certificates.
pub(crate) const CA_FILE: &str = "ca_file";

/// Why a device does not begin to work.
#[derive(Debug, Error)]
pub enum StartError {
    /// The store database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// It belongs to no store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its key cannot be used.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The server's address or certificates cannot be used.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Whoever is in the network could sell.
    #[error(
        "{0} can be reached from other machines, and no till has a key; make one first: \
         orihon-device till add NAME"
    )]
    Open(SocketAddr),
}

/// A device at work.
pub struct Running {
    /// Where its tills find it.
    pub address: SocketAddr,
    /// What it is called.
    pub store: Store,
    /// The server that it sends to.
    pub server: String,
    stop: watch::Sender<()>,
    serving: JoinHandle<()>,
    sending: JoinHandle<()>,
}

/// Starts the device in the folder `data`, for tills that come to `listener`.
///
/// # Errors
/// [`StartError`] if it has not joined, or something of it cannot be read.
pub fn start(data: &Path, listener: door::Listener, clock: Clock) -> Result<Running, StartError> {
    let database = Database::open(data)?;
    let store = Store::load(&database)?;
    let address = listener.address();
    if !address.ip().to_canonical().is_loopback() && paired::list(database.connection())?.is_empty()
    {
        return Err(StartError::Open(address));
    }
    let link = link(data, &database, &clock)?;
    let server = link.base().to_owned();
    let courier = Courier::new(Database::open(data)?, link, store.clone(), clock.clone());
    let till = Arc::new(Till::new(database, store.clone(), clock));
    let (stop, stopped) = watch::channel(());
    let sending = tokio::spawn({
        let (till, stopped) = (Arc::clone(&till), stopped.clone());
        async move { courier.run(&till.bell, over(stopped)).await }
    });
    let limits = door::Limits::DEFAULT;
    let drained = door::serve(listener, limits, router(till), over(stopped));
    let serving = tokio::spawn(async move {
        drained.await;
    });
    Ok(Running {
        address,
        store,
        server,
        stop,
        serving,
        sending,
    })
}

/// The way of the device in the folder `data` to its server.
///
/// # Errors
/// [`StartError`] if it has not joined, or something of it cannot be read.
pub fn link(data: &Path, database: &Database, clock: &Clock) -> Result<Link, StartError> {
    let server = database.fact(SERVER)?.unwrap_or_default();
    let ca_file = database.fact(CA_FILE)?.filter(|path| !path.is_empty());
    let credential = Credential::load(data)?;
    let ca_file = ca_file.as_deref().map(Path::new);
    Ok(Link::new(&server, ca_file, credential, clock.clone())?.with_keys_of(data))
}

impl Running {
    /// Lets answers that are under way finish, and stops. What waits stays in the store database.
    ///
    /// # Errors
    /// [`JoinError`] if one of its parts had panicked.
    pub async fn stop(self) -> Result<(), JoinError> {
        self.stop.send_replace(());
        self.serving.await?;
        self.sending.await
    }
}

async fn over(mut stopped: watch::Receiver<()>) {
    // The sender lives until it has spoken; without it there is nothing to wait for either.
    let _ = stopped.changed().await;
}
