//! Tables of codes that people show: member codes and claim codes. Of each there is only the hash, and what
//! no column shows is what a till was shown by whom.

use super::super::cell::{Cell, Shape};
use super::{Spread, Table};
use crate::embedded::value::codes::{ClaimRow, MemberCodeRow, WantedRow, decode_listed, read_form};
use purchase::bytes::Reader;
use purchase::id::UserId;
use purchase::member::MemberForm;

pub(crate) static CLAIMS: Table = Table {
    name: "claims",
    holds: "purchases that nobody owns yet, by the hash of the code on the receipt, and codes whose \
            sale somebody waits for",
    spread: Spread::Hash,
    clear: &[("purchase_id", Shape::Text)],
    fill: |key, row| {
        key.array::<32>()?;
        Ok(vec![match ClaimRow::decode(row)? {
            ClaimRow::Leads(_, purchase_id) => Cell::shown(purchase_id),
            ClaimRow::Wanted(..) => Cell::Null,
        }])
    },
};

pub(crate) static MEMBER_CODES: Table = Table {
    name: "member_codes",
    holds: "codes that people show at a till, as hashes",
    spread: Spread::Hash,
    clear: &[
        ("user_id", Shape::Text),
        ("form", Shape::Text),
        ("issued_at", Shape::Instant),
        ("expires_at", Shape::Instant),
        ("revoked_at", Shape::Instant),
        ("used", Shape::Truth),
    ],
    fill: |key, row| {
        key.array::<32>()?;
        let row = MemberCodeRow::decode(row)?;
        Ok(vec![
            Cell::shown(row.user_id),
            Cell::text(word(row.form)),
            Cell::Instant(row.issued_at),
            Cell::Instant(row.expires_at),
            row.revoked_at.map_or(Cell::Null, Cell::Instant),
            Cell::Truth(row.used_by.is_some()),
        ])
    },
};

pub(crate) static MEMBER_CODES_OF: Table = Table {
    name: "member_codes_of",
    holds: "the member codes of each person, as hashes",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("form", Shape::Text),
        ("expires_at", Shape::Instant),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        let form = read_form(&mut Reader::new(&[key.byte()?]))?;
        let expires_at = Cell::Instant(key.time()?);
        key.array::<32>()?;
        decode_listed(row)?;
        Ok(vec![user_id, Cell::text(word(form)), expires_at])
    },
};

pub(crate) static WANTED_CLAIMS: Table = Table {
    name: "wanted_claims",
    holds: "claim codes that people gave, as hashes, and what each brought",
    spread: Spread::Person,
    clear: &[
        ("user_id", Shape::Text),
        ("asked_at", Shape::Instant),
        ("purchase_id", Shape::Text),
    ],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        key.array::<32>()?;
        let row = WantedRow::decode(row)?;
        Ok(vec![
            user_id,
            Cell::Instant(row.asked_at),
            row.filed.map_or(Cell::Null, Cell::shown),
        ])
    },
};

const fn word(form: MemberForm) -> &'static str {
    match form {
        MemberForm::Short => "short",
        MemberForm::Card => "card",
    }
}
