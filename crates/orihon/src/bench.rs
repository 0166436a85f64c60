//! `orihon bench`: a server under load, measured from outside, and then held to its word: every
//! settlement that it acknowledged must be there.
//!
//! The load comes from one thread, so that the server, which shares the machine with it, is what
//! is measured. Everything sent follows from the seed.

use crate::client::{ServerArgs, key};
use crate::progress::{self, Progress};
use anyhow::{Context, bail};
use caller::Caller;
use filed::Tape;
use gauge::{Machine, Pid, Watch};
use load::{Extent, Measured, Pace, Spacing, Stretch, Work};
use report::{Report, Row};
use sale::{LINES, Range, Till};
use stall::Stalls;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;
use target::{Private, Target, Url};
use town::Town;
use verify::Resend;
use work::{Filing, Pages, Reading, Sending};

mod caller;
mod clock;
mod filed;
mod gauge;
mod histogram;
mod load;
mod random;
mod report;
mod sale;
mod stall;
mod target;
#[cfg(test)]
mod tests;
mod town;
mod verify;
mod work;

/// Purchases that are there before reading begins, unless it is said: twenty for each of the usual
/// number of people, so that a page is full.
const PRELOAD_TO_READ: u64 = 200_000;
/// The seed of a private server, which has seen none before.
const PRIVATE_SEED: u64 = 1;

/// Put a server under load, measure it, and check that nothing acknowledged is missing.
///
/// Without --server it starts a server of its own on an empty folder and removes both afterwards.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    // Not ORIHON_SERVER: what was set for daily work must not direct a load at a shop's server.
    /// A running server to put under load, http://HOST:PORT [default: a private one]
    #[arg(
        long,
        value_name = "URL",
        env = "ORIHON_BENCH_SERVER",
        help_heading = "Server"
    )]
    server: Option<Url>,
    /// That server's operator key; without it, operator.key in its data folder is read
    #[arg(
        long,
        value_name = "KEY",
        env = "ORIHON_OPERATOR_KEY",
        hide_env_values = true,
        help_heading = "Server"
    )]
    operator_key: Option<String>,
    /// That server's data folder, if it is on this machine [default: ./data]
    #[arg(long, value_name = "DIR", env = "ORIHON_DATA", help_heading = "Server")]
    data: Option<PathBuf>,
    /// That server's process on this machine, to see what it uses
    #[arg(
        long,
        value_name = "PID",
        env = "ORIHON_BENCH_SERVER_PID",
        help_heading = "Server"
    )]
    server_pid: Option<u32>,
    /// Where the private server's folder is made; on a real disk, or durability costs nothing
    #[arg(
        long,
        value_name = "DIR",
        env = "ORIHON_BENCH_FOLDER",
        help_heading = "Server"
    )]
    folder: Option<PathBuf>,
    /// The empty PostgreSQL in which the private server keeps its ledger [default: its own folder]
    #[arg(
        long,
        value_name = "URL",
        env = "ORIHON_BENCH_LEDGER",
        hide_env_values = true,
        conflicts_with = "server",
        help_heading = "Server"
    )]
    ledger: Option<String>,

    /// What is sent
    #[arg(long, env = "ORIHON_BENCH_MODE", default_value = "single")]
    mode: Mode,
    /// Seconds that are measured, in each mode
    #[arg(long, value_name = "S", env = "ORIHON_BENCH_SECONDS", default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: u32,
    /// Seconds before that, which are not
    #[arg(long, value_name = "S", env = "ORIHON_BENCH_WARMUP", default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(0..=600))]
    warmup: u32,
    /// Requests in each mode, instead of the seconds and with no warm-up
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_REQUESTS",
        value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    requests: Option<u64>,
    /// Connections, with `all` those of the single settlements [default: 64; of batches and
    /// readers 8]
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_CONNECTIONS",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: Option<u32>,
    /// Arrivals a second, of settlements or readers, whether the server keeps up or not; with `all`
    /// those of the single settlements [default: each connection sends as soon as it can]
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_RATE",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,
    /// Arrivals of readers a second with `all` [default: as soon as they can]
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_READ_RATE",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    read_rate: Option<u32>,
    /// How arrivals are spaced
    #[arg(long, env = "ORIHON_BENCH_ARRIVALS", default_value = "poisson")]
    arrivals: Spacing,
    /// Settlements in a batch
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_BATCH", default_value_t = 200,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    batch: u32,

    /// Stores
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_STORES", default_value_t = 100,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    stores: u32,
    /// Items in the catalogue of each
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_ITEMS", default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(1..=50_000))]
    items: u32,
    /// People who buy
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_USERS", default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    users: u32,
    /// Purchases filed beforehand, in batches [default: 200000 before reading, else none]
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_PRELOAD",
        value_parser = clap::value_parser!(u64).range(0..=100_000_000))]
    preload: Option<u64>,
    /// What everything sent follows from; not twice on one server [default: 1 on a private server,
    /// else the time]
    #[arg(long, value_name = "N", env = "ORIHON_BENCH_SEED")]
    seed: Option<u64>,

    /// What is sent again at the end, to see whether it is there
    #[arg(long, env = "ORIHON_BENCH_VERIFY", default_value = "sample")]
    verify: Resend,
    /// Print one JSON object instead of a table
    #[arg(long, env = "ORIHON_BENCH_JSON")]
    json: bool,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// Settlements, one by one
    Single,
    /// Settlements in batches
    Batch,
    /// Requests for the newest 20 purchases of a random person
    Read,
    /// One after the other: batches beforehand, single settlements, batches, readers
    All,
}

