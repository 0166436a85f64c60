//! `orihon-device run`: a device at work, until the machine wants an end.

use super::tell;
use crate::clock::Clock;
use crate::lists;
use crate::running;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

pub(super) async fn run(
    data: &Path,
    listen: SocketAddr,
    watch: Option<PathBuf>,
    clock: Clock,
) -> anyhow::Result<ExitCode> {
    let listener = door::bind(listen)?;
    let running = running::start(data, listener, clock)?;
    tell(format!(
        "{} ({})\n├─ till    http://{}\n└─ server  {}",
        running.store.settings.name,
        running.store.settings.store_id,
        running.address,
        running.server
    ))?;
    let watching = watch.map(|folder| lists::watch(data.to_owned(), folder));
    tokio::select! {
        ended = end() => ended?,
        Err(failed) = look(watching) => return Err(failed),
    }
    running.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// Watches a folder if there is one; else this never ends.
async fn look(watching: Option<impl Future<Output = anyhow::Result<()>>>) -> anyhow::Result<()> {
    match watching {
        Some(watching) => watching.await,
        None => std::future::pending().await,
    }
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
