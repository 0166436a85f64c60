//! Every kind of key has a table or a reason why not, and the columns that people read say what key
//! and row say. The database is not needed for any of it.

use super::*;
use crate::embedded::key;
use crate::embedded::value::catalogue::{
    encode_awaited, encode_entry, encode_head, encode_patterns,
};
use crate::embedded::value::people::{ErasedRow, Opens};
use crate::embedded::value::purchase_row::{EventKind, FeedRow, StandingRow};
use crate::embedded::value::settlement::{ConflictRow, DayRow, encode_early};
use crate::embedded::value::store::{ChainRow, Credential, Home};
use crate::embedded::value::tests::some;
use crate::embedded::value::to_file::encode_filed;
use crate::property::for_all;
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::catalogue::Entry;
use purchase::id::{DeviceId, OwnerId, PurchaseId, Revision, StoreId, TokenId, UserId};
use purchase::money::{Currency, Sum};
use purchase::settlement::LineNumber;
use purchase::time::Timestamp;

mod catalogue;
mod codes;
mod household;
mod identity;
mod missing;
mod partners;
mod people;
mod reports;
mod sales;
mod stores;

const CASES: u32 = 64;

/// The columns of a row by their names.
fn shown(key: &[u8], row: &[u8]) -> Vec<(&'static str, Cell)> {
    let table = table_of(key).unwrap();
    let cells = table.cells(key, row).unwrap();
    assert_eq!(cells.len(), table.clear.len(), "{}", table.name);
    let columns = table.clear.iter().zip(cells);
    columns
        .map(|((name, shape), cell)| {
            assert!(
                cell.shape().is_none_or(|it| it == *shape),
                "{}.{name}: {cell:?}",
                table.name
            );
            (*name, cell)
        })
        .collect()
}

