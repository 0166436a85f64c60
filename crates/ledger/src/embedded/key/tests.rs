//! Keys: numbers that never change, bytes that sort like what they stand for, and no row of one
//! thing among the rows of another.

use super::*;
use crate::embedded::browse::code_of;
use crate::embedded::learn::line_of;
use crate::embedded::names::read_item;
use crate::embedded::read::settlement_key;
use crate::embedded::value::catalogue::encode_entry;
use crate::property::for_all;
use proptest::prelude::*;
use purchase::catalogue::Entry;
use purchase::id::{CredentialId, Label, MissingId, SessionId, UnclaimedId};
use purchase::member::{MemberForm, MemberHash};

/// Every kind with its number, for ever. A new one is added at the end; none is taken away.
const NUMBERS: &[(Kind, u8)] = &[
    (Kind::Commit, 1),
    (Kind::Format, 2),
    (Kind::Store, 3),
    (Kind::Device, 4),
    (Kind::Secret, 5),
    (Kind::User, 6),
    (Kind::UserReference, 7),
    (Kind::Token, 8),
    (Kind::Account, 9),
    (Kind::Settlement, 10),
    (Kind::Day, 11),
    (Kind::Early, 12),
    (Kind::Conflict, 13),
    (Kind::Pending, 14),
    (Kind::Awaited, 15),
    (Kind::Head, 16),
    (Kind::Item, 17),
    (Kind::Purchase, 18),
    (Kind::Feed, 19),
    (Kind::Claim, 20),
    (Kind::Erased, 21),
    (Kind::Gap, 22),
    (Kind::Staging, 23),
    (Kind::Operator, 24),
    (Kind::Signer, 25),
    (Kind::Pairing, 26),
    (Kind::Chain, 27),
    (Kind::ChainDevice, 28),
    (Kind::Label, 29),
    (Kind::Patterns, 30),
    (Kind::Session, 31),
    (Kind::MemberCode, 32),
    (Kind::MemberCodeOf, 33),
    (Kind::WantedClaim, 34),
    (Kind::Credential, 36),
    (Kind::SignIn, 37),
    (Kind::Leaf, 38),
    (Kind::Access, 40),
    (Kind::Leaving, 41),
    (Kind::Audit, 42),
    (Kind::Sought, 43),
    (Kind::Missing, 44),
    (Kind::Household, 45),
    (Kind::HouseholdMember, 46),
    (Kind::Invitation, 47),
    (Kind::HouseholdOf, 49),
    (Kind::Report, 50),
    (Kind::Wish, 51),
    (Kind::Merger, 52),
    (Kind::Partner, 53),
    (Kind::TokenOf, 54),
    (Kind::Consent, 55),
    (Kind::Filed, 60),
    (Kind::ToFile, 61),
];

/// The stored-format document, which describes every one of them.
const DOCUMENT: &str = include_str!("../../../../../docs/data-format.md");

#[test]
fn numbers_are_for_ever_and_described() {
    assert!(NUMBERS.is_sorted_by(|one, next| one.1 < next.1));
    for (kind, expected) in NUMBERS {
        assert_eq!(number(*kind), *expected, "{kind:?}");
        let row = format!("| {expected} | `{kind:?}` |");
        assert!(DOCUMENT.contains(&row), "docs/data-format.md lacks {row}");
    }
    // The page itself says which kinds there are: none of them is missing above.
    let page = include_str!("../key.rs");
    let declared = page
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "));
    let declared: Vec<(&str, u8)> = declared
        .filter_map(|(name, number)| Some((name, number.parse().ok()?)))
        .collect();
    let listed: Vec<(String, u8)> = NUMBERS
        .iter()
        .map(|(kind, number)| (format!("{kind:?}"), *number))
        .collect();
    let listed: Vec<(&str, u8)> = listed
        .iter()
        .map(|(name, number)| (name.as_str(), *number))
        .collect();
    assert_eq!(declared, listed);
}

fn store_id() -> impl Strategy<Value = StoreId> {
    "[a-b1-2-]{0,3}".prop_map(|id| StoreId::parse(&format!("s{id}")).unwrap())
}

fn label() -> impl Strategy<Value = Label> {
    "[ !1-2~]{0,2}[!1]".prop_map(|label| Label::parse(&label).unwrap())
}

fn code() -> impl Strategy<Value = ItemCode> {
    "[ !1牛]{0,2}[!1牛]".prop_map(|code| ItemCode::parse(&code).unwrap())
}

fn date() -> impl Strategy<Value = BusinessDate> {
    (2016..2019_u16, 1..13_u8, 1..29_u8)
        .prop_map(|(year, month, day)| BusinessDate::new(year, month, day).unwrap())
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![0..3_i64, 250..260_i64, 0..Timestamp::LAST.ms()]
        .prop_map(|ms| Timestamp::from_ms(ms).unwrap())
}

fn revision() -> impl Strategy<Value = Revision> {
    prop_oneof![0..3_u64, 250..260_u64, any::<u64>()].prop_map(Revision)
}

