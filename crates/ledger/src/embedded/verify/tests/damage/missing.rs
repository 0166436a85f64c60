//! Damage to receipts that people miss: the rows of both sides, and what is sealed in them.

use super::*;
use crate::account::{Described, WhyNot};
use crate::write::{MissingStep, MissingWritten};
use purchase::id::{MissingId, SoughtId};
use purchase::money::Amount;

/// A town in which Ada misses three receipts: one is open, one was not found, and one was given.
fn missing_town() -> Town {
    let mut town = town();
    let ask = |number: u8| MissingStep::Ask {
        user_id: town.ada,
        store_id: store_id("s-1"),
        missing_id: MissingId([number; 16]),
        sought_id: SoughtId([number + 100; 16]),
        described: Box::new(Described {
            date: key("nobodys").business_date,
            minute: None,
            total: Amount::new(i64::from(number)).unwrap(),
            number: Some(text("nobodys")),
            words: None,
        }),
    };
    let by = TokenId([7; 16]);
    let refuse = MissingStep::Refuse {
        store_id: store_id("s-1"),
        sought_id: SoughtId([102; 16]),
        why: WhyNot::NoSuchSale,
        words: None,
        by,
    };
    let give = MissingStep::Give {
        sought_id: SoughtId([103; 16]),
        settlement: key("nobodys"),
        by,
    };
    for (step, is_done) in [
        (ask(1), false),
        (ask(2), false),
        (ask(3), false),
        (refuse, true),
        (give, true),
    ] {
        let written = town.world.write(Write::Missing(step));
        let Written::Missing(written) = written else {
            panic!("{written:?}")
        };
        let is_asked = matches!(written, MissingWritten::Asked(_));
        assert_eq!((is_asked, written.is_done()), (!is_done, is_done));
    }
    town.world.is_sound("a town with missing receipts");
    town
}

/// The one row of what the store is asked.
fn sought(town: &Town) -> Vec<u8> {
    let prefix = page::of_store(Row::Sought, &store_id("s-1"));
    let mut rows = town.world.ledger.engine.prefix(Space::Facts, &prefix);
    let (row_key, _) = rows.next().unwrap().unwrap();
    assert!(rows.next().is_none());
    row_key.to_vec()
}

fn missing(town: &Town, number: u8) -> Vec<u8> {
    page::missing(town.ada, MissingId([number; 16]))
}

#[test]
fn damage_to_what_a_store_is_asked() {
    let town = missing_town();
    let place = sought(&town);
    let not_asked = ("receipt mis_", "its store is not asked");
    town.check(
        "gone",
        &[gone_from(Space::Facts, place.clone())],
        &[not_asked],
    );
    town.check(
        "it does not open",
        &[town.flipped(Space::Facts, place.clone(), last_byte)],
        &[("receipt sgt_", "")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, place.clone(), first_byte)],
        &[("receipt sgt_", "unknown version")],
    );
    let row = town.row(Space::Facts, &place);
    let nowhere = page::sought(&store_id("s-9"), time(NOON), SoughtId([1; 16]));
    town.check(
        "of no store",
        &[(Space::Facts, nowhere, Some(row.clone()))],
        &[("receipt sgt_", "its store is not there")],
    );
    // Under another key it is another row, and does not open.
    let moved = page::sought(&store_id("s-1"), time(NOON), SoughtId([101; 16]));
    town.check(
        "at another time",
        &[(Space::Facts, moved, Some(row))],
        &[("receipt sgt_", "")],
    );
    let mut short = place;
    short.pop();
    town.check(
        "under a key cut short",
        &[(Space::Facts, short, Some(vec![1, 0]))],
        &[("sought receipt row", "its key is not well-formed")],
    );
}

#[test]
fn damage_to_what_a_person_asked() {
    let town = missing_town();
    let open = missing(&town, 1);
    town.check(
        "gone",
        &[gone_from(Space::Facts, open.clone())],
        &[("receipt sgt_", "nobody waits for it")],
    );
    town.check(
        "it does not open",
        &[town.flipped(Space::Facts, open.clone(), last_byte)],
        &[("receipt mis_", "")],
    );
    let row = town.row(Space::Facts, &open);
    let stray = page::missing(UserId([9; 16]), MissingId([1; 16]));
    town.check(
        "of nobody",
        &[(Space::Facts, stray, Some(row.clone()))],
        &[("receipt mis_", "its user is not there")],
    );
    // What is sealed is bound to its place.
    let other = (Space::Facts, missing(&town, 2), Some(row));
    town.check("exchanged", &[other], &[("receipt mis_", "")]);
    let id = town.settlement_row("nobodys").purchase_id;
    let body = page::body(OwnerId::User(town.ada), id);
    let report = |rows: &[Damaged]| {
        let engine = &town.world.ledger.engine;
        let whole: Vec<Damaged> = rows
            .iter()
            .map(|(space, key, _)| (*space, key.clone(), engine.get(*space, key).unwrap()))
            .collect();
        engine.commit(rows.iter().cloned()).unwrap();
        let report = town.world.verify();
        engine.commit(whole.into_iter()).unwrap();
        let lacks = report.problems.iter();
        lacks
            .filter(|it| it.what.starts_with("receipt mis_") && it.wrong.contains("it brought"))
            .count()
    };
    assert_eq!(report(&[]), 0);
    assert_eq!(report(&[gone_from(Space::Purchases, body)]), 1);
}
