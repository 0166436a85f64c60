//! `orihon serve`: the integrated server, until it is told to stop or its ledger fails.

use crate::config;
use crate::square;
use anyhow::{Context, bail};
use certificates::TlsArgs;
use ledger::embedded::open::{Found, GapPolicy};
use server::clock::Clock;
use server::peer::Network;
use server::site::Transport;
use server::{Config, Database, Running, trust};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

mod certificates;

pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8470";
pub(crate) const DATABASE_CONNECTIONS: usize = 16;
/// What plain HTTP means where others reach it.
const CLEAR: &str = "people come over plain HTTP: others can read along, and phones have no passkeys, no camera and no \
                     codes for where there is no signal; see --tls-local, --tls-cert and --public-url https://…";

/// Options of `serve`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The data folder; made at the first start [default: ./data].
    #[arg(long, env = "ORIHON_DATA")]
    data: Option<PathBuf>,
    /// The folder of master key and keyring [default: the data folder's sibling DATA.keys].
    #[arg(long, env = "ORIHON_KEYS")]
    keys: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:8470].
    #[arg(long, env = "ORIHON_LISTEN")]
    listen: Option<String>,
    /// The address on which /metrics is shown; not at all without one.
    #[arg(long, env = "ORIHON_METRICS_LISTEN")]
    metrics_listen: Option<String>,
    /// The ledger, if it is not the embedded one: the URL of a PostgreSQL, 15 or later.
    #[arg(long, env = "ORIHON_LEDGER", hide_env_values = true)]
    ledger: Option<String>,
    /// The keyring of such a ledger, if it has a database of its own: the URL of a PostgreSQL.
    #[arg(long, env = "ORIHON_KEYRING", hide_env_values = true)]
    keyring: Option<String>,
    /// Connections to such a ledger at most, and as many again to its keyring [default: 16].
    #[arg(long, env = "ORIHON_DATABASE_CONNECTIONS")]
    database_connections: Option<usize>,
    /// The address under which people reach this server, where it is another one.
    #[arg(long, env = "ORIHON_PUBLIC_URL")]
    public_url: Option<String>,
    /// Whom people ask if they do not get on, such as an e-mail address; they see it.
    #[arg(long, env = "ORIHON_CONTACT")]
    contact: Option<String>,
    /// A proxy in front that is believed when it says for whom it asks: its address, or a network such as
    /// 10.0.0.0/8; may be given several times, or with commas between.
    #[arg(long, env = "ORIHON_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<String>,
    #[command(flatten)]
    tls: TlsArgs,
    /// Memory for catalogues, in MiB [default: 128].
    #[arg(long, env = "ORIHON_CATALOGUE_MIB")]
    catalogue_mib: Option<usize>,
    /// Connections open at once; the limit of open files must allow as many [default: 768].
    #[arg(long, env = "ORIHON_CONNECTIONS_MAX")]
    connections_max: Option<usize>,
    /// Opens a copy that lacks acknowledged commits, knowingly and on record.
    #[arg(long, env = "ORIHON_ACCEPT_GAP")]
    accept_gap: bool,
    /// A configuration file (TOML) with the same names.
    #[arg(long, env = "ORIHON_CONFIG")]
    config: Option<PathBuf>,
}

/// Runs the server.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = configuration(args)?;
    // Whoever asks us to stop while we are still opening is heard, too.
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    let running = server::start(config, Clock::system()).await?;
    greet(&running);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = running.failed() => {
            eprintln!("error: the ledger failed; nothing more was acknowledged. See the log, then start again.");
            // Answers that say "unknown, send again" get a moment to leave.
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            return Ok(ExitCode::FAILURE);
        }
    }
    eprintln!("stopping: finishing what was taken …");
    let hurry = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tokio::select! {
        drained = running.stop() => {
            eprintln!("stopped: {} connections finished, {} cut off", drained.finished, drained.aborted);
            Ok(ExitCode::SUCCESS)
        }
        () = hurry => bail!("stopped at once; what was not answered is unknown to its sender and will be sent again"),
    }
}

fn configuration(args: Args) -> anyhow::Result<Config> {
    let file = args
        .config
        .as_deref()
        .map(config::read)
        .transpose()?
        .unwrap_or_default();
    if let Some(url) = &args.public_url
        && !url.starts_with("http://")
        && !url.starts_with("https://")
    {
        bail!("--public-url begins with http:// or https://, not {url}");
    }
    let tls = certificates::source(args.tls, &file)?;
    let public_url = args.public_url;
    if let (Some(url), Some(_)) = (&public_url, &tls)
        && let Some(rest) = url.strip_prefix("http://")
    {
        bail!(
            "this server speaks TLS, and so its public address is https://{rest}; write that after --public-url"
        );
    }
    let listen = args.listen.or(file.listen);
    let listen = address(listen.as_deref().unwrap_or(DEFAULT_LISTEN))?;
    let data = args
        .data
        .or(file.data)
        .unwrap_or_else(|| PathBuf::from("data"));
    let mut config = Config::new(data, listen);
    let keyring_url = args.keyring.or(file.keyring);
    config.database = match (args.ledger.or(file.ledger), keyring_url) {
        (Some(url), keyring_url) => Some(Database {
            url,
            keyring_url,
            connections_max: args
                .database_connections
                .or(file.database_connections)
                .unwrap_or(DATABASE_CONNECTIONS),
        }),
        (None, Some(_)) => {
            bail!("--keyring is for a ledger in a PostgreSQL; name that with --ledger")
        }
        (None, None) => None,
    };
    config.public_url = public_url;
    config.contact = args.contact;
    config.trusted_proxies = proxies(&args.trusted_proxy)?;
    config.tls = tls;
    config.keys = args.keys.or(file.keys);
    let metrics_listen = args.metrics_listen.or(file.metrics_listen);
    config.metrics_listen = metrics_listen.as_deref().map(address).transpose()?;
    if let Some(mib) = args.catalogue_mib.or(file.catalogue_mib) {
        config.catalogue_bytes = mib.saturating_mul(1_024 * 1_024);
    }
    if let Some(connections_max) = args.connections_max.or(file.connections_max) {
        config.limits.connections_max = connections_max;
    }
    if args.accept_gap {
        config.gap = GapPolicy::Accept;
    }
    Ok(config)
}

