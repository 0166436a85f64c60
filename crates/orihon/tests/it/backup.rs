//! Stop, copy, start: a copy of both folders is a backup, and an older copy of one of them is
//! noticed, and opened only knowingly and on record.

use crate::program::{Server, copy, run, text};
use crate::shop::Shop;
use ledger::Ledger;
use ledger::embedded::open::Options;
use server::clock::Clock;

#[tokio::test]
async fn a_copy_of_both_folders_is_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("data")).await;
    assert!(server.said().contains("a new data folder was made"));
    let mart = Shop::open(&server, "mart").await;
    let first = mart.sale("t-1", 250);
    let (status, first_id) = mart.send(&server, &first).await;
    assert_eq!(status, 201);
    let said = server.stop().await;
    assert!(
        said.contains("stopping") && said.contains("stopped: "),
        "{said}"
    );
    // The pair goes elsewhere, under another name.
    copy(&at("data"), &at("copy"));
    copy(&at("data.keys"), &at("copy.keys"));
    let elsewhere = Server::start(&at("copy")).await;
    assert!(
        elsewhere
            .said()
            .contains("everything that was acknowledged is there")
    );
    assert_eq!(mart.send(&elsewhere, &first).await, (200, first_id.clone()));
    assert_eq!(mart.send(&elsewhere, &mart.sale("t-9", 9)).await.0, 201);
    elsewhere.stop().await;
    assert_eq!(run(&["verify", text(&at("copy"))]).await.status, 0);
    // What happened there did not happen here.
    let server = Server::start(&at("data")).await;
    assert_eq!(mart.send(&server, &first).await, (200, first_id));
    assert_eq!(mart.send(&server, &mart.sale("t-9", 9)).await.0, 201);
    server.stop().await;
}

#[tokio::test]
async fn an_older_copy_beside_newer_keys_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("data")).await;
    let mart = Shop::open(&server, "mart").await;
    let kept = mart.sale("t-1", 250);
    mart.send(&server, &kept).await;
    server.stop().await;
    copy(&at("data"), &at("old"));
    let server = Server::start(&at("data")).await;
    let lost = mart.sale("t-2", 400);
    let (status, lost_id) = mart.send(&server, &lost).await;
    assert_eq!(status, 201);
    server.stop().await;
    // The disk with the data is lost; the keys are not.
    std::fs::remove_dir_all(at("data")).unwrap();
    copy(&at("old"), &at("data"));
    let data = at("data");
    let args = ["serve", "--data", text(&data), "--listen", "127.0.0.1:0"];
    for _ in 0..2 {
        let said = run(&args).await;
        assert_eq!(said.status, 2);
        for fragment in ["was acknowledged", "commits are missing", "--accept-gap"] {
            assert!(said.err.contains(fragment), "{}", said.err);
        }
    }
    let verified = run(&["verify", text(&data)]).await;
    assert_eq!(verified.status, 1, "{}", verified.err);
    assert!(
        verified.out.contains("wrong: the ledger ends at commit"),
        "{}",
        verified.out
    );
    let server = Server::start_with(&data, &["--accept-gap"]).await;
    let said = server.said();
    assert!(
        said.contains("└─ WARNING: opened without the commits"),
        "{said}"
    );
    assert!(said.contains("as you accepted"), "{said}");
    // What is sent again is the purchase that it was.
    assert_eq!(mart.send(&server, &kept).await.0, 200);
    assert_eq!(mart.send(&server, &lost).await, (201, lost_id));
    server.stop().await;
    // Once is enough, and it is on record.
    let server = Server::start(&data).await;
    assert!(
        server
            .said()
            .contains("everything that was acknowledged is there")
    );
    server.stop().await;
    assert_eq!(run(&["verify", text(&data)]).await.status, 0);
    let clock = Clock::system();
    let options = Options::new(data, clock.entropy(), clock.now());
    let gaps = Ledger::open(&options).unwrap().0.gaps().unwrap();
    assert!(
        matches!(&gaps[..], [gap] if gap.found < gap.acknowledged),
        "{gaps:?}"
    );
}

#[tokio::test]
async fn another_history_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("data")).await;
    let mart = Shop::open(&server, "mart").await;
    server.stop().await;
    copy(&at("data"), &at("fork"));
    copy(&at("data.keys"), &at("fork.keys"));
    // Two servers go on from one copy, each its own way.
    for (name, total) in [("data", 100), ("fork", 200)] {
        let server = Server::start(&at(name)).await;
        assert_eq!(mart.send(&server, &mart.sale("t-1", total)).await.0, 201);
        server.stop().await;
    }
    std::fs::remove_dir_all(at("fork.keys")).unwrap();
    copy(&at("data.keys"), &at("fork.keys"));
    let fork = at("fork");
    let said = run(&["serve", "--data", text(&fork), "--listen", "127.0.0.1:0"]).await;
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("another history"), "{}", said.err);
    assert_eq!(run(&["verify", text(&fork)]).await.status, 1);
}
