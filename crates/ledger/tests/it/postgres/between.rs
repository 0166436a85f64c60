//! An erasure that comes between a look at the buyer and the counting of the purchase. A connection of
//! the test's own holds the account, so that both wait for it in the order in which they came.

use super::story::{BOTH, Steps};
use super::two::Two;
use crate::slip::slip;
use crate::world::{add_store, add_user, at, change, record, settle, shop};
use ledger::write::{Changed, Settled, Write};
use purchase::id::OwnerId;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio_postgres::Client;

/// How often it is looked whether somebody waits, every few milliseconds.
const LOOKS_MAX: u32 = 2_000;

/// Who else wants the account while a sale of the person is on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Other {
    Erases,
    BuysElsewhere,
}

async fn wait_for(client: &Client, waiting: i64) {
    let text = "SELECT count(*) FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..LOOKS_MAX {
        if client.query_one(text, &[]).await.unwrap().get::<_, i64>(0) == waiting {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("there are never {waiting} who wait");
}

fn check(other: Other, steps: Steps) {
    let two = Two::in_town(steps);
    add_store(&two.one, shop("s-2"));
    let ada = add_user(&two.one, "Ada");
    let known = slip("known").line("A", "1", 10).buyer(ada).content();
    assert_eq!(record(&two.other, &known, at(0)).owner, OwnerId::User(ada));
    let sale = slip("sale").line("A", "1", 10).buyer(ada).content();
    let elsewhere = slip("elsewhere").line("A", "1", 10).terminal("2");
    let elsewhere = elsewhere.store("s-2").buyer(ada).content();
    let first = || match other {
        Other::Erases => {
            let erased = change(&two.one, Write::Erase { user_id: ada }, at(1));
            assert_eq!(erased, Changed::Done);
        }
        Other::BuysElsewhere => {
            assert_eq!(
                record(&two.one, &elsewhere, at(1)).owner,
                OwnerId::User(ada)
            );
        }
    };
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let settled = std::thread::scope(|scope| {
        let mut client = runtime.block_on(async {
            let connected = tokio_postgres::connect(&two.url, tokio_postgres::NoTls).await;
            let (client, connection) = connected.unwrap();
            tokio::spawn(connection);
            client
        });
        let held = runtime.block_on(async {
            let held = client.transaction().await.unwrap();
            let text = "SELECT FROM orihon.accounts FOR UPDATE";
            assert_eq!(held.query(text, &[]).await.unwrap().len(), 1);
            wait_for(held.client(), 0).await;
            held
        });
        let erasing = scope.spawn(first);
        runtime.block_on(wait_for(held.client(), 1));
        let selling = scope.spawn(|| settle(&two.other, &sale, at(2)));
        runtime.block_on(wait_for(held.client(), 2));
        runtime.block_on(held.rollback()).unwrap();
        erasing.join().expect("the first does not panic");
        selling.join().expect("the sale does not panic")
    });
    let Settled::Recorded(receipt) = settled else {
        panic!("{other:?}: {settled:?}");
    };
    let is_hers = receipt.owner == OwnerId::User(ada);
    // In two steps it was recorded as hers before she was erased, and filed after.
    let expected = other == Other::BuysElsewhere || steps == Steps::Two;
    assert_eq!(is_hers, expected, "{other:?} {steps:?}");
    let accounts = two.one.count_users(None, 9).expect("readable");
    assert_eq!(accounts.is_empty(), other == Other::Erases, "{accounts:?}");
    two.is_sound();
}

#[test]
fn a_buyer_erased_after_the_look_gets_nothing() {
    BOTH.into_iter()
        .for_each(|steps| check(Other::Erases, steps));
}

#[test]
fn a_buyer_who_buys_elsewhere_gets_both() {
    BOTH.into_iter()
        .for_each(|steps| check(Other::BuysElsewhere, steps));
}
