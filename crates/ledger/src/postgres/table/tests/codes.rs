//! Columns of codes that people show.

use super::*;
use crate::embedded::value::codes::{ClaimRow, MemberCodeRow, WantedRow, encode_listed, form_byte};
use purchase::member::{MemberForm, MemberHash};
use purchase::settlement::ClaimHash;

const fn word(form: MemberForm) -> &'static str {
    match form {
        MemberForm::Short => "short",
        MemberForm::Card => "card",
    }
}

#[test]
fn member_codes() {
    shows(
        Kind::MemberCode,
        (hash(), some::member_code_row()),
        |(hash, row): &(_, MemberCodeRow)| (key::member_code(MemberHash(*hash)), row.encode()),
        |(_, row)| {
            vec![
                ("user_id", text(row.user_id)),
                ("form", text(word(row.form))),
                ("issued_at", Cell::Instant(row.issued_at)),
                ("expires_at", Cell::Instant(row.expires_at)),
                ("revoked_at", instant(row.revoked_at)),
                ("used", Cell::Truth(row.used_by.is_some())),
            ]
        },
    );
    shows(
        Kind::MemberCodeOf,
        (some::user_id(), some::member_form(), some::time(), hash()),
        |(user_id, form, until, hash)| {
            let listed = key::member_code_of(*user_id, *form, *until, MemberHash(*hash));
            (listed, encode_listed())
        },
        |(user_id, form, until, _)| {
            vec![
                ("user_id", text(user_id)),
                ("form", text(word(*form))),
                ("expires_at", Cell::Instant(*until)),
            ]
        },
    );
    assert_ne!(form_byte(MemberForm::Short), form_byte(MemberForm::Card));
}

#[test]
fn claim_codes() {
    shows(
        Kind::Claim,
        (hash(), some::owner(), some::purchase_id()),
        |(hash, owner, id)| {
            let row = ClaimRow::Leads(*owner, *id);
            (key::claim(ClaimHash(*hash)), row.encode())
        },
        |(_, _, id)| vec![("purchase_id", text(id))],
    );
    shows(
        Kind::Claim,
        (hash(), some::user_id(), some::time()),
        |(hash, user_id, at)| {
            let row = ClaimRow::Wanted(*user_id, *at);
            (key::claim(ClaimHash(*hash)), row.encode())
        },
        |_| vec![("purchase_id", Cell::Null)],
    );
    shows(
        Kind::WantedClaim,
        (some::user_id(), hash(), some::wanted_row()),
        |(user_id, hash, row): &(_, _, WantedRow)| {
            let wanted = key::wanted_claim(*user_id, ClaimHash(*hash));
            (wanted, row.encode())
        },
        |(user_id, _, row)| {
            vec![
                ("user_id", text(user_id)),
                ("asked_at", Cell::Instant(row.asked_at)),
                ("purchase_id", maybe(row.filed)),
            ]
        },
    );
}
