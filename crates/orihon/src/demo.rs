//! `orihon demo`: a living town in one command. A server, four shops with a device each, one person
//! with eighteen months of purchases, and new sales every few seconds. Everything goes through the
//! public interfaces, as operators, tills and pages would send it; nothing here reaches into the ledger.

use crate::client::{Client, ServerArgs};
use crate::serve::address;
use account::Account;
use anyhow::Context;
use furnish::Past;
use habit::Life;
use machine::{Machines, Phones, Ways};
use screen::Screen;
use server::clock::Clock;
use server::tls::Source;
use server::{Config, Running, StartError};
use shop::Town;
use stage::Stage;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;
use welcome::Welcome;

mod account;
mod basket;
mod catalogue;
mod counter;
mod dice;
mod episode;
mod furnish;
mod habit;
mod history;
mod lan;
mod line;
mod live;
mod machine;
mod message;
mod purse;
mod receipt;
mod screen;
mod shelf;
mod shop;
mod stage;
#[cfg(test)]
mod tests;
mod tokyo;
mod welcome;

/// Where the demo listens unless told otherwise: on the first of these that is free.
const PORTS: std::ops::RangeInclusive<u16> = 8470..=8479;
/// The same story for everybody.
const SEED: u64 = 0x6f72_6968_6f6e;

/// Options of `demo`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Keeps the data in this folder, and goes on with it the next time
    #[arg(long, value_name = "DIR", env = "ORIHON_DEMO_KEEP")]
    keep: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:8470, or the next port that is free]
    #[arg(long, value_name = "ADDR", env = "ORIHON_LISTEN")]
    listen: Option<String>,
    /// Lets phones in the same network in, over TLS, and shows square codes for them
    #[arg(long, env = "ORIHON_DEMO_LAN", conflicts_with = "listen")]
    lan: bool,
    /// With --lan: without TLS, and so without passkeys, the camera and codes that are kept on the phone
    #[arg(long, env = "ORIHON_DEMO_PLAIN", requires = "lan")]
    plain: bool,
    /// Only the past: no new sales every few seconds
    #[arg(long, env = "ORIHON_DEMO_NO_LIVE")]
    no_live: bool,
}

/// Runs the demo until Ctrl-C.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    let listen = args.listen.as_deref().map(address).transpose()?;
    let folder = Folder::open(args.keep)?;
    let screen = Screen;
    let lan = args.lan.then(lan::address).transpose()?;
    let lan = lan.map(|own| match args.plain {
        true => Lan::Plain(own),
        false => Lan::Secured(own),
    });
    let running = start(folder.data(), (listen, lan), screen).await?;
    let machines = OnceLock::new();
    let ending = {
        let how = How {
            began,
            lan,
            is_quiet: args.no_live,
        };
        let living = live(&running, &folder, &machines, how, screen);
        tokio::select! {
            lived = living => lived.map(|()| ExitCode::SUCCESS),
            () = running.failed() => {
                eprintln!("error: the ledger failed; see the log");
                Ok(ExitCode::FAILURE)
            }
            _ = interrupt.recv() => Ok(ExitCode::SUCCESS),
            _ = terminate.recv() => Ok(ExitCode::SUCCESS),
        }
    };
    let stopping = async {
        if let Some(machines) = machines.into_inner() {
            machines.stop().await?;
        }
        running.stop().await;
        Ok::<(), anyhow::Error>(())
    };
    // A second Ctrl-C does not wait for connections that stay open.
    tokio::select! {
        stopped = stopping => stopped?,
        _ = interrupt.recv() => {}
    }
    screen.line(&folder.close()?);
    ending
}

/// Starts the server; on the usual port, or, if nobody chose one, on the next that is free.
async fn start(
    data: PathBuf,
    (listen, lan): (Option<SocketAddr>, Option<Lan>),
    screen: Screen,
) -> anyhow::Result<Running> {
    if let Some(listen) = listen {
        return Ok(server::start(Config::new(data, listen), Clock::system()).await?);
    }
    let mut taken = None;
    // Phones are told a port before it is taken, so it cannot be whichever is free.
    let last = match lan {
        None => Some(0),
        Some(_) => None,
    };
    for port in PORTS.chain(last) {
        let host = lan.map_or(Ipv4Addr::LOCALHOST, |_| Ipv4Addr::UNSPECIFIED);
        let mut config = Config::new(data.clone(), SocketAddr::from((host, port)));
        (config.public_url, config.tls) = match lan {
            None => (None, None),
            Some(Lan::Plain(own)) => (Some(format!("http://{own}:{port}")), None),
            Some(Lan::Secured(own)) => (Some(format!("https://{own}:{port}")), Some(Source::Local)),
        };
        match server::start(config, Clock::system()).await {
            Ok(running) => {
                if let Some(cause) = taken {
                    let address = running.address;
                    screen.line(&format!(
                        "note: {cause}\n      so this demo is at {address}\n"
                    ));
                }
                return Ok(running);
            }
            Err(StartError::Bind(cause)) => {
                taken.get_or_insert(cause);
            }
            Err(other) => return Err(other.into()),
        }
    }
    let cause = taken.context("no port was tried")?;
    Err(cause.into())
}

/// How phones are let in, and the address of this machine for them.
#[derive(Clone, Copy)]
enum Lan {
    Secured(Ipv4Addr),
    Plain(Ipv4Addr),
}

/// How the town is to live.
struct How {
    began: Instant,
    /// How phones are let in, if they are.
    lan: Option<Lan>,
    is_quiet: bool,
}

