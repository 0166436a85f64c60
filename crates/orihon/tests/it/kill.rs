//! The server is killed under load, again and again, at moments that chance decides. Afterwards
//! everything that it acknowledged is there, once, under the same id; and the check that says so
//! can say otherwise.

use crate::program::{Caller, Server, run, text};
use crate::shop::Shop;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const ROUNDS: u64 = 6;
const CALLERS: u64 = 8;

/// Chance from a seed (splitmix64), the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % end
    }

    /// A place among so many.
    fn place(&mut self, count: usize) -> usize {
        usize::try_from(self.below(number(count))).unwrap()
    }
}

/// A count as a number that answers hold.
fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}

/// A new seed each time, unless `KILL_SEED` says which; printed, so that a failure can be told.
fn seed() -> u64 {
    let given = std::env::var("KILL_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
    println!("KILL_SEED={seed}");
    seed
}

/// What was acknowledged, by whoever kept account of it.
#[derive(Default)]
struct Oracle {
    /// Every settlement that was ever sent, with what it cost.
    sent: BTreeMap<String, u64>,
    /// Those that were acknowledged, each with its purchase.
    acknowledged: BTreeMap<String, String>,
    /// People, by their reference.
    people: BTreeMap<String, String>,
    /// The catalogue's newest acknowledged revision.
    revision: u64,
}

/// What a caller tells the oracle.
enum Fact {
    Sent(String, u64),
    Acknowledged(String, String),
    Person(String, String),
    Revision(u64),
}

impl Oracle {
    fn learn(&mut self, fact: Fact) {
        match fact {
            Fact::Sent(transaction, total) => drop(self.sent.insert(transaction, total)),
            Fact::Acknowledged(transaction, id) => {
                let known = self.acknowledged.insert(transaction.clone(), id.clone());
                assert!(
                    known.is_none_or(|known| known == id),
                    "{transaction} has a second id"
                );
            }
            Fact::Person(reference, id) => drop(self.people.insert(reference, id)),
            Fact::Revision(revision) => self.revision = self.revision.max(revision),
        }
    }

    /// What was acknowledged and is not there, or is there under another id. Whatever was missing
    /// is there afterwards: it was sent again.
    async fn missing(&self, server: &Server, mart: &Shop) -> BTreeSet<String> {
        let mut missing = BTreeSet::new();
        let all: Vec<_> = self.acknowledged.iter().collect();
        for part in all.chunks(200) {
            let sales = part
                .iter()
                .map(|(transaction, _)| mart.sale(transaction, self.sent[*transaction]));
            let outcomes = send_many(server, mart, sales.collect()).await;
            for ((transaction, id), outcome) in part.iter().zip(outcomes) {
                let is_there =
                    outcome["outcome"] == "already_recorded" && outcome["purchase_id"] == **id;
                if !is_there {
                    missing.insert((*transaction).clone());
                }
            }
        }
        missing
    }
}

async fn send_many(server: &Server, mart: &Shop, sales: Vec<Value>) -> Vec<Value> {
    let body = Value::from(sales).to_string();
    let answer = server
        .ask(&mart.key, "POST", "/v1/settlements/batch", body)
        .await
        .is(200);
    answer.as_array().unwrap().clone()
}

/// Sells alone and in batches until the server is gone.
async fn sell(
    caller: Caller,
    mart: Shop,
    name: String,
    mut chance: Chance,
    told: mpsc::Sender<Fact>,
) {
    let mut sales: Vec<Value> = Vec::new();
    loop {
        // Now and then somebody repeats himself.
        let from = match sales.len() {
            0 => 0,
            count if chance.below(5) == 0 => chance.place(count),
            count => count,
        };
        let count = [1, 1, 2, 30][chance.place(4)];
        while sales.len() < from + count {
            let (transaction, total) = (format!("{name}-{}", sales.len()), chance.below(1_000));
            sales.push(mart.sale(&transaction, total));
            if told.send(Fact::Sent(transaction, total)).await.is_err() {
                return;
            }
        }
        let batch = &sales[from..from + count];
        let answer = match batch {
            [one] => caller.ask("POST", "/v1/settlements", one.to_string()).await,
            many => {
                caller
                    .ask(
                        "POST",
                        "/v1/settlements/batch",
                        Value::from(many).to_string(),
                    )
                    .await
            }
        };
        let Some(answer) = answer else { return };
        assert!(matches!(answer.status, 200 | 201), "{}", answer.json);
        let outcomes = answer
            .json
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![answer.json]);
        assert_eq!(outcomes.len(), count);
        for outcome in outcomes {
            let part = |pointer: &str| {
                outcome
                    .pointer(pointer)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            let fact = Fact::Acknowledged(part("/key/transaction"), part("/purchase_id"));
            if told.send(fact).await.is_err() {
                return;
            }
        }
    }
}

/// Registers people and moves the catalogue until the server is gone.
async fn administer(
    [operator, device]: [Caller; 2],
    round: u64,
    mut revision: u64,
    told: mpsc::Sender<Fact>,
) {
    for nth in 0.. {
        let reference = format!("{round}-{nth}");
        let body = json!({"ref": reference}).to_string();
        let Some(answer) = operator.ask("POST", "/v1/users", body).await else {
            return;
        };
        let id = answer.is(201)["user_id"].as_str().unwrap().to_owned();
        let next = revision + 1;
        let update = json!({"base_revision": revision, "revision": next, "changes": [{
            "code": "milk", "name": format!("牛乳{next}"),
            "effective_from": "2026-04-01T00:00:00+09:00"}]});
        let path = "/v1/stores/mart/catalogue";
        let _ = told.send(Fact::Person(reference, id)).await;
        let Some(answer) = device.ask("PUT", path, update.to_string()).await else {
            return;
        };
        revision = answer.is(200)["revision"].as_u64().unwrap();
        let _ = told.send(Fact::Revision(revision)).await;
    }
}

/// One round: load, and the kill in the middle of it.
async fn round(data: &Path, nth: u64, chance: &mut Chance, mart: &Shop, oracle: &mut Oracle) {
    let server = Server::start(data).await;
    let head = server
        .ask(&mart.key, "GET", "/v1/stores/mart/catalogue", String::new())
        .await;
    let revision = head.is(200)["revision"].as_u64().unwrap();
    let (told, mut facts) = mpsc::channel(64);
    let mut busy = Vec::new();
    for caller in 0..CALLERS {
        let (line, own) = (server.caller(&mart.key), Chance(chance.below(u64::MAX)));
        let name = format!("{nth}-{caller}");
        busy.push(tokio::spawn(sell(
            line,
            mart.clone(),
            name,
            own,
            told.clone(),
        )));
    }
    let callers = [server.caller(&server.operator()), server.caller(&mart.key)];
    busy.push(tokio::spawn(administer(callers, nth, revision, told)));
    // So many acknowledgements, and then at any moment.
    let enough = oracle.acknowledged.len() + chance.place(400);
    while oracle.acknowledged.len() <= enough {
        oracle.learn(facts.recv().await.expect("the callers go on"));
    }
    let moment = Duration::from_micros(chance.below(20_000));
    let killed = async {
        tokio::time::sleep(moment).await;
        server.kill().await;
    };
    // What was acknowledged until the very end counts.
    let heard = async {
        while let Some(fact) = facts.recv().await {
            oracle.learn(fact);
        }
    };
    tokio::join!(killed, heard);
    for caller in busy {
        caller.await.unwrap();
    }
}

async fn settlements(server: &Server) -> Value {
    let operator = server.operator();
    server
        .ask(&operator, "GET", "/v1/counts?by=store", String::new())
        .await
        .is(200)["total"]
        .clone()
}

/// After a kill: what was acknowledged is there, and nothing is there that was not sent.
async fn check(data: &Path, mart: &Shop, oracle: &mut Oracle) {
    let server = Server::start(data).await;
    let found = settlements(&server).await["settlements"].as_u64().unwrap();
    assert!(
        found >= number(oracle.acknowledged.len()),
        "{found} are there"
    );
    assert!(
        found <= number(oracle.sent.len()),
        "{found} are there, {} were sent",
        oracle.sent.len()
    );
    assert_eq!(oracle.missing(&server, mart).await, BTreeSet::new());
    let head = server
        .ask(&mart.key, "GET", "/v1/stores/mart/catalogue", String::new())
        .await;
    let revision = head.is(200)["revision"].as_u64().unwrap();
    assert!(
        (oracle.revision..=oracle.revision + 1).contains(&revision),
        "{revision}"
    );
    oracle.learn(Fact::Revision(revision));
    let operator = server.operator();
    for (reference, id) in &oracle.people {
        let body = json!({"ref": reference}).to_string();
        let known = server
            .ask(&operator, "POST", "/v1/users", body)
            .await
            .is(200);
        assert_eq!(known["user_id"], **id, "{reference}");
    }
    // Whoever was not answered sends the same again; then everything is there, and once.
    let all: Vec<_> = oracle.sent.clone().into_iter().collect();
    for part in all.chunks(500) {
        let sales = part
            .iter()
            .map(|(transaction, total)| mart.sale(transaction, *total))
            .collect();
        for (outcome, (transaction, _)) in send_many(&server, mart, sales).await.iter().zip(part) {
            let id = outcome["purchase_id"]
                .as_str()
                .unwrap_or_else(|| panic!("{outcome}"));
            oracle.learn(Fact::Acknowledged(transaction.clone(), id.to_owned()));
        }
    }
    let total = settlements(&server).await;
    assert_eq!(total["settlements"], oracle.sent.len());
    assert_eq!(
        total["total_by_currency"]["JPY"],
        oracle.sent.values().sum::<u64>()
    );
    let ids: BTreeSet<_> = oracle.acknowledged.values().collect();
    assert_eq!(
        ids.len(),
        oracle.sent.len(),
        "two settlements share a purchase"
    );
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_kill() {
    let mut chance = Chance(seed());
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let data = folder.path().join("data");
    let server = Server::start(&data).await;
    let mart = Shop::open(&server, "mart").await;
    server.kill().await;
    let mut oracle = Oracle::default();
    for nth in 0..ROUNDS {
        round(&data, nth, &mut chance, &mart, &mut oracle).await;
        check(&data, &mart, &mut oracle).await;
    }
    println!(
        "{} settlements were acknowledged",
        oracle.acknowledged.len()
    );
    let said = run(&["verify", text(&data)]).await;
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    // The check finds what it looks for: a claim that nobody made, and one under a wrong id.
    let server = Server::start(&data).await;
    let (honest, id) = oracle.acknowledged.first_key_value().unwrap();
    let mut liar = Oracle::default();
    liar.learn(Fact::Sent(honest.clone(), oracle.sent[honest]));
    liar.learn(Fact::Acknowledged(honest.clone(), id.clone()));
    assert_eq!(liar.missing(&server, &mart).await, BTreeSet::new());
    for (transaction, total, id) in [
        ("never sent", 1, "pur_x"),
        (honest, oracle.sent[honest], "pur_x"),
    ] {
        liar.learn(Fact::Sent(transaction.to_owned(), total));
        liar.acknowledged
            .insert(transaction.to_owned(), id.to_owned());
        assert!(
            liar.missing(&server, &mart).await.contains(transaction),
            "{transaction}"
        );
    }
    let doubled = settlements(&server).await["settlements"].as_u64().unwrap();
    assert_eq!(
        doubled,
        number(oracle.sent.len()) + 1,
        "what was never sent is now there"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_first_start_that_is_killed_begins_again() {
    for micros in (0..24).map(|nth| nth * 1_500) {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        crate::program::killed_after(&data, Duration::from_micros(micros)).await;
        let server = Server::start(&data).await;
        Shop::open(&server, "mart").await;
        server.stop().await;
        assert_eq!(
            run(&["verify", text(&data)]).await.status,
            0,
            "killed after {micros} µs"
        );
    }
}
