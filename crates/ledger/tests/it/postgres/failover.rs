//! The primary is killed while a server writes, and its standby promoted: the same open ledger goes on
//! there. With a synchronous standby all that was acknowledged is found; with one that had stopped
//! following, the same look must miss something, and nothing else.

use super::server::{ADMIN, Part, Server, Stop, shared, start};
use super::story::options;
use crate::slip::slip;
use crate::world::{at, town, try_prepare};
use ledger::Ledger;
use ledger::embedded::shared::open::Options;
use ledger::fault::{Fault, OpenError};
use ledger::notice::Purpose;
use ledger::postgres::fault::Reason;
use ledger::postgres::open::{Durability, Refusal};
use ledger::write::{Settled, Write, Written};
use purchase::settlement::Content;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

mod lossy;

const SALES: usize = 300;
/// So many are acknowledged before the primary is killed.
const SALES_BEFORE: usize = 100;
/// So many come before it at most.
const SALES_BEFORE_MAX: usize = 200;
/// How often the same is asked before the test gives up, with a pause in between.
const ASKINGS_MAX: u32 = 1_200;
const PAUSE: Duration = Duration::from_millis(50);

/// What the standby has when the primary dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Standby {
    /// All that was acknowledged.
    Synchronous,
    /// What there was before the first sale.
    Detached,
}

/// What the two servers hold.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Holds {
    /// The ledger, and the keyring in the same database.
    Both,
    /// The keyring alone. The ledger's server goes on all the time.
    Keys,
}

/// What became of the sales.
#[derive(Debug)]
struct Outcome {
    /// Acknowledged, and nobody knows of it any more.
    lost: usize,
    /// What contradicts something else.
    problems: u64,
}

struct World {
    runtime: Runtime,
    primary: Mutex<Server>,
    standby: Server,
    ledger: Ledger,
    options: Options,
    name: String,
    folder: tempfile::TempDir,
}

impl World {
    fn open(holds: Holds) -> Self {
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = threads.expect("a runtime");
        let (primary, standby, name, elsewhere) = runtime.block_on(async {
            let primary = start(&[], Part::Primary).await;
            let name = primary.database().await;
            let standby = primary.standby().await;
            let elsewhere = shared().await;
            let elsewhere = elsewhere.url(ADMIN, &elsewhere.database().await);
            (primary, standby, name, elsewhere)
        });
        // The standby stands first, so that the order of the hosts is no help.
        let hosts = format!("{},{}", standby.address(), primary.address());
        let url = format!("postgres://{ADMIN}:of%20the%20admin@{hosts}/{name}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = match holds {
            Holds::Both => options(url, folder.path(), 1),
            Holds::Keys => Options {
                keyring_url: Some(url),
                ..options(elsewhere, folder.path(), 1)
            },
        };
        let opened = Ledger::open_shared(&options);
        let (ledger, _) = opened.expect("the ledger opens on the one that takes writes");
        town(&ledger);
        Self {
            runtime,
            options,
            primary: Mutex::new(primary),
            standby,
            ledger,
            name,
            folder,
        }
    }

