//! A server whose ledger lies in a PostgreSQL of the test's own: what it says of that database while it
//! is there, away, and back.

use crate::call::{Ask, Line, get, post, until};
use crate::postgres::{ADMIN, Part, Server, Stop, start};
use server::clock::Clock;
use server::{Config, Database, Running};
use tempfile::TempDir;

/// A server and its database.
struct World {
    running: Running,
    operator: String,
    database: Server,
    name: String,
    _folder: TempDir,
}

impl World {
    async fn open() -> Self {
        let database = start(&["log_statement=all"], Part::Primary).await;
        let name = database.database().await;
        let folder = tempfile::tempdir().unwrap();
        let any = ([127, 0, 0, 1], 0).into();
        let mut config = Config::new(folder.path().join("data"), any);
        config.metrics_listen = Some(any);
        config.database = Some(Database {
            url: database.url(ADMIN, &name),
            keyring_url: None,
            connections_max: 4,
        });
        let running = server::start(config, Clock::system()).await.unwrap();
        let key = running.operator_key.as_ref().expect("a first start");
        let operator = std::fs::read_to_string(key).unwrap().trim().to_owned();
        Self {
            running,
            operator,
            database,
            name,
            _folder: folder,
        }
    }

    async fn ask(&self, ask: Ask) -> (u16, String) {
        let answer = Line::open(self.running.address).await.ask(&ask).await;
        (answer.status, answer.body)
    }

    /// Says that it is ready, sooner or later.
    async fn is_ready(&self) {
        until(async || self.ask(get("/readyz")).await.0 == 200).await;
    }

    /// Says that it is not, sooner or later, and why.
    async fn is_not_ready(&self) -> String {
        until(async || self.ask(get("/readyz")).await.0 == 503).await;
        let answer = Line::open(self.running.address)
            .await
            .ask(&get("/readyz"))
            .await;
        let (code, detail) = (answer.text("/code"), answer.text("/detail"));
        let again = answer.header("retry-after");
        format!("{} {code}, again after {again}: {detail}", answer.status)
    }

    /// A person is added under this name.
    async fn person(&self, name: &str) -> u16 {
        let ask = post("/v1/users", serde_json::json!({ "ref": name }));
        self.ask(ask.by(&self.operator)).await.0
    }

