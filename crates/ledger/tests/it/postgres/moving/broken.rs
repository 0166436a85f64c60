//! A move that is broken off, at any point, goes on; and one whose ends differ is not ended.

use super::*;
use std::time::Duration;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// Carries out SQL behind the ledger's back.
pub(super) fn sql(url: &str, text: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(text).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}

/// Breaks off after so many pages, and once in each later part.
struct Breaks {
    pages: u64,
    is_broken: [bool; 2],
    copied: u64,
}

impl Breaks {
    fn hear(&mut self, progress: Progress) -> ControlFlow<()> {
        let place = match progress.stretch {
            Stretch::Copying => {
                self.pages += u64::from(progress.more > 0);
                self.copied += progress.more;
                if self.pages == 7 {
                    self.pages = 0;
                    return ControlFlow::Break(());
                }
                return ControlFlow::Continue(());
            }
            Stretch::Keys => 0,
            Stretch::Comparing => 1,
        };
        if std::mem::replace(&mut self.is_broken[place], true) {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(())
    }
}

/// Moves it with breaks, and says how many there were.
fn move_with_breaks(
    source: &dyn Fn() -> Ledger,
    target: &dyn Fn() -> Options,
    between: &dyn Fn(),
) -> u64 {
    let mut breaks = Breaks {
        pages: 0,
        is_broken: [false; 2],
        copied: 0,
    };
    for attempt in 0..10_000 {
        let options = Options {
            rows_per_page: 1,
            new_id: MoveId([u8::try_from(attempt % 251).unwrap(); 16]),
            ..target()
        };
        let moved = source().move_to(&options, &mut |progress| breaks.hear(progress));
        match moved {
            Ok(Moved::Now(summary)) => {
                assert_eq!(breaks.copied, summary.rows, "no row was copied twice");
                return attempt;
            }
            Err(MoveError::BrokenOff) => between(),
            other => panic!("{other:?}"),
        }
    }
    panic!("it never ends");
}

#[test]
fn a_move_that_is_broken_off_goes_on() {
    let world = World::new();
    fill::fill(&world.path("data"));
    let url = empty_database();
    let folder = || open_folder(&world, "data", Purpose::Read).expect("it is there");
    let before = all_of(&folder());
    let breaks = move_with_breaks(&folder, &|| to_database(&world, &url), &|| {
        is_elsewhere(open_folder(&world, "data", Purpose::Serve), Stage::Leaving);
        is_elsewhere(open_database(&world, &url, Purpose::Serve), Stage::Arriving);
    });
    assert!(breaks > 10, "{breaks}");
    let database = || open_database(&world, &url, Purpose::Read).expect("it is there");
    assert_eq!(all_of(&database()), before);
    give_master_key(&world, "back");
    let breaks = move_with_breaks(&database, &|| to_folder(&world, "back"), &|| {
        is_elsewhere(open_database(&world, &url, Purpose::Serve), Stage::Leaving);
        assert!(!world.path("back").exists());
        is_elsewhere(open_in_the_making(&world), Stage::Arriving);
    });
    assert!(breaks > 10, "{breaks}");
    let back = open_folder(&world, "back", Purpose::Serve).expect("it is there");
    assert_eq!(all_of(&back), before);
    is_sound(&back);
}

/// A half copy is no data folder yet, whatever it is named.
fn open_in_the_making(world: &World) -> Result<Ledger, OpenError> {
    let making = world.path("back.moving");
    fs::write(making.join("lock"), "").unwrap();
    let opened = open_folder(world, "back.moving", Purpose::Serve);
    fs::remove_file(making.join("lock")).unwrap();
    opened
}

/// What a kill between the last steps leaves behind.
#[test]
fn a_move_that_ended_and_did_not_say_so_is_ended() {
    let world = World::new();
    fill::fill_labels(&world.path("data"));
    let url = empty_database();
    let moved = |source: Ledger, options: &Options| source.move_to(options, &mut go_on);
    let folder = || open_folder(&world, "data", Purpose::Read).expect("it is there");
    moved(folder(), &to_database(&world, &url)).expect("moved");
    let notice = fs::read_to_string(world.path("data/move")).unwrap();
    fs::write(world.path("data/move"), notice.replace("left", "leaving")).unwrap();
    let again = moved(folder(), &to_database(&world, &url)).expect("moved");
    assert_eq!(again, Moved::Before);
    assert_eq!(fs::read_to_string(world.path("data/move")).unwrap(), notice);

    let database = || open_database(&world, &url, Purpose::Read).expect("it is there");
    let before = all_of(&database());
    give_master_key(&world, "back");
    moved(database(), &to_folder(&world, "back")).expect("moved");
    let leaving = "UPDATE orihon.ledger SET move_stage = 3";
    sql(&url, leaving);
    let again = moved(database(), &to_folder(&world, "back")).expect("moved");
    assert_eq!(again, Moved::Before);
    // The folder has its keys, and not yet its name.
    sql(&url, leaving);
    fs::rename(world.path("back"), world.path("back.moving")).unwrap();
    let again = moved(database(), &to_folder(&world, "back")).expect("moved");
    assert!(matches!(again, Moved::Now(_)));
    let back = open_folder(&world, "back", Purpose::Serve).expect("it is there");
    assert_eq!(all_of(&back), before);
    is_sound(&back);
}

#[test]
fn a_move_that_is_taken_back_leaves_all_as_it_was() {
    let world = World::new();
    fill::fill_labels(&world.path("data"));
    let url = empty_database();
    let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
    let before = all_of(&source);
    let ended = source.move_to(&to_database(&world, &url), &mut |_| ControlFlow::Break(()));
    assert!(matches!(ended, Err(MoveError::BrokenOff)));
    let home = Home::Folder(world.path("data"));
    let in_use = stay(&home, Durability::Required).unwrap_err().to_string();
    assert!(in_use.contains("in use by another process"), "{in_use}");
    drop(source);
    let notice = stay(&home, Durability::Required).expect("taken back");
    assert_eq!(notice.stage, Stage::Leaving);
    let served = open_folder(&world, "data", Purpose::Serve).expect("it is there");
    assert_eq!(all_of(&served), before);
    let again = stay(&home, Durability::Required).unwrap_err().to_string();
    assert!(again.contains("is in use"), "{again}");
    drop(served);
    let again = stay(&home, Durability::Required).unwrap_err().to_string();
    assert!(again.contains("is not being moved"), "{again}");
    // What that move left is of no use to another one, and says so.
    let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
    let other = Options {
        new_id: MoveId([4; 16]),
        ..to_database(&world, &url)
    };
    let refused = source.move_to(&other, &mut go_on).unwrap_err().to_string();
    assert!(
        refused.contains("half a copy that another move left"),
        "{refused}"
    );
    sql(&url, "DROP SCHEMA orihon CASCADE");
    source.move_to(&other, &mut go_on).expect("moved");
    drop(source);
    let home = Home::Database(url.clone());
    let arrived = stay(&home, Durability::Required).unwrap_err().to_string();
    assert!(arrived.contains("is not being moved"), "{arrived}");
}

/// Somebody takes it back, or begins to move it elsewhere, while it is compared: it is not ended, and is
/// not served in two places.
#[test]
fn a_move_that_is_taken_back_meanwhile_is_not_ended() {
    let rows = [
        ("move_stage = NULL", "is not being moved"),
        ("move_place = 'elsewhere'", "is being moved to elsewhere"),
        ("move_stage = 4", "has moved to"),
    ];
    for (change, says) in rows {
        let world = World::new();
        let url = empty_database();
        let served = open_database(&world, &url, Purpose::Serve).expect("it is made");
        crate::world::town(&served);
        give_master_key(&world, "back");
        let source = open_database(&world, &url, Purpose::Read).expect("it is there");
        let moved = source.move_to(&to_folder(&world, "back"), &mut |progress| {
            if progress.stretch == Stretch::Comparing {
                sql(&url, &format!("UPDATE orihon.ledger SET {change}"));
            }
            ControlFlow::Continue(())
        });
        let said = moved.expect_err(says).to_string();
        assert!(said.contains(says), "{said}");
        assert!(!world.path("back").exists());
    }
}

/// A connection that holds all turns, and what others do meanwhile.
struct Holder {
    runtime: tokio::runtime::Runtime,
    client: tokio_postgres::Client,
}

impl Holder {
    fn hold(url: &str) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (client, connection) = runtime
            .block_on(tokio_postgres::connect(url, NoTls))
            .expect("the server is up");
        runtime.spawn(connection);
        let holder = Self { runtime, client };
        holder.ask("BEGIN; SELECT FROM orihon.turns FOR UPDATE");
        holder
    }