/// Checks the columns of random rows, and that neither a longer key nor another row is taken.
fn shows<T: std::fmt::Debug>(
    kind: Kind,
    values: impl Strategy<Value = T>,
    row_of: impl Fn(&T) -> (Vec<u8>, Vec<u8>),
    expected: impl Fn(&T) -> Vec<(&'static str, Cell)>,
) {
    for_all(CASES, values, |value| {
        let (key, row) = row_of(&value);
        assert_eq!(key.first(), Some(&number(kind)));
        assert_eq!(shown(&key, &row), expected(&value), "{kind:?}");
        let table = table_of(&key).unwrap();
        assert!(table.cells(&key[..1], &row).is_err() || key.len() == 1);
        assert!(table.spread.value(&key).unwrap().is_some() || !is_spread(table));
        let named_to_its_end =
            matches!(kind, Kind::Store | Kind::Chain | Kind::Head | Kind::Staging);
        let longer = [key.as_slice(), &[1]].concat();
        assert!(named_to_its_end || table.cells(&longer, &row).is_err());
    });
}

fn is_spread(table: &Table) -> bool {
    table.spread != Spread::Everywhere
}

fn text(text: impl ToString) -> Cell {
    Cell::Text(text.to_string())
}

fn maybe(text: Option<impl ToString>) -> Cell {
    text.map_or(Cell::Null, |text| Cell::Text(text.to_string()))
}

fn instant(time: Option<Timestamp>) -> Cell {
    time.map_or(Cell::Null, Cell::Instant)
}

/// As the column shows it: what it cannot hold is shown as its greatest.
fn whole(number: u64) -> Cell {
    Cell::Whole(i64::try_from(number).unwrap_or(i64::MAX))
}

fn id() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

fn hash() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

#[test]
fn every_kind_has_its_place() {
    assert!(KINDS.map(number).is_sorted_by(|one, next| one < next));
    for kind in KINDS {
        assert_eq!(kind_of(&[number(kind)]).unwrap(), kind);
    }
    // The page of keys says which there are: none is missing here.
    let page = include_str!("../../embedded/key.rs");
    let declared = page
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "))
        .filter(|(_, number)| number.parse::<u8>().is_ok());
    assert_eq!(declared.count(), KINDS.len());
    for wrong in [&[][..], &[0], &[99], &[255]] {
        assert!(kind_of(wrong).is_err(), "{wrong:?}");
    }
    let nowhere = KINDS
        .into_iter()
        .filter(|kind| matches!(place(*kind), Place::Nowhere(reason) if !reason.is_empty()));
    assert_eq!(
        nowhere.collect::<Vec<_>>(),
        [Kind::Commit, Kind::Format, Kind::Gap]
    );
}

#[test]
fn tables_and_columns_have_names_of_their_own() {
    let mut names: Vec<&str> = tables().map(|table| table.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    for table in tables() {
        let mut columns: Vec<&str> = table.clear.iter().map(|column| column.0).collect();
        columns.extend(["key", "row"].into_iter().chain(table.spread.column()));
        columns.sort_unstable();
        assert!(
            columns.windows(2).all(|pair| pair[0] != pair[1]),
            "{}: {columns:?}",
            table.name
        );
    }
}

#[test]
fn damage_is_an_error() {
    let store = StoreId::parse("s-1").unwrap();
    let key = key::plain(Kind::Head, store.as_str().as_bytes());
    let table = table_of(&key).unwrap();
    assert!(table.cells(&key, &[1]).is_err());
    assert!(table_of(&key::commit(7)).is_err());
    assert!(table_of(&[]).is_err());
    let owner = [3; 17];
    let nobody = key::plain(Kind::Purchase, &owner);
    assert!(table_of(&nobody).unwrap().cells(&nobody, &[]).is_err());
    let yen = Currency::parse("JPY").unwrap();
    assert_eq!(
        Cell::Totals(vec![(yen, Sum::from_minor(1))]).shape(),
        Some(Shape::Totals)
    );
}

/// Where rows lie: what belongs to one store or one owner has one value.
#[test]
fn a_row_lies_with_its_store_or_owner() {
    let people = (id(), any::<u64>(), some::purchase_id());
    for_all(CASES, people, |(id, sequence, purchase)| {
        let owner = OwnerId::User(UserId(id));
        let keys = [
            key::user(Kind::User, UserId(id)),
            key::user(Kind::Account, UserId(id)),
            key::feed(UserId(id), sequence),
            key::body(owner, purchase),
            key::erased(owner),
        ];
        let expected = Cell::Bytes(key::owner_bytes(owner).to_vec());
        for key in keys {
            let spread = table_of(&key).unwrap().spread;
            assert_eq!(spread.column(), Some("owner"));
            assert_eq!(spread.value(&key).unwrap(), Some(expected.clone()));
        }
    });
    for_all(
        CASES,
        (some::settlement_key(), some::code()),
        |(name, code)| {
            let store = &name.store_id;
            let keys = [
                key::settlement(Kind::Settlement, &name),
                key::day(Kind::Day, store, name.business_date),
                key::versions(store, &code),
                key::plain(Kind::Head, store.as_str().as_bytes()),
            ];
            for key in keys {
                let spread = table_of(&key).unwrap().spread;
                assert_eq!(spread.value(&key).unwrap(), Some(text(store)));
            }
        },
    );
    let short = key::plain(Kind::Feed, &[1; 15]);
    assert!(Spread::Person.value(&short).is_err());
    assert!(Spread::Store.value(&[number(Kind::Head)]).is_err());
}

/// A range of one store is known as such, and one that may reach another store is not.
#[test]
fn a_range_knows_whether_it_stays_in_one_place() {
    let one = StoreId::parse("s-1").unwrap();
    let all = key::of_store(Kind::Item, &one);
    let end = key::after(&all);
    let kind = vec![number(Kind::Item)];
    let rows: &[(&[u8], &[u8], Option<Cell>)] = &[
        (&all, &end, Some(text("s-1"))),
        (
            &[all.as_slice(), b"milk\0"].concat(),
            &end,
            Some(text("s-1")),
        ),
        (&all, &key::after(&kind), None),
        (&kind, &end, None),
        // Without the zero byte the id might go on.
        (&all[..all.len() - 1], &end, None),
    ];
    for (from, end, expected) in rows {
        assert_eq!(Spread::Store.only(from, end), *expected, "{from:?}");
    }
    let person = key::user(Kind::Feed, UserId([7; 16]));
    let owner = key::owner_bytes(OwnerId::User(UserId([7; 16]))).to_vec();
    let end = key::after(&person);
    assert_eq!(Spread::Person.only(&person, &end), Some(Cell::Bytes(owner)));
    assert_eq!(Spread::Person.only(&person[..9], &end), None);
    assert_eq!(Spread::Everywhere.only(&person, &end), None);
}
