//! What the database refuses, and what is made of it: who gives way does the whole again, who lost an
//! answer does not know, and who finds no room waits.

use super::server::{ADMIN, Server};
use super::{made, options};
use deadpool_postgres::{Client, GenericClient, Transaction};
use ledger::postgres::fault::{Failure, Reason, commit};
use ledger::postgres::open::{Database, open};
use ledger::postgres::rows::{Copied, Lock, insert, read};
use ledger::postgres::writing::write;
use tokio_postgres::IsolationLevel;

/// The row that an operator's key has (kind 24).
fn operator(id: u8) -> Copied {
    let key = [&[24][..], &[id; 16]].concat();
    (key, [&[1][..], &[6; 32], &[2]].concat())
}

async fn two(database: &Database) -> (Client, Client) {
    let connections = (database.pool.get().await, database.pool.get().await);
    let (one, other) = (connections.0.unwrap(), connections.1.unwrap());
    for (key, row) in [operator(1), operator(2)] {
        write(&one, [(key, Some(row))]).await.unwrap();
    }
    (one, other)
}

async fn put(transaction: &Transaction<'_>, id: u8) -> Result<(), Failure> {
    let (key, row) = operator(id);
    write(transaction, [(key, Some(row))]).await
}

#[tokio::test]
async fn who_gives_way_does_it_again() {
    let (_, _, database) = made().await;
    let (mut one, mut other) = two(&database).await;
    // Each reads what the other writes: one of them cannot have come first.
    let one_turn = one.build_transaction();
    let one_turn = one_turn.isolation_level(IsolationLevel::Serializable);
    let other_turn = other.build_transaction();
    let other_turn = other_turn.isolation_level(IsolationLevel::Serializable);
    let (one_turn, other_turn) = tokio::join!(one_turn.start(), other_turn.start());
    let (one_turn, other_turn) = (one_turn.unwrap(), other_turn.unwrap());
    let keys = [operator(1).0, operator(2).0];
    read(&one_turn, keys.clone(), Lock::None).await.unwrap();
    read(&other_turn, keys, Lock::None).await.unwrap();
    put(&one_turn, 1).await.unwrap();
    put(&other_turn, 2).await.unwrap();
    commit(one_turn).await.unwrap();
    let second = commit(other_turn).await;
    let reason = second.as_ref().map_err(Failure::reason);
    assert_eq!(reason, Err(Some(Reason::Serialization)), "{second:?}");
}

#[tokio::test]
async fn two_who_wait_for_each_other_do_not_wait_for_ever() {
    let (_, _, database) = made().await;
    let (mut one, mut other) = two(&database).await;
    let one_turn = one.transaction().await.unwrap();
    let other_turn = other.transaction().await.unwrap();
    put(&one_turn, 1).await.unwrap();
    put(&other_turn, 2).await.unwrap();
    let (crossed, back) = tokio::join!(put(&one_turn, 2), async {
        let crossed = put(&other_turn, 1).await;
        drop(other_turn);
        crossed
    });
    let outcomes = [crossed, back];
    let gave_way = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(Failure::Again { .. })));
    assert_eq!(gave_way.count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
}

#[tokio::test]
async fn a_lock_keeps_others_out_and_plain_readers_in() {
    let (_, _, database) = made().await;
    let (mut one, mut other) = two(&database).await;
    let key = || [operator(1).0];
    let rows: [(Lock, Lock, bool); 6] = [
        (Lock::None, Lock::Update, true),
        (Lock::Share, Lock::None, true),
        (Lock::Share, Lock::Share, true),
        (Lock::Share, Lock::Update, false),
        (Lock::Update, Lock::None, true),
        (Lock::Update, Lock::Share, false),
    ];
    for (first, second, passes) in rows {
        let holds = one.transaction().await.unwrap();
        assert_eq!(read(&holds, key(), first).await.unwrap().len(), 1);
        let comes = other.transaction().await.unwrap();
        comes
            .batch_execute("SET LOCAL lock_timeout = '200ms'")
            .await
            .unwrap();
        let outcome = read(&comes, key(), second).await;
        assert_eq!(outcome.is_ok(), passes, "{first:?} and {second:?}");
        let is_kept_out = matches!(outcome, Err(Failure::Busy { .. }));
        assert_eq!(
            is_kept_out, !passes,
            "{first:?} and {second:?}: {outcome:?}"
        );
    }
}

