//! The ledger under a power cut: `write` commits, acknowledges, and notes outside of the disk under
//! test what it has acknowledged; `check` opens what is left and asks for every bit of that.
//!
//! ```text
//! power_cut write --data DIR --acks FILE [--seconds N] [--unsynced]
//! power_cut check --data DIR --acks FILE [--unsynced]
//! ```
//!
//! `tools/power-cut-test` runs both under `tools/powercut.py`. With `--unsynced` commits are left to
//! the operating system: the control, in which the same test must find something lost, and in which
//! the ledger must say so itself. `check` ends with 0 if all is there and sound, 1 if the ledger says
//! that acknowledged commits are missing, 3 if the test could not be made, and 4 if something is wrong
//! that the ledger did not say.
//!
//! A commit that was not synced may be torn as well: the engine writes the tables of one keyspace to
//! the disk, and the journal that held the other half of the commit is lost. With `--unsynced` a check
//! in which rows disagree is therefore a loss that was found, and ends with 1. That the ledger opens
//! and everything agrees although something is missing must never happen, synced or not.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it is made of what the tests are made of"
)]

use ledger::Ledger;
use ledger::embedded::engine::Durability;
use ledger::embedded::open::{GapPolicy, Options};
use ledger::fault::OpenError;
use ledger::keyring::hex;
use ledger::write::{Settled, Write, Written};
use purchase::id::{OwnerId, PurchaseId, UserId};
use purchase::settlement::Content;
use ring::rand::{SecureRandom, SystemRandom};
use slip::{TODAY, day, slip};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use world::{add_user, at, digest_of, named, prepare, settled, sha256, shop, store_id, whole};

#[path = "../tests/it/slip.rs"]
mod slip;
#[path = "../tests/it/world.rs"]
mod world;

/// Settlements in a commit.
const BATCH: u64 = 48;
/// Commits between two catalogue updates.
const COMMITS_PER_UPDATE: u64 = 40;
const PEOPLE: u64 = 16;
/// Letters of the store's own on each settlement. They make it so large that within a few cuts the
/// engine fills its memory, writes tables and takes old journals away: a missing sync would show.
const OWN_LETTERS: u64 = 4_000;

/// What was asked for.
struct Order {
    data: PathBuf,
    acks: PathBuf,
    seconds: u64,
    durability: Durability,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let Some(order) = order(arguments) else {
        eprintln!("write|check --data DIR --acks FILE [--seconds N] [--unsynced]");
        return ExitCode::from(2);
    };
    match command.as_str() {
        "write" => write(&order),
        "check" => check(&order),
        other => {
            eprintln!("there is no {other}; write or check");
            ExitCode::from(2)
        }
    }
}

fn order(mut arguments: impl Iterator<Item = String>) -> Option<Order> {
    let (mut data, mut acks) = (None, None);
    let (mut seconds, mut durability) = (60, Durability::Synced);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => data = Some(PathBuf::from(arguments.next()?)),
            "--acks" => acks = Some(PathBuf::from(arguments.next()?)),
            "--seconds" => seconds = arguments.next()?.parse().ok()?,
            "--unsynced" => durability = Durability::Unsynced,
            _ => return None,
        }
    }
    let (data, acks) = (data?, acks?);
    Some(Order {
        data,
        acks,
        seconds,
        durability,
    })
}

fn open(order: &Order, gap: GapPolicy) -> Result<Ledger, OpenError> {
    let random = SystemRandom::new();
    let entropy = Arc::new(move |bytes: &mut [u8]| random.fill(bytes).expect("random bytes"));
    let options = Options {
        durability: order.durability,
        gap,
        block_cache_bytes: 16 << 20,
        ..Options::new(order.data.clone(), entropy, at(0))
    };
    Ok(Ledger::open(&options)?.0)
}

