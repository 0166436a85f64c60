//! `orihon-device run`: the till interface and the courier, until the machine wants an end.

use super::{CA_FILE, SERVER, tell};
use crate::api::{Till, router};
use crate::clock::Clock;
use crate::courier::Courier;
use crate::credential::Credential;
use crate::database::Database;
use crate::link::Link;
use crate::paired;
use crate::store::Store;
use anyhow::bail;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

pub(super) async fn run(
    data: &Path,
    listen: SocketAddr,
    watch: Option<PathBuf>,
    clock: Clock,
) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    if !listen.ip().to_canonical().is_loopback() && paired::list(database.connection())?.is_empty()
    {
        bail!(
            "{listen} can be reached from other machines, and no till has a key; make one first: \
             orihon-device till add NAME"
        );
    }
    let listener = door::bind(listen)?;
    let store = Store::load(&database)?;
    let link = link(data, &database, &clock)?;
    let store_id = store.settings.store_id.clone();
    let courier = Courier::new(Database::open(data)?, link, store_id, clock.clone());
    tell(format!(
        "{} ({})\n├─ till    http://{}\n└─ server  {}",
        store.settings.name,
        store.settings.store_id,
        listener.address(),
        database.fact(SERVER)?.unwrap_or_default()
    ))?;
    let till = Arc::new(Till::new(database, store, clock));
    let (stop, stopped) = watch::channel(());
    let sending = tokio::spawn({
        let (till, stopped) = (Arc::clone(&till), stopped.clone());
        async move { courier.run(&till.bell, over(stopped)).await }
    });
    let limits = door::Limits::DEFAULT;
    let serving = tokio::spawn(door::serve(listener, limits, router(till), over(stopped)));
    let watching = watch.map(|folder| super::import::watch(data.to_owned(), folder));
    tokio::select! {
        ended = end() => ended?,
        Err(failed) = look(watching) => return Err(failed),
    }
    stop.send_replace(());
    serving.await?;
    sending.await?;
    Ok(ExitCode::SUCCESS)
}

/// Watches a folder if there is one; else this never ends.
async fn look(watching: Option<impl Future<Output = anyhow::Result<()>>>) -> anyhow::Result<()> {
    match watching {
        Some(watching) => watching.await,
        None => std::future::pending().await,
    }
}

async fn over(mut stopped: watch::Receiver<()>) {
    // The sender lives until it has spoken; without it there is nothing to wait for either.
    let _ = stopped.changed().await;
}

/// Returns when the machine wants the program to end.
async fn end() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn link(data: &Path, database: &Database, clock: &Clock) -> anyhow::Result<Link> {
    let server = database.fact(SERVER)?.unwrap_or_default();
    let ca_file = database.fact(CA_FILE)?.filter(|path| !path.is_empty());
    let ca_file = ca_file.as_deref().map(Path::new);
    let credential = Credential::load(data)?;
    Ok(Link::new(&server, ca_file, credential, clock.clone())?)
}
