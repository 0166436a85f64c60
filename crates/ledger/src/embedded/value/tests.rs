//! Every stored value is read back as it was written, and nothing else is read: no other version,
//! no value that was cut short, none with something behind it. Damage is an error, never a panic.

use super::catalogue::{
    ITEMS_MAX, PAST_MAX, PendingRow, decode_awaited, decode_entry, decode_head, decode_patterns,
    encode_awaited, encode_entry, encode_head, encode_patterns,
};
use super::codes::{ClaimRow, MemberCodeRow, WantedRow, decode_listed, encode_listed};
use super::household::{
    HouseholdRow, InvitationRow, MemberRow, decode_household_of, decode_name, encode_household_of,
    encode_name,
};
use super::identity::{
    AccessBody, AccessRow, Credential as People, CredentialRow, Leaf, LeafSubject, LookUp,
    SessionRow, SignInRow, decode_leaf_row, decode_leaving, encode_leaf_row, encode_leaving,
};
use super::merger::MergerRow;
use super::missing::{Fate, MissingBody, SoughtBody, WhyNot, decode_sealed, encode_sealed};
use super::operator::{Act, Note, OperatorRow};
use super::people::{AccountRow, CommitRow, ErasedRow, Gap, Opens, TokenRow, UserRow};
use super::purchase_row::{AddedName, EventKind, FeedRow, PurchaseRow, StandingRow};
use super::report::{ReportRow, WishRow};
use super::settlement::{
    ConflictRow, DayRow, EARLY_MAX, SettlementRow, Shown, decode_early, encode_early,
};
use super::store::{ChainRow, Credential, DeviceRow, Home, PairingRow, Signer, StoreRow};
use super::to_file::{Part, ToFileRow, decode_filed, encode_filed};
use super::*;
use crate::account::{Described, Minute};
use crate::embedded::owed::{Count, Owed};
use crate::property::for_all;
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::id::{DeviceId, SoughtId, StoreId};
use purchase::time::BusinessDate;
use std::fmt::Debug;

mod partner;
pub(crate) mod some;

use some::*;

const CASES: u32 = 128;

/// Whether everything after the last member of a value belongs to it.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// The value says where it ends.
    Told,
    /// What is left over is a sealed body, which is checked when it is opened.
    Open,
}

fn is_read_back<T: Debug + PartialEq>(
    values: impl Strategy<Value = T>,
    encode: impl Fn(&T) -> Vec<u8>,
    decode: impl Fn(&[u8]) -> Result<T, Fault>,
    end: End,
) {
    is_read_back_as((VERSION, VERSION), values, encode, decode, end);
}

/// The same for a value that is written in the first of these versions, and is read up to the
/// second.
fn is_read_back_as<T: Debug + PartialEq>(
    (written, last): (u8, u8),
    values: impl Strategy<Value = T>,
    encode: impl Fn(&T) -> Vec<u8>,
    decode: impl Fn(&[u8]) -> Result<T, Fault>,
    end: End,
) {
    let damage = (any::<prop::sample::Index>(), 1..=255_u8);
    for_all(CASES, (values, damage), |(value, (place, flip))| {
        let bytes = encode(&value);
        assert_eq!(bytes.first(), Some(&written));
        assert_eq!(decode(&bytes).expect("it was written so"), value);
        if end == End::Told {
            for length in 0..bytes.len() {
                assert!(decode(&bytes[..length]).is_err(), "cut to {length}");
            }
            let longer = [bytes.as_slice(), &[0]].concat();
            assert!(decode(&longer).is_err(), "one byte more");
        }
        for version in [0, last + 1, 255] {
            let mut other = bytes.clone();
            other[0] = version;
            assert!(decode(&other).is_err(), "version {version}");
        }
        // Another value, or an error: whatever it is, it does not take the server down.
        let mut damaged = bytes;
        let at = place.index(damaged.len());
        damaged[at] ^= flip;
        let _ = decode(&damaged);
    });
}

#[test]
fn rows_of_reports() {
    let (encode, decode) = (ReportRow::encode, ReportRow::decode);
    is_read_back(report_row(), encode, decode, End::Told);
    is_read_back(wish_row(), WishRow::encode, WishRow::decode, End::Told);
}

