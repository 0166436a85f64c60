//! `orihon verify`: 0 if everything agrees, 1 if something is wrong, 2 if it could not look.

use crate::postgres;
use crate::program::{Server, run, text};
use crate::shop::Shop;
use std::path::Path;

#[tokio::test]
async fn what_is_sound_passes_and_says_how_much_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).await;
    let mart = Shop::open(&server, "mart").await;
    for nth in 0..3 {
        assert_eq!(
            mart.send(&server, &mart.sale(&format!("t-{nth}"), 1))
                .await
                .0,
            201
        );
    }
    // A server that was killed leaves a folder that verifies as well.
    server.kill().await;
    let said = run(&["verify", text(&data)]).await;
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let numbers: Vec<_> = said
        .out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        numbers.first().map(String::as_str),
        Some("settlements 3"),
        "{}",
        said.out
    );
    assert!(numbers.contains(&"stores 1".to_owned()), "{}", said.out);
    assert_eq!(
        numbers.last().map(String::as_str),
        Some("everything agrees")
    );
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).await;
    let mart = Shop::open(&server, "mart").await;
    assert_eq!(mart.send(&server, &mart.sale("t-1", 1)).await.0, 201);
    server.stop().await;
    // Every key is destroyed, and no erasure is on record.
    let ring = folder.path().join("data.keys/keyring");
    let whole = std::fs::read(&ring).unwrap();
    let mut blank = whole.clone();
    blank[256..].fill(0);
    std::fs::write(&ring, blank).unwrap();
    let said = run(&["verify", text(&data)]).await;
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.lines().any(|line| line.starts_with("wrong: ")),
        "{}",
        said.out
    );
    assert!(said.out.trim_end().ends_with("problems"), "{}", said.out);
    std::fs::write(&ring, whole).unwrap();
    assert_eq!(run(&["verify", text(&data)]).await.status, 0);
    let said = run(&["verify", text(&folder.path().join("data.keys"))]).await;
    assert_eq!(said.status, 2, "{}", said.err);
}

#[tokio::test]
async fn a_database_is_verified_while_its_server_goes_on() {
    let database = postgres::shared().await;
    let name = database.database().await;
    let url = database.url(postgres::ADMIN, &name);
    let folder = tempfile::tempdir().unwrap();
    let (data, keys) = (folder.path().join("data"), folder.path().join("data.keys"));
    let verify = ["verify", "--ledger", &url, "--keys", text(&keys)];
    let said = run(&verify).await;
    assert_eq!(said.status, 2, "{}", said.out);
    assert!(said.err.contains("there is no ledger in"), "{}", said.err);
    let server = Server::start_with(&data, &["--ledger", &url]).await;
    let mart = Shop::open(&server, "mart").await;
    for nth in 0..3 {
        let sale = mart.sale(&format!("t-{nth}"), 1);
        assert_eq!(mart.send(&server, &sale).await.0, 201);
    }
    let said = run(&verify).await;
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let first = said.out.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("settlements") && first.ends_with(" 3"),
        "{first}"
    );
    assert!(said.out.ends_with("everything agrees\n"), "{}", said.out);
    let client = database.connect(&name).await;
    let damage = "UPDATE orihon.days SET settlements = settlements + 1";
    client.batch_execute(damage).await.unwrap();
    let said = run(&verify).await;
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    let wrong = " of days: of its columns these say something else than the row: settlements\n";
    assert!(said.out.contains(wrong), "{}", said.out);
    assert!(said.out.ends_with("1 problems\n"), "{}", said.out);
    server.stop().await;
    // One of both is to be named.
    for args in [&["verify"][..], &["verify", text(&data), "--ledger", &url]] {
        let said = run(args).await;
        assert_eq!(said.status, 2, "{}", said.out);
        assert!(said.err.contains("--ledger"), "{}", said.err);
    }
}

/// The files below a folder, with what they hold.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_bit_that_fell_over_is_never_read_as_sound() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).await;
    let mart = Shop::open(&server, "mart").await;
    for nth in 0..20 {
        assert_eq!(
            mart.send(&server, &mart.sale(&format!("t-{nth}"), 1))
                .await
                .0,
            201
        );
    }
    server.stop().await;
    // In the middle of what was written last, in the largest file that holds anything.
    let (path, bytes) = files(&data.join("ledger"))
        .into_iter()
        .max_by_key(|(_, bytes)| bytes.iter().filter(|byte| **byte != 0).count())
        .unwrap();
    let written: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let mut damaged = bytes.clone();
    damaged[written[written.len() / 2]] ^= 0x40;
    std::fs::write(&path, damaged).unwrap();
    let said = run(&["verify", text(&data)]).await;
    assert_ne!(said.status, 0, "{path}: {}", said.out);
    assert!(!said.err.contains("panicked"), "{}", said.err);
}
