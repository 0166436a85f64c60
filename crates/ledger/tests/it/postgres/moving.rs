//! A ledger that moves from a folder to a database and back: whatever can be read is the same there,
//! row by row and answer by answer; it may be broken off anywhere; and nobody files in two places.

use super::story::{empty_database, options as shared_options};
use crate::content::everything;
use crate::fixture::fill;
use crate::slip::slip;
use crate::story::history;
use crate::world::{World, add_user, at, change, entropy, record, settle, store_id};
use ledger::Ledger;
use ledger::embedded::moving::{
    DatabaseTarget, FolderTarget, Home, MoveError, Moved, Options, Progress, ROWS_PER_PAGE,
    Stretch, Target, stay,
};
use ledger::embedded::open::Found;
use ledger::embedded::shared;
use ledger::fault::{Fault, OpenError};
use ledger::notice::{MoveId, Purpose, Stage};
use ledger::postgres::moving::Cluster;
use ledger::postgres::open::Durability;
use ledger::write::{Changed, Settled, Write};
use purchase::id::UserId;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

mod broken;
mod refused;

/// A key and what lies under it.
type Row = (Vec<u8>, Vec<u8>);

/// Goes on whatever is heard.
fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn options(target: Target) -> Options {
    Options {
        target,
        new_id: MoveId([9; 16]),
        rows_per_page: ROWS_PER_PAGE,
    }
}

fn to_database(world: &World, url: &str) -> Options {
    options(Target::Database(DatabaseTarget {
        url: url.to_owned(),
        keyring_url: None,
        keys: world.path("data.keys"),
        connections_max: 4,
        durability: Durability::Required,
        cluster: Cluster::No,
    }))
}

fn to_folder(world: &World, name: &str) -> Options {
    options(Target::Folder(FolderTarget {
        data: world.path(name),
        keys: None,
    }))
}

/// How a server with the master key of the folder `data` opens the database.
fn in_database(world: &World, url: &str, purpose: Purpose) -> shared::open::Options {
    shared::open::Options {
        keys: world.path("data.keys"),
        purpose,
        ..shared_options(url.to_owned(), &world.path(""), 5)
    }
}

fn open_database(world: &World, url: &str, purpose: Purpose) -> Result<Ledger, OpenError> {
    Ledger::open_shared(&in_database(world, url, purpose)).map(|(ledger, _)| ledger)
}

fn open_folder(world: &World, name: &str, purpose: Purpose) -> Result<Ledger, OpenError> {
    let options = ledger::embedded::open::Options {
        data: world.path(name),
        entropy: entropy(6),
        purpose,
        ..world.options()
    };
    let (ledger, found) = Ledger::open(&options)?;
    assert_eq!(found, Found::Existing);
    Ok(ledger)
}

/// A folder for the keys of `name` with nothing but the master key in it.
fn give_master_key(world: &World, name: &str) {
    let keys = world.path(&format!("{name}.keys"));
    fs::create_dir(&keys).unwrap();
    fs::copy(world.path("data.keys/master.key"), keys.join("master.key")).unwrap();
}

/// All rows of kinds that both ledgers have, and all that is read of them.
fn all_of(ledger: &Ledger) -> (Vec<Row>, String) {
    let rows = ledger.stored_rows().unwrap();
    // Commits, the format and gaps belong to the place.
    let rows = rows
        .into_iter()
        .filter(|row| ![1, 2, 22].contains(&row.key[0]))
        .map(|row| (row.key, row.row));
    let told = everything(ledger);
    let told = told.lines().filter(|line| !line.starts_with("gap "));
    (rows.collect(), told.collect::<Vec<_>>().join("\n"))
}

#[track_caller]
fn is_sound(ledger: &Ledger) {
    let report = ledger.verify(&mut |_| ()).expect("readable");
    assert_eq!(report.problems, [], "{} problems", report.problem_count);
}

