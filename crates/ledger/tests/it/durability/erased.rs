//! A person who was erased: the key is gone from the keyring, so that no copy of the data folder
//! opens a purchase any more, whenever it was made.

use super::*;
use crate::world::{change, hex};
use ledger::embedded::open::GapPolicy;
use ledger::fault::Fault;
use ledger::write::{Changed, Write};
use purchase::id::{PurchaseId, UserId};

/// A ledger with a purchase of Ada's, which can be opened.
fn with_ada() -> (World, UserId, PurchaseId) {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let ada = add_user(&ledger, "Ada");
    let page = ledger.page(ada, &Default::default(), 9, &|_| true).unwrap();
    (world, ada, page.purchases[0].purchase_id)
}

fn erase(ledger: &Ledger, user_id: UserId) {
    assert_eq!(
        change(ledger, Write::Erase { user_id }, at(5)),
        Changed::Done
    );
}

fn is_gone(ledger: &Ledger, ada: UserId, id: PurchaseId) -> bool {
    matches!(ledger.purchase(ada, id), Err(Fault::KeyMissing { .. }))
}

/// Is the id of the person anywhere in the keyring?
fn has_slot(world: &World, ada: UserId) -> bool {
    let ring = hex(&fs::read(world.path("data.keys/keyring")).unwrap());
    ring.contains(&hex(&ada.0))
}

#[test]
fn an_erased_person_stays_erased() {
    let (world, ada, id) = with_ada();
    let ledger = reopen(&world, 2);
    assert!(
        ledger.purchase(ada, id).unwrap().is_some() && has_slot(&world, ada),
        "the control"
    );
    erase(&ledger, ada);
    assert!(is_gone(&ledger, ada, id) && !has_slot(&world, ada));
    drop(ledger);
    let ledger = reopen(&world, 3);
    assert!(is_gone(&ledger, ada, id));
    let report = ledger.verify(&mut |_| ()).unwrap();
    assert_eq!(
        (report.erased, report.is_sound()),
        (1, true),
        "it is recorded, and no damage"
    );
}

#[test]
fn no_copy_of_the_data_opens_it() {
    let (world, ada, id) = with_ada();
    copy(&world.path("data"), &world.path("copy"));
    erase(&reopen(&world, 2), ada);
    put_back(&world.path("copy"), &world.path("data"));
    let accepting = Options {
        gap: GapPolicy::Accept,
        ..world.options()
    };
    let (ledger, _) = try_open(&accepting, 3).unwrap();
    assert!(ledger.recorded(&sold("1").content().key).unwrap().is_some());
    assert!(
        is_gone(&ledger, ada, id),
        "the copy knows nothing of the erasure, nor has it a key"
    );
}

#[test]
fn a_key_that_comes_back_is_destroyed_again() {
    let (world, ada, id) = with_ada();
    copy(&world.path("data.keys"), &world.path("old.keys"));
    copy(&world.path("data"), &world.path("old"));
    erase(&reopen(&world, 2), ada);
    // The keyring alone is put back from an older copy, or a crash came before the key went.
    copy_file(
        &world.path("old.keys/keyring"),
        &world.path("data.keys/keyring"),
    );
    assert!(has_slot(&world, ada));
    let ledger = reopen(&world, 3);
    assert!(is_gone(&ledger, ada, id) && !has_slot(&world, ada));
    drop(ledger);
    // The control: the old keyring with data that know of no erasure opens it.
    put_back(&world.path("old"), &world.path("data"));
    put_back(&world.path("old.keys"), &world.path("data.keys"));
    assert!(reopen(&world, 4).purchase(ada, id).unwrap().is_some());
}

#[test]
fn nothing_of_a_purchase_stands_in_clear() {
    let world = World::new();
    let ledger = world.open(1);
    town(&ledger);
    let ada = add_user(&ledger, "Needle Person");
    update(&ledger, 0, 1, vec![named("A", "needle name", at(-9))]);
    let mut sale = sold("1").staff("needle staff").buyer(ada).content();
    sale.notes = vec![text("needle note")];
    sale.lines[2].name = Some(text("needle sent"));
    record(&ledger, &sale, at(0));
    let other = slip("1")
        .line("A", "9", 50)
        .staff("needle conflict")
        .content();
    settle(&ledger, &other, at(0));
    let mut clear = String::new();
    for row in ledger.stored_rows().unwrap() {
        if row.space != "catalogue" {
            clear += &String::from_utf8_lossy(&row.row);
            clear += &String::from_utf8_lossy(&row.key);
        }
    }
    for needle in ["staff", "note", "sent", "conflict", "Person", "needle"] {
        assert!(!clear.contains(needle), "{needle}");
    }
    // The control: what stands in clear on purpose is found this way.
    assert!(clear.contains("s-1") && clear.contains("Corner Shop"));
    let catalogue = ledger.stored_rows().unwrap();
    let catalogue = catalogue.iter().filter(|row| row.space == "catalogue");
    assert!(
        catalogue
            .map(|row| hex(&row.row))
            .any(|row| row.contains(&hex(b"needle name")))
    );
}
