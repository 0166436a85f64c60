//! A ledger in a database, verified as it is at one moment: damage that is done to it in SQL is found and
//! named, and servers that go on writing are no damage.

use super::cut::{Callers, ROUNDS, busy};
use super::server::ADMIN;
use super::story::{Steps, empty_database, open_new, options};
use super::two::Two;
use crate::fixture::fill;
use crate::slip::slip;
use crate::world::{
    DAY, at, branch, catalogue, change, claim, entropy, give_code, named, record, step, store_id,
    text, update_patterns,
};
use ledger::Ledger;
use ledger::embedded::shared::open::Options;
use ledger::fault::{Fault, OpenError};
use ledger::write::{Chaining, Changed, Claimed, Credential, Joining, Step, Write};
use purchase::id::DeviceId;
use purchase::settlement::ClaimHash;
use purchase::store::ChainId;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

/// A database with a row in every table, a copy of each table, and somebody who speaks SQL to it.
struct Damaged {
    options: Options,
    runtime: Runtime,
    client: Client,
    tables: Vec<String>,
    _folder: TempDir,
}

impl Damaged {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = options(empty_database(), folder.path(), 1);
        let ledger = open_new(Steps::Two, &options);
        furnish(&ledger);
        drop(ledger);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let client = runtime.block_on(async {
            let connected = tokio_postgres::connect(&options.url, NoTls).await;
            let (client, connection) = connected.expect("the server is up");
            tokio::spawn(connection);
            client
        });
        let mut this = Self {
            options,
            runtime,
            client,
            tables: Vec::new(),
            _folder: folder,
        };
        let names = "SELECT table_name::text FROM information_schema.columns \
                     WHERE table_schema = 'orihon' AND column_name = 'row' ORDER BY 1";
        this.tables = this.asked(names);
        this.tables.retain(|name| name != "to_file");
        this.sql("CREATE SCHEMA saved");
        for schema_and_name in this.all() {
            let (schema, name) = schema_and_name;
            this.sql(&format!(
                "CREATE TABLE saved.{name} AS TABLE {schema}.{name}"
            ));
        }
        this
    }

    /// Every table that is damaged, with its schema.
    fn all(&self) -> Vec<(&'static str, String)> {
        let own = self.tables.iter().map(|name| ("orihon", name.clone()));
        let others = [("orihon", "turns"), ("orihon_keys", "keys")];
        let others = others.map(|(schema, name)| (schema, name.to_owned()));
        own.chain(others).collect()
    }

    fn sql(&self, text: &str) {
        let done = self.runtime.block_on(self.client.batch_execute(text));
        done.unwrap_or_else(|error| panic!("{text}: {error:?}"));
    }

    /// The texts that a question is answered with.
    fn asked(&self, text: &str) -> Vec<String> {
        let rows = self.runtime.block_on(self.client.query(text, &[]));
        let rows = rows.unwrap_or_else(|error| panic!("{text}: {error:?}"));
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// What is wrong after this damage, which is undone again.
    fn after(&self, damage: &str) -> Vec<String> {
        self.sql(damage);
        let wrong = wrong(&self.options);
        for (schema, name) in self.all() {
            let whole = format!("{schema}.{name}");
            if damage.contains(&whole) {
                self.sql(&format!(
                    "DELETE FROM {whole}; INSERT INTO {whole} SELECT * FROM saved.{name}"
                ));
            }
        }
        wrong
    }
}

/// All that is wrong now, as a moment shows it.
fn wrong(options: &Options) -> Vec<String> {
    let ledger = Ledger::open_moment(options).expect("it opens");
    let report = ledger.verify(&mut |_| ()).expect("readable");
    assert_eq!(report.problem_count == 0, report.problems.is_empty());
    let told = report.problems.into_iter();
    told.map(|problem| format!("{}: {}", problem.what, problem.wrong))
        .collect()
}

