//! Each index damaged alone, in a town where all is well: the verification names exactly that, and
//! what follows from it.

use super::healthy::{Town, town};
use super::*;
use crate::embedded::key::{self as page, Kind as Row, Space};
use crate::embedded::value::people::{AccountRow, ErasedRow, Opens, TokenRow, UserRow};
use crate::embedded::value::settlement::{DayRow, SettlementRow};
use crate::embedded::value::store::{DeviceRow, Home, PairingRow, Signer, StoreRow};
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::write::NewOperator;
use purchase::id::OwnerId;

mod bodies;
mod chains;
mod codes;
mod household;
mod identity;
mod labels;
mod machines;
mod mergers;
mod missing;
mod partners;
mod reports;
mod sales;
mod small;
mod waiting;

/// A row as it shall be; none takes it away.
type Damaged = (Space, Vec<u8>, Option<Vec<u8>>);

/// How a row is read and written.
type Form<T> = (fn(&[u8]) -> Result<T, Fault>, fn(&T) -> Vec<u8>);

/// What is told: the beginning of what is wrong, and something of how.
type Expected<'a> = &'a [(&'a str, &'a str)];

impl Town {
    /// Damages rows, verifies, and mends them again. Every problem told must be expected, and the
    /// other way round.
    fn check(&self, name: &str, rows: &[Damaged], expected: Expected<'_>) {
        let engine = &self.world.ledger.engine;
        let whole: Vec<Damaged> = rows
            .iter()
            .map(|(space, key, _)| (*space, key.clone(), engine.get(*space, key).unwrap()))
            .collect();
        assert_ne!(rows, whole, "{name}: nothing is damaged");
        engine.commit(rows.iter().cloned()).unwrap();
        let report = self.world.verify();
        engine.commit(whole.into_iter()).unwrap();
        let mut told = report.problems.clone();
        for (what, wrong) in expected {
            let at = told
                .iter()
                .position(|it| it.what.starts_with(what) && it.wrong.contains(wrong))
                .unwrap_or_else(|| panic!("{name}: {what}: {wrong}: not in {told:#?}"));
            told.remove(at);
        }
        assert!(told.is_empty(), "{name}: also told: {told:#?}");
    }

    /// The row under `key`, changed.
    fn changed<T>(
        &self,
        (space, key): (Space, Vec<u8>),
        (decode, encode): Form<T>,
        change: impl FnOnce(&mut T),
    ) -> Damaged {
        let engine = &self.world.ledger.engine;
        let mut row = engine
            .read(space, &key, decode)
            .unwrap()
            .expect("the row is there");
        change(&mut row);
        (space, key, Some(encode(&row)))
    }

    /// The row under `key`, one bit of it turned around.
    fn flipped(&self, space: Space, key: Vec<u8>, at: impl FnOnce(usize) -> usize) -> Damaged {
        let mut row = self.row(space, &key);
        let at = at(row.len());
        row[at] ^= 1;
        (space, key, Some(row))
    }

    /// The key of a reference to a person.
    fn reference(&self, reference: &str) -> Vec<u8> {
        let tag = ring::hmac::sign(&self.world.ledger.secret, reference.as_bytes());
        page::plain(Row::UserReference, tag.as_ref())
    }

    fn row(&self, space: Space, key: &[u8]) -> Vec<u8> {
        self.world
            .ledger
            .engine
            .get(space, key)
            .unwrap()
            .expect("the row is there")
    }

    fn settlement_row(&self, transaction: &str) -> SettlementRow {
        let row = self.row(Space::Facts, &settlement_key(transaction));
        SettlementRow::decode(&row).unwrap()
    }

    fn settlement(&self, transaction: &str, change: impl FnOnce(&mut SettlementRow)) -> Damaged {
        let place = (Space::Facts, settlement_key(transaction));
        self.changed(
            place,
            (SettlementRow::decode, SettlementRow::encode),
            change,
        )
    }

    fn day(&self, change: impl FnOnce(&mut DayRow)) -> Damaged {
        let place = (Space::Facts, day_key());
        self.changed(place, (DayRow::decode, DayRow::encode), change)
    }

    fn account(&self, user_id: UserId, change: impl FnOnce(&mut AccountRow)) -> Damaged {
        let place = (Space::Facts, page::user(Row::Account, user_id));
        self.changed(place, (AccountRow::decode, AccountRow::encode), change)
    }
}

const fn gone_from(space: Space, key: Vec<u8>) -> Damaged {
    (space, key, None)
}

fn settlement_key(transaction: &str) -> Vec<u8> {
    page::settlement(Row::Settlement, &key(transaction))
}

fn day_key() -> Vec<u8> {
    page::day(
        Row::Day,
        &store_id(STORE),
        BusinessDate::parse("2017-01-01").unwrap(),
    )
}

fn first_byte(_: usize) -> usize {
    0
}

fn last_byte(length: usize) -> usize {
    length - 1
}

#[test]
fn only_the_first_thousand_problems_are_told_in_full() {
    let town = town();
    let strangers = (0..1_100_u16).map(|number| {
        let row_key = [&[99][..], &number.to_be_bytes()].concat();
        (Space::Feed, row_key, Some(Vec::new()))
    });
    town.world.ledger.engine.commit(strangers).unwrap();
    let report = town.world.verify();
    assert_eq!(
        (report.problems.len(), report.problem_count),
        (1_000, 1_100)
    );
}

#[test]
fn a_ledger_that_is_written_to_meanwhile_is_told() {
    let town = town();
    let ledger = &town.world.ledger;
    let write = Write::AddOperator(Box::new(NewOperator::everything(TokenId([5; 16]), [5; 32])));
    let mut writes = vec![write];
    let mut write_once = |_: Progress| {
        if !writes.is_empty() {
            ledger
                .commit(std::mem::take(&mut writes), town.world.now)
                .unwrap();
        }
    };
    let report = ledger.verify(&mut write_once).unwrap();
    let last = report.problems.last().unwrap();
    assert_eq!(last.what, "ledger");
    assert!(last.wrong.starts_with("it was written to"), "{last:?}");
}
