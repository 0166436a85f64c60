//! Makes the data folder that the tests keep, and the texts that say what is in it.
//!
//! ```text
//! cargo run -p ledger --example make_fixture -- make FOLDER
//! cargo run -p ledger --example make_fixture -- machines FOLDER
//! cargo run -p ledger --example make_fixture -- joined FOLDER
//! cargo run -p ledger --example make_fixture -- chains FOLDER
//! cargo run -p ledger --example make_fixture -- labels FOLDER
//! cargo run -p ledger --example make_fixture -- identities FOLDER
//! cargo run -p ledger --example make_fixture -- codes FOLDER
//! cargo run -p ledger --example make_fixture -- operators FOLDER
//! cargo run -p ledger --example make_fixture -- blocks FOLDER
//! cargo run -p ledger --example make_fixture -- missing FOLDER
//! cargo run -p ledger --example make_fixture -- household FOLDER
//! cargo run -p ledger --example make_fixture -- reports FOLDER
//! cargo run -p ledger --example make_fixture -- tokens FOLDER
//! cargo run -p ledger --example make_fixture -- partners FOLDER
//! cargo run -p ledger --example make_fixture -- merged FOLDER
//! cargo run -p ledger --example make_fixture -- programs FOLDER
//! cargo run -p ledger --example make_fixture -- render FOLDER
//! ```
//!
//! `make` fills a new folder. A kept folder is never made again: it stands for what an older build
//! wrote. When the format changes, or learns a kind of row, a folder with what is new is made beside
//! the old one, which stays: `machines` is the one of rows that came with machines that sign,
//! `joined` that of pairing codes that were used, `chains` of what came with chains, `labels` of labels
//! of stores' own scales, `identities` of people who come in by themselves, `codes` of codes that people
//! show, `operators` of keys of operators that reach less far and of what was done by them, `blocks` of shops that
//! people block, `missing` of receipts that people miss, `household` of people who show each other what they
//! bought, `reports` of machines that report and of names that stores are asked for, `tokens` of lists of people's
//! keys, `partners` of partners and of what people give them, `merged` of accounts that are suspended or went into
//! others, `programs` of keys of programs of which people are told. `render` writes only the texts anew, from a copy of the data: for when the way
//! they are written out changes, and not what is in the folder. Look at the difference before you keep it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it is made of what the tests are made of"
)]

use content::{everything, rows};
use folder::{pack, unpack};
use ledger::embedded::open::Options;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use world::{World, open};

#[path = "../tests/it/content.rs"]
mod content;
#[path = "../tests/it/fixture/fill.rs"]
mod fill;
#[path = "../tests/it/folder.rs"]
mod folder;
#[path = "../tests/it/slip.rs"]
mod slip;
#[path = "../tests/it/world.rs"]
mod world;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder] => make(Path::new(folder), fill::fill),
        ["machines", folder] => make(Path::new(folder), fill::fill_machines),
        ["joined", folder] => make(Path::new(folder), fill::fill_joined),
        ["chains", folder] => make(Path::new(folder), fill::fill_chains),
        ["labels", folder] => make(Path::new(folder), fill::fill_labels),
        ["identities", folder] => make(Path::new(folder), fill::fill_identities),
        ["codes", folder] => make(Path::new(folder), fill::fill_codes),
        ["operators", folder] => make(Path::new(folder), fill::fill_operators),
        ["blocks", folder] => make(Path::new(folder), fill::fill_blocks),
        ["missing", folder] => make(Path::new(folder), fill::fill_missing),
        ["household", folder] => make(Path::new(folder), fill::fill_household),
        ["reports", folder] => make(Path::new(folder), fill::fill_reports),
        ["tokens", folder] => make(Path::new(folder), fill::fill_tokens),
        ["partners", folder] => make(Path::new(folder), fill::fill_partners),
        ["merged", folder] => make(Path::new(folder), fill::fill_merged),
        ["programs", folder] => make(Path::new(folder), fill::fill_programs),
        ["render", folder] => render(Path::new(folder)),
        _ => {
            eprintln!(
                "make, machines, joined, chains, labels, identities, codes, operators, blocks, missing, household, reports, tokens, partners, merged, programs or render, and a FOLDER"
            );
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn make(folder: &Path, fill: fn(&Path)) {
    assert!(!folder.exists(), "a kept folder is never made again");
    let world = World::new();
    fill(&world.path("data"));
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("folders.hex"), pack(&world.path(""))).unwrap();
    render(folder);
}

fn render(folder: &Path) {
    let world = World::new();
    let kept = fs::read_to_string(folder.join("folders.hex")).unwrap();
    unpack(&kept, &world.path(""));
    let options = Options {
        now: fill::opened_at(),
        ..world.options()
    };
    let (ledger, _) = open(&options).expect("it was made whole");
    fs::write(folder.join("content.txt"), everything(&ledger)).unwrap();
    fs::write(folder.join("rows.txt"), rows(&ledger)).unwrap();
    println!(
        "{} holds {} rows",
        folder.display(),
        rows(&ledger).lines().count()
    );
}