/// A row in every table.
fn furnish(ledger: &Ledger) {
    let [ada, ..] = fill::furnish(ledger);
    let lea = fill::come_in(ledger);
    fill::consent(ledger, lea);
    fill::act(ledger);
    fill::ask(ledger);
    fill::live_together(ledger);
    fill::report_and_wish(ledger);
    fill::merge(ledger);
    let chain_id = || ChainId::parse("north").expect("a chain");
    let chained = |device: u8, credential| {
        Write::Chain(Chaining::Device {
            chain_id: chain_id(),
            device_id: DeviceId([device; 16]),
            name: text("head office"),
            credential,
        })
    };
    let writes = [
        chained(31, Credential::Hash([31; 32])),
        chained(32, Credential::PublicKey([32; 32])),
        Write::Joining(Joining::Signer {
            store_id: store_id("s-1"),
            device_id: DeviceId([33; 16]),
            name: text("till 33"),
            public_key: [33; 32],
        }),
        Write::Joining(Joining::Pairing {
            code_hash: [34; 32],
            store_id: store_id("s-1"),
            name: text("till 34"),
            expires_at: at(90),
        }),
        Write::AddStore(Box::new(purchase::store::Store {
            catalogue_of: Some(store_id("s-1")),
            ..branch("b-1", "north")
        })),
    ];
    for write in writes {
        assert_eq!(change(ledger, write, at(30)), Changed::Done);
    }
    give_code(ledger, ada, "91-a", (0, DAY));
    assert_eq!(
        claim(ledger, ada, ClaimHash([1; 32]), at(30)),
        Claimed::Waiting
    );
    update_patterns(ledger, 3, vec![], at(-9), &["22IIIIIPPPPPC"]);
    let label = slip("label").line("2254321001989", "1", 198).buyer(ada);
    record(ledger, &label.content(), at(40));
    for next in [
        Step::Begin,
        Step::Part(vec![named("staged", "Staged", at(50))]),
    ] {
        catalogue(ledger, step(4, 9, next), at(50));
    }
}

#[test]
fn what_is_undamaged_agrees_and_no_table_is_empty() {
    let town = Damaged::new();
    assert_eq!(wrong(&town.options), [""; 0]);
    for (schema, name) in town.all() {
        let count = format!("SELECT count(*)::text FROM {schema}.{name}");
        assert_ne!(town.asked(&count), ["0"], "{name} has no row to damage");
    }
}

/// Each column that people read is changed in the first row of every table, and each is named.
#[test]
fn a_column_that_says_something_else_is_named() {
    let town = Damaged::new();
    for table in &town.tables {
        let columns = format!(
            "SELECT column_name || ' = ' || CASE data_type \
             WHEN 'text' THEN 'coalesce(' || column_name || ', '''') || ''x''' \
             WHEN 'bigint' THEN 'coalesce(' || column_name || ', 0) + 1' \
             WHEN 'boolean' THEN 'NOT coalesce(' || column_name || ', false)' \
             WHEN 'date' THEN column_name || ' + 1' \
             WHEN 'jsonb' THEN '''{{\"JPX\": 1}}''' \
             WHEN 'timestamp with time zone' THEN \
             'coalesce(' || column_name || ', ''epoch'') + interval ''1 second''' END \
             FROM information_schema.columns WHERE table_schema = 'orihon' \
             AND table_name = '{table}' AND column_name NOT IN ('key', 'row') \
             AND ordinal_position > (SELECT ordinal_position FROM information_schema.columns \
             WHERE table_schema = 'orihon' AND table_name = '{table}' AND column_name = 'row') \
             ORDER BY ordinal_position"
        );
        let sets = town.asked(&columns);
        if sets.is_empty() {
            continue;
        }
        let names: Vec<&str> = sets
            .iter()
            .filter_map(|set| set.split_once(" = "))
            .map(|(name, _)| name)
            .collect();
        let wrong = town.after(&format!(
            "UPDATE orihon.{table} SET {} WHERE key = (SELECT key FROM orihon.{table} ORDER BY key LIMIT 1)",
            sets.join(", ")
        ));
        let [wrong] = &wrong[..] else {
            panic!("{table}: {wrong:#?}")
        };
        let expected = format!(
            " of {table}: of its columns these say something else than the row: {}",
            names.join(", ")
        );
        assert!(
            wrong.starts_with("row ") && wrong.ends_with(&expected),
            "{wrong}"
        );
    }
}