#[track_caller]
fn is_elsewhere(opened: Result<Ledger, OpenError>, stage: Stage) {
    match opened {
        Err(OpenError::Elsewhere { notice, .. }) => assert_eq!(notice.stage, stage),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}

/// Whatever is filed there goes on as it would have gone on here.
fn goes_on(ledger: &Ledger, name: &str) -> UserId {
    let user_id = add_user(ledger, name);
    let sale = slip(name).line("A", "1", 10).buyer(user_id).content();
    record(ledger, &sale, at(90));
    let unclaimed = slip(&format!("{name} too")).line("A", "1", 10).content();
    record(ledger, &unclaimed, at(90));
    let again = settle(ledger, &sale, at(91));
    assert!(matches!(again, Settled::AlreadyRecorded(_)));
    is_sound(ledger);
    user_id
}

/// There, filed on, back, and filed on.
fn there_and_back(world: &World) {
    let url = empty_database();
    let source = open_folder(world, "data", Purpose::Read).expect("it is there");
    let before = all_of(&source);
    let moved = source.move_to(&to_database(world, &url), &mut go_on);
    let Moved::Now(summary) = moved.expect("moved") else {
        panic!("it was there before");
    };
    assert_eq!(usize::try_from(summary.rows).unwrap(), before.0.len());
    drop(source);
    is_elsewhere(open_folder(world, "data", Purpose::Serve), Stage::Left);
    let database = open_database(world, &url, Purpose::Serve).expect("it is there");
    assert_eq!(all_of(&database), before);
    is_sound(&database);
    let first = goes_on(&database, "zoe");
    let second = goes_on(&database, "yan");
    let erase = Write::Erase { user_id: second };
    assert_eq!(change(&database, erase, at(92)), Changed::Done);
    is_sound(&database);

    let before = all_of(&database);
    give_master_key(world, "back");
    let source = open_database(world, &url, Purpose::Read).expect("it is there");
    let moved = source.move_to(&to_folder(world, "back"), &mut go_on);
    assert!(matches!(moved.expect("moved"), Moved::Now(_)));
    // A server that ran on reads on, and files nothing.
    let add = Write::AddStore(Box::new(crate::world::shop("s-9")));
    let refused = database.commit(vec![add], at(93));
    assert!(matches!(refused, Err(Fault::Moving)), "{refused:?}");
    assert!(!database.is_stopped());
    assert_eq!(all_of(&database), before);
    drop((source, database));
    is_elsewhere(open_database(world, &url, Purpose::Serve), Stage::Left);
    let back = open_folder(world, "back", Purpose::Serve).expect("it is there");
    assert_eq!(all_of(&back), before);
    is_sound(&back);
    assert!(back.page(first, &Default::default(), 9, &|_| true).is_ok());
    goes_on(&back, "xia");
    // Keys that came with the move and keys that were made since are destroyed alike.
    for user_id in [first, goes_on(&back, "wim")] {
        let erase = Write::Erase { user_id };
        assert_eq!(change(&back, erase, at(94)), Changed::Done);
    }
    is_sound(&back);
    drop(back);
    let back = open_folder(world, "back", Purpose::Serve).expect("it is there");
    is_sound(&back);
    assert_eq!(back.verify(&mut |_| ()).unwrap().erased, erased(&back));
}

/// Purchases of whom nothing but the erasure is known.
fn erased(ledger: &Ledger) -> u64 {
    let rows = ledger.stored_rows().unwrap();
    let owners: Vec<Vec<u8>> = rows
        .iter()
        .filter(|row| row.key[0] == 21)
        .map(|row| row.key[1..].to_vec())
        .collect();
    let is_theirs = |key: &[u8]| key[0] == 18 && owners.iter().any(|it| key[1..18] == it[..]);
    let bodies = rows
        .iter()
        .filter(|row| is_theirs(&row.key) && row.key[34] == 0);
    u64::try_from(bodies.count()).unwrap()
}

#[test]
fn every_kind_of_row_moves_there_and_back() {
    let fills: [fn(&Path); 6] = [
        fill::fill,
        fill::fill_chains,
        fill::fill_labels,
        fill::fill_codes,
        fill::fill_identities,
        fill::fill_operators,
    ];
    for fill in fills {
        let world = World::new();
        fill(&world.path("data"));
        there_and_back(&world);
    }
}

#[test]
fn random_histories_move_there_and_back() {
    history::some_histories(4, &|tale| {
        let world = World::new();
        tale(&world.open(1));
        there_and_back(&world);
    });
}

/// All that is heard of a stretch comes to what there is, as far as it can be known beforehand.
#[test]
fn progress_is_counted_in_rows() {
    let world = World::new();
    fill::fill(&world.path("data"));
    let url = empty_database();
    let hear = |source: &Ledger, target: &Options, stop: Option<u64>| {
        let (mut heard, mut copied) = (Vec::<Progress>::new(), 0);
        let moved = source.move_to(target, &mut |progress| {
            copied += progress.more;
            heard.push(progress);
            match stop {
                Some(after) if copied >= after => ControlFlow::Break(()),
                Some(_) | None => ControlFlow::Continue(()),
            }
        });
        (heard, moved)
    };
    let of = |heard: &[Progress], stretch| {
        let of: Vec<_> = heard.iter().filter(|it| it.stretch == stretch).collect();
        assert!(
            of.iter()
                .all(|it| (it.about, it.before) == (of[0].about, of[0].before))
        );
        let more: u64 = of.iter().map(|it| it.more).sum();
        (of[0].about, of[0].before, more)
    };
    let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
    let small = Options {
        rows_per_page: 10,
        ..to_database(&world, &url)
    };
    let (heard, moved) = hear(&source, &small, Some(50));
    assert!(matches!(moved, Err(MoveError::BrokenOff)));
    assert_eq!(of(&heard, Stretch::Copying).1, 0);
    broken::sql(&url, "ANALYZE");
    let (heard, moved) = hear(&source, &small, None);
    let Moved::Now(summary) = moved.expect("moved") else {
        panic!("it was there before");
    };
    // A folder counts its commits as well, and what was written over.
    let (about, before, more) = of(&heard, Stretch::Copying);
    assert!(about >= summary.rows, "{about} of {}", summary.rows);
    // The statistics of a database may count what was just written twice.
    assert!((50..180).contains(&before), "{before}");
    let there = before + more;
    assert!(there >= summary.rows && more < summary.rows);
    let (about, _, more) = of(&heard, Stretch::Keys);
    assert!(more > 0 && about >= more, "{about} {more}");
    let (about, _, more) = of(&heard, Stretch::Comparing);
    assert_eq!((about, more), (there, summary.rows));
    drop(source);

    broken::sql(&url, "ANALYZE");
    give_master_key(&world, "back");
    let source = open_database(&world, &url, Purpose::Read).expect("it is there");
    let (heard, moved) = hear(&source, &to_folder(&world, "back"), None);
    assert!(matches!(moved.expect("moved"), Moved::Now(_)));
    let (about, before, more) = of(&heard, Stretch::Copying);
    // A new folder has one row of its own, which says what form the others have.
    assert_eq!((before, more), (1, summary.rows));
    assert!((more..=more * 3).contains(&about), "{about} of {more}");
    let (about, _, more) = of(&heard, Stretch::Keys);
    assert!(more > 0 && about >= more, "{about} {more}");
}

/// A turn that is under way is waited for, and what it writes is in the copy.
#[test]
fn a_turn_under_way_is_waited_for() {
    let world = World::new();
    let url = empty_database();
    crate::world::town(&open_database(&world, &url, Purpose::Serve).expect("it is made"));
    give_master_key(&world, "back");
    let source = open_database(&world, &url, Purpose::Read).expect("it is there");
    let before = all_of(&source).0.len();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let [holder, looker] = [(); 2].map(|()| {
        let connect = tokio_postgres::connect(&url, tokio_postgres::NoTls);
        let (client, connection) = runtime.block_on(connect).expect("the server is up");
        runtime.spawn(connection);
        client
    });
    let ask = |client: &tokio_postgres::Client, text: &str| {
        let rows = runtime.block_on(client.simple_query(text));
        rows.expect("it answers").len()
    };
    ask(
        &holder,
        "BEGIN; SELECT FROM orihon.turns WHERE store_id = 's-1' FOR UPDATE",
    );
    let is_waited_for = "SELECT 1 FROM pg_stat_activity \
         WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let summary = std::thread::scope(|threads| {
        let (heard, hears) = std::sync::mpsc::channel();
        let (source, target) = (&source, to_folder(&world, "back"));
        let moving = threads.spawn(move || {
            source.move_to(&target, &mut |progress| {
                heard.send(progress).expect("somebody hears");
                go_on(progress)
            })
        });
        // Of an answer with a row there is more than its end.
        while ask(&looker, is_waited_for) < 3 {
            let early = hears.try_recv();
            assert!(early.is_err(), "it did not wait: {early:?}");
        }
        assert!(hears.try_recv().is_err(), "it did not wait");
        ask(
            &holder,
            "INSERT INTO orihon.secrets (hash, key, row) VALUES (sha256('new'), \
             '\\x05' || sha256('new'), '\\x01'); COMMIT",
        );
        let moved = moving.join().expect("no panic").expect("moved");
        drop(hears);
        moved
    });
    let Moved::Now(summary) = summary else {
        panic!("it was there before");
    };
    assert_eq!(usize::try_from(summary.rows).unwrap(), before + 1);
}