    /// Asks the admin's way until the answer is this.
    async fn until(admin: &Client, question: &str, answer: &str) {
        let mut last: Option<String> = None;
        for _ in 0..ASKINGS_MAX {
            last = admin.query_one(question, &[]).await.unwrap().get(0);
            if last.as_deref() == Some(answer) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{question} is {last:?} and never {answer}");
    }

    fn set_up(&self, standby: Standby) {
        let primary = self.primary.lock().unwrap();
        self.runtime.block_on(async {
            let primary = primary.connect("postgres").await;
            let follower = self.standby.connect("postgres").await;
            let end = "SELECT pg_current_wal_lsn()::text";
            let end: String = primary.query_one(end, &[]).await.unwrap().get(0);
            let caught_up = format!("SELECT (pg_last_wal_replay_lsn() >= '{end}')::text");
            Self::until(&follower, &caught_up, "true").await;
            let (client, orders) = match standby {
                Standby::Synchronous => (
                    &primary,
                    [
                        "ALTER SYSTEM SET synchronous_standby_names = '*'",
                        "ALTER SYSTEM SET synchronous_commit = remote_apply",
                    ],
                ),
                Standby::Detached => (
                    &follower,
                    ["ALTER SYSTEM SET primary_conninfo = ''", "SELECT 1"],
                ),
            };
            for order in orders.into_iter().chain(["SELECT pg_reload_conf()"]) {
                client.batch_execute(order).await.unwrap();
            }
            let followers =
                "SELECT coalesce(string_agg(sync_state, ','), 'none') FROM pg_stat_replication";
            let wanted = match standby {
                Standby::Synchronous => "sync",
                Standby::Detached => "none",
            };
            Self::until(&primary, followers, wanted).await;
        });
    }

    fn kill_primary(&self) {
        self.primary.lock().unwrap().stop(Stop::Kill);
    }

    fn promote(&self) {
        self.runtime.block_on(async {
            let admin = self.standby.connect("postgres").await;
            admin.batch_execute("SELECT pg_promote()").await.unwrap();
        });
    }

    /// What a caller does: the same again, as long as the ledger is away.
    fn again<T>(&self, act: impl Fn() -> Result<T, Fault>) -> T {
        for _ in 0..ASKINGS_MAX {
            match act() {
                Ok(answer) => return answer,
                Err(Fault::Away { .. }) => {}
                Err(fault) => panic!("a failover is no {fault:?}"),
            }
            self.runtime
                .block_on(async { tokio::time::sleep(PAUSE).await });
        }
        panic!("the same was asked {ASKINGS_MAX} times")
    }

    fn settle(&self, content: &Content) {
        let prepare = || try_prepare(&self.ledger, content, at(1));
        let write = Write::Settle(Box::new(self.again(prepare)));
        let committed = self.again(|| self.ledger.commit(vec![write.clone()], at(1)));
        let written = committed.written.into_iter().next();
        let is_there = matches!(
            written,
            Some(Written::Settled(
                Settled::Recorded(_) | Settled::AlreadyRecorded(_)
            ))
        );
        assert!(is_there, "{written:?}");
    }
}

fn fail_over(standby: Standby) -> Outcome {
    let world = World::open(Holds::Both);
    world.set_up(standby);
    let sale = |nth: usize| slip(&nth.to_string()).line("A", "1", 10).content();
    let sales: Vec<Content> = (0..SALES).map(sale).collect();
    let acknowledged = AtomicUsize::new(0);
    let (tell, is_killed) = mpsc::channel();
    std::thread::scope(|scope| {
        let (world, sales, acknowledged) = (&world, &sales, &acknowledged);
        scope.spawn(move || {
            for (nth, sale) in sales.iter().enumerate() {
                // However quick it is, some sales come after the kill.
                if nth == SALES_BEFORE_MAX {
                    is_killed.recv().expect("it is killed");
                }
                world.settle(sale);
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        });
        world.runtime.block_on(async {
            for _ in 0..10 * ASKINGS_MAX {
                if acknowledged.load(Ordering::SeqCst) >= SALES_BEFORE {
                    break;
                }
                tokio::time::sleep(PAUSE / 10).await;
            }
        });
        world.kill_primary();
        tell.send(()).expect("the seller listens");
        let killed_after = acknowledged.load(Ordering::SeqCst);
        println!("{standby:?}: killed after {killed_after} sales");
        world.promote();
    });
    assert_eq!(acknowledged.load(Ordering::SeqCst), SALES);
    let is_lost = |sale: &&Content| {
        let recorded = world.again(|| world.ledger.recorded(&sale.key));
        recorded.is_none()
    };
    let lost = sales.iter().filter(is_lost).count();
    let report = world.again(|| world.ledger.verify(&mut |_| ()));
    let counts = world.ledger.watched().expect("a database").counts;
    let again = Reason::ALL.map(|reason| (reason.name(), counts.begun_again(reason)));
    println!("{standby:?}: {lost} lost; begun again: {again:?}");
    Outcome {
        lost,
        problems: report.problem_count,
    }
}

#[test]
fn a_synchronous_standby_has_all_that_was_acknowledged() {
    let Outcome { lost, problems } = fail_over(Standby::Synchronous);
    assert_eq!((lost, problems), (0, 0));
}

/// The control: the same look finds what a standby that did not follow has lost. What was filed there
/// afterwards is sealed with keys that are there.
#[test]
fn a_standby_that_did_not_follow_has_lost_something() {
    let Outcome { lost, problems } = fail_over(Standby::Detached);
    assert_eq!(problems, 0);
    assert!((SALES_BEFORE..SALES).contains(&lost), "{lost} lost");
}

/// A verification reads from a standby as from any other; nobody is served by one.
#[test]
fn a_standby_is_verified_and_serves_nobody() {
    let world = World::open(Holds::Both);
    world.set_up(Standby::Synchronous);
    world.settle(&slip("one").line("A", "1", 10).content());
    let url = world.standby.url(ADMIN, &world.name);
    let options = options(url, world.folder.path(), 2);
    let reads = Options {
        durability: Durability::OnlyRead,
        purpose: Purpose::Read,
        ..options.clone()
    };
    let moment = Ledger::open_moment(&reads).expect("it opens");
    let report = moment.verify(&mut |_| ()).expect("readable");
    assert_eq!((report.settlements, report.problems), (1, vec![]));
    let served = Ledger::open_shared(&options).map(|_| ());
    let is_refused = matches!(served, Err(OpenError::Database(Refusal::ReadOnly { .. })));
    assert!(is_refused, "{served:?}");
}
