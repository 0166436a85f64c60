//! A server of its own for one test, on a folder of its own, with a clock and a chance that the
//! test decides. At its end it is stopped in order, and all that it filed is read and compared.

use crate::call::{Answer, Ask, Line, cookie_of, form, get, post, soon, until};
use crate::postgres;
use crate::show::{Names, indented};
use door::Drained;
use ledger::Ledger;
use ledger::embedded::open::Options;
use ledger::embedded::shared;
use ledger::embedded::verify::Report;
use ledger::fault::OpenError;
use ledger::notice::Purpose;
use ledger::postgres::open::Durability;
use purchase::time::Timestamp;
use serde_json::{Value, json};
use server::clock::Clock;
use server::{Config, Database, Running, StartError};
use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use tempfile::TempDir;

/// What the clock shows at first: noon in Tokyo.
pub(crate) const NOON: &str = "2026-04-10T12:00:00+09:00";

/// A server.
pub(crate) struct World {
    pub(crate) running: Running,
    /// The first operator's key.
    pub(crate) operator: String,
    machine: Machine,
    names: Names,
    folder: TempDir,
    /// The database that it shares with others, if it does.
    database: Option<Shared>,
}

/// A database, and the folder of its master key.
#[derive(Clone)]
struct Shared {
    name: String,
    url: String,
    keys: PathBuf,
}

impl Shared {
    fn tell(&self, config: &mut Config) {
        config.keys = Some(self.keys.clone());
        config.database = Some(Database {
            url: self.url.clone(),
            keyring_url: None,
            connections_max: 8,
        });
    }
}

/// What a server asks its machine for, decided by the test.
#[derive(Clone)]
struct Machine {
    now: Arc<AtomicI64>,
    /// How much chance was asked for so far.
    chance: Arc<AtomicU64>,
    gate: Arc<Gate>,
}

/// A gate before every commit: the writer asks for the time there, and while the gate is closed it
/// gets no answer.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    opened: Condvar,
}

#[derive(Default)]
struct GateState {
    is_closed: bool,
    is_somebody_there: bool,
}

impl Gate {
    fn pass(&self) {
        if std::thread::current().name() != Some("writer") {
            return;
        }
        let mut state = self.state.lock().unwrap();
        while state.is_closed {
            state.is_somebody_there = true;
            state = self.opened.wait(state).unwrap();
        }
        state.is_somebody_there = false;
    }
}

/// A store with one machine.
pub(crate) struct Shop {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) device_id: String,
}

/// A person with one key.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) token_id: String,
    /// The cookie of the person's browser; empty without one.
    pub(crate) cookie: String,
}

