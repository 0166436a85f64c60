//! One process at a time has the folder; and a process that dies lets go of it.

use super::*;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

#[test]
fn a_second_opening_is_refused() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let before = everything(&ledger);
    let error = error_of(try_open(&world.options(), 2));
    assert!(
        matches!(&error, OpenError::InUse { path } if *path == world.path("data")),
        "{error}"
    );
    assert_eq!(everything(&ledger), before, "the first one goes on");
    record(&ledger, &sold("on").content(), at(1));
    drop(ledger);
    reopen(&world, 3);
}

#[test]
fn another_process_is_refused_until_the_first_one_dies() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let before = everything(&ledger);
    drop(ledger);
    let mut holder = hold(&world);
    let error = error_of(try_open(&world.options(), 2));
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(everything(&reopen(&world, 3)), before);
}

/// Another process that has the folder's lock. It echoes what it is told, which it does only once
/// it has it.
fn hold(world: &World) -> Child {
    let mut holder = Command::new("flock")
        .args(["--close", "--nonblock"])
        .arg(world.path("data/lock"))
        .arg("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("flock, of util-linux");
    holder.stdin.as_mut().unwrap().write_all(b".").unwrap();
    let mut said = [0];
    holder
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut said)
        .unwrap();
    holder
}
