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
use crate::peer::{Network, Proxies};
use crate::plain;
use crate::publish::Hub;
use crate::repair;
use crate::secret::{Secret, SecretKind};
use crate::site::Site;
use crate::tls::{self, Authority, Standing, TlsError};
use crate::trust;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use door::tls::Tls;
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
use purchase::time::Timestamp;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
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
    /// Whom people ask if they do not get on: an address or a few words.
    pub contact: Option<String>,
    /// Proxies in front that are believed when they say for whom they ask.
    pub trusted_proxies: Vec<Network>,
    /// Where its certificates come from; plain HTTP without them.
    pub tls: Option<tls::Source>,
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
            contact: None,
            trusted_proxies: Vec::new(),
            tls: None,
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
    /// There are no certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
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
    /// Its own authority, if that vouches for it.
    pub authority: Option<Arc<Authority>>,
    /// What it speaks TLS with, for others of this process who want to be the same server.
    pub tls: Option<Tls>,
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
    if let Some(source) = &config.tls {
        tls::look_ahead(source, clock.now())?;
    }
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
    let (listener, standing) = secured(listener, &config, ledger.keys(), clock.now())?;
    let site = site(&config, listener.address(), standing.as_ref());
    let site = site.asking(config.contact.as_deref());
    let place = (site, Proxies::new(config.trusted_proxies));
    let app = Arc::new(App::new(ledger, intake, clock, hub, metrics, place));
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
    let authority = standing
        .as_ref()
        .and_then(|standing| standing.authority.clone());
    let tls = standing.as_ref().map(|standing| standing.tls.clone());
    let router = routes(&app, config.tls.as_ref(), authority.clone());
    if let (Some(source), Some(standing)) = (config.tls.clone(), standing) {
        let public_url = config.public_url.clone();
        let own = move || tls::hosts::of(public_url.as_deref(), address);
        tokio::spawn(tls::keep_fresh(source, standing, own, app.clock.clone()));
    }
    let door = tokio::spawn(door::serve(listener, config.limits, router, until(stopped)));
    Ok(Running {
        address,
        metrics_address,
        app,
        found,
        operator_key,
        authority,
        tls,
        stop,
        door,
        threads,
    })
}

/// The listener with its certificates, if it is to have some.
fn secured(
    listener: Listener,
    config: &Config,
    keys: &Path,
    now: Timestamp,
) -> Result<(Listener, Option<Standing>), TlsError> {
    let Some(source) = &config.tls else {
        return Ok((listener, None));
    };
    let own = tls::hosts::of(config.public_url.as_deref(), listener.address());
    let standing = tls::stand(source, keys, &own, now)?;
    let listener = listener.with_tls(standing.tls.clone());
    Ok((listener, Some(standing)))
}

/// Where people reach the server: as the operator says, or as follows from where it listens.
fn site(config: &Config, listening: SocketAddr, standing: Option<&Standing>) -> Site {
    match (&config.public_url, &config.tls, standing) {
        (Some(url), _, standing) => {
            let host = tls::hosts::host_of(url).unwrap_or_default();
            if let Some(standing) = standing
                && !standing.certificate.is_for(host)
            {
                let hosts = standing.certificate.hosts.join(", ");
                tracing::warn!(
                    %url, %hosts,
                    "the certificate is not for the public address: browsers will warn; get one for it, or \
                     change --public-url"
                );
            }
            Site::new(url)
        }
        (None, Some(source), Some(standing)) => {
            tls::usual_site(source, &standing.certificate, listening)
        }
        (None, None, _) | (None, Some(_), None) => Site::listening(listening),
    }
}

/// Every route. At a door that speaks TLS, what comes in clear meets something else first.
fn routes(
    app: &Arc<App>,
    source: Option<&tls::Source>,
    authority: Option<Arc<Authority>>,
) -> Router {
    let router = api::router(Arc::clone(app))
        .merge(html::router(Arc::clone(app)))
        .merge(pages::router(Arc::clone(app)))
        .merge(console::router(Arc::clone(app)));
    match source {
        None => router.fallback_service(html::nowhere(Arc::clone(app))),
        Some(source) => router
            .merge(trust::router(Arc::clone(app), authority))
            .fallback_service(html::nowhere(Arc::clone(app)))
            .layer(from_fn_with_state(
                plain::front(Arc::clone(app), source),
                plain::keep,
            )),
    }
}

impl Running {
    /// Does it speak TLS itself?
    #[must_use]
    pub fn is_secured(&self) -> bool {
        self.tls.is_some()
    }

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
