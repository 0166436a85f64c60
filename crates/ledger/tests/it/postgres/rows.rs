//! Rows in tables: every kind is read back as it was written, in the order of the embedded ledger, and
//! an operator finds in the columns what key and row say.

use super::made;
use crate::fixture::{kept_rows, kinds_written};
use crate::property::for_all;
use deadpool_postgres::Client;
use ledger::postgres::open::Database;
use ledger::postgres::rows::{Change, Copied, Lock, after_all, insert, range, read};
use ledger::postgres::writing::write;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use tokio::runtime::Handle;

/// Kinds of which there is no row in a database.
const NOWHERE: [u8; 3] = [1, 2, 22];

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Real rows of every kind that has a table: those of the kept data folders, and a staging row, which
/// no kept folder has and which is written like a head.
fn real_rows() -> Rows {
    let mut rows: Rows = kept_rows().into_iter().collect();
    rows.retain(|key, _| !NOWHERE.contains(&key[0]));
    let heads = rows.range(vec![16]..vec![17]);
    let staged: Vec<Copied> = heads
        .map(|(key, row)| ([&[23], &key[1..]].concat(), row.clone()))
        .collect();
    rows.extend(staged);
    let kinds: BTreeSet<u8> = rows.keys().map(|key| key[0]).collect();
    let mut expected = kinds_written();
    expected.retain(|kind| !NOWHERE.contains(kind));
    assert!(kinds.into_iter().eq(expected));
    rows
}

fn puts(rows: &Rows) -> Vec<Change> {
    let put = |(key, row): (&Vec<u8>, &Vec<u8>)| (key.clone(), Some(row.clone()));
    rows.iter().map(put).collect()
}

async fn connection(database: &Database) -> Client {
    database.pool.get().await.unwrap()
}

/// All rows, kind by kind.
async fn all(client: &Client) -> Rows {
    let mut found = Rows::new();
    for kind in kinds_written()
        .into_iter()
        .filter(|kind| !NOWHERE.contains(kind))
    {
        let rows = range(client, &[kind], &[kind + 1], usize::MAX).await;
        found.extend(rows.unwrap());
    }
    found
}

#[tokio::test]
async fn every_kind_is_read_back_as_it_was_written() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    let rows = real_rows();
    write(&client, puts(&rows)).await.unwrap();
    for lock in [Lock::None, Lock::Share, Lock::Update] {
        let found = read(&client, rows.keys().cloned(), lock).await.unwrap();
        assert_eq!(found, rows, "{lock:?}");
        for key in rows.keys() {
            let found = read(&client, [key.clone()], lock).await.unwrap();
            assert_eq!(found.get(key), rows.get(key));
            assert_eq!(found.len(), 1);
        }
    }
    assert_eq!(all(&client).await, rows);
    // Again, over itself: nothing is there twice.
    write(&client, puts(&rows)).await.unwrap();
    assert_eq!(all(&client).await, rows);
    let gone: Vec<Change> = rows
        .keys()
        .step_by(2)
        .map(|key| (key.clone(), None))
        .collect();
    let left = rows.iter().skip(1).step_by(2);
    let left: Rows = left.map(|(key, row)| (key.clone(), row.clone())).collect();
    write(&client, gone).await.unwrap();
    assert_eq!(all(&client).await, left);
    let gone = left.keys().map(|key| (key.clone(), None));
    write(&client, gone).await.unwrap();
    assert_eq!(all(&client).await, Rows::new());
}

#[tokio::test]
async fn what_is_not_there_is_missing_in_the_answer() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    assert_eq!(read(&client, [], Lock::None).await.unwrap(), Rows::new());
    write(&client, []).await.unwrap();
    let one = awaited("s-1", 4, 1, "milk");
    write(&client, [(one.0.clone(), Some(one.1.clone()))])
        .await
        .unwrap();
    let other = awaited("s-2", 4, 1, "milk").0;
    let found = read(&client, [one.0.clone(), other, one.0.clone()], Lock::None);
    assert_eq!(found.await.unwrap(), Rows::from([one]));
}