#[test]
fn rows_of_stores() {
    let of_chain = (store_row(), chain_id(), of(store_id())).prop_map(|(mut row, chain_id, of)| {
        (row.store.chain_id, row.store.catalogue_of) = (Some(chain_id), of);
        row
    });
    let (encode, decode) = (StoreRow::encode, StoreRow::decode);
    is_read_back_as((1, 2), store_row(), encode, decode, End::Told);
    is_read_back_as((2, 2), of_chain, encode, decode, End::Told);
    let of_version = |written: u8, credential: fn([u8; 32]) -> Credential| {
        let (encode, decode) = (DeviceRow::encode, DeviceRow::decode);
        let rows = device_row(credential);
        is_read_back_as((written, 2), rows, encode, decode, End::Told);
    };
    of_version(1, Credential::Hash);
    of_version(2, Credential::PublicKey);
    let (encode, decode) = (Signer::encode, Signer::decode);
    let store = store_id().prop_map(Home::Store);
    is_read_back_as((1, 2), signer(store), encode, decode, End::Told);
    let chain = chain_id().prop_map(Home::Chain);
    is_read_back_as((2, 2), signer(chain), encode, decode, End::Told);
    let chains = (text(), time()).prop_map(|(name, created_at)| ChainRow { name, created_at });
    is_read_back(chains, ChainRow::encode, ChainRow::decode, End::Told);
    let (unused, used) = (nobody(), somebody());
    for (written, used_by) in [(1, unused), (2, used)] {
        let (encode, decode) = (PairingRow::encode, PairingRow::decode);
        is_read_back_as(
            (written, 2),
            pairing_row(used_by),
            encode,
            decode,
            End::Told,
        );
    }
}

fn nobody() -> BoxedStrategy<Option<DeviceId>> {
    Just(None).boxed()
}

fn somebody() -> BoxedStrategy<Option<DeviceId>> {
    any::<[u8; 16]>().prop_map(|id| Some(DeviceId(id))).boxed()
}

#[test]
fn rows_of_catalogues() {
    is_read_back(head(), encode_head, decode_head, End::Told);
    is_read_back(entry(), encode_entry, decode_entry, End::Told);
    // A line that is no label stays at the first version, as it was before there were patterns.
    is_read_back_as(
        (1, 2),
        pending_row(),
        PendingRow::encode,
        PendingRow::decode,
        End::Told,
    );
    is_read_back_as(
        (2, 2),
        noted_row(),
        PendingRow::encode,
        PendingRow::decode,
        End::Told,
    );
    is_read_back(code(), encode_awaited, decode_awaited, End::Told);
    is_read_back(patterns(), encode_patterns, decode_patterns, End::Told);
}

#[test]
fn rows_of_people() {
    let (encode, decode) = (UserRow::encode, UserRow::decode);
    is_read_back_as((1, 4), user_row(), encode, decode, End::Told);
    is_read_back_as((2, 4), known_user_row(), encode, decode, End::Told);
    is_read_back_as((3, 4), suspended_user_row(), encode, decode, End::Told);
    is_read_back_as((4, 4), blocking_user_row(), encode, decode, End::Told);
    is_read_back(
        account_row(),
        AccountRow::encode,
        AccountRow::decode,
        End::Told,
    );
    is_read_back(token_row(), TokenRow::encode, TokenRow::decode, End::Told);
    let (encode, decode) = (OperatorRow::encode, OperatorRow::decode);
    is_read_back_as((1, 2), operator_row(), encode, decode, End::Told);
    is_read_back_as((2, 2), known_operator_row(), encode, decode, End::Told);
    is_read_back(note(), Note::encode, Note::decode, End::Told);
    let numbers = Act::ALL.map(Act::number);
    let expected: Vec<u8> = (1..=26).chain(28..=30).collect();
    assert_eq!(numbers.as_slice(), expected);
    is_read_back(opens(), Opens::encode, Opens::decode, End::Told);
}