/// A bit of the first byte of one row, and one of the last, in every table.
#[test]
fn a_flipped_bit_is_found() {
    // What ends these rows stands nowhere else: how far a catalogue had come before its lineage changed,
    // the slot of a key, which a database does not use, a batch that was filed, what a machine told of itself, what
    // an operator did, and when an account was empty that went into another.
    const ONLY_THERE: [&str; 7] = [
        "audit",
        "catalogue_heads",
        "catalogue_stagings",
        "device_reports",
        "erasures",
        "filed",
        "mergers",
    ];
    let town = Damaged::new();
    let bits: [(&str, u8, &[&str]); 2] = [("0", 64, &[]), ("length(row) - 1", 1, &ONLY_THERE)];
    for (byte, bit, expected) in bits {
        let mut unfound = Vec::new();
        for table in &town.tables {
            let wrong = town.after(&format!(
                "UPDATE orihon.{table} SET row = set_byte(row, {byte}, get_byte(row, {byte}) # {bit}) \
                 WHERE key = (SELECT key FROM orihon.{table} WHERE length(row) > 0 ORDER BY key LIMIT 1)"
            ));
            if wrong.is_empty() {
                unfound.push(table);
            }
        }
        assert_eq!(unfound, expected, "byte {byte}");
    }
}

/// A row that is gone, in every table to whose rows something leads.
#[test]
fn a_missing_row_is_found() {
    // Nothing leads to the last of these rows: of an update that is not finished, of what came under a
    // key as well, of what machines told and stores are asked for, of a feed, of batches that were filed, of codes
    // that nobody has used, of an account that went into another and is empty, and of what operators did.
    const LOOSE: [&str; 9] = [
        "audit",
        "catalogue_items",
        "conflicts",
        "device_reports",
        "feed",
        "filed",
        "mergers",
        "name_wishes",
        "pairings",
    ];
    let town = Damaged::new();
    let mut unfound = Vec::new();
    for table in &town.tables {
        let wrong = town.after(&format!(
            "DELETE FROM orihon.{table} WHERE key = (SELECT key FROM orihon.{table} ORDER BY key DESC LIMIT 1)"
        ));
        if wrong.is_empty() {
            unfound.push(table);
        }
    }
    assert_eq!(unfound, LOOSE);
}

#[test]
fn what_lies_elsewhere_is_found() {
    let town = Damaged::new();
    let other = "(SELECT owner FROM orihon.purchases ORDER BY owner DESC LIMIT 1)";
    let first = "(SELECT key FROM orihon.purchases ORDER BY key LIMIT 1)";
    let rows = [
        // Under another owner, and its key says so: the seal knows.
        (
            format!(
                "UPDATE orihon.purchases SET owner = {other}, \
                 key = overlay(key PLACING {other} FROM 2) WHERE key = {first}"
            ),
            "damaged",
        ),
        // Under another owner than its key says.
        (
            format!("UPDATE orihon.purchases SET owner = {other} WHERE key = {first}"),
            "it lies under another owner than its key names",
        ),
        (
            "UPDATE orihon.days SET store_id = 'zzz'".to_owned(),
            "it lies under another store_id than its key names",
        ),
        // In a table of another kind.
        (
            "UPDATE orihon.days SET key = set_byte(key, 0, 200)".to_owned(),
            "no row of this table has such a key",
        ),
        (
            "DELETE FROM orihon.turns WHERE store_id = 's-1'".to_owned(),
            "store s-1: there is no row in turns",
        ),
        (
            "DELETE FROM orihon.turns WHERE store_id = ''".to_owned(),
            "those who write for no store: there is no row in turns",
        ),
        // Keys of owners who have something to open, and no erasure on record.
        (
            "UPDATE orihon_keys.keys SET state = 0, wrapped = NULL WHERE state = 1".to_owned(),
            "the key of",
        ),
        ("DELETE FROM orihon_keys.keys".to_owned(), "the key of"),
        (
            "UPDATE orihon_keys.keys SET wrapped = set_byte(wrapped, 20, \
             get_byte(wrapped, 20) # 1) WHERE state = 1"
                .to_owned(),
            "damaged",
        ),
    ];
    for (damage, expected) in rows {
        let wrong = town.after(&damage);
        let is_found = wrong.iter().any(|wrong| wrong.contains(expected));
        assert!(is_found, "{damage}: {wrong:#?}");
    }
    assert_eq!(
        wrong(&town.options),
        [""; 0],
        "the control: all is put back"
    );
}