/// A plan that was made while a table was empty is kept for a while. None of ours reads a whole table
/// that is spread, or a ledger would be slow on its first day; of the small ones that are everywhere it
/// may.
#[tokio::test]
async fn no_plan_reads_a_table_from_end_to_end() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    let scans = async || {
        let flush = "SELECT pg_stat_force_next_flush()";
        client.query(flush, &[]).await.unwrap();
        let question = "SELECT relname || ' ' || seq_scan FROM pg_stat_user_tables \
                        WHERE schemaname = 'orihon' AND relname NOT IN \
                        ('stores', 'chains', 'chain_devices', 'operators') ORDER BY relname";
        shown(&client, question).await
    };
    let before = scans().await;
    let rows = real_rows();
    write(&client, puts(&rows)).await.unwrap();
    for lock in [Lock::None, Lock::Share, Lock::Update] {
        read(&client, rows.keys().cloned(), lock).await.unwrap();
        read(&client, rows.keys().take(1).cloned(), lock)
            .await
            .unwrap();
    }
    for key in rows.keys() {
        range(&client, &key[..2], &after_all(&key[..2]), 5)
            .await
            .unwrap();
        range(&client, key, &after_all(key), 5).await.unwrap();
    }
    assert_eq!(all(&client).await, rows);
    let gone = rows.keys().map(|key| (key.clone(), None));
    write(&client, gone).await.unwrap();
    assert_eq!(scans().await, before);
    let as_usual = "SET enable_seqscan = on";
    client.batch_execute(as_usual).await.unwrap();
    client.query("SELECT FROM orihon.feed", &[]).await.unwrap();
    assert_ne!(scans().await, before, "a control");
}

/// A line that waits for a revision (kind 15), built by hand.
fn awaited(store: &str, revision: u64, line: u16, code: &str) -> Copied {
    let key = [
        &[15],
        store.as_bytes(),
        &[0],
        &revision.to_be_bytes(),
        &[9; 16],
        &line.to_be_bytes(),
    ];
    let length = u8::try_from(code.len()).unwrap();
    (key.concat(), [&[1, length], code.as_bytes()].concat())
}

/// Something that happened to a person's book (kind 19).
fn event(user: [u8; 16], sequence: u64) -> Copied {
    let key = [&[19][..], &user, &sequence.to_be_bytes()].concat();
    (key, [&[1, 1][..], &[7; 16], &[2]].concat())
}

/// A row of each way to be spread, under keys that are close to each other.
fn row() -> impl Strategy<Value = Copied> {
    let store = prop_oneof![
        Just("a"),
        Just("a-"),
        Just("a-b"),
        Just("a0"),
        Just("b"),
        Just("z")
    ];
    let byte = || prop_oneof![Just(0_u8), Just(1), Just(127), Just(128), Just(255)];
    let number = || prop_oneof![0..3_u64, 254..258_u64, Just(u64::MAX)];
    let bytes = |length: usize| {
        (byte(), byte()).prop_map(move |(first, last)| {
            let mut bytes = vec![first; length];
            bytes[length - 1] = last;
            bytes
        })
    };
    prop_oneof![
        (store, number(), 0..3_u16)
            .prop_map(|(store, revision, line)| awaited(store, revision, line, "milk")),
        (bytes(16), number())
            .prop_map(|(user, sequence)| event(user.try_into().unwrap(), sequence)),
        // Found by a hash: whose reference it is.
        bytes(32).prop_map(|hash| ([&[7][..], &hash].concat(), vec![5; 16])),
        // Found by an id: a machine that signs.
        bytes(16).prop_map(|id| {
            let row = [&[1, 1, b'a'][..], &[4; 32]].concat();
            ([&[25][..], &id].concat(), row)
        }),
        // Everywhere: an operator's key.
        bytes(16).prop_map(|id| (
            [&[24][..], &id].concat(),
            [&[1][..], &[6; 32], &[2]].concat()
        )),
    ]
}

/// A bound near the keys that there are: one of them, cut short or made longer.
fn near() -> impl Strategy<Value = Vec<u8>> {
    let tail = vec(prop_oneof![Just(0_u8), Just(1), Just(255)], 0..2);
    (row(), any::<prop::sample::Index>(), tail).prop_map(|((key, _), cut, tail)| {
        let length = 1 + cut.index(key.len());
        [&key[..length], &tail].concat()
    })
}

/// Ranges are those of a sorted map of keys, as the embedded ledger is one, whatever the bounds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ranges_are_sorted_as_the_embedded_ledger_sorts() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    let seen = std::sync::atomic::AtomicUsize::new(0);
    let worlds = (
        btree_map(0..1_000_000_u32, row(), 0..120),
        vec((near(), near(), 1..12_usize), 24),
    );
    tokio::task::block_in_place(|| {
        for_all(40, worlds, |(rows, bounds)| {
            let rows: Rows = rows.into_values().collect();
            let checked = check_ranges(&client, &rows, &bounds);
            let checked = Handle::current().block_on(checked);
            seen.fetch_add(checked, std::sync::atomic::Ordering::Relaxed);
        });
    });
    let ranges = seen.into_inner();
    assert!(ranges > 100, "only {ranges} ranges had a row in them");
}

