//! `orihon migrate`: moves a ledger from a data folder to a PostgreSQL, or back, and serves it to be read
//! meanwhile. What moving is, is the ledger's business; here it is asked for, shown and told.

use crate::progress::{Progress, tell};
use crate::serve::{DATABASE_CONNECTIONS, DEFAULT_LISTEN, address};
use anyhow::{Context, bail};
use indicatif::HumanCount;
use ledger::Ledger;
use ledger::embedded::moving::Progress as Heard;
use ledger::embedded::moving::compare::Summary;
use ledger::embedded::moving::{
    DatabaseTarget, FolderTarget, Home, MoveError, Moved, Options, ROWS_PER_PAGE, Stretch, Target,
    stay,
};
use ledger::embedded::open::usual_keys;
use ledger::notice::{MoveId, Purpose, Stage};
use ledger::postgres::moving::Cluster;
use ledger::postgres::open::Durability;
use server::clock::Clock;
use server::{Config, Database};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// Options of `migrate`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where the ledger is: its data folder, or the URL of a PostgreSQL.
    #[arg(long, env = "ORIHON_FROM", hide_env_values = true)]
    from: String,
    /// Where it goes: a data folder that is not there yet, or the URL of an empty PostgreSQL.
    #[arg(
        long,
        env = "ORIHON_TO",
        hide_env_values = true,
        required_unless_present = "cancel"
    )]
    to: Option<String>,
    /// The folder of the master key [default: the data folder's sibling DATA.keys].
    #[arg(long, env = "ORIHON_KEYS")]
    keys: Option<PathBuf>,
    /// The keyring in PostgreSQL, if it has a database of its own: its URL.
    #[arg(long, env = "ORIHON_KEYRING", hide_env_values = true)]
    keyring: Option<String>,
    /// Connections to the ledger in PostgreSQL at most, and as many again to its keyring [default: 16].
    #[arg(long, env = "ORIHON_DATABASE_CONNECTIONS")]
    database_connections: Option<usize>,
    /// Where it is served meanwhile, to be read [default: 127.0.0.1:8470].
    #[arg(long, env = "ORIHON_LISTEN")]
    listen: Option<String>,
    /// Spreads the tables over the machines of Citus.
    #[arg(long, env = "ORIHON_CITUS")]
    citus: bool,
    /// Takes a move back: the ledger is served again where --from says.
    #[arg(long)]
    cancel: bool,
}

/// Moves it; exit status 1 if the two ends differ.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    if args.cancel {
        return cancel(&args.from).await;
    }
    let Args { from, to, .. } = &args;
    let to = to
        .as_deref()
        .context("name with --to where the ledger goes")?;
    let (config, target) = match (is_url(from), is_url(to)) {
        (false, true) => from_folder(&args, to)?,
        (true, false) => from_database(&args, Path::new(to))?,
        (false, false) => bail!(
            "both ends are folders; a data folder is moved by stopping its server and copying it \
             with its keys, and by this command to or from a postgres:// URL"
        ),
        (true, true) => bail!(
            "both ends are databases; use pg_dump and pg_restore with the servers stopped, or move \
             by way of a data folder"
        ),
    };
    carry(config, target).await
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

fn cluster(args: &Args) -> Cluster {
    if args.citus {
        Cluster::Citus
    } else {
        Cluster::No
    }
}

/// From a data folder, with the keys that belong to it.
fn from_folder(args: &Args, to: &str) -> anyhow::Result<(Config, Target)> {
    let data = PathBuf::from(&args.from);
    let listen = address(args.listen.as_deref().unwrap_or(DEFAULT_LISTEN))?;
    let target = Target::Database(DatabaseTarget {
        url: to.to_owned(),
        keyring_url: args.keyring.clone(),
        keys: args.keys.clone().unwrap_or_else(|| usual_keys(&data)),
        connections_max: args.database_connections.unwrap_or(DATABASE_CONNECTIONS),
        durability: Durability::Required,
        cluster: cluster(args),
    });
    let config = Config {
        keys: args.keys.clone(),
        purpose: Purpose::Read,
        ..Config::new(data, listen)
    };
    Ok((config, target))
}

/// From a database, with the master key of the folder to be.
fn from_database(args: &Args, to: &Path) -> anyhow::Result<(Config, Target)> {
    anyhow::ensure!(
        !args.citus,
        "--citus is for a ledger that moves to a PostgreSQL"
    );
    let listen = address(args.listen.as_deref().unwrap_or(DEFAULT_LISTEN))?;
    let target = Target::Folder(FolderTarget {
        data: to.to_owned(),
        keys: args.keys.clone(),
    });
    let config = Config {
        keys: args.keys.clone(),
        purpose: Purpose::Read,
        database: Some(Database {
            url: args.from.clone(),
            keyring_url: args.keyring.clone(),
            connections_max: args.database_connections.unwrap_or(DATABASE_CONNECTIONS),
        }),
        ..Config::new(to.to_owned(), listen)
    };
    Ok((config, target))
}

