//! Tables of people and of the secrets that open doors. Who a person is stays sealed, and a secret is
//! its hash: no column adds to what the embedded ledger has in clear.

use super::super::cell::{Cell, Shape};
use super::stores::{chain_cell, store_cell};
use super::{Spread, Table};
use crate::embedded::value::codes::decode_listed;
use crate::embedded::value::operator::{Note, OperatorRow};
use crate::embedded::value::people::{AccountRow, ErasedRow, Opens, TokenRow, UserRow};
use crate::embedded::value::purchase_row::{EventKind, FeedRow};
use crate::embedded::value::read_owner;
use crate::embedded::value::to_file::decode_filed;
use purchase::bytes::{ReadError, Reader};
use purchase::id::{OwnerId, TokenId, UserId};

pub(crate) static SECRETS: Table = Table {
    name: "secrets",
    holds: "what the bearer key with this hash opens",
    spread: Spread::Hash,
    clear: &[
        ("opens", Shape::Text),
        ("store_id", Shape::Text),
        ("chain_id", Shape::Text),
        ("device_id", Shape::Text),
        ("user_id", Shape::Text),
        ("token_id", Shape::Text),
    ],
    fill: |key, row| {
        key.array::<32>()?;
        Ok(opens(&Opens::decode(row)?))
    },
};

pub(crate) static USERS: Table = Table {
    name: "users",
    holds: "people; what is known of them is sealed in the row",
    spread: Spread::Person,
    clear: &[("user_id", Shape::Text), ("created_at", Shape::Instant)],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        Ok(vec![
            user_id,
            Cell::Instant(UserRow::decode(row)?.created_at),
        ])
    },
};

pub(crate) static USER_REFERENCES: Table = Table {
    name: "user_references",
    holds: "people by the keyed hash of the name that an operator gave them",
    spread: Spread::Hash,
    clear: &[("user_id", Shape::Text)],
    fill: |key, row| {
        key.array::<32>()?;
        let mut from = Reader::new(row);
        let user_id = UserId(from.array()?);
        from.finish()?;
        Ok(vec![Cell::shown(user_id)])
    },
};

pub(crate) static TOKENS: Table = Table {
    name: "tokens",
    holds: "keys to the accounts of people",
    spread: Spread::Id,
    clear: &[
        ("token_id", Shape::Text),
        ("user_id", Shape::Text),
        ("created_at", Shape::Instant),
    ],
    fill: |key, row| {
        let token_id = Cell::shown(TokenId(key.array()?));
        let row = TokenRow::decode(row)?;
        Ok(vec![
            token_id,
            Cell::shown(row.user_id),
            Cell::Instant(row.created_at),
        ])
    },
};

pub(crate) static OPERATORS: Table = Table {
    name: "operators",
    holds: "keys of operators",
    spread: Spread::Everywhere,
    clear: &[("token_id", Shape::Text), ("created_at", Shape::Instant)],
    fill: |key, row| {
        let token_id = Cell::shown(TokenId(key.array()?));
        let created_at = OperatorRow::decode(row)?.created_at;
        Ok(vec![token_id, Cell::Instant(created_at)])
    },
};

pub(crate) static AUDIT: Table = Table {
    name: "audit",
    holds: "what operators did, in the order in which it was done",
    spread: Spread::Everywhere,
    clear: &[
        ("at", Shape::Instant),
        ("number", Shape::Whole),
        ("token_id", Shape::Text),
        ("store_id", Shape::Text),
    ],
    fill: |key, row| {
        let at = Cell::Instant(key.time()?);
        let number = Cell::number(u32::from_be_bytes(key.array()?));
        let note = Note::decode(row)?;
        Ok(vec![
            at,
            number,
            Cell::shown(note.by),
            store_cell(note.store_id.as_ref()),
        ])
    },
};

