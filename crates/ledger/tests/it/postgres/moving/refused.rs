//! Where a ledger does not move to, or from: each with what to do about it, and left as it was.

use super::super::story::Session;
use super::broken::sql;
use super::*;
use std::fmt::Write as _;

/// Makes the target something else than it should be.
type Spoil = fn(&World, &str);

/// What the target is, and what is said of it.
const DATABASES: &[(Spoil, &str)] = &[
    (
        |_, url| sql(url, "CREATE TABLE public.invoices (number integer)"),
        "holds other tables, such as public.invoices",
    ),
    (
        |world, url| {
            let options = shared_options(url.to_owned(), &world.path("other"), 8);
            drop(Ledger::open_shared(&options).expect("it opens"));
        },
        "holds another ledger; make a database of its own",
    ),
    (
        |world, url| {
            let options = shared_options(url.to_owned(), &world.path("other"), 8);
            drop(Ledger::open_shared(&options).expect("it opens"));
            sql(url, "DROP SCHEMA orihon CASCADE");
        },
        "belongs to the ledger",
    ),
    (
        |world, _| fs::remove_file(world.path("data.keys/master.key")).unwrap(),
        "copy master.key there",
    ),
];

const FOLDERS: &[(Spoil, &str)] = &[
    (
        |world, _| fs::create_dir_all(world.path("back/photos")).unwrap(),
        "back is not empty; name a folder that is not there yet",
    ),
    (
        |world, _| fs::create_dir_all(world.path("back.moving/ledger")).unwrap(),
        "back.moving is half a copy that another move left",
    ),
    (
        |world, _| fs::write(world.path("back.keys/keyring"), "").unwrap(),
        "is the keyring of another data folder",
    ),
    (
        |world, _| fs::remove_file(world.path("back.keys/master.key")).unwrap(),
        "copy master.key there",
    ),
];

#[track_caller]
fn is_refused(source: &Ledger, target: &Options, says: &str) {
    let refused = source.move_to(target, &mut go_on).expect_err(says);
    let said = refused.to_string();
    assert!(said.contains(says), "{said}");
}

#[test]
fn a_database_that_is_not_free_is_left_alone() {
    for (spoil, says) in DATABASES {
        let world = World::new();
        fill::fill_labels(&world.path("data"));
        let url = empty_database();
        let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
        let master = fs::read(world.path("data.keys/master.key")).unwrap();
        spoil(&world, &url);
        let before = relations(&url);
        is_refused(&source, &to_database(&world, &url), says);
        assert_eq!(relations(&url), before, "{says}");
        drop(source);
        fs::write(world.path("data.keys/master.key"), master).unwrap();
        is_sound(&open_folder(&world, "data", Purpose::Serve).expect("it does not move"));
    }
}

#[test]
fn a_folder_that_is_not_free_is_left_alone() {
    for (spoil, says) in FOLDERS {
        let world = World::new();
        let url = empty_database();
        let served = open_database(&world, &url, Purpose::Serve).expect("it is made");
        crate::world::town(&served);
        give_master_key(&world, "back");
        spoil(&world, &url);
        let source = open_database(&world, &url, Purpose::Read).expect("it is there");
        is_refused(&source, &to_folder(&world, "back"), says);
        assert!(!world.path("back/ledger").exists());
        goes_on(&served, "zoe");
    }
}

/// Every relation of the database, in order.
fn relations(url: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        let question = "SELECT relname::text, COALESCE(obj_description(oid), '') \
             FROM pg_class WHERE relkind = 'r' AND relnamespace \
             NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) ORDER BY 1";
        let mut told = String::new();
        for row in client.query(question, &[]).await.unwrap() {
            let (name, comment): (String, String) = (row.get(0), row.get(1));
            writeln!(told, "{name}: {comment}").expect("a text takes all");
        }
        told
    })
}

#[test]
fn what_is_not_there_does_not_move() {
    let world = World::new();
    let nothing = open_folder(&world, "nothing", Purpose::Read);
    assert!(matches!(nothing, Err(OpenError::NoLedger { .. })));
    assert!(!world.path("nothing").exists());
    let url = empty_database();
    let Err(empty) = open_database(&world, &url, Purpose::Read) else {
        panic!("it was opened");
    };
    assert!(empty.to_string().contains("holds no ledger"), "{empty}");
    assert_eq!(relations(&url), "");
}

/// Where a ledger was before it moved, it does not move again, nor back into its own leavings.
#[test]
fn what_has_moved_does_not_move_again() {
    let world = World::new();
    fill::fill_labels(&world.path("data"));
    let url = empty_database();
    let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
    source
        .move_to(&to_database(&world, &url), &mut go_on)
        .expect("moved");
    is_refused(&source, &to_database(&world, &url), "has moved to database");
    let database = open_database(&world, &url, Purpose::Read).expect("it is there");
    is_refused(&database, &to_folder(&world, "data"), "data is not empty");
    // Taken back, it is a second one, and the first goes on.
    drop(source);
    stay(&Home::Folder(world.path("data")), Durability::Required).expect("taken back");
    let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
    let other = Options {
        new_id: MoveId([5; 16]),
        ..to_database(&world, &url)
    };
    is_refused(
        &source,
        &other,
        "holds this ledger and is where it is served",
    );
    give_master_key(&world, "back");
    let moved = database.move_to(&to_folder(&world, "back"), &mut go_on);
    moved.expect("moved");
    let back = open_folder(&world, "back", Purpose::Read).expect("it is there");
    let other = Options {
        new_id: MoveId([4; 16]),
        ..to_database(&world, &url)
    };
    is_refused(&back, &other, "holds this ledger as it was before it moved");
}

/// What Citus would be asked, asked of functions that only note it.
const NOTING: &str = "CREATE FUNCTION create_reference_table(of regclass) RETURNS void \
     LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('COMMENT ON TABLE %s IS %L', of, 'everywhere'); \
     END $$; \
     CREATE FUNCTION create_distributed_table(of regclass, by text, colocate_with text) \
     RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
     EXECUTE format('COMMENT ON TABLE %s IS %L', of, by || ' with ' || colocate_with); END $$";

#[test]
fn tables_are_spread_where_there_is_citus() {
    let world = World::new();
    fill::fill_labels(&world.path("data"));
    let url = empty_database();
    let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
    let spread = || {
        let mut options = to_database(&world, &url);
        if let Target::Database(target) = &mut options.target {
            target.cluster = Cluster::Citus;
        }
        options
    };
    is_refused(&source, &spread(), "has no Citus, which --citus is for");
    assert_eq!(relations(&url), "");
    sql(&url, NOTING);
    source.move_to(&spread(), &mut go_on).expect("moved");
    let told = relations(&url);
    for expected in [
        "ledger: everywhere",
        "stores: everywhere",
        "turns: store_id with none",
        "settlements: store_id with orihon.turns",
        "purchases: owner with orihon.users",
        "secrets: hash with none",
    ] {
        assert!(told.lines().any(|line| line == expected), "{told}");
    }
    let there = open_database(&world, &url, Purpose::Serve).expect("it is there");
    is_sound(&there);
    // What is spread commits in two steps, which leaves a mark with the person.
    goes_on(&there, "zoe");
    let marks = Session::at(&url).number("SELECT count(*) FROM orihon.filed");
    assert_eq!(marks, 1);
}