fn purchase_id() -> impl Strategy<Value = PurchaseId> {
    (time(), any::<[u8; 10]>()).prop_map(|(at, tail)| PurchaseId::new(at, tail))
}

fn owner() -> impl Strategy<Value = OwnerId> {
    (any::<bool>(), 0..3_u8).prop_map(|(is_person, id)| match is_person {
        true => OwnerId::User(UserId([id; 16])),
        false => OwnerId::Unclaimed(UnclaimedId([id; 16])),
    })
}

fn name() -> impl Strategy<Value = SettlementKey> {
    (store_id(), label(), date(), label()).prop_map(
        |(store_id, terminal, business_date, transaction)| SettlementKey {
            store_id,
            terminal,
            business_date,
            transaction,
        },
    )
}

/// Keys of values are sorted as the values are, and are the same only if the values are.
fn sorts_like<T: std::fmt::Debug, O: Ord>(
    values: impl Strategy<Value = T> + Clone,
    key: impl Fn(&T) -> Vec<u8>,
    order: impl Fn(&T) -> O,
) {
    for_all(500, (values.clone(), values), |(one, other)| {
        let (by_key, by_order) = (key(&one).cmp(&key(&other)), order(&one).cmp(&order(&other)));
        assert_eq!(by_key, by_order, "{one:?} and {other:?}");
    });
}

#[test]
fn bytes_sort_like_what_they_stand_for() {
    let name_order = |name: &SettlementKey| {
        let SettlementKey {
            store_id,
            terminal,
            business_date,
            transaction,
        } = name.clone();
        (store_id, business_date, terminal, transaction)
    };
    sorts_like(
        name().boxed(),
        |name| settlement(Kind::Settlement, name),
        name_order,
    );
    let items = (store_id(), code(), time(), revision()).boxed();
    sorts_like(
        items,
        |(store, code, at, by)| item(store, code, *at, *by),
        Clone::clone,
    );
    let lines = (store_id(), code(), purchase_id(), any::<u16>()).boxed();
    let key = |(store, code, id, line): &(StoreId, ItemCode, PurchaseId, u16)| {
        pending(store, code, *id, LineNumber(*line))
    };
    sorts_like(lines, key, Clone::clone);
    let lines = (store_id(), revision(), purchase_id(), any::<u16>()).boxed();
    let key = |(store, revision, id, line): &(StoreId, Revision, PurchaseId, u16)| {
        awaited(store, *revision, *id, LineNumber(*line))
    };
    sorts_like(lines, key, Clone::clone);
    let lines = (store_id(), code(), purchase_id(), any::<u16>()).boxed();
    let key = |(store, item, id, line): &(StoreId, ItemCode, PurchaseId, u16)| {
        labelled(store, item, *id, LineNumber(*line))
    };
    sorts_like(lines, key, Clone::clone);
    let sets = (store_id(), time(), revision()).boxed();
    sorts_like(
        sets,
        |(store, at, by)| patterns(store, *at, *by),
        Clone::clone,
    );
    let events = (any::<[u8; 16]>(), any::<u64>()).boxed();
    sorts_like(
        events,
        |(user, sequence)| feed(UserId(*user), *sequence),
        Clone::clone,
    );
    let forms = prop_oneof![Just(MemberForm::Short), Just(MemberForm::Card)];
    let codes = (any::<[u8; 16]>(), forms, time(), any::<[u8; 32]>()).boxed();
    sorts_like(
        codes,
        |(user, form, until, hash)| member_code_of(UserId(*user), *form, *until, MemberHash(*hash)),
        Clone::clone,
    );
    let days = (store_id(), date()).boxed();
    sorts_like(
        days,
        |(store, date)| day(Kind::Day, store, *date),
        Clone::clone,
    );
}

#[test]
fn the_newest_purchase_comes_first_with_all_its_parts() {
    let purchases = (owner(), purchase_id()).boxed();
    let newest_first = |(owner, id): &(OwnerId, PurchaseId)| (*owner, std::cmp::Reverse(*id));
    sorts_like(
        purchases.clone(),
        |(owner, id)| purchase(*owner, *id),
        newest_first,
    );
    for_all(
        200,
        (purchases.clone(), purchases, any::<u16>()),
        |(one, other, line)| {
            let parts = |(owner, id): (OwnerId, PurchaseId)| {
                let name = name_key(owner, id, line);
                [body(owner, id), name, standing(owner, id)]
            };
            assert!(parts(one).is_sorted());
            for part in parts(one) {
                assert!(part.starts_with(&purchase(one.0, one.1)));
                let is_others = part.starts_with(&purchase(other.0, other.1));
                assert_eq!(is_others, one == other);
            }
        },
    );
}

fn name_key(owner: OwnerId, id: PurchaseId, line: u16) -> Vec<u8> {
    super::name(owner, id, LineNumber(line))
}