/// Writes the rows in place of those before them and asks for ranges. Tells how many were not empty.
async fn check_ranges(client: &Client, rows: &Rows, bounds: &[(Vec<u8>, Vec<u8>, usize)]) -> usize {
    let before = all(client).await;
    let gone = before.keys().filter(|key| !rows.contains_key(*key));
    let gone: Vec<Change> = gone.map(|key| (key.clone(), None)).collect();
    write(client, gone.into_iter().chain(puts(rows)))
        .await
        .unwrap();
    assert_eq!(&all(client).await, rows);
    let mut filled = 0;
    for (one, other, limit) in bounds {
        let mut wanted = vec![(one.clone(), after_all(one))];
        if one[0] == other[0] {
            wanted.push((one.min(other).clone(), one.max(other).clone()));
        }
        for (from, end) in wanted {
            let expected: Vec<Copied> = rows
                .range(from.clone()..end.clone())
                .take(*limit)
                .map(|(key, row)| (key.clone(), row.clone()))
                .collect();
            let found = range(client, &from, &end, *limit).await.unwrap();
            assert_eq!(found, expected, "from {from:?} to {end:?}");
            filled += usize::from(!expected.is_empty());
        }
    }
    filled
}

#[tokio::test]
async fn the_last_word_on_a_key_counts() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    let (key, first) = awaited("s-1", 4, 1, "milk");
    let second = awaited("s-1", 4, 1, "bread").1;
    let batch = [
        (key.clone(), Some(first.clone())),
        (key.clone(), None),
        (key.clone(), Some(second.clone())),
    ];
    write(&client, batch).await.unwrap();
    let found = read(&client, [key.clone()], Lock::None).await.unwrap();
    assert_eq!(found, Rows::from([(key.clone(), second)]));
    assert_eq!(
        shown(&client, "SELECT code FROM orihon.awaited_lines").await,
        ["bread"]
    );
    write(&client, [(key.clone(), Some(first.clone()))])
        .await
        .unwrap();
    assert_eq!(
        shown(&client, "SELECT code FROM orihon.awaited_lines").await,
        ["milk"]
    );
}

/// More rows than one statement takes, of several stores.
#[tokio::test]
async fn a_large_batch_is_written_whole() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    let rows: Rows = (0..2_500_u64)
        .map(|nth| {
            awaited(
                ["s-1", "s-2", "s-3"][usize::try_from(nth % 3).unwrap()],
                nth,
                1,
                "a",
            )
        })
        .collect();
    write(&client, puts(&rows)).await.unwrap();
    assert_eq!(
        read(&client, rows.keys().cloned(), Lock::Update)
            .await
            .unwrap(),
        rows
    );
    assert_eq!(insert(&client, rows.clone()).await.unwrap().len(), 2_500);
    write(&client, rows.keys().map(|key| (key.clone(), None)))
        .await
        .unwrap();
    assert_eq!(all(&client).await, Rows::new());
}

#[tokio::test]
async fn an_insert_tells_what_was_there_and_leaves_it() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    let rows = real_rows();
    let settlements: Rows = rows
        .into_iter()
        .filter(|(key, _)| [10, 18].contains(&key[0]))
        .collect();
    let (known, new): (Vec<_>, Vec<_>) = settlements
        .iter()
        .enumerate()
        .partition(|(nth, _)| nth % 2 == 0);
    let known: Rows = known
        .into_iter()
        .map(|(_, (key, row))| (key.clone(), row.clone()))
        .collect();
    assert!(known.len() > 5 && new.len() > 5);
    assert_eq!(
        insert(&client, known.clone()).await.unwrap(),
        BTreeSet::new()
    );
    // Under keys that are there comes what is of another content.
    let of_kind = |key: &[u8]| {
        known
            .iter()
            .find(|(other, _)| other[0] == key[0] && other.last() == key.last())
    };
    let other: Rows = settlements
        .keys()
        .map(|key| {
            let row = if known.contains_key(key) {
                of_kind(key).unwrap().1
            } else {
                &settlements[key]
            };
            (key.clone(), row.clone())
        })
        .collect();
    let there = insert(&client, other).await.unwrap();
    assert!(there.iter().eq(known.keys()));
    assert_eq!(all(&client).await, settlements);
}

#[tokio::test]
async fn nothing_is_sent_of_a_batch_with_a_damaged_row() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    let good = awaited("s-1", 4, 1, "milk");
    let bad = (awaited("s-1", 4, 2, "milk").0, vec![9]);
    let batch = [
        (good.0.clone(), Some(good.1.clone())),
        (bad.0.clone(), Some(bad.1.clone())),
    ];
    let rows: [Copied; 2] = [good, bad];
    for failed in [
        write(&client, batch).await.err(),
        insert(&client, rows).await.err(),
    ] {
        let said = failed.unwrap().to_string();
        assert!(said.contains("awaited line"), "{said}");
    }
    assert_eq!(all(&client).await, Rows::new());
    for key in [vec![], vec![1, 7], vec![2], vec![22], vec![43], vec![15]] {
        assert!(
            read(&client, [key.clone()], Lock::None).await.is_err(),
            "{key:?}"
        );
    }
    assert!(range(&client, &[15], &[17], 1).await.is_err(), "two kinds");
    assert_eq!(range(&client, &[15], &[15], 1).await.unwrap(), []);
}