/// The settlement of that number: nine of ten are sales, the tenth brings something back.
fn content(number: u64, people: &[UserId]) -> Content {
    let slip = slip(&number.to_string());
    let slip = match number % 10 {
        9 => slip
            .line("A", "1", 50)
            .returns(&content(number - 9, people), &[(1, "1")]),
        _ => slip
            .line("A", "2", 50)
            .line(&format!("code {}", number % 50), "0.348", 1_000)
            .line("C", "1", 10)
            .sent("named by the till"),
    };
    let person = people.get(usize::try_from(number % (PEOPLE + 1)).unwrap());
    let mut content = person
        .map_or(slip.clone(), |user_id| slip.buyer(*user_id))
        .content();
    let own = String::from_iter((0..OWN_LETTERS / 32).flat_map(|part| letters(number, part)));
    content.extra = Some(format!("{{\"own\":\"{own}\"}}").into());
    content
}

/// Letters in which there is nothing to compress, and nothing that could be a card's number.
fn letters(number: u64, part: u64) -> [char; 32] {
    sha256(&[number.to_be_bytes(), part.to_be_bytes()].concat())
        .map(|byte| char::from(b'A' + byte % 26))
}

fn write(order: &Order) -> ExitCode {
    let ledger = open(order, GapPolicy::Refuse).expect("the ledger opens");
    world::commit(&ledger, vec![Write::AddStore(Box::new(shop("s-1")))], at(0));
    let people: Vec<UserId> = (0..PEOPLE)
        .map(|number| add_user(&ledger, &format!("person {number}")))
        .collect();
    let mut acks = File::options()
        .create(true)
        .append(true)
        .open(&order.acks)
        .expect("the notes");
    let first = ledger
        .day(&store_id("s-1"), day(TODAY))
        .unwrap()
        .tally
        .settlements;
    let until = now() + Duration::from_secs(order.seconds);
    let mut next = first;
    for commit in 0.. {
        if now() > until {
            break;
        }
        if commit % COMMITS_PER_UPDATE == 0 {
            name_some(&ledger, commit / COMMITS_PER_UPDATE % 50);
        }
        let numbers = next..next + BATCH;
        next = numbers.end;
        let batch: Vec<Content> = numbers.map(|number| content(number, &people)).collect();
        acks.write_all(commit_all(&ledger, &batch).as_bytes())
            .expect("noted");
    }
    println!("{} settlements acknowledged", next - first);
    ExitCode::SUCCESS
}

/// Commits and acknowledges, and only then says what: a line for each settlement.
fn commit_all(ledger: &Ledger, batch: &[Content]) -> String {
    let writes = batch
        .iter()
        .map(|content| Write::Settle(Box::new(prepare(ledger, content, at(0)))))
        .collect();
    let committed = ledger.commit(writes, at(0)).expect("committed");
    ledger.acknowledge(committed.mark).expect("acknowledged");
    let written: Vec<Written> = committed.written;
    let mut noted = String::new();
    for (content, written) in batch.iter().zip(written) {
        let Settled::Recorded(receipt) = settled(written) else {
            panic!("{:?} is a new one", content.key)
        };
        let owner = match receipt.owner {
            OwnerId::User(user_id) => user_id.to_string(),
            OwnerId::Unclaimed(_) => "-".to_owned(),
        };
        let (transaction, digest) = (content.key.transaction.as_str(), digest_of(content));
        noted += &format!(
            "{transaction} {} {} {owner}\n",
            hex(&digest.0),
            receipt.purchase_id
        );
    }
    noted
}

/// A catalogue update, and the lines that waited for it.
fn name_some(ledger: &Ledger, number: u64) {
    let code = format!("code {number}");
    let head = ledger.catalogue_head(&store_id("s-1")).unwrap().revision.0;
    let changes = vec![
        named("A", "Apples", at(0)),
        named(&code, "Something", at(0)),
    ];
    let update = Write::Catalogue(Box::new(whole(head, head + 1, changes)));
    world::commit(ledger, vec![update], at(0));
    // One step; the rest waits for the next time.
    let step = Write::Learn {
        store_id: store_id("s-1"),
        codes: vec![world::code(&code)],
        resume: None,
    };
    world::commit(ledger, vec![step], at(0));
}

