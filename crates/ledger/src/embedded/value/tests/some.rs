//! Random values of every stored kind: all that a writer may write, and rather more.

use super::codes::{MemberCodeRow, WantedRow};
use super::purchase_row::{Columns, EventKind};
use super::settlement::{ClaimSource, Shown};
use super::*;
use crate::embedded::value::operator::{Act, Grant, Note, OperatorRow, Scope};
use crate::keyring::HolderId;
use crate::watermark::Mark;
use proptest::option;
use purchase::catalogue::{Entry, Head, Item};
use purchase::code::Patterns;
use purchase::decide::Digest;
use purchase::id::{
    DeviceId, ItemCode, Label, Revision, SessionId, SettlementKey, StoreId, TokenId,
};
use purchase::limits::{AMOUNT_MAX, PERCENT_UNITS_MAX};
use purchase::member::MemberForm;
use purchase::quantity::Percent;
use purchase::returns::LineState;
use purchase::settlement::{ClaimHash, ItemKind, LineNumber, Sensitivity, TaxPlace};
use purchase::store::{ChainId, Identity, Issuer, Store};
use purchase::time::BusinessDate;
use purchase::warning::Warnings;
use std::sync::Arc;

mod household;
mod identity;
mod missing;
mod owed;
mod partner;
mod report;

pub(crate) use household::*;
pub(crate) use identity::*;
pub(crate) use missing::*;
pub(crate) use owed::*;
pub(crate) use partner::*;
pub(crate) use proptest::option::of;
pub(crate) use report::*;

pub(crate) fn text_of(text: &str) -> Text {
    Text::new(text, 200).unwrap()
}

pub(crate) fn text() -> impl Strategy<Value = Text> {
    "[ -~牛乳é]{0,12}[!-~牛]".prop_map(|text| text_of(&text))
}

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    let ms = prop_oneof![
        Just(0),
        Just(Timestamp::LAST.ms()),
        0..=Timestamp::LAST.ms()
    ];
    ms.prop_map(|ms| Timestamp::from_ms(ms).unwrap())
}

pub(crate) fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

pub(crate) fn sealed() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..40)
}

pub(crate) fn owner() -> impl Strategy<Value = OwnerId> {
    (any::<bool>(), any::<[u8; 16]>()).prop_map(|(is_person, id)| match is_person {
        true => OwnerId::User(UserId(id)),
        false => OwnerId::Unclaimed(UnclaimedId(id)),
    })
}

pub(crate) fn purchase_id() -> impl Strategy<Value = PurchaseId> {
    any::<[u8; 16]>().prop_map(PurchaseId)
}

fn slot() -> impl Strategy<Value = Slot> {
    any::<u64>().prop_map(Slot)
}

pub(crate) fn store_id() -> impl Strategy<Value = StoreId> {
    "[a-z0-9][a-z0-9-]{0,63}".prop_map(|id| StoreId::parse(&id).unwrap())
}

pub(crate) fn label() -> impl Strategy<Value = Label> {
    "[ -~]{0,31}[!-~]".prop_map(|label| Label::parse(&label).unwrap())
}

pub(crate) fn date() -> impl Strategy<Value = BusinessDate> {
    (1970..=9999_u16, 1..=12_u8, 1..=28_u8)
        .prop_map(|(year, month, day)| BusinessDate::new(year, month, day).unwrap())
}

pub(crate) fn code() -> impl Strategy<Value = ItemCode> {
    "[ -~牛]{0,63}[!-~牛]".prop_map(|code| ItemCode::parse(&code).unwrap())
}

pub(crate) fn settlement_key() -> impl Strategy<Value = SettlementKey> {
    (store_id(), label(), date(), label()).prop_map(
        |(store_id, terminal, business_date, transaction)| SettlementKey {
            store_id,
            terminal,
            business_date,
            transaction,
        },
    )
}

pub(crate) fn key_of(transaction: &str) -> SettlementKey {
    SettlementKey {
        store_id: StoreId::parse("s-1").unwrap(),
        terminal: Label::parse("1").unwrap(),
        business_date: BusinessDate::new(2017, 1, 1).unwrap(),
        transaction: Label::parse(transaction).unwrap(),
    }
}

fn currency() -> impl Strategy<Value = Currency> {
    prop_oneof![Just("JPY"), Just("USD"), Just("BHD")]
        .prop_map(|code| Currency::parse(code).unwrap())
}

