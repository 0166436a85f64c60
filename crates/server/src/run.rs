//! Starting and stopping: the ledger first, then the intake, then the door; and in the opposite
//! order at the end, so that nothing that was acknowledged is ever cut off.

use crate::api;
use crate::app::App;
use crate::clock::Clock;
use crate::console;
use crate::html;
use crate::intake::{Health, Intake, Threads};
use crate::look;
use crate::metrics::Metrics;
use crate::pages;
use crate::publish::Hub;
use crate::repair;
use crate::secret::{Secret, SecretKind};
use crate::site::Site;
use axum::Router;
use axum::routing::get;
use door::{BindError, Drained, Listener};
use ledger::Ledger;
use ledger::embedded::open::{Found, GapPolicy, Options, usual_keys};
use ledger::embedded::shared;
use ledger::fault::{Fault, OpenError};
use ledger::keyring::write_private;
use ledger::notice::Purpose;
use ledger::postgres::open::Durability;
use ledger::write::{NewOperator, Write};
use purchase::id::TokenId;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A PostgreSQL that holds the ledger.
#[derive(Clone)]
pub struct Database {
    /// Where the ledger is.
    pub url: String,
    /// Where the keyring is; in the same database without it.
    pub keyring_url: Option<String>,
    /// Connections at most, and as many again for the keyring.
    pub connections_max: usize,
}

impl std::fmt::Debug for Database {
    /// Without the URLs, which may hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database(..)")
    }
}

/// How to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// The keyring's folder, unless it is the usual one.
    pub keys: Option<PathBuf>,
    /// The database of the ledger, unless it lies in the data folder.
    pub database: Option<Database>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Under which address people reach it, if that is another one.
    pub public_url: Option<String>,
    /// Where metrics are shown, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// What to do about missing commits.
    pub gap: GapPolicy,
    /// What for. A ledger that is only read answers every question and takes no writes.
    pub purpose: Purpose,
    /// Memory for catalogues.
    pub catalogue_bytes: usize,
    /// Limits of the door.
    pub limits: door::Limits,
}

impl Config {
    /// The usual way to run on a data folder.
    #[must_use]
    pub fn new(data: PathBuf, listen: SocketAddr) -> Self {
        Self {
            data,
            keys: None,
            database: None,
            listen,
            public_url: None,
            metrics_listen: None,
            gap: GapPolicy::Refuse,
            purpose: Purpose::Serve,
            catalogue_bytes: 128 * 1_024 * 1_024,
            limits: door::Limits::DEFAULT,
        }
    }
}

/// Why the server did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The data folder was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The address cannot be listened on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The machine refused something else.
    #[error("the server could not start: {0}")]
    Io(#[from] std::io::Error),
}

/// A running server.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where metrics are shown.
    pub metrics_address: Option<SocketAddr>,
    /// Its parts.
    pub app: Arc<App>,
    /// What was found on opening.
    pub found: Found,
    /// The file with the first operator key, if it is there.
    pub operator_key: Option<PathBuf>,
    stop: watch::Sender<Stop>,
    door: JoinHandle<Drained>,
    threads: Threads,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    NotYet,
    Now,
}