impl World {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine {
            now: Arc::new(AtomicI64::new(ms(NOON))),
            chance: Arc::default(),
            gate: Arc::default(),
        };
        let running = start(&folder, &machine, change).await;
        let key = running
            .operator_key
            .as_ref()
            .expect("a first start leaves a key");
        let operator = std::fs::read_to_string(key).unwrap().trim().to_owned();
        Self {
            running,
            operator,
            machine,
            names: Names::default(),
            folder,
            database: None,
        }
    }

    /// A server whose ledger is a database of its own, which others may share.
    pub(crate) async fn on_database() -> Self {
        let server = postgres::shared().await;
        let name = server.database().await;
        let home = tempfile::tempdir().unwrap();
        let shared = Shared {
            url: server.url(postgres::ADMIN, &name),
            name,
            keys: home.keep(),
        };
        let mut world = Self::open_with(|config| shared.tell(config)).await;
        world.database = Some(shared);
        world
    }

    /// All that the ledger in the database holds is gone, while the server runs. Such a world cannot be
    /// closed, only stopped.
    pub(crate) async fn lose_database(&self) {
        let database = self.database.as_ref().expect("a database");
        let admin = postgres::shared().await.connect(&database.name).await;
        let order = "DROP SCHEMA orihon CASCADE";
        admin.batch_execute(order).await.unwrap();
    }

    /// A further server on the same database, with the same master key, clock and chance.
    pub(crate) async fn beside(&self) -> Self {
        let shared = self.database.clone().expect("a database is shared");
        let folder = tempfile::tempdir().unwrap();
        let running = start(&folder, &self.machine, |config| shared.tell(config)).await;
        Self {
            running,
            operator: self.operator.clone(),
            machine: self.machine.clone(),
            names: Names::default(),
            folder,
            database: Some(shared),
        }
    }

    /// Stops in order and starts again on the same folder.
    pub(crate) async fn again(self) -> Self {
        self.again_after(async {}).await.0
    }

    /// The same; the stop begins before `work` does, and both go on together.
    pub(crate) async fn again_after<T>(self, work: impl Future<Output = T>) -> (Self, Drained, T) {
        let Self {
            running,
            operator,
            machine,
            names,
            folder,
            database,
        } = self;
        let (drained, done) = soon(async { tokio::join!(running.stop(), work) }).await;
        let running = start(&folder, &machine, |_| {}).await;
        (
            Self {
                running,
                operator,
                machine,
                names,
                folder,
                database,
            },
            drained,
            done,
        )
    }

    /// Stops in order and starts in another way on the same folder.
    pub(crate) async fn again_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self {
            running,
            operator,
            machine,
            names,
            folder,
            database,
        } = self;
        soon(running.stop()).await;
        let running = start(&folder, &machine, change).await;
        Self {
            running,
            operator,
            machine,
            names,
            folder,
            database,
        }
    }

    /// Nothing is committed from here on, until the gate is opened.
    pub(crate) fn close_gate(&self) {
        self.machine.gate.state.lock().unwrap().is_closed = true;
    }

    /// Opens the gate, here or wherever this is called.
    pub(crate) fn gate_opener(&self) -> impl FnOnce() + use<> {
        let gate = Arc::clone(&self.machine.gate);
        move || {
            gate.state.lock().unwrap().is_closed = false;
            gate.opened.notify_all();
        }
    }

    /// The writer has taken something and stands before the closed gate.
    pub(crate) async fn writer_waits(&self) {
        until(async || self.machine.gate.state.lock().unwrap().is_somebody_there).await;
    }

    /// Stops in order, and reads everything that was filed.
    pub(crate) async fn close(self) {
        let Self {
            running,
            machine,
            folder,
            database,
            ..
        } = self;
        running.stop().await;
        let now = Timestamp::from_ms(machine.now.load(Ordering::SeqCst)).unwrap();
        let options = Options::new(data(&folder), entropy(&machine.chance), now);
        let reading = move || match database {
            None => read_all(&options),
            Some(shared) => read_database(&shared, options),
        };
        let report = tokio::task::spawn_blocking(reading).await.unwrap();
        assert!(report.is_sound(), "{:#?}", report.problems);
        drop(folder);
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Sets the clock.
    pub(crate) fn at(&self, time: &str) {
        self.machine.now.store(ms(time), Ordering::SeqCst);
    }

    pub(crate) async fn line(&self) -> Line {
        Line::open(self.running.address).await
    }

    /// Asks on a connection of its own.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        self.line().await.ask(&ask).await
    }

    /// Asks as the operator.
    pub(crate) async fn order(&self, ask: Ask) -> Answer {
        self.ask(ask.by(&self.operator)).await
    }

    /// Asks and shows the whole answer.
    pub(crate) async fn shown(&self, ask: Ask) -> String {
        let answer = self.ask(ask).await;
        self.show(&answer)
    }

    /// An answer whole: status, media type and body.
    pub(crate) fn show(&self, answer: &Answer) -> String {
        let media = answer.header("content-type");
        let body = if media.ends_with("json") && !media.ends_with("x-ndjson") {
            indented(&answer.body)
        } else {
            answer
                .body
                .lines()
                .map(indented)
                .collect::<Vec<_>>()
                .join("\n")
        };
        self.redact(format!("{} {media}\n{body}", answer.status).trim_end())
    }

    /// The text without what chance made.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.names.redact(text)
    }

    /// A store in Tokyo that sells in yen.
    pub(crate) async fn shop(&self, id: &str) -> Shop {
        let store = json!({
            "store_id": id, "name": format!("{id}店"), "timezone": "Asia/Tokyo", "currency": "JPY",
        });
        self.shop_of(store).await
    }

    /// Any store, with a machine.
    pub(crate) async fn shop_of(&self, store: Value) -> Shop {
        let id = store["store_id"].as_str().unwrap().to_owned();
        if let Some(chain) = store["chain_id"].as_str() {
            self.chain(chain).await;
        }
        self.order(post("/v1/stores", store)).await.is(201);
        self.machine(&id).await
    }

    /// A chain, which may be there already.
    pub(crate) async fn chain(&self, id: &str) {
        let chain = json!({"chain_id": id, "name": format!("{id}屋")});
        let answer = self.order(post("/v1/chains", chain)).await;
        assert!([200, 201].contains(&answer.status), "{}", answer.body);
    }

    /// A further machine for a store.
    pub(crate) async fn machine(&self, id: &str) -> Shop {
        let path = format!("/v1/stores/{id}/devices");
        let answer = self
            .order(post(path, json!({"name": "till 1"})))
            .await
            .is(201);
        let (key, device_id) = (answer.text("/key"), answer.text("/device_id"));
        Shop {
            id: id.to_owned(),
            key,
            device_id,
        }
    }

    /// Signs a person in by a link, as in a browser; gives the cookie of the session.
    pub(crate) async fn sign_in(&self, person: &Person) -> String {
        let path = self
            .link(&person.id, json!({"reason": "lost the phone"}))
            .await;
        let entered = self.ask(form(&path, "next=/book")).await.is(303);
        cookie_of(&entered)
    }

    /// The path of a link by which a person comes in once.
    pub(crate) async fn link(&self, user_id: &str, asked: Value) -> String {
        let path = format!("/v1/users/{user_id}/recovery-link");
        let url = self.order(post(path, asked)).await.is(201).text("/url");
        let base = self.running.app.site.base();
        url.strip_prefix(base)
            .expect("a link of this server")
            .to_owned()
    }

    pub(crate) async fn person(&self, reference: &str) -> Person {
        let answer = self
            .order(post("/v1/users", json!({"ref": reference})))
            .await
            .is(201);
        Person {
            id: answer.text("/user_id"),
            key: answer.text("/token"),
            token_id: answer.text("/token_id"),
            cookie: String::new(),
        }
    }

    /// A person who is signed in in a browser as well.
    pub(crate) async fn person_in_browser(&self, reference: &str) -> Person {
        let person = self.person(reference).await;
        let cookie = self.sign_in(&person).await;
        Person { cookie, ..person }
    }
}

