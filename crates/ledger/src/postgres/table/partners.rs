//! Tables of partners, and of what people consent to give them. Of a partner's key there is only the hash, in
//! the row.

use super::super::cell::{Cell, Shape};
use super::{Spread, Table};
use crate::embedded::value::partner::{ConsentRow, PartnerRow};
use purchase::id::{AliasId, PartnerId};

pub(crate) static PARTNERS: Table = Table {
    name: "partners",
    holds: "to whom people may consent to give what they bought",
    spread: Spread::Id,
    clear: &[
        ("partner_id", Shape::Text),
        ("name", Shape::Text),
        ("purpose", Shape::Text),
        ("url", Shape::Text),
        ("created_at", Shape::Instant),
        ("ended_at", Shape::Instant),
    ],
    fill: |key, row| {
        let partner_id = Cell::shown(PartnerId(key.array()?));
        let row = PartnerRow::decode(row)?;
        Ok(vec![
            partner_id,
            Cell::text(row.name.as_str()),
            Cell::text(row.purpose.as_str()),
            row.url.map_or(Cell::Null, |url| Cell::text(url.as_str())),
            Cell::Instant(row.created_at),
            row.ended_at.map_or(Cell::Null, Cell::Instant),
        ])
    },
};

pub(crate) static CONSENTS: Table = Table {
    name: "consents",
    holds: "who gives what to which partner, by the name that the partner has for the person",
    spread: Spread::Id,
    clear: &[
        ("partner_id", Shape::Text),
        ("person", Shape::Text),
        ("user_id", Shape::Text),
        ("given_at", Shape::Instant),
        ("until", Shape::Instant),
        ("since", Shape::Instant),
        ("told_at", Shape::Instant),
    ],
    fill: |key, row| {
        let partner_id = Cell::shown(PartnerId(key.array()?));
        let alias = Cell::shown(AliasId(key.array()?));
        let row = ConsentRow::decode(row)?;
        Ok(vec![
            partner_id,
            alias,
            Cell::shown(row.user_id),
            Cell::Instant(row.terms.given_at),
            Cell::Instant(row.terms.until),
            row.terms.from.map_or(Cell::Null, Cell::Instant),
            row.told_at.map_or(Cell::Null, Cell::Instant),
        ])
    },
};