#[test]
fn rows_of_codes() {
    is_read_back(
        member_code_row(),
        MemberCodeRow::encode,
        MemberCodeRow::decode,
        End::Told,
    );
    is_read_back(Just(()), |()| encode_listed(), decode_listed, End::Told);
    is_read_back(
        wanted_row(),
        |row| row.encode(),
        WantedRow::decode,
        End::Told,
    );
    let (encode, decode) = (ClaimRow::encode, ClaimRow::decode);
    let leads = (owner(), purchase_id()).prop_map(|(owner, id)| ClaimRow::Leads(owner, id));
    is_read_back_as((1, 2), leads, encode, decode, End::Told);
    let wanted = (user_id(), time()).prop_map(|(user_id, at)| ClaimRow::Wanted(user_id, at));
    is_read_back_as((2, 2), wanted, encode, decode, End::Told);
}

#[test]
fn rows_of_how_people_come_in() {
    is_read_back(
        session_row(),
        SessionRow::encode,
        SessionRow::decode,
        End::Told,
    );
    is_read_back(credential(), People::encode, People::decode, End::Told);
    is_read_back(
        credential_row(),
        CredentialRow::encode,
        CredentialRow::decode,
        End::Told,
    );
    is_read_back(
        sign_in_row(),
        |row| row.encode(),
        SignInRow::decode,
        End::Told,
    );
    let gone = decode_leaving(&encode_leaving());
    gone.expect("it says all by its key");
    assert!(decode_leaving(&[VERSION, 0]).is_err());
    assert!(decode_leaving(&[2]).is_err());
}

#[test]
fn rows_of_households() {
    is_read_back(
        household_row(),
        HouseholdRow::encode,
        HouseholdRow::decode,
        End::Told,
    );
    is_read_back(
        household_member_row(),
        MemberRow::encode,
        MemberRow::decode,
        End::Told,
    );
    is_read_back(
        invitation_row(),
        |row| row.encode(),
        InvitationRow::decode,
        End::Told,
    );
    is_read_back(text(), encode_name, decode_name, End::Told);
    is_read_back(
        household_id(),
        |id| encode_household_of(*id),
        decode_household_of,
        End::Told,
    );
}

#[test]
fn rows_of_what_people_keep() {
    is_read_back(leaf(), Leaf::encode, Leaf::decode, End::Told);
    is_read_back(
        sealed(),
        |sealed| encode_leaf_row(sealed),
        decode_leaf_row,
        End::Told,
    );
    is_read_back(
        access_body(),
        AccessBody::encode,
        AccessBody::decode,
        End::Told,
    );
    is_read_back(
        access_row(),
        AccessRow::encode,
        AccessRow::decode,
        End::Told,
    );
}

#[test]
fn rows_of_mergers() {
    let encode = |row: &MergerRow| row.encode();
    is_read_back(merger_row(), encode, MergerRow::decode, End::Told);
}

/// Numbers are for ever, and no two are the same.
#[test]
fn subjects_of_leaves_have_their_numbers() {
    let numbers = LeafSubject::ALL.map(LeafSubject::number);
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
}

/// An address is found however it is typed; nothing else is taken for it.
#[test]
fn look_ups_are_apart() {
    let email = |text: &str| LookUp::Email(text_of(text)).message();
    let ada = email("ada@example.org");
    for same in [
        "Ada@Example.ORG",
        " ada@example.org ",
        "ａｄａ＠example．org",
    ] {
        assert_eq!(email(same), ada, "{same}");
    }
    let others = [
        email("adah@example.org"),
        LookUp::Passkey(b"ada@example.org".to_vec()).message(),
        LookUp::Passkey(vec![7; 32]).message(),
        LookUp::Recovery([7; 32]).message(),
    ];
    for (nth, one) in others.iter().enumerate() {
        assert_ne!(*one, ada);
        assert!(!others[nth + 1..].contains(one));
        assert_eq!(one.first(), Some(&0), "no reference begins so");
    }
}