fn amount() -> impl Strategy<Value = Amount> {
    let minor = prop_oneof![
        Just(AMOUNT_MAX),
        Just(-AMOUNT_MAX),
        -AMOUNT_MAX..=AMOUNT_MAX
    ];
    minor.prop_map(|minor| Amount::new(minor).unwrap())
}

fn revision() -> impl Strategy<Value = Revision> {
    any::<u64>().prop_map(Revision)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Sale), Just(Kind::Return), Just(Kind::Void)]
}

fn warnings() -> impl Strategy<Value = Warnings> {
    (0..8_u8).prop_map(Warnings::from_bits)
}

pub(crate) fn tally() -> impl Strategy<Value = Tally> {
    let totals = vec((currency(), any::<i128>().prop_map(Sum::from_minor)), 0..3);
    (any::<u64>(), any::<u64>(), any::<u64>(), totals).prop_map(
        |(settlements, lines, pending, totals)| Tally {
            settlements,
            lines,
            pending,
            totals,
        },
    )
}

pub(crate) fn item() -> impl Strategy<Value = Item> {
    let texts = (
        text(),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
    );
    let percent = (0..=PERCENT_UNITS_MAX).prop_map(|units| Percent::from_units(units).unwrap());
    let place = prop_oneof![Just(TaxPlace::Included), Just(TaxPlace::Excluded)];
    let rest = (
        any::<bool>(),
        of(amount()),
        of(percent),
        of(place),
        any::<bool>(),
    );
    (texts, rest).prop_map(
        |(texts, (is_service, unit_price, tax_percent, tax_place, hidden))| {
            let (name, short_name, reading, size, gtin, category, unit) = texts;
            Item {
                name,
                short_name,
                reading,
                size,
                gtin,
                kind: if is_service {
                    ItemKind::Service
                } else {
                    ItemKind::Goods
                },
                category,
                unit,
                unit_price,
                tax_percent,
                tax_place,
                sensitivity: if hidden {
                    Sensitivity::Sensitive
                } else {
                    Sensitivity::Plain
                },
            }
        },
    )
}

pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    option::weighted(0.8, item()).prop_map(|item| match item {
        Some(item) => Entry::Named(Arc::new(item)),
        None => Entry::Discontinued,
    })
}

pub(crate) fn head() -> impl Strategy<Value = Head> {
    let past = vec((text(), revision()), 0..3);
    let sums = (any::<u64>(), any::<[u8; 32]>(), any::<[u8; 32]>());
    (revision(), of(text()), sums, past).prop_map(
        |(revision, lineage, (items, digest, update), past)| Head {
            revision,
            lineage,
            items,
            digest,
            update,
            past,
        },
    )
}

pub(crate) fn pending_row() -> impl Strategy<Value = PendingRow> {
    let awaits = of((revision(), of(text())));
    (
        owner(),
        slot(),
        settlement_key(),
        time(),
        revision(),
        awaits,
    )
        .prop_map(|(owner, slot, key, at, unnamed_at, awaits)| PendingRow {
            owner,
            slot,
            key,
            at,
            unnamed_at,
            awaits,
            items: Vec::new(),
        })
}

/// The same, noted under items' codes.
pub(crate) fn noted_row() -> impl Strategy<Value = PendingRow> {
    (pending_row(), vec(code(), 1..4)).prop_map(|(row, items)| PendingRow { items, ..row })
}

pub(crate) fn patterns() -> impl Strategy<Value = Patterns> {
    let written = [
        "02IIIIIPPPPPC",
        "21IIIIIKPPPPC",
        "22IIIIIWWWWWC",
        "2912IIIVPPPPC",
    ];
    prop::sample::subsequence(written.to_vec(), 0..=4)
        .prop_map(|written| Patterns::parse(written).unwrap())
}

pub(crate) fn chain_id() -> impl Strategy<Value = ChainId> {
    store_id().prop_map(|id| ChainId::parse(id.as_str()).unwrap())
}

/// A store of no chain.
pub(crate) fn store_row() -> impl Strategy<Value = StoreRow> {
    let issuer = (text(), of(text())).prop_map(|(name, registration_number)| Issuer {
        name,
        registration_number,
    });
    let identity = (
        time(),
        text(),
        of(issuer),
        of(text()),
        of(text()),
        of(text()),
    )
        .prop_map(
            |(effective_from, name, issuer, address, phone, receipt_footer)| Identity {
                effective_from,
                name,
                issuer,
                address,
                phone,
                receipt_footer,
            },
        );
    let facts = (store_id(), text(), currency(), of(time()));
    let holder = any::<[u8; 16]>().prop_map(HolderId);
    (facts, vec(identity, 1..3), holder, slot()).prop_map(|(facts, identities, holder, slot)| {
        let (store_id, timezone, currency, closed_at) = facts;
        let store = Store {
            store_id,
            timezone,
            currency,
            chain_id: None,
            catalogue_of: None,
            closed_at,
            identities,
        };
        StoreRow {
            store,
            holder,
            slot,
        }
    })
}

