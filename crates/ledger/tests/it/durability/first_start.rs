//! A first start that was killed at any point: the next one makes the folder whole, and takes
//! nothing half made for a ledger.

use super::*;

/// What a killed first start may have left behind, made from a ledger that was never used.
type Leave = fn(&World, &Path);

const LEFT: &[(&str, Leave)] = &[
    ("nothing", |_, _| ()),
    ("an empty data folder", |world, _| {
        fs::create_dir(world.path("data")).unwrap()
    }),
    ("an empty folder in the making", |world, _| {
        fs::create_dir(world.path("data.making")).unwrap();
    }),
    ("half an engine", |world, made| {
        let engine = world.path("data.making/ledger");
        copy(&made.join("data/ledger"), &engine);
        fs::remove_file(engine.join("version")).unwrap();
    }),
    ("an engine and a master key", |world, made| {
        copy(&made.join("data/ledger"), &world.path("data.making/ledger"));
        fs::create_dir(world.path("data.keys")).unwrap();
        copy_file(
            &made.join("data.keys/master.key"),
            &world.path("data.keys/master.key"),
        );
    }),
    ("half a keyring's head", |world, made| {
        copy(&made.join("data/ledger"), &world.path("data.making/ledger"));
        copy(&made.join("data.keys"), &world.path("data.keys"));
        let ring = File::options()
            .write(true)
            .open(world.path("data.keys/keyring"))
            .unwrap();
        ring.set_len(100).unwrap();
        fs::remove_file(world.path("data.keys/watermark")).unwrap();
    }),
    ("keys without a watermark", |world, made| {
        copy(&made.join("data/ledger"), &world.path("data.making/ledger"));
        copy(&made.join("data.keys"), &world.path("data.keys"));
        fs::remove_file(world.path("data.keys/watermark")).unwrap();
    }),
    ("all but the last step", |world, made| {
        copy(&made.join("data"), &world.path("data.making"));
        copy(&made.join("data.keys"), &world.path("data.keys"));
    }),
    (
        "all but the last step, beside an empty data folder",
        |world, made| {
            copy(&made.join("data"), &world.path("data.making"));
            copy(&made.join("data.keys"), &world.path("data.keys"));
            fs::create_dir(world.path("data")).unwrap();
        },
    ),
];

#[test]
fn a_first_start_that_was_killed_is_made_whole() {
    let made = World::new();
    drop(made.open(9));
    for (name, leave) in LEFT {
        let world = World::new();
        leave(&world, &made.path(""));
        let master = fs::read(world.path("data.keys/master.key")).ok();
        let (ledger, found) = try_open(&world.options(), 1).expect(name);
        assert_eq!(found, Found::New, "{name}");
        assert!(!world.path("data.making").exists(), "{name}");
        if let Some(master) = master {
            let now = fs::read(world.path("data.keys/master.key")).unwrap();
            assert_eq!(now, master, "{name}: a master key is never written over");
        }
        begin(&ledger);
        let before = everything(&ledger);
        drop(ledger);
        assert_eq!(everything(&reopen(&world, 2)), before, "{name}");
    }
}

/// The control: an unused folder that was finished is an existing one, and stays as it is.
#[test]
fn a_finished_first_start_is_not_made_again() {
    let world = World::new();
    drop(world.open(1));
    let master = fs::read(world.path("data.keys/master.key")).unwrap();
    drop(reopen(&world, 2));
    assert_eq!(
        fs::read(world.path("data.keys/master.key")).unwrap(),
        master
    );
}

#[test]
fn keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    drop(world.open(1));
    let mode = |name: &str| fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data.keys"), 0o700);
    for file in ["data.keys/master.key", "data.keys/keyring"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}
