//! Histories in which several writers meet: whatever comes in whichever order, all that is kept of
//! it agrees in the end.

use super::*;
use crate::embedded::key::{self as page, Kind as Row, Space};
use crate::embedded::value::people::{AccountRow, ErasedRow};
use crate::embedded::value::settlement::{EARLY_MAX, SettlementRow};
use purchase::id::OwnerId;

impl World {
    fn row(&self, transaction: &str) -> SettlementRow {
        let row_key = page::settlement(Row::Settlement, &key(transaction));
        let row = self
            .ledger
            .engine
            .read(Space::Facts, &row_key, SettlementRow::decode);
        row.unwrap().expect("it is recorded")
    }
}

#[test]
fn a_return_that_was_early_goes_with_its_unclaimed_sale() {
    let mut world = World::new();
    world.record(back("back", "sale", 1, "milk", 1));
    world.record(sale("sale", By::Nobody, &[("milk", 2)]));
    let (sale, back) = (world.row("sale"), world.row("back"));
    assert_eq!(back.owner, sale.owner);
    assert_eq!(back.claim_hash, None, "only the sale's receipt claims it");
    world.is_sound("refiled to nobody");
    world.record(self::back("later", "sale", 1, "milk", 1));
    assert_eq!(world.row("later").claim_hash, None);
    assert!(world.row("sale").claim_hash.is_some());
    world.is_sound("filed with what is nobody's");
}

#[test]
fn what_belongs_to_a_person_cannot_be_claimed() {
    let mut world = World::new();
    let ada = world.person("ada");
    let claim = Some(ClaimHash([3; 32]));
    world.record(Content {
        claim,
        ..sale("hers", By::Person(ada), &[("milk", 1)])
    });
    assert_eq!(world.row("hers").claim_hash, None);
    // The code is free, and the first sale that is nobody's has it for ever.
    world.record(Content {
        claim,
        ..sale("one", By::Nobody, &[("milk", 1)])
    });
    world.record(Content {
        claim,
        ..sale("two", By::Nobody, &[("milk", 1)])
    });
    assert_eq!(world.row("one").claim_hash, claim);
    assert_eq!(world.row("two").claim_hash, None);
    world.is_sound("claim codes");
}

#[test]
fn more_early_ones_than_are_noted_change_nothing() {
    let mut world = World::new();
    for number in 0..EARLY_MAX {
        world.record(back(&format!("back {number}"), "sale", 1, "milk", 1));
    }
    world.record(back("one more", "sale", 1, "milk", 1));
    world.record(void("a void more", "sale", 300));
    world.is_sound("too many wait");
    world.record(sale("sale", By::Nobody, &[("milk", 3)]));
    world.is_sound("too many waited");
}

#[test]
fn early_voids_of_everything() {
    let mut world = World::new();
    let ada = world.person("ada");
    world.record(void("void of a void", "void", 300));
    world.record(void("void of a return", "back", 100));
    world.record(void("void", "sale", 300));
    world.record(void("void again", "sale", 300));
    world.record(back("back", "sale", 1, "milk", 1));
    world.record(sale("sale", By::Person(ada), &[("milk", 3)]));
    world.is_sound("voids before their originals");
    assert_eq!(world.row("sale").voided_by, Some(key("void")));
    assert_eq!(world.row("void again").owner, OwnerId::User(ada));
}

#[test]
fn what_an_erased_person_bought_can_still_come_back() {
    let mut world = World::new();
    let ada = world.person("ada");
    world.record(sale("sale", By::Person(ada), &[("milk", 3), ("fish", 1)]));
    let mut early = back("early", "later", 1, "milk", 1);
    early.buyer = Buyer::Id(text(&ada.to_string()));
    world.record(early);
    let mut early = void("early void", "later", 200);
    early.buyer = Buyer::Id(text(&ada.to_string()));
    world.record(early);
    world.erase(ada);
    world.is_sound("erased");
    world.record(back("back", "sale", 1, "milk", 1));
    assert!(matches!(world.row("back").owner, OwnerId::Unclaimed(_)));
    world.record(void("void", "back", 100));
    world.record(sale("later", By::Nobody, &[("milk", 2)]));
    world.is_sound("returns to an erased person");
    // A name comes for a line that nobody can read any more.
    world.update(3, vec![named("fish", 0)]);
    world.is_sound("a name for an erased person");
}