#[test]
fn what_is_somebodys_begins_with_the_person() {
    let ids = (any::<[u8; 16]>(), any::<[u8; 16]>()).boxed();
    sorts_like(
        ids.clone(),
        |(user, id)| session(UserId(*user), SessionId(*id)),
        Clone::clone,
    );
    sorts_like(
        ids,
        |(user, id)| credential(UserId(*user), CredentialId(*id)),
        Clone::clone,
    );
    let kept = (any::<[u8; 16]>(), any::<u8>(), any::<[u8; 32]>()).boxed();
    sorts_like(
        kept,
        |(user, subject, hash)| leaf(UserId(*user), *subject, hash),
        Clone::clone,
    );
    let entries = (any::<[u8; 16]>(), any::<u64>()).boxed();
    sorts_like(
        entries,
        |(user, number)| access(UserId(*user), *number),
        Clone::clone,
    );
    // Who asked to go is found by when that was.
    let asked = (time(), any::<[u8; 16]>()).boxed();
    sorts_like(
        asked,
        |(at, user)| leaving(*at, UserId(*user)),
        Clone::clone,
    );
    // Of one store, who asked first is found first.
    let asked = (time(), any::<[u8; 16]>()).boxed();
    let shop = StoreId::parse("s-1").unwrap();
    sorts_like(
        asked,
        move |(at, id)| sought(&shop, *at, SoughtId(*id)),
        Clone::clone,
    );
    let noted = (time(), any::<u32>()).boxed();
    sorts_like(noted, |(at, number)| audit(*at, *number), Clone::clone);
    let somebody = (any::<[u8; 16]>(), any::<[u8; 16]>(), any::<u8>());
    for_all(200, somebody, |(user, other, subject)| {
        let (user_id, other) = (UserId(user), UserId(other));
        let keys = [
            (Kind::Session, session(user_id, SessionId([7; 16]))),
            (Kind::Credential, credential(user_id, CredentialId([7; 16]))),
            (Kind::Leaf, leaf(user_id, subject, &[7; 32])),
            (Kind::Access, access(user_id, 7)),
            (Kind::Missing, missing(user_id, MissingId([7; 16]))),
        ];
        for (kind, key) in keys {
            assert!(key.starts_with(&super::user(kind, user_id)));
            let is_others = key.starts_with(&super::user(kind, other));
            assert_eq!(is_others, user_id == other);
        }
        let next = leaves(user_id, subject.wrapping_add(1));
        assert!(!leaf(user_id, subject, &[7; 32]).starts_with(&next));
    });
}

#[test]
fn no_store_and_no_code_begins_another() {
    for_all(
        500,
        (store_id(), store_id(), code(), code()),
        |(one, other, first, second)| {
            let is_same_store = one == other;
            let begins = |key: &[u8]| key.starts_with(&of_store(Kind::Item, &other));
            assert_eq!(begins(&versions(&one, &first)), is_same_store);
            let is_same = is_same_store && first == second;
            let waiting = pending(&one, &first, PurchaseId([0; 16]), LineNumber(1));
            assert_eq!(waiting.starts_with(&of_code(&other, &second)), is_same);
            assert_eq!(wish(&one, &first) == wish(&other, &second), is_same);
            assert!(!wish(&one, &first).starts_with(&wish(&other, &second)) || is_same);
            let told = report(&one, DeviceId([0; 16]));
            let is_told = told.starts_with(&of_store(Kind::Report, &other));
            assert_eq!(is_told, is_same_store);
            let version = item(&one, &first, Timestamp::ZERO, Revision(0));
            assert_eq!(version.starts_with(&versions(&other, &second)), is_same);
        },
    );
}

#[test]
fn what_a_key_says_is_read_back() {
    for_all(
        300,
        (name(), code(), purchase_id(), any::<u16>()),
        |(name, code, id, line)| {
            let (store, date) = (&name.store_id, name.business_date);
            let prefix = day(Kind::Settlement, store, date).len();
            let key = settlement(Kind::Settlement, &name);
            assert_eq!(settlement_key(store, date, &key, prefix).unwrap(), name);
            let line = LineNumber(line);
            let waiting = pending(store, &code, id, line);
            assert_eq!(line_of(&waiting).unwrap(), (id, line));
            assert_eq!(code_of(store, &waiting).unwrap(), code);
            assert_eq!(
                line_of(&awaited(store, Revision(9), id, line)).unwrap(),
                (id, line)
            );
        },
    );
    let gone = encode_entry(&Entry::Discontinued);
    for_all(
        300,
        (store_id(), code(), time(), revision()),
        |(store, code, at, by)| {
            let (read, version) = read_item(&store, &item(&store, &code, at, by), &gone).unwrap();
            assert_eq!(
                (read, version.effective_from, version.revision),
                (code, at, by)
            );
        },
    );
}

#[test]
fn a_range_ends_after_all_that_begin_with_its_prefix() {
    for_all(
        500,
        (any::<Vec<u8>>(), any::<Vec<u8>>()),
        |(prefix, other)| {
            let end = after(&prefix);
            let longer = [prefix.as_slice(), &other].concat();
            if prefix.iter().any(|byte| *byte != u8::MAX) {
                assert!(longer < end);
            }
            if !other.starts_with(&prefix) && other > prefix && !end.is_empty() {
                assert!(other >= end);
            }
        },
    );
}