/// Serves it and moves it.
async fn carry(config: Config, mut target: Target) -> anyhow::Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    let clock = Clock::system();
    let running = server::start(config, clock.clone()).await?;
    let source = Arc::clone(&running.app.ledger);
    if let Target::Database(target) = &mut target {
        // The note in the data folder knows where its keys are.
        target.keys = source.keys().to_owned();
    }
    eprintln!(
        "moving {}; meanwhile it can be read at http://{}, and takes no writes",
        from_text(&source),
        running.address
    );
    let options = Options {
        target,
        new_id: MoveId(clock.random()),
        rows_per_page: ROWS_PER_PAGE,
    };
    let goes_on = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&goes_on);
    let moving = tokio::task::spawn_blocking(move || {
        let mut shown = Shown::default();
        let moved = source.move_to(&options, &mut |heard| {
            shown.hear(heard);
            if asked.load(Ordering::Relaxed) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        shown.end();
        told(&source, &options.target, moved)
    });
    let stopped = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = running.failed() => {}
        }
        goes_on.store(false, Ordering::Relaxed);
        std::future::pending::<()>().await;
    };
    let moved = tokio::select! {
        moved = moving => moved.context("the move did not end")?,
        () = stopped => Ok(ExitCode::FAILURE),
    };
    running.stop().await;
    moved
}

fn from_text(source: &Ledger) -> String {
    match source.place() {
        Some(place) => place.to_string(),
        None => source.data().display().to_string(),
    }
}

/// Tells how it ended.
fn told(
    source: &Ledger,
    target: &Target,
    moved: Result<Moved, MoveError>,
) -> anyhow::Result<ExitCode> {
    match moved {
        Ok(Moved::Now(summary)) => tell_summary(&summary),
        Ok(Moved::Before) => tell("everything was there already, and is served there now"),
        Err(MoveError::Differs(difference)) => {
            tell(format_args!("wrong: {difference}"));
            eprintln!(
                "error: it was not moved, and is served at neither end; stay where it was with: \
                 orihon migrate --cancel --from …"
            );
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    }
    match target {
        Target::Folder(target) => eprintln!("next: orihon serve --data {}", target.data.display()),
        Target::Database(_) => eprintln!(
            "next: orihon serve --ledger postgres://… --data {} (master key: {})",
            source.data().display(),
            source.keys().join("master.key").display()
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_summary(summary: &Summary) {
    let Summary {
        rows,
        days,
        settlements,
        lines,
        people,
        books,
        keys,
    } = *summary;
    let rows_of_it = [
        ("rows", rows),
        ("store-days", days),
        ("settlements", settlements),
        ("lines", lines),
        ("people", people),
        ("books", books),
        ("keys looked up", keys),
    ];
    for (what, count) in rows_of_it {
        tell(format_args!(
            "{what:<14} {:>13}",
            HumanCount(count).to_string()
        ));
    }
    tell("everything agrees");
}

/// The bars, one after another.
#[derive(Default)]
struct Shown {
    bar: Option<(Stretch, Progress)>,
}

impl Shown {
    fn hear(&mut self, heard: Heard) {
        let of_another = self.bar.as_ref().is_none_or(|bar| bar.0 != heard.stretch);
        if of_another {
            self.end();
            let label = match heard.stretch {
                Stretch::Copying => "copying",
                Stretch::Keys => "keys",
                Stretch::Comparing => "comparing",
            };
            let bar = Progress::begin_about(label, heard.about);
            bar.advance(heard.before, 0);
            self.bar = Some((heard.stretch, bar));
        }
        if let Some((_, bar)) = &self.bar {
            bar.advance(heard.more, heard.more);
        }
    }

    fn end(&mut self) {
        if let Some((stretch, bar)) = self.bar.take() {
            let done = bar.end().told();
            match stretch {
                Stretch::Copying => eprintln!("copied         {done}"),
                Stretch::Keys => eprintln!("keys           {done}"),
                Stretch::Comparing => eprintln!("compared       {done}"),
            }
        }
    }
}

/// Takes a move back.
async fn cancel(from: &str) -> anyhow::Result<ExitCode> {
    let home = if is_url(from) {
        Home::Database(from.to_owned())
    } else {
        Home::Folder(from.into())
    };
    let taken_back = tokio::task::spawn_blocking(move || stay(&home, Durability::Required));
    let notice = taken_back.await.context("taking the move back")??;
    match notice.stage {
        Stage::Left => tell(format_args!(
            "the move to {} had ended: what was filed there since is not here; serve one of them only",
            notice.place
        )),
        Stage::Arriving | Stage::Arrived | Stage::Leaving => tell(format_args!(
            "the move to {} is taken back; what it left there is of no use and can go",
            notice.place
        )),
    }
    Ok(ExitCode::SUCCESS)
}
