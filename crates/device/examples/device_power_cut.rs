//! The store device under a power cut, and on a disk that is full. `sell` sells by the till's own
//! interface and notes outside of the disk under test what it was told yes for; `check` opens what is
//! left and asks for every bit of that. `fill` sells until the disk is full, makes space, and sells on.
//!
//! ```text
//! device_power_cut sell --data DIR --acks FILE [--unsynced]
//! device_power_cut check --data DIR --acks FILE [--unsynced]
//! device_power_cut fill --data DIR --ballast FILE
//! ```
//!
//! `tools/power-cut-device` runs all of it. With `--unsynced` commits are left to the operating system:
//! the control, in which the same check must find something lost. `check` ends with 0 if all is there, 1
//! if something is lost, 3 if the store database does not open, and 4 if it is damaged or a number
//! could be given twice.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it is a test, and a failure of it is one"
)]

use axum::body::Body;
use axum::{Extension, Router};
use device::api::{Till, router};
use device::capture;
use device::clock::Clock;
use device::database::Database;
use device::outbox;
use device::store::{Settings, Store};
use door::Peer;
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// Tills that sell at once.
const TILLS: u32 = 4;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["sell", "--data", data, "--acks", acks] => {
            sell(data.as_ref(), acks.as_ref(), "FULL").await
        }
        ["sell", "--data", data, "--acks", acks, "--unsynced"] => {
            sell(data.as_ref(), acks.as_ref(), "OFF").await
        }
        ["check", "--data", data, "--acks", acks] => check(data.as_ref(), acks.as_ref()),
        // Without syncing, damage is a loss like any other.
        ["check", "--data", data, "--acks", acks, "--unsynced"] => {
            match check(data.as_ref(), acks.as_ref()) {
                ExitCode::SUCCESS => ExitCode::SUCCESS,
                _ => ExitCode::from(1),
            }
        }
        ["fill", "--data", data, "--ballast", ballast] => {
            fill(data.as_ref(), ballast.as_ref()).await
        }
        _ => {
            eprintln!(
                "sell or check --data DIR --acks FILE [--unsynced], fill --data DIR --ballast FILE"
            );
            ExitCode::from(2)
        }
    }
}

fn api(data: &Path, synchronous: &str) -> Router {
    let database = Database::open(data).expect("the store database opens");
    let connection = database.connection();
    connection
        .pragma_update(None, "synchronous", synchronous)
        .unwrap();
    if capture::mark(connection).unwrap().lineage.is_none() {
        // As joining does.
        capture::begin_lineage(connection, Clock::system().now(), 1).unwrap();
    }
    let store = Store::new(Settings {
        store_id: "s-1".to_owned(),
        name: "角の店".to_owned(),
        timezone: "Asia/Tokyo".to_owned(),
        currency: "JPY".to_owned(),
        issuer: None,
        address: None,
        phone: None,
        receipt_footer: None,
        day_change_minutes: 300,
        public_url: None,
    });
    let till = Till::new(database, store.unwrap(), Clock::system());
    // They stand on the same machine.
    router(Arc::new(till)).layer(Extension(Peer(([127, 0, 0, 1], 9).into())))
}

/// Rings something up; the status, and what was said.
async fn ring_up(api: &Router, till: u32, name: &str) -> (u16, Value) {
    let basket = json!({"terminal": till.to_string(), "lines": [{"name": name, "unit_price": 5}],
        "tenders": [{"kind": "cash", "amount": 5}]});
    let request = Request::post("/api/sales")
        .header("content-type", "application/json")
        .body(Body::from(basket.to_string()))
        .unwrap();
    let response = api.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn sell(data: &Path, acks: &Path, synchronous: &str) -> ExitCode {
    let api = api(data, synchronous);
    let notes = File::options()
        .create(true)
        .append(true)
        .open(acks)
        .unwrap();
    let notes = Arc::new(Mutex::new(notes));
    let mut tills = Vec::new();
    for till in 1..=TILLS {
        let (api, notes) = (api.clone(), Arc::clone(&notes));
        tills.push(tokio::spawn(async move {
            loop {
                let (status, finished) = ring_up(&api, till, "something").await;
                if status != 201 {
                    return finished;
                }
                let word = |name: &str| finished[name].as_str().unwrap().to_owned();
                let (day, number) = (word("business_date"), word("transaction"));
                let claim = word("claim_code");
                let note = format!("{till} {day} {number} {claim}\n");
                notes.lock().unwrap().write_all(note.as_bytes()).unwrap();
            }
        }));
    }
    let mut refused = Vec::new();
    for till in tills {
        refused.push(till.await.unwrap());
    }
    println!("not sold: {refused:?}");
    ExitCode::from(4)
}

fn check(data: &Path, acks: &Path) -> ExitCode {
    let database = match Database::open(data) {
        Ok(database) => database,
        Err(error) => {
            println!("the store database does not open: {error}");
            return ExitCode::from(3);
        }
    };
    let connection = database.connection();
    let acks = std::fs::read_to_string(acks).unwrap_or_default();
    let (mut lost, mut twice) = (0, 0);
    for ack in acks.lines() {
        let parts: Vec<&str> = ack.split(' ').collect();
        let [till, day, number, claim] = parts[..] else {
            panic!("the notes lie outside of the disk under test and are whole: {ack}")
        };
        let found = outbox::find(connection, (till, day, number)).unwrap();
        let is_there = found.is_some_and(|sale| sale.body.contains(claim));
        lost += usize::from(!is_there);
        let next = outbox::next_number(connection, till).unwrap();
        twice += usize::from(next <= number.parse().unwrap());
    }
    let sound: String = connection
        .pragma_query_value(None, "integrity_check", |row| row.get(0))
        .unwrap();
    let kept = outbox::queue(connection).unwrap().waiting;
    println!(
        "{} acknowledged, {lost} lost, {kept} in the outbox, {sound}",
        acks.lines().count()
    );
    match (sound.as_str(), lost, twice) {
        ("ok", 0, 0) => ExitCode::SUCCESS,
        ("ok", 1.., _) => ExitCode::from(1),
        (_, _, twice) => {
            println!("WRONG: {sound}, {twice} numbers could be given twice");
            ExitCode::from(4)
        }
    }
}

/// `ballast` is a file on the same disk whose going makes space.
async fn fill(data: &Path, ballast: &Path) -> ExitCode {
    let api = api(data, "FULL");
    let large = "x".repeat(190);
    let mut sold = 0_u64;
    let refused = loop {
        match ring_up(&api, 1, &large).await {
            (201, finished) => {
                sold += 1;
                assert_eq!(finished["transaction"], json!(sold.to_string()));
            }
            refused => break refused,
        }
    };
    println!("{sold} sales, then {} {}", refused.0, refused.1);
    assert_eq!(
        (refused.0, refused.1["code"].as_str()),
        (503, Some("disk_full"))
    );
    for _ in 0..20 {
        assert_eq!(ring_up(&api, 1, &large).await.0, 503, "it is still full");
    }
    std::fs::remove_file(PathBuf::from(ballast)).unwrap();
    for _ in 0..20 {
        let (status, finished) = ring_up(&api, 1, &large).await;
        sold += 1;
        assert_eq!(
            (status, &finished["transaction"]),
            (201, &json!(sold.to_string()))
        );
    }
    drop(api);
    let database = Database::open(data).unwrap();
    let kept = outbox::queue(database.connection()).unwrap().waiting;
    assert_eq!(kept, sold, "what was said yes to, and nothing else");
    println!("space was made, and the numbers go on to {sold}; {kept} are in the outbox");
    ExitCode::SUCCESS
}
