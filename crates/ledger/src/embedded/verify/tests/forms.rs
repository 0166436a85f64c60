//! Keys are taken apart as they were put together, and by nothing less.

use super::{code, key, store_id, time};
use crate::embedded::key::{self as page, Kind as Row};
use crate::embedded::leaving::leaving_of;
use crate::embedded::partners::consent_of;
use crate::embedded::value::identity::LeafSubject;
use crate::embedded::verify::history::KINDS;
use crate::embedded::verify::keys::{self, ItemKey, Part, Waiting};
use purchase::bytes::ReadError;
use purchase::id::{
    AliasId, DeviceId, HouseholdId, OwnerId, PartnerId, PurchaseId, Revision, SessionId,
    UnclaimedId, UserId,
};
use purchase::member::{MemberForm, MemberHash};
use purchase::settlement::{ClaimHash, LineNumber};
use purchase::time::BusinessDate;
use std::fmt::Debug;

const ID: PurchaseId = PurchaseId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 255, 0, 254, 0, 253]);
const LINE: LineNumber = LineNumber(258);

/// Reads back what was put in, and nothing that is shorter or longer.
fn check<T: Debug + PartialEq>(
    row_key: &[u8],
    take_apart: fn(&[u8]) -> Result<T, ReadError>,
    expected: T,
) {
    assert_eq!(take_apart(row_key).as_ref(), Ok(&expected));
    for end in 0..row_key.len() {
        assert_ne!(
            take_apart(&row_key[..end]).as_ref(),
            Ok(&expected),
            "cut at {end}"
        );
    }
    let longer = [row_key, &[1]].concat();
    assert_ne!(take_apart(&longer).as_ref(), Ok(&expected));
}

#[test]
fn keys_of_a_store_are_taken_apart_as_they_were_put_together() {
    let store = store_id("s-330");
    let date = BusinessDate::parse("2017-12-31").unwrap();
    let line = LINE;
    check(&page::store(&store), keys::store, store.clone());
    let device = DeviceId([3; 16]);
    check(
        &page::device(&store, device),
        keys::device,
        (store.clone(), device),
    );
    check(
        &page::day(Row::Day, &store, date),
        keys::day,
        (store.clone(), date),
    );
    let settlement = key("a b/c");
    check(
        &page::settlement(Row::Settlement, &settlement),
        keys::settlement,
        settlement.clone(),
    );
    let conflict = [page::settlement(Row::Conflict, &settlement), vec![7]].concat();
    check(&conflict, keys::conflict, (settlement, 7));
    let milk = Waiting {
        store_id: store.clone(),
        by: code("牛乳"),
        id: ID,
        line,
    };
    check(
        &page::pending(&store, &milk.by, ID, line),
        keys::pending,
        milk,
    );
    let revision = Waiting {
        store_id: store.clone(),
        by: Revision(u64::MAX),
        id: ID,
        line,
    };
    check(
        &page::awaited(&store, revision.by, ID, line),
        keys::awaited,
        revision,
    );
    let item = ItemKey {
        store_id: store.clone(),
        code: code("1"),
        effective_from: time(1_483_272_000_000),
        revision: Revision(300),
    };
    let item_key = page::item(&store, &item.code, item.effective_from, item.revision);
    check(&item_key, keys::item, item);
}

#[test]
fn keys_of_an_owner_are_taken_apart_as_they_were_put_together() {
    let (user, nobody) = (UserId([7; 16]), OwnerId::Unclaimed(UnclaimedId([8; 16])));
    let line = LINE;
    check(
        &page::body(nobody, ID),
        keys::purchase,
        (nobody, ID, Part::Body),
    );
    check(
        &page::name(nobody, ID, line),
        keys::purchase,
        (nobody, ID, Part::Name(line)),
    );
    check(
        &page::standing(nobody, ID),
        keys::purchase,
        (nobody, ID, Part::Standing),
    );
    check(&page::feed(user, 1 << 40), keys::feed, (user, 1 << 40));
    let erased = page::plain(Row::Erased, &page::owner_bytes(OwnerId::User(user)));
    check(&erased, keys::owner, OwnerId::User(user));
    check(&page::user(Row::Account, user), keys::array, user.0);
    let session = page::session(user, SessionId([3; 16]));
    check(&session, keys::of_person, (user, [3; 16]));
    let access = page::access(user, 258);
    check(&access, keys::of_person, (user, 258_u64.to_be_bytes()));
    for subject in LeafSubject::ALL {
        let leaf = page::leaf(user, subject.number(), &[9; 32]);
        check(&leaf, keys::leaf, (user, subject, [9; 32]));
    }
    assert!(keys::leaf(&page::leaf(user, 99, &[9; 32])).is_err());
    let leaving = page::leaving(time(1_483_272_000_000), user);
    check(&leaving, leaving_of, (time(1_483_272_000_000), user));
    let (form, until, hash) = (MemberForm::Card, time(1 << 40), MemberHash([9; 32]));
    let listed = page::member_code_of(user, form, until, hash);
    check(&listed, keys::member_code_of, (user, form, until, hash));
    let claim = ClaimHash([9; 32]);
    check(
        &page::wanted_claim(user, claim),
        keys::wanted_claim,
        (user, claim),
    );
    let consent = (PartnerId([4; 16]), AliasId([5; 16]));
    check(&page::consent(consent.0, consent.1), consent_of, consent);
    let household = HouseholdId([3; 16]);
    check(
        &page::household_member(household, user),
        keys::household_member,
        (household, user),
    );
}

#[test]
fn what_no_writer_makes_is_refused() {
    let refused = |key: &[u8]| assert!(keys::settlement(key).is_err(), "{key:?}");
    let right = page::settlement(Row::Settlement, &key("1"));
    for (from, to) in [
        (&b"s-1"[..], &b"S-1"[..]),
        (b"1\0", b"\n\0"),
        (b"s-1\0", b"s-1"),
    ] {
        let at = right
            .windows(from.len())
            .rposition(|bytes| bytes == from)
            .unwrap();
        let (head, tail) = right.split_at(at);
        refused(&[head, to, &tail[from.len()..]].concat());
    }
    let mut no_day = right.clone();
    no_day[8] = 31;
    refused(&no_day);
}

#[test]
fn every_kind_has_its_place() {
    let numbers: Vec<u8> = KINDS.iter().map(|kind| page::number(*kind)).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    // The page of stored keys says which there are.
    let page = include_str!("../../key.rs");
    let declared = page
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "))
        .filter_map(|(_, number)| number.parse().ok());
    assert_eq!(numbers, declared.collect::<Vec<u8>>());
}