/// Of two who insert the same, the second waits to see what becomes of the first.
#[tokio::test]
async fn an_insert_waits_for_the_one_before() {
    let (_, _, database) = made().await;
    let (mut one, other) = two(&database).await;
    for stays in [true, false] {
        let new = operator(if stays { 3 } else { 4 });
        let first = one.transaction().await.unwrap();
        assert!(insert(&first, [new.clone()]).await.unwrap().is_empty());
        let (second, ()) = tokio::join!(insert(&other, [new.clone()]), async {
            if stays {
                commit(first).await.unwrap();
            } else {
                first.rollback().await.unwrap();
            }
        });
        assert_eq!(second.unwrap().contains(&new.0), stays);
    }
}

/// Ends the connection that the client has, as a server does that stops.
async fn cut(server: &Server, database: &str, client: &impl GenericClient) {
    let pid = client
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .unwrap();
    let pid: i32 = pid.get(0);
    let admin = server.connect(database).await;
    let cut = "SELECT pg_terminate_backend($1, 10000)";
    let done = admin.query_one(cut, &[&pid]).await.unwrap();
    assert!(done.get::<_, bool>(0));
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_commit_did_nothing() {
    let (server, name, database) = made().await;
    let mut client = database.pool.get().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    put(&transaction, 1).await.unwrap();
    cut(server, &name, &transaction).await;
    let failed = put(&transaction, 2).await;
    assert!(matches!(failed, Err(Failure::Busy { .. })), "{failed:?}");
    drop(transaction);
    drop(client);
    // The pool has a connection again, and nothing of it is there.
    let client = database.pool.get().await.unwrap();
    let found = read(&client, [operator(1).0], Lock::None).await.unwrap();
    assert!(found.is_empty());
}

#[tokio::test]
async fn a_commit_without_an_answer_is_unknown() {
    let (server, name, database) = made().await;
    let mut client = database.pool.get().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    put(&transaction, 1).await.unwrap();
    cut(server, &name, &transaction).await;
    let ended = commit(transaction).await;
    assert!(matches!(ended, Err(Failure::Unknown { .. })), "{ended:?}");
}

#[tokio::test]
async fn without_a_free_connection_it_is_busy() {
    let (server, name, database) = made().await;
    let mut alone = options(server.url(ADMIN, &name));
    alone.connections_max = 1;
    let alone = open(&alone).await.unwrap();
    let held = alone.pool.get().await.unwrap();
    let none = Failure::from(alone.pool.get().await.unwrap_err());
    assert!(matches!(none, Failure::Busy { .. }), "{none:?}");
    drop(held);
    assert!(alone.pool.get().await.is_ok());
    // The database itself has none left for this role.
    let admin = server.connect(&name).await;
    let make = format!("CREATE ROLE one_{name} LOGIN CONNECTION LIMIT 0");
    admin.batch_execute(&make).await.unwrap();
    drop(database);
    let full = open(&options(server.url(&format!("one_{name}"), &name))).await;
    assert!(
        full.unwrap_err()
            .to_string()
            .contains("not free for us now")
    );
}

/// A statement that failed is told as what it was, and not as what it did to those behind it.
#[tokio::test]
async fn the_first_failure_is_the_one_that_is_told() {
    let (server, name, database) = made().await;
    let admin = server.connect(&name).await;
    admin
        .batch_execute("DROP TABLE orihon.operators")
        .await
        .unwrap();
    let mut client = database.pool.get().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    let chain = [&[27][..], b"a"].concat();
    let (key, row) = operator(1);
    let rows = [
        (chain.clone(), Some(vec![1, 1, b'a', 2])),
        (key, Some(row)),
        (
            [&[25][..], &[1; 16]].concat(),
            Some([&[1, 1, b'a'][..], &[4; 32]].concat()),
        ),
    ];
    let said = write(&transaction, rows).await.unwrap_err().to_string();
    assert!(said.contains("orihon.operators"), "{said}");
    drop(transaction);
    assert!(read(&client, [chain], Lock::None).await.unwrap().is_empty());
}
