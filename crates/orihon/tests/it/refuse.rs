//! What the program refuses to do, and that it hands over the fix.

use crate::program::{Server, run, text};
use crate::shop::Shop;
use serde_json::json;
use std::path::Path;

/// Runs `args`, which must be refused as wrong usage with all of `fragments` and nothing on the
/// other stream.
async fn check(args: &[&str], fragments: &[&str]) {
    let said = run(args).await;
    assert_eq!(
        (said.status, said.out.as_str()),
        (2, ""),
        "{args:?}: {}",
        said.err
    );
    for fragment in fragments {
        assert!(
            said.err.contains(fragment),
            "{args:?} does not say {fragment:?}: {}",
            said.err
        );
    }
    assert!(!said.err.contains("panicked"), "{}", said.err);
}

fn serve<'a>(data: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    [
        &["serve", "--data", text(data), "--listen", "127.0.0.1:0"],
        more,
    ]
    .concat()
}

#[tokio::test]
async fn a_place_that_is_taken_names_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let server = Server::start(&data).await;
    let args = [
        "serve",
        "--data",
        text(&other),
        "--listen",
        server.address(),
    ];
    check(
        &args,
        &["error: address 127.0.0.1:", " is in use", "--listen"],
    )
    .await;
    assert!(
        !other.exists(),
        "nothing was made for a server that did not start"
    );
    check(
        &serve(&data, &[]),
        &["is in use by another process", "stop that server first"],
    )
    .await;
    check(&["verify", text(&data)], &["is in use by another process"]).await;
    server.stop().await;
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("diary.txt"), "dear diary").unwrap();
    check(
        &serve(&other, &[]),
        &["is not empty and not a data folder of Orihon", "--data"],
    )
    .await;
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);
}

#[tokio::test]
async fn a_word_that_is_wrong_is_told_with_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("orihon.toml");
    let rows = [
        (
            "lisen = \"127.0.0.1:1\"",
            vec!["unknown key \"lisen\"", "did you mean \"listen\"?"],
        ),
        (
            "colour = 1",
            vec!["unknown key \"colour\"", "the keys are data, keys, listen"],
        ),
        ("listen = 8470", vec!["\"listen\" takes a text in quotes"]),
        (
            "listen = \"nowhere\"",
            vec!["\"nowhere\" is no address", "127.0.0.1:8470"],
        ),
        ("data = ", vec!["orihon.toml"]),
    ];
    for (config, fragments) in rows {
        std::fs::write(&file, config).unwrap();
        check(&["serve", "--config", text(&file)], &fragments).await;
    }
    let missing = folder.path().join("none.toml");
    check(
        &["serve", "--config", text(&missing)],
        &["none.toml", "could not be read"],
    )
    .await;
    check(
        &serve(&data, &["--ledger", "postgres://x"]),
        &["it names no user", "postgres://"],
    )
    .await;
    check(
        &serve(&data, &["--public-url", "orihon.jp"]),
        &["http:// or https://"],
    )
    .await;
    check(
        &serve(&data, &["--trusted-proxy", "127.0.0.1,proxy"]),
        &["--trusted-proxy proxy", "10.0.0.0/8"],
    )
    .await;
    check(&serve(&data, &["--lisen", "x"]), &["--listen"]).await;
    check(&["srve"], &["serve"]).await;
    check(
        &["verify", text(&data)],
        &["is not there", "name the data folder"],
    )
    .await;
    assert!(!data.exists(), "nothing was made by mistake");
    std::fs::create_dir(&data).unwrap();
    check(
        &["verify", text(&data)],
        &["is empty", "name the data folder"],
    )
    .await;
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);
}

#[tokio::test]
async fn a_wrong_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, keys) = (folder.path().join("data"), folder.path().join("data.keys"));
    let server = Server::start(&data).await;
    let mart = Shop::open(&server, "mart").await;
    let sale = mart.sale("t-1", 250);
    let (_, purchase_id) = mart.send(&server, &sale).await;
    server.stop().await;
    let master = keys.join("master.key");
    let right = std::fs::read_to_string(&master).unwrap();
    std::fs::write(&master, "17".repeat(32)).unwrap();
    let fragments = [
        "does not open the keyring",
        "master.key",
        "put the right key back",
    ];
    check(&serve(&data, &[]), &fragments).await;
    check(&["verify", text(&data)], &fragments).await;
    std::fs::write(&master, "no key at all").unwrap();
    check(&serve(&data, &[]), &["master.key"]).await;
    std::fs::remove_file(&master).unwrap();
    check(&serve(&data, &[]), &["master.key"]).await;
    assert!(
        !master.exists(),
        "no new key was put in the place of a lost one"
    );
    std::fs::write(&master, right).unwrap();
    let ring = keys.join("keyring");
    std::fs::rename(&ring, keys.join("elsewhere")).unwrap();
    check(&serve(&data, &[]), &["keyring", "is missing", "--keys"]).await;
    std::fs::rename(keys.join("elsewhere"), ring).unwrap();
    // Nothing was changed by any of it.
    let server = Server::start(&data).await;
    assert_eq!(mart.send(&server, &sale).await, (200, purchase_id));
    server.stop().await;
}

#[tokio::test]
async fn the_log_of_a_refused_card_number_does_not_hold_it() {
    const CARD: &str = "4929001234567897";
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(&folder.path().join("data"), &["--log", "trace"]).await;
    let mart = Shop::open(&server, "mart").await;
    let mut sale = mart.sale("t-1", 250);
    sale["notes"] = json!([format!("paid with {CARD}")]);
    assert_eq!(mart.send(&server, &sale).await.0, 422);
    let said = server.stop().await;
    assert!(
        said.lines().count() > 50,
        "a log that is asked for everything says something"
    );
    assert!(!said.contains(CARD), "{said}");
    assert!(!said.contains(&mart.key), "a key is in the log");
}