pub(crate) static TOKENS_OF: Table = Table {
    name: "tokens_of",
    holds: "the keys of each person, by their ids; without an id, that all of them are listed",
    spread: Spread::Person,
    clear: &[("user_id", Shape::Text), ("token_id", Shape::Text)],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let token_id = TokenId(key.array()?);
        decode_listed(row)?;
        Ok(vec![
            user_id,
            match token_id.0 {
                [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] => Cell::Null,
                _ => Cell::shown(token_id),
            },
        ])
    },
};

pub(crate) static ACCOUNTS: Table = Table {
    name: "accounts",
    holds: "how much each person has bought, in all; returns are negative",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("settlements", Shape::Whole),
        ("lines", Shape::Whole),
        ("pending_lines", Shape::Whole),
        ("totals", Shape::Totals),
        ("feed_sequence", Shape::Whole),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let row = AccountRow::decode(row)?;
        Ok(vec![
            user_id,
            Cell::number(row.tally.settlements),
            Cell::number(row.tally.lines),
            Cell::number(row.tally.pending),
            Cell::Totals(row.tally.totals),
            Cell::number(row.sequence),
        ])
    },
};

pub(crate) static FEED: Table = Table {
    name: "feed",
    holds: "what happened to the book of each person: filed, named or changed",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("sequence", Shape::Whole),
        ("event", Shape::Text),
        ("purchase_id", Shape::Text),
        ("at", Shape::Instant),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let sequence = Cell::number(key.number()?);
        let row = FeedRow::decode(row)?;
        let event = match row.kind {
            EventKind::Filed => "filed",
            EventKind::Named => "named",
            EventKind::Changed => "changed",
        };
        Ok(vec![
            user_id,
            sequence,
            Cell::text(event),
            Cell::shown(row.purchase_id),
            Cell::Instant(row.at),
        ])
    },
};

pub(crate) static ERASURES: Table = Table {
    name: "erasures",
    holds: "owners whose key was destroyed",
    spread: Spread::Owner,
    clear: &[("user_id", Shape::Text), ("erased_at", Shape::Instant)],
    fill: |key, row| {
        let owner = owner(&key.array::<17>()?)?;
        let user_id = match owner {
            OwnerId::User(user_id) => Cell::shown(user_id),
            OwnerId::Unclaimed(_) => Cell::Null,
        };
        Ok(vec![user_id, Cell::Instant(ErasedRow::decode(row)?.at)])
    },
};

pub(crate) static FILED: Table = Table {
    name: "filed",
    holds: "which batch of a store was the last that was filed for a person",
    spread: Spread::Person,
    clear: &[("user_id", Shape::Text), ("store_id", Shape::Text)],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let store_id = Cell::text(key.text()?);
        decode_filed(row)?;
        Ok(vec![user_id, store_id])
    },
};

pub(super) fn owner(bytes: &[u8]) -> Result<OwnerId, ReadError> {
    read_owner(&mut Reader::new(bytes))
}

fn opens(opens: &Opens) -> Vec<Cell> {
    let (what, store_id, chain_id, device_id, user_id, token_id) = match opens {
        Opens::Operator { token_id, .. } => ("operator", None, None, None, None, Some(token_id)),
        Opens::Device {
            store_id,
            device_id,
        } => ("store", Some(store_id), None, Some(device_id), None, None),
        Opens::ChainDevice {
            chain_id,
            device_id,
        } => ("chain", None, Some(chain_id), Some(device_id), None, None),
        Opens::User { user_id, token_id } => {
            ("account", None, None, None, Some(user_id), Some(token_id))
        }
        Opens::Session { user_id, .. } => ("pages", None, None, None, Some(user_id), None),
        // Which one it is stands in the partner's own row.
        Opens::Partner { .. } => ("partner", None, None, None, None, None),
    };
    vec![
        Cell::text(what),
        store_cell(store_id),
        chain_cell(chain_id),
        device_id.map_or(Cell::Null, Cell::shown),
        user_id.map_or(Cell::Null, Cell::shown),
        token_id.map_or(Cell::Null, Cell::shown),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_one_of_two() {
        assert!(owner(&[3; 17]).is_err());
        assert!(matches!(owner(&[2; 17]), Ok(OwnerId::Unclaimed(_))));
    }
}