async fn start(folder: &TempDir, machine: &Machine, change: impl FnOnce(&mut Config)) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    let mut config = Config::new(data(folder), listen);
    change(&mut config);
    let (now, gate) = (Arc::clone(&machine.now), Arc::clone(&machine.gate));
    let time = move || {
        gate.pass();
        Timestamp::from_ms(now.load(Ordering::SeqCst)).unwrap()
    };
    let clock = Clock::new(Arc::new(time), entropy(&machine.chance));
    loop {
        match server::start(config.clone(), clock.clone()).await {
            Ok(running) => return running,
            // The last page of the server before still reads.
            Err(StartError::Open(OpenError::InUse { .. })) => tokio::task::yield_now().await,
            Err(error) => panic!("the server starts: {error}"),
        }
    }
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

fn read_all(options: &Options) -> Report {
    loop {
        match Ledger::open(options) {
            Ok((ledger, _)) => return ledger.verify(&mut |_| {}).unwrap(),
            Err(OpenError::InUse { .. }) => std::thread::yield_now(),
            Err(error) => panic!("what was stopped in order opens: {error}"),
        }
    }
}

fn read_database(shared: &Shared, options: Options) -> Report {
    let opened = Ledger::open_shared(&shared::open::Options {
        url: shared.url.clone(),
        keyring_url: None,
        data: options.data,
        keys: shared.keys.clone(),
        entropy: options.entropy,
        catalogue_bytes: options.catalogue_bytes,
        connections_max: 4,
        durability: Durability::Required,
        purpose: Purpose::Serve,
    });
    let (ledger, _) = opened.expect("the database opens");
    ledger.verify(&mut |_| {}).unwrap()
}

/// The same bytes in every world, never the same twice in one (splitmix64).
fn entropy(state: &Arc<AtomicU64>) -> ledger::keyring::Entropy {
    let state = Arc::clone(state);
    Arc::new(move |bytes: &mut [u8]| {
        for part in bytes.chunks_mut(8) {
            let drawn = state.fetch_add(1, Ordering::Relaxed) + 1;
            let mut x = drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let random = (x ^ (x >> 31)).to_le_bytes();
            part.copy_from_slice(&random[..part.len()]);
        }
    })
}

/// An instant in milliseconds.
pub(crate) fn ms(time: &str) -> i64 {
    wire::time::read(time).expect("a time of RFC 3339").ms()
}

impl World {
    /// A person's book in short, newest first: one line of a purchase each.
    pub(crate) async fn book(&self, person: &Person, query: &str) -> String {
        let path = format!("/v1/me/purchases{query}");
        let page = self.ask(get(path).by(&person.key)).await.is(200).json();
        let mut shown = String::new();
        for purchase in page["purchases"].as_array().unwrap() {
            let transaction = purchase["key"]["transaction"].as_str().unwrap();
            for line in purchase["lines"].as_array().unwrap() {
                let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
                shown += &format!("{transaction} {}: {}", text("code"), text("name"));
                match line["name_source"].as_str().unwrap() {
                    "catalogue" => shown += &format!(" (revision {})", line["catalogue_revision"]),
                    source => shown += &format!(" ({source})"),
                }
                if line["named_at"].is_string() {
                    shown += &format!(" since {}", text("named_at"));
                }
                shown.push('\n');
            }
        }
        shown
    }
}
