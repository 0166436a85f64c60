//! Columns of how people come in and of what they keep.

use super::*;
use crate::embedded::value::identity::{encode_leaf_row, encode_leaving};
use crate::embedded::value::merger::Stage;
use purchase::id::{CredentialId, SessionId};

#[test]
fn how_people_come_in() {
    shows(
        Kind::Session,
        (id(), id(), some::session_row()),
        |(user, session, row)| {
            (
                key::session(UserId(*user), SessionId(*session)),
                row.encode(),
            )
        },
        |(user, session, row)| {
            vec![
                ("user_id", text(UserId(*user))),
                ("session_id", text(SessionId(*session))),
                ("created_at", Cell::Instant(row.created_at)),
                ("last_seen", Cell::Instant(row.last_seen)),
                ("expires_at", Cell::Instant(row.expires_at)),
                ("ends_at", Cell::Instant(row.ends_at)),
            ]
        },
    );
    shows(
        Kind::Credential,
        (id(), id(), some::credential_row()),
        |(user, id, row)| {
            let row_key = key::credential(UserId(*user), CredentialId(*id));
            (row_key, row.encode())
        },
        |(user, id, row)| {
            vec![
                ("user_id", text(UserId(*user))),
                ("credential_id", text(CredentialId(*id))),
                ("created_at", Cell::Instant(row.created_at)),
                ("last_used", instant(row.last_used)),
            ]
        },
    );
    shows(
        Kind::SignIn,
        (hash(), some::sign_in_row()),
        |(hash, row)| (key::plain(Kind::SignIn, hash), row.encode()),
        |(_, row)| {
            vec![
                ("user_id", text(row.user_id)),
                ("credential_id", text(row.credential_id)),
            ]
        },
    );
}

#[test]
fn what_people_keep() {
    shows(
        Kind::Leaf,
        (id(), any::<u8>(), hash(), some::sealed()),
        |(user, subject, hash, sealed)| {
            let row_key = key::leaf(UserId(*user), *subject, hash);
            (row_key, encode_leaf_row(sealed))
        },
        |(user, subject, _, _)| {
            vec![
                ("user_id", text(UserId(*user))),
                ("subject", whole(u64::from(*subject))),
            ]
        },
    );
    shows(
        Kind::Access,
        (id(), any::<u64>(), some::access_row()),
        |(user, number, row)| (key::access(UserId(*user), *number), row.encode()),
        |(user, number, row)| {
            vec![
                ("user_id", text(UserId(*user))),
                ("number", whole(*number)),
                ("at", Cell::Instant(row.at)),
            ]
        },
    );
    shows(
        Kind::Merger,
        (id(), some::merger_row()),
        |(user, row)| (key::user(Kind::Merger, UserId(*user)), row.encode()),
        |(user, row)| {
            let stage = match row.stage {
                Stage::Moving => "moving",
                Stage::Emptied(_) => "emptied",
                Stage::Closed(_) => "closed",
            };
            vec![
                ("user_id", text(UserId(*user))),
                ("into_user_id", text(row.into)),
                ("begun_at", Cell::Instant(row.begun_at)),
                ("purchases", whole(row.purchases)),
                ("stage", Cell::text(stage)),
            ]
        },
    );
    shows(
        Kind::Leaving,
        (some::time(), id()),
        |(at, user)| (key::leaving(*at, UserId(*user)), encode_leaving()),
        |(at, user)| {
            vec![
                ("asked_at", Cell::Instant(*at)),
                ("user_id", text(UserId(*user))),
            ]
        },
    );
}
