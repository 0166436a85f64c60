//! Every kind of key has a table or a reason why not, and the columns that people read say what key
//! and row say. The database is not needed for any of it.

use super::*;
use crate::embedded::key;
use crate::embedded::value::catalogue::{
    encode_awaited, encode_entry, encode_head, encode_patterns,
};
use crate::embedded::value::people::{ErasedRow, Opens, OperatorRow, encode_claim};
use crate::embedded::value::purchase_row::{EventKind, FeedRow, StandingRow};
use crate::embedded::value::settlement::{ConflictRow, DayRow, encode_early};
use crate::embedded::value::store::{ChainRow, Credential, Home};
use crate::embedded::value::tests::some;
use crate::property::for_all;
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::catalogue::Entry;
use purchase::id::{DeviceId, OwnerId, PurchaseId, Revision, StoreId, TokenId, UserId};
use purchase::money::{Currency, Sum};
use purchase::settlement::LineNumber;
use purchase::time::Timestamp;

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

fn line_at() -> impl Strategy<Value = (PurchaseId, LineNumber)> {
    (some::purchase_id(), any::<u16>().prop_map(LineNumber))
}

fn id() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

fn hash() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

#[test]
fn every_kind_has_its_place() {
    for (kind, expected) in KINDS.into_iter().zip(1..) {
        assert_eq!(number(kind), expected, "{kind:?}");
        assert_eq!(kind_of(&[expected]).unwrap(), kind);
    }
    // The page of keys says which there are: none is missing here.
    let page = include_str!("../../embedded/key.rs");
    let declared = page
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "))
        .filter(|(_, number)| number.parse::<u8>().is_ok());
    assert_eq!(declared.count(), KINDS.len());
    for wrong in [&[][..], &[0], &[31], &[255]] {
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
fn stores_and_chains() {
    shows(
        Kind::Store,
        some::store_row(),
        |row| (key::store(&row.store.store_id), row.encode()),
        |row| {
            let store = &row.store;
            let newest = store.identities.last().unwrap();
            vec![
                ("store_id", text(&store.store_id)),
                ("name", text(newest.name.as_str())),
                ("timezone", text(store.timezone.as_str())),
                ("currency", text(store.currency.code())),
                ("chain_id", Cell::Null),
                ("catalogue_of", Cell::Null),
                ("closed_at", instant(store.closed_at)),
            ]
        },
    );
    let chains = (some::chain_id(), some::text(), some::time());
    shows(
        Kind::Chain,
        chains,
        |(id, name, at)| {
            let row = ChainRow {
                name: name.clone(),
                created_at: *at,
            };
            (key::chain(id), row.encode())
        },
        |(id, name, at)| {
            vec![
                ("chain_id", text(id.as_str())),
                ("name", text(name.as_str())),
                ("created_at", Cell::Instant(*at)),
            ]
        },
    );
}

/// A chain that a store belongs to is shown with it.
#[test]
fn a_store_of_a_chain() {
    let stores = (some::store_row(), some::chain_id(), some::store_id());
    for_all(CASES, stores, |(mut row, chain_id, source)| {
        row.store.chain_id = Some(chain_id.clone());
        row.store.catalogue_of = Some(source.clone());
        let shown = shown(&key::store(&row.store.store_id), &row.encode());
        assert!(shown.contains(&("chain_id", text(chain_id.as_str()))));
        assert!(shown.contains(&("catalogue_of", text(source.as_str()))));
    });
}

/// Makes a credential of its bytes.
type Made = fn([u8; 32]) -> Credential;

#[test]
fn machines() {
    let credentials: [(Made, &str); 2] = [
        (Credential::Hash, "key"),
        (Credential::PublicKey, "signature"),
    ];
    for (credential, called) in credentials {
        let columns = |id: [u8; 16], row: &crate::embedded::value::store::DeviceRow| {
            vec![
                ("device_id", text(DeviceId(id))),
                ("name", text(row.name.as_str())),
                ("credential", text(called)),
                ("created_at", Cell::Instant(row.created_at)),
                ("revoked_at", instant(row.revoked_at)),
            ]
        };
        shows(
            Kind::Device,
            (some::store_id(), id(), some::device_row(credential)),
            |(store, id, row)| (key::device(store, DeviceId(*id)), row.encode()),
            |(_, id, row)| columns(*id, row),
        );
        shows(
            Kind::ChainDevice,
            (some::chain_id(), id(), some::device_row(credential)),
            |(chain, id, row)| (key::chain_device(chain, DeviceId(*id)), row.encode()),
            |(chain, id, row)| {
                let mut all = vec![("chain_id", text(chain.as_str()))];
                all.extend(columns(*id, row));
                all
            },
        );
    }
    let homes = prop_oneof![
        some::store_id().prop_map(Home::Store),
        some::chain_id().prop_map(Home::Chain)
    ];
    shows(
        Kind::Signer,
        (id(), some::signer(homes)),
        |(id, row)| (key::signer(DeviceId(*id)), row.encode()),
        |(id, row)| {
            let (store, chain) = match &row.home {
                Home::Store(store) => (text(store), Cell::Null),
                Home::Chain(chain) => (Cell::Null, text(chain.as_str())),
            };
            vec![
                ("device_id", text(DeviceId(*id))),
                ("store_id", store),
                ("chain_id", chain),
            ]
        },
    );
    let used_by = some::of(id().prop_map(DeviceId));
    shows(
        Kind::Pairing,
        (hash(), some::pairing_row(used_by)),
        |(hash, row)| (key::plain(Kind::Pairing, hash), row.encode()),
        |(_, row)| {
            vec![
                ("store_id", text(&row.store_id)),
                ("name", text(row.name.as_str())),
                ("expires_at", Cell::Instant(row.expires_at)),
                ("used_by", maybe(row.used_by)),
            ]
        },
    );
}

#[test]
fn secrets_and_keys() {
    shows(
        Kind::Secret,
        (hash(), some::opens()),
        |(hash, row)| (key::plain(Kind::Secret, hash), row.encode()),
        |(_, row)| {
            let mut columns = vec![
                ("opens", Cell::Null),
                ("store_id", Cell::Null),
                ("chain_id", Cell::Null),
                ("device_id", Cell::Null),
                ("user_id", Cell::Null),
                ("token_id", Cell::Null),
            ];
            let mut set = |name: &str, cell: Cell| {
                let at = columns.iter().position(|column| column.0 == name).unwrap();
                columns[at].1 = cell;
            };
            match row {
                Opens::Operator { token_id } => {
                    set("opens", text("operator"));
                    set("token_id", text(token_id));
                }
                Opens::Device {
                    store_id,
                    device_id,
                } => {
                    set("opens", text("store"));
                    set("store_id", text(store_id));
                    set("device_id", text(device_id));
                }
                Opens::ChainDevice {
                    chain_id,
                    device_id,
                } => {
                    set("opens", text("chain"));
                    set("chain_id", text(chain_id.as_str()));
                    set("device_id", text(device_id));
                }
                Opens::User { user_id, token_id } => {
                    set("opens", text("account"));
                    set("user_id", text(user_id));
                    set("token_id", text(token_id));
                }
            }
            columns
        },
    );
    shows(
        Kind::Token,
        (id(), some::token_row()),
        |(id, row)| (key::token(TokenId(*id)), row.encode()),
        |(id, row)| {
            vec![
                ("token_id", text(TokenId(*id))),
                ("user_id", text(row.user_id)),
                ("created_at", Cell::Instant(row.created_at)),
            ]
        },
    );
    shows(
        Kind::Operator,
        (id(), hash(), some::time()),
        |(id, hash, at)| {
            let row = OperatorRow {
                hash: *hash,
                created_at: *at,
            };
            (key::operator(TokenId(*id)), row.encode())
        },
        |(id, _, at)| {
            vec![
                ("token_id", text(TokenId(*id))),
                ("created_at", Cell::Instant(*at)),
            ]
        },
    );
}

#[test]
fn people() {
    shows(
        Kind::User,
        (id(), some::user_row()),
        |(id, row)| (key::user(Kind::User, UserId(*id)), row.encode()),
        |(id, row)| {
            vec![
                ("user_id", text(UserId(*id))),
                ("created_at", Cell::Instant(row.created_at)),
            ]
        },
    );
    shows(
        Kind::UserReference,
        (hash(), id()),
        |(hash, id)| (key::plain(Kind::UserReference, hash), id.to_vec()),
        |(_, id)| vec![("user_id", text(UserId(*id)))],
    );
    shows(
        Kind::Account,
        (id(), some::account_row()),
        |(id, row)| (key::user(Kind::Account, UserId(*id)), row.encode()),
        |(id, row)| {
            vec![
                ("user_id", text(UserId(*id))),
                ("settlements", whole(row.tally.settlements)),
                ("lines", whole(row.tally.lines)),
                ("pending_lines", whole(row.tally.pending)),
                ("totals", Cell::Totals(row.tally.totals.clone())),
                ("feed_sequence", whole(row.sequence)),
            ]
        },
    );
    let events = prop_oneof![
        Just((EventKind::Filed, "filed")),
        Just((EventKind::Named, "named")),
        Just((EventKind::Changed, "changed"))
    ];
    shows(
        Kind::Feed,
        (
            id(),
            any::<u64>(),
            events,
            some::purchase_id(),
            some::time(),
        ),
        |(id, sequence, (kind, _), purchase_id, at)| {
            let row = FeedRow {
                kind: *kind,
                purchase_id: *purchase_id,
                at: *at,
            };
            (key::feed(UserId(*id), *sequence), row.encode())
        },
        |(id, sequence, (_, event), purchase_id, at)| {
            vec![
                ("user_id", text(UserId(*id))),
                ("sequence", whole(*sequence)),
                ("event", text(event)),
                ("purchase_id", text(purchase_id)),
                ("at", Cell::Instant(*at)),
            ]
        },
    );
    shows(
        Kind::Claim,
        (hash(), some::owner(), some::purchase_id()),
        |(hash, owner, id)| (key::plain(Kind::Claim, hash), encode_claim(*owner, *id)),
        |(_, _, id)| vec![("purchase_id", text(id))],
    );
    shows(
        Kind::Erased,
        (some::owner(), some::erased_row()),
        |(owner, row): &(OwnerId, ErasedRow)| (key::erased(*owner), row.encode()),
        |(owner, row)| {
            let user_id = match owner {
                OwnerId::User(id) => text(id),
                OwnerId::Unclaimed(_) => Cell::Null,
            };
            vec![("user_id", user_id), ("erased_at", Cell::Instant(row.at))]
        },
    );
}

#[test]
fn settlements() {
    let name = |key: &purchase::id::SettlementKey| {
        vec![
            ("business_date", Cell::Day(key.business_date)),
            ("terminal", text(key.terminal.as_str())),
            ("transaction", text(key.transaction.as_str())),
        ]
    };
    shows(
        Kind::Settlement,
        (some::settlement_key(), some::settlement_row()),
        |(key, row)| (key::settlement(Kind::Settlement, key), row.encode()),
        |(key, row)| {
            let mut columns = name(key);
            columns.extend([
                ("purchase_id", text(row.purchase_id)),
                ("received_at", Cell::Instant(row.received_at)),
                ("kind", kind_text(row.kind)),
                ("currency", text(row.currency.code())),
                ("total", Cell::Whole(row.total.minor())),
                ("lines", whole(u64::try_from(row.lines.len()).unwrap())),
                ("pending_lines", whole(row.pending)),
                ("voided", Cell::Truth(row.voided_by.is_some())),
            ]);
            columns
        },
    );
    shows(
        Kind::Early,
        (some::settlement_key(), vec(some::settlement_key(), 0..4)),
        |(key, waiting)| (key::settlement(Kind::Early, key), encode_early(waiting)),
        |(key, waiting)| {
            let mut columns = name(key);
            let count = u64::try_from(waiting.len()).unwrap();
            columns.push(("waiting", whole(count)));
            columns
        },
    );
    let conflicts = (some::digest(), some::time(), some::sealed());
    shows(
        Kind::Conflict,
        (some::settlement_key(), 0..8_u8, conflicts),
        |(key, number, (digest, at, sealed))| {
            let row = ConflictRow {
                digest: *digest,
                received_at: *at,
                sealed: sealed.clone(),
            };
            let mut key = key::settlement(Kind::Conflict, key);
            key.push(*number);
            (key, row.encode())
        },
        |(key, number, (_, at, _))| {
            let mut columns = name(key);
            columns.push(("number", whole(u64::from(*number))));
            columns.push(("received_at", Cell::Instant(*at)));
            columns
        },
    );
    shows(
        Kind::Day,
        (some::store_id(), some::date(), some::tally(), hash()),
        |(store, date, tally, digest)| {
            let row = DayRow {
                tally: tally.clone(),
                digest: *digest,
            };
            (key::day(Kind::Day, store, *date), row.encode())
        },
        |(_, date, tally, _)| {
            vec![
                ("business_date", Cell::Day(*date)),
                ("settlements", whole(tally.settlements)),
                ("lines", whole(tally.lines)),
                ("pending_lines", whole(tally.pending)),
                ("totals", Cell::Totals(tally.totals.clone())),
            ]
        },
    );
}

fn kind_text(kind: purchase::settlement::Kind) -> Cell {
    text(match kind {
        purchase::settlement::Kind::Sale => "sale",
        purchase::settlement::Kind::Return => "return",
        purchase::settlement::Kind::Void => "void",
    })
}

/// What the parts of a purchase have in common, and what only one of them has.
fn of_purchase(id: &PurchaseId, part: &str, own: &[(&str, Cell)]) -> Vec<(&'static str, Cell)> {
    let names = [
        "line",
        "store_id",
        "kind",
        "currency",
        "total",
        "received_at",
        "voided",
    ];
    let rest = names.map(|name| {
        let own = own.iter().find(|column| column.0 == name);
        (name, own.map_or(Cell::Null, |column| column.1.clone()))
    });
    let mut columns = vec![("purchase_id", text(id)), ("part", text(part))];
    columns.extend(rest);
    columns
}

#[test]
fn purchases() {
    let whose = || (some::owner(), some::purchase_id());
    shows(
        Kind::Purchase,
        (whose(), some::purchase_row()),
        |((owner, id), row)| (key::body(*owner, *id), row.encode()),
        |((_, id), row)| {
            let columns = &row.columns;
            let own = [
                ("store_id", text(&columns.store_id)),
                ("kind", kind_text(columns.kind)),
                ("currency", text(columns.currency.code())),
                ("total", Cell::Whole(columns.total.minor())),
                ("received_at", Cell::Instant(columns.received_at)),
            ];
            of_purchase(id, "body", &own)
        },
    );
    shows(
        Kind::Purchase,
        (whose(), any::<u16>(), some::sealed()),
        |((owner, id), line, sealed)| (key::name(*owner, *id, LineNumber(*line)), sealed.clone()),
        |((_, id), line, _)| of_purchase(id, "name", &[("line", whole(u64::from(*line)))]),
    );
    let standings = (vec(any::<u64>(), 0..4), some::of(some::settlement_key()));
    shows(
        Kind::Purchase,
        (whose(), standings),
        |((owner, id), (returned_micros, voided_by))| {
            let row = StandingRow {
                returned_micros: returned_micros.clone(),
                voided_by: voided_by.clone(),
            };
            (key::standing(*owner, *id), row.encode())
        },
        |((_, id), (_, voided_by))| {
            let voided = ("voided", Cell::Truth(voided_by.is_some()));
            of_purchase(id, "standing", &[voided])
        },
    );
}

#[test]
fn catalogues() {
    for kind in [Kind::Head, Kind::Staging] {
        shows(
            kind,
            (some::store_id(), some::head()),
            |(store, head)| {
                let key = key::plain(kind, store.as_str().as_bytes());
                (key, encode_head(head))
            },
            |(_, head)| {
                vec![
                    ("revision", whole(head.revision.0)),
                    (
                        "lineage",
                        maybe(head.lineage.as_ref().map(|it| it.as_str())),
                    ),
                    ("items", whole(head.items)),
                ]
            },
        );
    }
    let versions = (some::code(), some::time(), any::<u64>());
    shows(
        Kind::Item,
        (some::store_id(), versions, some::entry()),
        |(store, (code, at, revision), entry)| {
            let key = key::item(store, code, *at, Revision(*revision));
            (key, encode_entry(entry))
        },
        |(_, (code, at, revision), entry)| {
            let (name, discontinued) = match entry {
                Entry::Named(item) => (text(item.name.as_str()), false),
                Entry::Discontinued => (Cell::Null, true),
            };
            vec![
                ("code", text(code)),
                ("effective_from", Cell::Instant(*at)),
                ("revision", whole(*revision)),
                ("name", name),
                ("discontinued", Cell::Truth(discontinued)),
            ]
        },
    );
    shows(
        Kind::Patterns,
        (
            some::store_id(),
            some::time(),
            any::<u64>(),
            some::patterns(),
        ),
        |(store, at, revision, patterns)| {
            let key = key::patterns(store, *at, Revision(*revision));
            (key, encode_patterns(patterns))
        },
        |(_, at, revision, patterns)| {
            let written = patterns.as_slice().iter().map(ToString::to_string);
            vec![
                ("effective_from", Cell::Instant(*at)),
                ("revision", whole(*revision)),
                ("patterns", text(written.collect::<Vec<_>>().join(" "))),
            ]
        },
    );
}

#[test]
fn lines_that_wait() {
    let rows = prop_oneof![some::pending_row().boxed(), some::noted_row().boxed()];
    shows(
        Kind::Pending,
        (some::store_id(), some::code(), line_at(), rows),
        |(store, code, (id, line), row)| (key::pending(store, code, *id, *line), row.encode()),
        |(_, code, (id, line), row)| {
            let awaited = row.awaits.as_ref().map(|(revision, _)| whole(revision.0));
            vec![
                ("code", text(code)),
                ("purchase_id", text(id)),
                ("line", whole(u64::from(line.0))),
                ("at", Cell::Instant(row.at)),
                ("awaited_revision", awaited.unwrap_or(Cell::Null)),
            ]
        },
    );
    shows(
        Kind::Awaited,
        (some::store_id(), any::<u64>(), line_at(), some::code()),
        |(store, revision, (id, line), code)| {
            let key = key::awaited(store, Revision(*revision), *id, *line);
            (key, encode_awaited(code))
        },
        |(_, revision, (id, line), code)| {
            vec![
                ("revision", whole(*revision)),
                ("purchase_id", text(id)),
                ("line", whole(u64::from(line.0))),
                ("code", text(code)),
            ]
        },
    );
    shows(
        Kind::Label,
        (some::store_id(), some::code(), line_at(), some::code()),
        |(store, item, (id, line), code)| {
            (key::labelled(store, item, *id, *line), encode_awaited(code))
        },
        |(_, item, (id, line), code)| {
            vec![
                ("item_code", text(item)),
                ("purchase_id", text(id)),
                ("line", whole(u64::from(line.0))),
                ("code", text(code)),
            ]
        },
    );
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
