//! Columns of people and of what opens doors.

use super::*;
use crate::embedded::value::codes::encode_listed;

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
                Opens::Operator { token_id, .. } => {
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
                Opens::Session { user_id, .. } => {
                    set("opens", text("pages"));
                    set("user_id", text(user_id));
                }
                Opens::Partner { .. } => set("opens", text("partner")),
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
        Kind::TokenOf,
        (some::user_id(), any::<[u8; 16]>(), any::<bool>()),
        |(user_id, id, all)| {
            let listed = match all {
                true => key::all_tokens_of(*user_id),
                false => key::token_of(*user_id, TokenId(*id)),
            };
            (listed, encode_listed())
        },
        |(user_id, id, all)| {
            let token_id = match all {
                true => Cell::Null,
                false => text(TokenId(*id)),
            };
            vec![("user_id", text(user_id)), ("token_id", token_id)]
        },
    );
    shows(
        Kind::Operator,
        (id(), some::known_operator_row()),
        |(id, row)| (key::operator(TokenId(*id)), row.encode()),
        |(id, row)| {
            vec![
                ("token_id", text(TokenId(*id))),
                ("created_at", Cell::Instant(row.created_at)),
            ]
        },
    );
    shows(
        Kind::Audit,
        (some::time(), any::<u32>(), some::note()),
        |(at, number, note)| (key::audit(*at, *number), note.encode()),
        |(at, number, note)| {
            let store_id = note.store_id.as_ref();
            vec![
                ("at", Cell::Instant(*at)),
                ("number", whole(u64::from(*number))),
                ("token_id", text(note.by)),
                (
                    "store_id",
                    store_id.map_or(Cell::Null, |id| text(id.as_str())),
                ),
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
        Kind::Filed,
        (any::<[u8; 16]>(), some::store_id(), any::<[u8; 12]>()),
        |(id, store, batch)| {
            let key = key::filed(UserId(*id), store.as_str());
            (key, encode_filed(*batch))
        },
        |(id, store, _)| vec![("user_id", text(UserId(*id))), ("store_id", text(store))],
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