#[test]
fn rows_of_receipts_that_people_miss() {
    is_read_back(
        missing_body(),
        MissingBody::encode,
        MissingBody::decode,
        End::Told,
    );
    let leads = sought_body();
    is_read_back(leads, |body| body.encode(), SoughtBody::decode, End::Told);
    let (encode, decode) = (encode_sealed, decode_sealed);
    is_read_back(sealed(), |sealed| encode(sealed), decode, End::Told);
}

/// What is sealed for a person today is read as long as it is kept: these bytes are for ever.
#[test]
fn a_missing_receipt_is_kept_as_it_was() {
    let body = MissingBody {
        store_id: StoreId::parse("s-1").expect("an id"),
        sought_id: SoughtId([9; 16]),
        asked_at: Timestamp::from_ms(1).expect("a time"),
        described: Described {
            date: BusinessDate::new(2017, 1, 1).expect("a day"),
            minute: Minute::new(65),
            total: Amount::new(300).expect("an amount"),
            number: Some(text_of("42")),
            words: None,
        },
        fate: Fate::NotFound {
            why: WhyNot::OwnWords,
            words: Some(text_of("no")),
            at: Timestamp::from_ms(2).expect("a time"),
        },
    };
    let kept = [
        "01 03 732d31",
        &"09".repeat(16),
        "02  000fc221 01 41 d804 02 3432 00  03 04 02 6e6f 04",
    ];
    assert_eq!(
        crate::keyring::hex(&body.encode()),
        kept.concat().replace(' ', "")
    );
}

#[test]
fn rows_of_two_steps() {
    is_read_back(
        to_file_row(),
        ToFileRow::encode,
        ToFileRow::decode,
        End::Told,
    );
    let batch = any::<[u8; 12]>();
    is_read_back(batch, |batch| encode_filed(*batch), decode_filed, End::Told);
}

/// What a server of today leaves over, one of tomorrow files: these bytes are for ever.
#[test]
fn what_is_left_over_is_kept_as_it_was() {
    let id = PurchaseId([9; 16]);
    let yen = Currency::parse("JPY").expect("a currency");
    let count = Count {
        lines: 2,
        pending: 1,
        currency: yen,
        sum: Sum::from_minor(300),
    };
    let row = ToFileRow {
        at: Timestamp::from_ms(1).expect("a time"),
        days: vec![(vec![0x0b], vec![1])],
        parts: vec![Part {
            owner: OwnerId::User(UserId([7; 16])),
            rows: vec![(vec![0x12], Some(vec![5])), (vec![0x13], None)],
            owed: vec![
                Owed::Filed(id, count),
                Owed::Told(id, EventKind::Named),
                Owed::Named,
                Owed::Corrected(yen, Sum::from_minor(-300)),
                Owed::Gone(count),
            ],
        }],
    };
    let (sevens, nines) = ("07".repeat(16), "09".repeat(16));
    let kept = [
        "01 02  01 010b 0101  01 01",
        &sevens,
        "02 0112 01 0105  0113 00  05",
        &format!("01 {nines} 02 01 4a5059 {}012c", "00".repeat(14)),
        &format!("02 {nines} 02  03"),
        &format!("04 4a5059 {}fed4", "ff".repeat(14)),
        &format!("05 02 01 4a5059 {}012c", "00".repeat(14)),
    ];
    assert_eq!(
        crate::keyring::hex(&row.encode()),
        kept.concat().replace(' ', "")
    );
}

#[test]
fn rows_of_the_ledger_itself() {
    is_read_back(
        commit_row(),
        |row| row.encode(),
        CommitRow::decode,
        End::Told,
    );
    is_read_back(gap(), |row| row.encode(), Gap::decode, End::Told);
    is_read_back(
        erased_row(),
        |row| row.encode(),
        ErasedRow::decode,
        End::Told,
    );
}

