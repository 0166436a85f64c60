//! Damage to purchases and other sealed bodies.

use super::*;
use crate::body;
use crate::embedded::key;
use crate::embedded::value::purchase_row::PurchaseRow;
use crate::embedded::value::settlement::ConflictRow;
use purchase::naming::Naming;
use purchase::store::IdentityNumber;
use purchase::warning::{Warning, Warnings};

#[test]
fn damage_to_purchases() {
    let town = town();
    let ada = OwnerId::User(town.ada);
    let body = || page::body(ada, town.first);
    town.check(
        "a flipped body",
        &[town.flipped(Space::Purchases, body(), last_byte)],
        &[("purchase pur_", "does not open")],
    );
    town.check(
        "an unreadable row",
        &[town.flipped(Space::Purchases, body(), first_byte)],
        &[("purchase pur_", "unknown version")],
    );
    let moved = (
        Space::Purchases,
        page::body(OwnerId::User(town.cyd), town.ahead),
        Some(town.row(Space::Purchases, &page::body(ada, town.ahead))),
    );
    town.check(
        "a body at another owner",
        std::slice::from_ref(&moved),
        &[("purchase pur_", "its owner's key is not in the keyring")],
    );
    let taken = gone_from(Space::Purchases, page::body(ada, town.ahead));
    town.check(
        "a body moved to another owner",
        &[moved, taken],
        &[
            ("settlement s-1 / 1 / 2017-01-01 / ahead", "is not there"),
            ("purchase pur_", "its owner's key is not in the keyring"),
            ("account of", "settlements, there are"),
            ("account of", "lines, there are"),
            ("account of", "lines without a name, there are"),
            ("account of", "it sums to"),
            ("feed entry", "is not there"),
        ],
    );
    let row = town.row(Space::Purchases, &body());
    let renamed = (Space::Purchases, page::body(ada, town.nobodys), Some(row));
    town.check(
        "a body under another id",
        &[renamed],
        &[("purchase pur_", "does not open")],
    );
}

#[test]
fn damage_to_the_columns_of_a_purchase() {
    let town = town();
    let body = || page::body(OwnerId::User(town.ada), town.first);
    let rows: Form<PurchaseRow> = (PurchaseRow::decode, PurchaseRow::encode);
    let place = || (Space::Purchases, body());
    let clock = Warnings::default().with(Warning::Clock);
    let warned = town.changed(place(), rows, |row| row.warnings = clock);
    town.check(
        "other warnings",
        &[warned],
        &[("settlement", "has other warnings")],
    );
    let dearer = town.changed(place(), rows, |row| {
        row.columns.total = Amount::new(1).unwrap()
    });
    town.check(
        "another total",
        &[dearer],
        &[
            ("settlement", "its purchase has another total"),
            ("purchase pur_", "does not open"),
        ],
    );
    let keyless = town.changed(place(), rows, |row| row.columns.slot = Slot(9_999));
    town.check(
        "another slot",
        &[keyless],
        &[
            ("settlement", "is sealed with another key"),
            ("purchase pur_", "its owner's key is not in the keyring"),
        ],
    );
    let part = (Space::Purchases, [body(), vec![1]].concat(), Some(vec![1]));
    town.check(
        "an unknown part",
        &[part],
        &[("purchase row 12", "its key is not well-formed")],
    );
}

/// Nothing but a program that is wrong itself can do this: another body, sealed as it should be.
#[test]
fn bodies_that_say_something_else() {
    let town = town();
    let nobody = town.settlement_row("nobodys").owner;
    let rows: Form<PurchaseRow> = (PurchaseRow::decode, PurchaseRow::encode);
    let sealed = |identity, content: Content, names: &[Naming]| {
        let place = (Space::Purchases, page::body(nobody, town.nobodys));
        let canonical = canonical::encode(&Settlement::prove(content).unwrap());
        let bytes = body::encode(&canonical, IdentityNumber(identity), names);
        town.changed(place, rows, |row| {
            let key = town.world.ledger.data_key(nobody, row.columns.slot);
            let context = row.columns.context(nobody, town.nobodys);
            row.sealed = key.unwrap().seal([7; 12], &context, &bytes);
        })
    };
    let right = || sale("nobodys", By::Nobody, &[("milk", 1), ("fish", 1)]);
    let names = [Naming::Sent, Naming::Pending];
    town.check(
        "an identity that the store never had",
        &[sealed(1, right(), &names)],
        &[("purchase", "its store never presented itself like that")],
    );
    let other = sale("first", By::Nobody, &[("milk", 1), ("fish", 1)]);
    town.check(
        "another sale",
        &[sealed(0, other, &names)],
        &[(
            "purchase",
            "its settlement s-1 / 1 / 2017-01-01 / first is filed as",
        )],
    );
    let dearer = sale("nobodys", By::Nobody, &[("milk", 2), ("fish", 1)]);
    town.check(
        "other content",
        &[sealed(0, dearer, &names)],
        &[
            ("purchase", "its columns say something else than its body"),
            ("purchase", "its body has another digest than recorded"),
            ("purchase", "its lines are not those of its settlement"),
        ],
    );
    let mut later = right();
    later.purchased_at = time(NOON + 1);
    town.check(
        "another time",
        &[sealed(0, later, &names)],
        &[
            ("purchase", "its id does not follow from its key and time"),
            ("purchase", "its body has another digest than recorded"),
            ("purchase", "line 2 is noted as another one's"),
        ],
    );
}