/// Two servers file, name and erase while it is verified again and again: each moment agrees.
#[test]
fn servers_that_go_on_writing_are_no_damage() {
    for two in Two::each_in_town() {
        let folder = two.folder();
        let options = options(two.url.clone(), &folder, 9);
        let (is_over, aways) = (AtomicBool::new(false), AtomicU32::new(0));
        let looks = std::thread::scope(|scope| {
            let looker = scope.spawn(|| {
                let mut looks = 0;
                while !is_over.load(Ordering::SeqCst) || looks == 0 {
                    assert_eq!(wrong(&options), [""; 0]);
                    looks += 1;
                }
                looks
            });
            two.at_once(|nth, ledger| {
                let callers = Callers {
                    ledger,
                    aways: &aways,
                    answered: &AtomicU32::new(0),
                };
                busy(&callers, u8::try_from(nth).expect("one of two"), 0..ROUNDS)
            });
            is_over.store(true, Ordering::SeqCst);
            looker.join().expect("each moment agrees")
        });
        println!("verified {looks} times meanwhile");
        two.is_sound();
    }
}

#[test]
fn a_moment_stays_and_takes_no_writes() {
    let two = Two::in_town(Steps::One);
    let options = options(two.url.clone(), &two.folder(), 9);
    let moment = Ledger::open_moment(&options).expect("it opens");
    let sale = slip("late").line("A", "1", 10).content();
    record(&two.one, &sale, at(0));
    assert!(two.other.recorded(&sale.key).expect("readable").is_some());
    assert!(moment.recorded(&sale.key).expect("readable").is_none());
    let shut = Write::CloseStore {
        store_id: store_id("s-1"),
    };
    let refused = moment.commit(vec![shut], at(1));
    assert!(matches!(refused, Err(Fault::Stopped)), "{refused:?}");
    assert_eq!(
        two.one.store(&store_id("s-1")).expect("there").closed_at,
        None
    );
}

#[test]
fn where_no_ledger_is_none_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = options(empty_database(), folder.path(), 1);
    for _ in 0..2 {
        let Err(OpenError::Database(refusal)) = Ledger::open_moment(&options) else {
            panic!("there is none")
        };
        let said = refusal.to_string();
        assert!(
            said.starts_with("there is no ledger in database test_"),
            "{said}"
        );
        assert!(
            said.contains(&format!("as {ADMIN}: it is empty; name the")),
            "{said}"
        );
    }
    assert!(!folder.path().join("keys").exists());
    // Without the master key nothing is opened.
    let made = Ledger::open_shared(&options).expect("the ledger opens").0;
    drop(made);
    let elsewhere = Options {
        keys: folder.path().join("elsewhere"),
        entropy: entropy(3),
        ..options
    };
    let refused = Ledger::open_moment(&elsewhere);
    assert!(matches!(refused, Err(OpenError::MasterKeyMissing { .. })));
}
