//! After a failure nothing is written any more: the batch is not there, none is taken, what was
//! written before is read as ever, and opening the ledger anew heals it.

use super::*;
use crate::world::prepare;
use ledger::fault::Fault;
use ledger::write::Write;

#[test]
fn a_failure_in_a_commit_stops_all_writing() {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let sale = sold("late").content();
    let back = slip("back").line("A", "1", 50).returns(&sale, &[(1, "1")]);
    record(&ledger, &back.content(), at(1));
    let (before, mark) = (everything(&ledger), ledger.mark().unwrap());
    let settle_late = || Write::Settle(Box::new(prepare(&ledger, &sale, at(2))));
    let others = [settle_late(), settle_late()];
    // The keyring disappears under the open ledger: the early return cannot be opened.
    let path = world.path("data.keys/keyring");
    let whole = fs::read(&path).unwrap();
    fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(256)
        .unwrap();
    assert!(!ledger.is_stopped());
    let mut faults = Vec::new();
    for write in others {
        let stranger = Write::AddStore(Box::new(shop("s-9")));
        faults.push(
            ledger
                .commit(vec![stranger, write], at(2))
                .expect_err("no key"),
        );
        assert!(ledger.is_stopped());
    }
    let told = ["KeyMissing", "Stopped"];
    for (fault, told) in faults.iter().zip(told) {
        assert!(format!("{fault:?}").starts_with(told), "{fault:?}");
    }
    assert!(matches!(
        ledger.commit(Vec::new(), at(2)),
        Err(Fault::Stopped)
    ));
    fs::write(&path, whole).unwrap();
    assert_eq!(everything(&ledger), before, "reading goes on");
    drop(ledger);
    let ledger = reopen(&world, 2);
    assert_eq!(
        (everything(&ledger), ledger.mark().unwrap()),
        (before, mark)
    );
    assert_eq!(
        ledger.store(&store_id("s-9")),
        None,
        "a batch is there whole or not at all"
    );
    record(&ledger, &sale, at(3));
    assert!(ledger.verify(&mut |_| ()).unwrap().is_sound());
}