    /// The rows of the page of metrics that begin so.
    async fn metrics(&self, start: &str) -> String {
        let address = self.running.metrics_address.unwrap();
        let page = Line::open(address).await.ask(&get("/metrics")).await;
        let page = page.is(200).body;
        let rows = page.lines().filter(|row| row.contains(start));
        rows.map(|row| format!("{row}\n")).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_costs_is_among_the_metrics() {
    let world = World::open().await;
    assert_eq!(world.person("ann").await, 201);
    let page = world.metrics("orihon_database").await;
    // How many connections are open depends on who looks around at this moment.
    let (open, rest): (Vec<&str>, Vec<&str>) = page
        .lines()
        .partition(|row| row.starts_with("orihon_database_connections{"));
    let open: Vec<&str> = open
        .iter()
        .filter_map(|row| row.split(' ').next())
        .collect();
    insta::assert_snapshot!(open.join("\n"), @r#"
    orihon_database_connections{pool="ledger",state="in_use"}
    orihon_database_connections{pool="ledger",state="idle"}
    orihon_database_connections{pool="keyring",state="in_use"}
    orihon_database_connections{pool="keyring",state="idle"}
    "#);
    insta::assert_snapshot!(rest.join("\n"), @r#"
    # HELP orihon_database_retries Batches begun again, by the reason
    # TYPE orihon_database_retries counter
    orihon_database_retries_total{reason="serialization"} 0
    orihon_database_retries_total{reason="deadlock"} 0
    orihon_database_retries_total{reason="unknown_commit"} 0
    orihon_database_retries_total{reason="connection"} 0
    orihon_database_retries_total{reason="pool_exhausted"} 0
    orihon_database_retries_total{reason="turn_moved"} 0
    orihon_database_retries_total{reason="claim_taken"} 0
    orihon_database_retries_total{reason="server_busy"} 0
    orihon_database_retries_total{reason="time_limit"} 0
    orihon_database_retries_total{reason="read_only"} 0
    orihon_database_retries_total{reason="disk_full"} 0
    # HELP orihon_database_given_up Batches given up after their last attempt, by its reason
    # TYPE orihon_database_given_up counter
    orihon_database_given_up_total{reason="serialization"} 0
    orihon_database_given_up_total{reason="deadlock"} 0
    orihon_database_given_up_total{reason="unknown_commit"} 0
    orihon_database_given_up_total{reason="connection"} 0
    orihon_database_given_up_total{reason="pool_exhausted"} 0
    orihon_database_given_up_total{reason="turn_moved"} 0
    orihon_database_given_up_total{reason="claim_taken"} 0
    orihon_database_given_up_total{reason="server_busy"} 0
    orihon_database_given_up_total{reason="time_limit"} 0
    orihon_database_given_up_total{reason="read_only"} 0
    orihon_database_given_up_total{reason="disk_full"} 0
    # HELP orihon_database_left_overs_filed Batches that were met recorded at their store and not filed, and were filed
    # TYPE orihon_database_left_overs_filed counter
    orihon_database_left_overs_filed_total 0
    # HELP orihon_database_connections Connections to the database that are open, by what they do
    # TYPE orihon_database_connections gauge
    # HELP orihon_database_connections_max Connections to the database at most
    # TYPE orihon_database_connections_max gauge
    orihon_database_connections_max{pool="ledger"} 4
    orihon_database_connections_max{pool="keyring"} 4
    # HELP orihon_database_waiting Callers that wait for a connection
    # TYPE orihon_database_waiting gauge
    orihon_database_waiting{pool="ledger"} 0
    orihon_database_waiting{pool="keyring"} 0
    "#);
    let admin = world.database.connect(&world.name).await;
    for order in [
        "ALTER SYSTEM SET lock_timeout = '20ms'",
        "SELECT pg_reload_conf()",
    ] {
        admin.batch_execute(order).await.unwrap();
    }
    // Sessions that are open are told of it before any new one begins.
    until(async || {
        let later = world.database.connect(&world.name).await;
        let limit = later.query_one("SHOW lock_timeout", &[]).await.unwrap();
        limit.get::<_, &str>(0) == "20ms"
    })
    .await;
    for order in [
        // We wait for what the server does behind people's backs; the others do not wait for us.
        "SET lock_timeout = 0",
        "BEGIN; SELECT 1 FROM orihon.turns FOR UPDATE",
    ] {
        admin.batch_execute(order).await.unwrap();
    }
    until(async || world.person("bob").await == 503).await;
    for name in ["retries", "given_up"] {
        let row = format!("orihon_database_{name}_total{{reason=\"time_limit\"}}");
        let row = world.metrics(&row).await;
        assert!(!row.is_empty() && !row.ends_with(" 0\n"), "{row}");
    }
    admin.batch_execute("ROLLBACK").await.unwrap();
    until(async || world.person("bob").await == 201).await;
    world.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_as_long_as_the_database_takes_writes() {
    let mut world = World::open().await;
    world.is_ready().await;
    world.database.stop(Stop::Fast);
    insta::assert_snapshot!(world.is_not_ready().await, @"503 unavailable, again after 2: the server does not reach its ledger for now; send the same again");
    assert_eq!(world.ask(get("/healthz")).await.0, 200);
    world.database.start_again().await;
    world.is_ready().await;
    assert_eq!(world.person("ann").await, 201);
    let admin = world.database.connect("postgres").await;
    for (value, is_ready) in [("on", false), ("off", true)] {
        let set = format!("ALTER SYSTEM SET default_transaction_read_only = {value}");
        // The admin's own session may be one that only reads by now.
        admin
            .batch_execute("SET default_transaction_read_only = off")
            .await
            .unwrap();
        admin.batch_execute(&set).await.unwrap();
        admin
            .batch_execute("SELECT pg_reload_conf()")
            .await
            .unwrap();
        if is_ready {
            world.is_ready().await;
        } else {
            // Meanwhile it may be slow to answer, and count as away.
            until(async || world.is_not_ready().await == "503 unavailable, again after 2: the database of the ledger takes no writes for now; send the same again").await;
            assert_eq!(world.person("bob").await, 503);
        }
    }
    assert_eq!(world.person("bob").await, 201);
    world.running.stop().await;
}

/// However many ask whether the server is ready, the database is asked once a second.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_not_asked_by_everybody_who_asks() {
    const QUESTION: &str = "current_setting('transaction_read_only')";
    let world = World::open().await;
    let asked = || world.database.log().matches(QUESTION).count();
    until(async || asked() >= 1).await;
    let (before, since) = (asked(), tokio::time::Instant::now());
    let mut line = Line::open(world.running.address).await;
    for _ in 0..500 {
        // A machine that stood still for a second is told to be away for a moment.
        let status = line.ask(&get("/readyz")).await.status;
        assert!([200, 503].contains(&status), "{status}");
    }
    let seconds = usize::try_from(since.elapsed().as_secs()).unwrap();
    let more = asked() - before;
    // One question may stand twice in the log: as it is prepared, and as it is carried out.
    assert!(more <= 2 * (seconds + 1), "{more} questions in {seconds} s");
    world.running.stop().await;
}
