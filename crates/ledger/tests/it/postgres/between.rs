//! What comes between a look and what is written by it: an erasure between the look at the buyer and the counting
//! of the purchase, the end of a machine's key between the look at it and its report. A connection of the test's
//! own holds what both need, so that they wait for it in the order in which they came.

use super::story::{BOTH, Steps};
use super::two::Two;
use crate::fixture::fill::reports::reported;
use crate::slip::slip;
use crate::world::{add_store, add_user, at, branch, change, record, settle, shop, store_id, text};
use ledger::write::{Chaining, Changed, Credential, ReportStep, Settled, Write};
use purchase::id::{DeviceId, OwnerId};
use purchase::store::ChainId;
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

/// A machine of a chain reports for the first time while its key is taken away by the other server.
fn report_of_a_machine_that_goes(steps: Steps) {
    let two = Two::in_town(steps);
    add_store(&two.one, branch("n-1", "north"));
    let (chain_id, device_id) = (ChainId::parse("north").unwrap(), DeviceId([7; 16]));
    let add = Write::Chain(Chaining::Device {
        chain_id: chain_id.clone(),
        device_id,
        name: text("head office"),
        credential: Credential::Hash([7; 32]),
    });
    assert_eq!(change(&two.one, add, at(0)), Changed::Done);
    two.other.renew().unwrap();
    let tell = || {
        let tell = ReportStep::Tell {
            store_id: store_id("n-1"),
            device_id,
            report: Box::new(reported(1)),
        };
        change(&two.other, Write::Report(tell), at(1))
    };
    let revoke = || {
        let (chain_id, device_id) = (chain_id.clone(), device_id);
        let revoke = Write::Chain(Chaining::Revoke {
            chain_id,
            device_id,
        });
        change(&two.one, revoke, at(2))
    };
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let connected = runtime.block_on(tokio_postgres::connect(&two.url, tokio_postgres::NoTls));
    let (mut client, connection) = connected.unwrap();
    runtime.spawn(connection);
    let told = std::thread::scope(|scope| {
        // Reports can be read, and none can be written.
        let held = runtime.block_on(async {
            let held = client.transaction().await.unwrap();
            let text = "LOCK TABLE orihon.device_reports IN SHARE MODE";
            held.batch_execute(text).await.unwrap();
            wait_for(held.client(), 0).await;
            held
        });
        let telling = scope.spawn(tell);
        runtime.block_on(wait_for(held.client(), 1));
        let revoking = scope.spawn(revoke);
        runtime.block_on(async {
            let both = wait_for(held.client(), 2);
            let ended = async {
                while !revoking.is_finished() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! { () = both => (), () = ended => () }
        });
        runtime.block_on(held.rollback()).unwrap();
        let revoked = revoking.join().expect("the end of the key does not panic");
        assert_eq!(revoked, Changed::Done, "{steps:?}");
        telling.join().expect("the report does not panic")
    });
    assert_eq!(told, Changed::Done, "the control: its key worked then");
    assert_eq!(two.one.reports(&store_id("n-1")).unwrap(), [], "{steps:?}");
    assert_eq!(tell(), Changed::NotFound);
    two.is_sound();
}

#[test]
fn a_machine_whose_key_ends_leaves_no_report() {
    BOTH.into_iter().for_each(report_of_a_machine_that_goes);
}