#[test]
fn rows_of_settlements() {
    let (encode, decode) = (SettlementRow::encode, SettlementRow::decode);
    is_read_back_as((1, 2), settlement_row(), encode, decode, End::Told);
    // With a short-lived member code it came to a second version.
    for shown in [Shown::Filed, Shown::Unfiled] {
        let rows = settlement_row().prop_map(move |row| SettlementRow { shown, ..row });
        is_read_back_as((2, 2), rows, encode, decode, End::Told);
    }
    let day = (tally(), any::<[u8; 32]>()).prop_map(|(tally, digest)| DayRow { tally, digest });
    is_read_back(day, DayRow::encode, DayRow::decode, End::Told);
    let early = vec(settlement_key(), 0..4);
    is_read_back(early, |keys| encode_early(keys), decode_early, End::Told);
    let conflict =
        (digest(), time(), sealed()).prop_map(|(digest, received_at, sealed)| ConflictRow {
            digest,
            received_at,
            sealed,
        });
    is_read_back(
        conflict,
        ConflictRow::encode,
        ConflictRow::decode,
        End::Told,
    );
}

#[test]
fn rows_of_purchases() {
    is_read_back(
        purchase_row(),
        PurchaseRow::encode,
        PurchaseRow::decode,
        End::Open,
    );
    is_read_back(
        added_name(),
        AddedName::encode,
        AddedName::decode,
        End::Told,
    );
    let micros = vec(any::<u64>(), 0..4);
    let standing =
        (micros, of(settlement_key())).prop_map(|(returned_micros, voided_by)| StandingRow {
            returned_micros,
            voided_by,
        });
    is_read_back(
        standing,
        StandingRow::encode,
        StandingRow::decode,
        End::Told,
    );
    let kind = prop_oneof![
        Just(EventKind::Filed),
        Just(EventKind::Named),
        Just(EventKind::Changed)
    ];
    let feed = (kind, purchase_id(), time()).prop_map(|(kind, purchase_id, at)| FeedRow {
        kind,
        purchase_id,
        at,
    });
    is_read_back(feed, |row| row.encode(), FeedRow::decode, End::Told);
}

#[test]
fn a_body_is_bound_to_its_columns() {
    for_all(
        CASES,
        (columns(), owner(), columns(), owner()),
        |(one, first, other, second)| {
            let id = PurchaseId([7; 16]);
            let is_same = (&one, first) == (&other, second);
            let contexts = (one.context(first, id), other.context(second, id));
            assert_eq!(contexts.0 == contexts.1, is_same);
            assert_ne!(
                one.context(first, id),
                one.context(first, PurchaseId([8; 16]))
            );
        },
    );
}

/// The most that a writer writes is read, and one more is not.
#[test]
fn bounds_are_the_same_for_writers_and_readers() {
    let key = |number: usize| key_of(&format!("{number}"));
    let early = |count: usize| encode_early(&(0..count).map(key).collect::<Vec<_>>());
    assert_eq!(decode_early(&early(EARLY_MAX)).unwrap().len(), EARLY_MAX);
    assert!(decode_early(&early(EARLY_MAX + 1)).is_err());
    let head = |past: usize| {
        let past = (0..past)
            .map(|_| (text_of("a"), purchase::id::Revision(1)))
            .collect();
        encode_head(&purchase::catalogue::Head {
            past,
            ..purchase::catalogue::Head::empty()
        })
    };
    assert_eq!(decode_head(&head(PAST_MAX)).unwrap().past.len(), PAST_MAX);
    assert!(decode_head(&head(PAST_MAX + 1)).is_err());
    let pending = |items: usize| {
        PendingRow {
            owner: OwnerId::User(UserId([1; 16])),
            slot: Slot(1),
            key: key(1),
            at: Timestamp::ZERO,
            unnamed_at: purchase::id::Revision(1),
            awaits: None,
            items: vec![purchase::id::ItemCode::parse("2").unwrap(); items],
        }
        .encode()
    };
    assert!(PendingRow::decode(&pending(ITEMS_MAX)).is_ok());
    assert!(PendingRow::decode(&pending(ITEMS_MAX + 1)).is_err());
    let lines = purchase::limits::LINES_MAX;
    let standing = |count: usize| {
        StandingRow {
            returned_micros: vec![1; count],
            voided_by: None,
        }
        .encode()
    };
    assert!(StandingRow::decode(&standing(lines)).is_ok());
    assert!(StandingRow::decode(&standing(lines + 1)).is_err());
}
