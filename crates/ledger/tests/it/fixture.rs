//! A data folder of format 1 that was made once and is kept: whatever this build has become, it
//! opens it, reads all of it, and goes on with it. `examples/make_fixture.rs` made it and says when
//! it may be made again.

use crate::content::{everything, rows};
use crate::folder::{pack, unpack};
use crate::world::{DAY, World, add_user, at, open, record, settle, store_id};
use ledger::Ledger;
use ledger::embedded::open::{Found, Options};
use ledger::write::Settled;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

mod fill;

fn kept(name: &str) -> PathBuf {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/format-1");
    PathBuf::from(fixtures).join(name)
}

/// The kept folder, copied and opened.
fn opened() -> (World, Ledger) {
    let world = World::new();
    let text = fs::read_to_string(kept("folders.hex")).unwrap();
    unpack(&text, &world.path(""));
    let ledger = reopened(&world);
    (world, ledger)
}

fn reopened(world: &World) -> Ledger {
    let options = Options {
        now: fill::opened_at(),
        ..world.options()
    };
    let (ledger, found) = open(&options).expect("format 1 is opened for ever");
    assert_eq!(found, Found::Existing);
    ledger
}

fn is_as_kept(found: &str, name: &str) {
    let kept = fs::read_to_string(kept(name)).unwrap();
    for (nth, (found, kept)) in (1..).zip(found.lines().zip(kept.lines())) {
        assert_eq!(found, kept, "{name}:{nth}");
    }
    assert_eq!(found.lines().count(), kept.lines().count());
}

#[test]
fn all_of_the_kept_folder_is_read_as_it_was_written() {
    let (_world, ledger) = opened();
    is_as_kept(&everything(&ledger), "content.txt");
    is_as_kept(&rows(&ledger), "rows.txt");
    let report = ledger.verify(&mut |_| ()).unwrap();
    assert_eq!(report.problems, []);
    assert!(report.purchases > 10 && report.erased == 1, "{report:?}");
}

/// The keeping is worth something only if there is a row of every kind: all but the staging row,
/// which every opening takes away.
#[test]
fn the_kept_folder_has_a_row_of_every_kind() {
    let text = fs::read_to_string(kept("rows.txt")).unwrap();
    assert_eq!(
        kinds(&text).into_keys().collect::<Vec<_>>(),
        (1..=22).chain([24]).collect::<Vec<_>>()
    );
    let parts = ["purchases 12", "facts 0a", "catalogue 11", "feed 13"];
    assert!(parts.iter().all(|part| text.contains(part)));
}

/// Rows of each kind.
fn kinds(rows: &str) -> BTreeMap<u8, usize> {
    let mut kinds = BTreeMap::new();
    for row in rows.lines() {
        let key = row.split(' ').nth(1).unwrap();
        *kinds
            .entry(u8::from_str_radix(&key[..2], 16).unwrap())
            .or_insert(0) += 1;
    }
    kinds
}

#[test]
fn the_kept_folder_goes_on() {
    let (world, ledger) = opened();
    // Whatever a device sends again was recorded before.
    let users = ledger.count_users(None, 99).unwrap();
    let mut sent_again = 0;
    for user in &users {
        let page = ledger
            .page(user.user_id, &Default::default(), 99, &|_| true)
            .unwrap();
        for filed in page.purchases {
            let settled = settle(&ledger, filed.settlement.content(), at(9 * DAY));
            let Settled::AlreadyRecorded(receipt) = settled else {
                panic!("{settled:?}")
            };
            assert_eq!(receipt.purchase_id, filed.purchase_id);
            sent_again += 1;
        }
    }
    assert!(sent_again > 5);
    // What was early takes effect, what waited is learnt, and new people come.
    let sale = fill::awaited_sale();
    record(&ledger, &sale, at(9 * DAY));
    let lines = ledger.recorded(&sale.key).unwrap().unwrap().lines;
    assert_eq!(
        lines[0].returned_micros, 1_000_000,
        "the kept early return is counted"
    );
    fill::learn_all(&ledger);
    let now = purchase::time::Timestamp::LAST;
    let waiting = ledger.pending_codes(&store_id("s-1"), now).unwrap();
    assert!(
        waiting.iter().all(|code| code.code.as_str() != "X"),
        "{waiting:?}"
    );
    let zoe = add_user(&ledger, "Zoe");
    record(
        &ledger,
        &fill::sold("new").buyer(zoe).content(),
        at(9 * DAY),
    );
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
    let before = everything(&ledger);
    drop(ledger);
    assert_eq!(everything(&reopened(&world)), before);
}

#[test]
fn a_folder_written_out_is_the_folder() {
    let text = fs::read_to_string(kept("folders.hex")).unwrap();
    let world = World::new();
    unpack(&text, &world.path(""));
    assert_eq!(pack(&world.path("")), text);
}

/// Made anew today, it has rows of the same kinds in the same numbers: what is kept is what this
/// build writes, or its format has changed and wants a folder of its own beside this one.
#[test]
fn the_kept_folder_is_what_is_written_today() {
    let world = World::new();
    fill::fill(&world.path("data"));
    let kept = fs::read_to_string(kept("rows.txt")).unwrap();
    assert_eq!(kinds(&rows(&reopened(&world))), kinds(&kept));
}