#[test]
fn an_erasure_between_preparing_and_filing() {
    let mut world = World::new();
    let (ada, bob) = (world.person("ada"), world.person("bob"));
    let sale_of = |name: &str, user_id| sale(name, By::Person(user_id), &[("jam", 1)]);
    world.record(back("early", "adas", 1, "jam", 1));
    world.record(sale_of("bobs", bob));
    let adas = world.prepared(sale_of("adas", ada));
    let adas_too = world.prepared(sale_of("adas too", ada));
    let back = world.prepared(back("back", "bobs", 1, "jam", 1));
    world.erase(ada);
    world.erase(bob);
    world.write(Write::Settle(adas));
    world.is_sound("filed after an erasure");
    world.update(3, vec![named("jam", 0)]);
    world.write(Write::Settle(adas_too));
    world.write(Write::Settle(back));
    world.is_sound("filed after an erasure and a catalogue update");
}

#[test]
fn a_crash_before_a_key_is_destroyed() {
    let mut world = World::new();
    let cyd = world.person("cyd");
    world.record(sale("sale", By::Person(cyd), &[("milk", 1)]));
    let account_key = page::user(Row::Account, cyd);
    let account = world
        .ledger
        .engine
        .read(Space::Facts, &account_key, AccountRow::decode);
    let slot = account.unwrap().unwrap().slot;
    // All that the erasure commits, and nothing that follows it.
    let record = ErasedRow {
        at: world.now,
        slot,
    }
    .encode();
    let owner = page::owner_bytes(OwnerId::User(cyd));
    let tag = ring::hmac::sign(&world.ledger.secret, b"cyd");
    let rows = [
        (Space::Facts, page::plain(Row::Erased, &owner), Some(record)),
        (Space::Facts, page::user(Row::User, cyd), None),
        (Space::Facts, account_key, None),
        (
            Space::Facts,
            page::plain(Row::UserReference, tag.as_ref()),
            None,
        ),
        (Space::Facts, page::token(token_of("cyd")), None),
        (Space::Facts, page::token_of(cyd, token_of("cyd")), None),
        (Space::Facts, page::all_tokens_of(cyd), None),
        (
            Space::Facts,
            page::plain(Row::Secret, &secret_of("cyd")),
            None,
        ),
    ];
    world.ledger.engine.commit(rows.into_iter()).unwrap();
    let wrong = world
        .verify()
        .problems
        .into_iter()
        .map(|problem| problem.wrong);
    assert_eq!(
        wrong.collect::<Vec<_>>(),
        ["the key is still in the keyring"]
    );
    let World {
        ledger,
        now,
        folder,
    } = world;
    drop(ledger);
    let world = World {
        ledger: open(folder.path(), now),
        now,
        folder,
    };
    assert_eq!(world.is_sound("the key is destroyed on opening").erased, 1);
}

/// A step that adds a first name to each of `codes`.
fn part(codes: &[&str]) -> Step {
    Step::Part(codes.iter().map(|code| named(code, 0)).collect())
}

#[test]
fn a_staged_catalogue_that_is_given_up() {
    let mut world = World::new();
    assert!(matches!(
        world.step(2, 3, 1, Step::Begin),
        CatalogueWritten::Applied(_)
    ));
    world.step(2, 3, 1, part(&["milk", "bread", "jam", "fish"]));
    world.is_sound("while it is staged");
    // Another one begins in its place, with less in it.
    world.step(2, 3, 2, Step::Begin);
    world.step(2, 3, 2, part(&["jam"]));
    world.step(2, 3, 2, Step::Finish);
    assert_eq!(world.is_sound("staged twice").items, 3);
    // It is overtaken by an update of a higher revision.
    world.step(3, 4, 1, Step::Begin);
    world.step(3, 4, 1, part(&["milk", "bread", "jam", "fish"]));
    world.update(5, vec![gone("milk", NOON)]);
    assert_eq!(world.is_sound("overtaken").items, 2);
    let late = world.step(3, 4, 1, part(&["rice"]));
    assert_eq!(
        late,
        CatalogueWritten::Gap {
            current: Revision(5)
        }
    );
    // A crash ends it.
    world.step(5, 6, 1, Step::Begin);
    world.step(5, 6, 1, part(&["milk", "fish"]));
    let World {
        ledger,
        now,
        folder,
    } = world;
    drop(ledger);
    let world = World {
        ledger: open(folder.path(), now),
        now,
        folder,
    };
    assert_eq!(world.is_sound("after a crash").items, 2);
}

#[test]
fn two_staged_catalogues_do_not_mix() {
    let mut world = World::new();
    let gap = CatalogueWritten::Gap {
        current: Revision(2),
    };
    world.step(2, 3, 1, Step::Begin);
    world.step(2, 3, 2, Step::Begin);
    assert_eq!(world.step(2, 3, 1, part(&["jam"])), gap);
    world.step(2, 3, 2, part(&["fish"]));
    assert_eq!(world.step(2, 3, 1, Step::Finish), gap);
    assert!(matches!(
        world.step(2, 3, 2, Step::Finish),
        CatalogueWritten::Applied(_)
    ));
    assert_eq!(world.is_sound("two devices").items, 3);
}