/// Opens the ledger and starts serving. Returns as soon as requests are taken.
///
/// # Errors
/// [`StartError`] says what is wrong and what to do.
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    // Listening comes first: a port in use must not cost a look through a large ledger.
    let listener = door::bind(config.listen)?;
    let metrics_listener = config.metrics_listen.map(door::bind).transpose()?;
    let opening = config.clone();
    let asked = clock.clone();
    let opened = crate::catalogues::aside(move || open(opening, &asked)).await;
    let (ledger, found) = opened.map_err(|_| OpenError::Fault(Fault::Stopped))??;
    let ledger = Arc::new(ledger);
    let operator_key = first_operator(&ledger, &clock)?;
    let hub = Arc::new(Hub::default());
    let metrics = Arc::new(Metrics::of(&ledger));
    let (intake, threads) = Intake::start(
        Arc::clone(&ledger),
        clock.clone(),
        Arc::clone(&hub),
        Arc::clone(&metrics),
    )?;
    let site = config
        .public_url
        .as_deref()
        .map_or_else(|| Site::listening(listener.address()), Site::new);
    let app = Arc::new(App::new(ledger, intake, clock, hub, metrics, site));
    let (stop, stopped) = watch::channel(Stop::NotYet);
    tokio::spawn(repair::run(Arc::clone(&app)));
    tokio::spawn(look::around(Arc::clone(&app)));
    tokio::spawn(repair::watch_database(Arc::clone(&app)));
    tokio::spawn(repair::sweep(Arc::clone(&app)));
    let metrics_address = metrics_listener.as_ref().map(Listener::address);
    if let Some(listener) = metrics_listener {
        let router = metrics_router(Arc::clone(&app));
        tokio::spawn(door::serve(
            listener,
            config.limits,
            router,
            until(stopped.clone()),
        ));
    }
    let address = listener.address();
    let router = api::router(Arc::clone(&app))
        .merge(html::router(Arc::clone(&app)))
        .merge(pages::router(Arc::clone(&app)))
        .merge(console::router(Arc::clone(&app)))
        .fallback_service(html::nowhere(Arc::clone(&app)));
    let door = tokio::spawn(door::serve(listener, config.limits, router, until(stopped)));
    Ok(Running {
        address,
        metrics_address,
        app,
        found,
        operator_key,
        stop,
        door,
        threads,
    })
}

impl Running {
    /// Resolves when the ledger has failed; the program should end then.
    pub async fn failed(&self) {
        let mut health = self.app.intake.watch();
        let _ = health.wait_for(|health| *health == Health::Faulted).await;
    }

    /// Stops: takes nothing new, finishes what was taken, and closes the ledger.
    pub async fn stop(self) -> Drained {
        self.app.intake.drain();
        self.stop.send_replace(Stop::Now);
        let drained = self.door.await.unwrap_or(Drained {
            finished: 0,
            aborted: 0,
        });
        self.app.intake.close();
        let threads = self.threads;
        let _ = crate::catalogues::aside(move || threads.join()).await;
        drained
    }
}

async fn until(mut stopped: watch::Receiver<Stop>) {
    let _ = stopped.wait_for(|stop| *stop == Stop::Now).await;
}

/// Opens the ledger where it lies.
fn open(config: Config, clock: &Clock) -> Result<(Ledger, Found), OpenError> {
    let Some(database) = config.database else {
        return Ledger::open(&Options {
            keys: config.keys,
            gap: config.gap,
            purpose: config.purpose,
            catalogue_bytes: config.catalogue_bytes,
            ..Options::new(config.data, clock.entropy(), clock.now())
        });
    };
    Ledger::open_shared(&shared::open::Options {
        url: database.url,
        keyring_url: database.keyring_url,
        keys: config.keys.unwrap_or_else(|| usual_keys(&config.data)),
        data: config.data,
        entropy: clock.entropy(),
        catalogue_bytes: config.catalogue_bytes,
        connections_max: database.connections_max,
        durability: Durability::Required,
        purpose: config.purpose,
    })
}

fn metrics_router(app: Arc<App>) -> Router {
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let page = move || {
        let text = app.metrics.page();
        async move { ([(http::header::CONTENT_TYPE, media_type)], text) }
    };
    Router::new().route("/metrics", get(page))
}

/// The first start makes an operator's key and leaves it in the data folder. It may be deleted once
/// there are others. It is durable in its file before it is committed: a start that was killed in
/// between begins again, and nobody is left without a way in. A second server on the same database
/// finds an operator and makes none.
fn first_operator(ledger: &Ledger, clock: &Clock) -> Result<Option<PathBuf>, StartError> {
    let path = ledger.data().join("operator.key");
    let may_be_made = ledger.purpose() == Purpose::Serve;
    if may_be_made && ledger.operators().map_err(OpenError::Fault)?.is_empty() {
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
        let secret = Secret::new(SecretKind::Operator, clock.random());
        write_private(&path, &format!("{}\n", secret.reveal()))?;
        std::fs::File::open(ledger.data())?.sync_all()?;
        let write = Write::AddOperator(Box::new(NewOperator::everything(
            TokenId(clock.random()),
            secret.hash(),
        )));
        let committed = ledger
            .commit(vec![write], clock.now())
            .map_err(OpenError::Fault)?;
        ledger
            .acknowledge(committed.mark)
            .map_err(OpenError::Fault)?;
    }
    Ok(path.exists().then_some(path))
}