fn check(order: &Order) -> ExitCode {
    let (ledger, gap) = match open(order, GapPolicy::Refuse) {
        Ok(ledger) => (ledger, None),
        Err(error @ (OpenError::Truncated { .. } | OpenError::OtherHistory { .. })) => {
            match open(order, GapPolicy::Accept) {
                Ok(ledger) => (ledger, Some(error)),
                Err(error) => return not_made(&error),
            }
        }
        Err(error) => return not_made(&error),
    };
    let acks = match File::open(&order.acks) {
        Ok(file) => BufReader::new(file)
            .lines()
            .collect::<Result<Vec<_>, _>>()
            .unwrap(),
        Err(_) => Vec::new(),
    };
    let lost: Vec<&String> = acks.iter().filter(|ack| !is_there(&ledger, ack)).collect();
    let stored = ledger
        .day(&store_id("s-1"), day(TODAY))
        .map_or(0, |day| day.tally.settlements);
    let report = ledger.verify(&mut |_| ()).expect("readable");
    println!(
        "{} acknowledged, {} lost, {stored} stored, commit {}, {} KiB in tables, {} problems",
        acks.len(),
        lost.len(),
        ledger.mark().unwrap().seq,
        bytes_in_tables(&order.data) / 1_024,
        report.problem_count,
    );
    for problem in report.problems.iter().take(5) {
        println!("WRONG: {} {}", problem.what, problem.wrong);
    }
    match gap {
        _ if !report.is_sound() => match order.durability {
            Durability::Synced => ExitCode::from(4),
            Durability::Unsynced => {
                println!("LOST, and the verification says so");
                ExitCode::from(1)
            }
        },
        Some(error) => {
            println!("LOST, and the ledger says so: {error}");
            ExitCode::from(1)
        }
        None if lost.is_empty() => ExitCode::SUCCESS,
        None => {
            for ack in lost.iter().take(5) {
                println!("LOST, and the ledger says nothing: {ack}");
            }
            ExitCode::from(4)
        }
    }
}

fn not_made(error: &OpenError) -> ExitCode {
    println!("the ledger does not open: {error}");
    ExitCode::from(3)
}

/// How much the engine has written into tables. A test in which that stays small has cut the power
/// of journals only.
fn bytes_in_tables(folder: &Path) -> u64 {
    let is_of_tables = folder.ends_with("tables");
    let entries = fs::read_dir(folder)
        .expect("a folder of the data")
        .map(Result::unwrap);
    entries
        .map(|entry| match entry.metadata().unwrap() {
            found if found.is_dir() => bytes_in_tables(&entry.path()),
            found if is_of_tables => found.len(),
            _ => 0,
        })
        .sum()
}

/// Is the settlement of this note recorded with its digest, and does its purchase open?
fn is_there(ledger: &Ledger, ack: &str) -> bool {
    let parts: Vec<&str> = ack.split(' ').collect();
    let [transaction, digest, purchase_id, owner] = parts[..] else {
        panic!("the notes lie outside of the disk under test and are whole: {ack}")
    };
    let key = slip(transaction).line("A", "1", 1).content().key;
    let Some(recorded) = ledger.recorded(&key).expect("readable") else {
        return false;
    };
    if hex(&recorded.digest.0) != digest {
        return false;
    }
    // What belonged to nobody may have found its owner since; the verification opens it all.
    let Ok(user_id) = UserId::parse(owner) else {
        return true;
    };
    let id = PurchaseId::parse(purchase_id).expect("an id");
    match ledger.purchase(user_id, id) {
        Ok(Some(filed)) => hex(&digest_of(filed.settlement.content()).0) == digest,
        Ok(None) | Err(_) => false,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is to write for so long, and no test waits for it"
)]
fn now() -> Instant {
    Instant::now()
}
