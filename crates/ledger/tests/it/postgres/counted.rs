//! What a database costs is counted by its reason, and seen from outside.

use super::server::{ADMIN, Part, Stop, shared, start};
use super::story::options;
use crate::slip::slip;
use crate::world::{at, prepare, settle, town};
use ledger::Ledger;
use ledger::fault::Fault;
use ledger::postgres::counts::Connections;
use ledger::postgres::fault::Reason;
use ledger::write::{Settled, Write};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

/// A ledger whose sessions wait for a lock only as long as told, and the admin's own session there.
fn in_a_town(lock_timeout: &str) -> (Ledger, Runtime, Client, tempfile::TempDir) {
    let runtime = runtime();
    let (url, admin) = runtime.block_on(async {
        let server = shared().await;
        let name = server.database().await;
        let admin = server.connect(&name).await;
        let patience = format!("ALTER DATABASE {name} SET lock_timeout = '{lock_timeout}'");
        admin.batch_execute(&patience).await.unwrap();
        (server.url(ADMIN, &name), admin)
    });
    let (ledger, folder) = town_at(url);
    (ledger, runtime, admin, folder)
}

fn runtime() -> Runtime {
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    threads.expect("a runtime")
}

fn town_at(url: String) -> (Ledger, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let opened = Ledger::open_shared(&options(url, folder.path(), 1));
    let (ledger, _) = opened.expect("the ledger opens");
    town(&ledger);
    (ledger, folder)
}

/// Begun again and given up, for every reason that was met.
fn counted(ledger: &Ledger) -> Vec<(&'static str, u64, u64)> {
    let counts = ledger.watched().expect("it lies in a database").counts;
    let all = Reason::ALL.into_iter().map(|reason| {
        let (again, up) = (counts.begun_again(reason), counts.given_up(reason));
        (reason.name(), again, up)
    });
    all.filter(|(_, again, up)| *again + *up > 0).collect()
}

const HOLD: &str = "BEGIN; SELECT 1 FROM orihon.turns FOR UPDATE";

#[test]
fn a_batch_that_waits_in_vain_is_counted_until_it_is_given_up() {
    let (ledger, runtime, admin, _folder) = in_a_town("20ms");
    let sale = slip("1").line("A", "1", 10).content();
    assert_eq!(counted(&ledger), [], "the control: nobody was in the way");
    runtime.block_on(admin.batch_execute(HOLD)).unwrap();
    let prepared = Write::Settle(Box::new(prepare(&ledger, &sale, at(1))));
    let ours = || {
        let text = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
                    AND application_name = 'orihon' ORDER BY pid";
        let rows = runtime.block_on(admin.query(text, &[])).unwrap();
        let pids = rows.iter().map(|row| row.get(0));
        pids.collect::<Vec<i32>>()
    };
    let before = ours();
    assert!(!before.is_empty(), "the control: they are seen");
    let refused = ledger.commit(vec![prepared.clone()], at(1));
    assert!(matches!(refused, Err(Fault::Away { .. })), "{refused:?}");
    assert_eq!(counted(&ledger), [("time_limit", 7, 1)]);
    assert_eq!(ours(), before, "whoever gives way keeps the connection");
    runtime.block_on(admin.batch_execute("ROLLBACK")).unwrap();
    let recorded = settle(&ledger, &sale, at(2));
    assert!(matches!(recorded, Settled::Recorded(_)), "{recorded:?}");
    assert_eq!(counted(&ledger), [("time_limit", 7, 1)], "and no more");
}

#[test]
fn a_connection_in_use_is_seen() {
    let (ledger, runtime, admin, _folder) = in_a_town("60s");
    let sale = slip("1").line("A", "1", 10).content();
    let prepared = Write::Settle(Box::new(prepare(&ledger, &sale, at(1))));
    let seen = || ledger.watched().expect("it lies in a database");
    let max = 8;
    let idle = seen().ledger;
    let Connections {
        in_use, waiting, ..
    } = idle;
    assert_eq!((idle.max, in_use, waiting), (max, 0, 0));
    runtime.block_on(admin.batch_execute(HOLD)).unwrap();
    let (is_seen, committed) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| ledger.commit(vec![prepared], at(1)));
        let is_seen = (0..5_000).any(|_| {
            runtime.block_on(async { tokio::time::sleep(Duration::from_millis(2)).await });
            seen().ledger.in_use == 1
        });
        runtime.block_on(admin.batch_execute("ROLLBACK")).unwrap();
        (is_seen, writer.join().expect("it does not panic"))
    });
    assert!(is_seen && committed.is_ok(), "{is_seen}, {committed:?}");
    assert_eq!(seen().ledger.in_use, 0);
    assert_eq!(seen().keyring.map(|keyring| keyring.max), Some(max));
}

#[test]
fn a_database_that_is_stopped_is_counted_and_comes_back() {
    let runtime = runtime();
    let (mut server, url) = runtime.block_on(async {
        let server = start(&[], Part::Primary).await;
        let name = server.database().await;
        let url = server.url(ADMIN, &name);
        (server, url)
    });
    let (ledger, _folder) = town_at(url);
    let sale = slip("1").line("A", "1", 10).content();
    let prepared = Write::Settle(Box::new(prepare(&ledger, &sale, at(1))));
    server.stop(Stop::Fast);
    let refused = ledger.commit(vec![prepared], at(1));
    assert!(matches!(refused, Err(Fault::Away { .. })), "{refused:?}");
    // What the first attempt meets is the good-bye of the server or the end of a connection.
    let counted = counted(&ledger);
    let (again, up) = counted
        .iter()
        .fold((0, 0), |(again, up), row| (again + row.1, up + row.2));
    assert_eq!((again, up), (7, 1), "{counted:?}");
    assert!(
        counted
            .iter()
            .any(|row| row.0 == "connection" && row.2 == 1),
        "{counted:?}"
    );
    runtime.block_on(server.start_again());
    let recorded = settle(&ledger, &sale, at(2));
    assert!(matches!(recorded, Settled::Recorded(_)), "{recorded:?}");
}