/// What two servers file while the move begins is there, or was refused.
#[test]
fn no_write_slips_in_behind_the_copy() {
    let world = World::new();
    let url = empty_database();
    let serve = |seed| {
        let options = in_database(&world, &url, Purpose::Serve);
        let options = shared::open::Options {
            entropy: entropy(seed),
            ..options
        };
        Ledger::open_shared(&options).expect("it opens").0
    };
    let (one, two) = (serve(11), serve(12));
    crate::world::town(&one);
    two.renew().expect("readable");
    give_master_key(&world, "back");
    let (files, is_filing) = std::sync::mpsc::channel();
    let file = |ledger: &Ledger, name: &str| {
        let mut filed = 0_u64;
        for nth in 0..20_000 {
            let sale = slip(&format!("{name}-{nth}")).line("A", "1", 10).content();
            let prepared = crate::world::prepare(ledger, &sale, at(1));
            if nth == 20 {
                files.clone().send(()).expect("somebody waits");
            }
            match ledger.commit(vec![Write::Settle(Box::new(prepared))], at(1)) {
                Ok(_) => filed += 1,
                Err(Fault::Moving) => return filed,
                Err(fault) => panic!("{fault}"),
            }
        }
        panic!("the move never began");
    };
    let filed = std::thread::scope(|threads| {
        let both = [(&one, "one"), (&two, "two")]
            .map(|(ledger, name)| threads.spawn(move || file(ledger, name)));
        let source = open_database(&world, &url, Purpose::Read).expect("it is there");
        for _ in &both {
            is_filing.recv().expect("both file");
        }
        let moved = source.move_to(&to_folder(&world, "back"), &mut go_on);
        assert!(matches!(moved.expect("moved"), Moved::Now(_)));
        both.map(|filing| filing.join().expect("no panic"))
    });
    assert!(filed.iter().all(|filed| *filed > 0), "{filed:?}");
    let back = open_folder(&world, "back", Purpose::Serve).expect("it is there");
    assert_eq!(
        back.verify(&mut |_| ()).unwrap().settlements,
        filed.iter().sum::<u64>()
    );
    assert!(back.store(&store_id("s-1")).is_some());
}