    /// How many rows are answered.
    fn ask(&self, text: &str) -> usize {
        let answer = self.runtime.block_on(self.client.simple_query(text));
        let answer = answer.expect("it answers");
        let is_row = |message: &&SimpleQueryMessage| matches!(message, SimpleQueryMessage::Row(_));
        answer.iter().filter(is_row).count()
    }

    /// Changes the notice when somebody waits for the turns, and lets them go.
    fn change_when_waited_for(self, change: &str) {
        let waits = "SELECT 1 FROM pg_stat_activity \
             WHERE wait_event_type = 'Lock' AND datname = current_database()";
        // The view is kept for a transaction, and clearing it is answered by a row as well.
        let look = format!("SELECT pg_stat_clear_snapshot(); {waits}");
        let is_waited_for = |_| {
            let pause = async { tokio::time::sleep(Duration::from_millis(2)).await };
            self.runtime.block_on(pause);
            self.ask(&look) >= 2
        };
        assert!((0..20_000).any(is_waited_for), "nobody waits");
        self.ask(&format!("UPDATE orihon.ledger SET {change}; COMMIT"));
    }
}

/// The same at the last moment: what is done there at the end goes by the notice that is found with all
/// turns held, and not by one that was read before.
#[test]
fn nobody_is_overtaken_who_takes_a_move_back_at_its_end() {
    let of_another =
        "move_stage = 3, move_id = substr(sha256('x'), 1, 16), move_place = 'elsewhere'";
    let rows = [
        (None, of_another, "is being moved to elsewhere"),
        (
            Some(Stretch::Comparing),
            "move_stage = NULL",
            "is not being moved",
        ),
        (
            Some(Stretch::Comparing),
            of_another,
            "is being moved to elsewhere",
        ),
    ];
    for (when, change, says) in rows {
        let world = World::new();
        let url = empty_database();
        crate::world::town(&open_database(&world, &url, Purpose::Serve).expect("it is made"));
        give_master_key(&world, "back");
        let source = open_database(&world, &url, Purpose::Read).expect("it is there");
        let said = std::thread::scope(|threads| {
            let (held, holds) = std::sync::mpsc::channel();
            let (url, source, target) = (&url, &source, to_folder(&world, "back"));
            let mut hold = Some(move || held.send(Holder::hold(url)).expect("somebody hears"));
            if when.is_none() {
                hold.take().into_iter().for_each(|hold| hold());
            }
            let moving = threads.spawn(move || {
                source.move_to(&target, &mut |progress| {
                    if when == Some(progress.stretch) {
                        hold.take().into_iter().for_each(|hold| hold());
                    }
                    ControlFlow::Continue(())
                })
            });
            let holder = holds.recv().expect("it is held");
            holder.change_when_waited_for(change);
            moving
                .join()
                .expect("no panic")
                .expect_err(says)
                .to_string()
        });
        assert!(said.contains(says), "{said}");
        assert!(!world.path("back").exists());
    }
}