pub(crate) fn device_row(
    credential: fn([u8; 32]) -> Credential,
) -> impl Strategy<Value = DeviceRow> {
    (text(), any::<[u8; 32]>(), time(), of(time())).prop_map(
        move |(name, bytes, created_at, revoked_at)| DeviceRow {
            name,
            credential: credential(bytes),
            created_at,
            revoked_at,
        },
    )
}

pub(crate) fn signer(home: impl Strategy<Value = Home>) -> impl Strategy<Value = Signer> {
    (home, any::<[u8; 32]>()).prop_map(|(home, public_key)| Signer { home, public_key })
}

pub(crate) fn pairing_row(
    used_by: impl Strategy<Value = Option<DeviceId>>,
) -> impl Strategy<Value = PairingRow> {
    (store_id(), text(), time(), used_by).prop_map(|(store_id, name, expires_at, used_by)| {
        PairingRow {
            store_id,
            name,
            expires_at,
            used_by,
        }
    })
}

/// Of whom nothing is known but who it is.
pub(crate) fn user_row() -> impl Strategy<Value = UserRow> {
    (slot(), time(), sealed())
        .prop_map(|(slot, created_at, sealed)| UserRow::new(slot, created_at, sealed))
}

/// Who keeps something, was looked at or leaves.
pub(crate) fn known_user_row() -> impl Strategy<Value = UserRow> {
    let known = (of(time()), any::<u64>(), 1..=u64::MAX);
    (user_row(), known, any::<bool>()).prop_map(|(row, (leaving_at, some, more), keeps)| UserRow {
        leaving_at,
        leaves: if keeps { more } else { some },
        accesses: if keeps { some } else { more },
        ..row
    })
}

pub(crate) fn account_row() -> impl Strategy<Value = AccountRow> {
    (slot(), any::<u64>(), tally()).prop_map(|(slot, sequence, tally)| AccountRow {
        slot,
        sequence,
        tally,
    })
}

pub(crate) fn token_row() -> impl Strategy<Value = TokenRow> {
    (any::<[u8; 16]>(), any::<[u8; 32]>(), time()).prop_map(|(user, hash, created_at)| TokenRow {
        user_id: UserId(user),
        hash,
        created_at,
    })
}

pub(crate) fn grant() -> impl Strategy<Value = Grant> {
    let scope = prop_oneof![
        Just(Scope::Everything),
        chain_id().prop_map(Scope::Chain),
        store_id().prop_map(Scope::Store),
    ];
    let session_of = of(any::<[u8; 16]>().prop_map(TokenId));
    (scope, of(time()), session_of).prop_map(|(scope, expires_at, session_of)| Grant {
        scope,
        expires_at,
        session_of,
    })
}

/// A key of which nothing is known but that it is there.
pub(crate) fn operator_row() -> impl Strategy<Value = OperatorRow> {
    (any::<[u8; 32]>(), time()).prop_map(|(hash, created_at)| OperatorRow {
        hash,
        created_at,
        label: None,
        grant: Grant::everything(),
    })
}

/// A key that has a name.
pub(crate) fn known_operator_row() -> impl Strategy<Value = OperatorRow> {
    (operator_row(), text(), grant()).prop_map(|(row, label, grant)| OperatorRow {
        label: Some(label),
        grant,
        ..row
    })
}

pub(crate) fn note() -> impl Strategy<Value = Note> {
    let what = (
        any::<prop::sample::Index>(),
        of(store_id()),
        of(text()),
        of(text()),
    );
    (any::<[u8; 16]>(), what).prop_map(|(by, (act, store_id, label, detail))| Note {
        by: TokenId(by),
        label,
        act: *act.get(&Act::ALL),
        store_id,
        detail,
    })
}

