//! The keyring's folder lost, damaged or mixed up: each is told by its name, and nothing in either
//! folder is changed until it is put right.

use super::*;
use crate::world::hex;
use std::path::PathBuf;

/// What was done to the keys, and the error that tells it.
type Row = (&'static str, fn(&Path), fn(&OpenError) -> bool);

const ROWS: &[Row] = &[
    (
        "no keyring",
        |keys| fs::remove_file(keys.join("keyring")).unwrap(),
        |error| is_missing(error, "keyring"),
    ),
    (
        "no watermark",
        |keys| fs::remove_file(keys.join("watermark")).unwrap(),
        |error| is_missing(error, "watermark"),
    ),
    (
        "no master key",
        |keys| fs::remove_file(keys.join("master.key")).unwrap(),
        |error| is_missing(error, "master.key"),
    ),
    (
        "no keys at all",
        |keys| fs::remove_dir_all(keys).unwrap(),
        |error| matches!(error, OpenError::KeyringMissing { .. }),
    ),
    (
        "another master key",
        |keys| fs::write(keys.join("master.key"), hex(&[7; 32])).unwrap(),
        |error| match error {
            OpenError::WrongMasterKey { given, wanted, .. } => {
                let expected = hex(&crate::world::sha256(&[7; 32])[..4]);
                *given == expected && wanted.len() == 8 && given != wanted
            }
            _ => false,
        },
    ),
    (
        "no master key but something else",
        |keys| fs::write(keys.join("master.key"), "password").unwrap(),
        |error| error.to_string().contains("64 hexadecimal digits"),
    ),
    (
        "a keyring of something else",
        |keys| fs::write(keys.join("keyring"), [9; 400]).unwrap(),
        |error| error.to_string().contains("keyring"),
    ),
    (
        "a watermark of something else",
        |keys| fs::write(keys.join("watermark"), [9; 8_192]).unwrap(),
        |error| error.to_string().contains("watermark"),
    ),
    (
        "the keys of another ledger",
        |keys| {
            let other = World::new();
            drop(other.open(9));
            put_back(&other.path("data.keys"), keys);
        },
        |error| matches!(error, OpenError::ForeignKeyring { .. }),
    ),
];

fn is_missing(error: &OpenError, name: &str) -> bool {
    matches!(error, OpenError::KeyringMissing { path } if path.ends_with(name))
}

#[test]
fn what_is_wrong_with_the_keys_is_told_and_nothing_is_changed() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let before = everything(&ledger);
    drop(ledger);
    // Opened once more, so that the journal is as short as it will be.
    drop(reopen(&world, 2));
    let keys = world.path("data.keys");
    copy(&keys, &world.path("good"));
    for (name, damage, is_told) in ROWS {
        damage(&keys);
        let whole = (
            files(&world.path("data")),
            keys.exists().then(|| files(&keys)),
        );
        let error = error_of(try_open(&world.options(), 3));
        assert!(is_told(&error), "{name}: {error}");
        let now = (
            files(&world.path("data")),
            keys.exists().then(|| files(&keys)),
        );
        assert_eq!(now, whole, "{name}");
        // The control: the right keys again, and everything is there.
        fs::create_dir_all(&keys).unwrap();
        put_back(&world.path("good"), &keys);
        assert_eq!(everything(&reopen(&world, 4)), before, "{name}");
    }
}

#[test]
fn keys_are_looked_for_where_the_operator_says() {
    let world = World::new();
    drop(world.open(1));
    let elsewhere = world.path("elsewhere");
    let options = Options {
        keys: Some(elsewhere.clone()),
        ..world.options()
    };
    let error = error_of(try_open(&options, 2));
    assert!(
        matches!(&error, OpenError::KeyringMissing { path } if path.starts_with(&elsewhere)),
        "{error}"
    );
    assert!(!elsewhere.exists());
    fs::rename(world.path("data.keys"), &elsewhere).unwrap();
    assert_eq!(try_open(&options, 3).unwrap().1, Found::Existing);
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let rows: [(&str, &[&str]); 4] = [
        ("notes", &["notes.txt"]),
        ("a lock alone", &["lock"]),
        ("a lock and a note", &["lock", "keys.path"]),
        ("a note alone", &["keys.path"]),
    ];
    for (name, inside) in rows {
        let world = World::new();
        let data = world.path("data");
        fs::create_dir(&data).unwrap();
        for file in inside {
            fs::write(data.join(file), "../data.keys\n").unwrap();
        }
        let before = files(&world.path(""));
        let error = error_of(try_open(&world.options(), 1));
        assert!(
            matches!(error, OpenError::Foreign { .. }),
            "{name}: {error}"
        );
        assert_eq!(files(&world.path("")), before, "{name}");
    }
    let world = World::new();
    fs::write(world.path("data"), "a file").unwrap();
    error_of(try_open(&world.options(), 1));
    assert_eq!(fs::read_to_string(world.path("data")).unwrap(), "a file");
}

#[test]
fn keys_of_data_that_are_gone_are_kept() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    drop(ledger);
    let lost: PathBuf = world.path("lost");
    fs::rename(world.path("data"), &lost).unwrap();
    let before = files(&world.path("data.keys"));
    let error = error_of(try_open(&world.options(), 2));
    assert!(error.to_string().contains("restore that folder"), "{error}");
    assert_eq!(files(&world.path("data.keys")), before);
    fs::rename(&lost, world.path("data")).unwrap();
    reopen(&world, 3);
}

#[test]
fn half_a_slot_at_the_end_of_the_keyring_is_used_again() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let before = everything(&ledger);
    drop(ledger);
    let path = world.path("data.keys/keyring");
    let file = File::options().write(true).open(&path).unwrap();
    // The power went while the last key of a batch was being written; nobody had it yet.
    file.set_len(file.metadata().unwrap().len() - 50).unwrap();
    let ledger = reopen(&world, 2);
    assert_eq!(everything(&ledger), before);
    for number in 0..40 {
        record(&ledger, &sold(&format!("k{number}")).content(), at(9));
    }
    let eve = add_user(&ledger, "Eve");
    record(&ledger, &sold("eve").buyer(eve).content(), at(9));
    let before = everything(&ledger);
    drop(ledger);
    assert_eq!(everything(&reopen(&world, 3)), before);
}

#[test]
fn a_torn_watermark_is_read_from_its_other_half() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let seq = ledger.mark().unwrap().seq;
    drop(ledger);
    let path = world.path("data.keys/watermark");
    let whole = fs::read(&path).unwrap();
    for half in [0, 4_096] {
        let mut torn = whole.clone();
        torn[half + 20] ^= 1;
        fs::write(&path, torn).unwrap();
        assert_eq!(reopen(&world, 2).mark().unwrap().seq, seq);
        fs::write(&path, &whole).unwrap();
    }
}
