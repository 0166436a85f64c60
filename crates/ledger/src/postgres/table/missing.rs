//! Tables of receipts that people miss. Who misses one of a store, and what it was like, stays sealed: a column
//! shows how many a store has to look for and since when, and how many a person asked for.

use super::super::cell::{Cell, Shape};
use super::{Spread, Table};
use crate::embedded::value::missing::decode_sealed;
use purchase::id::{MissingId, SoughtId, UserId};

pub(crate) static SOUGHT: Table = Table {
    name: "sought_receipts",
    holds: "receipts that a store is to look for; for whom is sealed in the row",
    spread: Spread::Store,
    clear: &[("asked_at", Shape::Instant), ("sought_id", Shape::Text)],
    fill: |key, row| {
        key.text()?;
        let asked_at = Cell::Instant(key.time()?);
        let sought_id = Cell::shown(SoughtId(key.array()?));
        decode_sealed(row)?;
        Ok(vec![asked_at, sought_id])
    },
};

pub(crate) static MISSING: Table = Table {
    name: "missing_receipts",
    holds: "receipts that people asked stores for; which, and what became of it, is sealed in the row",
    spread: Spread::Person,
    clear: &[("user_id", Shape::Text), ("missing_id", Shape::Text)],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let missing_id = Cell::shown(MissingId(key.array()?));
        decode_sealed(row)?;
        Ok(vec![user_id, missing_id])
    },
};