/// Texts of the first column of the answer.
async fn shown(client: &Client, question: &str) -> Vec<String> {
    let rows = client.query(question, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// What an operator would type. The rows are those of the kept folders.
#[tokio::test]
async fn an_operator_reads_the_columns() {
    let (_, _, database) = made().await;
    let client = connection(&database).await;
    write(&client, puts(&real_rows())).await.unwrap();
    let rows: [(&str, &[&str]); 6] = [
        (
            "SELECT concat_ws(' ', store_id, name, timezone, currency, closed_at IS NOT NULL) \
             FROM orihon.stores ORDER BY store_id",
            &[
                "b-1 Corner Shop America/New_York USD f",
                "lone Corner Shop America/New_York USD f",
                "s-1 Corner Shop America/New_York USD f",
                "s-2 Corner Shop Asia/Tokyo JPY f",
                "shut Corner Shop America/New_York USD t",
            ],
        ),
        (
            "SELECT concat_ws(' ', business_date, terminal, transaction, kind, total, currency, \
             pending_lines, voided, received_at AT TIME ZONE 'UTC') FROM orihon.settlements \
             WHERE store_id = 's-1' AND business_date >= '2017-01-01' \
             AND (kind <> 'sale' OR lines > 2) ORDER BY business_date, terminal, transaction",
            &[
                "2017-01-01 1 back return 50 USD 0 t 2017-01-01 12:13:26",
                "2017-01-01 1 early return 50 USD 0 f 2017-01-01 12:13:26",
                "2017-01-01 1 early void void 50 USD 0 f 2017-01-01 12:13:26",
                "2017-01-01 1 full sale 500 USD 1 f 2017-01-01 12:03:26",
                "2017-01-01 1 labels sale 594 USD 2 f 2017-01-01 12:33:26",
                "2017-01-01 1 no receipt return 50 USD 0 f 2017-01-01 12:13:26",
                "2017-01-01 1 too much return 450 USD 0 f 2017-01-01 12:13:26",
                "2017-01-01 1 void void 10 USD 0 f 2017-01-01 12:13:26",
                "2017-01-01 1 void of return void 50 USD 0 f 2017-01-01 12:13:26",
                "2017-01-02 1 large sale 280 USD 0 f 2017-01-01 12:03:26",
            ],
        ),
        (
            "SELECT concat_ws(' ', store_id, business_date, settlements, lines, pending_lines, \
             totals ->> 'USD') FROM orihon.days ORDER BY store_id, business_date",
            &[
                "b-1 2017-01-01 1 2 1 448",
                "s-1 2017-01-01 4 8 8 1792",
                "s-1 2017-01-02 1 40 0 280",
                "s-2 2017-01-01 1 1 1",
            ],
        ),
        (
            "SELECT concat_ws(' ', code, effective_from AT TIME ZONE 'UTC', revision, \
             coalesce(name, '(discontinued)')) FROM orihon.catalogue_items \
             WHERE store_id = 's-1' ORDER BY code, effective_from, revision",
            &[
                "2212345000000 2017-01-01 11:44:26 1 Ham",
                "2712345000000 2017-01-01 11:44:26 1 Cake",
                "A 2017-01-01 11:44:26 1 Apple",
                "B 2017-01-01 11:44:26 1 Bread",
                "B 2017-01-01 12:23:26 2 (discontinued)",
                "C 2017-01-01 12:53:26 2 Cheese",
                "L 2017-01-01 11:53:26 3 Lemon",
            ],
        ),
        (
            "SELECT concat_ws(' ', store_id, code, count(*)) FROM orihon.pending_lines \
             GROUP BY store_id, code ORDER BY store_id, code",
            &[
                "b-1 X 1",
                "s-1 2254321001989 1",
                "s-1 2712345001984 1",
                "s-1 A 10",
                "s-1 W 1",
                "s-1 X 18",
                "s-2 J 1",
            ],
        ),
        (
            "SELECT concat_ws(' ', s.store_id, s.transaction, p.part, p.total) \
             FROM orihon.settlements AS s JOIN orihon.purchases AS p USING (purchase_id) \
             WHERE s.voided ORDER BY s.transaction, p.part",
            &[
                "s-1 back body 50",
                "s-1 back standing",
                "s-1 other body 10",
                "s-1 other standing",
            ],
        ),
    ];
    for (question, expected) in rows {
        let found = shown(&client, question).await;
        assert_eq!(found, expected, "{question}");
    }
}
