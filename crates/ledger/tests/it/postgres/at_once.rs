//! Two servers that open an empty database at the same instant: one makes the ledger, the other waits for
//! it, and both end up with the same one, or the other is told what it lacks.

use super::server::shared;
use super::story::{empty_database, options};
use crate::world::{entropy, store_id, town};
use ledger::Ledger;
use ledger::embedded::shared::open::Options;
use ledger::fault::OpenError;
use ledger::keyring::Keyring;
use ledger::keyring::postgres::{self, Missing};
use ledger::postgres::open::{self, Durability};
use ledger::postgres::waiting::Waiting;
use std::sync::{Arc, Barrier, mpsc};
use tempfile::TempDir;

/// How often two servers open a database at once.
const ROUNDS: u64 = 12;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Opens both at once.
fn at_once(both: [Options; 2]) -> [Result<Ledger, OpenError>; 2] {
    let barrier = Barrier::new(2);
    let open = |options: Options| {
        barrier.wait();
        Ledger::open_shared(&options).map(|(ledger, _)| ledger)
    };
    let [one, other] = both;
    std::thread::scope(|scope| {
        let other = scope.spawn(|| open(other));
        [open(one), other.join().expect("it does not panic")]
    })
}

#[test]
fn two_with_one_master_key_open_one_ledger() {
    for round in 0..ROUNDS {
        let (folder, url) = (folder(), empty_database());
        let both = [1, 2].map(|nth| options(url.clone(), folder.path(), round * 2 + nth));
        let [one, other] = at_once(both).map(|opened| match opened {
            Ok(ledger) => ledger,
            Err(error) => panic!("round {round}: {error}"),
        });
        town(&one);
        other.renew().expect("readable");
        assert!(other.store(&store_id("s-1")).is_some(), "round {round}");
        for ledger in [&one, &other] {
            let report = ledger.verify(&mut |_| ()).expect("readable");
            assert_eq!(report.problems, [], "round {round}");
        }
    }
}

/// Who has no master key, or makes one of its own, is refused, and the first goes on.
#[test]
fn two_with_two_master_keys_are_one_too_many() {
    for round in 0..ROUNDS {
        let (folders, url) = ([folder(), folder()], empty_database());
        let both = [0, 1].map(|nth: usize| {
            let seed = if nth == 0 { 1 } else { 2 };
            options(url.clone(), folders[nth].path(), seed)
        });
        let opened = at_once(both);
        let refused: Vec<&OpenError> = opened.iter().filter_map(|one| one.as_ref().err()).collect();
        let [refused] = refused[..] else {
            panic!("round {round}: {refused:?}")
        };
        let OpenError::MasterKeyMissing { .. } = refused else {
            panic!("round {round}: {refused}")
        };
        let told = refused.to_string();
        let is_told = told.contains("copy master.key there from another server of this ledger");
        assert!(is_told, "{told}");
    }
}

/// The ledger is made, and the server that made it has not come to the keyring yet.
fn half_made() -> String {
    let url = empty_database();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let made = runtime.block_on(open::open(&open::Options {
        url: url.clone(),
        connections_max: 2,
        durability: Durability::Required,
        new_ledger_id: [7; 16],
    }));
    assert_eq!(made.expect("it is made").found, open::Found::New);
    url
}

#[test]
fn the_second_waits_for_the_keyring_of_the_first() {
    let (folder, url) = (folder(), half_made());
    let options = options(url.clone(), folder.path(), 2);
    let (began, has_begun) = mpsc::channel();
    let second = {
        let options = options.clone();
        std::thread::spawn(move || {
            began.send(()).expect("somebody waits");
            Ledger::open_shared(&options).map(|(ledger, _)| ledger)
        })
    };
    has_begun.recv().expect("it begins");
    until_connected(&url);
    let waiting = Arc::new(Waiting::start().expect("threads"));
    let ring = postgres::Options {
        url,
        connections_max: 2,
        durability: Durability::Required,
        folder: options.keys.clone(),
        missing: Missing::Make,
    };
    let ring = Keyring::in_postgres(&ring, [7; 16], entropy(1), waiting);
    ring.expect("the first makes it");
    let second = second.join().expect("it does not panic");
    town(&second.expect("it opens what the first made"));
}

/// Waits until a server is connected to the database.
fn until_connected(url: &str) {
    let name = url.split(['/', '?']).nth(3).expect("its name");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let client = shared().await.connect("postgres").await;
        let text = "SELECT count(*) FROM pg_stat_activity \
                    WHERE datname = $1 AND application_name = 'orihon'";
        for _ in 0..20_000 {
            let row = client.query_one(text, &[&name]).await.expect("an answer");
            if row.get::<_, i64>(0) > 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        panic!("it never connected");
    });
}

#[test]
fn where_nobody_makes_a_keyring_the_wait_ends() {
    let (folder, url) = (folder(), half_made());
    let refused = Ledger::open_shared(&options(url, folder.path(), 2)).map(|_| ());
    let Err(error @ OpenError::NoKeyring { .. }) = refused else {
        panic!("{refused:?}")
    };
    let told = error.to_string();
    assert!(
        told.contains("put it back from its backup, or name the database"),
        "{told}"
    );
}
