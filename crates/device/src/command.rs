//! What can be typed, and what it does. Every option has an `ORIHON_DEVICE_…` twin in the
//! environment.

use crate::api::{Till, router};
use crate::capture;
use crate::clock::Clock;
use crate::courier::{self, Courier};
use crate::database::Database;
use crate::link::{Credential, Link, Request};
use crate::outbox;
use crate::store::{Settings, Store};
use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// The name of the fact that keeps the server's address.
const SERVER: &str = "server";
/// The name of the fact that keeps the file of further certificates.
const CA_FILE: &str = "ca_file";
/// The file that keeps the device's key.
const KEY_FILE: &str = "device.key";

/// The store device: sells, and gets every sale to the integrated server.
#[derive(Debug, Parser)]
#[command(name = "orihon-device", version, about)]
pub struct Cli {
    /// The folder of the store database.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ORIHON_DEVICE_DATA",
        default_value = "store"
    )]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes this device one of a store's, with a key that an operator made (orihon device add).
    Connect {
        /// The store's id.
        store_id: String,
        /// The server.
        #[arg(long, value_name = "URL", env = "ORIHON_DEVICE_SERVER")]
        server: String,
        /// The device's key (ord_…).
        #[arg(
            long,
            value_name = "KEY",
            env = "ORIHON_DEVICE_KEY",
            hide_env_values = true
        )]
        key: String,
        /// Certificates (PEM) to trust besides those of this machine.
        #[arg(long, value_name = "FILE", env = "ORIHON_DEVICE_CA_FILE")]
        ca_file: Option<PathBuf>,
    },
    /// Serves the till page and the till interface, and sends what was sold.
    Run {
        /// Where tills find it.
        #[arg(
            long,
            value_name = "ADDR",
            env = "ORIHON_DEVICE_LISTEN",
            default_value = "127.0.0.1:8471"
        )]
        listen: SocketAddr,
    },
    /// Says what waits, for how long, and what stands in the way.
    Status,
    /// Shows sales that the server refused, or sends one of them again.
    Refused {
        /// Send this one again.
        #[arg(long, value_name = "ID")]
        again: Option<i64>,
    },
}

/// Does it.
///
/// # Errors
/// What went wrong, with the fix.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let clock = Clock::system();
    match cli.command {
        Command::Connect {
            store_id,
            server,
            key,
            ca_file,
        } => {
            connect(
                &cli.data,
                (store_id, server, key),
                ca_file.as_deref(),
                &clock,
            )
            .await
        }
        Command::Run { listen } => serve(&cli.data, listen, clock).await,
        Command::Status => status(&cli.data, &clock),
        Command::Refused { again } => refused(&cli.data, again),
    }
}

async fn connect(
    data: &Path,
    (store_id, server, key): (String, String, String),
    ca_file: Option<&Path>,
    clock: &Clock,
) -> anyhow::Result<ExitCode> {
    let link = Link::new(&server, ca_file, Credential::Bearer(key.clone()))?;
    let answer = link
        .ask(Request::get(format!("/v1/stores/{store_id}/settings")))
        .await?;
    if answer.status != 200 {
        bail!("the server says: {}", courier::said(&answer.body));
    }
    let settings: Settings =
        serde_json::from_slice(&answer.body).context("the server's answer is strange")?;
    let store = Store::new(settings)?;
    let database = Database::open(data)?;
    join(&database, &store, clock)?;
    database.keep(SERVER, link.base())?;
    let ca_file = ca_file.map(|path| path.to_string_lossy().into_owned());
    database.keep(CA_FILE, &ca_file.unwrap_or_default())?;
    write_private(&data.join(KEY_FILE), &key)?;
    tell(format!(
        "this device belongs to {} ({}); start it with: orihon-device run",
        store.settings.name, store.settings.store_id
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the database one of `store`, which it must not have been of another.
fn join(database: &Database, store: &Store, clock: &Clock) -> anyhow::Result<()> {
    if let Ok(before) = Store::load(database)
        && before.settings.store_id != store.settings.store_id
    {
        bail!(
            "this store database belongs to {}; name another folder with --data",
            before.settings.store_id
        );
    }
    store.keep(database)?;
    let random = u64::from_be_bytes(clock.random());
    capture::begin_lineage(database.connection(), clock.now(), random)?;
    Ok(())
}

async fn serve(data: &Path, listen: SocketAddr, clock: Clock) -> anyhow::Result<ExitCode> {
    let listener = door::bind(listen)?;
    let database = Database::open(data)?;
    let store = Store::load(&database)?;
    let link = link(data, &database)?;
    let store_id = store.settings.store_id.clone();
    let courier = Courier::new(Database::open(data)?, link, store_id, clock.clone());
    let till = Arc::new(Till::new(database, store, clock));
    tell(format!("till  http://{}", listener.address()))?;
    let (stop, stopped) = tokio::sync::watch::channel(());
    let mut courier_stopped = stopped.clone();
    let bell = Arc::clone(&till);
    let sending = tokio::spawn(async move {
        let over = async move {
            let _ = courier_stopped.changed().await;
        };
        courier.run(&bell.bell, over).await
    });
    let ended = async move {
        let mut stopped = stopped;
        let _ = stopped.changed().await;
    };
    let door = tokio::spawn(door::serve(
        listener,
        door::Limits::DEFAULT,
        router(till),
        ended,
    ));
    end().await?;
    stop.send_replace(());
    door.await?;
    sending.await??;
    Ok(ExitCode::SUCCESS)
}

/// Returns when the machine wants the program to end.
async fn end() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn link(data: &Path, database: &Database) -> anyhow::Result<Link> {
    let server = database.fact(SERVER)?.unwrap_or_default();
    let ca_file = database.fact(CA_FILE)?.filter(|path| !path.is_empty());
    let path = data.join(KEY_FILE);
    let key = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the device's key {}", path.display()))?;
    let credential = Credential::Bearer(key.trim().to_owned());
    Ok(Link::new(
        &server,
        ca_file.as_deref().map(Path::new),
        credential,
    )?)
}

fn status(data: &Path, clock: &Clock) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    let store = Store::load(&database)?;
    let queue = outbox::queue(database.connection())?;
    let minutes = courier::age(queue.oldest, clock.now()) / 60_000;
    tell(format!(
        "store    {} ({})\nwaiting  {} sales, the oldest for {minutes} minutes\nrefused  {}",
        store.settings.name, store.settings.store_id, queue.waiting, queue.refused
    ))?;
    for item in capture::untold(database.connection())? {
        tell(format!("item     {}: {}", item.code, item.problem))?;
    }
    let trouble = courier::trouble(&database)?;
    if !trouble.is_empty() {
        tell(format!("trouble  {trouble}"))?;
    }
    Ok(match queue.refused {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

fn refused(data: &Path, again: Option<i64>) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    if let Some(id) = again {
        if outbox::send_again(database.connection(), &[id])? == 0 {
            bail!("there is no sale {id}; without --again the refused ones are shown");
        }
        tell(format!("sale {id} is sent again"))?;
        return Ok(ExitCode::SUCCESS);
    }
    for sale in outbox::refused(database.connection(), usize::MAX)? {
        tell(format!(
            "{}  till {} {} number {}: {}",
            sale.id,
            sale.terminal,
            sale.business_date,
            sale.number,
            sale.problem.unwrap_or_default()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a line for people. A reader that went away is no failure of ours.
fn tell(text: impl AsRef<str>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.as_ref()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    Ok(())
}