/// Reads the proxies that are believed.
fn proxies(texts: &[String]) -> anyhow::Result<Vec<Network>> {
    let read = |text: &String| {
        let found = text.parse::<Network>();
        found.with_context(|| format!("--trusted-proxy {text}"))
    };
    texts.iter().map(read).collect()
}

/// Reads an address; a name such as `localhost` counts as the address it stands for.
pub(crate) fn address(text: &str) -> anyhow::Result<SocketAddr> {
    use std::net::ToSocketAddrs;
    let found = text
        .to_socket_addrs()
        .ok()
        .and_then(|mut found| found.next());
    found.with_context(|| format!("\"{text}\" is no address; write it like {DEFAULT_LISTEN}"))
}

fn greet(running: &Running) {
    let base = match running.is_secured() {
        true => running.app.site.base().to_owned(),
        false => format!("http://{}", running.address),
    };
    let data = running.app.ledger.data();
    let keys = running.app.ledger.keys();
    eprintln!("Orihon {} is ready at {base}", env!("CARGO_PKG_VERSION"));
    if let Some(people) = running.app.site.public_url() {
        eprintln!("├─ people      {people}");
    }
    if is_open_in_clear(running) {
        eprintln!("├─ WARNING     {CLEAR}");
    }
    eprintln!("├─ interface   {base}/docs   (document: {base}/openapi.json)");
    match running.app.ledger.place() {
        None => eprintln!("├─ data        {}   (embedded ledger)", data.display()),
        Some(place) => eprintln!("├─ ledger      {place}"),
    }
    eprintln!(
        "├─ master key  {}   back it up apart from the data",
        keys.join("master.key").display()
    );
    if let Some(path) = &running.operator_key {
        eprintln!(
            "├─ operator    {}   may be deleted once others exist",
            path.display()
        );
    }
    if running.is_secured() {
        eprintln!("├─ listening   {}", running.address);
    }
    if let Some(authority) = &running.authority {
        let page = trust::address(&base, running.address);
        eprintln!("├─ trust       {page}   helps devices to trust this server");
        eprintln!(
            "├─ SHA-256     {}   to compare there",
            authority.fingerprint()
        );
        eprintln!(
            "├─ programs    --server {base} --ca-file {}",
            authority.file().display()
        );
    }
    if let Some(address) = running.metrics_address {
        eprintln!("├─ metrics     http://{address}/metrics");
    }
    if running.found == Found::New
        && std::io::stderr().is_terminal()
        && let Some(link) = first_link(running)
    {
        eprintln!("├─ console     {link}   open it within 15 minutes; it works once");
    }
    match running.found {
        Found::New if running.app.ledger.place().is_some() => eprintln!("└─ a new ledger was made"),
        Found::New => eprintln!("└─ a new data folder was made"),
        Found::Existing => eprintln!("└─ opened; everything that was acknowledged is there"),
        Found::Gap(gap) => eprintln!(
            "└─ WARNING: opened without the commits {} to {}, as you accepted; store devices must send again what is missing",
            gap.found + 1,
            gap.acknowledged
        ),
    }
    show_squares(running, &base);
}

/// Do others than this machine reach it in clear, as far as its addresses say?
fn is_open_in_clear(running: &Running) -> bool {
    let site = &running.app.site;
    let is_local = match site.public_url() {
        Some(url) => crate::client::address(url).is_ok_and(|url| crate::client::is_local(&url)),
        None => running.address.ip().is_loopback(),
    };
    site.transport() == Transport::Plain && !running.is_secured() && !is_local
}

/// Where phones begin, as a square code for whoever sits at this terminal: the page about trust, or the first page.
fn show_squares(running: &Running, base: &str) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let (what, page) = match (&running.authority, running.app.site.public_url()) {
        (Some(_), _) => {
            let page = trust::address(base, running.address);
            ("learns to trust this server here", page)
        }
        (None, Some(people)) => ("opens this server here", people.to_owned()),
        (None, None) => return,
    };
    if let Some(square) = square::draw(&page) {
        eprintln!("\nA phone in the same network {what}: {page}\n\n{square}");
    }
}

/// A link that opens the console of a new ledger, for whoever sits at this terminal and for nobody who reads
/// a log.
fn first_link(running: &Running) -> Option<String> {
    let keys = running.app.ledger.operators().ok()?;
    let first = keys.first()?;
    Some(server::desk::new_link(&running.app, first.token_id).url)
}

/// Starts the log: for people on a terminal, as JSON elsewhere.
pub(crate) fn start_log(filter: Option<&str>) {
    let filter =
        EnvFilter::try_new(filter.unwrap_or("warn")).unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().init();
    }
}