/// Whoever takes back what ends at the same moment is told that it has ended.
#[test]
fn a_move_that_ends_while_it_is_taken_back_has_ended() {
    let world = World::new();
    let url = empty_database();
    crate::world::town(&open_database(&world, &url, Purpose::Serve).expect("it is made"));
    let leaving = "move_stage = 3, move_id = substr(sha256('x'), 1, 16), move_place = 'elsewhere'";
    sql(&url, &format!("UPDATE orihon.ledger SET {leaving}"));
    let holder = Holder::hold(&url);
    let notice = std::thread::scope(|threads| {
        let home = Home::Database(url.clone());
        let taking = threads.spawn(move || stay(&home, Durability::Required));
        holder.change_when_waited_for("move_stage = 4");
        taking.join().expect("no panic").expect("taken back")
    });
    assert_eq!(notice.stage, Stage::Left);
}

/// Something that changes while it is copied, at the first word of that part, and what is named.
const DAMAGES: [(Stretch, &str, &str); 7] = [
    (
        Stretch::Keys,
        "DELETE FROM orihon.feed WHERE key = (SELECT key FROM orihon.feed ORDER BY key LIMIT 1)",
        "row 13",
    ),
    (
        Stretch::Keys,
        "UPDATE orihon.purchases SET row = row || '\\x00' \
         WHERE key = (SELECT key FROM orihon.purchases ORDER BY key LIMIT 1)",
        "the book of usr_",
    ),
    (
        Stretch::Keys,
        "UPDATE orihon.days SET row = set_byte(row, length(row) - 1, 7 # get_byte(row, length(row) - 1)) \
         WHERE key = (SELECT key FROM orihon.days ORDER BY key LIMIT 1)",
        "day 2017-01-",
    ),
    (
        Stretch::Keys,
        "DELETE FROM orihon.settlements WHERE key = (SELECT key FROM orihon.settlements ORDER BY key LIMIT 1)",
        "day 2017-01-",
    ),
    (Stretch::Keys, "DELETE FROM orihon.secrets", "of secrets"),
    (
        Stretch::Keys,
        "INSERT INTO orihon.claims (hash, key, row) SELECT substr(key, 1, 32), \
         '\\x14' || substr(key, 1, 32), row FROM orihon.settlements LIMIT 1",
        "of claims differs: missing where it moves from, there where it moves to",
    ),
    (
        Stretch::Comparing,
        "UPDATE orihon_keys.keys SET state = 0, wrapped = NULL \
         WHERE holder = (SELECT substr(key, 2) FROM orihon.users ORDER BY key LIMIT 1)",
        "the key of usr_",
    ),
];

#[test]
fn whatever_differs_is_named_and_not_served() {
    for (when, damage, named) in DAMAGES {
        let world = World::new();
        fill::fill(&world.path("data"));
        let url = empty_database();
        let source = open_folder(&world, "data", Purpose::Read).expect("it is there");
        let mut is_done = false;
        let moved = source.move_to(&to_database(&world, &url), &mut |progress| {
            if progress.stretch == when && !std::mem::replace(&mut is_done, true) {
                sql(&url, damage);
            }
            ControlFlow::Continue(())
        });
        let Err(MoveError::Differs(difference)) = moved else {
            panic!("{damage}: {moved:?}");
        };
        let said = difference.to_string();
        assert!(said.contains(named), "{damage}: {said}");
        drop(source);
        is_elsewhere(open_database(&world, &url, Purpose::Serve), Stage::Arriving);
        is_elsewhere(open_folder(&world, "data", Purpose::Serve), Stage::Leaving);
    }
}
