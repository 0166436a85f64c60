//! `orihon migrate` from outside: killed and given again, asked while it works, and what it says to
//! those who ask for something else.

use crate::postgres::{ADMIN, Server as Postgres, shared};
use crate::program::{Caller, Server, orihon, run, soon, text};
use crate::shop::Shop;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio_postgres::Client;

const SALES: usize = 1_500;

/// A ledger with a person, a store, and what the two had to do with each other.
struct Town {
    folder: tempfile::TempDir,
    mart: Shop,
    /// The person's key.
    person: String,
    sales: Vec<Value>,
}

impl Town {
    async fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let server = Server::start(&data).await;
        let mart = Shop::open(&server, "mart").await;
        let body = json!({"ref": "ann"}).to_string();
        let operator = server.operator();
        let ann = server.ask(&operator, "POST", "/v1/users", body).await;
        let ann = ann.is(201);
        let sales: Vec<Value> = (0..SALES)
            .map(|nth| {
                let mut sale = mart.sale(&format!("t-{nth}"), 100);
                if nth % 2 == 0 {
                    sale["user"] = json!({"id": ann["user_id"]});
                }
                sale
            })
            .collect();
        for part in sales.chunks(500) {
            let outcomes = send(&server, &mart, part).await;
            assert!(outcomes.iter().all(|it| it["outcome"] == "recorded"));
        }
        server.stop().await;
        Self {
            folder,
            mart,
            person: ann["token"].as_str().unwrap().to_owned(),
            sales,
        }
    }

    fn path(&self, name: &str) -> String {
        text(&self.folder.path().join(name)).to_owned()
    }

    /// Everything is there, once, and it goes on.
    async fn is_whole(&self, server: &Server) {
        for part in self.sales.chunks(500) {
            let outcomes = send(server, &self.mart, part).await;
            assert!(
                outcomes
                    .iter()
                    .all(|it| it["outcome"] == "already_recorded")
            );
        }
        let book = server
            .ask(&self.person, "GET", "/v1/me/purchases", String::new())
            .await
            .is(200);
        assert_eq!(book["purchases"][0]["total"], 100);
    }
}

async fn send(server: &Server, mart: &Shop, sales: &[Value]) -> Vec<Value> {
    let body = Value::from(sales.to_vec()).to_string();
    let answer = server
        .ask(&mart.key, "POST", "/v1/settlements/batch", body)
        .await
        .is(200);
    answer.as_array().unwrap().clone()
}

fn migrate<'a>(from: &'a str, to: &'a str) -> [&'a str; 7] {
    let listen = "127.0.0.1:0";
    ["migrate", "--from", from, "--to", to, "--listen", listen]
}

async fn database() -> (&'static Postgres, String, String) {
    let postgres = shared().await;
    let name = postgres.database().await;
    let url = postgres.url(ADMIN, &name);
    (postgres, name, url)
}

/// Whether a half copy lies there.
async fn is_half(postgres: &Postgres, name: &str) -> bool {
    let client = postgres.connect(name).await;
    let row = client
        .query_opt("SELECT move_stage FROM orihon.ledger", &[])
        .await;
    row.is_ok_and(|row| row.is_some_and(|row| row.get::<_, Option<i16>>(0) == Some(1)))
}

/// Holds a table that is copied late, so that whoever copies waits there.
async fn hold(holder: &Client) {
    soon(async {
        while holder
            .batch_execute("BEGIN; LOCK TABLE orihon.code_patterns IN ACCESS EXCLUSIVE MODE")
            .await
            .is_err()
        {
            holder.batch_execute("ROLLBACK").await.unwrap();
        }
    })
    .await;
}

/// A move that was killed while half of it was there.
async fn killed_in_the_middle(data: &str, (postgres, name, url): (&Postgres, &str, &str)) {
    let holder = postgres.connect(name).await;
    let mut child = orihon(&migrate(data, url));
    let child = child.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = child.spawn().unwrap();
    hold(&holder).await;
    soon(async { while !is_half(postgres, name).await {} }).await;
    soon(child.kill()).await.unwrap();
    holder.batch_execute("ROLLBACK").await.unwrap();
    assert!(is_half(postgres, name).await);
}

