//! Tables of how people come in and of what they keep. What they keep, by what they come in and who
//! looked at it stays sealed; of a browser not even the label stands in a column.

use super::super::cell::{Cell, Shape};
use super::{Spread, Table};
use crate::embedded::value::identity::{
    AccessRow, CredentialRow, SessionRow, SignInRow, decode_leaf_row, decode_leaving,
};
use crate::embedded::value::merger::{MergerRow, Stage};
use purchase::id::{CredentialId, SessionId, UserId};

pub(crate) static SESSIONS: Table = Table {
    name: "sessions",
    holds: "browsers in which people are signed in",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("session_id", Shape::Text),
        ("created_at", Shape::Instant),
        ("last_seen", Shape::Instant),
        ("expires_at", Shape::Instant),
        ("ends_at", Shape::Instant),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let session_id = Cell::shown(SessionId(key.array()?));
        let row = SessionRow::decode(row)?;
        Ok(vec![
            user_id,
            session_id,
            Cell::Instant(row.created_at),
            Cell::Instant(row.last_seen),
            Cell::Instant(row.expires_at),
            Cell::Instant(row.ends_at),
        ])
    },
};

pub(crate) static CREDENTIALS: Table = Table {
    name: "credentials",
    holds: "ways in which people come in; what they are is sealed in the row",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("credential_id", Shape::Text),
        ("created_at", Shape::Instant),
        ("last_used", Shape::Instant),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let credential_id = Cell::shown(CredentialId(key.array()?));
        let row = CredentialRow::decode(row)?;
        Ok(vec![
            user_id,
            credential_id,
            Cell::Instant(row.created_at),
            row.last_used.map_or(Cell::Null, Cell::Instant),
        ])
    },
};

pub(crate) static SIGN_INS: Table = Table {
    name: "sign_ins",
    holds: "people by the keyed hash of that by which they come in",
    spread: Spread::Hash,
    clear: &[("user_id", Shape::Text), ("credential_id", Shape::Text)],
    fill: |key, row| {
        key.array::<32>()?;
        let row = SignInRow::decode(row)?;
        Ok(vec![
            Cell::shown(row.user_id),
            Cell::shown(row.credential_id),
        ])
    },
};

pub(crate) static LEAVES: Table = Table {
    name: "leaves",
    holds: "what people keep for themselves; it is sealed in the row",
    spread: Spread::Person,
    clear: &[("user_id", Shape::Text), ("subject", Shape::Whole)],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let subject = Cell::number(key.byte()?);
        key.array::<32>()?;
        decode_leaf_row(row)?;
        Ok(vec![user_id, subject])
    },
};

pub(crate) static ACCESSES: Table = Table {
    name: "accesses",
    holds: "when the data of people was looked at; by whom and why is sealed in the row",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("number", Shape::Whole),
        ("at", Shape::Instant),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let number = Cell::number(key.number()?);
        let at = AccessRow::decode(row)?.at;
        Ok(vec![user_id, number, Cell::Instant(at)])
    },
};

pub(crate) static LEAVING: Table = Table {
    name: "leaving",
    holds: "people who asked to go, by the instant at which they did",
    spread: Spread::Everywhere,
    clear: &[("asked_at", Shape::Instant), ("user_id", Shape::Text)],
    fill: |key, row| {
        let asked_at = Cell::Instant(key.time()?);
        let user_id = Cell::shown(UserId(key.array()?));
        decode_leaving(row)?;
        Ok(vec![asked_at, user_id])
    },
};

pub(crate) static MERGERS: Table = Table {
    name: "mergers",
    holds: "accounts that went into others, and how far that is",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("into_user_id", Shape::Text),
        ("begun_at", Shape::Instant),
        ("purchases", Shape::Whole),
        ("stage", Shape::Text),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let row = MergerRow::decode(row)?;
        let stage = match row.stage {
            Stage::Moving => "moving",
            Stage::Emptied(_) => "emptied",
            Stage::Closed(_) => "closed",
        };
        Ok(vec![
            user_id,
            Cell::shown(row.into),
            Cell::Instant(row.begun_at),
            Cell::number(row.purchases),
            Cell::text(stage),
        ])
    },
};