/// Runs the benchmark.
///
/// # Errors
/// The server cannot be started or reached, or refuses what a benchmark needs.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let json = args.json;
    let bench = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        tokio::task::LocalSet::new().block_on(&runtime, bench(args))
    };
    let Some(report) = tokio::task::spawn_blocking(bench).await?? else {
        eprintln!("\ninterrupted; nothing is reported of half a run");
        return Ok(ExitCode::from(130));
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", report.text());
    }
    Ok(if report.passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// Finds or starts the server, and measures it; none if it was interrupted.
async fn bench(args: Args) -> anyhow::Result<Option<Report>> {
    if let Some(url) = &args.server {
        let target = named(&args, url).await?;
        let plan = Plan::of(&args, args.seed.unwrap_or_else(clock::seed));
        return unless_interrupted(measure(&plan, &target, None)).await;
    }
    let folder = args.folder.clone().unwrap_or_else(std::env::temp_dir);
    let private = Private::start(&folder, args.ledger.as_deref()).await?;
    let plan = Plan::of(&args, args.seed.unwrap_or(PRIVATE_SEED));
    let measuring = measure(&plan, &private.target, Some(private.folder()));
    let report = unless_interrupted(measuring).await;
    // It is stopped and cleared away however the measuring ended.
    let stopped = private.stop().await;
    let report = report?;
    stopped?;
    Ok(report)
}

async fn named(args: &Args, url: &Url) -> anyhow::Result<Target> {
    let server = format!("http://{}", url.host);
    let address = server
        .parse()
        .with_context(|| format!("{server} is no address"))?;
    let found = ServerArgs {
        server,
        operator_key: args.operator_key.clone(),
        data: args.data.clone(),
        ca_file: None,
    };
    let header = key::find(&found, &address)?.header();
    let key = header
        .to_str()
        .ok()
        .and_then(|value| value.strip_prefix("Bearer "));
    let key = key.context("the operator key cannot be sent")?;
    Target::named(url, key.to_owned(), args.server_pid.map(Pid)).await
}

async fn unless_interrupted<T>(
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<Option<T>> {
    tokio::select! {
        done = work => done.map(Some),
        _ = tokio::signal::ctrl_c() => Ok(None),
    }
}

/// What is to be done, decided.
#[derive(Clone, Debug)]
struct Plan {
    mode: Mode,
    range: Range,
    stores: u32,
    preload: u64,
    batch: u32,
    single: Callers,
    batches: Callers,
    readers: Callers,
    extent: Extent,
    resend: Resend,
}

/// How many call, and when.
#[derive(Clone, Copy, Debug)]
struct Callers {
    connections: u32,
    /// Arrivals a second, and how they are spaced.
    arrivals: Option<(u32, Spacing)>,
}

impl Plan {
    fn of(args: &Args, seed: u64) -> Self {
        let callers = |mode, usual, rate: Option<u32>| {
            // With `all`, --connections and --rate are for the single settlements.
            let is_meant = args.mode == mode || (args.mode == Mode::All && mode == Mode::Single);
            let connections = args.connections.filter(|_| is_meant).unwrap_or(usual);
            let rate = args.rate.filter(|_| is_meant).or(rate);
            Callers {
                connections,
                arrivals: rate.map(|rate| (rate, args.arrivals)),
            }
        };
        let usual_preload = match args.mode {
            Mode::Read | Mode::All => PRELOAD_TO_READ,
            Mode::Single | Mode::Batch => 0,
        };
        Self {
            mode: args.mode,
            range: Range {
                seed,
                items: args.items,
                users: args.users,
            },
            stores: args.stores,
            preload: args.preload.unwrap_or(usual_preload),
            batch: args.batch,
            single: callers(Mode::Single, 64, None),
            batches: callers(Mode::Batch, 8, None),
            readers: callers(Mode::Read, 8, args.read_rate),
            extent: match args.requests {
                Some(requests) => Extent::Requests(requests),
                None => Extent::Time {
                    warmup: Duration::from_secs(args.warmup.into()),
                    lasts: Duration::from_secs(args.seconds.into()),
                },
            },
            resend: args.verify,
        }
    }

    /// A stretch whose requests stand for `units` arrivals each.
    fn stretch(&self, callers: Callers, units: u32) -> Stretch {
        let pace = match callers.arrivals {
            None => Pace::AllOut,
            Some((rate, spacing)) => {
                let every = Duration::from_secs(1) * units / rate.max(1);
                Pace::Arrivals {
                    every,
                    spacing,
                    seed: self.range.seed,
                }
            }
        };
        Stretch {
            pace,
            extent: self.extent,
        }
    }
}

async fn measure(plan: &Plan, target: &Target, data: Option<&Path>) -> anyhow::Result<Report> {
    check_it_can_commit(target).await?;
    let stalls = tokio::task::spawn_blocking(Stalls::watch).await?;
    let (town, registered) = town::found(target, plan.range, plan.stores).await?;
    let mut bench = Bench {
        plan,
        target,
        town: Rc::new(town),
        tapes: Vec::new(),
        rows: Vec::new(),
    };
    if plan.preload > 0 {
        bench.preload().await?;
    }
    if matches!(plan.mode, Mode::Single | Mode::All) {
        bench.single().await?;
    }
    if matches!(plan.mode, Mode::Batch | Mode::All) {
        bench.batches().await?;
    }
    if matches!(plan.mode, Mode::Read | Mode::All) {
        bench.read().await?;
    }
    let resident_bytes_peak = target.process.and_then(gauge::resident_bytes_peak);
    let Bench {
        town, tapes, rows, ..
    } = bench;
    let verified = verify::verify(target, town, tapes, plan.resend).await?;
    let passed = verified.wrong == 0 && rows.iter().all(|row| row.done > 0);
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        build: if cfg!(debug_assertions) {
            "debug build: slow"
        } else {
            "release"
        },
        seed: plan.range.seed,
        machine: Machine::of(data),
        stalls,
        stores: plan.stores,
        items_per_store: plan.range.items,
        users: plan.range.users,
        lines_per_settlement: LINES,
        users_per_second: progress::per_second(registered.items, registered.took),
        rows,
        resident_bytes_peak,
        verified,
        passed,
    })
}

