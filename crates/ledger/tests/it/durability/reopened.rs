//! What was committed is there again, whole, wherever the folder is opened from.

use super::*;
use crate::world::{catalogue, commit, ended, learn, prepare, step};
use ledger::write::{CatalogueWrite, Settled, Step, Write};
use purchase::id::Revision;

#[test]
fn all_of_it_is_there_again() {
    let world = World::on_disk();
    let ledger = world.open(1);
    begin(&ledger);
    let ada = ledger.count_users(None, 1).unwrap()[0].user_id;
    let sale = sold("4").buyer(ada).content();
    record(&ledger, &sale, at(1));
    let back = slip("5").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    record(&ledger, &back.content(), at(2));
    let early = slip("6")
        .line("A", "1", 50)
        .returns(&sold("7").content(), &[(1, "1")]);
    record(&ledger, &early.content(), at(2));
    settle(&ledger, &sold("4").staff("other").content(), at(3));
    update(
        &ledger,
        1,
        2,
        vec![named("X", "ex", at(0)), ended("A", at(1))],
    );
    assert!(learn(&ledger, &["X"], at(4)) > 0);
    let (before, mark) = (everything(&ledger), ledger.mark().unwrap());
    drop(ledger);
    for seed in 2..5 {
        let ledger = reopen(&world, seed);
        assert_eq!(
            (everything(&ledger), ledger.mark().unwrap()),
            (before.clone(), mark)
        );
    }
    // It goes on where it ended: keys, names, and the return that waits for its sale.
    let ledger = reopen(&world, 5);
    let eve = add_user(&ledger, "Eve");
    let receipt = record(&ledger, &sold("8").buyer(eve).content(), at(5));
    assert_eq!(receipt.pending_lines, 0);
    record(&ledger, &sold("7").buyer(eve).content(), at(5));
    assert_eq!(ledger.count_users(None, 9).unwrap().len(), 3);
    let page = ledger.page(eve, &Default::default(), 9, &|_| true).unwrap();
    assert_eq!(
        page.purchases.len(),
        3,
        "two sales, and the return that came early"
    );
    assert_eq!(ledger.mark().unwrap().seq, mark.seq + 3);
}

#[test]
fn a_commit_that_nobody_was_told_of_may_be_there() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let sale = sold("4").content();
    let batch = vec![Write::Settle(Box::new(prepare(&ledger, &sale, at(1))))];
    let committed = ledger.commit(batch, at(1)).unwrap();
    drop(ledger);
    let ledger = reopen(&world, 2);
    assert_eq!(ledger.mark().unwrap(), committed.mark);
    assert!(matches!(
        settle(&ledger, &sale, at(2)),
        Settled::AlreadyRecorded(_)
    ));
    // And from now on it belongs to what must not be lost.
    drop(ledger);
    assert_eq!(reopen(&world, 3).mark().unwrap(), committed.mark);
}

#[test]
fn what_was_staged_and_not_finished_is_gone() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let (before, head) = (
        everything(&ledger),
        ledger.catalogue_head(&store_id("s-1")).unwrap(),
    );
    let items = |ledger: &Ledger| {
        let rows = ledger.stored_rows().unwrap();
        rows.iter().filter(|row| row.space == "catalogue").count()
    };
    for next in [
        Step::Begin,
        Step::Part(vec![
            named("X", "staged", at(0)),
            named("Y", "staged", at(0)),
        ]),
    ] {
        catalogue(&ledger, step(1, 7, next), at(1));
    }
    assert_eq!(items(&ledger), 3, "they are stored, and only unseen");
    assert_eq!(everything(&ledger), before);
    drop(ledger);
    let ledger = reopen(&world, 2);
    assert_eq!(items(&ledger), 1);
    assert_eq!(everything(&ledger), before);
    assert_eq!(ledger.catalogue_head(&store_id("s-1")).unwrap(), head);
    // The update itself starts again from its beginning, or another passes its number.
    let finish = CatalogueWrite {
        ..step(1, 7, Step::Finish)
    };
    let gap = ledger::write::CatalogueWritten::Gap {
        current: Revision(1),
    };
    assert_eq!(catalogue(&ledger, finish, at(2)), gap);
    update(&ledger, 1, 8, vec![named("Z", "zed", at(0))]);
    assert_eq!(
        ledger
            .changes_after(&store_id("s-1"), Revision(1), 9)
            .unwrap()
            .1
            .len(),
        1
    );
}

#[test]
fn the_folders_may_move_together() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let before = everything(&ledger);
    drop(ledger);
    fs::create_dir(world.path("elsewhere")).unwrap();
    for (from, to) in [
        ("data", "elsewhere/town"),
        ("data.keys", "elsewhere/town.keys"),
    ] {
        fs::rename(world.path(from), world.path(to)).unwrap();
    }
    let moved = Options::new(
        world.path("elsewhere/town"),
        crate::world::entropy(2),
        at(1),
    );
    let (ledger, found) = try_open(&moved, 2).unwrap();
    assert_eq!(
        (found, everything(&ledger)),
        (Found::Existing, before.clone())
    );
    assert_eq!(ledger.keys(), world.path("elsewhere/town.keys"));
    drop(ledger);
    // Keys in a place of their own are found by what the data folder notes.
    let options = Options {
        data: world.path("second"),
        keys: Some(world.path("safe/keys")),
        ..world.options()
    };
    drop(try_open(&options, 3).unwrap());
    let found_again = Options {
        keys: None,
        ..options
    };
    assert_eq!(
        try_open(&found_again, 4).unwrap().0.keys(),
        world.path("safe/keys")
    );
}

#[test]
fn numbers_of_commits_outlast_their_ring() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let sale = |number: u64| sold(&format!("n{number}")).content();
    for number in 0..150 {
        let batch = vec![Write::Settle(Box::new(prepare(
            &ledger,
            &sale(number),
            at(1),
        )))];
        let committed = ledger.commit(batch, at(1)).unwrap();
        // Only the first ones are acknowledged: their rows are overwritten by now.
        if number < 10 {
            ledger.acknowledge(committed.mark).unwrap();
        }
    }
    let mark = ledger.mark().unwrap();
    drop(ledger);
    let ledger = reopen(&world, 2);
    assert_eq!(ledger.mark().unwrap(), mark);
    let rows = ledger.stored_rows().unwrap();
    assert_eq!(
        rows.iter()
            .filter(|row| row.key.first() == Some(&1))
            .count(),
        64
    );
    commit(&ledger, vec![Write::AddStore(Box::new(shop("s-2")))], at(2));
}
