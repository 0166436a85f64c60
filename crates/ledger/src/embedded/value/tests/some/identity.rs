//! Random values of how people come in, and of what they keep.

use super::*;
use crate::embedded::value::identity::{
    AccessBody, AccessRow, Accessor, Credential, CredentialRow, Leaf, SessionRow, SignInRow,
    Touched,
};
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
    ];
    let what = prop::sample::select(vec![
        Touched::Profile,
        Touched::Purchases,
        Touched::Delivery,
        Touched::RecoveryMade,
        Touched::RecoveryUsed,
        Touched::Suspension,
        Touched::Merger,
    ]);
    (by, what, of(text())).prop_map(|(by, what, reason)| AccessBody { by, what, reason })
}

pub(crate) fn access_row() -> impl Strategy<Value = AccessRow> {
    (time(), sealed()).prop_map(|(at, sealed)| AccessRow { at, sealed })
}