/// Furnishes the town, says so, and lets it live. Ends only with a failure, or with the server.
async fn live(
    running: &Running,
    folder: &Folder,
    machines: &OnceLock<Machines>,
    How {
        began,
        lan,
        is_quiet,
    }: How,
    screen: Screen,
) -> anyhow::Result<()> {
    let near = lan::near(running.address);
    let ca_file = running.authority.as_ref().map(|authority| authority.file());
    let scheme = if ca_file.is_some() { "https" } else { "http" };
    let base = format!("{scheme}://{near}");
    let clock = Clock::system();
    let operator = Client::open(&ServerArgs {
        server: base.clone(),
        operator_key: None,
        data: Some(folder.data()),
        ca_file: ca_file.clone(),
    })?;
    let now = tokyo::civil(clock.now())?;
    let town = Town::build(history::first_day(now)?, now)?;
    let person = furnish::person(&operator).await?;
    let account = Account::new(&base, &person.token, ca_file.as_deref())?;
    let past = match account.newest().await? {
        Some(_) => Past::Filed,
        None => Past::Missing,
    };
    let mut life = Life::new(&town, &person.user_id, SEED);
    let key = furnish::furnish(&operator, &mut life, now, past).await?;
    let ways = ways(running, lan, near);
    let started = Machines::start(&operator, &town, &folder.shops(), &ways).await?;
    let machines = machines.get_or_init(|| started);
    let public = running.app.site.base();
    let stage = Stage::new(public, &person.user_id, &operator, machines.counters());
    let (stage, phone, playing) = raise(stage, running, lan, ways.phones).await?;
    let newest = account.newest().await?.context("nothing was filed")?;
    let stream = account.listen().await?;
    let welcome = Welcome {
        base: &base,
        ca_file: ca_file.as_deref(),
        stage: &stage,
        phone: &phone,
        data: &folder.data(),
        is_kept: folder.is_kept(),
        person: &person,
        newest: &newest,
        supermarket: &town.supermarket,
        key: &key,
        machines,
        now,
        took: began.elapsed(),
    };
    screen.line(&welcome.text(&operator).await?);
    if is_quiet {
        screen.line("Ctrl-C ends it.");
        playing.await;
        return Ok(());
    }
    screen.line("New purchases, as they arrive in the account (Ctrl-C ends it):");
    life.dice = dice::Dice::new(clock.now().ms().unsigned_abs());
    tokio::select! {
        sold = live::sell(&mut life, machines, &clock) => sold,
        taken = machines.supermarket.counter.watch() => taken,
        () = playing => Ok(()),
        watched = live::watch(stream, screen) => watched,
    }
}

/// How the shops get to the server, and phones to the shops.
fn ways(running: &Running, lan: Option<Lan>, near: SocketAddr) -> Ways {
    let phones = match (lan, &running.tls) {
        (Some(Lan::Secured(own)), Some(tls)) => Some(Phones {
            own,
            tls: tls.clone(),
        }),
        (Some(Lan::Secured(_) | Lan::Plain(_)) | None, _) => None,
    };
    let authority = running.authority.as_ref();
    Ways {
        server: near,
        ca_file: authority.map(|authority| authority.file()),
        phones,
    }
}

/// Opens the stage: where it is, how a phone gets in, and its work.
async fn raise(
    stage: Stage,
    running: &Running,
    lan: Option<Lan>,
    phones: Option<Phones>,
) -> anyhow::Result<(String, String, impl Future<Output = ()> + use<>)> {
    let public = stage.base.clone();
    let way_in = match lan {
        Some(Lan::Plain(_)) => Some(stage.way_in().await),
        Some(Lan::Secured(_)) | None => None,
    };
    let opened = stage::open(stage, phones, std::future::pending())?;
    let phone = match (&running.authority, opened.for_phones, way_in) {
        (Some(authority), Some(link), _) => {
            let trust = server::trust::address(&public, running.address);
            welcome::secured_phone(&trust, &authority.fingerprint(), &link)
        }
        (_, _, Some(link)) => welcome::phone(&public, &link),
        (_, _, None) => String::new(),
    };
    Ok((opened.here, phone, opened.work))
}

/// Where the data is: in a folder of the user's, or in one that goes away with the demo.
enum Folder {
    Kept(PathBuf),
    Passing(TempDir),
}

impl Folder {
    fn open(keep: Option<PathBuf>) -> anyhow::Result<Self> {
        match keep {
            Some(path) => Ok(Self::Kept(path)),
            None => {
                let made = tempfile::Builder::new().prefix("orihon-demo-").tempdir();
                Ok(Self::Passing(made.context("making a temporary folder")?))
            }
        }
    }

    /// The data folder; the keyring stands beside it.
    fn data(&self) -> PathBuf {
        match self {
            Self::Kept(path) => path.clone(),
            Self::Passing(folder) => folder.path().join("data"),
        }
    }

    /// The folder with the shops' own machines, one folder each.
    fn shops(&self) -> PathBuf {
        let mut name = self.data().into_os_string();
        name.push(".shops");
        PathBuf::from(name)
    }

    fn is_kept(&self) -> bool {
        match self {
            Self::Kept(_) => true,
            Self::Passing(_) => false,
        }
    }

    /// Takes away what was only for now, and says what became of the data.
    fn close(self) -> anyhow::Result<String> {
        match self {
            Self::Kept(path) => Ok(kept(&path)),
            Self::Passing(folder) => {
                let path = folder.path().display().to_string();
                folder.close().with_context(|| format!("removing {path}"))?;
                Ok("\nThe demo is over, and its data are gone.".to_owned())
            }
        }
    }
}

fn kept(path: &Path) -> String {
    let path = path.display();
    format!(
        "\nThe data are kept, those of the shops in {path}.shops: `orihon demo --keep {path}` goes on, `orihon serve --data {path}` serves them."
    )
}