async fn is_refused_as_half(data: &str) {
    let said = run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]).await;
    assert_eq!(said.status, 2, "{}", said.err);
    let why = "is being moved to database";
    assert!(said.err.contains(why), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_again_and_again_ends_whole() {
    let town = Town::found().await;
    let (data, (postgres, name, url)) = (town.path("data"), database().await);
    let mut ended = None;
    killed_in_the_middle(&data, (postgres, &name, &url)).await;
    is_refused_as_half(&data).await;
    for moment in (1..).map(|nth| Duration::from_millis(nth * 60)) {
        let mut child = orihon(&migrate(&data, &url));
        let mut child = child
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if let Ok(status) = tokio::time::timeout(moment, child.wait()).await {
            ended = Some(status.unwrap());
            break;
        }
        soon(child.kill()).await.unwrap();
        if is_half(postgres, &name).await {
            is_refused_as_half(&data).await;
        }
    }
    // A kill may come after the end of the move and before that of the program: what is given again then is refused,
    // as it has moved.
    if !ended.is_some_and(|status| status.success()) {
        let said = run(&migrate(&data, &url)).await;
        assert!(said.err.contains("has moved to database"), "{}", said.err);
    }
    let said = run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]).await;
    assert!(said.err.contains("has moved to database"), "{}", said.err);
    assert_eq!(run(&["verify", &data]).await.status, 0);
    let server = Server::start_with(Path::new(&data), &["--ledger", &url]).await;
    town.is_whole(&server).await;
    server.stop().await;

    let (back, keys) = (town.path("back"), town.path("back.keys"));
    std::fs::create_dir(&keys).unwrap();
    std::fs::copy(
        town.path("data.keys/master.key"),
        format!("{keys}/master.key"),
    )
    .unwrap();
    let said = run(&migrate(&url, &back)).await;
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.trim_end().ends_with("everything agrees"),
        "{}",
        said.out
    );
    let said = run(&["verify", &back]).await;
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let server = Server::start(Path::new(&back)).await;
    town.is_whole(&server).await;
    let sale = town.mart.sale("another", 5);
    assert_eq!(town.mart.send(&server, &sale).await.0, 201);
    server.stop().await;
    assert_eq!(run(&["verify", &back]).await.status, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moves_is_read_meanwhile() {
    let town = Town::found().await;
    let (data, (postgres, name, url)) = (town.path("data"), database().await);
    // The copy comes to a table that somebody holds, and waits there.
    let holder = postgres.connect(&name).await;
    let mut child = orihon(&migrate(&data, &url));
    let mut child = child
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = soon(lines.next_line()).await.unwrap().unwrap();
    let (_, address) = line.split_once(" at ").expect("it says where");
    let base = address.split(',').next().unwrap().to_owned();
    hold(&holder).await;
    let caller = |key: &str| Caller::new(&base, key);
    let asked = caller(&town.person)
        .ask("GET", "/v1/me/purchases", String::new())
        .await;
    assert_eq!(asked.unwrap().is(200)["purchases"][0]["total"], 100);
    let sale = town.mart.sale("new", 1).to_string();
    let refused = caller(&town.mart.key)
        .ask("POST", "/v1/settlements", sale)
        .await;
    let problem = refused.unwrap().is(503);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("is moving to another place"), "{detail}");
    holder.batch_execute("ROLLBACK").await.unwrap();
    let listening = async { while lines.next_line().await.unwrap().is_some() {} };
    soon(listening).await;
    assert!(soon(child.wait()).await.unwrap().success());
    let server = Server::start_with(Path::new(&data), &["--ledger", &url]).await;
    town.is_whole(&server).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_taken_back_is_none() {
    let town = Town::found().await;
    let (data, (_, _, url)) = (town.path("data"), database().await);
    assert_eq!(run(&migrate(&data, &url)).await.status, 0);
    let said = run(&["migrate", "--from", &data, "--cancel"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("serve one of them only"), "{}", said.out);
    let server = Server::start(Path::new(&data)).await;
    town.is_whole(&server).await;
    server.stop().await;
    let said = run(&["migrate", "--from", &data, "--cancel"]).await;
    assert_eq!(said.status, 2);
    assert!(said.err.contains("is not being moved"), "{}", said.err);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_with_the_right_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&folder.path().join(name)).to_owned();
    let (data, other) = (path("data"), path("other"));
    let url = "postgres://ada:hush@127.0.0.1:1/shop";
    let rows: [(&[&str], &str); 6] = [
        (&migrate(&data, &other), "both ends are folders"),
        (&migrate(url, url), "both ends are databases"),
        (&migrate(&data, url), "there is no ledger in"),
        (&migrate(url, &other), "is not reached"),
        (&["migrate", "--from", &data], "--to"),
        (
            &["migrate", "--from", url, "--to", &data, "--citus"],
            "--citus is for a ledger that moves to a PostgreSQL",
        ),
    ];
    for (args, says) in rows {
        let said = run(args).await;
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(said.err.contains(says), "{}", said.err);
        assert!(!said.err.contains("hush"), "{}", said.err);
    }
    assert!(!folder.path().join("data").exists());
}
