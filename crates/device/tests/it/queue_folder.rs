//! The queue in a folder: saved, read back, loaded into another device, and not believed if damaged.

use crate::shop::{Shop, now, settlement, shop};
use device::outbox;
use device::queue_folder::{self, FolderError, Loaded, Taken};
use device::refusal::Deed;
use serde_json::json;
use std::path::{Path, PathBuf};
use wire::outcome::OutcomeMessage;

/// A shop with one sale filed, one refused, two waiting, of which a till wrote one over several lines.
fn full() -> (Shop, PathBuf) {
    let mut shop = shop();
    for number in ["1", "2", "3"] {
        shop.enter(&settlement(number, 100));
    }
    let pretty = serde_json::to_string_pretty(&settlement("4", 250)).unwrap();
    outbox::enter(&mut shop.database, &pretty, now()).unwrap();
    for (id, word) in [(1, "recorded"), (2, "rejected")] {
        let outcome: OutcomeMessage = serde_json::from_value(json!({"outcome": word})).unwrap();
        outbox::settle(shop.database.connection(), id, &outcome, now()).unwrap();
    }
    let folder = shop.folder.path().join("saved");
    (shop, folder)
}

fn save(shop: &Shop, folder: &Path) -> Result<queue_folder::Manifest, FolderError> {
    let saved_at = queue_folder::shown(now());
    queue_folder::save(shop.database.connection(), "s-1", saved_at, folder)
}

fn load(shop: &mut Shop, folder: &Path, taken: Taken) -> Result<Loaded, FolderError> {
    let saved = queue_folder::read(folder, "s-1")?;
    let deed = Deed {
        at: now(),
        staff: None,
        reason: "loaded",
    };
    queue_folder::load(&mut shop.database, &saved, taken, &deed)
}

fn waiting(shop: &Shop) -> Vec<(String, i64)> {
    let sales = outbox::waiting(shop.database.connection(), 99).unwrap();
    sales
        .into_iter()
        .map(|sale| (sale.number, sale.total))
        .collect()
}

#[test]
fn what_was_saved_is_loaded_once() {
    let (shop, folder) = full();
    let before = outbox::queue(shop.database.connection()).unwrap();
    let manifest = save(&shop, &folder).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&manifest).unwrap(), @r#"{"format":"orihon-queue","version":1,"store_id":"s-1","saved_at":"2026-11-22T03:00:00Z","sales":3,"refused":1,"totals":{"JPY":450},"sha256":"9188f74f992ab3a1e62fe593416ddee143f3a1c93fb88719c91ab25c8c95c0b0"}"#);
    assert_eq!(
        outbox::queue(shop.database.connection()).unwrap(),
        before,
        "nothing was taken out"
    );
    let mut other = crate::shop::shop();
    let all = Loaded {
        entered: 3,
        ..Loaded::default()
    };
    assert_eq!(load(&mut other, &folder, Taken::Refuse).unwrap(), all);
    let expected = [("2", 100), ("3", 100), ("4", 250)].map(|(n, total)| (n.to_owned(), total));
    assert_eq!(waiting(&other), expected);
    let again = Loaded {
        known: 3,
        ..Loaded::default()
    };
    assert_eq!(load(&mut other, &folder, Taken::Refuse).unwrap(), again);
    assert_eq!(waiting(&other).len(), 3);
    assert_eq!(
        outbox::next_number(other.database.connection(), "1").unwrap(),
        5
    );
    let fault = save(&shop, &folder).unwrap_err().to_string();
    assert!(
        fault.ends_with("saved is there already; name a folder that is not"),
        "{fault}"
    );
}

#[test]
fn numbers_that_were_given_to_others_are_not_taken_silently() {
    let (shop, folder) = full();
    save(&shop, &folder).unwrap();
    let mut other = crate::shop::shop();
    other.enter(&settlement("3", 999));
    let fault = load(&mut other, &folder, Taken::Refuse).unwrap_err();
    insta::assert_snapshot!(fault, @"1 of these sales bear numbers that this device gave to others, the first is number 3 of till 1 on 2026-11-22; nothing was changed. With --renumber they get the next numbers of their tills");
    assert_eq!(waiting(&other).len(), 1, "nothing was changed");
    let loaded = load(&mut other, &folder, Taken::Renumber).unwrap();
    let expected = Loaded {
        entered: 2,
        known: 0,
        renumbered: 1,
    };
    assert_eq!(loaded, expected);
    let sales = [("3", 999), ("2", 100), ("4", 250), ("5", 100)];
    assert_eq!(
        waiting(&other),
        sales.map(|(n, total)| (n.to_owned(), total))
    );
    let again = load(&mut other, &folder, Taken::Renumber).unwrap();
    assert_eq!((again.entered, again.known, again.renumbered), (0, 3, 0));
    assert_eq!(waiting(&other).len(), 4);
}

#[test]
fn a_folder_that_does_not_fit_is_not_believed() {
    let (shop, folder) = full();
    save(&shop, &folder).unwrap();
    let mut told = Vec::new();
    let (manifest, sales) = (folder.join("manifest.json"), folder.join("sales.ndjson"));
    let (text, lines) = (
        std::fs::read_to_string(&manifest).unwrap(),
        std::fs::read_to_string(&sales).unwrap(),
    );
    let mut other = crate::shop::shop();
    let mut check = |name: &str, manifest_now: &str, lines_now: &str| {
        std::fs::write(&manifest, manifest_now).unwrap();
        std::fs::write(&sales, lines_now).unwrap();
        let fault = load(&mut other, &folder, Taken::Renumber)
            .unwrap_err()
            .to_string();
        let fault = fault.replace(&folder.display().to_string(), "FOLDER");
        told.push(format!("{name}: {fault}"));
        assert_eq!(waiting(&other), [], "{name}");
    };
    check("a digit", &text, &lines.replacen("100", "101", 1));
    check(
        "the last line",
        &text,
        lines.trim_end().rsplit_once('\n').unwrap().0,
    );
    check("another store", &text.replace("s-1", "s-2"), &lines);
    check(
        "another version",
        &text.replace("\"version\": 1", "\"version\": 2"),
        &lines,
    );
    check("no manifest", "hello", &lines);
    insta::assert_debug_snapshot!(told, @r#"
    [
        "a digit: FOLDER is damaged: sales.ndjson has another SHA-256 than the manifest says; copy it anew, nothing was changed",
        "the last line: FOLDER is damaged: sales.ndjson has another SHA-256 than the manifest says; copy it anew, nothing was changed",
        "another store: FOLDER was saved by s-2, and this device belongs to s-1; nothing was changed",
        "another version: FOLDER is no saved queue: it is a orihon-queue of version 2; nothing was changed",
        "no manifest: FOLDER is no saved queue: its manifest cannot be read: expected value at line 1 column 1; nothing was changed",
    ]
    "#);
    std::fs::write(&manifest, &text).unwrap();
    std::fs::remove_file(&sales).unwrap();
    let missing = queue_folder::read(&folder, "s-1").unwrap_err();
    assert!(matches!(missing, FolderError::Io { .. }), "{missing}");
}

#[test]
fn an_empty_queue_is_a_folder_too() {
    let mut shop = shop();
    let folder = shop.folder.path().join("saved");
    assert_eq!(save(&shop, &folder).unwrap().sales, 0);
    assert_eq!(
        load(&mut shop, &folder, Taken::Refuse).unwrap(),
        Loaded::default()
    );
}
