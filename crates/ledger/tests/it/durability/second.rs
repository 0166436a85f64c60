//! One process at a time has the folder; and a process that dies lets go of it.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Names the folder to the process that holds it.
const FOLDER: &str = "ORIHON_TEST_FOLDER_TO_HOLD";

#[test]
fn a_second_opening_is_refused() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let before = everything(&ledger);
    let error = error_of(try_open(&world.options(), 2));
    assert!(matches!(&error, OpenError::InUse { path } if *path == world.path("data")), "{error}");
    assert_eq!(everything(&ledger), before, "the first one goes on");
    record(&ledger, &sold("on").content(), at(1));
    drop(ledger);
    reopen(&world, 3);
}

#[test]
fn another_process_is_refused_until_the_first_one_dies() {
    let world = World::new();
    begin(&world.open(1));
    let mut holder = hold(&world);
    let error = error_of(try_open(&world.options(), 2));
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    let ledger = reopen(&world, 3);
    assert!(ledger.recorded(&sold("held").content().key).unwrap().is_some());
}

/// Another process that has opened the ledger, recorded a sale, and stays.
fn hold(world: &World) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "durability::second::holds_the_folder"])
        .env(FOLDER, world.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_open = said.any(|line| line.unwrap().contains("the folder is held"));
    assert!(is_open, "the other process ended without opening the ledger");
    child
}

#[test]
#[ignore = "it is the other process of the test above, which starts it"]
fn holds_the_folder() {
    let folder = std::env::var_os(FOLDER).expect("started by the test above");
    let data = Path::new(&folder).join("data");
    let options = Options::new(data, crate::world::entropy(7), at(0));
    let (ledger, _) = try_open(&options, 7).unwrap();
    record(&ledger, &sold("held").content(), at(1));
    println!("the folder is held");
    // Until it is killed, or the other process is gone and the pipe with it.
    std::io::stdin().lines().for_each(drop);
}