#[test]
fn damage_to_names_and_bodiless_purchases() {
    let town = town();
    let ada = OwnerId::User(town.ada);
    let name = |line| page::name(ada, town.first, LineNumber(line));
    town.check(
        "a flipped name",
        &[town.flipped(Space::Purchases, name(3), last_byte)],
        &[("name of line 3 of purchase", "does not open")],
    );
    let row = town.row(Space::Purchases, &name(3));
    let second = (Space::Purchases, name(2), Some(row.clone()));
    town.check(
        "a second name",
        &[second],
        &[
            ("name of line 2 of purchase", "does not open"),
            ("purchase pur_", "line 2 got a second name"),
        ],
    );
    let astray = (Space::Purchases, name(7), Some(row));
    town.check(
        "a name of no line",
        &[astray],
        &[
            ("name of line 7 of purchase", "does not open"),
            ("purchase pur_", "line 7 got a name, but is not there"),
        ],
    );
    town.check(
        "no name",
        &[gone_from(Space::Purchases, name(3))],
        &[
            (
                "purchase pur_",
                "line 3 waits for a name, but is not noted under its code",
            ),
            ("purchase pur_", "counts 0 lines without a name, it has 1"),
        ],
    );
    let standing = (
        Space::Purchases,
        page::standing(ada, town.nobodys),
        Some(vec![1, 0, 0]),
    );
    town.check(
        "no body",
        &[standing],
        &[(
            "purchase pur_",
            "names or returns are kept of it, but no body",
        )],
    );
}

#[test]
fn damage_to_conflicts() {
    let town = town();
    let conflict = |transaction: &str, number: u8| {
        [
            page::settlement(Row::Conflict, &key(transaction)),
            vec![number],
        ]
        .concat()
    };
    let (zero, one) = (conflict("nobodys", 0), conflict("nobodys", 1));
    town.check(
        "flipped",
        &[town.flipped(Space::Facts, zero.clone(), last_byte)],
        &[("conflict 0 with", "does not open")],
    );
    town.check(
        "a hole",
        &[gone_from(Space::Facts, zero.clone())],
        &[("conflict 1 with", "does not follow the one before it")],
    );
    let row = town.row(Space::Facts, &one);
    let moved = (Space::Facts, conflict("first", 0), Some(row.clone()));
    town.check(
        "moved",
        &[moved, gone_from(Space::Facts, one.clone())],
        &[(
            "conflict 0 with settlement s-1 / 1 / 2017-01-01 / first",
            "does not open",
        )],
    );
    let far = (Space::Facts, conflict("nobodys", 8), Some(row));
    town.check(
        "too many",
        &[far],
        &[
            ("conflict 8 with", "does not follow the one before it"),
            ("conflict 8 with", "more are kept than ever should be"),
            ("conflict 8 with", "does not open"),
        ],
    );
    let rows: Form<ConflictRow> = (ConflictRow::decode, ConflictRow::encode);
    let place = (Space::Facts, one);
    let same = town.settlement_row("nobodys").digest;
    let same = town.changed(place.clone(), rows, |row| row.digest = same);
    town.check(
        "the same",
        &[same],
        &[
            ("conflict 1 with", "it says what is recorded"),
            ("conflict 1 with", "does not open"),
        ],
    );
}

#[test]
fn a_body_of_an_erased_person_that_no_settlement_knows() {
    let town = town();
    let bob = OwnerId::User(town.bob);
    let row = town.row(Space::Purchases, &page::body(bob, town.bobs));
    let more = (Space::Purchases, page::body(bob, town.first), Some(row));
    town.check(
        "one more",
        &[more],
        &[(
            "purchases of erased people",
            "1 of them belong to no settlement",
        )],
    );
}

#[test]
fn a_key_destroyed_without_a_record() {
    let town = town();
    let row = town.settlement_row("nobodys");
    let holder = key::holder(row.owner);
    town.world.ledger.keyring.erase(holder, row.slot).unwrap();
    let report = town.world.verify();
    let [problem] = report.problems.as_slice() else {
        panic!("{:#?}", report.problems)
    };
    assert!(problem.what.starts_with("purchase pur_"), "{problem:?}");
    assert_eq!(problem.wrong, "its owner's key is not in the keyring");
    assert_eq!(report.erased, 1, "only Bob's purchase counts as erased");
}