pub(crate) fn opens() -> impl Strategy<Value = Opens> {
    let id = any::<[u8; 16]>;
    prop_oneof![
        (id(), grant()).prop_map(|(token, grant)| Opens::Operator {
            token_id: TokenId(token),
            grant,
        }),
        (store_id(), id()).prop_map(|(store_id, device)| Opens::Device {
            store_id,
            device_id: DeviceId(device),
        }),
        (chain_id(), id()).prop_map(|(chain_id, device)| Opens::ChainDevice {
            chain_id,
            device_id: DeviceId(device),
        }),
        (id(), id()).prop_map(|(user, token)| Opens::User {
            user_id: UserId(user),
            token_id: TokenId(token),
        }),
        (id(), id(), time()).prop_map(|(user, session, expires_at)| Opens::Session {
            user_id: UserId(user),
            session_id: SessionId(session),
            expires_at,
        }),
        opens_of_partner(),
    ]
}

pub(crate) fn commit_row() -> impl Strategy<Value = CommitRow> {
    (any::<u64>(), any::<[u8; 32]>(), time()).prop_map(|(seq, chain, at)| CommitRow {
        mark: Mark { seq, chain },
        at,
    })
}

pub(crate) fn gap() -> impl Strategy<Value = Gap> {
    (any::<u64>(), any::<u64>(), time()).prop_map(|(found, acknowledged, at)| Gap {
        found,
        acknowledged,
        at,
    })
}

pub(crate) fn erased_row() -> impl Strategy<Value = ErasedRow> {
    (time(), slot()).prop_map(|(at, slot)| ErasedRow { at, slot })
}

pub(crate) fn settlement_row() -> impl Strategy<Value = SettlementRow> {
    let claim = prop_oneof![
        Just(ClaimSource::None),
        Just(ClaimSource::Till),
        Just(ClaimSource::Derived)
    ];
    let whose = (digest(), owner(), slot(), purchase_id(), time());
    let money = (kind(), currency(), amount(), warnings());
    let claims = (
        claim,
        of(any::<[u8; 32]>().prop_map(ClaimHash)),
        any::<u64>(),
    );
    let line = (any::<u64>(), any::<u64>()).prop_map(|(sold_micros, returned_micros)| LineState {
        sold_micros,
        returned_micros,
    });
    let counted = vec((any::<u16>().prop_map(LineNumber), any::<u64>()), 0..3);
    let links = (of(settlement_key()), counted, of(settlement_key()));
    (whose, money, claims, vec(line, 0..4), links).prop_map(
        |(whose, money, (claim, claim_hash, pending), lines, (of, counted, voided_by))| {
            let (digest, owner, slot, purchase_id, received_at) = whose;
            let (kind, currency, total, warnings) = money;
            SettlementRow {
                digest,
                owner,
                slot,
                purchase_id,
                received_at,
                kind,
                currency,
                total,
                warnings,
                claim,
                claim_hash,
                pending,
                lines,
                of,
                counted,
                voided_by,
                shown: Shown::Nothing,
            }
        },
    )
}

pub(crate) fn user_id() -> impl Strategy<Value = UserId> {
    any::<[u8; 16]>().prop_map(UserId)
}

pub(crate) fn member_form() -> impl Strategy<Value = MemberForm> {
    prop_oneof![Just(MemberForm::Short), Just(MemberForm::Card)]
}

pub(crate) fn member_code_row() -> impl Strategy<Value = MemberCodeRow> {
    let times = (time(), time(), of(time()));
    (user_id(), member_form(), times, of(settlement_key())).prop_map(
        |(user_id, form, (issued_at, expires_at, revoked_at), used_by)| MemberCodeRow {
            user_id,
            form,
            issued_at,
            expires_at,
            revoked_at,
            used_by,
        },
    )
}

pub(crate) fn wanted_row() -> impl Strategy<Value = WantedRow> {
    (time(), of(purchase_id())).prop_map(|(asked_at, filed)| WantedRow { asked_at, filed })
}

pub(crate) fn columns() -> impl Strategy<Value = Columns> {
    (slot(), time(), kind(), currency(), amount(), store_id()).prop_map(
        |(slot, received_at, kind, currency, total, store_id)| Columns {
            slot,
            received_at,
            kind,
            currency,
            total,
            store_id,
        },
    )
}

pub(crate) fn purchase_row() -> impl Strategy<Value = PurchaseRow> {
    (warnings(), columns(), sealed()).prop_map(|(warnings, columns, sealed)| PurchaseRow {
        warnings,
        columns,
        sealed,
    })
}

pub(crate) fn added_name() -> impl Strategy<Value = AddedName> {
    (revision(), time(), item()).prop_map(|(revision, named_at, item)| AddedName {
        revision,
        named_at,
        item: Arc::new(item),
    })
}
