//! Random values of how people come in, and of what they keep.

use super::*;
use crate::embedded::value::identity::{
    AccessBody, AccessRow, Accessor, Credential, CredentialRow, Leaf, SessionRow, SignInRow,
    Touched,
};
use crate::embedded::value::merger::{MergerRow, Stage};
use crate::embedded::value::people::SuspendedRow;
use purchase::id::CredentialId;

pub(crate) fn session_row() -> impl Strategy<Value = SessionRow> {
    let times = (time(), time(), time(), time());
    (any::<[u8; 32]>(), text(), times).prop_map(
        |(hash, label, (created_at, last_seen, expires_at, ends_at))| SessionRow {
            hash,
            label,
            created_at,
            last_seen,
            expires_at,
            ends_at,
        },
    )
}

pub(crate) fn credential() -> impl Strategy<Value = Credential> {
    prop_oneof![
        text().prop_map(|phc| Credential::Password { phc }),
        (sealed(), sealed(), text()).prop_map(|(id, data, label)| Credential::Passkey {
            id,
            data,
            label
        }),
        (any::<[u8; 32]>(), of(time()))
            .prop_map(|(hash, expires_at)| Credential::Recovery { hash, expires_at }),
    ]
}

pub(crate) fn credential_row() -> impl Strategy<Value = CredentialRow> {
    (any::<[u8; 32]>(), time(), of(time()), sealed()).prop_map(
        |(look_up, created_at, last_used, sealed)| CredentialRow {
            look_up,
            created_at,
            last_used,
            sealed,
        },
    )
}

pub(crate) fn sign_in_row() -> impl Strategy<Value = SignInRow> {
    (any::<[u8; 16]>(), any::<[u8; 16]>()).prop_map(|(user, credential)| SignInRow {
        user_id: UserId(user),
        credential_id: CredentialId(credential),
    })
}

pub(crate) fn leaf() -> impl Strategy<Value = Leaf> {
    (sealed(), sealed()).prop_map(|(of, value)| Leaf { of, value })
}

pub(crate) fn access_body() -> impl Strategy<Value = AccessBody> {
    let by = prop_oneof![
        Just(Accessor::Person),
        any::<[u8; 16]>().prop_map(|id| Accessor::Operator {
            token_id: TokenId(id)
        }),
        text().prop_map(|name| Accessor::Partner { name }),
        Just(Accessor::Household),
        any::<[u8; 16]>().prop_map(|id| Accessor::Program {
            token_id: TokenId(id)
        }),
    ];
    let what = prop::sample::select(vec![
        Touched::Profile,
        Touched::Purchases,
        Touched::Delivery,
        Touched::RecoveryMade,
        Touched::RecoveryUsed,
        Touched::Suspension,
        Touched::Merger,
        Touched::Missing,
        Touched::HouseholdJoined,
        Touched::HouseholdLeft,
        Touched::Exported,
        Touched::TokenMade,
    ]);
    (by, what, of(text())).prop_map(|(by, what, reason)| AccessBody { by, what, reason })
}

pub(crate) fn access_row() -> impl Strategy<Value = AccessRow> {
    (time(), sealed()).prop_map(|(at, sealed)| AccessRow { at, sealed })
}

pub(crate) fn merger_row() -> impl Strategy<Value = MergerRow> {
    let stage = prop_oneof![
        Just(Stage::Moving),
        time().prop_map(Stage::Emptied),
        time().prop_map(Stage::Closed),
    ];
    (any::<[u8; 16]>(), time(), any::<u64>(), stage).prop_map(
        |(into, begun_at, purchases, stage)| MergerRow {
            into: UserId(into),
            begun_at,
            purchases,
            stage,
        },
    )
}

/// Who is suspended, whether anything else is known or not.
pub(crate) fn suspended_user_row() -> impl Strategy<Value = UserRow> {
    let row = prop_oneof![user_row().boxed(), known_user_row().boxed()];
    (row, time(), sealed()).prop_map(|(row, since, sealed)| UserRow {
        suspended: Some(SuspendedRow { since, sealed }),
        ..row
    })
}

/// Who blocks a shop or more, suspended or not.
pub(crate) fn blocking_user_row() -> impl Strategy<Value = UserRow> {
    let rows = prop_oneof![
        user_row().boxed(),
        known_user_row().boxed(),
        suspended_user_row().boxed()
    ];
    (rows, 1..=u64::MAX).prop_map(|(row, blocks)| UserRow { blocks, ..row })
}