/// A server that does not take anything is told of before stores are opened.
async fn check_it_can_commit(target: &Target) -> anyhow::Result<()> {
    let mut caller = Caller::connect(target.address)
        .await
        .with_context(|| format!("no server answers at {}", target.address))?;
    let operator = target.operator_key.as_str();
    let (status, body) = target
        .ask(&mut caller, ("GET", "/readyz"), operator, b"")
        .await?;
    if status != 200 {
        bail!(
            "the server takes nothing: {status} {}",
            String::from_utf8_lossy(&body)
        );
    }
    Ok(())
}

/// A benchmark under way.
struct Bench<'a> {
    plan: &'a Plan,
    target: &'a Target,
    town: Rc<Town>,
    tapes: Vec<Tape>,
    rows: Vec<Row>,
}

impl Bench<'_> {
    async fn preload(&mut self) -> anyhow::Result<()> {
        let requests = self.plan.preload.div_ceil(self.plan.batch.into());
        let stretch = Stretch {
            pace: Pace::AllOut,
            extent: Extent::Requests(requests),
        };
        let callers = Callers {
            connections: self.plan.batches.connections,
            arrivals: None,
        };
        self.file("preload", Sending::Batch(self.plan.batch), callers, stretch)
            .await
    }

    async fn single(&mut self) -> anyhow::Result<()> {
        let callers = self.plan.single;
        self.file(
            "single",
            Sending::Single,
            callers,
            self.plan.stretch(callers, 1),
        )
        .await
    }

    async fn batches(&mut self) -> anyhow::Result<()> {
        let (callers, batch) = (self.plan.batches, self.plan.batch);
        let stretch = self.plan.stretch(callers, batch);
        self.file("batch", Sending::Batch(batch), callers, stretch)
            .await
    }

    /// Sends settlements, and keeps what became of them.
    async fn file(
        &mut self,
        mode: &'static str,
        sending: Sending,
        callers: Callers,
        stretch: Stretch,
    ) -> anyhow::Result<()> {
        // Every mode has tills of its own, and no sale happens twice.
        let letter = mode.chars().next().unwrap_or('x');
        let works: Vec<Filing> = (0..callers.connections)
            .map(|at| Filing::new(&self.town, Till::new(letter, at), at, sending))
            .collect();
        let tapes: Vec<Rc<RefCell<Tape>>> = works.iter().map(Filing::tape).collect();
        let batch = match sending {
            Sending::Single => None,
            Sending::Batch(count) => Some(count),
        };
        let stretch = (stretch, batch.unwrap_or(1));
        let mut row = self.load(mode, callers, stretch, works).await?;
        self.tapes.extend(tapes.iter().map(|tape| tape.take()));
        row.batch = batch;
        self.rows.push(row);
        Ok(())
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        let callers = self.plan.readers;
        let pages = Rc::new(RefCell::new(Pages::default()));
        let works = (0..callers.connections)
            .map(|at| Reading::new(&self.town, &self.target.host, at, &pages))
            .collect();
        let stretch = (self.plan.stretch(callers, 1), 1);
        let row = self.load("read", callers, stretch, works).await?;
        self.rows.push(row.with_pages(pages.take()));
        Ok(())
    }

    async fn load<W: Work>(
        &self,
        mode: &'static str,
        callers: Callers,
        (stretch, units): (Stretch, u32),
        works: Vec<W>,
    ) -> anyhow::Result<Row> {
        // Time passes evenly, and a batch of settlements counts for what it holds.
        let (delay, lasts) = match stretch.extent {
            Extent::Time { warmup, lasts } => (warmup, Some(lasts)),
            Extent::Requests(_) => (Duration::ZERO, None),
        };
        let total = match stretch.extent {
            Extent::Time { warmup, lasts } => millis(warmup + lasts),
            Extent::Requests(requests) => requests.saturating_mul(units.into()),
        };
        let progress = Rc::new(Progress::begin(mode, total));
        let told = {
            let progress = Rc::clone(&progress);
            move |passed, done| {
                let step = lasts.map_or(done, |_| millis(passed));
                progress.advance(step, done);
            }
        };
        let watch = Watch::begin(self.target.process, delay, lasts);
        let measured: Measured = load::run(self.target.address, stretch, works, told).await?;
        let used = watch.end();
        progress.end();
        let mut row = Row::new(mode, callers.connections, measured, used);
        row.arrivals_per_second = callers.arrivals.map(|(rate, _)| rate);
        Ok(row)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
