//! What only a folder on a disk can suffer: being closed and opened, copied and put back, lost in
//! part, mixed up with another, opened twice. Nothing acknowledged is missed in silence, and a
//! folder that is not opened is not touched.

use crate::content::everything;
use crate::folder::{copy, copy_file, put_back};
use crate::slip::slip;
use crate::world::{
    World, add_user, at, named, record, settle, shop, store_id, text, town, update,
};
use ledger::Ledger;
use ledger::embedded::open::{Found, Options};
use ledger::fault::OpenError;
use purchase::settlement::Content;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

mod erased;
mod failed;
mod first_start;
mod history;
mod keys;
mod reopened;
mod second;

/// Two people, a catalogue, and a sale of each kind of name.
fn begin(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    update(ledger, 0, 1, vec![named("A", "one", at(-9))]);
    record(ledger, &sold("1").buyer(ada).content(), at(0));
    record(ledger, &sold("2").buyer(bob).content(), at(0));
    record(ledger, &sold("3").content(), at(0));
}

fn sold(transaction: &str) -> crate::slip::Slip {
    slip(transaction)
        .line("A", "1", 50)
        .line("X", "2", 70)
        .line("B", "1", 20)
        .sent("by hand")
}

/// Opens the ledger in `world`; it must be there and whole.
fn reopen(world: &World, seed: u64) -> Ledger {
    let (ledger, found) = try_open(&world.options(), seed).expect("the ledger opens");
    assert_eq!(found, Found::Existing);
    ledger
}

fn try_open(options: &Options, seed: u64) -> Result<(Ledger, Found), OpenError> {
    crate::world::open(&Options {
        entropy: crate::world::entropy(seed),
        ..options.clone()
    })
}

fn error_of(opened: Result<(Ledger, Found), OpenError>) -> OpenError {
    match opened {
        Ok((_, found)) => panic!("it was opened, and found {found:?}"),
        Err(error) => error,
    }
}

/// Every file below a folder, with a digest of what is in it.
fn files(folder: &Path) -> BTreeMap<String, [u8; 32]> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let below = files(&path).into_iter();
            found.insert(path.display().to_string(), [0; 32]);
            found.extend(below);
        } else {
            let digest = crate::world::sha256(&fs::read(&path).unwrap());
            found.insert(path.display().to_string(), digest);
        }
    }
    found
}
